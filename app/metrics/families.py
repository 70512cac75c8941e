"""One look at the console as Prometheus metric families.

Names follow Prometheus's own rules (https://prometheus.io/docs/practices/naming): base units, ``_total`` for
what only grows. Cameras go by their ids; addresses and passwords never come this far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.domain.camera import StreamKey
from app.domain.ports import StreamCounts
from app.domain.stream_state import StreamState
from app.domain.system_look import StreamLook, SystemLook

_STREAM = ("camera", "quality")
_STREAM_COUNTERS: tuple[tuple[str, str, Callable[[StreamCounts], int]], ...] = (
    ("received_pictures", "Coded pictures that came from the camera.", lambda c: c.received),
    ("received_bytes", "Bytes of the coded pictures that came from the camera.", lambda c: c.received_bytes),
    ("left_out_pictures", "Coded pictures that a decoder did not get, being behind.", lambda c: c.left_out),
    ("decoded_pictures", "Pictures that the decoder made.", lambda c: c.decoded),
    ("restarts", "How often the stream had to be started again since it was opened.", lambda c: c.restarts),
)


def prometheus_text(look: SystemLook) -> bytes:
    """Return the look in Prometheus's text format, version 0.0.4."""
    return generate_latest(LookFamilies(look))


class LookFamilies(Collector):
    """The families of one look."""

    def __init__(self, look: SystemLook) -> None:
        self._look = look

    def collect(self) -> Iterator[Metric]:
        """Yield every family, also those without a sample: they say what there could be."""
        yield from self._streams()
        yield from self._walls()
        yield from self._processes()
        look = self._look
        yield _gauge(
            "ui_late_seconds",
            "How late the user interface answered at worst within the last minute.",
            [look.late_in_minute_s],
        )
        answers = look.hub_round_trip_s is not None
        yield _gauge("hub_up", "1 while the hub answers the console.", [float(answers)])
        yield _gauge(
            "hub_round_trip_seconds",
            "How long the hub took to answer last; absent while it does not answer.",
            [] if look.hub_round_trip_s is None else [look.hub_round_trip_s],
        )
        yield _gauge(
            "decoders_up",
            "0 while something keeps the video decoders from being started.",
            [float(look.trouble is None)],
        )

    def _streams(self) -> Iterator[Metric]:
        look = self._look
        found = Counter(stream.status.state for stream in look.streams.values())
        states = GaugeMetricFamily(
            "watchfloor_streams", "Open streams by what their tiles say.", labels=("state",)
        )
        for state in StreamState:
            states.add_metric((state.value,), found[state])
        yield states
        yield self._stream_gauge(
            "live", "1 for a stream whose pictures are live.", lambda s: s.status.state is StreamState.LIVE
        )
        yield self._stream_gauge("picture_age_seconds", "How old the newest decoded picture is.", self._age_s)
        for name, meaning, count in _STREAM_COUNTERS:
            family = CounterMetricFamily(f"watchfloor_stream_{name}", meaning, labels=_STREAM)
            for key, stream in look.streams.items():
                if stream.counts is not None:
                    family.add_metric(_labels(key), count(stream.counts))
            yield family

    def _age_s(self, stream: StreamLook) -> float | None:
        last = stream.counts.last_picture_at if stream.counts else None
        return None if last is None else max(0.0, self._look.at - last)

    def _stream_gauge(
        self, name: str, meaning: str, value: Callable[[StreamLook], float | None]
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"watchfloor_stream_{name}", meaning, labels=_STREAM)
        for key, stream in self._look.streams.items():
            known = value(stream)
            if known is not None:
                family.add_metric(_labels(key), float(known))
        return family

    def _walls(self) -> Iterator[Metric]:
        painted = CounterMetricFamily(
            "watchfloor_wall_painted_pictures",
            "Different pictures of a camera that a wall has painted.",
            labels=("wall", "camera"),
        )
        overtaken = CounterMetricFamily(
            "watchfloor_wall_overtaken_pictures",
            "Decoded pictures that a newer one overtook before a wall that could be seen painted them.",
            labels=("wall", "camera"),
        )
        for place, paints in self._look.paints.items():
            painted.add_metric(place, paints.painted)
            overtaken.add_metric(place, paints.overtaken)
        yield from (painted, overtaken)

    def _processes(self) -> Iterator[Metric]:
        cpu = CounterMetricFamily(
            "watchfloor_process_cpu_seconds",
            "Processor seconds of the console and its decoders.",
            labels=("process",),
        )
        memory = GaugeMetricFamily(
            "watchfloor_process_memory_bytes",
            "Memory; pages that processes share are counted by share.",
            labels=("process",),
        )
        for name, load in self._look.loads.items():
            cpu.add_metric((name,), load.cpu_s)
            memory.add_metric((name,), load.memory_mb * 2**20)
        yield from (cpu, memory)


def _gauge(name: str, meaning: str, values: Iterable[float]) -> GaugeMetricFamily:
    """Return a family without labels, which has one value or none."""
    family = GaugeMetricFamily(f"watchfloor_{name}", meaning)
    for value in values:
        family.add_metric((), value)
    return family


def _labels(key: StreamKey) -> tuple[str, str]:
    return key.camera_id, key.quality.value
