"""Requests to one hub over httpx, and its refusals as the console's errors."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from app.domain.errors import HubFullError, OperatorError, SourceError, TooOftenError
from app.domain.unfit_input import UnfitInputError
from app.sources.hub_trust import mistrust
from app.wire.hub import API


class SignInNeededError(SourceError):
    """The hub does not know this session (any more)."""


class DeskLockedError(SourceError):
    """The hub says that this desk is locked."""


class ProofNeededError(OperatorError):
    """The hub wants to know anew who has signed in, before it does what was asked."""


class HubHttp:
    """Speaks to the hub at ``url``, "" until there is one."""

    def __init__(self, timeout_s: float, tls: ssl.SSLContext | None) -> None:
        # Without TLS there is plain HTTP on loopback only: loading certificates would only delay the start.
        self._http = httpx.AsyncClient(timeout=timeout_s, trust_env=False, verify=tls or False)
        self.url = ""

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str],
        *,
        params: dict[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> httpx.Response:
        """Send one request below the hub's prefix and return its answer.

        Raises:
            SourceError: the hub does not answer, or does not know the session.
            OperatorError: it refuses, in its own words.
        """
        address = self._address(path)
        try:
            answer = await self._http.request(
                method,
                address,
                content=content,
                params=params,
                headers=headers,
                timeout=timeout_s if timeout_s is not None else httpx.USE_CLIENT_DEFAULT,
            )
        except httpx.RequestError as error:
            refused = mistrust(error, httpx.URL(self.url).host)
            if refused is not None:
                raise refused from error
            raise SourceError("The hub does not answer.") from error
        if answer.is_success:
            return answer
        raise refusal(answer)

    @asynccontextmanager
    async def stream(
        self, path: str, params: dict[str, str], headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """Open one answer below the hub's prefix that is read bit by bit.

        Raises:
            SourceError: the hub does not answer, breaks off, or does not know the session.
            OperatorError: it refuses, in its own words.
        """
        address = self._address(path)
        try:
            async with self._http.stream("GET", address, params=params, headers=headers) as answer:
                if not answer.is_success:
                    await answer.aread()
                    raise refusal(answer)
                yield answer
        except httpx.RequestError as error:
            raise SourceError("The hub broke off its answer.") from error

    def _address(self, path: str) -> str:
        if not self.url:
            raise SourceError("The hub is not connected yet.")
        return f"{self.url}{API}/{path}"


def refusal(answer: httpx.Response) -> OperatorError | SourceError:
    """Return the hub's refusal in its own words."""
    try:
        told: Any = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    detail, hint = told.get("detail"), told.get("hint")
    if isinstance(detail, list):
        told_fields = [field for field in detail if isinstance(field, dict)]
        fields = tuple((str(f.get("field", "body")), str(f.get("message", ""))) for f in told_fields)
        return UnfitInputError(fields, str(hint or ""))
    words = str(detail or f"The hub answered with status {answer.status_code}.")
    if answer.status_code == 401:
        return SignInNeededError(words)
    if answer.status_code == 403 and told.get("kind") == "proof":
        return ProofNeededError(words, str(hint or ""))
    if answer.status_code == 423:
        return DeskLockedError(words)
    if answer.status_code == 429:
        return TooOftenError(words, str(hint or ""))
    if answer.status_code in (503, 507):
        return HubFullError(words, str(hint or ""))
    if answer.status_code >= 500:
        return SourceError(words)
    return OperatorError(words, str(hint or ""))
