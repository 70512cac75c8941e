"""What this machine can decode is measured once and kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from app.bootstrap import budget
from app.domain.quality_policy import NoBudget, QualityPolicy
from app.sources.video.decode_rate import machine, measure_budget


@dataclass
class Kept:
    """Implements `WorkspaceFile` in memory."""

    document: dict[str, object] = field(default_factory=dict)

    def load(self) -> dict[str, object]:
        return self.document

    def save(self, document: dict[str, object]) -> None:
        self.document = document


def test_a_machine_decodes_some_millions_of_pixels_a_second() -> None:
    assert 5 < measure_budget() < 100_000


def test_it_is_measured_in_a_process_of_its_own_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "QUIET_S", 0.0)
    kept, first, second = Kept(), QualityPolicy(), QualityPolicy()
    asyncio.run(budget.keep_to_budget(first, kept, None))
    assert first.budget_mpx_s
    assert kept.document == {"machine": machine(), "budget_mpx_s": round(first.budget_mpx_s, 1)}
    monkeypatch.setattr(budget, "QUIET_S", 3600.0)
    asyncio.run(budget.keep_to_budget(second, kept, None))
    assert second.budget_mpx_s == kept.document["budget_mpx_s"]


@pytest.mark.parametrize(("given", "wanted"), [(0.0, None), (120.0, 120.0)])
def test_an_operators_own_figure_holds(given: float, wanted: float | None) -> None:
    policy = QualityPolicy(55.0)
    asyncio.run(budget.keep_to_budget(policy, Kept(), given))
    assert policy.budget_mpx_s == wanted
    assert policy.why_no_budget is NoBudget.NOT_WANTED


@pytest.mark.parametrize("document", [{}, {"machine": "another", "budget_mpx_s": 9.0}, {"machine": 5}])
def test_what_was_measured_elsewhere_does_not_count(
    document: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "QUIET_S", 3600.0)
    policy = QualityPolicy()

    async def play() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await budget.keep_to_budget(policy, Kept(document), None)

    asyncio.run(play())
    assert policy.budget_mpx_s is None
    assert policy.why_no_budget is NoBudget.NOT_MEASURED_YET


def _no_process() -> float:
    raise OSError("no process can be started")


def test_a_measurement_that_fails_says_why_there_is_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "QUIET_S", 0.0)
    monkeypatch.setattr(budget, "measure_budget", _no_process)
    policy = QualityPolicy()
    asyncio.run(budget.keep_to_budget(policy, Kept(), None))
    assert policy.budget_mpx_s is None
    assert policy.why_no_budget is NoBudget.NOT_MEASURABLE
