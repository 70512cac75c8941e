"""Who runs a command on a hub's data folder. Nobody has signed in there, so it is the computer's account."""

from __future__ import annotations

import getpass

from app.domain.audit import Actor


def who_runs() -> Actor:
    """Return who is put on record."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError, ImportError):
        account = "unknown"
    return Actor(account, "this computer's command line")
