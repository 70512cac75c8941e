"""The demo's RTSP server, as a real client meets it."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

ROOT = Path(__file__).parents[3]
PYTHON = "/usr/bin/python3"


def _has_gstreamer() -> bool:
    check = "import gi; gi.require_version('GstRtspServer', '1.0')"
    return (
        Path(PYTHON).exists()
        and subprocess.run([PYTHON, "-c", check], check=False, capture_output=True).returncode == 0
    )


pytestmark = pytest.mark.skipif(not _has_gstreamer(), reason="python3-gi with GstRtspServer is not installed")


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100


@pytest.fixture(scope="module")
def server(small_clips: Path) -> Iterator[Server]:
    mounts = {f"/road/{q}": {"reel": str(small_clips / f"road-{q}.reel")} for q in ("main", "sub")}
    mounts["/locked/sub"] = mounts["/road/sub"] | {"user": "watch", "password": "let-me-in"}
    process = subprocess.Popen(
        [PYTHON, "-m", "app.demo.rtsp_server"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"mounts": mounts}).encode() + b"\n")
    process.stdin.flush()
    yield Server(process, json.loads(process.stdout.readline())["port"])
    process.stdin.close()
    assert process.wait(5) == 0
    process.stdout.close()


def watch(url: str, transport: str, count: int) -> list[tuple[float, bool, float]]:
    """Open a stream and return the first packets: time stamp, key or not, seconds since opening began."""
    options = {"rtsp_transport": transport, "analyzeduration": "200000", "probesize": "64000"}
    found: list[tuple[float, bool]] = []
    with av.open(url, options=options, timeout=10) as container:
        for packet in container.demux(video=0):
            if packet.pts is None or packet.time_base is None:
                continue  # FFmpeg may leave the very first packet unstamped; the picture is sent again
            stamp = float(packet.pts * packet.time_base)
            found.append((stamp, packet.is_keyframe))
            if len(found) == count:
                break
    return found


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_stream_runs_past_the_loops_end_with_even_time_stamps(server: Server, transport: str) -> None:
    found = watch(f"rtsp://127.0.0.1:{server.port}/road/sub", transport, 40)  # the loop is 30 pictures
    steps = [b[0] - a[0] for a, b in itertools.pairwise(found)]
    assert min(steps) == pytest.approx(1 / 15, abs=0.002)
    assert max(steps) == pytest.approx(1 / 15, abs=0.002)


def test_a_client_gets_a_picture_to_start_with_among_the_first_seconds_pictures(server: Server) -> None:
    found = watch(f"rtsp://127.0.0.1:{server.port}/road/main", "tcp", 15)
    assert any(key for _, key in found)


def test_pictures_decode_at_the_size_told(server: Server) -> None:
    url = f"rtsp://127.0.0.1:{server.port}/road/main"
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=10) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (320, 180)


def test_two_clients_share_a_stream_and_a_query_is_allowed(server: Server) -> None:
    url = f"rtsp://127.0.0.1:{server.port}/road/sub"
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=10) as one:
        next(one.demux(video=0))
        assert len(watch(url + "?n=25", "tcp", 5)) == 5
        assert len(watch(url, "tcp", 5)) == 5


def test_a_password_is_asked_for(server: Server) -> None:
    address = f"127.0.0.1:{server.port}/locked/sub"
    for login in ("", "watch:wrong@"):
        with pytest.raises(av.error.HTTPUnauthorizedError):
            watch(f"rtsp://{login}{address}", "tcp", 1)
    assert len(watch(f"rtsp://watch:let-me-in@{address}", "tcp", 3)) == 3


def test_an_unknown_address_is_not_found(server: Server) -> None:
    with pytest.raises(av.error.HTTPNotFoundError):
        watch(f"rtsp://127.0.0.1:{server.port}/nobody/sub", "tcp", 1)


def test_nothing_runs_while_nobody_watches(server: Server) -> None:
    watch(f"rtsp://127.0.0.1:{server.port}/road/sub", "tcp", 3)
    threads = Path(f"/proc/{server.process.pid}/task")
    deadline = time.monotonic() + 10
    quiet = 0.0
    while quiet < 1.0:
        before, began = server.cpu_s(), time.monotonic()
        server.process.poll()
        # One client's feed costs some 10 ms a second; without one there is nothing to do.
        while time.monotonic() - began < 0.5:
            assert len(list(threads.iterdir())) > 0
            subprocess.run(["true"], check=True)
        quiet = quiet + 0.5 if server.cpu_s() - before <= 0.01 else 0.0
        assert time.monotonic() < deadline, "the feed goes on without a watcher"
