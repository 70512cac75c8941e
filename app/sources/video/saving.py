"""Saves a stream's last minute, or a picture of it, on request: the worker has the packets."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.errors import OperatorError
from app.domain.evidence import Span
from app.sources.video.privacy_masks import Masks
from app.sources.video.still import write_still
from app.sources.video.tape import PacketTape
from app.sources.video.tape_file import write_tape
from app.wire.worker import SaveStill, SaveStream, StreamSaved

_SAME_S = 0.0005
"""Dates that went through shared memory and back are the same for all that."""


def save(
    command: SaveStream | SaveStill, tape: PacketTape, masks_now: Callable[[], Masks | None]
) -> StreamSaved:
    """Write the file that is asked for and say how it went. Takes as long as decoding a group of pictures.

    The camera's own packets hold what its masks hide, so there is no recording of a masked stream.

    Args:
        command: what to save, and where.
        tape: the stream's.
        masks_now: tells what must not be seen of the stream, None once nobody may look at it.
    """
    try:
        path, masks = Path(command.path), masks_now()
        if masks is None:
            raise OperatorError("Nothing of this camera is on record now")
        span = _write(command, path, tape, masks)
        if masks_now() != masks:
            path.unlink()
            raise OperatorError("The permission or the privacy masks changed while it was saved")
    except OperatorError as error:
        return StreamSaved(request=command.request, trouble=error.message)
    return StreamSaved(request=command.request, began=span.began, ended=span.ended)


def _write(command: SaveStream | SaveStill, path: Path, tape: PacketTape, masks: Masks) -> Span:
    if isinstance(command, SaveStream):
        if masks:
            raise OperatorError("A recording would show what this camera's privacy masks hide")
        packets = tape.since(command.since)
        began = packets[0].arrived_at if packets else command.since
        write_tape(path, tape.facts, packets, command.title, _on_the_wall_clock(began))
        return Span(began, max(packet.arrived_at for packet in packets))
    packets = [p for p in tape.since(command.at) if p.arrived_at <= command.at + _SAME_S]
    seen = _on_the_wall_clock(command.at)
    write_still(path, tape.facts, packets, masks, command.title, seen, command.watermark)
    return Span(command.at, command.at)


def _on_the_wall_clock(at: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - at)
