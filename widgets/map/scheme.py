"""Serves ``watchfloor://map/…`` inside the process: the page, its scripts and styles, and the tiles."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QFile, QIODevice, QObject, Qt
from PySide6.QtWebEngineCore import QWebEngineUrlRequestJob, QWebEngineUrlScheme, QWebEngineUrlSchemeHandler
from xstatic.pkg import leaflet

from widgets.map.basemap import TileFile
from widgets.map.page import SCRIPTS, STYLES, MapPage

SCHEME = b"watchfloor"
HOST = "map"
PAGE = "watchfloor://map/"
QWEBCHANNEL = ":/qtwebchannel/qwebchannel.js"

_RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "map"
_LEAFLET = Path(leaflet.BASE_DIR)
_NO_TILE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b4944415478da636000020000050001e9fadcd80000000049454e44ae426082"
)
"""One transparent pixel: a hole in the map is no error."""


def register_scheme() -> None:
    """Make the scheme known to QtWebEngine. Must run before the QApplication exists; again is harmless."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    if QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME)).name() == SCHEME:
        return
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    QWebEngineUrlScheme.registerScheme(scheme)


def policy(tile_origin: str) -> str:
    """Return the page's content security policy; ``tile_origin`` may be empty."""
    own = "watchfloor:"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {own}",
            f"style-src {own}",
            f"img-src {own} data: {tile_origin}".rstrip(),
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class MapScheme(QWebEngineUrlSchemeHandler):
    """Answers the page's requests from memory, from the Leaflet package and from the tile file."""

    def __init__(
        self, page: MapPage, theme_css: str, tile_origin: str, tiles: TileFile | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._policy = policy(tile_origin)
        texts = {"": page.html, "page.js": page.script, "page.css": page.style, "theme.css": theme_css}
        self._files = {name: text.encode() for name, text in texts.items()}
        self._files |= _local_files()

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answer one request (called by QtWebEngine on this object's thread)."""
        path = job.requestUrl().path().lstrip("/")
        if job.requestMethod() != b"GET" or job.requestUrl().host() != HOST:
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        elif path.startswith("tiles/"):
            kind, content = self._tile(path)
            _reply(job, kind, content, {})
        elif path in self._files:
            kind = b"text/html" if path == "" else (mimetypes.guess_type(path)[0] or "text/plain").encode()
            _reply(job, kind, self._files[path], {b"Content-Security-Policy": self._policy.encode()})
        else:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)

    def _tile(self, path: str) -> tuple[bytes, bytes]:
        numbers = path.split("/")[1:]
        if self._tiles is not None and len(numbers) == 3 and all(n.isdecimal() for n in numbers):
            found = self._tiles.tile(*(int(n) for n in numbers))
            if found is not None:
                return self._tiles.content_type, found
        return b"image/png", _NO_TILE


def _reply(job: QWebEngineUrlRequestJob, kind: bytes, content: bytes, headers: Mapping[bytes, bytes]) -> None:
    # The job owns the buffer: it must live until Chromium has read it, and no longer.
    buffer = QBuffer(job)
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # A multimap in C++: PySide wants lists, its type stub says otherwise.
    extra: Any = {QByteArray(name): [QByteArray(value)] for name, value in headers.items()}
    job.setAdditionalResponseHeaders(extra)
    job.reply(QByteArray(kind), buffer)


def _local_files() -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name in (*SCRIPTS, *STYLES):
        if name.startswith("leaflet/"):
            files[name] = (_LEAFLET / name.removeprefix("leaflet/")).read_bytes()
        elif name == "qwebchannel.js":
            files[name] = _qt_resource(QWEBCHANNEL)
        elif (_RESOURCES / name).is_file():
            files[name] = (_RESOURCES / name).read_bytes()
    return files


def _qt_resource(name: str) -> bytes:
    file = QFile(name)
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError(name)
    content = bytes(file.readAll().data())
    file.close()
    return content
