"""Links of cameras' owners in the database. A link's token is kept as a hash, and not on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.hub.db.database import Row, Rows
from app.hub.db.tables import departed_cameras, owner_cameras, owners
from app.hub.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """A link that opens what an owner may see and do, for these cameras until then."""

    id: str
    name: str
    made_by: str
    made_at: datetime
    ends_at: datetime
    camera_ids: tuple[str, ...]

    @property
    def person(self) -> str:
        """Return whose it is, without regard to case: one owner may have had two links."""
        return self.name.strip().casefold()


async def link_by_key(rows: Rows, key: str) -> OwnerLink | None:
    """Return the link whose token has this hash, also one that is over; None where there is none."""
    return next(iter(await _links(rows, owners.c.key == key)), None)


async def link_by_id(rows: Rows, link_id: str) -> OwnerLink | None:
    """Return a link, None where there is none."""
    return next(iter(await _links(rows, owners.c.id == link_id)), None)


async def links_to(rows: Rows, camera_ids: Collection[str] | None = None) -> list[OwnerLink]:
    """Return the links to any of the cameras, or all of them, newest first."""
    if camera_ids is None:
        return await _links(rows, sa.true())
    to_them = sa.select(owner_cameras.c.owner_id).where(owner_cameras.c.camera_id.in_(sorted(camera_ids)))
    return await _links(rows, owners.c.id.in_(to_them))


async def write_link(uow: UnitOfWork, link: OwnerLink, key: str) -> None:
    """Keep a new link and put it on record: for which cameras and until when, not for whom."""
    await uow.change(
        sa.insert(owners).values(
            id=link.id,
            key=key,
            name=link.name,
            made_by=link.made_by,
            made_at=link.made_at,
            ends_at=link.ends_at,
        )
    )
    await uow.change(
        sa.insert(owner_cameras), [{"owner_id": link.id, "camera_id": one} for one in link.camera_ids]
    )
    _on_record(uow, link, Act.OWNER_LINK, f"until {link.ends_at.isoformat(timespec='seconds')}")


async def drop_link(uow: UnitOfWork, link: OwnerLink, words: str) -> None:
    """End a link and forget whose it was."""
    # Named one by one: not every engine follows a cascade.
    await uow.change(sa.delete(owner_cameras).where(owner_cameras.c.owner_id == link.id))
    await uow.change(sa.delete(owners).where(owners.c.id == link.id))
    _on_record(uow, link, Act.OWNER_LINK_END, words)


async def close_links_to(uow: UnitOfWork, camera_id: str, words: str) -> int:
    """Take a camera out of every link, and end those that open no other; return how many opened it."""
    found = await links_to(uow, [camera_id])
    for link in found:
        if link.camera_ids == (camera_id,):
            await drop_link(uow, link, words)
            continue
        theirs = owner_cameras.c.owner_id == link.id
        await uow.change(sa.delete(owner_cameras).where(theirs, owner_cameras.c.camera_id == camera_id))
        _on_record(uow, replace(link, camera_ids=(camera_id,)), Act.OWNER_LINK_END, words)
    return len(found)


def _on_record(uow: UnitOfWork, link: OwnerLink, act: Act, detail: str) -> None:
    for camera_id in link.camera_ids:
        uow.audit(AuditEntry(act, f"owner/{link.id}", camera_id=camera_id, detail=detail))
    uow.record("owner.changed", f"owner/{link.id}", {"id": link.id})


async def note_departed(uow: UnitOfWork, camera_ids: Collection[str]) -> None:
    """Remember whose cameras' owners have left, or given them to others, and when: by their ids alone."""
    left = [{"camera_id": one, "left_at": uow.now} for one in sorted(set(camera_ids))]
    # One that has left before has had another owner since.
    await uow.change(
        sa.delete(departed_cameras).where(
            departed_cameras.c.camera_id.in_([one["camera_id"] for one in left])
        )
    )
    await uow.change(sa.insert(departed_cameras), left)


async def departed_among(rows: Rows, camera_ids: Collection[str]) -> set[str]:
    """Return those of the ids whose cameras' owners have left."""
    query = sa.select(departed_cameras.c.camera_id)
    found = await rows.rows(query.where(departed_cameras.c.camera_id.in_(sorted(camera_ids))))
    return {row["camera_id"] for row in found}


async def _links(rows: Rows, condition: sa.ColumnElement[bool]) -> list[OwnerLink]:
    query = sa.select(owners).where(condition).order_by(owners.c.made_at.desc(), owners.c.id)
    found = await rows.rows(query)
    if not found:
        return []
    cameras: dict[str, list[str]] = defaultdict(list)
    theirs: sa.Select[Any] = sa.select(owner_cameras).where(
        owner_cameras.c.owner_id.in_([row["id"] for row in found])
    )
    for row in await rows.rows(theirs.order_by(owner_cameras.c.camera_id)):
        cameras[row["owner_id"]].append(row["camera_id"])
    return [_link(row, tuple(cameras[row["id"]])) for row in found]


def _link(row: Row, camera_ids: tuple[str, ...]) -> OwnerLink:
    return OwnerLink(row["id"], row["name"], row["made_by"], row["made_at"], row["ends_at"], camera_ids)
