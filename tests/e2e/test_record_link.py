"""The console's reading of record and consents from a real hub: exports whole or none, refusals by field."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.approval import ApprovalState
from app.domain.audit import Act, Outcome
from app.domain.camera import Quality, StreamKey, Use
from app.domain.consent import Consent, ConsentLevel, ConsentScope, Purpose, Reason, Window
from app.domain.consent_keeping import ConsentEffect
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import CameraId
from app.domain.record import RecordSearch, RecordState
from app.domain.rights import Right
from app.domain.unfit_input import UnfitInputError
from app.domain.week import Week
from app.sources.hub_approvals import HubApprovals
from app.sources.hub_consents import HubConsents
from app.sources.hub_health import HubHealth
from app.sources.hub_record import HubRecord
from app.sources.hub_rest import HubRest
from app.wire.hub import LeaseIn
from tests.conftest import LogLines
from tests.hub.running_hub import OPERATOR_TOKEN, running_hub
from tests.hub.test_leases import CAMERAS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLAIN = CameraId("plain")
ALWAYS = Consent(ConsentLevel.LIVE, ConsentScope.ALWAYS, "Shop", "form", datetime(2026, 1, 1, tzinfo=UTC))


class At:
    def __init__(self) -> None:
        self.now = NOW


def linked(folder: Path, scene: Callable[[HubRest, At], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        at, rest = At(), HubRest()
        async with running_hub(folder, now=lambda: at.now, **settings) as ready:
            try:
                await rest.sign_in(f"http://127.0.0.1:{ready.port}", OPERATOR_TOKEN)
                plan = await rest.plan_import(
                    "c.json", CAMERAS.encode() if isinstance(CAMERAS, str) else CAMERAS
                )
                await rest.apply_import(plan.token)
                await scene(rest, at)
            finally:
                await rest.aclose()

    asyncio.run(run())


def test_the_record_is_read_searched_reviewed_and_exported(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"

    async def scene(rest: HubRest, at: At) -> None:
        record = HubRecord(rest)
        found = await record.records(RecordSearch(person="Dana Operator"), None)
        assert [r.act for r in found] == ["cameras_import", "sign_in"]
        assert [r.act for r in await record.records(RecordSearch(act=Act.SIGN_IN), None)] == ["sign_in"]
        refused = RecordSearch(outcome=Outcome.REFUSED, since=NOW, until=NOW + timedelta(days=1))
        assert await record.records(refused, None) == ()
        assert [r.position for r in await record.records(RecordSearch(), found[1].position)] == [1]
        assert await record.looks("plain", None) == ()
        at.now = NOW + timedelta(days=7)
        name = str(Week.of(NOW))
        assert [week.name for week in await record.weeks(None)] == [str(Week.of(at.now)), name]
        await record.sign_off(name, "Nothing.")
        signed = (await record.week(name)).week.sign_off
        assert signed is not None
        assert (signed.who, signed.comment) == ("Dana Operator", "Nothing.")
        with pytest.raises(OperatorError, match="was signed off by Dana Operator already"):
            await record.sign_off(name, "Again.")
        seen: list[tuple[int, int]] = []
        file.write_text("from before")
        done = await record.export(RecordSearch(act=Act.SIGN_IN), file, lambda n, of: seen.append((n, of)))
        assert (done.records, seen[-1]) == (1, (1, 1))
        assert hashlib.sha256(file.read_bytes()).hexdigest() == done.sha256
        (whole,) = (r for r in await record.records(RecordSearch(), None) if r.detail.startswith("whole"))
        assert done.sha256 in whole.detail

    linked(tmp_path, scene)
    assert file.read_bytes().count(b"\r\n") == 2
    assert not list(tmp_path.glob("*.part"))


def test_an_export_that_breaks_off_leaves_the_file_as_it_was(tmp_path: Path, log_lines: LogLines) -> None:
    file = tmp_path / "out.csv"
    file.write_text("from before")

    async def scene(rest: HubRest, _at: At) -> None:
        # The first record of the export can be written; the one with its hash cannot.
        with closing(sqlite3.connect(tmp_path / "watchfloor.sqlite")) as database:
            database.execute(
                "CREATE TRIGGER broken BEFORE INSERT ON audit WHEN new.record LIKE '%whole:%'"
                " BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        with pytest.raises(SourceError, match="broke off"):
            await HubRecord(rest).export(RecordSearch(), file, lambda *_: None)
        assert await HubHealth(rest).state() is RecordState.FAILING
        with pytest.raises(OperatorError, match="cannot be written"):
            await HubRecord(rest).export(RecordSearch(), tmp_path / "no" / "folder.csv", lambda *_: None)

    linked(tmp_path, scene)
    assert file.read_text() == "from before"
    assert not list(tmp_path.glob(".*part"))
    log_lines.expect("the audit record cannot be written; nobody can act")
    log_lines.expect("request failed")


def test_consents_are_recorded_read_and_refused_by_field(tmp_path: Path) -> None:
    hours = Consent(
        ConsentLevel.LIVE, ConsentScope.HOURS, "Shop", "phone", ALWAYS.valid_from, None, "f 1",
        (Window(0, 0, 1440), Window(6, 61, 62)), "Europe/Berlin",
    )  # fmt: skip

    async def scene(rest: HubRest, _at: At) -> None:
        consents = HubConsents(rest)
        assert await consents.history(PLAIN) == ()
        assert await consents.record(PLAIN, ALWAYS) == ConsentEffect()
        look = LeaseIn(camera_id="plain", quality=Quality.MAIN, reason="gunshot")
        answer = await rest.call("POST", "leases", look)
        assert answer.status_code == 201
        assert await consents.record(PLAIN, hours) == ConsentEffect(1)
        assert [(c.number, c.consent) for c in await consents.history(PLAIN)] == [(2, hours), (1, ALWAYS)]
        (private,) = await consents.private_cameras()
        assert (private.camera_id, private.scope) == ("plain", "hours")
        unfit = Consent(ConsentLevel.LIVE, ConsentScope.HOURS, "", "x", ALWAYS.valid_from, zone="Nowhere")
        with pytest.raises(UnfitInputError) as refused:
            await consents.record(PLAIN, unfit)
        assert {field for field, _ in refused.value.fields} == {"given_by", "zone"}
        assert len(await consents.history(PLAIN)) == 2
        with pytest.raises(OperatorError, match="no such camera"):
            await consents.history(CameraId("nowhere"))

    linked(tmp_path, scene)


def test_a_request_for_a_second_person_is_told_and_is_not_ones_own_to_answer(tmp_path: Path) -> None:
    async def scene(rest: HubRest, _at: At) -> None:
        await HubConsents(rest).record(PLAIN, ALWAYS)
        key = StreamKey(PLAIN, Quality.MAIN)
        lease = await rest.lease(key, Purpose(Reason.GUNSHOT))
        with pytest.raises(OperatorError, match="second person has to agree"):
            await rest.use_lease(lease.id, Use.RECORDING)
        (told,) = await HubApprovals(rest).requests()
        approval = told.approval
        assert (approval.right, approval.who, approval.reason) == (Right.EXPORT, "Dana Operator", "gunshot")
        assert (told.mine, told.camera_name, approval.asked_at) == (True, "Plain", NOW)
        assert approval.state is ApprovalState.ASKED
        with pytest.raises(OperatorError, match="own request"):
            await HubApprovals(rest).answer(approval.id, agree=True)

    linked(tmp_path, scene, second_person=frozenset({Right.EXPORT}))
