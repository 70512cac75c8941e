"""Whatever is done to the record afterwards, the verifier says so and names the place."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app import audit_verifier
from app.audit_verifier import Row, verify
from app.hub.audit.verify_command import main as verify_folder
from app.hub.vault import Vault
from tests.hub.running_hub import MemoryKeyring, desk_at_hub

DATABASE = "watchfloor.sqlite"
INCIDENTS = 6
LAST = INCIDENTS + 2
Deed = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's folder after a short life: eight records, the last one signed."""
    folder = tmp_path_factory.mktemp("hub")

    async def life() -> None:
        async with desk_at_hub(folder, vault=Vault(MemoryKeyring())) as desk:
            for number in range(INCIDENTS):
                await desk.post("incidents", {"title": f"No. {number}", "lat": 1.0, "lon": 2.0})

    asyncio.run(life())
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "hub"))


def change(folder: Path, *deeds: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        for deed in deeds:
            database.execute(deed)
        database.commit()


def said(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    code = verify_folder(["--data-dir", str(folder), *more])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def checkpoints_of(folder: Path) -> Path:
    (file,) = (folder / "checkpoints").glob("*.jsonl")
    return file


def test_an_untouched_record_is_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(folder, capsys)
    assert code == 0
    assert f"All {LAST} records follow from each other; 2 checkpoints confirm them" in text


@pytest.mark.parametrize(
    ("deeds", "place", "words"),
    [
        (["UPDATE audit SET record = replace(record, 'open', 'opfn') WHERE position = 4"], 4, "changed"),
        (["UPDATE audit SET hash = replace(hash, substr(hash, 9, 1), 'x') WHERE position = 5"], 5, "changed"),
        # A top bit turns a letter into a byte that is no text.
        (
            [
                "UPDATE audit SET record = replace(record, 't_open', CAST(x'F45F6F70656E' AS TEXT))"
                " WHERE position = 4"
            ],
            4,
            "changed",
        ),
        (["DELETE FROM audit WHERE position = 3"], 3, "missing"),
        (["DELETE FROM audit WHERE position = 1"], 1, "missing"),
        (
            [
                "DELETE FROM audit WHERE position = 3",
                "UPDATE audit SET position = position - 1 WHERE position > 3",
            ],
            3,
            "changed",
        ),
        (
            [
                "UPDATE audit SET position = 99 WHERE position = 4",
                "UPDATE audit SET position = 4 WHERE position = 5",
                "UPDATE audit SET position = 5 WHERE position = 99",
            ],
            4,
            "changed",
        ),
        ([f"DELETE FROM audit WHERE position > {LAST - 2}"], LAST - 1, "cut off"),
        (["DELETE FROM audit"], 1, "cut off"),
        (["UPDATE audit SET who = 'somebody else' WHERE position = 6"], 6, "found wrongly"),
        (["UPDATE audit SET camera_id = 'x' WHERE position = 6"], 6, "found wrongly"),
    ],
)  # fmt: skip
def test_what_is_done_to_the_database_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], deeds: list[str], place: int, words: str
) -> None:
    change(folder, *deeds)
    code, text = said(folder, capsys)
    assert code == 1
    assert words in text
    assert f"Record {place}: " in text


def test_a_database_that_took_another_hubs_place_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "UPDATE meta SET hub_id = 'x'")
    code, text = said(folder, capsys)
    assert (code, "set aside or exchanged" in text) == (1, True)
    # With its checkpoints in its name the chain still begins elsewhere.
    file = checkpoints_of(folder)
    file.with_suffix(".pem").rename(file.with_name("x.pem"))
    file.rename(file.with_name("x.jsonl"))
    code, text = said(folder, capsys)
    assert code == 1
    assert f"Record {LAST}: " not in text
    assert "another hub's" in text


def made_anew(folder: Path, begin: int) -> None:
    """Change a record and chain all later ones to it, as somebody can who may write the database."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        (before,) = database.execute("SELECT hash FROM audit WHERE position = ?", (begin - 1,)).fetchone()
        rows = database.execute("SELECT position, record FROM audit WHERE position >= ?", (begin,)).fetchall()
        for position, record in rows:
            text = record.replace("127.0.0.1", "10.9.9.9")
            before = hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
            database.execute(
                "UPDATE audit SET record = ?, hash = ? WHERE position = ?", (text, before, position)
            )
        database.commit()


def test_a_chain_that_was_made_anew_contradicts_its_checkpoint(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_anew(folder, 4)
    code, text = said(folder, capsys)
    assert code == 1
    assert f"Record {LAST}: the records up to here were made anew" in text


def test_a_key_that_is_not_trusted_confirms_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trusted = folder / "my-own-copy.pem"
    shutil.copy(checkpoints_of(folder).with_suffix(".pem"), trusted)
    made_anew(folder, 4)
    resigned(folder)
    code, text = said(folder, capsys, "--keys", str(trusted))
    assert code == 1
    assert f"Record {LAST}: checkpoint: it is signed with a key that is not trusted" in text


def resigned(folder: Path) -> None:
    """Sign the chain as it is now with another key, in place of the hub's."""
    file, key = checkpoints_of(folder), Ed25519PrivateKey.generate()
    public = key.public_key()
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        (newest,) = database.execute("SELECT hash FROM audit WHERE position = ?", (LAST,)).fetchone()
    signed = json.loads(file.read_text().splitlines()[-1])
    del signed["signature"]
    signed["hash"] = newest
    signed["key_id"] = hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]
    text = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
    file.write_text(json.dumps({**signed, "signature": base64.b64encode(key.sign(text)).decode()}) + "\n")
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    file.with_suffix(".pem").write_bytes(pem)


@pytest.mark.parametrize("field", ["position", "hash", "at", "hub_id", "signature"])
def test_a_checkpoint_that_was_changed_is_not_genuine(
    folder: Path, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    file = checkpoints_of(folder)
    lines = file.read_text().splitlines()
    signed = json.loads(lines[-1])
    signed[field] = signed[field] - 1 if field == "position" else "A" + signed[field][1:] + "A"
    file.write_text("\n".join([*lines[:-1], json.dumps(signed)]) + "\n")
    code, text = said(folder, capsys)
    assert code == 1
    assert "its signature is not genuine" in text


def test_half_a_line_that_a_power_cut_left_hides_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = checkpoints_of(folder)
    first, last = file.read_text().splitlines()
    file.write_text(f"{first}\n{last[:40]}\n{last}\n")
    assert said(folder, capsys)[0] == 0
    change(folder, f"DELETE FROM audit WHERE position = {LAST}")
    assert said(folder, capsys)[0] == 1


@pytest.mark.parametrize("left", ["", "{} \n", "\n\n"])
def test_checkpoints_that_were_taken_out_confirm_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], left: str
) -> None:
    checkpoints_of(folder).write_text(left)
    code, text = said(folder, capsys)
    assert code == 2
    assert "holds no checkpoint" in text


def test_a_line_of_an_export_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        json.dumps({"position": r.position, "record": r.record, "hash": r.hash})
        for r in chain(["a", "b", "c"])
    ]
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join([json.dumps({"hub_id": "h"}), *rows]))
    assert audit_verifier.main([str(file)]) == 0
    for broken in (rows[1][:-5], "[]", "\xff"):
        file.write_text("\n".join([json.dumps({"hub_id": "h"}), rows[0], broken, rows[2]]))
        assert audit_verifier.main([str(file)]) == 1
        assert "Record 2: " in capsys.readouterr().out


@pytest.mark.parametrize("lost", ["checkpoints", "keys", "database"])
def test_what_is_not_there_verifies_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], lost: str
) -> None:
    file = checkpoints_of(folder)
    {"checkpoints": file, "keys": file.with_suffix(".pem"), "database": folder / DATABASE}[lost].unlink()
    code, text = said(folder, capsys)
    assert code == 2
    assert "cannot be read" in text


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe", b"{}", b"[]\n", b"SQLite format 3\0junk"])
def test_what_is_no_record_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "record"
    file.write_bytes(content)
    assert audit_verifier.main([str(file)]) == 2
    assert "neither a hub's database nor an export" in capsys.readouterr().err


def test_the_verifier_stands_alone(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    shutil.copy(audit_verifier.__file__, alone)
    file = checkpoints_of(folder)
    done = subprocess.run(
        [sys.executable, "-I", str(alone), str(folder / DATABASE), "--checkpoints", str(file), "--keys",
         str(file.with_suffix(".pem"))],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert f"All {LAST} records" in done.stdout


def chain(texts: list[str]) -> list[Row]:
    rows, before = [], hashlib.sha256(b"watchfloor audit h").hexdigest()
    for position, text in enumerate(texts, 1):
        record = json.dumps({"position": position, "text": text})
        before = hashlib.sha256(f"{before}\n{record}".encode()).hexdigest()
        rows.append(Row(position, record, before))
    return rows


@given(st.lists(st.text(), min_size=1, max_size=8), st.data())
def test_no_single_deed_goes_unseen_and_none_is_named_too_late(texts: list[str], data: st.DataObject) -> None:
    rows = chain(texts)
    assert verify("h", rows, [], {}).fault is None
    at = data.draw(st.integers(0, len(rows) - 1))
    row = rows[at]
    deed = data.draw(st.sampled_from(["text", "hash", "delete", "twice", "position"]))
    if deed == "delete" and at == len(rows) - 1:
        return
    match deed:
        case "text":
            rows[at] = Row(row.position, row.record + " ", row.hash)
        case "hash":
            rows[at] = Row(row.position, row.record, row.hash[::-1] + "0")
        case "delete":
            del rows[at]
        case "twice":
            rows.insert(at, row)
        case "position":
            rows[at] = Row(row.position + 1, row.record, row.hash)
    verdict = verify("h", rows, [], {})
    assert verdict.fault is not None
    assert verdict.position is not None
    assert verdict.position <= at + 2
