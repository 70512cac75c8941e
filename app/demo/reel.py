"""Reels: pre-encoded pictures in one file, as the demo's servers play them round and round.

A reel is one line of JSON (codec, size, rate, the byte length of every picture), then the pictures'
bytes one after the other. One file, so that a rename makes it appear whole or not at all. Standard
library only: the RTSP server reads reels with the system's Python.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reel:
    """A loop of encoded pictures: H.264 access units in Annex B form, or JPEG files.

    ``key_every`` is the distance of the pictures that can be decoded alone; the first one always can.
    """

    codec: str
    width: int
    height: int
    fps: float
    key_every: int
    pictures: tuple[bytes, ...]

    @property
    def duration_s(self) -> float:
        """Length of one round in seconds."""
        return len(self.pictures) / self.fps

    def picture(self, number: int) -> bytes:
        """Return the picture with that running number; numbers go on past the end of the loop."""
        return self.pictures[number % len(self.pictures)]

    def is_key(self, number: int) -> bool:
        """Say whether the picture with that running number can be decoded alone."""
        return number % len(self.pictures) % self.key_every == 0


def write_reel(path: Path, reel: Reel) -> None:
    """Write a reel so that ``path`` either does not exist or is whole."""
    head = {
        "codec": reel.codec,
        "width": reel.width,
        "height": reel.height,
        "fps": reel.fps,
        "key_every": reel.key_every,
        "sizes": [len(picture) for picture in reel.pictures],
    }
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with half.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.writelines(reel.pictures)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def read_reel(path: Path) -> Reel:
    """Read a reel.

    Raises:
        ValueError: the file is not a reel or is cut short.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = json.loads(file.readline())
        body = file.read()
    if not isinstance(head, dict) or not head.get("sizes"):
        raise ValueError(f"{path.name} is not a reel")
    return Reel(
        codec=str(head["codec"]),
        width=int(head["width"]),
        height=int(head["height"]),
        fps=float(head["fps"]),
        key_every=int(head["key_every"]),
        pictures=_cut(body, head["sizes"], path.name),
    )


def _cut(body: bytes, sizes: Sequence[int], name: str) -> tuple[bytes, ...]:
    ends = list(accumulate(sizes))
    if ends[-1] != len(body):
        raise ValueError(f"{name} holds {len(body)} bytes of pictures where its index names {ends[-1]}")
    return tuple(body[end - size : end] for end, size in zip(ends, sizes, strict=True))
