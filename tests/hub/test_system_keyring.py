"""The system's own vault, as desks have it: GNOME's keyring behind the Secret Service, not a stand-in."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import Act
from tests.fakes.secret_service import SecretService, is_here
from tests.hub.engines import NEEDED, ON_FILES_ONLY
from tests.hub.running_hub import Desk, HubChild, sign_in
from tests.hub.test_leases import CAMERAS, PASSWORD

pytestmark = [
    ON_FILES_ONLY,
    pytest.mark.skipif(not is_here() and not os.environ.get(NEEDED), reason="needs gnome-keyring and dbus"),
]
WANTED = {"camera_id": "both", "quality": "main", "reason": "r"}


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[SecretService]:
    service = SecretService(tmp_path / "desk")
    yield service
    service.close()


class Hub(HubChild):
    """A hub that finds the keyring; what it wrote to its log is read at its end."""

    def __init__(self, folder: Path, keyring: SecretService) -> None:
        super().__init__(folder, environment=keyring.environment)

    async def desk(self) -> Desk:
        return await sign_in((await self.start())["port"])

    def play(self, scene: Callable[[Desk], Awaitable[None]]) -> list[dict[str, Any]]:
        """Let a desk work at it, and return what the hub logged until it had ended."""

        async def work() -> None:
            desk = await self.desk()
            async with desk.http:
                await scene(desk)

        try:
            asyncio.run(work())
        finally:
            code, _, log = self.let_go()
        assert code == 0
        assert PASSWORD not in log
        return [json.loads(line) for line in log.splitlines()]


def warnings(log: list[dict[str, Any]]) -> list[str]:
    return [line["event"] for line in log if line["level"] == "warning"]


def lies_on_disk(folder: Path) -> bool:
    """Say whether a file holds the camera's password as it is."""
    return any(PASSWORD.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_the_keyring_keeps_is_there_for_the_next_hub_and_in_no_file(
    tmp_path: Path, keyring: SecretService
) -> None:
    keyring.start()

    async def first(desk: Desk) -> None:
        await desk.import_cameras("c.json", CAMERAS)
        assert (await desk.snapshot())["secrets"] == "vault"

    async def second(desk: Desk) -> None:
        lease = await desk.post("leases", WANTED, 201)
        assert PASSWORD in json.dumps(lease)
        told = await desk.http.get("audit", params={"limit": 500})
        acts = [record["act"] for record in told.json()["records"]]
        assert acts.count(Act.AUDIT_KEY) == 1, "one key signs for both hubs"

    for scene in (first, second):
        assert warnings(Hub(tmp_path / "hub", keyring).play(scene)) == []
        # The keyring's own file has outlived it, and opens with the passphrase alone.
        keyring.kill()
        assert not lies_on_disk(tmp_path)
        keyring.start()


@pytest.mark.parametrize("state", ["locked", "absent"])
def test_a_keyring_that_cannot_be_opened_is_said_and_secrets_stay_in_memory(
    tmp_path: Path, keyring: SecretService, state: str
) -> None:
    if state == "locked":
        keyring.start()
        keyring.kill()
        keyring.start(unlocked=False)

    async def scene(desk: Desk) -> None:
        await desk.import_cameras("c.json", CAMERAS)
        assert (await desk.snapshot())["secrets"] == "memory"
        assert PASSWORD in json.dumps(await desk.post("leases", WANTED, 201))

    log = Hub(tmp_path / "hub", keyring).play(scene)
    assert any("memory" in words for words in warnings(log))
    assert not lies_on_disk(tmp_path)


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_a_keyring_that_fails_midway_is_said_and_the_hub_goes_on(
    tmp_path: Path, keyring: SecretService, fault: str
) -> None:
    keyring.start()

    async def scene(desk: Desk) -> None:
        assert (await desk.snapshot())["secrets"] == "vault"
        getattr(keyring, fault)()
        await desk.import_cameras("c.json", CAMERAS)
        assert (await desk.snapshot())["secrets"] == "memory"
        assert PASSWORD in json.dumps(await desk.post("leases", WANTED, 201))

    log = Hub(tmp_path / "hub", keyring).play(scene)
    assert "the system's vault failed; secrets stay in memory for this run" in warnings(log)
    assert not lies_on_disk(tmp_path)
