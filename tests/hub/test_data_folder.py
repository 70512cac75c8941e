"""The data folder at start: damaged, foreign, newer, held by another, not writable."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.errors import OperatorError
from app.hub.config import HubConfig, tokens_from_line
from app.hub.db.sqlite_file import InUseError
from app.hub.server import serve
from tests.conftest import LogLines
from tests.hub.running_hub import HubChild, alert, desk_at_hub, running_hub, sign_in

NAME = "watchfloor.sqlite"
ASIDE = re.compile(r"watchfloor-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-\d+)?\.damaged\.sqlite")


def fill(folder: Path, count: int = 1) -> None:
    async def scene() -> None:
        async with desk_at_hub(folder) as desk:
            for number in range(count):
                await desk.post("alerts", alert(number, detail="x" * 2000))

    asyncio.run(scene())


def starts_fresh(folder: Path, log_lines: LogLines) -> list[str]:
    """Start a hub on the folder, check that it says so and works; return the names of what it set aside."""

    async def scene() -> None:
        now = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
        async with running_hub(folder, now=lambda: now) as ready:
            assert "2026-11-21T07-30-00" in ready.notice
            desk = await sign_in(ready.port)
            async with desk.http:
                assert (await desk.snapshot())["alerts"] == []
                await desk.post("alerts", alert())

    asyncio.run(scene())
    log_lines.expect("the database is damaged and was set aside")
    return sorted(path.name for path in folder.iterdir() if ASIDE.match(path.name))


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 500)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scratched(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 512] = os.urandom(512)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [garbage, cut, scratched])
def test_damaged_database_is_set_aside_and_the_hub_starts(
    tmp_path: Path, damage: object, log_lines: LogLines
) -> None:
    assert callable(damage)
    fill(tmp_path, 30)
    path = tmp_path / NAME
    damage(path)
    damaged = path.read_bytes()
    (aside,) = starts_fresh(tmp_path, log_lines)
    assert aside == "watchfloor-2026-11-21T07-30-00.damaged.sqlite"
    assert (tmp_path / aside).read_bytes() == damaged


def test_folder_in_the_databases_place_is_set_aside(tmp_path: Path, log_lines: LogLines) -> None:
    (tmp_path / NAME / "kept").mkdir(parents=True)
    (aside,) = starts_fresh(tmp_path, log_lines)
    assert (tmp_path / aside / "kept").is_dir()


def test_second_damage_in_the_same_second_keeps_both(tmp_path: Path, log_lines: LogLines) -> None:
    for _ in range(2):
        garbage(tmp_path / NAME)
        found = starts_fresh(tmp_path, log_lines)
    assert found == [
        "watchfloor-2026-11-21T07-30-00-2.damaged.sqlite",
        "watchfloor-2026-11-21T07-30-00.damaged.sqlite",
    ]


def test_database_of_another_program_is_set_aside(tmp_path: Path, log_lines: LogLines) -> None:
    with sqlite3.connect(tmp_path / NAME) as other:
        other.execute("CREATE TABLE cameras (mine TEXT)")
    other.close()
    (aside,) = starts_fresh(tmp_path, log_lines)
    with sqlite3.connect(tmp_path / aside) as kept:
        assert kept.execute("SELECT sql FROM sqlite_master").fetchall() == [
            ("CREATE TABLE cameras (mine TEXT)",)
        ]
    kept.close()


def test_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()

    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            assert ready.notice == ""

    asyncio.run(scene())


def test_database_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = (tmp_path / NAME).read_bytes()

    async def scene() -> None:
        with pytest.raises(OperatorError, match="another version"):
            async with running_hub(tmp_path):
                pass

    asyncio.run(scene())
    assert (tmp_path / NAME).read_bytes() == before


def test_second_hub_on_a_folder_ends_with_code_3_and_touches_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("alerts", alert())
            child = HubChild(tmp_path)
            said = await child.start()
            code, _, _ = await asyncio.to_thread(child.let_go)
            assert code == 3
            assert "Another hub" in said["error"]
            assert said["hint"]
            await desk.post("alerts", alert(2))
            assert len((await desk.snapshot())["alerts"]) == 2

    asyncio.run(scene())
    assert not [path for path in tmp_path.iterdir() if "damaged" in path.name]


def test_database_held_by_another_program_is_not_called_damaged(tmp_path: Path) -> None:
    fill(tmp_path)
    holder = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    async def scene() -> None:
        with pytest.raises(InUseError):
            async with running_hub(tmp_path):
                pass

    asyncio.run(scene())
    holder.close()
    assert not [path for path in tmp_path.iterdir() if "damaged" in path.name]


def test_folder_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def scene() -> None:
        with pytest.raises(OperatorError, match="data folder"):
            await serve(HubConfig(tmp_path / "file", "t" * 16, "i" * 16))

    asyncio.run(scene())


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.invalid", "::"])
def test_host_outside_this_machine_is_refused_in_words(tmp_path: Path, host: str) -> None:
    async def scene() -> None:
        with pytest.raises(OperatorError, match="TLS"):
            await serve(HubConfig(tmp_path, "t" * 16, "i" * 16, host=host))

    asyncio.run(scene())


def test_port_in_use_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path / "one") as ready:
            with pytest.raises(OperatorError, match=str(ready.port)):
                async with running_hub(tmp_path / "two", port=ready.port):
                    pass

    asyncio.run(scene())


def test_hub_ends_when_its_parent_is_gone_and_says_one_line_only(tmp_path: Path) -> None:
    child = HubChild(tmp_path)
    said = asyncio.run(child.start())
    assert said.keys() == {"port", "hub_id"}
    code, out, log = child.let_go()
    assert (code, out) == (0, "")
    assert [json.loads(line)["event"] for line in log.splitlines()][-1] == "hub ended"


def test_damage_is_on_the_ready_line(tmp_path: Path) -> None:
    garbage(tmp_path / NAME)
    child = HubChild(tmp_path)
    said = asyncio.run(child.start())
    child.let_go()
    assert "damaged" in said["notice"]


def test_parent_that_says_nonsense_is_refused_without_echo(tmp_path: Path) -> None:
    child = HubChild(tmp_path)
    out, log = child.process.communicate(b'{"operator_token": "sh0rt-secret"}\n', timeout=20)
    assert child.process.returncode == 2
    assert "--parent-stdin" in json.loads(out)["error"]
    assert b"sh0rt-secret" not in out + log


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"{}\n", b'{"operator_token": "sh0rt-secret"}\n', b"\xff\n", b"[]"]
)
def test_line_without_tokens_is_refused(line: bytes) -> None:
    with pytest.raises(OperatorError, match="--parent-stdin") as refused:
        tokens_from_line(line)
    assert refused.value.__cause__ is None


def test_hub_alone_prints_the_tokens_that_it_made(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WATCHFLOOR_")}
    process = subprocess.Popen(
        [sys.executable, "main.py", "hub", "--data-dir", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        env=environment | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    port = json.loads(process.stdout.readline())["port"]
    assert process.stderr is not None
    while b"operator token" not in (words := process.stderr.readline()):
        assert words, "the log ended without the token"

    async def scene() -> None:
        desk = await sign_in(port, words.split()[-1].decode())
        async with desk.http:
            assert (await desk.snapshot())["alerts"] == []

    asyncio.run(scene())
    process.terminate()
    _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert b"hub ended" in log


def test_log_goes_to_the_file_that_is_named_and_one_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    async def scene(log_file: Path) -> tuple[dict[str, object], int, str]:
        child = HubChild(tmp_path / "data", 0, "--log-file", str(log_file))
        said = await child.start()
        code, _, errors = child.let_go()
        return said, code, errors

    said, code, errors = asyncio.run(scene(tmp_path / "logs" / "hub.log"))
    assert (code, errors) == (0, "")
    lines = [json.loads(line) for line in (tmp_path / "logs" / "hub.log").read_text().splitlines()]
    assert [line["port"] for line in lines if line["event"] == "hub started"] == [said["port"]]
    (tmp_path / "in-the-way").write_text("")
    said, code, _ = asyncio.run(scene(tmp_path / "in-the-way" / "hub.log"))
    assert code == 2
    assert str(said["error"]).startswith("The hub cannot write its log:")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_nobody_else_on_the_computer_reads_the_database(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})
            assert await asyncio.to_thread(modes) == {0o600}

    def modes() -> set[int]:
        return {file.stat().st_mode & 0o777 for file in tmp_path.glob("watchfloor.sqlite*")}

    asyncio.run(scene())
