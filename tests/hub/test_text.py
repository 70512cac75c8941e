"""Text that PostgreSQL does not take is refused in words, on both engines alike."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.running_hub import alert, desk_at_hub

pytestmark = ON_BOTH_ENGINES
TEXT = "a\x00b"
FIRST = {"name": "x", "password": "x", "desk_token": "x", "banner_acknowledged": True}
SHIFT = {"account": "x", "begins_at": "2026-11-26T09:00:00Z", "ends_at": "2026-11-26T10:00:00Z"}
CONSENT = "cameras/x/consent"
GIVEN = {"level": 2, "scope": "always", "given_by": "x", "obtained": "x", "document": "x",
         "valid_from": "2026-01-01T00:00:00Z", "zone": "UTC"}  # fmt: skip


def test_nul_characters_are_refused_in_words_wherever_text_comes_in(tmp_path: Path) -> None:
    bodies: list[tuple[str, dict[str, object], str]] = [
        ("session", {"token": TEXT * 8}, "token"),
        ("leases", {"camera_id": TEXT, "quality": "main"}, "camera_id"),
        ("leases", {"camera_id": "c", "quality": "main", "reason": TEXT}, "reason"),
        ("leases", {"camera_id": "c", "quality": "main", "incident_id": TEXT}, "incident_id"),
        ("incidents", {"title": TEXT, "lat": 1.0, "lon": 2.0}, "title"),
        ("incidents", {"title": "One", "alert_id": TEXT}, "alert_id"),
        ("incidents/x/alerts", {"alert_id": TEXT}, "alert_id"),
        ("incidents/x/pins", {"camera_id": TEXT}, "camera_id"),
        ("incidents/x/notes", {"note_id": TEXT, "text": "x"}, "note_id"),
        ("incidents/x/notes", {"note_id": "x", "text": TEXT}, "text"),
        ("accounts", {"name": TEXT, "roles": ["operator"]}, "name"),
        ("accounts", {"name": "x", "roles": [TEXT]}, "roles"),
        ("sign-in", {"name": TEXT, "password": "x", "code": "1", "banner_acknowledged": True}, "name"),
        ("first-account", FIRST | {"name": TEXT}, "name"),
        ("first-account", FIRST | {"password": TEXT}, "password"),
        ("first-account", FIRST | {"desk_token": TEXT}, "desk_token"),
        ("session/unlock", {"password": TEXT}, "password"),
        ("session/proof", {"password": TEXT}, "password"),
        ("workstations/forget", {"workstation": TEXT}, "workstation"),
        ("oidc/finish", {"handle": TEXT, "number": "1"}, "handle"),
        ("oidc/finish", {"handle": "x", "number": TEXT}, "number"),
        ("audit/reviews/2020-W01", {"comment": TEXT}, "comment"),
        ("shifts", SHIFT | {"account": TEXT}, "account"),
        ("shifts", SHIFT | {"scope": {"camera_groups": [TEXT]}}, "scope.camera_groups"),
        ("shifts", SHIFT | {"scope": {"alert_sources": ["x", TEXT]}}, "scope.alert_sources"),
        ("handovers", {"text": TEXT}, "text"),
        *((CONSENT, GIVEN | {field: TEXT}, field) for field in ("given_by", "obtained", "document", "zone")),
    ]

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for path, body, field in bodies:
                method = "PUT" if path == CONSENT else "POST"
                answer = await desk.http.request(method, path, json=body)
                assert answer.status_code == 422, (path, body, answer.text)
                assert answer.json()["detail"][0]["field"] == field, answer.text
                assert "NUL" in answer.json()["detail"][0]["message"]
            for field in ("external_id", "title"):
                answer = await desk.http.post("alerts", json=alert(1, **{field: TEXT}))
                assert answer.status_code == 422, answer.text
            paths = (
                "audit?person=a%00b", "audit?camera_id=%00", "incidents/a%00b/close", "leases/%00",
                "audit/export?person=%00", "audit/looks?camera_id=%00", "audit/reviews?before=%00",
                "audit/reviews/%00", "oidc/return?state=%00", "cameras/%00/consent",
            )  # fmt: skip
            for path in paths:
                method = "DELETE" if path.startswith("leases") else "POST" if "close" in path else "GET"
                answer = await desk.http.request(method, path)
                assert (answer.status_code, answer.json()["detail"][0]["field"]) == (422, "address"), path
            # What a vendor adds is kept as it was written, and that is not the character itself.
            await desk.post("alerts", alert(2, more=TEXT))

    asyncio.run(scene())


def test_what_is_longer_than_a_column_is_refused_in_words(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            # Without regard to case each of these is three characters long.
            answer = await desk.http.post("accounts", json={"name": "\u0390" * 80, "roles": ["operator"]})
            assert answer.status_code == 422, answer.text
            assert answer.json()["detail"][0]["field"] == "name"
            lease = {"camera_id": "c" * 200, "quality": "main", "incident_id": "i" * 200}
            assert (await desk.http.post("leases", json=lease)).status_code == 404
            assert (await desk.http.get("audit", params={"incident_id": "i" * 65})).status_code == 422
            for path in ("alerts/{}/acknowledge", "incidents/{}/close"):
                assert (await desk.http.post(path.format("x" * 3000))).status_code == 404

    asyncio.run(scene())
