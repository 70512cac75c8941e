from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import OperatorError
from app.domain.geo import Bounds, LatLon
from widgets.map.basemap import BaseMap, TileFile, plain_text
from widgets.map.page import ROOT, SCRIPTS, STYLES, build_page
from widgets.map.scheme import policy


def tile_file(path: Path, **metadata: str) -> Path:
    """Write an MBTiles file with one tile: zoom 2, column 1, row 3 from the south."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        db.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", {"format": "png", **metadata}.items())
        db.execute("INSERT INTO tiles VALUES (2, 1, 3, ?)", (b"picture",))
    return path


def test_rows_are_counted_from_the_north(tmp_path: Path) -> None:
    tiles = TileFile(tile_file(tmp_path / "city.mbtiles"))
    assert tiles.tile(2, 1, 0) == b"picture"
    assert tiles.tile(2, 1, 3) is None
    assert tiles.tile(2, 99, 0) is None
    assert tiles.tile(99, 1, 0) is None
    tiles.close()


def test_the_files_own_words_set_zooms_bounds_and_attribution(tmp_path: Path) -> None:
    path = tile_file(
        tmp_path / "city.mbtiles",
        minzoom="12",
        maxzoom="17",
        bounds="-87.7,41.8,-87.6,41.9",
        attribution='<a href="https://example.org" onclick="x()">© Example</a> &amp; friends',
    )
    tiles = TileFile(path)
    base = tiles.described(BaseMap(mbtiles=path))
    assert (base.min_zoom, base.max_zoom, base.attribution) == (12, 17, "© Example & friends")
    assert tiles.bounds() == Bounds(41.8, -87.7, 41.9, -87.6)
    centre, zoom = tiles.middle(base) or (LatLon(0, 0), 0.0)
    assert (centre.lat, centre.lon, zoom) == pytest.approx((41.85, -87.65, 13.0))
    tiles.close()


def test_rubbish_in_the_metadata_is_passed_over(tmp_path: Path) -> None:
    path = tile_file(tmp_path / "city.mbtiles", minzoom="low", maxzoom="-1", bounds="here")
    tiles = TileFile(path)
    assert tiles.described(BaseMap(mbtiles=path, max_zoom=18)).max_zoom == 18
    assert tiles.bounds() is None
    assert tiles.middle(BaseMap(mbtiles=path)) is None
    tiles.close()


def test_the_file_cannot_be_written_to(tmp_path: Path) -> None:
    tiles = TileFile(tile_file(tmp_path / "city.mbtiles"))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        tiles._db.execute("DELETE FROM tiles")
    tiles.close()


def test_files_that_cannot_serve_are_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="cannot be opened"):
        TileFile(tmp_path / "none.mbtiles")
    (tmp_path / "text.mbtiles").write_text("this is no database, however long it may be" * 40)
    with pytest.raises(OperatorError, match="not an MBTiles file"):
        TileFile(tmp_path / "text.mbtiles")
    with pytest.raises(OperatorError, match="pbf tiles"):
        TileFile(tile_file(tmp_path / "vector.mbtiles", format="pbf"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/{z}/{x}/{y}.png",
        "https://example.org/{z}/{x}.png",
        "https:///{z}/{x}/{y}.png",
        "https://a b/{z}/{x}/{y}",
        "https://example.org; script-src */{z}/{x}/{y}",
        "https://name:word@example.org/{z}/{x}/{y}",
        "javascript:alert(1)/{z}/{x}/{y}",
    ],
)
def test_tile_addresses_that_could_open_more_than_one_host_are_refused(url: str) -> None:
    with pytest.raises(OperatorError):
        BaseMap(tile_url=url).origin()


def test_a_tile_server_adds_one_origin_for_pictures_to_the_policy() -> None:
    origin = BaseMap(tile_url="https://tiles.example.org:8443/{z}/{x}/{y}.png?key=1").origin()
    assert origin == "https://tiles.example.org:8443"
    opened = [part for part in policy(origin).split("; ") if origin in part]
    assert opened == [f"img-src watchfloor: data: {origin}"]
    assert "unsafe" not in policy(origin)
    assert "http" not in policy("")


def test_markup_becomes_text() -> None:
    assert plain_text("a <b>bold</b> &lt;i&gt; word") == "a bold <i> word"


def test_the_page_links_only_to_its_own_scheme_and_holds_no_inline_code() -> None:
    page = build_page(BaseMap(mbtiles=Path("city.mbtiles")), LatLon(41.85, -87.65), 13)
    links = re.findall(r'(?:src|href)="([^"]*)"', page.html)
    assert links == [ROOT + name for name in (*STYLES, *SCRIPTS)]
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|javascript:", page.html)
    assert "://" not in page.html.replace(ROOT, "")
    assert "//" not in page.script.replace(ROOT, "")
    assert "url(" not in page.style


def test_folium_writes_the_map_and_the_tile_layer() -> None:
    plain = build_page(BaseMap(), LatLon(41.85, -87.65), 13)
    assert "map_wall = L.map(" in plain.script
    assert "[41.85, -87.65]" in plain.script
    assert "tileLayer" not in plain.script
    tiled = build_page(BaseMap(mbtiles=Path("x"), min_zoom=12, max_zoom=17), LatLon(41.85, -87.65), 13)
    assert f'L.tileLayer(\n                "{ROOT}tiles/{{z}}/{{x}}/{{y}}"' in tiled.script
    assert '"maxNativeZoom": 17' in tiled.script
    # The map itself goes beyond what the tiles cover.
    assert '"minZoom": 3' in tiled.script.partition("L.tileLayer")[0]
    assert '"minZoom": 12' in tiled.script.partition("L.tileLayer")[2]
