"""A look at a private camera keeps within its owner's grant, and ends where that ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.consent import (
    Consent,
    ConsentLevel,
    ConsentScope,
    Granted,
    Reason,
    Window,
    Withheld,
    judge_look,
)
from app.domain.geo import LatLon
from app.domain.ids import IncidentId
from app.domain.incident import Incident

# A Wednesday in New York's summer.
NOW = datetime(2026, 7, 1, 14, 30, tzinfo=ZoneInfo("America/New_York"))
HERE = LatLon(43.0, -77.0)
NEAR = LatLon(43.001, -77.0)
"""111 m away."""
ALWAYS = Consent(ConsentLevel.LIVE, ConsentScope.ALWAYS, "Shop", "form", NOW - timedelta(days=1))
HOURS = replace(
    ALWAYS, scope=ConsentScope.HOURS, zone="America/New_York", windows=(Window(2, 8 * 60, 17 * 60),)
)
NEARBY = replace(ALWAYS, scope=ConsentScope.INCIDENT, radius_m=200, minutes=60)
INCIDENT = Incident(IncidentId("i"), "Fire", NOW - timedelta(minutes=20), "Dana", NEAR)


def look(
    consent: Consent, at: datetime = NOW, reason: str = Reason.GUNSHOT, incident: Incident | None = None
) -> Granted | Withheld:
    return judge_look(consent, "Shop door", HERE, at, reason, incident)


def words(verdict: Granted | Withheld) -> str:
    assert isinstance(verdict, Withheld)
    assert verdict.hint
    return verdict.message


@pytest.mark.parametrize("scope", ConsentScope)
def test_nobody_looks_at_a_camera_that_is_registered_only(scope: ConsentScope) -> None:
    registered = replace(NEARBY, level=ConsentLevel.REGISTERED, scope=scope, windows=HOURS.windows)
    assert "registered only" in words(look(registered, incident=INCIDENT))


def test_an_owner_who_always_allows_it_sets_no_end() -> None:
    assert look(ALWAYS) == Granted(None)


@pytest.mark.parametrize("reason", ["", "curious", "Gunshot", "gunshot "])
def test_free_text_is_no_reason(reason: str) -> None:
    assert "needs a reason from the list" in words(look(ALWAYS, reason=reason))


def test_a_consent_holds_from_its_first_moment_to_before_its_last() -> None:
    end = NOW + timedelta(hours=1)
    bounded = replace(ALWAYS, valid_from=NOW, valid_until=end)
    assert look(bounded) == Granted(end)
    assert "not in force" in words(look(bounded, NOW - timedelta(seconds=1)))
    assert "not in force" in words(look(bounded, end))


@pytest.mark.parametrize(
    ("hour", "minute", "allowed"), [(7, 59, False), (8, 0, True), (16, 59, True), (17, 0, False)]
)
def test_hours_are_the_owners_wall_clock(hour: int, minute: int, allowed: bool) -> None:
    at = NOW.replace(hour=hour, minute=minute).astimezone(UTC)
    verdict = look(HOURS, at)
    if allowed:
        assert verdict == Granted(NOW.replace(hour=17, minute=0))
    else:
        assert "owner's hours only" in words(verdict)


def test_hours_of_one_day_are_not_anothers() -> None:
    assert "owner's hours only" in words(look(HOURS, NOW + timedelta(days=1)))


def test_hours_that_touch_are_one_look() -> None:
    split = replace(HOURS, windows=(Window(2, 16 * 60, 24 * 60), Window(2, 8 * 60, 16 * 60)))
    assert look(split) == Granted((NOW + timedelta(days=1)).replace(hour=0, minute=0))


def test_hours_over_midnight_are_one_look() -> None:
    night = replace(HOURS, windows=(Window(2, 22 * 60, 24 * 60), Window(3, 0, 6 * 60)))
    morning = (NOW + timedelta(days=1)).replace(hour=6, minute=0)
    assert look(night, NOW.replace(hour=23)) == Granted(morning)
    assert look(night, morning - timedelta(minutes=1)) == Granted(morning)
    assert "owner's hours only" in words(look(night, morning))


def test_an_hour_that_comes_twice_ends_at_its_own_end() -> None:
    early = replace(HOURS, windows=(Window(6, 0, 90),))
    # 01:10 in New York for the second time.
    at = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert look(early, at) == Granted(datetime(2026, 11, 1, 6, 30, tzinfo=UTC))


def test_hours_in_a_zone_that_nobody_knows_open_nothing() -> None:
    assert "does not know the time zone" in words(look(replace(HOURS, zone="Mars/Olympus")))


def test_hours_end_at_the_wall_clocks_time_on_the_day_that_the_clocks_change() -> None:
    sunday = replace(HOURS, windows=(Window(6, 0, 17 * 60),))
    # Clocks go back at two in the morning of this day.
    at = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    verdict = look(sunday, at)
    assert isinstance(verdict, Granted)
    assert verdict.until is not None
    assert verdict.until.astimezone(UTC) == datetime(2026, 11, 1, 22, tzinfo=UTC)


def test_an_incident_near_and_new_enough_opens_it_until_its_time_is_over() -> None:
    assert look(NEARBY, incident=INCIDENT) == Granted(INCIDENT.opened_at + timedelta(hours=1))


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        (None, "for an incident only"),
        (replace(INCIDENT, closed_at=NOW), "is closed"),
        (replace(INCIDENT, position=None), "not near enough"),
        (replace(INCIDENT, position=LatLon(43.002, -77.0)), "not near enough"),
        (replace(INCIDENT, opened_at=NOW - timedelta(hours=1)), "opened too long ago"),
    ],
)
def test_any_other_incident_opens_nothing(incident: Incident | None, said: str) -> None:
    assert said in words(look(NEARBY, incident=incident))


@pytest.mark.parametrize(
    "window", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 61, 60), (0, -1, 60), (0, 0, 1441)]
)
def test_hours_that_are_none_are_refused(window: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"weekday|hours"):
        Window(*window)


@given(
    begin=st.integers(0, 1438),
    length=st.integers(1, 600),
    minute=st.integers(0, 7 * 1440 - 1),
    weekday=st.integers(0, 6),
)
def test_a_look_within_hours_is_granted_to_their_end_and_no_other_is(
    begin: int, length: int, minute: int, weekday: int
) -> None:
    end = min(begin + length, 1440)
    consent = replace(HOURS, zone="UTC", windows=(Window(weekday, begin, end),))
    monday = datetime(2026, 7, 6, tzinfo=UTC)
    at = monday + timedelta(minutes=minute)
    inside = minute // 1440 == weekday and begin <= minute % 1440 < end
    verdict = look(consent, at)
    if inside:
        assert verdict == Granted(monday + timedelta(days=weekday, minutes=end))
        assert look(consent, monday + timedelta(days=weekday, minutes=end)) != verdict
    else:
        assert isinstance(verdict, Withheld)
