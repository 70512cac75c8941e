"""What each of our processes has cost: processor seconds and memory, under names a person knows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """Processor time in seconds since its start, and memory in MB (shared pages counted by share)."""

    cpu_s: float
    memory_mb: float


def costs(named: Mapping[str, int]) -> dict[str, ProcessCost]:
    """Return the cost of this process, the ``named`` ones, and every other descendant.

    Descendants that have no name here are called after their program ("QtWebEngineProcess-2").
    """
    own = psutil.Process()
    names = {pid: name for name, pid in named.items()}
    names[own.pid] = "console"
    found: dict[str, ProcessCost] = {}
    for process in (own, *own.children(recursive=True)):
        try:
            name = names.get(process.pid) or process.name()
            cost = _cost(process)
        except psutil.NoSuchProcess:
            continue
        unique, number = name, 1
        while unique in found:
            number += 1
            unique = f"{name}-{number}"
        found[unique] = cost
    return found


def _cost(process: psutil.Process) -> ProcessCost:
    with process.oneshot():
        times = process.cpu_times()
        try:
            full = process.memory_full_info()
            memory = getattr(full, "pss", 0) or full.uss
        except psutil.AccessDenied:
            memory = process.memory_info().rss
    return ProcessCost(times.user + times.system, memory / 2**20)


def process_started() -> float:
    """Return this process's start on the monotonic clock, in seconds."""
    age_s: float = time.time() - psutil.Process().create_time()
    return time.monotonic() - age_s
