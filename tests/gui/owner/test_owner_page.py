"""The owners' page in a real web engine, at a real hub: what it shows is text, and what it does is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from pytestqt.qtbot import QtBot

from tests.hub.running_hub import Desk, HubChild, sign_in
from tests.hub.test_leases import CAMERAS

EVIL = "<img src=x onerror=\"document.title='had'\"><b>Shop</b>"
GIVEN = {
    "level": 2, "given_by": "Ada", "obtained": "signed form", "valid_from": "2026-01-01T00:00:00Z"
}  # fmt: skip
LOOK = {"camera_id": "plain", "quality": "main", "reason": "gunshot"}
WAIT_MS = 20_000


class Page(QWebEnginePage):
    """Keeps what the page logs: a policy that is broken is told there."""

    def __init__(self, profile: QWebEngineProfile) -> None:
        super().__init__(profile)
        self.said: list[str] = []

    def javaScriptConsoleMessage(self, _level: Any, message: str, *_: Any) -> None:
        self.said.append(message)


class Owner:
    """Somebody at the page, and a desk at the same hub."""

    def __init__(self, qtbot: QtBot, port: int, session: str, token: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.session, self.port, self.token = session, port, token
        self._qtbot = qtbot
        self.view = QWebEngineView()
        # Without a name it keeps nothing on the disk.
        self.profile = QWebEngineProfile()
        self.page = Page(self.profile)
        self.view.setPage(self.page)
        self.view.resize(390, 780)
        qtbot.addWidget(self.view)
        self.view.show()

    def open(self, fragment: str = "") -> None:
        with self._qtbot.waitSignal(self.page.loadFinished, timeout=WAIT_MS):
            self.page.load(QUrl(f"{self.base}/owner{'#' if fragment else ''}{fragment}"))

    def close(self) -> None:
        # In this order: the profile must outlive its page.
        for one in (self.page, self.profile):
            with self._qtbot.waitSignal(one.destroyed):
                one.deleteLater()

    def run(self, script: str) -> Any:
        answers: list[Any] = []
        self.page.runJavaScript(script, 0, answers.append)
        self._qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
        return answers[0]

    def text(self, selector: str = "main") -> str:
        return str(self.run(f"document.querySelector({selector!r}).innerText"))

    def click(self, selector: str) -> None:
        self.run(f"document.querySelector({selector!r}).click()")

    def wait(self, words: str, selector: str = "main") -> None:
        self._qtbot.waitUntil(lambda: words in self.text(selector), timeout=WAIT_MS)

    def at_desk(self, work: Callable[[Desk], Any]) -> Any:
        async def seated() -> Any:
            desk = Desk(self.port, self.session)
            async with desk.http:
                return await work(desk)

        return asyncio.run(seated())


async def _furnish(port: int) -> tuple[str, str]:
    desk = await sign_in(port)
    async with desk.http:
        await desk.import_cameras("c.json", CAMERAS.replace(b'"Plain"', repr_json(EVIL)))
        answer = await desk.http.put("cameras/plain/consent", json=GIVEN)
        assert answer.is_success, answer.text
        incident = await desk.post("incidents", {"title": EVIL, "lat": 43.4, "lon": -77.6})
        await desk.post("leases", LOOK | {"incident_id": incident["id"]}, 201)
        made = await desk.post("owner-links", {"camera_ids": ["plain"]}, 201)
        return desk.session, made["token"]


def repr_json(text: str) -> bytes:
    return ('"' + text.replace('"', '\\"') + '"').encode()


@pytest.fixture
def owner(qtbot: QtBot, tmp_path: Path) -> Iterator[Owner]:
    child = HubChild(tmp_path)

    async def start() -> tuple[int, str, str]:
        port = (await child.start())["port"]
        return port, *await _furnish(port)

    try:
        somebody = Owner(qtbot, *asyncio.run(start()))
        yield somebody
        somebody.close()
    finally:
        child.let_go()


def test_an_owner_reads_revokes_and_leaves_on_a_phone(owner: Owner) -> None:
    owner.open(owner.token)
    owner.wait("Looking now")
    # It is out of the address line as soon as it was read.
    assert owner.page.url().toString() == f"{owner.base}/owner"
    assert EVIL in owner.text("#cameras")
    assert EVIL in owner.text("#looks")
    assert "Dana Operator" in owner.text("#looks")
    assert owner.run("document.querySelectorAll('main img, main b').length") == 0
    assert owner.page.title() == "Your cameras – Watchfloor"
    assert owner.run("document.documentElement.scrollWidth <= innerWidth")

    owner.click("#cameras button")
    owner.wait("Revoke your consent", "#ask")
    # Enter pressed twice must not take anything back.
    assert owner.run("document.activeElement.id") == "ask-no"
    owner.click("#ask-yes")
    owner.wait("one look was ended")
    owner.wait("Nobody looks", "#cameras")
    refused = owner.at_desk(lambda desk: desk.http.post("leases", json=LOOK))
    assert refused.status_code == 403

    owner.click("#leave")
    owner.click("#ask-yes")
    owner.wait("audit record", "#left")
    told = owner.at_desk(lambda desk: desk.snapshot())
    assert "plain" not in [camera["id"] for camera in told["cameras"]]
    # The link once more, in the page that is open.
    owner.run(f"location.hash = {owner.token!r}")
    owner.wait("not the link of a camera's owner")
    broken = [words for words in owner.page.said if "Content Security Policy" in words or "Trusted" in words]
    assert broken == []


def test_a_link_is_pasted_whole_or_in_part(owner: Owner) -> None:
    owner.open()
    owner.wait("Your link")
    for pasted, words in (
        ("half-a-link", "not a whole link"),
        (f" {owner.base}/owner#{owner.token}\n", "Looking now"),
    ):
        owner.run(f"document.getElementById('token').value = {pasted!r}")
        owner.click("#enter button")
        owner.wait(words)
    assert owner.run("document.getElementById('token').value") == ""
    # Whoever gets no answer must not be told that nobody did what they asked.
    owner.run("window.real = fetch; window.fetch = () => Promise.reject(new TypeError('gone')); 0")
    owner.click("#cameras button")
    owner.click("#ask-yes")
    owner.wait("It may have been done all the same")
    owner.run("window.fetch = window.real; 0")
    owner.at_desk(_take_back)
    owner.click("#cameras button")
    owner.click("#ask-yes")
    owner.wait("not the link of a camera's owner")
    # What it showed is gone with it.
    assert owner.text("#problem")
    assert owner.run("document.getElementById('looks').children.length") == 0


async def _take_back(desk: Desk) -> None:
    (link,) = (await desk.http.get("owner-links")).json()["links"]
    await desk.delete(f"owner-links/{link['id']}")
