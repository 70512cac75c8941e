"""A ring of pictures in shared memory: one writer (a decoder worker), one reader (the console), no locks.

A killed holder never lets go of a lock, so there is none. The header is an array of 8-byte words, each
stored and loaded in one piece; times are seconds of the machine's monotonic clock, 0 for never.

    0 magic        1 version     2 generation   3 total bytes   4 width        5 height
    6 stride       7 format      8 slots        9 bytes a slot  10 aspect      16 newest picture's number
    17 packets     18 pictures   19 last packet 20 last picture 21 wall clock  22 heartbeat
    23 packets' bytes            24 packets that were left out                 25 last picture's delay
    32 + 4 k       of slot k: number before, number after, arrived at, delay when it arrived (seconds)

Picture n (from 1) lives in slot n % slots, so the newest slot is the newest number % slots. The writer
puts n into "before", then the pixels, then n into "after", then n into "newest". Whoever has read pixels
and finds "before" unchanged has read a whole picture. On machines with weak memory order the interpreter's
own locks, taken between those steps, are the barriers.
"""

from __future__ import annotations

import ctypes
import mmap
import time
from dataclasses import dataclass

from app.domain.errors import ProtocolError
from app.domain.ports import Frame
from app.sources.video.segment import Segment

MAGIC = int.from_bytes(b"WFRING01", "little")
VERSION = 3
FORMAT_BGRX = int.from_bytes(b"RV32", "little")
SLOTS = 3
_HEADER_BYTES = 4096
_ALIGN = 64
_NEWEST, _PACKETS, _PICTURES, _LAST_PACKET, _LAST_PICTURE, _WALL_CLOCK, _HEARTBEAT = range(16, 23)
_BYTES, _LEFT_OUT, _BEHIND = 23, 24, 25
_ASPECT = 10
_SLOT_WORDS = 32


@dataclass(frozen=True, slots=True)
class RingShape:
    """What a ring holds: pictures of ``width`` × ``height`` pixels, meant to be seen at ``aspect``."""

    width: int
    height: int
    aspect: float
    slots: int = SLOTS

    @property
    def stride(self) -> int:
        """Bytes from one row to the next: four a pixel, rows start on a cache line."""
        return -(-self.width * 4 // _ALIGN) * _ALIGN

    @property
    def slot_bytes(self) -> int:
        """Bytes of one slot, with a spare cache line behind the picture."""
        return self.stride * self.height + _ALIGN

    @property
    def total_bytes(self) -> int:
        """Bytes of the whole segment, in whole pages."""
        return -(-(_HEADER_BYTES + self.slots * self.slot_bytes) // mmap.PAGESIZE) * mmap.PAGESIZE


@dataclass(frozen=True, slots=True)
class RingFigures:
    """The header's counters at one moment; times are None for never."""

    packets_read: int
    bytes_read: int
    packets_left_out: int
    pictures_decoded: int
    last_packet_at: float | None
    last_picture_at: float | None
    behind_s: float
    heartbeat_at: float | None


class _Words:
    """The header of a mapped segment as integers and as floats."""

    def __init__(self, segment: Segment) -> None:
        header = memoryview(segment.memory)[:_HEADER_BYTES]
        self.u64 = header.cast("Q")
        self.f64 = header.cast("d")


def create_ring(shape: RingShape, generation: int) -> Segment:
    """Create the shared memory of a ring and write its header.

    Raises:
        NoRoomError: the shared memory does not fit; nothing was created.
    """
    segment = Segment.create(shape.total_bytes)
    words = _Words(segment)
    words.u64[1:10] = memoryview(
        _as_words(
            VERSION,
            generation,
            shape.total_bytes,
            shape.width,
            shape.height,
            shape.stride,
            FORMAT_BGRX,
            shape.slots,
            shape.slot_bytes,
        )
    )
    words.f64[_ASPECT] = shape.aspect
    words.u64[0] = MAGIC
    return segment


def _as_words(*values: int) -> memoryview:
    return memoryview(b"".join(value.to_bytes(8, "little") for value in values)).cast("Q")


class RingWriter:
    """The decoder's side. Not thread-safe: pictures are written by one thread, counters by another."""

    def __init__(self, segment: Segment) -> None:
        """Attach to a ring that the console created.

        Raises:
            ProtocolError: the segment is not a ring of this version.
        """
        words = _Words(segment)
        _check(words)
        self._u64, self._f64 = words.u64, words.f64
        self.generation = words.u64[2]
        self.width, self.height, self.stride = words.u64[4], words.u64[5], words.u64[6]
        self._slots, self._slot_bytes = words.u64[8], words.u64[9]
        # The export keeps the mapping alive for as long as libVLC may write into it.
        self._export = ctypes.c_char.from_buffer(segment.memory)
        self._pixels_at = ctypes.addressof(self._export) + _HEADER_BYTES

    @property
    def newest(self) -> int:
        """Number of the newest complete picture, 0 for none."""
        return self._u64[_NEWEST]

    @property
    def packets_read(self) -> int:
        """Packets counted so far."""
        return self._u64[_PACKETS]

    @property
    def last_picture_at(self) -> float:
        """When the newest picture arrived, 0 for never."""
        return self._f64[_LAST_PICTURE]

    def address(self, number: int) -> int:
        """Return where picture ``number`` lies in this process's memory."""
        return self._pixels_at + (number % self._slots) * self._slot_bytes

    def begin(self) -> int:
        """Open the next picture's slot for writing and return its address; doing it again is harmless."""
        number = self._u64[_NEWEST] + 1
        slot = number % self._slots
        self._u64[_SLOT_WORDS + 4 * slot] = number
        return self._pixels_at + slot * self._slot_bytes

    def publish(self, arrived_at: float, behind_s: float = 0.0) -> None:
        """Make the slot that `begin` opened the newest picture; its packet arrived then, that late."""
        number = self._u64[_NEWEST] + 1
        at = _SLOT_WORDS + 4 * (number % self._slots)
        self._f64[at + 2], self._f64[at + 3] = arrived_at, behind_s
        self._u64[at + 1] = number
        self._u64[_PICTURES] += 1
        # No reader may find an old picture's delay with a new one's date, which would make it younger.
        self._f64[_BEHIND] = max(behind_s, self._f64[_BEHIND])
        self._f64[_LAST_PICTURE] = arrived_at
        self._f64[_BEHIND] = behind_s
        self._f64[_WALL_CLOCK] = time.time()
        self._u64[_NEWEST] = number

    def count_packet(self, arrived_at: float, size: int) -> None:
        """Record that the transport has read a packet of ``size`` bytes."""
        self._u64[_PACKETS] += 1
        self._u64[_BYTES] += size
        self._f64[_LAST_PACKET] = arrived_at

    def count_left_out(self) -> None:
        """Record that the decoder was behind and did not get a packet."""
        self._u64[_LEFT_OUT] += 1

    def beat(self, now: float) -> None:
        """Record that the worker is alive."""
        self._f64[_HEARTBEAT] = now


class RingReader:
    """The console's side: reads on the paint tick and never waits."""

    def __init__(self, segment: Segment) -> None:
        """Look at a ring.

        Raises:
            ProtocolError: the segment is not a ring of this version.
        """
        words = _Words(segment)
        _check(words)
        self._u64, self._f64 = words.u64, words.f64
        self.width, self.height, self.stride = words.u64[4], words.u64[5], words.u64[6]
        self.aspect = words.f64[_ASPECT]
        self._slots = words.u64[8]
        size, step = self.stride * self.height, words.u64[9]
        pixels = memoryview(segment.memory)
        self._pictures = [
            pixels[_HEADER_BYTES + k * step : _HEADER_BYTES + k * step + size].toreadonly()
            for k in range(self._slots)
        ]

    @property
    def newest_number(self) -> int:
        """Number of the newest complete picture, 0 for none."""
        return self._u64[_NEWEST]

    def newest(self, base: int = 0) -> Frame | None:
        """Return the newest whole picture, None when there is none; ``base`` is added to its number."""
        for _ in range(self._slots):
            number = self._u64[_NEWEST]
            if not number:
                return None
            slot = number % self._slots
            at = _SLOT_WORDS + 4 * slot
            if self._u64[at] == number == self._u64[at + 1]:
                return Frame(
                    pixels=self._pictures[slot],
                    width=self.width,
                    height=self.height,
                    stride=self.stride,
                    number=base + number,
                    arrived_at=self._f64[at + 2],
                    aspect=self.aspect,
                    still_whole=_Unchanged(self._u64, at, number),
                    behind_s=self._f64[at + 3],
                )
        return None

    def figures(self) -> RingFigures:
        """Return the counters as they stand."""
        u64, f64 = self._u64, self._f64
        return RingFigures(
            packets_read=u64[_PACKETS],
            bytes_read=u64[_BYTES],
            packets_left_out=u64[_LEFT_OUT],
            pictures_decoded=u64[_PICTURES],
            last_packet_at=f64[_LAST_PACKET] or None,
            last_picture_at=f64[_LAST_PICTURE] or None,
            behind_s=f64[_BEHIND],
            heartbeat_at=f64[_HEARTBEAT] or None,
        )


class _Unchanged:
    """Says whether a slot still belongs to the picture that was handed out."""

    __slots__ = ("_at", "_number", "_u64")

    def __init__(self, u64: memoryview, at: int, number: int) -> None:
        self._u64, self._at, self._number = u64, at, number

    def __call__(self) -> bool:
        return bool(self._u64[self._at] == self._number)


def _check(words: _Words) -> None:
    if words.u64[0] != MAGIC or words.u64[1] != VERSION:
        raise ProtocolError("shared memory does not hold a picture ring of this version")
    if words.u64[7] != FORMAT_BGRX:
        raise ProtocolError("picture ring has an unknown pixel format")
