"""What the console needs from the world, as Protocols. Sources implement them; bootstrap joins the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.domain.camera import Lease, StreamKey, Use
from app.domain.consent import Purpose
from app.domain.evidence import Span, UseOnRecord
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId, WallId
from app.domain.layout import Layout
from app.domain.picture_size import PictureSize
from app.domain.sound import Sound
from app.domain.stream_state import StreamFacts


class Clock(Protocol):
    """Time, handed in so that tests can own it."""

    def monotonic(self) -> float:
        """Return seconds that never go back; the same origin in every process of this machine."""
        ...

    def utc(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture in memory that the decoder still owns: paint it at once, then ask `still_whole`.

    ``pixels`` holds ``height`` rows of ``stride`` bytes; each pixel is B, G, R, unused (Qt's Format_RGB32).
    ``number`` grows by one with each picture of the stream.
    """

    pixels: memoryview
    width: int
    height: int
    stride: int
    number: int
    arrived_at: float
    """When the picture's packet reached this machine, in seconds on the monotonic clock: decoding adds to its
    age, never takes from it."""
    aspect: float
    """Width over height as the picture is meant to be seen."""
    still_whole: Callable[[], bool]
    """False when the decoder has begun to write over ``pixels`` since this frame was handed out."""
    behind_s: float = 0.0
    """How old the picture was already when it arrived, as `StreamFacts.behind_s`."""


class FrameSource(Protocol):
    """Where the wall gets its pixels: read on the paint tick, never blocks."""

    def newest_number(self, key: StreamKey) -> int:
        """Return the newest complete picture's number, 0 when there is none."""
        ...

    def newest(self, key: StreamKey) -> Frame | None:
        """Return the newest complete picture, None when there is none."""
        ...


class VideoEngine(FrameSource, Protocol):
    """Opens and closes streams and reports their facts."""

    async def open(self, lease: Lease) -> None:
        """Start the stream of that lease; a stream that already runs goes on with the new lease."""
        ...

    async def close(self, key: StreamKey) -> None:
        """Stop the stream; unknown keys are ignored."""
        ...

    def fit(self, key: StreamKey, size: PictureSize) -> None:
        """Make the stream's pictures that large, so that painting them is a copy; it goes on without a gap.

        The picture is stretched to ``size``, whose shape the caller takes from `Frame.aspect`. An engine may
        hand out other sizes (the first pictures, a synthetic camera's): a frame says its own.
        """
        ...

    def rest(self, key: StreamKey) -> None:
        """Keep the stream's camera open and decode nothing until the next `fit`: nobody can see it."""
        ...

    def facts(self, key: StreamKey) -> StreamFacts | None:
        """Return what is known of the stream now, None when it is not open."""
        ...

    async def aclose(self) -> None:
        """Stop every stream and worker and free the shared memory."""
        ...


class StreamPast(Protocol):
    """What the open streams showed before now, up to a minute back."""

    def replay(self, key: StreamKey, ago_s: int) -> StreamKey | None:
        """Show an open stream as it was ``ago_s`` seconds ago, at its own pace, beside the live one.

        Returns the replay's key, to be fitted and painted like any other; it ends with its stream. None when
        nothing of the stream is on record: it is not open, or no decoder has it now.
        """
        ...

    def end_replay(self, key: StreamKey) -> None:
        """End a replay; unknown keys are ignored."""
        ...

    async def save(self, key: StreamKey, since: float, path: Path, title: str) -> Span:
        """Save what the camera sent since then (monotonic seconds), untouched, from a key picture on.

        Returns what the file holds.

        Raises:
            OperatorError: it cannot be saved, in an operator's words.
        """
        ...

    async def save_still(self, key: StreamKey, at: float, path: Path, title: str) -> None:
        """Save the picture that arrived at that moment (`Frame.arrived_at`) as PNG in the camera's own size.

        Raises:
            OperatorError: it cannot be saved, in an operator's words.
        """
        ...


class StreamSound(Protocol):
    """The sound of the open streams, of one at a time."""

    @property
    def heard(self) -> Sound:
        """What is heard of the stream that is listened to. Never blocks."""
        ...

    def listen(self, key: StreamKey, volume: int) -> None:
        """Play that stream's sound, and no other's, at a volume in per cent; asking again changes nothing.

        It pauses by itself while the stream has no live picture. A stream that is not open is silent.
        """
        ...

    def hush(self) -> None:
        """Play nothing."""
        ...


@dataclass(frozen=True, slots=True)
class StreamCounts:
    """What an open stream has done since it was opened, and which worker decodes it (None: no one now).

    ``received`` counts coded pictures and ``received_bytes`` what they weigh; ``left_out`` are those of them
    that a decoder which was behind did not get. ``last_picture_at`` is
    `StreamFacts.last_picture_taken_at`, so that its age is the tile's.
    """

    worker: str | None
    received: int
    received_bytes: int
    left_out: int
    decoded: int
    restarts: int
    last_picture_at: float | None


@dataclass(frozen=True, slots=True)
class ProcessLoad:
    """Processor seconds that a process has used since its start, at a moment of the monotonic clock.

    ``memory_mb`` counts pages that several processes share by this process's share of them, in 2**20 bytes.
    """

    measured_at: float
    cpu_s: float
    memory_mb: float


class EngineFigures(Protocol):
    """The video engine's own counters, for who watches over it."""

    @property
    def console(self) -> str:
        """The console's own name among `processes`."""
        ...

    @property
    def trouble(self) -> str | None:
        """What keeps the engine from decoding, in the operator's words; None when all is well."""
        ...

    @property
    def decoding(self) -> tuple[str, ...]:
        """How the workers decode, in words, each way once."""
        ...

    def counts(self, key: StreamKey) -> StreamCounts | None:
        """Return the stream's counts, None when it is not open. Never blocks."""
        ...

    def processes(self) -> dict[str, int]:
        """Return the process ids of the console and of the workers, by name. Never blocks."""
        ...

    def weigh(self, processes: Mapping[str, int]) -> dict[str, ProcessLoad]:
        """Measure those processes but those that have ended. Takes milliseconds: not on the UI thread."""
        ...


class HubPulse(Protocol):
    """Feels whether the hub answers, and how fast."""

    @property
    def round_trip_s(self) -> float | None:
        """Seconds that the hub took to answer last, None while it does not answer. Never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a camera file that was not taken: its number (from 1) and why, in words."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a camera file would do. ``token`` applies exactly this plan."""

    token: str
    added: int
    changed: int
    unchanged: int
    refused: tuple[RefusedRow, ...]


class HubGateway(Protocol):
    """Commands to the hub. What they change comes back as numbered events, not as return values.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def lease(self, key: StreamKey, purpose: Purpose, wall: WallId | None = None) -> Lease:
        """Ask leave to look at a stream; the hub puts the look, its purpose and its wall on record."""
        ...

    async def end_lease(self, lease_id: str) -> None:
        """Tell the hub that the look has ended."""
        ...

    async def use_lease(self, lease_id: str, use: Use) -> UseOnRecord:
        """Say what is about to be done with a stream beyond looking; the hub puts it on record."""
        ...

    async def acknowledge_alert(self, alert_id: AlertId) -> None:
        """Record that this operator has seen to the alert."""
        ...

    async def open_incident(
        self, title: str, position: LatLon | None, alert_id: AlertId | None
    ) -> IncidentId:
        """Open an incident by hand or from an alert and return its id."""
        ...

    async def add_alert(self, incident_id: IncidentId, alert_id: AlertId) -> None:
        """Tie another alert to an incident."""
        ...

    async def pin_camera(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        """Pin a camera to an incident; pinning it twice changes nothing."""
        ...

    async def unpin_camera(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        """Take a pin away; the timeline keeps both."""
        ...

    async def add_note(self, incident_id: IncidentId, text: str, note_id: str) -> None:
        """Write a note into the timeline; the same ``note_id`` again changes nothing."""
        ...

    async def close_incident(self, incident_id: IncidentId) -> None:
        """Close an incident."""
        ...

    async def plan_import(self, name: str, content: bytes) -> ImportPlan:
        """Check a CSV or JSON camera file and return what importing it would do."""
        ...

    async def apply_import(self, token: str) -> None:
        """Carry out a plan that the operator has agreed to."""
        ...


class WorkspaceFile(Protocol):
    """Keeps the desk's own state (walls, windows) between runs."""

    def load(self) -> dict[str, object]:
        """Return the saved document, empty at the first start."""
        ...

    def save(self, document: dict[str, object]) -> None:
        """Replace the saved document in one step: a crash leaves the old or the new one whole."""
        ...


class LayoutBook(Protocol):
    """Keeps the named layouts between runs. Names are told apart without regard to case."""

    async def read(self) -> tuple[Layout, ...]:
        """Return every layout that can be read.

        Raises:
            SourceError: the layouts cannot be reached.
        """
        ...

    async def put(self, layout: Layout, instead_of: str | None = None) -> None:
        """Keep a layout in place of its namesake and, in the same step, of the one named ``instead_of``.

        Raises:
            SourceError: it could not be kept; all is as it was.
        """
        ...

    async def remove(self, name: str) -> None:
        """Forget a layout.

        Raises:
            SourceError: it is still kept.
        """
        ...
