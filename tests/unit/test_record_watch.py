"""The operator is told when the hub's record fails or is not signed, once, and for as long as it does."""

from __future__ import annotations

from app.domain.errors import SourceError
from app.domain.events import NoticeLevel
from app.domain.record import RecordState
from app.services.notify import Notify
from app.services.record_watch import RecordWatch
from app.store.state import Store
from tests.fakes.record import FakeHealth
from tests.fakes.waiting import run
from tests.fakes.world import FakeClock


class Watched:
    def __init__(self) -> None:
        self.store, self.health = Store(), FakeHealth()
        self.notify = Notify(self.store, FakeClock())
        self.watch = RecordWatch(self.health, self.notify)

    def look(self, answer: RecordState | Exception) -> list[tuple[NoticeLevel, str]]:
        self.health.answer = answer
        run(self.watch.look())
        return [(notice.level, notice.message) for notice in self.store.notices.values()]


FAILING = (NoticeLevel.ERROR, "The hub cannot put acts on record: nobody can look.")
UNSIGNED = (NoticeLevel.WARNING, "The hub's record is not being signed.")


def test_each_change_is_told_and_what_is_over_leaves() -> None:
    watched = Watched()
    assert watched.look(RecordState.OK) == []
    assert watched.look(RecordState.UNSIGNED) == [UNSIGNED]
    assert watched.look(RecordState.FAILING) == [FAILING]
    assert watched.look(RecordState.OK) == []


def test_what_the_operator_put_away_is_not_told_again_until_it_changes() -> None:
    watched = Watched()
    watched.look(RecordState.FAILING)
    (notice,) = watched.store.notices
    watched.notify.dismiss(notice)
    assert watched.look(RecordState.FAILING) == []
    watched.look(RecordState.OK)
    assert watched.look(RecordState.FAILING) == [FAILING]


def test_a_hub_that_is_away_changes_nothing() -> None:
    watched = Watched()
    watched.look(RecordState.FAILING)
    assert watched.look(SourceError("The hub does not answer.")) == [FAILING]
