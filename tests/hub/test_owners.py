"""Owners of private cameras: what their link opens, and that it opens nothing else (R40)."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import Act
from app.domain.errors import OperatorError
from app.domain.ids import CameraId
from app.domain.scope import Grant, Reach, Scope
from app.hub.redaction import View
from app.hub.rights_table import endpoints
from app.hub.vault import Vault
from app.sources.hub_owner_links import HubOwnerLinks
from app.sources.hub_rest import HubRest
from app.wire.hub import SessionOut
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import Office, in_office, live
from tests.hub.running_hub import Desk, MemoryKeyring, client, desk_at_hub
from tests.hub.test_leases import CAMERAS
from tests.hub.test_rights import Message

pytestmark = ON_BOTH_IN_FULL

GIVEN = {"level": 2, "given_by": "Ada Owner", "obtained": "signed form", "valid_from": "2026-01-01T00:00:00Z"}
LOOK = {"camera_id": "plain", "quality": "main", "reason": "gunshot"}
NORTH = Scope(groups=frozenset({"north"}))
SAID = "<img src=x onerror=alert(1)>"


async def furnish(office: Office) -> None:
    """Import the cameras and record two owners' consents."""
    plan = await office.http.post("cameras/import?name=c", content=CAMERAS, headers=office.admin)
    await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)
    for camera_id, owner in (("plain", "Ada Owner"), ("one", "Ben Other")):
        await done(office, "PUT", f"cameras/{camera_id}/consent", office.admin, GIVEN | {"given_by": owner})


async def done(
    office: Office, method: str, path: str, headers: dict[str, str], body: object = None, status: int = 0
) -> Any:
    answer = await office.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == status if status else answer.is_success, answer.text
    return answer.json() if answer.content else None


async def link(office: Office, *camera_ids: str, **more: object) -> tuple[dict[str, str], dict[str, Any]]:
    """Make an owner's link; return its header and what was told of it."""
    body = {"camera_ids": list(camera_ids) or ["plain"], **more}
    made = await done(office, "POST", "owner-links", office.bearer("supervisor"), body, 201)
    assert (made["path"], len(made["token"])) == ("/owner", 43)
    return {"Authorization": f"Bearer {made['token']}"}, made["link"]


async def looks(office: Office, owner: dict[str, str], **query: object) -> Any:
    answer = await office.http.get("owner/looks", params=query, headers=owner)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_owner_sees_their_cameras_and_who_looked_when_and_for_which_incident(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        _, dana = await office.person("Dana")
        owner, told = await link(office)
        assert (told["name"], told["camera_ids"]) == ("Ada Owner", ["plain"])
        incident = await done(office, "POST", "incidents", dana, {"title": SAID, "lat": 43.4, "lon": -77.6})
        wanted = LOOK | {"incident_id": incident["id"]}
        lease = await done(office, "POST", "leases", dana, wanted)
        await done(office, "POST", "leases", dana, LOOK | {"camera_id": "one"})
        await done(office, "POST", "leases", dana, LOOK | {"reason": "no reason"}, 403)
        office.now += timedelta(seconds=90)
        await done(office, "DELETE", f"leases/{lease['id']}", dana)
        await done(office, "POST", "leases", dana, LOOK)

        (camera,) = (await done(office, "GET", "owner/cameras", owner))["cameras"]
        assert (camera["id"], camera["name"], camera["present"]["level"]) == ("plain", "Plain", 2)
        assert "Ada" not in str(camera)
        page = await looks(office, owner)
        newest, first = page["looks"]
        # Names are text here, whatever they hold; the page shows them as text.
        assert (first["who"], first["role"], first["incident"]) == ("Dana", "Operator", SAID)
        assert (first["camera"], first["reason"], newest["ended_at"]) == ("Plain", "gunshot", None)
        assert first["began_at"] < first["ended_at"]
        assert "may be listed later" in page["words"]
        one = await looks(office, owner, limit=1)
        two = await looks(office, owner, limit=1, before=one["before"])
        assert [one["looks"][0], two["looks"][0]] == [newest, first]
        assert (await looks(office, owner, limit=1, before=two["before"]))["before"] is None

        terms = {"tells_names": False, "tells_titles": False, "delay_hours": 0}
        await done(office, "PUT", "owner-terms", office.admin, terms)
        (_, first) = (await looks(office, owner))["looks"]
        number = f"No. {incident['id'][:8]}"
        assert (first["who"], first["role"], first["incident"]) == ("", "Operator", number)
        reads = [(who, detail) for act, who, _, detail in await office.acts() if act == Act.OWNER_READ]
        assert (reads[0], len(reads)) == ((f"owner/{told['id']}", "cameras"), 6)

    in_office(tmp_path, scene)


def test_a_look_is_told_later_where_a_case_or_the_site_needs_it(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        owner, _ = await link(office)
        supervisor, operator = office.bearer("supervisor"), office.bearer("operator")
        incident = (await done(office, "POST", "incidents", operator, {"title": "Case"}))["id"]
        await done(office, "POST", "leases", operator, LOOK | {"incident_id": incident})
        await done(office, "POST", "leases", operator, LOOK)
        await done(office, "PUT", f"incidents/{incident}/withheld", operator, status=403)
        for _ in range(2):
            await done(office, "PUT", f"incidents/{incident}/withheld", supervisor)
        assert [look["incident"] for look in (await looks(office, owner))["looks"]] == [""]
        # A desk knows, now and when it comes back.
        (shown,) = (await done(office, "GET", "snapshot", operator))["incidents"]
        assert (shown["withheld"]["by"], shown["id"]) == ("supervisor", incident)
        told = [json.loads(text) for text in office.tail() if "incident.upserted" in text]
        assert [event["data"]["withheld"] for event in told][-2:] == [None, shown["withheld"]]
        await done(office, "POST", f"incidents/{incident}/close", operator)
        assert [look["incident"] for look in (await looks(office, owner))["looks"]] == ["", "Case"]
        await done(office, "PUT", f"incidents/{incident}/withheld", supervisor, status=409)

        await done(office, "PUT", "owner-terms", supervisor, {"delay_hours": 2}, 403)
        await done(office, "PUT", "owner-terms", office.admin, {"delay_hours": 2})
        assert (await done(office, "GET", "owner-terms", office.admin))["delay_hours"] == 2
        page = await looks(office, owner)
        assert page["looks"] == []
        assert "for 2 hours" in page["words"]
        office.now += timedelta(hours=2)
        assert len((await looks(office, owner))["looks"]) == 2
        marked = [act for act, *_ in await office.acts() if act in (Act.INCIDENT_WITHHOLD, Act.OWNER_TERMS)]
        assert marked == [Act.INCIDENT_WITHHOLD, Act.OWNER_TERMS]

    in_office(tmp_path, scene)


def test_revoking_gives_no_look_away_that_is_kept_from_owners(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        owner, _ = await link(office)
        supervisor, operator = office.bearer("supervisor"), office.bearer("operator")
        incident = (await done(office, "POST", "incidents", operator, {"title": "Case"}))["id"]
        await done(office, "PUT", f"incidents/{incident}/withheld", supervisor)
        # Nor to a volunteer's desk, that an incident outside its shift is kept from owners, or is at all.
        (told,) = [text for text in office.tail() if "incident.withheld" in text]
        rights = office.hub.sessions.roles["volunteer"].rights
        assert incident not in View("Vera", Reach((Grant(rights, (NORTH,)),))).event(told)
        assert incident in View("Vera", Reach((Grant(rights),))).event(told)

        await done(office, "POST", "leases", operator, LOOK | {"incident_id": incident})
        assert await done(office, "POST", "owner/cameras/plain/revoke", owner) == {"looks_ended": 0}
        assert [text for text in office.tail() if "lease.ended" in text]
        await done(office, "PUT", "cameras/plain/consent", office.admin, GIVEN)
        await done(office, "PUT", "owner-terms", office.admin, {"delay_hours": 1})
        await done(office, "POST", "leases", operator, LOOK)
        assert (await done(office, "POST", "owner/leave", owner))["looks_ended"] == 0

    in_office(tmp_path, scene)


def test_an_owner_revokes_their_own_camera_and_no_other(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        _, dana = await office.person("Dana")
        owner, told = await link(office)
        for camera_id in ("plain", "one"):
            await done(office, "POST", "leases", dana, LOOK | {"camera_id": camera_id})
        head = office.hub.log.head
        for guessed in ("one", "two/../one", "nowhere", "x" * 5000):
            answer = await office.http.post(f"owner/cameras/{guessed}/revoke", headers=owner)
            assert answer.status_code == 404, guessed
        assert office.hub.log.head == head
        assert await done(office, "POST", "owner/cameras/plain/revoke", owner) == {"looks_ended": 1}
        # In the same transaction as the consent's end: desks close it as with any change of consent.
        (ended,) = [text for text in office.tail() if "lease.ended" in text]
        assert "took the consent back" in ended
        await done(office, "POST", "leases", dana, LOOK, 403)
        (camera,) = (await done(office, "GET", "owner/cameras", owner))["cameras"]
        assert (camera["present"]["level"], camera["present"]["number"]) == (1, 2)
        assert await done(office, "POST", "owner/cameras/plain/revoke", owner) == {"looks_ended": 0}
        who = f"owner/{told['id']}"
        theirs = [(act, outcome) for act, by, outcome, _ in await office.acts() if by == who]
        assert theirs[:4] == [("owner_revoke", "refused")] * 4
        assert theirs[4:7] == [("owner_revoke", "done"), ("consent", "done"), ("look_end", "done")]

    in_office(tmp_path, scene)


def test_leaving_takes_everything_out_that_is_theirs_alone(tmp_path: Path) -> None:
    ring = MemoryKeyring()

    async def scene(office: Office) -> None:
        await furnish(office)
        shared, _ = await link(office, "plain", "one", name="Ada Owner")
        again, _ = await link(office, "plain")
        other, _ = await link(office, "one", name="Ben Other")
        _, dana = await office.person("Dana")
        for camera_id in ("plain", "one"):
            await done(office, "POST", "leases", dana, LOOK | {"camera_id": camera_id})
        left = await done(office, "POST", "owner/leave", shared)
        assert (left["cameras_removed"], left["cameras_shared"]) == (["plain"], ["one"])
        assert left["looks_ended"] == 2
        assert "audit record" in left["words"]
        for gone in (shared, again):
            assert (await office.http.get("owner/cameras", headers=gone)).status_code == 401
        (kept,) = (await done(office, "GET", "owner/cameras", other))["cameras"]
        assert (kept["id"], kept["present"]["level"]) == ("one", 1)
        snapshot = await done(office, "GET", "snapshot", dana)
        assert "plain" not in [camera["id"] for camera in snapshot["cameras"]]
        # Nothing that was told before tells of it any more, to a desk that follows from the beginning either.
        told = [text for _, text in await office.hub.log.after(0, 1000) if "camera/plain" in text]
        assert len(told) >= 2
        assert not any('"name": "Plain"' in text or '"name":"Plain"' in text for text in told)
        # A list that names it again does not make it the city's own.
        plan = await office.http.post("cameras/import?name=c", content=CAMERAS, headers=office.admin)
        await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)
        await done(office, "POST", "leases", dana, LOOK, 403)
        consents = await done(office, "GET", "cameras/plain/consent", office.admin)
        assert "Ada" not in str(consents)
        # Who owns it next hears nothing of the one before.
        await done(office, "PUT", "cameras/plain/consent", office.admin, GIVEN | {"given_by": "Cy Next"})
        following, _ = await link(office, "plain")
        assert (await looks(office, following))["looks"] == []
        office.now += timedelta(seconds=1)
        await done(office, "POST", "leases", dana, LOOK)
        assert len((await looks(office, following))["looks"]) == 1
        acts = [act for act, who, *_ in await office.acts() if who.startswith("owner/")]
        assert acts[0] == "owner_leave"
        assert acts.count("owner_link_end") == 3
        # The other owner is the last one: now the camera goes, and its password.
        assert any("/one/" in name for _, name in ring.kept)
        assert (await done(office, "POST", "owner/leave", other))["cameras_removed"] == ["one"]

    async def run() -> None:
        async with Office(Vault(ring)).open(tmp_path) as office:
            await scene(office)

    asyncio.run(run())
    assert {name.split("/")[1] for _, name in ring.kept} & {"both", "one"} == {"both"}


def test_a_camera_that_changes_hands_is_its_first_owners_no_more_and_tells_the_next_only_of_their_time(
    tmp_path: Path,
) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        consent = "cameras/plain/consent"
        await done(office, "PUT", "cameras/one/consent", office.admin, GIVEN)
        ada, _ = await link(office, "plain", "one")
        short, _ = await link(office, "plain")
        _, dana = await office.person("Dana")
        await done(office, "POST", "leases", dana, LOOK)
        # Spelt otherwise she is the same person, and what she revokes she gives still.
        again = await done(office, "PUT", consent, office.admin, GIVEN | {"given_by": " ADA owner"})
        assert again["links_ended"] == 0
        assert len((await looks(office, ada))["looks"]) == 1
        office.now += timedelta(minutes=1)
        sold = await done(office, "PUT", consent, office.admin, GIVEN | {"given_by": "Cy Buyer"})
        assert sold["links_ended"] == 2
        (kept,) = (await done(office, "GET", "owner/cameras", ada))["cameras"]
        assert kept["id"] == "one"
        assert (await looks(office, ada))["looks"] == []
        assert (await office.http.post("owner/cameras/plain/revoke", headers=ada)).status_code == 404
        assert (await office.http.get("owner/cameras", headers=short)).status_code == 401
        cy, _ = await link(office, "plain")
        assert (await looks(office, cy))["looks"] == [], "those were of another owner's time"
        office.now += timedelta(minutes=1)
        await done(office, "POST", "leases", dana, LOOK | {"reason": "panic"})
        assert [row["reason"] for row in (await looks(office, cy))["looks"]] == ["panic"]
        # Ada leaves: what she has not any more stays.
        left = await done(office, "POST", "owner/leave", ada)
        assert left["cameras_removed"] == ["one"]
        state = await done(office, "GET", "snapshot", office.admin)
        assert "plain" in {camera["id"] for camera in state["cameras"]}
        ends = [detail for act, *_, detail in await office.acts() if act == Act.OWNER_LINK_END]
        assert ends[:2] == ["the camera changed hands"] * 2

    in_office(tmp_path, scene)


def test_an_owners_link_opens_the_owners_part_and_nothing_else(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        owner, _ = await link(office)
        for endpoint in endpoints():
            if endpoint.owners or (endpoint.right is None and not endpoint.signed_in):
                continue
            if endpoint.method == "LIVE":
                said: list[Message] = []
                await live(office, owner, said)
                assert said[0]["status"] == 401
                continue
            path = "http://hub" + re.sub(r"\{[^}]*\}", "plain", endpoint.path)
            body = {} if endpoint.method in {"GET", "DELETE"} else {"json": {}}
            answer = await office.http.request(endpoint.method, path, headers=owner, **body)
            assert answer.status_code in {401, 429}, (endpoint, answer.text)

    in_office(tmp_path, scene)


def test_guesses_are_counted_and_keep_no_owner_out(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        owner, told = await link(office)
        guesses = [office.admin["Authorization"][7:], "i" * 16, "x" * 43, "", "é" * 43]
        statuses = []
        for guess in guesses * 3:
            headers = {"Authorization": f"Bearer {guess}".encode()}
            statuses.append((await office.http.get("owner/looks", headers=headers)).status_code)
        assert statuses == [401] * 10 + [429] * 5
        # Who holds a link can revoke, though others at the same address guess.
        await done(office, "GET", "owner/cameras", owner)
        for _ in range(59):
            await done(office, "POST", "owner/cameras/plain/revoke", owner)
        answer = await office.http.get("owner/cameras", headers=owner)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        office.now += timedelta(minutes=1)
        await done(office, "GET", "owner/cameras", owner)

        links = await done(office, "GET", "owner-links?camera_id=plain", office.admin)
        assert [one["id"] for one in links["links"]] == [told["id"]]
        assert owner["Authorization"][7:] not in str(links)
        await done(office, "DELETE", f"owner-links/{told['id']}", office.admin)
        await done(office, "DELETE", f"owner-links/{told['id']}", office.admin, status=404)
        await done(office, "GET", "owner/cameras", owner, status=401)

    in_office(tmp_path, scene)


def test_a_link_is_for_private_cameras_and_ends_in_a_year(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        boss = office.bearer("supervisor")
        for body, status in (
            ({"camera_ids": ["both"]}, 409),
            ({"camera_ids": ["nowhere"]}, 404),
            ({"camera_ids": []}, 422),
            # Of two owners: neither is to see, nor to take out, what is the other's.
            ({"camera_ids": ["plain", "one"]}, 409),
            ({"camera_ids": ["plain"], "ends_at": "2026-01-01T00:00:00Z"}, 422),
            ({"camera_ids": ["plain"], "ends_at": "2099-01-01T00:00:00Z"}, 422),
        ):
            await done(office, "POST", "owner-links", boss, body, status)
        owner, told = await link(office)
        office.now += timedelta(days=364)
        await done(office, "GET", "owner/cameras", owner)
        office.now += timedelta(days=1)
        answer = await office.http.get("owner/cameras", headers=owner)
        assert (answer.status_code, answer.json()["detail"]) == (401, "This link has ended.")
        assert (await office.acts())[-1] == (
            "sign_in",
            f"owner/{told['id']}",
            "refused",
            "its link has ended",
        )

    in_office(tmp_path, scene)


def test_the_owners_page_loads_nothing_from_elsewhere_and_is_kept_nowhere(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        for path in ("/owner", "/owner/page.css", "/owner/page.js"):
            answer = await office.http.get(f"http://hub{path}")
            assert answer.status_code == 200
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert not re.search(r"https?:|innerHTML|insertAdjacent|document\.write|Storage", answer.text)
        page = (await office.http.get("http://hub/owner")).text
        assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", page)

    in_office(tmp_path, scene)


def test_links_are_made_and_taken_back_from_the_console(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await desk.import_cameras("c.json", CAMERAS)
        assert (await desk.http.put("cameras/plain/consent", json=GIVEN)).is_success
        rest = HubRest()
        rest.reach(f"http://127.0.0.1:{desk.port}")
        rest.admit(SessionOut(session_token=desk.session, user="Dana Operator", hub_id="h"))
        links = HubOwnerLinks(rest)
        made = await links.make([CameraId("plain")])
        address, _, token = made.address.partition("#")
        assert (address, made.here_only) == (f"{rest.url}/owner", True)
        assert token not in repr(made)
        async with client(desk.port, token) as owner:
            assert (await owner.get("owner/cameras")).status_code == 200
            assert await links.links(CameraId("plain")) == (made.link,)
            await links.take_back(made.link.id)
            assert (await owner.get("owner/cameras")).status_code == 401
        assert await links.links(CameraId("plain")) == ()
        with pytest.raises(OperatorError, match="the city's own"):
            await links.make([CameraId("one")])
        await rest.aclose()

    async def run() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await scene(desk)

    asyncio.run(run())
