from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineUrlRequestInfo, QWebEngineUrlRequestInterceptor
from pytestqt.qtbot import QtBot

from tests.gui.map.desk import CITY, Page, alert, camera, incident
from widgets.map.basemap import BaseMap
from widgets.map.view import MapView

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b4944415478da636000020000050001e9fadcd80000000049454e44ae426082"
)


class Recorder(QWebEngineUrlRequestInterceptor):
    """Sees each request of the page after the map's own fence, and stops what is not the map's."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        self.urls.append(info.requestUrl().toString())
        if info.requestUrl().scheme() != "watchfloor":
            info.block(True)


class Outside:
    """A web server on loopback that stands for the rest of the network."""

    def __init__(self) -> None:
        paths = self.paths = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(PNG)))
                self.end_headers()
                self.wfile.write(PNG)

            do_POST = do_GET

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.close()


def _full(view: MapView) -> None:
    view.set_cameras([camera(f"c{i}", CITY.lat + i * 0.001) for i in range(6)])
    view.set_alerts([alert("a1")])
    view.set_incidents([incident("i1")])


def test_a_map_with_everything_on_it_asks_only_its_own_scheme(qtbot: QtBot) -> None:
    recorder = Recorder()
    view = MapView()
    qtbot.addWidget(view)
    surface = view.surface()
    assert surface is not None
    surface.page().setUrlRequestInterceptor(recorder)
    view.resize(800, 600)
    _full(view)
    surface.open()
    with qtbot.waitSignal(view.ready):
        view.show()
    Page(view, qtbot).wait_for_count(".leaflet-marker-pane .wf-marker", view.marker_count)
    assert view.marker_count > 0
    assert "watchfloor://map/leaflet/leaflet.js" in recorder.urls
    assert [url for url in recorder.urls if not url.startswith("watchfloor://map/")] == []
    assert list(surface.fence.refused) == []


ATTEMPTS = {
    "fetch": "fetch('URL/a').catch(() => {})",
    "image": "(new Image()).src = 'URL/b.png'",
    "beacon": "navigator.sendBeacon('URL/c', 'x')",
    "socket": "(() => { try { new WebSocket('URL/d'.replace('http', 'ws')) } catch (e) {} })()",
    "script": "document.head.appendChild(Object.assign(document.createElement('script'),"
    " {src: 'URL/e.js'})).src",
    "style": "document.head.appendChild(Object.assign(document.createElement('link'),"
    " {rel: 'stylesheet', href: 'URL/f.css'})).href",
    "frame": "document.body.appendChild(Object.assign(document.createElement('iframe'), {src: 'URL/g'})).src",
    "prefetch": "document.head.appendChild(Object.assign(document.createElement('link'),"
    " {rel: 'prefetch', href: 'URL/h'})).href",
    "window": "String(window.open('URL/i'))",
    "form": "(() => { const f = document.createElement('form'); f.action = 'URL/j'; f.method = 'post';"
    " document.body.append(f); f.submit(); })()",
    "download": "document.body.appendChild(Object.assign(document.createElement('a'),"
    " {href: 'URL/k', download: 'k'})).click()",
    "navigation": "(() => { location.href = 'URL/l'; })()",
}


def test_nothing_that_a_page_can_try_reaches_the_network(
    make_view: Callable[..., MapView], qtbot: QtBot, outside: Outside
) -> None:
    view = make_view(_full)
    page = Page(view, qtbot)
    for attempt in ATTEMPTS.values():
        page.ask(attempt.replace("URL", outside.url))
    # The page still stands and works when all of that is over: the last of the tries was to leave it.
    page.ask("document.querySelectorAll('iframe').forEach((f) => f.remove())")
    view.set_cameras([camera("only")])
    page.wait_for_count(".wf-marker[aria-label^='Camera only']", 1)
    surface = view.surface()
    assert surface is not None
    assert surface.url().toString() == "watchfloor://map/"
    assert outside.paths == []


def test_inline_scripts_do_not_run(make_view: Callable[..., MapView], qtbot: QtBot) -> None:
    view = make_view()
    page = Page(view, qtbot)
    page.ask(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = true';"
        " document.head.append(s); document.body.insertAdjacentHTML('beforeend',"
        ' \'<img src="watchfloor://map/nothing.png" onerror="window.ran = true" class="tried">\'); })()'
    )
    page.wait_for("document.querySelector('img.tried').complete")
    assert page.ask("window.ran === undefined")
    assert page.ask("(() => { try { return eval('1') } catch (e) { return 'refused' } })()") == "refused"


def test_a_tile_server_from_the_settings_is_asked_for_pictures_and_nothing_else(
    make_view: Callable[..., MapView], qtbot: QtBot, outside: Outside
) -> None:
    view = make_view(base=BaseMap(tile_url=f"{outside.url}/{{z}}/{{x}}/{{y}}.png"), viewport=(CITY, 14))
    page = Page(view, qtbot)
    qtbot.waitUntil(lambda: any(path.startswith("/14/") for path in outside.paths))
    page.ask(ATTEMPTS["fetch"].replace("URL", outside.url))
    page.ask(ATTEMPTS["script"].replace("URL", outside.url))
    page.ask(ATTEMPTS["navigation"].replace("URL", outside.url))
    page.wait_for("document.querySelectorAll('.leaflet-tile-loaded').length > 0")
    assert [path for path in outside.paths if not path.startswith("/14/")] == []
    assert page.count(".wf-degree") == 0


def test_downloads_windows_and_permissions_have_no_way_out(
    make_view: Callable[..., MapView], qtbot: QtBot
) -> None:
    view = make_view()
    surface = view.surface()
    assert surface is not None
    assert surface.profile.isOffTheRecord()
    assert not surface.acceptDrops()
    page = Page(view, qtbot)
    page.ask("navigator.geolocation.getCurrentPosition(() => {}, (e) => { window.refused = e.code })")
    page.wait_for("window.refused", 1)


def test_the_fence_holds_for_a_page_that_has_no_policy_of_its_own(
    make_view: Callable[..., MapView], qtbot: QtBot, outside: Outside
) -> None:
    view = make_view()
    surface = view.surface()
    assert surface is not None
    stranger = QWebEnginePage(surface.profile, surface)
    stranger.setHtml(f"<img src='{outside.url}/picture.png'><script src='{outside.url}/code.js'></script>")
    qtbot.waitUntil(lambda: len(surface.fence.refused) == 2)
    assert outside.paths == []
