"""What the yearly review of all rights says, as pure functions."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from app.domain.account_review import AccountChange, ReviewedAccount, RightsReview
from app.domain.rights import WORDS, Right
from widgets.view_state import count_words, one_line
from widgets.view_state_accounts import date_words

_DEEDS = {
    "account_create": "made the account",
    "account_unlock": "released it",
    "account_reset": "gave it new credentials",
    "account_roles": "gave it other roles",
    "account_disable": "disabled it",
    "account_lock": "was locked out by failed sign-ins",
}
_HEAD = ("name", "roles", "rights", "state", "last used (UTC)", "made by", "made at (UTC)", "last changed by",
         "last changed at (UTC)")  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def due_words(review: RightsReview, now: datetime) -> tuple[str, str]:
    """Return when the review is due and when it was signed last, and the words' tone."""
    last = "It has never been signed off."
    if review.reviewed_at is not None:
        last = f"Signed off on {date_words(review.reviewed_at)} by {one_line(review.reviewed_by)}."
    if now >= review.due_at:
        return f"{last} The review has been due since {date_words(review.due_at)}.", "warn"
    return f"{last} The next review is due on {date_words(review.due_at)}.", "dim"


def right_words(right: str) -> str:
    """Return what one does with a right; a newer hub's unknown one as it is called."""
    return WORDS[Right(right)] if right in set(Right) else one_line(right)


def change_words(change: AccountChange) -> str:
    """Return what was done to an account as one line."""
    deed = _DEEDS.get(change.act, one_line(change.act))
    detail = f": {one_line(change.detail)}" if change.detail else ""
    return f"{date_words(change.at)}  {one_line(change.who)} {deed}{detail}"


def account_words(account: ReviewedAccount) -> str:
    """Return all that the review tells of an account."""
    may = "\n".join(f"  {right_words(right)}" for right in account.rights) or "  nothing"
    done = "\n".join(f"  {change_words(change)}" for change in account.changes) or "  nothing on record"
    return f"May ({count_words(len(account.rights), 'right')})\n{may}\n\nOn record\n{done}"


def last_change_words(account: ReviewedAccount) -> str:
    """Return who changed an account last."""
    if not account.changes:
        return "not on record"
    change = account.changes[-1]
    return f"{date_words(change.at)} by {one_line(change.who)}"


def report_csv(review: RightsReview) -> str:
    """Return the review as CSV. What a table program would run as a formula is quoted (CWE-1236)."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_HEAD)
    for account in review.accounts:
        made = next((c for c in account.changes if c.act == "account_create"), None)
        last = account.changes[-1] if account.changes else None
        cells = (
            account.name, "; ".join(account.roles), "; ".join(account.rights), account.state or "in use",
            _utc(account.last_used), made.who if made else "", _utc(made.at) if made else "",
            last.who if last else "", _utc(last.at) if last else "",
        )  # fmt: skip
        rows.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
