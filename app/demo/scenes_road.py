"""Scenes of roads that run straight through the picture."""

from __future__ import annotations
import numpy as np
from app.demo.canvas import View
from app.demo.stage import Light, Stage
from app.demo.scene import LOOP_S, Scene
from app.demo.traffic import Lane, Path, mixed_entries

ASPHALT = (84, 86, 90)
LINE = (214, 214, 208)
GRASS = (98, 116, 74)


def highway(view: View, light: Light, seed: int) -> Scene:
    view = View(view.width, view.height, mount_m=9, pitch_deg=13, fov_deg=58)
    st = Stage(view, light, seed)
    rng = np.random.default_rng(seed)
    st.plane(GRASS)
    st.strip(-15, 15, -10, 700, ASPHALT)
    for x in (-14.2, -1.4, 1.4, 14.2):
        st.dashes((x, -5), (x, 600), 0.18, LINE)
    for x in (-10, -5.8, 5.8, 10):
        st.dashes((x, -5), (x, 300), 0.16, LINE, on=4, off=8)
    lanes = []
    for x, d in ((-12, -1), (-7.8, -1), (-3.6, -1), (3.6, 1), (7.8, 1), (12, 1)):
        p = Path(((x, -12), (x, 320)) if d > 0 else ((x, 320), (x, -12)))
        lanes.append(
            Lane(
                p,
                mixed_entries(rng, LOOP_S, 5, ("sedan", "hatch", "suv", "truck")),
                LOOP_S,
                24 + abs(x) * -0.4,
            )
        )
    return Scene(view, light, st.finish(), lanes)
