"""Plays a stream's tape as a camera would: the same packets at the same pace, some seconds later.

Each packet keeps the time of its first arrival, so what is shown is as old as it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault
from app.sources.video.tape import PacketTape
from app.sources.video.transport import (
    OpenTransport,
    Packet,
    Sink,
    SizeChanged,
    Transport,
    TransportError,
)

_LOOK_S = 0.1


class TapeTransport:
    """A tape that is played from a moment of the past on, and goes on as far behind the present."""

    def __init__(self, tape: Callable[[], PacketTape | None], ago_s: float) -> None:
        """Find the key picture to begin with: the last one that was there ``ago_s`` seconds ago.

        Raises:
            TransportError: there is no tape, or it is empty.
        """
        found = tape()
        packets = found.since(time.monotonic() - ago_s) if found is not None else []
        if found is None or not packets:
            raise TransportError(Fault.ENDED)
        self._newest_tape = tape
        self._take(found, packets)
        self._behind_s = time.monotonic() - packets[0].arrived_at

    def _take(self, tape: PacketTape, packets: list[Packet]) -> None:
        self.facts, self._tape, self._packets = tape.facts, tape, packets

    def carry(self, sink: Sink, stopping: threading.Event) -> None:
        """Carry packets until ``stopping``; see `Transport`."""
        packets, self._packets = self._packets, []
        done_s = packets[-1].decoded_s
        while not stopping.is_set():
            for packet in packets:
                if stopping.wait(max(0.0, packet.arrived_at + self._behind_s - time.monotonic())):
                    return
                sink.put(packet)
            if packets:
                done_s = packets[-1].decoded_s
            else:
                self._follow()
                stopping.wait(_LOOK_S)
            packets = self._tape.after(done_s)

    def _follow(self) -> None:
        """Go on with the stream's next tape once this one is played to its end, if there is one by then.

        Raises:
            SizeChanged: there is; its pictures are others.
        """
        tape = self._newest_tape()
        if tape is None or tape is self._tape:
            return
        packets = tape.since(-inf)
        if packets:
            self._take(tape, packets)
            raise SizeChanged

    def close(self) -> None:
        """Nothing to free: the tape is the stream's."""


def replay_of(tape: Callable[[], PacketTape | None], ago_s: float) -> OpenTransport:
    """Return what opens a replay in place of a camera.

    Args:
        tape: returns the stream's tape as it is now: another one when the pictures become others.
        ago_s: how far back to begin, in seconds.
    """

    def open_tape(_kind: StreamKind, _url: str, _fps: float | None) -> Transport:
        return TapeTransport(tape, ago_s)

    return open_tape
