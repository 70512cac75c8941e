"""For schemathesis: puts ids that exist into every other body, so that more than refusals is reached."""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis

IDS: dict[str, str] = json.loads(os.environ["WATCHFLOOR_TEST_IDS"])


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Return a body with ids that exist, where it has any and is of even length."""
    if not isinstance(body, dict) or len(str(body)) % 2:
        return body
    return {name: IDS.get(name, value) for name, value in body.items()}
