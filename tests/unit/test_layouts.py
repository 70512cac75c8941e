"""Named layouts on disk: kept whole, told apart, and lost by no failure."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.domain.errors import OperatorError, SourceError
from app.domain.events import CameraUpserted, HubEvent, WallChanged
from app.domain.ids import CameraId, Sequence, WallId
from app.domain.layout import LONGEST_NAME
from app.domain.quality_policy import QualityPolicy
from app.domain.tile_view import AspectMode, TileView
from app.domain.wall import Wall, grid_named
from app.services.layouts import Layouts
from app.sources.layout_file import LayoutFile
from app.store.state import Store
from tests.fakes.waiting import run
from tests.fakes.world import START, camera

WALL, OTHER = WallId("wall-1"), WallId("wall-2")
TURNED = TileView(AspectMode.FILL, 90)
SHOWN = Wall(
    WALL, grid_named("2×2"), tuple(CameraId(c) for c in ("cam-1", "cam-2", "gone")), (TURNED, TURNED)
)


class Shelf:
    """A service on a real file; `again` is the next run of the program."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "layouts.json"
        self.told: list[str] = []
        self.store = Store()
        for number in (1, 2):
            self.store.apply(HubEvent(Sequence(number), CameraUpserted(camera(number))))
        self.layouts = self.again()

    def again(self) -> Layouts:
        return Layouts(self.store, LayoutFile(self.path, lambda: START, self.told.append), QualityPolicy())

    def names(self) -> list[str]:
        layouts = self.again()
        run(layouts.read())
        return [layout.name for layout in layouts.listed]

    def save(self, *names: str) -> None:
        for name in names:
            run(self.layouts.save(name, SHOWN))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_a_layout_comes_back_after_a_restart_with_grid_cameras_and_views(shelf: Shelf) -> None:
    shelf.save("  Night \n shift ")
    layouts = shelf.again()
    run(layouts.read())
    missing = layouts.open("night shift", OTHER)
    wall = shelf.store.walls[OTHER]
    assert (wall.grid, wall.cameras[:3], wall.views) == (SHOWN.grid, SHOWN.cameras, SHOWN.views)
    assert missing == ("gone",), "its tile is kept, and words say that the directory lacks it"
    assert [layout.name for layout in layouts.listed] == ["Night shift"]


def test_cameras_that_the_grid_does_not_show_are_not_in_the_layout(shelf: Shelf) -> None:
    shelf.store.apply(WallChanged(SHOWN))
    run(shelf.layouts.save("One", SHOWN.with_grid(grid_named("1×1"))))
    shelf.layouts.open("One", WALL)
    wall = shelf.store.walls[WALL].with_grid(grid_named("2×2"))
    assert wall.shown() == ("cam-1", None, None, None)


def test_the_same_name_in_any_case_is_replaced_only_when_that_is_wanted(shelf: Shelf) -> None:
    shelf.save("Bridge")
    other = Wall(WALL, grid_named("1×1"), (CameraId("cam-2"),))
    with pytest.raises(OperatorError, match="already"):
        run(shelf.layouts.save("BRIDGE", other))
    assert shelf.layouts.listed[0].cameras[0] == "cam-1"
    run(shelf.layouts.save("BRIDGE", other, replacing=True))
    assert [(one.name, one.cameras) for one in shelf.layouts.listed] == [("BRIDGE", ("cam-2",))]


def test_renaming_and_deleting(shelf: Shelf) -> None:
    shelf.save("a", "b")
    with pytest.raises(OperatorError, match="already"):
        run(shelf.layouts.rename("a", "B"))
    run(shelf.layouts.rename("a", "A"))
    run(shelf.layouts.rename("A", "c"))
    assert shelf.names() == ["b", "c"]
    run(shelf.layouts.delete("b"))
    assert shelf.names() == ["c"]
    with pytest.raises(OperatorError, match="any more"):
        run(shelf.layouts.rename("b", "d"))


@pytest.mark.parametrize("name", ["", "  \n", "x" * (LONGEST_NAME + 1)])
def test_an_unfit_name_is_refused_in_words(shelf: Shelf, name: str) -> None:
    with pytest.raises(OperatorError):
        shelf.save(name)
    assert not shelf.path.exists()


@pytest.mark.parametrize("rubbish", [b"{", b"[]", b'{"layouts": 5}', b'{"version": 1}'])
def test_a_damaged_file_is_set_aside_with_a_date_and_said(shelf: Shelf, rubbish: bytes) -> None:
    shelf.path.write_bytes(rubbish)
    shelf.save("New")
    aside = shelf.path.with_name("layouts-2026-01-05T21-00-00.damaged.json")
    assert aside.read_bytes() == rubbish
    assert shelf.told == [f"layouts.json was damaged and is kept as {aside.name}."]
    assert shelf.names() == ["New"]


def test_one_damaged_layout_costs_that_one_only_and_is_not_written_over(shelf: Shelf) -> None:
    shelf.save("Good")
    document = json.loads(shelf.path.read_text("utf-8"))
    damaged = {"name": "Odd", "grid": "9×9", "cameras": []}
    document["layouts"] += [damaged, 7]
    shelf.path.write_text(json.dumps(document), "utf-8")
    run(shelf.layouts.read())
    shelf.save("Odd")
    kept = json.loads(shelf.path.read_text("utf-8"))["layouts"]
    assert damaged in kept
    assert 7 in kept
    assert shelf.names() == ["Good", "Odd"]
    assert shelf.told[0] == "The layout “Odd” in layouts.json could not be read: there is no grid '9×9'."
    assert len(shelf.told) == len({*shelf.told}) + 2, "told once in each run of the program"


Change = Callable[[Layouts], Awaitable[None]]


@pytest.mark.parametrize(
    "change",
    [
        lambda layouts: layouts.save("New", SHOWN),
        lambda layouts: layouts.save("Old", SHOWN.with_grid(grid_named("1×1")), replacing=True),
        lambda layouts: layouts.rename("Old", "Other"),
        lambda layouts: layouts.delete("Old"),
    ],
)
def test_a_failed_write_says_so_and_loses_nothing(
    shelf: Shelf, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.save("Old")
    before, listed = shelf.path.read_bytes(), shelf.layouts.listed

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)

    async def play() -> None:
        await change(shelf.layouts)

    with pytest.raises(SourceError, match="cannot be written: No space left"):
        run(play())
    assert shelf.path.read_bytes() == before
    assert shelf.layouts.listed == listed


def test_a_file_that_cannot_be_read_is_not_written_over(shelf: Shelf) -> None:
    shelf.path.mkdir()
    with pytest.raises(SourceError, match="cannot be read"):
        shelf.save("New")
