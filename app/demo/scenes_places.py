"""Scenes of places beside the road: car park, bus station, petrol station, park."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from app.demo.canvas import Colour, View, shade
from app.demo.furniture import COOL, STEEL, house, lamp, skyline, terrace, tree, water, zebra
from app.demo.scene import LOOP_S, Scene, park
from app.demo.scenes_city import KERB, PAVING
from app.demo.scenes_road import ASPHALT, CARS, LINE
from app.demo.stage import Light, Stage
from app.demo.traffic import Entry, Lane, Path, curve, mixed_entries
from app.demo.vehicles import PAINTS, Pose
from app.demo.walkers import peopled, standing, stroll


def _paint(rng: np.random.Generator) -> Colour:
    return PAINTS[int(rng.integers(len(PAINTS)))]


def carpark(view: View, light: Light, seed: int) -> Scene:
    """Rows of parked cars, one looking for a place, people on the way to theirs."""
    rng = np.random.default_rng(seed)
    view = replace(view, mount_m=8.5, pitch_deg=17, fov_deg=66, x=-4, yaw_deg=8)
    stage = Stage(view, light, seed)
    stage.plane((108, 118, 88))
    skyline(stage, 260, tall=40)
    stage.strip(-46, 50, -8, 74, (98, 100, 102))
    house(stage, -44, 54, 84, 110, 8.5, wall=(188, 182, 170), lit=0.5)
    stage.box(-30, 40, 83.6, 84, 5.6, 7.6, (44, 96, 140), emit=(40, 96, 150))
    stage.strip(-46, 50, 74, 84, PAVING)
    for y in (16.0, 38.0, 60.0):
        for x in np.arange(-40, 45, 2.7):
            stage.dashes((float(x), y - 5), (float(x), y + 5), 0.1, LINE)
        stage.dashes((-40, y), (43, y), 0.1, LINE)
    for y in (27, 49):
        for x in (-26.0, 4.0, 30.0):
            head = [(x, y + 0.9), (x + 1.8, y), (x, y - 0.9)]
            stage.ground(head, LINE)
            stage.dashes((x - 2, y), (x, y), 0.25, LINE)
    for x, y in ((-20, 60), (14, 60), (-8, 38), (26, 38), (-28, 16), (22, 16)):
        stage.ground([(x - 1.3, y - 5), (x + 1.3, y - 5), (x + 1.3, y + 5), (x - 1.3, y + 5)], (96, 112, 74))
        tree(stage, x, y + 1, tall=5, wide=3.6)
        lamp(stage, x, y - 2, tall=7, arm=0.6, colour=COOL, radius=13, strength=1.1)
    stand = []
    for y in (16.0, 38.0, 60.0):
        for side in (-2.55, 2.55):
            for x in np.arange(-38.65, 43, 2.7):
                if rng.random() < 0.72 and min(abs(float(x) - t) for t in (-20, 14, -8, 26, -28, 22)) > 2.0:
                    heading = math.pi if (side > 0) == (rng.random() < 0.7) else 0.0
                    kind = str(rng.choice(["sedan", "hatch", "suv", "sedan", "van"]))
                    stand.append(Pose(kind, float(x), y + side, heading, _paint(rng), lights=False))
    backdrop = park(view, light, stage.finish(), stand)
    people = stroll(rng, [(-24, 27.6), (10, 27.6), (10, 80)], 2) + stroll(
        rng, [(-40, 79), (46, 79)], 5, spread=2
    )
    people += stroll(rng, [(30, 48), (2, 50), (2, 78)], 2)
    round_trip = Path(
        (
            (-60, 26),
            (30, 26),
            *curve((30, 26), (46, 26), (46, 38)),
            *curve((46, 38), (46, 50), (30, 50)),
            (-60, 50),
        )
    )
    lanes = [
        Lane(round_trip, [Entry(1.0, "suv", _paint(rng))], LOOP_S, 5.0),
        Lane(Path(((60, 5.5), (-60, 5.5))), [Entry(4.0, "hatch", _paint(rng))], LOOP_S, 6.0),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def busstation(view: View, light: Light, seed: int) -> Scene:
    """Platforms under roofs; buses come, wait and go."""
    rng = np.random.default_rng(seed)
    view = replace(view, mount_m=8.0, pitch_deg=13, fov_deg=66, x=-6, yaw_deg=16)
    stage = Stage(view, light, seed)
    stage.plane(PAVING)
    skyline(stage, 280, tall=60)
    stage.strip(-40, 80, -8, 90, (104, 106, 108))
    terrace(stage, -40, 90, 92, 112, tall=(12, 24), shop=False)
    house(stage, -46, -20, 28, 88, 11, wall=(176, 168, 152), lit=0.5)
    stage.box(-19.9, -19.2, 34, 60, 3.6, 5.4, (196, 60, 48), emit=(120, 34, 28))
    stage.strip(-20, -12, -8, 90, PAVING)
    zebra(stage, -12, 40, 8.0, 11.0)
    spots = (6.0, 22.0, 38.0)
    for x in spots:
        stage.box(x - 1.9, x + 1.9, 16, 74, 0, 0.25, KERB)
        for y in range(16, 74, 4):
            stage.ground([(x - 1.9, y), (x - 1.6, y), (x - 1.6, y + 4), (x - 1.9, y + 4)], (216, 186, 80))
    for y in range(20, 74, 6):
        stage.dashes((-3.4, y), (-3.4, y + 3), 0.14, LINE)
        stage.dashes((13.8, y), (13.8, y + 3), 0.14, LINE)
    for x in spots:
        stage.raised(x, 17, partial(_platform_roof, stage, x))
        for y in (24, 40, 56, 70):
            stage.lamp_light(x, y, 3.3, (226, 236, 255), 0.8, 5)
    for y in (16, 40, 66):
        lamp(stage, -13, y, tall=8, arm=1.8)
    backdrop = stage.finish()
    people = stroll(rng, [(-15, 0), (-15, 84)], 2, spread=1.8) + stroll(
        rng, [(-14, 9.4), (44, 9.4)], 3, spread=0.7
    )
    for x in spots:
        people += standing(rng, (x - 1.2, 20), (x + 1.2, 70), 6)
    lanes = [
        Lane(
            Path(((2.0, 130), (2.0, -16))), [Entry(0.0, "bus", (196, 52, 44), 96.0, 5.0), Entry(5.0,
            "bus", (226, 222, 210), 78.0, 5.0)],
            LOOP_S, 9.0,
        ),
        Lane(Path(((18.0, 130), (18.0, -16))), [Entry(3.0, "bus", (44, 102, 156), 90.0, 5.5)], LOOP_S, 9.0),
        Lane(Path(((34.0, 130), (34.0, -16))), [Entry(7.0, "bus", (60, 128, 84), 84.0, 5.0)], LOOP_S, 9.0),
        Lane(Path(((-8.0, -16), (-8.0, 140))), mixed_entries(rng, LOOP_S, 2, ("bus", "minibus",
        "sedan")), LOOP_S, 8.0),
    ]  # fmt: skip
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _platform_roof(stage: Stage, x: float) -> None:
    for y in range(72, 16, -11):
        stage.pole(np.array([(x, y, 0), (x, y, 3.3)], float), 0.22, STEEL)
    stage.box(x - 2.2, x + 2.2, 18, 74, 3.3, 3.65, (212, 214, 214), top=(186, 192, 194))
    stage.box(x - 0.9, x + 0.9, 17.9, 18, 2.5, 3.2, (30, 60, 110), emit=(60, 96, 170))


def fuel(view: View, light: Light, seed: int) -> Scene:
    """A petrol station: bright canopy, pumps, a shop, cars that stop and leave."""
    rng = np.random.default_rng(seed)
    view = replace(view, mount_m=6.6, pitch_deg=12, fov_deg=70, x=-9, y=0, yaw_deg=24)
    stage = Stage(view, light, seed)
    stage.plane((84, 90, 80))
    skyline(stage, 240, tall=30)
    stage.strip(-60, 80, 50, 62, ASPHALT, along="x", cells=3)
    stage.strip(-30, 50, -6, 46, (128, 126, 120))
    stage.dashes((-60, 56), (100, 56), 0.16, LINE, on=3, off=5)
    house(stage, -2, 36, 66, 82, 7.0, lit=0.5)
    house(stage, 44, 70, 68, 84, 9.0, lit=0.4)
    for east, north in ((-20, 66), (-12, 68), (40, 66), (74, 66)):
        tree(stage, east, north, tall=7, wide=6)
    # The shop.
    stage.box(27, 45, 16, 36, 0, 4.4, (196, 192, 184))
    stage.shape(
        np.array([(27, 17, 0.4), (27, 35, 0.4), (27, 35, 3.0), (27, 17, 3.0)], float),
        (120, 138, 146),
        emit=(214, 222, 226),
    )
    for y in (19.5, 23, 26.5, 30, 33):
        stage.shape(
            np.array([(26.95, y, 0.4), (26.95, y + 0.15, 0.4), (26.95, y + 0.15, 3.0), (26.95, y, 3.0)]),
            (50, 54, 58),
        )
        stage.shape(
            np.array([(27, y + 0.6, 0.5), (27, y + 2.4, 0.5), (27, y + 2.4, 1.5), (27, y + 0.6, 1.5)]),
            (140, 90, 60),
            emit=shade((190, 120, 70), float(rng.uniform(0.5, 1.0))),
        )
    stage.box(26.9, 27, 16, 36, 3.3, 4.3, (204, 70, 40), emit=(220, 74, 40))
    # Canopy over four pumps.
    for x in (2.0, 14.0):
        for y in (16.0, 28.0):
            stage.lamp_light(x, y, 5.0, (236, 242, 255), 1.5, 8)
            stage.box(x - 0.9, x + 0.9, y - 2.4, y + 2.4, 0, 0.2, KERB)
    stage.raised(8, 12, lambda: _canopy(stage))
    for x in (2.0, 14.0):
        for y in (16.0, 28.0):
            stage.raised(x, y, partial(_pump, stage, x, y))
    stage.raised(-9, 40, lambda: _price_sign(stage, -9, 42))
    backdrop = park(
        view,
        light,
        stage.finish(),
        [
            Pose("hatch", 24.4, 20, math.pi / 2, _paint(rng), lights=False),
            Pose("suv", 24.2, 31, math.pi / 2, _paint(rng), lights=False),
        ],
    )
    people = stroll(rng, [(4.5, 18), (12, 22), (26, 24)], 2, spread=0.5) + stroll(
        rng, [(-40, 47.6), (60, 47.6)], 2, spread=0.3
    )
    people += standing(rng, (-0.2, 16.8), (0.0, 17.2), 1)
    leave = [(5.6, 30), *curve((5.6, 34), (5.6, 52), (24, 53)), (110, 53)]
    through = Path(((4.8, -20), (5.0, 10), *leave))
    lanes = [
        Lane(
            through,
            [Entry(1.0, "sedan", _paint(rng), 40.0, 6.0), Entry(6.0, "van", _paint(rng), 36.0, 4.0)],
            LOOP_S,
            6.5,
        ),
        Lane(Path(((-90, 53), (110, 53))), mixed_entries(rng, LOOP_S, 3, CARS), LOOP_S, 13),
        Lane(Path(((110, 59), (-90, 59))), mixed_entries(rng, LOOP_S, 4, (*CARS, "truck")), LOOP_S, 13),
    ]
    waiting = [
        Pose("suv", -1.2, 17, 0.0, _paint(rng), lights=False),
        Pose("hatch", 17.2, 27, 0.0, _paint(rng), lights=False),
    ]
    backdrop = park(view, light, backdrop, waiting)
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _pump(stage: Stage, x: float, y: float) -> None:
    stage.box(x - 0.45, x + 0.45, y - 0.7, y + 0.7, 0.2, 2.0, (206, 70, 44), emit=(70, 24, 16))


def _canopy(stage: Stage) -> None:
    for x in (2.0, 14.0):
        for y in (28.0, 16.0):
            stage.box(x - 0.25, x + 0.25, y + 2.6, y + 3.1, 0, 5.2, (190, 190, 188))
    stage.shape(
        np.array([(-3, 11, 5.2), (19, 11, 5.2), (19, 34, 5.2), (-3, 34, 5.2)], float),
        (226, 228, 228),
        emit=(150, 156, 166),
    )
    for x in (-0.5, 4.5, 11.5, 16.5):
        for y in (14, 20, 26, 32):
            corners = [
                (x - 0.6, y - 0.6, 5.19),
                (x + 0.6, y - 0.6, 5.19),
                (x + 0.6, y + 0.6, 5.19),
                (x - 0.6, y + 0.6, 5.19),
            ]
            stage.shape(np.array(corners, float), (250, 250, 250), emit=(255, 255, 255))
    stage.box(-3, 19, 11, 34, 5.2, 6.3, (214, 84, 44), emit=(206, 76, 36), top=(150, 150, 150))
    stage.shape(
        np.array([(-3, 10.95, 5.5), (19, 10.95, 5.5), (19, 10.95, 5.7), (-3, 10.95, 5.7)]),
        (240, 236, 226),
        emit=(220, 214, 200),
    )


def _price_sign(stage: Stage, x: float, y: float) -> None:
    stage.box(x - 0.2, x + 0.2, y, y + 0.4, 0, 2.4, STEEL)
    stage.box(x - 1.5, x + 1.5, y, y + 0.5, 2.2, 7.0, (206, 74, 42), emit=(190, 66, 36))
    for i, z in enumerate((2.6, 3.6, 4.6)):
        stage.shape(
            np.array(
                [
                    (x - 1.2, y - 0.05, z),
                    (x + 1.2, y - 0.05, z),
                    (x + 1.2, y - 0.05, z + 0.7),
                    (x - 1.2, y - 0.05, z + 0.7),
                ]
            ),
            (26, 28, 32),
            emit=(6, 6, 6),
        )
        for k in range(4):
            a = x - 0.9 + k * 0.5
            stage.shape(
                np.array(
                    [
                        (a, y - 0.1, z + 0.15),
                        (a + 0.3, y - 0.1, z + 0.15),
                        (a + 0.3, y - 0.1, z + 0.55),
                        (a, y - 0.1, z + 0.55),
                    ]
                ),
                (240, 190, 80),
                emit=shade((255, 196, 80), 1 - 0.15 * i),
            )


def park_gate(view: View, light: Light, seed: int) -> Scene:
    """A park: paths, lawns, a pond, people with time."""
    rng = np.random.default_rng(seed)
    view = replace(view, mount_m=5.4, pitch_deg=9, fov_deg=64, x=-1, yaw_deg=4)
    stage = Stage(view, light, seed)
    stage.plane((96, 124, 72))
    skyline(stage, 260, tall=54)
    for row in range(150, 90, -14):
        for column in range(-90, 95, 13):
            tree(stage, float(column + rng.uniform(-5, 5)), float(row + rng.uniform(-4, 4)), tall=9, wide=8)
    pond = [
        (26 + 15 * math.cos(a), 52 + 15 * math.sin(a) * 1.2)
        for a in np.linspace(0, 2 * math.pi, 30)[:-1].tolist()
    ]
    stage.ground([(26 + (x - 26) * 1.08, 52 + (y - 52) * 1.08) for x, y in pond], (150, 142, 118))
    water(stage, pond, (96, 120, 128), z=-0.05)
    path = [(-3.0, -8.0), (-3.0, 24.0), (-10.0, 60.0), (-12.0, 120.0)]
    stage.strip(-6, 2.6, -8, 24, (186, 172, 146))
    stage.ground([(-6, 24), (2.6, 24), (-5, 60), (-13, 60)], (186, 172, 146))
    stage.ground([(-13, 60), (-5, 60), (-8, 120), (-14, 120)], (182, 170, 146))
    stage.ground([(2.6, 16), (2.6, 24), (60, 30), (60, 26)], (186, 172, 146))
    for x, y in (
        (-9.0, 14.0),
        (-10, 30),
        (6, 34),
        (-17, 46),
        (-18, 66),
        (8, 62),
        (44, 44),
        (14, 80),
        (-30, 30),
        (50, 72),
        (-34, 58),
    ):
        tree(stage, x, y, tall=float(rng.uniform(7, 10)), wide=float(rng.uniform(5, 8)))
    for east, north in ((-6.8, 20), (3.6, 13), (-12.6, 44)):
        stage.raised(east, north, partial(_bench, stage, east, north))
    for east, north in ((3.4, 10), (-6.6, 27), (-4.4, 48), (-13, 70), (20, 29)):
        lamp(stage, east, north, tall=4.2, arm=0.01, radius=8)
    for post in (-7.4, 3.8):
        stage.box(post - 0.5, post + 0.5, 6.5, 7.5, 0, 2.8, (158, 132, 112))
        stage.box(post - 0.65, post + 0.65, 6.35, 7.65, 2.8, 3.0, (190, 184, 172))
    backdrop = stage.finish()
    people = stroll(rng, path, 2, spread=2.0, speed=(1.5, 1.8)) + stroll(
        rng, [(0, 20), (60, 28)], 1, spread=1.2
    )
    people += stroll(rng, path, 1, spread=0.5, speed=(4.6, 4.6), bicycle=True)
    people += stroll(rng, path, 2, spread=1.2, speed=(2.8, 3.1))
    people += standing(rng, (-8, 26), (4, 34), 3) + standing(rng, (14, 30), (40, 34), 4)
    people += standing(rng, (-30, 30), (-14, 70), 6) + standing(rng, (46, 40), (62, 70), 5)
    people += [replace(w, tall=1.15) for w in standing(rng, (-26, 22), (-12, 40), 4)]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, (), [crowd])


def _bench(stage: Stage, x: float, y: float) -> None:
    stage.box(x - 0.25, x + 0.25, y - 0.9, y + 0.9, 0.42, 0.5, (122, 86, 56))
    stage.box(x - 0.32, x - 0.25, y - 0.9, y + 0.9, 0.5, 0.95, (122, 86, 56))
    for end in (-0.8, 0.8):
        stage.pole(np.array([(x, y + end, 0), (x, y + end, 0.45)]), 0.07, STEEL)
