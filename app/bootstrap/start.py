"""From the command line to a running Qt program."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import structlog
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

import app.log
from app.bootstrap.console import Console
from app.bootstrap.headless import run_by_itself
from app.bootstrap.options import Options, parse
from app.config import Places, Settings, load_settings
from app.domain.errors import ConsoleError, OperatorError, SourceError
from app.sources.video.presence import probe_libvlc
from layouts.splash import Splash
from resources.style import apply_style
from widgets.map.scheme import register_scheme
from widgets.start_page import StartPage

log = structlog.get_logger(__name__)


def main(argv: list[str]) -> int:
    """Run the console until it is closed; return the exit status."""
    options = parse(argv)
    with ExitStack() as stack:
        places = _places(options, stack)
        app.log.configure(places.logs / "console.log")
        settings, notice = load_settings(places.config / "settings.toml")
        return _run(options, places, settings, [notice] if notice else [])


def _places(options: Options, stack: ExitStack) -> Places:
    if options.profile is not None:
        return Places.within(options.profile.resolve())
    if options.headless is not None:
        # A run by itself starts from nothing and leaves nothing: its figures must not depend on the last.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="watchfloor-"))
        return Places.within(Path(folder))
    usual = Places.usual()
    return Places.within(usual.data / "demo") if options.demo is not None else usual


def _run(options: Options, places: Places, settings: Settings, notices: list[str]) -> int:
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    register_scheme()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Watchfloor")
    qt.setQuitOnLastWindowClosed(False)
    apply_style(qt)
    loop = QEventLoop(qt)
    asyncio.set_event_loop(loop)
    with loop:
        return loop.run_until_complete(_start(options, places, settings, notices))


async def _start(options: Options, places: Places, settings: Settings, notices: list[str]) -> int:
    _end_on_signals()
    try:
        while (problem := probe_libvlc()) is not None:
            if options.headless is not None:
                log.error("libVLC is missing", problem=problem)
                sys.stderr.write(f"{problem}\n")
                return 1
            if not await _tell("Video cannot be shown on this computer", problem):
                return 1
        splash = Splash()
        splash.show()
        attendant = partial(run_by_itself, options.headless) if options.headless is not None else None
        await Console(options, places, settings, notices).run(splash, attendant)
    except asyncio.CancelledError:
        log.info("ended by a signal")
    except ConsoleError as error:
        words = error.message if isinstance(error, OperatorError | SourceError) else str(error)
        log.error("start failed", error=words)
        sys.stderr.write(f"{words}\n")
        if options.headless is None:
            await _tell("Watchfloor cannot start", words)
        return 1
    return 0


async def _tell(problem: str, remedy: str) -> bool:
    """Show a page that names the problem; return True when the operator wants another try."""
    page = StartPage(problem, remedy)
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def again() -> None:
        if not answer.done():
            answer.set_result(True)

    def closed() -> None:
        if not answer.done():
            answer.set_result(False)

    page.retry_requested.connect(again)
    page.closed.connect(closed)
    page.show()
    try:
        return await answer
    finally:
        page.deleteLater()


def _end_on_signals() -> None:
    """Let SIGINT and SIGTERM end the program in order."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None

    def end(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
