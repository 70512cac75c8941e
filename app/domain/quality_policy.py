"""Which of a camera's streams a tile needs: from the tile's own pixels and this machine's power to decode.

Learnt from the Nx Witness client: one rule decides for all tiles, the smallest give way first under load, and
no stream is exchanged again before the last exchange has had time to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from math import hypot

from app.domain.camera import Camera, Quality
from app.domain.ids import CameraId
from app.domain.picture_size import PictureSize

UP_PX = 480
"""Tile height in device pixels from which the main stream is worth its cost."""
DOWN_PX = 420
"""Tile height below which the sub stream is enough again; the gap keeps a resize from flapping."""
SWITCH_S = 3.0
"""No camera's stream is exchanged more often than this."""
UP_SHARE = 0.85
"""Of the budget: a stream that gave way comes back only below this, or it would give way again at once."""
_USUAL = {Quality.MAIN: (1920, 1080), Quality.SUB: (640, 360)}
_USUAL_FPS = 15.0


class NoBudget(Enum):
    """Why there is no budget, for who asks what this machine can do."""

    NOT_MEASURED_YET = auto()
    NOT_WANTED = auto()
    """The settings say that there is none."""
    NOT_MEASURABLE = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the walls want of one camera: its largest picture's height and area in device pixels."""

    camera: Camera
    height_px: int
    area_px: int
    current: Quality | None = None
    held: bool = False
    """It must stay what it is, whatever the tile's size."""


def wish_for(
    camera: Camera, size: PictureSize, current: Quality | None = None, *, held: bool = False
) -> Wish:
    """Return what a picture of that size asks of a camera.

    The height that counts is that of a 16:9 picture with the same diagonal. A camera's main stream is often
    16:9 and its small one 4:3. In a narrow tile the main one's picture is the lower: by its plain height it
    would give way to the small one, which would ask for it again.
    """
    height_px = round(hypot(size.width, size.height) * 9 / hypot(16, 9))
    return Wish(camera, height_px, size.area, current, held)


def choose_quality(camera: Camera, height_px: int, current: Quality | None) -> Quality:
    """Return the quality for a tile ``height_px`` device pixels high, given what it shows now."""
    offered = {stream.quality for stream in camera.streams}
    if len(offered) == 1:
        return next(iter(offered))
    if current is Quality.MAIN:
        return Quality.SUB if height_px < DOWN_PX else Quality.MAIN
    return Quality.MAIN if height_px >= UP_PX else Quality.SUB


def cost_mpx_s(camera: Camera, quality: Quality) -> float:
    """Return what decoding that stream takes, in millions of pixels a second; a guess where it is unknown."""
    profile = camera.profile(quality)
    width, height = _USUAL[quality]
    if profile is None:
        return width * height * _USUAL_FPS / 1e6
    return (profile.width or width) * (profile.height or height) * (profile.fps or _USUAL_FPS) / 1e6


class QualityPolicy:
    """Chooses for all cameras at once. Knows no clock: times in monotonic seconds are handed in."""

    def __init__(self, budget_mpx_s: float | None = None) -> None:
        """Begin; without a budget (millions of pixels a second) the tiles' sizes alone decide."""
        self.budget_mpx_s = budget_mpx_s
        self.why_no_budget = NoBudget.NOT_MEASURED_YET
        """Holds while ``budget_mpx_s`` is None."""
        self.load_mpx_s = 0.0
        """What the last choice takes."""
        self.degraded: frozenset[CameraId] = frozenset()
        """Cameras that show their small stream, though their tile is large enough for the other."""
        self._switched_at: dict[CameraId, float] = {}

    def choose(self, wishes: Mapping[CameraId, Wish], now: float) -> dict[CameraId, Quality]:
        """Return the quality of each camera's stream."""
        chosen = {camera_id: self._by_size(wish, now) for camera_id, wish in wishes.items()}
        # What nobody can see is not decoded: it must not take the power from what is looked at.
        costs = {
            c: cost_mpx_s(wishes[c].camera, quality) if wishes[c].area_px else 0.0
            for c, quality in chosen.items()
        }
        load = sum(costs.values())
        degraded = set()
        # Ties by name: the same wall must always come out the same.
        for camera_id in sorted(chosen, key=lambda c: (wishes[c].area_px, c)):
            if self.budget_mpx_s is None or load <= self._limit(wishes[camera_id]):
                continue
            small = cost_mpx_s(wishes[camera_id].camera, Quality.SUB)
            if self._can_give_way(wishes[camera_id], chosen[camera_id], now):
                load += small - costs[camera_id]
                chosen[camera_id] = Quality.SUB
                degraded.add(camera_id)
        self.load_mpx_s, self.degraded = load, frozenset(degraded)
        self._note_switches(wishes, chosen, now)
        return chosen

    def _limit(self, wish: Wish) -> float:
        assert self.budget_mpx_s is not None
        return self.budget_mpx_s * (UP_SHARE if wish.current is Quality.SUB else 1.0)

    def _by_size(self, wish: Wish, now: float) -> Quality:
        if wish.current is not None and (wish.held or self._too_soon(wish, now)):
            return wish.current
        return choose_quality(wish.camera, wish.height_px, wish.current)

    def _can_give_way(self, wish: Wish, quality: Quality, now: float) -> bool:
        offers_both = {stream.quality for stream in wish.camera.streams} >= {Quality.MAIN, Quality.SUB}
        return quality is Quality.MAIN and offers_both and not wish.held and not self._too_soon(wish, now)

    def _too_soon(self, wish: Wish, now: float) -> bool:
        switched_at = self._switched_at.get(wish.camera.id)
        return switched_at is not None and now - switched_at < SWITCH_S and self._still_offered(wish)

    @staticmethod
    def _still_offered(wish: Wish) -> bool:
        return wish.current in {stream.quality for stream in wish.camera.streams}

    def _note_switches(
        self, wishes: Mapping[CameraId, Wish], chosen: Mapping[CameraId, Quality], now: float
    ) -> None:
        for camera_id in self._switched_at.keys() - wishes.keys():
            del self._switched_at[camera_id]
        for camera_id, quality in chosen.items():
            if wishes[camera_id].current not in (None, quality):
                self._switched_at[camera_id] = now
