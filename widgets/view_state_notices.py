"""Which notices are on screen, in which order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.events import Notice, NoticeLevel

MOST_SHOWN = 3
"""Notices that stand one above the other; the rest is counted."""
INFO_STAYS_S = 8.0

_RANK = {NoticeLevel.ERROR: 0, NoticeLevel.WARNING: 1, NoticeLevel.INFO: 2}
_COMMAND = re.compile(r"(?:sudo|apt|apt-get|dnf|pacman|zypper|brew|winget|choco)\s+[^\n`'\"]*[^\n`'\"\s.,;:]")


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What the stack shows: the gravest and newest first, and how many there are beyond."""

    shown: tuple[Notice, ...] = ()
    more: int = 0


def notice_view(notices: Iterable[Notice]) -> NoticeView:
    """Return what the stack shows of the notices that were not put away."""
    ordered = sorted(notices, key=lambda notice: (_RANK[notice.level], -notice.id))
    return NoticeView(tuple(ordered[:MOST_SHOWN]), max(0, len(ordered) - MOST_SHOWN))


def command_in(text: str) -> str:
    """Return the first command that a remedy names ("sudo apt install …"), empty without any."""
    found = _COMMAND.search(text)
    return found.group(0) if found else ""
