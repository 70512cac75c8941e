"""How vehicles move: lanes with car-following and traffic lights, repeating exactly after one loop.

Vehicles enter a lane at the same moments of every loop. They keep their distance by the Intelligent
Driver Model (Treiber, Hennecke, Helbing 2000) and stop at red. The lane is run for some loops until it
repeats; the drive of each vehicle that entered in one loop is then kept and played with all its repeats.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from app.demo.canvas import Colour
from app.demo.vehicle_models import model
from app.demo.vehicles import PAINTS, Pose

STEP_S = 1 / 15
ACCELERATION = 1.9
BRAKING = 2.6
HEADWAY_S = 0.9
GAP_M = 2.2


@dataclass(frozen=True)
class Path:
    """A way over the ground through points in metres; corners are best given as several points."""

    points: tuple[tuple[float, float], ...]
    _lengths: list[float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps = (math.dist(a, b) for a, b in zip(self.points, self.points[1:], strict=False))
        object.__setattr__(self, "_lengths", [0.0, *accumulate(steps)])

    @property
    def length(self) -> float:
        """Length in metres."""
        return self._lengths[-1]

    def at(self, s: float) -> tuple[float, float, float]:
        """Return x, y and heading (radians, clockwise from +y) after ``s`` metres."""
        i = min(max(bisect_right(self._lengths, s) - 1, 0), len(self.points) - 2)
        (ax, ay), (bx, by) = self.points[i], self.points[i + 1]
        share = (s - self._lengths[i]) / (self._lengths[i + 1] - self._lengths[i])
        return ax + (bx - ax) * share, ay + (by - ay) * share, math.atan2(bx - ax, by - ay)


def curve(
    a: tuple[float, float], corner: tuple[float, float], b: tuple[float, float], steps: int = 12
) -> list[tuple[float, float]]:
    """Return points of a smooth turn from ``a`` to ``b`` with its tangents through ``corner``."""
    return [
        (
            (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * corner[0] + t**2 * b[0],
            (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * corner[1] + t**2 * b[1],
        )
        for t in np.linspace(0, 1, steps).tolist()
    ]


@dataclass(frozen=True)
class Stop:
    """A line ``at_m`` along the lane that may not be passed between the two moments of the loop."""

    at_m: float
    from_s: float
    to_s: float

    def shut(self, time_s: float, loop_s: float) -> bool:
        """Say whether the line is shut at that time."""
        return (time_s - self.from_s) % loop_s < (self.to_s - self.from_s) % loop_s


@dataclass(frozen=True)
class Entry:
    """A vehicle that enters at that moment of every loop. ``wait_s`` makes it stand at ``halt_m``."""

    at_s: float
    kind: str
    paint: Colour
    halt_m: float | None = None
    wait_s: float = 0.0


@dataclass(frozen=True)
class _Drive:
    entry: Entry
    metres: tuple[float, ...]
    braking: tuple[bool, ...]


class Lane:
    """One lane's traffic; `poses` answers for any moment of the loop."""

    def __init__(
        self, path: Path, entries: Sequence[Entry], loop_s: float, speed: float,
        *, stops: Sequence[Stop] = (), slow: Sequence[tuple[float, float, float]] = (), z: float = 0.0,
    ) -> None:  # fmt: skip
        """``speed`` in m/s; ``slow`` holds (from m, to m, m/s) of bends and the like."""
        self._path, self._loop_s, self._z = path, loop_s, z
        self._speed, self._stops, self._slow = speed, stops, slow
        self._drives = self._simulate(sorted(entries, key=lambda e: e.at_s)) if entries else []

    def _simulate(self, entries: list[Entry]) -> list[_Drive]:
        steps = round(self._loop_s / STEP_S)
        rounds = 3 + math.ceil(self._path.length / self._speed / self._loop_s)
        kept_round = rounds // 2 + 1
        cars: list[_Car] = []
        kept: list[_Car] = []
        for tick in range((rounds + kept_round + 2) * steps):
            for entry in entries:
                if tick % steps == round(entry.at_s / STEP_S) % steps:
                    car = _Car(entry, min(self._speed, self._safe_speed(cars)))
                    cars.append(car)
                    if tick // steps == kept_round:
                        kept.append(car)
            for i, car in enumerate(cars):
                self._advance(car, cars[i - 1] if i else None, tick * STEP_S)
            cars = [car for car in cars if car.metres[-1] < self._path.length]
        return [_Drive(car.entry, tuple(car.metres), tuple(car.braking)) for car in kept]

    def _safe_speed(self, cars: list[_Car]) -> float:
        if not cars:
            return self._speed
        gap = cars[-1].metres[-1] - cars[-1].length - GAP_M
        return max(0.0, min(self._speed, gap / HEADWAY_S))

    def _advance(self, car: _Car, ahead: _Car | None, time_s: float) -> None:
        s, v = car.metres[-1], car.speed
        wish = min([self._speed, *(limit for a, b, limit in self._slow if a - 12 <= s <= b)])
        pull = ACCELERATION * (1 - (v / wish) ** 4) if v <= wish else -min(BRAKING, (v - wish) * 1.5)
        if ahead:
            pull = min(pull, _follow(v, wish, ahead.metres[-1] - ahead.length - s, v - ahead.speed))
        for stop in self._stops:
            room = stop.at_m - s
            if room > -0.5 and stop.shut(time_s, self._loop_s) and v * v / (2 * 5.0) < room + 0.5:
                pull = min(pull, _follow(v, wish, room + 1.0, v))
        halt = car.entry.halt_m
        if halt is not None and s <= halt + 0.5 and car.waited < car.entry.wait_s:
            pull = min(pull, _follow(v, wish, halt - s + GAP_M, v))
            if v < 0.3:
                car.waited += STEP_S
        pull = max(pull, -7.0)
        car.speed = max(0.0, v + pull * STEP_S)
        car.metres.append(s + (v + car.speed) / 2 * STEP_S)
        car.braking.append(pull < -0.7 or car.speed < 0.2)

    def poses(self, time_s: float) -> Iterator[Pose]:
        """Yield every vehicle that is on the lane at that moment."""
        for drive in self._drives:
            index = round((time_s - drive.entry.at_s) % self._loop_s / STEP_S)
            length = model(drive.entry.kind).length
            while index < len(drive.metres):
                # Two points under the axles give the heading, so that long vehicles take bends well.
                front = self._path.at(drive.metres[index] - length * 0.2)
                rear = self._path.at(drive.metres[index] - length * 0.8)
                heading = math.atan2(front[0] - rear[0], front[1] - rear[1])
                yield Pose(
                    drive.entry.kind, (front[0] + rear[0]) / 2, (front[1] + rear[1]) / 2, heading,
                    drive.entry.paint, drive.braking[index], self._z,
                )  # fmt: skip
                index += round(self._loop_s / STEP_S)


@dataclass
class _Car:
    entry: Entry
    speed: float
    metres: list[float] = field(default_factory=lambda: [0.0])
    braking: list[bool] = field(default_factory=lambda: [False])
    waited: float = 0.0

    @property
    def length(self) -> float:
        return model(self.entry.kind).length


def _follow(speed: float, wish: float, gap: float, closing: float) -> float:
    wanted = GAP_M + max(0.0, speed * HEADWAY_S + speed * closing / (2 * math.sqrt(ACCELERATION * BRAKING)))
    return ACCELERATION * (1 - (speed / max(wish, 0.1)) ** 4 - (wanted / max(gap, 0.3)) ** 2)


def mixed_entries(
    rng: np.random.Generator, loop_s: float, count: int, kinds: Sequence[str] = ("sedan", "hatch", "suv")
) -> list[Entry]:
    """Return ``count`` vehicles a loop, spread unevenly, of the given kinds and everyday colours."""
    spread = loop_s / max(1, count)
    return [
        Entry(
            (i * spread + float(rng.uniform(0, 0.45)) * spread) % loop_s,
            str(rng.choice(list(kinds))),
            PAINTS[int(rng.integers(len(PAINTS)))],
        )
        for i in range(count)
    ]
