"""What the incident panel says, and what becomes of notes on their way to the hub. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from uuid import uuid4

from app.domain.camera import Camera
from app.domain.ids import CameraId, IncidentId
from app.domain.incident import EntryKind, Incident, Pin, TimelineEntry
from widgets.view_state import count_words, one_line, time_words

ENTRY_WORDS = {
    EntryKind.OPENED: "Opened the incident",
    EntryKind.ALERT_ADDED: "Added an alert",
    EntryKind.CAMERA_PINNED: "Pinned a camera",
    EntryKind.CAMERA_UNPINNED: "Unpinned a camera",
    EntryKind.NOTE: "Empty note",
    EntryKind.CLOSED: "Closed the incident",
    EntryKind.REOPENED: "Opened the incident again",
}


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A line of the incident list."""

    title: str
    facts: str
    is_open: bool


def incident_row(incident: Incident, now: datetime, zone: tzinfo | None = None) -> IncidentRow:
    """Return what the list says of an incident."""
    if incident.closed_at is None:
        state = f"Open since {time_words(incident.opened_at, now, zone)}"
    else:
        state = f"Closed {time_words(incident.closed_at, now, zone)}"
    facts = f"{state} · {count_words(len(incident.pins), 'camera')} · {one_line(incident.opened_by)}"
    return IncidentRow(one_line(incident.title) or incident.id, facts, incident.is_open)


def incident_facts(incident: Incident, now: datetime, zone: tzinfo | None = None) -> str:
    """Return the line under the selected incident's title."""
    opened = f"Opened {time_words(incident.opened_at, now, zone)} by {one_line(incident.opened_by)}"
    if incident.closed_at is None:
        return opened
    return f"{opened}, closed {time_words(incident.closed_at, now, zone)}"


def incident_count_words(incidents: Mapping[IncidentId, Incident]) -> str:
    """Return the header: how many are open and how many closed."""
    still_open = sum(incident.is_open for incident in incidents.values())
    return f"{still_open:,} open · {len(incidents) - still_open:,} closed"


@dataclass(frozen=True, slots=True)
class PinRow:
    """A pinned camera as the detail shows it."""

    camera_id: CameraId
    name: str
    facts: str


def pin_row(pin: Pin, camera: Camera | None, now: datetime, zone: tzinfo | None = None) -> PinRow:
    """Return what the detail says of a pin; a camera that left the directory keeps its id as its name."""
    name = one_line(camera.name) if camera is not None else f"{pin.camera_id} (no longer listed)"
    return PinRow(pin.camera_id, name, f"{one_line(pin.pinned_by)} {time_words(pin.pinned_at, now, zone)}")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of the timeline."""

    kind: EntryKind
    head: str
    text: str


def entry_line(entry: TimelineEntry, now: datetime, zone: tzinfo | None = None) -> EntryLine:
    """Return what the timeline says of an entry; a note keeps its own line breaks."""
    head = f"{time_words(entry.at, now, zone)}  {one_line(entry.who)}"
    return EntryLine(entry.kind, head, entry.text.strip() or ENTRY_WORDS[entry.kind])


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note on its way to the hub; the same ``note_id`` again writes it once."""

    incident_id: IncidentId
    note_id: str
    text: str


class NoteState(StrEnum):
    """Where a note is."""

    WRITING = "writing"
    SENDING = "sending"
    FAILED = "failed"


NOTE_WORDS = {
    NoteState.WRITING: "",
    NoteState.SENDING: "Sending…",
    NoteState.FAILED: "Not sent. Press to try again.",
}


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    note_id: str = ""
    state: NoteState = NoteState.WRITING
    written_before: int = 0
    """Notes with the same text that the timeline held when this one was sent."""
    restored: bool = False
    """Comes from before the program ended and was not compared with the timeline yet."""


class NoteBook:
    """One unfinished note per incident, from the first letter until the timeline shows it."""

    def __init__(self, new_id: Callable[[], str] | None = None) -> None:
        self._new_id = new_id or _new_id
        self._kept: dict[IncidentId, _Kept] = {}
        self._writer = ""
        """Whose they are; nobody's until somebody has signed in."""
        self._of_others: dict[str, dict[str, str]] = {}

    def text(self, incident_id: IncidentId) -> str:
        """Return what the editor shows."""
        kept = self._kept.get(incident_id)
        return kept.text if kept else ""

    def state(self, incident_id: IncidentId) -> NoteState:
        """Return where the incident's note is."""
        kept = self._kept.get(incident_id)
        return kept.state if kept else NoteState.WRITING

    def write(self, incident_id: IncidentId, text: str) -> None:
        """Keep what the operator typed.

        A failed note that is changed gets a new id: the first may have reached the hub, and the same
        id again would then lose the change.
        """
        kept = self._kept.get(incident_id)
        if kept is not None and (kept.state is NoteState.SENDING or kept.text == text):
            return
        if text:
            self._kept[incident_id] = _Kept(text)
        else:
            self._kept.pop(incident_id, None)

    def send(self, incident: Incident) -> NoteDraft | None:
        """Return the note to send, with its old id when it failed before; None when there is none."""
        kept = self._kept.get(incident.id)
        if kept is None or not kept.text.strip() or kept.state is NoteState.SENDING:
            return None
        sent = kept
        if kept.state is NoteState.WRITING:
            sent = replace(kept, note_id=self._new_id(), written_before=_written(incident, kept.text))
        self._kept[incident.id] = replace(sent, state=NoteState.SENDING)
        return NoteDraft(incident.id, sent.note_id, kept.text.strip())

    def fail(self, note_id: str) -> IncidentId | None:
        """Record that a note did not reach the hub; return its incident, None for an unknown note."""
        for incident_id, kept in self._kept.items():
            if kept.note_id == note_id and kept.state is NoteState.SENDING:
                self._kept[incident_id] = replace(kept, state=NoteState.FAILED)
                return incident_id
        return None

    def settle(self, incident: Incident) -> bool:
        """Put the note away once the timeline shows it; say whether it did."""
        kept = self._kept.get(incident.id)
        if kept is None or not kept.note_id or _written(incident, kept.text) <= kept.written_before:
            return False
        del self._kept[incident.id]
        return True

    def drafts(self) -> dict[str, str]:
        """Return the unfinished notes by incident, for the workspace file."""
        return {str(incident_id): kept.text for incident_id, kept in self._kept.items() if kept.text.strip()}

    def restore(self, drafts: Mapping[str, str]) -> None:
        """Take back what `drafts` returned before the program ended; what is being written now stays."""
        for incident_id, text in drafts.items():
            if text.strip():
                self._kept.setdefault(IncidentId(incident_id), _Kept(text, restored=True))

    def change_hands(self, writer: str) -> bool:
        """Keep one person's notes for them and bring back those of ``writer``; say whether it is another."""
        if writer == self._writer:
            return False
        if self._writer:
            self._of_others[self._writer] = self.drafts()
            self._kept.clear()
        self._writer = writer
        self.restore(self._of_others.pop(writer, {}))
        return True

    def drafts_by(self) -> dict[str, dict[str, str]]:
        """Return the unfinished notes of everybody who has written here, by name and incident."""
        mine = {self._writer: self.drafts()} if self._writer else {}
        return {writer: notes for writer, notes in (self._of_others | mine).items() if notes}

    def restore_by(self, drafts: Mapping[str, Mapping[str, str]]) -> None:
        """Take back what `drafts_by` returned before the program ended; each waits for who wrote it."""
        self._of_others.update({writer: dict(notes) for writer, notes in drafts.items()})

    def drop_written(self, incidents: Mapping[IncidentId, Incident]) -> None:
        """Put restored notes away that had reached the hub although this console never heard of it."""
        for incident_id, kept in list(self._kept.items()):
            incident = incidents.get(incident_id)
            if incident is None or not kept.restored:
                continue
            if _written(incident, kept.text):
                del self._kept[incident_id]
            else:
                self._kept[incident_id] = replace(kept, restored=False)


def _written(incident: Incident, text: str) -> int:
    wanted = text.strip()
    return sum(entry.kind is EntryKind.NOTE and entry.text.strip() == wanted for entry in incident.timeline)


def _new_id() -> str:
    return uuid4().hex
