"""Small clips for the demo's servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo.clips import ClipJob, make_clip

FORMS = {"road": "video", "stills": "stills", "mjpeg": "mjpeg"}


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
