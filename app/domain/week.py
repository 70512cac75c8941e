"""Weeks as the record is reviewed by them: ISO 8601, Monday to Sunday in UTC, written 2026-W48."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PATTERN = r"^(19[7-9]\d|[2-8]\d{3})-W(0[1-9]|[1-4]\d|5[0-3])$"
"""Weeks whose times every zone and database can tell; of a year of 52 weeks the 53rd is none."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One week.

    Raises:
        ValueError: the year has no such week.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        datetime.fromisocalendar(self.year, self.number, 1)

    @staticmethod
    def of(at: datetime) -> Week:
        """Return the week that a moment (aware) lies in."""
        year, number, _ = at.astimezone(UTC).isocalendar()
        return Week(year, number)

    @staticmethod
    def parse(text: str) -> Week:
        """Return the week of a text such as 2026-W48.

        Raises:
            ValueError: it is none.
        """
        if not re.match(PATTERN, text):
            raise ValueError("is not a week such as 2026-W48")
        return Week(int(text[:4]), int(text[6:]))

    @property
    def begin(self) -> datetime:
        """Return its first moment."""
        return datetime.fromisocalendar(self.year, self.number, 1).replace(tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """Return the first moment after it."""
        return self.begin + timedelta(days=7)

    def earlier(self, weeks: int) -> Week:
        """Return the week that was so many before it."""
        return Week.of(self.begin - timedelta(weeks=weeks))

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"
