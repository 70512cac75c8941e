"""Clips decode, loop without a jump, and appear in the cache whole or not at all."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from app.demo.city import CAMERAS, DEFAULT_WALL
from app.demo.clips import ClipJob, ensure_clips, make_clip
from app.demo.reel import Reel, read_reel
from app.demo.scene import LOOP_S
from app.demo.scenes import SCENES, build_scene
from app.domain.errors import SourceError

SMALL = ClipJob("small", "highway", "day", 3, "SMALL", seconds=1, main=(320, 180), sub=(160, 90))


def decode(reel: Reel, rounds: int = 1) -> list[np.ndarray]:
    decoder = av.CodecContext.create("h264", "r")
    found = []
    for number in range(len(reel.pictures) * rounds):
        packet = av.Packet(reel.picture(number))
        packet.pts, packet.time_base = number, Fraction(1, 15)
        found += [frame.to_ndarray(format="rgb24") for frame in decoder.decode(packet)]
    found += [frame.to_ndarray(format="rgb24") for frame in decoder.decode(None)]
    return found


def test_a_clip_decodes_at_both_sizes_and_goes_round(tmp_path: Path) -> None:
    make_clip(SMALL, tmp_path)
    for quality, size in (("main", (180, 320)), ("sub", (90, 160))):
        reel = read_reel(SMALL.path(tmp_path, quality))
        pictures = decode(reel, rounds=2)
        assert len(pictures) == 30
        assert pictures[0].shape[:2] == size
        assert pictures[0].std() > 20, "a picture, not a plain field"
        again = np.abs(pictures[15].astype(int) - pictures[0].astype(int)).mean()
        assert again < 1.0, "the second round starts as the first"


def test_pictures_come_without_delay_and_every_second_begins_anew(tmp_path: Path) -> None:
    make_clip(SMALL, tmp_path)
    reel = read_reel(SMALL.path(tmp_path, "sub"))
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    decoder.flags |= av.codec.context.Flags.low_delay
    for number in range(15):
        packet = av.Packet(reel.picture(number))
        packet.pts, packet.time_base = number, Fraction(1, 15)
        assert len(decoder.decode(packet)) == 1, "every picture comes out at once"
    assert reel.is_key(0)
    assert reel.is_key(15)
    assert not reel.is_key(1)


@pytest.mark.parametrize(("form", "pictures"), [("stills", 5), ("mjpeg", 15)])
def test_jpeg_clips_hold_ready_pictures(tmp_path: Path, form: str, pictures: int) -> None:
    job = ClipJob("j", "highway", "night", 3, "J", form=form, seconds=1, main=(320, 180), sub=(160, 90))
    make_clip(job, tmp_path)
    reel = read_reel(job.path(tmp_path, "main"))
    assert len(reel.pictures) == pictures == reel.fps
    for data in reel.pictures:
        assert Image.open(io.BytesIO(data)).size == (320, 180)
    assert len(set(reel.pictures)) == pictures


@pytest.mark.parametrize("name", sorted(SCENES))
def test_every_scene_moves_and_ends_as_it_began(name: str) -> None:
    light = next(c.light for c in CAMERAS if c.scene == name)
    scene = build_scene(name, light, 7, (320, 180), "Caption")
    first, later = (np.asarray(scene.frame(t), int) for t in (0.0, 1.0))
    assert np.abs(first - later).max() > 40, "something moves"
    assert np.array_equal(first, np.asarray(scene.frame(LOOP_S), int)), "the loop closes"
    steps = [
        np.abs(np.asarray(scene.frame(t), int) - np.asarray(scene.frame(t + 1 / 15), int)).mean()
        for t in range(9)
    ]
    seam = np.abs(np.asarray(scene.frame(LOOP_S - 1 / 15), int) - first).mean()
    assert seam < max(steps) * 2 + 1.0, "no jump at the seam"


def test_cameras_are_told_apart_and_the_wall_runs_at_full_rate() -> None:
    assert len({(c.scene, c.light, c.clip.seed) for c in CAMERAS}) == len(CAMERAS) == 24
    assert len({c.scene for c in CAMERAS}) >= 12
    assert sum(c.light == "night" for c in CAMERAS) >= 4
    kinds = [c.serves for c in CAMERAS]
    assert (kinds.count("rtsp"), kinds.count("hls"), kinds.count("stills"), kinds.count("mjpeg")) == (
        16,
        4,
        3,
        1,
    )
    wall = [c.serves for c in CAMERAS if c.id in DEFAULT_WALL]
    assert sorted(wall) == ["hls"] * 2 + ["mjpeg"] + ["rtsp"] * 6


def test_missing_clips_are_made_by_workers_and_kept(tmp_path: Path) -> None:
    jobs = [
        ClipJob(f"c{i}", "highway", "day", i, f"C{i}", seconds=1, main=(160, 90), sub=(80, 44))
        for i in range(2)
    ]
    told: list[tuple[int, int]] = []
    ensure_clips(jobs, tmp_path / "clips", lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()}
    assert set(kept) == {f"c{i}-{q}.reel" for i in range(2) for q in ("main", "sub")}
    ensure_clips(jobs, tmp_path / "clips", lambda done, of: told.append((done, of)))
    assert told[3:] == [(2, 2)]
    assert kept == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()}


def test_a_scene_that_cannot_be_drawn_is_told_with_its_camera(tmp_path: Path) -> None:
    job = ClipJob("cam-99", "no such scene", "day", 1, "X", seconds=1, main=(160, 90), sub=(80, 44))
    with pytest.raises(SourceError, match="cam-99"):
        ensure_clips([job], tmp_path, lambda _done, _of: None)
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_drawing_returns_and_leaves_no_half_file(tmp_path: Path) -> None:
    jobs = [ClipJob(f"c{i}", "highway", "day", i, "C", seconds=10) for i in range(2)]
    ensure_clips(jobs, tmp_path, lambda _done, _of: None, cancelled=lambda: True)
    assert not list(tmp_path.glob("*.reel"))
