"""What the dialog of owners' links says, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.owner_links import NewOwnerLink, OwnerLink
from widgets.view_state import count_words, one_line

WHAT_FOR = (
    "With a link the camera's owner sees on their own phone who looked, when and what for. They can revoke "
    "their consent and leave. The link opens nothing else."
)
NONE_YET = "No link opens this camera yet."
ONCE = "This is shown once: the hub cannot say it again. Whoever has it can do what the owner can."
HERE_ONLY = (
    "It leads to this computer only. Owners reach a hub that stands alone: docs/hub.md says how to run one."
)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link in the list. ``ended``: its time is over."""

    id: str
    name: str
    words: str
    ended: bool


def link_rows(links: Iterable[OwnerLink], now: datetime, zone: tzinfo | None = None) -> list[LinkRow]:
    """Return the links as they are listed: whose, until when, for how many cameras, made by whom."""
    return [
        LinkRow(
            link.id,
            one_line(link.name),
            ", ".join(
                (
                    f"{'until' if link.ends_at > now else 'ended'} {link.ends_at.astimezone(zone):%Y-%m-%d}",
                    count_words(len(link.camera_ids), "camera"),
                    f"made {link.made_at.astimezone(zone):%Y-%m-%d} by {one_line(link.made_by)}",
                )
            ),
            link.ends_at <= now,
        )
        for link in links
    ]


def made_words(made: NewOwnerLink, zone: tzinfo | None = None) -> str:
    """Return the line above a new link."""
    cameras = count_words(len(made.link.camera_ids), "camera")
    return f"For {one_line(made.link.name)}: {cameras}, until {made.link.ends_at.astimezone(zone):%Y-%m-%d}"
