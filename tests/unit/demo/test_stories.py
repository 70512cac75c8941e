"""The demo's stories make sense on the map and in time."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

import pytest

from app.demo.city_plan import bounds
from app.demo.stories import Planned, stories
from app.domain.geo import LatLon, distance_m
from app.wire.hub import AlertIn

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def told(seed: int, count: int = 400) -> list[Planned]:
    return list(islice(stories(seed, START), count))


def where(alert: dict[str, Any]) -> LatLon:
    return LatLon(alert["lat"], alert["lon"])


def by_story(planned: list[Planned]) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = defaultdict(list)
    for item in planned:
        found[item.alert["external_id"].split("-")[-1][:-1]].append(item)
    return found


def shootings(seed: int) -> list[list[Planned]]:
    """Stories told to their end in which a call, a gunshot and plate reads belong together."""
    return [
        story
        for story in by_story(told(seed)).values()
        if {item.alert["kind"] for item in story} == {"call_911", "gunshot", "plate_hit"} and len(story) == 5
    ]


@pytest.mark.parametrize("seed", range(6))
def test_every_alert_is_one_that_the_ingest_takes_and_lies_in_the_town(seed: int) -> None:
    town = bounds()
    for item in told(seed):
        assert set(item.alert) <= set(AlertIn.model_fields)
        AlertIn.model_validate(item.alert)
        assert town.contains(where(item.alert)), item.alert


@pytest.mark.parametrize("seed", range(6))
def test_queue_fills_in_the_first_ten_seconds_and_is_never_still_for_long(seed: int) -> None:
    due = [item.due_s for item in told(seed)]
    assert due == sorted(due)
    assert sum(moment < 10 for moment in due) == 8
    gaps = [b - a for a, b in pairwise(due[8:])]
    assert max(gaps) <= 6.0
    assert 4.0 <= sum(gaps) / len(gaps) <= 6.0


def test_same_seed_and_start_tell_the_same_and_another_seed_another_story() -> None:
    assert told(3, 50) == told(3, 50)
    assert [i.alert["title"] for i in told(3, 50)] != [i.alert["title"] for i in told(4, 50)]


def test_a_second_run_tells_new_alerts() -> None:
    later = stories(1, START.replace(minute=5))
    first = {item.alert["external_id"] for item in told(1, 30)}
    assert first.isdisjoint(item.alert["external_id"] for item in islice(later, 30))


@pytest.mark.parametrize("seed", range(4))
def test_a_gunshot_is_heard_near_the_call_and_seconds_after_it(seed: int) -> None:
    found = shootings(seed)
    assert found
    for story in found:
        call, shot = story[0], story[1]
        assert (call.alert["kind"], shot.alert["kind"]) == ("call_911", "gunshot")
        assert shot.due_s - call.due_s == pytest.approx(20)
        assert 100 <= distance_m(where(call.alert), where(shot.alert)) <= 250


@pytest.mark.parametrize("seed", range(4))
def test_the_car_leaves_the_place_of_the_shots(seed: int) -> None:
    for story in shootings(seed):
        shot = next(i for i in story if i.alert["kind"] == "gunshot")
        reads = [i for i in story if i.alert["kind"] == "plate_hit"]
        scene = where(shot.alert)
        away = [distance_m(scene, where(read.alert)) for read in reads]
        assert shot.due_s < reads[0].due_s < reads[1].due_s
        assert away[0] < away[1], "the second read must be farther away"
        # No faster than a hurried driver: below 30 m/s between the reads.
        way = distance_m(where(reads[0].alert), where(reads[1].alert))
        assert way / (reads[1].due_s - reads[0].due_s) < 30


@pytest.mark.parametrize("seed", range(4))
def test_the_corrected_call_comes_last_and_nearer_to_the_shots(seed: int) -> None:
    for story in shootings(seed):
        call, shot = story[0].alert, story[1].alert
        revised = next(i.alert for i in story if i.alert["revision"] == 1)
        assert revised["external_id"] == call["external_id"]
        assert revised["occurred_at"] == call["occurred_at"]
        assert distance_m(where(revised), where(shot)) < distance_m(where(call), where(shot))
        assert revised["urgency"] < call["urgency"]


def test_a_false_alarm_is_revised_to_low() -> None:
    revised = [
        i.alert
        for seed in range(4)
        for i in told(seed)
        if i.alert["kind"] == "gunshot" and i.alert["revision"]
    ]
    assert revised
    assert {alert["urgency"] for alert in revised} == {4}


def test_a_school_button_brings_a_neighbour_and_an_answer() -> None:
    for seed in range(4):
        schools = [
            story
            for story in by_story(told(seed)).values()
            if "School" in story[0].alert["place"] and story[0].alert["kind"] == "panic" and len(story) == 3
        ]
        assert schools
        for button, call, answer in schools:
            assert button.alert["urgency"] == 1
            assert distance_m(where(button.alert), where(call.alert)) < 200
            assert answer.alert["external_id"] == button.alert["external_id"]


def test_corrections_are_told_after_what_they_correct() -> None:
    seen: dict[str, int] = {}
    for item in told(2):
        key, revision = item.alert["external_id"], item.alert["revision"]
        assert seen.get(key, -1) == revision - 1
        seen[key] = revision


def test_plates_are_of_no_real_pattern() -> None:
    plates = [word for i in told(1) for word in i.alert["title"].split() if word.startswith("WF-")]
    assert plates
    assert all(len(plate.rstrip(":")) == 7 for plate in plates)


def test_a_storm_keeps_its_pace() -> None:
    storm = list(islice(stories(1, START, per_second=50), 500))
    assert [round(item.due_s, 6) for item in storm] == [round(i / 50, 6) for i in range(500)]
    assert len({(i.alert["external_id"], i.alert["revision"]) for i in storm}) == 500
