"""Speaks to the agency's provider: what it is, its keys, and a code in exchange for an identity.

Every wait has an end and every answer a largest size: a provider that is slow, down or broken costs the one
who signs in some seconds and nobody else anything.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.hub.oidc.settings import OidcSettings, is_loopback, is_safe
from app.hub.refusals import RefusalError

LARGEST_ANSWER = 256 * 1024
KNOWN_FOR = timedelta(hours=1)
KEYS_AT_MOST_EVERY = timedelta(seconds=10)
"""A token with a made-up key's name must not make the hub ask again and again."""

log = structlog.get_logger("hub")


class ProviderError(RefusalError):
    """The provider does not do its part."""

    def __init__(self, message: str) -> None:
        super().__init__(502, message, "Sign in with your password, or tell your administrator.")


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    authorization: str
    token: str
    keys: str
    secret_in_body: bool
    """Basic's encoding of a secret is where providers differ: where the body is allowed, it goes there."""


class Provider:
    """One provider over HTTP. Close it with `aclose`."""

    def __init__(
        self, settings: OidcSettings, now: Callable[[], datetime], *, deadline_s: float = 8.0
    ) -> None:
        self._settings = settings
        self._now = now
        self._deadline_s = deadline_s
        # An agency's proxy is in the environment; within this computer there is none.
        self._http = httpx.AsyncClient(
            timeout=deadline_s, follow_redirects=False, trust_env=not is_loopback(settings.issuer)
        )
        self._known: _Known | None = None
        self._keys: KeySet | None = None
        self._keys_at: datetime | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def authorization_endpoint(self) -> str:
        """Return where people sign in.

        Raises:
            ProviderError: it does not answer, or not as a provider.
        """
        return (await self._discovered()).authorization

    async def id_token(self, code: str, verifier: str) -> str:
        """Return the ID token for a code, which is used up (RFC 6749 4.1.3, RFC 7636 4.5).

        Raises:
            ProviderError: the provider refuses the code, or does not answer.
        """
        settings, known = self._settings, await self._discovered()
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.return_address,
            "code_verifier": verifier,
        }
        auth = None
        if known.secret_in_body:
            data |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        else:
            auth = httpx.BasicAuth(_form(settings.client_id), _form(settings.client_secret))
        told = await self._ask("POST", known.token, data=data, auth=auth)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise ProviderError("The agency's provider told no identity.")
        return token

    async def keys(self, *, anew: bool = False) -> KeySet:
        """Return the keys that it signs with; ``anew`` asks again, for a key that is not among them.

        Raises:
            ProviderError: it does not answer, or not with keys.
        """
        now = self._now()
        # A clock that was set back keeps nothing for longer.
        age = KNOWN_FOR if self._keys_at is None else abs(now - self._keys_at)
        old, may_ask = age >= KNOWN_FOR, age >= KEYS_AT_MOST_EVERY
        if self._keys is None or old or (anew and may_ask):
            told = await self._ask("GET", (await self._discovered()).keys)
            try:
                self._keys = KeySet.import_key_set(_key_set(told))
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderError("The agency's provider tells keys that cannot be read.") from error
            self._keys_at = now
        return self._keys

    async def _discovered(self) -> _Known:
        """Return the endpoints that the provider publishes (OpenID Connect Discovery 1.0, 4)."""
        now = self._now()
        if self._known is not None and abs(now - self._known.at) < KNOWN_FOR:
            return self._known
        issuer = self._settings.issuer
        told = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            raise ProviderError("The agency's provider calls itself by another name than it is set up here.")
        found = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        authorization, token, keys = (
            address if isinstance(address, str) and is_safe(address) else None for address in found
        )
        if authorization is None or token is None or keys is None:
            raise ProviderError("The agency's provider does not say safely where to sign in.")
        ways = told.get("token_endpoint_auth_methods_supported")
        in_body = isinstance(ways, list) and "client_secret_post" in ways
        self._known = _Known(now, authorization, token, keys, in_body)
        return self._known

    async def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        try:
            async with (
                asyncio.timeout(self._deadline_s),
                self._http.stream(method, address, headers=headers, **more) as answer,
            ):
                content = await _bounded(answer)
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            # The class only: an error's words may quote what was sent.
            log.warning("the agency's provider does not answer", cause=type(error).__name__)
            raise ProviderError("The agency's provider does not answer.") from None
        if status != 200:
            log.warning("the agency's provider refuses", status=status, method=method)
            raise ProviderError("The agency's provider refuses what the hub asks.")
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise ProviderError("The agency's provider does not answer as one.")
        return told


async def _bounded(answer: httpx.Response) -> bytes:
    content = b""
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise ProviderError("The agency's provider answers with more than can be right.")
    return content


def _key_set(told: Mapping[str, Any]) -> Any:
    """Return the keys that can verify: a provider may publish others, for other uses."""
    usable = [
        key
        for key in told["keys"]
        if isinstance(key, dict) and key.get("kty") in {"RSA", "EC"} and key.get("use", "sig") == "sig"
    ]
    return {"keys": usable}


def _form(text: str) -> str:
    """Return a client's name or secret as Basic carries it (RFC 6749 2.3.1)."""
    return str(httpx.QueryParams({"": text}))[1:]
