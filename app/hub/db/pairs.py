"""Many pairs of texts in one query, as one parameter: its text stays the same however many there are.

A disjunction of pairs is put together and parsed anew for each number of them, which costs more than looking
them up. SQLite reads a whole table for a list of row values (`(a, b) IN (VALUES …)`); joined with a table
function it looks each pair up in an index.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _Elements(GenericFunction[str]):
    """A JSON array's elements, one a row, in the column ``value``."""

    inherit_cache = True
    name = "watchfloor_elements"


@compiles(_Elements, "sqlite")
def _sqlite(element: _Elements, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(_Elements, "postgresql")
def _postgresql(element: _Elements, compiler: SQLCompiler, **how: Any) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(element.clauses, **how)} AS jsonb))"


def with_pairs(
    query: sa.Select[Any],
    first: sa.ColumnElement[str],
    second: sa.ColumnElement[str],
    pairs: Iterable[tuple[str, str]],
) -> sa.Select[Any]:
    """Return a query for those of its rows in which two columns hold one of the pairs; each pair once."""
    given = json.dumps(sorted(set(pairs)))
    wanted = _Elements(given).table_valued(sa.column("value", sa.JSON), name="wanted")
    part = wanted.c.value.op("->>", return_type=sa.String())
    is_pair = sa.and_(first == part(sa.literal_column("0")), second == part(sa.literal_column("1")))
    return query.join(wanted, is_pair)
