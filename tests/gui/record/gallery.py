"""Draws the windows of the record and of the consents into PNGs, to be looked at: ``gallery.py FOLDER``."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[3]))

from PySide6.QtWidgets import QApplication, QWidget

from app.domain.consent import ConsentScope
from app.domain.consent_keeping import ConsentEffect, PrivateCamera
from app.domain.events import CameraUpserted, HubEvent
from app.domain.ids import CameraId, Sequence
from app.domain.owner_links import NewOwnerLink, OwnerLink
from app.domain.owner_telling import OwnerTerms
from app.domain.record import PAGE
from app.store.state import Store
from layouts.consents_window import ConsentsWindow
from layouts.record_window import RecordWindow
from resources.style import apply_style
from tests.fakes.world import camera
from tests.gui.record.filled import LONG, histories, looks, records, reviews
from widgets.consents.owner_link_dialog import OwnerLinkDialog
from widgets.consents.owner_link_sheet import OwnerLinkSheet
from widgets.consents.owner_terms_dialog import OwnerTermsDialog
from widgets.view_state_consents import consent_lines, consent_of, draft_of, list_words, saved_words
from widgets.view_state_owner_links import link_rows

NOW = datetime(2026, 1, 5, 21, tzinfo=UTC)
NAMES = (
    "Main St / 5th Ave",
    LONG,
    "CAM-0417",
    "Harbour Pharmacy, counter",
    "Mill Rd bridge",
    "School gate, east",
)


def store() -> Store:
    made = Store()
    for number, name in enumerate(NAMES, start=1):
        made.apply(HubEvent(Sequence(number), CameraUpserted(camera(number, name=name))))
    return made


def draw_record(folder: Path) -> None:
    window = RecordWindow(store())
    window.present()
    window.records.show_first(records(450)[:PAGE], more=True)
    window.records.view.selectRow(5)
    window.records.show_export(
        f"audit-record-2026-01-05.csv: 450 records. On record with SHA-256 {'9f3b' * 4}…"
    )
    shoot(window, folder / "record-records.png")
    window.resize(1280, 560)
    window.records.search.since.setText("yesterday")
    window.records.search.button.click()
    shoot(window, folder / "record-narrow.png")
    window.resize(1480, 860)
    window.records.search.clear()
    window.records.show_first((), more=False)
    shoot(window, folder / "record-empty.png")
    window.open_page(window.looks)
    window.looks.begin("cam-2")
    window.looks.add(looks(), more=False)
    shoot(window, folder / "record-looks.png")
    window.open_page(window.reviews)
    kept = reviews()
    window.reviews.show_weeks([kept[name].week for name in sorted(kept, reverse=True)], more=False)
    names = sorted(kept, reverse=True)
    window.reviews.show_review(kept[names[1]])
    window.reviews.comment.setPlainText("Two refused looks at a private camera; spoken about.")
    shoot(window, folder / "record-review.png")
    window.reviews.view.selectRow(3)
    window.reviews.show_review(kept[names[3]])
    window.reviews.show_problem("The hub does not answer.")
    shoot(window, folder / "record-signed.png")
    window.close()


def draw_consents(folder: Path) -> None:
    room, kept = store(), histories()
    window = ConsentsWindow()
    private = [
        PrivateCamera(
            c, h[0].consent.level, h[0].consent.scope, h[0].consent.valid_from, h[0].consent.valid_until
        )
        for c, h in kept.items()
    ]
    lines = consent_lines(room.cameras, private, NOW)
    window.terms_button.show()
    window.present()
    window.cameras.show_lines(lines, list_words(lines, len(room.cameras)))
    shoot(window, folder / "record-consents-empty.png")
    for name, camera_id in (
        ("hours", "cam-1"),
        ("incident", "cam-2"),
        ("registered", "cam-3"),
        ("own", "cam-5"),
    ):
        history = kept.get(CameraId(camera_id), [])
        present = history[0].consent if history else None
        draft = draft_of(present, NOW, "America/New_York")
        window.cameras.choose(CameraId(camera_id))
        window.editor.show_camera(
            room.cameras[CameraId(camera_id)].name,
            draft,
            history,
            revocable=name in ("hours", "incident"),
            linkable=name != "own",
        )
        if name == "hours":
            window.editor.revoke_button.click()
        if name == "incident":
            window.editor.say(saved_words(LONG, ConsentEffect(3, 1)))
        if name == "own":
            window.editor.form.scope.setCurrentIndex(
                window.editor.form.scope.findData(ConsentScope.HOURS.value)
            )
            problems = consent_of(window.editor.form.draft())
            assert isinstance(problems, dict)
            window.editor.show_problems(problems)
        shoot(window, folder / f"record-consents-{name}.png")
    window.close()


def draw_owner_links(folder: Path) -> None:
    others = [(CameraId(f"cam-{n}"), NAMES[n % len(NAMES)]) for n in range(2, 12)]
    empty = OwnerLinkDialog(CameraId("cam-1"), NAMES[0], [], None)
    full = OwnerLinkDialog(CameraId("cam-1"), NAMES[0], others, None)
    year = timedelta(days=365)
    links = [
        OwnerLink("a", "Ada Owner", "Ann Keeper", NOW, NOW + year, (CameraId("cam-1"), CameraId("cam-2"))),
        OwnerLink("b", LONG, LONG, NOW - year, NOW, (CameraId("cam-1"),)),
    ]
    made = NewOwnerLink(links[0], "https://hub.agency.example:8443/owner#" + "Zk3" * 14 + "b", here_only=True)
    sheet = OwnerLinkSheet(made, None)
    for dialog, rows, words in ((empty, [], ""), (full, link_rows(links, NOW), "The link was made.")):
        dialog.show_links(rows)
        dialog.say(words)
    for name, window in (("empty", empty), ("full", full), ("once", sheet)):
        window.show()
        shoot(window, folder / f"record-owner-link-{name}.png")
        window.done(0)


def draw_owner_terms(folder: Path) -> None:
    reading, away, held, changed = (OwnerTermsDialog() for _ in range(4))
    away.say("The hub does not answer. Look whether it runs, and whether this desk has a network.", "warn")
    held.show_terms(OwnerTerms())
    held.say("This holds from now on.")
    changed.show_terms(OwnerTerms())
    changed.say("")
    changed.names.setChecked(False)
    changed.titles.setChecked(False)
    changed.delay.setValue(50)
    for name, dialog in (("reading", reading), ("away", away), ("held", held), ("changed", changed)):
        dialog.show()
        shoot(dialog, folder / f"record-owner-terms-{name}.png")
        dialog.done(0)


def shoot(window: QWidget, path: Path) -> None:
    for _ in range(6):
        QApplication.processEvents()
    window.grab().save(str(path))


def main() -> None:
    """Write every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    apply_style(app)
    draw_record(folder)
    draw_consents(folder)
    draw_owner_links(folder)
    draw_owner_terms(folder)


if __name__ == "__main__":
    main()
