"""Keeps secrets in the system's own vault, or in memory for this run where there is none.

Only Secret Service, Windows and macOS vaults are used: other keyring backends write files that anybody
who reads the disk can read. A vault may wait for a person to unlock it, and a broken D-Bus may never answer,
so each call runs in a daemon thread with a deadline; after one missed deadline the run goes on in memory.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

import keyring
import structlog
from keyring.errors import KeyringError, PasswordDeleteError

log = structlog.get_logger("hub")

T = TypeVar("T")
SERVICE = "watchfloor"
TRUSTED = frozenset({"keyring.backends.SecretService", "keyring.backends.Windows", "keyring.backends.macOS"})

VaultMode = Literal["vault", "memory"]


class Keyring(Protocol):
    """The part of a keyring backend that is used."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        ...

    def get_password(self, service: str, username: str) -> str | None:
        """Return a password, None when there is none."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password; raises `PasswordDeleteError` when there is none."""
        ...


class VaultUnavailableError(Exception):
    """The system's vault does not answer."""


class Vault:
    """Secrets by reference. ``mode`` says whether they outlive this run."""

    def __init__(self, backend: Keyring | None, deadline_s: float = 8.0) -> None:
        self._backend = backend
        self._deadline_s = deadline_s
        self._held: dict[str, str] = {}

    @property
    def mode(self) -> VaultMode:
        """Return "vault" while the system's vault keeps the secrets, "memory" when only this run does."""
        return "memory" if self._backend is None else "vault"

    async def keep(self, reference: str, secret: str) -> None:
        """Keep a secret, in the system's vault if it takes it."""
        self._held[reference] = secret
        backend = self._backend
        if backend is None:
            return
        try:
            await _in_thread(lambda: backend.set_password(SERVICE, reference, secret), self._deadline_s)
        except VaultUnavailableError as error:
            self._give_up(error)

    def held(self, reference: str) -> str | None:
        """Return a secret that this run has at hand, None where the system's vault would have to be asked."""
        return self._held.get(reference)

    async def find(self, reference: str) -> str | None:
        """Return a secret, None when neither this run nor the system's vault has it."""
        if reference in self._held:
            return self._held[reference]
        backend = self._backend
        if backend is None:
            return None
        try:
            secret = await _in_thread(lambda: backend.get_password(SERVICE, reference), self._deadline_s)
        except VaultUnavailableError as error:
            self._give_up(error)
            return None
        if secret is not None:
            self._held[reference] = secret
        return secret

    async def forget(self, reference: str) -> None:
        """Forget a secret, here and in this system's vault."""
        self._held.pop(reference, None)
        backend = self._backend
        if backend is None:
            return
        try:
            await _in_thread(lambda: _delete(backend, reference), self._deadline_s)
        except VaultUnavailableError as error:
            self._give_up(error)

    def _give_up(self, error: VaultUnavailableError) -> None:
        self._backend = None
        log.warning("the system's vault failed; secrets stay in memory for this run", cause=str(error))


async def open_vault(deadline_s: float = 5.0) -> Vault:
    """Return a vault on the system's keyring, or in memory when there is none or it does not answer."""
    try:
        backend = await _in_thread(_system_keyring, deadline_s)
    except VaultUnavailableError as error:
        log.warning("no answer from the system's vault", cause=str(error))
        backend = None
    if backend is None:
        log.warning("no system vault: secrets are kept in memory for this run only")
    return Vault(backend)


def _delete(backend: Keyring, reference: str) -> None:
    try:
        backend.delete_password(SERVICE, reference)
    except PasswordDeleteError as error:
        log.info("the system's vault had no password to forget", cause=type(error).__name__)


def _system_keyring() -> Keyring | None:
    chosen = keyring.get_keyring()
    # Several usable backends come as one chain, best first.
    for backend in getattr(chosen, "backends", [chosen]):
        if type(backend).__module__ in TRUSTED:
            found: Keyring = backend
            return found
    return None


async def _in_thread(call: Callable[[], T], deadline_s: float) -> T:
    """Return ``call()``; a thread that misses the deadline is left behind and dies with the process."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type] # result is T whenever error is None

    def run() -> None:
        result, failure = None, None
        try:
            result = call()
        except (KeyringError, OSError, RuntimeError) as error:
            # The class only: a backend's message may quote what it was given.
            failure = VaultUnavailableError(type(error).__name__)
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:
            log.warning("the system's vault answered after the hub had stopped")

    threading.Thread(target=run, name="vault", daemon=True).start()
    try:
        return await asyncio.wait_for(answer, deadline_s)
    except TimeoutError as error:
        raise VaultUnavailableError(f"no answer in {deadline_s:g} s") from error
