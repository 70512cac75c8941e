"""Builds the map's page with folium, without a single address outside our own scheme.

folium writes one HTML file with scripts inline and links to several CDNs. Here it links only Leaflet,
and that from the local package; what it writes inline is moved into files of their own, because the
page's content security policy allows no inline script or style.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from html.parser import HTMLParser

import folium

from app.domain.geo import LatLon
from resources import theme
from widgets.map.basemap import BaseMap

ROOT = "watchfloor://map/"
MIN_ZOOM = 3
MAX_ZOOM = 19
TILES = ROOT + "tiles/{z}/{x}/{y}"
SCRIPTS = ("leaflet/leaflet.js", "qwebchannel.js", "page.js", "symbols.js", "markers.js", "map.js")
STYLES = ("leaflet/leaflet.css", "page.css", "theme.css", "map.css")


@dataclass(frozen=True, slots=True)
class Palette:
    """The page's colours as CSS writes them; each becomes a variable of its name."""

    ground: str = theme.GROUND
    surface: str = theme.SURFACE
    raised: str = theme.RAISED
    line: str = theme.LINE
    text: str = theme.TEXT
    muted: str = theme.TEXT_DIM
    amber: str = theme.WARN
    red: str = theme.ALARM
    accent: str = theme.ACCENT

    def css(self) -> str:
        """Return a style sheet that defines the colours."""
        rules = "".join(f"--{field.name}:{getattr(self, field.name)};" for field in fields(self))
        return f":root{{{rules}}}"


@dataclass(frozen=True, slots=True)
class MapPage:
    """The page as files: HTML that only links, and what folium wrote inline as a script and a sheet."""

    html: str
    script: str
    style: str


def build_page(base: BaseMap, start: LatLon, zoom: float) -> MapPage:
    """Return the page that shows ``start`` at ``zoom``, with the base map as its lowest layer.

    Raises:
        OperatorError: the base map's tile address cannot be used.
    """
    leaflet = folium.Map(
        location=[start.lat, start.lon],
        zoom_start=round(zoom),
        tiles=None,
        # In Leaflet's spelling: folium keeps its own min_zoom to the tiles, and the map must go beyond them.
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,
        control_scale=True,
        zoom_control="bottomright",
        # Leaflet writes attributions as HTML; ours are shown as text by map.js.
        attribution_control=False,
        # The processor belongs to the pictures, and keys pressed during an animation would be lost.
        zoom_animation=False,
        fade_animation=False,
        # map.js has the keys: Leaflet listens only while the map itself, and no marker, has the focus.
        keyboard=False,
        double_click_zoom=False,
        box_zoom=False,
        max_bounds=True,
        min_lat=-85,
        max_lat=85,
    )
    leaflet._id = "wall"
    leaflet.default_js = []
    leaflet.default_css = []
    if base.tile_url:
        base.origin()
    if base.mbtiles or base.tile_url:
        folium.TileLayer(
            tiles=TILES if base.mbtiles else base.tile_url,
            attr=" ",
            min_zoom=max(MIN_ZOOM, base.min_zoom),
            max_zoom=MAX_ZOOM,
            max_native_zoom=base.max_zoom,
            no_wrap=True,
        ).add_to(leaflet)
    parts = _Parts()
    parts.feed(leaflet.get_root().render())
    parts.close()
    return MapPage(_html("".join(parts.body)), "\n".join(parts.scripts), "\n".join(parts.styles))


def _html(body: str) -> str:
    styles = "".join(f'<link rel="stylesheet" href="{ROOT}{name}">' for name in STYLES)
    scripts = "".join(f'<script src="{ROOT}{name}"></script>' for name in SCRIPTS)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Map</title>'
        f"{styles}</head><body>{body}{scripts}</body></html>"
    )


class _Parts(HTMLParser):
    """Takes folium's page apart: inline scripts, inline styles, and the elements of the body.

    Links and scripts with an address are dropped: the page names its own.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.body: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Choose where the text that follows goes; keep a div with its id and class."""
        if tag == "script" and not dict(attrs).get("src"):
            self._into = self.scripts
        elif tag == "style":
            self._into = self.styles
        elif tag == "div":
            kept = "".join(f' {name}="{value}"' for name, value in attrs if name in ("id", "class"))
            self.body.append(f"<div{kept}></div>")

    def handle_endtag(self, tag: str) -> None:
        """Stop collecting text at the end of a script or style."""
        if tag in ("script", "style"):
            self._into = None

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and styles."""
        if self._into is not None:
            self._into.append(data)
