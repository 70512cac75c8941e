"""What the hub takes back leaves the desk, and what it is asked for says what the look is for."""

from __future__ import annotations

from dataclasses import replace

from app.domain.alert import AlertKind
from app.domain.consent import Purpose, Reason
from app.domain.errors import OperatorError
from app.domain.events import AlertUpserted, HubEvent, IncidentUpserted, LeaseRevoked, SnapshotLoaded
from app.domain.ids import Sequence
from app.domain.incident import Pin
from app.domain.stream_state import StreamState
from tests.fakes.stream_world import CAM, SMALL, SUB, WALL, World, in_world
from tests.fakes.waiting import until
from tests.fakes.world import alert, incident


def test_a_renewal_that_is_taken_back_before_its_answer_leaves_no_lease_on_record() -> None:
    async def play(world: World) -> None:
        await world.open()
        before = world.engine.open_streams[SUB].id
        number = int(before.rpartition("-")[2])
        renewed = f"lease-{number + 1}"
        # Told of before the hub's answer comes, as another socket may.
        world.store.apply(HubEvent(Sequence(world.store.sequence + 1), LeaseRevoked(renewed, "Taken back.")))
        world.streams.renew_all()
        await world.pass_time(0.3)
        await until(lambda: {before, renewed} <= {call[1] for call in world.hub.named("end_lease")})

    in_world(play)


def test_a_lease_that_the_hub_takes_back_closes_its_stream_in_the_hubs_words() -> None:
    async def play(world: World) -> None:
        await world.open()
        lease = world.engine.open_streams[SUB].id
        world.store.apply(HubEvent(Sequence(world.store.sequence + 1), LeaseRevoked(lease, "Taken back.")))
        await until(lambda: SUB in world.engine.closed)
        # Perhaps it is granted on other terms: the hub is asked at once.
        await until(lambda: SUB in world.engine.open_streams)

    in_world(play)


def test_a_lease_that_is_taken_back_for_good_is_denied_in_the_hubs_words() -> None:
    async def play(world: World) -> None:
        await world.open()
        lease = world.engine.open_streams[SUB].id
        world.hub.fail = lambda: OperatorError("Registered only.")
        world.store.apply(HubEvent(Sequence(world.store.sequence + 1), LeaseRevoked(lease, "Taken back.")))
        await until(lambda: world.state() is StreamState.DENIED)
        await until(lambda: world.store.streams[SUB].detail == "Registered only.")
        asked = len(world.hub.named("lease"))
        await world.pass_time(5)
        assert len(world.hub.named("lease")) == asked

    in_world(play)


def test_a_lease_that_cannot_be_longer_is_not_renewed_again_and_again() -> None:
    async def play(world: World) -> None:
        world.hub.lease_s = 100
        await world.open()
        ends_at = world.engine.open_streams[SUB].expires_at
        for _ in range(95):
            world.hub.lease_s = (ends_at - world.clock.utc()).total_seconds()
            world.engine.picture(SUB)
            await world.pass_time(1)
        assert len(world.hub.named("lease")) == 2

    in_world(play)


def test_another_desks_lease_that_is_taken_back_closes_nothing() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.store.apply(
            HubEvent(Sequence(world.store.sequence + 1), LeaseRevoked("another", "Taken back."))
        )
        await world.pass_time(1)
        assert not world.engine.closed
        assert world.state() is StreamState.LIVE

    in_world(play)


def test_after_a_snapshot_every_lease_is_asked_for_anew_for_one_may_have_been_taken_back_unheard() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.fail = lambda: OperatorError("Registered only.")
        cameras = tuple(world.store.cameras.values())
        world.store.apply(SnapshotLoaded(Sequence(500), cameras, (), ()))
        await world.pass_time(5)
        await until(lambda: world.state() is StreamState.DENIED)
        assert SUB in world.engine.closed

    in_world(play)


def test_a_camera_that_is_pinned_to_an_open_incident_is_asked_for_with_its_reason() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: OperatorError("For an incident only.")
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: world.state() is StreamState.DENIED)
        world.hub.fail = None
        shot = alert(1, kind=AlertKind.GUNSHOT)
        pinned = replace(incident(1), pins=(Pin(CAM, "Dana", world.clock.utc()),), alert_ids=(shot.id,))
        number = world.store.sequence
        world.store.apply(HubEvent(Sequence(number + 1), AlertUpserted(shot)))
        world.store.apply(HubEvent(Sequence(number + 2), IncidentUpserted(pinned)))
        # At once, though a refusal is asked about slowly.
        await world.pass_time(0.5)
        await until(lambda: SUB in world.engine.open_streams)
        assert world.hub.purposes[-1] == Purpose(Reason.GUNSHOT, pinned.id)

    in_world(play)
