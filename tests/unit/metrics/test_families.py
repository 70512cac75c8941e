"""The figures as other programs read them, by Prometheus's own parser."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from app.domain.system_look import SystemLook
from app.metrics.families import prometheus_text
from tests.unit.metrics.looks import ODD, look

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
STREAM = (("camera", ODD), ("quality", "sub"))


def read(of: SystemLook) -> Samples:
    families = text_string_to_metric_families(prometheus_text(of).decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_each_stream_is_told_by_its_cameras_id_whatever_is_in_it() -> None:
    found = read(look())
    told = {name: value for (name, labels), value in found.items() if labels == STREAM}
    assert told == {
        "watchfloor_stream_live": 1.0,
        "watchfloor_stream_picture_age_seconds": 0.5,
        "watchfloor_stream_received_pictures_total": 130.0,
        "watchfloor_stream_received_bytes_total": 400_000.0,
        "watchfloor_stream_left_out_pictures_total": 4.0,
        "watchfloor_stream_decoded_pictures_total": 116.0,
        "watchfloor_stream_restarts_total": 2.0,
    }


def test_a_stream_that_the_engine_does_not_have_has_a_state_and_no_counts() -> None:
    found = read(look())
    told = {name: value for (name, labels), value in found.items() if ("camera", "cam-2") in labels}
    assert told == {"watchfloor_stream_live": 0.0}
    states = {dict(labels)["state"]: n for (name, labels), n in found.items() if name == "watchfloor_streams"}
    assert states == {
        "connecting": 0,
        "live": 1,
        "delayed": 0,
        "frozen": 0,
        "offline": 0,
        "denied": 1,
        "replay": 0,
    }


def test_walls_processes_and_the_console_itself_are_told() -> None:
    found = read(look())
    place = (("camera", ODD), ("wall", "wall-1"))
    assert found["watchfloor_wall_painted_pictures_total", place] == 110
    assert found["watchfloor_wall_overtaken_pictures_total", place] == 6
    decoder = (("process", "wf-decoder-1"),)
    assert found["watchfloor_process_cpu_seconds_total", decoder] == 3.25
    assert found["watchfloor_process_memory_bytes", decoder] == 80.5 * 2**20
    assert found["watchfloor_ui_late_seconds", ()] == 0.031
    assert found["watchfloor_hub_round_trip_seconds", ()] == 0.002
    assert found["watchfloor_hub_up", ()] == found["watchfloor_decoders_up", ()] == 1


def test_a_hub_that_does_not_answer_has_no_round_trip_and_trouble_is_told() -> None:
    found = read(look(hub_round_trip_s=None, trouble="The decoders end while they start"))
    assert ("watchfloor_hub_round_trip_seconds", ()) not in found
    assert found["watchfloor_hub_up", ()] == found["watchfloor_decoders_up", ()] == 0


def test_the_hubs_words_and_the_trouble_stay_inside() -> None:
    text = prometheus_text(look(trouble="sudo apt install libvlc5")).decode()
    assert "Not at night" not in text
    assert "libvlc5" not in text
