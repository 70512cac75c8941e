"""Keeps authenticator apps' secrets unreadable in the database: AES-256-GCM, the key in the system's vault.

Who has a copy of the database alone has nobody's second factor. Where the vault does not outlive the hub's
run secrets stay as they are, in a file of the hub's own account: sealed with a key that is gone at the next
start they would let nobody in.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping

import sqlalchemy as sa
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.audit import THE_HUB, Act, AuditEntry
from app.hub.db.database import Database, Row
from app.hub.db.journal import Journal
from app.hub.db.tables import accounts
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NoRecordError, NoRoomError
from app.hub.vault import Vault

PREFIX = "sealed"
_KEY_BYTES, _NONCE_BYTES = 32, 12
_NEWEST = "newest"

log = structlog.get_logger("hub")


class Seal:
    """Seals and opens secrets. Without a key it leaves what it is given as it is."""

    def __init__(
        self, key: bytes | None = None, others: Mapping[str, bytes] | None = None, *, missing: bool = False
    ) -> None:
        self._key = key
        self._keys = dict(others or {})
        self.missing = missing
        """Whether a key that secrets were sealed with is not to be had."""
        if key is not None:
            self._keys[_name(key)] = key

    def close(self, secret: str, account: str) -> str:
        """Return a secret as it is kept: good for this account and no other."""
        if self._key is None:
            return secret
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, secret.encode(), _bound(account))
        return f"{PREFIX}:{_name(self._key)}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, kept: str, account: str) -> str | None:
        """Return the secret, None where its key is missing or it was tampered with."""
        if not is_sealed(kept):
            return kept
        _, name, text = kept.split(":", 2)
        key = self._keys.get(name)
        if key is None:
            return None
        sealed = base64.b64decode(text)
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(account)).decode()
        except InvalidTag:
            log.error("a kept secret is not what the hub sealed", account=account)
            return None


def is_sealed(kept: str) -> bool:
    """Say whether a secret is kept sealed; an app's own is Base32, without a colon."""
    return kept.startswith(f"{PREFIX}:")


async def open_seal(database: Database, journal: Journal, vault: Vault, hub_id: str) -> Seal:
    """Return the hub's seal, once what lay open is sealed."""
    async with database.reading() as reading:
        kept = await reading.rows(sa.select(accounts.c.id, accounts.c.name, accounts.c.totp_secret))
    names = {row["totp_secret"].split(":")[1] for row in kept if is_sealed(row["totp_secret"])}
    found = {name: key for name in names if (key := await _find(vault, hub_id, name)) is not None}
    missing = len(found) < len(names)
    if missing:
        log.warning("a key of the second factors is not in the system's vault")
    key = next(iter(found.values()), None) or await _known(vault, hub_id) or await _new(vault, hub_id)
    seal = Seal(key, found, missing=missing)
    lies_open = [row for row in kept if not is_sealed(row["totp_secret"])]
    if key is not None and lies_open:

        async def work(uow: UnitOfWork) -> None:
            await _close_all(uow, seal, lies_open)

        try:
            await journal.write(THE_HUB, work)
        except (NoRoomError, NoRecordError) as error:
            # They lie open until the next start; people get in all the same.
            log.warning("second factors cannot be sealed", reason=error.message)
    return seal


async def _close_all(uow: UnitOfWork, seal: Seal, lies_open: list[Row]) -> None:
    for row in lies_open:
        sealed = seal.close(row["totp_secret"], row["name"])
        await uow.change(
            sa.update(accounts)
            .where(accounts.c.id == row["id"], accounts.c.totp_secret == row["totp_secret"])
            .values(totp_secret=sealed)
        )
        uow.record("account.changed", f"account/{row['name']}", {"name": row["name"]})
    uow.audit(AuditEntry(Act.CODES_SEALED, "accounts", detail=f"{len(lies_open)} second factors"))


async def _known(vault: Vault, hub_id: str) -> bytes | None:
    """Return the key that was made at an earlier start, when nothing may have been sealed with it yet."""
    name = await vault.find(_reference(hub_id, _NEWEST))
    return await _find(vault, hub_id, name) if name is not None else None


async def _new(vault: Vault, hub_id: str) -> bytes | None:
    """Return a new key that the system's vault has taken, None where it has none that lasts."""
    key = os.urandom(_KEY_BYTES)
    await vault.keep(_reference(hub_id, _name(key)), base64.b64encode(key).decode())
    await vault.keep(_reference(hub_id, _NEWEST), _name(key))
    # In memory, by a vault that fails too, it ends with this run, and what it sealed with it.
    return key if vault.mode == "vault" else None


async def _find(vault: Vault, hub_id: str, name: str) -> bytes | None:
    text = await vault.find(_reference(hub_id, name))
    return base64.b64decode(text) if text is not None else None


def _reference(hub_id: str, name: str) -> str:
    return f"second-factors/{hub_id}/{name}"


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name of " + key).hexdigest()[:16]


def _bound(account: str) -> bytes:
    return account.casefold().encode()
