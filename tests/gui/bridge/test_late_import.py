"""Imports beside the user interface: it gets its turns, and nothing of Qt is made in a thread."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bridge.late_import import late_import
from tests.fakes.waiting import run

ROOT = Path(__file__).resolve().parents[3]
MADE_BEFOREHAND = """
import asyncio, sys, threading
from PySide6 import QtCore, QtGui, QtWidgets
from app.bridge.qt_classes import make_qt_classes

turns = 0

async def count():
    global turns
    while True:
        turns += 1
        await asyncio.sleep(0)

async def main():
    counting = asyncio.create_task(count())
    await make_qt_classes()
    counting.cancel()

modules = (QtCore, QtGui, QtWidgets)
assert not all(set(dir(module)) <= set(vars(module)) for module in modules), "nothing was left to make"
asyncio.run(main())
before = [set(vars(module)) for module in modules]
known = {name for name in sys.modules if name.startswith("PySide6.")}
thread = threading.Thread(target=lambda: __import__("pyqtgraph"))
thread.start()
thread.join()
assert "pyqtgraph" in sys.modules
assert [set(vars(module)) for module in modules] == before, "classes were made in the thread"
assert {name for name in sys.modules if name.startswith("PySide6.")} == known, "modules came in the thread"
assert turns >= 10, f"it was done in {turns} turns"
"""


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module that notes how it was imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "wf_witness.py").write_text(
        "import sys, threading\n"
        "switch_s = sys.getswitchinterval()\n"
        "on_main = threading.current_thread() is threading.main_thread()\n"
    )
    yield "wf_witness"
    sys.modules.pop("wf_witness", None)


def test_a_late_import_runs_in_a_thread_that_gives_way_often(witness: str) -> None:
    usual_s = sys.getswitchinterval()
    module = run(late_import(witness))
    assert not module.on_main
    assert module.switch_s < usual_s / 5
    assert sys.getswitchinterval() == usual_s
    assert run(late_import(witness)) is module


def test_the_usual_turns_are_back_after_two_imports_at_once_one_of_which_fails(witness: str) -> None:
    usual_s = sys.getswitchinterval()

    async def scene() -> None:
        found, missing = await asyncio.gather(
            late_import(witness), late_import("wf_no_such_module"), return_exceptions=True
        )
        assert isinstance(missing, ImportError)
        assert not isinstance(found, BaseException)

    run(scene())
    assert sys.getswitchinterval() == usual_s


def test_every_class_that_the_plots_library_asks_for_is_made_on_qts_thread_in_many_turns() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MADE_BEFOREHAND], check=False, cwd=ROOT, timeout=50, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()[-1000:]
