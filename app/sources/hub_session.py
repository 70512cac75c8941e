"""The console's side of the live protocol without I/O: frames in, domain events out."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from app.domain.errors import ProtocolError
from app.domain.events import HubEvent
from app.domain.ids import Sequence
from app.wire.convert import event_from
from app.wire.hub import Events, LiveFrame, Reset, Welcome

_FRAME: TypeAdapter[Welcome | Events | Reset] = TypeAdapter(LiveFrame)


class HubSession:
    """Follows one hub's numbered log across connections.

    ``after`` is the number of the last event handed out: the place from which to resume.
    """

    def __init__(self, hub_id: str, after: Sequence) -> None:
        self.hub_id = hub_id
        self.after = after
        self.head = after
        self.needs_snapshot = False

    def receive(self, frame: str | bytes) -> Iterator[HubEvent]:
        """Yield the new events of one frame, repeats left out.

        A `Reset` yields nothing and sets ``needs_snapshot``.

        Raises:
            ProtocolError: the frame is not of the protocol, comes from another hub, or leaves a gap.
        """
        try:
            message = _FRAME.validate_json(frame)
        except ValidationError as error:
            raise ProtocolError("the hub sent a frame that is not of the live protocol") from error
        match message:
            case Welcome():
                if message.hub_id != self.hub_id:
                    self.needs_snapshot = True
                    raise ProtocolError("another hub answers at this address")
                self.head = Sequence(message.head)
            case Reset():
                self.needs_snapshot = True
            case Events():
                yield from self._fresh(message)

    def _fresh(self, message: Events) -> Iterator[HubEvent]:
        for raw in message.events:
            if raw.sequence <= self.after:
                continue
            if raw.sequence != self.after + 1:
                self.needs_snapshot = True
                raise ProtocolError(f"event {raw.sequence} came after {self.after}")
            event = event_from(raw)
            self.after = event.sequence
            self.head = max(self.head, event.sequence)
            yield event
