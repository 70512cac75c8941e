"""Runs a hub: listens, says that it is ready, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
from fastapi import FastAPI

from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.domain.rights import Right
from app.hub.application import application
from app.hub.config import (
    HubConfig,
    Tokens,
    check_host,
    database_of,
    metrics_token,
    parser,
    tokens_from_environment,
    tokens_from_line,
)
from app.hub.connections import LARGEST_FRAME, HubHttp, HubSocket
from app.hub.db.sqlite_file import InUseError
from app.hub.opening import open_hub
from app.hub.parent import Parent
from app.hub.relay import Relay
from app.hub.standard_log import route_standard_log
from app.hub.tls import Certificate
from app.hub.vault import Vault
from app.log import configure

if TYPE_CHECKING:
    from app.hub.core import Hub
    from app.hub.oidc.sign_ins import OidcSignIns

log = structlog.get_logger("hub")

SHUTDOWN_S = 3
EXIT_REFUSED = 2
EXIT_IN_USE = 3


@dataclass(frozen=True, slots=True)
class Ready:
    """A hub that accepts connections; ``notice`` is for the operator, empty when all is well."""

    port: int
    hub_id: str
    notice: str = ""
    has_accounts: bool = False


class _Config(uvicorn.Config):
    """uvicorn's settings with a TLS context of our own."""

    def __init__(self, app: FastAPI, certificate: Certificate | None, **settings: Any) -> None:
        super().__init__(app, **settings)
        self._certificate = certificate

    def load(self) -> None:
        super().load()
        if self._certificate is not None:
            self.ssl = self._certificate.context


class _Server(uvicorn.Server):
    """uvicorn that tells when it accepts connections, ends by an event and leaves signals alone."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None], stop: asyncio.Event) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def main_loop(self) -> None:
        # uvicorn's own wakes ten times a second to look whether it should end.
        await self.on_tick(0)
        await self._stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn would raise the signal again after its own end and before the database is closed.
        yield


async def serve(
    config: HubConfig,
    *,
    on_ready: Callable[[Ready], None] | None = None,
    stop: asyncio.Event | None = None,
    vault: Vault | None = None,
    now: Callable[[], datetime] = SystemClock().utc,
    certificate: Certificate | None = None,
) -> None:
    """Run a hub until ``stop`` is set.

    Args:
        config: where and with which tokens.
        on_ready: called once connections are accepted.
        stop: ends the hub in order.
        vault: keeps the cameras' passwords; the system's own when None.
        now: the wall clock, in UTC.
        certificate: the site's; without one the hub listens on loopback only, without TLS.

    Raises:
        OperatorError: the folder, its database or the port cannot be used (`InUseError`: by another hub).
    """
    check_host(config.host, has_tls=certificate is not None)
    with _listening(config.host, config.port) as listener:
        async with open_hub(config, vault, now) as (hub, notice):
            if config.oidc_file is not None:
                hub.oidc = await _oidc(config.oidc_file, hub)
            has_accounts = await hub.has_accounts()
            if not config.one_desk:
                hub.sessions.serve_several()
                if has_accounts:
                    hub.sessions.close_one_time()
            ready = Ready(listener.getsockname()[1], hub.id, notice, has_accounts)
            server = _Server(
                _Config(
                    application(hub),
                    certificate,
                    http=HubHttp,
                    ws=HubSocket,
                    ws_max_size=LARGEST_FRAME,
                    # Loopback has bandwidth to spare, and the desk needs the processor.
                    ws_per_message_deflate=False,
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    # Where a request comes from goes on record: nobody may say so in a header.
                    proxy_headers=False,
                    server_header=False,
                    date_header=False,
                    timeout_graceful_shutdown=SHUTDOWN_S,
                ),
                lambda: on_ready(ready) if on_ready else None,
                stop or asyncio.Event(),
            )
            log.info("hub started", port=ready.port, hub_id=hub.id, sequence=hub.log.head)
            await server.serve(sockets=[listener])
            log.info("hub ended", sequence=hub.log.head)


async def _oidc(file: Path, hub: Hub) -> OidcSignIns:
    from app.hub.oidc.settings import read_oidc  # noqa: PLC0415 (dear to import, and few hubs need it)
    from app.hub.oidc.sign_ins import OidcSignIns  # noqa: PLC0415

    settings = await read_oidc(file, os.environ, hub.vault)
    return OidcSignIns(settings, hub.journal, hub.denials, hub.now, hub.sessions)


def main(argv: list[str]) -> int:
    """Run ``main.py hub`` and return its exit code: 0, 2 refused, 3 the data folder is in use."""
    configure()
    route_standard_log()
    sys.excepthook = _log_uncaught
    if argv[:1] == ["import"]:
        from app.hub.import_command import main as import_cameras  # noqa: PLC0415 (rarely used)

        return import_cameras(argv[1:])
    if argv[:1] == ["admin"]:
        from app.hub.accounts.admin_command import main as administer  # noqa: PLC0415 (rarely used)

        return administer(argv[1:])
    if argv[:1] == ["backup"]:
        from app.hub.backup.backup_command import main as back_up  # noqa: PLC0415 (rarely used)

        return back_up(argv[1:])
    if argv[:1] == ["restore"]:
        from app.hub.backup.restore_command import main as restore  # noqa: PLC0415 (rarely used)

        return restore(argv[1:])
    options = parser().parse_args(argv)
    if options.parent_stdin and options.database is not None:
        parser().error("--database and --parent-stdin do not go together: a console's own hub has a file")
    parent = Parent() if options.parent_stdin else None
    try:
        if options.log_file is not None:
            _log_to(options.log_file)
        tokens = tokens_from_line(parent.first_line()) if parent else tokens_from_environment()
        config = HubConfig(
            options.data_dir,
            tokens.operator_token,
            tokens.ingest_token,
            tokens.operator,
            options.host,
            options.port,
            options.checkpoints,
            one_desk=parent is not None,
            metrics_token=metrics_token(),
            relay=Relay.of(options.mediamtx_rtsp, options.mediamtx_from) if options.mediamtx_rtsp else None,
            oidc_file=options.oidc,
            second_person=frozenset(Right(right) for right in options.second_person),
            proof_time=options.proof_minutes,
            remember_time=options.remember_days,
            # A console's own hub is its own: what is set for the centre's is not meant for it.
            database_url=database_of(options.database) if parent is None else None,
        )
        certificate = _certificate(options.tls_cert, options.tls_key)
        asyncio.run(_run(config, tokens, parent, certificate))
    except OperatorError as error:
        log.error("hub cannot run", reason=error.message, hint=error.hint)
        _say({"error": error.message, "hint": error.hint})
        return EXIT_IN_USE if isinstance(error, InUseError) else EXIT_REFUSED
    return 0


def _certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        raise OperatorError("TLS takes both a certificate and its key.", "Give --tls-cert and --tls-key.")
    return Certificate(chain, key, SystemClock().utc)


def _log_to(file: Path) -> None:
    try:
        configure(file)
    except OSError as error:
        raise OperatorError(
            f"The hub cannot write its log: {error.strerror}.", f"Check the folder {file.parent}."
        ) from error


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("hub failed", exc_info=(kind, error, trace))


async def _run(
    config: HubConfig, tokens: Tokens, parent: Parent | None, certificate: Certificate | None
) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    if certificate is not None and sys.platform != "win32":
        loop.add_signal_handler(signal.SIGHUP, certificate.renew)
    if parent is not None:
        parent.on_end(lambda: loop.call_soon_threadsafe(stop.set))

    def on_ready(ready: Ready) -> None:
        notice = {"notice": ready.notice} if ready.notice else {}
        _say({"port": ready.port, "hub_id": ready.hub_id, **notice})
        if tokens.made_here:
            if not ready.has_accounts:
                sys.stderr.write(f"Sign in once with the operator token {tokens.operator_token}\n")
            sys.stderr.write(f"Send alerts with the ingest token {tokens.ingest_token}\n")
            sys.stderr.flush()

    await serve(config, on_ready=on_ready, stop=stop, certificate=certificate)


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off only where it is: without it every
    # answer waits 40 ms for the other side's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # A hub that starts again takes its port again, though old connections still linger on it.
            # (On Windows the same option would let two hubs share one port.)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        why = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise OperatorError(
            f"The hub cannot listen on port {port}: {why}.", "Choose another port, or 0 for any free one."
        ) from error
    listener.setblocking(False)
    return listener
