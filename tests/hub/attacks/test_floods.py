"""A flood of what is refused costs one record a minute, is counted to the last one, and shuts nobody out."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts.secrets import MOST_WAITING, Passwords
from app.hub.denials import ONE_BY_ONE, Denials
from app.hub.refusals import NoRoomError, TooOftenError
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.office import OWN, QUICK, START, Office, in_office
from tests.hub.running_hub import client, desk_at_hub, running_hub, sign_in
from tests.hub.test_audit import records

FLOOD = 200
Denial = dict[str, Any]


def told_of(records: list[Denial]) -> int:
    """Return how many refusals the records tell of."""
    counted = (re.search(r": (\d+) more since ", record["detail"] or "") for record in records)
    return sum(int(found[1]) if found else 1 for found in counted)


async def denied(office: Office, act: str = "denied") -> list[Denial]:
    answer = await office.http.get("audit", params={"limit": 500}, headers=office.bearer("auditor"))
    found = [record for record in answer.json()["records"] if record["act"] == act]
    return [record for record in found if record["outcome"] == "refused"]


def test_a_flood_of_refusals_is_a_number_on_record_and_exact(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        volunteer = office.bearer("volunteer")
        statuses = []
        for number in range(FLOOD):
            answer = await office.http.post("incidents", json={"title": f"{number}"}, headers=volunteer)
            statuses.append(answer.status_code)
        assert statuses == [403] * ONE_BY_ONE + [429] * (FLOOD - ONE_BY_ONE)
        assert answer.headers["Retry-After"] == "60"
        assert "refused too often" in answer.json()["detail"]
        # Another right, another person, another one's work: none of them is held up.
        assert (await office.http.get("accounts", headers=volunteer)).status_code == 403
        other = office.bearer("volunteer", "auditor")
        assert (await office.http.post("incidents", json={"title": "x"}, headers=other)).status_code == 403
        assert (await office.http.get("snapshot", headers=volunteer)).status_code == 200
        assert len(await denied(office)) == ONE_BY_ONE + 2
        office.now += timedelta(minutes=1)
        await office.hub.denials.sum_up()
        found = await denied(office)
        assert len(found) == ONE_BY_ONE + 3
        assert told_of(found) == FLOOD + 2
        assert (found[0]["who"], found[0]["where"], found[0]["subject"]) == (
            "volunteer", "10.0.0.7", "POST /incidents"
        )  # fmt: skip
        assert (
            found[0]["detail"] == f"incident_open: {FLOOD - ONE_BY_ONE} more since 2026-11-26T09:00:00+00:00"
        )
        # A minute later it begins anew.
        answer = await office.http.post("incidents", json={"title": "x"}, headers=volunteer)
        assert answer.status_code == 403

    in_office(tmp_path, scene)


def test_what_was_counted_is_on_record_when_the_hub_ends(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            for path in ("audit", "session"):
                async with client(ready.port, None) as stranger:
                    for _ in range(FLOOD):
                        ask = (
                            stranger.get(path)
                            if path == "audit"
                            else stranger.post(path, json={"token": "x"})
                        )
                        assert (await ask).status_code in (401, 429)
            desk = await sign_in(ready.port)
            await desk.http.aclose()

    asyncio.run(scene())
    found = [record for record in records(tmp_path) if record["outcome"] == "refused"]
    for act in ("denied", "sign_in"):
        mine = [record for record in found if record["act"] == act]
        assert (len(mine), told_of(mine)) == (ONE_BY_ONE + 1, FLOOD)


def test_wrong_sign_ins_from_one_place_are_turned_away_before_they_cost_anything(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        statuses = []
        for number in range(FLOOD):
            answer = await office.sign_in(f"Nobody {number}", "guess", "000000")
            statuses.append(answer.status_code)
        assert statuses == [401] * ONE_BY_ONE + [429] * (FLOOD - ONE_BY_ONE)
        # Whose account it is cannot be told from it either.
        assert (await office.sign_in("Dana", OWN, office.code(handover))).status_code == 429
        office.now += timedelta(minutes=1)
        assert (await office.sign_in("Dana", OWN, office.code(handover))).status_code == 200
        await office.hub.denials.sum_up()
        assert told_of(await denied(office, "sign_in")) == FLOOD + 1

    in_office(tmp_path, scene)


@pytest.mark.parametrize("path", ["session/proof", "session/unlock"])
def test_wrong_passwords_at_an_open_session_are_turned_away_too(tmp_path: Path, path: str) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        statuses = []
        for _ in range(FLOOD):
            answer = await office.http.post(path, json={"password": "guess"}, headers=bearer)
            statuses.append(answer.status_code)
        assert statuses == [401] * ONE_BY_ONE + [429] * (FLOOD - ONE_BY_ONE)
        office.now += timedelta(minutes=1)
        await office.hub.denials.sum_up()
        assert told_of(await denied(office, path.partition("/")[2])) == FLOOD

    in_office(tmp_path, scene)


def test_a_crowd_of_sign_ins_waits_in_a_short_queue_and_none_is_forgotten(tmp_path: Path) -> None:
    gate = threading.Event()

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
            assert gate.wait(20)
            return QUICK.verify(hash, password)

    async def scene(office: Office) -> None:
        await office.person()
        office.hub.passwords._hasher = Slow(time_cost=1, memory_cost=8, parallelism=1)
        crowd = [asyncio.create_task(office.sign_in("Dana", "guess", "0")) for _ in range(50)]
        await until(lambda: sum(task.done() for task in crowd) == 50 - MOST_WAITING - 1)
        gate.set()
        answers = await asyncio.gather(*crowd)
        assert [a.status_code for a in answers].count(401) == MOST_WAITING + 1
        assert {a.json()["detail"] for a in answers if a.status_code == 429} == {
            "Too many are signing in at this moment."
        }
        await office.hub.denials.sum_up(at_once=True)
        assert told_of(await denied(office, "sign_in")) == 50

    in_office(tmp_path, scene)


def test_a_place_in_the_queue_is_given_back_whatever_happens() -> None:
    async def scene() -> None:
        passwords = Passwords(QUICK)
        for _ in range(3 * MOST_WAITING):
            given_up = asyncio.create_task(passwords.hash("x"))
            await asyncio.sleep(0)
            given_up.cancel()
            await asyncio.gather(given_up, return_exceptions=True)
        assert await passwords.fits("x", await passwords.hash("x"))

    asyncio.run(scene())


class FullJournal:
    """A journal whose disk is full until `has_room` is set."""

    def __init__(self) -> None:
        self.has_room = False
        self.entries: list[AuditEntry] = []

    async def write(self, by: Actor, work: Callable[[Any], Awaitable[None]]) -> None:
        if not self.has_room:
            raise NoRoomError
        await work(self)

    def audit(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


def test_what_cannot_be_written_stays_counted(log_lines: LogLines) -> None:
    journal, now = FullJournal(), [START]
    denials = Denials(journal, lambda: now[0])  # type: ignore[arg-type]
    by, entry = Actor("Dana", "10.0.0.7"), AuditEntry(Act.DENIED, "GET /x", Outcome.REFUSED, detail="live")

    async def scene() -> None:
        for _ in range(3):
            denials.count(by, entry)
        now[0] += timedelta(minutes=1)
        await denials.sum_up()
        denials.count(by, entry)
        journal.has_room = True
        await denials.sum_up()
        await denials.sum_up(at_once=True)
        assert [entry.detail for entry in journal.entries] == ["live: 4 more since 2026-11-26T09:00:00+00:00"]

    asyncio.run(scene())
    assert log_lines.expect("refusals cannot be put on record yet")["count"] == 3


def test_a_clock_that_is_set_back_shuts_nobody_out(tmp_path: Path) -> None:
    journal, now = FullJournal(), [START]
    journal.has_room = True
    denials = Denials(journal, lambda: now[0])  # type: ignore[arg-type]
    by, entry = Actor("Dana", "10.0.0.7"), AuditEntry(Act.DENIED, "GET /x", Outcome.REFUSED)

    async def scene() -> None:
        for _ in range(ONE_BY_ONE):
            await denials.record(by, entry)
        with pytest.raises(TooOftenError):
            await denials.record(by, entry)
        now[0] -= timedelta(hours=3)
        await denials.record(by, entry)

    asyncio.run(scene())


def test_kinds_that_are_over_are_forgotten() -> None:
    journal, now = FullJournal(), [START]
    journal.has_room = True
    denials = Denials(journal, lambda: now[0])  # type: ignore[arg-type]

    async def scene() -> None:
        for number in range(100):
            entry = AuditEntry(Act.DENIED, f"GET /{number}", Outcome.REFUSED)
            await denials.record(Actor("Dana", "10.0.0.7"), entry)
        now[0] += timedelta(minutes=2)
        await denials.sum_up()
        assert not denials._floods

    asyncio.run(scene())


def test_the_hub_sums_up_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.hub.core.DENIALS_LOOK_S", 0.02)
    now = [START]

    async def scene() -> None:
        async with desk_at_hub(tmp_path, now=lambda: now[0]) as desk, client(desk.port, None) as stranger:
            for _ in range(ONE_BY_ONE + 3):
                await stranger.get("audit")
            now[0] += timedelta(minutes=1)
            await until(lambda: any("3 more since" in (r["detail"] or "") for r in records(tmp_path)))

    asyncio.run(scene())
