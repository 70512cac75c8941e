"""What the console tells a real hub of what owners are told, and reads back from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.audit import Act
from app.domain.errors import OperatorError, SourceError
from app.domain.incident import HeldBack
from app.domain.owner_telling import OwnerTerms
from app.domain.record import RecordSearch
from app.sources.hub_owner_telling import HubOwnerTelling
from app.sources.hub_record import HubRecord
from app.sources.hub_rest import HubRest
from tests.e2e.test_proof_at_the_desk import PASSWORD, at_desk
from tests.e2e.test_record_link import NOW, At, linked
from tests.fakes.waiting import run


def test_an_incident_is_held_back_until_it_is_closed(tmp_path: Path) -> None:
    async def scene(rest: HubRest, _at: At) -> None:
        telling = HubOwnerTelling(rest)
        incident_id = await rest.open_incident("Case / 1", None, None)

        async def held() -> HeldBack | None:
            (incident,) = (await rest.snapshot()).incidents
            return incident.held_back

        assert await held() is None
        await telling.hold_back(incident_id)
        assert await held() == HeldBack("Dana Operator", NOW)
        await telling.tell(incident_id)
        assert await held() is None
        marks = await HubRecord(rest).records(RecordSearch(act=Act.INCIDENT_WITHHOLD), None)
        assert [mark.detail for mark in marks] == ["told to owners", "kept from owners while it is open"]
        await rest.close_incident(incident_id)
        with pytest.raises(OperatorError, match="is closed") as refused:
            await telling.hold_back(incident_id)
        assert refused.value.hint == "Owners are told of its looks already."

    linked(tmp_path, scene)


def test_terms_are_read_and_set_and_not_known_when_the_hub_is_away(tmp_path: Path) -> None:
    async def scene(rest: HubRest, _at: At) -> None:
        telling = HubOwnerTelling(rest)
        assert await telling.terms() == OwnerTerms()
        wanted = OwnerTerms(tells_names=False, tells_titles=False, delay_hours=24 * 366)
        await telling.set_terms(wanted)
        assert await telling.terms() == wanted
        (record,) = await HubRecord(rest).records(RecordSearch(act=Act.OWNER_TERMS), None)
        assert record.detail == "roles, incidents' numbers, after 8784 h"
        rest.reach("http://127.0.0.1:9")
        with pytest.raises(SourceError):
            await telling.terms()

    linked(tmp_path, scene)


def test_terms_are_set_once_the_person_has_proved_who_they_are(tmp_path: Path) -> None:
    async def play() -> None:
        async with at_desk(tmp_path) as desk:
            telling = HubOwnerTelling(desk.rest)
            desk.proof.ask_by(desk.answer)
            desk.types = [None]
            with pytest.raises(OperatorError, match="Sign in again to"):
                await telling.set_terms(OwnerTerms(delay_hours=2))
            # To read them asks for nothing.
            assert await telling.terms() == OwnerTerms()
            assert len(desk.asked) == 1
            desk.types = [PASSWORD]
            await telling.set_terms(OwnerTerms(delay_hours=2))
            assert await telling.terms() == OwnerTerms(delay_hours=2)
            assert len(desk.asked) == 2

    run(play(), 60)
