"""A decoder that falls behind is noticed; lost pictures and bursts are not taken for it."""

from __future__ import annotations

from app.sources.video.backlog import Backlog

PER_TURN = 4
"""Packets between two looks, at 15 a second."""


def test_a_decoder_at_half_speed_is_noticed_within_ten_seconds() -> None:
    backlog = Backlog(15.0)
    seen = [backlog.grown(turn * PER_TURN, turn * PER_TURN // 2) for turn in range(40)]
    assert seen[-1]
    assert not any(seen[:20])


def test_a_burst_that_is_worked_off_is_no_backlog() -> None:
    backlog = Backlog(15.0)
    assert not backlog.grown(10, 10)
    assert not any(backlog.grown(100, shown) for shown in (10, 30, 60, 90, 100, 100))
    assert not backlog.grown(104, 104)


def test_pictures_lost_now_and_then_do_not_add_up() -> None:
    backlog, packets, displays = Backlog(15.0), 0, 0
    for turn in range(2000):
        packets += PER_TURN
        # One picture in forty is lost, and the one before it is shown again.
        displays += PER_TURN if turn % 10 else PER_TURN - 1
        displays += 1 if turn % 10 == 1 else 0
        assert not backlog.grown(packets, displays)


def test_a_frozen_source_is_no_backlog() -> None:
    backlog = Backlog(15.0)
    assert not any(backlog.grown(60, 60 + turn * 3) for turn in range(100))
    # After it, the count begins where the repetitions left it.
    assert not any(backlog.grown(60 + turn * 4, 360 + turn * 4) for turn in range(100))
