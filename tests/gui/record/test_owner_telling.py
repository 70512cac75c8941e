"""What owners are told: the terms in the consents' window, and one incident's looks that are held back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

from app.domain.errors import OperatorError, SourceError
from app.domain.events import HubEvent, IncidentUpserted
from app.domain.ids import Sequence
from app.domain.incident import HeldBack, Incident
from app.domain.owner_telling import OwnerTerms
from app.domain.rights import Right
from layouts.consents_window import ConsentsWindow
from tests.fakes.waiting import until
from tests.fakes.world import START, incident
from tests.gui.record.conftest import BOTH, RecordDesk
from tests.gui.record.filled import LONG
from widgets.consents.owner_terms_dialog import OwnerTermsDialog
from widgets.incidents_holding import HoldingLine

Play = Callable[[Callable[[RecordDesk], Coroutine[None, None, None]]], None]
KEEPER = (*BOTH, Right.SETTINGS)
HOLDER = (Right.SEE_ROOM, Right.INCIDENT_WITHHOLD)


def consents(desk: RecordDesk) -> ConsentsWindow:
    desk.consents_flow.open_action.trigger()
    window = desk.consents_flow.window
    assert window is not None
    return window


def dialog_of(desk: RecordDesk) -> OwnerTermsDialog:
    flow = desk.consents_flow.terms
    assert flow is not None
    assert flow.dialog is not None
    return flow.dialog


async def opened(desk: RecordDesk) -> OwnerTermsDialog:
    """Sign an administrator in and open the terms, read."""
    desk.sign_in(*KEEPER)
    consents(desk).terms_button.click()
    dialog = dialog_of(desk)
    await until(dialog.names.isVisible)
    return dialog


def tell(desk: RecordDesk, known: Incident) -> None:
    store = desk.parts.store
    store.apply(HubEvent(Sequence(store.sequence + 1), IncidentUpserted(known)))
    desk.parts.bridge.flush()


def shown(desk: RecordDesk, known: Incident) -> HoldingLine:
    """Select an incident, as who may hold it back."""
    desk.sign_in(*HOLDER)
    tell(desk, known)
    panel = desk.windows.main.incidents
    panel.select(known.id)
    return panel.detail.holding


def ask(line: HoldingLine) -> None:
    line.button.click()
    line.confirm.click()


# The terms


def test_terms_are_read_changed_and_set(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        desk.telling.held = OwnerTerms(tells_names=True, tells_titles=False, delay_hours=3)
        dialog = await opened(desk)
        assert dialog.terms() == desk.telling.held
        assert not dialog.save.isEnabled()
        dialog.names.setChecked(False)
        dialog.delay.setValue(48)
        assert "2 days after" in dialog.preview.text()
        dialog.save.click()
        await until(lambda: dialog.words.text() == "This holds from now on.")
        assert desk.telling.named("set_terms") == [("set_terms", OwnerTerms(False, False, 48))]
        assert not dialog.save.isEnabled()
        # What was said of these terms is not said of the next ones.
        dialog.titles.setChecked(True)
        assert dialog.words.text() == ""
        assert dialog.save.isEnabled()

    at_desk(play)


def test_terms_are_offered_to_whom_the_hub_would_let_set_them(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        assert consents(desk).terms_button.isHidden()
        dialog = await opened(desk)
        assert consents(desk).terms_button.isVisible()
        desk.sign_in(*BOTH)
        assert not dialog.isVisible()
        assert consents(desk).terms_button.isHidden()
        dialog = await opened(desk)
        desk.sign_out()
        assert not dialog.isVisible()

    at_desk(play)


def test_terms_that_cannot_be_read_are_not_shown_as_if_they_held(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        desk.telling.fail = lambda: SourceError("The hub does not answer.")
        desk.sign_in(*KEEPER)
        consents(desk).terms_button.click()
        dialog = dialog_of(desk)
        assert dialog.again.isHidden()
        await until(lambda: dialog.words.text() == "The hub does not answer.")
        assert not dialog.names.isVisible()
        assert not dialog.save.isEnabled()
        desk.telling.fail = None
        dialog.again.click()
        await until(dialog.names.isVisible)
        assert dialog.words.text() == ""
        assert dialog.again.isHidden()

    at_desk(play)


def test_refused_terms_stay_in_the_form_and_can_be_tried_again(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        dialog = await opened(desk)
        desk.telling.fail = lambda: OperatorError("You did not prove it.", "Try again.")
        desk.telling.gate = asyncio.Event()
        dialog.delay.setValue(5)
        dialog.save.click()
        assert not dialog.save.isEnabled()
        assert not dialog.delay.isEnabled()
        desk.telling.gate.set()
        await until(lambda: dialog.words.text() == "You did not prove it. Try again.")
        assert dialog.terms() == OwnerTerms(delay_hours=5)
        assert dialog.save.isEnabled()

    at_desk(play)


# One incident


def test_an_incident_is_held_back_and_told_after_one_more_question(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        known = incident(1)
        line = shown(desk, known)
        assert line.isVisible()
        line.button.click()
        assert line.window().focusWidget() is line.cancel
        line.cancel.click()
        assert line.button.isVisible()
        assert desk.telling.calls == []
        ask(line)
        await until(lambda: desk.telling.named("hold_back") == [("hold_back", known.id)])
        tell(desk, replace(known, held_back=HeldBack(LONG, START)))
        await until(line.button.isEnabled)
        assert (line.words.text(), line.button.text()) == ("Held back from owners", "Tell…")
        assert line.minimumSizeHint().width() < 280
        ask(line)
        await until(lambda: desk.telling.named("tell") == [("tell", known.id)])
        tell(desk, known)
        await until(line.button.isEnabled)
        assert line.words.text() == "Looks told to owners"

    at_desk(play)


def test_a_question_goes_when_somebody_else_has_answered_it(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        known = incident(1)
        line = shown(desk, known)
        line.button.click()
        tell(desk, replace(known, held_back=HeldBack("Sara Supervisor", START)))
        assert not line.confirm.isVisible()
        line.button.click()
        tell(desk, replace(known, held_back=HeldBack("Sara Supervisor", START), closed_at=START))
        assert not line.confirm.isVisible()
        assert not line.button.isVisible()
        assert line.words.text() == "Was held back from owners"
        assert desk.telling.calls == []

    at_desk(play)


def test_only_who_may_is_offered_it_and_all_see_that_it_is_held_back(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        known = incident(1)
        line = shown(desk, known)
        line.button.click()
        desk.sign_in(Right.SEE_ROOM)
        tell(desk, known)
        desk.windows.main.incidents.select(known.id)
        assert not line.isVisible()
        tell(desk, replace(known, held_back=HeldBack("Sara Supervisor", START)))
        assert line.isVisible()
        assert not line.button.isVisible()

    at_desk(play)


def test_a_refusal_stands_at_the_incident_that_was_asked_for(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        first, second = incident(1), incident(2)
        line = shown(desk, first)
        tell(desk, second)
        desk.telling.gate = asyncio.Event()
        desk.telling.fail = lambda: OperatorError("This incident is closed.", "Owners are told already.")
        ask(line)
        assert not line.button.isEnabled()
        assert line.problem.text() == "Asking the hub …"
        panel = desk.windows.main.incidents
        panel.select(second.id)
        assert line.button.isEnabled()
        desk.telling.gate.set()
        panel.select(first.id)
        await until(lambda: line.problem.text() == "This incident is closed. Owners are told already.")
        panel.select(second.id)
        assert not line.problem.isVisible()

    at_desk(play)


def test_the_next_person_is_not_told_what_the_hub_refused_another(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        known = incident(1)
        line = shown(desk, known)
        desk.telling.fail = lambda: SourceError("The hub does not answer.")
        ask(line)
        await until(line.problem.isVisible)
        desk.sign_in(*HOLDER, user="Bea Keeper")
        tell(desk, known)
        desk.windows.main.incidents.select(known.id)
        assert line.button.isVisible()
        assert not line.problem.isVisible()

    at_desk(play)
