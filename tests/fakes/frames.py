"""A deterministic FrameSource: what a decoder does to the wall, on command."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.domain.camera import Quality, StreamKey
from app.domain.ids import CameraId
from app.domain.ports import Clock, Frame

SLOTS = 3


@dataclass
class Picture:
    """One stream's ring of slots, as a decoder would write it."""

    width: int
    height: int
    hue: int
    number: int = 0
    arrived_at: float = 0.0
    tears: int = 0
    aspect: float | None = None
    spare_bytes: int = 0
    behind_s: float = 0.0
    slots: list[bytearray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.slots = [bytearray(self.stride * self.height) for _ in range(SLOTS)]

    @property
    def stride(self) -> int:
        """Bytes from one row to the next."""
        return self.width * 4 + self.spare_bytes


class PatternFrames:
    """Streams of a coloured ground with a bright bar that moves a step with each picture."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._streams: dict[StreamKey, Picture] = {}
        self.asked_newest = 0

    def open(
        self, key: StreamKey, width: int = 64, height: int = 36, hue: int = 0, spare_bytes: int = 0
    ) -> None:
        """Open a stream; it has no picture until `step`. ``spare_bytes`` lie behind each row's pixels."""
        self._streams[key] = Picture(width, height, hue, spare_bytes=spare_bytes)

    def step(self, key: StreamKey, pixels: npt.NDArray[np.uint8] | None = None) -> int:
        """Decode one more picture, now, and return its number; ``pixels`` is rows of (B, G, R, X)."""
        stream = self._streams[key]
        number = stream.number + 1
        slot = np.frombuffer(stream.slots[number % SLOTS], dtype=np.uint8)
        slot = slot.reshape(stream.height, stream.stride)[:, : stream.width * 4]
        slot = slot.reshape(stream.height, stream.width, 4, copy=False)
        if pixels is None:
            slot[:] = ((40, 120, 200), (200, 90, 40), (60, 180, 60))[stream.hue % 3] + (255,)
            width = max(1, stream.width // 8)
            at = number * 4 % max(1, stream.width - width)
            slot[:, at : at + width] = 255
        else:
            slot[:] = pixels
        stream.number = number
        stream.arrived_at = self._clock.monotonic()
        return number

    def be_late(self, key: StreamKey, behind_s: float) -> None:
        """Let this stream's pictures be that old already when they arrive."""
        self._streams[key].behind_s = behind_s

    def tear(self, key: StreamKey, times: int = 1) -> None:
        """Let the next ``times`` paints of this stream find that their slot was written over."""
        self._streams[key].tears = times

    def resize(self, key: StreamKey, width: int, height: int, aspect: float | None = None) -> None:
        """Change the picture's size in mid-stream; the numbers go on."""
        before = self._streams[key]
        self._streams[key] = Picture(
            width, height, before.hue, before.number, before.arrived_at, aspect=aspect
        )
        self.step(key)

    def vanish(self, key: StreamKey) -> None:
        """Take the stream's memory away, as when its last lease ends."""
        del self._streams[key]

    def newest_number(self, key: StreamKey) -> int:
        """Return the newest picture's number, 0 when there is none."""
        stream = self._streams.get(key)
        return stream.number if stream else 0

    def newest(self, key: StreamKey) -> Frame | None:
        """Return the newest picture."""
        stream = self._streams.get(key)
        if stream is None or stream.number == 0:
            return None
        self.asked_newest += 1

        def still_whole() -> bool:
            if stream.tears > 0:
                stream.tears -= 1
                return False
            return True

        return Frame(
            memoryview(stream.slots[stream.number % SLOTS]),
            stream.width,
            stream.height,
            stream.stride,
            stream.number,
            stream.arrived_at,
            stream.aspect or stream.width / stream.height,
            still_whole,
            stream.behind_s,
        )


class ChosenStreams:
    """Implements the wall's StreamChoice: the sub stream of each camera unless told otherwise."""

    def __init__(self) -> None:
        self.chosen: dict[CameraId, StreamKey | None] = {}
        self.watermarks: dict[CameraId, str] = {}

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream to paint."""
        return self.chosen.get(camera_id, StreamKey(camera_id, Quality.SUB))

    def watermark_of(self, camera_id: CameraId) -> str:
        """Return what a camera's pictures are marked with."""
        return self.watermarks.get(camera_id, "")

    def live_beside(self, camera_id: CameraId) -> StreamKey | None:
        """Return the live stream of a camera whose replay is painted."""
        return StreamKey(camera_id, Quality.SUB)

    def is_lit(self, camera_id: CameraId) -> bool:
        """Say that everything may be seen: nobody has locked anything."""
        return True
