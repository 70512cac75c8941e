"""What the hub's benchmarks count: a loss that they overlook would be worse than none counted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.hub.db.event_log import LoggedEvent
from tests.benchmarks import hub_crash, hub_followers
from tests.benchmarks.hub_fanout import late_ms
from tests.benchmarks.hub_run import COMMITS

AT = datetime(2026, 11, 21, 7, tzinfo=UTC)
WELCOME = '{"type": "welcome", "hub_id": "h", "head": 7}'


def frame(numbers: Iterable[int], names: Iterable[str] = (), kind: str = "alert.upserted") -> str:
    """Return a frame as the hub sends it, with these events' numbers and their alerts' names."""
    told = list(names) or [str(number) for number in numbers]
    events = [
        LoggedEvent(number, kind, AT, None, json.dumps({"external_id": name, "title": '"sequence": 99'}))
        for number, name in zip(numbers, told, strict=True)
    ]
    envelopes = ", ".join(event.envelope("h") for event in events)
    return '{"type": "events", "events": [' + envelopes + "]}"


def crossing(*frames: str) -> hub_crash.Console:
    console = hub_crash.Console()
    for each in frames:
        console.take(json.loads(each))
    return console


def test_alerts_that_came_once_and_in_order_are_none_wrong() -> None:
    console = crossing(WELCOME, frame([1, 2]), WELCOME, frame([3]))
    assert hub_crash.wrongs({"1", "2", "3"}, console) == {"lost": 0, "repeated": 0, "out_of_order": 0}
    assert console.newest == 3


def test_an_answered_alert_that_no_event_told_of_is_lost() -> None:
    assert hub_crash.wrongs({"1", "2"}, crossing(frame([1])))["lost"] == 1


def test_an_alert_that_was_never_answered_is_not_lost() -> None:
    assert hub_crash.wrongs(set(), crossing(frame([1])))["lost"] == 0


def test_an_alert_under_two_numbers_is_repeated() -> None:
    told = hub_crash.wrongs({"a"}, crossing(frame([1, 2, 3], ["a", "a", "a"])))
    assert told == {"lost": 0, "repeated": 2, "out_of_order": 0}


def test_an_event_that_is_sent_again_is_repeated_and_out_of_order() -> None:
    told = hub_crash.wrongs({"1", "2"}, crossing(frame([1, 2]), frame([2])))
    assert told == {"lost": 0, "repeated": 1, "out_of_order": 1}


@pytest.mark.parametrize("numbers", [[1, 3], [2, 1], [0, 1]])
def test_numbers_that_are_not_the_next_are_out_of_order(numbers: list[int]) -> None:
    assert hub_crash.wrongs(set(), crossing(frame(numbers)))["out_of_order"] > 0


def test_other_events_count_for_the_order_only() -> None:
    console = crossing(frame([1]), frame([2], kind="camera.upserted"), frame([3]))
    assert (console.out_of_order, sorted(console.alerts)) == (0, ["1", "3"])


def test_a_number_that_the_hub_does_not_know_any_more_ends_the_measurement() -> None:
    with pytest.raises(SystemExit, match="did not know"):
        crossing('{"type": "reset", "reason": "x"}')


def following(after: int, *frames: str) -> dict[str, Any]:
    console = hub_followers.Console(after)
    for at, each in enumerate(frames):
        console.take(each, float(at))
    return console.report(bare=False)


def test_a_follower_reads_the_numbers_in_the_text_of_the_hub_s_own_frames() -> None:
    assert following(7, WELCOME, frame([8, 9]), frame([10])) == {
        "events": 3,
        "newest": 10,
        "broken": False,
        "arrivals": [(8, 1.0), (9, 1.0), (10, 2.0)],
    }


@pytest.mark.parametrize("numbers", [[9], [8, 10], [8, 8]])
def test_a_follower_notes_a_gap_and_a_repeat(numbers: list[int]) -> None:
    assert following(7, frame(numbers))["broken"] is True


def test_an_event_is_late_by_its_post_and_by_its_answer_at_each_console() -> None:
    consoles = [{"arrivals": [(8, 1.25), (9, 2.5)]}, {"arrivals": [(8, 1.5)]}]
    assert late_ms(consoles, {8: (1.0, 1.125)}) == ([250.0, 500.0], [125.0, 375.0])


def test_the_commits_are_read_from_the_hub_s_figures() -> None:
    figures = (
        "# TYPE watchfloor_hub_commit_seconds histogram\n"
        'watchfloor_hub_commit_seconds_bucket{le="+Inf"} 12.0\n'
        "watchfloor_hub_commit_seconds_count 12.0\nwatchfloor_hub_commit_seconds_sum 0.5\n"
    )
    assert dict(COMMITS.findall(figures)) == {"count": "12.0", "sum": "0.5"}
