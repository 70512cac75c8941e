"""Keeps the map's page inside its scheme: no other request, navigation, window, download or permission."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from widgets.map.scheme import HOST, SCHEME


def is_own(url: QUrl) -> bool:
    """Say whether the address lies on the map's own scheme and host."""
    return url.scheme().encode() == SCHEME and url.host() == HOST


class Fence(QWebEngineUrlRequestInterceptor):
    """Blocks every request off the scheme, except pictures from the one tile server of the settings."""

    def __init__(self, tile_origin: str) -> None:
        super().__init__()
        self._tile_origin = tile_origin
        self.refused: deque[str] = deque(maxlen=100)
        """The newest addresses that the page was refused."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Let the request pass or block it."""
        url = info.requestUrl()
        if is_own(url) or url.scheme() == "data":
            return
        image = info.resourceType() is QWebEngineUrlRequestInfo.ResourceType.ResourceTypeImage
        if self._tile_origin and image and url.scheme() + "://" + url.authority() == self._tile_origin:
            return
        self.refused.append(url.toString())
        info.block(True)


class FencedPage(QWebEnginePage):
    """A page that stays where it is, opens no windows (Qt's default) and is permitted nothing."""

    def __init__(self, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        # A map has no use for any permission.
        self.permissionRequested.connect(self._deny)

    def acceptNavigationRequest(
        self, url: QUrl | str, _kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        """Allow the page itself and nothing else."""
        return is_main_frame and is_own(QUrl(url))

    @staticmethod
    def _deny(permission: QWebEnginePermission) -> None:
        permission.deny()


def fenced_profile(fence: Fence) -> QWebEngineProfile:
    """Return a profile that keeps nothing on disk and downloads nothing."""
    profile = QWebEngineProfile()
    fence.setParent(profile)
    profile.setUrlRequestInterceptor(fence)
    profile.downloadRequested.connect(_refuse_download)
    return profile


def _refuse_download(download: QWebEngineDownloadRequest) -> None:
    download.cancel()
