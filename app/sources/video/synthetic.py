"""A camera and decoder in one that need neither network nor libVLC: for tests of all that is around them.

Address: ``synthetic:320x180@25``, or ``synthetic:not_found`` with any fault's name. Every byte of picture
n has the value ``n % 251 + 1``, so a torn picture shows two values; below its masks it is 0.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import threading
import time
from dataclasses import dataclass

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault
from app.sources.video.colours import VIDEO_SD
from app.sources.video.decoder import Decoding
from app.sources.video.privacy_masks import Masks, patches
from app.sources.video.ring import RingWriter
from app.sources.video.transport import Packet, Sink, SourceFacts, TransportError

_ADDRESS = re.compile(r"synthetic:(\d+)x(\d+)@(\d+(?:\.\d+)?)")


class SyntheticDecoder:
    """Opens synthetic cameras and decodes them."""

    words = "Drawn, not decoded"
    in_hardware = False

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}

    def open_transport(self, _kind: StreamKind, url: str, _fps: float | None) -> SyntheticTransport:
        """Open the camera that the address describes.

        Raises:
            TransportError: the fault that the address names, or BAD_ADDRESS.
        """
        found = _ADDRESS.fullmatch(url)
        if found is None:
            name = url.removeprefix("synthetic:")
            raise TransportError(Fault(name) if name in set(Fault) else Fault.BAD_ADDRESS)
        width, height = self._sizes.get(url, (int(found[1]), int(found[2])))
        return SyntheticTransport(self, url, width, height, float(found[3]))

    def start(self, ring: RingWriter, facts: SourceFacts, masks: Masks) -> SyntheticDecoding:
        """Decode into ``ring``; see `Decoder`."""
        assert isinstance(facts, SyntheticFacts)
        return SyntheticDecoding(ring, facts, masks)

    def fall_back(self, _decoding: Decoding) -> bool:
        """There is nothing to fall back to."""
        return False

    def resize(self, url: str, width: int, height: int) -> None:
        """Give the camera another size from its next opening on."""
        self._sizes[url] = (width, height)


@dataclass(frozen=True, slots=True)
class SyntheticFacts(SourceFacts):
    """Facts that lead back to their camera, so that commands to the decoding can reach it."""

    camera: SyntheticTransport


class SyntheticTransport:
    """Sends the pictures' numbers, one each interval."""

    def __init__(self, decoder: SyntheticDecoder, url: str, width: int, height: int, fps: float) -> None:
        self._decoder = decoder
        self._url = url
        self.facts: SourceFacts = SyntheticFacts(
            width, height, fps, "synthetic", width / height, VIDEO_SD, camera=self
        )
        self.frozen = False
        self.ended = False

    def carry(self, sink: Sink, stopping: threading.Event) -> None:
        """Carry numbers until ``stopping``; see `Transport`."""
        assert self.facts.fps is not None
        due = time.monotonic()
        while not self.ended:
            due += 1 / self.facts.fps
            if stopping.wait(max(0.0, due - time.monotonic())):
                return
            if not self.frozen:
                now = time.monotonic()
                sink.put(Packet(b"\0", now, now, now, key=True))
        raise TransportError(Fault.ENDED)

    def resize(self, width: int, height: int) -> None:
        """Have another size from the next opening on."""
        self._decoder.resize(self._url, width, height)

    def close(self) -> None:
        """Nothing to free."""


class SyntheticDecoding:
    """Draws a picture for each packet, and misbehaves on command."""

    def __init__(self, ring: RingWriter, facts: SyntheticFacts, masks: Masks) -> None:
        self._transport = facts.camera
        self._ring = ring
        self._masks = masks
        self._bytes = ring.stride * ring.height
        self._size = self._first_size = (facts.width, facts.height)
        self._repeat = False
        self._tear = False
        self._lag = False
        self._hang = False
        self._hang_stop = False

    def put(self, packet: Packet) -> bool:
        """Draw the next picture; told to lag it leaves the packet out."""
        if self._lag:
            return False
        if self._repeat:
            return True
        ring = self._ring
        address, number = ring.begin(), ring.newest + 1
        value = number % 251 + 1
        if self._tear:
            # Half a picture that is never finished: nobody may ever see it.
            ctypes.memset(address, value, self._bytes // 2)
            ctypes.memset(address + self._bytes // 2, 0, self._bytes - self._bytes // 2)
            return True
        if self._masks:
            ctypes.memmove(address, _blanked(value, ring, self._masks), ring.stride * ring.height)
        else:
            ctypes.memset(address, value, self._bytes)
        ring.publish(packet.arrived_at)
        return True

    def direct(self, act: str, width: int, height: int) -> None:
        """Do what `app.wire.worker.DirectSynthetic` says."""
        transport = self._transport
        match act:
            case "crash":
                os.kill(os.getpid(), signal.SIGABRT)
            case "repeat":
                self._repeat = True
            case "tear":
                self._tear = True
            case "lag":
                self._lag = True
            case "hang":
                self._hang = True
            case "hang_stop":
                self._hang_stop = True
            case "resize":
                transport.resize(width, height)
                self._size = (width, height)
            case "freeze" | "thaw":
                self._repeat = self._tear = self._lag = False
                transport.frozen = act == "freeze"
            case "end":
                transport.ended = True

    def use_ring(self, ring: RingWriter) -> None:
        """Draw into that ring from the next picture on."""
        self._ring = ring
        self._bytes = ring.stride * ring.height

    def use_masks(self, masks: Masks) -> None:
        """Blank these from the next picture on."""
        self._masks = masks

    def poll(self, _now: float) -> None:
        """Hang, if told to."""
        while self._hang:
            time.sleep(1.0)

    def needs_restart(self) -> bool:
        """Say whether a new size was ordered."""
        return self._size != self._first_size

    def stop(self) -> None:
        """Hang, if told to."""
        while self._hang_stop:
            time.sleep(1.0)


def _blanked(value: int, ring: RingWriter, masks: Masks) -> bytes:
    """Return a picture that has that value in every byte but where a mask is."""
    size = (ring.width, ring.height)
    picture = bytearray((value,)) * (ring.stride * ring.height)
    for patch in patches(masks, size, size):
        for row in range(patch.top, patch.bottom):
            at = row * ring.stride
            picture[at + 4 * patch.left : at + 4 * patch.right] = bytes(4 * (patch.right - patch.left))
    return bytes(picture)
