"""The ring of pictures in shared memory, both ends in one process."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from app.domain.errors import ProtocolError, SourceError
from app.sources.video import segment as segments
from app.sources.video.ring import RingReader, RingShape, RingWriter, create_ring
from app.sources.video.segment import NoRoomError, Segment

SHAPE = RingShape(width=62, height=20, aspect=1.5)


@pytest.fixture
def segment() -> Iterator[Segment]:
    made = create_ring(SHAPE, generation=3)
    yield made
    made.unlink()


def write_picture(writer: RingWriter, value: int, now: float = 1.0) -> None:
    ctypes.memset(writer.begin(), value, writer.stride * writer.height)
    writer.publish(now)


def test_an_empty_ring_has_no_picture(segment: Segment) -> None:
    reader = RingReader(segment)
    assert reader.newest() is None
    assert reader.newest_number == 0
    assert reader.figures().last_picture_at is None


def test_a_published_picture_is_read_with_its_number_and_time(segment: Segment) -> None:
    writer = RingWriter(Segment.attach(segment.name, SHAPE.total_bytes))
    write_picture(writer, 7, now=42.5)
    frame = RingReader(segment).newest(base=100)
    assert frame is not None
    assert (frame.number, frame.arrived_at, frame.aspect) == (101, 42.5, 1.5)
    assert (frame.width, frame.height, frame.stride) == (62, 20, 256)
    assert bytes(frame.pixels) == b"\x07" * (256 * 20)
    assert frame.still_whole()
    assert writer.generation == 3


def test_a_picture_is_read_with_its_own_delay(segment: Segment) -> None:
    writer, reader = RingWriter(segment), RingReader(segment)
    for now, behind_s in ((1.0, 3.0), (2.0, 0.5)):
        writer.begin()
        writer.publish(now, behind_s)
        frame, figures = reader.newest(), reader.figures()
        assert frame is not None
        assert (frame.arrived_at, frame.behind_s) == (now, behind_s)
        assert (figures.last_picture_at, figures.behind_s) == (now, behind_s)


def test_a_picture_that_is_being_written_is_not_handed_out(segment: Segment) -> None:
    writer, reader = RingWriter(segment), RingReader(segment)
    write_picture(writer, 1)
    ctypes.memset(writer.begin(), 2, writer.stride * writer.height // 2)
    frame = reader.newest()
    assert frame is not None
    assert set(bytes(frame.pixels)) == {1}


def test_a_frame_notices_that_it_was_overwritten(segment: Segment) -> None:
    writer, reader = RingWriter(segment), RingReader(segment)
    write_picture(writer, 1)
    frame = reader.newest()
    assert frame is not None
    for value in range(2, SHAPE.slots + 1):
        write_picture(writer, value)
        assert frame.still_whole()
    writer.begin()
    assert not frame.still_whole()


def test_the_newest_of_many_pictures_is_read_at_every_turn(segment: Segment) -> None:
    writer, reader = RingWriter(segment), RingReader(segment)
    for number in range(1, 20):
        write_picture(writer, number)
        frame = reader.newest()
        assert frame is not None
        assert frame.number == number
        assert set(bytes(frame.pixels)) == {number}


def test_frames_outlive_the_ring_that_they_came_from() -> None:
    segment = create_ring(SHAPE, 1)
    writer = RingWriter(segment)
    write_picture(writer, 9)
    frame = RingReader(segment).newest()
    segment.unlink()
    del segment, writer
    assert frame is not None
    assert set(bytes(frame.pixels)) == {9}


def test_packets_are_counted_with_their_bytes_and_those_left_out_beside_them(segment: Segment) -> None:
    writer, reader = RingWriter(segment), RingReader(segment)
    writer.count_packet(5.0, 40_000)
    writer.count_packet(5.1, 2_345)
    writer.count_left_out()
    figures = reader.figures()
    assert (figures.packets_read, figures.bytes_read, figures.packets_left_out) == (2, 42_345, 1)
    assert figures.last_packet_at == 5.1
    assert (figures.pictures_decoded, figures.last_picture_at) == (0, None)


def test_rubbish_is_not_taken_for_a_ring() -> None:
    segment = Segment.create(8192)
    try:
        with pytest.raises(ProtocolError):
            RingReader(segment)
        with pytest.raises(ProtocolError):
            RingWriter(segment)
    finally:
        segment.unlink()


def test_a_segment_that_is_gone_cannot_be_attached() -> None:
    with pytest.raises(SourceError):
        Segment.attach("wf-0-nothing", 4096)


def test_a_ring_is_readable_by_its_user_alone(segment: Segment) -> None:
    assert (segments.directory() / segment.name).stat().st_mode & 0o077 == 0


def test_full_shared_memory_is_an_error_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(segments.directory().iterdir())
    full = SimpleNamespace(f_frsize=4096, f_bavail=2000, f_blocks=16384)
    monkeypatch.setattr(os, "fstatvfs", lambda _file: full)
    with pytest.raises(NoRoomError):
        create_ring(RingShape(1920, 1080, 16 / 9), 1)
    assert set(segments.directory().iterdir()) <= before


def test_what_a_dead_console_left_behind_is_swept_and_the_living_keep_theirs(segment: Segment) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = segments.directory() / f"{segments.PREFIX}{gone.pid}-0123"
    left.write_bytes(b"pictures")
    assert left.name in segments.sweep()
    assert not left.exists()
    assert (segments.directory() / segment.name).exists()
