from dataclasses import replace
from datetime import UTC, timedelta
from itertools import count

from app.domain.ids import CameraId, IncidentId
from app.domain.incident import EntryKind, Incident, TimelineEntry
from tests.gui.panels.city import START, incident
from widgets.view_state_incidents import (
    NoteBook,
    NoteState,
    entry_line,
    incident_count_words,
    incident_facts,
    incident_row,
    pin_row,
)

HERE = IncidentId("incident-0")


def book() -> NoteBook:
    numbers = count(1)
    return NoteBook(lambda: f"note-{next(numbers)}")


def with_note(known: Incident, text: str) -> Incident:
    return replace(known, timeline=(*known.timeline, TimelineEntry(START, "desk-1", EntryKind.NOTE, text)))


def test_row_tells_open_from_closed_in_words() -> None:
    assert incident_row(incident(0), START, UTC).facts == "Open since 18:30:00 · 1 camera · desk-2"
    closed = incident(0, closed_at=START + timedelta(minutes=3), pins=())
    assert incident_row(closed, START, UTC).facts == "Closed 18:33:00 · 0 cameras · desk-2"
    assert incident_facts(closed, START, UTC) == "Opened 18:30:00 by desk-2, closed 18:33:00"
    assert incident_count_words({HERE: incident(0), IncidentId("x"): closed}) == "1 open · 1 closed"


def test_pin_of_a_camera_that_left_the_directory_keeps_its_id() -> None:
    row = pin_row(incident(0).pins[0], None, START, UTC)
    assert row.camera_id == CameraId("cam-00001")
    assert row.name == "cam-00001 (no longer listed)"


def test_entry_without_text_says_what_happened() -> None:
    entry = TimelineEntry(START, "desk-1", EntryKind.CLOSED)
    assert entry_line(entry, START, UTC).text == "Closed the incident"
    note = TimelineEntry(START, "desk-1", EntryKind.NOTE, "one\ntwo\n")
    assert entry_line(note, START, UTC).text == "one\ntwo"


def test_note_stays_until_the_timeline_shows_it() -> None:
    notes = book()
    notes.write(HERE, "Unit 12 is there. ")
    draft = notes.send(incident(0))
    assert draft is not None
    assert (draft.incident_id, draft.note_id, draft.text) == (HERE, "note-1", "Unit 12 is there.")
    assert notes.state(HERE) is NoteState.SENDING
    assert not notes.settle(incident(0))
    assert notes.text(HERE) == "Unit 12 is there. "
    assert notes.settle(with_note(incident(0), "Unit 12 is there."))
    assert (notes.text(HERE), notes.state(HERE)) == ("", NoteState.WRITING)


def test_same_words_as_an_older_note_settle_only_with_a_second_one() -> None:
    notes = book()
    before = with_note(incident(0), "All clear")
    notes.write(HERE, "All clear")
    assert notes.send(before) is not None
    assert not notes.settle(before)
    assert notes.settle(with_note(before, "All clear"))


def test_failed_note_is_tried_again_with_its_id() -> None:
    notes = book()
    notes.write(HERE, "Unit 12")
    assert notes.send(incident(0)) is not None
    assert notes.send(incident(0)) is None, "a second press while it is on its way sends nothing"
    assert notes.fail("note-1") == HERE
    assert notes.fail("note-unknown") is None
    again = notes.send(incident(0))
    assert again is not None
    assert again.note_id == "note-1"


def test_note_that_failed_but_arrived_settles() -> None:
    notes = book()
    notes.write(HERE, "Unit 12")
    notes.send(incident(0))
    notes.fail("note-1")
    assert notes.settle(with_note(incident(0), "Unit 12"))


def test_changed_note_gets_a_new_id_after_a_failure() -> None:
    notes = book()
    notes.write(HERE, "Unit 12")
    notes.send(incident(0))
    notes.fail("note-1")
    notes.write(HERE, "Unit 14")
    again = notes.send(incident(0))
    assert again is not None
    assert (again.note_id, again.text) == ("note-2", "Unit 14")


def test_blank_note_is_not_sent() -> None:
    notes = book()
    notes.write(HERE, " \n ")
    assert notes.send(incident(0)) is None
    assert notes.drafts() == {}


def test_drafts_of_several_incidents_survive_a_restart() -> None:
    notes = book()
    notes.write(HERE, "one")
    notes.write(IncidentId("incident-1"), "two")
    later = book()
    later.restore(notes.drafts())
    assert (later.text(HERE), later.text(IncidentId("incident-1"))) == ("one", "two")


def test_restored_note_that_had_arrived_is_put_away() -> None:
    notes = book()
    notes.restore({"incident-0": "Unit 12", "incident-1": "other"})
    notes.drop_written({HERE: with_note(incident(0), "Unit 12"), IncidentId("incident-1"): incident(1)})
    assert notes.drafts() == {"incident-1": "other"}


def test_words_typed_now_are_never_put_away_because_they_were_said_before() -> None:
    notes = book()
    notes.write(HERE, "ok")
    notes.drop_written({HERE: with_note(incident(0), "ok")})
    assert not notes.settle(with_note(incident(0), "ok"))
    assert notes.text(HERE) == "ok"
