"""How a hub is asked to run."""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.account import REMEMBER_TIME, SESSION_TIME
from app.domain.approval import CAN_TAKE_TWO
from app.domain.errors import OperatorError
from app.domain.rights import PROOF_TIME, Right
from app.hub.relay import Relay

DATABASE = "watchfloor.sqlite"
RESTORING = "restoring.part"
"""Folder in which a backup is unpacked; while it is there the data folder is neither the old nor the new."""
ELSEWHERE = "on-postgresql.txt"
"""In the folder of a hub whose database is not there."""
DATABASE_HELP = (
    "a PostgreSQL database in place of a file, as postgresql://user@host:5432/name; "
    "with a password give it in the environment, as WATCHFLOOR_DATABASE"
)


class ParentLine(BaseModel):
    """The one line that a parent process writes to the hub's standard input."""

    model_config = ConfigDict(extra="ignore")

    operator_token: str = Field(min_length=16)
    ingest_token: str = Field(min_length=16)
    operator: str = Field("operator", min_length=1, max_length=200)


@dataclass(frozen=True, slots=True)
class HubConfig:
    """One hub. ``port`` 0 means any free one."""

    data_dir: Path
    operator_token: str = field(repr=False)
    ingest_token: str = field(repr=False)
    operator: str = "operator"
    host: str = "127.0.0.1"
    port: int = 0
    checkpoint_dir: Path | None = None
    one_desk: bool = False
    """A console started the hub for itself: who can do that has all of it, accounts or none."""
    oidc_file: Path | None = None
    second_person: frozenset[Right] = frozenset()
    """Rights that take a second person's agreement at private cameras (R15)."""

    proof_time: timedelta = PROOF_TIME
    """After so long somebody proves anew who they are before they do what is privileged."""
    remember_time: timedelta = REMEMBER_TIME
    """For so long a workstation may be remembered; nothing: none is."""
    relay: Relay | None = None
    metrics_token: str | None = field(default=None, repr=False)
    database_url: str | None = field(default=None, repr=False)
    """A PostgreSQL database that the hub shares with others, in place of the file in its own folder."""

    @property
    def checkpoints(self) -> Path:
        """Return the folder for signed checkpoints of the record; beside the database where none is named."""
        return self.checkpoint_dir or self.data_dir / "checkpoints"

    @property
    def database(self) -> Path:
        """Return where the database file is."""
        return self.data_dir / DATABASE


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that a hub starts with; ``made_here`` when nobody handed them in."""

    operator_token: str = field(repr=False)
    ingest_token: str = field(repr=False)
    operator: str
    made_here: bool = False


def parser() -> argparse.ArgumentParser:
    """Return the options of ``main.py hub``."""
    options = argparse.ArgumentParser(prog="watchfloor hub", description="Run the hub alone.")
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's own files")
    options.add_argument("--database", help=DATABASE_HELP)
    options.add_argument("--host", default="127.0.0.1", help="address to listen on; loopback without TLS")
    options.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    options.add_argument("--tls-cert", type=Path, help="the site's certificate with its chain, PEM")
    options.add_argument("--tls-key", type=Path, help="its private key, PEM, without a passphrase")
    options.add_argument(
        "--checkpoints",
        type=Path,
        help="folder for signed checkpoints of the audit record; best on another machine",
    )
    options.add_argument("--mediamtx-rtsp", help="rtsp://HOST:8554 of the MediaMTX that fans out the video")
    options.add_argument(
        "--mediamtx-from",
        action="append",
        default=[],
        help="address from which MediaMTX asks the hub, where that is not this machine",
    )
    options.add_argument(
        "--second-person",
        action="append",
        default=[],
        choices=sorted(right.value for right in CAN_TAKE_TWO),
        help="right that takes a second person's agreement at private cameras, as export; may be given again",
    )
    options.add_argument(
        "--proof-minutes",
        type=_minutes,
        default=PROOF_TIME,
        metavar="N",
        help="a sign-in is good for privileged acts for so long, 1 to 720 minutes (default 15)",
    )
    options.add_argument(
        "--remember-days",
        type=_days,
        default=REMEMBER_TIME,
        metavar="N",
        help="a workstation may be remembered for so long, 0 to 365 days (default 30); 0: none is",
    )
    options.add_argument("--oidc", type=Path, help="TOML file of the agency's sign-in provider")
    options.add_argument("--log-file", type=Path, help="write the log here, bounded, not to standard error")
    options.add_argument(
        "--parent-stdin",
        action="store_true",
        help="read the tokens as one JSON line from standard input, and end when it closes",
    )
    return options


def _minutes(given: str) -> timedelta:
    minutes = int(given)
    if not 1 <= minutes <= SESSION_TIME / timedelta(minutes=1):
        raise argparse.ArgumentTypeError("takes 1 to 720 minutes, for so long a session lasts")
    return timedelta(minutes=minutes)


def _days(given: str) -> timedelta:
    days = int(given)
    if not 0 <= days <= 365:
        raise argparse.ArgumentTypeError("takes 0 to 365 days")
    return timedelta(days=days)


def database_of(given: str | None) -> str | None:
    """Return the PostgreSQL database that the command line or the environment names, None for a file.

    Raises:
        OperatorError: the command line holds a password.
    """
    if given is None:
        return os.environ.get("WATCHFLOOR_DATABASE") or None
    login = given.partition("://")[2].rpartition("@")[0]
    if ":" in login:
        raise OperatorError(
            "A password on the command line can be read by everybody on this computer.",
            "Give the address in the environment, as WATCHFLOOR_DATABASE, or use a file ~/.pgpass.",
        )
    return given


def check_host(host: str, *, has_tls: bool = False) -> None:
    """Pass loopback addresses, and any address where the hub speaks TLS.

    Raises:
        OperatorError: what crosses a network needs TLS.
    """
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback and not has_tls:
        raise OperatorError(
            "The hub listens on this machine only: without a certificate it does not speak TLS.",
            "Name the site's certificate with --tls-cert FILE --tls-key FILE, or use --host 127.0.0.1.",
        )


def tokens_from_line(line: bytes) -> Tokens:
    """Return the tokens of a parent's line.

    Raises:
        OperatorError: not the line that is expected; the message never quotes it.
    """
    try:
        sent = ParentLine.model_validate(json.loads(line))
    except (ValueError, ValidationError):
        # From None: pydantic's message would show the tokens.
        raise OperatorError(
            "The first line of standard input is not what --parent-stdin needs.",
            'It is JSON: {"operator_token": …, "ingest_token": …, "operator": …}, '
            "with tokens of 16 characters or more.",
        ) from None
    return Tokens(sent.operator_token, sent.ingest_token, sent.operator)


def metrics_token() -> str | None:
    """Return the token that reads the hub's figures, None where the environment names none.

    Raises:
        OperatorError: it is too short to keep anybody out.
    """
    token = os.environ.get("WATCHFLOOR_METRICS_TOKEN", "")
    if token and len(token) < 16:
        raise OperatorError(
            "The token in WATCHFLOOR_METRICS_TOKEN is too short.", "Take 16 random characters or more."
        )
    return token or None


def tokens_from_environment() -> Tokens:
    """Return the tokens of the environment; those that it lacks are made."""
    operator_token = os.environ.get("WATCHFLOOR_OPERATOR_TOKEN", "")
    ingest_token = os.environ.get("WATCHFLOOR_INGEST_TOKEN", "")
    return Tokens(
        operator_token or secrets.token_urlsafe(32),
        ingest_token or secrets.token_urlsafe(32),
        os.environ.get("WATCHFLOOR_OPERATOR", "operator"),
        made_here=not (operator_token and ingest_token),
    )
