"""Where a stream's packets go: onto its tape always, to its decoder unless nobody looks.

A stream at rest keeps its camera and its tape. When it is looked at again the decoder gets the newest key
picture and all since then at once, and only the last of them is shown: the present, not the past run fast.
"""

from __future__ import annotations

import threading
from math import inf

from app.sources.video.decoder import Decoding
from app.sources.video.tape import PacketTape
from app.sources.video.transport import Packet, SourceFacts


class Feed:
    """One stream's. The transport's thread puts packets in, others attach decoders and turn it on and off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoding: Decoding | None = None
        self._resting = False
        self._fed_s = -inf
        self.tape: PacketTape | None = None
        """The last minute of the stream as it is now, None before it was ever open."""

    @property
    def resting(self) -> bool:
        """Whether nothing is decoded, because nobody looks."""
        return self._resting

    def begin(self, facts: SourceFacts, decoding: Decoding) -> None:
        """Feed this decoding from now on; a stream of other facts gets another tape."""
        with self._lock:
            if self.tape is None or self.tape.facts != facts:
                self.tape = PacketTape(facts)
            self._decoding = decoding
            self._fed_s = -inf

    def end(self) -> None:
        """The run is over: its decoding gets nothing any more."""
        with self._lock:
            self._decoding = None

    def put(self, packet: Packet) -> bool | None:
        """Take a packet; say whether the decoder got it: False when it was too late for it, None at rest."""
        with self._lock:
            if self.tape is not None:
                self.tape.add(packet)
            if self._resting or self._decoding is None:
                return None
            self._fed_s = packet.decoded_s
            return self._decoding.put(packet)

    def rest(self) -> None:
        """Decode nothing until `wake`."""
        with self._lock:
            self._resting = True

    def wake(self) -> bool:
        """Decode again, from the present on; say whether a picture is to be expected at once."""
        with self._lock:
            if not self._resting:
                return False
            self._resting = False
            if self._decoding is None or self.tape is None:
                return False
            missed = self.tape.catch_up(self._fed_s)
            for packet in missed:
                if packet is missed[-1]:
                    self._decoding.put(packet)
                else:
                    # Dated like the last one: a decoder that is behind would be given nothing.
                    self._decoding.put(packet._replace(arrived_at=missed[-1].arrived_at, shown=False))
                self._fed_s = packet.decoded_s
            return bool(missed)
