"""Every street scene that the demo can draw, by name."""

from __future__ import annotations

from collections.abc import Callable

from app.demo.canvas import View
from app.demo.scene import Scene
from app.demo.scenes_city import crossroads, school, shops, tram
from app.demo.scenes_places import busstation, carpark, fuel, park_gate
from app.demo.scenes_road import bridge, highway, tunnel
from app.demo.scenes_suburb import homes, roundabout
from app.demo.scenes_water import harbour, quay
from app.demo.stage import DAY, DUSK, MORNING, NIGHT, OVERCAST, Light

LIGHTS: dict[str, Light] = {
    "day": DAY, "morning": MORNING, "overcast": OVERCAST, "dusk": DUSK, "night": NIGHT,
}  # fmt: skip
SCENES: dict[str, Callable[[View, Light, int], Scene]] = {
    "highway": highway, "tunnel": tunnel, "bridge": bridge, "crossroads": crossroads, "shops": shops,
    "school": school, "tram": tram, "roundabout": roundabout, "homes": homes,
    "carpark": carpark, "busstation": busstation, "fuel": fuel, "park": park_gate, "quay": quay,
    "harbour": harbour,
}  # fmt: skip


def build_scene(name: str, light: str, seed: int, size: tuple[int, int], caption: str) -> Scene:
    """Draw the still part of a scene and return it ready to play.

    Raises:
        KeyError: no such scene or light.
    """
    scene = SCENES[name](View(*size), LIGHTS[light], seed)
    scene.caption = caption
    return scene
