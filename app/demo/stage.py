"""The still part of a street scene: sky, ground, light, and what stands around."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from app.demo.canvas import Colour, Patch, Points, View, ground, mix, shade

Floats = NDArray[np.float32]
BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True)
class Light:
    """The hour and the weather. ``sun`` points from the scene to the sun; ``ambient`` is per colour."""

    night: bool = False
    sky_top: Colour = (96, 142, 196)
    sky_low: Colour = (196, 214, 228)
    haze: Colour = (190, 205, 218)
    haze_m: float = 420.0
    ambient: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sun: tuple[float, float, float] = (-0.5, -0.45, 0.74)
    shadow: int = 90
    """Strength of cast shadows, 0…255; 0 under an overcast sky."""

    def facing(self, normal: tuple[float, float, float]) -> float:
        """Return how bright a face with that outward normal is, about 0.5…1.1."""
        lit = max(0.0, sum(a * b for a, b in zip(normal, self.sun, strict=True)))
        return (0.62 + 0.46 * lit) if self.shadow else (0.78 + 0.16 * max(0.0, normal[2]))


DAY = Light()
MORNING = Light(
    sky_top=(120, 160, 205), sky_low=(238, 220, 196), haze=(226, 214, 198), haze_m=320.0,
    ambient=(1.04, 0.99, 0.92), sun=(0.72, -0.4, 0.5),
)  # fmt: skip
OVERCAST = Light(
    sky_top=(150, 158, 166), sky_low=(196, 200, 203), haze=(188, 193, 197), haze_m=260.0,
    ambient=(0.92, 0.94, 0.97), shadow=0,
)  # fmt: skip
DUSK = Light(
    night=True, sky_top=(42, 52, 92), sky_low=(204, 132, 98), haze=(96, 82, 98), haze_m=520.0,
    ambient=(0.46, 0.41, 0.50), shadow=0,
)  # fmt: skip
NIGHT = Light(
    night=True, sky_top=(9, 12, 22), sky_low=(38, 36, 44), haze=(34, 34, 42), haze_m=600.0,
    ambient=(0.19, 0.20, 0.26), shadow=0,
)  # fmt: skip


@dataclass(frozen=True)
class Sprite:
    """A still thing that passing ones may go behind."""

    depth: float
    image: Image.Image
    corner: tuple[int, int]

    def paint(self, frame: Image.Image) -> None:
        """Put it over the frame."""
        frame.paste(self.image, self.corner, self.image)


@dataclass(frozen=True)
class Backdrop:
    """A finished still picture with the light that falls on what moves through it."""

    image: Image.Image
    sprites: tuple[Sprite, ...]
    lit: Callable[[float, float], tuple[float, float, float]]
    """Brightness per colour at a picture point (x, y in pixels)."""


class Stage:
    """Draws the still part, far things first, then `finish`."""

    def __init__(self, view: View, light: Light, seed: int) -> None:
        self.view = view
        self.light = light
        self.rng = np.random.default_rng(seed)
        self._image = Image.new("RGB", (view.width, view.height))
        self._glow_image = Image.new("RGB", (view.width, view.height))
        self._lamps: list[tuple[float, float, float, Colour, float, float]] = []
        self._raised: list[tuple[float, float, tuple[int, int], Image.Image, Image.Image | None]] = []
        self._sheets: tuple[Patch, Patch | None] | None = None
        self._patch: Patch | None = None
        self._glow: Patch | None = None
        self._paint_sky()
        self._open(self._image, self._glow_image)

    def _open(self, image: Image.Image, glow: Image.Image) -> None:
        whole = (0, 0, self.view.width, self.view.height)
        self._patch = Patch(image, whole)
        self._glow = Patch(glow, whole) if self.light.night else None

    def _close(self) -> None:
        for patch in (self._patch, self._glow):
            if patch:
                patch.close()

    def _paint_sky(self) -> None:
        view, light = self.view, self.light
        rows = np.clip(np.arange(view.height) / max(1.0, view.horizon_px), 0, 1)[:, None, None] ** 1.4
        top, low = np.array(light.sky_top), np.array(light.sky_low)
        # Clouds: random cells at two sizes, smoothed by enlarging, stretched sideways.
        clouds = np.zeros((view.height, view.width), np.float32)
        for cells, weight in (((5, 6), 0.6), ((12, 16), 0.4)):
            small = Image.fromarray((self.rng.random(cells) * 255).astype(np.uint8))
            large = small.resize((view.width, view.height), Image.Resampling.BICUBIC)
            clouds += np.asarray(large, np.float32) / 255 * weight
        cover = np.clip((clouds - 0.52) * 4, 0, 1)[:, :, None] * (0.12 if light.night else 0.5)
        white = np.array(mix(light.sky_low, (255, 255, 255), 0.0 if light.night else 0.55))
        sky = top * (1 - rows) + low * rows
        sky = sky * (1 - cover) + white * cover
        self._image.paste(Image.fromarray(sky.clip(0, 255).astype(np.uint8)))
        if light.night:
            self._glow_image.paste(self._image.point(lambda v: round(v * 0.75)))

    def hazed(self, colour: Colour, depth: float) -> Colour:
        """Return the colour as seen through that many metres of air."""
        return mix(colour, self.light.haze, 1 - math.exp(-max(0.0, depth) / self.light.haze_m))

    def shape(self, points: Points, colour: Colour, *, emit: Colour = BLACK, alpha: int = 255) -> None:
        """Fill a world polygon (n×3). ``emit`` is the light that it gives off at night."""
        assert self._patch is not None
        depth = float(self.view.seen(points)[:, 2].clip(0).mean())
        flat = self.view.project(points)
        if not len(flat):
            return
        self._patch.polygon(flat, (*self.hazed(colour, depth), alpha))
        if self._glow and alpha == 255:
            self._glow.polygon(flat, emit)

    def plane(self, colour: Colour, far_m: float = 1500.0) -> None:
        """Cover the ground to the horizon, in bands so that the distance fades."""
        view = self.view
        edges = [0.7, *np.geomspace(6, far_m, 26).tolist()]
        yaw = math.radians(view.yaw_deg)
        ahead, right = (math.sin(yaw), math.cos(yaw)), (math.cos(yaw), -math.sin(yaw))
        for near, far in zip(edges[-2::-1], edges[:0:-1], strict=True):
            corners = [
                (
                    view.x + ahead[0] * d + right[0] * side * (d * 2 + 20),
                    view.y + ahead[1] * d + right[1] * side * (d * 2 + 20),
                )
                for d, side in ((near, -1), (near, 1), (far, 1), (far, -1))
            ]
            self.shape(ground(corners), colour)

    def ground(self, points: Sequence[tuple[float, float]], colour: Colour, alpha: int = 255) -> None:
        """Fill a polygon on the ground, cut so that it fades with the distance."""
        self.shape(ground(points), colour, alpha=alpha)

    def strip(
        self, x0: float, x1: float, y0: float, y1: float, colour: Colour, *, along: str = "y", cells: int = 14
    ) -> None:
        """Fill an upright rectangle on the ground in pieces, which lets its far end fade."""
        spots = np.geomspace(1, 1 + (y1 - y0 if along == "y" else x1 - x0), cells + 1) - 1
        for a, b in zip(spots[-2::-1].tolist(), spots[:0:-1].tolist(), strict=True):
            if along == "y":
                self.ground([(x0, y0 + a), (x1, y0 + a), (x1, y0 + b), (x0, y0 + b)], colour)
            else:
                self.ground([(x0 + a, y0), (x0 + b, y0), (x0 + b, y1), (x0 + a, y1)], colour)

    def dashes(
        self, a: tuple[float, float], b: tuple[float, float], width: float, colour: Colour,
        *, on: float = 0.0, off: float = 0.0,
    ) -> None:  # fmt: skip
        """Paint a line on the ground from ``a`` to ``b``: whole, or ``on`` metres of every ``on + off``."""
        length = math.dist(a, b)
        ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        nx, ny = -uy * width / 2, ux * width / 2
        at = 0.0
        while at < length:
            end = min(length, at + (on or length))
            p, q = (a[0] + ux * at, a[1] + uy * at), (a[0] + ux * end, a[1] + uy * end)
            self.ground(
                [
                    (p[0] - nx, p[1] - ny),
                    (p[0] + nx, p[1] + ny),
                    (q[0] + nx, q[1] + ny),
                    (q[0] - nx, q[1] - ny),
                ],
                colour,
            )
            at = end + off

    def box(
        self, x0: float, x1: float, y0: float, y1: float, z0: float, z1: float, colour: Colour,
        *, emit: Colour = BLACK, top: Colour | None = None,
    ) -> None:  # fmt: skip
        """Draw the faces of an upright box that the camera sees."""
        eye = (self.view.x, self.view.y, self.view.mount_m)
        faces: list[tuple[tuple[float, float, float], list[tuple[float, float, float]], bool]] = [
            ((0, 0, 1), [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], eye[2] > z1),
            ((0, 0, -1), [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)], eye[2] < z0),
            ((0, 1, 0), [(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], eye[1] > y1),
            ((-1, 0, 0), [(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], eye[0] < x0),
            ((1, 0, 0), [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], eye[0] > x1),
            ((0, -1, 0), [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], eye[1] < y0),
        ]
        for normal, corners, faces_us in faces:
            if faces_us:
                paint = top if top and normal[2] == 1 else colour
                self.shape(np.array(corners, float), shade(paint, self.light.facing(normal)), emit=emit)

    def cast(self, points: Sequence[tuple[float, float]], height: float) -> None:
        """Lay the shadow of an upright block over the ground."""
        sun = self.light.sun
        if not self.light.shadow:
            return
        reach = min(2.2, 1 / max(0.25, sun[2])) * height
        moved = [(x - sun[0] * reach, y - sun[1] * reach) for x, y in points]
        self.ground(hull([*points, *moved]), (18, 22, 32), alpha=self.light.shadow)

    def lamp_light(
        self, x: float, y: float, z: float, colour: Colour = (255, 206, 140), strength: float = 1.0,
        radius: float = 8.0,
    ) -> None:  # fmt: skip
        """Let a lamp at that point light its surroundings at night."""
        if self.light.night:
            self._lamps.append((x, y, z, colour, strength, radius))

    def dot(
        self, x: float, y: float, z: float, radius_m: float, colour: Colour, *, emit: Colour = BLACK
    ) -> None:
        """Draw a small ball, such as a lamp's glass."""
        assert self._patch is not None
        if self.view.depth(x, y, z) < 1:
            return
        px, py = self.view.pixel(x, y, z)
        radius = max(0.7, radius_m * self.view.px_per_m(x, y, z))
        self._patch.ellipse(px, py, radius, radius, self.hazed(colour, self.view.depth(x, y, z)))
        if self._glow:
            self._glow.ellipse(px, py, radius, radius, emit)

    def pole(self, points: Points, width_m: float, colour: Colour) -> None:
        """Draw a round bar through world points (n×3)."""
        assert self._patch is not None
        if (self.view.seen(points)[:, 2] < 1).any():
            return
        mid = points.mean(axis=0)
        width = max(0.8, width_m * self.view.px_per_m(*mid))
        flat = self.view.flat(self.view.seen(points))
        self._patch.line(flat, self.hazed(colour, self.view.depth(*mid)), width)
        if self._glow:
            self._glow.line(flat, BLACK, width)

    def raised(self, x: float, y: float, draw: Callable[[], None]) -> None:
        """Draw a thing that stands at (x, y) so that what moves farther away goes behind it."""
        whole = (0, 0, self.view.width, self.view.height)
        if self._sheets is None:
            # One pair of sheets for all of them: each is cut out and wiped off again.
            self._sheets = (
                Patch(Image.new("RGBA", whole[2:]), whole),
                Patch(Image.new("RGB", whole[2:]), whole) if self.light.night else None,
            )
        kept = (self._patch, self._glow)
        self._patch, self._glow = self._sheets
        draw()
        self._patch, self._glow = kept
        sheet, shining = self._sheets
        image, box = sheet.cut()
        if box[2]:
            glow = shining.cut(box)[0] if shining else None
            self._raised.append((x, y, (box[0], box[1]), image, glow))

    def finish(self) -> Backdrop:
        """Light the scene and hand it over. The stage cannot be used afterwards."""
        self._close()
        light = self._light_map()
        picture = _apply(self._image, light, self._glow_image if self.light.night else None)
        sprites = []
        for x, y, corner, part, glow in self._raised:
            # What stands upright gets the light of its foot: the ground's light map does not fit it.
            lit = _apply(part.convert("RGB"), self._light_at(x, y), glow, halo=False)
            lit.putalpha(part.getchannel("A"))
            sprites.append(Sprite(self.view.depth(x, y), lit, corner))
        for sprite in sorted(sprites, key=lambda s: -s.depth):
            sprite.paint(picture)

        def lit_at(x: float, y: float) -> tuple[float, float, float]:
            row = min(max(int(y), 0), light.shape[0] - 1)
            column = min(max(int(x), 0), light.shape[1] - 1)
            r, g, b = light[row, column].tolist()
            return (r, g, b)

        return Backdrop(self._sensor(picture), tuple(sprites), lit_at)

    def _light_at(self, x: float, y: float) -> Floats:
        light = np.array(self.light.ambient, np.float32)
        for lx, ly, _, colour, strength, radius in self._lamps:
            near = strength / (1 + ((x - lx) ** 2 + (y - ly) ** 2) / radius**2) ** 1.6
            light += np.array(colour, np.float32) / 255 * near * 0.7
        return light

    def _light_map(self) -> Floats:
        view, step = self.view, 8
        height, width = -(-view.height // step), -(-view.width // step)
        light = np.empty((height, width, 3), np.float32)
        light[:] = self.light.ambient
        px = (np.arange(width) + 0.5) * step - view.width / 2
        py = view.height / 2 - (np.arange(height) + 0.5) * step
        rays = np.stack([*np.meshgrid(px, py), np.full((height, width), view.focal_px)], axis=-1) @ view.turn
        reach = view.mount_m / np.maximum(1e-3, -rays[..., 2])
        gx, gy = view.x + rays[..., 0] * reach, view.y + rays[..., 1] * reach
        below = rays[..., 2] < -1e-3
        for x, y, z, colour, strength, radius in self._lamps:
            if view.depth(x, y, z) < -radius * 3:
                continue
            near = np.where(below, strength / (1 + ((gx - x) ** 2 + (gy - y) ** 2) / radius**2) ** 1.6, 0)
            light += (near[..., None] * np.array(colour) / 255).astype(np.float32)
        grown = [
            Image.fromarray(light[..., c], "F").resize((view.width, view.height), Image.Resampling.BICUBIC)
            for c in range(3)
        ]
        return np.stack([np.asarray(g) for g in grown], axis=-1)

    def _sensor(self, picture: Image.Image) -> Image.Image:
        """Add what a lens and a sensor add: darker corners and grain."""
        view = self.view
        x = np.linspace(-1, 1, view.width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, view.height, dtype=np.float32)[:, None]
        corners = 1 - 0.16 * (x**2 + y**2) ** 1.5 / 2
        grain = self.rng.normal(0, 2.6 if self.light.night else 1.6, (view.height, view.width, 1))
        array = np.asarray(picture, np.float32) * corners[..., None] + grain
        return Image.fromarray(array.clip(0, 255).astype(np.uint8))


def _apply(image: Image.Image, light: Floats, glow: Image.Image | None, *, halo: bool = True) -> Image.Image:
    lit = Image.fromarray((np.asarray(image, np.float32) * light).clip(0, 255).astype(np.uint8))
    if glow is None:
        return lit
    out = ImageChops.lighter(lit, glow) if not halo else ImageChops.add(lit, glow)
    if halo:
        small = glow.reduce(4)
        for radius, gain in ((2.0, 0.55), (9.0, 0.5)):
            soft = small.filter(ImageFilter.GaussianBlur(radius)).resize(
                image.size, Image.Resampling.BILINEAR
            )
            bright = soft.point([round(v * gain) for v in range(256)] * 3)
            out = ImageChops.add(out, bright)
    return out


def hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the convex hull of ground points (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def half(run: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in run:
            while len(out) >= 2 and (
                (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1])
                <= (out[-1][1] - out[-2][1]) * (p[0] - out[-2][0])
            ):
                out.pop()
            out.append(p)
        return out[:-1]

    return half(ordered) + half(ordered[::-1])
