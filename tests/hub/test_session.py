"""Who may speak to the hub, and how it says no."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.wire.hub import SessionOut
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.running_hub import INGEST_TOKEN, OPERATOR_TOKEN, alert, client, running_hub, sign_in

pytestmark = ON_BOTH_IN_FULL

COMMANDS = [
    ("GET", "snapshot"),
    ("POST", "alerts/x/acknowledge"),
    ("POST", "incidents"),
    ("POST", "incidents/x/alerts"),
    ("POST", "incidents/x/pins"),
    ("DELETE", "incidents/x/pins/y"),
    ("POST", "incidents/x/notes"),
    ("POST", "incidents/x/close"),
    ("POST", "cameras/import?name=x.csv"),
    ("POST", "cameras/import/x"),
    ("POST", "leases"),
    ("DELETE", "leases/x"),
    ("POST", "leases/x/renew"),
    ("GET", "session/desk"),
    ("PUT", "session/desk"),
    ("GET", "desks"),
    ("POST", "desks"),
    ("DELETE", "desks/x"),
    ("PUT", "desks/x/exempt-walls/x"),
    ("DELETE", "desks/x/exempt-walls/x"),
    ("POST", "leases/x/uses"),
    ("POST", "exports"),
    ("GET", "approvals"),
    ("POST", "approvals/x/approve"),
    ("POST", "approvals/x/deny"),
    ("GET", "audit"),
    ("GET", "session"),
    ("GET", "audit/export"),
    ("GET", "audit/looks?camera_id=x"),
    ("GET", "audit/reviews"),
    ("GET", "audit/reviews/x"),
    ("POST", "audit/reviews/x"),
    ("DELETE", "session"),
    ("POST", "session/lock"),
    ("POST", "session/unlock"),
    ("POST", "session/proof"),
    ("POST", "oidc/proof"),
    ("POST", "oidc/unlock/begin"),
    ("POST", "oidc/unlock"),
    ("GET", "shifts"),
    ("POST", "shifts"),
    ("PATCH", "shifts/x"),
    ("DELETE", "shifts/x"),
    ("GET", "handovers"),
    ("POST", "handovers"),
    ("GET", "presence"),
    ("PUT", "incidents/x/shares/y"),
    ("DELETE", "incidents/x/shares/y"),
    ("GET", "accounts/review"),
    ("POST", "accounts/review"),
    ("GET", "accounts"),
    ("POST", "accounts"),
    ("POST", "accounts/x/unlock"),
    ("POST", "accounts/x/reset"),
    ("POST", "accounts/x/disable"),
    ("PUT", "accounts/x/roles"),
    ("GET", "consents"),
    ("GET", "cameras/x/consent"),
    ("PUT", "cameras/x/consent"),
    ("GET", "owner-links"),
    ("POST", "owner-links"),
    ("DELETE", "owner-links/x"),
    ("GET", "owner-terms"),
    ("PUT", "owner-terms"),
    ("PUT", "incidents/x/withheld"),
    ("DELETE", "incidents/x/withheld"),
]


def test_one_time_token_signs_in_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as stranger:
            wrong = await stranger.post("session", json={"token": "guess"})
            assert wrong.status_code == 401
            first = await stranger.post("session", json={"token": OPERATOR_TOKEN})
            session = SessionOut.model_validate(first.json())
            assert (session.user, session.hub_id) == ("Dana Operator", ready.hub_id)
            again = await stranger.post("session", json={"token": OPERATOR_TOKEN})
            assert again.status_code == 401
            assert again.json()["hint"]
            async with client(ready.port, session.session_token) as desk:
                assert (await desk.get("snapshot")).status_code == 200

    asyncio.run(scene())


def test_every_command_needs_a_session(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            for token, status in ((None, 401), ("made-up", 401), (OPERATOR_TOKEN, 401), (INGEST_TOKEN, 403)):
                async with client(ready.port, token) as somebody:
                    for method, path in COMMANDS:
                        answer = await somebody.request(method, path)
                        assert answer.status_code == status, (token, method, path, answer.text)
                        assert answer.json().keys() == {"detail", "hint"}
                        assert answer.json()["hint"]

    asyncio.run(scene())


def test_list_of_commands_is_complete(tmp_path: Path) -> None:
    """A new route must be added to the list above, or to the open ones here."""
    open_routes = {
        ("POST", "session"),
        ("POST", "sign-in"),
        ("POST", "first-account"),
        ("GET", "banner"),
        ("POST", "oidc/begin"),
        ("GET", "oidc/return"),
        ("POST", "oidc/finish"),
        ("POST", "workstations/forget"),
        ("POST", "alerts"),
        ("GET", "health"),
        ("GET", "asyncapi.json"),
        ("GET", "metrics"),
        ("POST", "mediamtx/auth"),
        # These take an owner's link.
        ("GET", "owner/cameras"),
        ("POST", "owner/cameras/x/revoke"),
        ("GET", "owner/looks"),
        ("POST", "owner/leave"),
    }

    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as stranger:
            paths = (await stranger.get("openapi.json")).json()["paths"]
        routes = {
            (method.upper(), path.removeprefix("/api/v1/"))
            for path, methods in paths.items()
            for method in methods
        }
        shapes = {
            (method, "/".join("x" if "{" in part else part for part in p.split("/"))) for method, p in routes
        }
        listed = {(method, path.split("?")[0].replace("/y", "/x")) for method, path in COMMANDS}
        assert shapes == listed | open_routes

    asyncio.run(scene())


def test_alerts_need_the_ingest_token_or_a_session(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            for token in (None, "made-up", OPERATOR_TOKEN):
                async with client(ready.port, token) as somebody:
                    assert (await somebody.post("alerts", json=alert())).status_code == 401
            desk = await sign_in(ready.port)
            async with desk.http, client(ready.port, INGEST_TOKEN) as vendor:
                assert (await vendor.post("alerts", json=alert(1))).status_code == 200
                assert (await desk.http.post("alerts", json=alert(2))).status_code == 200

    asyncio.run(scene())


def test_odd_authorization_is_refused_in_words(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as stranger:
            for header in (b"Basic abc", b"Bearer", b"", b"Bearer \xe4", b"Bearer a b"):
                answer = await stranger.get("snapshot", headers={b"Authorization": header})
                assert answer.status_code == 401
                assert answer.json()["detail"]

    asyncio.run(scene())


def test_unknown_path_and_method_answer_in_the_same_form(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as stranger:
            for answer in (await stranger.get("nothing"), await stranger.put("session")):
                assert answer.status_code in (404, 405)
                assert answer.json().keys() == {"detail", "hint"}

    asyncio.run(scene())
