"""The record as a file: on record itself, whole or told from a whole one, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub import record_export
from app.hub.db.audit_book import Search
from app.hub.db.database import Reading
from app.hub.db.tables import audit
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.record_export import Export
from app.hub.refusals import NoRecordError
from tests.conftest import LogLines
from tests.hub.engines import ON_BOTH_IN_FULL, Chosen
from tests.hub.test_audit import breaking, mended
from tests.hub.test_rights import Room, in_room

pytestmark = ON_BOTH_IN_FULL

EXPORT = "/api/v1/audit/export"


async def act(room: Room, *entries: AuditEntry, who: str = "dana") -> None:
    async def work(uow: UnitOfWork) -> None:
        for entry in entries:
            uow.audit(entry)

    await room.hub.journal.write(Actor(who, "127.0.0.1"), work)


async def export(room: Room, **search: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {room.token('auditor')}"}
    answer = await room.http.get(EXPORT, params=search, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def exports_on_record(room: Room) -> list[dict[str, Any]]:
    async with room.hub.database.reading() as reading:
        query = sa.select(audit.c.record).where(audit.c.act == "audit_export").order_by(audit.c.position)
        return [json.loads(row["record"]) for row in await reading.rows(query)]


def test_an_export_has_what_was_searched_and_is_on_record_with_its_hash(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        note = 'said "no",\r\nthen left – Zoë'
        await act(room, AuditEntry(Act.LOOK, "lease/1", camera_id="c", reason="gunshot"))
        await act(room, AuditEntry(Act.DENIED, "GET /x", Outcome.REFUSED, detail=note), who="ben")
        answer = await export(room, person="ben")
        assert answer.content.startswith(b"\xef\xbb\xbfposition,at,who,")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["x-watchfloor-records"] == "1"
        (row,) = rows(answer)
        assert (row["who"], row["act"], row["outcome"], row["detail"]) == ("ben", "denied", "refused", note)
        assert answer.content.endswith(row["hash"].encode() + b"\r\n")
        begun, whole = await exports_on_record(room)
        assert (begun["who"], begun["detail"]) == ("auditor", "person ben: 1 records up to no. 2")
        digest = hashlib.sha256(answer.content).hexdigest()
        assert whole["detail"] == f"whole: 1 records, file sha256 {digest}"

    in_room(tmp_path, scene)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({}, ["look", "look", "denied"]),
        ({"act": "look"}, ["look", "look"]),
        ({"outcome": "refused"}, ["look", "denied"]),
        ({"act": "look", "outcome": "refused"}, ["look"]),
        ({"camera_id": "c"}, ["look"]),
    ],
)
def test_act_and_outcome_narrow_what_is_found(
    tmp_path: Path, search: dict[str, str], found: list[str]
) -> None:
    async def scene(room: Room) -> None:
        # What a person wrote must not pass for an outcome.
        lie = '","outcome":"refused","'
        await act(
            room,
            AuditEntry(Act.LOOK, "lease/1", camera_id="c", reason=lie),
            AuditEntry(Act.LOOK, "camera/d", Outcome.REFUSED, camera_id="d"),
            AuditEntry(Act.DENIED, "GET /x", Outcome.REFUSED),
        )
        assert [row["act"] for row in rows(await export(room, **search))] == found
        headers = {"Authorization": f"Bearer {room.token('auditor')}"}
        search["until"] = "2999-01-01T00:00:00Z"
        told = (await room.http.get("/api/v1/audit", params=search, headers=headers)).json()["records"]
        assert [record["act"] for record in told if "audit_" not in record["act"]] == found[::-1]

    in_room(tmp_path, scene)


@pytest.mark.parametrize(
    "reason", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1+1", "=cmd|'/C calc'!A0"]
)
def test_no_cell_is_a_formula_to_a_spreadsheet(tmp_path: Path, reason: str) -> None:
    async def scene(room: Room) -> None:
        await act(room, AuditEntry(Act.LOOK, "lease/1", reason=reason), who="=2+2")
        (row,) = rows(await export(room))
        assert (row["reason"], row["who"]) == (f"'{reason}", "'=2+2")
        assert row["position"] == "1"

    in_room(tmp_path, scene)


def test_a_record_that_somebody_broke_is_shown_as_it_is(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await act(room, AuditEntry(Act.LOOK, "lease/1"), AuditEntry(Act.LOOK, "lease/2"))
        Chosen.engine.change(tmp_path, "UPDATE audit SET record = '[1' WHERE position = 1")
        broken, good = rows(await export(room))
        assert (broken["position"], broken["detail"]) == ("1", "unreadable: [1")
        assert good["subject"] == "lease/2"

    in_room(tmp_path, scene)


def test_an_export_holds_a_page_at_a_time_and_ends_where_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_export, "PAGE", 2)

    async def scene(room: Room) -> None:
        await act(room, *(AuditEntry(Act.LOOK, f"lease/{n}") for n in range(5)))
        most = 0
        real = Reading.rows

        async def counted(reading: Reading, query: sa.Select[Any]) -> Any:
            nonlocal most
            found = await real(reading, query)
            most = max(most, len(found))
            return found

        monkeypatch.setattr(Reading, "rows", counted)
        whole = await Export.begin(room.hub.database, room.hub.journal, Actor("ann", "x"), Search())
        parts = []
        async for part in whole.chunks():
            parts.append(part)
            # What is done meanwhile, the export's own record among it, is not of this file.
            await act(room, AuditEntry(Act.LOOK, "lease/late"))
        assert most == 2
        found = list(csv.DictReader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))
        assert [row["subject"] for row in found] == [f"lease/{n}" for n in range(5)]

    in_room(tmp_path, scene)


async def _take(export: Export, sent: list[bytes]) -> None:
    async for part in export.chunks():
        sent.append(part)


def test_no_byte_leaves_that_could_not_be_put_on_record(tmp_path: Path, log_lines: LogLines) -> None:
    async def scene(room: Room) -> None:
        await act(room, AuditEntry(Act.LOOK, "lease/1"))
        headers = {"Authorization": f"Bearer {room.token('auditor')}"}
        begun = await Export.begin(room.hub.database, room.hub.journal, Actor("ann", "x"), Search())
        Chosen.engine.change(tmp_path, *breaking())
        answer = await room.http.get(EXPORT, headers=headers)
        assert answer.status_code == 503
        assert "lease/1" not in answer.text
        # One that began before does not get whole: its last part is kept back.
        sent: list[bytes] = []
        with pytest.raises(NoRecordError):
            await _take(begun, sent)
        assert b"lease/1" not in b"".join(sent)
        Chosen.engine.change(tmp_path, mended())

    in_room(tmp_path, scene)
    for _ in range(2):
        log_lines.expect("the audit record cannot be written; nobody can act")
