"""The administrator's command: what it makes is good on the wire, and the printed token is good no more."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest

from app.hub.accounts.admin_command import main as admin
from tests.hub.engines import ON_BOTH_IN_FULL, ON_FILES_ONLY, Chosen
from tests.hub.running_hub import OPERATOR_TOKEN, HubChild, client, running_hub, sign_in

pytestmark = ON_BOTH_IN_FULL
OWN = "correct horse battery"


def said(capsys: pytest.CaptureFixture[str], folder: Path, *deed: str, code: int = 0) -> tuple[str, str]:
    assert admin(["--data-dir", str(folder), *Chosen.engine.arguments(folder), *deed]) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def handed_over(text: str) -> dict[str, Any]:
    password = re.search(r"first sign-in: (\S+)", text)
    address = re.search(r"authenticator app: (\S+)", text)
    assert password is not None
    assert address is not None
    totp = pyotp.parse_uri(address.group(1))
    assert isinstance(totp, pyotp.TOTP)
    return {"password": password.group(1), "code": totp.at(datetime.now(UTC))}


def test_the_first_administrator_signs_in_and_the_printed_token_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = said(capsys, tmp_path, "list")
    assert "There are no accounts" in out
    out, _ = said(capsys, tmp_path, "create", "Ada", "--role", "administrator", "--role", "auditor")
    assert "Hand this over to Ada" in out

    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as http:
            assert (await http.post("session", json={"token": OPERATOR_TOKEN})).status_code == 401
            body = {"name": "Ada", "new_password": OWN, "banner_acknowledged": True, **handed_over(out)}
            answer = await http.post("sign-in", json=body)
            assert answer.status_code == 200, answer.text
            async with client(ready.port, answer.json()["session_token"]) as ada:
                (account,) = (await ada.get("accounts")).json()["accounts"]
                assert (account["name"], account["roles"]) == ("Ada", ["administrator", "auditor"])

    asyncio.run(scene())
    out, _ = said(capsys, tmp_path, "list")
    assert out == "Ada: administrator, auditor\n"
    out, _ = said(capsys, tmp_path, "unlock", "ada")
    assert "may sign in again" in out
    out, _ = said(capsys, tmp_path, "reset", "ADA")
    assert "recovery codes" in out
    assert OWN not in out
    out, _ = said(capsys, tmp_path, "list")
    assert "(has not signed in yet)" in out


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (("create", "Ada", "--role", "king"), "roles: are one or more of: operator"),
        (("unlock", "Nobody"), "There is no such account"),
        (("reset", "Nobody"), "There is no such account"),
        (("create", "a/b", "--role", "operator"), "name:"),
        (("create", " ", "--role", "operator"), "name:"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], deed: tuple[str, ...], words: str
) -> None:
    assert words in said(capsys, tmp_path, *deed, code=1)[1]


@ON_FILES_ONLY
def test_a_console_with_a_hub_of_its_own_needs_no_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, tmp_path, "create", "Ada", "--role", "administrator")

    async def scene() -> None:
        child = HubChild(tmp_path)
        ready = await child.start()
        desk = await sign_in(ready["port"])
        async with desk.http:
            assert (await desk.http.get("accounts")).status_code == 200
        child.let_go()

    asyncio.run(scene())
