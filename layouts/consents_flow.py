"""Recording consents: what their window asks for, carried out; what the hub refuses stands at its field."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimeZone
from PySide6.QtGui import QAction

from app.domain.changes import Changes
from app.domain.consent import Consent, ConsentLevel
from app.domain.consent_keeping import ConsentGateway, PrivateCamera, RecordedConsent
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import CameraId
from app.domain.rights import Right
from app.domain.unfit_input import UnfitInputError
from layouts.consents_window import ConsentsWindow
from layouts.console_window import ConsoleWindow
from layouts.owner_link_flow import OwnerLinkFlow
from layouts.owner_terms_flow import OwnerTermsFlow
from layouts.parts import Parts
from widgets.view_state import one_line
from widgets.view_state_consents import (
    ConsentDraft,
    consent_lines,
    consent_of,
    draft_of,
    hub_problems,
    list_words,
    revoked,
    saved_words,
)


class ConsentsFlow(QObject):
    """Opens the window for who may record consents, and closes it when they may no more."""

    def __init__(self, parts: Parts, window: ConsoleWindow, gateway: ConsentGateway) -> None:
        super().__init__(window)
        self._parts = parts
        self._gateway = gateway
        self._window: ConsentsWindow | None = None
        self._user = ""
        self._private: tuple[PrivateCamera, ...] = ()
        self._camera_id: CameraId | None = None
        self._history: tuple[RecordedConsent, ...] = ()
        links = parts.owner_links
        self.links = OwnerLinkFlow(parts, links, self) if links is not None else None
        telling = parts.owner_telling
        self.terms = OwnerTermsFlow(parts, telling, self) if telling is not None else None
        self._open = QAction("&Consents …", self)
        self._open.triggered.connect(self._on_open)
        window.room.addAction(self._open)
        parts.bridge.changed.connect(self._on_changed)
        window.closed.connect(self.close)
        self._render()

    @property
    def window(self) -> ConsentsWindow | None:
        """The window, None until it is first opened."""
        return self._window

    @property
    def open_action(self) -> QAction:
        """Opens the window."""
        return self._open

    def close(self) -> None:
        """Put the window away, with all that it shows."""
        for flow in (self.links, self.terms):
            if flow is not None:
                flow.close()
        if self._window is not None:
            self._window.retire()
            self._window = self._camera_id = None
            self._history = ()

    def _on_changed(self, changes: Changes) -> None:
        if changes.session:
            self._render()
        if changes.cameras or changes.all_reloaded:
            self._show_lines()

    def _render(self) -> None:
        session = self._parts.store.session
        may = session is not None and session.may(Right.CONSENT_EDIT)
        self._open.setVisible(may)
        if session is None:
            # Who signs in again goes on where they were.
            if self._window is not None:
                self._window.hide()
        elif not may or session.user != self._user:
            # It names the owners: whoever sits down next does not read what was open to who left.
            self.close()
        self._offer_terms()

    def _offer_terms(self) -> None:
        if self.terms is not None and self._window is not None:
            self.terms.offer(self._window.terms_button)

    def _on_terms_requested(self) -> None:
        if self.terms is not None and self._window is not None:
            self.terms.open(self._window)

    def _on_open(self) -> None:
        if self._window is None:
            session = self._parts.store.session
            self._user = session.user if session is not None else ""
            window = self._window = ConsentsWindow()
            window.cameras.filter_changed.connect(self._show_lines)
            window.cameras.camera_chosen.connect(self._on_camera_chosen)
            window.editor.save_requested.connect(self._on_save_requested)
            window.editor.revoke_requested.connect(self._on_revoke_requested)
            window.terms_button.clicked.connect(self._on_terms_requested)
            window.editor.owner_link_requested.connect(self._on_owner_link_requested)
        self._offer_terms()
        self._window.present()
        self._show_lines()
        self._start("Reading the consents", self._read_private, self._say_in_list)

    async def _read_private(self) -> None:
        window, self._private = self._window, await self._gateway.private_cameras()
        if self._window is window:
            self._show_lines()

    def _show_lines(self, _text: str = "") -> None:
        if self._window is None:
            return
        cameras, now = self._parts.store.cameras, self._parts.clock.utc()
        lines = consent_lines(cameras, self._private, now, self._window.cameras.field.text())
        self._window.cameras.show_lines(lines, list_words(lines, len(cameras)))

    def _say_in_list(self, words: str) -> None:
        if self._window is not None:
            self._window.editor.show_nothing(words, "warn")

    # One camera

    def _on_camera_chosen(self, camera_id: str) -> None:
        self._camera_id = CameraId(camera_id)
        assert self._window is not None
        self._window.editor.show_nothing("Reading the consent …")
        self._read_history("")

    def _read_history(self, words: str) -> None:
        """Show the camera's consents as the hub has them, and ``words`` on what was done."""
        window, camera_id = self._window, self._camera_id
        if window is None or camera_id is None:
            return

        async def read() -> None:
            history = await self._gateway.history(camera_id)
            if self._window is window and self._camera_id == camera_id:
                self._show_history(window, camera_id, history)
                window.editor.say(words)

        def failed(problem: str) -> None:
            if self._window is window and self._camera_id == camera_id:
                window.editor.show_nothing(problem, "warn")

        self._start("Reading the consent", read, failed)

    def _show_history(
        self, window: ConsentsWindow, camera_id: CameraId, history: tuple[RecordedConsent, ...]
    ) -> None:
        self._history = history
        present = history[0].consent if history else None
        window.editor.show_camera(
            self._name(camera_id),
            draft_of(present, self._parts.clock.utc(), _zone_here()),
            history,
            revocable=present is not None and present.level is not ConsentLevel.REGISTERED,
            linkable=present is not None and self.links is not None,
        )

    def _name(self, camera_id: CameraId) -> str:
        camera = self._parts.store.cameras.get(camera_id)
        return (one_line(camera.name) if camera is not None else "") or camera_id

    def _on_owner_link_requested(self) -> None:
        window, camera_id = self._window, self._camera_id
        if window is None or camera_id is None or self.links is None:
            return
        others = [(one.camera_id, self._name(one.camera_id)) for one in self._private]
        others = sorted((one for one in others if one[0] != camera_id), key=lambda one: one[1].casefold())
        self.links.open(window, camera_id, self._name(camera_id), others)

    # Recording

    def _on_save_requested(self, draft: ConsentDraft) -> None:
        assert self._window is not None
        wanted = consent_of(draft)
        if isinstance(wanted, Consent):
            self._record(wanted)
        else:
            self._window.editor.show_problems(wanted)

    def _on_revoke_requested(self) -> None:
        if self._history:
            self._record(revoked(self._history[0].consent, self._parts.clock.utc()))

    def _record(self, consent: Consent) -> None:
        window, camera_id = self._window, self._camera_id
        if window is None or camera_id is None:
            return

        async def record() -> None:
            try:
                ended = await self._gateway.record(camera_id, consent)
            except UnfitInputError as error:
                if self._window is window and self._camera_id == camera_id:
                    window.editor.show_problems(hub_problems(error.fields))
                return
            if self._window is window and self._camera_id == camera_id:
                self._read_history(saved_words(self._name(camera_id), ended))
            await self._read_private()

        def failed(problem: str) -> None:
            if self._window is window and self._camera_id == camera_id:
                window.editor.say(f"Not recorded: {problem}", "warn")

        self._start("Recording the consent", record, failed)

    def _start(
        self, doing: str, work: Callable[[], Coroutine[None, None, None]], tell: Callable[[str], None]
    ) -> None:
        async def told() -> None:
            try:
                await work()
            except (OperatorError, SourceError) as error:
                tell(f"{error.message} {getattr(error, 'hint', '')}".strip())

        self._parts.tasks.start(doing, told())


def _zone_here() -> str:
    """Return the desk's time zone by its name, for a new form."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode(errors="replace")
    try:
        return ZoneInfo(name).key
    except (LookupError, ValueError, OSError):
        return str(UTC)
