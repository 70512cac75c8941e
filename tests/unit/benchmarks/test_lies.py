"""What the soak counts: a lie that it missed, or one that it made up, would be worse than no soak."""

from __future__ import annotations

from tests.benchmarks.lies import LieDetector, leaks

FPS = 15
HELD = {"threads": 5, "files": 40, "children": 3, "shared_memory": 0, "memory_mb": 300.0}


def test_a_live_tile_of_a_stopped_camera_is_a_lie_once() -> None:
    detector = LieDetector(1 / FPS)
    detector.look({"a": ("live", 10)}, 0.0)
    detector.stopped("a", 0.1)
    for at, number in ((1.0, 20), (1.5, 21), (1.7, 22), (1.8, 23)):
        detector.look({"a": ("live", number)}, at)
    assert detector.lies == ["a was LIVE where its camera had stopped for 1.60 s"]


def test_a_tile_that_admits_the_stop_in_time_does_not_lie() -> None:
    detector = LieDetector(1 / FPS)
    detector.look({"a": ("live", 10)}, 0.0)
    detector.stopped("a", 0.1)
    detector.look({"a": ("live", 10)}, 1.0)
    detector.look({"a": ("delayed", 10)}, 1.7)
    detector.look({"a": ("offline", 10)}, 30.0)
    assert detector.lies == []


def test_a_live_tile_without_new_pictures_is_a_lie() -> None:
    detector = LieDetector(1 / FPS)
    detector.look({"a": ("live", 10)}, 0.0)
    detector.look({"a": ("live", 10)}, 1.6)
    assert detector.lies == ["a was LIVE where no picture had come for 1.60 s"]


def test_a_tile_that_lies_again_after_it_told_the_truth_is_counted_again() -> None:
    detector = LieDetector(1 / FPS)
    detector.stopped("a", 0.0)
    for at, state in ((2.0, "live"), (2.1, "frozen"), (2.2, "live")):
        detector.look({"a": (state, 10)}, at)
    assert len(detector.lies) == 2


def test_a_camera_that_goes_on_is_not_held_against_its_stop() -> None:
    detector = LieDetector(1 / FPS)
    detector.stopped("a", 0.0)
    detector.look({"a": ("offline", 10)}, 5.0)
    detector.goes_on("a")
    detector.look({"a": ("live", 11)}, 5.5)
    assert detector.lies == []


def test_time_out_of_sight_does_not_count_as_time_without_a_picture() -> None:
    detector = LieDetector(1 / FPS)
    detector.look({"a": ("live", 10)}, 0.0)
    detector.look({}, 1.0)
    detector.look({"a": ("live", 10)}, 9.0)
    assert detector.lies == []


def test_every_piece_that_is_left_is_a_leak() -> None:
    assert leaks(HELD, {**HELD, "threads": 7, "shared_memory": 1, "files": 38}) == [
        "threads: 5 before, 7 after",
        "threads: 5 before, 7 after",
        "shared_memory: 0 before, 1 after",
    ]


def test_memory_leaks_from_a_twentieth_on() -> None:
    assert leaks(HELD, {**HELD, "memory_mb": 314.0}) == []
    assert leaks(HELD, {**HELD, "memory_mb": 316.0}) == ["memory: 300.0 MB before, 316.0 MB after"]
