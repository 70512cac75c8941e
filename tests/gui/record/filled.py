"""A made-up record and consents for the windows' tests and gallery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.consent import Consent, ConsentLevel, ConsentScope, Window
from app.domain.consent_keeping import RecordedConsent
from app.domain.ids import CameraId
from app.domain.record import ActCount, AuditRecord, Look, ReviewWeek, SignOff, WeekReview
from app.domain.week import Week

AT = datetime(2026, 1, 5, 20, 30, tzinfo=UTC)
LONG = "Central Station North Entrance Platform Hall Overview, camera 12 of 40"
_ACTS = (
    ("look", "done", "cam-1", "gunshot", "incident-1", ""),
    ("look_end", "done", "cam-1", "gunshot", "incident-1", "released, look of Dana Operator"),
    ("look", "refused", "cam-2", "just looking", "", ""),
    ("incident_open", "done", "", "", "incident-1", ""),
    ("denied", "refused", "", "", "", "consent_edit"),
    ("audit_read", "done", "cam-3", "", "", "person Dana Operator, since 2026-01-01T00:00:00+00:00"),
    ("consent", "done", "cam-4", "", "", f"no. 2, level 2, always, origin sha256 {'9f' * 32}"),
    ("sign_in", "done", "", "", "", ""),
)
_PEOPLE = ("Dana Operator", "Ben Volunteer", "Maximiliane von Hohenstein-Oberlangen", "Ann Auditor")


def record(position: int) -> AuditRecord:
    act, outcome, camera, reason, incident, detail = _ACTS[position % len(_ACTS)]
    subject = (
        f"camera/{camera}" if camera else "PUT /cameras/{camera_id}/consent" if act == "denied" else "session"
    )
    return AuditRecord(
        position,
        AT - timedelta(seconds=37 * (1000 - position)),
        _PEOPLE[position % len(_PEOPLE)],
        f"10.0.{position % 4}.17",
        "person",
        act,
        outcome,
        subject,
        camera,
        incident,
        reason,
        detail,
    )


def records(count: int) -> list[AuditRecord]:
    return [record(position) for position in range(count, 0, -1)]


def looks() -> list[Look]:
    made = []
    for number in range(9, 0, -1):
        at = AT - timedelta(minutes=31 * number)
        refused = number % 4 == 0
        ended = None if refused or number == 9 else at + timedelta(seconds=17 * number**3)
        because = "" if ended is None else ("released", "revoked", "expired")[number % 3]
        made.append(
            Look(
                number, at, _PEOPLE[number % 3], "10.0.0.17", refused,
                ("gunshot", "", "call_911")[number % 3], "incident-1" if number % 3 == 0 else "",
                ended, because,
            )
        )  # fmt: skip
    return made


def reviews() -> dict[str, WeekReview]:
    made = {}
    newest = Week.of(AT)
    for back in range(6):
        week = newest.earlier(back)
        sign_off = None
        if back > 2:
            words = "Two refused looks by a volunteer; spoken about with the supervisor."
            sign_off = SignOff("Ann Auditor", week.end + timedelta(hours=9), words, 4200 - back, "c3" * 32)
        told = ReviewWeek(
            str(week), week.begin, week.end, back > 0, 0 if back == 4 else 1304 - back, 17 + back, sign_off
        )
        made[str(week)] = WeekReview(
            told,
            (
                ActCount("look", 412, 2),
                ActCount("look_end", 410, 0),
                ActCount("denied", 0, 15),
                ActCount("sign_in", 33, 1),
            ),
            (("cam-1", 211), ("cam-2", 120), ("cam-5", 81)),
            tuple((name, 300 - 70 * number) for number, name in enumerate(_PEOPLE)),
            (("Ben Volunteer", 16), ("Dana Operator", 2)),
        )
    return made


def consent(**changes: object) -> Consent:
    made: dict[str, object] = {
        "level": ConsentLevel.LIVE,
        "scope": ConsentScope.ALWAYS,
        "given_by": "Harbour Pharmacy, J. Example (manager)",
        "obtained": "signed form",
        "valid_from": datetime(2025, 6, 1, tzinfo=UTC),
        "document": "Form 2025-117",
    }
    return Consent(**(made | changes))  # type: ignore[arg-type]


HOURS = consent(
    scope=ConsentScope.HOURS,
    zone="America/New_York",
    windows=(*(Window(day, 18 * 60, 24 * 60) for day in range(5)), Window(0, 0, 360), Window(5, 0, 1440)),
)
NEARBY = consent(
    scope=ConsentScope.INCIDENT, radius_m=500.0, minutes=90.0, valid_until=datetime(2027, 6, 1, tzinfo=UTC)
)
REGISTERED = consent(level=ConsentLevel.REGISTERED)


def histories() -> dict[CameraId, list[RecordedConsent]]:
    def numbered(*newest_first: Consent) -> list[RecordedConsent]:
        count = len(newest_first)
        return [
            RecordedConsent(count - n, AT - timedelta(days=40 * n), one) for n, one in enumerate(newest_first)
        ]

    return {
        CameraId("cam-1"): numbered(HOURS, NEARBY, consent()),
        CameraId("cam-2"): numbered(NEARBY),
        CameraId("cam-3"): numbered(REGISTERED, consent()),
        CameraId("cam-4"): numbered(consent(valid_until=datetime(2025, 12, 1, tzinfo=UTC))),
    }
