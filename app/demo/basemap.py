"""Draws the demo town's base map as an MBTiles file.

MBTiles 1.3: SQLite, PNG tiles, rows counted from the south.
"""

from __future__ import annotations

import io
import math
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from app.demo.basemap_ink import TILE_PX, Sheet, draw_sheet
from app.demo.city_plan import MIDDLE, TOWN, bounds
from app.domain.geo import Bounds, LatLon

BASEMAP_VERSION = 1
"""Raised with every change to the drawing, so that older caches are left aside."""
ZOOMS = range(12, 18)
MARGIN_M = {12: 6000.0, 13: 4000.0, 14: 2600.0, 15: 1500.0, 16: 700.0, 17: 300.0}
"""How far beyond the town each zoom is drawn."""


def mercator_px(at: LatLon, zoom: int) -> tuple[float, float]:
    """Return the Web Mercator pixel of a position (x to the east, y to the south; EPSG:3857)."""
    size = TILE_PX * 2**zoom
    y = math.asinh(math.tan(math.radians(at.lat)))
    return (at.lon + 180) / 360 * size, (1 - y / math.pi) / 2 * size


def tile_of(at: LatLon, zoom: int) -> tuple[int, int]:
    """Return column and row (from north, as in XYZ addresses) of the tile that holds a position."""
    x, y = mercator_px(at, zoom)
    return int(x // TILE_PX), int(y // TILE_PX)


def _range(zoom: int) -> tuple[range, range]:
    area = bounds(MARGIN_M[zoom])
    left, top = tile_of(LatLon(area.north, area.west), zoom)
    right, bottom = tile_of(LatLon(area.south, area.east), zoom)
    return range(left, right + 1), range(top, bottom + 1)


def ensure_basemap(path: Path, progress: Callable[[int, int], None]) -> None:
    """Draw the map unless ``path`` is there; ``progress`` is told (tile rows done, of).

    The file appears whole or not at all.
    """
    total = sum(len(_range(zoom)[1]) for zoom in ZOOMS)
    if path.exists():
        progress(total, total)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(half)) as db:
            _write(db, progress, total)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _write(db: sqlite3.Connection, progress: Callable[[int, int], None], total: int) -> None:
    db.execute("PRAGMA journal_mode=OFF")
    db.execute("PRAGMA application_id=0x4d504258")  # "MPBX", as the specification asks
    db.execute("CREATE TABLE metadata (name text, value text)")
    db.execute(
        "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
    )
    db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
    db.executemany("INSERT INTO metadata VALUES (?, ?)", _metadata(bounds(MARGIN_M[ZOOMS[0]])))
    done = 0
    for zoom in ZOOMS:
        columns, rows = _range(zoom)
        for row in rows:
            tiles = _row_tiles(zoom, columns, row)
            db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
            done += 1
            progress(done, total)
    db.commit()


def _metadata(area: Bounds) -> list[tuple[str, str]]:
    return [
        ("name", TOWN),
        ("format", "png"),
        ("bounds", f"{area.west:.6f},{area.south:.6f},{area.east:.6f},{area.north:.6f}"),
        ("center", f"{MIDDLE.lon:.6f},{MIDDLE.lat:.6f},14"),
        ("minzoom", str(ZOOMS[0])),
        ("maxzoom", str(ZOOMS[-1])),
        ("type", "baselayer"),
        ("version", str(BASEMAP_VERSION)),
        ("attribution", f"{TOWN}: an invented town"),
    ]


def _row_tiles(zoom: int, columns: range, row: int) -> Iterator[tuple[int, int, int, bytes]]:
    sheet = Sheet(
        zoom=zoom,
        left=columns.start * TILE_PX,
        top=row * TILE_PX,
        width=len(columns) * TILE_PX,
        height=TILE_PX,
        place=lambda at: mercator_px(at, zoom),
    )
    image = draw_sheet(sheet)
    for i, column in enumerate(columns):
        out = io.BytesIO()
        image.crop((i * TILE_PX, 0, (i + 1) * TILE_PX, TILE_PX)).save(out, "PNG", compress_level=5)
        yield zoom, column, 2**zoom - 1 - row, out.getvalue()
