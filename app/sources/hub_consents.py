"""Consents at the hub over its REST interface: implements the `ConsentGateway` port."""

from __future__ import annotations

from urllib.parse import quote

from app.domain.consent import Consent, Window
from app.domain.consent_keeping import ConsentEffect, PrivateCamera, RecordedConsent
from app.domain.ids import CameraId
from app.sources.hub_rest import HubRest
from app.wire.consent import ConsentIn, WindowIn
from app.wire.consent_told import CameraConsents, ConsentList, ConsentOut, ConsentSaved, clock_text


class HubConsents:
    """Reads and records consents in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def private_cameras(self) -> tuple[PrivateCamera, ...]:
        """Return every private camera."""
        told = self._rest.read(ConsentList, await self._rest.call("GET", "consents"))
        return tuple(
            PrivateCamera(CameraId(c.camera_id), c.level, c.scope, c.valid_from, c.valid_until)
            for c in told.consents
        )

    async def history(self, camera_id: CameraId) -> tuple[RecordedConsent, ...]:
        """Return a camera's consents, newest first."""
        told = self._rest.read(CameraConsents, await self._rest.call("GET", _path(camera_id)))
        if told.present is None:
            return ()
        return tuple(_recorded(consent) for consent in (told.present, *told.earlier))

    async def record(self, camera_id: CameraId, consent: Consent) -> ConsentEffect:
        """Record a consent, and return how many looks that ended."""
        # What the hub would refuse is sent as it is: it names the fields, in its own words.
        body = ConsentIn.model_construct(
            level=consent.level,
            scope=consent.scope,
            given_by=consent.given_by,
            obtained=consent.obtained,
            document=consent.document,
            valid_from=consent.valid_from,
            valid_until=consent.valid_until,
            windows=[
                WindowIn(weekday=w.weekday, begin=clock_text(w.begin_min), end=clock_text(w.end_min))
                for w in consent.windows
            ],
            zone=consent.zone,
            radius_m=consent.radius_m,
            minutes=consent.minutes,
        )
        answer = await self._rest.call("PUT", _path(camera_id), body)
        saved = self._rest.read(ConsentSaved, answer)
        return ConsentEffect(saved.looks_ended, saved.links_ended)


def _path(camera_id: CameraId) -> str:
    return f"cameras/{quote(camera_id, safe='')}/consent"


def _recorded(told: ConsentOut) -> RecordedConsent:
    consent = Consent(
        told.level,
        told.scope,
        told.given_by,
        told.obtained,
        told.valid_from,
        told.valid_until,
        told.document,
        tuple(Window(w.weekday, _minutes(w.begin), _minutes(w.end)) for w in told.windows),
        told.zone,
        told.radius_m,
        told.minutes,
    )
    return RecordedConsent(told.number, told.recorded_at, consent)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
