"""A decoder worker: a process without Qt that decodes a few streams into shared memory.

It ends by itself when the console is gone (its pipe ends) and at once when told to: the end of the
process is the only stop that libVLC cannot delay.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

from app.domain.camera import StreamKind
from app.domain.errors import ConsoleError
from app.domain.restart_policy import RestartPolicy
from app.domain.sound import Sound
from app.domain.stream_state import Fault
from app.sources.video.decoder import Decoder
from app.sources.video.decoder_choice import DecoderMissingError, choose_decoder
from app.sources.video.opening import open_transport
from app.sources.video.replay import replay_of
from app.sources.video.saving import save
from app.sources.video.segment import unlink
from app.sources.video.session import StreamSession
from app.sources.video.synthetic import SyntheticDecoder, SyntheticDecoding
from app.sources.video.transport import OpenTransport, SourceFacts
from app.wire.privacy_masks import masks_from
from app.wire.worker import (
    CloseStream,
    Command,
    DecodingChanged,
    DirectSynthetic,
    Heartbeat,
    HushStream,
    ListenStream,
    OpenStream,
    RenewStream,
    ReplayStream,
    RestStream,
    RingAttached,
    SaveStill,
    SaveStream,
    Shutdown,
    SoundTold,
    StreamFaulted,
    StreamProbed,
    StreamSaved,
    StreamStopped,
    UseRing,
    WorkerEvent,
    WorkerReady,
    command_from,
    pack,
)

_log = logging.getLogger(__name__)

_POLL_S = 0.25
_KEPT_BLOCK_BYTES = 32 << 20
_KEPT_HEAP_BYTES = 128 << 20


class _Reports:
    """Sends one session's news up the pipe."""

    def __init__(self, worker: Worker, stream: int, generation: int) -> None:
        self._worker, self._stream, self._generation = worker, stream, generation

    def probed(self, facts: SourceFacts) -> None:
        self._worker.send(
            StreamProbed(
                stream=self._stream,
                generation=self._generation,
                width=facts.width,
                height=facts.height,
                aspect=facts.aspect,
                fps=facts.fps,
                codec=facts.codec,
            )
        )

    def attached(self, name: str) -> None:
        self._worker.send(RingAttached(stream=self._stream, name=name))

    def faulted(self, fault: Fault, retry_in_s: float) -> None:
        _free_last_run()
        self._worker.send(
            StreamFaulted(
                stream=self._stream, generation=self._generation, fault=fault, retry_in_s=retry_in_s
            )
        )

    def sounds(self, sound: Sound) -> None:
        self._worker.send(SoundTold(stream=self._stream, sound=sound))

    def stopped(self) -> None:
        _free_last_run()
        self._worker.forget(self._stream)
        self._worker.send(StreamStopped(stream=self._stream))


class Worker:
    """Obeys the console's commands. The main thread reads them, each stream has a thread, one watches all."""

    def __init__(
        self, pipe: Connection, decoder: Decoder, open_transport: OpenTransport, policy: RestartPolicy
    ) -> None:
        self._pipe = pipe
        self._decoder = decoder
        self._policy = policy
        self._open_transport = open_transport
        self._sending = threading.Lock()
        self._decoding = decoder.words
        self._sessions: dict[int, StreamSession] = {}
        self._generations: dict[int, int] = {}
        self._ring_names: dict[str, None] = {}

    def send(self, event: WorkerEvent) -> None:
        """Tell the console; a console that is gone ends the process."""
        data = pack(event)
        try:
            with self._sending:
                self._pipe.send_bytes(data)
        except OSError:
            self._leave()

    def forget(self, stream: int) -> None:
        """Drop a session that has stopped."""
        self._sessions.pop(stream, None)
        self._generations.pop(stream, None)

    def serve(self) -> None:
        """Obey until the console is gone or says so. Does not return."""
        threading.Thread(target=self._watch, daemon=True).start()
        self.send(WorkerReady(decoding=self._decoding, in_hardware=self._decoder.in_hardware))
        while True:
            try:
                data = self._pipe.recv_bytes()
            except (EOFError, OSError):
                self._leave()
            self._obey(command_from(data))

    def _leave(self) -> None:
        for name in list(self._ring_names):
            unlink(name)
        os._exit(0)

    def _obey(self, command: Command) -> None:
        match command:
            case OpenStream():
                self._open(command, command.kind, command.url, command.fps, self._open_transport)
            case ReplayStream():
                self._replay(command)
            case UseRing():
                self._use_ring(command)
            case RenewStream():
                if command.stream in self._sessions:
                    self._sessions[command.stream].renew(
                        command.url, command.fps, masks_from(command.privacy_masks)
                    )
            case RestStream():
                self._rest(command)
            case ListenStream() | HushStream():
                self._listen(command)
            case SaveStream() | SaveStill():
                threading.Thread(target=self._save, args=(command,), daemon=True).start()
            case CloseStream():
                session = self._sessions.get(command.stream)
                if session is None:
                    self.send(StreamStopped(stream=command.stream))
                else:
                    session.close()
            case DirectSynthetic():
                self._direct(command)
            case Shutdown():
                self._leave()

    def _open(
        self,
        command: OpenStream | ReplayStream,
        kind: StreamKind,
        url: str,
        fps: float | None,
        open_transport: OpenTransport,
    ) -> None:
        session = StreamSession(
            kind,
            url,
            fps,
            masks_from(command.privacy_masks),
            open_transport=open_transport,
            decoder=self._decoder,
            reports=_Reports(self, command.stream, command.generation),
            policy=self._policy,
        )
        self._sessions[command.stream] = session
        self._generations[command.stream] = command.generation
        session.start()

    def _replay(self, command: ReplayStream) -> None:
        live = self._sessions.get(command.of)
        tape = replay_of(lambda: live.tape if live is not None else None, command.ago_s)
        # The kind is that of the packets' first way here; a tape has neither address nor promised rate.
        self._open(command, StreamKind.RTSP, "", None, tape)

    def _rest(self, command: RestStream) -> None:
        session = self._sessions.get(command.stream)
        if session is None:
            return
        if command.resting:
            session.rest()
        else:
            session.wake()

    def _listen(self, command: ListenStream | HushStream) -> None:
        session = self._sessions.get(command.stream)
        if session is None:
            return
        if isinstance(command, ListenStream):
            session.sounding.listen(command.volume)
        else:
            session.sounding.hush()

    def _save(self, command: SaveStream | SaveStill) -> None:
        session = self._sessions.get(command.stream)
        if session is None or session.tape is None:
            self.send(StreamSaved(request=command.request, trouble="There is nothing on record yet"))
            return
        try:
            self.send(save(command, session.tape, lambda: session.masks))
        except Exception as error:  # noqa: BLE001 - the thread's end: who asked must not wait for nothing
            # The text of an unforeseen error may hold what a camera sent: its type must do.
            _log.error("saving broke: %s", type(error).__name__)
            self.send(
                StreamSaved(request=command.request, trouble="The file was not saved: unforeseen error")
            )

    def _use_ring(self, command: UseRing) -> None:
        session = self._sessions.get(command.stream)
        if session is None or self._generations.get(command.stream) != command.generation:
            return
        self._ring_names[command.name] = None
        try:
            session.use_ring(command.name, command.size)
        except ConsoleError as error:
            # The session goes on waiting, then says that it got no room, and tries again.
            _log.error("ring not usable: %s", error)

    def _direct(self, command: DirectSynthetic) -> None:
        session = self._sessions.get(command.stream)
        decoding = session.decoding if session is not None else None
        if isinstance(decoding, SyntheticDecoding):
            decoding.direct(command.act, command.width, command.height)

    def _watch(self) -> None:
        """Poll all streams for as long as the process lives; one that hangs here stops the heartbeat."""
        while True:
            time.sleep(_POLL_S)
            now = time.monotonic()
            for session in list(self._sessions.values()):
                session.poll(now)
                if session.stuck(now):
                    # Only the end of the process stops a decoder that will not stop.
                    _log.error("decoder does not stop: worker ends")
                    self._leave()
            if self._decoding != self._decoder.words:
                self._decoding = self._decoder.words
                self.send(DecodingChanged(decoding=self._decoding, in_hardware=self._decoder.in_hardware))
            self.send(Heartbeat())


def _name_process(name: str) -> None:
    if sys.platform == "linux":
        set_name = 15
        ctypes.CDLL(None).prctl(set_name, name.encode()[:15], 0, 0, 0)


def _keep_memory() -> None:
    """Let freed pictures stay with the process.

    glibc gives large blocks back to the system at once; fetching and clearing the same pages for every
    picture cost 2 to 14 % of a worker's time.
    """
    if sys.platform == "linux":
        trim_threshold, mmap_threshold = -1, -3
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(mmap_threshold, _KEPT_BLOCK_BYTES)
            libc.mallopt(trim_threshold, _KEPT_HEAP_BYTES)


def _free_last_run() -> None:
    """Free what a run of a stream leaves: libVLC's callbacks and their owner hold each other, and a ring."""
    gc.collect()


def run_worker(
    pipe: Connection, name: str, decoder: str, policy: RestartPolicy, hardware_decoding: bool
) -> None:
    """Be a worker until told to end: the target of a spawned process.

    Args:
        pipe: the worker's end.
        name: the process's name, at most 15 characters.
        decoder: ``ffmpeg``, ``libvlc`` or ``synthetic``.
        policy: how long to wait before a camera is tried again.
        hardware_decoding: let libVLC decode in hardware where it can.
    """
    # An interrupt at the terminal goes to the whole group; the console ends its workers in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _name_process(name)
    _keep_memory()
    # What is loaded now stays: to look through it at each collection would hold up the pictures.
    gc.freeze()
    if decoder == "synthetic":
        synthetic = SyntheticDecoder()
        Worker(pipe, synthetic, synthetic.open_transport, policy).serve()
    try:
        chosen = choose_decoder(decoder, hardware=hardware_decoding)
    except DecoderMissingError as missing:
        pipe.send_bytes(pack(WorkerReady(trouble=str(missing))))
        os._exit(3)
    Worker(pipe, chosen, open_transport, policy).serve()
