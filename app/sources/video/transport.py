"""What opens a camera: the contract between transports, decoders and the session that joins them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.camera import StreamKind
from app.domain.errors import SourceError
from app.domain.stream_state import FAULT_WORDS, Fault
from app.sources.video.colours import VIDEO_SD, Colours


class Container(StrEnum):
    """How the byte stream between transport and decoder is packed."""

    MPEG_TS = "mpegts"
    MATROSKA = "matroska"
    MULTIPART_JPEG = "multipart_jpeg"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What an open camera says of itself: visible size in pixels, pictures a second (None: unknown)."""

    width: int
    height: int
    fps: float | None
    codec: str
    aspect: float
    container: Container
    colours: Colours = VIDEO_SD


class TransportError(SourceError):
    """The camera cannot be opened or was lost. Carries a fault, never an address."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(FAULT_WORDS[fault])
        self.fault = fault


class SizeChanged(Exception):  # noqa: N818 - an event, not an error
    """The camera's pictures have another size from now on: carry on with a decoder of the new facts."""


class Sink(Protocol):
    """Where the bytes go: the decoder's end of the pipe."""

    def write(self, data: bytes) -> int:
        """Take all bytes and return their number.

        Raises:
            BrokenPipeError: the decoder does not read any more.
            TimeoutError: it has not read for seconds.
        """
        ...


Expect = Callable[[float | None, bool], bool]
"""Told of a packet that has just arrived: its picture's time stamp in the byte stream in seconds (None where
that has none) and whether it is a key picture. False: leave it out, the decoder is behind."""


class Transport(Protocol):
    """An open camera. One thread opens, carries and closes it."""

    facts: SourceFacts

    def carry(self, sink: Sink, expect: Expect, stopping: threading.Event) -> None:
        """Carry packets into ``sink`` until ``stopping`` is set, asking ``expect`` before each picture.

        Raises:
            TransportError: the camera failed or ended.
            SizeChanged: ``facts`` are others now; `carry` goes on where it was with a sink for those.
        """
        ...

    def close(self) -> None:
        """Free everything; may take as long as the transport's read timeout."""
        ...


OpenTransport = Callable[[StreamKind, str, float | None], Transport]
"""Opens (kind, address, pictures a second if known); raises TransportError."""
