"""The weekly review of the record: what a week holds, and one signature under it (R34)."""

from __future__ import annotations

from app.domain.week import Week
from app.hub.db.review_book import first_week, last_of, sign_offs, write_sign_off
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError, NotFoundError


async def sign_off(uow: UnitOfWork, week: Week, comment: str) -> None:
    """Sign a week off.

    Raises:
        NotFoundError: the record has nothing of it.
        ConflictError: it is not over, or is signed off already.
    """
    if uow.now < week.end:
        raise ConflictError(
            f"The week {week} is not over.", f"Sign it off from {week.end:%Y-%m-%d %H:%M} UTC on."
        )
    covers, first = await last_of(uow, week), await first_week(uow)
    if covers is None:
        begins = f"It begins with {first}." if first is not None else "It is empty."
        raise NotFoundError(f"The record has nothing of the week {week}.", begins)
    earlier = (await sign_offs(uow, week, week)).get(str(week))
    if earlier is not None:
        raise ConflictError(
            f"The week {week} was signed off by {earlier.who} already.", "A week is signed off once."
        )
    await write_sign_off(uow, week, comment, covers)
