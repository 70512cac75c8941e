"""Places that were tampered with, or that hang, stop nobody else."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.hub.audit import checkpoints
from tests.conftest import LogLines
from tests.hub.running_hub import desk_at_hub, running_hub, sign_in
from tests.hub.test_audit import DATABASE


@pytest.mark.parametrize("damage", ["not JSON at all", "{}", '{"position": 2}', ""])
def test_a_damaged_record_is_shown_as_damaged_among_the_others(tmp_path: Path, damage: str) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})
            with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
                database.execute("UPDATE audit SET record = ? WHERE position = 2", (damage,))
                database.commit()
            answer = await desk.http.get("audit")
            assert answer.status_code == 200, answer.text
            assert answer.json()["damaged"] == [2]
            assert [record["position"] for record in answer.json()["records"]] == [3, 1]

    asyncio.run(scene())


def test_a_place_for_checkpoints_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    released = threading.Event()
    asked, back = list[Path](), list[Path]()

    def hang(file: Path, _data: bytes, _once: bool) -> None:
        asked.append(file)
        released.wait(30)
        back.append(file)

    monkeypatch.setattr(checkpoints, "_append", hang)
    monkeypatch.setattr(checkpoints, "_WRITE_S", 0.2)

    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            desk = await sign_in(ready.port)
            async with desk.http:
                assert (await desk.http.get("health")).json()["record"] == "unsigned"
                await desk.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})

    # The loop's end waits for every thread of its own pool.
    asyncio.run(asyncio.wait_for(scene(), 10))
    # One write hangs; no second one was begun behind it.
    assert len(asked) == 1
    assert not back
    released.set()
    for _ in range(2):
        log_lines.expect("the record's checkpoints cannot be written")
