"""The console's handle on one decoder worker. Nothing here blocks the event loop.

Windows' event loop cannot watch a pipe, so each worker has a thread that reads and one that writes; both
hand over to the loop with `call_soon_threadsafe`.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from app.domain.ports import Clock
from app.domain.restart_policy import RestartPolicy
from app.sources.video.hearing import Hearing
from app.sources.video.worker import run_worker
from app.wire.worker import HEARTBEAT, Event, Shutdown, WorkerCommand, event_from, pack


class WorkerProcess:
    """One worker process and the streams that are placed on it (by number)."""

    def __init__(
        self,
        name: str,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        on_event: Callable[[WorkerProcess, Event], None],
        on_exit: Callable[[WorkerProcess], None],
    ) -> None:
        self.name = name
        self.streams: set[int] = set()
        self.reserved = False
        """True when a stream that has brought down its workers has this one to itself."""
        self.ready = False
        self.in_hardware = False
        """True while it may use the computer's hardware decoder."""
        self.gone = False
        self.retiring = False
        """True when its streams are being moved away: it gets no more of them."""
        self.heard_at = clock.monotonic()
        """When it last said anything, on the machine's monotonic clock."""
        self.hearing = Hearing()
        self._clock = clock
        self._loop, self._on_event, self._on_exit = loop, on_event, on_exit
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._reader: threading.Thread | None = None

    def spawn(self, decoder: str, policy: RestartPolicy, hardware_decoding: bool) -> None:
        """Start the process; takes some tenths of a second, so call it in an executor's thread.

        Raises:
            OSError: the computer lacks what a process takes; nothing is left of it.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=run_worker,
            args=(theirs, self.name, decoder, policy, hardware_decoding),
            name=self.name,
            daemon=True,
        )
        try:
            process.start()
        except OSError:
            ours.close()
            raise
        finally:
            # The worker's end must be open in the worker alone, or its death would not end the pipe.
            theirs.close()
        self._process = process
        reader = threading.Thread(
            target=self._read, args=(ours, process), name=f"{self.name}-reader", daemon=True
        )
        writer = threading.Thread(target=self._write, args=(ours,), name=f"{self.name}-writer", daemon=True)
        try:
            reader.start()
            self._reader = reader
            writer.start()
        except RuntimeError as error:
            process.kill()
            process.join()
            raise OSError("no thread can be started") from error

    @property
    def pid(self) -> int | None:
        """The process's id, None before it runs."""
        return None if self._process is None else self._process.pid

    def send(self, command: WorkerCommand) -> None:
        """Tell the worker something; returns at once, whatever the worker does."""
        self._outbox.put(pack(command))

    def end(self) -> None:
        """Ask the process to end."""
        self.send(Shutdown())

    def kill(self) -> None:
        """End the process at once; its exit is reported as any other."""
        if self._process is not None:
            self._process.kill()

    def join(self, timeout_s: float) -> bool:
        """Wait until the process and its reader have ended; for an executor's thread. True if so."""
        if self._reader is not None:
            self._reader.join(timeout_s)
            return not self._reader.is_alive()
        return True

    def _read(self, pipe: Connection, process: multiprocessing.process.BaseProcess) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                data = pipe.recv_bytes()
                # Here and not on the loop: that one may be busy with something else for a while.
                self.heard_at = self._clock.monotonic()
                if data != HEARTBEAT:
                    self._hand_over(self._on_event, event_from(data))
        # A pipe that ended early, or rubbish in it, leaves a worker that nobody can talk to.
        process.kill()
        process.join()
        self._outbox.put(None)
        self._hand_over(self._on_exit)

    def _write(self, pipe: Connection) -> None:
        with pipe, contextlib.suppress(OSError):
            while (data := self._outbox.get()) is not None:
                pipe.send_bytes(data)

    def _hand_over(self, callback: Callable[..., None], *arguments: object) -> None:
        # The loop may be closed already when the last workers end.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, self, *arguments)
