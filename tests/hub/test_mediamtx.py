"""MediaMTX between cameras and desks: who reads what is decided by the leases that run."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.domain.camera import Quality
from app.domain.errors import OperatorError
from app.hub.relay import Refused, Relay, path_of
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.running_hub import Desk, client, desk_at_hub

RELAY = Relay.of("rtsp://127.0.0.1:8554")
PASSWORD = "s3cret-Pl4nted"
CAMERAS = json.dumps(
    {
        "cameras": [
            {"id": name, "name": name, "lat": 43.1, "lon": -77.6,
             "streams": [{"kind": kind, "url": url}]}
            for name, kind, url in (
                ("a", "rtsp", f"rtsp://admin:{PASSWORD}@10.0.0.1/main"),
                ("b", "rtsp", "rtsp://10.0.0.2/main"),
                ("still", "jpeg", "http://10.0.0.3/snap.jpg"),
            )
        ]
    }
).encode()  # fmt: skip


def question(**changes: object) -> dict[str, object]:
    """Return the body that MediaMTX sends, as its documentation has it."""
    return {
        "user": "",
        "password": "",
        "token": "",
        "ip": "10.0.0.77",
        "action": "read",
        "path": "",
        "protocol": "rtsp",
        "id": "3f1b9a6e-2d0e-4f0e-9d57-6a0f6f5f2b11",
        "query": "",
        **changes,
    }


class MediaMtx:
    """Asks the hub as MediaMTX does."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def status(self, **changes: object) -> int:
        answer = await self._http.post("mediamtx/auth", json=question(**changes))
        assert answer.status_code in {200, 401}, answer.text
        return answer.status_code


def login(lease: dict[str, Any]) -> dict[str, object]:
    """Return what MediaMTX gets from a desk that opens the lease's address."""
    parts = urlsplit(lease["url"])
    return {"user": parts.username, "password": parts.password, "path": parts.path.removeprefix("/")}


async def look(desk: Desk, camera: str = "a") -> dict[str, Any]:
    lease: dict[str, Any] = await desk.post("leases", {"camera_id": camera, "quality": "sub"}, 201)
    return lease


async def refused_reads(desk: Desk) -> list[tuple[str, str, str]]:
    records = (await desk.http.get("audit")).json()["records"]
    return [
        (record["where"], record["subject"], record["detail"])
        for record in reversed(records)
        if record["subject"].startswith("mediamtx/")
    ]


def scene_at(folder: Path, play: Any, **options: Any) -> None:
    async def run() -> None:
        async with desk_at_hub(folder, relay=RELAY, **options) as desk, client(desk.port, None) as http:
            await desk.import_cameras("c.json", CAMERAS)
            await play(desk, MediaMtx(http))

    asyncio.run(run())


def test_a_lease_carries_mediamtxs_address_and_no_camera_password(tmp_path: Path) -> None:
    """No vault is asked: this one lost the password, and the look is granted all the same."""

    async def play(desk: Desk, mediamtx: MediaMtx) -> None:
        lease = await look(desk)
        parts = urlsplit(lease["url"])
        assert (parts.hostname, parts.port, parts.path) == ("127.0.0.1", 8554, "/camera/a/main")
        assert parts.username == lease["id"]
        assert len(parts.password or "") >= 32
        assert PASSWORD not in json.dumps(lease)
        assert (await look(desk, "still"))["url"] == "http://10.0.0.3/snap.jpg"

    scene_at(tmp_path, play)


@ON_BOTH_ENGINES
def test_who_has_a_lease_reads_its_path_and_no_other(tmp_path: Path) -> None:
    async def play(desk: Desk, mediamtx: MediaMtx) -> None:
        mine, other = login(await look(desk)), login(await look(desk, "b"))
        assert await mediamtx.status() == 401
        assert await mediamtx.status(**mine) == 200
        assert await mediamtx.status(**other) == 200
        assert await mediamtx.status(**mine | {"path": other["path"]}) == 401
        assert await mediamtx.status(**mine | {"user": other["user"]}) == 401
        for stranger in ("nobody", "a\x00b"):
            assert await mediamtx.status(**mine | {"user": stranger}) == 401
        assert await mediamtx.status(**mine | {"password": ""}) == 401
        for action in ("publish", "playback", "api", "metrics", "pprof", ""):
            assert await mediamtx.status(**mine, action=action) == 401, action
        assert await mediamtx.status(**mine, id=None, userAgent="one day") == 200

    scene_at(tmp_path, play)


def test_the_token_ends_with_its_lease(tmp_path: Path) -> None:
    now = [datetime(2026, 11, 21, 7, tzinfo=UTC)]

    async def play(desk: Desk, mediamtx: MediaMtx) -> None:
        lease = await look(desk)
        await desk.delete(f"leases/{lease['id']}")
        assert await mediamtx.status(**login(lease)) == 401
        late = await look(desk)
        assert await mediamtx.status(**login(late)) == 200
        now[0] += timedelta(hours=1)
        assert await mediamtx.status(**login(late)) == 401

    scene_at(tmp_path, play, now=lambda: now[0])


def test_a_lease_that_is_not_of_mediamtx_opens_nothing_there(tmp_path: Path) -> None:
    async def play(desk: Desk, mediamtx: MediaMtx) -> None:
        lease = await look(desk, "still")
        told = {"user": lease["id"], "password": "", "path": path_of("still", Quality.MAIN)}
        assert await mediamtx.status(**told) == 401

    scene_at(tmp_path, play)


def test_refusals_are_on_record_once_a_minute_and_the_first_try_without_a_login_is_none(
    tmp_path: Path,
) -> None:
    now = [datetime(2026, 11, 21, 7, tzinfo=UTC)]

    async def play(desk: Desk, mediamtx: MediaMtx) -> None:
        wrong = login(await look(desk)) | {"password": "guess"}
        assert await mediamtx.status(path="camera/a/main") == 401
        assert await refused_reads(desk) == []
        for _ in range(3):
            assert await mediamtx.status(**wrong) == 401
        first = ("10.0.0.77", "mediamtx/camera/a/main", "read")
        assert await refused_reads(desk) == [first]
        assert await mediamtx.status(**wrong, ip="10.0.0.78") == 401
        now[0] += timedelta(minutes=1)
        assert await mediamtx.status(**wrong) == 401
        assert await refused_reads(desk) == [first, ("10.0.0.78", *first[1:]), first]
        assert "guess" not in (await desk.http.get("audit")).text

    scene_at(tmp_path, play, now=lambda: now[0])


def test_a_hundred_paths_in_a_minute_do_not_fill_the_record() -> None:
    now = [datetime(2026, 11, 21, 7, tzinfo=UTC)]
    refused = Refused(lambda: now[0])
    assert sum(refused.is_news("10.0.0.1", str(number)) for number in range(1000)) == 101
    now[0] += timedelta(minutes=1)
    assert refused.is_news("10.0.0.1", "0")


@pytest.mark.parametrize(
    ("address", "believed"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.5", True),
        ("::ffff:10.0.0.5", True),
        ("10.0.0.6", False),
        ("unknown", False),
    ],
)
def test_only_mediamtx_is_answered(address: str, believed: bool) -> None:
    assert Relay.of("rtsp://mediamtx.example:8554", ["10.0.0.5"]).believes(address) is believed


def test_a_stranger_gets_no_answer_and_is_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(desk: Desk, mediamtx: MediaMtx) -> None:
        mine = login(await look(desk))
        monkeypatch.setattr(Relay, "believes", lambda _self, _address: False)
        assert await mediamtx.status(**mine) == 401
        (record,) = await refused_reads(desk)
        assert record == (
            "127.0.0.1", f"mediamtx/{mine['path']}", "asked from an address that is not MediaMTX's",
        )  # fmt: skip

    scene_at(tmp_path, play)


def test_a_hub_without_mediamtx_says_so(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            answer = await desk.http.post("mediamtx/auth", json=question())
            assert (answer.status_code, "--mediamtx-rtsp" in answer.json()["hint"]) == (404, True)

    asyncio.run(scene())


def test_no_two_streams_share_a_path_and_every_path_is_one_that_mediamtx_takes() -> None:
    names = ["a", "A", "c-17", "x/../y", "a b", "ä", "~a", "a.b", "", "-" * 200, "é" * 200]
    paths = [path_of(name, quality) for name in names for quality in Quality]
    assert len(set(paths)) == len(paths)
    assert [path for path in paths if not re.fullmatch(r"camera/~?[A-Za-z0-9_-]+/(main|sub)", path)] == []


@pytest.mark.parametrize(
    "address", ["", "http://h:8554", "rtsp://", "rtsp://h:0", "rtsp://h:x", "rtsp://u:p@h:1", "rtsp://h/p"]
)
def test_an_address_that_is_none_of_mediamtx_is_refused_in_words(address: str) -> None:
    with pytest.raises(OperatorError) as refused:
        Relay.of(address)
    assert "--mediamtx-rtsp" in refused.value.hint


def test_a_name_to_be_asked_from_is_refused_in_words() -> None:
    with pytest.raises(OperatorError, match="from an address, not from a name"):
        Relay.of("rtsp://h:8554", ["mediamtx.example"])
