"""The engines that a hub's tests run on: a file of SQLite's, and a real PostgreSQL server of their own.

One server is started for the whole test run, on a free port of loopback and in a folder of its own. It ends
when its standard input closes, so however this process ends. A hub's folder stands for its database: opened
again, it has the same one. After the test it is emptied for another, for that is far sooner done than a copy.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest

from app.domain.clock import SystemClock
from app.hub.config import DATABASE
from app.hub.core import Hub
from app.hub.db import postgresql
from app.hub.db.database import Database
from app.hub.db.tables import metadata
from app.hub.sessions import Sessions
from app.hub.vault import Vault

ON_BOTH_ENGINES = pytest.mark.usefixtures("engine")
IN_FULL = "WATCHFLOOR_TEST_ENGINES"
"""Set to "all" where every module that opens a hub runs on both (`./installer/dev engines`)."""
ON_BOTH_IN_FULL = [ON_BOTH_ENGINES, pytest.mark.both_in_full]
"""On a file, and on PostgreSQL too where all is asked for."""
ON_FILES_ONLY = pytest.mark.engine_only("sqlite")
ON_POSTGRESQL_ONLY = pytest.mark.engine_only("postgresql")
NEEDED = "WATCHFLOOR_TEST_PACKAGES"
"""Set where Debian's packages were installed: tests must not go without what they need of them."""
USER = "watchfloor"
MIGRATED = "migrated"
EMPTY = "template0"
_UNTIL_STDIN_CLOSES = """
"$1/postgres" -D "$2/data" -p "$3" -k "$2" -h 127.0.0.1 -c fsync="$4" -c log_min_messages=panic \
  -c max_connections=200 -c shared_buffers=64MB >/dev/null 2>&1 </dev/null &
read -r _
kill -INT $!
wait $!
rm -rf "$2"
"""
# What a test left connected would write into the next one's.
_EMPTY_ALL = ";".join(
    [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        *(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)),
    ]
)
T = TypeVar("T")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's newest programs, None where there are none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda path: int(path.parts[-3]), default=None)
    return None if newest is None else newest.parent


def now_in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` in a loop of its own, whether or not the caller is in one."""
    with ThreadPoolExecutor(1, thread_name_prefix="asyncio_") as thread:
        return thread.submit(asyncio.run, work).result(60)


class Server:
    """A PostgreSQL server for the tests. Its ``folder`` and itself are gone after `stop`.

    Only a ``durable`` one waits for the disk: the tests need not outlive a power cut, what is measured must.
    """

    def __init__(self, folder_of_programs: Path, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="watchfloor-postgresql-"))
        self._programs = folder_of_programs
        self._durable = durable
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            import pwd  # not on Windows

            # The server refuses to run as root.
            account = pwd.getpwnam("nobody")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self._emptied: list[str] = []
        self.port = _free_port()
        try:
            self._make()
            self._process = self._start()
            now_in_thread(self._migrate())
        except BaseException:
            self.stop()
            raise

    def _make(self) -> None:
        # The locale C sorts as SQLite does.
        options = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run(
            [self._programs / "initdb", "-D", self.folder / "data", *options],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as,
        )

    def _start(self) -> subprocess.Popen[bytes]:
        arguments = [str(self._programs), str(self.folder), str(self.port), "on" if self._durable else "off"]
        return subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_STDIN_CLOSES, "postgres", *arguments],
            stdin=subprocess.PIPE,
            cwd=self.folder,
            start_new_session=True,  # an interrupt at the terminal is for the tests: they end it
            **self._as,
        )

    async def _migrate(self) -> None:
        """Wait until it answers, and make the database that the tests' are copies of."""
        async with asyncio.timeout(30):
            while True:
                try:
                    await self.run(f"CREATE DATABASE {MIGRATED}")
                    break
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0.05)
        database = Database(postgresql.parsed(self.url(MIGRATED)))
        hub = await Hub.open(database, Sessions("o" * 16, "i" * 16, "x"), Vault(None), SystemClock().utc)
        await hub.aclose()
        await self.run("DELETE FROM meta", MIGRATED)

    @property
    def pid(self) -> int:
        """Return the process whose children it is."""
        assert self._process is not None
        return self._process.pid

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    async def run(self, statement: str, name: str = "postgres") -> str:
        """Run a statement outside any transaction."""
        connection = await asyncpg.connect(self.url(name), timeout=10)
        try:
            return str(await connection.execute(statement))
        finally:
            await connection.close()

    async def make(self, template: str) -> str:
        """Return the name of a new database, of `MIGRATED` one that was emptied: making one takes 0.3 s."""
        if template == MIGRATED and self._emptied:
            return self._emptied.pop()
        name = f"t{uuid4().hex}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def give_back(self, name: str, *, sound: bool) -> None:
        """Empty a database for the next test, or remove one that is not as it was migrated."""
        if not sound:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")
            return
        await self.run(_EMPTY_ALL, name)
        self._emptied.append(name)

    async def rows(self, query: str, name: str) -> list[asyncpg.Record]:
        """Return the rows of a query."""
        connection = await asyncpg.connect(self.url(name), timeout=10)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    def stop(self) -> None:
        """End it and remove its folder."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Engine:
    """Where hubs keep their databases in one test; without a server in files."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = server
        self._names: dict[Path, str] = {}
        self._sound: set[Path] = set()
        """Those whose databases have the tables as they are migrated."""

    async def url(self, folder: Path, template: str = MIGRATED) -> str | None:
        """Return the address of the database that a hub's folder stands for, None for a file in it."""
        if self.server is None:
            if template == MIGRATED:
                _lay_down(folder / DATABASE)
            return None
        if folder not in self._names:
            self._names[folder] = await self.server.make(template)
            if template == MIGRATED:
                self._sound.add(folder)
        return self.server.url(self._names[folder])

    async def database(self, folder: Path, template: str = MIGRATED) -> Database:
        """Return the database that a hub's folder stands for."""
        url = await self.url(folder, template)
        return Database.on_file(folder / DATABASE) if url is None else Database(postgresql.parsed(url))

    def arguments(self, folder: Path) -> list[str]:
        """Return what tells a command which database a hub's folder stands for."""
        url = now_in_thread(self.url(folder))
        return [] if url is None else ["--database", url]

    def rows(self, folder: Path, query: str) -> list[tuple[Any, ...]]:
        """Return what is in a hub's database, past the hub."""
        if self.server is None:
            with closing(sqlite3.connect(folder / DATABASE)) as database:
                return list(database.execute(query))
        return [tuple(row) for row in now_in_thread(self.server.rows(query, self._names[folder]))]

    def everything(self, folder: Path) -> bytes:
        """Return all that is kept of a hub's database, with what was deleted in it where that is in files."""
        if self.server is None:
            return b"".join(file.read_bytes() for file in folder.glob(f"{DATABASE}*"))
        tables = [self.rows(folder, f'SELECT * FROM "{table.name}"') for table in metadata.sorted_tables]
        return repr(tables).encode()

    def change(self, folder: Path, *statements: str) -> None:
        """Change a hub's database, past the hub; no other test gets it."""
        self._sound.discard(folder)
        for statement in statements:
            if self.server is not None:
                now_in_thread(self.server.run(statement, self._names[folder]))
                continue
            with closing(sqlite3.connect(folder / DATABASE)) as database:
                database.execute(statement)
                database.commit()

    def close(self) -> None:
        """Give the databases back."""
        if self._names:
            now_in_thread(self._give_back())

    async def _give_back(self) -> None:
        assert self.server is not None
        for folder, name in self._names.items():
            await self.server.give_back(name, sound=folder in self._sound)


def _lay_down(file: Path) -> None:
    """Begin a hub's file as it is migrated, unless there is one: migrating takes longer than most tests."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_migrated_file())


@cache
def _migrated_file() -> bytes:
    """Return a database that is migrated, and no hub's yet."""

    async def make(file: Path) -> None:
        database = Database.on_file(file)
        hub = await Hub.open(database, Sessions("o" * 16, "i" * 16, "x"), Vault(None), SystemClock().utc)
        await hub.aclose()

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        now_in_thread(make(file))
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("DELETE FROM meta")
            database.execute("VACUUM")
        return file.read_bytes()


class Chosen:
    """What the running test's hubs are on."""

    engine = Engine()


def why_none() -> str:
    """Return why there is no server here, "" where one can be started."""
    if sys.platform == "win32":
        return "the tests start PostgreSQL on Linux and macOS only"
    return "" if programs() is not None else "PostgreSQL is not installed"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
