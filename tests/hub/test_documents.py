"""What the hub says of itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from tests.hub.running_hub import client, running_hub


def documents(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    async def scene() -> list[dict[str, Any]]:
        async with running_hub(folder) as ready, client(ready.port, None) as anybody:
            return [(await anybody.get(path)).json() for path in ("openapi.json", "asyncapi.json", "health")]

    openapi, asyncapi, health = asyncio.run(scene())
    return openapi, asyncapi, health


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(references(part) for part in value))
    return set()


def resolves(document: Any, reference: str) -> bool:
    for part in reference.removeprefix("#/").split("/"):
        if part not in document:
            return False
        document = document[part]
    return True


def test_documents_are_whole(tmp_path: Path) -> None:
    openapi, asyncapi, _ = documents(tmp_path)
    for document in (openapi, asyncapi):
        found = references(document)
        assert found
        assert [r for r in found if not resolves(document, r)] == []
    assert openapi["openapi"].startswith("3.")
    assert asyncapi["asyncapi"] == "3.0.0"
    assert asyncapi["channels"]["live"]["address"] == "/api/v1/live"
    assert set(asyncapi["components"]["messages"]) == {"welcome", "events", "reset", "kept"}
    assert "CameraMessage" in asyncapi["components"]["schemas"]
    fields = asyncapi["components"]["schemas"]["EventMessage"]["properties"]
    assert {"specversion", "sequence", "data"} <= fields.keys()


def test_ingest_is_documented_with_its_fields(tmp_path: Path) -> None:
    openapi, _, _ = documents(tmp_path)
    body = openapi["paths"]["/api/v1/alerts"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"source", "external_id", "occurred_at"} <= set(body["required"])


def test_health_needs_no_session_and_tells_nothing_of_the_room(tmp_path: Path) -> None:
    _, _, health = documents(tmp_path)
    assert health.keys() == {"status", "hub_id", "sequence", "secrets", "record"}
    assert (health["status"], health["sequence"], health["secrets"]) == ("ok", 0, "memory")


def test_every_route_is_in_the_protocols_page(tmp_path: Path) -> None:
    openapi, _, _ = documents(tmp_path)
    page = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
    for path, methods in openapi["paths"].items():
        for method in methods:
            line = f"{method.upper()} {path.removeprefix('/api/v1')}"
            assert re.search(re.escape(line) + r"[`?]", page), line
