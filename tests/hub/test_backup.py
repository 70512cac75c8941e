"""Backup of a running hub: all that was acknowledged before is in it, and it is on record."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from app import audit_verifier
from app.hub.backup import notes
from app.hub.backup.archive import DATABASE
from app.hub.backup.backup_command import main as back_up
from app.hub.backup.restore_command import main as restore
from app.hub.db.sqlite_file import HubLock
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY
from tests.hub.running_hub import (
    INGEST_TOKEN,
    ROOT,
    Desk,
    alert,
    client,
    desk_at_hub,
    events,
    running_hub,
    welcome,
)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such rights nor limits")


def fill(folder: Path, count: int = 3) -> None:
    async def scene() -> None:
        async with desk_at_hub(folder) as desk:
            for number in range(count):
                await desk.post("alerts", alert(number, detail="x" * 2000))

    asyncio.run(scene())


def backed_up(folder: Path, to: Path) -> Path:
    assert back_up(["--data-dir", str(folder), "--to", str(to)]) == 0
    return to


def restored(file: Path, folder: Path, *more: str) -> int:
    return restore(["--from", str(file), "--data-dir", str(folder), *more])


def verdict(folder: Path) -> audit_verifier.Verdict:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        (hub_id,) = database.execute("SELECT hub_id FROM meta").fetchone()
    kept = folder / "checkpoints" / f"{hub_id}.jsonl"
    signed = audit_verifier.read_checkpoints(kept.read_text())
    keys = audit_verifier.read_keys(kept.with_suffix(".pem").read_bytes())
    return audit_verifier.read_record(
        folder / DATABASE, lambda hub, rows: audit_verifier.verify(hub, rows, signed, keys)
    )


async def acts(desk: Desk) -> list[tuple[str, str]]:
    records = (await desk.http.get("audit")).json()["records"]
    return [(record["act"], record["detail"]) for record in reversed(records)]


async def vendor(port: int, lane: int, accepted: set[str]) -> None:
    async with client(port, INGEST_TOKEN) as http:
        with suppress(httpx.TransportError):
            for number in range(100_000):
                answer = await http.post("alerts", json=alert(f"{lane}-{number}"))
                assert answer.status_code == 200
                accepted.add(f"call-{lane}-{number}")


def test_all_that_was_acknowledged_before_is_in_a_backup_of_a_busy_hub(tmp_path: Path) -> None:
    accepted: set[str] = set()
    before: set[str] = set()
    file = tmp_path / "one.tar"

    async def scene() -> None:
        async with running_hub(tmp_path / "hub") as ready:
            vendors = [asyncio.create_task(vendor(ready.port, lane, accepted)) for lane in range(6)]
            await until(lambda: len(accepted) > 200)
            before.update(accepted)
            await asyncio.to_thread(backed_up, tmp_path / "hub", file)
            await until(lambda: len(accepted) > len(before) + 50)
            for task in vendors:
                task.cancel()
            await asyncio.wait(vendors)

    asyncio.run(scene())
    assert restored(file, tmp_path / "new") == 0

    async def after() -> None:
        async with desk_at_hub(tmp_path / "new") as desk:
            found = {row["external_id"] for row in (await desk.snapshot())["alerts"]}
            assert before <= found
            assert (await desk.post("alerts", alert("after")))["outcome"] == "created"

    asyncio.run(after())
    found = verdict(tmp_path / "new")
    assert found.fault is None
    assert found.checkpoints > 0


def test_restoring_is_the_first_act_after_and_the_log_is_another_one(tmp_path: Path) -> None:
    """A desk that followed the lost events must not take the new ones of the same numbers for theirs."""
    hub = tmp_path / "hub"
    fill(hub)
    file = backed_up(hub, tmp_path / "one.tar")

    async def before() -> tuple[str, int]:
        async with desk_at_hub(hub) as desk:
            for number in range(10, 13):
                await desk.post("alerts", alert(number))
            snapshot = await desk.snapshot()
            return str(snapshot["hub_id"]), int(snapshot["sequence"])

    async def after(old: str, number: int) -> None:
        async with desk_at_hub(hub) as desk:
            assert [act for act, _ in await acts(desk)][-3:] == ["restore", "audit_key", "sign_in"]
            while (await desk.post("alerts", alert(f"new-{number}")))["sequence"] <= number:
                number -= 1
            async with desk.live(number, hub_id=old) as socket:
                frame = json.loads(await socket.recv())
                assert frame["type"] == "reset"
                assert "restored" in frame["reason"]
            snapshot = await desk.snapshot()
            assert snapshot["hub_id"] != old
            async with desk.live(3, hub_id=snapshot["hub_id"]) as socket:
                assert (await welcome(socket))["hub_id"] == snapshot["hub_id"]
                (first,) = (await events(socket, snapshot["sequence"] - 3))[:1]
            assert first["type"] == "org.watchfloor.hub.restored"
            assert first["source"] == f"urn:watchfloor:hub:{snapshot['hub_id']}"
            signed_in = (await desk.http.get("health")).json()
            assert signed_in["hub_id"] == old

    old, number = asyncio.run(before())
    assert restored(file, hub, "--set-aside") == 0
    asyncio.run(after(old, number))
    assert verdict(hub).fault is None


def test_a_backup_is_on_record_by_the_hub_that_runs_and_by_the_next_that_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "LOOK_S", 0.02)
    hub = tmp_path / "hub"
    fill(hub)
    backed_up(hub, tmp_path / "asleep.tar")

    async def records(desk: Desk, count: int) -> list[str]:
        async with asyncio.timeout(15):
            while True:
                found = [detail for act, detail in await acts(desk) if act == "backup"]
                if len(found) >= count and not list((hub / notes.FOLDER).iterdir()):
                    return found
                await asyncio.sleep(0.02)

    async def scene() -> None:
        async with desk_at_hub(hub, metrics_token="m" * 16) as desk:
            first = await records(desk, 2)
            assert [words.partition(" at ")[0].partition(", sha256")[0] for words in first] == [
                "asleep.tar: begun",
                "asleep.tar: done",
            ]
            await asyncio.to_thread(backed_up, hub, tmp_path / "awake.tar")
            found = await records(desk, 4)
            digest = re.search(r"awake\.tar: done, sha256 ([0-9a-f]{64})", found[3])
            assert digest is not None
            assert digest[1] == sha256(tmp_path / "awake.tar")
            assert "watchfloor_hub_backup_timestamp_seconds 1" in (await desk.http.get("metrics")).text

    asyncio.run(scene())


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_note_that_cannot_be_read_is_kept_and_told(tmp_path: Path, log_lines: LogLines) -> None:
    folder = tmp_path / notes.FOLDER
    folder.mkdir()
    (folder / "x-done.json").write_text("{")

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await until((folder / "x-done.unfit").exists)
            assert (await desk.http.get("health")).json()["record"] == "ok"

    asyncio.run(scene())
    log_lines.expect("a note of a backup cannot be read and is kept as it is")


def test_a_session_of_before_is_not_known_after_a_restore(tmp_path: Path) -> None:
    """It may have been ended since; the database of then does not know."""

    token = "token-of-a-session-that-is-kept"
    fill(tmp_path / "hub")
    with closing(sqlite3.connect(tmp_path / "hub" / DATABASE)) as database:
        database.execute(
            "INSERT INTO sessions (key, id, user, roles, until, locked) VALUES (?, 's', 'Sam', ?, ?, 0)",
            (hashlib.sha256(token.encode()).hexdigest(), '["supervisor"]', "2099-01-01 00:00:00.000000"),
        )
        database.commit()
    backed_up(tmp_path / "hub", tmp_path / "one.tar")

    async def status(folder: Path) -> int:
        async with running_hub(folder) as ready, client(ready.port, token) as http:
            return (await http.get("snapshot")).status_code

    assert asyncio.run(status(tmp_path / "hub")) == 200
    assert restored(tmp_path / "one.tar", tmp_path / "new") == 0
    assert asyncio.run(status(tmp_path / "new")) == 401


@POSIX
def test_nobody_else_reads_a_backup_or_what_is_restored(tmp_path: Path) -> None:
    fill(tmp_path / "hub")
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")
    assert file.stat().st_mode & 0o777 == 0o600
    assert restored(file, tmp_path / "new") == 0
    assert (tmp_path / "new" / DATABASE).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "hub", "new", "one.tar", "watchfloor-backup.lock",
    ]  # fmt: skip


def test_a_folder_gets_a_file_with_the_time_in_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path / "hub")
    (tmp_path / "to").mkdir()
    backed_up(tmp_path / "hub", tmp_path / "to")
    said = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"watchfloor-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar", Path(said[0]).name)
    assert said[2] == f"sha256 {sha256(Path(said[0]))}"


def test_killed_in_the_middle_it_leaves_the_backup_before_whole_and_the_next_one_works(
    tmp_path: Path,
) -> None:
    """The command stops itself where the copy is made and nothing is in place yet; then it is killed."""
    fill(tmp_path / "hub")
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")
    whole = file.read_bytes()
    script = (
        "import sys\n"
        "from app.hub.backup import archive, backup_command\n"
        "def stop(*_):\n"
        "    print('copied', flush=True)\n"
        "    sys.stdin.read()\n"
        "archive._sync = archive.os.fsync = stop\n"
        "backup_command.Note.leave = lambda *_: None\n"
        "backup_command.main(sys.argv[1:])\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, "--data-dir", str(tmp_path / "hub"), "--to", str(file)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline().strip() == b"copied"
    child.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    child.wait(10)
    child.stdout.close()
    child.stdin.close()
    assert (tmp_path / "watchfloor-backup.part").exists()
    assert file.read_bytes() == whole
    backed_up(tmp_path / "hub", file)
    assert not list(tmp_path.glob("*.part*"))
    assert restored(file, tmp_path / "new") == 0


@POSIX
def test_a_disk_without_room_is_said_and_leaves_the_backup_before(tmp_path: Path) -> None:
    """No file may grow beyond what is allowed: for the writer that is a full disk."""
    import resource

    fill(tmp_path / "hub", 100)
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")
    whole = file.read_bytes()
    # First too little for the copy of the database, then enough for that and too little for the tar.
    for room in (100_000, (tmp_path / "hub" / DATABASE).stat().st_size + 4096):
        done = subprocess.run(
            [sys.executable, "main.py", "hub", "backup", "--data-dir", str(tmp_path / "hub"), "--to", file],
            cwd=ROOT, capture_output=True, text=True, check=False,
            preexec_fn=lambda room=room: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (1, ""), done
        assert "room" in done.stderr
        assert "Traceback" not in done.stderr
        assert file.read_bytes() == whole
        assert not list(tmp_path.glob("*.part*"))


def test_wrong_folders_and_places_are_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / DATABASE).write_bytes(b"not a database at all " * 500)
    fill(tmp_path / "hub")

    def words(folder: str, to: Path) -> str:
        assert back_up(["--data-dir", str(tmp_path / folder), "--to", str(to)]) == 1
        return capsys.readouterr().err

    assert "There is no hub's database" in words("empty", tmp_path / "x.tar")
    assert list((tmp_path / "empty").iterdir()) == []
    assert "cannot be copied" in words("junk", tmp_path / "x.tar")
    (tmp_path / "file").touch()
    assert "cannot be written" in words("hub", tmp_path / "file" / "x.tar")
    lock = HubLock(tmp_path / "watchfloor-backup.lock")
    lock.take()
    assert "Another backup" in words("hub", tmp_path / "x.tar")
    lock.release()
    assert not (tmp_path / "x.tar").exists()


@ON_BOTH_ENGINES
@ON_POSTGRESQL_ONLY
def test_a_hub_on_postgresql_is_not_backed_up_by_a_file_of_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    (tmp_path / DATABASE).write_bytes(b"the hub's, until it moved to a server")
    assert back_up(["--data-dir", str(tmp_path), "--to", str(tmp_path / "b.tar")]) == 1
    assert "on a PostgreSQL server, which this command does not back up" in capsys.readouterr().err
    assert not (tmp_path / "b.tar").exists()
    monkeypatch.setenv("WATCHFLOOR_DATABASE", "postgresql://x@localhost/x")
    assert restored(tmp_path / "b.tar", tmp_path / "new") == 1
    assert "which this command does not restore" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
