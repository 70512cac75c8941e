"""This workstation as hubs remember it: a token for each hub and account, in the system's vault only.

Where there is no such vault nothing is kept, and nothing is offered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from app.domain.account import account_key


class Secrets(Protocol):
    """What keeps secrets; ``mode`` is "vault" where they lie in the system's own."""

    @property
    def mode(self) -> str:
        """Return where secrets lie."""
        ...

    async def keep(self, reference: str, secret: str) -> None:
        """Keep a secret."""
        ...

    async def find(self, reference: str) -> str | None:
        """Return a secret, None where there is none."""
        ...

    async def forget(self, reference: str) -> None:
        """Keep a secret no longer."""
        ...


class Workstations:
    """The tokens. The vault is opened when it is first needed: it may take its time."""

    def __init__(
        self,
        open_secrets: Callable[[], Awaitable[Secrets]],
        now: Callable[[], datetime],
        on_lost: Callable[[], object],
    ) -> None:
        """``on_lost`` is called where somebody wanted to be remembered and the vault fails."""
        self._open = open_secrets
        self._now = now
        self._on_lost = on_lost
        self._secrets: Secrets | None = None
        self._opening = asyncio.Lock()

    async def usable(self) -> bool:
        """Say whether the system has a vault."""
        return (await self._opened()).mode == "vault"

    async def token(self, hub: str, name: str) -> str:
        """Return the token for a hub and an account, "" where there is none that is good."""
        secrets = await self._opened()
        kept = await secrets.find(_reference(hub, name)) if secrets.mode == "vault" else None
        if kept is None:
            return ""
        try:
            told = json.loads(kept)
            token, until = str(told["token"]), datetime.fromisoformat(told["until"])
        except (ValueError, KeyError, TypeError):
            # Not what was put there: a code is asked for.
            return ""
        return token if self._now() < until else ""

    async def keep(self, hub: str, name: str, token: str, until: datetime) -> None:
        """Keep a token in the place of the one before, or tell that the vault does not take it."""
        secrets = await self._opened()
        if secrets.mode == "vault":
            told = json.dumps({"token": token, "until": until.isoformat()})
            await secrets.keep(_reference(hub, name), told)
        if secrets.mode != "vault":
            # It may have given up on the vault just now. Then nobody holds the token.
            self._on_lost()

    async def forget(self, hub: str, name: str) -> None:
        """Keep the token no longer."""
        await (await self._opened()).forget(_reference(hub, name))

    async def _opened(self) -> Secrets:
        async with self._opening:
            if self._secrets is None:
                self._secrets = await self._open()
            return self._secrets


def _reference(hub: str, name: str) -> str:
    """Return what a token is kept under: people's names are not for who lists the vault's entries."""
    return f"workstation/{hub}/{hashlib.sha256(account_key(name).encode()).hexdigest()[:32]}"
