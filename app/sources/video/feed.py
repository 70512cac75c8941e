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
        self._needs_key = False
        """What the decoder was given last is not what the next packets build on."""
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
            # What came in a run before is not this decoder's present.
            self._fed_s = self.tape.newest_s
            self._needs_key = False

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
            if self._needs_key and not packet.key:
                return False
            self._needs_key = False
            self._fed_s = packet.decoded_s
            return self._decoding.put(packet)

    def rest(self) -> None:
        """Decode nothing until `wake`."""
        with self._lock:
            self._resting = True

    def wake(self) -> bool:
        """Decode again, from the present on; say whether a picture is owed from now on."""
        with self._lock:
            if not self._resting:
                return False
            self._resting = False
            if self._decoding is None or self.tape is None:
                return False
            missed = self.tape.catch_up(self._fed_s)
            if missed is None:
                # A camera that sends none in time is asked anew, which brings one.
                self._needs_key = True
                return True
            taken = False
            for packet in missed:
                last = missed[-1]
                # Dated like the last one: a decoder that is behind would be given nothing.
                unseen = packet._replace(arrived_at=last.arrived_at, shown=False)
                taken = self._decoding.put(packet if packet is last else unseen) or taken
                self._fed_s = packet.decoded_s
            return taken
