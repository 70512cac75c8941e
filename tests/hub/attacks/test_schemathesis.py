"""schemathesis over the OpenAPI document: whatever fits it or nearly does, the hub never fails."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.running_hub import ROOT, HubChild, alert, client, sign_in
from tests.hub.test_leases import CAMERAS

FUZZ_S = int(os.environ.get("WATCHFLOOR_TEST_FUZZ_S", "0"))
"""How long to go on with requests made up by chance, after all that the document gives reason to try."""
PHASES = "examples,coverage,fuzzing" if FUZZ_S else "examples,coverage"
COVERAGE_S = 60
EXAMPLES = 3


async def furnished(port: int) -> tuple[str, dict[str, str]]:
    """Return a session with every right, and ids of things that are there."""
    desk = await sign_in(port)
    async with desk.http:
        await desk.import_cameras("c.json", CAMERAS)
        told = await desk.post("alerts", alert())
        incident = await desk.post("incidents", {"title": "One", "alert_id": told["id"]})
        wanted = {"camera_id": "plain", "quality": "main", "reason": "r", "incident_id": incident["id"]}
        lease = await desk.post("leases", wanted)
        account = {"name": "Dana Example", "roles": ["operator"]}
        await desk.post("accounts", account)
        ids = {"camera_id": "plain", "alert_id": told["id"], "incident_id": incident["id"]}
        return desk.session, {**ids, "lease_id": lease["id"], "name": account["name"]}


def tried(port: int, session: str, ids: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run schemathesis as its own program: its pytest plugin stays out of ours."""
    parameters = "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in ids.items())
    settings = folder / "schemathesis.toml"
    settings.write_text(f"[parameters]\n{parameters}")
    program = Path(sys.executable).with_name("schemathesis")
    command = [
        str(program), "--config-file", str(settings), "run", f"http://127.0.0.1:{port}/api/v1/openapi.json",
        "-H", f"Authorization: Bearer {session}", "--phases", PHASES,
        "--checks", "not_a_server_error", "--max-examples", str(EXAMPLES),
        "--max-time", str(COVERAGE_S + FUZZ_S),
        "--seed", "4", "--generation-deterministic",
        # They would end the very session that asks.
        "--exclude-operation-id", "sign_out_api_v1_session_delete",
        "--exclude-operation-id", "lock_api_v1_session_lock_post",
        "--exclude-operation-id", "unlock_api_v1_session_unlock_post",
        "--suppress-health-check", "all", "--warnings", "off", "--no-color", "--continue-on-failure",
    ]  # fmt: skip
    environment = os.environ | {
        "WATCHFLOOR_TEST_IDS": json.dumps(ids), "SCHEMATHESIS_HOOKS": "tests.hub.attacks.schemathesis_ids",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=FUZZ_S + 150,
        check=False,
    )


@pytest.mark.timeout(FUZZ_S + 200)
def test_the_hub_answers_every_request_without_failing(tmp_path: Path) -> None:
    log_file = tmp_path / "hub.log"
    child = HubChild(tmp_path, 0, "--log-file", str(log_file))

    async def start() -> tuple[int, str, dict[str, str]]:
        port: int = (await child.start())["port"]
        return port, *await furnished(port)

    async def is_known(port: int, session: str) -> bool:
        async with client(port, session) as desk:
            return (await desk.get("snapshot")).status_code == 200

    try:
        port, session, ids = asyncio.run(start())
        done = tried(port, session, ids, tmp_path)
        # Else most of it was answered with 401.
        assert asyncio.run(is_known(port, session)), done.stdout
    finally:
        code, _, _ = child.let_go()
    assert done.returncode == 0, done.stdout + done.stderr
    # A run that tried nothing would be well too.
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases is not None, done.stdout
    assert int(cases[1]) > 1000
    assert code == 0
    wrong = [line for line in log_file.read_text().splitlines() if json.loads(line)["level"] == "error"]
    assert wrong == []
