"""A window of its own for the drag test: the map on the left, a place to drop on the right.

Talks in lines of JSON on standard output: where the camera's marker is, then what was dropped.
"""

from __future__ import annotations

import json
import sys

from widgets.map.scheme import register_scheme

register_scheme()

from PySide6.QtCore import QPoint, QTimer  # noqa: E402  the scheme comes before the application
from PySide6.QtGui import QDragEnterEvent, QDropEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget  # noqa: E402

from app.domain.camera import Camera  # noqa: E402
from app.domain.geo import LatLon  # noqa: E402
from app.domain.ids import CameraId  # noqa: E402
from widgets.drag import camera_of  # noqa: E402
from widgets.map.view import MapView  # noqa: E402

FIND = """(() => {
  const box = document.querySelector(".camera .face").getBoundingClientRect();
  return JSON.stringify([box.x + box.width / 2, box.y + box.height / 2]);
})()"""


class Target(QLabel):
    """Takes a drop and tells of it."""

    def __init__(self, view: MapView) -> None:
        super().__init__("drop here")
        self._view = view
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if camera_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        centre, zoom = self._view.viewport()
        say(dropped=camera_of(event.mimeData()), text=event.mimeData().text(), zoom=zoom, lat=centre.lat)


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


def main() -> None:
    app = QApplication([])
    place = LatLon(41.85, -87.65)
    view = MapView(viewport=(place, 16))
    view.set_cameras([Camera(CameraId("cam 7/north"), "Harbor & 3rd", place, bearing_deg=90.0, fov_deg=60.0)])
    view.camera_activated.connect(lambda camera_id: say(activated=camera_id))
    target = Target(view)
    window = QWidget()
    row = QHBoxLayout(window)
    row.addWidget(view)
    row.addWidget(target)
    view.setFixedSize(500, 400)
    target.setFixedSize(200, 400)

    def tell(text: str) -> None:
        at = json.loads(text)
        marker = surface.mapToGlobal(QPoint(round(at[0]), round(at[1])))
        drop = target.mapToGlobal(target.rect().center())
        say(marker=[marker.x(), marker.y()], target=[drop.x(), drop.y()], lat=view.viewport()[0].lat)

    def ask() -> None:
        surface.page().runJavaScript(FIND, tell)

    surface = view.surface()
    assert surface is not None
    view.ready.connect(ask)
    window.show()
    QTimer.singleShot(40_000, app.quit)
    sys.exit(app.exec())


if __name__ == "__main__":
    main()
