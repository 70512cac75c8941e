"""From an owner's "no" to no picture on three desks.

One real RTSP camera, private, with its owner's consent; three desks without windows, each a process with the
console's own hub client, streams and decoder workers, signed in as three people. Each round waits until all
show it live, takes the consent back, and measures from the PUT's beginning to the moment at which the last
desk has no picture of it any more and says that it is denied. What follows on a screen is one tick of the
wall, a sixtieth of a second.

    python tests/benchmarks/lease_revoke.py [--rounds 20] [--desks 3]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.alert_wire import body
from tests.benchmarks.first_frame import FPS, KEY_EVERY, looped
from tests.benchmarks.hub_run import RunningHub, hub_on
from tests.benchmarks.live_camera import live_camera
from tests.benchmarks.measure import Lines, Result, lines, profile, say
from tests.benchmarks.samples import summary
from tests.fakes.video_clips import encode_access_units

MARK_S = 2.0
CAMERA = "private"


def list_camera(hub: RunningHub, url: str) -> None:
    stream = {"kind": "rtsp", "quality": "main", "url": url, "fps": FPS}
    camera = {"id": CAMERA, "name": "Private", "lat": 41.6, "lon": -98.4, "streams": [stream]}
    content = json.dumps({"cameras": [camera]}).encode()
    with hub.client() as desk:
        plan = desk.post("cameras/import", params={"name": "c.json"}, content=content).raise_for_status()
        desk.post(f"cameras/import/{plan.json()['token']}").raise_for_status()
        # A look at a private camera has a reason: the incident that it is pinned to, opened from an alert.
        alert = desk.post("alerts", content=body("bench", 1)).raise_for_status().json()["id"]
        incident = desk.post("incidents", json={"title": "Shots", "alert_id": alert}).raise_for_status()
        pins = f"incidents/{incident.json()['id']}/pins"
        desk.post(pins, json={"camera_id": CAMERA}).raise_for_status()


def set_consent(hub: RunningHub, level: int) -> float:
    """Record what the owner says; return when that began."""
    consent = {
        "level": level, "given_by": "Owner", "obtained": "in writing", "valid_from": "2026-01-01T00:00:00Z"
    }  # fmt: skip
    with hub.client() as desk:
        began = time.monotonic()
        desk.put(f"cameras/{CAMERA}/consent", json=consent).raise_for_status()
    return began


def one_round(hub: RunningHub, desks: list[Lines]) -> list[float]:
    """Return the seconds that it took each desk to show no picture any more."""
    set_consent(hub, 2)
    for desk in desks:
        desk.send(ask="show")
    for desk in desks:
        desk.wait_for(lambda message: "live" in message)
    for desk in desks:
        desk.send(ask="watch")
    began = set_consent(hub, 1)
    took = [desk.wait_for(lambda message: "gone" in message)["gone"] - began for desk in desks]
    if min(took) < 0:
        raise SystemExit("a desk had lost its picture before the owner said no")
    return took


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--desks", type=int, default=3)
    chosen = options.parse_args()
    units = encode_access_units(fps=FPS, gop=KEY_EVERY)
    took: list[float] = []
    with contextlib.ExitStack() as stack:
        camera = stack.enter_context(live_camera(looped(units), FPS))
        hub = stack.enter_context(hub_on(stack.enter_context(profile())))
        list_camera(hub, camera.url())
        desks = []
        for person in hub.people(chosen.desks):
            desk = stack.enter_context(
                lines([sys.executable, str(Path(__file__).with_name("desk_stack.py"))])
            )
            url = hub.address.removesuffix("/api/v1/")
            desk.send(url=url, session=person, camera=CAMERA)
            desks.append(desk)
        for number in range(chosen.rounds):
            times = one_round(hub, desks)
            say(f"round {number + 1}: gone after {max(times):.3f} s")
            took += times
    details: dict[str, Any] = {"desks": chosen.desks, "rounds": chosen.rounds, "seconds": summary(took, 3)}
    Result(
        name="lease_revoke",
        unit="s, worst",
        ours=max(took),
        limit=MARK_S,
        details={"mark_s": MARK_S, **details},
    ).print()


if __name__ == "__main__":
    main()
