"""The hub's figures for Prometheus: what they say, who gets them, and what they never name."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import InvalidStatus

from app.domain.errors import OperatorError
from app.hub.config import metrics_token
from app.hub.measures import Durations
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.running_hub import INGEST_TOKEN, OPERATOR, alert, client, desk_at_hub, live, welcome
from tests.hub.test_full_disk import CAMERAS
from tests.hub.test_rights import Room, in_room

TOKEN = "metrics-token-for-the-tests"
PREFIX = "watchfloor_hub_"


def samples(text: str) -> dict[str, float]:
    """Return each sample by its name, without the common prefix, and its one label's value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            label = "".join(f" {value}" for value in sample.labels.values())
            found[sample.name.removeprefix(PREFIX) + label] = sample.value
    return found


@ON_BOTH_ENGINES
def test_the_figures_are_what_has_happened(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, metrics_token=TOKEN) as desk, client(desk.port, TOKEN) as scraper:

            async def figures() -> dict[str, float]:
                return samples((await scraper.get("metrics")).text)

            before = await figures()
            assert (before["event_head"], before["alerts_total created"], before["leases"]) == (0, 0, 0)
            assert before["sessions"] == 1
            assert "backup_timestamp_seconds" not in before
            await desk.import_cameras("cameras.csv", CAMERAS)
            for sent in (alert(1), alert(2), alert(2), alert(2, revision=1)):
                await desk.post("alerts", sent)
            lease = await desk.post("leases", {"camera_id": "a", "quality": "main"}, 201)
            assert (await desk.http.get("nowhere")).status_code == 404
            assert (await desk.http.post("alerts", content=b"x" * 300_000)).status_code == 422
            with pytest.raises(InvalidStatus):
                async with live(desk.port, None, "after=0"):
                    pass
            async with desk.live() as socket:
                await welcome(socket)
                now = await figures()
            assert {name: now[f"alerts_total {name}"] for name in ("created", "revised", "unchanged")} == {
                "created": 2, "revised": 1, "unchanged": 1,
            }  # fmt: skip
            assert now["event_head"] == 5
            assert (now["live_clients"], now["live_clients_cut_off_total"], now["leases"]) == (1, 0, 1)
            refusals = {name: value for name, value in now.items() if name.startswith("refusals")}
            assert refusals == {f"refusals_total {status}": 1 for status in (401, 404, 422)}
            committed = now["commit_seconds_count"] - before["commit_seconds_count"]
            assert committed == now["commit_seconds_bucket +Inf"] - before["commit_seconds_bucket +Inf"] >= 6
            assert 0 < now["commit_seconds_sum"] - before["commit_seconds_sum"] < 60
            assert [now[f"record {state}"] for state in ("ok", "unsigned", "failing")] == [1, 0, 0]
            assert abs(now["checkpoint_timestamp_seconds"] - time.time()) < 60
            await desk.delete(f"leases/{lease['id']}")
            after = await figures()
            assert (after["leases"], after["live_clients"]) == (0, 0)

    asyncio.run(scene())


def test_no_person_camera_or_place_is_named(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, metrics_token=TOKEN) as desk, client(desk.port, TOKEN) as scraper:
            await desk.import_cameras("cameras.csv", CAMERAS)
            await desk.post("alerts", alert(title="Planted"))
            await desk.post("leases", {"camera_id": "a", "quality": "main"}, 201)
            text = (await scraper.get("metrics")).text
        names = {family.name for family in text_string_to_metric_families(text)}
        labels = {
            name
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            for name in sample.labels
        }
        assert all(name.startswith(PREFIX) for name in names)
        assert labels == {"outcome", "le", "state"}
        assert all(word not in text for word in (OPERATOR, "Corner", "Planted", "cad"))

    asyncio.run(scene())


def test_the_metrics_token_reads_figures_and_nothing_else(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, metrics_token=TOKEN) as desk:
            for token, status in ((TOKEN, 200), (INGEST_TOKEN, 403), (None, 401), ("made-up", 401)):
                async with client(desk.port, token) as http:
                    answer = await http.get("metrics")
                    assert answer.status_code == status, token
            async with client(desk.port, TOKEN) as http:
                assert (await http.get("snapshot")).status_code == 401
                assert (await http.post("alerts", json=alert())).status_code == 401

    asyncio.run(scene())


def test_a_hub_without_a_metrics_token_takes_none(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        for words in ("", "None", TOKEN):
            answer = await room.http.get("/api/v1/metrics", headers={"Authorization": f"Bearer {words}"})
            assert answer.status_code == 401
        bearer = {"Authorization": f"Bearer {room.token('administrator')}"}
        found = samples((await room.http.get("/api/v1/metrics", headers=bearer)).text)
        assert [found[f"record {state}"] for state in ("ok", "unsigned", "failing")] == [0, 1, 0]

    in_room(tmp_path, scene)


def test_a_short_token_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFLOOR_METRICS_TOKEN", "short")
    with pytest.raises(OperatorError, match="too short") as refused:
        metrics_token()
    assert refused.value.__context__ is None
    monkeypatch.setenv("WATCHFLOOR_METRICS_TOKEN", TOKEN)
    assert metrics_token() == TOKEN
    monkeypatch.setenv("WATCHFLOOR_METRICS_TOKEN", "")
    assert metrics_token() is None


def test_durations_are_counted_up_to_each_bound() -> None:
    durations = Durations((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 3.0):
        durations.add(seconds)
    assert durations.up_to() == [("0.1", 2), ("1.0", 3), ("+Inf", 4)]
    assert durations.sum_s == pytest.approx(3.65)
