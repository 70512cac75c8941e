from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert import Alert, AlertStatus, Urgency, queue_order
from app.domain.ids import AlertId
from tests.gui.panels.city import START, alert
from widgets.view_state_alerts import QueueCounts, QueueTally, UnseenAbove, alert_facts, alert_row


def test_row_says_who_acknowledged() -> None:
    seen = alert(1, status=AlertStatus.ACKNOWLEDGED, handled_by="desk-2")
    assert alert_row(seen, START).status == "ACK desk-2"
    assert alert_row(alert(1, status=AlertStatus.CLOSED), START).status == "CLOSED"
    assert alert_row(alert(1), START).status == ""


def test_alert_is_fresh_for_its_first_seconds_and_only_while_new() -> None:
    came = alert(1, received_at=START)
    assert alert_row(came, START + timedelta(seconds=1)).is_fresh
    assert not alert_row(came, START + timedelta(seconds=5)).is_fresh
    seen = alert(1, received_at=START, status=AlertStatus.ACKNOWLEDGED)
    assert not alert_row(seen, START).is_fresh


def test_facts_say_when_an_alert_has_no_position() -> None:
    assert alert_facts(alert(1, position=None), START).endswith("no position")


def test_hidden_critical_alerts_are_named() -> None:
    counts = QueueCounts(critical=3, new=12, total=240, hidden=14, hidden_critical=2)
    assert counts.rest_words == "12 new · 240 in all"
    assert counts.hidden_words == "filtered: 14 hidden"
    assert counts.hidden_critical_words == "2 critical hidden"
    assert QueueCounts(total=5).hidden_words == ""


ALERTS = st.builds(
    alert,
    st.integers(0, 8),
    urgency=st.sampled_from(Urgency),
    status=st.sampled_from(AlertStatus),
)


def counted(known: dict[AlertId, tuple[Alert, bool]]) -> QueueCounts:
    new = [(a, shown) for a, shown in known.values() if a.status is AlertStatus.NEW]
    critical = [(a, shown) for a, shown in new if a.urgency is Urgency.CRITICAL]
    hidden = sum(not shown for _, shown in known.values())
    return QueueCounts(len(critical), len(new), len(known), hidden, sum(not shown for _, shown in critical))


@given(st.lists(st.tuples(ALERTS, st.booleans(), st.booleans()), max_size=40))
def test_tally_agrees_with_counting_anew(steps: list[tuple[Alert, bool, bool]]) -> None:
    tally = QueueTally()
    known: dict[AlertId, tuple[Alert, bool]] = {}
    for made, shown, drops in steps:
        if drops:
            known.pop(made.id, None)
            tally.drop(made.id)
        else:
            known[made.id] = (made, shown)
            tally.put(made, shown=shown)
        assert tally.counts == counted(known)
    tally.restart(known.values())
    assert tally.counts == counted(known)


def test_tally_counts_each_alert_that_was_ever_shown_once() -> None:
    tally = QueueTally()
    tally.put(alert(1), shown=False)
    assert tally.ever_shown == 0
    tally.put(alert(1), shown=True)
    tally.put(alert(1), shown=True)
    tally.restart([(alert(1), True), (alert(2), True), (alert(3), False)])
    assert tally.ever_shown == 2


def test_unseen_alerts_are_counted_until_their_row_comes_into_view() -> None:
    unseen = UnseenAbove()
    keys = sorted(
        queue_order(alert(n, urgency=urgency))
        for n, urgency in enumerate((Urgency.CRITICAL, Urgency.HIGH, Urgency.LOW))
    )
    for key in reversed(keys):
        unseen.add(key)
    assert unseen.words == "3 new above, 1 critical"
    unseen.saw_from(keys[2])
    assert unseen.words == "2 new above, 1 critical"
    unseen.saw_from(keys[1])
    assert unseen.words == "1 new critical above"
    unseen.discard(keys[0])
    assert (unseen.words, len(unseen)) == ("", 0)
