"""Cameras as the directory lists them: never with an address or a password.

An address is given out only with a lease (see `Lease`), for one look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.geo import LatLon
from app.domain.ids import CameraId, WallId
from app.domain.privacy_mask import PrivacyMask


class StreamKind(StrEnum):
    """How a camera delivers its pictures."""

    RTSP = "rtsp"
    HLS = "hls"
    JPEG = "jpeg"
    """Still pictures over HTTP, fetched again and again, or one multipart (MJPEG) answer."""


class Quality(StrEnum):
    """A camera's profile: full size, or the small one for small tiles."""

    MAIN = "main"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class StreamProfile:
    """What is known of one stream before it is opened. Sizes in pixels, None where unknown."""

    quality: Quality
    kind: StreamKind
    width: int | None = None
    height: int | None = None
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera of the directory. ``bearing_deg`` clockwise from north, None where unknown."""

    id: CameraId
    name: str
    position: LatLon
    place: str = ""
    bearing_deg: float | None = None
    fov_deg: float | None = None
    tags: tuple[str, ...] = ()
    streams: tuple[StreamProfile, ...] = ()
    privacy_masks: tuple[PrivacyMask, ...] = ()
    """For the record: what a picture is blanked by is what its lease says."""

    def profile(self, quality: Quality) -> StreamProfile | None:
        """Return the profile of that quality, or the only other one there is."""
        for stream in self.streams:
            if stream.quality is quality:
                return stream
        return self.streams[0] if self.streams else None


@dataclass(frozen=True, slots=True)
class StreamKey:
    """Names a stream: two tiles with the same key share one decode.

    ``replay_s`` is 0 for what the camera shows now, else how many seconds ago a replay of it began.
    """

    camera_id: CameraId
    quality: Quality
    replay_s: int = 0


class Use(StrEnum):
    """What somebody does with a stream beyond looking at it."""

    REPLAY = "replay"
    SNAPSHOT = "snapshot"
    RECORDING = "recording"
    LISTEN = "listen"


@dataclass(frozen=True, slots=True)
class Lease:
    """The hub's leave to look at one stream. ``url`` may hold a password: never log or show it."""

    id: str
    key: StreamKey
    kind: StreamKind
    url: str
    expires_at: datetime
    fps: float | None = None
    privacy_masks: tuple[PrivacyMask, ...] = ()
    """What no picture of the stream may show."""
    watermark: str = ""
    """What every picture is marked with, beside the time; empty where the camera is the city's own."""
    wall: WallId | None = None
    """The wall that stays lit which it was asked for, None where it is for no such one."""

    def __repr__(self) -> str:
        return f"Lease(id={self.id!r}, key={self.key!r}, url=<hidden>)"
