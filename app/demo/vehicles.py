"""Draws vehicles in perspective, with shading, glass, wheels, shadows and lights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from app.demo.canvas import Colour, Patch, Points, View
from app.demo.glow import add_glow
from app.demo.stage import Light, hull
from app.demo.vehicle_models import Face, Model, model

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
    shape: Model, view: View, light: Light, pose: Pose, lit: tuple[float, float, float], world: Points,
    turn: Points,
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
