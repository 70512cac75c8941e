"""A camera's sound on its way: left in the demuxer, unread, for as long as nobody listens.

It comes over the pictures' own connection. Whoever listens may come and go at any time, from any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import av
from av.stream import Discard

Ear = Callable[[bytes], None]
"""Takes one coded packet; returns at once."""


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What an open camera says of its sound. ``header`` is what the decoder needs besides the packets."""

    codec: str
    rate: int
    channels: int
    header: bytes


class SoundTrack:
    """One open camera's sound. The transport's thread follows and hands on; any thread sets ``ear``."""

    def __init__(self, stream: av.AudioStream) -> None:
        """Take the stream and have its packets discarded."""
        self.stream = stream
        codec = stream.codec_context
        header = bytes(codec.extradata or b"")
        self.facts = SoundFacts(codec.name, codec.sample_rate or 0, codec.channels or 0, header)
        self.ear: Ear | None = None
        """Who listens now."""
        self._wanted = True
        self.follow()

    def follow(self) -> None:
        """Have packets read or discarded, as there is an ear for them or none."""
        wanted = self.ear is not None
        if wanted != self._wanted:
            self._wanted = wanted
            self.stream.discard = Discard.none if wanted else Discard.all

    def hand_on(self, packet: bytes) -> None:
        """Give a packet to the ear, if there still is one."""
        ear = self.ear
        if ear is not None and packet:
            ear(packet)
