"""The revision rule itself, on any order of reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.ids import AlertId
from app.hub.ingest.revision import revised

START = datetime(2026, 11, 21, 7, tzinfo=UTC)


def report(revision: int, urgency: Urgency, arrival: int) -> Alert:
    return Alert(
        id=AlertId(f"made-at-{arrival}"),
        source="cad",
        external_id="1",
        revision=revision,
        kind=AlertKind.CALL_911,
        urgency=urgency,
        title=f"Report {revision}",
        occurred_at=START,
        received_at=START + timedelta(seconds=arrival),
    )


@given(
    st.dictionaries(st.integers(0, 50), st.sampled_from(Urgency), min_size=1).flatmap(
        lambda known: st.tuples(
            st.just(known), st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=60)
        )
    )
)
def test_highest_revision_holds_in_any_order_with_any_repeats(
    case: tuple[dict[int, Urgency], list[int]],
) -> None:
    urgencies, arrivals = case
    held = report(arrivals[0], urgencies[arrivals[0]], 0)
    for arrival, revision in enumerate(arrivals[1:], start=1):
        held = revised(held, report(revision, urgencies[revision], arrival)) or held
    highest = max(arrivals)
    assert (held.revision, held.title, held.urgency) == (highest, f"Report {highest}", urgencies[highest])
    assert (held.id, held.received_at) == ("made-at-0", START)


@given(st.sampled_from(Urgency), st.sampled_from(Urgency), st.sampled_from(AlertStatus))
def test_only_a_rise_in_urgency_undoes_the_handling(
    before: Urgency, after: Urgency, status: AlertStatus
) -> None:
    held = replace(report(1, before, 0), status=status, handled_by="Dana")
    result = revised(held, report(2, after, 1))
    assert result is not None
    if after < before:
        assert (result.status, result.handled_by) == (AlertStatus.NEW, "")
    else:
        assert (result.status, result.handled_by) == (status, "Dana")


@given(st.integers(0, 9), st.integers(0, 9))
def test_same_or_lower_revision_is_a_repeat(held: int, sent: int) -> None:
    result = revised(report(held, Urgency.LOW, 0), report(sent, Urgency.CRITICAL, 1))
    assert (result is None) == (sent <= held)
