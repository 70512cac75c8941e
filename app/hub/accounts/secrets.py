"""What proves who somebody is: passwords (argon2id), one-time codes (RFC 6238), recovery codes.

Hashing takes a good part of a second of one processor by design, so it runs in a thread, one at a time: a
flood of wrong passwords waits for itself, and the hub's loop for nobody. No more than a few wait: who comes
then is told so at once, in place of an answer that comes when nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pyotp
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from app.hub.refusals import TooOftenError

BANNED = Path(__file__).parents[3] / "resources" / "banned_passwords.txt"
MOST_WAITING = 8
"""Beside the one whose turn it is."""
RECOVERY_CODES = 10
STEP_S = 30
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is mistaken for something else when it is read aloud."""
_HASHER = PasswordHasher(type=Type.ID)


class Passwords:
    """Hashes and checks passwords, one at a time."""

    def __init__(self, hasher: PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._turn = asyncio.Lock()
        self._here = 0
        # Nobody's: an unknown name costs as much as a wrong password, so that time does not tell them apart.
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """Return a password's salted hash with its parameters.

        Raises:
            TooOftenError: too many wait already.
        """
        async with self._in_turn():
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Say whether a password is the one that was hashed; None for the hash is nobody's.

        Raises:
            TooOftenError: too many wait already.
        """
        async with self._in_turn():
            return await asyncio.to_thread(self._fits, password, hashed)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._here > MOST_WAITING:
            raise TooOftenError("Too many are signing in at this moment.", "Try again in some seconds.", 3)
        self._here += 1
        try:
            async with self._turn:
                yield
        finally:
            self._here -= 1

    def _fits(self, password: str, hashed: str | None) -> bool:
        if hashed is None:
            self._nobodys = self._nobodys or self._hasher.hash(secrets.token_urlsafe())
        try:
            self._hasher.verify(hashed or self._nobodys or "", password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return hashed is not None


def new_password() -> str:
    """Return a password for an administrator to hand over once: four groups of four."""
    return _groups(4)


def new_totp_secret() -> str:
    """Return the secret of an authenticator app, in Base32."""
    return pyotp.random_base32()


def totp_address(secret: str, name: str) -> str:
    """Return the otpauth address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Watchfloor")


def totp_step(secret: str, code: str, at: datetime, after: int) -> int | None:
    """Return the step that a one-time code is of, None where it is wrong, too old or was used already (R4).

    A clock may go wrong by one step either way. Steps up to ``after`` are used up, with all before them.
    """
    now = int(at.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (now - 1, now, now + 1):
        expected = totp.at(step * STEP_S)
        if step > after and hmac.compare_digest(expected.encode(), code.strip().encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Return codes that take a one-time code's place, each once."""
    return [_groups(3) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> str:
    """Return what is kept of a recovery code. It is long and random: a plain hash is enough."""
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def read_banned(file: Path = BANNED) -> frozenset[str]:
    """Return the passwords that nobody may choose, casefolded."""
    lines = file.read_text("utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def _groups(count: int) -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(count))
