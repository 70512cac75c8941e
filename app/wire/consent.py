"""Owners' consents on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, StringConstraints, field_validator, model_validator

from app.domain.consent import Consent, ConsentLevel, ConsentScope, Window
from app.wire.hub import Command

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Times that every zone and database can tell."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class WindowIn(Command):
    """Hours of one weekday (0 is Monday) as HH:MM; 24:00 is the day's end."""

    weekday: int = Field(ge=0, le=6)
    begin: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    end: str = Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> WindowIn:
        if self.begin >= self.end:
            raise ValueError("hours end after they begin; over midnight they are two windows")
        return self

    def window(self) -> Window:
        """Return the hours in minutes."""
        return Window(self.weekday, _minutes(self.begin), _minutes(self.end))


class ConsentIn(Command):
    """What a camera's owner agreed to. ``obtained`` says how, ``document`` where it is written."""

    level: ConsentLevel
    scope: ConsentScope = ConsentScope.ALWAYS
    given_by: Words
    obtained: Words
    document: str = Field("", max_length=500)
    valid_from: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
    valid_until: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)] | None = None
    windows: list[WindowIn] = Field(default=[], max_length=50)
    zone: str = Field("UTC", max_length=64, validate_default=True)
    radius_m: float = Field(0.0, ge=0, le=100_000, allow_inf_nan=False)
    minutes: float = Field(0.0, ge=0, le=7 * 24 * 60, allow_inf_nan=False)

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone such as America/New_York") from None
        return zone

    @model_validator(mode="after")
    def _is_bounded(self) -> ConsentIn:
        scope = self.scope if self.level is ConsentLevel.LIVE else None
        if scope is ConsentScope.HOURS and not self.windows:
            raise ValueError("hours need at least one window")
        if scope is ConsentScope.INCIDENT and not (self.radius_m and self.minutes):
            raise ValueError("an incident needs radius_m and minutes")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until is after valid_from")
        return self

    def consent(self) -> Consent:
        """Return the consent."""
        return Consent(
            self.level,
            self.scope,
            self.given_by,
            self.obtained,
            self.valid_from,
            self.valid_until,
            self.document,
            tuple(window.window() for window in self.windows),
            self.zone,
            self.radius_m,
            self.minutes,
        )


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
