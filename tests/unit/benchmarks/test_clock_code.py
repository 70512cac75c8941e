"""The clock that the latency benchmark draws and reads: a wrong reading would be a wrong latency."""

from __future__ import annotations

import av
import numpy as np
import pytest

from tests.benchmarks.clock_code import Picture, draw, read, rows
from tests.benchmarks.clock_source import HEIGHT, KEY_EVERY, WIDTH, ClockPictures

TIMES = [0, 1, 0xFFFFFFFF, 0x55555555, 0xAAAAAAAA, 2_484_840, 123_456_789]


def drawn(ms: int) -> Picture:
    picture = np.full((HEIGHT, WIDTH), 90, np.uint8)
    draw(picture, ms)
    return picture


def read_from(picture: Picture) -> int | None:
    upper, lower = rows(picture.shape[0])
    return read(picture[upper], picture[lower])


def through_a_camera(times: list[int], width: int, height: int) -> list[Picture]:
    """Return the camera's pictures of those times, decoded and shown at that size."""
    source = ClockPictures()
    decoder = av.CodecContext.create("h264", "r")
    packets = [av.Packet(source.unit_of(ms)[0]) for ms in times]
    frames = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    shown = [frame.reformat(width, height, format="gray") for frame in frames]
    return [picture.to_ndarray().astype(np.uint8) for picture in shown]


@pytest.mark.parametrize("ms", TIMES)
def test_a_drawn_time_is_read_back(ms: int) -> None:
    assert read_from(drawn(ms)) == ms


@pytest.mark.parametrize("size", [(640, 360), (480, 270), (960, 540), (434, 244)])
def test_every_picture_of_the_camera_is_read_at_any_size(size: tuple[int, int]) -> None:
    times = [*TIMES, *range(5_000_000, 5_002_000, 40)]
    assert [read_from(picture) for picture in through_a_camera(times, *size)] == times


def test_the_camera_begins_with_a_key_picture_and_has_one_a_second() -> None:
    source = ClockPictures()
    keys = [source.unit_of(n)[1] for n in range(2 * KEY_EVERY)]
    assert [n for n, key in enumerate(keys) if key] == [0, KEY_EVERY]


def test_a_picture_without_a_clock_holds_no_time() -> None:
    assert read_from(np.full((HEIGHT, WIDTH), 90, np.uint8)) is None


def test_rows_of_two_pictures_hold_no_time() -> None:
    upper, lower = rows(HEIGHT)
    assert read(drawn(1000)[upper], drawn(1001)[lower]) is None


def test_a_dimmed_picture_is_still_read() -> None:
    assert read_from((drawn(77) // 2).astype(np.uint8)) == 77
