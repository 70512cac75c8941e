"""Pictures that carry the time at which they were drawn, encoded as a live camera would."""

from __future__ import annotations

import time
from fractions import Fraction

import av
import numpy as np

from tests.benchmarks.clock_code import Picture, draw

WIDTH, HEIGHT, FPS = 640, 360, 25
KEY_EVERY = FPS
_BITS = 1_500_000


class ClockPictures:
    """Draws and encodes one picture after the other: H.264, no B-pictures, nothing held back."""

    def __init__(self) -> None:
        ramp = np.add.outer(np.arange(HEIGHT), np.arange(WIDTH))
        self._ground: Picture = (60 + ramp % 120).astype(np.uint8)
        self._number = 0
        self._encoder = av.CodecContext.create("libx264", "w")
        self._encoder.width, self._encoder.height = WIDTH, HEIGHT
        self._encoder.pix_fmt, self._encoder.bit_rate = "yuv420p", _BITS
        self._encoder.time_base, self._encoder.framerate = Fraction(1, FPS), Fraction(FPS)
        self._encoder.gop_size, self._encoder.max_b_frames = KEY_EVERY, 0
        self._encoder.thread_count = 1
        self._encoder.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "x264-params": "repeat-headers=1:scenecut=0",
        }

    def next_unit(self) -> tuple[bytes, bool]:
        """Return a picture of now as one access unit, and whether it is a key picture."""
        return self.unit_of(round(1000 * time.monotonic()))

    def unit_of(self, ms: int) -> tuple[bytes, bool]:
        """Return a picture with those milliseconds as one access unit, and whether it is a key picture."""
        # What moves behind the clock lets no picture be empty.
        picture = np.roll(self._ground, 4 * self._number, axis=1)
        draw(picture, ms)
        frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
        frame.pts = self._number
        self._number += 1
        packets = self._encoder.encode(frame)
        return b"".join(bytes(packet) for packet in packets), any(p.is_keyframe for p in packets)
