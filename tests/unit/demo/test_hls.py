"""The live playlist slides with the clock, and the segments make one endless stream."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import av
import pytest

from app.demo.clips import ClipJob, make_clip
from app.demo.hls import START_SEGMENT, WINDOW, Segmenter, Station
from app.demo.reel import Reel, read_reel

SECONDS = 2


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Reel:
    folder = tmp_path_factory.mktemp("reel")
    job = ClipJob("t", "tunnel", "day", 1, "T", seconds=SECONDS, main=(320, 180), sub=(160, 90))
    make_clip(job, folder)
    return read_reel(job.path(folder, "sub"))


def numbers(playlist: str) -> list[int]:
    return [
        int(line.split("-")[1].split(".")[0]) for line in playlist.splitlines() if line.startswith("segment-")
    ]


def test_first_playlist_is_full_and_ends_before_the_running_segment() -> None:
    station = Station(1_000_000.0, 1.0)
    assert numbers(station.playlist(1_000_000.0)) == list(range(START_SEGMENT - WINDOW, START_SEGMENT))


@pytest.mark.parametrize(
    ("seconds", "moved"), [(0.0, 0), (0.99, 0), (1.0, 1), (59.5, 59), (86_400.0, 86_400)]
)
def test_playlist_moves_on_with_the_clock(seconds: float, moved: int) -> None:
    station = Station(1_000_000.0, 1.0)
    playlist = station.playlist(1_000_000.0 + seconds)
    assert numbers(playlist)[-1] == START_SEGMENT - 1 + moved
    assert f"#EXT-X-MEDIA-SEQUENCE:{START_SEGMENT - WINDOW + moved}" in playlist.splitlines()


def test_playlist_is_live_and_names_lengths_and_times() -> None:
    playlist = Station(0.0, 2.0).playlist(10.0, "?n=25").splitlines()
    assert "#EXT-X-ENDLIST" not in playlist
    assert "#EXT-X-TARGETDURATION:2" in playlist
    assert playlist.count("#EXTINF:2.000,") == WINDOW
    assert playlist[-1] == f"segment-{START_SEGMENT + 4}.ts?n=25"
    assert "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:08.000Z" in playlist


def packets_of(data: bytes) -> list[tuple[float, bool]]:
    with av.open(io.BytesIO(data), format="mpegts") as container:
        return [
            (float(p.pts * p.time_base), p.is_keyframe)
            for p in container.demux(video=0)
            if p.pts is not None and p.time_base is not None
        ]


def test_segments_follow_each_other_without_gap_through_the_loop(reel: Reel) -> None:
    segmenter = Segmenter(reel, 1.0)
    joined = b"".join(segmenter.segment(n) for n in range(97, 97 + 3 * SECONDS))
    found = packets_of(joined)
    assert len(found) == 3 * SECONDS * 15
    steps = [b[0] - a[0] for a, b in itertools.pairwise(found)]
    assert max(steps) - min(steps) < 0.001
    assert [key for _, key in found] == [i % 15 == 0 for i in range(len(found))]


def test_continuity_counters_run_on_from_segment_to_segment(reel: Reel) -> None:
    segmenter = Segmenter(reel, 1.0)
    last: dict[int, int] = {}
    for number in (5, 6, 7, 8, 9):
        data = segmenter.segment(number)
        for at in range(0, len(data), 188):
            packet = data[at : at + 188]
            assert packet[0] == 0x47
            pid, payload = ((packet[1] & 0x1F) << 8) | packet[2], bool(packet[3] & 0x10)
            if payload:
                counter = packet[3] & 0x0F
                if pid in last:
                    assert counter == (last[pid] + 1) % 16, f"pid {pid} in segment {number}"
                last[pid] = counter
    assert len(last) >= 3  # PAT, PMT and the video


def test_a_segment_can_be_decoded_alone(reel: Reel) -> None:
    with av.open(io.BytesIO(Segmenter(reel, 1.0).segment(101)), format="mpegts") as container:
        assert sum(1 for _ in container.decode(video=0)) == 15


def test_a_reel_that_does_not_fit_is_refused(reel: Reel) -> None:
    cut = Reel(reel.codec, reel.width, reel.height, reel.fps, reel.key_every, reel.pictures[:20])
    with pytest.raises(ValueError, match="whole segments"):
        Segmenter(cut, 1.0)


def test_reels_survive_the_disk_and_a_cut_file_is_refused(reel: Reel, tmp_path: Path) -> None:
    from app.demo.reel import write_reel

    path = tmp_path / "x.reel"
    write_reel(path, reel)
    assert read_reel(path) == reel
    assert [p.name for p in tmp_path.iterdir()] == ["x.reel"]
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="index"):
        read_reel(path)
