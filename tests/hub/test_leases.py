"""Leases: the only way to an address, always on record; and passwords nowhere else."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.hub.vault import Vault
from tests.hub.engines import ON_BOTH_ENGINES, ON_FILES_ONLY
from tests.hub.running_hub import (
    HubChild,
    MemoryKeyring,
    alert,
    client,
    desk_at_hub,
    events,
    sign_in,
    welcome,
)

pytestmark = ON_BOTH_ENGINES

PASSWORD = "s3cret-Pl4nted"
CAMERAS = json.dumps(
    {
        "cameras": [
            {
                "id": "both",
                "name": "Both",
                "lat": 43.1,
                "lon": -77.6,
                "streams": [
                    {
                        "quality": "main",
                        "kind": "rtsp",
                        "url": f"rtsp://admin:{PASSWORD}@10.0.0.1/main",
                        "fps": 15,
                    },
                    {
                        "quality": "sub",
                        "kind": "rtsp",
                        "url": f"rtsp://admin:{PASSWORD}@10.0.0.1/sub",
                        "fps": 5,
                    },
                ],
            },
            {
                "id": "one",
                "name": "Only main",
                "lat": 43.2,
                "lon": -77.6,
                "streams": [
                    {"kind": "jpeg", "url": f"http://10.0.0.2/snap.cgi?usr=admin&pwd={PASSWORD}&ch=1"}
                ],
            },
            {"id": "none", "name": "Registered only", "lat": 43.3, "lon": -77.6, "streams": []},
            {
                "id": "plain",
                "name": "Plain",
                "lat": 43.4,
                "lon": -77.6,
                "streams": [{"kind": "hls", "url": "https://example.invalid/live.m3u8"}],
            },
        ]
    }
).encode()


def test_lease_gives_the_address_and_is_on_record_from_start_to_end(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, vault=Vault(MemoryKeyring())) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            async with desk.live(after=4) as socket:
                await welcome(socket)
                lease = await desk.post(
                    "leases", {"camera_id": "both", "quality": "sub", "reason": "call"}, 201
                )
                assert lease["url"] == f"rtsp://admin:{PASSWORD}@10.0.0.1/sub"
                assert (lease["kind"], lease["quality"], lease["fps"]) == ("rtsp", "sub", 5.0)
                for _ in range(2):
                    assert (await desk.delete(f"leases/{lease['id']}")).status_code == 204
                await desk.post("alerts", alert())
                granted, ended, other = await events(socket, 3)
        assert granted["type"] == "org.watchfloor.lease.granted"
        assert ended["type"] == "org.watchfloor.lease.ended"
        assert other["type"] == "org.watchfloor.alert.upserted"
        told = {"id": lease["id"], "camera_id": "both", "quality": "sub", "user": "Dana Operator"}
        assert granted["data"] == told | {"reason": "call", "incident_id": None}
        assert ended["data"] == told | {"because": "released", "words": ""}

    asyncio.run(scene())


def test_camera_with_one_profile_gives_it_for_either_quality(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            for quality in ("main", "sub"):
                lease = await desk.post("leases", {"camera_id": "one", "quality": quality}, 201)
                assert lease["url"] == f"http://10.0.0.2/snap.cgi?usr=admin&pwd={PASSWORD}&ch=1"
                assert lease["quality"] == quality

    asyncio.run(scene())


def test_lease_tells_the_masks_that_the_directory_has_at_that_moment(tmp_path: Path) -> None:
    def masked(masks: list[list[float]]) -> bytes:
        cameras = json.loads(CAMERAS)
        cameras["cameras"][0]["privacy_masks"] = masks
        return json.dumps(cameras).encode()

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for masks in ([[0.1, 0.2, 0.3, 0.4], [0, 0, 1, 0.1]], [[0, 0, 1, 1]], []):
                await desk.import_cameras("c.json", masked(masks))
                for quality in ("main", "sub"):
                    lease = await desk.post("leases", {"camera_id": "both", "quality": quality}, 201)
                    assert lease["privacy_masks"] == masks
                other = await desk.post("leases", {"camera_id": "plain", "quality": "main"}, 201)
                assert other["privacy_masks"] == []

    asyncio.run(scene())


def test_lease_that_cannot_be_is_refused_and_not_on_record(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            before = (await desk.snapshot())["sequence"]
            for wanted, status, word in (
                ({"camera_id": "nowhere", "quality": "main"}, 404, "no such camera"),
                ({"camera_id": "none", "quality": "main"}, 404, "no stream"),
                ({"camera_id": "plain", "quality": "main", "incident_id": "none"}, 404, "no such incident"),
                ({"camera_id": "plain", "quality": "huge"}, 422, "quality"),
            ):
                answer = await desk.post("leases", wanted, status)
                assert word in json.dumps(answer["detail"])
            assert (await desk.delete("leases/nothing")).status_code == 404
            assert (await desk.snapshot())["sequence"] == before

    asyncio.run(scene())


def test_password_lost_with_the_run_is_told_and_comes_back_with_the_file(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            assert (await desk.snapshot())["secrets"] == "memory"
        async with desk_at_hub(tmp_path) as desk:
            answer = await desk.post("leases", {"camera_id": "both", "quality": "main"}, 409)
            assert "Both" in answer["detail"]
            assert "Import" in answer["hint"]
            await desk.post("leases", {"camera_id": "plain", "quality": "main"}, 201)
            plan = await desk.import_cameras("c.json", CAMERAS)
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (0, 2, 2)
            lease = await desk.post("leases", {"camera_id": "both", "quality": "main"}, 201)
            assert PASSWORD in lease["url"]

    asyncio.run(scene())


def test_vault_keeps_passwords_over_a_restart(tmp_path: Path) -> None:
    keyring = MemoryKeyring()

    async def scene() -> None:
        async with desk_at_hub(tmp_path, vault=Vault(keyring)) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            assert (await desk.snapshot())["secrets"] == "vault"
        assert {service for service, _ in keyring.kept} == {"watchfloor"}
        # One for each stream with a login, the key that signs the record, and that of the second factors.
        assert len(keyring.kept) == 6
        async with desk_at_hub(tmp_path, vault=Vault(keyring)) as desk:
            lease = await desk.post("leases", {"camera_id": "both", "quality": "main"}, 201)
            assert PASSWORD in lease["url"]
            plan = await desk.import_cameras("c.json", CAMERAS)
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (0, 0, 4)

    asyncio.run(scene())


def test_leases_left_open_by_an_earlier_run_are_ended_in_the_record(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            lease = await desk.post("leases", {"camera_id": "plain", "quality": "main"})
        async with desk_at_hub(tmp_path) as desk, desk.live(after=5) as socket:
            await welcome(socket)
            (ended,) = await events(socket, 1)
        assert ended["type"] == "org.watchfloor.lease.ended"
        assert (ended["data"]["id"], ended["data"]["because"]) == (lease["id"], "hub restarted")

    asyncio.run(scene())


def test_lease_that_runs_out_is_ended_in_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.hub.core.LEASE_SWEEP_S", 0.01)
    time = [datetime(2026, 11, 21, 7, tzinfo=UTC)]

    async def scene() -> None:
        async with desk_at_hub(tmp_path, now=lambda: time[0]) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            lease = await desk.post("leases", {"camera_id": "plain", "quality": "main"})
            assert datetime.fromisoformat(lease["expires_at"]) == time[0] + timedelta(hours=1)
            async with desk.live(after=5) as socket:
                await welcome(socket)
                time[0] += timedelta(minutes=61)
                (ended,) = await events(socket, 1)
        assert (ended["data"]["id"], ended["data"]["because"]) == (lease["id"], "expired")

    asyncio.run(scene())


@ON_FILES_ONLY
def test_planted_password_appears_in_leases_only(tmp_path: Path) -> None:
    """Everything that the hub says, writes and logs is searched."""
    clumsy = (
        CAMERAS[:-2]
        + b', {"id": "bad", "lat": "rtsp://admin:'
        + PASSWORD.encode()
        + b'@10.0.0.9/x", "lon": 1, "name": "x"}'
        + b', {"name": "shown at rtsp://admin:'
        + PASSWORD.encode()
        + b'@10.0.0.9/y", "id": "named", "lat": 1, "lon": 1}'
        + b', {"lat": 1, "lon": 1, "url": "ftp://admin:'
        + PASSWORD.encode()
        + b'@10.0.0.9/z"}]}'
    )
    csv = f"rtsp://admin:{PASSWORD}@10.0.0.1,1,2\nrtsp://admin:{PASSWORD}@10.0.0.2,1,2\n".encode()
    child = HubChild(tmp_path)
    said: list[str] = []

    async def scene() -> None:
        port = (await child.start())["port"]
        desk = await sign_in(port)
        async with desk.http:
            plan = await desk.import_cameras("c.json", clumsy)
            assert [row["row"] for row in plan["refused"]] == [5, 7]
            said.append(json.dumps(plan))
            said.append((await desk.http.post("cameras/import?name=c.csv", content=csv)).text)
            lease = await desk.post("leases", {"camera_id": "both", "quality": "main"}, 201)
            assert PASSWORD in lease["url"]
            said.append((await desk.http.get("snapshot")).text)
            said.append((await desk.http.get("health")).text)
            async with desk.live() as socket:
                await welcome(socket)
                said.append(json.dumps(await events(socket, 6)))
            for path in ("leases", "session", "incidents", f"incidents/{PASSWORD}/close"):
                answer = await desk.http.post(path, json={"camera_id": [PASSWORD], "token": [PASSWORD]})
                assert answer.status_code in (404, 422)
                said.append(answer.text)
            async with client(port, PASSWORD) as stranger:
                said.append((await stranger.get("snapshot")).text)

    asyncio.run(scene())
    code, out, log = child.let_go()
    assert code == 0
    assert "camera import applied" in log
    assert "memory for this run" in log
    for text in (*said, out, log):
        assert PASSWORD not in text
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "watchfloor.sqlite" for path in files)
    for path in files:
        assert PASSWORD.encode() not in path.read_bytes(), path.name


def test_vault_that_never_answers_does_not_hold_the_hub(tmp_path: Path) -> None:
    class Silent(MemoryKeyring):
        def __init__(self) -> None:
            super().__init__()
            self.released = asyncio.Event()
            self.loop = asyncio.get_running_loop()

        def get_password(self, service: str, username: str) -> str | None:
            asyncio.run_coroutine_threadsafe(self.released.wait(), self.loop).result(20)
            return None

    async def scene() -> None:
        keyring = Silent()
        async with desk_at_hub(tmp_path, vault=Vault(keyring, deadline_s=0.1)) as desk:
            await asyncio.wait_for(desk.import_cameras("c.json", CAMERAS), 10)
            assert (await desk.snapshot())["secrets"] == "memory"
            await desk.post("leases", {"camera_id": "both", "quality": "main"}, 201)
            keyring.released.set()

    asyncio.run(scene())
