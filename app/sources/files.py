"""The program's own files: written in one step, set aside when damaged."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.domain.errors import SourceError


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged file to one with the date in its name and return that name."""
    stem = f"{path.stem}-{now:%Y-%m-%dT%H-%M-%S}.damaged"
    target = path.with_name(f"{stem}{path.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{stem}-{number}{path.suffix}")
    path.rename(target)
    return target


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file's content so that a crash leaves the old or the new one whole.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


class JsonFile:
    """A JSON document on disk: implements the `WorkspaceFile` port."""

    def __init__(self, path: Path, now: Callable[[], datetime], on_notice: Callable[[str], None]) -> None:
        self._path = path
        self._now = now
        self._on_notice = on_notice

    def load(self) -> dict[str, object]:
        """Return the document, empty where there is none. A damaged file is set aside and said so.

        Raises:
            SourceError: it is there and cannot be read; going on without it would write over it.
        """
        try:
            return self._load()
        except OSError as error:
            raise SourceError(f"{self._path} cannot be read: {error.strerror}.", retryable=False) from error

    def _load(self) -> dict[str, object]:
        try:
            document = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        aside = set_aside(self._path, self._now())
        self._on_notice(f"{self._path.name} was damaged and is kept as {aside.name}.")
        return {}

    def save(self, document: dict[str, object]) -> None:
        """Replace the document.

        Raises:
            OSError: the folder cannot be written.
        """
        # Half of a surrogate pair, which a text field can hold, comes back as it was.
        text = json.dumps(document, ensure_ascii=False, indent=1)
        write_whole(self._path, text.encode("utf-8", "surrogatepass"))
