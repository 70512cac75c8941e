"""One row of a camera file: from the file's words to a camera and its addresses, or to a reason.

A reason never quotes an address: shifted columns put passwords anywhere.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.camera import Camera, Quality, StreamKind, StreamProfile
from app.domain.direction import bearing_from_text
from app.domain.geo import LatLon
from app.domain.ids import CameraId
from app.hub.camera_address import Address, parse_address, scrubbed
from app.hub.degrees import Axis, read_degrees
from app.hub.privacy_masks import read_privacy_masks

_NAMES = {
    "id": "id cameraid camid uid identifier",
    "name": "name description desc title label cameraname",
    "lat": "lat latitude y gpslat gpslatitude",
    "lon": "lon lng long longitude x gpslon gpslng gpslongitude",
    "bearing": "bearing bearingdeg direction heading headingdeg facing azimuth orientation dir",
    "fov": "fov fovdeg fieldofview hfov viewangle",
    "main": "url mainurl main mainstream streamurl stream videourl imageurl rtspurl hlsurl rtsp hls link uri",
    "sub": "suburl sub substream substreamurl lowresurl",
    "kind": "type format kind streamtype streamformat protocol",
    "place": "place city town county area district neighborhood neighbourhood location",
    "tags": "tags tag labels groups category keywords",
    "masks": "privacymasks privacymask masks",
    "streams": "streams",
}
_FIELDS = {alias: field for field, aliases in _NAMES.items() for alias in aliases.split()}
_KINDS = {
    StreamKind.RTSP: "rtsp rtsps",
    StreamKind.HLS: "hls m3u8 m3u",
    StreamKind.JPEG: "jpeg jpg mjpeg mjpg image imagestream still stills snapshot png",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_ENDINGS = {
    ".m3u8": StreamKind.HLS,
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".mjpg", ".mjpeg", ".cgi"), StreamKind.JPEG),
}
_MOST_TAGS = 30


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A good row: its number, the camera, and where its streams come from.

    ``names_masks`` is false where the row does not speak of privacy masks: the camera keeps those it has.
    """

    row: int
    camera: Camera
    addresses: Mapping[Quality, Address]
    names_masks: bool = False


def field_of(header: str) -> str | None:
    """Return the field that a column's header names, None for a column of no use here."""
    return _FIELDS.get("".join(c for c in header[:40].casefold() if c.isalnum()))


def read_row(number: int, row: Mapping[str, object], place: str = "") -> FoundCamera:
    """Return the camera of a row whose keys are fields (see `field_of`).

    Args:
        number: the row's number, from 1.
        row: field → value, as the file has it.
        place: the place when the row names none.

    Raises:
        ValueError: why the row is refused, for the operator.
    """
    position = _position(row)
    streams, addresses = _streams(row)
    place = _text(row.get("place"), 200) or _clean(place, 200)
    given = _text(row.get("id"), 201)
    if len(given) > 200:
        raise ValueError("the id is longer than 200 characters")
    if "://" in given:
        raise ValueError("the id looks like an address")
    if not given and not addresses:
        raise ValueError("the row has neither an address nor an id")
    masks = row.get("masks")
    name = _text(row.get("name"), 200) or given or f"Camera at {position.lat:.5f}, {position.lon:.5f}"
    camera = Camera(
        id=CameraId(given or _made_id(next(iter(addresses.values())).listed, place)),
        name=name,
        position=position,
        place=place,
        bearing_deg=bearing_from_text(_text(row.get("bearing"), 100)),
        fov_deg=_positive(row.get("fov"), most=360.0),
        tags=_tags(row.get("tags")),
        streams=streams,
        privacy_masks=() if masks is None else read_privacy_masks(masks),
    )
    return FoundCamera(number, camera, addresses, names_masks=masks is not None)


def _position(row: Mapping[str, object]) -> LatLon:
    lat = read_degrees(row.get("lat"), Axis.LATITUDE)
    lon = read_degrees(row.get("lon"), Axis.LONGITUDE)
    if lat == 0 and lon == 0:
        raise ValueError("the position 0, 0 stands for “unknown”")
    if abs(lat) > 90 and abs(lat) <= 180 and abs(lon) <= 90:
        raise ValueError(f"latitude {lat:g} is impossible; latitude and longitude may be swapped")
    if abs(lat) > 90:
        raise ValueError(f"latitude {lat:g} is not between -90 and 90")
    if abs(lon) > 180:
        raise ValueError(f"longitude {lon:g} is not between -180 and 180")
    return LatLon(lat, lon)


def _streams(row: Mapping[str, object]) -> tuple[tuple[StreamProfile, ...], dict[Quality, Address]]:
    listed = row.get("streams")
    if listed is None or listed == "":
        hint = _text(row.get("kind"), 50)
        given: list[tuple[Quality, Mapping[str, object]]] = [
            (quality, {"url": row.get(quality.value), "kind": hint})
            for quality in (Quality.MAIN, Quality.SUB)
            if _is_given(row.get(quality.value))
        ]
    else:
        given = _listed_streams(listed)
    profiles: list[StreamProfile] = []
    addresses: dict[Quality, Address] = {}
    for quality, stream in given:
        if quality in addresses:
            raise ValueError(f"two {quality.value} streams")
        address = parse_address(str(stream.get("url") or ""))
        width, height = _positive(stream.get("width"), 20_000), _positive(stream.get("height"), 20_000)
        addresses[quality] = address
        profiles.append(
            StreamProfile(
                quality=quality,
                kind=_kind(address, str(stream.get("kind") or "")),
                width=int(width) if width else None,
                height=int(height) if height else None,
                fps=_positive(stream.get("fps"), 240.0),
            )
        )
    return tuple(profiles), addresses


def _listed_streams(listed: object) -> list[tuple[Quality, Mapping[str, object]]]:
    if not isinstance(listed, list):
        raise ValueError("streams is not a list")
    found: list[tuple[Quality, Mapping[str, object]]] = []
    for stream in listed:
        if not isinstance(stream, dict):
            raise ValueError("a stream is not an object")
        try:
            quality = Quality(stream.get("quality", Quality.MAIN.value))
        except ValueError:
            raise ValueError("a stream's quality is neither main nor sub") from None
        found.append((quality, stream))
    return found


def _kind(address: Address, hint: str) -> StreamKind:
    parts = urlsplit(address.listed)
    if parts.scheme in {"rtsp", "rtsps"}:
        return StreamKind.RTSP
    hinted = _KIND_OF.get("".join(c for c in hint.casefold() if c.isalnum()))
    if hinted is not None and hinted is not StreamKind.RTSP:
        return hinted
    for ending, kind in _ENDINGS.items():
        if parts.path.casefold().endswith(ending):
            return kind
    raise ValueError("the address does not tell HLS from JPEG; add a column “type” (rtsp, hls or jpeg)")


def _made_id(address: str, place: str) -> str:
    """Return an id for a camera whose file gives none: the same for the same address and place."""
    return "cam-" + hashlib.sha256(f"{place.casefold()}\n{address}".encode()).hexdigest()[:16]


def _tags(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        words = [_text(word, 60) for word in value]
    else:
        words = _text(value, 1000).replace("|", ",").replace(";", ",").split(",")
    tags = dict.fromkeys(word.strip()[:60] for word in words if word.strip())
    return tuple(tags)[:_MOST_TAGS]


def _positive(value: object, most: float) -> float | None:
    """Return a number above 0 and up to ``most``; anything else is unknown."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(str(value).strip().rstrip("°").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 < number <= most else None


def _is_given(value: object) -> bool:
    return value is not None and str(value).strip() != ""


def _text(value: object, longest: int) -> str:
    """Return a text or number as clean text, "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    return _clean(str(value), longest)


def _clean(text: str, longest: int) -> str:
    printable = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text[:10_000]))
    return scrubbed(" ".join(printable.split()))[:longest]
