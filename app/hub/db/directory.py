"""The camera directory in the database; every write records its ``camera.upserted`` or ``camera.removed``."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.camera import Camera, Quality, StreamKind, StreamProfile
from app.domain.geo import LatLon
from app.domain.ids import CameraId
from app.hub.db.database import Row, Rows
from app.hub.db.tables import camera_streams, cameras, consents, events, owner_cameras
from app.hub.db.unit_of_work import UnitOfWork
from app.wire.convert import camera_to
from app.wire.hub import CameraMessage
from app.wire.privacy_masks import masks_from, masks_to

_IDS_PER_QUERY = 5000
"""Below SQLite's limit of 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class StreamSource:
    """Where a stream comes from: the address without a login, and where the whole address is kept."""

    address: str
    secret_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A camera with the sources of its streams; only leases and imports see one.

    ``names_masks`` is false in an import that does not speak of the camera's privacy masks.
    """

    camera: Camera
    sources: dict[Quality, StreamSource]
    names_masks: bool = field(default=True, compare=False)

    def over(self, known: Listing | None) -> Listing:
        """Return what takes the known listing's place: a list that forgets masks does not lift them."""
        if self.names_masks or known is None:
            return self
        return replace(self, camera=replace(self.camera, privacy_masks=known.camera.privacy_masks))


async def camera_by_id(rows: Rows, camera_id: str) -> Camera | None:
    """Return a camera, None when the directory has none of that id."""
    found = await listings(rows, [camera_id])
    return found[camera_id].camera if found else None


async def all_cameras(rows: Rows) -> list[Camera]:
    """Return the whole directory by name."""
    found = await _read(rows, None)
    return sorted((listing.camera for listing in found), key=lambda camera: (camera.name, camera.id))


async def listings(rows: Rows, camera_ids: Collection[str]) -> dict[str, Listing]:
    """Return the listings of these ids; unknown ids are left out."""
    ids = sorted(set(camera_ids))
    found: list[Listing] = []
    for start in range(0, len(ids), _IDS_PER_QUERY):
        found += await _read(rows, ids[start : start + _IDS_PER_QUERY])
    return {listing.camera.id: listing for listing in found}


async def write_cameras(uow: UnitOfWork, writes: Iterable[Listing], known: Mapping[str, Listing]) -> None:
    """Add or replace cameras and record each; ``known`` are the listings that the directory already has."""
    new: list[Listing] = []
    changed: list[Listing] = []
    for listing in writes:
        (changed if listing.camera.id in known else new).append(listing)
    for listing in changed:
        camera_id = listing.camera.id
        await uow.change(sa.delete(camera_streams).where(camera_streams.c.camera_id == camera_id))
        await uow.change(
            sa.update(cameras).where(cameras.c.id == camera_id).values(**_camera_row(listing.camera))
        )
    await uow.change(sa.insert(cameras), [_camera_row(listing.camera) for listing in new])
    for listing in changed:
        # Where it is, where its stream comes from and what is masked decide who sees what.
        camera_id = listing.camera.id
        uow.audit(AuditEntry(Act.CAMERA_CHANGE, f"camera/{camera_id}", camera_id=camera_id))
    everything = new + changed
    await uow.change(
        sa.insert(camera_streams), [row for listing in everything for row in _stream_rows(listing)]
    )
    for listing in everything:
        uow.record("camera.upserted", f"camera/{listing.camera.id}", _told(listing, known))


def _told(listing: Listing, known: Mapping[str, Listing]) -> CameraMessage | dict[str, Any]:
    """Return what a camera's event tells; where it was tells the hub whose reach it has left (redaction)."""
    told, before = camera_to(listing.camera), known.get(listing.camera.id)
    if before is None or _where(before.camera) == _where(listing.camera):
        return told
    was = camera_to(before.camera).model_dump(mode="json", include={"lat", "lon", "tags"})
    return told.model_dump(mode="json") | {"was": was}


def _where(camera: Camera) -> tuple[LatLon, tuple[str, ...]]:
    return camera.position, camera.tags


async def remove_camera(uow: UnitOfWork, listing: Listing) -> None:
    """Take a camera out of the directory, with its owner's consents and what the event log tells of it."""
    camera_id = listing.camera.id
    subject = f"camera/{camera_id}"
    for table in (camera_streams, consents, owner_cameras):
        await uow.change(sa.delete(table).where(table.c.camera_id == camera_id))
    await uow.change(sa.delete(cameras).where(cameras.c.id == camera_id))
    gone = {"id": camera_id}
    # Where it is and what it is called also stands in the events of before; their numbers stay.
    told_before = sa.and_(events.c.subject == subject, events.c.type == "camera.upserted")
    await uow.change(
        sa.update(events).where(told_before).values(type="camera.removed", data=json.dumps(gone))
    )
    uow.audit(AuditEntry(Act.CAMERA_CHANGE, subject, camera_id=camera_id, detail="removed"))
    uow.record("camera.removed", subject, gone)


async def _read(rows: Rows, ids: Sequence[str] | None) -> list[Listing]:
    camera_query, stream_query = sa.select(cameras), sa.select(camera_streams)
    if ids is not None:
        camera_query = camera_query.where(cameras.c.id.in_(ids))
        stream_query = stream_query.where(camera_streams.c.camera_id.in_(ids))
    streams: dict[str, list[Row]] = defaultdict(list)
    for row in await rows.rows(stream_query.order_by(camera_streams.c.position)):
        streams[row["camera_id"]].append(row)
    return [_listing(row, streams[row["id"]]) for row in await rows.rows(camera_query)]


def _listing(row: Row, streams: list[Row]) -> Listing:
    camera = Camera(
        id=CameraId(row["id"]),
        name=row["name"],
        position=LatLon(row["lat"], row["lon"]),
        place=row["place"],
        bearing_deg=row["bearing_deg"],
        fov_deg=row["fov_deg"],
        tags=tuple(row["tags"]),
        streams=tuple(
            StreamProfile(Quality(s["quality"]), StreamKind(s["kind"]), s["width"], s["height"], s["fps"])
            for s in streams
        ),
        privacy_masks=masks_from(row["privacy_masks"]),
    )
    sources = {Quality(s["quality"]): StreamSource(s["address"], s["secret_ref"]) for s in streams}
    return Listing(camera, sources)


def _camera_row(camera: Camera) -> dict[str, Any]:
    return {
        "id": camera.id,
        "name": camera.name,
        "lat": camera.position.lat,
        "lon": camera.position.lon,
        "place": camera.place,
        "bearing_deg": camera.bearing_deg,
        "fov_deg": camera.fov_deg,
        "tags": list(camera.tags),
        "privacy_masks": masks_to(camera.privacy_masks),
    }


def _stream_rows(listing: Listing) -> list[dict[str, Any]]:
    return [
        {
            "camera_id": listing.camera.id,
            "quality": stream.quality.value,
            "position": position,
            "kind": stream.kind.value,
            "address": listing.sources[stream.quality].address,
            "secret_ref": listing.sources[stream.quality].secret_ref,
            "width": stream.width,
            "height": stream.height,
            "fps": stream.fps,
        }
        for position, stream in enumerate(listing.camera.streams)
    ]
