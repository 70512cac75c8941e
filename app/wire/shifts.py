"""Shifts, handovers and presence on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from app.domain.geo import LatLon
from app.domain.scope import Area, Scope
from app.domain.shift import LONGEST, Shift
from app.wire.accounts import Name
from app.wire.hub import Command, Latitude, Longitude, Message

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class AreaMessage(Command):
    """A circle on the map."""

    lat: Latitude
    lon: Longitude
    radius_m: float = Field(gt=0, le=100_000, allow_inf_nan=False)


class ScopeMessage(Command):
    """What a shift is concerned with; null sets no bound."""

    camera_groups: list[Word] | None = Field(None, max_length=50)
    alert_sources: list[Word] | None = Field(None, max_length=50)
    area: AreaMessage | None = None

    def scope(self) -> Scope:
        """Return the scope."""
        area = self.area
        return Scope(
            None if self.camera_groups is None else frozenset(g.casefold() for g in self.camera_groups),
            None if self.alert_sources is None else frozenset(self.alert_sources),
            None if area is None else Area(LatLon(area.lat, area.lon), area.radius_m),
        )

    @staticmethod
    def of(scope: Scope) -> ScopeMessage:
        """Return a scope's message."""
        area = scope.area
        return ScopeMessage(
            camera_groups=None if scope.groups is None else sorted(scope.groups),
            alert_sources=None if scope.sources is None else sorted(scope.sources),
            area=area and AreaMessage(lat=area.centre.lat, lon=area.centre.lon, radius_m=area.radius_m),
        )


class ShiftIn(Command):
    """Plans a shift of an account."""

    account: Name
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    scope: ScopeMessage = ScopeMessage()

    @model_validator(mode="after")
    def _is_a_time(self) -> ShiftIn:
        if self.ends_at <= self.begins_at:
            raise ValueError("a shift ends after it begins")
        if self.ends_at - self.begins_at > LONGEST:
            raise ValueError("a shift is no longer than a day")
        return self


class ShiftEndIn(Command):
    """Gives a shift another end."""

    ends_at: AwareDatetime


class ShiftMessage(Message):
    """A shift."""

    id: str
    account: str
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    scope: ScopeMessage
    cancelled: bool = False

    @staticmethod
    def of(shift: Shift) -> ShiftMessage:
        """Return a shift's message."""
        return ShiftMessage(
            id=shift.id,
            account=shift.account,
            begins_at=shift.begins_at,
            ends_at=shift.ends_at,
            scope=ScopeMessage.of(shift.scope),
            cancelled=shift.cancelled,
        )


class Shifts(Message):
    """The shifts that have not ended, by their beginning."""

    shifts: list[ShiftMessage]


class HandoverIn(Command):
    """What who comes next has to know. The alerts in one's hands go back to the queue with it."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class HandoverMessage(Message):
    """What somebody handed over, and which alerts went back to the queue."""

    id: str
    at: AwareDatetime
    who: str
    text: str
    alert_ids: list[str]


class Handovers(Message):
    """What was handed over lately, newest first."""

    handovers: list[HandoverMessage]


class PresentMessage(Message):
    """Somebody who has signed in, and the alerts in their hands."""

    user: str
    roles: list[str]
    until: AwareDatetime | None
    locked: bool
    alert_ids: list[str]


class Presence(Message):
    """Who is there."""

    present: list[PresentMessage]
