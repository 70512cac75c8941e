"""The weekly review: what a week holds, one signature under it, and who looked at one camera."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.domain.week import Week
from app.hub.core import Hub
from app.hub.db.tables import audit
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NoRecordError
from tests.conftest import LogLines
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.test_rights import Room, in_room

pytestmark = ON_BOTH_IN_FULL

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""A Tuesday of the week 2026-W48."""


class Times:
    """A hub's clock that a test moves."""

    def __init__(self, hub: Hub) -> None:
        self.at = NOW
        hub.now = hub.journal._now = lambda: self.at


async def act(room: Room, who: str, *entries: AuditEntry) -> None:
    async def work(uow: UnitOfWork) -> None:
        for entry in entries:
            uow.audit(entry)

    await room.hub.journal.write(Actor(who, "10.0.0.7"), work)


async def get(room: Room, path: str, status: int = 200, **search: Any) -> Any:
    headers = {"Authorization": f"Bearer {room.token('auditor')}"}
    answer = await room.http.get(f"/api/v1/audit/{path}", params=search, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


async def sign(room: Room, week: str, status: int, comment: str = "Nothing unusual.") -> Any:
    headers = {"Authorization": f"Bearer {room.token('auditor')}"}
    answer = await room.http.post(f"/api/v1/audit/reviews/{week}", json={"comment": comment}, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def last_row(room: Room, act: str) -> dict[str, Any]:
    async with room.hub.database.reading() as reading:
        query = sa.select(audit).where(audit.c.act == act).order_by(audit.c.position.desc()).limit(1)
        return dict((await reading.rows(query))[0])


def look(camera: str, outcome: Outcome = Outcome.DONE) -> AuditEntry:
    return AuditEntry(Act.LOOK, f"lease/{camera}", outcome, camera_id=camera, reason="gunshot")


def test_a_week_is_told_in_counts(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        times = Times(room.hub)
        times.at = NOW - timedelta(days=7)
        await act(room, "ben", look("a"), look("a"), look("b"), look("c", Outcome.REFUSED))
        await act(room, "ann", look("b"), AuditEntry(Act.DENIED, "GET /x", Outcome.REFUSED))
        times.at = NOW
        await act(room, "ann", look("z"))
        told = await get(room, "reviews/2026-W47")
        assert told["acts"] == [
            {"act": "denied", "done": 0, "refused": 1},
            {"act": "look", "done": 4, "refused": 1},
        ]
        assert [(c["name"], c["count"]) for c in told["looks_by_camera"]] == [("a", 2), ("b", 2)]
        assert [(c["name"], c["count"]) for c in told["looks_by_person"]] == [("ben", 3), ("ann", 1)]
        assert [(c["name"], c["count"]) for c in told["refused_by_person"]] == [("ann", 1), ("ben", 1)]
        weeks = (await get(room, "reviews"))["weeks"]
        assert [(w["week"], w["over"], w["records"], w["refused"]) for w in weeks] == [
            ("2026-W48", False, 3, 0),  # the two readings among it
            ("2026-W47", True, 6, 2),
        ]
        assert (weeks[1]["begin"], weeks[1]["end"]) == ("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z")
        older = await get(room, "reviews", before="2026-W48", limit=1)
        assert [w["week"] for w in older["weeks"]] == ["2026-W47"]
        assert (await get(room, "reviews", before="2026-W47"))["weeks"] == []
        assert (await last_row(room, "audit_read"))["who"] == "auditor"

    in_room(tmp_path, scene)


def test_a_week_is_signed_off_once_up_to_its_last_record(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        times = Times(room.hub)
        times.at = NOW - timedelta(days=7)
        await act(room, "ben", look("a"), look("b"))
        covered = await last_row(room, "look")
        times.at = NOW
        await act(room, "ben", look("later"))
        await sign(room, "2026-W47", 204, "  Two looks, both for the shooting. ")
        (week,) = [w for w in (await get(room, "reviews"))["weeks"] if w["week"] == "2026-W47"]
        assert week["sign_off"] == {
            "who": "auditor",
            "at": "2026-11-24T12:00:00Z",
            "comment": "Two looks, both for the shooting.",
            "position": 2,
            "hash": covered["hash"],
        }
        record = json.loads((await last_row(room, "audit_review"))["record"])
        digest = hashlib.sha256(b"Two looks, both for the shooting.").hexdigest()
        assert (record["who"], record["subject"]) == ("auditor", "review/2026-W47")
        assert record["detail"] == f"up to no. 2, hash {covered['hash']}, comment sha256 {digest}"
        refusal = await sign(room, "2026-W47", 409, "Again.")
        assert refusal["detail"] == "The week 2026-W47 was signed off by auditor already."

    in_room(tmp_path, scene)


@pytest.mark.parametrize(
    ("week", "status", "words"),
    [
        ("2026-W48", 409, "is not over"),
        ("2026-W49", 409, "is not over"),
        ("2026-W40", 404, "has nothing of the week"),
        ("2025-W53", 422, "no such week"),
        ("2026-W00", 422, "pattern"),
        ("2026-48", 422, "pattern"),
    ],
)
def test_only_a_week_that_is_over_and_on_record_is_signed_off(
    tmp_path: Path, week: str, status: int, words: str
) -> None:
    async def scene(room: Room) -> None:
        Times(room.hub)
        await act(room, "ben", look("a"))
        assert words in json.dumps(await sign(room, week, status))
        assert all(w["sign_off"] is None for w in (await get(room, "reviews"))["weeks"])

    in_room(tmp_path, scene)


def test_a_review_needs_words(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        Times(room.hub)
        told = await sign(room, "2026-W47", 422, "   ")
        assert told["detail"][0]["field"] == "comment"

    in_room(tmp_path, scene)


def test_a_week_is_not_signed_off_where_that_cannot_be_put_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    async def scene(room: Room) -> None:
        times = Times(room.hub)
        times.at = NOW - timedelta(days=7)
        await act(room, "ben", look("a"))
        times.at = NOW

        async def fails(_: UnitOfWork) -> None:
            raise NoRecordError

        with monkeypatch.context() as broken:
            broken.setattr(UnitOfWork, "_write_records", fails)
            await sign(room, "2026-W47", 503)
        assert all(w["sign_off"] is None for w in (await get(room, "reviews"))["weeks"])

    in_room(tmp_path, scene)
    log_lines.expect("the audit record cannot be written; nobody can act")


def test_who_looked_at_a_camera_when_what_for_and_how_long(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        times = Times(room.hub)

        async def at_second(second: int, who: str, *entries: AuditEntry) -> None:
            times.at = NOW + timedelta(seconds=second)
            await act(room, who, *entries)

        def entry(kind: Act, lease: str, **more: Any) -> AuditEntry:
            return AuditEntry(kind, f"lease/{lease}", camera_id="c", **more)

        await at_second(0, "ben", entry(Act.LOOK, "1", reason="gunshot", incident_id="i"))
        await at_second(10, "ann", entry(Act.LOOK, "2", reason=""))
        await at_second(15, "ann", look("other"))
        await at_second(20, "volunteer", AuditEntry(Act.LOOK, "camera/c", Outcome.REFUSED, camera_id="c"))
        await at_second(40, "hub", entry(Act.LOOK_END, "1", detail="revoked, look of ben"))
        looks = (await get(room, "looks", camera_id="c"))["looks"]
        assert [
            (v["who"], v["outcome"], v["reason"], v["incident_id"], v["seconds"], v["because"]) for v in looks
        ] == [
            ("volunteer", "refused", "", None, None, ""),
            ("ann", "done", "", None, None, ""),
            ("ben", "done", "gunshot", "i", 40.0, "revoked"),
        ]
        assert (looks[2]["at"], looks[2]["where"]) == ("2026-11-24T12:00:00Z", "10.0.0.7")
        first = (await get(room, "looks", camera_id="c", limit=2))["looks"]
        rest = (await get(room, "looks", camera_id="c", limit=2, before=first[-1]["position"]))["looks"]
        assert [v["who"] for v in first + rest] == ["volunteer", "ann", "ben"]
        record = json.loads((await last_row(room, "audit_read"))["record"])
        assert (record["subject"], record["camera_id"]) == ("looks", "c")

    in_room(tmp_path, scene)


def test_the_end_of_a_look_is_found_however_many_stand_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hub.db.look_book._PAGE", 3)

    async def scene(room: Room) -> None:
        times = Times(room.hub)

        def entry(kind: Act, lease: int) -> AuditEntry:
            return AuditEntry(kind, f"lease/{lease}", camera_id="c", detail="released, look of ben")

        await act(room, "ben", *(entry(Act.LOOK, n) for n in range(8)))
        times.at = NOW + timedelta(minutes=5)
        await act(room, "ben", *(entry(Act.LOOK_END, n) for n in range(8)))
        looks = (await get(room, "looks", camera_id="c"))["looks"]
        assert [look["seconds"] for look in looks] == [300.0] * 8

    in_room(tmp_path, scene)


@pytest.mark.parametrize(
    ("at", "week"),
    [
        ("2026-11-23T00:00:00+00:00", "2026-W48"),
        ("2026-11-22T23:59:59+00:00", "2026-W47"),
        ("2026-11-22T20:00:00-05:00", "2026-W48"),
        ("2027-01-03T12:00:00+00:00", "2026-W53"),
    ],
)
def test_weeks_begin_on_monday_in_utc(at: str, week: str) -> None:
    moment = datetime.fromisoformat(at)
    found = Week.of(moment)
    assert str(found) == week
    assert found == Week.parse(week)
    assert found.begin <= moment < found.end
    assert found.earlier(1).end == found.begin
