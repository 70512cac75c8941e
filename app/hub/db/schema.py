"""Brings a database to the newest schema.

Alembic costs a tenth of a second to import, so it is only loaded when there is a step to take.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import OperatorError
from app.hub.db.tables import SCHEMA

_LOCK = 0x57466C6F6F72
"""The number that hubs on one PostgreSQL agree on for the lock of their schema; its bytes spell WFloor."""
MIGRATIONS = Path(__file__).parent / "migrations"


async def upgrade(connection: AsyncConnection) -> None:
    """Bring the database behind ``connection`` to the newest schema, inside its transaction.

    Of several hubs that start at once on PostgreSQL one does it, and the others wait until it is done.

    Raises:
        OperatorError: the database was written by a newer Watchfloor.
    """
    await connection.run_sync(_upgrade)


def revisions() -> frozenset[str]:
    """Return every schema that this version knows."""
    return frozenset(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _upgrade(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if _revision(connection) == SCHEMA:
        return
    from alembic import command  # noqa: PLC0415 (dear to import, needed once)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise OperatorError(
            "The hub's database was written by another version of Watchfloor.",
            "Start the newer Watchfloor, or choose another data folder.",
        ) from error


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision
