"""What stands along streets: houses, lamps, trees, signals, cables. Everything is drawn onto a `Stage`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from app.demo.canvas import Colour, Points, mix, shade
from app.demo.stage import Stage

WALLS: tuple[Colour, ...] = (
    (150, 112, 94), (172, 152, 128), (128, 96, 84), (186, 180, 168), (142, 146, 150), (160, 132, 108),
    (118, 122, 130),
    (196, 186, 160), (138, 104, 88), (108, 100, 98),
)  # fmt: skip
GLASS: Colour = (66, 82, 98)
STEEL: Colour = (96, 100, 106)
WARM: Colour = (255, 208, 140)
COOL: Colour = (206, 226, 255)
SIGNS: tuple[Colour, ...] = (
    (196, 60, 52),
    (40, 104, 168),
    (48, 128, 84),
    (214, 156, 44),
    (120, 64, 132),
    (36, 48, 60),
)


def _lit_window(stage: Stage, share: float) -> Colour:
    if stage.rng.random() > share:
        return (7, 9, 14)
    return shade(mix(WARM, COOL, float(stage.rng.random()) ** 3), float(stage.rng.uniform(0.3, 0.95)))


def _wall_grid(
    stage: Stage, a: tuple[float, float], b: tuple[float, float], height: float, floors: int, *,
    wall: Colour, normal: tuple[float, float, float], lit: float, base: float, pane: tuple[float,
    float] = (0.5, 0.55),
) -> None:  # fmt: skip
    """Draw a wall from ``a`` to ``b`` and its rows of windows above ``base`` metres."""
    bright = stage.light.facing(normal)
    corners = [(*a, 0.0), (*b, 0.0), (*b, height), (*a, height)]
    stage.shape(np.array(corners), shade(wall, bright))
    length = math.dist(a, b)
    columns = max(1, round(length / 3.1))
    step = (height - base - 0.6) / max(1, floors)
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    cell = length / columns
    for floor in range(floors):
        z0 = base + floor * step + step * (1 - pane[1]) / 2
        for column in range(columns):
            s0 = (column + 0.5 - pane[0] / 2) * cell
            s1 = (column + 0.5 + pane[0] / 2) * cell
            x, y = a[0] + ux * s0, a[1] + uy * s0
            if stage.view.depth(x, y) < 2:
                continue
            quad = np.array(
                [(x, y, z0), (a[0] + ux * s1, a[1] + uy * s1, z0),
                 (a[0] + ux * s1, a[1] + uy * s1, z0 + step * pane[1]), (x, y, z0 + step * pane[1])]
            )  # fmt: skip
            colour = shade(GLASS, bright * float(stage.rng.uniform(0.65, 1.35)))
            shine = _lit_window(stage, lit)
            stage.shape(quad, colour, emit=shine)
            if stage.view.px_per_m(x, y, z0) > 14:
                _window_frame(stage, quad, shade(wall, 1.3 * bright), shine)


def _window_frame(stage: Stage, quad: Points, colour: Colour, shine: Colour) -> None:
    """Give a near window its bars, a sill, and half of them a blind."""
    low, high = (quad[0] + quad[1]) / 2, (quad[2] + quad[3]) / 2
    if stage.rng.random() < 0.5:
        drop = float(stage.rng.uniform(0.2, 0.6))
        blind = np.array(
            [quad[3] + (quad[0] - quad[3]) * drop, quad[2] + (quad[1] - quad[2]) * drop, quad[2], quad[3]]
        )
        stage.shape(blind, shade((176, 170, 158), 0.8), emit=shade(shine, 0.6))
    stage.pole(np.array([low, high]), 0.09, colour)
    stage.pole(np.array([quad[0], quad[1]]), 0.16, colour)


def house(
    stage: Stage, x0: float, x1: float, y0: float, y1: float, height: float, *, wall: Colour | None = None,
    lit: float = 0.34, shop: bool = False, gable: bool = False,
) -> None:  # fmt: skip
    """Draw a house on that rectangle. ``shop`` gives its street sides show windows, ``gable`` a roof."""
    wall = wall or WALLS[int(stage.rng.integers(len(WALLS)))]
    stage.cast([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], height)
    base = 4.2 if shop else 0.8
    floors = max(1, round((height - base) / 3.3))
    sides: list[tuple[tuple[float, float], tuple[float, float], tuple[float, float, float]]] = []
    if stage.view.x > x1:
        sides.append(((x1, y0), (x1, y1), (1.0, 0.0, 0.0)))
    if stage.view.x < x0:
        sides.append(((x0, y0), (x0, y1), (-1.0, 0.0, 0.0)))
    if stage.view.y < y0:
        sides.append(((x0, y0), (x1, y0), (0.0, -1.0, 0.0)))
    if stage.view.mount_m > height:
        stage.shape(_flat(x0, x1, y0, y1, height), shade((112, 108, 104), stage.light.facing((0, 0, 1))))
    for a, b, normal in sides:
        _wall_grid(stage, a, b, height, floors, wall=wall, normal=normal, lit=lit, base=base)
        cornice = shade(wall, 0.72 * stage.light.facing(normal))
        stage.shape(_band(a, b, height - 0.5, height), cornice)
        if shop:
            _shop_front(stage, a, b, normal)
    if gable:
        _roof(stage, x0, x1, y0, y1, height)


def _flat(x0: float, x1: float, y0: float, y1: float, z: float) -> Points:
    return np.array([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], float)


def _band(a: tuple[float, float], b: tuple[float, float], z0: float, z1: float) -> Points:
    return np.array([(*a, z0), (*b, z0), (*b, z1), (*a, z1)], float)


def _shop_front(
    stage: Stage, a: tuple[float, float], b: tuple[float, float], normal: tuple[float, float, float]
) -> None:
    """Show windows, a sign and an awning along the ground floor, a shop every eight metres or so."""
    length = math.dist(a, b)
    count = max(1, round(length / 8))
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length

    def along(s: float, out: float = 0.0) -> tuple[float, float]:
        return a[0] + ux * s + normal[0] * out, a[1] + uy * s + normal[1] * out

    for i in range(count):
        s0, s1 = i * length / count + 0.5, (i + 1) * length / count - 0.5
        p, q = along(s0), along(s1)
        colour = SIGNS[int(stage.rng.integers(len(SIGNS)))]
        open_late = stage.rng.random() < 0.75
        glow = (
            shade(mix(WARM, COOL, float(stage.rng.random()) * 0.7), float(stage.rng.uniform(0.42, 0.62)))
            if open_late
            else (10, 12, 16)
        )
        stage.shape(_band(p, q, 0.5, 2.9), shade((92, 104, 112), stage.light.facing(normal)), emit=glow)
        for k in np.arange(0.06, 0.9, 0.15):  # what is on show
            m, n = along(s0 + (s1 - s0) * k), along(s0 + (s1 - s0) * (k + 0.09))
            goods = shade(SIGNS[int(stage.rng.integers(len(SIGNS)))], float(stage.rng.uniform(0.5, 1.1)))
            top = float(stage.rng.uniform(1.1, 1.9))
            stage.shape(
                _band(m, n, 0.6, top), shade(goods, 0.6), emit=shade(goods, 0.75) if open_late else (5, 5, 6)
            )
        for k in (0.33, 0.66):
            m = along(s0 + (s1 - s0) * k)
            n = along(s0 + (s1 - s0) * k + 0.12)
            stage.shape(_band(m, n, 0.5, 2.9), (40, 42, 46))
        stage.shape(
            _band(p, q, 3.1, 3.9),
            shade(colour, stage.light.facing(normal)),
            emit=shade(colour, 0.7) if open_late else (0, 0, 0),
        )
        if stage.rng.random() < 0.6:
            edge0, edge1 = along(s0, 1.5), along(s1, 1.5)
            awning = np.array([(*p, 3.1), (*q, 3.1), (*edge1, 2.5), (*edge0, 2.5)])
            stage.shape(awning, shade(mix(colour, (230, 226, 214), 0.25), stage.light.facing((0, 0, 1))))
        if open_late:
            middle = along((s0 + s1) / 2, 2.0)
            stage.lamp_light(*middle, 2.5, WARM, 0.55, 3.4)


def _roof(stage: Stage, x0: float, x1: float, y0: float, y1: float, height: float) -> None:
    ridge, top = (y0 + y1) / 2, height + (y1 - y0) * 0.32
    tiles = ((124, 74, 62), (92, 84, 82), (104, 88, 76))[int(stage.rng.integers(3))]
    for points, normal in (
        ([(x0, y1, height), (x1, y1, height), (x1, ridge, top), (x0, ridge, top)], (0.0, 0.7, 0.7)),
        ([(x0, y0, height), (x1, y0, height), (x1, ridge, top), (x0, ridge, top)], (0.0, -0.7, 0.7)),
    ):
        stage.shape(np.array(points, float), shade(tiles, stage.light.facing(normal)))
    for x, sign in ((x0, -1.0), (x1, 1.0)):
        if (stage.view.x - x) * sign > 0:
            gable = np.array([(x, y0, height), (x, y1, height), (x, ridge, top)], float)
            stage.shape(gable, shade((170, 158, 140), stage.light.facing((sign, 0, 0))))


def terrace(
    stage: Stage, x0: float, x1: float, y_from: float, y_to: float, *, tall: tuple[float, float] = (9, 22),
    shop: bool = False, deep: tuple[float, float] = (12, 26), lit: float = 0.34, gap: float = 0.0,
) -> None:  # fmt: skip
    """Draw houses side by side from ``y_to`` (far) to ``y_from`` between the walls x0 and x1."""
    y = y_to
    while y > y_from:
        long = min(float(stage.rng.uniform(*deep)), y - y_from)
        if long > 3:
            house(stage, x0, x1, y - long, y - gap, float(stage.rng.uniform(*tall)), shop=shop, lit=lit)
        y -= long


def skyline(stage: Stage, y: float, *, x_from: float = -420, x_to: float = 420, tall: float = 60) -> None:
    """Draw far buildings as quiet blocks."""
    x = x_from
    while x < x_to:
        wide = float(stage.rng.uniform(14, 40))
        height = float(stage.rng.uniform(0.25, 1.0)) ** 1.6 * tall + 8
        wall = WALLS[int(stage.rng.integers(len(WALLS)))]
        _wall_grid(
            stage, (x, y), (x + wide, y), height, max(2, round(height / 7)), wall=wall, normal=(0, -1,
            0), lit=0.4,
            base=1.0, pane=(0.5, 0.5),
        )  # fmt: skip
        x += wide + float(stage.rng.uniform(-4, 6))


def lamp(
    stage: Stage, x: float, y: float, *, tall: float = 8.0, arm: float = 1.8, colour: Colour = WARM,
    strength: float = 1.0,
    radius: float = 9.0,
) -> None:  # fmt: skip
    """Put up a street lamp whose head hangs ``arm`` metres to the side (x)."""

    def draw() -> None:
        stage.pole(np.array([(x, y, 0), (x, y, tall - 0.4), (x + arm, y, tall)]), 0.16, STEEL)
        stage.dot(x + arm, y, tall - 0.1, 0.24, (206, 204, 196), emit=shade(colour, 1.0))

    if stage.view.depth(x, y) > 1.5:
        stage.raised(x, y, draw) if stage.view.depth(x, y) < 90 else draw()
    stage.lamp_light(x + arm, y, tall, colour, strength, radius)


def tree(stage: Stage, x: float, y: float, *, tall: float = 7.0, wide: float = 4.4) -> None:
    """Plant a broad-leaved tree: a trunk, and leaves as many blots that grow lighter upwards."""
    green = ((64, 92, 48), (78, 102, 52), (56, 84, 56), (92, 104, 52))[int(stage.rng.integers(4))]
    blots = stage.rng.normal(0, 1, (44, 3)).clip(-1.7, 1.7)
    stage.cast([(x - wide * 0.3, y - 0.7), (x + wide * 0.3, y - 0.7), (x, y + 0.9)], tall * 0.75)

    def draw() -> None:
        stage.pole(np.array([(x, y, 0), (x, y, tall * 0.55)]), 0.3, (78, 62, 48))
        for bx, by, bz in sorted(blots.tolist(), key=lambda b: b[2]):
            colour = shade(green, 0.72 + 0.2 * (bz + 1.2) - 0.06 * bx * stage.light.sun[0])
            stage.dot(
                x + bx * wide * 0.23, y + by * wide * 0.2, tall * 0.68 + bz * tall * 0.16,
                wide * float(stage.rng.uniform(0.09, 0.17)), colour,
            )  # fmt: skip

    if stage.view.depth(x, y) > 2:
        stage.raised(x, y, draw) if stage.view.depth(x, y) < 70 else draw()


def zebra(stage: Stage, x0: float, x1: float, y0: float, y1: float, *, across: str = "x") -> None:
    """Paint a crossing whose stripes follow each other along x or y."""
    start, end = (x0, x1) if across == "x" else (y0, y1)
    at = start + 0.3
    while at + 0.5 <= end:
        if across == "x":
            stage.ground([(at, y0), (at + 0.5, y0), (at + 0.5, y1), (at, y1)], (208, 208, 202))
        else:
            stage.ground([(x0, at), (x1, at), (x1, at + 0.5), (x0, at + 0.5)], (208, 208, 202))
        at += 1.05


def wires(stage: Stage, points: Sequence[tuple[float, float, float]], sag: float = 0.5) -> None:
    """Hang a cable from point to point."""
    for a, b in itertools.pairwise(points):
        t = np.linspace(0, 1, 9)[:, None]
        run = np.array(a) * (1 - t) + np.array(b) * t
        run[:, 2] -= 4 * sag * (t * (1 - t))[:, 0]
        stage.pole(run, 0.05, (44, 46, 50))


def water(
    stage: Stage, corners: Sequence[tuple[float, float]], colour: Colour = (72, 98, 112), z: float = -1.5
) -> None:
    """Fill a stretch of water and lay ripples on it."""
    stage.shape(np.array([(x, y, z) for x, y in corners]), colour)
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    for _ in range(420):
        x, far = float(stage.rng.uniform(min(xs), max(xs))), float(stage.rng.random()) ** 2.2
        y = min(ys) + (max(ys) - min(ys)) * far
        if not (min(xs) <= x <= max(xs)) or stage.view.depth(x, y, z) < 2:
            continue
        long = float(stage.rng.uniform(1.0, 3.5)) * (1 + far * 5)
        tone = shade(colour, float(stage.rng.choice([0.86, 1.14, 1.24])))
        x1 = min(x + long, max(xs))
        stage.shape(
            np.array([(x, y, z), (x1, y, z), (x1, y + 0.3 + far, z), (x, y + 0.3 + far, z)]), tone, alpha=120
        )
