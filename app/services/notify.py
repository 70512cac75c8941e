"""Tells the operator something, as a notice in the store."""

from __future__ import annotations

from itertools import count

from app.domain.errors import HubFullError, OperatorError, SourceError
from app.domain.events import Notice, NoticeDismissed, NoticeLevel, NoticeRaised
from app.domain.ports import Clock
from app.store.state import Store


class Notify:
    """Raises and dismisses notices. The same text is shown once, however often it is raised."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._ids = count(1)

    def tell(self, level: NoticeLevel, message: str, hint: str = "", *, of_desk: bool = False) -> None:
        """Show a notice unless the same one is already on screen.

        It is for who sits here now, and ``of_desk`` for whoever comes next too.
        """
        if self._shown(level, message, hint) is None:
            personal = self._store.session is not None and not of_desk
            notice = Notice(next(self._ids), self._clock.utc(), level, message, hint, personal)
            self._store.apply(NoticeRaised(notice))

    def take_back(self, level: NoticeLevel, message: str, hint: str = "") -> None:
        """Put a notice away that is true no longer, if it is still on screen."""
        notice = self._shown(level, message, hint)
        if notice is not None:
            self.dismiss(notice.id)

    def failed(self, doing: str, error: Exception) -> None:
        """Show what failed while ``doing`` something ("Pinning the camera")."""
        match error:
            case OperatorError(message=message, hint=hint):
                self.tell(NoticeLevel.WARNING, f"{doing}: {message}", hint)
            case HubFullError(message=message, hint=hint):
                self.tell(NoticeLevel.ERROR, f"{doing}: {message}", hint)
            case SourceError(message=message, retryable=retryable):
                hint = "Try again in a moment." if retryable else ""
                self.tell(NoticeLevel.ERROR, f"{doing}: {message}", hint)
            case _:
                self.tell(NoticeLevel.ERROR, f"{doing} failed.", "The program's log has the details.")

    def dismiss(self, notice_id: int) -> None:
        """Put a notice away."""
        self._store.apply(NoticeDismissed(notice_id))

    def _shown(self, level: NoticeLevel, message: str, hint: str) -> Notice | None:
        same = (level, message, hint)
        notices = self._store.notices.values()
        return next((known for known in notices if (known.level, known.message, known.hint) == same), None)
