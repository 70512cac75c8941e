"""Scenes of city streets: crossroads, shops, school, tram avenue, roundabout, homes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from app.demo.canvas import Colour, View
from app.demo.furniture import STEEL, house, lamp, skyline, terrace, tree, wires, zebra
from app.demo.scene import LOOP_S, Scene, park
from app.demo.scenes_road import ASPHALT, CARS, LINE
from app.demo.stage import NIGHT, Light, Stage
from app.demo.traffic import Entry, Lane, Path, Stop, mixed_entries
from app.demo.vehicles import PAINTS, Pose
from app.demo.walkers import Lantern, Lanterns, Walker, peopled, standing, stroll

PAVING: Colour = (152, 148, 140)
KERB: Colour = (186, 184, 178)
YELLOW: Colour = (214, 178, 84)


def parked_cars(rng: np.random.Generator, x: float, ys: list[float], heading: float = 0.0) -> list[Pose]:
    """Return cars that stand along a kerb, with gaps."""
    return [
        Pose(str(rng.choice(["sedan", "hatch", "suv", "van"])), x, y, heading,
        PAINTS[int(rng.integers(len(PAINTS)))], lights=False)
        for y in ys
        if rng.random() < 0.8
    ]  # fmt: skip


def street(stage: Stage, half: float, far: float, near: float = -6) -> None:
    """Lay a carriageway with kerbs, ``half`` metres wide on either side of x = 0."""
    stage.strip(-half - 0.3, half + 0.3, near, far, KERB)
    stage.strip(-half, half, near, far, ASPHALT)


def _north_signal(time_s: float) -> str:
    return "green" if 0.3 <= time_s < 4.4 else ("amber" if 4.4 <= time_s < 5.0 else "red")


def _east_signal(time_s: float) -> str:
    return "green" if 5.4 <= time_s < 9.3 else ("amber" if 9.3 <= time_s < 9.9 else "red")


def crossroads(view: View, light: Light, seed: int) -> Scene:
    """A signalled crossing from above one corner; the greens change."""
    rng = np.random.default_rng(seed)
    view = replace(
        view, mount_m=9.5, pitch_deg=16, fov_deg=68, x=-12.5, y=-6, yaw_deg=15 + float(rng.uniform(-3, 4))
    )
    stage = Stage(view, light, seed)
    stage.plane(PAVING)
    skyline(stage, 320, tall=70)
    street(stage, 7, 300)
    stage.strip(-190, 190, 18.7, 33.3, KERB, along="x", cells=4)
    stage.strip(-200, 200, 19, 33, ASPHALT, along="x", cells=4)
    stage.strip(-7, 7, 12, 40, ASPHALT)
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = [
        ((0.3, 13.2), (7, 13.2)),
        ((-7, 38.8), (-0.3, 38.8)),
        ((-12, 19), (-12, 25.8)),
        ((12, 26.2), (12, 33)),
    ]
    for a, b in (((0, -6), (0, 13)), ((0, 39), (0, 220)), ((-120, 26), (-13, 26)), ((13, 26), (120, 26))):
        stage.dashes(a, b, 0.14, YELLOW)
    for x0, x1, y0, y1, across in (
        (-7, 7, 14.2, 17.4, "x"),
        (-7, 7, 34.6, 37.8, "x"),
        (-11, -7.8, 19, 33, "y"),
        (7.8, 11, 19, 33, "y"),
    ):
        zebra(stage, x0, x1, y0, y1, across=across)
    for start, end in lines:
        stage.dashes(start, end, 0.45, LINE)
    terrace(stage, -60, -13, 40, 190, shop=True, tall=(11, 28))
    terrace(stage, 13, 60, 40, 190, shop=True, tall=(12, 32))
    house(stage, 14, 44, -2, 12, float(rng.uniform(8, 12)), shop=True)
    for x, y, arm in ((8.6, 42, -1.8), (-8.6, 66, 1.8), (8.6, 90, -1.8), (-26, 35, 1.5), (28, 16.5, -1.5)):
        lamp(stage, x, y, arm=arm, radius=11, strength=1.15)
    stage.lamp_light(-14, 6, 8, radius=12, strength=0.9)  # the camera's own post
    for y in (50, 62, 76, 92):
        tree(stage, -9.6, y, tall=6, wide=4)
        tree(stage, 9.8, y + 5, tall=6.4, wide=4.4)
    heads: list[Lantern] = []
    for x, y, reach, colour_at in (
        (8.3, 34.2, -4.0, _north_signal),
        (-8.3, 17.8, 4.4, _north_signal),
        (12.4, 18.0, 0.0, _east_signal),
        (-12.2, 34.0, 0.0, _east_signal),
    ):
        stage.raised(x, y, partial(_signal, stage, x, y, reach))
        heads.append(Lantern(x + reach, y - 0.2, 5.2 if reach else 3.4, colour_at))
    lanes = [
        Lane(
            Path(((3.4, -14), (3.4, 118))),
            mixed_entries(rng, LOOP_S, 3, (*CARS, "bus")),
            LOOP_S,
            11.5,
            stops=[Stop(26.6, 4.7, 0.3)],
        ),
        Lane(
            Path(((-3.4, 118), (-3.4, -14))),
            mixed_entries(rng, LOOP_S, 2, CARS),
            LOOP_S,
            11.5,
            stops=[Stop(78.6, 4.7, 0.3)],
        ),
        Lane(
            Path(((-78, 22.6), (78, 22.6))),
            mixed_entries(rng, LOOP_S, 2, CARS),
            LOOP_S,
            11,
            stops=[Stop(65.4, 9.5, 5.4)],
        ),
        Lane(
            Path(((86, 29.4), (-70, 29.4))),
            mixed_entries(rng, LOOP_S, 2, (*CARS, "truck")),
            LOOP_S,
            11,
            stops=[Stop(73.4, 9.5, 5.4)],
        ),
    ]
    backdrop = stage.finish()
    people = stroll(rng, [(-10, 60), (-10, 38), (-10.2, 34)], 3) + stroll(
        rng, [(10.5, 10), (10.5, 17), (30, 17)], 4
    )
    people += stroll(rng, [(-30, 35.2), (-9, 35.2)], 3, spread=0.4) + stroll(rng, [(11, 70), (11, 36)], 3)
    people += [
        replace(w, enters_s=1.0 + i * 0.4, speed=2.4)
        for i, w in enumerate(stroll(rng, [(-9.4, 18), (-9.4, 34)], 3, spread=0.9))
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd, Lanterns(view, light, heads)])


def _signal(stage: Stage, x: float, y: float, reach: float) -> None:
    stage.pole(np.array([(x, y, 0), (x, y, 5.6 if reach else 4.0)], float), 0.16, (52, 54, 58))
    if reach:
        stage.pole(np.array([(x, y, 5.6), (x + reach, y, 5.7)], float), 0.12, (52, 54, 58))
    z = 5.2 if reach else 3.4
    stage.box(x + reach - 0.2, x + reach + 0.2, y - 0.15, y + 0.15, z - 0.6, z + 0.6, (26, 27, 30))
    for up, dim in ((0.36, (70, 22, 20)), (0.0, (70, 54, 22)), (-0.36, (20, 60, 40))):
        stage.dot(x + reach, y - 0.2, z + up, 0.12, dim)


def shops(view: View, light: Light, seed: int) -> Scene:
    """A shopping street with show windows, walkers, and slow cars."""
    view = replace(view, mount_m=5.2, pitch_deg=6.5, fov_deg=62, x=5.2, yaw_deg=-9)
    if light is NIGHT:
        view = replace(view, x=-5.2, yaw_deg=8)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane(PAVING)
    skyline(stage, 260, tall=50)
    street(stage, 4.4, 240)
    stage.dashes((0, -4), (0, 200), 0.12, LINE, on=2, off=4)
    terrace(stage, -40, -9.2, 4, 170, shop=True, tall=(9, 17), deep=(9, 18), lit=0.42)
    terrace(stage, 9.2, 40, 7, 170, shop=True, tall=(9, 19), deep=(9, 18), lit=0.42)
    zebra(stage, -4.4, 4.4, 30, 33)
    for y in range(120, 10, -14):
        wires(stage, [(-9.2, y, 7.2), (0, y, 6.4), (9.2, y, 7.2)], 0.4)
        for x in np.linspace(-8, 8, 11):
            stage.dot(float(x), y, 6.3 + abs(x) * 0.09, 0.09, (240, 226, 190), emit=(255, 210, 140))
    for y in (96, 74, 54, 38, 22, 12):
        lamp(stage, -5.6, y, tall=4.6, arm=0.5, strength=0.9, radius=6)
        lamp(stage, 5.6, y + 6, tall=4.6, arm=-0.5, strength=0.9, radius=6)
    for y in (86, 66, 47):
        tree(stage, -6.2, y, tall=5, wide=3)
        tree(stage, 6.2, y + 4, tall=5, wide=3)
    backdrop = stage.finish()
    people = stroll(rng, [(-7, 3), (-7, 80)], 2, spread=1.1) + stroll(
        rng, [(7.2, 6), (7.2, 80)], 1, spread=1.2
    )
    people += stroll(rng, [(-8.5, 31.5), (8.5, 31.5)], 3, spread=0.8)
    people += standing(rng, (-8.8, 10), (-6.5, 70), 8) + standing(rng, (6.5, 12), (8.8, 70), 8)
    lanes = [
        Lane(Path(((2.2, -10), (2.2, 150))), mixed_entries(rng, LOOP_S, 1, CARS), LOOP_S, 6.5),
        Lane(Path(((-2.2, 150), (-2.2, -10))), mixed_entries(rng, LOOP_S, 2, CARS), LOOP_S, 6.5),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def school(view: View, light: Light, seed: int) -> Scene:
    """A school with its crossing: cars wait while children cross."""
    view = replace(view, mount_m=6.2, pitch_deg=10.5, fov_deg=64, x=-7.5, yaw_deg=14)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane((110, 124, 84))
    skyline(stage, 300, tall=26)
    stage.strip(-9, 9.4, -6, 220, PAVING)
    street(stage, 4.6, 220)
    stage.dashes((0, -4), (0, 19), 0.14, YELLOW)
    stage.dashes((0, 28), (0, 180), 0.14, YELLOW)
    zebra(stage, -4.6, 4.6, 21.5, 25.5)
    for y in (15.6, 31.2):
        stage.dashes((-4.4 if y > 20 else 0.2, y), (-0.2 if y > 20 else 4.4, y), 0.4, LINE)
    brick = ((158, 96, 74), (176, 140, 104))[seed % 2]
    house(stage, 22, 60, 44, 62, 9.5, wall=brick, lit=0.5)
    house(stage, 20, 46, 26, 42, 9.5, wall=brick, lit=0.5)
    stage.box(19.4, 20, 31, 36, 0, 3.2, (214, 206, 188))
    stage.strip(9.4, 20, 31.6, 35.4, (166, 160, 148), along="x", cells=3)
    stage.raised(
        13, 22, lambda: stage.pole(np.array([(13, 27, 0), (13, 27, 10)], float), 0.12, (200, 200, 200))
    )
    stage.shape(np.array([(13, 27, 9.8), (15.4, 27, 9.6), (15.4, 27, 8.2), (13, 27, 8.4)]), (60, 96, 164))
    for y in range(60, 12, -3):
        if not 31 <= y <= 35:
            stage.pole(np.array([(9.8, y, 1.2), (9.8, y + 3, 1.2)], float), 0.06, STEEL)
            stage.pole(np.array([(9.8, y, 0), (9.8, y, 1.2)], float), 0.06, STEEL)
    for i, y in enumerate(range(150, 26, -13)):
        house(stage, -32, -14, y, y + 9, 5.5, gable=True, lit=0.4, wall=None if i % 2 else (206, 198, 180))
    for y in (112, 88, 66, 50):
        tree(stage, -10.5, y, tall=7, wide=5)
    for x, y in ((12.5, 47), (16, 20), (30, 20), (12.4, 68), (26, 15)):
        tree(stage, x, y, tall=6.5, wide=5)
    for x, y in ((5.4, 20.4), (-5.4, 26.6)):
        stage.raised(x, y, partial(_school_sign, stage, x, y))
    for y in (84, 44, 17):
        lamp(stage, 6.2, y, tall=7, arm=-1.6)
    backdrop = park(view, light, stage.finish(), parked_cars(rng, -3.7 - 2.2, [44.0, 51.0, 58.5, 66.0]))
    children: list[Walker] = []
    for i, walker in enumerate(stroll(rng, [(11.5, 23.5), (-8.5, 23.5), (-8.5, 60)], 7, spread=0.9)):
        crossing = Path(walker.path.points if walker.path.points[0][0] > 0 else walker.path.points[::-1])
        children.append(
            replace(walker, path=crossing, enters_s=2.2 + i * 0.35, speed=1.75, tall=1.15 + 0.06 * (i % 4))
        )
    guard = Walker(Path(((4.9, 21.0), (4.9, 21.01))), 0.0, 0.001, (236, 212, 40), (196, 150, 122))
    people = [*children, guard, *stroll(rng, [(8, 30), (8, 90)], 2, spread=0.6)]
    shut = (1.6, 8.2)
    lanes = [
        Lane(
            Path(((2.3, -12), (2.3, 112))),
            mixed_entries(rng, LOOP_S, 2, (*CARS, "minibus")),
            LOOP_S,
            8.5,
            stops=[Stop(27.0, *shut)],
        ),
        Lane(
            Path(((-2.3, 112), (-2.3, -12))),
            mixed_entries(rng, LOOP_S, 2, CARS),
            LOOP_S,
            8.5,
            stops=[Stop(81.0, *shut)],
        ),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _school_sign(stage: Stage, x: float, y: float) -> None:
    stage.pole(np.array([(x, y, 0), (x, y, 2.9)], float), 0.08, STEEL)
    diamond = np.array(
        [(x, y - 0.05, 2.3), (x + 0.45, y - 0.05, 2.75), (x, y - 0.05, 3.2), (x - 0.45, y - 0.05, 2.75)]
    )
    stage.shape(diamond, (232, 206, 42), emit=(60, 54, 12))


def tram(view: View, light: Light, seed: int) -> Scene:
    """An avenue with tram tracks in its middle, a stop, wires, and trees."""
    view = replace(view, mount_m=6.0, pitch_deg=8.0, fov_deg=62, x=6.6, yaw_deg=-11)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane(PAVING)
    skyline(stage, 300, tall=60)
    street(stage, 11, 260)
    stage.strip(-4, 4, -6, 260, (126, 122, 116))
    for x in (-2.7, -1.3, 1.3, 2.7):
        stage.dashes((x, -5), (x, 240), 0.12, (70, 70, 72))
    for x in (-4.1, 4.1):
        stage.dashes((x, -5), (x, 220), 0.16, LINE)
    terrace(stage, -60, -16, 10, 200, shop=True, tall=(14, 26))
    terrace(stage, 16, 60, 12, 200, shop=True, tall=(12, 24))
    stage.box(-6.6, -4.4, 26, 62, 0, 0.35, (176, 172, 164))
    stage.raised(-5.6, 40, lambda: _shelter(stage, -6.3, 34, 46))
    for y in range(150, 12, -22):
        stage.raised(0, y, partial(_catenary, stage, float(y)))
    for x in (-2, 2):
        wires(stage, [(x, y, 5.6) for y in range(8, 170, 22)], 0.15)
    for y in (110, 82, 58, 38, 20):
        tree(stage, -13, y, tall=7, wide=4.6)
        tree(stage, 13, y + 8, tall=7, wide=4.6)
        lamp(stage, -12, y + 6, arm=2.0, radius=10)
        lamp(stage, 12, y, arm=-2.0, radius=10)
    backdrop = stage.finish()
    people = stroll(rng, [(-14, 8), (-14, 90)], 2, spread=0.8) + stroll(
        rng, [(14, 12), (14, 90)], 2, spread=0.8
    )
    people += standing(rng, (-6.2, 30), (-4.8, 58), 7) + standing(rng, (12.6, 14), (15, 80), 6)
    green, rail = (206, 64, 52), (40, 96, 150)
    lanes = [
        Lane(Path(((2, -30), (2, 190))), [Entry(1.0, "tram", green)], LOOP_S, 10),
        Lane(Path(((-2, 190), (-2, -34))), [Entry(6.0, "tram", rail)], LOOP_S, 10),
        Lane(Path(((7.4, -12), (7.4, 160))), mixed_entries(rng, LOOP_S, 3, CARS), LOOP_S, 10.5),
        Lane(Path(((-8.4, 160), (-8.4, -12))), mixed_entries(rng, LOOP_S, 3, (*CARS, "bus")), LOOP_S, 10),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _shelter(stage: Stage, x: float, y0: float, y1: float) -> None:
    for y in (y0, y1):
        stage.pole(np.array([(x, y, 0), (x, y, 2.7)], float), 0.12, STEEL)
    stage.shape(
        np.array([(x, y0, 0.6), (x, y1, 0.6), (x, y1, 2.4), (x, y0, 2.4)]),
        (150, 176, 186),
        emit=(20, 26, 30),
        alpha=120,
    )
    stage.box(x - 0.2, x + 1.9, y0 - 0.5, y1 + 0.5, 2.6, 2.8, (70, 78, 86))
    stage.lamp_light(x + 1, (y0 + y1) / 2, 2.5, (220, 234, 255), 0.9, 5)


def _catenary(stage: Stage, y: float) -> None:
    for side in (-1, 1):
        stage.pole(np.array([(side * 4.6, y, 0), (side * 4.6, y, 6.6)], float), 0.18, STEEL)
    stage.pole(np.array([(-4.6, y, 6.3), (4.6, y, 6.3)], float), 0.1, STEEL)
