"""Vehicles as small solid models, drawn in perspective with shading, glass, wheels and lights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.demo.canvas import Colour, Patch, Points, View
from app.demo.glow import add_glow
from app.demo.stage import Light, hull

FAR_PX_PER_M, COARSE_PX_PER_M = 8.0, 16.0
"""Below these scales a vehicle is drawn as two blots, or without its small parts."""
PAINTS: tuple[Colour, ...] = (
    (206, 208, 210), (232, 232, 230), (44, 47, 52), (92, 97, 104), (138, 34, 34), (38, 66, 112),
    (150, 152, 150), (24, 30, 44), (176, 168, 150), (70, 92, 80), (188, 120, 40), (120, 30, 44),
)  # fmt: skip
FIXED: dict[str, Colour] = {
    "glass": (38, 48, 60), "dark": (34, 36, 40), "tyre": (20, 20, 22), "rim": (120, 122, 126),
    "head": (236, 234, 220), "tail": (140, 22, 22), "pale": (222, 224, 222), "grey": (150, 154, 158),
}  # fmt: skip


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


@dataclass(frozen=True)
class Pose:
    """Where a vehicle is. ``heading`` in radians, 0 along +y, clockwise; the point is its middle."""

    kind: str
    x: float
    y: float
    heading: float
    paint: Colour
    braking: bool = False
    z: float = 0.0
    lights: bool = True


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
        [(0.04, 0.28), (0, belt * 0.8), (0.1, belt), (length - 0.35, belt * 0.9), (length, belt * 0.68), (length, 0.28)],
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
            [(start, low), (start, height * 0.82), (length - 0.3, height * 0.82), (length, height * 0.45), (length, low)],
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
        [(-half * 0.8, -0.01, 1.35), (half * 0.8, -0.01, 1.35), (half * 0.8, -0.01, 1.95), (-half * 0.8, -0.01, 1.95)],
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
    build = {
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


def draw_vehicle(
    frame: Image.Image, view: View, light: Light, pose: Pose, lit: tuple[float, float, float]
) -> None:
    """Draw one vehicle with its shadow and, at night, its lights. ``lit`` is the light where it stands."""
    shape = model(pose.kind)
    cos, sin = math.cos(pose.heading), math.sin(pose.heading)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    at = np.array([pose.x, pose.y, pose.z])
    if view.px_per_m(pose.x, pose.y) < FAR_PX_PER_M:
        _draw_far(frame, view, light, pose, lit, shape.corners @ turn + at)
        if light.night and pose.lights:
            _halos(frame, view, shape, pose, turn, at)
        return
    world = shape.points @ turn + at
    seen = view.seen(world)
    depth = float(seen[:, 2].mean())
    if seen[:, 2].min() < 1.0:
        if seen[:, 2].max() > 1.0:
            faces = _seen_faces(shape, view, light, pose, lit, world, turn, max(1.0, depth))
            _draw_passing(
                frame, view, [(view.project(world[list(corners)]), colour) for corners, colour in faces]
            )
        return
    flat = view.flat(seen)
    if flat[:, 0].max() < 0 or flat[:, 0].min() > view.width or flat[:, 1].min() > view.height:
        return
    shadow = view.project(_shadow(shape, turn, at, light))
    patch = Patch.around(frame, np.concatenate([flat, shadow]))
    if patch is None:
        return
    patch.polygon(shadow, (8, 10, 16, max(70, light.shadow)))
    if light.night and pose.lights:
        patch.close()
        _beam(frame, view, shape, turn, at)
        patch = Patch.around(frame, flat) or patch
    patch.polygons(flat, _seen_faces(shape, view, light, pose, lit, world, turn, depth))
    patch.close()
    if light.night and pose.lights:
        _halos(frame, view, shape, pose, turn, at)


def _draw_passing(frame: Image.Image, view: View, faces: list[tuple[Points, Colour]]) -> None:
    """Draw what is left in the picture of a vehicle that passes below the camera."""
    seen = [(flat, colour) for flat, colour in faces if len(flat) >= 3]
    limit = np.array([view.width, view.height]) * 3.0
    patch = (
        Patch.around(frame, np.concatenate([flat.clip(-limit, limit) for flat, _ in seen])) if seen else None
    )
    if patch:
        for flat, colour in seen:
            patch.polygon(flat.clip(-limit, limit), colour)
        patch.close()


def _draw_far(
    frame: Image.Image, view: View, light: Light, pose: Pose, lit: tuple[float, float, float], corners: Points
) -> None:
    """Draw a vehicle of a few pixels: its outline, with a darker upper half for the windows."""
    flat = view.flat(view.seen(corners))
    (left, top), (right, bottom) = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
    if right < 0 or left > view.width:
        return
    fade = 1 - math.exp(-view.depth(pose.x, pose.y) / light.haze_m)
    draw = ImageDraw.Draw(frame)
    body = Face((), "paint", (0.0, 0.0, 1.0))
    glass = Face((), "glass", (0.0, 0.0, 0.0))
    left, top, right = round(left), round(top), max(round(left) + 1, round(right))
    bottom = max(top + 2, round(bottom))
    inset, middle = round((right - left) * 0.12), top + max(1, round((bottom - top) * 0.45))
    draw.rectangle((left, middle, right, bottom), (26, 28, 32))
    draw.rectangle((left, middle, right, max(middle, bottom - 1)), _colour(body, pose, light, 0.8, lit, fade))
    draw.rectangle((left + inset, top, right - inset, middle), _colour(glass, pose, light, 1.2, lit, fade))
    draw.line((left + inset, top, right - inset, top), _colour(body, pose, light, 1.0, lit, fade))


def _seen_faces(
    shape: Model, view: View, light: Light, pose: Pose, lit: tuple[float, float, float], world: Points, turn: Points,
    depth: float,
) -> list[tuple[tuple[int, ...], Colour]]:  # fmt: skip
    """Return the corners and colours of the faces that look at the camera, in the order to paint them."""
    normals = shape.normals @ turn
    towards = np.array([view.x, view.y, view.mount_m]) - world[shape.firsts]
    seen = (towards * normals).sum(axis=1) > 0
    if view.focal_px / depth < COARSE_PX_PER_M:
        seen &= shape.coarse
    sunny = np.clip(normals @ np.array(light.sun), 0, None)
    bright = 0.62 + 0.46 * sunny if light.shadow else 0.78 + 0.16 * np.clip(normals[:, 2], 0, None)
    fade = 1 - math.exp(-depth / light.haze_m)
    out: list[tuple[tuple[int, ...], Colour]] = []
    for i in np.flatnonzero(seen).tolist():
        face = shape.faces[i]
        out.append((face.corners, _colour(face, pose, light, float(bright[i]), lit, fade)))
    return out


def _colour(
    face: Face, pose: Pose, light: Light, bright: float, lit: tuple[float, float, float], fade: float
) -> Colour:
    material = face.material
    if material == "tail" and (pose.braking or (light.night and pose.lights)):
        return (255, 60, 48) if pose.braking else (196, 30, 28)
    if material == "head" and light.night and pose.lights:
        return (255, 250, 232)
    base = pose.paint if material == "paint" else FIXED[material]
    if material == "glass" and face.normal[2] > 0.2 and not light.night:
        bright *= 1.7  # the sky in the windscreen
    keep = bright * (1 - fade)
    return (
        min(255, int(base[0] * lit[0] * keep + light.haze[0] * fade)),
        min(255, int(base[1] * lit[1] * keep + light.haze[1] * fade)),
        min(255, int(base[2] * lit[2] * keep + light.haze[2] * fade)),
    )


def _shadow(shape: Model, turn: Points, at: Points, light: Light) -> Points:
    half, long = shape.width / 2 + 0.05, shape.length / 2 + 0.05
    foot = np.array([[-half, -long, 0], [half, -long, 0], [half, long, 0], [-half, long, 0]]) @ turn + at
    base = [(float(p[0]), float(p[1])) for p in foot]
    if light.shadow:
        reach = shape.height / max(0.35, light.sun[2])
        base = hull([*base, *((x - light.sun[0] * reach, y - light.sun[1] * reach) for x, y in base)])
    return np.array([(x, y, float(at[2])) for x, y in base])


def _beam(frame: Image.Image, view: View, shape: Model, turn: Points, at: Points) -> None:
    """Light the road ahead of a vehicle."""
    ahead = np.array([0.0, shape.length / 2 + 5.0, 0.0]) @ turn + at
    if view.depth(*ahead) > 2:
        x, y = view.pixel(*ahead)
        spread = view.px_per_m(*ahead)
        add_glow(frame, x, y, spread * 4.2, (255, 236, 200), 0.3, flatten=_flatten(view, ahead))


def _halos(frame: Image.Image, view: View, shape: Model, pose: Pose, turn: Points, at: Points) -> None:
    """Add the shine of head and tail lamps, as far as they point at the camera."""
    half, long = shape.width / 2 - 0.25, shape.length / 2
    eye = np.array([view.x, view.y, view.mount_m])
    forward = np.array([0.0, 1.0, 0.0]) @ turn
    towards = float(np.dot((eye - at) / np.linalg.norm(eye - at), forward))
    scale = view.px_per_m(pose.x, pose.y)
    if view.depth(pose.x, pose.y) < long + 1:
        return
    for side in (-half, half):
        if towards > -0.1:
            x, y = view.pixel(*(np.array([side, long, 0.7]) @ turn + at).tolist())
            add_glow(frame, x, y, scale * (0.9 + 1.3 * max(0.0, towards)), (255, 244, 214), 0.95)
        if towards < 0.2:
            x, y = view.pixel(*(np.array([side, -long, 0.8]) @ turn + at).tolist())
            add_glow(frame, x, y, scale * (1.0 if pose.braking else 0.6), (255, 36, 24), 0.9)


def _flatten(view: View, at: Points) -> float:
    """Return how much a circle on the ground at ``at`` is squeezed in height."""
    distance = math.hypot(at[0] - view.x, at[1] - view.y)
    return max(0.08, min(1.0, view.mount_m / max(1.0, math.hypot(distance, view.mount_m))))
