"""The whole program as a person starts it: the demo by itself, and a second start that finds all again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from tests.fakes.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
ENDS_S = 100


def run_program(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=ENDS_S,
        check=False,
    )


def demo(folder: Path, cache: Path, seconds: float) -> dict[str, Any]:
    report = folder / "report.json"
    done = run_program(
        "demo", "--profile", str(folder / "profile"), "--seconds", str(seconds), "--report", str(report),
        "--screenshot", str(folder / "shot.png"), environment={"XDG_CACHE_HOME": str(cache.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return told


@pytest.mark.timeout(2 * ENDS_S + 20)
def test_the_demo_runs_by_itself_and_comes_back_as_it_was(tmp_path: Path, small_town: Path) -> None:
    first = demo(tmp_path, small_town, 20)
    assert [tile["state"] for tile in first["tiles"]] == ["live"] * 9
    assert {tile["kind"] for tile in first["tiles"]} == {"rtsp", "hls", "jpeg"}
    assert first["alerts"]["sent"] == first["alerts"]["received"] == first["alerts"]["shown"] > 5
    assert first["map"]["cameras"] == 24
    assert first["map"]["markers"] > 0
    assert first["first_live_s"] > 0
    assert set(first["ui_stall_ms"]) == {"p50", "p99", "max"}
    assert {"console", "hub", "demo-city"} <= set(first["cpu_s"]) & set(first["memory_mb"])
    with Image.open(tmp_path / "shot.png") as shot:
        assert shot.width >= 700
        assert len(shot.convert("RGB").getcolors(1 << 24) or []) > 1000

    second = demo(tmp_path, small_town, 12)
    assert [t["camera"] for t in second["tiles"]] == [t["camera"] for t in first["tiles"]]
    assert second["alerts"]["shown"] > first["alerts"]["shown"]


def test_ending_the_program_by_signal_leaves_no_process_and_saves_the_desk(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "main.py", "--profile", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    workspace = tmp_path / "data" / "workspace.json"
    try:
        wait_until(workspace.exists, 40, "the desk is saved for the first time")
        family = psutil.Process(child.pid).children(recursive=True)
        assert family
        child.terminate()
        assert child.wait(20) == 0
        wait_until(lambda: not any(member.is_running() for member in family), 10, "all children ended")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    assert "wall-1" in json.loads(workspace.read_text("utf-8"))["walls"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--seconds", "-3"], "between 0 and 86400"),
        (["dance"], "invalid choice"),
        (["--cameras", "x"], "invalid"),
    ],
)
def test_words_that_make_no_sense_are_refused_at_once(words: list[str], complaint: str) -> None:
    done = run_program(*words)
    assert done.returncode == 2
    assert complaint in done.stderr
