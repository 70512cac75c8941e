"""Icons: drawn as SVG in ``resources/icons``, tinted with a theme colour, kept once drawn."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.domain.alert import AlertKind, Urgency
from app.domain.events import NoticeLevel
from app.domain.incident import EntryKind
from resources import theme
from resources.style import ICON_FOLDER

ALERT_ICONS = {
    AlertKind.CALL_911: "phone",
    AlertKind.GUNSHOT: "gunshot",
    AlertKind.PLATE_HIT: "plate",
    AlertKind.PANIC: "panic",
    AlertKind.OTHER: "bell",
}
URGENCY_ICONS = {
    Urgency.CRITICAL: "urgency-critical",
    Urgency.HIGH: "urgency-high",
    Urgency.NORMAL: "urgency-normal",
    Urgency.LOW: "urgency-low",
}
ENTRY_ICONS = {
    EntryKind.OPENED: "incident",
    EntryKind.ALERT_ADDED: "bell",
    EntryKind.CAMERA_PINNED: "pin",
    EntryKind.CAMERA_UNPINNED: "unpin",
    EntryKind.NOTE: "note",
    EntryKind.CLOSED: "check",
    EntryKind.REOPENED: "reopen",
}
NOTICE_ICONS = {
    NoticeLevel.INFO: "info",
    NoticeLevel.WARNING: "warning",
    NoticeLevel.ERROR: "error",
}

_RATIOS = (1.0, 1.5, 2.0)


def icon_names() -> frozenset[str]:
    """Return the names of all icons that can be tinted."""
    return frozenset(path.stem for path in ICON_FOLDER.glob("*.svg") if not path.stem.startswith("style-"))


@cache
def _drawing(name: str) -> str:
    return (ICON_FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _tinted(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def pixmap(name: str, colour: str = theme.TEXT, size: int = 18, ratio: float | None = None) -> QPixmap:
    """Return the icon as a square picture of ``size`` device-independent pixels.

    Args:
        name: the SVG's file name without its ending.
        colour: ``#rrggbb``.
        size: side in device-independent pixels.
        ratio: the screen's device pixels per device-independent pixel; the application's by default.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    if ratio is None:
        ratio = _screen_ratio()
    return _tinted(name, colour, size, ratio)


@lru_cache(maxsize=256)
def icon(name: str, colour: str = theme.TEXT, size: int = 18) -> QIcon:
    """Return the icon for buttons and menus, sharp at 1×, 1.5× and 2×, greyed where disabled."""
    made = QIcon()
    for ratio in _RATIOS:
        made.addPixmap(_tinted(name, colour, size, ratio))
        made.addPixmap(_tinted(name, theme.TEXT_OFF, size, ratio), QIcon.Mode.Disabled)
    return made


def _screen_ratio() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
