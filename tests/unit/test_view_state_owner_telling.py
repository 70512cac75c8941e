from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from app.domain.ids import IncidentId
from app.domain.incident import HeldBack
from app.domain.owner_telling import OwnerTerms
from tests.gui.panels.city import START, incident
from widgets.view_state_owner_telling import HoldingBook, holding_view, terms_words

HERE, THERE = IncidentId("incident-0"), IncidentId("incident-1")
HELD = HeldBack("Sara\nSupervisor", START)


def test_an_open_incident_is_held_back_by_whom_may_and_says_nothing_to_others() -> None:
    view = holding_view(incident(0), START, may=True, zone=UTC)
    assert view is not None
    assert (view.words, view.offer, view.held) == ("Looks told to owners", "Hold back…", False)
    assert view.question == "Hold back until closed?"
    assert holding_view(incident(0), START, may=False, zone=UTC) is None


def test_who_held_it_back_is_told_to_all_and_telling_is_offered_to_whom_may() -> None:
    held = incident(0, held_back=HELD)
    view = holding_view(held, START, may=True, zone=UTC)
    assert view is not None
    assert view.facts == "until closed, since 18:30:00 by Sara Supervisor"
    assert (view.words, view.offer, view.held) == ("Held back from owners", "Tell…", True)
    assert holding_view(held, START, may=False, zone=UTC) == replace(
        view, offer="", question="", meaning="", confirm=""
    )


def test_a_closed_incident_is_held_back_no_more() -> None:
    closed = incident(0, closed_at=START + timedelta(minutes=3))
    assert holding_view(closed, START, may=True, zone=UTC) is None
    view = holding_view(replace(closed, held_back=HELD), START, may=True, zone=UTC)
    assert view is not None
    assert (view.words, view.offer, view.held) == ("Was held back from owners", "", False)


def test_a_refusal_stays_at_its_incident_until_it_is_asked_again() -> None:
    book = HoldingBook()
    book.ask(HERE)
    assert (book.waits(HERE), book.waits(THERE)) == (True, False)
    book.answer(HERE, "No.")
    assert (book.waits(HERE), book.problem(HERE), book.problem(THERE)) == (False, "No.", "")
    book.ask(HERE)
    assert book.problem(HERE) == ""
    book.answer(HERE)
    assert (book.waits(HERE), book.problem(HERE)) == (False, "")


def test_the_next_person_is_not_told_what_another_was_refused() -> None:
    book = HoldingBook()
    book.ask(HERE)
    book.answer(HERE, "No.")
    book.ask(THERE)
    book.forget()
    book.answer(THERE, "No.")
    assert (book.problem(HERE), book.problem(THERE), book.waits(THERE)) == ("", "", False)


@pytest.mark.parametrize(
    ("terms", "who", "what", "when"),
    [
        (OwnerTerms(), "the name and role of who looked", "the incident's title", "at once"),
        (
            OwnerTerms(tells_names=False, tells_titles=False, delay_hours=1),
            "the role of who looked, without a name",
            "the incident's number, without its title",
            "1 hour after the look began",
        ),
        (
            OwnerTerms(tells_names=False, delay_hours=48),
            "the role of who looked, without a name",
            "the incident's title",
            "2 days after the look began",
        ),
        (
            OwnerTerms(tells_titles=False, delay_hours=25),
            "the name and role of who looked",
            "the incident's number, without its title",
            "1 day and 1 hour after the look began",
        ),
    ],
)
def test_terms_are_told_as_an_owner_meets_them(terms: OwnerTerms, who: str, what: str, when: str) -> None:
    assert terms_words(terms) == f"An owner reads {who}, when, the reason, and {what}: {when}."
