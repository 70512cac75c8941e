"""Every text field of the interface takes text and nothing but text: markup, SQL and log lines stay words."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.hub.running_hub import Desk, HubChild, alert, sign_in
from tests.hub.test_audit import records
from tests.hub.test_leases import CAMERAS

EVIL = (
    "'; DROP TABLE alerts;--",
    '" OR 1=1 --',
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '{"a":1}\n{"event": "forged", "level": "info", "event_id": 1}',
    "a\r\nSet-Cookie: a=b",
    "a\x00b",
    "a\x1b[2J\x1b]0;b\x07",
    "\u202egnp.exe",
    "\u2028\u2029\u0085",
    "🚓👩🏽‍🚒",
    "\ufeffa",
    "%s%n{0}{event}${jndi:x}",
    "../../../etc/passwd",
    "A" * 300,
    "İıſK",
)
ENDS_THE_SESSION = ("/api/v1/session", "/api/v1/session/lock", "/api/v1/session/unlock")
HASHING = ("/accounts", "/sign-in", "/first-account")
SURROGATE = "lone surrogate"
"""Stands for half a letter, which JSON can spell and UTF-8 cannot."""
Schema = dict[str, Any]

FIT: dict[str, Any] = {
    "POST /api/v1/session": {"token": "x"},
    "POST /api/v1/sign-in": {
        "name": "Nobody", "password": "x", "code": "000000", "new_password": "xyz",
        "banner_acknowledged": True,
    },
    "POST /api/v1/accounts": {"name": "Somebody", "roles": ["operator"]},
    "POST /api/v1/alerts": alert(detail="d", place="p"),
    "POST /api/v1/incidents": {"title": "Fire", "alert_id": "ALERT"},
    "POST /api/v1/incidents/{incident_id}/notes": {"note_id": "n", "text": "words"},
    "POST /api/v1/leases": {
        "camera_id": "plain", "quality": "main", "reason": "r", "incident_id": "INCIDENT"
    },
    "PUT /api/v1/cameras/{camera_id}/consent": {
        "level": 2, "given_by": "Owner", "obtained": "in writing", "document": "d",
        "valid_from": "2026-01-01T00:00:00Z", "zone": "UTC",
    },
}  # fmt: skip
"""Bodies that fit, by route, so that the evil text is the only thing wrong; others hold their text alone."""


class Interface:
    """The OpenAPI document, walked for its texts."""

    def __init__(self, document: Schema) -> None:
        self._document = document

    def operations(self) -> Iterator[tuple[str, str, Schema]]:
        for path, told in self._document["paths"].items():
            for method, operation in told.items():
                yield method.upper(), path, operation

    def body_texts(self, operation: Schema) -> list[str]:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return []
        properties = self._whole(content["schema"])["properties"]
        return [name for name, schema in properties.items() if self._is_text(schema)]

    def parameters(self, operation: Schema, place: str) -> list[str]:
        return [p["name"] for p in operation.get("parameters", ()) if p["in"] == place]

    def _whole(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def _is_text(self, schema: Schema) -> bool:
        schema = self._whole(schema)
        if "anyOf" in schema:
            return any(self._is_text(part) for part in schema["anyOf"])
        if schema.get("type") == "array":
            return self._is_text(schema.get("items", {}))
        return schema.get("type") == "string" and "enum" not in schema


class Attack:
    """Sends every evil text through every field, and remembers what was taken."""

    def __init__(self, desk: Desk, interface: Interface, ids: dict[str, str]) -> None:
        self._desk = desk
        self._interface = interface
        self._ids = ids
        self.sent = 0
        self.taken: list[tuple[str, str, str]] = []

    async def through_everything(self) -> None:
        for method, path, operation in self._interface.operations():
            if path in ENDS_THE_SESSION and (method, path) != ("POST", "/api/v1/session"):
                continue
            # Where a password is hashed at each request, some of the texts must do.
            hashes = any(part in path for part in HASHING)
            for evil in (*EVIL[:9:2], EVIL[-1], SURROGATE) if hashes else (*EVIL, SURROGATE):
                for name in self._interface.body_texts(operation):
                    await self._in_body(method, path, name, evil)
                if evil != SURROGATE:
                    for name in self._interface.parameters(operation, "path"):
                        await self._send(method, self._path(path, {name: evil}), self._fit(method, path))
                    for name in self._interface.parameters(operation, "query"):
                        await self._send(method, f"{self._path(path)}?{name}={quote(evil, safe='')}", {})

    async def _in_body(self, method: str, path: str, name: str, evil: str) -> None:
        body = {**self._fit(method, path), name: [evil] if name == "roles" else evil}
        if "external_id" in body and name != "external_id":
            # Each is an alert of its own: a repeated one would change nothing.
            body["external_id"] = f"number {self.sent}"
        if "note_id" in body and name != "note_id":
            body["note_id"] = f"number {self.sent}"
        text = json.dumps(body).replace(json.dumps(SURROGATE)[1:-1], "\\ud83d")
        answer = await self._send(method, self._path(path), text)
        if answer.is_success:
            self.taken.append((f"{method} {path}", name, evil))

    def _fit(self, method: str, path: str) -> dict[str, Any]:
        body: dict[str, Any] = FIT.get(f"{method} {path}", {})
        return {k: self._ids.get(v, v) if isinstance(v, str) else v for k, v in body.items()}

    def _path(self, path: str, evil: dict[str, str] | None = None) -> str:
        held = {"incident_id": self._ids["INCIDENT"], "alert_id": self._ids["ALERT"], "camera_id": "plain"}
        values = {**held, **(evil or {})}
        return re.sub(r"\{(\w+)\}", lambda m: quote(values.get(m[1], "x"), safe=""), path)

    async def _send(self, method: str, path: str, body: object) -> httpx.Response:
        content = body if isinstance(body, str) else json.dumps(body)
        headers = {"Content-Type": "application/json", **self._desk.http.headers}
        answer = await self._desk.http.request(
            method, f"http://127.0.0.1:{self._desk.port}{path}", content=content, headers=headers
        )
        self.sent += 1
        assert answer.status_code < 500, (method, path, content[:300], answer.text[:300])
        # Nothing that a browser would take for a page.
        kind = answer.headers.get("content-type", "application/json").partition(";")[0]
        assert kind in ("application/json", "text/csv", "text/plain"), kind
        assert "set-cookie" not in answer.headers
        if answer.status_code == 422:
            assert answer.json()["detail"][0]["message"], answer.text
        return answer


async def shoot(child: HubChild) -> tuple[Attack, dict[str, Any]]:
    ready = await child.start()
    desk = await sign_in(ready["port"])
    async with desk.http:
        await desk.import_cameras("c.json", CAMERAS)
        told = await desk.post("alerts", alert("fit"))
        incident = await desk.post("incidents", {"title": "One", "alert_id": told["id"]})
        interface = Interface((await desk.http.get("openapi.json")).json())
        attack = Attack(desk, interface, {"ALERT": told["id"], "INCIDENT": incident["id"]})
        await attack.through_everything()
        return attack, await desk.snapshot()


@pytest.mark.timeout(120)
def test_evil_text_stays_text_in_every_field_and_in_the_log(tmp_path: Path) -> None:
    log_file = tmp_path / "hub.log"
    child = HubChild(tmp_path, 0, "--log-file", str(log_file))
    try:
        attack, snapshot = asyncio.run(shoot(child))
    finally:
        code, _, errors = child.let_go()
    log = log_file.read_bytes().decode()
    assert (code, errors) == (0, "")
    assert attack.sent > 600
    # What was taken is there as it was sent, letter by letter.
    titles = {row["title"] for row in (*snapshot["alerts"], *snapshot["incidents"])}
    details = {row["detail"] for row in snapshot["alerts"]}
    notes = {line["text"] for row in snapshot["incidents"] for line in row["timeline"]}
    taken = {(route, name) for route, name, _ in attack.taken}
    assert {("POST /api/v1/alerts", "title"), ("POST /api/v1/incidents", "title")} <= taken
    for route, name, evil in attack.taken:
        held = {("/alerts", "title"): titles, ("/alerts", "detail"): details, ("/incidents", "title"): titles,
                ("/notes", "text"): notes}.get((route[route.rindex("/"):], name))  # fmt: skip
        assert held is None or evil.strip() in held or evil in held, (route, name, evil)
    assert {evil for _, name, evil in attack.taken if name == "detail"} >= {
        text for text in EVIL if "\x00" not in text
    }
    # One line a record, each JSON, none forged, nothing in it that a terminal would obey.
    lines = log.splitlines()
    assert all(json.loads(line)["event"] != "forged" for line in lines if line.startswith("{"))
    assert [line for line in log.split("\n")[:-1] if not line.startswith("{")] == []
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", log)
    record = json.dumps(records(tmp_path), ensure_ascii=False)
    assert not re.search(r"[\x00-\x1f]", record)
