"""Sessions as the database keeps them: nobody comes to life again, nothing stays in hands that are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.audit import THE_HUB, Act, AuditEntry
from app.domain.shift import Shift
from app.hub import session_care
from app.hub.db.database import Rows
from app.hub.db.shift_book import shifts_by_id
from app.hub.db.tables import sessions
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NoDatabaseError
from app.hub.sessions import Session, key_of
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.office import OWN, Office, in_office
from tests.hub.running_hub import alert
from tests.hub.test_shifts import furnish, volunteer

pytestmark = ON_BOTH_ENGINES


async def kept(office: Office) -> list[str]:
    async with office.hub.database.reading() as reading:
        return [row["user"] for row in await reading.rows(sa.select(sessions.c.user))]


async def in_hand(office: Office, bearer: dict[str, str]) -> str:
    """Send an alert, let somebody see to it, and return its id."""
    sent = await office.http.post("alerts", json=alert(), headers=office.bearer("operator"))
    alert_id = str(sent.json()["id"])
    assert (await office.http.post(f"alerts/{alert_id}/acknowledge", headers=bearer)).status_code == 204
    return alert_id


async def state(office: Office) -> str:
    (one,) = (await office.http.get("snapshot", headers=office.bearer("operator"))).json()["alerts"]
    return str(one["status"])


def forget(office: Office, user: str) -> Session:
    """Let the hub forget a person's session, which stays kept: as one that another hub made."""
    (session,) = office.hub.sessions.of(user)
    office.hub.sessions.end(session)
    return session


def test_a_session_that_ends_while_it_is_looked_up_stays_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        session = forget(office, "Dana")

        async def ended_meanwhile(rows: Rows, shift_ids: Collection[str]) -> dict[str, Shift]:
            # What was read until now holds it still.
            monkeypatch.setattr(session_care, "shifts_by_id", shifts_by_id)
            await office.hub.end_session(session, THE_HUB, Act.SESSION_END, "Over.")
            return await shifts_by_id(rows, shift_ids)

        monkeypatch.setattr(session_care, "shifts_by_id", ended_meanwhile)
        await office.hub.care.recall(key_of(bearer["Authorization"].removeprefix("Bearer ")))
        assert office.hub.sessions.of("Dana") == []
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401

    in_office(tmp_path, scene)


def test_a_session_whose_time_went_by_while_no_hub_ran_ends_on_record_and_holds_nothing_back(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        office = Office()
        async with office.open(tmp_path):
            await furnish(office)
            await in_hand(office, await volunteer(office))
        office.now += timedelta(hours=20)
        async with office.open(tmp_path):
            assert office.hub.sessions.of("Vera") == []
            await office.hub.tend_sessions()
            assert await kept(office) == []
            assert await state(office) == "new"
            ends = [act for act in await office.acts() if act[0] == "session_end"]
            assert [(who, detail) for _, who, _, detail in ends] == [
                ("hub", "of Vera: Your shift has ended.")
            ]

    asyncio.run(scene())


def test_who_another_hub_has_ended_does_not_keep_the_alerts_here(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        first, second = await volunteer(office), await office.enter("Vera")
        await in_hand(office, first)
        key = key_of(first["Authorization"].removeprefix("Bearer "))

        async def elsewhere(uow: UnitOfWork) -> None:
            await uow.change(sa.delete(sessions).where(sessions.c.key == key))
            uow.audit(AuditEntry(Act.SESSION_END, "session/x"))
            uow.record("test", "x", {})

        # The other hub's event has not come yet: this one still has the session in memory.
        await office.hub.journal.write(THE_HUB, elsewhere)
        assert len(office.hub.sessions.of("Vera")) == 2
        assert (await office.http.delete("session", headers=second)).status_code == 204
        assert await state(office) == "new"

    in_office(tmp_path, scene)


def test_who_is_still_signed_in_elsewhere_keeps_the_alerts(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        first = await volunteer(office)
        await in_hand(office, first)
        forget(office, "Vera")
        second = await office.enter("Vera")
        assert (await office.http.delete("session", headers=second)).status_code == 204
        assert await state(office) == "acknowledged"

    in_office(tmp_path, scene)


def test_the_sessions_are_tended_on_after_the_database_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(session_care, "SWEEP_S", 0.01)

    async def away(*_: object) -> dict[str, Shift]:
        asked.append(None)
        raise NoDatabaseError

    async def scene(office: Office) -> None:
        bearer = await volunteer(office)
        monkeypatch.setattr(session_care, "shifts_by_id", away)
        await until(lambda: len(asked) > 20, what="sweeps that fail")
        told = [line["event"] for line in log_lines if line["level"] == "warning"]
        assert len(told) == 1, "once, not at every sweep"
        monkeypatch.setattr(session_care, "shifts_by_id", shifts_by_id)
        office.now += timedelta(hours=1)
        await until(lambda: office.hub.sessions.of("Vera") == [], what="the end of the session")
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401

    in_office(tmp_path, scene)


def test_a_desk_stays_locked_when_its_unlocking_cannot_be_put_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise NoDatabaseError

    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        await office.http.post("session/lock", headers=bearer)
        with monkeypatch.context() as patched:
            patched.setattr(UnitOfWork, "settle", fails)
            answer = await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
            assert answer.status_code == 503
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 423

    in_office(tmp_path, scene)


def test_a_sign_out_that_cannot_be_put_on_record_is_put_there_as_soon_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise NoDatabaseError

    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        with monkeypatch.context() as patched:
            patched.setattr(UnitOfWork, "settle", fails)
            assert (await office.http.delete("session", headers=bearer)).status_code == 503
            await office.hub.tend_sessions()
            assert await kept(office) == ["Dana"]
        await office.hub.tend_sessions()
        # Neither a hub that starts again nor one beside it takes the session up.
        assert await kept(office) == []
        assert (await office.acts())[-1] == ("sign_out", "Dana", "done", "of Dana: You have signed out.")

    in_office(tmp_path, scene)
