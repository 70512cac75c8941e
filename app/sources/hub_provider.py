"""A sign-in at the agency's own provider, as the desk has it: an address for the browser, a number back."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.domain.errors import OperatorError
from app.sources.hub_rest import HubRest
from app.wire.oidc import OidcBeginIn, OidcBegun, OidcFinishIn

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class HubProvider:
    """One sign-in at a time; its handle stays here and never goes through the browser."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest
        self._handle = ""

    async def begin(self) -> str:
        """Begin; return the address that the system's browser opens.

        Raises:
            SourceError: the hub or its provider does not answer.
            OperatorError: the hub refuses, or tells what no browser is to open.
        """
        return await self._begin("oidc/begin", OidcBeginIn(banner_acknowledged=True))

    async def begin_to_unlock(self) -> str:
        """Begin to unlock this desk; return the address as `begin` does."""
        return await self._begin("oidc/unlock/begin", None)

    async def _begin(self, path: str, body: OidcBeginIn | None) -> str:
        self._handle = ""
        answer = await self._rest.call("POST", path, body)
        begun = self._rest.read(OidcBegun, answer)
        if not _is_page(begun.address):
            raise OperatorError(
                "The hub tells no web page to sign in at.",
                "Tell the administrator; sign in with your password.",
            )
        self._handle = begun.handle
        return begun.address

    def finished(self, number: str) -> OidcFinishIn:
        """Return what finishes the sign-in, with the number as somebody typed it.

        Raises:
            OperatorError: the number is none, or nothing was begun.
        """
        digits = "".join(number.split())
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
            raise OperatorError("The browser shows a number of six digits.", "Type it here.")
        if not self._handle:
            raise OperatorError("Nothing was begun at the agency's provider.", "Begin again.")
        return OidcFinishIn(handle=self._handle, number=digits)


def _is_page(address: str) -> bool:
    """Say whether an address is a web page's: a system opens programs and files by addresses, too."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))
