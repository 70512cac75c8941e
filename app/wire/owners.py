"""Links of cameras' owners, and what they open, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from app.domain.consent import ConsentLevel, ConsentScope
from app.domain.owner_telling import LONGEST_DELAY_H
from app.wire.consent import EARLIEST, LATEST
from app.wire.consent_told import WindowOut
from app.wire.hub import Command, Id, Message

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
MOST_CAMERAS = 200


class OwnerLinkIn(Command):
    """A link to make. Without a name it is theirs who gave the consent; without an end it ends in a year."""

    camera_ids: list[Id] = Field(min_length=1, max_length=MOST_CAMERAS)
    name: Name = ""
    ends_at: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)] | None = None


class OwnerLinkMessage(Message):
    """A link that was made. It opens nothing any more after ``ends_at``."""

    id: str
    name: str
    made_by: str
    made_at: AwareDatetime
    ends_at: AwareDatetime
    camera_ids: list[str]


class OwnerLinkMade(Message):
    """A new link. The token is told this once: the hub keeps a hash of it. It goes behind ``path#``."""

    link: OwnerLinkMessage
    token: str = Field(repr=False)
    path: str


class OwnerLinks(Message):
    """Links, newest first."""

    links: list[OwnerLinkMessage]


class OwnerTermsMessage(Command):
    """What owners are told of looks: names of who looked or roles only, titles of incidents or numbers only.

    ``delay_hours``: a look is listed so long after it began.
    """

    tells_names: bool = True
    tells_titles: bool = True
    delay_hours: int = Field(0, ge=0, le=LONGEST_DELAY_H)


class OwnerConsent(Message):
    """What holds for a camera."""

    number: int
    recorded_at: AwareDatetime
    level: ConsentLevel
    scope: ConsentScope
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None
    windows: list[WindowOut]
    zone: str
    radius_m: float
    minutes: float


class OwnerCamera(Message):
    """A camera of the owner. ``present`` is empty where no consent of theirs is on record any more."""

    id: str
    name: str
    place: str
    present: OwnerConsent | None


class OwnerCameras(Message):
    """An owner's cameras, and until when their link is good."""

    ends_at: AwareDatetime
    cameras: list[OwnerCamera]


class OwnerLook(Message):
    """One look. ``who`` is empty where the site tells roles only; ``ended_at`` while it goes on.

    ``incident`` is its title, or its number where the site tells no titles.
    """

    number: int
    camera_id: str
    camera: str
    began_at: AwareDatetime
    ended_at: AwareDatetime | None
    who: str
    role: str
    reason: str
    incident: str


class OwnerLooks(Message):
    """Looks, newest first. ``before`` asks for the next page; it is empty on the last one."""

    looks: list[OwnerLook]
    before: int | None
    told_until: datetime
    words: str


class OwnerRevoked(Message):
    """What revoking did."""

    looks_ended: int


class OwnerLeft(Message):
    """What leaving did, in numbers and in words."""

    looks_ended: int
    cameras_removed: list[str]
    cameras_shared: list[str]
    words: str
