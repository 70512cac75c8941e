"""From the command line to a running Qt program."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

import app.log
from app.bootstrap.console import Attendant, Console
from app.bootstrap.headless import run_by_itself
from app.bootstrap.options import DemoOptions, Options, parse
from app.bridge.garbage import GarbageOnThisThread
from app.config import Places, Settings, load_settings
from app.domain.errors import OperatorError, SourceError
from app.sources.video.presence import probe_libvlc
from layouts.splash import Splash
from resources.style import apply_style
from widgets.map.scheme import register_scheme
from widgets.start_page import StartPage

log = structlog.get_logger(__name__)

SIGNALS_MS = 200


def main(argv: list[str]) -> int:
    """Run the console until it is closed; return the exit status."""
    options = parse(argv)
    with ExitStack() as stack:
        places = _places(options, stack)
        try:
            app.log.configure(places.logs / "console.log")
        except OSError as error:
            sys.stderr.write(f"Watchfloor cannot write to {places.logs}: {error.strerror}.\n")
            return 1
        settings, notice = load_settings(places.config / "settings.toml")
        attendant = partial(run_by_itself, options.headless) if options.headless is not None else None
        notices = [notice] if notice else []
        return run_qt(places, settings, attendant, demo=options.demo, notices=notices)


def _places(options: Options, stack: ExitStack) -> Places:
    if options.profile is not None:
        return Places.within(options.profile.resolve())
    if options.headless is not None:
        # A run by itself starts from nothing and leaves nothing: its figures must not depend on the last.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="watchfloor-"))
        return Places.within(Path(folder))
    usual = Places.usual()
    return Places.within(usual.data / "demo") if options.demo is not None else usual


def run_qt(
    places: Places,
    settings: Settings,
    attendant: Attendant | None = None,
    *,
    demo: DemoOptions | None = None,
    notices: Sequence[str] = (),
    by_itself: bool | None = None,
) -> int:
    """Run Qt with one console until it ends; return the exit status.

    With an ``attendant`` nobody sits at the desk: what goes wrong at the start ends the program. The desk
    then signs in ``by_itself`` too, unless the attendant does that.
    """
    alone = attendant is not None if by_itself is None else by_itself
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
    sys.excepthook = _log_uncaught
    loop.set_exception_handler(_log_loop_failure)
    garbage = GarbageOnThisThread(qt)
    garbage.start()
    with loop:
        status: int = loop.run_until_complete(_start(places, settings, attendant, demo, notices, alone))
    garbage.stop()
    return status


async def _start(
    places: Places,
    settings: Settings,
    attendant: Attendant | None,
    demo: DemoOptions | None,
    notices: Sequence[str],
    by_itself: bool,
) -> int:
    heartbeat = _end_on_signals()
    try:
        while (problem := await _run(places, settings, attendant, demo, notices, by_itself)) is not None:
            if not await _tell(*problem, attendant is not None):
                return 1
    except asyncio.CancelledError:
        log.info("ended by a signal")
    finally:
        heartbeat.stop()
    return 0


async def _run(
    places: Places,
    settings: Settings,
    attendant: Attendant | None,
    demo: DemoOptions | None,
    notices: Sequence[str],
    by_itself: bool,
) -> tuple[str, str] | None:
    """Run one console; return the problem and its remedy in words when it could not run."""
    if settings.video.decoder == "libvlc" and (problem := probe_libvlc()) is not None:
        return "Video cannot be shown on this computer", problem
    splash = Splash()
    splash.show()
    try:
        console = Console(places, settings, demo, notices, by_itself=by_itself)
        await console.run(splash, attendant)
    except (OperatorError, SourceError) as error:
        hint = error.hint if isinstance(error, OperatorError) else ""
        return "Watchfloor cannot start", f"{error.message} {hint}".strip()
    except Exception as error:
        log.error("console failed", exc_info=error)
        return "Watchfloor had to stop", f"The details are in {places.logs / 'console.log'}."
    finally:
        splash.close()
    return None


async def _tell(problem: str, remedy: str, unattended: bool) -> bool:
    """Show a page that names the problem; return True when the operator wants another try."""
    log.error("start failed", problem=problem, remedy=remedy)
    sys.stderr.write(f"{problem}. {remedy}\n")
    if unattended:
        return False
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
        page.hide()
        page.deleteLater()


def _end_on_signals() -> QTimer:
    """Let SIGINT and SIGTERM end the program in order; return the timer that makes Python hear of them.

    Python runs its handlers between two of its own steps only, and Qt takes none while nothing happens.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None

    def end(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    heartbeat = QTimer(interval=SIGNALS_MS)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    return heartbeat


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what a Qt slot raised: a desk has no terminal in which one would see it."""
    log.error("uncaught", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


def _log_loop_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("event loop failure", what=context.get("message"), exc_info=context.get("exception"))
