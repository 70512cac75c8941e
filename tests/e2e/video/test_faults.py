"""Each way for a camera to fail has its own fault, and none tells an address."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault, StreamState
from app.sources.video.opening import open_transport
from app.sources.video.transport import TransportError
from tests.e2e.video.conftest import RtspCamera, wall_with
from tests.fakes.http_cameras import PASSWORD, USER, HttpCameras
from tests.fakes.waiting import run, until


def fault_of(kind: StreamKind, url: str) -> Fault:
    with pytest.raises(TransportError) as refused:
        open_transport(kind, url, None)
    assert refused.value.__cause__ is None
    assert "127.0.0.1" not in str(refused.value)
    return refused.value.fault


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_rtsp_faults(rtsp_camera: Callable[..., RtspCamera], closed_port: int) -> None:
    camera = rtsp_camera("--user", USER, "--password", PASSWORD)
    login = f"{USER}:{PASSWORD}"
    assert fault_of(StreamKind.RTSP, camera.url(login=f"{USER}:wrong")) is Fault.PASSWORD_REFUSED
    assert fault_of(StreamKind.RTSP, camera.url()) is Fault.PASSWORD_REFUSED
    assert fault_of(StreamKind.RTSP, camera.url("nothing", login)) is Fault.NOT_FOUND
    assert fault_of(StreamKind.RTSP, f"rtsp://127.0.0.1:{closed_port}/1") is Fault.UNREACHABLE
    assert fault_of(StreamKind.RTSP, "rtsp://no-such-host.invalid/1") is Fault.HOST_UNKNOWN
    assert fault_of(StreamKind.RTSP, "http://127.0.0.1/1") is Fault.BAD_ADDRESS


def test_an_rtsp_address_that_answers_in_http_is_not_video(http_cameras: HttpCameras) -> None:
    assert fault_of(StreamKind.RTSP, f"rtsp://127.0.0.1:{http_cameras.port}/1") in (
        Fault.NOT_VIDEO,
        Fault.SERVER_ERROR,
    )


@pytest.mark.parametrize("kind", [StreamKind.RTSP, StreamKind.HLS, StreamKind.JPEG])
def test_a_camera_that_never_answers_times_out(
    kind: StreamKind, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sources.video.carried._OPEN_TIMEOUT_S", 0.5)
    monkeypatch.setattr("app.sources.video.stills._TIMEOUT", httpx.Timeout(0.5))
    scheme = "rtsp" if kind is StreamKind.RTSP else "http"
    assert fault_of(kind, f"{scheme}://127.0.0.1:{silent_port}/x") is Fault.TIMEOUT


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/none.jpg", Fault.NOT_FOUND),
        ("/basic/still.jpg", Fault.PASSWORD_REFUSED),
        ("/digest/mjpeg", Fault.PASSWORD_REFUSED),
        ("/page.html", Fault.NOT_VIDEO),
        ("/liar.jpg", Fault.NOT_VIDEO),
        ("/broken.jpg", Fault.SERVER_ERROR),
    ],
)
def test_http_faults(http_cameras: HttpCameras, path: str, fault: Fault) -> None:
    assert fault_of(StreamKind.JPEG, http_cameras.url(path)) is fault
    assert fault_of(StreamKind.HLS, http_cameras.url(path.replace("still.jpg", "hls/index.m3u8"))) in (
        (fault, Fault.NOT_VIDEO) if path in ("/liar.jpg", "/page.html") else (fault,)
    )


def test_a_password_with_odd_characters_reaches_the_camera_whole(http_cameras: HttpCameras) -> None:
    login = "".join(f"%{ord(c):02x}" for c in USER) + ":" + "".join(f"%{ord(c):02x}" for c in PASSWORD)
    open_transport(StreamKind.JPEG, http_cameras.url("/basic/still.jpg", login), None).close()


def test_a_tile_says_why_and_the_stream_recovers_by_itself(rtsp_camera: Callable[..., RtspCamera]) -> None:
    camera = rtsp_camera()

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", camera.url(), StreamKind.RTSP)
            missing = await wall.open("b", camera.url("nothing"), StreamKind.RTSP)
            await wall.until_live(key)
            await wall.until_fault(missing)
            assert wall.status(missing).fault is Fault.NOT_FOUND
            assert wall.status(missing).state is StreamState.OFFLINE

            last = wall.engine.newest_number(key)
            camera.command("drop")
            await wall.until_fault(key)
            # The last picture stays, with its age.
            frame = wall.engine.newest(key)
            assert frame is not None
            assert frame.number >= last
            assert wall.status(key).age_s is not None
            await until(lambda: wall.engine.newest_number(key) > last, 10.0, "a new picture")
            await wall.until_live(key)

    run(scene())


def test_nothing_of_an_address_reaches_log_output_or_process_list(
    rtsp_camera: Callable[..., RtspCamera], capfd: pytest.CaptureFixture[str]
) -> None:
    camera = rtsp_camera("--user", USER, "--password", PASSWORD)

    async def scene() -> None:
        async with wall_with() as wall:
            good = await wall.open("a", camera.url(login=f"{USER}:{PASSWORD}"), StreamKind.RTSP)
            bad = await wall.open("b", camera.url(login=f"{USER}:{PASSWORD}x"), StreamKind.RTSP)
            odd = await wall.open("c", f"rtsp://{USER}:{PASSWORD}@127.0.0.1:1/x", StreamKind.RTSP)
            await wall.until_live(good)
            await wall.until_fault(bad)
            await wall.until_fault(odd)
            pids = list(wall.engine.worker_processes().values())
            assert all(PASSWORD not in " ".join(psutil.Process(pid).cmdline()) for pid in pids)
            camera.command("drop")
            await until(lambda: wall.facts(good).fault is not None, 15.0)

    run(scene())
    out, err = capfd.readouterr()
    assert PASSWORD not in out + err
    assert str(camera.port) not in out + err
