"""One stream in a worker: opens the camera, decodes it, and tries again when it breaks.

The session obeys the restart policy and decides nothing: how long to wait is the policy's word. It
runs in a thread of its own, because opening and reading a camera block for as long as the network does.
"""

from __future__ import annotations

import logging
import threading
import time
from math import inf
from random import random
from typing import Protocol

from app.domain.camera import StreamKind
from app.domain.restart_policy import RestartPolicy
from app.domain.sound import Sound
from app.domain.stream_state import Fault
from app.sources.video.decoder import Decoder, Decoding
from app.sources.video.feed import Feed
from app.sources.video.knocking import Knocking
from app.sources.video.privacy_masks import Masks, check_masks
from app.sources.video.ring import RingWriter
from app.sources.video.segment import Segment
from app.sources.video.sounding import Sounding
from app.sources.video.tape import PacketTape
from app.sources.video.transport import (
    OpenTransport,
    Packet,
    SizeChanged,
    SourceFacts,
    Transport,
    TransportError,
)

_log = logging.getLogger(__name__)

_RING_WAIT_S = 10.0
_STOP_PATIENCE_S = 4.0
_NO_PICTURE_S = 8.0
"""A packet that waits this long for any picture: the decoder is started anew."""


class SessionReports(Protocol):
    """What a session tells the console."""

    def probed(self, facts: SourceFacts) -> None:
        """The camera is open; a ring is awaited."""
        ...

    def attached(self, name: str) -> None:
        """The ring is mapped."""
        ...

    def faulted(self, fault: Fault, retry_in_s: float) -> None:
        """A run ended."""
        ...

    def sounds(self, sound: Sound) -> None:
        """Somebody listens: this is what is heard."""
        ...

    def stopped(self) -> None:
        """Nothing of the stream runs any more."""
        ...


class StreamSession:
    """The life of one stream in this worker."""

    def __init__(
        self,
        kind: StreamKind,
        url: str,
        fps: float | None,
        masks: Masks,
        *,
        open_transport: OpenTransport,
        decoder: Decoder,
        reports: SessionReports,
        policy: RestartPolicy,
    ) -> None:
        self._kind, self._url, self._fps = kind, url, fps
        self._masks = masks
        self._open_transport = open_transport
        self._decoder = decoder
        self._reports = reports
        self._policy = policy
        self._closing = threading.Event()
        self._run_over = threading.Event()
        self._wake = threading.Event()
        self._ring_given = threading.Event()
        self._ring: RingWriter | None = None
        self._ring_name = ""
        self._decoding: Decoding | None = None
        self._feed = Feed()
        self._run_fault: Fault | None = None
        self._restart_at_once = False
        self._stopping_since: float | None = None
        self._unanswered_since: float | None = None
        self._seen: tuple[RingWriter | None, int] = (None, 0)
        self._has_pictures = False
        self.sounding = Sounding(reports.sounds)
        """The stream's sound, for who wishes to hear it."""
        self._thread = threading.Thread(target=self._live, daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Begin to stop; returns at once, and `SessionReports.stopped` follows."""
        self._closing.set()
        self.sounding.hush()
        self._run_over.set()
        self._wake.set()
        self._ring_given.set()

    def renew(self, url: str, fps: float | None, masks: Masks) -> None:
        """Use another address from the next try on, and try at once if one is being waited for.

        Other masks hold from the next picture on.
        """
        self._url, self._fps = url, fps
        if masks != self._masks:
            self._use_masks(masks)
        self._wake.set()

    def _use_masks(self, masks: Masks) -> None:
        tape = self.tape
        if tape is not None and any(mask not in masks for mask in self._masks):
            # What was hidden when it came stays so: whoever reads the new masks finds it gone.
            tape.clear()
        self._masks = masks
        decoding = self._decoding
        if decoding is not None:
            decoding.use_masks(masks)
        try:
            check_masks(masks)
        except TransportError as error:
            self._end_run(error.fault)
            return
        if self._kind is StreamKind.JPEG:
            # A camera may send its next still in minutes, or the same one for ever.
            self._end_run(None)

    def use_ring(self, name: str, size: int) -> None:
        """Write into that shared memory from this run on.

        Raises:
            SourceError, ProtocolError: there is no such ring.
        """
        if name != self._ring_name:
            self._ring = ring = RingWriter(Segment.attach(name, size))
            self._ring_name = name
            self._reports.attached(name)
            decoding = self._decoding
            if decoding is not None:
                decoding.use_ring(ring)
        self._ring_given.set()

    @property
    def tape(self) -> PacketTape | None:
        """The stream's last minute, None before it was open."""
        return self._feed.tape

    @property
    def masks(self) -> Masks | None:
        """What must not be seen of the stream; None once it has been told to stop: nothing may be."""
        return None if self._closing.is_set() else self._masks

    def rest(self) -> None:
        """Keep the camera open and decode nothing until `wake`."""
        self._feed.rest()
        self._unanswered_since = None

    def wake(self) -> None:
        """Decode again, from the present on."""
        if self._feed.wake():
            self._unanswered_since = time.monotonic()

    @property
    def decoding(self) -> Decoding | None:
        """The present run's decoding, None between runs."""
        return self._decoding

    def poll(self, now: float) -> None:
        """Look after the run several times a second, from the worker's monitor thread."""
        decoding, ring = self._decoding, self._ring
        if ring is not None:
            ring.beat(now)
        if decoding is None or ring is None or self._run_over.is_set():
            return
        decoding.poll(now)
        self._look_for_pictures(ring)
        if decoding.needs_restart():
            self._end_run(None if self._has_pictures else self._without_pictures(decoding))
            return
        since = self._unanswered_since
        if since is not None and now - since > _NO_PICTURE_S:
            self._end_run(Fault.NO_PICTURE if self._has_pictures else self._without_pictures(decoding))

    def _without_pictures(self, decoding: Decoding) -> Fault | None:
        """Return how a run without a single picture ends: anew in software if it was in hardware.

        Otherwise the next run would be no better: a fault, which waits its turn.
        """
        return None if self._decoder.fall_back(decoding) else Fault.CODEC_UNSUPPORTED

    def _look_for_pictures(self, ring: RingWriter) -> None:
        """Forget the packet that waits for its picture once there is a new one, or another ring to fill."""
        newest = ring.newest
        if (ring, newest) != self._seen:
            self._has_pictures = self._has_pictures or (newest > 0 and self._seen[0] is ring)
            self._seen = (ring, newest)
            self._unanswered_since = None

    def _picture_age_s(self) -> float:
        ring = self._ring
        return inf if ring is None else time.monotonic() - ring.last_picture_at

    def put(self, packet: Packet) -> None:
        """Count a packet and hand it to the decoder: the transport's thread does this."""
        ring = self._ring
        if ring is not None:
            ring.count_packet(packet.arrived_at, len(packet.data))
        match self._feed.put(packet):
            case True if self._unanswered_since is None:
                self._unanswered_since = time.monotonic()
            case False if ring is not None:
                ring.count_left_out()

    def stuck(self, now: float) -> bool:
        """Say whether the decoder has been asked to stop and does not."""
        since = self._stopping_since
        return since is not None and now - since > _STOP_PATIENCE_S

    def _end_run(self, fault: Fault | None) -> None:
        """Make the run stop; with no fault another one follows at once."""
        self._run_fault = fault
        self._restart_at_once = fault is None
        self._run_over.set()

    def _live(self) -> None:
        failures, knocking = 0, Knocking()
        fault: Fault | None = None
        while not self._closing.is_set():
            silent = fault is Fault.TIMEOUT and not knocking.answered(self._url, self._wake)
            began = time.monotonic()
            fault = Fault.TIMEOUT if silent else self._run()
            if self._closing.is_set():
                break
            if fault is None:
                continue
            failures = self._policy.failures_after(failures, time.monotonic() - began)
            delay = self._policy.delay_s(failures, fault, random)
            self._wake.clear()
            self._reports.faulted(fault, delay)
            if not self._closing.is_set():
                self._wake.wait(delay)
        self._reports.stopped()

    def _run(self) -> Fault | None:
        """Open the camera and carry it until it breaks; return why, None for "again at once"."""
        self._run_over.clear()
        self._ring_given.clear()
        if self._closing.is_set():
            return None
        self._run_fault, self._restart_at_once = None, False
        transport: Transport | None = None
        try:
            check_masks(self._masks)
            transport = self._open_transport(self._kind, self._url, self._fps)
            while self._resized(transport):
                continue
            fault = self._run_fault
        except TransportError as error:
            fault = self._run_fault or error.fault
        except Exception as error:  # noqa: BLE001 - the worker's loop: a stream must not end for a bug
            # The text of an unforeseen error may hold the address: its type and place must do.
            _log.error("stream broke: %s at %s", type(error).__name__, _place_of(error))
            fault = Fault.SERVER_ERROR
        finally:
            if transport is not None:
                transport.close()
        return None if self._restart_at_once else fault

    def _resized(self, transport: Transport) -> bool:
        """Carry the camera to the end, or until it has another size and needs another decoder."""
        try:
            self._carry(transport)
        except SizeChanged:
            self._ring_given.clear()
            return not self._closing.is_set()
        return False

    def _carry(self, transport: Transport) -> None:
        self._reports.probed(transport.facts)
        if not self._ring_given.wait(_RING_WAIT_S):
            raise TransportError(Fault.NO_ROOM)
        ring = self._ring
        if ring is None or self._closing.is_set():
            return
        masks = self._masks
        decoding = self._decoder.start(ring, transport.facts, masks)
        self._unanswered_since, self._has_pictures = None, False
        self._seen = (ring, ring.newest)
        self._decoding = decoding
        self._feed.begin(transport.facts, decoding)
        # Others may have been given while the decoder started.
        if self._masks is not masks:
            decoding.use_masks(self._masks)
        if self._ring is not None and self._ring is not ring:
            decoding.use_ring(self._ring)

        try:
            self.sounding.begin(self._kind, self._url, transport.facts.fps, self._picture_age_s)
            transport.carry(self, self._run_over)
        finally:
            self.sounding.end()
            self._feed.end()
            self._decoding = None
            self._stopping_since = time.monotonic()
            decoding.stop()
            self._stopping_since = None


def _place_of(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
