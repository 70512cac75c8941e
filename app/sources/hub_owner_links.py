"""Owners' links at the hub over its REST interface: implements the `OwnerLinkGateway` port."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from app.domain.ids import CameraId
from app.domain.owner_links import NewOwnerLink, OwnerLink
from app.sources.hub_rest import HubRest
from app.wire.owners import OwnerLinkIn, OwnerLinkMade, OwnerLinkMessage, OwnerLinks


class HubOwnerLinks:
    """Makes links and takes them back in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def links(self, camera_id: CameraId) -> tuple[OwnerLink, ...]:
        """Return the links that open a camera, newest first."""
        answer = await self._rest.call("GET", "owner-links", params={"camera_id": camera_id})
        return tuple(_link(told) for told in self._rest.read(OwnerLinks, answer).links)

    async def make(self, camera_ids: Sequence[CameraId]) -> NewOwnerLink:
        """Make a link for the owner of these cameras, good for a year."""
        body = OwnerLinkIn.model_construct(camera_ids=list(camera_ids), name="", ends_at=None)
        made = self._rest.read(OwnerLinkMade, await self._rest.call("POST", "owner-links", body))
        base = self._rest.url
        # Behind "#": browsers do not send it, so it reaches no log.
        return NewOwnerLink(_link(made.link), f"{base}{made.path}#{made.token}", _is_here(base))

    async def take_back(self, link_id: str) -> None:
        """Let a link open nothing any more."""
        await self._rest.call("DELETE", f"owner-links/{quote(link_id, safe='')}")


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _link(told: OwnerLinkMessage) -> OwnerLink:
    cameras = tuple(CameraId(camera_id) for camera_id in told.camera_ids)
    return OwnerLink(told.id, told.name, told.made_by, told.made_at, told.ends_at, cameras)
