"""The shapes of vehicles: small solid models built of flat faces, in metres."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from app.demo.canvas import Points


@dataclass(frozen=True)
class Face:
    """One flat side: corner numbers, what it is made of, its outward normal."""

    corners: tuple[int, ...]
    material: str
    normal: tuple[float, float, float]
    fine: bool = False
    """Left out when the vehicle is far away."""


@dataclass(frozen=True)
class Model:
    """A vehicle in its own axes: x to its right, y forward from the rear bumper, z up; metres."""

    length: float
    width: float
    height: float
    points: Points
    faces: tuple[Face, ...]

    @cached_property
    def normals(self) -> Points:
        """Outward normals, one a face."""
        return np.array([face.normal for face in self.faces])

    @cached_property
    def corners(self) -> Points:
        """The eight corners of the box around it."""
        x, y = self.width / 2, self.length / 2
        return np.array([(a, b, c) for a in (-x, x) for b in (-y, y) for c in (0.0, self.height)])

    @cached_property
    def firsts(self) -> list[int]:
        """The number of each face's first corner."""
        return [face.corners[0] for face in self.faces]

    @cached_property
    def coarse(self) -> NDArray[np.bool_]:
        """Which faces are drawn even from far away."""
        return np.array([not face.fine or face.material in {"head", "tail"} for face in self.faces])


class _Builder:
    def __init__(self) -> None:
        self.points: list[tuple[float, float, float]] = []
        self.faces: list[Face] = []

    def face(
        self, corners: Sequence[tuple[float, float, float]], material: str,
        normal: tuple[float, float, float], *, fine: bool = False,
    ) -> None:  # fmt: skip
        start = len(self.points)
        self.points.extend(corners)
        self.faces.append(Face(tuple(range(start, start + len(corners))), material, normal, fine))

    def prism(
        self, outline: Sequence[tuple[float, float]], half: float, half_top: float,
        edges: Sequence[str], side: str,
    ) -> None:  # fmt: skip
        """Extrude a side view (y, z; clockwise from the rear bottom); narrower towards the top."""
        low, high = min(z for _, z in outline), max(z for _, z in outline)

        def wide(z: float) -> float:
            return half + (half_top - half) * (z - low) / (high - low)

        for (a, b), material in zip(
            zip(outline, [*outline[1:], outline[0]], strict=True), edges, strict=True
        ):
            length = math.dist(a, b) or 1.0
            normal = (0.0, -(b[1] - a[1]) / length, (b[0] - a[0]) / length)
            wa, wb = wide(a[1]), wide(b[1])
            self.face([(-wa, *a), (wa, *a), (wb, *b), (-wb, *b)], material, normal)
        for sign in (-1.0, 1.0):
            self.face([(sign * wide(z), y, z) for y, z in outline], side, (sign, 0.0, 0.0))

    def wheels(self, spots: Sequence[float], radius: float, half: float) -> None:
        ring = [(math.cos(a), math.sin(a)) for a in np.linspace(0, 2 * math.pi, 11)[:-1]]
        for sign in (-1.0, 1.0):
            for y in spots:
                for size, material in ((radius, "tyre"), (radius * 0.5, "rim")):
                    self.face(
                        [(sign * half, y + size * c, radius + size * s) for c, s in ring], material,
                        (sign, 0.0, 0.0), fine=material == "rim",
                    )  # fmt: skip

    def lamps(self, length: float, half: float, z: float, size: float = 0.3) -> None:
        for sign in (-1.0, 1.0):
            a, b = sign * (half - size - 0.08), sign * (half - 0.06)
            for y, material, normal in ((length + 0.01, "head", 1.0), (-0.01, "tail", -1.0)):
                self.face(
                    [(a, y, z), (b, y, z), (b, y, z + 0.17), (a, y, z + 0.17)], material, (0.0, normal, 0.0),
                    fine=True,
                )  # fmt: skip

    def panes(self, y0: float, y1: float, z0: float, z1: float, half: float, count: int, gap: float) -> None:
        """A row of side windows on both sides."""
        step = (y1 - y0 + gap) / count
        for sign in (-1.0, 1.0):
            for i in range(count):
                a = y0 + i * step
                b = a + step - gap
                self.face(
                    [(sign * half, a, z0), (sign * half, b, z0), (sign * half, b, z1), (sign * half, a, z1)],
                    "glass", (sign, 0.0, 0.0),
                )  # fmt: skip

    def model(self, length: float, width: float, height: float) -> Model:
        centred = np.array(self.points) - np.array([0, length / 2, 0])
        return Model(length, width, height, centred, tuple(self.faces))


def _car(length: float, height: float, boot: float, bonnet: float, width: float = 1.82) -> Model:
    b, half, belt = _Builder(), width / 2, height * 0.62
    b.prism(
        [(0.04, 0.28), (0, belt * 0.8), (0.1, belt), (length - 0.35, belt * 0.9), (length, belt * 0.68),
        (length, 0.28)],
        half, half * 0.95, ["paint", "paint", "paint", "paint", "dark", "dark"], "paint",
    )  # fmt: skip
    front = length - bonnet
    b.prism(
        [(boot, belt), (boot + 0.5, height), (front - 0.75, height), (front, belt * 0.95)],
        half * 0.93, half * 0.76, ["glass", "paint", "glass", "dark"], "glass",
    )  # fmt: skip
    middle = (boot + front) / 2
    for sign in (-1.0, 1.0):
        b.face(
            [(sign * half * 0.93, middle - 0.06, belt), (sign * half * 0.93, middle + 0.06, belt),
             (sign * half * 0.78, middle + 0.06, height), (sign * half * 0.78, middle - 0.06, height)],
            "paint", (sign, 0.0, 0.0), fine=True,
        )  # fmt: skip
    b.wheels((0.8, length - 0.85), 0.33, half + 0.01)
    b.lamps(length, half, belt * 0.68)
    return b.model(length, width, height)


def _box_vehicle(
    length: float, width: float, height: float, *, cab: float, body: str, windows: int = 0,
    wheels: Sequence[float] = (), low: float = 0.4,
) -> Model:  # fmt: skip
    b, half = _Builder(), width / 2
    if cab:  # a lorry: cab in paint, load area in ``body``
        start = length - cab
        b.prism(
            [(start, low), (start, height * 0.82), (length - 0.3, height * 0.82), (length,
            height * 0.45), (length, low)],
            half, half * 0.94, ["paint", "paint", "glass", "paint", "dark"], "paint",
        )  # fmt: skip
        b.panes(start + 0.5, length - 0.5, height * 0.47, height * 0.74, half + 0.01, 1, 0.0)
        b.prism(
            [(0, low + 0.35), (0, height), (start - 0.15, height), (start - 0.15, low + 0.35)],
            half, half, [body, body, body, "dark"], body,
        )  # fmt: skip
    else:
        b.prism(
            [(0, low), (0, height), (length - 0.25, height), (length, height * 0.4), (length, low)],
            half, half * 0.97, ["paint", body, "paint", "paint", "dark"], "paint",
        )  # fmt: skip
        b.face(
            [(-half * 0.9, length - 0.08, height * 0.45), (half * 0.9, length - 0.08, height * 0.45),
             (half * 0.9, length - 0.2, height * 0.88), (-half * 0.9, length - 0.2, height * 0.88)],
            "glass", (0.0, 1.0, 0.1),
        )  # fmt: skip
        b.face(
            [(-half * 0.8, -0.01, height * 0.55), (half * 0.8, -0.01, height * 0.55),
             (half * 0.8, -0.01, height * 0.85), (-half * 0.8, -0.01, height * 0.85)],
            "glass", (0.0, -1.0, 0.0),
        )  # fmt: skip
        if windows:
            b.panes(0.5, length - 0.6, height * 0.46, height * 0.82, half + 0.01, windows, 0.16)
    b.wheels(wheels or (1.2, length - 1.3), 0.46, half + 0.02)
    b.lamps(length, half, 0.75, 0.36)
    return b.model(length, width, height)


def _van() -> Model:
    length, half, b = 5.3, 0.98, _Builder()
    b.prism(
        [(0, 0.35), (0, 2.2), (length - 1.5, 2.25), (length - 0.7, 1.25), (length, 1.0), (length, 0.35)],
        half, half * 0.95, ["paint", "paint", "glass", "paint", "paint", "dark"], "paint",
    )  # fmt: skip
    b.panes(length - 2.3, length - 1.2, 1.2, 1.95, half * 0.99, 1, 0.0)
    b.face(
        [(-half * 0.8, -0.01, 1.35), (half * 0.8, -0.01, 1.35), (half * 0.8, -0.01, 1.95), (-half * 0.8,
        -0.01, 1.95)],
        "glass", (0.0, -1.0, 0.0),
    )  # fmt: skip
    b.wheels((0.95, length - 1.0), 0.36, half + 0.01)
    b.lamps(length, half, 0.72)
    return b.model(length, half * 2, 2.25)


def _boat(length: float, width: float, board: float, cabin: float, above: str) -> Model:
    """A hull that narrows to its bow, and a deck house aft."""
    b, half, waist = _Builder(), width / 2, length * 0.72
    deck = [(-half, 0.0), (half, 0.0), (half, waist), (0.0, length), (-half, waist)]
    b.face([(x, y, board) for x, y in deck], "grey", (0.0, 0.0, 1.0))
    for (ax, ay), (bx, by) in zip(deck, [*deck[1:], deck[0]], strict=True):
        across = math.dist((ax, ay), (bx, by))
        normal = ((by - ay) / across, -(bx - ax) / across, 0.0)
        b.face([(ax, ay, 0), (bx, by, 0), (bx, by, board), (ax, ay, board)], "paint", normal)
    y0, y1, inner = length * 0.1, length * (0.55 if length < 20 else 0.28), half * 0.7
    b.prism(
        [(y0, board), (y0, board + cabin), (y1 - 0.4, board + cabin), (y1, board)],
        inner, inner * 0.9, [above, above, "glass", "dark"], above,
    )  # fmt: skip
    b.panes(y0 + 0.3, y1 - 0.8, board + cabin * 0.45, board + cabin * 0.85, inner * 0.97, 3, 0.3)
    return b.model(length, width, board + cabin)


@cache
def model(kind: str) -> Model:
    """Return the model of that name.

    Raises:
        KeyError: there is none.
    """
    build: dict[str, Callable[[], Model]] = {
        "sedan": lambda: _car(4.6, 1.44, 0.75, 1.25),
        "hatch": lambda: _car(4.0, 1.52, 0.12, 1.0, 1.76),
        "suv": lambda: _car(4.7, 1.78, 0.1, 1.15, 1.92),
        "van": _van,
        "launch": lambda: _boat(9.0, 2.8, 1.1, 1.9, "pale"),
        "barge": lambda: _boat(34.0, 7.0, 2.2, 3.6, "pale"),
        "minibus": lambda: _box_vehicle(6.2, 2.1, 2.6, cab=0, body="pale", windows=4),
        "truck": lambda: _box_vehicle(8.2, 2.4, 3.4, cab=2.1, body="pale", wheels=(1.4, 2.5, 6.9)),
        "semi": lambda: _box_vehicle(
            15.5, 2.5, 3.9, cab=2.6, body="grey", wheels=(1.5, 2.7, 3.9, 11.4, 14.2)
        ),
        "bus": lambda: _box_vehicle(11.8, 2.5, 3.1, cab=0, body="pale", windows=7, wheels=(2.6, 9.0)),
        "tram": lambda: _box_vehicle(
            24.0, 2.5, 3.4, cab=0, body="grey", windows=13, wheels=(2.5, 4.5, 11.0, 13.0, 19.5, 21.5), low=0.3
        ),
    }
    return build[kind]()
