"""What a layout will ask of this machine: told beforehand by the same rule that chooses the streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.camera import Camera, Quality
from app.domain.ids import CameraId
from app.domain.picture_size import PictureSize
from app.domain.quality_policy import NoBudget, QualityPolicy, cost_mpx_s, wish_for

Sizes = Mapping[CameraId, PictureSize]
"""How large each camera's largest picture is, in device pixels."""


@dataclass(frozen=True, slots=True)
class StreamCost:
    """One camera's stream: at which size it is shown, which one it is, what decoding it takes."""

    camera: Camera
    size: PictureSize
    quality: Quality
    mpx_s: float
    degraded: bool
    """It gave way: the tile is large enough for the main stream, and the budget is not."""

    @property
    def has_no_other(self) -> bool:
        """Say whether the camera has nothing smaller to give way to."""
        return Quality.SUB not in {stream.quality for stream in self.camera.streams}


@dataclass(frozen=True, slots=True)
class Forecast:
    """All streams of one layout, in millions of pixels a second, and the budget that they share."""

    streams: tuple[StreamCost, ...]
    unknown: tuple[CameraId, ...] = ()
    """Cameras of the layout that the directory lacks: there is nothing to decode."""
    elsewhere_mpx_s: float = 0.0
    """What the cameras of the other walls take that are not on this one."""
    degraded_elsewhere: tuple[Camera, ...] = ()
    """Cameras of the other walls that give way, too."""
    budget_mpx_s: float | None = None
    why_no_budget: NoBudget = NoBudget.NOT_MEASURED_YET

    @property
    def layout_mpx_s(self) -> float:
        """What this layout's streams take."""
        return sum(stream.mpx_s for stream in self.streams)

    @property
    def load_mpx_s(self) -> float:
        """What all walls take together."""
        return self.layout_mpx_s + self.elsewhere_mpx_s

    @property
    def excess_mpx_s(self) -> float:
        """What does not fit even after all that can give way has given way; 0 when all fits."""
        if self.budget_mpx_s is None:
            return 0.0
        excess = self.load_mpx_s - self.budget_mpx_s
        # The sums are of floats: a single pixel a second is no excess but their rounding.
        return excess if excess > 1e-6 else 0.0


def forecast(
    here: Sizes,
    elsewhere: Sizes,
    cameras: Mapping[CameraId, Camera],
    budget_mpx_s: float | None,
    why_no_budget: NoBudget = NoBudget.NOT_MEASURED_YET,
) -> Forecast:
    """Return what `QualityPolicy` will do when the layout's streams are opened anew.

    Args:
        here: the layout's pictures.
        elsewhere: those of the other walls, which share the budget; `HIDDEN` ones take nothing.
        cameras: the directory.
        budget_mpx_s: millions of pixels a second, None for none.
        why_no_budget: kept for who shows the forecast.
    """
    largest = {c: size for c, size in {**elsewhere, **here}.items() if c in cameras}
    for camera_id, size in elsewhere.items():
        if camera_id in largest and size.area > largest[camera_id].area:
            largest[camera_id] = size
    shown = {c: size for c, size in largest.items() if size.area or c in here}
    policy = QualityPolicy(budget_mpx_s)
    chosen = policy.choose({c: wish_for(cameras[c], size) for c, size in shown.items()}, 0.0)
    costs = {c: cost_mpx_s(cameras[c], chosen[c]) if shown[c].area else 0.0 for c in chosen}
    return Forecast(
        streams=tuple(
            StreamCost(cameras[c], largest[c], chosen[c], costs[c], c in policy.degraded)
            for c in here
            if c in chosen
        ),
        unknown=tuple(c for c in here if c not in cameras),
        elsewhere_mpx_s=sum(cost for c, cost in costs.items() if c not in here),
        degraded_elsewhere=tuple(cameras[c] for c in sorted(policy.degraded - here.keys())),
        budget_mpx_s=budget_mpx_s,
        why_no_budget=why_no_budget,
    )
