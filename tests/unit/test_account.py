"""The rules of signing in: lockout, idleness, ends, and which passwords may be chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import MOST_FAILURES, Account, password_fault
from app.hub.accounts.secrets import read_banned

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
DANA = Account("Dana", ("operator",), NOW)
BANNED = read_banned()


def failing(*minutes: float) -> Account:
    account = DANA
    for minute in minutes:
        account = account.after_failure(NOW + timedelta(minutes=minute))
    return account


def test_five_failures_in_a_quarter_of_an_hour_lock_and_four_do_not() -> None:
    assert not failing(0, 1, 2, 3).locked
    assert failing(0, 1, 2, 3, 14.9).locked
    assert not failing(0, 1, 2, 3, 15).locked


def test_a_good_sign_in_forgets_the_failures_and_a_lock_stays() -> None:
    assert not failing(0, 1, 2, 3).after_success(NOW).after_failure(NOW).locked
    assert failing(0, 0, 0, 0, 0, 60).locked


@given(st.lists(st.floats(0, 300), max_size=30))
def test_locked_is_who_failed_five_times_within_a_quarter_of_an_hour(minutes: list[float]) -> None:
    times = sorted(minutes)
    close = any(
        timedelta(minutes=last) - timedelta(minutes=first) < timedelta(minutes=15)
        for first, last in zip(times, times[MOST_FAILURES - 1 :], strict=False)
    )
    assert failing(*times).locked == close


@pytest.mark.parametrize(
    ("changes", "later", "words"),
    [
        ({}, timedelta(days=90, seconds=-1), None),
        ({}, timedelta(days=90), "not used for 90 days"),
        ({"disabled": True}, timedelta(), "disabled"),
        ({"locked": True}, timedelta(), "locked"),
        ({"ends_at": NOW + timedelta(hours=1)}, timedelta(minutes=59), None),
        ({"ends_at": NOW + timedelta(hours=1)}, timedelta(hours=1), "time that is over"),
    ],
)
def test_why_an_account_is_barred(changes: dict[str, object], later: timedelta, words: str | None) -> None:
    barred = replace(DANA, **changes).barred(NOW + later)
    assert (barred is None) == (words is None)
    if barred is not None and words is not None:
        assert words in barred[0]
        assert barred[1]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short7!", "at least 8"),
        ("x" * 993 + "abcdefgh", "at most 1000"),
        ("PassWord1", "tried first"),
        ("ask-DANA-now", "account's name"),
        ("aabbaabbaabb", "too few characters"),
        ("  pass phrase of spaces  ", None),
        ("Ünïcødé-gut", None),
        ("x1y2" * 250, None),
    ],
)
def test_which_passwords_may_be_chosen(password: str, words: str | None) -> None:
    fault = password_fault(password, "Dana", BANNED)
    assert (fault is None) == (words is None)
    assert words is None or words in (fault or "")


def test_what_is_banned_could_be_chosen_otherwise() -> None:
    # A line that another rule refuses is a line for nothing.
    needless = [word for word in BANNED if password_fault(word, "zzzz", frozenset()) is not None]
    assert sorted(needless) == []
