"""How far a right reaches: which cameras, which alerts, which part of the map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.camera import Camera
from app.domain.geo import LatLon, distance_m
from app.domain.rights import Right


@dataclass(frozen=True, slots=True)
class Area:
    """A circle on the map."""

    centre: LatLon
    radius_m: float

    def holds(self, position: LatLon) -> bool:
        """Say whether a position lies within it."""
        return distance_m(self.centre, position) <= self.radius_m


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody is concerned with; None sets no bound. All bounds that are set must hold.

    ``groups`` are camera groups (a camera's tags, without regard to case), ``sources`` those of alerts.
    """

    groups: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    area: Area | None = None

    def holds_camera(self, camera: Camera) -> bool:
        """Say whether a camera lies within the scope."""
        if self.groups is not None and not self.groups & {tag.casefold() for tag in camera.tags}:
            return False
        return self.holds_place(camera.position)

    def holds_alert(self, source: str, position: LatLon | None) -> bool:
        """Say whether an alert lies within the scope."""
        return (self.sources is None or source in self.sources) and self.holds_place(position)

    def holds_place(self, position: LatLon | None) -> bool:
        """Say whether a place lies within the area; what has no place lies in no area."""
        return self.area is None or (position is not None and self.area.holds(position))


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights, each within all of these scopes."""

    rights: frozenset[Right]
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that somebody may do, and where. Grants add up; within one all its scopes must hold."""

    grants: tuple[Grant, ...] = ()

    @property
    def rights(self) -> frozenset[Right]:
        """What they may do somewhere."""
        return frozenset(right for grant in self.grants for right in grant.rights)

    def is_whole(self, right: Right) -> bool:
        """Say whether a right has no bounds."""
        return any(all(scope == EVERYTHING for scope in scopes) for scopes in self._scopes_of(right))

    def holds_camera(self, right: Right, camera: Camera) -> bool:
        """Say whether a right reaches a camera."""
        return any(all(s.holds_camera(camera) for s in scopes) for scopes in self._scopes_of(right))

    def holds_alert(self, right: Right, source: str, position: LatLon | None) -> bool:
        """Say whether a right reaches an alert of a source at a place."""
        return any(all(s.holds_alert(source, position) for s in scopes) for scopes in self._scopes_of(right))

    def holds_place(self, right: Right, position: LatLon | None) -> bool:
        """Say whether a right reaches a place."""
        return any(all(s.holds_place(position) for s in scopes) for scopes in self._scopes_of(right))

    def _scopes_of(self, right: Right) -> Iterable[tuple[Scope, ...]]:
        return (grant.scopes for grant in self.grants if right in grant.rights)


NO_REACH = Reach()
