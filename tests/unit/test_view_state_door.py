"""The door's words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.door import Entrance
from app.domain.own_session import OwnSession
from widgets.view_state_door import DoorStep, door_view, session_words, shift_warning

NOW = datetime(2026, 11, 26, 20, tzinfo=UTC)
VERA = OwnSession("Vera", ("Volunteer",), frozenset(), NOW + timedelta(minutes=5), True)
OWN_NEW, OWN, REMOTE = Entrance("B", True, True), Entrance("B", True, False), Entrance("B", False, False)


@pytest.mark.parametrize(
    ("entrance", "acknowledged", "step", "asks_code"),
    [
        (None, True, DoorStep.WAITING, False),
        (REMOTE, False, DoorStep.BANNER, False),
        (OWN_NEW, False, DoorStep.BANNER, False),
        (OWN_NEW, True, DoorStep.FIRST, False),
        (OWN, True, DoorStep.SIGN_IN, False),
        (REMOTE, True, DoorStep.SIGN_IN, True),
    ],
)
def test_the_banner_comes_first_and_the_code_is_asked_where_it_is_needed(
    entrance: Entrance | None, acknowledged: bool, step: DoorStep, asks_code: bool
) -> None:
    view = door_view(None, "Why.", entrance, acknowledged)
    assert (view.step, view.asks_code) == (step, asks_code)


def test_a_locked_desk_names_who_is_signed_in_on_one_line() -> None:
    view = door_view(OwnSession("Ve\nra"), "", None, False)
    assert view.step is DoorStep.LOCKED
    assert view.words.startswith("Ve ra is signed in.")


def test_the_status_line_says_who_works_as_what_until_when() -> None:
    assert session_words(None) == ""
    assert session_words(OwnSession("Dana", ("Operator", "Auditor"))) == "Dana  ·  Operator and Auditor"
    assert session_words(VERA, UTC) == "Vera  ·  Volunteer  ·  shift until 20:05"


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (601, None),
        (600, "Your shift ends in 10 min."),
        (61, "Your shift ends in 2 min."),
        (60, "Your shift ends within a minute."),
        (0, None),
        (-5, None),
    ],
)
def test_a_shift_is_announced_to_end_in_its_last_ten_minutes(left_s: float, words: str | None) -> None:
    now = NOW + timedelta(minutes=5) - timedelta(seconds=left_s)
    assert shift_warning(VERA, now, 600) == words


def test_a_session_that_ends_for_its_age_alone_is_not_announced_as_a_shift() -> None:
    assert shift_warning(OwnSession("Dana", until=NOW), NOW - timedelta(minutes=1), 600) is None


def test_a_locked_desk_leads_to_the_provider_and_asks_no_password_of_who_has_none() -> None:
    both = door_view(OwnSession("Dana", unlocks_at="Agency ID"), "", None, False)
    assert (both.action, both.provider, both.asks_password) == ("Unlock", "Unlock with Agency ID", True)
    session = OwnSession("Dana", unlocks_at="Agency ID", unlocks_by_password=False)
    only = door_view(session, "", None, False)
    assert (only.action, only.provider, only.asks_password) == ("Unlock with Agency ID", "", False)
    there = door_view(session, "", None, False, at_provider=True)
    assert (there.step, there.title, there.action) == (DoorStep.PROVIDER, "Unlock with Agency ID", "Unlock")
    # A hub that has lost its provider asks for what there is.
    assert door_view(OwnSession("Dana", unlocks_by_password=False), "", None, False).asks_password


def test_a_providers_long_name_leaves_room_for_signing_out() -> None:
    session = OwnSession("Dana", unlocks_at="Metropolitan Public Safety Identity", unlocks_by_password=False)
    assert door_view(session, "", None, False).action == "Unlock with Metropolitan Public S…"
