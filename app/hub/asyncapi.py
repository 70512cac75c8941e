"""The AsyncAPI 3.0 document of the live socket, made from the messages' own models."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.wire.desks import Kept
from app.wire.hub import (
    API,
    EVENT_PREFIX,
    AlertMessage,
    CameraMessage,
    Events,
    IncidentMessage,
    Reset,
    Welcome,
)

_FRAMES: dict[str, type[BaseModel]] = {"welcome": Welcome, "events": Events, "reset": Reset, "kept": Kept}
_OF_CHANNEL = {"live": ("welcome", "events", "reset"), "kept": ("kept", "events")}
_DATA: dict[str, type[BaseModel]] = {
    "camera.upserted": CameraMessage,
    "alert.upserted": AlertMessage,
    "incident.upserted": IncidentMessage,
}


@cache
def live_protocol() -> dict[str, Any]:
    """Return the document as JSON-ready values."""
    models = [*_FRAMES.values(), *_DATA.values()]
    _, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Watchfloor hub: live events",
            "version": "1",
            "description": (
                "Connect with `after`, the number of the last event you have (0 for none), and your "
                "session's token as Bearer. The hub answers with `welcome`, then with `events` from after+1 "
                "on, each exactly once and in order, for as long as you stay. `reset` means that your number "
                "is not from this log: load GET /api/v1/snapshot and connect again with its sequence. "
                "Event types: "
                + ", ".join(
                    f"`{EVENT_PREFIX}{kind}`"
                    for kind in (
                        *_DATA,
                        "camera.removed",
                        "alert.removed",
                        "lease.granted",
                        "approval.changed",
                    )
                )
                + f" and `{EVENT_PREFIX}lease.ended`; ignore those you do not know."
            ),
        },
        "channels": {
            "live": {
                "address": f"{API}/live",
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "query": {
                            "type": "object",
                            "properties": {
                                "after": {"type": "integer", "minimum": 0, "default": 0},
                                "hub_id": {"type": "string", "description": "the hub that `after` is from"},
                            },
                        },
                        "headers": {"type": "object", "properties": {"Authorization": {"type": "string"}}},
                    }
                },
                "messages": _messages("live"),
            },
            "kept": {
                "address": f"{API}/live/kept",
                "description": (
                    "For a locked session with walls that stay lit: the leases that go on, then the ends of "
                    "those. Event numbers have gaps here."
                ),
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "headers": {"type": "object", "properties": {"Authorization": {"type": "string"}}},
                    }
                },
                "messages": _messages("kept"),
            },
        },
        "operations": {
            operation: {
                "action": "send",
                "channel": {"$ref": f"#/channels/{channel}"},
                "messages": [
                    {"$ref": f"#/channels/{channel}/messages/{name}"} for name in _OF_CHANNEL[channel]
                ],
            }
            for operation, channel in (("follow", "live"), ("followKept", "kept"))
        },
        "components": {
            "messages": {
                name: {
                    "contentType": "application/json",
                    "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
                }
                for name, model in _FRAMES.items()
            },
            "schemas": schemas["$defs"],
        },
    }


def _messages(channel: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in _OF_CHANNEL[channel]}
