"""The look of the demo's base map: dark ground, quiet streets, names only where there is room."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

from app.demo.canvas import Colour
from app.demo.city_plan import (
    AVENUES,
    BASIN,
    COUNTRY_ROADS,
    EXPRESSWAY,
    HALF_HEIGHT_M,
    HALF_WIDTH_M,
    M_PER_DEG_LON,
    PARKS,
    RIVER,
    RIVER_WIDTH_M,
    STREETS,
    TOWN,
    TUNNEL,
    UNION,
    YARDS,
    Spot,
    position,
    street_runs,
)  # fmt: skip
from app.domain.geo import LatLon

TILE_PX = 256
FINE = 2
LAND: Colour = (17, 21, 27)
BLOCK: Colour = (21, 26, 33)
YARD: Colour = (25, 27, 32)
HOUSE: Colour = (28, 34, 43)
WATER: Colour = (19, 36, 54)
BANK: Colour = (27, 47, 66)
PARK: Colour = (20, 35, 29)
TRACK: Colour = (27, 32, 39)
"""Section roads of the country around, a mile apart."""
STREET: Colour = (48, 56, 68)
AVENUE: Colour = (57, 66, 79)
MAJOR: Colour = (76, 87, 102)
FREEWAY: Colour = (82, 86, 92)
CASING: Colour = (13, 16, 21)
TRAM: Colour = (84, 108, 130)
CAR_FREE = ("Founders Park", "Orchard Park")
"""Parks that streets do not run through."""
TEXT: Colour = (150, 162, 176)
WATER_TEXT: Colour = (94, 136, 172)
PARK_TEXT: Colour = (104, 146, 118)


@dataclass
class Sheet:
    """A row of tiles being drawn; `at` turns the plan's metres into its pixels."""

    zoom: int
    left: int
    top: int
    width: int
    height: int
    place: Callable[[LatLon], tuple[float, float]]
    image: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width * FINE, self.height * FINE), LAND)
        self.draw = ImageDraw.Draw(self.image)

    @property
    def px_per_m(self) -> float:
        """Pixels of the finished tile that a metre of the town spans."""
        return TILE_PX * 2.0**self.zoom / 360 / M_PER_DEG_LON

    def at(self, spot: Spot) -> tuple[float, float]:
        """Return the finished sheet's pixel of a spot."""
        x, y = self.place(position(spot))
        return x - self.left, y - self.top

    def line(self, spots: Sequence[Spot], width_m: float, colour: Colour, least_px: float = 1.0) -> None:
        """Draw a line of a width in metres, not thinner than ``least_px``."""
        width = max(least_px, width_m * self.px_per_m) * FINE
        points = [(x * FINE, y * FINE) for x, y in map(self.at, spots)]
        self.draw.line(points, fill=colour, width=max(1, round(width)), joint="curve")
        if width > 4:
            for x, y in (points[0], points[-1]):
                r = width / 2
                self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def area(self, spots: Sequence[Spot], colour: Colour) -> None:
        """Fill a polygon."""
        self.draw.polygon([(x * FINE, y * FINE) for x, y in map(self.at, spots)], fill=colour)

    def rectangle(self, low: Spot, high: Spot, colour: Colour) -> None:
        """Fill an upright rectangle."""
        self.area([low, (high[0], low[1]), high, (low[0], high[1])], colour)


def draw_sheet(sheet: Sheet) -> Image.Image:
    """Draw everything that lies on the sheet and return it at its final size."""
    _ground(sheet)
    _parks(sheet, [name for name in PARKS if name not in CAR_FREE])
    _streets(sheet)
    _parks(sheet, CAR_FREE)
    finished = sheet.image.reduce(FINE)
    for text, spot, angle, size, colour in _labels(sheet.zoom):
        _write(sheet, finished, text, spot, angle, size, colour)
    return finished


@cache
def _smooth(points: tuple[Spot, ...], steps: int = 8) -> tuple[Spot, ...]:
    """Round a line's corners (Catmull-Rom spline through its points)."""
    padded = (points[0], *points, points[-1])
    out: list[Spot] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for i in range(steps):
            t = i / steps
            x, y = (
                0.5 * (2 * b[k] + (c[k] - a[k]) * t + (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t**2
                       + (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t**3)
                for k in (0, 1)
            )  # fmt: skip
            out.append((x, y))
    return (*out, points[-1])


@cache
def _houses() -> tuple[tuple[Spot, Spot], ...]:
    """Invented footprints of the houses in every block, the same on each sheet."""
    rng = Random(7)
    columns = list(AVENUES.values())
    rows = list(STREETS.values())
    kept = []
    for x0, x1 in itertools.pairwise(columns):
        if x0 == AVENUES["Mill Ave"]:
            continue  # the river
        for y0, y1 in itertools.pairwise(rows):
            for low, high in _block_houses(rng, x0 + 16, x1 - 16, y0 + 14, y1 - 14):
                middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
                if not _taken(middle):
                    kept.append((low, high))
    return tuple(kept)


def _block_houses(rng: Random, x0: float, x1: float, y0: float, y1: float) -> Iterator[tuple[Spot, Spot]]:
    for row in (0, 1):
        x = x0
        while x < x1 - 10:
            wide = min(rng.uniform(16, 46), x1 - x)
            deep = rng.uniform(0.24, 0.42) * (y1 - y0)
            low = y0 if row == 0 else y1 - deep
            yield (x, low), (x + wide - 4, low + deep)
            x += wide
    middle, gap = (y0 + y1) / 2, rng.uniform(6, 14)
    for _ in range(rng.randint(0, 2)):
        x = rng.uniform(x0, x1 - 30)
        yield (x, middle - gap / 2), (x + 24, middle + gap / 2)


def _taken(spot: Spot) -> bool:
    """Say whether a park, a yard or Union Avenue lies there."""
    x, y = spot
    if abs(y - (x - 450)) < 42 and -330 <= x <= 1790:
        return True
    return _inside(spot, (*PARKS.values(), *YARDS))


def _in_park(spot: Spot) -> bool:
    return _inside(spot, tuple(PARKS.values()))


def _inside(spot: Spot, boxes: Sequence[tuple[Spot, Spot]]) -> bool:
    return any(low[0] <= spot[0] <= high[0] and low[1] <= spot[1] <= high[1] for low, high in boxes)


def _ground(sheet: Sheet) -> None:
    for mile in range(-8, 9):
        x, y = mile * 1609.0 + 500, mile * 1609.0 - 900
        sheet.line(((x, -13000.0), (x, 13000.0)), 8, TRACK, 0.6)
        sheet.line(((-13000.0, y), (13000.0, y)), 8, TRACK, 0.6)
    sheet.rectangle((-1690, -1340), (1600, 1340), BLOCK)
    for low, high in YARDS:
        sheet.rectangle(low, high, YARD)
    river = _smooth(RIVER)
    for grow, colour in ((7.0, BANK), (0.0, WATER)):
        sheet.line(river, RIVER_WIDTH_M + grow * 2, colour, 2)
        if grow:
            sheet.line((*BASIN, BASIN[0]), grow * 2, colour)
        else:
            sheet.area(BASIN, colour)
    if sheet.zoom >= 15:
        for low, high in _houses():
            sheet.rectangle(low, high, HOUSE)


def _parks(sheet: Sheet, names: Sequence[str]) -> None:
    for name in names:
        sheet.rectangle(*PARKS[name], PARK)
    if sheet.zoom >= 16:
        rng = Random(len(names))
        for name in names:
            low, high = PARKS[name]
            trees = round(
                abs((high[0] - low[0]) * (high[1] - low[1])) / (900 if name != "Ridge Wood" else 700)
            )
            for _ in range(trees):
                x, y = sheet.at((rng.uniform(low[0], high[0]), rng.uniform(low[1], high[1])))
                r = rng.uniform(3, 6) * sheet.px_per_m
                if -r < y < sheet.height + r:
                    box = ((x - r) * FINE, (y - r) * FINE, (x + r) * FINE, (y + r) * FINE)
                    sheet.draw.ellipse(box, fill=(25, 44, 35))


def _ways() -> Iterator[tuple[tuple[Spot, ...], float, Colour, float]]:
    """Every road: its line, width in metres, colour, least width in pixels; quiet ones first."""
    for road in COUNTRY_ROADS:
        yield road, 10, STREET, 0.8
    for name in STREETS:
        for run in street_runs(name):
            yield run, 12, STREET, 0.6
    for x in AVENUES.values():
        yield ((x, -1300.0), (x, 1300.0)), 16, AVENUE, 0.7
    for name in ("Mill Ave", "Market Ave"):
        yield ((AVENUES[name], 1300.0), (AVENUES[name], 1530.0)), 14, AVENUE, 0.7
    yield (STREETS_6), 17, MAJOR, 1.0
    yield UNION, 22, MAJOR, 1.2
    smooth = _smooth(EXPRESSWAY)
    into, out_of = (8 * EXPRESSWAY.index(end) for end in TUNNEL)
    yield smooth[: into + 1], 30, FREEWAY, 1.8
    yield smooth[out_of:], 30, FREEWAY, 1.8


STREETS_6: tuple[Spot, Spot] = street_runs("6th St")[0]


def _streets(sheet: Sheet) -> None:
    ways = list(_ways())
    if sheet.zoom >= 14:
        for line, width, _, least in ways:
            sheet.line(line, width + 3.0 / sheet.px_per_m, CASING, least + 2)
    for line, width, colour, least in ways:
        if sheet.zoom <= 12 and colour == STREET and width == 12:
            continue
        sheet.line(line, width, colour, least)
    if sheet.zoom >= 15:
        for line, _, colour, _ in ways:
            if colour == FREEWAY:
                sheet.line(line, 1.6, CASING, 1)
        (ax, ay), (bx, by) = TUNNEL
        for i in range(0, 40, 2):
            piece = [(ax + (bx - ax) * k / 40, ay + (by - ay) * k / 40) for k in (i, i + 1)]
            sheet.line(piece, 5, STREET, 1)
        tram = AVENUES["Linden Ave"]
        for side in (-1.6, 1.6):
            sheet.line(((tram + side, -1300), (tram + side, 1300)), 0.9, TRAM, 0.5)


@cache
def _labels(zoom: int) -> tuple[tuple[str, Spot, float, int, Colour], ...]:
    """Names with their spots, angles (degrees, counter-clockwise), sizes and colours at a zoom."""
    out: list[tuple[str, Spot, float, int, Colour]] = []
    if zoom <= 13:
        return ((TOWN, (0.0, 130.0), 0.0, 15 if zoom == 12 else 20, (190, 198, 208)),)
    out += [
        ("Ansel River", spot, 78.0, 13, WATER_TEXT)
        for spot in ((-652.0, 420.0), (-700.0, 1130.0), (-630.0, -1200.0))
    ]
    out += [("Route 9", spot, 0.0, 13, TEXT) for spot in ((-1250.0, 1522.0), (0.0, 1520.0), (1000.0, 1530.0))]
    out += [("Union Ave", (x, x - 450), 45.0, 13, TEXT) for x in (75.0, 600.0, 1140.0)]
    if zoom == 14:
        return tuple(out)
    for name, (low, high) in PARKS.items():
        if name != "Quayside" or zoom >= 17:
            out.append((name, ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2), 0.0, 12, PARK_TEXT))
    out.append(("Harbor Basin", (-830.0, -1040.0), 0.0, 12, WATER_TEXT))
    columns, rows = list(AVENUES.values()), list(STREETS.values())
    step = {15: 4, 16: 2, 17: 1}[zoom]
    for k, (name, y) in enumerate(STREETS.items()):
        for i in range(k % step, len(columns) - 1, step):
            x = (columns[i] + columns[i + 1]) / 2
            if columns[i] != AVENUES["Mill Ave"] and abs(y - (x - 450)) > 90 and not _in_park((x, y)):
                out.append((name, (x, y), 0.0, 12, TEXT))
    for k, (name, x) in enumerate(AVENUES.items()):
        for i in range((k * 3) % step, len(rows) - 1, step):
            y = (rows[i] + rows[i + 1]) / 2
            if abs(y - (x - 450)) > 100 and not _in_park((x, y)):
                out.append((name, (x, y), 90.0, 12, TEXT))
    return tuple(out)


@cache
def _label_image(text: str, angle: float, size: int, colour: Colour) -> Image.Image:
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(text, stroke_width=3)
    # Drawn three times as large and shrunk: small turned letters stay readable.
    big = ImageFont.load_default(size=size * 3)
    image = Image.new("RGBA", (round(right - left + 8) * 3, round(bottom - top + 6) * 3))
    draw = ImageDraw.Draw(image)
    middle = (image.width / 2, image.height / 2)
    draw.text(middle, text, (*colour, 255), big, anchor="mm", stroke_width=7, stroke_fill=(*LAND, 235))
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True).reduce(3)


def _write(
    sheet: Sheet, image: Image.Image, text: str, spot: Spot, angle: float, size: int, colour: Colour
) -> None:
    x, y = sheet.at(spot)
    label = _label_image(text, angle, size, colour)
    # Whole pixels of the world, so that a name cut by two sheets fits together.
    left = math.floor(x + sheet.left - label.width / 2) - sheet.left
    top = math.floor(y + sheet.top - label.height / 2) - sheet.top
    if -label.width < left < sheet.width and -label.height < top < sheet.height:
        image.paste(label, (left, top), label)


__all__ = ["HALF_HEIGHT_M", "HALF_WIDTH_M", "TILE_PX", "Sheet", "draw_sheet"]
