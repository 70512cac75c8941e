"""Writes a file that appears whole or not at all, and never in another one's place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import av

from app.domain.errors import OperatorError

PART = ".part"
"""What the name of a file that is being written ends with."""


def write_new(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``path`` and give it that name once it is complete.

    Until then an empty file holds the name: hard links, which could do without, are not to be had everywhere.

    Raises:
        OperatorError: the place cannot be written to, or is taken; in an operator's words.
    """
    part = path.with_name(path.name + PART)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("xb").close()
        try:
            write(part)
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            path.unlink()
            raise
    except (OSError, av.error.FFmpegError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be written"
        raise OperatorError(f"The file was not saved: {reason}", str(path)) from error
