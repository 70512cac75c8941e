"""The key by which a hub knows this desk as an enrolled one: in the system's vault only.

Where there is no such vault a desk cannot be enrolled: a key in a file would be anybody's who reads the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.sources.workstations import Secrets


class DeskKeys:
    """The keys, one for each hub. The vault is opened when it is first needed: it may take its time."""

    def __init__(self, open_secrets: Callable[[], Awaitable[Secrets]]) -> None:
        self._open = open_secrets
        self._secrets: Secrets | None = None
        self._opening = asyncio.Lock()

    async def usable(self) -> bool:
        """Say whether the system has a vault."""
        return (await self._opened()).mode == "vault"

    async def key(self, hub: str) -> str:
        """Return the key for a hub, "" where there is none."""
        secrets = await self._opened()
        return (await secrets.find(_reference(hub)) or "") if secrets.mode == "vault" else ""

    async def keep(self, hub: str, key: str) -> bool:
        """Keep a key in the place of the one before; return whether the vault took it."""
        secrets = await self._opened()
        if secrets.mode == "vault":
            await secrets.keep(_reference(hub), key)
        # It may have given up on the vault just now, and would know the key for this run only.
        return secrets.mode == "vault"

    async def forget(self, hub: str) -> None:
        """Keep the key no longer."""
        await (await self._opened()).forget(_reference(hub))

    async def _opened(self) -> Secrets:
        async with self._opening:
            if self._secrets is None:
                self._secrets = await self._open()
            return self._secrets


def _reference(hub: str) -> str:
    return f"desk/{hub}"
