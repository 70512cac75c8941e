"""A town of small clips, for the demo's servers and for the whole program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.demo.city import CAMERAS
from app.demo.clips import CLIPS_VERSION, ClipJob, make_clip

FORMS = {"road": "video", "stills": "stills", "mjpeg": "mjpeg"}
SERVED_FROM = {"rtsp": "road", "hls": "road", "stills": "stills", "mjpeg": "mjpeg"}


@pytest.fixture(scope="session")
def small_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a two-second clip of each form: road, stills, mjpeg."""
    folder = tmp_path_factory.mktemp("clips")
    for name, form in FORMS.items():
        make_clip(
            ClipJob(name, "tunnel", "day", 3, name, form=form, seconds=2, main=(320, 180), sub=(160, 90)),
            folder,
        )
    return folder


@pytest.fixture
def small_town(tmp_path: Path, small_clips: Path) -> Path:
    """A cache that holds small clips under the names of the town's, which take a minute to draw."""
    folder = tmp_path / "cache" / "watchfloor"
    clips = folder / f"demo-clips-v{CLIPS_VERSION}"
    clips.mkdir(parents=True)
    for camera in CAMERAS:
        for quality in ("main", "sub"):
            small = small_clips / f"{SERVED_FROM[camera.serves]}-{quality}.reel"
            shutil.copy(small, camera.clip.path(clips, quality))
    return folder
