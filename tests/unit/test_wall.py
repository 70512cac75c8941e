"""Grids and walls: what an arrangement of cameras keeps through every change."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.ids import CameraId, TileIndex, WallId
from app.domain.tile_view import PLAIN, AspectMode, TileView
from app.domain.wall import Grid, Wall, grid_named, grids

GRIDS = st.sampled_from(grids())
CAMERAS = st.integers(0, 6).map(lambda n: CameraId(f"cam-{n}"))

ALL_THE_SAME = Wall(WallId("wall-1"), grid_named("2×2"), (CameraId("cam-0"),) * 4)


@st.composite
def walls(draw: st.DrawFn) -> Wall:
    grid = draw(GRIDS)
    tiles = draw(st.lists(st.none() | CAMERAS, max_size=70))
    return Wall(WallId("wall-1"), grid, tuple(tiles))


@pytest.mark.parametrize("grid", grids(), ids=lambda grid: grid.name)
def test_a_grids_cells_cover_every_unit_exactly_once(grid: Grid) -> None:
    units = [
        (column, row)
        for cell in grid.cells
        for column in range(cell.column, cell.column + cell.columns)
        for row in range(cell.row, cell.row + cell.rows)
    ]
    assert sorted(units) == sorted((c, r) for c in range(grid.columns) for r in range(grid.rows))


def test_the_grids_on_offer_are_the_squares_and_the_two_with_one_large_tile() -> None:
    names = [grid.name for grid in grids()]
    assert names == [*(f"{n}×{n}" for n in range(1, 9)), "1+5", "1+7"]
    assert [len(grid_named(name).cells) for name in ("1+5", "1+7")] == [6, 8]


@pytest.mark.parametrize("name", ["", "9×9", "0×3", "3x3", "3×", "1+6", "three"])
def test_a_grid_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no grid"):
        grid_named(name)


@given(walls(), CAMERAS, st.data())
def test_placing_changes_that_tile_and_no_other(wall: Wall, camera: CameraId, data: st.DataObject) -> None:
    tile = TileIndex(data.draw(st.integers(0, len(wall.grid.cells) - 1)))
    after = wall.place(tile, camera)
    assert after.camera_at(tile) == camera
    others = [i for i in range(max(len(wall.cameras), len(after.cameras))) if i != tile]
    assert all(after.camera_at(TileIndex(i)) == wall.camera_at(TileIndex(i)) for i in others)


@given(walls(), st.data())
def test_swapping_twice_is_as_if_nothing_was_done(wall: Wall, data: st.DataObject) -> None:
    tiles = st.integers(0, len(wall.grid.cells) - 1).map(TileIndex)
    a, b = data.draw(tiles), data.draw(tiles)
    once = wall.swap(a, b)
    assert (once.camera_at(a), once.camera_at(b)) == (wall.camera_at(b), wall.camera_at(a))
    assert once.swap(a, b).shown() == wall.shown()


@given(walls(), GRIDS)
def test_a_smaller_grid_forgets_no_camera(wall: Wall, other: Grid) -> None:
    assert wall.with_grid(other).with_grid(wall.grid) == wall


@given(walls(), st.lists(CAMERAS, max_size=8))
@example(ALL_THE_SAME, [CameraId("cam-0"), CameraId("cam-1")])
def test_filling_shows_every_wanted_camera_there_is_room_for(wall: Wall, wanted: list[CameraId]) -> None:
    after = wall.fill(wanted)
    room = list(dict.fromkeys(wanted))[: len(wall.grid.cells)]
    assert set(room) <= set(after.shown())
    # A wanted camera that was shown is still where it was first.
    for camera in room:
        if camera in wall.shown():
            first = TileIndex(wall.shown().index(camera))
            assert after.camera_at(first) == camera
    # Nothing leaves while there is an empty tile or a camera shown twice.
    if None in after.shown():
        assert set(filter(None, wall.shown())) <= set(after.shown())


def test_a_tile_outside_the_grid_is_refused() -> None:
    wall = Wall(WallId("wall-1"), grid_named("2×2"))
    with pytest.raises(IndexError, match="no tile 4"):
        wall.place(TileIndex(4), CameraId("cam-1"))


VIEW = TileView(AspectMode.FILL, 90)


def test_a_view_moves_with_its_camera_and_goes_with_it() -> None:
    a, b = CameraId("cam-0"), CameraId("cam-1")
    wall = Wall(WallId("wall-1"), grid_named("2×2"), (a, b)).with_view(TileIndex(0), VIEW)
    swapped = wall.swap(TileIndex(0), TileIndex(1))
    assert [swapped.view_at(TileIndex(i)) for i in range(4)] == [PLAIN, VIEW, PLAIN, PLAIN]
    assert wall.place(TileIndex(0), a) == wall
    assert wall.place(TileIndex(0), CameraId("cam-2")).views == ()
    assert wall.place(TileIndex(0), None).views == ()


def test_an_empty_tile_has_no_view_and_a_smaller_grid_forgets_none() -> None:
    wall = Wall(WallId("wall-1"), grid_named("2×2"), (None, None, None, CameraId("cam-0")))
    assert wall.with_view(TileIndex(1), VIEW) == wall
    viewed = wall.with_view(TileIndex(3), VIEW)
    assert viewed.with_grid(grid_named("1×1")).with_grid(wall.grid) == viewed
    assert viewed.with_view(TileIndex(3), PLAIN) == wall
    with pytest.raises(IndexError, match="no tile 4"):
        wall.with_view(TileIndex(4), VIEW)


@given(walls(), st.data())
def test_swapping_takes_cameras_and_views_along_alike(wall: Wall, data: st.DataObject) -> None:
    tiles = st.integers(0, len(wall.grid.cells) - 1).map(TileIndex)
    a, b = data.draw(tiles), data.draw(tiles)
    viewed = wall.with_view(a, VIEW)
    once = viewed.swap(a, b)
    assert (once.view_at(a), once.view_at(b)) == (viewed.view_at(b), viewed.view_at(a))
    assert once.swap(a, b).views == viewed.views


def test_the_next_mode_and_the_next_turn_lead_back_to_the_first() -> None:
    modes, turns = [PLAIN], [PLAIN]
    for _ in range(4):
        modes.append(modes[-1].next_mode())
        turns.append(turns[-1].next_turn())
    assert [view.mode for view in modes] == ["fit", "fill", "stretch", "fit", "fill"]
    assert [view.turn_deg for view in turns] == [0, 90, 180, 270, 0]
    with pytest.raises(ValueError, match="45"):
        TileView(turn_deg=45)
