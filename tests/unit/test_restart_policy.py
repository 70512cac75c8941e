"""When a broken stream is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault

POLICY = RestartPolicy()
draws = st.floats(min_value=0, max_value=1, exclude_max=True)


@given(st.integers(1, 10_000), st.none() | st.sampled_from(Fault), draws)
def test_every_delay_is_positive_and_bounded(failures: int, fault: Fault | None, draw: float) -> None:
    assert 0 < POLICY.delay_s(failures, fault, lambda: draw) <= 1.25 * max(POLICY.cap_s, POLICY.slow_s)


@given(st.integers(1, 30), draws)
def test_more_failures_never_mean_a_shorter_wait(failures: int, draw: float) -> None:
    assert POLICY.delay_s(failures + 1, None, lambda: draw) >= POLICY.delay_s(failures, None, lambda: draw)


def test_the_first_retry_comes_within_half_a_second() -> None:
    assert POLICY.delay_s(1, Fault.ENDED, lambda: 0.999) <= 0.5


@pytest.mark.parametrize("fault", [Fault.PASSWORD_REFUSED, Fault.DENIED_BY_HUB, Fault.BAD_ADDRESS])
def test_a_refused_password_is_not_tried_again_soon(fault: Fault) -> None:
    assert POLICY.delay_s(1, fault, lambda: 0.0) > 20


def test_jitter_spreads_the_retries() -> None:
    assert POLICY.delay_s(5, None, lambda: 0.0) < POLICY.delay_s(5, None, lambda: 0.9)


def test_a_long_run_starts_the_count_anew() -> None:
    assert POLICY.failures_after(7, ran_s=60.0) == 1
    assert POLICY.failures_after(7, ran_s=1.0) == 8
