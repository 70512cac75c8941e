"""Links of cameras' owners, and what owners are told: for who records consents, and for a supervisor."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from app.domain.audit import Actor
from app.domain.owner_telling import OwnerTerms
from app.domain.rights import Right
from app.hub import owners
from app.hub.api.access import TheHub, may
from app.hub.db.owner_book import OwnerLink, links_to
from app.hub.db.owner_terms import terms_of, write_terms
from app.hub.sessions import new_token
from app.wire.hub import API
from app.wire.owners import (
    OwnerLinkIn,
    OwnerLinkMade,
    OwnerLinkMessage,
    OwnerLinks,
    OwnerTermsMessage,
)

OWNER_PAGE = "/owner"

router = APIRouter(prefix=API, tags=["owners"])

_Consents = Annotated[Actor, may(Right.CONSENT_EDIT)]
_Settings = Annotated[Actor, may(Right.SETTINGS)]
_Withholds = Annotated[Actor, may(Right.INCIDENT_WITHHOLD)]


@router.get("/owner-links")
async def list_links(
    hub: TheHub, _who: _Consents, camera_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None
) -> OwnerLinks:
    """Return the links of cameras' owners, or those to one camera, without their tokens."""
    async with hub.database.reading() as reading:
        found = await links_to(reading, None if camera_id is None else [camera_id])
    return OwnerLinks(links=[_told(link) for link in found])


@router.post("/owner-links", status_code=201)
async def make_link(hub: TheHub, who: _Consents, wanted: OwnerLinkIn) -> OwnerLinkMade:
    """Make a link for the owner of private cameras. Its token is told here and never again."""
    token = new_token()
    work = partial(
        owners.make_link,
        token=token,
        camera_ids=wanted.camera_ids,
        name=wanted.name,
        ends_at=wanted.ends_at,
    )
    return OwnerLinkMade(link=_told(await hub.journal.write(who, work)), token=token, path=OWNER_PAGE)


@router.delete("/owner-links/{link_id}", status_code=204)
async def end_link(hub: TheHub, who: _Consents, link_id: str) -> None:
    """Take a link back: it opens nothing any more."""
    await hub.journal.write(who, partial(owners.end_link, link_id=link_id))


@router.get("/owner-terms")
async def read_terms(hub: TheHub, _who: _Settings) -> OwnerTermsMessage:
    """Return what owners are told of looks, and how late."""
    async with hub.database.reading() as reading:
        terms = await terms_of(reading)
    return OwnerTermsMessage(
        tells_names=terms.tells_names, tells_titles=terms.tells_titles, delay_hours=terms.delay_hours
    )


@router.put("/owner-terms", status_code=204)
async def set_terms(hub: TheHub, who: _Settings, wanted: OwnerTermsMessage) -> None:
    """Set what owners are told of looks, and how late; it holds for looks of before too."""
    terms = OwnerTerms(wanted.tells_names, wanted.tells_titles, wanted.delay_hours)
    await hub.journal.write(who, partial(write_terms, terms=terms))


@router.put("/incidents/{incident_id}/withheld", status_code=204)
async def withhold(hub: TheHub, who: _Withholds, incident_id: str) -> None:
    """Keep an incident's looks from the cameras' owners until it is closed."""
    await hub.journal.write(who, partial(owners.withhold, incident_id=incident_id, withheld=True))


@router.delete("/incidents/{incident_id}/withheld", status_code=204)
async def tell(hub: TheHub, who: _Withholds, incident_id: str) -> None:
    """Tell owners of an incident's looks again."""
    await hub.journal.write(who, partial(owners.withhold, incident_id=incident_id, withheld=False))


def _told(link: OwnerLink) -> OwnerLinkMessage:
    return OwnerLinkMessage(
        id=link.id,
        name=link.name,
        made_by=link.made_by,
        made_at=link.made_at,
        ends_at=link.ends_at,
        camera_ids=list(link.camera_ids),
    )
