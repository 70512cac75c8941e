"""A volunteer's shift from end to end: the real console, its own hub, a real camera, every window covered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.video.conftest import RtspCamera

ROOT = Path(__file__).parents[3]
PLAY_S = 150


@pytest.mark.timeout(PLAY_S + 30)
def test_a_volunteer_sees_the_published_part_is_refused_the_rest_and_loses_all_with_the_shift(
    tmp_path: Path, rtsp_camera: Callable[..., RtspCamera]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.video.shift_console", str(tmp_path), rtsp_camera().url("")[:-1]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PLAY_S,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert told, done.stderr[-3000:]
    seen = json.loads(told[-1])
    assert "error" not in seen, seen["error"]
    assert done.returncode == 0, done.stderr[-3000:]

    assert len(seen["0-banner"]["text"].splitlines()) == 4
    assert "list of those that are tried first" in seen["0-weak"]["said"]
    assert seen["1-owner"]["states"] == {"park": "live", "harbour": "live"}
    assert seen["2-signed-out"] == {"covered": [True, True], "open_streams": 0}
    assert seen["3-choose"]["said"].startswith("This password was handed over")

    published = seen["4-published-part"]
    assert published["cameras"] == ["park"]
    assert published["states"] == {"park": "live"}
    assert published["tiles"][1] == "Not among the cameras of your shift"
    assert published["status"].startswith("Vera  ·  Volunteer  ·  shift until ")
    assert published["may_open"] is False

    assert seen["refused"] == [
        "You are signed in as Volunteer, who may not open an incident.",
        "Harbour is outside what your shift is for.",
        "You are signed in as Volunteer, who may not manage accounts.",
        "You are signed in as Volunteer, who may not read the audit record.",
    ]
    assert any(words.startswith("Your shift ends in") for words in seen["5-warned"]["notices"])
    assert seen["6-ended"] == {
        "words": "Your shift has ended.",
        "covered": [True, True],
        "cameras": [],
        "open_streams": 0,
    }
    assert seen["7-outside"]["said"].startswith("You have no shift now, and none is planned.")
