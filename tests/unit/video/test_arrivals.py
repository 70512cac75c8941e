"""Pictures are as old as their packets, whatever the decoder makes of their dates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.sources.video.arrivals import ArrivalBook
from app.sources.video.transport import Packet


def book(fps: float = 15.0, *, drained: bool = True) -> ArrivalBook:
    return ArrivalBook(fps, lambda: drained)


def packet(stamp: float, key: bool, arrived_at: float, *, shown: bool = True) -> Packet:
    return Packet(b"", arrived_at, stamp, stamp, key, shown)


def arrived(arrivals: ArrivalBook, pts: float) -> float | None:
    arrival = arrivals.date(pts)
    return None if arrival is None else arrival.at


def test_a_picture_is_dated_by_its_packets_arrival() -> None:
    arrivals = book()
    assert arrived(arrivals, 5.0) is None
    for n in range(3):
        assert arrivals.expect(packet(10 + n / 15, n == 0, 100 + n / 15 + 0.01 * n))
    offset = 77.123
    assert arrived(arrivals, 10 + offset) == 100.0
    assert arrived(arrivals, 10 + 1 / 15 + offset + 0.0004) == 100 + 1 / 15 + 0.01
    assert arrived(arrivals, 10 + 2 / 15 + offset - 0.0004) == 100 + 2 / 15 + 0.02


def test_a_picture_is_as_late_as_its_own_packet() -> None:
    arrivals = book()
    for n, behind_s in enumerate((0.0, 2.0, 1.5)):
        arrivals.expect(packet(n / 15, n == 0, 100 + n / 15)._replace(behind_s=behind_s))
    dated = [arrivals.date(9.0 + n / 15) for n in range(3)]
    assert [arrival.behind_s for arrival in dated if arrival is not None] == [0.0, 2.0, 1.5]


def test_a_lost_picture_does_not_make_the_next_ones_older() -> None:
    arrivals = book()
    for n in range(10):
        arrivals.expect(packet(n / 15, n == 0, 50 + n / 15))
    assert arrived(arrivals, 3.0) == 50.0
    assert arrived(arrivals, 3.0 + 7 / 15) == 50 + 7 / 15


def test_pictures_out_of_order_keep_their_own_dates() -> None:
    """Packets come in decoding order (I P B B), pictures in the order of their stamps."""
    arrivals = book()
    for n, stamp in enumerate((0.0, 0.3, 0.1, 0.2)):
        arrivals.expect(packet(stamp, n == 0, 20 + n / 20))
    assert [arrived(arrivals, 9 + stamp) for stamp in (0.0, 0.1, 0.2, 0.3)] == [20.0, 20.1, 20.15, 20.05]


def test_a_picture_shown_twice_is_no_new_one() -> None:
    arrivals = book()
    arrivals.expect(packet(0.0, True, 20.0))
    arrivals.expect(packet(0.1, False, 20.1))
    assert arrived(arrivals, 9.0) == 20.0
    assert arrived(arrivals, 9.001) is None
    assert arrived(arrivals, 9.1) == 20.1
    assert arrived(arrivals, 9.2) is None


def test_a_decoder_that_counts_anew_gets_the_oldest_possible_date() -> None:
    arrivals = book()
    for n in range(8):
        arrivals.expect(packet(n / 15, n == 0, 20 + n / 15))
    arrived(arrivals, 9.0)
    # Ahead by four seconds, then back to the beginning: either way nothing is younger than it can be.
    assert arrived(arrivals, 13.0) == 20 + 1 / 15
    assert arrived(arrivals, 0.0) == 20 + 2 / 15


def test_a_decoder_that_is_behind_gets_no_more_until_a_key_picture_finds_it_on_time() -> None:
    arrivals = book(drained=False)
    taken = [arrivals.expect(packet(n / 15, n % 15 == 0, 20 + n / 15)) for n in range(60)]
    assert taken == [n <= 15 for n in range(60)]
    for n in range(16):
        arrived(arrivals, 9 + n / 15)
    assert not arrivals.expect(packet(60 / 15, False, 24.0))
    assert arrivals.expect(packet(61 / 15, True, 24.1))
    assert arrivals.expect(packet(62 / 15, False, 24.2))


def test_packets_that_never_become_pictures_do_not_count_as_a_backlog() -> None:
    arrivals = book()
    assert all(arrivals.expect(packet(n / 15, n == 0, 20 + n / 15)) for n in range(100))


def test_a_picture_held_back_over_a_pause_keeps_its_own_date() -> None:
    """Pictures out of order wait inside the decoder for the next packet, however long that takes."""
    arrivals = book()
    for n in range(3):
        arrivals.expect(packet(n / 15, n == 0, 20 + n / 15))
    assert arrived(arrivals, 9.0) == 20.0
    arrivals.expect(packet(60.0, False, 80.0))
    arrivals.expect(packet(60.0 + 1 / 15, False, 80 + 1 / 15))
    assert arrived(arrivals, 9 + 1 / 15) == 20 + 1 / 15
    assert arrived(arrivals, 9 + 2 / 15) == 20 + 2 / 15
    assert arrived(arrivals, 9 + 60.0) == 80.0


@given(st.data())
def test_no_picture_is_ever_dated_after_its_packet(data: st.DataObject) -> None:
    """Whatever is lost on the way: pictures carry the offset of the first, and come in order."""
    gaps = data.draw(st.lists(st.floats(0.003, 0.4), min_size=1, max_size=40))
    kept = data.draw(st.lists(st.booleans(), min_size=len(gaps), max_size=len(gaps)))
    arrivals, now = book(), 1000.0
    came = []
    for n, gap in enumerate(gaps):
        now += gap
        arrivals.expect(packet(now - 900, n == 0, now))
        came.append(now)
        if kept[n]:
            dated = arrived(arrivals, now - 900 + 55.5)
            assert dated is not None
            assert dated <= came[n]


def test_the_past_that_a_decoder_catches_up_with_is_never_seen() -> None:
    arrivals = book()
    for n in range(60):
        assert arrivals.expect(packet(n / 15, n == 0, 80.0, shown=False))
    assert arrivals.expect(packet(4.0, False, 80.0))
    assert [arrived(arrivals, n / 15) for n in range(60)] == [None] * 60
    assert arrived(arrivals, 4.0) == 80.0
