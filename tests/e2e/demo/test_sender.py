"""Alerts reach a real hub: all of them, in order, and once, even when the hub goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from app.demo.city import camera_file
from app.demo.sender import AlertSender, HubAddress, HubDoor, import_cameras
from app.demo.stories import Planned, stories
from tests.fakes.waiting import run, until
from tests.hub.running_hub import INGEST_TOKEN, HubChild, desk_at_hub, running_hub, sign_in

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def plan(count: int) -> list[Planned]:
    return [Planned(0.0, item.alert) for item in islice(stories(1, START), count)]


def steady(count: int) -> Iterator[Planned]:
    return (Planned(i / 100, item.alert) for i, item in enumerate(plan(count)))


def test_every_alert_arrives_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at_hub(tmp_path) as desk:
            address = HubAddress()
            address.set(HubDoor(f"http://127.0.0.1:{desk.port}", INGEST_TOKEN))
            sender = AlertSender(address, lanes=4)
            planned = plan(60)
            await sender.run(planned, asyncio.get_running_loop().time)
            kept = (await desk.snapshot())["alerts"]
            distinct = {item.alert["external_id"]: item.alert["revision"] for item in planned}
            assert {alert["external_id"]: alert["revision"] for alert in kept} == distinct
            assert (sender.sent, sender.alerts, sender.refused) == (60, len(distinct), 0)

    run(scenario())


def test_alerts_wait_for_a_hub_that_comes_late_and_for_a_token_that_fits(tmp_path: Path) -> None:
    async def scenario() -> None:
        address = HubAddress()
        sender = AlertSender(address)
        sending = asyncio.create_task(sender.run(plan(5), asyncio.get_running_loop().time))
        async with running_hub(tmp_path) as ready:
            url = f"http://127.0.0.1:{ready.port}"
            address.set(HubDoor(url, "not-this-one"))
            desk = await sign_in(ready.port)
            async with desk.http:
                assert (await desk.snapshot())["alerts"] == []
                assert sender.sent == 0
                address.set(HubDoor(url, INGEST_TOKEN))
                await asyncio.wait_for(sending, 10)
                assert len((await desk.snapshot())["alerts"]) == 5

    run(scenario())


def test_nothing_is_lost_when_the_hub_is_killed(tmp_path: Path) -> None:
    async def scenario() -> None:
        hub = HubChild(tmp_path)
        port = (await hub.start())["port"]
        address = HubAddress()
        address.set(HubDoor(f"http://127.0.0.1:{port}", INGEST_TOKEN))
        sender = AlertSender(address)
        planned = list(steady(80))
        sending = asyncio.create_task(sender.run(planned, asyncio.get_running_loop().time))
        await until(lambda: sender.sent >= 10, what="some alerts accepted")
        hub.kill()
        before = sender.sent
        assert before < 80
        again = HubChild(tmp_path, port=port)
        await again.start()
        await asyncio.wait_for(sending, 20)
        desk = await sign_in(port)
        async with desk.http:
            kept = (await desk.snapshot())["alerts"]
        again.let_go()
        assert len(kept) == len({item.alert["external_id"] for item in planned})
        assert sender.sent == 80

    run(scenario(), timeout_s=50)


def test_an_alert_that_the_hub_refuses_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at_hub(tmp_path) as desk:
            address = HubAddress()
            address.set(HubDoor(f"http://127.0.0.1:{desk.port}", INGEST_TOKEN))
            sender = AlertSender(address)
            good = plan(3)
            bad = Planned(0.0, good[1].alert | {"urgency": "very"})
            await sender.run([good[0], bad, good[2]], asyncio.get_running_loop().time)
            assert (sender.sent, sender.refused) == (2, 1)
            assert len((await desk.snapshot())["alerts"]) == 2

    run(scenario())


def test_the_camera_file_is_imported_through_the_hubs_own_steps(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at_hub(tmp_path) as desk:
            url = f"http://127.0.0.1:{desk.port}"
            plan = await import_cameras(url, desk.session, camera_file(5540, 8080, 30))
            assert (plan["added"], plan["refused"]) == (30, [])
            again = await import_cameras(url, desk.session, camera_file(5540, 8080, 30))
            assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 30)
            assert len((await desk.snapshot())["cameras"]) == 30

    run(scenario())
