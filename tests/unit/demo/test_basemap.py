"""The base map is an MBTiles file as the specification wants it, and shows the town."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.demo.basemap import ZOOMS, ensure_basemap, tile_of
from app.demo.basemap_ink import LAND, WATER
from app.demo.city_plan import MIDDLE, PARKS, position


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "town.mbtiles"
    told: list[tuple[int, int]] = []
    ensure_basemap(path, lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    assert [p.name for p in path.parent.iterdir()] == ["town.mbtiles"]
    return path


@pytest.fixture
def db(drawn: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{drawn}?mode=ro", uri=True)) as connection:
        yield connection


def tile(db: sqlite3.Connection, spot: tuple[float, float], zoom: int) -> Image.Image:
    column, row = tile_of(position(spot), zoom)
    found = db.execute(
        "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?",
        (zoom, column, 2**zoom - 1 - row),
    ).fetchone()
    assert found, f"no tile for {spot} at zoom {zoom}"
    return Image.open(io.BytesIO(found[0])).convert("RGB")


def share_of(image: Image.Image, colour: tuple[int, int, int]) -> float:
    return float((np.abs(np.asarray(image, int) - colour).max(axis=2) <= 3).mean())


def test_metadata_has_the_required_rows(db: sqlite3.Connection) -> None:
    rows = dict(db.execute("SELECT name, value FROM metadata"))
    assert rows["format"] == "png"
    assert rows["name"]
    assert (int(rows["minzoom"]), int(rows["maxzoom"])) == (12, 17)
    west, south, east, north = (float(v) for v in rows["bounds"].split(","))
    assert west < MIDDLE.lon < east
    assert south < MIDDLE.lat < north
    assert [float(v) for v in rows["center"].split(",")][:2] == pytest.approx([MIDDLE.lon, MIDDLE.lat])


@pytest.mark.parametrize("zoom", ZOOMS)
def test_town_is_covered_at_every_zoom(db: sqlite3.Connection, zoom: int) -> None:
    for spot in ((0.0, 0.0), (-1640.0, 1290.0), (1550.0, -1290.0)):
        assert tile(db, spot, zoom).size == (256, 256)


def test_rows_count_from_the_south(db: sqlite3.Connection) -> None:
    """The river's tile shows water and its mirror image in the northern half of the town does not."""
    assert share_of(tile(db, (-640.0, 300.0), 17), WATER) > 0.5
    assert share_of(tile(db, (750.0, 300.0), 17), WATER) == 0.0
    assert share_of(tile(db, (-980.0, -1100.0), 17), WATER) > 0.2  # the basin, in the south only
    assert share_of(tile(db, (-980.0, 1100.0), 17), WATER) == 0.0


def test_the_ground_is_dark_and_streets_are_lighter(db: sqlite3.Connection) -> None:
    image = np.asarray(tile(db, (210.0, 0.0), 16), int)
    assert np.median(image) < 50
    assert image.max() > 70
    assert sum(LAND) / 3 < 30


def test_parks_are_greenish(db: sqlite3.Connection) -> None:
    low, high = PARKS["Founders Park"]
    image = np.asarray(tile(db, ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2), 17), int)
    red, green, blue = np.median(image.reshape(-1, 3), axis=0)
    assert green > red
    assert green > blue


def test_a_kept_map_is_not_drawn_again(drawn: Path) -> None:
    before = drawn.stat().st_mtime_ns
    ensure_basemap(drawn, lambda _done, _of: None)
    assert drawn.stat().st_mtime_ns == before
