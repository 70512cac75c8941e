"""The console's talk with its decoder workers: JSON over a pipe, commands down, events up.

A stream is named by a number for as long as it is open; ``generation`` counts its runs, so that a message
about a run that is over is told from one about the present run. Sizes in pixels, times in seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.domain.camera import StreamKind
from app.domain.sound import Sound
from app.domain.stream_state import Fault
from app.wire.privacy_masks import MaskMessage


class WorkerCommand(BaseModel):
    """Something that the worker must do: an unknown field is a mistake."""

    model_config = ConfigDict(extra="forbid")


class OpenStream(WorkerCommand):
    """Open the camera and keep it open; answered by `StreamProbed` or `StreamFaulted`, again and again."""

    type: Literal["open"] = "open"
    stream: int
    generation: int
    kind: StreamKind
    url: str = Field(repr=False)
    fps: float | None = None
    privacy_masks: list[MaskMessage]
    """Never left out: a command that forgets them must not lift them."""


class RenewStream(WorkerCommand):
    """Use this address from the next try on; a try that is waiting for its turn starts now.

    The masks hold from the next picture on, and for every picture in a ring that is given later.
    """

    type: Literal["renew"] = "renew"
    stream: int
    url: str = Field(repr=False)
    fps: float | None = None
    privacy_masks: list[MaskMessage]


class UseRing(WorkerCommand):
    """Write the pictures of this run into that shared memory; answered by `RingAttached`."""

    type: Literal["use_ring"] = "use_ring"
    stream: int
    generation: int
    name: str
    size: int


class RestStream(WorkerCommand):
    """Keep the camera open without decoding, or decode again from the present on."""

    type: Literal["rest"] = "rest"
    stream: int
    resting: bool


class ReplayStream(WorkerCommand):
    """Open a stream that is another one of this worker's as it was; it goes on as far behind the present."""

    type: Literal["replay"] = "replay"
    stream: int
    generation: int
    of: int
    ago_s: float
    privacy_masks: list[MaskMessage]


class ListenStream(WorkerCommand):
    """Play the stream's sound while its picture is live, at a volume in per cent; answered by `SoundTold`."""

    type: Literal["listen"] = "listen"
    stream: int
    volume: int


class HushStream(WorkerCommand):
    """Play the stream's sound no more; not answered."""

    type: Literal["hush"] = "hush"
    stream: int


class SaveStream(WorkerCommand):
    """Write what arrived since ``since`` (monotonic) to a file; answered by `StreamSaved`."""

    type: Literal["save"] = "save"
    stream: int
    request: int
    since: float
    path: str
    title: str


class SaveStill(WorkerCommand):
    """Write the picture that arrived at ``at`` (monotonic) to a file; answered by `StreamSaved`."""

    type: Literal["save_still"] = "save_still"
    stream: int
    request: int
    at: float
    path: str
    title: str
    watermark: str = ""


class CloseStream(WorkerCommand):
    """Stop the stream; answered by `StreamStopped`."""

    type: Literal["close"] = "close"
    stream: int


class DirectSynthetic(WorkerCommand):
    """Tell a synthetic camera what to do next (tests only; other decoders take no notice)."""

    type: Literal["direct"] = "direct"
    stream: int
    act: Literal["freeze", "thaw", "repeat", "tear", "crash", "hang", "hang_stop", "end", "resize", "lag"]
    width: int = 0
    height: int = 0


class Shutdown(WorkerCommand):
    """End the process."""

    type: Literal["shutdown"] = "shutdown"


class WorkerEvent(BaseModel):
    """Something that happened in the worker."""

    model_config = ConfigDict(extra="ignore")


class WorkerReady(WorkerEvent):
    """The process runs and its decoder works; ``trouble`` says in words what is missing if not.

    ``decoding`` says in words how it decodes, ``in_hardware`` whether hardware may be used for it.
    """

    type: Literal["ready"] = "ready"
    trouble: str | None = None
    decoding: str = ""
    in_hardware: bool = False


class DecodingChanged(WorkerEvent):
    """The worker decodes in another way from now on."""

    type: Literal["decoding_changed"] = "decoding_changed"
    decoding: str
    in_hardware: bool


class StreamProbed(WorkerEvent):
    """The camera is open. The run goes on when a ring of this size is given."""

    type: Literal["probed"] = "probed"
    stream: int
    generation: int
    width: int
    height: int
    aspect: float
    fps: float | None = None
    codec: str


class RingAttached(WorkerEvent):
    """The worker has the shared memory open: its name is not needed any more."""

    type: Literal["ring_attached"] = "ring_attached"
    stream: int
    name: str


class StreamFaulted(WorkerEvent):
    """The camera could not be opened or was lost; the worker tries again in ``retry_in_s``."""

    type: Literal["faulted"] = "faulted"
    stream: int
    generation: int
    fault: Fault
    retry_in_s: float


class StreamSaved(WorkerEvent):
    """A file is written; ``trouble`` says in words why there is none.

    ``began`` and ``ended`` are when its first and last picture arrived, on the monotonic clock.
    """

    type: Literal["saved"] = "saved"
    request: int
    trouble: str | None = None
    began: float = 0.0
    ended: float = 0.0


class SoundTold(WorkerEvent):
    """What is heard of a stream that is listened to, told when it changes."""

    type: Literal["sound"] = "sound"
    stream: int
    sound: Sound


class StreamStopped(WorkerEvent):
    """The stream is closed and nothing of it runs any more."""

    type: Literal["stopped"] = "stopped"
    stream: int


class Heartbeat(WorkerEvent):
    """The worker is alive and libVLC answers."""

    type: Literal["heartbeat"] = "heartbeat"


Command = Annotated[
    OpenStream
    | RenewStream
    | UseRing
    | RestStream
    | ReplayStream
    | ListenStream
    | HushStream
    | SaveStream
    | SaveStill
    | CloseStream
    | DirectSynthetic
    | Shutdown,
    Field(discriminator="type"),
]
Event = Annotated[
    WorkerReady
    | DecodingChanged
    | StreamProbed
    | RingAttached
    | StreamFaulted
    | StreamSaved
    | SoundTold
    | StreamStopped
    | Heartbeat,
    Field(discriminator="type"),
]
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Command, config=ConfigDict(hide_input_in_errors=True))
_EVENTS: TypeAdapter[Event] = TypeAdapter(Event)


def pack(message: WorkerCommand | WorkerEvent) -> bytes:
    """Return the message as it travels."""
    return message.model_dump_json().encode()


HEARTBEAT = pack(Heartbeat())
"""As it travels: it comes several times a second from each worker and says nothing but that it came."""


def command_from(data: bytes) -> Command:
    """Return the command that the bytes hold.

    Raises:
        pydantic.ValidationError: they hold none; the error does not repeat the input.
    """
    return _COMMANDS.validate_json(data)


def event_from(data: bytes) -> Event:
    """Return the event that the bytes hold.

    Raises:
        pydantic.ValidationError: they hold none.
    """
    return _EVENTS.validate_json(data)
