"""The agency's provider, as a file of the site names it; its client secret is not in that file."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.errors import OperatorError
from app.hub.vault import Vault

SECRET_VARIABLE = "WATCHFLOOR_OIDC_SECRET"
SECOND_FACTORS = ("mfa", "otp", "hwk", "sc")
"""What a provider says of a sign-in with a second factor (RFC 8176)."""

ClaimName = Literal["sub", "preferred_username", "email"]


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One provider. ``accounts`` maps its claim to accounts' names; without it the claim is the name."""

    issuer: str
    client_id: str
    return_address: str
    client_secret: str = field(repr=False)
    claim: ClaimName = "preferred_username"
    accounts: Mapping[str, str] = field(default_factory=dict)
    require_amr: tuple[str, ...] = SECOND_FACTORS
    require_acr: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    name: str = ""

    @property
    def title(self) -> str:
        """What people call the provider: its host where the site gives it no name."""
        return self.name or urlsplit(self.issuer).hostname or self.issuer


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    issuer: str = Field(min_length=1, max_length=500)
    client_id: str = Field(min_length=1, max_length=500)
    return_address: str = Field(min_length=1, max_length=500)
    claim: ClaimName = "preferred_username"
    accounts: dict[str, str] = Field(default_factory=dict)
    require_amr: list[str] | None = Field(None, min_length=1)
    require_acr: list[str] = Field(default_factory=list)
    scopes: list[str] = Field(default_factory=lambda: ["openid", "profile", "email"])
    name: str = Field("", max_length=40)


def is_loopback(address: str) -> bool:
    """Say whether an address is of this computer and leaves it for nowhere."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(address: str) -> bool:
    """Say whether secrets may travel to an address: by TLS, or within this computer."""
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.username is None and not parts.fragment
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address)))


async def read_oidc(file: Path, environment: Mapping[str, str], vault: Vault) -> OidcSettings:
    """Return the provider of a file.

    The secret comes from the environment once, is kept in the system's vault, and is found there afterwards.

    Raises:
        OperatorError: the file cannot be read or used, or there is no secret.
    """
    told = _read(file)
    for name, address in (("issuer", told.issuer), ("return_address", told.return_address)):
        if not is_safe(address):
            raise OperatorError(
                f"The {name} in {file.name} is not an https address.",
                "Plain http is for an address of this computer only.",
            )
    if "openid" not in told.scopes:
        raise OperatorError(f"The scopes in {file.name} lack openid.", "Without it no identity is told.")
    reference = f"oidc/{told.issuer}/{told.client_id}"
    secret = environment.get(SECRET_VARIABLE, "")
    if secret:
        await vault.keep(reference, secret)
    else:
        secret = await vault.find(reference) or ""
    if not secret:
        raise OperatorError(
            "The client secret for the agency's provider is not known.",
            f"Start the hub once with {SECRET_VARIABLE} set; where the system has a vault it is kept there.",
        )
    return OidcSettings(
        issuer=told.issuer,
        client_id=told.client_id,
        return_address=told.return_address,
        client_secret=secret,
        claim=told.claim,
        accounts=told.accounts,
        require_amr=_amr(told),
        require_acr=tuple(told.require_acr),
        scopes=tuple(told.scopes),
        name=told.name.strip(),
    )


def _amr(told: _File) -> tuple[str, ...]:
    """Return which ways of signing in count; a site that names classes (acr) has said enough."""
    if told.require_amr is not None:
        return tuple(told.require_amr)
    return () if told.require_acr else SECOND_FACTORS


def _read(file: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise OperatorError(f"{file.name} cannot be read: {error.strerror}.", "Check --oidc.") from error
    except ValidationError as error:
        wrong = ", ".join(sorted({".".join(str(part) for part in e["loc"]) for e in error.errors()}))
        raise OperatorError(
            f"The provider in {file.name} cannot be used: {wrong}.",
            "It names issuer, client_id and return_address; docs/configuration.md has the rest.",
        ) from None
    except ValueError as error:
        raise OperatorError(f"{file.name} is not TOML that can be read.", "Check --oidc.") from error
