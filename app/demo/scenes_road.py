"""Scenes of roads that run away from the camera: expressway, tunnel mouth, bridge."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from app.demo.canvas import Colour, View, shade
from app.demo.furniture import COOL, STEEL, WARM, lamp, skyline, tree, water
from app.demo.scene import LOOP_S, Scene
from app.demo.stage import Backdrop, Light, Stage
from app.demo.traffic import Lane, Path, mixed_entries

ASPHALT: Colour = (86, 88, 92)
LINE: Colour = (212, 212, 206)
GRASS: Colour = (92, 110, 68)
CONCRETE: Colour = (158, 156, 150)
CARS = ("sedan", "hatch", "suv", "suv", "sedan", "van")


def _carriageway(stage: Stage, half: float, lanes: tuple[float, ...], far: float) -> None:
    stage.strip(-half, half, -8, far, ASPHALT)
    for x in (-half + 0.8, half - 0.8):
        stage.dashes((x, -6), (x, far), 0.18, LINE)
    for x in lanes:
        stage.dashes((x, -6), (x, min(far, 260)), 0.16, LINE, on=3.5, off=7)


def _straight(x: float, near: float, far: float, away: bool) -> Path:
    return Path(((x, near), (x, far)) if away else ((x, far), (x, near)))


def highway(view: View, light: Light, seed: int) -> Scene:
    """Six lanes seen from an overpass, with a median, a gantry and woods beside."""
    view = replace(view, mount_m=9.0, pitch_deg=11.0, fov_deg=56, x=1.5)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane(GRASS)
    skyline(stage, 620, tall=46)
    _carriageway(stage, 16.5, (-11.4, -7.4, 7.4, 11.4), 640)
    stage.strip(-2.6, 2.6, -8, 600, (104, 112, 84))
    for x in (-2.9, 2.9):
        stage.dashes((x, -6), (x, 500), 0.18, (214, 190, 110))
    for rail in range(190, 8, -3):
        stage.box(-0.35, 0.35, rail, rail + 3, 0, 0.85, CONCRETE)
    for y in sorted((float(v) for v in rng.uniform(16, 260, 52)), reverse=True):
        side = float(rng.choice([-1, 1]))
        tree(
            stage,
            side * float(rng.uniform(22, 48)),
            y,
            tall=float(rng.uniform(5, 10)),
            wide=float(rng.uniform(4, 7)),
        )
    for y in (230, 190, 150, 110, 70, 34):
        lamp(stage, 0.0, y, tall=11, arm=3.2, strength=1.3, radius=14)
        lamp(stage, 0.0, y, tall=11, arm=-3.2, strength=1.3, radius=14)
    stage.raised(0, 88, lambda: _gantry(stage, 88.0))
    lanes = []
    for x, away, speed in (
        (13.6, True, 20),
        (9.4, True, 24),
        (5.2, True, 27),
        (-5.2, False, 27),
        (-9.4, False, 23),
        (-13.6, False, 20),
    ):
        kinds = (*CARS, "truck", "semi") if abs(x) > 12 else CARS
        entries = mixed_entries(rng, LOOP_S, 3 if abs(x) > 12 else 4, kinds)
        lanes.append(Lane(_straight(x, -14, 230, away), entries, LOOP_S, speed))
    return Scene(view, light, stage.finish(), lanes)


def _gantry(stage: Stage, y: float) -> None:
    for x in (-17.5, 17.5):
        stage.box(x - 0.25, x + 0.25, y, y + 0.5, 0, 7.4, STEEL)
    stage.box(-17.5, 17.5, y, y + 0.5, 7.0, 7.5, STEEL)
    for x0, x1 in ((4.5, 11.5), (12.2, 16.2)):
        stage.box(x0, x1, y - 0.2, y, 5.4, 8.2, (30, 100, 66), emit=(14, 44, 30))
        for row in (6.2, 7.2):
            stage.box(
                x0 + 0.6, x1 - 1.2, y - 0.25, y - 0.2, row, row + 0.4, (226, 230, 226), emit=(96, 104, 98)
            )


def tunnel(view: View, light: Light, seed: int) -> Scene:
    """An expressway that runs into a hillside through two concrete mouths."""
    view = replace(view, mount_m=7.5, pitch_deg=8.5, fov_deg=54, x=0.5)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane(GRASS)
    for depth, high, green in ((150, 46, (96, 112, 84)), (110, 34, (84, 104, 66)), (78, 22, (76, 96, 58))):
        ridge = [(-190.0, 0.0)]
        ridge += [
            (float(x), high * (1 - (x / 210) ** 2) * float(rng.uniform(0.88, 1.08)))
            for x in np.linspace(-180, 180, 25)
        ]
        ridge.append((190.0, 0.0))
        stage.shape(np.array([(x, depth, z) for x, z in ridge]), green)
        for _ in range(150):
            x, share = float(rng.uniform(-120, 120)), float(rng.uniform(0.1, 0.95))
            z = high * (1 - (x / 210) ** 2) * share
            stage.dot(
                x, depth - 0.5, z, float(rng.uniform(1.0, 2.6)), shade(green, float(rng.uniform(0.78, 1.12)))
            )
    _carriageway(stage, 15.0, (-6.2, 6.2), 74)
    stage.strip(-1.4, 1.4, -8, 74, CONCRETE)
    stage.shape(
        np.array(
            [(-24, 66, 0), (24, 66, 0), (24, 66, 10.5), (19, 66, 12.5), (-19, 66, 12.5), (-24, 66, 10.5)],
            float,
        ),
        (150, 147, 140),
    )
    stage.box(-24.4, 24.4, 65.2, 66, 12.3, 13.3, (132, 130, 124))
    for middle in (-7.6, 7.6):
        _bore(stage, middle)
    for side in (-1, 1):
        stage.shape(
            np.array(
                [(side * 24, 66, 0), (side * 34, 40, 0), (side * 34, 40, 2.5), (side * 24, 66, 10.5)], float
            ),
            (140, 137, 130),
        )
    stage.box(-10.5, -4.5, 64.9, 65.2, 9.0, 11.2, (28, 62, 112), emit=(20, 40, 72))
    stage.box(4.5, 10.5, 64.9, 65.2, 9.0, 11.2, (28, 62, 112), emit=(20, 40, 72))
    for y in range(60, 8, -3):
        stage.box(-0.3, 0.3, y, y + 3, 0, 0.8, CONCRETE)
    for y in (56, 38, 22):
        for side in (-1, 1):
            lamp(stage, side * 16.4, y, tall=9, arm=-side * 2.4, radius=11)
    lanes = []
    for x, away, speed in ((4.2, True, 20), (8.6, True, 17), (-4.2, False, 20), (-8.6, False, 17)):
        kinds = (*CARS, "truck", "bus") if abs(x) > 8 else CARS
        lanes.append(Lane(_straight(x, -12, 128, away), mixed_entries(rng, LOOP_S, 4, kinds), LOOP_S, speed))
    plain = stage.finish()

    def lit(px: float, py: float) -> tuple[float, float, float]:
        # Inside the bores (above the ground line of the portal) it is dim, whatever the hour.
        mouth = view.pixel(0, 66)[1]
        return (0.34, 0.31, 0.26) if py < mouth else plain.lit(px, py)

    return Scene(view, light, Backdrop(plain.image, plain.sprites, lit), lanes)


def _bore(stage: Stage, middle: float) -> None:
    half, top, y = 6.4, 6.6, 66.0
    arch = [
        (middle - half, 0.0),
        (middle - half, top * 0.6),
        (middle - half * 0.7, top * 0.9),
        (middle, top),
        (middle + half * 0.7, top * 0.9),
        (middle + half, top * 0.6),
        (middle + half, 0.0),
    ]
    stage.shape(np.array([(x, y - 0.05, z) for x, z in arch]), (30, 28, 27), emit=(16, 13, 9))
    stage.ground(
        [(middle - half, y), (middle + half, y), (middle + 3, y + 130), (middle - 3, y + 130)], (52, 48, 42)
    )
    for far in (150, 112, 98, 88, 81, 76, 72, 69):
        for side in (-1, 1):
            x = middle + side * half * 0.62
            stage.dot(x, far, top * 0.8, 0.34, (255, 214, 150), emit=WARM)
    for side in (-1, 1):
        stage.shape(
            np.array(
                [
                    (middle + side * half, y, 0.9),
                    (middle + side * half * 0.96, y + 90, 0.9),
                    (middle + side * half * 0.96, y + 90, 1.3),
                    (middle + side * half, y, 1.3),
                ]
            ),
            (150, 140, 118),
            emit=(40, 34, 24),
        )


def bridge(view: View, light: Light, seed: int) -> Scene:
    """A truss bridge over the river, seen along its deck from the bridge house."""
    view = replace(
        view,
        mount_m=6.4,
        pitch_deg=7.0,
        fov_deg=60,
        x=3.4 if light.night else -3.0,
        yaw_deg=-3.0 if light.night else 3.0,
    )
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane((104, 112, 96))
    water(stage, [(-260, 14), (260, 14), (260, 150), (-260, 150)], (78, 104, 118), z=-6.0)
    stage.ground([(-300, 150), (300, 150), (300, 164), (-300, 164)], (112, 118, 96))
    skyline(stage, 190, tall=42, x_from=-260, x_to=260)
    for x in np.arange(-180, 180, 9.0):
        if abs(x) > 14:
            tree(stage, float(x + rng.uniform(-2, 2)), 156, tall=float(rng.uniform(6, 10)), wide=6)
    stage.shape(np.array([(-11, 4, -1.6), (-11, 160, -1.6), (-11, 160, 0), (-11, 4, 0)], float), (90, 92, 92))
    stage.strip(-10.6, 10.6, -6, 170, (150, 146, 138))
    stage.strip(-7.4, 7.4, -6, 186, ASPHALT)
    for x in (-7.0, 7.0):
        stage.dashes((x, -4), (x, 170), 0.16, LINE)
    for x in (-0.14, 0.14):
        stage.dashes((x, -4), (x, 170), 0.1, (216, 178, 84))
    iron = (82, 104, 100)
    for y in range(146, 10, -12):
        stage.raised(0, y, partial(_truss, stage, float(y), iron))
    for y in (140, 104, 68, 32):
        for side in (-1, 1):
            lamp(
                stage,
                side * 9.6,
                y,
                tall=6.4,
                arm=-side * 1.6,
                strength=1.1,
                radius=9,
                colour=WARM if seed % 2 else COOL,
            )
    lanes = [
        Lane(_straight(3.6, -10, 176, True), mixed_entries(rng, LOOP_S, 4, (*CARS, "bus")), LOOP_S, 12.5),
        Lane(_straight(-3.6, -10, 176, False), mixed_entries(rng, LOOP_S, 4, (*CARS, "truck")), LOOP_S, 12.0),
    ]
    return Scene(view, light, stage.finish(), lanes)


def _truss(stage: Stage, y: float, iron: Colour) -> None:
    """One bay: posts, diagonals, top chord and, at every bay, the bar across the top."""
    for side in (-1, 1):
        x = side * 8.6
        for points in (
            [(x, y, 0), (x, y, 7.4)],
            [(x, y, 0), (x, y + 12, 7.4)] if round(y / 12) % 2 else [(x, y, 7.4), (x, y + 12, 0)],
            [(x, y, 7.4), (x, y + 12, 7.4)],
            [(x, y, 1.1), (x, y + 12, 1.1)],
        ):
            stage.pole(np.array(points, float), 0.34 if points[0][2] != 1.1 else 0.12, iron)
    stage.pole(np.array([(-8.6, y, 7.4), (8.6, y, 7.4)], float), 0.3, shade(iron, 0.85))
