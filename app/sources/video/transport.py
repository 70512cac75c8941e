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


class TransportError(SourceError):
    """The camera cannot be opened or was lost. Carries a fault, never an address."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(FAULT_WORDS[fault])
        self.fault = fault


class SizeChanged(Exception):  # noqa: N818 - an event, not an error
    """The camera's pictures have another size from now on: the stream must be opened anew."""


class Sink(Protocol):
    """Where the bytes go: the decoder's end of the pipe."""

    def write(self, data: bytes) -> int:
        """Take all bytes and return their number.

        Raises:
            BrokenPipeError: the decoder does not read any more.
            TimeoutError: it has not read for seconds.
        """
        ...


class Transport(Protocol):
    """An open camera. One thread opens, carries and closes it."""

    facts: SourceFacts

    def carry(self, sink: Sink, count_packet: Callable[[], None], stopping: threading.Event) -> None:
        """Carry packets into ``sink`` until ``stopping`` is set, calling ``count_packet`` for each picture.

        Raises:
            TransportError: the camera failed or ended.
        """
        ...

    def close(self) -> None:
        """Free everything; may take as long as the transport's read timeout."""
        ...


OpenTransport = Callable[[StreamKind, str, float | None], Transport]
"""Opens (kind, address, pictures a second if known); raises TransportError."""
