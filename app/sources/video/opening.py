"""Chooses the transport by the kind of stream, and loads its libraries only when one is opened."""

from __future__ import annotations

from app.domain.camera import StreamKind
from app.sources.video.transport import Transport


def open_transport(kind: StreamKind, url: str, fps: float | None) -> Transport:
    """Open a camera.

    Raises:
        TransportError: it cannot be opened.
    """
    if kind is StreamKind.JPEG:
        from app.sources.video.stills import StillsTransport  # noqa: PLC0415 - only when one is opened

        return StillsTransport(url, fps)
    from app.sources.video.carried import CarriedTransport  # noqa: PLC0415 - only when one is opened

    return CarriedTransport(kind, url, fps)
