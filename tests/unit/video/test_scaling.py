"""Colours and sizes come out right, whichever library does it."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from app.sources.video import scaling
from app.sources.video.colours import Colours
from app.sources.video.scaling import (
    LibyuvScaler,
    Scaler,
    SwscaleScaler,
    i420_bytes,
    i420_planes,
    scaler_for,
)

ALL = [Colours(bt709=hd, full_range=full) for hd in (False, True) for full in (False, True)]
HAS_LIBYUV = scaling._libyuv is not None
SCALERS = [
    pytest.param(LibyuvScaler, marks=pytest.mark.skipif(not HAS_LIBYUV, reason="libyuv is not installed")),
    SwscaleScaler,
]


def i420(width: int, height: int, y: int, u: int, v: int) -> np.ndarray:
    planes = (width * height, ((width + 1) // 2) * ((height + 1) // 2))
    return np.concatenate([np.full(planes[0], y), np.full(planes[1], u), np.full(planes[1], v)]).astype(
        np.uint8
    )


def converted(scaler: Scaler, source: np.ndarray, size: tuple[int, int], to: tuple[int, int]) -> np.ndarray:
    stride = -(-to[0] * 4 // 64) * 64
    target = np.full(stride * to[1] + 64, 7, np.uint8)
    scaler.convert(i420_planes(source.ctypes.data, *size), *size, target.ctypes.data, stride, *to)
    assert set(target[stride * to[1] :]) == {7}, "nothing is written behind the picture"
    return target[: stride * to[1]].reshape(to[1], stride)[:, : to[0] * 4].reshape(to[1], to[0], 4)


@pytest.mark.parametrize("kind", SCALERS)
@pytest.mark.parametrize("colours", ALL, ids=str)
@pytest.mark.parametrize("sizes", [((64, 36), (64, 36)), ((64, 36), (48, 27)), ((33, 19), (65, 41))], ids=str)
def test_red_is_red(kind: type, colours: Colours, sizes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """The values of pure red are worked out from the definitions, in BT.601 and BT.709."""
    kr, kb = (0.2126, 0.0722) if colours.bt709 else (0.299, 0.114)
    scale, low, chroma = (255, 0, 255) if colours.full_range else (219, 16, 224)
    y = round(low + scale * kr)
    u = round(128 + chroma * (0 - kr) / (2 * (1 - kb)))
    v = round(128 + chroma * (1 - kr) / (2 * (1 - kr)))
    picture = converted(kind(colours), i420(*sizes[0], y, u, min(v, 255)), *sizes)
    assert np.abs(picture[:, :, :3].astype(int) - (0, 0, 255)).max() <= 4


@pytest.mark.parametrize("kind", SCALERS)
def test_what_is_left_and_above_stays_there(kind: type) -> None:
    width, height = 64, 36
    source = i420(width, height, 16, 128, 128)
    luma = source[: width * height].reshape(height, width)
    luma[: height // 2, : width // 2] = 235
    picture = converted(kind(Colours(bt709=False, full_range=False)), source, (width, height), (32, 18))
    assert picture[2, 2, 1] > 240
    assert picture[2, -3, 1] < 15
    assert picture[-3, 2, 1] < 15


@pytest.mark.skipif(not HAS_LIBYUV, reason="libyuv is not installed")
def test_the_fast_one_is_taken_where_it_is() -> None:
    assert isinstance(scaler_for(ALL[0]), LibyuvScaler)


def test_without_libyuv_swscale_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "_libyuv", None)
    assert isinstance(scaler_for(ALL[0]), SwscaleScaler)


def test_a_libyuv_that_is_missing_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "_LIBYUV_NAMES", {scaling.sys.platform: "libyuv-that-is-not-there.so"})
    assert scaling._load_libyuv() is None


def test_planes_of_odd_sizes_are_rounded_up() -> None:
    assert i420_bytes(640, 360) == 345_600
    assert i420_bytes(3, 3) == 9 + 2 * 4
    assert ctypes.sizeof(ctypes.c_char * i420_bytes(1, 1)) == 3
