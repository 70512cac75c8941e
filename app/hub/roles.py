"""The roles of this hub, read from their data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import OperatorError
from app.domain.rights import Right, Role

SHIPPED = Path(__file__).parents[2] / "resources" / "roles.toml"
ONE_DESK = ("supervisor", "administrator", "auditor")
"""Who works alone, with a hub that the console started, is everything at once."""


def read_roles(file: Path = SHIPPED) -> Mapping[str, Role]:
    """Return the roles of a file by their names.

    Raises:
        OperatorError: the file cannot be read, or a role in it is not allowed.
    """
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
        return {name: _role(name, table) for name, table in tables.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(
            f"The roles in {file.name} cannot be read.", "Each has a title and a list of known rights."
        ) from error


def _role(name: str, table: Mapping[str, object]) -> Role:
    rights = table["rights"]
    if not isinstance(rights, list):
        raise TypeError("rights")
    needs_shift = table.get("shift", False)
    if not isinstance(needs_shift, bool):
        raise TypeError("shift")
    return Role(name, str(table["title"]), frozenset(Right(right) for right in rights), needs_shift)
