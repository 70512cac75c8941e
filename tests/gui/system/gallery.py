"""Draws the page with made-up figures into PNGs, to be looked at: ``gallery.py FOLDER``."""

from __future__ import annotations

import os
import sys
from math import sin
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[3]))

from PySide6.QtWidgets import QApplication

from app.domain.camera import Quality, StreamKey
from app.domain.ids import CameraId
from app.domain.stream_state import Fault, StreamState, StreamStatus
from resources.style import apply_style
from widgets.system.page import SystemPage
from widgets.system.plots import Plots
from widgets.system.readings import ProcessReading, StreamReading, SystemReading

FAULTS = {
    StreamState.OFFLINE: Fault.PASSWORD_REFUSED,
    StreamState.FROZEN: Fault.NO_PICTURE,
    StreamState.DENIED: Fault.DENIED_BY_HUB,
}
TROUBLE = (
    "libVLC, which decodes the video, is not installed or does not start: "
    "sudo apt install libvlc5 vlc-plugin-base"
)
NAMES = (
    "Main St / 5th Ave",
    "Central Station North Entrance Platform Hall Overview, camera 12 of 40",
    "CAM-0417",
)


def stream(number: int) -> StreamReading:
    """Return a stream; one in four is in trouble."""
    states = list(StreamState)
    state = states[number // 4 % len(states)] if number % 4 == 0 else StreamState.LIVE
    live = state is StreamState.LIVE
    age_s = 0.05 if live else None if state is StreamState.CONNECTING else 7.0 + number * 60
    return StreamReading(
        StreamKey(CameraId(f"cam-{number}"), Quality.MAIN if number % 5 == 0 else Quality.SUB),
        f"{NAMES[number % len(NAMES)]} {number}" if number % 3 != 1 else NAMES[1],
        f"wf-decoder-{number // 4 + 1}" if state is not StreamState.DENIED else None,
        StreamStatus(state, age_s, FAULTS.get(state)),
        age_s,
        kbit=412.0 + 731 * (number % 5) ** 2 if live else 0.0,
        received=15.0 if live else 0.0,
        decoded=14.9 if live else 0.0,
        painted=None if number % 11 == 0 else 13.2 if live else 0.0,
        dropped=1.7 if live else 0.0,
        restarts=number % 7 * 180,
    )


def main() -> None:
    """Write every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    apply_style(app)
    for name, count, width, height, trouble in (
        ("full", 36, 1600, 860, ""),
        ("narrow", 9, 1280, 640, TROUBLE),
        ("empty", 0, 1600, 860, ""),
        ("no-decoder", 0, 1600, 860, TROUBLE),
    ):
        page = SystemPage()
        plots = Plots()
        for _ in plots.build():
            continue
        page.put_plots(plots, plots.add)
        page.resize(width, height)
        page.show()
        for second in range(320):
            if 100 < second < 130:
                continue
            processes = tuple(
                ProcessReading(f"wf-decoder-{n + 1}", 8.0 + n, 80.0 + n, 4) for n in range(count // 4)
            )
            console = ProcessReading("console", 10.0, 1340.0, None)
            page.show_reading(
                SystemReading(
                    float(second),
                    3 + (40 if second % 90 == 0 else 2 * sin(second)),
                    None if trouble and second > 250 else 2.4 + sin(second / 3),
                    count * (14 + 0.2 * sin(second / 9)),
                    count * 1.7,
                    tuple(stream(n) for n in range(count)),
                    (console, *processes),
                    10 + 3 * sin(second / 7),
                    60 + 12 * sin(second / 20),
                    trouble,
                    load="212 of 640 Mpx/s (33 %)",
                )
            )
        while plots.drawing:
            app.processEvents()
        page.grab().save(str(folder / f"{name}.png"))
        page.hide()


if __name__ == "__main__":
    main()
