"""MediaMTX between the cameras and the desks: a lease then carries its address in place of the camera's.

The camera's own login stays with MediaMTX. What a desk gets is a token that is good for one path while its
lease runs; MediaMTX asks the hub for each who comes (https://mediamtx.org/docs/features/authentication).
Only its hash is kept, and the path is hashed with it, so that it opens no other.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.domain.camera import Quality
from app.domain.errors import OperatorError
from app.hub.db.lease_book import LeaseRecord

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SEEN_AS_ONE = timedelta(minutes=1)
_MOST_SEEN = 100


@dataclass(frozen=True, slots=True)
class Pass:
    """What opens one path: the address for the desk, and the hash that the hub keeps."""

    address: str = field(repr=False)
    hash: str


@dataclass(frozen=True, slots=True)
class Relay:
    """A MediaMTX. ``host`` is where desks reach it, with its port; ``asks_from``, where it asks from."""

    host: str
    asks_from: frozenset[str] = frozenset()

    @staticmethod
    def of(address: str, asks_from: Iterable[str] = ()) -> Relay:
        """Return the relay at ``rtsp://host:port``.

        Raises:
            OperatorError: that is not such an address, or it asks from what is none.
        """
        try:
            parts = urlsplit(address)
            fits = parts.scheme == "rtsp" and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            fits = False
        if not fits or parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise OperatorError(
                "The address of MediaMTX cannot be used.", "Give it as --mediamtx-rtsp rtsp://HOST:8554."
            )
        try:
            known = frozenset(str(ipaddress.ip_address(name)) for name in asks_from)
        except ValueError as error:
            raise OperatorError(
                "MediaMTX asks from an address, not from a name.", "Give it as --mediamtx-from 10.0.0.5."
            ) from error
        return Relay(parts.netloc, known)

    def believes(self, address: str) -> bool:
        """Say whether a question from there is MediaMTX's: from this computer, or as it was configured."""
        try:
            asker = ipaddress.ip_address(address)
        except ValueError:
            return False
        # On a socket of IPv6, IPv4's addresses come in disguise.
        asker = getattr(asker, "ipv4_mapped", None) or asker
        return asker.is_loopback or str(asker) in self.asks_from

    def admit(self, lease_id: str, camera_id: str, quality: Quality) -> Pass:
        """Return a new pass to a camera's path, for one lease."""
        path, token = path_of(camera_id, quality), secrets.token_urlsafe(32)
        return Pass(f"rtsp://{lease_id}:{token}@{self.host}/{path}", _hash(path, token))


def path_of(camera_id: str, quality: Quality) -> str:
    """Return MediaMTX's path for a camera's stream; an id that is no plain name goes by its hash."""
    name = camera_id
    if not _PLAIN_ID.fullmatch(name):
        name = f"~{hashlib.sha256(camera_id.encode()).hexdigest()[:32]}"
    return f"camera/{name}/{quality.value}"


def opens(lease: LeaseRecord | None, token: str, path: str, now: datetime) -> bool:
    """Say whether a token opens a path now."""
    if lease is None or lease.relay_hash is None or lease.ended_at is not None or now >= lease.expires_at:
        return False
    return hmac.compare_digest(lease.relay_hash, _hash(path, token))


def _hash(path: str, token: str) -> str:
    return hashlib.sha256(f"{path}\n{token}".encode("utf-8", "surrogateescape")).hexdigest()


class Refused:
    """Whom the hub refused a moment ago: what comes again within a minute is not put on record again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[tuple[str, str], datetime] = {}

    def is_news(self, address: str, path: str) -> bool:
        """Say whether a refusal is to be put on record.

        A stranger chooses the path: beyond a hundred in a minute they count as one.
        """
        now = self._now()
        self._seen = {key: at for key, at in self._seen.items() if now - at < _SEEN_AS_ONE}
        key = (address, path) if len(self._seen) < _MOST_SEEN else ("", "")
        if (address, path) in self._seen or key in self._seen:
            return False
        self._seen[key] = now
        return True
