"""Hardware decoding is tried where it seems to be, and left for software at its first failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.camera import StreamKind
from app.domain.restart_policy import RestartPolicy
from app.domain.sound import Sound
from app.domain.stream_state import Fault
from app.sources.video import session as session_module
from app.sources.video.colours import VIDEO_SD
from app.sources.video.decoder import Decoding
from app.sources.video.hardware import HardwareFirst, probe
from app.sources.video.privacy_masks import Masks
from app.sources.video.ring import RingReader, RingShape, RingWriter, create_ring
from app.sources.video.segment import Segment
from app.sources.video.session import StreamSession
from app.sources.video.transport import Packet, Sink, SourceFacts, TransportError
from tests.fakes.waiting import wait_until

FACTS = SourceFacts(64, 36, 25.0, "h264", 16 / 9, VIDEO_SD)
WORDS = "In hardware where VA-API takes the stream"


@pytest.mark.parametrize(
    ("platform", "plugins", "device", "worth_it", "words"),
    [
        ("linux", {"vaapi_drm"}, True, True, "In hardware where VA-API takes the stream"),
        ("linux", {"vaapi_drm"}, False, False, "no graphics device for VA-API"),
        ("linux", {"d3d11va"}, True, False, "no plugin for VA-API"),
        ("win32", {"d3d11va"}, False, True, "Direct3D"),
        ("win32", set(), True, False, "no plugin for Direct3D"),
        ("darwin", {"videotoolbox"}, False, True, "VideoToolbox"),
    ],
)
def test_the_probe_looks_for_plugin_and_device(
    tmp_path: Path, platform: str, plugins: set[str], device: bool, worth_it: bool, words: str
) -> None:
    if device:
        (tmp_path / "renderD128").touch()
    found, said = probe(plugins.__contains__, platform, tmp_path)
    assert found is worth_it
    assert words in said
    assert said.startswith("In hardware" if worth_it else "In software")


class Decodings:
    """A decoder whose pictures come, or do not come in one of several ways."""

    in_hardware = False

    def __init__(self, words: str, failing: str = "") -> None:
        self.words = words
        self.failing = failing
        self.started = 0

    def start(self, ring: RingWriter, _facts: SourceFacts, _masks: Masks) -> Decoding:
        self.started += 1
        if self.failing in set(Fault):
            raise TransportError(Fault(self.failing))
        return FakeDecoding(ring, self.failing)

    def fall_back(self, _decoding: Decoding) -> bool:
        return False


class FakeDecoding:
    def __init__(self, ring: RingWriter, failing: str) -> None:
        self._ring, self._failing = ring, failing

    def put(self, packet: Packet) -> bool:
        if not self._failing:
            self._ring.begin()
            self._ring.publish(packet.arrived_at)
        return True

    def use_ring(self, ring: RingWriter) -> None:
        self._ring = ring

    def use_masks(self, masks: Masks) -> None:
        """No picture has anything to hide."""

    def poll(self, now: float) -> None:
        """Nothing to look after."""

    def needs_restart(self) -> bool:
        return self._failing == "gives up"

    def stop(self) -> None:
        """Nothing to end."""


class Camera:
    """Sends a packet whenever it is asked to go on."""

    facts = FACTS

    def carry(self, sink: Sink, stopping: threading.Event) -> None:
        while not stopping.wait(0.005):
            now = time.monotonic()
            sink.put(Packet(b"\0", now, now, now, key=True))

    def close(self) -> None:
        """Nothing to free."""


class Reports:
    """Gives the session its ring, and keeps what else it says."""

    def __init__(self) -> None:
        self.segment: Segment = create_ring(RingShape(64, 36, 16 / 9), 1)
        self.session: StreamSession | None = None
        self.faults: list[Fault] = []
        self.over = threading.Event()

    def probed(self, _facts: SourceFacts) -> None:
        assert self.session is not None
        self.session.use_ring(self.segment.name, len(self.segment.memory))

    def attached(self, name: str) -> None:
        """The name stays until the test's end."""

    def faulted(self, fault: Fault, _retry_in_s: float) -> None:
        self.faults.append(fault)

    def sounds(self, sound: Sound) -> None:
        """Nobody listens."""

    def stopped(self) -> None:
        self.over.set()


@pytest.fixture
def reports() -> Iterator[Reports]:
    made = Reports()
    yield made
    assert made.session is not None
    made.session.close()
    assert made.over.wait(10)
    made.segment.unlink()


def begin(reports: Reports, decoder: HardwareFirst) -> Callable[[], bool]:
    """Start a session; return what looks after it and says whether it has pictures."""
    session = reports.session = StreamSession(
        StreamKind.RTSP,
        "rtsp://camera/1",
        25.0,
        (),
        open_transport=lambda *_: Camera(),
        decoder=decoder,
        reports=reports,
        policy=RestartPolicy(first_s=0.01, cap_s=0.01),
    )
    session.start()
    reader = RingReader(reports.segment)

    def has_pictures() -> bool:
        session.poll(time.monotonic())
        return reader.newest_number > 3

    return has_pictures


@pytest.mark.parametrize("failing", ["gives up", "is silent", Fault.DECODER_LOST.value])
def test_hardware_that_gives_no_picture_is_left_for_software_at_once(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    monkeypatch.setattr(session_module, "_NO_PICTURE_S", 0.1)
    hardware, software = Decodings("hardware", failing), Decodings("software")
    decoder = HardwareFirst(hardware, software, WORDS)
    assert (decoder.words, decoder.in_hardware) == (WORDS, True)
    wait_until(begin(reports, decoder), 10)
    assert reports.faults == []
    assert (hardware.started, software.started) == (1, 1)
    assert (decoder.words, decoder.in_hardware) == ("In software: hardware decoding gave no picture", False)


def test_hardware_that_works_is_kept(reports: Reports) -> None:
    hardware, software = Decodings("hardware"), Decodings("software")
    decoder = HardwareFirst(hardware, software, WORDS)
    wait_until(begin(reports, decoder), 10)
    assert (hardware.started, software.started) == (1, 0)
    assert decoder.in_hardware


def test_a_stream_that_software_cannot_decode_either_is_a_fault(reports: Reports) -> None:
    decoder = HardwareFirst(Decodings("hardware", "gives up"), Decodings("software", "gives up"), WORDS)
    poll = begin(reports, decoder)
    wait_until(lambda: poll() or bool(reports.faults), 10)
    assert reports.faults[0] is Fault.CODEC_UNSUPPORTED


def test_one_camera_of_an_unknown_format_does_not_cost_the_others_their_hardware(reports: Reports) -> None:
    hardware = Decodings("hardware", Fault.CODEC_UNSUPPORTED.value)
    decoder = HardwareFirst(hardware, Decodings("software"), WORDS)
    poll = begin(reports, decoder)
    wait_until(lambda: poll() or bool(reports.faults), 10)
    assert reports.faults[0] is Fault.CODEC_UNSUPPORTED
    assert decoder.in_hardware
