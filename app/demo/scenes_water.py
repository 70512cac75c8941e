"""Scenes by the water: the river quay and the harbour's basin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.demo.canvas import Colour, View, shade
from app.demo.furniture import COOL, STEEL, WARM, house, lamp, skyline, terrace, tree, water
from app.demo.scene import LOOP_S, Scene, park
from app.demo.scenes_city import KERB, PAVING
from app.demo.scenes_road import ASPHALT, CARS, LINE
from app.demo.stage import Light, Stage
from app.demo.traffic import Entry, Lane, Path, curve, mixed_entries
from app.demo.vehicles import PAINTS, Pose
from app.demo.walkers import peopled, standing, stroll

BOXES: tuple[Colour, ...] = (
    (158, 62, 48), (52, 92, 132), (74, 116, 84), (196, 146, 56), (120, 124, 126), (176, 172, 160), (112,
    70, 58),
)  # fmt: skip


def quay(view: View, light: Light, seed: int) -> Scene:
    """A promenade beside the river; boats pass."""
    rng = np.random.default_rng(seed)
    view = replace(view, mount_m=6.2, pitch_deg=8.5, fov_deg=64, x=4, yaw_deg=-13)
    stage = Stage(view, light, seed)
    stage.plane(PAVING)
    bank = (84, 108, 116)
    water(stage, [(-190, 4), (-7, 4), (-7, 260), (-190, 260)], bank, z=-2.6)
    stage.shape(
        np.array([(-190, 118, -2.6), (-92, 118, -2.6), (-92, 118, 0), (-190, 118, 0)], float), (120, 114, 104)
    )
    stage.ground([(-320, 118), (-92, 118), (-92, 300), (-320, 300)], (116, 124, 98))
    skyline(stage, 262, x_from=-330, x_to=240, tall=62)
    for x in np.arange(-200, -94, 15.0):
        house(stage, float(x), float(x + 13), 128, 140, float(rng.uniform(9, 20)), lit=0.4)
    _glitter(stage, rng)
    stage.shape(np.array([(-7, 4, -2.6), (-7, 260, -2.6), (-7, 260, 0), (-7, 4, 0)], float), (128, 122, 112))
    stage.strip(-7, -5.8, -6, 240, (172, 166, 154))
    stage.strip(9.6, 22, -6, 240, KERB)
    stage.strip(10, 21.4, -6, 240, ASPHALT)
    stage.dashes((15.7, -4), (15.7, 200), 0.14, LINE, on=3, off=5)
    terrace(stage, 26, 60, 8, 220, tall=(11, 22), shop=True)
    for y in range(130, 3, -4):
        stage.pole(np.array([(-6.2, y, 1.1), (-6.2, y + 4, 1.1)], float), 0.07, STEEL)
        stage.pole(np.array([(-6.2, y, 0), (-6.2, y, 1.15)], float), 0.09, STEEL)
    for y in (126, 104, 84, 66, 50, 36, 23):
        tree(stage, 6.6, y, tall=7.5, wide=5)
    for y in (116, 90, 68, 48, 30, 15):
        lamp(stage, -4.6, y, tall=5.0, arm=0.02, radius=8, colour=WARM)
        lamp(stage, 8.6, y + 5, tall=7.5, arm=1.8, radius=9)
    backdrop = stage.finish()
    people = stroll(rng, [(-2, 2), (-2, 100)], 1, spread=2.4) + stroll(rng, [(3, 4), (3, 100)], 1, spread=1.4)
    people += standing(rng, (-5.2, 14), (-4.6, 90), 9) + standing(rng, (2, 16), (5, 80), 5)
    people += stroll(rng, [(0, -4), (0, 130)], 2, spread=1.0, speed=(4.4, 5.2), bicycle=True)
    people += stroll(rng, [(24, 10), (24, 100)], 1, spread=0.8)
    lanes = [
        Lane(Path(((18.6, -12), (18.6, 150))), mixed_entries(rng, LOOP_S, 3, CARS), LOOP_S, 10.5),
        Lane(Path(((12.8, 150), (12.8, -12))), mixed_entries(rng, LOOP_S, 2, (*CARS, "bus")), LOOP_S, 10),
        Lane(Path(((-24, -20), (-30, 220))), [Entry(2.0, "launch", (226, 226, 222))], LOOP_S, 6.0, z=-2.6),
        Lane(Path(((-60, 230), (-44, -40))), [Entry(0.0, "barge", (112, 62, 50))], LOOP_S, 4.2, z=-2.6),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _glitter(stage: Stage, rng: np.random.Generator) -> None:
    """Lights of the far bank drawn out on the water."""
    if not stage.light.night:
        return
    for _ in range(46):
        x = float(rng.uniform(-186, -94))
        tone = shade(
            (255, 206, 140) if rng.random() < 0.75 else (190, 216, 255), float(rng.uniform(0.2, 0.55))
        )
        long = float(rng.uniform(14, 46))
        points = np.array(
            [
                (x, 117, -2.6),
                (x + 0.9, 117, -2.6),
                (x * 0.95 + 0.9, 117 - long, -2.6),
                (x * 0.95, 117 - long, -2.6),
            ]
        )
        stage.shape(points, shade(tone, 0.5), emit=shade(tone, 0.55))


def harbour(view: View, light: Light, seed: int) -> Scene:
    """Containers in stacks, a gantry crane, a ship, lorries coming and going."""
    rng = np.random.default_rng(seed)
    view = replace(view, mount_m=9.5, pitch_deg=12, fov_deg=66, x=-4, yaw_deg=6)
    if light.night:
        view = replace(view, x=5.5, yaw_deg=-9, mount_m=12, pitch_deg=15)
    stage = Stage(view, light, seed)
    stage.plane((124, 122, 116))
    water(stage, [(-260, 96), (260, 96), (260, 190), (-260, 190)], (84, 104, 112), z=-1.5)
    stage.ground([(-300, 190), (300, 190), (300, 240), (-300, 240)], (104, 114, 92))
    skyline(stage, 240, tall=34, x_from=-280, x_to=280)
    _ship(stage)
    for x in (-44.0, 26.0):
        _crane(stage, x)
    stage.strip(-9, 9, -8, 92, (104, 105, 106))
    stage.strip(-120, 120, 70, 90, (112, 112, 110), along="x", cells=3)
    for x in (-8.6, 8.6):
        stage.dashes((x, -6), (x, 70), 0.2, (214, 178, 84))
    stage.dashes((0, -6), (0, 68), 0.16, LINE, on=3, off=5)
    for y in (58, 46, 34, 22):
        for x0 in (-46, -33, -20.5, 12, 25, 38):
            _stack(stage, rng, x0, float(y))
    stage.box(11.5, 18, 6, 11, 0, 3.2, (196, 192, 182))
    stage.shape(
        np.array([(12.3, 5.95, 1.2), (15.4, 5.95, 1.2), (15.4, 5.95, 2.5), (12.3, 5.95, 2.5)]),
        (80, 96, 106),
        emit=(220, 226, 210),
    )
    stage.raised(9, 12, lambda: _barrier(stage))
    for x, y in ((-10.6, 66), (10.6, 52), (-10.6, 38), (10.6, 27), (-10.6, 16), (-40, 68), (46, 68)):
        lamp(
            stage,
            x,
            y,
            tall=12,
            arm=0.8 if x < 0 else -0.8,
            colour=COOL if seed % 2 else (255, 178, 96),
            radius=15,
            strength=1.2,
        )
    stand = [
        Pose("semi", -30, 75, 1.57, (196, 60, 44), lights=False),
        Pose("truck", 20.5, 15.5, 0.0, PAINTS[5], lights=False),
    ]
    backdrop = park(view, light, stage.finish(), stand)
    people = stroll(rng, [(11, 12), (11, 40), (10.5, 66)], 2, spread=0.3) + stroll(
        rng, [(-30, 68), (30, 68)], 2, spread=0.6
    )
    out = Path(((4.2, -24), (4.2, 66), *curve((4.2, 66), (4.2, 79), (18, 79)), (120, 79)))
    back = Path(((-120, 83), (-18, 83), *curve((-18, 83), (-4.2, 83), (-4.2, 66)), (-4.2, -24)))
    lanes = [
        Lane(out, [Entry(0.5, "semi", (38, 84, 140)), Entry(6.0, "van", (222, 222, 218))], LOOP_S, 8.0),
        Lane(back, [Entry(2.5, "semi", (176, 60, 44)), Entry(7.5, "truck", (70, 108, 84))], LOOP_S, 8.0),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _stack(stage: Stage, rng: np.random.Generator, x: float, y: float) -> None:
    high = int(rng.integers(1, 5))
    stage.cast([(x, y), (x + 12.2, y), (x + 12.2, y + 5), (x, y + 5)], high * 2.6)

    def draw() -> None:
        for row in (1, 0):
            for level in range(max(1, high - row)):
                colour = BOXES[int(rng.integers(len(BOXES)))]
                y0, z0 = y + row * 2.5, level * 2.6
                stage.box(x, x + 12.1, y0, y0 + 2.4, z0, z0 + 2.55, colour)
                for rib in np.arange(x + 0.8, x + 12, 1.1):
                    edge = np.array(
                        [
                            (rib, y0 - 0.01, z0 + 0.15),
                            (rib + 0.12, y0 - 0.01, z0 + 0.15),
                            (rib + 0.12, y0 - 0.01, z0 + 2.4),
                            (rib, y0 - 0.01, z0 + 2.4),
                        ]
                    )
                    stage.shape(edge, shade(colour, 0.62))

    stage.raised(x + 6, y, draw)


def _ship(stage: Stage) -> None:
    hull = [(-88, 106, -1.5), (64, 106, -1.5), (78, 106, 9), (-92, 106, 9)]
    stage.shape(np.array(hull, float), (46, 62, 84))
    stage.shape(
        np.array([(-88, 105.9, -1.5), (64, 105.9, -1.5), (66, 105.9, 0.4), (-88.6, 105.9, 0.4)], float),
        (140, 54, 46),
    )
    stage.box(-86, -66, 106, 118, 9, 26, (206, 204, 196))
    for z in range(12, 25, 3):
        for x in range(-84, -67, 3):
            stage.shape(
                np.array(
                    [(x, 105.9, z), (x + 1.6, 105.9, z), (x + 1.6, 105.9, z + 1.4), (x, 105.9, z + 1.4)],
                    float,
                ),
                (70, 84, 96),
                emit=(226, 200, 140),
            )
    for x in range(-60, 62, 13):
        for level in range(int(stage.rng.integers(1, 4))):
            stage.box(
                x,
                x + 12,
                107,
                118,
                9 + level * 2.6,
                11.5 + level * 2.6,
                BOXES[int(stage.rng.integers(len(BOXES)))],
            )


def _crane(stage: Stage, x: float) -> None:
    red = (186, 78, 52)
    for side in (0.0, 18.0):
        for y in (103.0, 92.0):
            stage.box(x + side - 0.7, x + side + 0.7, y - 0.7, y + 0.7, 0, 34, red)
    for z in (10.0, 33.0):
        stage.box(x - 0.7, x + 18.7, 91.4, 92.6, z, z + 1.6, red)
    stage.box(x + 6, x + 12, 84, 140, 34, 36, red)
    stage.pole(np.array([(x + 9, 95, 48), (x + 9, 138, 36)], float), 0.4, red)
    stage.pole(np.array([(x + 9, 95, 34), (x + 9, 95, 48)], float), 0.7, red)
    stage.box(x + 6.5, x + 11.5, 93, 98, 29, 33.5, (196, 196, 190), emit=(90, 84, 60))
    for side in (0.0, 18.0):
        stage.dot(x + side, 91, 31, 0.6, (250, 240, 210), emit=(255, 236, 190))
        stage.lamp_light(x + side, 86, 30, (255, 226, 170), 0.8, 18)


def _barrier(stage: Stage) -> None:
    stage.box(9.0, 9.6, 11.4, 12.0, 0, 1.1, (214, 168, 52))
    for i in range(6):
        a, b = 9.2 - i * 0.02, 9.2
        z0, z1 = 1.0 + i * 0.9, 1.0 + (i + 1) * 0.9
        stage.pole(
            np.array([(a, 11.7, z0), (b, 11.7, z1)]), 0.14, (208, 52, 44) if i % 2 else (236, 236, 230)
        )
