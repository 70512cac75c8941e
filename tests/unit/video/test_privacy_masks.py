"""What lies below a mask leaves no trace in a ring's picture, and what a tile shows of it is flat grey."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf, nan

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.privacy_mask import PrivacyMask
from app.domain.stream_state import Fault
from app.sources.video import scaling
from app.sources.video.colours import Colours
from app.sources.video.privacy_masks import Masks, check_masks, masked, patches
from app.sources.video.scaling import LibyuvScaler, Planes, Scaler, SwscaleScaler
from app.sources.video.transport import TransportError

Pixels = npt.NDArray[np.uint8]
SD = Colours(bt709=False, full_range=False)
FULL = Colours(bt709=True, full_range=True)
ROUNDING = 4
"""Levels by which libyuv errs where it makes a flat picture smaller."""
HAS_LIBYUV = scaling._libyuv is not None
SCALERS = [
    pytest.param(LibyuvScaler, marks=pytest.mark.skipif(not HAS_LIBYUV, reason="libyuv is not installed")),
    SwscaleScaler,
]
SIZES = [(64, 36), (33, 19), (97, 55), (160, 90)]
TARGETS = [(64, 36), (48, 27), (33, 19), (21, 13), (129, 71), (200, 112)]
UNFIT = [
    PrivacyMask(-0.1, 0, 0.5, 0.5),
    PrivacyMask(0.6, 0, 0.5, 0.5),
    PrivacyMask(0, 0.9, 0.5, 0.2),
    PrivacyMask(0, 0, 0, 0.5),
    PrivacyMask(0, 0, nan, 0.5),
    PrivacyMask(0, 0, inf, 0.5),
    PrivacyMask(10, 20, 100, 100),
]


@st.composite
def a_mask(draw: st.DrawFn) -> PrivacyMask:
    left, right = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True)))
    top, bottom = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True)))
    return PrivacyMask(left, top, right - left, bottom - top)


some_masks = st.lists(a_mask().filter(lambda mask: not mask.fault()), min_size=1, max_size=3).map(tuple)


@dataclass
class Picture:
    """Noise in I420 whose rows are padded, as FFmpeg's are."""

    width: int
    height: int
    padding: int
    seed: int

    def __post_init__(self) -> None:
        half = ((self.width + 1) // 2, (self.height + 1) // 2)
        random = np.random.default_rng(self.seed)
        self.arrays = [
            random.integers(0, 256, (rows, length + self.padding), np.uint8)
            for length, rows in ((self.width, self.height), half, half)
        ]

    @property
    def planes(self) -> Planes:
        y, u, v = ((a.ctypes.data, a.shape[1]) for a in self.arrays)
        return (*y, *u, *v)

    def with_other_noise_below(self, masks: Masks) -> Picture:
        """Return the same picture but for every pixel that a mask touches."""
        other = Picture(self.width, self.height, self.padding, self.seed + 1)
        for n, (mine, theirs) in enumerate(zip(self.arrays, other.arrays, strict=True)):
            length, rows = mine.shape[1] - self.padding, mine.shape[0]
            below = np.zeros_like(mine, bool)
            for mask in masks:
                # A chroma pixel lies over two luma pixels, the last one of an odd size over one.
                scale_x = self.width / 2 if n else length
                scale_y = self.height / 2 if n else rows
                left, right = _touched(mask.left, mask.width, scale_x)
                top, bottom = _touched(mask.top, mask.height, scale_y)
                below[top:bottom, left:right] = True
            theirs[~below] = mine[~below]
        return other


def _touched(start: float, length: float, pixels: float) -> tuple[int, int]:
    return floor(start * pixels), ceil((start + length) * pixels)


def shown(scaler: Scaler, picture: Picture, to: tuple[int, int]) -> Pixels:
    stride = -(-to[0] * 4 // 64) * 64
    slot = np.zeros(stride * to[1] + 64, np.uint8)
    scaler.convert(picture.planes, picture.width, picture.height, slot.ctypes.data, stride, *to)
    pixels: Pixels = slot[: stride * to[1]].reshape(to[1], stride)[:, : to[0] * 4].reshape(to[1], to[0], 4)
    return pixels[:, :, :3]


def flat_grey(scaler: Scaler) -> Pixels:
    """Return the colour of a picture that is hidden as a whole."""
    colour: Pixels = shown(masked(scaler, (PrivacyMask(0, 0, 1, 1),)), Picture(16, 16, 0, 1), (16, 16))[8, 8]
    return colour


@pytest.mark.parametrize("kind", SCALERS)
@given(
    masks=some_masks,
    size=st.sampled_from(SIZES),
    to=st.sampled_from(TARGETS),
    padding=st.sampled_from([0, 13]),
    colours=st.sampled_from([SD, FULL]),
)
@settings(max_examples=150, deadline=None)
def test_what_lies_below_a_mask_changes_no_pixel_of_the_ring(
    kind: type, masks: Masks, size: tuple[int, int], to: tuple[int, int], padding: int, colours: Colours
) -> None:
    picture = Picture(*size, padding, 7)
    other = picture.with_other_noise_below(masks)
    scaler = masked(kind(colours), masks)
    assert np.array_equal(shown(scaler, picture, to), shown(scaler, other, to))


@pytest.mark.parametrize("kind", SCALERS)
@given(
    masks=some_masks,
    size=st.sampled_from(SIZES),
    to=st.sampled_from(TARGETS),
    padding=st.sampled_from([0, 13]),
    colours=st.sampled_from([SD, FULL]),
)
@settings(max_examples=150, deadline=None)
def test_every_pixel_of_the_ring_inside_a_mask_is_flat_grey(
    kind: type, masks: Masks, size: tuple[int, int], to: tuple[int, int], padding: int, colours: Colours
) -> None:
    pixels = shown(masked(kind(colours), masks), Picture(*size, padding, 7), to).astype(int)
    grey = flat_grey(kind(colours)).astype(int)
    for mask in masks:
        left, right = ceil(mask.left * to[0]), floor((mask.left + mask.width) * to[0])
        top, bottom = ceil(mask.top * to[1]), floor((mask.top + mask.height) * to[1])
        inside = pixels[top:bottom, left:right]
        assert np.abs(inside - grey).max(initial=0) <= ROUNDING


@pytest.mark.parametrize("kind", SCALERS)
def test_what_lies_beside_a_mask_is_shown_as_without_it(kind: type) -> None:
    masks = (PrivacyMask(0.25, 0.25, 0.25, 0.25),)
    picture = Picture(160, 90, 0, 3)
    with_mask = shown(masked(kind(SD), masks), picture, (160, 90))
    without = shown(kind(SD), picture, (160, 90))
    different = (with_mask != without).any(axis=2)
    assert different[30:40, 50:70].all()
    # Two pixels for the margin, and one for the colours that a pixel shares with its neighbour.
    assert not different[:19].any()
    assert not different[49:].any()
    assert not different[:, :36].any()
    assert not different[:, 84:].any()


@pytest.mark.parametrize("kind", SCALERS)
def test_a_masked_picture_is_left_as_it_is_where_it_lies(kind: type) -> None:
    """Decoders build their next pictures on it."""
    picture = Picture(64, 36, 5, 3)
    before = [array.copy() for array in picture.arrays]
    shown(masked(kind(SD), (PrivacyMask(0, 0, 1, 1),)), picture, (32, 18))
    for mine, its in zip(picture.arrays, before, strict=True):
        assert np.array_equal(mine, its)


def test_a_stream_without_masks_is_scaled_as_before() -> None:
    scaler = SwscaleScaler(SD)
    assert masked(scaler, ()) is scaler


@given(masks=some_masks, size=st.sampled_from(SIZES), to=st.sampled_from(TARGETS))
def test_patches_lie_in_the_picture_and_on_whole_chroma_pixels(
    masks: Masks, size: tuple[int, int], to: tuple[int, int]
) -> None:
    for patch in patches(masks, size, to):
        for first, last, end in ((patch.left, patch.right, size[0]), (patch.top, patch.bottom, size[1])):
            assert 0 <= first < last <= end
            assert first % 2 == 0
            assert last % 2 == 0 or last == end


@pytest.mark.parametrize("mask", UNFIT, ids=str)
def test_masks_that_are_no_part_of_a_picture_hide_all_of_it(mask: PrivacyMask) -> None:
    masks = (PrivacyMask(0, 0, 0.5, 0.5), mask)
    with pytest.raises(TransportError) as refused:
        check_masks(masks)
    assert refused.value.fault is Fault.MASKS_UNFIT
    pixels = shown(masked(SwscaleScaler(SD), masks), Picture(64, 36, 0, 3), (64, 36))
    assert np.abs(pixels.astype(int) - flat_grey(SwscaleScaler(SD))).max() <= ROUNDING


def test_a_mask_up_to_the_edge_is_fit_whatever_its_digits() -> None:
    check_masks((PrivacyMask(0.7, 0.1, 0.3, 0.9), PrivacyMask(0.3333333, 0, 0.6666667, 1)))
