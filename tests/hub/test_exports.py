"""An exported recording: what the hub signs for, and what it refuses (R35)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import THE_HUB
from app.hub.evidence.clocks import offset_of
from app.hub.evidence.exports import covered
from app.hub.leases import end_expired
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import START, Office, in_office
from tests.hub.test_shifts import furnish

pytestmark = ON_BOTH_IN_FULL
NAME = "gate.mkv"
FOOTAGE = bytes(range(256)) * 64
DESK_BEHIND = timedelta(seconds=90)
"""The desk's clock is that much behind the hub's."""
CONSENT = {
    "level": 2,
    "given_by": "Corner Shop",
    "obtained": "signed form",
    "document": "2026/17",
    "valid_from": "2020-01-01T00:00:00Z",
}


async def look(office: Office, bearer: dict[str, str], camera: str = "near", reason: str = "gunshot") -> str:
    wanted = {"camera_id": camera, "quality": "main", "reason": reason}
    answer = await office.http.post("leases", json=wanted, headers=bearer)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def begin_saving(office: Office, bearer: dict[str, str], lease: str) -> Any:
    answer = await office.http.post(f"leases/{lease}/uses", json={"use": "recording"}, headers=bearer)
    assert answer.status_code == 200, answer.text
    return answer.json()


def claim(office: Office, use: dict[str, Any], **changes: object) -> dict[str, object]:
    """Return what a desk tells of half a minute up to the saving."""
    at = datetime.fromisoformat(use["at"]) - DESK_BEHIND
    return {
        "hub_id": use["hub_id"],
        "record": use["record"],
        "name": NAME,
        "size": len(FOOTAGE),
        "sha256": hashlib.sha256(FOOTAGE).hexdigest(),
        "began": (at - timedelta(seconds=30)).isoformat(),
        "ended": at.isoformat(),
        "asked_at": (at - timedelta(seconds=0.1)).isoformat(),
        "took_s": 0.2,
        **changes,
    }


async def export(office: Office, bearer: dict[str, str], told: dict[str, object], status: int = 201) -> Any:
    answer = await office.http.post("exports", json=told, headers=bearer)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_export_of_a_look_that_has_ended_names_the_consent_of_its_time(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        operator = office.bearer("operator")
        await office.http.put("cameras/near/consent", json=CONSENT, headers=supervisor)
        lease = await look(office, operator)
        office.now += timedelta(minutes=1)
        use = await begin_saving(office, operator, lease)
        office.now += timedelta(seconds=1)
        await office.http.delete(f"leases/{lease}", headers=operator)
        office.now += timedelta(hours=1)
        taken_back = {**CONSENT, "level": 1, "given_by": "Heir"}
        await office.http.put("cameras/near/consent", json=taken_back, headers=supervisor)
        told = await export(office, operator, claim(office, use))
        manifest = json.loads(told["manifest"])
        consent = manifest["consent"]
        assert (consent["number"], consent["level"], consent["scope"]) == (1, 2, "always")
        assert (consent["given_by"], consent["document"]) == ("Corner Shop", "2026/17")
        # An answer that was lost is given again; another file is another recording.
        assert await export(office, operator, claim(office, use)) == told
        await export(office, operator, claim(office, use, sha256="0" * 64), 409)
        done = [act for act in await office.acts() if act[0] == "export"]
        assert [act[2] for act in done] == ["done", "refused"]
        assert hashlib.sha256(FOOTAGE).hexdigest() in str(done[0][3])
        params = {"act": "export", "outcome": "done"}
        answer = await office.http.get("audit", params=params, headers=office.bearer("auditor"))
        (record,) = answer.json()["records"]
        assert record["position"] == manifest["audit"]["position"]
        assert record["subject"] == f"export/{use['record']}"

    in_office(tmp_path, scene, tmp_path / "checkpoints")


def test_an_owner_who_left_since_does_not_make_a_recording_the_citys_own(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        operator = office.bearer("operator")
        await office.http.put("cameras/near/consent", json=CONSENT, headers=supervisor)
        made = await office.http.post("owner-links", json={"camera_ids": ["near"]}, headers=supervisor)
        lease = await look(office, operator)
        office.now += timedelta(minutes=1)
        use = await begin_saving(office, operator, lease)
        office.now += timedelta(seconds=1)
        owner = {"Authorization": f"Bearer {made.json()['token']}"}
        assert (await office.http.post("owner/leave", headers=owner)).is_success
        told = await export(office, operator, claim(office, use))
        consent = json.loads(told["manifest"])["consent"]
        assert consent["terms"].startswith("no. 1, level 2, always")
        assert "has left" in consent["why"]
        assert "Corner Shop" not in told["manifest"]
        assert await export(office, operator, claim(office, use)) == told

    in_office(tmp_path, scene, tmp_path / "checkpoints")


def test_a_recording_under_two_consents_or_far_from_its_saving_is_refused(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        operator = office.bearer("operator")
        await office.http.put("cameras/near/consent", json=CONSENT, headers=supervisor)
        for _ in range(4):
            await look(office, operator)
            office.now += timedelta(minutes=4)
        await office.http.put("cameras/near/consent", json=CONSENT, headers=supervisor)
        # Another desk's look goes on at once: there is no gap, and yet another consent.
        lease = await look(office, operator)
        office.now += timedelta(seconds=20)
        use = await begin_saving(office, operator, lease)
        refusal = await export(office, operator, claim(office, use), 409)
        assert "consent changed" in refusal["detail"]
        at = datetime.fromisoformat(use["at"]) - DESK_BEHIND
        long_ago = {
            "began": (at - timedelta(minutes=13)).isoformat(),
            "ended": (at - timedelta(minutes=12)).isoformat(),
        }
        refusal = await export(office, operator, claim(office, use, **long_ago), 409)
        assert "beyond your look" in refusal["detail"]
        lately = (at - timedelta(seconds=19)).isoformat()
        await export(office, operator, claim(office, use, began=lately))

    in_office(tmp_path, scene, tmp_path / "checkpoints")


def test_a_look_whose_end_was_noted_late_holds_nothing_after_its_leave(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        operator = office.bearer("operator")
        until = (office.now + timedelta(minutes=2)).isoformat()
        await office.http.put(
            "cameras/near/consent", json={**CONSENT, "valid_until": until}, headers=supervisor
        )
        lease = await look(office, operator)
        office.now += timedelta(seconds=115)
        use = await begin_saving(office, operator, lease)
        # The hub was away when the look ran out.
        office.now += timedelta(seconds=35)
        await office.hub.journal.write(THE_HUB, end_expired)
        after = datetime.fromisoformat(use["at"]) + timedelta(seconds=25) - DESK_BEHIND
        refusal = await export(office, operator, claim(office, use, ended=after.isoformat()), 409)
        assert "beyond your look" in refusal["detail"]
        await export(office, operator, claim(office, use))

    in_office(tmp_path, scene, tmp_path / "checkpoints")


def test_who_did_not_save_it_or_may_not_export_gets_no_manifest(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        operator, volunteer = office.bearer("operator"), office.bearer("volunteer")
        lease = await look(office, operator)
        use = await begin_saving(office, operator, lease)
        told = claim(office, use, began=(START - DESK_BEHIND).isoformat())
        await export(office, volunteer, told, 403)
        await export(office, office.bearer("supervisor"), told, 404)
        await export(office, operator, {**told, "hub_id": "another"}, 409)
        # A record that is there, and is no saving.
        for record in (use["record"] - 1, use["record"] + 1000):
            await export(office, operator, {**told, "record": record}, 404)
        listened = await office.http.post(f"leases/{lease}/uses", json={"use": "listen"}, headers=operator)
        await export(office, operator, {**told, "record": listened.json()["record"]}, 404)
        for name in ("../x", "a/b", "a\\b", ".x", "", "a\nb"):
            await export(office, operator, {**told, "name": name}, 422)
        for took_s in (-1.0, 1.5e308):
            await export(office, operator, {**told, "took_s": took_s}, 422)
        await export(office, operator, told)

    in_office(tmp_path, scene, tmp_path / "checkpoints")


def test_a_range_that_is_not_within_the_look_is_refused(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        operator = office.bearer("operator")
        lease = await look(office, operator)
        office.now += timedelta(minutes=1)
        use = await begin_saving(office, operator, lease)

        def desk(seconds: float) -> str:
            return (START + timedelta(seconds=seconds) - DESK_BEHIND).isoformat()

        for began, ended in ((-30, 60), (10, 90), (50, 40), (-300, -200)):
            told = claim(office, use, began=desk(began), ended=desk(ended))
            assert "beyond your look" in (await export(office, operator, told, 409))["detail"]
        told = claim(office, use, began="0001-01-01T00:00:00Z", ended="9999-12-31T23:59:59Z")
        await export(office, operator, told, 409)
        await export(office, operator, claim(office, use, began=desk(0), ended=desk(60)))

    in_office(tmp_path, scene, tmp_path / "checkpoints")


def test_a_clock_is_measured_by_half_the_way_or_not_at_all() -> None:
    at = START
    known = offset_of(at + timedelta(seconds=5), at, 4.0)
    assert (known.seconds, known.uncertainty_s) == (3.0, 2.001)
    unknown = offset_of(at, at, 11.0)
    assert unknown.seconds is None
    assert "11.0 s" in unknown.why


@pytest.mark.parametrize(
    ("spans", "is_covered"),
    [
        ([], False),
        ([(0, 60)], True),
        ([(0, 59)], True),
        ([(2, 60)], False),
        ([(0, 30), (29, 60)], True),
        ([(0, 30), (36, 60)], False),
        ([(0, 30), (33, 60)], True),
        ([(0, 60), (10, 20)], True),
        ([(-300, -200), (0, 60)], True),
        ([(-300, -200), (2, 60)], False),
    ],
)
def test_looks_that_follow_each_other_hold_a_range(spans: list[tuple[int, int]], is_covered: bool) -> None:
    def at(second: int) -> datetime:
        return START + timedelta(seconds=second)

    found = covered(
        at(0), at(60), [(at(a), at(b)) for a, b in spans], timedelta(seconds=1), timedelta(seconds=5)
    )
    assert found is is_covered
