"""Writes pictures of every panel with a made-up city: `python tests/gui/panels/gallery.py FOLDER [SCALE]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
if len(sys.argv) > 2:
    os.environ["QT_SCALE_FACTOR"] = sys.argv[2]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402  the scale must be set before Qt loads

from resources.style import apply_style  # noqa: E402
from tests.gui.panels.scenes import scenes  # noqa: E402


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    apply_style(app)
    for name, width, height, widget in scenes():
        save(app, widget, folder / f"{name}.png", width, height)


def save(app: QApplication, widget: QWidget, path: Path, width: int, height: int) -> None:
    widget.resize(width, height)
    widget.show()
    for _ in range(3):
        app.processEvents()
    widget.grab().save(str(path))
    widget.hide()
    print(path)


if __name__ == "__main__":
    main()
