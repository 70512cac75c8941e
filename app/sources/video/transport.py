"""What opens a camera: the contract between transports, decoders and the session that joins them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.domain.camera import StreamKind
from app.domain.errors import SourceError
from app.domain.stream_state import FAULT_WORDS, Fault
from app.sources.video.colours import Colours


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What an open camera says of itself: visible size in pixels, pictures a second (None: unknown)."""

    width: int
    height: int
    fps: float | None
    codec: str
    aspect: float
    colours: Colours


class TransportError(SourceError):
    """The camera cannot be opened or was lost. Carries a fault, never an address."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(FAULT_WORDS[fault])
        self.fault = fault


class SizeChanged(Exception):  # noqa: N818 - an event, not an error
    """The camera's pictures have another size from now on: carry on with a decoder of the new facts."""


class Packet(NamedTuple):
    """One coded picture, H.264 and H.265 with start codes. Times in monotonic seconds.

    ``decoded_s`` and ``shown_s`` order the pictures for decoding and for showing; in a run each
    ``shown_s`` is unique by at least two milliseconds, and ``decoded_s`` strictly increases.
    """

    data: bytes
    arrived_at: float
    decoded_s: float
    shown_s: float
    key: bool
    shown: bool = True
    """False: others build on this picture, but it is the past and not to be seen."""
    behind_s: float = 0.0
    """How old it was already when it arrived; see `Lateness`."""


class Sink(Protocol):
    """Where the packets go: the decoder."""

    def put(self, packet: Packet) -> None:
        """Take a packet; returns at once."""
        ...


class Transport(Protocol):
    """An open camera. One thread opens, carries and closes it."""

    facts: SourceFacts

    def carry(self, sink: Sink, stopping: threading.Event) -> None:
        """Carry packets into ``sink`` until ``stopping`` is set.

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
