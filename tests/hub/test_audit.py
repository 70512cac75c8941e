"""Every act is on record: who, from where, why. Where the record cannot be written nothing happens."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from app.audit_verifier import main as verify
from app.hub.audit import checkpoints
from app.hub.audit.export import write_export
from app.hub.audit.verify_command import main as verify_folder
from app.hub.config import DATABASE
from app.hub.vault import Vault
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_IN_FULL, ON_FILES_ONLY, Chosen
from tests.hub.running_hub import (
    INGEST_TOKEN,
    OPERATOR,
    OPERATOR_TOKEN,
    HubChild,
    MemoryKeyring,
    alert,
    client,
    desk_at_hub,
    running_hub,
    sign_in,
)
from tests.hub.test_leases import CAMERAS, PASSWORD

pytestmark = ON_BOTH_IN_FULL


def records(folder: Path) -> list[dict[str, Any]]:
    found = Chosen.engine.rows(folder, "SELECT record FROM audit ORDER BY position")
    return [json.loads(record) for (record,) in found]


def breaking() -> list[str]:
    """Return what lets nothing be put on record any more."""
    if Chosen.engine.server is None:
        return ["CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'broken'); END"]
    return [
        "CREATE FUNCTION broken() RETURNS trigger AS $$BEGIN RAISE 'broken'; END$$ LANGUAGE plpgsql",
        "CREATE TRIGGER broken BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION broken()",
    ]


def mended() -> str:
    return "DROP TRIGGER broken" if Chosen.engine.server is None else "DROP TRIGGER broken ON audit"


def short(record: dict[str, Any]) -> tuple[str, str, str | None]:
    return record["act"], record["outcome"], record["camera_id"]


def verified(folder: Path) -> int:
    (signed,) = (folder / "checkpoints").glob("*.jsonl")
    keys = signed.with_suffix(".pem")
    record = exported(folder) if Chosen.engine.server else folder / DATABASE
    return verify([str(record), "--checkpoints", str(signed), "--keys", str(keys)])


def exported(folder: Path) -> Path:
    """Return the record as a hub on PostgreSQL exports it."""
    file = folder / "record.jsonl"

    async def write() -> None:
        database = await Chosen.engine.database(folder)
        ((hub_id,),) = Chosen.engine.rows(folder, "SELECT hub_id FROM meta")
        with file.open("w", encoding="utf-8") as out:
            await write_export(database, hub_id, out)
        await database.aclose()

    asyncio.run(write())
    return file


def test_a_shift_is_on_record_from_sign_in_to_the_last_look(tmp_path: Path) -> None:
    async def shift() -> None:
        async with desk_at_hub(tmp_path, vault=Vault(MemoryKeyring())) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            told = await desk.post("alerts", alert())
            incident = (await desk.post("incidents", {"title": "Fire", "alert_id": told["id"]}))["id"]
            await desk.post(f"incidents/{incident}/pins", {"camera_id": "both"})
            await desk.post(f"incidents/{incident}/pins", {"camera_id": "both"})
            wanted = {"camera_id": "both", "quality": "sub", "reason": "fire", "incident_id": incident}
            lease = await desk.post("leases", wanted, 201)
            await desk.delete(f"leases/{lease['id']}")
            await desk.post(f"incidents/{incident}/notes", {"note_id": "n", "text": "Caller is Mrs Zyx"})
            await desk.delete(f"incidents/{incident}/pins/both")
            await desk.post(f"incidents/{incident}/close")

    asyncio.run(shift())
    found = records(tmp_path)
    assert [short(record) for record in found] == [
        ("audit_key", "done", None),
        ("sign_in", "done", None),
        ("cameras_import", "done", None),
        ("alert_send", "done", None),
        ("incident_open", "done", None),
        ("alert_acknowledge", "done", None),
        ("incident_pin", "done", "both"),
        ("look", "done", "both"),
        ("look_end", "done", "both"),
        ("incident_note", "done", None),
        ("incident_unpin", "done", "both"),
        ("incident_close", "done", None),
    ]
    look = found[7]
    assert (look["who"], look["where"], look["reason"]) == (OPERATOR, "127.0.0.1", "fire")
    assert look["incident_id"] == found[4]["subject"].removeprefix("incident/")
    assert look["at"].endswith("Z")
    assert found[0]["who"] == "hub"
    text = json.dumps(found)
    # What was said and what opens a camera is not the record's.
    assert "Zyx" not in text
    assert PASSWORD not in text
    assert verified(tmp_path) == 0


def test_what_is_refused_and_what_the_hub_does_by_itself_is_on_record_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path, vault=Vault(MemoryKeyring())) as ready:
            async with client(ready.port, None) as anybody:
                assert (await anybody.post("session", json={"token": "x" * 20})).status_code == 401
            desk = await sign_in(ready.port)
            async with desk.http:
                await desk.import_cameras("c.json", CAMERAS)
                await desk.post("leases", {"camera_id": "plain", "quality": "main", "reason": ""}, 201)
        # The desk went without a word: the look ends with the hub's next start.
        async with running_hub(tmp_path, vault=Vault(MemoryKeyring())):
            pass

    asyncio.run(scene())
    found = records(tmp_path)
    assert ("sign_in", "refused", None) in [short(record) for record in found]
    refused = next(record for record in found if record["outcome"] == "refused")
    assert refused["who"] == "unknown"
    (end,) = [record for record in found if record["act"] == "look_end"]
    assert (end["who"], end["source"]) == ("hub", "hub")
    assert end["detail"] == f"hub restarted, look of {OPERATOR}"


def test_nobody_looks_while_the_record_cannot_be_written(tmp_path: Path, log_lines: LogLines) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, vault=Vault(MemoryKeyring())) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            Chosen.engine.change(tmp_path, *breaking())
            wanted = {"camera_id": "plain", "quality": "main", "reason": ""}
            answer = await desk.http.post("leases", json=wanted)
            assert answer.status_code == 503
            assert "cannot put this on record" in answer.json()["detail"]
            assert "example.invalid" not in answer.text
            assert (await desk.http.get("health")).json()["record"] == "failing"
            assert Chosen.engine.rows(tmp_path, "SELECT count(*) FROM leases") == [(0,)]
            Chosen.engine.change(tmp_path, mended())
            await desk.post("leases", wanted, 201)
            assert (await desk.http.get("health")).json()["record"] == "ok"

    asyncio.run(scene())
    log_lines.expect("the audit record cannot be written; nobody can act")
    assert verified(tmp_path) == 0


@ON_FILES_ONLY
def test_a_killed_hub_leaves_a_chain_that_goes_on(tmp_path: Path) -> None:
    async def life(kill: bool) -> None:
        child = HubChild(tmp_path)
        ready = await child.start()
        desk = await sign_in(ready["port"])
        async with desk.http:
            await desk.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})
        if kill:
            child.kill()
        else:
            child.let_go()

    asyncio.run(life(kill=True))
    asyncio.run(life(kill=False))
    # Without a vault each run has its own key, and both are trusted.
    assert [record["act"] for record in records(tmp_path)] == ["audit_key", "sign_in", "incident_open"] * 2
    assert verified(tmp_path) == 0


def test_a_vault_keeps_the_key_over_runs(tmp_path: Path) -> None:
    keyring = MemoryKeyring()

    async def lives() -> None:
        for _ in range(2):
            async with running_hub(tmp_path, vault=Vault(keyring)):
                pass

    asyncio.run(lives())
    assert [record["act"] for record in records(tmp_path)] == ["audit_key"]
    assert verified(tmp_path) == 0


def test_checkpoints_come_after_so_many_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST_RECORDS", 3)
    monkeypatch.setattr("app.hub.core.CHECKPOINT_LOOK_S", 0.01)

    def newest_signed() -> int:
        (file,) = (tmp_path / "checkpoints").glob("*.jsonl")
        return int(json.loads(file.read_text().splitlines()[-1])["position"])

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            assert newest_signed() == 1
            for title in "abc":
                await desk.post("incidents", {"title": title, "lat": 1.0, "lon": 2.0})
            # The sign-in and two incidents are three more than the key, which the first one signed.
            await until(lambda: newest_signed() >= 4, 10.0, "another checkpoint")

    asyncio.run(scene())


def test_a_second_place_that_cannot_be_written_is_told_and_stops_nobody(
    tmp_path: Path, log_lines: LogLines
) -> None:
    (tmp_path / "checkpoints").write_text("a file where the folder should be")

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            assert (await desk.http.get("health")).json()["record"] == "unsigned"
            await desk.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})

    asyncio.run(scene())
    for _ in range(2):
        assert "checkpoints" in log_lines.expect("the record's checkpoints cannot be written")["file"]


def test_where_a_request_comes_from_is_nobodys_to_say(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as anybody:
            forged = {"X-Forwarded-For": "the mayor's office", "Forwarded": "for=10.9.9.9"}
            answer = await anybody.post("session", json={"token": "x" * 20}, headers=forged)
            assert answer.status_code == 401

    asyncio.run(scene())
    assert [record["where"] for record in records(tmp_path) if record["act"] == "sign_in"] == ["127.0.0.1"]


def test_a_sign_in_that_could_not_be_put_on_record_can_be_tried_again(
    tmp_path: Path, log_lines: LogLines
) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            Chosen.engine.change(tmp_path, *breaking())
            async with client(ready.port, None) as stranger:
                answer = await stranger.post("session", json={"token": OPERATOR_TOKEN})
                assert answer.status_code == 503
            Chosen.engine.change(tmp_path, mended())
            desk = await sign_in(ready.port)
            await desk.http.aclose()

    asyncio.run(scene())
    log_lines.expect("the audit record cannot be written; nobody can act")


def test_a_record_that_was_destroyed_lets_nobody_act_and_is_not_begun_anew(
    tmp_path: Path, log_lines: LogLines, capsys: pytest.CaptureFixture[str]
) -> None:
    async def life(hub_ids: list[str]) -> None:
        async with running_hub(tmp_path, vault=Vault(MemoryKeyring())) as ready:
            hub_ids.append(ready.hub_id)
            async with client(ready.port, None) as stranger:
                answer = await stranger.post("session", json={"token": OPERATOR_TOKEN})
                health = (await stranger.get("health")).json()["record"]
            assert (answer.status_code, health) == ((200, "ok") if len(hub_ids) == 1 else (503, "failing"))

    hub_ids: list[str] = []
    asyncio.run(life(hub_ids))
    Chosen.engine.change(tmp_path, "DROP TABLE audit")
    asyncio.run(life(hub_ids))
    assert hub_ids[0] == hub_ids[1]
    if Chosen.engine.server is None:
        assert verified(tmp_path) == 2
    while any(line["level"] == "error" for line in log_lines):
        log_lines.expect(next(line["event"] for line in log_lines if line["level"] == "error"))


@ON_FILES_ONLY
def test_a_database_that_was_set_aside_is_on_the_new_ones_record(
    tmp_path: Path, log_lines: LogLines, capsys: pytest.CaptureFixture[str]
) -> None:
    async def life() -> None:
        async with running_hub(tmp_path):
            pass

    asyncio.run(life())
    (tmp_path / DATABASE).write_bytes(b"not a database at all" * 1000)
    asyncio.run(life())
    assert records(tmp_path)[0]["act"] in {"database_set_aside", "audit_key"}
    assert "database_set_aside" in [record["act"] for record in records(tmp_path)]
    assert verify_folder(["--data-dir", str(tmp_path)]) == 1
    assert "set aside or exchanged" in capsys.readouterr().out
    log_lines.expect("the database is damaged and was set aside")


def test_whoever_reaches_for_the_record_is_on_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            for token in (None, "made-up", INGEST_TOKEN):
                async with client(ready.port, token) as somebody:
                    assert (await somebody.get("audit")).status_code in (401, 403)

    asyncio.run(scene())
    denied = [record for record in records(tmp_path) if record["act"] == "denied"]
    assert [(record["who"], record["subject"]) for record in denied] == [("unknown", "GET /audit")] * 3
