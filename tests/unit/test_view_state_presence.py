"""Who is on shift, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.alert import AlertStatus
from app.domain.presence import Present
from tests.fakes.world import alert
from widgets.view_state_presence import PresentRow, in_hands, present_rows, short_words

NOW = datetime(2026, 11, 26, 14, tzinfo=UTC)
END = NOW + timedelta(hours=4)


def test_oneself_comes_first_and_the_others_by_name() -> None:
    present = [
        Present("zoe", ("Operator",), END),
        Present("Ada", ("Supervisor",)),
        Present("Me", ("Auditor",)),
    ]
    rows = present_rows(present, "Me", {"zoe": 2}, NOW, UTC)
    assert rows == [
        PresentRow("Me (you)", "Auditor", "", "", False),
        PresentRow("Ada", "Supervisor", "", "", False),
        PresentRow("zoe", "Operator", "until 18:00", "2 alerts in hand", False),
    ]


def test_one_person_at_several_desks_is_one_line() -> None:
    desks = [Present("Ada", ("Operator",), END, locked=True), Present("Ada", ("Operator", "Auditor"), None)]
    (row,) = present_rows(desks, "Me", {}, NOW, UTC)
    assert row == PresentRow("Ada", "Operator and Auditor", "", "2 desks, 1 locked", False)
    (row,) = present_rows([desks[0]], "Me", {"Ada": 1}, NOW, UTC)
    assert (row.state, row.locked) == ("desk locked · 1 alert in hand", True)
    assert short_words(desks) == "On shift: 1"
    assert short_words(None) == "On shift: ?"


def test_an_end_on_another_day_names_the_day() -> None:
    ends = (NOW + timedelta(hours=12), NOW + timedelta(days=3))
    rows = [present_rows([Present("A", (), end)], "", {}, NOW, UTC)[0].until for end in ends]
    assert rows == ["until 02:00", "until Sun 29 Nov 14:00"]


def test_what_is_in_somebodys_hands_is_acknowledged_and_not_closed() -> None:
    acknowledged = alert(1, status=AlertStatus.ACKNOWLEDGED, handled_by="Ada")
    closed = alert(2, status=AlertStatus.CLOSED, handled_by="Ada")
    assert in_hands([acknowledged, closed, alert(3)]) == {"Ada": 1}
