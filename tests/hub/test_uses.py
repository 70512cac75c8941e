"""What goes beyond looking needs its own right, a look that goes on, and is on record (R10, R30)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import Office, in_office
from tests.hub.test_shifts import furnish

pytestmark = ON_BOTH_IN_FULL


@pytest.mark.parametrize(
    ("role", "use", "status"),
    [
        ("operator", "replay", 200),
        ("operator", "snapshot", 200),
        ("operator", "recording", 200),
        ("volunteer", "replay", 403),
        ("volunteer", "snapshot", 403),
        ("volunteer", "recording", 403),
        ("volunteer", "listen", 200),
    ],
)
def test_each_use_takes_its_right_and_is_on_record(tmp_path: Path, role: str, use: str, status: int) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        bearer = office.bearer(role)
        wanted = {"camera_id": "near", "quality": "main", "reason": ""}
        lease = (await office.http.post("leases", json=wanted, headers=bearer)).json()["id"]
        path = f"leases/{lease}/uses"
        answer = await office.http.post(path, json={"use": use}, headers=bearer)
        assert answer.status_code == status, answer.text
        uses = [act for act in await office.acts() if act[0] == "look_use"]
        assert uses == [("look_use", role, "done" if status == 200 else "refused", use)]

    in_office(tmp_path, scene)


def test_a_look_that_has_ended_or_is_anothers_is_good_for_nothing(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        one, other = office.bearer("operator"), office.bearer("supervisor")
        wanted = {"camera_id": "near", "quality": "main", "reason": ""}
        lease = (await office.http.post("leases", json=wanted, headers=one)).json()["id"]
        path, body = f"leases/{lease}/uses", {"use": "snapshot"}
        assert (await office.http.post(path, json=body, headers=other)).status_code == 404
        await office.http.delete(f"leases/{lease}", headers=one)
        assert (await office.http.post(path, json=body, headers=one)).status_code == 404
        assert (await office.http.post(path, json={"use": "sell"}, headers=one)).status_code == 422

    in_office(tmp_path, scene)


def test_a_look_whose_time_is_over_is_good_for_nothing_before_the_hub_has_ended_it(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        bearer = office.bearer("operator")
        wanted = {"camera_id": "near", "quality": "main", "reason": ""}
        lease = (await office.http.post("leases", json=wanted, headers=bearer)).json()
        office.now = datetime.fromisoformat(lease["expires_at"])
        path = f"leases/{lease['id']}/uses"
        answer = await office.http.post(path, json={"use": "recording"}, headers=bearer)
        assert (answer.status_code, answer.json()["detail"]) == (404, "This look has ended.")

    in_office(tmp_path, scene)
