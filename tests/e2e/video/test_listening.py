"""Real cameras with a microphone, real decoders, and a real sound output that writes to a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.domain.camera import StreamKey, StreamKind
from app.domain.sound import Sound
from app.domain.stream_state import StreamState
from app.sources.video.sound_output import CHANNELS, FRAME_BYTES, RATE
from tests.e2e.video.conftest import FPS, RtspCamera, Wall, wall_with
from tests.fakes.http_cameras import HttpCameras, encode_segments
from tests.fakes.waiting import run, until

HEARD_S = 0.5
# Each worker appends: of a plain file each would begin at the start.
ALSA = """
pcm.!default {{ type file slave.pcm away file "|cat >> {path}" format raw }}
pcm.away {{ type null }}
ctl.!default {{ type null }}
"""


class Output:
    """What the computer's sound output was given."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = folder / "sound.raw"
        configuration = folder / "asound.conf"
        configuration.write_text(ALSA.format(path=self._path), "utf-8")
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))

    def samples(self) -> np.ndarray:
        data = self._path.read_bytes() if self._path.exists() else b""
        whole = len(data) - len(data) % FRAME_BYTES
        return np.frombuffer(data[:whole], np.int16).reshape(-1, CHANNELS)[:, 0]

    @property
    def length(self) -> int:
        return len(self.samples())

    async def next(self, seconds: float = HEARD_S) -> np.ndarray:
        """Return what is played from now on, for so long."""
        begin, count = self.length, round(seconds * RATE)
        await until(lambda: self.length >= begin + count, 15.0, "sound at the output")
        return self.samples()[begin : begin + count]


def pitch(samples: np.ndarray) -> float:
    """Return the strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Output:
    pytest.importorskip("sounddevice", exc_type=OSError)
    return Output(tmp_path, monkeypatch)


async def live(wall: Wall, camera: RtspCamera, path: str) -> StreamKey:
    key = await wall.open(f"camera-{path}", camera.url(path), StreamKind.RTSP)
    await wall.until_live(key)
    return key


async def heard(wall: Wall, sound: Sound) -> None:
    what = f"the sound to be {sound}"
    try:
        await until(lambda: wall.engine.sounds.heard is sound, 15.0, what)
    except pytest.fail.Exception:
        pytest.fail(f"{what}, not {wall.engine.sounds.heard}")


@pytest.mark.parametrize("decoder", ["ffmpeg", "libvlc"])
@pytest.mark.parametrize("sound", ["pcmu", "pcma", "aac", "opus"])
def test_a_tone_before_the_camera_is_a_tone_at_the_output(
    rtsp_camera: Callable[..., RtspCamera], output: Output, sound: str, decoder: str
) -> None:
    async def play() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await live(wall, rtsp_camera("--sound", sound), "2")
            wall.engine.sounds.listen(key, 100)
            await heard(wall, Sound.PLAYING)
            assert pitch(await output.next()) == pytest.approx(400, abs=5)

    run(play(), 60.0)


def test_segments_with_sound_are_heard_without_a_gap(access_units: list[bytes], output: Output) -> None:
    segments = encode_segments(access_units, FPS, FPS, tone_hz=400)

    async def play() -> None:
        with HttpCameras(segments) as cameras:
            async with wall_with(decoder="ffmpeg") as wall:
                key = await wall.open("hls", cameras.url("/hls/index.m3u8"), StreamKind.HLS)
                await wall.until_live(key)
                wall.engine.sounds.listen(key, 100)
                await heard(wall, Sound.PLAYING)
                await output.next(0.3)
                # Two segments and their seam: the tone goes on.
                played = await output.next(2.0)
                assert pitch(played) == pytest.approx(400, abs=5)
                quiet = [part for part in np.split(played, 40) if np.abs(part).max() < 1000]
                assert len(quiet) <= 4
                assert wall.restarts(key) == 0

    run(play(), 60.0)


def test_nothing_is_played_before_somebody_listens_and_after_it_ends(
    rtsp_camera: Callable[..., RtspCamera], output: Output
) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            key = await live(wall, rtsp_camera("--sound", "pcmu"), "2")
            await wall.pictures(key, 10)
            assert output.length == 0
            wall.engine.sounds.listen(key, 100)
            await output.next()
            wall.engine.sounds.hush()
            await wall.pictures(key, 5)
            before = output.length
            await wall.pictures(key, 15)
            assert output.length == before

    run(play(), 60.0)


def test_listening_to_another_tile_moves_the_sound(
    rtsp_camera: Callable[..., RtspCamera], output: Output
) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg", streams_per_worker=1) as wall:
            camera = rtsp_camera("--sound", "pcmu")
            first, second = await live(wall, camera, "2"), await live(wall, camera, "5")
            for key, hz in ((first, 400), (second, 1000), (first, 400)):
                wall.engine.sounds.listen(key, 100)
                await heard(wall, Sound.PLAYING)
                await output.next(0.2)
                assert pitch(await output.next()) == pytest.approx(hz, abs=5)

    run(play(), 60.0)


def test_a_quarter_of_the_volume_is_a_sixteenth_of_the_height(
    rtsp_camera: Callable[..., RtspCamera], output: Output
) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            key = await live(wall, rtsp_camera("--sound", "opus"), "2")
            wall.engine.sounds.listen(key, 100)
            await output.next(0.3)
            loud = np.abs(await output.next()).max()
            wall.engine.sounds.listen(key, 25)
            await output.next(0.3)
            assert loud / np.abs(await output.next()).max() == pytest.approx(16, rel=0.1)

    run(play(), 60.0)


def test_a_frozen_picture_has_no_sound_though_the_camera_goes_on_speaking(
    rtsp_camera: Callable[..., RtspCamera], output: Output
) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            camera = rtsp_camera("--sound", "pcmu")
            key = await live(wall, camera, "2")
            wall.engine.sounds.listen(key, 100)
            await output.next()
            begin = output.length
            camera.command("freeze")
            await until(lambda: wall.status(key).state is StreamState.FROZEN)
            await wall.until_fault(key)
            # The camera is given up four seconds after its last picture; sound ends with what looks live.
            assert output.length - begin < 2 * RATE
            camera.command("thaw")
            await output.next()
            assert wall.status(key).state is StreamState.LIVE

    run(play(), 60.0)


def test_a_camera_without_sound_says_so(plain_camera: RtspCamera, output: Output) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            key = await live(wall, plain_camera, "2")
            wall.engine.sounds.listen(key, 100)
            await heard(wall, Sound.NONE_SENT)

    run(play())


def test_a_computer_without_a_sound_output_says_so_and_shows_its_pictures(
    rtsp_camera: Callable[..., RtspCamera], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sounddevice", exc_type=OSError)
    nothing = tmp_path / "asound.conf"
    nothing.write_text("pcm.!default { type hw card 77 }\n", "utf-8")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(nothing))

    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            key = await live(wall, rtsp_camera("--sound", "pcmu"), "2")
            wall.engine.sounds.listen(key, 100)
            await heard(wall, Sound.NO_DEVICE)
            await wall.pictures(key, 10)

    run(play())


@pytest.mark.parametrize("options", [("--sound", "broken"), ("--sound", "pcmu", "--refuse-sound")])
def test_broken_sound_costs_no_picture(
    rtsp_camera: Callable[..., RtspCamera], output: Output, options: tuple[str, ...]
) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            key = await live(wall, rtsp_camera(*options), "2")
            wall.engine.sounds.listen(key, 100)
            await heard(wall, Sound.UNREACHABLE if "--refuse-sound" in options else Sound.UNSUPPORTED)
            await wall.pictures(key, 10)
            assert wall.restarts(key) == 0

    run(play(), 60.0)


def test_listening_leaves_the_pictures_connection_alone(
    rtsp_camera: Callable[..., RtspCamera], output: Output
) -> None:
    async def play() -> None:
        async with wall_with(decoder="ffmpeg") as wall:
            key = await live(wall, rtsp_camera("--sound", "pcmu"), "2")
            counts = wall.facts(key)
            began = time.monotonic()
            wall.engine.sounds.listen(key, 100)
            await output.next()
            assert wall.facts(key).opened_at == counts.opened_at < began
            assert wall.restarts(key) == 0
            assert wall.facts(key).pictures_decoded > counts.pictures_decoded

    run(play(), 60.0)
