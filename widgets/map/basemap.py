"""The ground under the markers: an MBTiles file, a tile server named in the settings, or nothing."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.errors import OperatorError
from app.domain.geo import Bounds, LatLon

_TAG = re.compile(r"<[^>]*>")
_IMAGE_TYPES = {"png": b"image/png", "jpg": b"image/jpeg", "jpeg": b"image/jpeg", "webp": b"image/webp"}


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Where the ground comes from: at most one of ``mbtiles`` and ``tile_url``, neither for plain ground.

    ``tile_url`` is a template with ``{z}``, ``{x}`` and ``{y}`` (XYZ numbering); its origin is the only
    host that the page may then reach. ``attribution`` is shown as plain text.
    """

    mbtiles: Path | None = None
    tile_url: str = ""
    attribution: str = ""
    min_zoom: int = 0
    max_zoom: int = 19
    """Highest zoom that has tiles; above it they are enlarged."""

    def origin(self) -> str:
        """Return scheme, host and port of ``tile_url``, empty without one.

        Raises:
            OperatorError: the template is not an http or https address with all three placeholders.
        """
        if not self.tile_url:
            return ""
        parts = urlsplit(self.tile_url)
        placed = all(part in self.tile_url for part in ("{z}", "{x}", "{y}"))
        plain_host = bool(re.fullmatch(r"[A-Za-z0-9.\-\[\]:]+", parts.netloc))
        if parts.scheme not in ("http", "https") or not plain_host or not placed:
            raise OperatorError(
                "The map's tile address cannot be used",
                "It must look like https://tiles.example.org/{z}/{x}/{y}.png",
            )
        return f"{parts.scheme}://{parts.netloc}"


def plain_text(markup: str) -> str:
    """Return ``markup`` without tags: tile sets write their attribution in HTML."""
    return " ".join(unescape(_TAG.sub(" ", markup)).split())


class TileFile:
    """Reads the tiles of an MBTiles 1.3 file (SQLite), never writes to it."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            OperatorError: there is no such file, it is not MBTiles, or its tiles are not pictures.
        """
        try:
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        except sqlite3.Error as error:
            raise OperatorError("The map file cannot be opened", str(path)) from error
        try:
            rows = self._db.execute("SELECT name, value FROM metadata").fetchall()
            self._db.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        except sqlite3.Error as error:
            self._db.close()
            raise OperatorError("The map file is not an MBTiles file", str(path)) from error
        self.metadata = {str(name): str(value) for name, value in rows}
        file_format = self.metadata.get("format", "png").lower()
        if file_format not in _IMAGE_TYPES:
            self._db.close()
            raise OperatorError(
                f"The map file holds {file_format} tiles, which cannot be shown",
                "Use an MBTiles file with PNG, JPEG or WebP tiles",
            )
        self.content_type = _IMAGE_TYPES[file_format]

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return the picture of an XYZ tile, None where the file has none.

        MBTiles counts rows from the south (TMS), the web from the north.
        """
        if not (0 <= zoom <= 30 and 0 <= column < 2**zoom and 0 <= row < 2**zoom):
            return None
        found = self._db.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (zoom, column, 2**zoom - 1 - row),
        ).fetchone()
        return bytes(found[0]) if found and found[0] is not None else None

    def described(self, base: BaseMap) -> BaseMap:
        """Return ``base`` with zoom range and attribution as the file's own metadata has them."""
        return BaseMap(
            mbtiles=base.mbtiles,
            attribution=base.attribution or plain_text(self.metadata.get("attribution", "")),
            min_zoom=_zoom(self.metadata.get("minzoom"), base.min_zoom),
            max_zoom=_zoom(self.metadata.get("maxzoom"), base.max_zoom),
        )

    def bounds(self) -> Bounds | None:
        """Return the area that the file says it covers, None when it says nothing usable."""
        try:
            west, south, east, north = (float(p) for p in self.metadata.get("bounds", "").split(","))
        except ValueError:
            return None
        on_earth = -90 <= south < north <= 90 and -180 <= west < east <= 180
        return Bounds(south, west, north, east) if on_earth else None

    def middle(self, base: BaseMap) -> tuple[LatLon, float] | None:
        """Return centre and zoom that show the covered area, None when the file does not say which it is."""
        area = self.bounds()
        if area is None:
            return None
        centre = LatLon((area.south + area.north) / 2, (area.west + area.east) / 2)
        return centre, float(min(base.max_zoom, base.min_zoom + 1))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _zoom(value: str | None, fallback: int) -> int:
    return int(value) if value is not None and value.isdecimal() and int(value) <= 30 else fallback
