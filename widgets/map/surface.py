"""The web view that the map's page lives in, with its profile, scheme and channel put together."""

from __future__ import annotations

import structlog
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineSettings
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from widgets.map.basemap import TileFile
from widgets.map.channel import MapChannel
from widgets.map.fence import Fence, FencedPage, fenced_profile
from widgets.map.page import MapPage
from widgets.map.scheme import PAGE, MapScheme

_log = structlog.get_logger(__name__)


class MapSurface(QWebEngineView):
    """Shows the page and hears of its death."""

    died = Signal(str)
    """The page's process ended or the page did not load; the text says how, in the operator's words."""

    def __init__(
        self,
        page: MapPage,
        theme_css: str,
        tile_origin: str,
        tiles: TileFile | None,
        channel: MapChannel,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.fence = Fence(tile_origin)
        self.profile = fenced_profile(self.fence)
        self._scheme = MapScheme(page, theme_css, tile_origin, tiles, self.profile)
        self.profile.installUrlSchemeHandler(b"watchfloor", self._scheme)
        web_page = FencedPage(self.profile, self)
        # The profile must outlive its page, and children die in the order in which they came.
        self.profile.setParent(self)
        _close_doors(web_page.settings())
        self._channel = QWebChannel(web_page)
        self._channel.registerObject("console", channel)
        web_page.setWebChannel(self._channel)
        web_page.renderProcessTerminated.connect(self._on_process_ended)
        web_page.loadFinished.connect(self._on_load_finished)
        self.setPage(web_page)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)

    def open(self) -> None:
        """Load the page from the start."""
        self.load(QUrl(PAGE))

    def stand_apart(self) -> None:
        """Become a native window of one's own. Call it before the top-level window is made.

        Beside a web view Qt composes the whole top-level window by OpenGL at every paint of any widget in
        it; without a GPU that costs most of a core. A native view keeps that to itself. Tried on xcb only.
        """
        if QGuiApplication.platformName() == "xcb":
            self.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
            self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)

    def _on_process_ended(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        _log.warning("map page ended", status=status.name, code=code)
        self.died.emit("The map stopped and is being started again")

    def _on_load_finished(self, ok: bool) -> None:
        if not ok:
            _log.warning("map page did not load")
            self.died.emit("The map could not be loaded and is being tried again")


def _close_doors(settings: QWebEngineSettings) -> None:
    attribute = QWebEngineSettings.WebAttribute
    for closed in (
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.LocalContentCanAccessFileUrls,
        attribute.JavascriptCanOpenWindows,
        attribute.JavascriptCanAccessClipboard,
        attribute.PluginsEnabled,
        attribute.FullScreenSupportEnabled,
        attribute.DnsPrefetchEnabled,
        attribute.PdfViewerEnabled,
        attribute.ErrorPageEnabled,
        attribute.LocalStorageEnabled,
        attribute.WebGLEnabled,
    ):
        settings.setAttribute(closed, False)
