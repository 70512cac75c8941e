"""What a network and a bad camera do to RTP inside an RTSP connection (RFC 2326, 10.12: interleaved)."""

from __future__ import annotations

import random
from collections.abc import Callable

_HEADER = 12
_FU_A = 28
_STAP_A = 24
KEY_UNITS = frozenset({5, 7, 8, _STAP_A})
SETS = frozenset({7, 8, _STAP_A})

Rtp = Callable[[bytearray], bool]
"""Changes one RTP packet in place; False: it is lost."""


class Interleaved:
    """Cuts an RTSP connection into its answers, left as they are, and RTP packets, given to ``rtp``."""

    def __init__(self, rtp: Rtp) -> None:
        self._rtp = rtp
        self._buffer = bytearray()

    def __call__(self, data: bytes) -> bytes:
        """Take what came and return what goes on."""
        self._buffer += data
        out = bytearray()
        while (piece := self._next()) is not None:
            if piece[:1] == b"$" and piece[1] == 0:
                packet = piece[4:]
                if not self._rtp(packet):
                    continue
                piece = piece[:4] + packet
            out += piece
        return bytes(out)

    def _next(self) -> bytearray | None:
        buffer = self._buffer
        if buffer[:1] == b"$":
            size = 4 + int.from_bytes(buffer[2:4], "big") if len(buffer) >= 4 else len(buffer) + 1
        else:
            head = buffer.find(b"\r\n\r\n")
            size = len(buffer) + 1 if head < 0 else head + 4
            for line in bytes(buffer[: max(0, head)]).lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    size += int(line.partition(b":")[2])
        if len(buffer) < size or not buffer:
            return None
        piece = buffer[:size]
        del buffer[:size]
        return piece


class RtpFaults:
    """The switches of one stream's faults; they hold for all its connections."""

    def __init__(self) -> None:
        self.jump_s = 0.0
        self.hidden: frozenset[int] = frozenset()
        self.garbled = 0.0
        self._random = random.Random(3)

    def interleaved(self) -> Interleaved:
        """Return the alteration of a new connection."""
        return Interleaved(self._alter)

    def _alter(self, packet: bytearray) -> bool:
        if unit_type(packet) in self.hidden:
            return False
        ticks = int.from_bytes(packet[4:8], "big") + int(self.jump_s * 90_000)
        packet[4:8] = (ticks % 2**32).to_bytes(4, "big")
        for at in range(_HEADER, len(packet)):
            if self._random.random() < self.garbled:
                packet[at] = self._random.randrange(256)
        return True


class GarbledBytes:
    """Rubbish anywhere in the connection, in RTSP's own framing too."""

    def __init__(self) -> None:
        self.share = 0.0
        self._random = random.Random(5)

    def alteration(self) -> Callable[[bytes], bytes]:
        """Return the alteration of a new connection."""
        return self._alter

    def _alter(self, data: bytes) -> bytes:
        if not self.share:
            return data
        changed = bytearray(data)
        for at in range(len(changed)):
            if self._random.random() < self.share:
                changed[at] = self._random.randrange(256)
        return bytes(changed)


def unit_type(packet: bytes) -> int:
    """Return the type of the H.264 unit in an RTP packet, a fragment's own type included (RFC 6184)."""
    kind = packet[_HEADER] & 0x1F
    return packet[_HEADER + 1] & 0x1F if kind == _FU_A else kind
