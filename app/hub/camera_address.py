"""Camera addresses: what may be listed, what belongs in the vault, and how an address is recognised.

Passwords come in three places: before the host (``rtsp://user:pw@host``), as query fields
(``snapshot.cgi?usr=…&pwd=…``), and in the path of some recorders (``/user=…_password=…_channel=1``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
LONGEST = 2000

_SECRET_FIELD = re.compile(
    r"(?P<name>(?:^|(?<=[/?&;_,]))"
    r"(?:user(?:name)?|usr|login|pass(?:word|wd|wrd)?|passphrase|pwd|psw|pw|auth|(?:access_?|auth_?)?token"
    r"|secret|api_?key|key|sig(?:nature)?)=)"
    r"(?P<value>[^&/;#]*?)(?=$|[&/;#]|_[a-z]+=)",
    re.IGNORECASE,
)
_USERINFO_IN_TEXT = re.compile(r"([a-z][a-z0-9+.-]*://)[^/\s]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A camera's address: ``listed`` holds no login; ``full`` only differs where there was one."""

    listed: str
    full: str = field(repr=False)

    @property
    def has_secret(self) -> bool:
        """Say whether the full address holds a login that must go to the vault."""
        return self.full != self.listed


def parse_address(text: str) -> Address:
    """Return a camera's address, split into what may be listed and the whole.

    Raises:
        ValueError: not an address of a camera; the message never quotes it.
    """
    # Lists have file names with spaces in them; browsers send those as %20.
    full = text.strip().replace(" ", "%20")
    if not full:
        raise ValueError("the address is empty")
    if len(full) > LONGEST:
        raise ValueError(f"the address is longer than {LONGEST} characters")
    if any(not character.isprintable() for character in full):
        raise ValueError("the address holds control characters")
    try:
        parts = urlsplit(full)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        # From None: urllib quotes the address in its message.
        del error
        raise ValueError("the address cannot be read") from None
    if parts.scheme.lower() not in SCHEMES:
        raise ValueError("the address must begin with rtsp://, rtsps://, http:// or https://")
    if not host:
        raise ValueError("the address names no host")
    netloc = parts.netloc.rpartition("@")[2].lower()
    listed = urlunsplit(
        (parts.scheme.lower(), netloc, _without_secrets(parts.path), _without_secrets(parts.query), "")
    )
    whole = urlunsplit((parts.scheme.lower(), parts.netloc, parts.path, parts.query, ""))
    # Only a login makes the two differ; a host in capitals does not.
    plain = urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, ""))
    has_secret = "@" in parts.netloc or listed != plain
    return Address(listed, whole if has_secret else listed)


def scrubbed(text: str) -> str:
    """Return free text without the logins of addresses in it."""
    return _SECRET_FIELD.sub(r"\g<name>…", _USERINFO_IN_TEXT.sub(r"\1", text)) if "/" in text else text


def _without_secrets(text: str) -> str:
    return _SECRET_FIELD.sub(r"\g<name>", text)
