"""A street scene: a still backdrop and what moves through it, the same again after every loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFont

from app.demo.canvas import View
from app.demo.stage import Backdrop, Light, Sprite
from app.demo.traffic import Lane
from app.demo.vehicles import Pose, draw_vehicle

LOOP_S = 10.0
PASSING_M = 14.0
"""A vehicle's middle may be this far behind the camera while its end is still seen."""
Painter: TypeAlias = Callable[[Image.Image], None]


class Actor(Protocol):
    """Something that moves: yields its depth in metres and how to paint it."""

    def items(self, time_s: float) -> Iterable[tuple[float, Painter]]:
        """Return what to paint at that moment of the loop."""
        ...


@dataclass
class Scene:
    """Everything of one camera's picture. `frame` is a pure function of the time."""

    view: View
    light: Light
    backdrop: Backdrop
    lanes: Sequence[Lane] = ()
    actors: Sequence[Actor] = ()
    caption: str = ""
    _label: Image.Image | None = field(default=None, init=False, repr=False)

    def frame(self, time_s: float) -> Image.Image:
        """Return the RGB picture at that moment of the loop."""
        frame = self.backdrop.image.copy()
        items: list[tuple[float, Painter]] = [(s.depth, s.paint) for s in self.backdrop.sprites]
        for lane in self.lanes:
            for pose in lane.poses(time_s):
                depth = self.view.depth(pose.x, pose.y)
                if depth > -PASSING_M:
                    foot = (
                        self.view.pixel(pose.x, pose.y, pose.z)
                        if depth > 2
                        else (0.0, float(self.view.height))
                    )
                    lit = self.backdrop.lit(*foot)
                    items.append((depth, self._vehicle(pose, lit)))
        for actor in self.actors:
            items.extend(actor.items(time_s))
        for _, paint in sorted(items, key=lambda item: -item[0]):
            paint(frame)
        if self.caption:
            self._write_caption(frame)
        return frame

    def _vehicle(self, pose: Pose, lit: tuple[float, float, float]) -> Painter:
        return lambda frame: draw_vehicle(frame, self.view, self.light, pose, lit)

    def _write_caption(self, frame: Image.Image) -> None:
        if self._label is None:
            font = ImageFont.load_default(size=frame.height * 0.036)
            left, top, right, bottom = font.getbbox(self.caption, stroke_width=2)
            self._label = Image.new("RGBA", (math.ceil(right - left) + 4, math.ceil(bottom - top) + 4))
            ImageDraw.Draw(self._label).text(
                (2 - left, 2 - top),
                self.caption,
                (244, 246, 248),
                font,
                stroke_width=2,
                stroke_fill=(16, 18, 22),
            )
        frame.paste(self._label, (round(frame.width * 0.018), round(frame.height * 0.024)), self._label)


def settle(backdrop: Backdrop, items: Iterable[tuple[float, Painter]]) -> Backdrop:
    """Return the backdrop with things that stand still, each in front of what passes behind it."""
    image, sprites = backdrop.image.copy(), list(backdrop.sprites)
    for depth, paint in sorted(items, key=lambda item: -item[0]):
        before = image.copy()
        paint(image)
        mask = ImageChops.difference(before, image).convert("L").point(lambda v: 255 if v else 0)
        box = mask.getbbox()
        if box:
            part = image.crop(box)
            part.putalpha(mask.crop(box))
            sprites.append(Sprite(depth, part, (box[0], box[1])))
    # What is in front of them was drawn before them: put it back on top.
    for sprite in sorted(sprites, key=lambda s: -s.depth):
        sprite.paint(image)
    return replace(backdrop, image=image, sprites=tuple(sprites))


def park(view: View, light: Light, backdrop: Backdrop, poses: Iterable[Pose]) -> Backdrop:
    """Return the backdrop with parked vehicles."""

    def painter(pose: Pose) -> Painter:
        lit = backdrop.lit(*view.pixel(pose.x, pose.y))
        return lambda frame: draw_vehicle(frame, view, light, pose, lit)

    depths = ((view.depth(pose.x, pose.y), pose) for pose in poses)
    return settle(backdrop, [(depth, painter(pose)) for depth, pose in depths if depth >= 3])
