"""A stream at rest, its replay and what is saved of it: real cameras, real decoders."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from app.domain.camera import Quality, StreamKey, StreamKind, Use
from app.domain.consent import NO_PURPOSE
from app.domain.errors import OperatorError
from app.domain.evidence import Begun, Recording
from app.domain.ids import CameraId
from app.domain.picture_size import PictureSize
from app.domain.privacy_mask import PrivacyMask
from app.domain.stream_state import StreamState
from app.services.evidence import Evidence
from app.services.notify import Notify
from app.sources.evidence_files import EvidenceFiles
from app.sources.hub_evidence import HubEvidence
from app.sources.hub_rest import HubRest
from app.sources.video import requests
from app.store.state import Store
from main import main
from tests.e2e.video.conftest import FPS, MachineClock, RtspCamera, Wall, wall_with
from tests.fakes.http_cameras import HttpCameras
from tests.fakes.waiting import run, until
from tests.hub.running_hub import OPERATOR_TOKEN, running_hub

SIZE = PictureSize(320, 180)
INTERVAL_S = 1 / FPS
DECODERS = pytest.mark.parametrize("decoder", ["libvlc", "ffmpeg"])


async def playing(wall: Wall, camera: RtspCamera, pictures: int = FPS) -> StreamKey:
    key = await wall.open("gate", camera.url(), StreamKind.RTSP)
    wall.engine.fit(key, SIZE)
    await wall.until_live(key)
    await wall.pictures(key, pictures)
    return key


@DECODERS
def test_a_stream_at_rest_decodes_nothing_and_returns_with_the_present(
    plain_camera: RtspCamera, decoder: str
) -> None:
    async def play() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await playing(wall, plain_camera)
            wall.engine.rest(key)
            packets = wall.facts(key).packets_read
            await until(lambda: wall.facts(key).packets_read >= packets + 3)
            decoded = wall.facts(key).pictures_decoded
            await until(lambda: wall.facts(key).packets_read >= packets + FPS + 8)
            assert wall.facts(key).pictures_decoded == decoded
            assert wall.status(key).state is not StreamState.LIVE
            before = wall.engine.newest_number(key)
            woken = time.monotonic()
            wall.engine.fit(key, SIZE)
            await until(lambda: wall.engine.newest_number(key) > before)
            first = wall.engine.newest(key)
            assert first is not None
            # Not a fast run through the past: what is seen first is what the camera sent last.
            assert first.number - before <= 2
            assert first.arrived_at >= woken - 2 * INTERVAL_S
            await wall.until_live(key)
            await wall.pictures(key, FPS)
            assert wall.restarts(key) == 0

    run(play())


@DECODERS
def test_a_replay_plays_the_past_beside_the_live_picture(plain_camera: RtspCamera, decoder: str) -> None:
    async def play() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await playing(wall, plain_camera, 3 * FPS)
            past = wall.engine.past.replay(key, 2)
            assert past is not None
            wall.engine.fit(past, SIZE)
            await until(lambda: wall.engine.newest_number(past) > 2)
            before = wall.engine.newest_number(past)
            frame = wall.engine.newest(past)
            assert frame is not None
            # The clip's key pictures are a second apart.
            assert 2.0 <= time.monotonic() - frame.arrived_at <= 3.5
            assert wall.status(past).state is not StreamState.LIVE
            await wall.pictures(key, FPS)
            assert wall.engine.newest_number(past) - before == pytest.approx(FPS, abs=4)
            assert wall.status(key).state is StreamState.LIVE
            await wall.engine.close(key)
            assert wall.engine.facts(past) is None

    run(play())


def test_a_replay_ends_with_the_worker_that_has_its_past(plain_camera: RtspCamera) -> None:
    async def play() -> None:
        async with wall_with() as wall:
            key = await playing(wall, plain_camera)
            past = wall.engine.past.replay(key, 5)
            assert past is not None
            worker = wall.engine.worker_of(key)
            assert worker is not None
            os.kill(wall.engine.worker_processes()[worker], signal.SIGKILL)
            await until(lambda: wall.engine.facts(past) is None)
            await wall.until_live(key)

    run(play())


def test_a_stream_that_is_not_open_has_no_replay(plain_camera: RtspCamera, tmp_path: Path) -> None:
    async def play() -> None:
        async with wall_with() as wall:
            key = await wall.open("gate", plain_camera.url(), StreamKind.RTSP)
            assert wall.engine.past.replay(key, 5) is None
            await wall.engine.close(key)
            with pytest.raises(OperatorError, match="on record"):
                await wall.engine.past.save(key, 0.0, tmp_path / "x.mkv", "")

    run(play())


@asynccontextmanager
async def desk_at_hub(folder: Path, camera: RtspCamera) -> AsyncIterator[HubRest]:
    """Sit somebody at a real hub that knows the camera."""
    listed = {
        "cameras": [
            {"id": "gate", "name": "Gate", "lat": 1.0, "lon": 2.0,
             "streams": [{"quality": "sub", "kind": "rtsp", "url": camera.url()}]}
        ]
    }  # fmt: skip
    rest = HubRest()
    async with running_hub(folder) as ready:
        try:
            await rest.sign_in(f"http://127.0.0.1:{ready.port}", OPERATOR_TOKEN)
            plan = await rest.plan_import("c.json", json.dumps(listed).encode())
            await rest.apply_import(plan.token)
            yield rest
        finally:
            await rest.aclose()


def coded_units(path: Path) -> set[bytes]:
    """Return the units of a file's coded pictures, each without the length that stands before it."""
    found = set()
    with av.open(str(path)) as file:
        for packet in file.demux(video=0):
            data = bytes(packet)
            while data:
                end = 4 + int.from_bytes(data[:4], "big")
                found.add(data[4:end])
                data = data[end:]
    assert found
    return found


def test_what_is_saved_is_what_the_camera_sent_and_is_signed_for(
    plain_camera: RtspCamera, access_units: list[bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub, sent = tmp_path / "hub", set(re.split(rb"\x00*\x00\x00\x01", b"".join(access_units)))
    hub.mkdir()

    async def play() -> None:
        async with wall_with() as wall, desk_at_hub(hub, plain_camera) as rest:
            store, clock = Store(), MachineClock()
            evidence = Evidence(
                store, HubEvidence(rest), EvidenceFiles(tmp_path), clock, Notify(store, clock)
            )
            lease = await rest.lease(StreamKey(CameraId("gate"), Quality.SUB), NO_PURPOSE)
            key = await playing(wall, plain_camera, 3 * FPS)
            saved = tmp_path / "new folder" / "gate.mkv"
            asked_at = time.monotonic()
            use = await rest.use_lease(lease.id, Use.RECORDING)
            begun = Begun(use, "", asked_at, time.monotonic() - asked_at)
            span = await wall.engine.past.save(key, time.monotonic() - 2, saved, "Gate")
            assert coded_units(saved) <= sent
            assert 1.8 <= span.ended - span.began <= 4
            await rest.end_lease(lease.id)

            async def written() -> Recording:
                return Recording(saved, span)

            await evidence.save(begun, saved, written)
            (notice,) = store.notices.values()
            assert "with its signed manifest" in notice.hint
            (key_file,) = (hub / "checkpoints").glob("*.pem")
            manifest = saved.with_name("gate.mkv.manifest.json")
            assert main(["evidence", "verify", str(manifest), "--key", str(key_file)]) == 0
            assert "Camera Gate, saved by Dana Operator" in capsys.readouterr().out
            told = json.loads(manifest.read_bytes())
            # One machine has one clock.
            assert abs(told["clock_offset"]["hub_minus_desk_s"]) <= told["clock_offset"]["uncertainty_s"]
            assert {file.name for file in saved.parent.iterdir()} == {
                "gate.mkv",
                "gate.mkv.manifest.json",
                "gate.mkv.manifest.sig",
            }
            with av.open(str(saved)) as file:
                assert file.metadata["title"] == "Gate"
                stream = file.streams.video[0]
                assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 640, 360)
                assert 2 * FPS <= len(list(file.decode(video=0))) <= 4 * FPS
            with pytest.raises(OperatorError, match="not saved"):
                await wall.engine.past.save(key, 0.0, saved, "Gate")

    run(play())


def test_a_saved_picture_is_the_one_that_is_seen_in_the_cameras_own_size(
    plain_camera: RtspCamera, tmp_path: Path
) -> None:
    async def play() -> None:
        async with wall_with() as wall:
            key = await playing(wall, plain_camera)
            frame = wall.engine.newest(key)
            assert frame is not None
            seen = np.frombuffer(frame.pixels, np.uint8).reshape(SIZE.height, -1)[:, : SIZE.width * 4].copy()
            assert frame.still_whole()
            now, at = datetime.now(UTC), time.monotonic()
            await wall.engine.past.save_still(key, frame.arrived_at, tmp_path / "gate.png", "Gate – north")
        with Image.open(tmp_path / "gate.png") as image:
            said = image.text  # type: ignore[attr-defined]
            pixels = np.asarray(image)
        assert pixels.shape == (360, 640, 3)
        assert said["Title"] == "Gate – north"
        taken = datetime.fromisoformat(said["Creation Time"])
        assert abs(taken - (now - timedelta(seconds=at - frame.arrived_at))) < timedelta(milliseconds=50)
        assert said["SHA-256 of pixels"] == hashlib.sha256(pixels.tobytes()).hexdigest()
        # The same moment: the bar that moves with each picture stands where it stood on the wall.
        small = seen.reshape(SIZE.height, SIZE.width, 4)[60, :, 2].astype(int)
        large = pixels[120, ::2, 0].astype(int)
        assert int((abs(small - large) > 60).sum()) < 8

    run(play())


def test_a_camera_that_sends_stills_can_be_replayed_and_saved(
    http_cameras: HttpCameras, tmp_path: Path
) -> None:
    async def play() -> None:
        async with wall_with() as wall:
            key = await wall.open("still", http_cameras.url("/mjpeg"), StreamKind.JPEG, 10.0)
            await wall.until_live(key)
            await wall.pictures(key, 10)
            past = wall.engine.past.replay(key, 1)
            assert past is not None
            await until(lambda: wall.engine.newest_number(past) > 3)
            frame = wall.engine.newest(past)
            assert frame is not None
            await wall.engine.past.save_still(key, frame.arrived_at, tmp_path / "past.png", "")
            await wall.engine.past.save(key, frame.arrived_at, tmp_path / "past.mkv", "")
            assert (tmp_path / "past.png").stat().st_size > 1000
            assert (tmp_path / "past.mkv").stat().st_size > 1000

    run(play())


def test_nothing_of_the_past_shows_what_a_mask_hides(plain_camera: RtspCamera, tmp_path: Path) -> None:
    masks = (PrivacyMask(0.25, 0.25, 0.5, 0.25),)

    async def play() -> None:
        async with wall_with() as wall:
            key = await wall.open("gate", plain_camera.url(), StreamKind.RTSP, masks=masks)
            wall.engine.fit(key, SIZE)
            await wall.until_live(key)
            await wall.pictures(key, FPS)
            past = wall.engine.past.replay(key, 5)
            assert past is not None
            await until(lambda: wall.engine.newest_number(past) > 2)
            frame = wall.engine.newest(past)
            assert frame is not None
            shown = np.frombuffer(frame.pixels, np.uint8).reshape(SIZE.height, -1)[:, : SIZE.width * 4]
            hidden = shown.reshape(SIZE.height, SIZE.width, 4)[45:90, 80:240, :3]
            assert hidden.max() - hidden.min() <= 2
            await wall.engine.past.save_still(past, frame.arrived_at, tmp_path / "past.png", "")
            with Image.open(tmp_path / "past.png") as image:
                kept = np.asarray(image)
            assert (kept[90:180, 160:480] == 93).all()
            assert kept[200:].std() > 5
            with pytest.raises(OperatorError, match="masks"):
                await wall.engine.past.save(key, 0.0, tmp_path / "past.mkv", "")
            assert not (tmp_path / "past.mkv").exists()

    run(play())


def test_a_mask_that_is_taken_off_does_not_lay_bare_what_it_hid(
    plain_camera: RtspCamera, tmp_path: Path
) -> None:
    async def play() -> None:
        async with wall_with() as wall:
            masks = (PrivacyMask(0.25, 0.25, 0.5, 0.25),)
            key = await wall.open("gate", plain_camera.url(), StreamKind.RTSP, masks=masks)
            wall.engine.fit(key, SIZE)
            await wall.until_live(key)
            await wall.pictures(key, 4 * FPS)
            before = wall.engine.newest_number(key)
            await wall.open("gate", plain_camera.url(), StreamKind.RTSP)
            await until(lambda: wall.engine.newest_number(key) >= before + 2 * FPS)
            await wall.engine.past.save(key, time.monotonic() - 30, tmp_path / "gate.mkv", "")
            shown = wall.engine.newest_number(key) - before
            with av.open(str(tmp_path / "gate.mkv")) as file:
                assert 0 < len(list(file.decode(video=0))) <= shown + 3

    run(play())


def test_a_file_that_comes_when_nobody_waits_for_it_any_more_does_not_stay(
    plain_camera: RtspCamera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "_PATIENCE_S", 0.0)

    async def play() -> None:
        async with wall_with() as wall:
            key = await playing(wall, plain_camera, FPS)
            with pytest.raises(OperatorError, match="too long"):
                await wall.engine.past.save(key, time.monotonic() - 30, tmp_path / "gate.mkv", "Gate")
            await until(lambda: not wall.engine.past._requests._given_up)

    run(play())
    assert list(tmp_path.iterdir()) == []


def test_saving_what_cannot_be_decoded_is_answered_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "_PATIENCE_S", 600.0)

    async def play() -> None:
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("gate", "synthetic:320x180@25", StreamKind.RTSP)
            await wall.until_live(key)
            frame = wall.engine.newest(key)
            assert frame is not None
            with pytest.raises(OperatorError, match="not saved"):
                await wall.engine.past.save_still(key, frame.arrived_at, tmp_path / "x.png", "")

    run(play())
    assert list(tmp_path.iterdir()) == []
