"""The stream service and the hub: leases asked for, renewed, refused, run out and given back."""

from __future__ import annotations

import asyncio

from app.domain.errors import HubFullError, OperatorError, ProtocolError, SourceError
from app.domain.events import (
    CameraUpserted,
)
from app.domain.privacy_mask import PrivacyMask
from app.domain.stream_state import Fault, StreamState
from app.services.streams import LINGER_S
from tests.fakes.stream_world import CAM, LARGE, MAIN, SMALL, SUB, WALL, World, in_world, running
from tests.fakes.waiting import run, until
from tests.fakes.world import camera


def test_a_wanted_camera_is_opened_under_a_lease_and_becomes_live_with_its_first_picture() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        assert world.hub.named("lease") == [("lease", SUB)]
        await until(lambda: world.state() is StreamState.CONNECTING)
        world.engine.picture(SUB)
        await until(lambda: world.state() is StreamState.LIVE)
        assert world.streams.first_live_at == world.clock.monotonic()

    in_world(play)


def test_a_refusal_is_shown_in_the_hubs_words_and_asked_again_slowly() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: OperatorError("The owner has not shared this camera.")
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: world.state() is StreamState.DENIED)
        status = world.store.streams[SUB]
        assert (status.fault, status.detail) == (
            Fault.DENIED_BY_HUB,
            "The owner has not shared this camera.",
        )
        asked = len(world.hub.named("lease"))
        await world.pass_time(5)
        assert len(world.hub.named("lease")) == asked
        world.hub.fail = None
        await world.pass_time(60)
        await until(lambda: SUB in world.engine.open_streams)

    in_world(play)


def test_a_hub_that_is_away_is_asked_again_and_the_tile_says_it_waits() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: SourceError("away")
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: world.state() is StreamState.CONNECTING)
        await until(lambda: world.store.streams[SUB].detail == "Waiting for the hub's permission")
        world.hub.fail = None
        await world.pass_time(5)
        await until(lambda: SUB in world.engine.open_streams)

    in_world(play)


def test_a_hub_with_a_full_disk_costs_no_open_stream_and_a_new_tile_says_why_it_waits() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.fail = lambda: HubFullError("The hub's disk is full.", "Make room.")
        world.streams.renew_all()
        await until(lambda: len(world.hub.named("lease")) == 2)
        world.streams.demand(WALL, {CAM: LARGE})
        await until(lambda: MAIN in world.store.streams and world.store.streams[MAIN].detail != "")
        assert world.state(MAIN) is StreamState.CONNECTING
        assert world.store.streams[MAIN].detail == "The hub's disk is full."
        assert world.state() is StreamState.LIVE
        assert not world.engine.closed
        world.hub.fail = None
        await world.pass_time(10)
        await until(lambda: MAIN in world.engine.open_streams)

    in_world(play)


def test_a_lease_is_renewed_before_it_ends_without_touching_the_stream() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        await world.pass_time(world.hub.lease_s - 60)
        await until(lambda: len(world.hub.named("lease")) == 2)
        await until(lambda: world.hub.named("end_lease") == [("end_lease", "lease-1")])
        assert world.engine.opened == [SUB]
        assert not world.engine.closed

    in_world(play)


def test_a_lease_that_runs_out_while_the_hub_is_away_closes_the_stream() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        world.engine.picture(SUB)
        world.hub.fail = lambda: SourceError("away")
        await world.pass_time(world.hub.lease_s + 1)
        await until(lambda: world.engine.closed == [SUB])
        assert world.state() is StreamState.DENIED

    in_world(play)


def test_a_restarted_hub_is_asked_for_every_lease_anew() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        world.streams.renew_all()
        await until(lambda: len(world.hub.named("lease")) == 2)
        assert world.engine.opened == [SUB]

    in_world(play)


HOUSE, GARDEN = PrivacyMask(0, 0, 0.5, 0.5), PrivacyMask(0.5, 0.5, 0.5, 0.5)


def test_a_mask_in_the_directory_reaches_an_open_stream_by_a_lease_of_its_own() -> None:
    async def play(world: World) -> None:
        await world.open()
        for held in ((HOUSE,), (HOUSE, GARDEN), ()):
            asked = len(world.hub.named("lease"))
            world.hub.masks = held
            world.tell(CameraUpserted(camera(1, privacy_masks=held)))
            await world.pass_time(0.2)
            await until(lambda asked=asked: len(world.hub.named("lease")) == asked + 1)
            await until(lambda held=held: world.engine.open_streams[SUB].privacy_masks == held)
        assert world.engine.opened == [SUB]
        assert not world.engine.closed

    in_world(play)


def test_a_mask_is_put_on_while_the_hub_does_not_answer_and_only_the_hub_takes_one_off() -> None:
    async def play(world: World) -> None:
        world.hub.masks = (HOUSE,)
        await world.open()
        for error in (SourceError("away"), ProtocolError("garbage")):
            world.hub.fail = lambda error=error: error
            world.tell(CameraUpserted(camera(1, privacy_masks=(GARDEN,))))
            await world.pass_time(0.2)
            await until(lambda: world.engine.open_streams[SUB].privacy_masks == (HOUSE, GARDEN))
            world.tell(CameraUpserted(camera(1)))
            await world.pass_time(0.2)
            assert world.engine.open_streams[SUB].privacy_masks == (HOUSE, GARDEN)
        world.hub.fail, world.hub.masks = None, ()
        await world.pass_time(60)
        await until(lambda: world.engine.open_streams[SUB].privacy_masks == ())

    in_world(play)


def test_a_mask_is_put_on_while_the_hub_takes_its_time_with_an_answer_that_lacks_it() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.gate = asyncio.Event()
        world.streams.renew_all()
        await until(lambda: len(world.hub.named("lease")) == 2)
        world.tell(CameraUpserted(camera(1, privacy_masks=(HOUSE,))))
        await world.pass_time(0.2)
        assert world.engine.open_streams[SUB].privacy_masks == (HOUSE,)
        opened = world.engine.open_streams[SUB]
        world.hub.masks = (HOUSE,)
        world.hub.gate.set()
        await until(lambda: world.engine.open_streams[SUB].id == "lease-2")
        assert world.engine.open_streams[SUB].privacy_masks == opened.privacy_masks
        await until(lambda: world.engine.open_streams[SUB].id == "lease-3")

    in_world(play)


def test_a_mask_is_put_on_a_stream_that_lingers_before_it_is_looked_at_again() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.streams.demand(WALL, {})
        await world.pass_time(0.2)
        world.tell(CameraUpserted(camera(1, privacy_masks=(HOUSE,))))
        await world.pass_time(0.2)
        assert world.engine.open_streams[SUB].privacy_masks == (HOUSE,)

    in_world(play)


def test_stopping_closes_every_stream_and_ends_its_lease() -> None:
    async def play() -> None:
        async with running() as world:
            world.streams.demand(WALL, {CAM: SMALL})
            await until(lambda: SUB in world.engine.open_streams)
        assert world.engine.closed == [SUB]
        assert world.hub.named("end_lease") == [("end_lease", "lease-1")]

    run(play())


def test_the_stream_that_is_painted_until_the_new_one_has_a_picture_keeps_to_its_own_lease() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.streams.demand(WALL, {CAM: LARGE})
        await until(lambda: MAIN in world.engine.open_streams)
        await world.pass_time(world.hub.lease_s - 60)
        await until(lambda: world.hub.named("lease").count(("lease", SUB)) == 2)
        assert world.streams.key_for(CAM) == SUB
        world.hub.fail = lambda: SourceError("away")
        await world.pass_time(world.hub.lease_s + 1)
        await until(lambda: not world.engine.open_streams)

    in_world(play)


def test_a_changed_camera_is_asked_for_anew_so_that_a_withdrawn_consent_closes_it() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.fail = lambda: OperatorError("The owner has withdrawn the camera.")
        world.tell(CameraUpserted(camera(1, streams=())))
        await until(lambda: world.engine.closed == [SUB])
        await until(lambda: world.state() is StreamState.DENIED or SUB not in world.store.streams)
        await until(lambda: ("end_lease", "lease-1") in world.hub.calls)

    in_world(play)


def test_a_camera_at_a_new_address_is_opened_there_even_if_the_hub_was_away_at_first() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.fail = lambda: SourceError("away")
        world.tell(CameraUpserted(camera(1)))
        await until(lambda: len(world.hub.named("lease")) == 2)
        world.hub.fail, world.hub.url = None, "rtsp://host/moved"
        await world.pass_time(10)
        await until(lambda: world.engine.opened == [SUB, SUB])
        assert world.engine.open_streams[SUB].url == "rtsp://host/moved"

    in_world(play)


def test_a_lease_granted_after_the_camera_was_put_away_is_given_back_and_opens_nothing() -> None:
    async def play(world: World) -> None:
        world.hub.gate = asyncio.Event()
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: len(world.hub.named("lease")) == 1)
        world.streams.demand(WALL, {})
        await world.pass_time(0)
        await world.pass_time(LINGER_S + 1)
        world.hub.gate.set()
        await until(lambda: world.hub.named("end_lease") == [("end_lease", "lease-1")])
        assert not world.engine.opened

    in_world(play)


def test_a_camera_wanted_again_while_its_first_lease_is_still_awaited_stays_open() -> None:
    async def play(world: World) -> None:
        world.hub.gate = first = asyncio.Event()
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: len(world.hub.named("lease")) == 1)
        world.streams.demand(WALL, {})
        await world.pass_time(0)
        await world.pass_time(LINGER_S + 1)
        world.hub.gate = None
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        first.set()
        await until(lambda: world.hub.named("end_lease") == [("end_lease", "lease-1")])
        assert world.engine.open_streams[SUB].id == "lease-2"
        assert not world.engine.closed

    in_world(play)


def test_a_hub_that_cannot_end_the_old_lease_costs_the_renewed_stream_nothing() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.end_fail = OperatorError("There is no such lease.")
        world.streams.renew_all()
        await until(lambda: world.hub.named("end_lease") == [("end_lease", "lease-1")])
        await world.pass_time(0.1)
        assert world.engine.open_streams[SUB].id == "lease-2"
        assert world.state() is StreamState.LIVE

    in_world(play)


def test_an_answer_that_breaks_the_protocol_is_not_asked_for_without_pause() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: ProtocolError("garbage")
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.store.streams and world.store.streams[SUB].detail != "")
        asked = len(world.hub.named("lease"))
        await world.pass_time(0)
        await world.pass_time(0)
        assert len(world.hub.named("lease")) == asked
        world.hub.fail = None
        await world.pass_time(10)
        await until(lambda: SUB in world.engine.open_streams)

    in_world(play)


def test_a_short_lease_is_renewed_halfway_and_not_at_every_look() -> None:
    async def play(world: World) -> None:
        world.hub.lease_s = 60
        await world.open()
        for _ in range(3):
            await world.pass_time(7)
        assert len(world.hub.named("lease")) == 1
        await world.pass_time(10)
        await until(lambda: len(world.hub.named("lease")) == 2)

    in_world(play)
