"""Where pictures and recordings are saved, and under what name."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OperatorError
from app.services.saving import Saving, file_name
from tests.fakes.stream_world import SUB, World


def test_a_picture_is_named_by_when_it_arrived_and_by_its_camera() -> None:
    async def play() -> None:
        world = World()
        saving = Saving(world.store, world.engine, world.clock, Path("kept"))
        path = await saving.picture(SUB, world.clock.seconds - 1.25)
        assert path == Path("kept/2026-01-05/20260105T205958.750Z Camera 1.png")
        assert world.engine.saved == [(SUB, world.clock.seconds - 1.25, path, "Camera 1")]
        recording = await saving.recording(SUB, world.clock.seconds - 30, saving.recording_path(SUB))
        assert recording.path == Path("kept/2026-01-05/20260105T210000.000Z Camera 1.mkv")
        world.engine.trouble = "The file was not saved: No space left on device"
        with pytest.raises(OperatorError, match="No space"):
            await saving.picture(SUB, 0.0)

    asyncio.run(play())


@given(st.text(max_size=300))
def test_no_name_leads_out_of_the_folder_or_is_too_long(words: str) -> None:
    name = file_name(words)
    assert name
    assert Path(name).name == name
    assert name not in (".", "..")
    assert len(name.encode()) <= 160
    assert not set(name) & set('/\\:*?"<>|\0\n')
