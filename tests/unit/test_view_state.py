from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.events import LinkState
from tests.gui.panels.city import camera
from widgets.view_state import (
    age_words,
    camera_count_words,
    camera_row,
    clock_words,
    link_words,
    one_line,
    plain_tip,
    time_words,
)

NOW = datetime(2026, 11, 21, 18, 30, 5, tzinfo=UTC)
EAST = timezone(timedelta(hours=2), "EET")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (0.9, "now"),
        (12, "12 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00"),
        (7500, "2 h 05"),
        (86400, "1 d"),
        (300000, "3 d"),
        (86400 * 999, "999 d"),
        (86400 * 739_000, ">999 d"),
        (-59, "now"),
        (-300, "in 5 min"),
        (-86400 * 2_900_000, "in >999 d"),
    ],
)
def test_age_is_told_in_the_largest_unit(seconds: float, words: str) -> None:
    assert age_words(seconds) == words


def test_time_names_the_date_only_when_it_is_not_todays_at_this_desk() -> None:
    late = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert time_words(late, late, UTC) == "22:30:00"
    assert time_words(late, late + timedelta(hours=3), UTC) == "2026-11-21 22:30:00"
    assert time_words(late, late + timedelta(hours=3), EAST) == "00:30:00"


def test_time_at_the_calendars_end_is_told_in_utc_where_the_desk_has_no_such_year() -> None:
    west = timezone(timedelta(hours=-5))
    first = datetime(1, 1, 1, tzinfo=UTC)
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert time_words(first, NOW, west) == "0001-01-01 00:00:00 UTC"
    assert time_words(last, NOW, EAST) == "9999-12-31 23:59:59 UTC"
    assert time_words(last, NOW, west) == "9999-12-31 18:59:59"


def test_clock_shows_utc_beside_another_zone_and_not_twice() -> None:
    assert clock_words(NOW, EAST) == "20:30:05 EET  ·  18:30:05 UTC"
    assert clock_words(NOW, UTC) == "18:30:05 UTC"


def test_link_says_since_when_it_is_lost_and_why() -> None:
    assert link_words(LinkState.LOST, 95, "The hub\ndoes not answer.") == (
        "Hub connection lost for 1 min: The hub does not answer."
    )
    assert link_words(LinkState.CONNECTED, 95, "left over") == "Hub connected"


def test_outside_text_stays_on_one_line_and_is_no_html_in_a_tool_tip() -> None:
    assert one_line(" a\r\n\tb ") == "a b"
    assert one_line("a\x1b[31m\x07b") == "a[31mb"
    assert one_line("\u202eshot\u202c\u2067s") == "shots"
    assert one_line("\u200b\ufeff\u200d \n") == ""
    assert one_line("👨‍👩‍👧 عربی\u200cها") == "👨‍👩‍👧 عربی\u200cها"
    assert plain_tip("<b>x</b>\ny") == "<qt>&lt;b&gt;x&lt;/b&gt;<br>y</qt>"
    assert plain_tip("") == ""


def test_camera_row_names_each_kind_of_stream_once() -> None:
    row = camera_row(camera(1, name="Mill\nRd", place="North", tags=("ptz", "school")))
    assert row.name == "Mill Rd"
    assert row.detail == "North  #ptz  #school"
    assert row.badge in ("RTSP", "HLS", "JPEG")
    assert camera_row(camera(1, streams=())).badge == "NO STREAM"


def test_match_count_says_how_many_of_how_many() -> None:
    assert camera_count_words(7029, 7029) == "7,029 cameras"
    assert camera_count_words(12, 7029) == "12 of 7,029 cameras"
    assert camera_count_words(1, 1) == "1 camera"
