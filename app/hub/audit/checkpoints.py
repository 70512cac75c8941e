"""Signed checkpoints of the record, written to a second place (R32).

Whoever can write the database can make the whole chain anew; a signature over its newest hash, kept where
the database's administrator cannot write, is what tells. The key is in the system's vault. Without one it
lasts for this run only, and each run's public key is added to the file of keys.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.hub.audit.chain import Link
from app.hub.lone_thread import LoneThread
from app.hub.vault import Vault

log = structlog.get_logger("hub")

MOST_RECORDS = 500
MOST_TIME = timedelta(minutes=5)
"""A checkpoint is due after so many records, or so long after the last one if there is any new record."""


_WRITE_S = 10.0
"""A place on a network that hangs must not hold up the hub."""


class Checkpoints:
    """Signs the newest record now and then. One task calls it, never two at a time."""

    def __init__(
        self, folder: Path, hub_id: str, key: Ed25519PrivateKey, now: Callable[[], datetime]
    ) -> None:
        self._file = folder / f"{hub_id}.jsonl"
        self._keys = folder / f"{hub_id}.pem"
        self._hub_id = hub_id
        self._key = key
        self._now = now
        self._signed = 0
        self._at = now()
        self._writer = LoneThread("checkpoints")
        self.key_is_new = False
        """Whether this run made the key, which is to be put on record."""
        self.failed: str | None = None
        """Why the last one could not be written, None when it was."""

    @staticmethod
    async def open(folder: Path, hub_id: str, vault: Vault, now: Callable[[], datetime]) -> Checkpoints:
        """Return them with the vault's key, made at the first use; its public half is kept beside them."""
        reference = f"{hub_id}/audit-key"
        kept = await vault.find(reference)
        if kept is None:
            key = Ed25519PrivateKey.generate()
            await vault.keep(reference, base64.b64encode(key.private_bytes_raw()).decode())
        else:
            key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))
        checkpoints = Checkpoints(folder, hub_id, key, now)
        checkpoints.key_is_new = kept is None
        return checkpoints

    @property
    def key_id(self) -> str:
        """Return the first 16 hex digits of the SHA-256 of the public key."""
        return hashlib.sha256(self._key.public_key().public_bytes_raw()).hexdigest()[:16]

    def signature(self, document: bytes) -> bytes:
        """Return the signature (Ed25519, 64 bytes) of a document that is no checkpoint."""
        return self._key.sign(document)

    @property
    def public_key(self) -> str:
        """Return the public key's 32 bytes in Base64."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    @property
    def signed_at(self) -> datetime | None:
        """Return when this run last signed, None before."""
        return self._at if self._signed else None

    def due(self, newest: Link) -> bool:
        """Say whether the newest record is to be signed now."""
        new = newest.position - self._signed
        # A clock that was set back is no reason to wait for it.
        is_time = not timedelta() <= self._now() - self._at < MOST_TIME
        return new >= MOST_RECORDS or (new > 0 and (is_time or self.failed is not None))

    async def sign(self, newest: Link) -> None:
        """Write a checkpoint of the newest record, unless the last one was of it."""
        if newest.position == self._signed:
            return
        at = self._now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        signed = {
            "hub_id": self._hub_id,
            "position": newest.position,
            "hash": newest.hash,
            "at": at,
            "key_id": self.key_id,
        }
        text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signature = base64.b64encode(self._key.sign(text.encode())).decode()
        line = json.dumps({**signed, "signature": signature}) + "\n"
        # A signature whose key is not there shows nothing.
        has_key = await self._write(self._keys, self._public_pem(), once=True)
        if has_key and await self._write(self._file, line.encode()):
            self._signed, self._at = newest.position, self._now()

    def _public_pem(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    async def _write(self, file: Path, data: bytes, *, once: bool = False) -> bool:
        """Append durably; return whether that went well. A place that cannot be written stops nobody."""
        try:
            await self._writer.call(partial(_append, file, data, once), _WRITE_S)
        except (OSError, TimeoutError) as error:
            reason = getattr(error, "strerror", None) or "no answer from where they are kept"
            self.failed = f"{file.name} cannot be written: {reason}"
            log.error("the record's checkpoints cannot be written", file=str(file), reason=reason)
            return False
        self.failed = None
        return True


def _append(file: Path, data: bytes, once: bool) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as out:
        size = out.seek(0, os.SEEK_END)
        out.seek(0 if once else max(0, size - 1))
        before = out.read()
        if once and data in before:
            return
        if before and not before.endswith(b"\n"):
            # A power cut left half a line: the place may take no other change than more.
            out.write(b"\n")
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
