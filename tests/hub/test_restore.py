"""Restoring a backup: verified before anything is changed, whole or not at all, and nothing deleted."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import tarfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.backup.archive import DATABASE, MANIFEST, write_backup
from app.hub.backup.restore_command import restore as restore_now
from app.hub.config import HubConfig
from app.hub.db.sqlite_file import InUseError
from app.hub.server import serve
from tests.hub.running_hub import (
    running_hub,
    sign_in,
)
from tests.hub.test_backup import backed_up, fill, restored


def remade(file: Path, change: Any, name: str = "changed.tar") -> Path:
    """Return a backup whose parts were changed: ``change`` gets them by name, in order."""
    parts: dict[str, bytes] = {}
    with tarfile.open(file) as tar:
        for member in tar:
            content = tar.extractfile(member)
            assert content is not None
            parts[member.name] = content.read()
    change(parts)
    target = file.with_name(name)
    with tarfile.open(target, "w") as tar:
        for part, data in parts.items():
            info = tarfile.TarInfo(part)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
    return target


def flipped(parts: dict[str, bytes]) -> None:
    data = bytearray(parts[DATABASE])
    data[len(data) // 2] ^= 1
    parts[DATABASE] = bytes(data)


def without_checkpoints(parts: dict[str, bytes]) -> None:
    for name in [name for name in parts if name.startswith("checkpoints/")]:
        del parts[name]


def with_a_stranger(parts: dict[str, bytes]) -> None:
    parts["../evil"] = b"x"


def with_a_stranger_in_the_manifest(parts: dict[str, bytes]) -> None:
    parts["../evil"] = b"x"
    manifest = json.loads(parts[MANIFEST])
    manifest["parts"].append({"name": "../evil", "size": 1, "sha256": "2d711642b726b04401627ca9fbac32f5"})
    parts[MANIFEST] = json.dumps(manifest).encode()


def of_a_path(parts: dict[str, bytes]) -> None:
    parts[MANIFEST] = re.sub(rb'"hub_id": "[0-9a-f]+"', b'"hub_id": "../../evil"', parts[MANIFEST])


def of_tomorrow(parts: dict[str, bytes]) -> None:
    parts[MANIFEST] = re.sub(rb'"revision": "\d+"', b'"revision": "9999"', parts[MANIFEST])


def of_another_head(parts: dict[str, bytes]) -> None:
    parts[MANIFEST] = re.sub(rb'"event_head": \d+', b'"event_head": 1', parts[MANIFEST])


def without_database(parts: dict[str, bytes]) -> None:
    del parts[DATABASE]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flipped, f"{DATABASE} in the backup was changed or damaged"),
        (without_checkpoints, r"checkpoints/\w+\.jsonl, checkpoints/\w+\.pem is missing"),
        (without_database, f"{DATABASE} is missing"),
        (with_a_stranger, r"'\.\./evil' does not belong"),
        (with_a_stranger_in_the_manifest, r"'\.\./evil' does not belong"),
        (of_a_path, r"manifest\.json in changed\.tar cannot be read"),
        (of_tomorrow, "of a newer Watchfloor"),
        (of_another_head, "manifest does not fit"),
    ],
)
def test_a_backup_that_was_tampered_with_is_refused_and_the_part_named(
    tmp_path: Path, change: Any, words: str
) -> None:
    fill(tmp_path / "hub")
    file = remade(backed_up(tmp_path / "hub", tmp_path / "one.tar"), change)
    with pytest.raises(OperatorError, match=words) as refused:
        restore_now(file, tmp_path / "new", SystemClock().utc)
    assert refused.value.hint
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["hub.lock"]
    assert not (tmp_path / "evil").exists()


def test_a_record_that_was_changed_before_the_backup_is_refused_and_named(tmp_path: Path) -> None:
    fill(tmp_path / "hub")
    with closing(sqlite3.connect(tmp_path / "hub" / DATABASE)) as database:
        database.execute("UPDATE audit SET record = replace(record, 'Dana', 'Dora') WHERE position = 2")
        database.commit()
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")
    with pytest.raises(OperatorError, match="record in the backup is at fault: record 2: this record was"):
        restore_now(file, tmp_path / "new", SystemClock().utc)


@pytest.mark.parametrize("size", [0, 100, 2000, 30_000])
def test_a_backup_that_was_cut_off_is_refused(tmp_path: Path, size: int) -> None:
    fill(tmp_path / "hub")
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(OperatorError, match=r"one\.tar|watchfloor\.sqlite in the backup|is missing"):
        restore_now(file, tmp_path / "new", SystemClock().utc)


def test_a_folder_that_is_not_empty_is_left_alone_unless_it_may_be_set_aside(tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    fill(hub)
    file = backed_up(hub, tmp_path / "one.tar")
    (hub / "mine.txt").write_text("kept")
    before = (hub / DATABASE).read_bytes()
    with pytest.raises(OperatorError, match="not empty"):
        restore_now(file, hub, SystemClock().utc)
    assert (hub / DATABASE).read_bytes() == before
    restore_now(file, hub, SystemClock().utc, set_aside=True)
    (aside,) = hub.glob("before-restore-*")
    assert (aside / DATABASE).read_bytes() == before
    assert (aside / "mine.txt").read_text() == "kept"
    assert {path.name for path in hub.iterdir()} == {aside.name, DATABASE, "checkpoints", "hub.lock"}


def test_the_folder_of_a_hub_that_runs_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "hub")
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")

    async def scene() -> None:
        async with running_hub(tmp_path / "hub") as ready:
            with pytest.raises(InUseError):
                restore_now(file, tmp_path / "hub", SystemClock().utc, set_aside=True)
            desk = await sign_in(ready.port)
            async with desk.http:
                assert len((await desk.snapshot())["alerts"]) == 3

    asyncio.run(scene())


def test_no_hub_starts_where_a_restore_did_not_come_to_its_end(tmp_path: Path) -> None:
    fill(tmp_path / "hub")
    file = backed_up(tmp_path / "hub", tmp_path / "one.tar")
    (tmp_path / "new" / "restoring.part").mkdir(parents=True)
    (tmp_path / "new" / "restoring.part" / "left").touch()

    async def scene() -> None:
        with pytest.raises(OperatorError, match="did not come to its end"):
            await serve(HubConfig(tmp_path / "new", "t" * 16, "i" * 16))

    asyncio.run(scene())
    assert not (tmp_path / "new" / DATABASE).exists()
    assert restored(file, tmp_path / "new") == 0
    fill(tmp_path / "new")


def test_a_file_that_is_no_backup_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "junk").write_bytes(os.urandom(5000))
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(tmp_path / "junk", "junk")
    for name in ("junk", "other.tar", "none", "."):
        assert restored(tmp_path / name, tmp_path / "new") == 1
        assert name.strip(".") in capsys.readouterr().err


def test_the_copy_is_of_one_moment_with_its_checkpoints_behind_it(tmp_path: Path) -> None:
    fill(tmp_path / "hub")
    target = tmp_path / "one.tar"
    manifest, _ = write_backup(
        tmp_path / "hub" / DATABASE, tmp_path / "hub" / "checkpoints", target, SystemClock().utc()
    )
    with tarfile.open(target) as tar:
        content = tar.extractfile(f"checkpoints/{manifest.hub_id}.jsonl")
        assert content is not None
        signed = [json.loads(line)["position"] for line in content.read().splitlines()]
    assert signed
    assert max(signed) <= manifest.record_position
