"""Whether an ID token is the provider's, for this hub and this sign-in, and whom it means here.

OpenID Connect Core 1.0, 3.1.3.7; the signature's algorithm is one of a list that has no "none" and nothing
that a shared secret could sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from app.hub.oidc.provider import Provider
from app.hub.oidc.settings import OidcSettings
from app.hub.refusals import NotAllowedError, NotSignedInError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_S = 60
"""Two clocks may differ by so much."""

log = structlog.get_logger("hub")


async def verified(
    token: str, provider: Provider, settings: OidcSettings, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Return what an ID token says, once nothing about it is wrong.

    Raises:
        NotSignedInError: it is not the provider's, not for this hub, not of this sign-in, or too old.
        ProviderError: the provider's keys cannot be had.
    """
    try:
        # A provider changes its keys at times, and need not give them names.
        decoded = _decoded(token, await provider.keys()) or _decoded(token, await provider.keys(anew=True))
        if decoded is None:
            raise _not_proved("no key of the provider signed it")
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
                "sub": {"essential": True},
            },
            {"nonce": nonce, "client_id": settings.client_id},
        )
        claims.validate(int(now.timestamp()), LEEWAY_S)
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise _not_proved(type(error).__name__) from None
    said: Mapping[str, Any] = decoded.claims
    return said


def check_second_factor(claims: Mapping[str, Any], settings: OidcSettings) -> None:
    """Pass a sign-in that the provider says had a second factor (R4).

    Raises:
        NotAllowedError: it does not say so.
    """
    ways, grade = claims.get("amr"), claims.get("acr")
    held = ways if isinstance(ways, list) else []
    enough = not settings.require_amr or any(way in settings.require_amr for way in held)
    if not enough or (settings.require_acr and grade not in settings.require_acr):
        raise NotAllowedError(
            "The agency's provider does not say that you signed in with a second factor.",
            "Sign in there with one; if you did, the administrator has the provider tell it (amr or acr).",
        )


def account_name(claims: Mapping[str, Any], settings: OidcSettings) -> str:
    """Return the name of the account that the claims mean.

    Raises:
        NotAllowedError: the provider does not tell it, or not for sure.
    """
    value = claims.get(settings.claim)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise NotAllowedError(
            f"The agency's provider does not tell your {settings.claim}.",
            "The administrator has the provider tell it to this hub.",
        )
    if settings.claim == "email" and claims.get("email_verified") is not True:
        raise NotAllowedError(
            "The agency's provider has not verified your e-mail address.", "Have it verified there first."
        )
    if settings.accounts:
        # A value that is not named means nobody, even where an account is called like it.
        return settings.accounts.get(value, "")
    return value


def is_asked_now(claims: Mapping[str, Any], under_way: timedelta) -> bool:
    """Say whether the provider tells that it asked the person while this sign-in was under way.

    Both times are the provider's own, so it does not matter how far its clock is from this one's. False: it
    tells none, which is no fresh proof (R3). It has to tell one that was asked for by ``max_age`` (OpenID
    Connect Core 1.0, 3.1.2.1), but the browser's holder can take that out of the address.

    Raises:
        NotAllowedError: it was before: the provider asked nobody now.
    """
    at, told_at = claims.get("auth_time"), claims["iat"]
    if isinstance(at, bool) or not isinstance(at, int | float):
        return False
    if not told_at - at <= max(0.0, under_way.total_seconds()) + LEEWAY_S:
        raise NotAllowedError(
            "The agency's provider did not ask now who you are: somebody had signed in there before.",
            "Sign out in the browser, then begin again at the console.",
        )
    return True


def _decoded(token: str, keys: KeySet) -> jwt.Token | None:
    """Return a token that one of the keys signed, None where none did."""
    key = _key(keys, jws.extract_compact(token.encode()).headers())
    if key is None:
        return None
    try:
        return jwt.decode(token, key, algorithms=ALGORITHMS)
    except BadSignatureError:
        return None


def _key(keys: KeySet, header: Mapping[str, Any]) -> RSAKey | ECKey | None:
    """Return the key that a token names; the only one where it names none."""
    kid = header.get("kid")
    fit = [key for key in keys.keys if isinstance(key, RSAKey | ECKey) and kid in (None, key.kid)]
    return fit[0] if len(fit) == 1 else None


def _not_proved(why: str) -> NotSignedInError:
    log.warning("an identity of the agency's provider is not proved", why=why)
    return NotSignedInError(
        "The agency's provider did not prove who you are.",
        "Begin again; if it stays so, tell the administrator.",
    )
