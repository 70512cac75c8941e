"""An exported recording, and what shows later whose it is, of when, and that nobody touched it (R35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

MANIFEST = ".manifest.json"
SIGNATURE = ".manifest.sig"
"""They stand beside NAME as NAME.manifest.json and NAME.manifest.sig."""


@dataclass(frozen=True, slots=True)
class UseOnRecord:
    """What the hub answers to a use of a stream: the record's position, and its own time at that moment."""

    record: int
    at: datetime
    hub_id: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A use with the desk's own clocks around the question: the two together measure the clocks' offset.

    ``asked_at`` is on the monotonic clock, ``took_s`` the whole way there and back. ``user`` is who asked.
    ``private``: the camera is, and nothing of it may lie about half written.
    """

    use: UseOnRecord
    user: str
    asked_at: float
    took_s: float
    private: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """When a file's first and last picture arrived, in seconds on the monotonic clock."""

    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that lies there, whole."""

    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class ExportClaim:
    """What a desk tells the hub of a file that it closed. All times are of the desk's wall clock.

    ``record`` and ``hub_id`` name the use under which saving began, ``user`` who saved.
    """

    user: str
    hub_id: str
    record: int
    name: str
    size: int
    sha256: str
    began: datetime
    ended: datetime
    asked_at: datetime
    took_s: float
    private: bool = False


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest, byte for byte as the hub signed it, and the signature (Ed25519, 64 bytes)."""

    manifest: bytes
    signature: bytes


class EvidenceGateway(Protocol):
    """Asks the hub to put an export on record and to sign for it."""

    async def export(self, claim: ExportClaim) -> SignedManifest:
        """Return the manifest; asked again for the same file it is the same one.

        Raises:
            SourceError: the hub does not answer; ask again later.
            OperatorError: it refuses, and will.
        """
        ...


class EvidenceFolder(Protocol):
    """The recordings on disk, with what the hub has still to be asked about."""

    async def measure(self, path: Path) -> tuple[int, str]:
        """Return a file's size in bytes and its SHA-256 in hex.

        Raises:
            OperatorError: it cannot be read.
        """
        ...

    async def begin(self, path: Path) -> None:
        """Mark that a private camera's recording may lie there, and that nothing is kept of it so far.

        Raises:
            OperatorError: the mark cannot be written.
        """
        ...

    async def begun(self) -> list[Path]:
        """Return the recordings that are marked so."""
        ...

    async def discard(self, path: Path) -> bool:
        """Remove a recording that is marked, with its mark; say whether there was one.

        Raises:
            OperatorError: it cannot be removed.
        """
        ...

    async def keep(self, path: Path, claim: ExportClaim) -> None:
        """Keep what is to be asked about a recording beside it, until it is settled; its mark goes.

        Raises:
            OperatorError: it cannot be kept.
        """
        ...

    async def waiting(self) -> list[tuple[Path, ExportClaim]]:
        """Return the recordings that have no manifest yet, of this run and of earlier ones."""
        ...

    async def settle(self, path: Path, signed: SignedManifest) -> None:
        """Write the manifest and its signature beside the recording; it waits no longer.

        Raises:
            OperatorError: they cannot be written.
        """
        ...

    async def give_up(self, path: Path, claim: ExportClaim, words: str) -> None:
        """Note why there is no manifest; it waits no longer.

        Raises:
            OperatorError: the note cannot be written.
        """
        ...
