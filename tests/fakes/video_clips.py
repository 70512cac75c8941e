"""Small deterministic clips for the video tests: drawn and encoded by PyAV, then looped by the servers."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def picture(index: int, width: int, height: int) -> np.ndarray:
    """Draw picture ``index``: a diagonal ramp and a bright bar that moves 8 pixels per picture."""
    ramp = (np.add.outer(np.arange(height), np.arange(width)) % 160).astype(np.uint8)
    image = np.stack([ramp, ramp // 2, 160 - ramp], axis=2)
    left = (index * 8) % (width - 32)
    image[height // 4 : height // 2, left : left + 32] = (250, 250, 40)
    return image


def encode_access_units(
    width: int = 640,
    height: int = 360,
    fps: int = 15,
    seconds: float = 4.0,
    codec: str = "libx264",
    gop: int = 15,
) -> list[bytes]:
    """Return the clip's access units (Annex B, parameter sets in front of each key picture)."""
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, fps), Fraction(fps)
    encoder.gop_size, encoder.max_b_frames, encoder.thread_count = gop, 0, 1
    encoder.bit_rate = width * height * 2
    encoder.options = {
        "preset": "veryfast",
        "tune": "zerolatency",
        "x264-params": "repeat-headers=1:scenecut=0",
    }
    units: list[bytes] = []
    for index in range(int(fps * seconds)):
        frame = av.VideoFrame.from_ndarray(picture(index, width, height), format="rgb24")
        frame.pts = index
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units + [bytes(packet) for packet in encoder.encode(None)]


def write_clip(path: Path, units: list[bytes]) -> Path:
    """Write access units, each behind its length as four big-endian bytes."""
    with path.open("wb") as out:
        for unit in units:
            out.write(struct.pack(">I", len(unit)) + unit)
    return path


def encode_jpeg(index: int, width: int = 320, height: int = 180) -> bytes:
    """Return picture ``index`` as one JPEG file."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(picture(index, width, height), format="rgb24").reformat(
        format="yuvj420p"
    )
    frame.pts = 0
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
