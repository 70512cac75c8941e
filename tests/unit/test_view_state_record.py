"""The record in plain words: each act, times here and in UTC, and what a search field means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.audit import Act
from app.domain.consent import Reason
from app.domain.ids import CameraId
from app.domain.record import AuditRecord, Look
from tests.fakes.world import camera
from tests.gui.record.filled import reviews
from widgets.view_state_record import (
    ACT_WORDS,
    REASON_WORDS,
    camera_choices,
    camera_of,
    choice_of,
    found_words,
    length_words,
    look_row,
    moment_of,
    record_fields,
    record_row,
)
from widgets.view_state_reviews import review_sheet, week_row

EAST = timezone(timedelta(hours=-5))
AT = datetime(2026, 11, 21, 7, 12, 9, 876_543, tzinfo=UTC)
RECORD = AuditRecord(7, AT, "Dana", "10.0.0.7", "person", "look", "done", "lease/1", "c", "i", "gunshot")


def name(camera_id: str) -> str:
    return {"c": "North Gate"}.get(camera_id, camera_id)


def test_every_act_and_every_reason_has_words() -> None:
    assert set(ACT_WORDS) == set(Act)
    assert set(REASON_WORDS) == set(Reason)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({}, "looked at North Gate"),
        ({"outcome": "refused"}, "was refused to look at North Gate"),
        ({"act": "incident_pin"}, "pinned North Gate to an incident"),
        ({"act": "look", "camera_id": ""}, "looked at a camera"),
        ({"act": "audit_read"}, "read the record (North Gate)"),
        ({"act": "sign_in", "camera_id": ""}, "signed in"),
        ({"act": "denied", "outcome": "refused", "subject": "PUT\n/x"}, "was refused: PUT /x"),
        ({"act": "brew_tea", "camera_id": ""}, "brew tea"),
        ({"act": "brew_tea", "outcome": "refused", "camera_id": ""}, "was refused: brew tea"),
    ],
)
def test_an_act_is_told_in_plain_words(changes: dict[str, str], what: str) -> None:
    assert record_row(replace(RECORD, **changes), name).what == what  # type: ignore[arg-type]


def test_a_record_has_the_desks_time_and_utc_to_the_hundredth() -> None:
    row = record_row(RECORD, name, EAST)
    assert (row.time, row.utc) == ("2026-11-21 02:12:09", "2026-11-21 07:12:09.87 UTC")
    assert (row.who, row.why, row.refused) == ("Dana", "Gunshot", False)


def test_every_field_of_a_record_is_told() -> None:
    told = dict(record_fields(replace(RECORD, detail="x\u202ey", reason="just so"), name, EAST))
    assert told["Camera"] == "North Gate (c)"
    assert told["Reason"] == "just so"
    assert told["More"] == "xy"
    assert (told["To what"], told["Act"], told["Desk"], told["No."]) == ("lease/1", "look", "10.0.0.7", "7")
    assert dict(record_fields(replace(RECORD, incident_id=""), name))["Incident"] == "–"


@pytest.mark.parametrize(
    ("changes", "length", "end"),
    [
        ({}, "Looking now", "–"),
        ({"refused": True}, "Refused", "–"),
        ({"ended_at": AT + timedelta(seconds=723), "because": "revoked"}, "12 min 03 s", "Taken back"),
        ({"ended_at": AT + timedelta(seconds=8), "because": "news"}, "8 s", "news"),
    ],
)
def test_a_look_says_how_long_it_was_and_how_it_ended(
    changes: dict[str, object], length: str, end: str
) -> None:
    row = look_row(replace(Look(1, AT, "Dana", "d", False), **changes), EAST)  # type: ignore[arg-type]
    assert (row.length, row.end) == (length, end)


def test_lengths_are_told_in_two_units() -> None:
    assert [length_words(s) for s in (-1, 59.4, 60, 3599, 3723)] == [
        "0 s", "59 s", "1 min 00 s", "59 min 59 s", "1 h 02 min",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "end", "moment"),
    [
        ("", False, None),
        ("2026-11-21", False, "2026-11-21T00:00:00-05:00"),
        ("2026-11-21", True, "2026-11-22T00:00:00-05:00"),
        (" 2026-11-21  07:05 ", False, "2026-11-21T07:05:00-05:00"),
        ("2026-11-21 07:05", True, "2026-11-21T07:06:00-05:00"),
    ],
)
def test_a_day_or_a_minute_is_a_moment_of_the_desks_time(text: str, end: bool, moment: str | None) -> None:
    found = moment_of(text, end=end, zone=EAST)
    assert (found.isoformat() if found else None) == moment


@pytest.mark.parametrize("text", ["yesterday", "21.11.2026", "2026-13-01", "2026-11-21 25:00", "0001-01-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment_of(text)


def test_a_camera_is_found_by_its_choice_its_name_or_its_id() -> None:
    cameras = {
        CameraId(f"cam-{n}"): camera(n, name=text) for n, text in ((1, "Gate"), (2, "Gate"), (3, "Bridge"))
    }
    assert camera_choices(cameras)[0] == "Bridge  ·  cam-3"
    assert [camera_of(text, cameras) for text in camera_choices(cameras)] == ["cam-3", "cam-1", "cam-2"]
    assert camera_of("bridge", cameras) == "cam-3"
    assert camera_of("cam-2", cameras) == "cam-2"
    # Two have that name, and none has this one: it is taken for an id.
    assert camera_of("Gate", cameras) == "Gate"
    assert camera_of("long-gone", cameras) == "long-gone"
    assert (choice_of("cam-3", cameras), choice_of("gone", cameras)) == ("Bridge  ·  cam-3", "gone")


def test_the_line_below_says_whether_there_is_more() -> None:
    assert found_words(0, True) == "No record fits."
    assert found_words(200, False) == "The newest 200 records; scroll down for more."
    assert found_words(1, True, "look") == "1 look: all that fit."


def test_a_week_waits_for_its_review_when_it_is_over_and_not_empty() -> None:
    weeks = [reviews()[name].week for name in sorted(reviews(), reverse=True)]
    assert [week_row(week).state for week in weeks[:4]] == [
        "Not over yet", "To be reviewed", "To be reviewed", "Signed off by Ann Auditor",
    ]  # fmt: skip
    assert [week_row(week).waits for week in weeks[:4]] == [False, True, True, False]
    assert week_row(replace(weeks[1], records=0)).state == "Nothing on record"
    assert week_row(weeks[1]).days == "29 Dec – 04 Jan 2026"


def test_a_review_says_what_can_be_done_about_it() -> None:
    kept = reviews()
    now, over, signed = (review_sheet(kept[n], name, UTC) for n in ("2026-W02", "2026-W01", "2025-W51"))
    assert (now.may_sign, over.may_sign, signed.may_sign) == (False, True, False)
    assert now.wait == "A week is signed off when it is over."
    assert signed.signed.startswith(
        "Signed off by Ann Auditor on 2025-12-22 09:00:00, up to record no. 4,197."
    )
    assert [row.name for row in over.acts][-2:] == [
        "Was refused what the role does not allow",
        "Was refused to sign in",
    ]
    assert not review_sheet(
        replace(kept["2026-W01"], week=replace(kept["2026-W01"].week, records=0)), name
    ).may_sign
