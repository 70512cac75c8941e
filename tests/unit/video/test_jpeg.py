"""JPEG sizes and multipart streams, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sources.video import jpeg
from app.sources.video.jpeg import MultipartPictures, boundary_of, jpeg_size
from tests.fakes.video_clips import encode_jpeg

PICTURES = [encode_jpeg(index, 64, 48) for index in range(3)]


def test_the_size_comes_from_the_frame_header() -> None:
    assert jpeg_size(encode_jpeg(0, 320, 180)) == (320, 180)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_size(data: bytes) -> None:
    for candidate in (data, b"\xff\xd8" + data):
        size = jpeg_size(candidate)
        assert size is None or min(size) > 0


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/x-mixed-replace; boundary=frame", b"frame"),
        ('multipart/x-mixed-replace;boundary="--frame"', b"frame"),
        ("Multipart/Mixed; charset=x; Boundary=a b", b"a b"),
        ("multipart/x-mixed-replace", None),
        ("image/jpeg", None),
    ],
)
def test_cameras_name_their_boundary_in_many_ways(content_type: str, boundary: bytes | None) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize("chunk", [1, 7, 1000, 100_000])
def test_pictures_are_cut_out_however_they_arrive(length: bool, newline: bytes, chunk: int) -> None:
    stream = b""
    for picture in PICTURES:
        stream += b"--frame" + newline + b"Content-Type: image/jpeg" + newline
        stream += b"Content-Length: %d%s" % (len(picture), newline) if length else b""
        stream += newline + picture + newline
    stream += b"--frame--" + newline
    parts, found = MultipartPictures(b"frame"), []
    for at in range(0, len(stream), chunk):
        found += parts.feed(stream[at : at + chunk])
    assert found == PICTURES


def test_parts_that_are_no_pictures_are_left_out() -> None:
    parts = MultipartPictures(b"frame")
    assert parts.feed(b"--frame\r\nContent-Type: text/plain\r\n\r\nhello\r\n--frame\r\n") == []


def test_a_part_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "LARGEST_BYTES", 1000)
    parts = MultipartPictures(b"frame")
    with pytest.raises(ValueError, match="too large"):
        parts.feed(b"x" * 2000)
