"""Windows' places as plain JSON values; what cannot be read is left at its default."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from PySide6.QtCore import QByteArray


def packed(state: QByteArray) -> str:
    """Return Qt's opaque state as text."""
    return base64.b64encode(state.data()).decode("ascii")


def unpacked(text: object) -> QByteArray | None:
    """Return the state that `packed` wrote, None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return None


def part(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the named part of a document, empty where it is missing or of another kind."""
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}
