"""Recordings, their manifests, and what waits for one, on disk: implements the `EvidenceFolder` port."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from app.domain.errors import OperatorError
from app.domain.evidence import MANIFEST, SIGNATURE, ExportClaim, SignedManifest
from app.sources.files import write_whole
from app.sources.video.new_file import PART

WAITING = ".no-manifest-yet.json"
REFUSED = ".no-manifest.json"
BEGUN = ".saving"
"""What was to be asked, and why there is no manifest for it."""
_TIMES = ("began", "ended", "asked_at")

T = TypeVar("T")
log = structlog.get_logger(__name__)


class EvidenceFiles:
    """The folder that recordings are saved in, with its subfolders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def measure(self, path: Path) -> tuple[int, str]:
        """Return a file's size and SHA-256; see the port."""
        return await _in_thread(path, partial(_measure, path))

    async def begin(self, path: Path) -> None:
        """Mark that a private camera's recording may lie there; see the port."""
        await _in_thread(path, partial(write_whole, _beside(path, BEGUN), b""))

    async def begun(self) -> list[Path]:
        """Return the recordings that are marked so."""
        return await asyncio.to_thread(self._begun)

    async def discard(self, path: Path) -> bool:
        """Remove a recording that is marked; see the port."""
        return await _in_thread(path, partial(_discard, path))

    async def keep(self, path: Path, claim: ExportClaim) -> None:
        """Keep what is to be asked about a recording; see the port."""
        await _in_thread(path, partial(_keep, path, claim))

    async def waiting(self) -> list[tuple[Path, ExportClaim]]:
        """Return the recordings without a manifest; what cannot be read is left where it is."""
        return await asyncio.to_thread(self._waiting)

    async def settle(self, path: Path, signed: SignedManifest) -> None:
        """Write the manifest and its signature; see the port."""
        await _in_thread(path, partial(_settle, path, signed))

    async def give_up(self, path: Path, claim: ExportClaim, words: str) -> None:
        """Note why there is no manifest; see the port."""
        await _in_thread(path, partial(_give_up, path, claim, words))

    def _begun(self) -> list[Path]:
        marks = sorted(self._folder.rglob(f"*{BEGUN}"))
        return [mark.with_name(mark.name.removesuffix(BEGUN)) for mark in marks]

    def _waiting(self) -> list[tuple[Path, ExportClaim]]:
        found = []
        for file in sorted(self._folder.rglob(f"*{WAITING}")):
            try:
                fields = json.loads(file.read_bytes())
                times = {name: datetime.fromisoformat(fields[name]) for name in _TIMES}
                claim = ExportClaim(**{**fields, **times})
            except (OSError, ValueError, TypeError, KeyError) as error:
                log.warning("a recording's note cannot be read", file=file.name, reason=type(error).__name__)
                continue
            found.append((file.with_name(file.name.removesuffix(WAITING)), claim))
        return found


async def _in_thread(path: Path, work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise OperatorError(
            f"The manifest of {path.name} cannot be kept: {error.strerror}.", str(path.parent)
        ) from error


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _text(claim: ExportClaim, **more: str) -> bytes:
    fields = {name: getattr(claim, name) for name in ExportClaim.__slots__}
    told = fields | {name: fields[name].isoformat() for name in _TIMES} | more
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _keep(path: Path, claim: ExportClaim) -> None:
    write_whole(_beside(path, WAITING), _text(claim))
    _beside(path, BEGUN).unlink(missing_ok=True)


def _discard(path: Path) -> bool:
    mark = _beside(path, BEGUN)
    if not mark.exists() or _beside(path, WAITING).exists():
        # It was kept meanwhile, and the mark was still to go.
        mark.unlink(missing_ok=True)
        return False
    found = path.exists()
    for file in (path, _beside(path, PART), mark):
        file.unlink(missing_ok=True)
    return found


def _settle(path: Path, signed: SignedManifest) -> None:
    # The signature first: a manifest that is there has one.
    write_whole(_beside(path, SIGNATURE), signed.signature)
    write_whole(_beside(path, MANIFEST), signed.manifest)
    _beside(path, WAITING).unlink(missing_ok=True)


def _give_up(path: Path, claim: ExportClaim, words: str) -> None:
    write_whole(_beside(path, REFUSED), _text(claim, why=words))
    _beside(path, WAITING).unlink(missing_ok=True)
