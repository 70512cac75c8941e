"""What is said of what cameras' owners are told: of one incident's looks, and of all. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from app.domain.ids import IncidentId
from app.domain.incident import Incident
from app.domain.owner_telling import OwnerTerms
from widgets.view_state import count_words, one_line, time_words

HOLD_QUESTION = "Hold back until closed?"
HOLD_MEANING = "Owners are told of all looks then."
TELL_QUESTION = "Tell the owners?"
TELL_MEANING = "Of earlier looks too; no way back."
UNKNOWN = "It is not known whether the hub did it."
TERMS_FOR = (
    "What the owners of private cameras read of looks at their cameras, by their link. It holds for looks of "
    "before too."
)


@dataclass(frozen=True, slots=True)
class HoldingView:
    """Whether an incident's looks are held back, and what is offered: nothing where ``offer`` is empty."""

    words: str
    facts: str
    held: bool
    offer: str = ""
    question: str = ""
    meaning: str = ""
    confirm: str = ""


def holding_view(
    incident: Incident, now: datetime, *, may: bool, zone: tzinfo | None = None
) -> HoldingView | None:
    """Return what an incident says of its looks and the owners; None where there is nothing to say."""
    held = incident.held_back
    if held is None:
        if not (may and incident.is_open):
            return None
        return HoldingView(
            "Looks told to owners",
            "by the terms for them",
            held=False,
            offer="Hold back…",
            question=HOLD_QUESTION,
            meaning=HOLD_MEANING,
            confirm="Hold back",
        )
    # The time first: a long name is cut.
    since = f"{time_words(held.at, now, zone)} by {one_line(held.by)}"
    if not incident.is_open:
        return HoldingView("Was held back from owners", f"until closed, since {since}", held=False)
    view = HoldingView("Held back from owners", f"until closed, since {since}", held=True)
    if not may:
        return view
    return replace(view, offer="Tell…", question=TELL_QUESTION, meaning=TELL_MEANING, confirm="Tell")


class HoldingBook:
    """What was asked for and is not answered, and what was refused, by incident."""

    def __init__(self) -> None:
        self._waiting: set[IncidentId] = set()
        self._problems: dict[IncidentId, str] = {}

    def waits(self, incident_id: IncidentId) -> bool:
        """Say whether an answer is waited for."""
        return incident_id in self._waiting

    def problem(self, incident_id: IncidentId) -> str:
        """Return what went wrong when it was last asked for."""
        return self._problems.get(incident_id, "")

    def ask(self, incident_id: IncidentId) -> None:
        """Wait for the answer."""
        self._waiting.add(incident_id)
        self._problems.pop(incident_id, None)

    def answer(self, incident_id: IncidentId, problem: str = "") -> None:
        """Keep how it went; what nobody waits for any more is not kept."""
        if incident_id in self._waiting:
            self._waiting.discard(incident_id)
            if problem:
                self._problems[incident_id] = problem

    def forget(self) -> None:
        """Keep nothing for the next person, whatever is answered yet."""
        self._waiting.clear()
        self._problems.clear()


def terms_words(terms: OwnerTerms) -> str:
    """Return what an owner reads of a look under these terms."""
    who = "the name and role of who looked" if terms.tells_names else "the role of who looked, without a name"
    what = "the incident's title" if terms.tells_titles else "the incident's number, without its title"
    return f"An owner reads {who}, when, the reason, and {what}: {_delay_words(terms.delay_hours)}."


def _delay_words(hours: int) -> str:
    if hours == 0:
        return "at once"
    days, rest = divmod(hours, 24)
    parts = [count_words(n, unit) for n, unit in ((days, "day"), (rest, "hour")) if n]
    return f"{' and '.join(parts)} after the look began"
