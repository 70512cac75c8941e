"""Consents as the hub tells them to who may record them."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from app.domain.consent import Consent, ConsentLevel, ConsentScope, Window
from app.wire.hub import Message


class WindowOut(Message):
    """Hours of one weekday (0 is Monday) as HH:MM; 24:00 is the day's end."""

    weekday: int
    begin: str
    end: str

    @staticmethod
    def of(window: Window) -> WindowOut:
        """Return hours as they are told."""
        return WindowOut(
            weekday=window.weekday, begin=clock_text(window.begin_min), end=clock_text(window.end_min)
        )


class ConsentSummary(Message):
    """A private camera and how far it is shared; who gave it is told with the camera alone."""

    camera_id: str
    number: int
    level: ConsentLevel
    scope: ConsentScope
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None

    @staticmethod
    def of(camera_id: str, number: int, consent: Consent) -> ConsentSummary:
        """Return the summary of the consent that holds."""
        return ConsentSummary(
            camera_id=camera_id,
            number=number,
            level=consent.level,
            scope=consent.scope,
            valid_from=consent.valid_from,
            valid_until=consent.valid_until,
        )


class ConsentList(Message):
    """Every private camera."""

    consents: list[ConsentSummary]


class ConsentOut(Message):
    """A consent as it was recorded."""

    number: int
    recorded_at: AwareDatetime
    level: ConsentLevel
    scope: ConsentScope
    given_by: str
    obtained: str
    document: str
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None
    windows: list[WindowOut]
    zone: str
    radius_m: float
    minutes: float

    @staticmethod
    def of(number: int, recorded_at: datetime, consent: Consent) -> ConsentOut:
        """Return a consent as it is told."""
        return ConsentOut(
            number=number,
            recorded_at=recorded_at,
            level=consent.level,
            scope=consent.scope,
            given_by=consent.given_by,
            obtained=consent.obtained,
            document=consent.document,
            valid_from=consent.valid_from,
            valid_until=consent.valid_until,
            windows=[WindowOut.of(window) for window in consent.windows],
            zone=consent.zone,
            radius_m=consent.radius_m,
            minutes=consent.minutes,
        )


class CameraConsents(Message):
    """What a camera's owner agreed to: the consent that holds, and the earlier ones, newest first.

    ``present`` is empty where the camera is the city's own.
    """

    present: ConsentOut | None
    earlier: list[ConsentOut]


class ConsentSaved(Message):
    """What recording a consent did; ``links_ended`` are those of an owner whose camera it was until now."""

    looks_ended: int
    links_ended: int = 0


def clock_text(minutes: int) -> str:
    """Return minutes since midnight as HH:MM."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
