"""What is PostgreSQL's own: how a hub connects, what it asks of a server, and what it hears from it.

A commit is answered after it is on the disk. A session that hangs within a transaction would hold up every
hub on the database, so the server ends it; a server that does not answer is given up, so that nobody waits.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.domain.errors import OperatorError
from app.hub.db import failures
from app.hub.db.failures import state_of
from app.hub.refusals import NoDatabaseError

OLDEST = 14
CONNECT_S = 10.0
ANSWER_S = 30.0
_SETTINGS = {
    "application_name": "watchfloor",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "20s",
}
_READERS = {"default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on"}

_OFF_MACHINE = frozenset({"require", "verify-ca", "verify-full"})

_OF_THE_DRIVER = (
    # Of connections that are closed or closing.
    asyncpg.InterfaceError,
    # Of those whose server's last word is still being read.
    asyncpg.InternalClientError,
    # Every connection waits for an answer already.
    sa.exc.TimeoutError,
)

FAILURES = (DBAPIError, asyncpg.PostgresError, OSError, *_OF_THE_DRIVER)


def parsed(address: str) -> sa.URL:
    """Return the URL of a PostgreSQL database, for SQLAlchemy's engine.

    Raises:
        OperatorError: it is none, or would send what the hub knows over a network without TLS; the message
            never quotes it, for it may hold a password.
    """
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise _unfit("cannot be read") from None
    if url.drivername not in {"postgresql", "postgres"}:
        raise _unfit("is not PostgreSQL's")
    if not url.database:
        raise _unfit("names no database")
    unknown = set(url.query) - {"sslmode", "host"}
    if unknown:
        raise _unfit(f"has a part that is not known: {', '.join(sorted(unknown))}")
    mode = url.query.get("sslmode", "prefer" if _on_this_machine(url) else "require")
    if not _on_this_machine(url) and mode not in _OFF_MACHINE:
        raise OperatorError(
            "The database is on another machine, and its address asks for a connection without TLS.",
            f"Use one of sslmode={', '.join(sorted(_OFF_MACHINE))}.",
        )
    return url.set(drivername="postgresql+asyncpg").update_query_dict({"sslmode": str(mode)})


def _unfit(why: str) -> OperatorError:
    return OperatorError(f"The database's address {why}.", "It looks like postgresql://user@host:5432/name.")


def _on_this_machine(url: sa.URL) -> bool:
    host = url.query.get("host") or url.host or ""
    if host in {"", "localhost"} or str(host).startswith("/"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _arguments(url: sa.URL, settings: dict[str, str]) -> dict[str, Any]:
    return {
        "ssl": url.query["sslmode"],
        "timeout": CONNECT_S,
        "command_timeout": ANSWER_S,
        "server_settings": settings,
    }


def engine(url: sa.URL, *, read_only: bool) -> AsyncEngine:
    """Return an engine that looks whether a connection still lives before it is used."""
    made = create_async_engine(
        url.difference_update_query(["sslmode"]),
        # Errors must not print parameters: they hold what callers and cameras told us.
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=4 if read_only else 2,
        connect_args=_arguments(url, _SETTINGS | (_READERS if read_only else {})),
    )
    sa.event.listen(made.sync_engine, "handle_error", _hide_values)
    return made


def _hide_values(context: sa.engine.ExceptionContext) -> None:
    """Take the rows' values out of an error: PostgreSQL quotes them in its details."""
    original, told = context.original_exception, context.sqlalchemy_exception
    state = getattr(original, "sqlstate", None)
    cause = original.__cause__
    if isinstance(cause, asyncpg.PostgresError):
        cause.detail = None
    # Class 22 is unfit values, and the driver's own refusals of values have no SQLSTATE.
    words = str(original).partition("\n")[0]
    if state is None or state.startswith("22"):
        words = type(cause or original).__name__
        if cause is not None:
            cause.args = (words,)
    original.args = (words,)
    if told is not None:
        told.args = (words,)


async def connect(url: sa.URL) -> asyncpg.Connection:
    """Return a connection outside the engines', to listen or to look."""
    host = url.query.get("host") or url.host
    return await asyncpg.connect(
        host=host,
        port=url.port,
        user=url.username,
        password=url.password,
        database=url.database,
        **_arguments(url, _SETTINGS),
    )


def _is_lost(error: Exception) -> bool:
    return failures.is_lost(error) or isinstance(error, _OF_THE_DRIVER)


@contextmanager
def lost_in_words() -> Iterator[None]:
    """Raise `NoDatabaseError` in place of the many errors that mean that the server is gone."""
    try:
        yield
    except FAILURES as error:
        if not _is_lost(error):
            raise
        raise NoDatabaseError from error


async def check(url: sa.URL) -> None:
    """Pass a server that a hub can use.

    Raises:
        OperatorError: it does not answer, does not let the hub in, is too old or cannot be written.
    """
    try:
        connection = await connect(url)
        try:
            facts = await connection.fetchrow(
                "SELECT current_setting('server_version_num')::int / 10000 AS version,"
                " current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby"
            )
        finally:
            await connection.close(timeout=CONNECT_S)
    except FAILURES as error:
        raise refused(error) from error
    assert facts is not None
    if facts["version"] < OLDEST:
        raise OperatorError(
            f"The database server is PostgreSQL {facts['version']}.", f"Watchfloor needs {OLDEST} or newer."
        )
    if facts["encoding"] != "UTF8":
        raise OperatorError(
            f"The database keeps text as {facts['encoding']}.", "Make one with the encoding UTF8."
        )
    if facts["standby"]:
        raise OperatorError("The database server is a standby that only reads.", "Name its primary.")


def refused(error: Exception) -> OperatorError:
    """Return why a server cannot be used, in words."""
    match state_of(error):
        case "28P01" | "28000":
            return OperatorError(
                "The database server does not let the hub in: user or password is wrong.",
                "Give the password in WATCHFLOOR_DATABASE or in a password file (~/.pgpass).",
            )
        case "3D000":
            return OperatorError(
                "The database server has no database of that name.",
                "Make it: createdb --encoding UTF8 --owner USER NAME.",
            )
        case "42501":
            return OperatorError(
                "The hub may not make its tables in this database.",
                "Let its user own the database, or the schema public in it.",
            )
        case "42P07":
            return OperatorError(
                "The database holds tables that are not a hub's.", "Give the hub a database of its own."
            )
        case "53100":
            return OperatorError("The database server's disk is full.", "Make room there, then try again.")
    if _is_lost(error):
        return OperatorError(
            "The hub's database does not answer.", "Check that the server runs, and the address and port."
        )
    return OperatorError("The hub's database cannot be used.", f"The server says: {_words(error)}")


def _words(error: Exception) -> str:
    source = error.orig if isinstance(error, DBAPIError) else error
    return str(source).partition("\n")[0] or type(source).__name__
