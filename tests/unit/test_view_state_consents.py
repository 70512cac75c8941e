"""Consents in words, and forms into consents: nothing that was typed is guessed at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.camera import Camera
from app.domain.consent import Consent, ConsentLevel, ConsentScope, Window
from app.domain.consent_keeping import ConsentEffect, PrivateCamera, RecordedConsent
from app.domain.ids import CameraId
from tests.fakes.world import camera
from tests.gui.record.filled import HOURS, NEARBY, REGISTERED, consent
from widgets.view_state_consents import (
    ConsentDraft,
    consent_lines,
    consent_of,
    draft_of,
    history_row,
    hub_problems,
    list_words,
    revoked,
    saved_words,
    terms_words,
)

NOW = datetime(2026, 1, 5, 21, tzinfo=UTC)
EAST = timezone(timedelta(hours=-5))
GIVEN = ConsentDraft(given_by=" Shop ", obtained="form", valid_from="2026-01-05 16:00", zone="UTC")


def cameras() -> dict[CameraId, Camera]:
    return {CameraId(f"cam-{n}"): camera(n, name=f"Camera {n}", place="Docks") for n in range(1, 6)}


def private(number: int, of: Consent) -> PrivateCamera:
    return PrivateCamera(CameraId(f"cam-{number}"), of.level, of.scope, of.valid_from, of.valid_until)


def test_private_cameras_come_first_and_say_how_far_they_are_shared() -> None:
    known = [
        private(5, HOURS),
        private(4, REGISTERED),
        private(3, consent(valid_until=NOW)),
        private(2, consent(valid_from=NOW + timedelta(days=2))),
    ]
    lines = consent_lines(cameras(), known, NOW)
    assert [(line.camera_id, line.open) for line in lines] == [
        ("cam-2", False), ("cam-3", False), ("cam-4", False), ("cam-5", True), ("cam-1", True),
    ]  # fmt: skip
    assert [line.words.partition(" 2026")[0] for line in lines] == [
        "Live at any time, from", "Live at any time, ended", "Registered only", "Live in set hours",
        "The city's own",
    ]  # fmt: skip
    assert list_words(lines, 5) == "5 cameras, 4 private"
    assert [line.camera_id for line in consent_lines(cameras(), known, NOW, "docks REGISTERED")] == ["cam-4"]
    assert list_words([], 5) == "No camera matches."
    assert list_words([], 0) == "No cameras yet."


@pytest.mark.parametrize("kept", [HOURS, NEARBY, REGISTERED, consent()])
def test_a_consent_comes_back_from_its_form_as_it_was(kept: Consent) -> None:
    draft = draft_of(kept, NOW, "America/New_York", EAST)
    found = consent_of(draft, EAST)
    assert isinstance(found, Consent)
    assert replace(found, windows=()) == replace(kept, windows=())
    assert set(found.windows) == set(kept.windows)


def test_a_new_form_begins_now_in_the_desks_zone() -> None:
    draft = draft_of(None, NOW, "America/New_York", EAST)
    assert (draft.valid_from, draft.zone, draft.given_by) == ("2026-01-05 16:00", "America/New_York", "")


def test_what_does_not_apply_is_left_out() -> None:
    typed = replace(GIVEN, hours=("08:00-9:30",) * 7, radius_m="500", minutes="60", zone="America/New_York")
    always = consent_of(typed, EAST)
    assert isinstance(always, Consent)
    assert (always.windows, always.radius_m, always.zone, always.given_by) == ((), 0.0, "UTC", "Shop")
    registered = consent_of(replace(typed, level=ConsentLevel.REGISTERED, scope=ConsentScope.HOURS), EAST)
    assert isinstance(registered, Consent)
    assert (registered.level, registered.scope, registered.windows) == (1, "always", ())


def test_hours_are_read_as_people_write_them() -> None:
    typed = replace(
        GIVEN,
        scope=ConsentScope.HOURS,
        hours=("8:00-12:00, 13:30 – 24:00", "", "0:00 to 0:30", "", "", "", ""),
    )
    found = consent_of(typed, EAST)
    assert isinstance(found, Consent)
    assert found.windows == (Window(0, 480, 720), Window(0, 810, 1440), Window(2, 0, 30))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given_by": " "}, "given_by"),
        ({"obtained": ""}, "obtained"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_until": "2026-02-30"}, "valid_until"),
        ({"scope": ConsentScope.HOURS}, "windows"),
        ({"scope": ConsentScope.HOURS, "hours": ("22:00–06:00", *[""] * 6)}, "windows"),
        ({"scope": ConsentScope.HOURS, "hours": ("08:75–09:00", *[""] * 6)}, "windows"),
        ({"scope": ConsentScope.HOURS, "hours": ("mornings", *[""] * 6)}, "windows"),
        ({"scope": ConsentScope.INCIDENT, "minutes": "60"}, "radius_m"),
        ({"scope": ConsentScope.INCIDENT, "radius_m": "500", "minutes": "nan"}, "minutes"),
        ({"scope": ConsentScope.INCIDENT, "radius_m": "500", "minutes": "-1"}, "minutes"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(changes: dict[str, object], field: str) -> None:
    problems = consent_of(replace(GIVEN, **changes), EAST)  # type: ignore[arg-type]
    assert isinstance(problems, dict)
    assert list(problems) == [field]
    assert problems[field]


def test_a_consent_that_is_taken_back_leaves_the_camera_registered_from_now_on() -> None:
    found = revoked(HOURS, NOW)
    assert (found.level, found.valid_from, found.valid_until) == (ConsentLevel.REGISTERED, NOW, None)
    assert (found.given_by, found.obtained, found.windows) == (HOURS.given_by, "Revoked at this desk", ())


def test_terms_are_told_in_one_line() -> None:
    assert terms_words(REGISTERED) == "Registered only: nobody looks"
    assert terms_words(NEARBY) == "Live for an incident within 500 m and 90 min"
    assert terms_words(HOURS).startswith("Live in set hours: Mon 00:00–06:00, 18:00–24:00; Tue 18:00–24:00; ")
    row = history_row(RecordedConsent(3, NOW, NEARBY), EAST)
    assert (row.number, row.recorded, row.valid) == ("3", "2026-01-05 16:00", "2025-05-31 – 2027-05-31")
    assert row.origin == "Harbour Pharmacy, J. Example (manager), signed form, Form 2025-117"


def test_what_the_hub_refuses_is_told_by_the_forms_fields() -> None:
    fields = [("windows.0.end", "Value error, hours end"), ("zone", "is no zone"), ("zone", "twice")]
    assert hub_problems(fields) == {"windows": "Hours end", "zone": "Is no zone"}


def test_saving_says_what_it_did() -> None:
    assert saved_words("Gate", ConsentEffect()) == "Recorded for Gate: nobody was looking."
    assert saved_words("Gate", ConsentEffect(3)) == "Recorded for Gate: 3 looks ended."
    assert saved_words("Gate", ConsentEffect(0, 2)) == (
        "Recorded for Gate: nobody was looking; 2 links of its owner until now open it no more."
    )
