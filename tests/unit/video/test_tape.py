"""The last minute of a stream: what is kept, from where it is played, and what a file of it holds."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OperatorError
from app.domain.privacy_mask import PrivacyMask
from app.sources.video.colours import VIDEO_SD
from app.sources.video.feed import Feed
from app.sources.video.parameter_sets import picture_end
from app.sources.video.replay import TapeTransport
from app.sources.video.saving import save
from app.sources.video.tape import PacketTape
from app.sources.video.tape_file import write_tape
from app.sources.video.transport import Packet, SizeChanged, SourceFacts, TransportError
from app.wire.worker import SaveStill, SaveStream
from tests.fakes.video_clips import encode_access_units, encode_jpeg

FACTS = SourceFacts(640, 360, 15.0, "h264", 16 / 9, VIDEO_SD)
FPS, GROUP = 15, 30
BEGAN = datetime(2026, 1, 5, 21, 0, tzinfo=UTC)


def packet(n: int, began: float = 100.0, size: int = 10, fps: float = FPS) -> Packet:
    at = began + n / fps
    return Packet(bytes([n % 251]) * size, at, at, at, key=n % GROUP == 0)


def tape_of(count: int, **limits: float) -> PacketTape:
    tape = PacketTape(FACTS, **limits)  # type: ignore[arg-type]
    for n in range(count):
        tape.add(packet(n))
    return tape


@given(st.integers(1, 200), st.floats(0.5, 8), st.floats(0, 8))
def test_a_tape_begins_with_a_key_picture_and_reaches_as_far_back_as_asked(
    count: int, span_s: float, ago_s: float
) -> None:
    tape = tape_of(count, span_s=span_s)
    now = packet(count - 1).arrived_at
    found = tape.since(now - min(ago_s, span_s))
    assert found[0].key
    assert found[0].arrived_at <= max(100.0, now - min(ago_s, span_s))
    assert found == [packet(n) for n in range(count)][-len(found) :]
    # No more is kept than the span asks for, and one group.
    assert now - tape.since(0.0)[0].arrived_at <= span_s + GROUP / FPS


def test_a_tape_never_holds_more_bytes_than_it_may() -> None:
    tape = tape_of(300, most_bytes=700)
    assert sum(len(p.data) for p in tape.since(0.0)) <= 700
    assert tape.since(0.0)[0].key


def test_a_camera_that_sends_no_further_key_picture_does_not_fill_the_memory() -> None:
    tape = PacketTape(FACTS, most_bytes=700)
    tape.add(packet(0))
    for _ in range(10):
        for n in range(1, GROUP):
            tape.add(packet(n))
    assert tape.since(0.0) == []
    tape.add(packet(GROUP))
    assert tape.since(0.0) == [packet(GROUP)]


def test_pictures_before_the_first_key_picture_are_of_no_use() -> None:
    tape = PacketTape(FACTS)
    tape.add(packet(1))
    assert tape.since(1000.0) == []


@pytest.mark.parametrize(("fed", "wanted"), [(None, range(60, 70)), (65, range(66, 70)), (40, range(60, 70))])
def test_catching_up_begins_with_the_newest_key_picture_that_the_decoder_lacks(
    fed: int | None, wanted: range
) -> None:
    tape = tape_of(70)
    fed_s = 0.0 if fed is None else packet(fed).decoded_s
    assert tape.catch_up(fed_s) == [packet(n) for n in wanted]


@dataclass
class Taken:
    """Implements `Decoding` and `Sink` by keeping what it gets."""

    packets: list[Packet] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)
    wanted: int = 1_000_000

    def put(self, packet: Packet) -> bool:
        self.packets.append(packet)
        if len(self.packets) >= self.wanted:
            self.enough.set()
        return True

    def use_ring(self, ring: object) -> None: ...

    def use_masks(self, masks: object) -> None: ...

    def poll(self, now: float) -> None: ...

    def needs_restart(self) -> bool:
        return False

    def stop(self) -> None: ...


class Late(Taken):
    """A decoder that is behind."""

    def put(self, packet: Packet) -> bool:
        return False


def test_a_stream_at_rest_decodes_nothing_and_returns_with_the_present_alone() -> None:
    feed, decoding = Feed(), Taken()
    feed.begin(FACTS, decoding)
    assert [feed.put(packet(n)) for n in range(20)] == [True] * 20
    feed.rest()
    assert [feed.put(packet(n)) for n in range(20, 75)] == [None] * 55
    assert len(decoding.packets) == 20
    assert feed.wake()
    caught_up = decoding.packets[20:]
    assert [p.data for p in caught_up] == [packet(n).data for n in range(60, 75)]
    assert [p.shown for p in caught_up] == [False] * 14 + [True]
    assert caught_up[-1] == packet(74)
    feed.put(packet(75))
    assert decoding.packets[-1] == packet(75)


def test_a_short_rest_gives_the_decoder_nothing_twice() -> None:
    feed, decoding = Feed(), Taken()
    feed.begin(FACTS, decoding)
    for n in range(40):
        feed.put(packet(n))
    feed.rest()
    for n in range(40, 50):
        feed.put(packet(n))
    feed.wake()
    assert [p.decoded_s for p in decoding.packets] == [packet(n).decoded_s for n in range(50)]


def test_after_a_gap_that_the_tape_could_not_keep_the_decoder_gets_the_next_key_picture_first() -> None:
    """What builds on pictures that it never got would come out as a smear that looks live."""
    feed, decoding = Feed(), Taken()
    feed.begin(FACTS, decoding)
    feed.tape = PacketTape(FACTS, most_bytes=100)
    for n in range(5):
        feed.put(packet(n))
    feed.rest()
    for n in range(5, 20):
        feed.put(packet(n))
    assert feed.wake()
    assert [feed.put(packet(n)) for n in range(20, 32)] == [False] * 10 + [True] * 2
    assert [p.decoded_s for p in decoding.packets[5:]] == [packet(n).decoded_s for n in (30, 31)]


def test_a_stream_that_wakes_while_it_starts_anew_gets_nothing_of_the_run_before() -> None:
    feed, decoding = Feed(), Taken()
    feed.begin(FACTS, Taken())
    feed.put(packet(0))
    feed.rest()
    feed.put(packet(1))
    feed.end()
    feed.begin(FACTS, decoding)
    assert not feed.wake()
    feed.put(packet(30))
    assert decoding.packets == [packet(30)]


def test_a_decoder_that_is_too_late_for_all_that_was_missed_owes_no_picture() -> None:
    feed, decoding = Feed(), Late()
    feed.begin(FACTS, decoding)
    feed.put(packet(0))
    feed.rest()
    feed.put(packet(1))
    assert not feed.wake()


def test_a_camera_that_comes_back_with_other_pictures_begins_another_tape() -> None:
    feed = Feed()
    feed.begin(FACTS, Taken())
    feed.put(packet(0))
    before = feed.tape
    feed.begin(FACTS, Taken())
    assert feed.tape is before
    feed.begin(SourceFacts(1280, 720, 15.0, "h264", 16 / 9, VIDEO_SD), Taken())
    assert feed.tape is not before


def test_a_replay_keeps_the_pace_and_the_true_dates_and_goes_on_behind_the_present() -> None:
    tape, fps = PacketTape(FACTS), 100
    began = time.monotonic() - 1.0
    for n in range(100):
        tape.add(packet(n, began, fps=fps))
    sink, stopping = Taken(wanted=45), threading.Event()
    replay = TapeTransport(lambda: tape, 0.5)
    player = threading.Thread(target=replay.carry, args=(sink, stopping))
    player.start()
    tape.add(packet(100, began, fps=fps))
    assert sink.enough.wait(10)
    ended = time.monotonic()
    stopping.set()
    player.join()
    # The last key picture that was there half a second ago is the thirtieth; 45 are due 0.44 s later.
    assert [p.arrived_at for p in sink.packets[:45]] == [
        packet(n, began, fps=fps).arrived_at for n in range(30, 75)
    ]
    assert ended - (began + 1.0) >= 0.43


def test_a_replay_waits_for_a_silent_camera_and_goes_on() -> None:
    tape, began = PacketTape(FACTS), time.monotonic() - 0.2
    tape.add(packet(0, began))
    sink, stopping = Taken(wanted=2), threading.Event()
    player = threading.Thread(target=TapeTransport(lambda: tape, 30.0).carry, args=(sink, stopping))
    player.start()
    tape.add(packet(1, began))
    assert sink.enough.wait(10)
    stopping.set()
    player.join()


def test_without_a_tape_there_is_no_replay() -> None:
    with pytest.raises(TransportError):
        TapeTransport(lambda: PacketTape(FACTS), 5.0)
    with pytest.raises(TransportError):
        TapeTransport(lambda: None, 5.0)


def test_a_replay_goes_on_where_the_camera_changed_its_pictures() -> None:
    began = time.monotonic() - 1.0
    first, second = PacketTape(FACTS), PacketTape(replace(FACTS, width=1280, height=720))
    first.add(packet(0, began))
    tapes = [first]
    replay = TapeTransport(lambda: tapes[-1], 1.0)
    tapes.append(second)
    sink = Taken()
    second.add(packet(GROUP, began - 1.9))
    carry: Callable[..., None] = replay.carry
    with pytest.raises(SizeChanged):
        carry(sink, threading.Event())
    assert replay.facts == second.facts
    stopping = threading.Event()
    sink.wanted = 2
    player = threading.Thread(target=replay.carry, args=(sink, stopping))
    player.start()
    assert sink.enough.wait(10)
    stopping.set()
    player.join()
    assert sink.packets == [packet(0, began), packet(GROUP, began - 1.9)]


def encode_for(codec: str) -> tuple[list[bytes], SourceFacts]:
    """Return two seconds of a camera's pictures as transports hand them over, and what they are."""
    if codec == "mjpeg":
        return [encode_jpeg(n, 320, 180) for n in range(20)], replace(
            FACTS, width=320, height=180, codec="mjpeg"
        )
    name = {"libx264": "h264", "libx265": "hevc"}.get(codec, codec)
    units = encode_access_units(320, 180, 10, 2.0, codec, gop=10)
    return [u + picture_end(name) for u in units], replace(FACTS, width=320, height=180, codec=name)


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4", "mjpeg"])
def test_a_saved_tape_holds_the_cameras_own_bytes(codec: str, tmp_path: Path) -> None:
    units, facts = encode_for(codec)
    path = tmp_path / "saved.mkv"
    write_tape(
        path,
        facts,
        [Packet(u, 50 + n / 10, 50 + n / 10, 50 + n / 10, n % 10 == 0) for n, u in enumerate(units)],
        "North gate",
        BEGAN,
    )
    with av.open(str(path)) as file:
        assert file.metadata["title"] == "North gate"
        assert file.metadata["creation_time"].startswith("2026-01-05T21:00:00")
        pictures = list(file.decode(video=0))
    assert len(pictures) == len(units)
    assert pictures[-1].time is not None
    assert pictures[0].time is not None
    assert pictures[-1].time - pictures[0].time == pytest.approx((len(units) - 1) / 10, abs=0.002)
    assert [p.name for p in tmp_path.iterdir()] == ["saved.mkv"]


def test_a_saved_tape_is_an_untouched_copy(tmp_path: Path) -> None:
    units, facts = encode_for("libx264")
    path = tmp_path / "saved.mkv"
    write_tape(
        path,
        facts,
        [Packet(u, float(n), float(n), float(n), n % 10 == 0) for n, u in enumerate(units)],
        "",
        BEGAN,
    )
    saved = path.read_bytes()
    for unit in units:
        # A file keeps each unit behind its length instead of a start code.
        slices = [part for part in re.split(rb"\x00+\x01", unit.removesuffix(picture_end("h264"))) if part]
        assert all(part in saved for part in slices)


def test_a_file_that_exists_is_not_replaced(tmp_path: Path) -> None:
    units, facts = encode_for("libx264")
    path = tmp_path / "saved.mkv"
    path.write_text("mine")
    with pytest.raises(OperatorError, match="not saved"):
        write_tape(path, facts, [Packet(units[0], 1.0, 1.0, 1.0, True)], "", BEGAN)
    assert path.read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["saved.mkv"]


def test_an_empty_tape_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="nothing"):
        write_tape(tmp_path / "saved.mkv", FACTS, [], "", BEGAN)


@pytest.mark.parametrize("later", [None, (PrivacyMask(0, 0, 0.5, 0.5),)])
def test_what_nobody_may_see_any_more_is_not_saved(
    later: tuple[PrivacyMask, ...] | None, tmp_path: Path
) -> None:
    """The lease ends, or a mask comes, while the file is being written."""
    units, facts = encode_for("libx264")
    tape = PacketTape(facts)
    for n, unit in enumerate(units):
        tape.add(Packet(unit, float(n), float(n), float(n), n % 10 == 0))
    for command in (
        SaveStream(stream=1, request=1, since=0.0, path=str(tmp_path / "saved.mkv"), title=""),
        SaveStill(stream=1, request=1, at=5.0, path=str(tmp_path / "saved.png"), title=""),
    ):
        said = iter([(), later])
        assert "changed" in str(save(command, tape, lambda said=said: next(said)).trouble)
    assert list(tmp_path.iterdir()) == []
