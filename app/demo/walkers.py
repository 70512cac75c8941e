"""People on foot and on bicycles, signals, and other small things that move."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from app.demo.canvas import Colour, Patch, View, shade
from app.demo.glow import add_glow
from app.demo.scene import LOOP_S, Painter, settle
from app.demo.stage import Backdrop, Light
from app.demo.traffic import Path

COATS: tuple[Colour, ...] = (
    (52, 60, 78), (120, 44, 44), (60, 84, 62), (150, 140, 120), (36, 38, 42), (176, 150, 60), (84, 96,
    120), (196, 196, 192),
)  # fmt: skip
SKIN: tuple[Colour, ...] = ((196, 150, 122), (142, 100, 76), (92, 64, 48), (222, 184, 156))


STIR_M = 0.011
"""Who stands still has a way no longer than this."""
FAR_PX_PER_M = 11.0
"""Below this scale a walker is drawn as three blots."""


@dataclass(frozen=True)
class Walker:
    """Someone who passes again and again, ``enters_s`` into each loop; waits at ``halt_m`` for ``wait_s``."""

    path: Path
    enters_s: float
    speed: float
    coat: Colour
    skin: Colour
    tall: float = 1.72
    bicycle: bool = False
    halt_m: float = -1.0
    wait_s: float = 0.0

    def places(self, time_s: float) -> Iterator[tuple[float, float, float, float]]:
        """Yield x, y, heading and metres walked of every repeat that is on the way."""
        life = self.path.length / self.speed + self.wait_s
        age = (time_s - self.enters_s) % LOOP_S
        while age < life:
            metres = age * self.speed
            if self.halt_m >= 0 and metres > self.halt_m:
                metres = max(self.halt_m, metres - self.wait_s * self.speed)
            yield (*self.path.at(metres), metres)
            age += LOOP_S


class Crowd:
    """All walkers of a scene."""

    def __init__(self, view: View, light: Light, backdrop: Backdrop, walkers: Sequence[Walker]) -> None:
        self._view, self._light, self._backdrop, self._walkers = view, light, backdrop, walkers

    def items(self, time_s: float) -> Iterable[tuple[float, Painter]]:
        """Return every walker with its depth."""
        for walker in self._walkers:
            for x, y, heading, metres in walker.places(time_s):
                depth = self._view.depth(x, y)
                if depth > 2:
                    yield depth, self._painter(walker, x, y, heading, metres)

    def _painter(self, walker: Walker, x: float, y: float, heading: float, metres: float) -> Painter:
        def paint(frame: Image.Image) -> None:
            _draw_walker(frame, self._view, self._light, self._backdrop, walker, x, y, heading, metres)

        return paint


def _draw_walker(
    frame: Image.Image, view: View, light: Light, backdrop: Backdrop, walker: Walker, x: float, y: float,
    heading: float, metres: float,
) -> None:  # fmt: skip
    (fx, fy), (_, hy) = view.pixel(x, y), view.pixel(x, y, walker.tall)
    m = (fy - hy) / walker.tall  # pixels a metre, upright
    if m < 1.5 or not (-m < fx < view.width + m and -2 * m < fy < view.height + 2 * m):
        return
    lit = backdrop.lit(fx, fy)
    fade = 1 - math.exp(-view.depth(x, y) / light.haze_m)

    def tone(colour: Colour) -> Colour:
        r, g, b = (
            round(min(255, c * k * (1 - fade) + h * fade))
            for c, k, h in zip(colour, lit, light.haze, strict=True)
        )
        return r, g, b

    if m < FAR_PX_PER_M:
        hip, neck, half = fy - 0.5 * (fy - hy), fy - 0.84 * (fy - hy), max(0.7, 0.2 * m)
        draw = ImageDraw.Draw(frame)
        draw.rectangle((fx - half * 0.6, hip, fx + half * 0.6, fy), tone(shade(walker.coat, 0.5)))
        draw.rectangle((fx - half, neck, fx + half, hip), tone(walker.coat))
        draw.rectangle((fx - half * 0.6, hy, fx + half * 0.6, neck), tone(walker.skin))
        return
    reach = 1.3 * m
    patch = Patch.around(frame, np.array([(fx - reach, hy - 0.2 * m), (fx + reach, fy + 0.5 * m)]))
    if patch is None:
        return
    shadow = (-light.sun[0] * 0.5 * m, -light.sun[1] * 0.2 * m) if light.shadow else (0.0, 0.0)
    patch.ellipse(fx + shadow[0], fy + 0.02 * m, 0.42 * m, 0.13 * m, (8, 10, 14, 90))
    # Sideways swing of the legs as the camera sees it: full when walking across, little when walking along.
    across = math.cos(heading - math.radians(view.yaw_deg) + math.pi / 2)
    hip, shoulder = fy - 0.5 * walker.tall * m, fy - 0.84 * walker.tall * m
    if walker.bicycle:
        for side in (-0.5, 0.5):
            patch.ellipse(
                fx + side * across * m,
                fy - 0.32 * m,
                max(0.06, 0.32 * abs(across)) * m,
                0.32 * m,
                tone((30, 30, 34)),
            )
            patch.ellipse(
                fx + side * across * m, fy - 0.32 * m, 0.24 * abs(across) * m, 0.24 * m, tone((104, 106, 108))
            )
        hip -= 0.25 * m
        shoulder -= 0.2 * m
    swing = 0.34 * math.sin(metres * 4.2) * m
    step = swing * across
    lift = 0.04 * abs(math.cos(metres * 4.2)) * m
    trousers = tone(shade(walker.coat, 0.5))
    for sign in (-1, 1):
        foot = np.array([(fx, hip), (fx + sign * step * 0.55 + sign * 0.05 * m, fy - lift * (sign > 0))])
        patch.line(foot, trousers, 0.17 * m)
    coat = tone(walker.coat)
    wide = 0.2 * m
    patch.polygon(
        np.array(
            [
                (fx - wide * 0.8, hip + 0.08 * m),
                (fx + wide * 0.8, hip + 0.08 * m),
                (fx + wide, shoulder),
                (fx - wide, shoulder),
            ]
        ),
        coat,
    )
    for sign in (-1, 1):
        arm = np.array(
            [
                (fx + sign * wide * 0.95, shoulder + 0.04 * m),
                (fx + sign * wide * 1.1 - sign * step * 0.5, hip),
            ]
        )
        patch.line(arm, tone(shade(walker.coat, 0.82)), 0.1 * m)
    patch.ellipse(fx, shoulder - 0.13 * m, 0.115 * m, 0.14 * m, tone(walker.skin))
    patch.ellipse(fx, shoulder - 0.19 * m, 0.12 * m, 0.09 * m, tone((52, 40, 34)))
    patch.close()


def peopled(view: View, light: Light, backdrop: Backdrop, people: Sequence[Walker]) -> tuple[Backdrop, Crowd]:
    """Return the backdrop with those who stand still, and the crowd of those who walk."""
    still = [walker for walker in people if walker.path.length <= STIR_M]
    going = [walker for walker in people if walker.path.length > STIR_M]
    return settle(backdrop, Crowd(view, light, backdrop, still).items(0.0)), Crowd(
        view, light, backdrop, going
    )


def stroll(
    rng: np.random.Generator, points: Sequence[tuple[float, float]], count: int, *, spread: float = 0.8,
    speed: tuple[float, float] = (1.1, 1.6), bicycle: bool = False,
) -> list[Walker]:  # fmt: skip
    """Return people who walk a way, each with an own line, pace and look; every other one goes back."""
    out = []
    for i in range(count):
        dx, dy = rng.uniform(-spread, spread, 2).tolist()
        way = [(x + dx, y + dy) for x, y in points]
        path = Path(tuple(way if i % 2 == 0 else way[::-1]))
        coat, skin = COATS[int(rng.integers(len(COATS)))], SKIN[int(rng.integers(len(SKIN)))]
        out.append(
            Walker(
                path, float(rng.uniform(0, LOOP_S)), float(rng.uniform(*speed)), coat, skin,
                float(rng.uniform(1.58, 1.86)), bicycle,
            )
        )  # fmt: skip
    return out


def standing(
    rng: np.random.Generator, low: tuple[float, float], high: tuple[float, float], count: int
) -> list[Walker]:
    """Return people who stand somewhere in that rectangle."""
    out = []
    for _ in range(count):
        x, y = float(rng.uniform(low[0], high[0])), float(rng.uniform(low[1], high[1]))
        one = stroll(rng, [(x, y), (x, y + STIR_M * 0.9)], 1, spread=0.0)[0]
        out.append(replace(one, enters_s=0.0, speed=STIR_M / LOOP_S))
    return out


@dataclass(frozen=True)
class Lantern:
    """One head of a traffic light at (x, y, z); ``colour_at`` says red, amber or green."""

    x: float
    y: float
    z: float
    colour_at: Callable[[float], str]


COLOURS: dict[str, tuple[Colour, float]] = {
    "red": ((255, 52, 40), 0.36), "amber": ((255, 182, 40), 0.0), "green": ((60, 240, 140), -0.36),
}  # fmt: skip


class Lanterns:
    """Traffic lights that change."""

    def __init__(self, view: View, light: Light, lanterns: Sequence[Lantern]) -> None:
        self._view, self._light, self._lanterns = view, light, lanterns

    def items(self, time_s: float) -> Iterable[tuple[float, Painter]]:
        """Return every lit lantern with its depth."""
        for lantern in self._lanterns:
            colour, up = COLOURS[lantern.colour_at(time_s % LOOP_S)]
            spot = (lantern.x, lantern.y, lantern.z + up)
            depth = self._view.depth(*spot)
            if depth > 2:
                yield depth - 0.3, self._painter(spot, colour)

    def _painter(self, spot: tuple[float, float, float], colour: Colour) -> Painter:
        def paint(frame: Image.Image) -> None:
            x, y = self._view.pixel(*spot)
            m = self._view.px_per_m(*spot)
            patch = Patch.around(frame, np.array([(x - 0.2 * m, y - 0.2 * m), (x + 0.2 * m, y + 0.2 * m)]))
            if patch:
                patch.ellipse(x, y, max(1.3, 0.14 * m), max(1.3, 0.14 * m), colour)
                patch.close()
            if self._light.night:
                add_glow(frame, x, y, max(6.0, 1.1 * m), colour, 0.7)

        return paint
