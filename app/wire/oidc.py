"""Signing in at the agency's provider, on the wire."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from app.wire.hub import Command, Message


class OidcBeginIn(Command):
    """Begins a sign-in at the agency's provider."""

    banner_acknowledged: bool


class OidcBegun(Message):
    """Where the person's browser goes, and what the console keeps to itself until it finishes."""

    address: str
    handle: str = Field(repr=False)


class OidcFinishIn(Command):
    """Finishes a sign-in: the console's handle, and the number that the browser shows."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    handle: str = Field(min_length=1, max_length=100, repr=False)
    number: str = Field(min_length=1, max_length=10, repr=False)
