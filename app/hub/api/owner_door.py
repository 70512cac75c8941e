"""The owners' own door: a link's token opens it, and nothing else; and the token opens nothing else (R40)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request

from app.domain.audit import Act, Actor, ActorKind, AuditEntry, Outcome
from app.hub.api.access import Authorization, TheHub, desk_of
from app.hub.core import Hub
from app.hub.db.owner_book import OwnerLink, link_by_key
from app.hub.refusals import NotSignedInError
from app.hub.sessions import key_of

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
_HINT = "Use the whole link that you were given, or ask the control room for a new one."


class Owner:
    """Whose link asks, and how they stand on record: by the link's number, not by their name."""

    def __init__(self, link: OwnerLink, desk: str) -> None:
        self.link = link
        self.by = Actor(f"owner/{link.id}", desk, ActorKind.OWNER)


async def by_owners_link(hub: TheHub, request: Request, authorization: Authorization = None) -> Owner:
    """Pass whoever carries the token of a link that has not ended.

    A link that is known passes however often others at the same address guessed: an owner must be able to
    revoke. Guesses are on record, and a flood of them is counted.

    Raises:
        NotSignedInError: no link's token, or one whose time is over.
        TooOftenError: there were too many of those, or the link itself was used too often.
    """
    desk = desk_of(request)
    link = await _link(hub, authorization)
    if link is None:
        entry = AuditEntry(Act.SIGN_IN, "owner", Outcome.REFUSED)
        await hub.denials.record(Actor("unknown", desk), entry)
        raise NotSignedInError("This is not the link of a camera's owner.", _HINT)
    if link.ends_at <= hub.now():
        late = AuditEntry(Act.SIGN_IN, "owner", Outcome.REFUSED, detail="its link has ended")
        await hub.denials.record(Actor(f"owner/{link.id}", desk, ActorKind.OWNER), late)
        raise NotSignedInError("This link has ended.", "Ask the control room for a new one.")
    hub.owner_pace.pass_or_wait(link.id)
    return Owner(link, desk)


TheOwner = Annotated[Owner, Depends(by_owners_link)]


async def _link(hub: Hub, authorization: str | None) -> OwnerLink | None:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or _TOKEN.fullmatch(token.strip()) is None:
        return None
    async with hub.database.reading() as reading:
        return await link_by_key(reading, key_of(token.strip()))
