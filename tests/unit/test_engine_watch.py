"""The engine's own trouble as a notice: told once, and gone with its cause."""

from __future__ import annotations

from app.domain.events import NoticeLevel
from app.services.engine_watch import EngineWatch
from app.services.notify import Notify
from app.store.state import Store
from tests.fakes.figures import GivenFigures
from tests.fakes.world import FakeClock

NO_PROCESS = "The computer cannot start another video decoder: too many files or processes are open"


class Told:
    """A watch, and what the operator sees of it."""

    def __init__(self) -> None:
        self.store = Store()
        self.notify = Notify(self.store, FakeClock())
        self.figures = GivenFigures()
        self.watch = EngineWatch(self.figures, self.notify)

    def words(self, trouble: str | None) -> list[str]:
        """Return the notices after a look at an engine with that trouble."""
        self.figures.trouble = trouble
        self.watch.look()
        return [notice.message for notice in self.store.notices.values()]


def test_trouble_is_told_as_an_error_and_leaves_with_its_cause() -> None:
    told = Told()
    assert told.words(None) == []
    assert told.words(NO_PROCESS) == [NO_PROCESS]
    assert [notice.level for notice in told.store.notices.values()] == [NoticeLevel.ERROR]
    assert told.words(NO_PROCESS) == [NO_PROCESS]
    assert told.words("libVLC is gone") == ["libVLC is gone"]
    assert told.words(None) == []


def test_trouble_that_the_operator_put_away_does_not_come_back_until_it_is_new() -> None:
    told = Told()
    told.words(NO_PROCESS)
    told.notify.dismiss(next(iter(told.store.notices)))
    assert told.words(NO_PROCESS) == []
    assert told.words(None) == []
    assert told.words(NO_PROCESS) == [NO_PROCESS]


def test_only_its_own_notice_is_taken_back() -> None:
    told = Told()
    told.notify.tell(NoticeLevel.WARNING, "Something else")
    told.words(NO_PROCESS)
    assert told.words(None) == ["Something else"]
