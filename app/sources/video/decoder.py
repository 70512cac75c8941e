"""What turns a camera's bytes into pictures in a ring: kept by FFmpeg, libVLC and a synthetic one."""

from __future__ import annotations

from typing import Protocol

from app.sources.video.privacy_masks import Masks
from app.sources.video.ring import RingWriter
from app.sources.video.transport import Packet, SourceFacts


class Decoding(Protocol):
    """One stream being decoded."""

    def put(self, packet: Packet) -> bool:
        """Decode a packet; returns at once. False: the decoder is behind, so the packet was left out."""
        ...

    def use_ring(self, ring: RingWriter) -> None:
        """Write into that ring, of whatever size, from the next picture on."""
        ...

    def use_masks(self, masks: Masks) -> None:
        """Blank these from the next picture on, in place of those before.

        A ring that is given after them gets no picture without them.
        """
        ...

    def poll(self, now: float) -> None:
        """Look after the decoder; called several times a second."""
        ...

    def needs_restart(self) -> bool:
        """Say whether the run must be made anew: the pictures have another size, or the decoder gave up."""
        ...

    def stop(self) -> None:
        """End it. May block for as long as the decoder likes; a second call is harmless."""
        ...


class Decoder(Protocol):
    """Starts decodings; one for the whole worker."""

    words: str
    """How it decodes, in the operator's words."""

    @property
    def in_hardware(self) -> bool:
        """Say whether it may use the computer's hardware decoder."""
        ...

    def start(self, ring: RingWriter, facts: SourceFacts, masks: Masks) -> Decoding:
        """Decode a stream of those facts into ``ring``, which never holds a pixel that a mask hides.

        Raises:
            TransportError: the decoder cannot take it.
        """
        ...

    def fall_back(self, decoding: Decoding) -> bool:
        """Decode in another way from now on, since this decoding gave no picture; False: there is none."""
        ...
