from __future__ import annotations

from collections.abc import Iterable

import pytest

from app.domain.errors import HubFullError, OperatorError, SourceError
from app.domain.events import AlertUpserted, CameraUpserted, HubEvent, HubFact, IncidentUpserted, NoticeLevel
from app.domain.ids import AlertId, CameraId, Sequence, TileIndex, WallId
from app.domain.tile_view import AspectMode, TileView
from app.domain.wall import Wall, grid_named
from app.services.desk import Desk
from app.services.notify import Notify
from app.services.walls import Walls
from app.services.workspace import Workspace
from app.store.state import Store
from tests.fakes.waiting import run
from tests.fakes.world import FakeClock, FakeHub, alert, camera, incident

WALL = WallId("wall-1")


def store_with(facts: Iterable[HubFact]) -> Store:
    store = Store()
    for number, fact in enumerate(facts, start=1):
        store.apply(HubEvent(Sequence(number), fact))
    return store


def city(*more: HubFact) -> Store:
    return store_with([*(CameraUpserted(camera(n)) for n in range(12)), *more])


def shown(walls: Walls) -> list[str]:
    return [c or "-" for c in walls.wall(WALL).shown()]


def test_the_four_nearest_cameras_go_into_empty_tiles_first() -> None:
    store = city(AlertUpserted(alert(1)))
    walls = Walls(store)
    walls.place(WALL, TileIndex(0), CameraId("cam-9"))
    assert walls.show_nearest(WALL, AlertId("alert-1")) == ["cam-0", "cam-1", "cam-2", "cam-3"]
    assert shown(walls)[:5] == ["cam-9", "cam-0", "cam-1", "cam-2", "cam-3"]


def test_on_a_full_wall_the_nearest_replace_the_last_tiles_and_keep_those_already_shown() -> None:
    store = city(AlertUpserted(alert(1)))
    walls = Walls(store)
    walls.show(WALL, [CameraId(f"cam-{n}") for n in range(3, 12)])
    walls.show_nearest(WALL, AlertId("alert-1"))
    assert set(shown(walls)) >= {"cam-0", "cam-1", "cam-2", "cam-3"}
    assert shown(walls)[0] == "cam-3"


def test_an_alert_without_a_position_has_no_nearest_cameras() -> None:
    walls = Walls(city(AlertUpserted(alert(1, position=None))))
    assert walls.show_nearest(WALL, AlertId("alert-1")) == []
    assert set(shown(walls)) == {"-"}


def test_a_smaller_grid_forgets_no_camera() -> None:
    walls = Walls(city())
    walls.show(WALL, [CameraId(f"cam-{n}") for n in range(9)])
    walls.choose_grid(WALL, grid_named("1×1"))
    assert shown(walls) == ["cam-0"]
    walls.choose_grid(WALL, grid_named("3×3"))
    assert shown(walls) == [f"cam-{n}" for n in range(9)]


def test_an_unknown_camera_is_not_placed() -> None:
    walls = Walls(city())
    walls.place(WALL, TileIndex(0), CameraId("nobody"))
    assert set(shown(walls)) == {"-"}


def test_an_alert_that_belongs_to_an_open_incident_opens_no_second_one() -> None:
    async def play() -> None:
        hub = FakeHub(FakeClock())
        known = incident(7, alert_ids=(AlertId("alert-1"),))
        desk = Desk(city(AlertUpserted(alert(1)), IncidentUpserted(known)), hub)
        assert await desk.open_incident_from(AlertId("alert-1")) == "incident-7"
        assert not hub.calls

    run(play())


def test_an_incident_from_an_alert_takes_its_title_and_place() -> None:
    async def play() -> None:
        hub = FakeHub(FakeClock())
        desk = Desk(city(AlertUpserted(alert(1))), hub)
        await desk.open_incident_from(AlertId("alert-1"))
        assert hub.calls == [("open_incident", "Alert 1", alert(1).position, "alert-1")]

    run(play())


def test_an_incident_without_a_title_is_refused_in_words() -> None:
    with pytest.raises(OperatorError, match="needs a title"):
        run(Desk(city(), FakeHub(FakeClock())).open_incident("  "))


def test_the_same_notice_is_shown_once_until_it_is_put_away() -> None:
    store = Store()
    notify = Notify(store, FakeClock())
    for _ in range(3):
        notify.failed("Pinning the camera", SourceError("The hub does not answer."))
    (notice,) = store.notices.values()
    assert notice.message == "Pinning the camera: The hub does not answer."
    assert notice.level is NoticeLevel.ERROR
    notify.dismiss(notice.id)
    assert not store.notices


def test_a_hub_without_room_is_told_with_what_to_do_about_it() -> None:
    store = Store()
    Notify(store, FakeClock()).failed("Pinning the camera", HubFullError("The disk is full.", "Make room."))
    (notice,) = store.notices.values()
    assert (notice.level, notice.message, notice.hint) == (
        NoticeLevel.ERROR,
        "Pinning the camera: The disk is full.",
        "Make room.",
    )


def test_an_unexpected_error_shows_no_internals() -> None:
    store = Store()
    Notify(store, FakeClock()).failed("Importing", RuntimeError("rtsp://user:secret@host"))
    (notice,) = store.notices.values()
    assert "secret" not in notice.message + notice.hint


class MemoryFile:
    def __init__(self, document: dict[str, object] | None = None) -> None:
        self.document = document or {}
        self.saves = 0

    def load(self) -> dict[str, object]:
        return self.document

    def save(self, document: dict[str, object]) -> None:
        self.document = document
        self.saves += 1


def test_walls_and_views_come_back_as_they_were() -> None:
    file = MemoryFile()
    store = city()
    walls = Walls(store)
    walls.choose_grid(WALL, grid_named("1+5"))
    walls.place(WALL, TileIndex(4), CameraId("cam-2"))
    walls.choose_view(WALL, TileIndex(4), TileView(AspectMode.FILL, 270))
    workspace = Workspace(store, file, Notify(store, FakeClock()))
    assert run(workspace.save({"main": {"x": 1}}))
    assert not run(workspace.save({"main": {"x": 1}}))

    again = Store()
    assert Workspace(again, file, Notify(again, FakeClock())).restore() == {"main": {"x": 1}}
    assert again.walls == store.walls


@pytest.mark.parametrize(
    "tiles",
    [
        7,
        ["fill"],
        [{"mode": "fill"}],
        [{"mode": "round", "turn_deg": 0}],
        [{"mode": ["fit"], "turn_deg": 0}],
        [{"mode": "fit", "turn_deg": 45}],
        [{"mode": "fit", "turn_deg": "90"}],
    ],
)
def test_damaged_views_cost_the_views_only_and_are_said(tiles: object) -> None:
    saved = {"grid": "2×2", "cameras": ["cam-1"], "tiles": tiles}
    store = Store()
    file = MemoryFile({"version": 1, "walls": {"bad": saved}})
    Workspace(store, file, Notify(store, FakeClock())).restore()
    assert store.walls[WallId("bad")] == Wall(WallId("bad"), grid_named("2×2"), (CameraId("cam-1"),))
    (notice,) = store.notices.values()
    assert "bad" in notice.message


def test_a_wall_saved_before_there_were_views_comes_back_without_a_word() -> None:
    saved = {"grid": "2×2", "cameras": ["cam-1", None, "cam-2"]}
    store = Store()
    Workspace(
        store, MemoryFile({"version": 1, "walls": {"old": saved}}), Notify(store, FakeClock())
    ).restore()
    assert store.walls[WallId("old")].camera_at(TileIndex(2)) == "cam-2"
    assert not store.notices


@pytest.mark.parametrize(
    "saved", [{"grid": "9×9"}, {"grid": "2×2", "cameras": "cam-1"}, {"grid": "2×2", "cameras": [3]}, 7]
)
def test_a_damaged_wall_costs_that_wall_only_and_is_said(saved: object) -> None:
    good = {"grid": "2×2", "cameras": ["cam-1"]}
    store = Store()
    file = MemoryFile({"version": 1, "walls": {"bad": saved, "good": good}})
    Workspace(store, file, Notify(store, FakeClock())).restore()
    assert set(store.walls) == {"good"}
    (notice,) = store.notices.values()
    assert "bad" in notice.message
