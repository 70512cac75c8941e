"""Where tiles lie: whole pixels, nothing left over, nothing overlapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from app.domain.ids import TileIndex
from app.domain.wall import Grid, grid_named, grids
from widgets.wall.geometry import fit, neighbour, tile_rects
from widgets.wall.tile import covered, logical

GRIDS = st.sampled_from(grids())
SIDES = st.integers(0, 4000)


@given(GRIDS, SIDES, SIDES)
def test_without_a_gap_the_tiles_fill_the_surface_and_do_not_overlap(
    grid: Grid, width: int, height: int
) -> None:
    rects = tile_rects(grid, width, height)
    assert sum(rect.width() * rect.height() for rect in rects) == width * height
    full = [rect for rect in rects if not rect.isEmpty()]
    assert not any(a.intersects(b) for i, a in enumerate(full) for b in full[:i])


@given(GRIDS, SIDES, SIDES, st.integers(1, 6))
def test_with_a_gap_tiles_stay_apart_and_inside(grid: Grid, width: int, height: int, gap: int) -> None:
    surface = QRect(0, 0, width, height)
    full = [rect for rect in tile_rects(grid, width, height, gap) if not rect.isEmpty()]
    assert all(surface.contains(rect) for rect in full)
    for i, a in enumerate(full):
        near = a.adjusted(-gap, -gap, gap, gap)
        # Grown by the gap, a tile may touch its neighbour's edge and nothing more.
        assert not any(near.adjusted(1, 1, -1, -1).intersects(b.adjusted(1, 1, -1, -1)) for b in full[:i])


@given(st.floats(0.2, 5.0), st.integers(1, 2000), st.integers(1, 2000))
def test_a_picture_is_fitted_inside_its_tile_and_keeps_its_shape(aspect: float, w: int, h: int) -> None:
    into = QRect(7, 11, w, h)
    video = fit(aspect, into)
    assert into.contains(video)
    assert video.width() == w or video.height() == h
    # One pixel of rounding and the slack that avoids hairline bars are all that it may be off.
    assert abs(video.width() - video.height() * aspect) <= max(1.0, aspect) + 0.02 * max(w, h * aspect)


@given(
    st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000), st.integers(4, 12)
)
def test_repaint_rectangles_cover_their_tile_at_any_scale(
    x: int, y: int, w: int, h: int, quarter: int
) -> None:
    ratio, rect = quarter / 4, QRect(x, y, w, h)
    outer, inner = logical(rect, ratio), covered(rect, ratio)
    assert outer.x() * ratio <= x
    assert outer.y() * ratio <= y
    assert (outer.x() + outer.width()) * ratio >= x + w
    assert (outer.y() + outer.height()) * ratio >= y + h
    if not inner.isEmpty():
        assert inner.x() * ratio >= x
        assert (inner.x() + inner.width()) * ratio <= x + w
        assert (inner.y() + inner.height()) * ratio <= y + h


@pytest.mark.parametrize(
    ("grid", "tile", "step", "to"),
    [
        ("3×3", 4, (1, 0), 5),
        ("3×3", 4, (0, -1), 1),
        ("3×3", 0, (-1, 0), None),
        ("3×3", 8, (0, 1), None),
        ("1+5", 0, (1, 0), 1),
        ("1+5", 0, (0, 1), 3),
        ("1+5", 2, (-1, 0), 0),
        ("1+7", 4, (0, -1), 0),
    ],
)
def test_a_step_leads_to_the_tile_beside(grid: str, tile: int, step: tuple[int, int], to: int | None) -> None:
    assert neighbour(grid_named(grid), TileIndex(tile), *step) == to
