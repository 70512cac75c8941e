"""The audit record as a CSV file: on record before its first byte leaves, and its hash before its last.

RFC 4180, in UTF-8 with a byte order mark, without which spreadsheets take it for another encoding. A cell
that a spreadsheet would run as a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Iterable

import sqlalchemy as sa

from app.domain.audit import Act, Actor, AuditEntry
from app.hub.db.audit_book import Search, newest_link
from app.hub.db.database import Database, Row, Rows
from app.hub.db.journal import Journal
from app.hub.db.tables import audit
from app.hub.db.unit_of_work import UnitOfWork

PAGE = 500
"""Records that are in memory at once."""
_COLUMNS = (
    "position", "at", "who", "where", "source", "act", "outcome", "subject", "camera_id", "incident_id",
    "reason", "detail",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")
_BREAKS = ("\t", "\r", "\n")


class Export:
    """One export of the records that fit a search, oldest first, up to the newest at its beginning."""

    def __init__(
        self, database: Database, journal: Journal, by: Actor, search: Search, last: int, count: int
    ) -> None:
        self._database = database
        self._journal = journal
        self._by = by
        self._search = search
        self._last = last
        self.count = count
        """How many records there are in it."""

    @staticmethod
    async def begin(database: Database, journal: Journal, by: Actor, search: Search) -> Export:
        """Put the export on record, with how many records it has, and return it.

        Raises:
            NoRecordError: it cannot be put on record, so there is none.
        """
        async with database.reading() as reading:
            last = (await newest_link(reading)).position
            count = await _count(reading, search, last)
        export = Export(database, journal, by, search, last, count)
        await export._put_on_record(f"{search.words()}: {count} records up to no. {last}")
        return export

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file. The last part waits until the file's SHA-256 is on record.

        So who has a whole file has one whose hash is on record; one that was broken off has none there.
        """
        held = b"\xef\xbb\xbf" + _lines([(*_COLUMNS, "hash")])
        digest, after = hashlib.sha256(held), 0
        while rows := await self._page(after):
            yield held
            held = _lines(_cells(row) for row in rows)
            digest.update(held)
            after = rows[-1]["position"]
        await self._put_on_record(f"whole: {self.count} records, file sha256 {digest.hexdigest()}")
        yield held

    async def _page(self, after: int) -> list[Row]:
        # A transaction for each page: a slow reader must not hold one open.
        query = (
            sa.select(audit.c.position, audit.c.record, audit.c.hash)
            .where(*self._search.conditions(), audit.c.position > after, audit.c.position <= self._last)
            .order_by(audit.c.position)
            .limit(PAGE)
        )
        async with self._database.reading() as reading:
            return await reading.rows(query)

    async def _put_on_record(self, detail: str) -> None:
        entry = AuditEntry(
            Act.AUDIT_EXPORT,
            "audit",
            camera_id=self._search.camera_id,
            incident_id=self._search.incident_id,
            detail=detail,
        )

        async def work(uow: UnitOfWork) -> None:
            uow.audit(entry)

        await self._journal.write(self._by, work)


async def _count(rows: Rows, search: Search, last: int) -> int:
    query = sa.select(sa.func.count().label("n")).select_from(audit)
    found = await rows.rows(query.where(*search.conditions(), audit.c.position <= last))
    return int(found[0]["n"])


def _cells(row: Row) -> tuple[str, ...]:
    try:
        record = json.loads(row["record"])
        cells = ["" if record[name] is None else str(record[name]) for name in _COLUMNS]
    except (ValueError, KeyError, TypeError):
        # Somebody was at it: it is shown as it is, in its place.
        cells = [str(row["position"]), *[""] * (len(_COLUMNS) - 2), f"unreadable: {row['record']}"]
    return (*(_defused(cell) for cell in cells), row["hash"])


def _defused(cell: str) -> str:
    runs = cell.startswith(_BREAKS) or cell.lstrip().startswith(_FORMULA)
    return f"'{cell}" if runs else cell


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
