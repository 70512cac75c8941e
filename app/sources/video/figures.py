"""Reads a running engine from outside: counts per stream, processor time and memory per process."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psutil

from app.domain.camera import StreamKey
from app.domain.ports import Clock, ProcessLoad, StreamCounts
from app.sources.video.supervisor import VideoSupervisor

_CONSOLE = "console"


class VideoFigures:
    """Implements `app.domain.ports.EngineFigures` on a `VideoSupervisor`."""

    def __init__(self, engine: VideoSupervisor, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    @property
    def console(self) -> str:
        """The console's own name among `processes`."""
        return _CONSOLE

    @property
    def trouble(self) -> str | None:
        """What keeps the engine from decoding, in the operator's words; None when all is well."""
        return self._engine.trouble

    @property
    def decoding(self) -> tuple[str, ...]:
        """How the workers decode, in words, each way once."""
        return tuple(sorted(set(self._engine.decoding.values())))

    def counts(self, key: StreamKey) -> StreamCounts | None:
        """Return the stream's counts, None when it is not open. Never blocks."""
        facts, counters = self._engine.facts(key), self._engine.counters(key)
        if facts is None or counters is None:
            return None
        return StreamCounts(
            worker=self._engine.worker_of(key),
            received=counters.packets,
            received_bytes=counters.packet_bytes,
            left_out=counters.left_out,
            decoded=counters.pictures,
            restarts=counters.restarts,
            last_picture_at=facts.last_picture_taken_at,
        )

    def processes(self) -> dict[str, int]:
        """Return the process ids of the console and of the workers, by name. Never blocks."""
        return {_CONSOLE: os.getpid(), **self._engine.worker_processes()}

    def weigh(self, processes: Mapping[str, int]) -> dict[str, ProcessLoad]:
        """Measure those processes but those that have ended. Takes milliseconds: not on the UI thread."""
        found = {}
        for name, pid in processes.items():
            try:
                found[name] = self._load(psutil.Process(pid))
            except psutil.NoSuchProcess:
                continue
        return found

    def _load(self, process: psutil.Process) -> ProcessLoad:
        times = process.cpu_times()
        now = self._clock.monotonic()
        try:
            full = process.memory_full_info()
            memory = getattr(full, "pss", 0) or full.uss
        except psutil.AccessDenied:
            memory = process.memory_info().rss
        return ProcessLoad(now, times.user + times.system, memory / 2**20)
