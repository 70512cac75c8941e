"""Which part of a picture a tile shows: inside the picture, under the pointer, the right way up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.picture_size import PictureSize
from app.domain.tile_view import PLAIN, TURNS_DEG, AspectMode, TileView
from widgets.wall.lens import (
    LARGEST_PX,
    MOST,
    NO_ZOOM,
    STEP,
    WHOLE,
    Part,
    Reach,
    Window,
    Zoom,
    reach,
    seen_aspect,
    wanted_size,
    window,
)

NEAR = 1e-9
UNITS = st.floats(0.0, 1.0)
VIEWS = st.builds(TileView, st.sampled_from(AspectMode), st.sampled_from(TURNS_DEG))
REACHES = st.one_of(
    st.builds(Reach, st.floats(0.1, 1.0), st.just(1.0)), st.builds(Reach, st.just(1.0), st.floats(0.1, 1.0))
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(-6, 6), UNITS, UNITS),
        st.tuples(st.just("pull"), st.just(0.0), st.floats(-3, 3), st.floats(-3, 3)),
    ),
    max_size=8,
)


def moved(moves: list[tuple[str, float, float, float]], seen: Reach) -> Zoom:
    zoom = NO_ZOOM
    for kind, steps, x, y in moves:
        nearer = zoom.at(zoom.factor * STEP**steps, x, y, seen)
        zoom = nearer if kind == "zoom" else zoom.pulled(x, y, seen)
    return zoom


def point_at(part: Part, x: float, y: float) -> tuple[float, float]:
    """The place of the picture that is painted at (x, y)."""
    return part.left + x * part.width, part.top + y * part.height


@given(MOVES, REACHES, REACHES)
def test_what_is_seen_lies_inside_the_picture_whatever_was_done(
    moves: list[tuple[str, float, float, float]], seen: Reach, after_a_resize: Reach
) -> None:
    zoom = moved(moves, seen)
    assert 1.0 <= zoom.factor <= MOST
    for now in (seen, after_a_resize):
        part = zoom.seen(now)
        assert part.left >= 0
        assert part.top >= 0
        assert part.left + part.width <= 1 + NEAR
        assert part.top + part.height <= 1 + NEAR
        assert part.width == pytest.approx(now.width / zoom.factor)
        assert part.height == pytest.approx(now.height / zoom.factor)


@given(MOVES, REACHES, st.floats(0, 9), UNITS, UNITS)
def test_zooming_in_keeps_the_point_under_the_pointer(
    moves: list[tuple[str, float, float, float]], seen: Reach, steps: float, x: float, y: float
) -> None:
    zoom = moved(moves, seen)
    nearer = zoom.at(max(1.02, zoom.factor * STEP**steps), x, y, seen)
    assert point_at(nearer.seen(seen), x, y) == pytest.approx(point_at(zoom.seen(seen), x, y), abs=1e-6)


@given(REACHES, st.floats(1.5, MOST), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_a_pulled_picture_follows_the_hand(seen: Reach, factor: float, across: float, down: float) -> None:
    zoom = NO_ZOOM.at(factor, 0.5, 0.5, seen)
    pulled = zoom.pulled(across, down, seen)
    before, after = zoom.seen(seen), pulled.seen(seen)
    assert point_at(after, 0.5 + across, 0.5 + down) == pytest.approx(point_at(before, 0.5, 0.5))


def test_a_pull_stops_at_the_edge_and_comes_back_at_once() -> None:
    zoom = NO_ZOOM.at(2.0, 0.5, 0.5, Reach(1, 1)).pulled(9, 9, Reach(1, 1))
    assert zoom.seen(Reach(1, 1)) == Part(0, 0, 0.5, 0.5)
    assert zoom.pulled(-0.1, 0, Reach(1, 1)).seen(Reach(1, 1)).left == pytest.approx(0.05)


@pytest.mark.parametrize("steps", [3, 9])
def test_as_many_steps_out_as_in_show_the_whole_again_exactly(steps: int) -> None:
    seen, zoom = Reach(1, 1), NO_ZOOM
    for _ in range(steps):
        zoom = zoom.at(zoom.factor * STEP, 0.2, 0.9, seen)
    assert zoom.factor == pytest.approx(2.0 if steps == 3 else MOST)
    for _ in range(steps):
        zoom = zoom.at(zoom.factor / STEP, 0.7, 0.1, seen)
    assert zoom == NO_ZOOM
    assert window(zoom.seen(seen), PLAIN) is None


def test_a_touch_pads_small_steps_add_up() -> None:
    zoom = NO_ZOOM
    for _ in range(30):
        zoom = zoom.at(zoom.factor * STEP ** (1 / 30), 0.5, 0.5, Reach(1, 1))
    assert zoom.factor == pytest.approx(STEP)


def test_without_a_zoom_there_is_nothing_to_pull() -> None:
    assert NO_ZOOM.pulled(0.3, 0.3, Reach(0.5, 1)) == NO_ZOOM


# Aspect modes


@given(st.floats(0.2, 5), VIEWS, st.integers(1, 4000), st.integers(1, 4000))
def test_only_a_filled_tile_cuts_and_then_in_one_direction(
    aspect: float, view: TileView, width: int, height: int
) -> None:
    seen = reach(aspect, view, width, height)
    assert max(seen) == 1.0
    if view.mode is not AspectMode.FILL:
        assert seen == (1.0, 1.0)
    elif seen != (1.0, 1.0):
        # The part that is left has the tile's shape.
        assert aspect * seen.width / seen.height == pytest.approx(width / height)


def test_a_tile_without_a_size_cuts_nothing() -> None:
    assert reach(1.5, TileView(AspectMode.FILL), 0, 100) == (1.0, 1.0)


# Rotation


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (0.0, 0.0)), (90, (0.0, 0.8)), (180, (0.9, 0.8)), (270, (0.9, 0.0))]
)
def test_the_top_left_of_what_is_seen_comes_from_that_corner_of_the_memory(
    turn: int, corner: tuple[float, float]
) -> None:
    # A clockwise quarter turn brings the lower left corner to the top left.
    across, down = (0.1, 0.2) if turn % 180 == 0 else (0.2, 0.1)
    shown = window(Part(0.0, 0.0, across, down), TileView(turn_deg=turn))
    assert shown is not None
    assert shown.part[:2] == pytest.approx(corner)
    assert shown.part[2:] == pytest.approx((0.1, 0.2))


@given(UNITS, UNITS, UNITS, UNITS)
def test_four_quarter_turns_lead_back(x: float, y: float, width: float, height: float) -> None:
    part = Part(x * (1 - width), y * (1 - height), width, height)
    turned = part
    for _ in range(4):
        shown = window(turned, TileView(turn_deg=90))
        assert shown is not None
        turned = shown.part
    assert turned == pytest.approx(part, abs=1e-9)


def test_the_whole_picture_on_its_side_is_the_whole_memory() -> None:
    for turn in (90, 180, 270):
        assert window(WHOLE, TileView(turn_deg=turn)) == Window(WHOLE, turn)
    assert seen_aspect(16 / 9, TileView(turn_deg=90)) == pytest.approx(9 / 16)


# What the decoder is asked for


@given(
    st.integers(16, 3840), st.integers(16, 2160), REACHES, st.floats(1.02, MOST), st.sampled_from(TURNS_DEG)
)
def test_the_part_that_is_seen_gets_a_pixel_for_each_of_the_tiles_up_to_a_limit(
    width: int, height: int, seen: Reach, factor: float, turn: int
) -> None:
    zoom = NO_ZOOM.at(factor, 0.5, 0.5, seen)
    size = wanted_size(width, height, seen, zoom, TileView(turn_deg=turn))
    assert size.magnified
    across, down = (size.height, size.width) if turn % 180 else (size.width, size.height)
    part = zoom.seen(seen)
    assert max(across, down) <= max(LARGEST_PX, width, height)
    if max(across, down) < LARGEST_PX:
        assert across * part.width == pytest.approx(width, abs=1)
        assert down * part.height == pytest.approx(height, abs=1)


def test_without_a_zoom_the_tile_asks_for_its_own_size() -> None:
    assert wanted_size(480, 270, Reach(1, 1), NO_ZOOM, PLAIN) == PictureSize(480, 270)
    assert wanted_size(270, 480, Reach(1, 1), NO_ZOOM, TileView(turn_deg=90)) == PictureSize(480, 270)
    filled = wanted_size(270, 270, Reach(0.5, 1), NO_ZOOM, TileView(AspectMode.FILL))
    assert filled == PictureSize(540, 270)


def test_a_magnified_picture_is_never_made_larger_than_the_cameras_own() -> None:
    camera = PictureSize(1280, 720)
    assert PictureSize(3840, 2160, magnified=True).offered_by(camera) == camera
    assert PictureSize(960, 540, magnified=True).offered_by(camera) == (960, 540, False)
    # A tile larger than the camera's picture gets its own size: painting it is a copy.
    assert PictureSize(1920, 1080).offered_by(camera) == (1920, 1080, False)
