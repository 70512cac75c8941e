"""Following the hub: what cannot be read is loaded anew, and a lost session is signed in again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from app.domain.events import LinkState, SnapshotLoaded
from app.domain.ids import Sequence
from app.domain.own_session import OwnSession
from app.domain.restart_policy import RestartPolicy
from app.domain.rights import Right
from app.sources.hub_address import HubAddress
from app.sources.hub_live import HubLive
from app.sources.hub_rest import HubRest
from app.store.state import Store
from tests.fakes.waiting import run, until

WELCOME = json.dumps({"type": "welcome", "hub_id": "hub", "head": 9})
UNREADABLE = json.dumps({"type": "events", "events": [{"sequence": 1}]})


class Hub:
    """One hub's address and REST side; each snapshot is one event further."""

    def __init__(self) -> None:
        self.hub_id = "hub"
        self.secrets_in_memory = False
        self.authorization: dict[str, str] = {}
        self.url = ""
        self.snapshots = 0
        self.signed_in = 0
        self.session: OwnSession | None = None
        self.tls = None
        self.admitted = asyncio.Event()
        self.left = asyncio.Event()
        self.forgotten = 0
        self.here = HubAddress("http://127.0.0.1", "token", 1)

    async def address(self) -> HubAddress:
        return self.here

    async def sign_in(self, _url: str, _token: str) -> None:
        self.signed_in += 1

    def reach(self, _url: str) -> None:
        pass

    def forget(self) -> None:
        self.forgotten += 1
        self.session = None
        self.admitted.clear()
        self.left.set()

    def admit(self, user: str) -> None:
        self.left.set()
        self.left = asyncio.Event()
        self.session = OwnSession(user, (), frozenset(Right))
        self.admitted.set()

    async def snapshot(self) -> SnapshotLoaded:
        self.snapshots += 1
        return SnapshotLoaded(Sequence(self.snapshots - 1), (), (), ())


def follow(
    answer: Callable[[ServerConnection], Any],
    check: Callable[[Hub, Store, list[int], HubLive], bool],
    gate: Callable[[Hub, ServerConnection, Request], Response | None] = lambda *_: None,
    at_the_door: Hub | None = None,
) -> Store:
    """Follow a socket that answers so until ``check`` holds; returns the store.

    ``at_the_door``: a hub at which people sign in, in place of one that the desk signs in to by itself.
    """
    store, hub, new_hubs = Store(), at_the_door or Hub(), list[int]()

    async def play() -> None:
        async def handle(socket: ServerConnection) -> None:
            await answer(socket)

        server: Server
        async with serve(
            handle, "127.0.0.1", 0, process_request=lambda socket, request: gate(hub, socket, request)
        ) as server:
            hub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            policy = RestartPolicy(first_s=0.01, cap_s=0.02)
            live = HubLive(
                hub,
                cast(HubRest, hub),
                store.apply,
                lambda: new_hubs.append(1),
                lambda: None,
                by_itself=at_the_door is None,
                policy=policy,
            )
            task = asyncio.create_task(live.run())
            try:
                await until(lambda: task.done() or check(hub, store, new_hubs, live))
            finally:
                task.cancel()
                (ended,) = await asyncio.gather(task, return_exceptions=True)
            assert isinstance(ended, asyncio.CancelledError)

    run(play())
    return store


def test_an_event_that_cannot_be_read_costs_a_snapshot_and_not_the_connection_for_ever() -> None:
    async def answer(socket: ServerConnection) -> None:
        await socket.send(WELCOME)
        if "after=0" in (socket.request.path if socket.request else ""):
            await socket.send(UNREADABLE)
        await socket.wait_closed()

    store = follow(answer, lambda hub, store, *_: hub.snapshots == 2 and store.link is LinkState.CONNECTED)
    assert store.sequence == 1


def test_a_session_that_a_new_hub_does_not_know_ends_in_a_sign_in_and_new_leases() -> None:
    async def answer(socket: ServerConnection) -> None:
        await socket.send(WELCOME)
        await socket.wait_closed()

    def gate(hub: Hub, socket: ServerConnection, _request: Request) -> Response | None:
        if hub.signed_in == 1:
            return socket.respond(HTTPStatus.UNAUTHORIZED, "unknown session")
        return None

    store = follow(answer, lambda hub, store, new, _: store.link is LinkState.CONNECTED and new == [1], gate)
    assert store.link is LinkState.CONNECTED


def test_the_hubs_pulse_is_felt_while_it_is_followed() -> None:
    felt = []

    async def answer(socket: ServerConnection) -> None:
        await socket.send(WELCOME)
        await socket.wait_closed()

    def check(_hub: Hub, _store: Store, _new: list[int], live: HubLive) -> bool:
        felt.append(live.pulse.round_trip_s)
        return felt[-1] is not None

    follow(answer, check)
    assert felt[0] is None
    assert felt[-1] > 0


@pytest.mark.parametrize(
    ("code", "words"),
    [(4408, "did not keep up"), (1012, "is ending"), (4999, "is lost")],
)
def test_the_operator_reads_why_the_hub_closed_the_connection(code: int, words: str) -> None:
    async def close(socket: ServerConnection) -> None:
        await socket.close(code)

    def is_told(_hub: Hub, store: Store, _new: list[int], _live: HubLive) -> bool:
        return words in store.link_detail

    follow(close, is_told)


@pytest.mark.parametrize("code", [4401, 4423])
def test_the_end_of_one_session_that_is_heard_late_is_not_the_end_of_the_next_one(code: int) -> None:
    hub = Hub()
    hub.admit("Dana")

    async def answer(socket: ServerConnection) -> None:
        await socket.send(WELCOME)
        if hub.snapshots == 1:
            hub.admit("Eve")
            await socket.close(code, "The session of before is over.")
        await socket.wait_closed()

    follow(
        answer,
        lambda hub, store, *_: hub.snapshots == 2 and store.link is not LinkState.LOST,
        at_the_door=hub,
    )
    assert hub.forgotten == 0
    assert hub.session is not None
    assert not hub.session.locked
    assert hub.admitted.is_set()
