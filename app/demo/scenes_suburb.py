"""Scenes at the town's edge: the roundabout and a street of homes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from app.demo.canvas import View
from app.demo.furniture import house, lamp, skyline, tree
from app.demo.scene import LOOP_S, Scene, park
from app.demo.scenes_city import KERB, PAVING, YELLOW, parked_cars, street
from app.demo.scenes_road import ASPHALT, GRASS
from app.demo.stage import Light, Stage
from app.demo.traffic import Entry, Lane, Path, curve, mixed_entries
from app.demo.vehicles import PAINTS
from app.demo.walkers import peopled, stroll


def roundabout(view: View, light: Light, seed: int) -> Scene:
    """A roundabout with a planted island."""
    view = replace(view, mount_m=11, pitch_deg=18, fov_deg=70, x=-8, y=-14, yaw_deg=13)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane(GRASS)
    skyline(stage, 320, tall=30)
    middle, outer, inner = (0.0, 26.0), 19.0, 9.5

    def ring(radius: float, squeeze: float = 1.0) -> list[tuple[float, float]]:
        return [
            (middle[0] + radius * math.cos(a), middle[1] + squeeze * radius * math.sin(a))
            for a in np.linspace(0, 2 * math.pi, 48)[:-1].tolist()
        ]

    stage.ground(ring(outer + 4), PAVING)
    stage.strip(-9.5, 9.5, -20, 260, PAVING)
    stage.strip(-200, 200, 17, 35, PAVING, along="x", cells=4)
    stage.strip(-6.5, 6.5, -20, 260, ASPHALT)
    stage.strip(-200, 200, 20, 32, ASPHALT, along="x", cells=4)
    stage.ground(ring(outer), ASPHALT)
    for a, b in (((0, 47), (0, 200)), ((-120, 26), (-22, 26)), ((22, 26), (120, 26)), ((0, -18), (0, 5))):
        stage.dashes(a, b, 0.16, YELLOW)
    stage.ground(ring(inner + 0.5), KERB)
    stage.ground(ring(inner), (104, 126, 74))
    stage.ground(ring(inner * 0.55), (150, 84, 96))
    stage.ground(ring(inner * 0.4), (118, 134, 80))
    for i, y in enumerate(range(150, 56, -16)):
        house(stage, -46, -26, y, y + 11, 6, gable=True, lit=0.4)
        house(stage, 26, 48, y, y + 11, 6.5, gable=i % 2 == 0, lit=0.4)
    for x, y in (
        (-14, 62),
        (14, 60),
        (-13, 84),
        (13, 80),
        (-40, 46),
        (38, 48),
        (34, 12),
        (-36, 12),
        (52, 42),
    ):
        tree(stage, x, y, tall=7, wide=5.5)
    for dx, dy in ((-3, 2), (3, 1), (0, -2)):
        tree(stage, dx, 26 + dy, tall=4.6, wide=3.6)
    for x, y in ((-21, 40), (21, 40), (21, 11), (-21, 11)):
        lamp(stage, x, y, arm=-2.0 if x > 0 else 2.0, radius=12)
    backdrop = stage.finish()
    r = 14.2
    circle = [
        (middle[0] + r * math.sin(a), middle[1] - r * math.cos(a))
        for a in np.linspace(0, 2 * math.pi, 60).tolist()
    ]

    def way(enter: tuple[float, float], first: int, last: int, leave: tuple[float, float]) -> Path:
        arc = circle[first : last + 1]
        return Path(
            (
                enter,
                *curve(_towards(enter, arc[0], 16), _towards(enter, arc[0], 5), arc[2]),
                *arc[3:-2],
                *curve(arc[-2], _towards(leave, arc[-1], 5), _towards(leave, arc[-1], 16)),
                leave,
            )
        )

    south_north = way((3.4, -32), 6, 26, (3.4, 150))
    north_west = way((-3.4, 150), 36, 43, (-90, 29.4))
    east_south = way((90, 29.4), 21, 56, (-3.4, -32))
    colours = [PAINTS[i] for i in rng.permutation(len(PAINTS))[:7]]
    kinds = ["sedan", "suv", "hatch", "van", "sedan", "hatch", "suv"]
    lanes = [
        Lane(south_north, [Entry(0.0, kinds[0], colours[0]), Entry(5.0, kinds[1], colours[1])], LOOP_S, 8.5),
        Lane(north_west, [Entry(2.0, kinds[2], colours[2]), Entry(6.5, kinds[3], colours[3])], LOOP_S, 8.5),
        Lane(east_south, [Entry(1.2, kinds[4], colours[4]), Entry(6.2, kinds[5], colours[5])], LOOP_S, 8.5),
    ]
    people = stroll(rng, [(-40, 36), (-24, 36), (-18, 46), (-8, 52), (-8, 90)], 5, spread=0.5)
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])


def _towards(end: tuple[float, float], start: tuple[float, float], metres: float) -> tuple[float, float]:
    length = math.dist(start, end)
    return start[0] + (end[0] - start[0]) * metres / length, start[1] + (end[1] - start[1]) * metres / length


def homes(view: View, light: Light, seed: int) -> Scene:
    """A quiet street of houses with gardens, parked cars, a cyclist."""
    view = replace(view, mount_m=5.6, pitch_deg=8.0, fov_deg=60, x=-1.2, yaw_deg=2)
    stage, rng = Stage(view, light, seed), np.random.default_rng(seed)
    stage.plane((102, 122, 76))
    skyline(stage, 320, tall=18)
    stage.strip(-8.6, 8.6, -6, 240, (166, 160, 150))
    stage.strip(-6.8, 6.8, -6, 240, (112, 128, 82))
    street(stage, 4.8, 240)
    for y in range(170, 6, -17):
        house(stage, -32, -17, y, y + 11, 5.4, gable=True, lit=0.45)
        house(stage, 17, 33, y + 4, y + 15, 5.8, gable=True, lit=0.45)
        stage.ground([(-17, y + 1), (-8.6, y + 1), (-8.6, y + 4), (-17, y + 4)], (150, 146, 140))
        stage.ground([(8.6, y + 6), (17, y + 6), (17, y + 9), (8.6, y + 9)], (150, 146, 140))
    for y in (136, 112, 91, 72, 55, 40, 27):
        tree(stage, -7.8, y, tall=8, wide=5.4)
        tree(stage, 7.8, y + 8, tall=8.4, wide=5.6)
    for y in (120, 80, 48, 22):
        lamp(stage, 6.0, y, tall=6, arm=-1.2)
    spots = parked_cars(rng, 3.8, [16, 30, 37, 52, 66, 74, 90], 0.0) + parked_cars(
        rng, -3.8, [24, 44, 59, 82, 96], math.pi
    )
    backdrop = park(view, light, stage.finish(), spots)
    people = stroll(rng, [(-7.7, 8), (-7.7, 100)], 1, spread=0.3) + stroll(
        rng, [(7.7, 8), (7.7, 100)], 1, spread=0.3
    )
    people += stroll(rng, [(1.6, -4), (1.6, 130)], 1, spread=0.1, speed=(5, 5), bicycle=True)
    lanes = [
        Lane(Path(((0.9, -12), (0.9, 150))), mixed_entries(rng, LOOP_S, 1, ("hatch",)), LOOP_S, 7.5),
        Lane(Path(((-1.1, 150), (-1.1, -12))), mixed_entries(rng, LOOP_S, 1, ("suv", "van")), LOOP_S, 7.5),
    ]
    backdrop, crowd = peopled(view, light, backdrop, people)
    return Scene(view, light, backdrop, lanes, [crowd])
