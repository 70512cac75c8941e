"""Measures how much video this machine can decode: for the budget that the quality policy keeps to."""

from __future__ import annotations

import os
import platform
import time
from fractions import Fraction

import av
import numpy as np

from app.sources.video.colours import VIDEO_SD
from app.sources.video.ring import RingShape
from app.sources.video.scaling import scaler_for

_WIDTH, _HEIGHT, _PICTURES = 640, 360, 45
_LEAST_S = 0.4
_CODECS = ("libx264", "mpeg4")
"""The first that this FFmpeg can encode. MPEG-4 decodes somewhat faster than what most cameras send."""
SHARE = 0.22
"""Of the bare rate on all cores: the rest is for carrying, painting, the map and the hub. On two cores 64
tiles of 640×360 at 15 a second, which are 221 million pixels a second, are about what a wall can show."""


def machine() -> str:
    """Return what the measurement holds for; on another machine it must be made again."""
    return f"{platform.machine()} {platform.processor()} {os.cpu_count()} cores, FFmpeg {av.library_versions}"


def measure_budget() -> float:
    """Return how many million pixels a second the wall may ask for on this machine.

    Encodes a moment of moving noise and decodes it again and again for half a second of processor time.
    Other work on the machine does not count. Not on the UI thread.

    Raises:
        OSError: this FFmpeg cannot encode anything to measure with.
    """
    codec, packets = _encoded()
    scaler = scaler_for(VIDEO_SD)
    shape = RingShape(480, 270, 16 / 9)
    target = np.empty(shape.slot_bytes, np.uint8)
    pictures, began = 0, time.thread_time()
    while (spent := time.thread_time() - began) < _LEAST_S:
        decoder = av.CodecContext.create(codec, "r")
        assert isinstance(decoder, av.VideoCodecContext)
        decoder.thread_count = 1
        for packet in [*(av.Packet(data) for data in packets), None]:
            for frame in decoder.decode(packet):
                y, u, v = frame.planes
                planes = (y.buffer_ptr, y.line_size, u.buffer_ptr, u.line_size, v.buffer_ptr, v.line_size)
                scaler.convert(
                    planes, _WIDTH, _HEIGHT, target.ctypes.data, shape.stride, shape.width, shape.height
                )
                pictures += 1
    return SHARE * (os.cpu_count() or 1) * pictures * _WIDTH * _HEIGHT / spent / 1e6


def _encoded() -> tuple[str, list[bytes]]:
    for name in _CODECS:
        try:
            encoder = av.CodecContext.create(name, "w")
        except (av.error.FFmpegError, ValueError):
            continue
        assert isinstance(encoder, av.VideoCodecContext)
        encoder.width, encoder.height, encoder.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        encoder.time_base, encoder.framerate = Fraction(1, 15), Fraction(15)
        encoder.gop_size, encoder.thread_count = 30, 1
        # What a street camera sends of such a picture.
        encoder.bit_rate = 800_000
        return encoder.codec.canonical_name, [
            bytes(p) for frame in _pictures() for p in encoder.encode(frame)
        ]
    raise OSError("this FFmpeg cannot encode anything to measure decoding with")


def _pictures() -> list[av.VideoFrame | None]:
    noise = np.random.default_rng(1).integers(60, 190, (_HEIGHT // 4, _WIDTH // 4), np.uint8)
    ground = np.kron(noise, np.ones((4, 4), np.uint8))
    frames: list[av.VideoFrame | None] = []
    for n in range(_PICTURES):
        grey = np.roll(ground, 3 * n, axis=1)
        frame = av.VideoFrame.from_ndarray(np.dstack([grey, grey, grey]), format="rgb24").reformat(
            format="yuv420p"
        )
        frame.pts = n
        frames.append(frame)
    return [*frames, None]
