"""Shared memory by name, made so that running out of it is an error and not a SIGBUS.

`multiprocessing.shared_memory` is not used: its segments cannot be reserved in full before the first
write, and closing one raises while a painter still holds a view. A mapping here lives until the last view
of it is gone, and its name goes away as soon as the worker has it open.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import sys
import tempfile
from pathlib import Path

import psutil

from app.domain.errors import SourceError

PREFIX = "wf-"


class NoRoomError(SourceError):
    """The shared-memory file system cannot take the segment."""


def directory() -> Path:
    """Return where segments have their names (unused on Windows, which names mappings without files)."""
    in_memory = Path("/dev/shm")
    return in_memory if in_memory.is_dir() else Path(tempfile.gettempdir())


class Segment:
    """One mapping shared by two processes. ``memory`` stays valid as long as somebody refers to it."""

    def __init__(self, name: str, memory: mmap.mmap) -> None:
        self.name = name
        self.memory = memory

    @staticmethod
    def create(size: int) -> Segment:
        """Create and reserve ``size`` bytes of zeros, readable by this user only.

        Raises:
            NoRoomError: there is not that much shared memory, or no file may be opened any more; nothing
                is left behind.
        """
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
        if sys.platform == "win32":
            return Segment(name, mmap.mmap(-1, size, tagname=name))
        path = directory() / name
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NoRoomError("shared memory for another stream cannot be opened") from error
        try:
            _reserve(file, size)
            return Segment(name, mmap.mmap(file, size))
        except OSError as error:
            path.unlink()
            raise NoRoomError("not enough shared memory for another stream") from error
        finally:
            os.close(file)

    @staticmethod
    def attach(name: str, size: int) -> Segment:
        """Map a segment that another process created.

        Raises:
            SourceError: there is none of that name and size any more.
        """
        if sys.platform == "win32":
            return Segment(name, mmap.mmap(-1, size, tagname=name))
        try:
            file = os.open(directory() / name, os.O_RDWR | os.O_CLOEXEC)
            try:
                return Segment(name, mmap.mmap(file, size))
            finally:
                os.close(file)
        except (OSError, ValueError) as error:
            raise SourceError("shared memory is gone") from error

    def unlink(self) -> None:
        """Take the name away; mappings stay. Doing it again is harmless."""
        unlink(self.name)


def unlink(name: str) -> None:
    """Take a segment's name away, if it still has one."""
    if sys.platform != "win32":
        with contextlib.suppress(FileNotFoundError):
            (directory() / name).unlink()


def sweep() -> list[str]:
    """Take away what consoles left behind that were killed together with their workers; return the names."""
    if sys.platform == "win32":
        return []
    swept = []
    for path in directory().glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        # Another console may be sweeping at the same moment.
        with contextlib.suppress(FileNotFoundError):
            mine = path.stat().st_uid == os.getuid()
            if mine and owner.isdecimal() and not psutil.pid_exists(int(owner)):
                unlink(path.name)
                swept.append(path.name)
    return swept


def _reserve(file: int, size: int) -> None:
    free = os.fstatvfs(file)
    # A tenth stays free: other programs of the desk use the same memory.
    if free.f_frsize * (free.f_bavail - free.f_blocks // 10) < size:
        raise OSError("shared memory is nearly full")
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.ftruncate(file, size)
