"""Keeps the last minute of a stream's packets, for a replay and for a quick return after a rest.

The packets are the camera's own, still coded: a minute of a 640×360 stream is some four megabytes, and no
second connection to the camera is needed.
"""

from __future__ import annotations

import threading
from collections import deque
from math import inf

from app.sources.video.transport import Packet, SourceFacts

SPAN_S = 60.0
MOST_BYTES = 48 << 20
"""Of one stream: a minute of 6 Mbit/s. A faster stream is kept for a shorter time, so that the tapes of a
worker's four streams stay far below the memory at which it is emptied."""


class PacketTape:
    """The newest packets of a stream with one set of `SourceFacts`, in whole groups from a key picture on.

    One thread adds; any thread reads.
    """

    def __init__(self, facts: SourceFacts, *, span_s: float = SPAN_S, most_bytes: int = MOST_BYTES) -> None:
        """Make an empty tape that reaches back at least ``span_s`` seconds, if ``most_bytes`` allow it."""
        self.facts = facts
        self._span_s, self._most_bytes = span_s, most_bytes
        self._groups: deque[list[Packet]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self.newest_s = -inf
        """The date of the newest packet, kept or not."""

    def add(self, packet: Packet) -> None:
        """Keep a packet and drop the oldest groups that nobody can ask for any more.

        A single group that is too large goes as a whole, and the tape is empty until the next key picture:
        some cameras send one in minutes, or never again.
        """
        with self._lock:
            self.newest_s = packet.decoded_s
            if packet.key:
                self._groups.append([])
            elif not self._groups:
                return
            self._groups[-1].append(packet)
            self._bytes += len(packet.data)
            while len(self._groups) > 1 and self._spare(packet.arrived_at):
                self._bytes -= sum(len(old.data) for old in self._groups.popleft())
            if self._bytes > self._most_bytes:
                self._drop()

    def _spare(self, now: float) -> bool:
        return self._bytes > self._most_bytes or self._groups[1][0].arrived_at <= now - self._span_s

    def clear(self) -> None:
        """Keep nothing of what came so far; the next key picture is the first one on record."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        self._groups.clear()
        self._bytes = 0

    def since(self, at: float) -> list[Packet]:
        """Return the packets from the last key picture that arrived by ``at`` on, else all there are."""
        with self._lock:
            found: list[Packet] = []
            for group in reversed(self._groups):
                found[:0] = group
                if group[0].arrived_at <= at:
                    break
            return found

    def after(self, decoded_s: float) -> list[Packet]:
        """Return the packets that are dated later than ``decoded_s``, in order."""
        with self._lock:
            found: list[Packet] = []
            for group in reversed(self._groups):
                if group[-1].decoded_s <= decoded_s:
                    break
                found[:0] = [packet for packet in group if packet.decoded_s > decoded_s]
            return found

    def catch_up(self, fed_s: float) -> list[Packet] | None:
        """Return what a decoder that was last given the packet dated ``fed_s`` needs to be at the present.

        That is the newest group, or only its packets after ``fed_s`` where the decoder has its beginning;
        None where that is not kept, so that the decoder cannot go on before the next key picture.
        """
        with self._lock:
            if not self._groups:
                return [] if self.newest_s <= fed_s else None
            group = self._groups[-1]
            return [packet for packet in group if packet.decoded_s > fed_s]
