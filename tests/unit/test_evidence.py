"""A recording's manifest: asked for at once, or when the hub is back, after a restart too."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.errors import ConsoleError, OperatorError, SourceError
from app.domain.events import LinkChanged, LinkState, NoticeLevel, SessionChanged
from app.domain.evidence import Begun, ExportClaim, Recording, SignedManifest, Span, UseOnRecord
from app.domain.own_session import OwnSession
from app.services.evidence import Evidence
from app.services.notify import Notify
from app.sources.evidence_files import EvidenceFiles
from app.sources.hub_evidence import HubEvidence
from app.sources.hub_http import refusal
from app.sources.hub_rest import HubRest
from app.store.state import Store
from tests.fakes.waiting import until
from tests.fakes.world import START, FakeClock


class Signer:
    """Implements `EvidenceGateway`; ``fail`` is what it raises."""

    def __init__(self) -> None:
        self.asked: list[ExportClaim] = []
        self.fail: ConsoleError | None = None

    async def export(self, claim: ExportClaim) -> SignedManifest:
        self.asked.append(claim)
        if self.fail is not None:
            raise self.fail
        return SignedManifest(b"{}\n", b"s" * 64)


class Desk:
    """A console with one recording, as often started as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "2026-01-05" / "gate.mkv"
        self.path.parent.mkdir()
        self.path.write_bytes(b"footage")
        self.user = ""
        self.hub = Signer()
        self.clock = FakeClock()
        self.start()

    def start(self) -> None:
        self.store = Store()
        self.store.apply(LinkChanged(LinkState.CONNECTED))
        self.notify = Notify(self.store, self.clock)
        self.evidence = Evidence(self.store, self.hub, EvidenceFiles(self.folder), self.clock, self.notify)

    def sit(self, user: str) -> None:
        self.user = user
        self.store.apply(SessionChanged(OwnSession(user, (), frozenset(), None, False)))

    def begun(self, *, private: bool = False) -> Begun:
        return Begun(UseOnRecord(17, START, "hub-1"), self.user, self.clock.seconds - 2, 0.5, private)

    async def save(self) -> None:
        await self.evidence.save(self.begun(), self.path, self.write)

    async def write(self) -> Recording:
        now = self.clock.seconds
        self.path.write_bytes(b"footage")
        return Recording(self.path, Span(now - 31, now - 1))

    async def write_badly(self) -> Recording:
        self.path.write_bytes(b"foot")
        raise OperatorError("Saving takes too long")

    async def write_and_end(self) -> Recording:
        await self.write()
        raise asyncio.CancelledError

    def files(self) -> set[str]:
        return {file.name.removeprefix("gate.mkv") for file in self.path.parent.iterdir()}

    def told(self) -> str:
        return " ".join(f"{n.message} {n.hint}" for n in self.store.notices.values())


def at_a_desk(folder: Path, scene: Callable[[Desk], Coroutine[None, None, None]]) -> None:
    asyncio.run(scene(Desk(folder)))


def test_what_is_told_of_a_recording_is_what_lies_there(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        desk.sit("Dana")
        await desk.save()
        (claim,) = desk.hub.asked
        assert (claim.user, claim.record, claim.hub_id) == ("Dana", 17, "hub-1")
        assert (claim.name, claim.size) == ("gate.mkv", 7)
        assert claim.sha256 == hashlib.sha256(b"footage").hexdigest()
        now = desk.clock.utc()
        assert (claim.began, claim.ended) == (now - timedelta(seconds=31), now - timedelta(seconds=1))
        assert claim.asked_at == now - timedelta(seconds=2)
        assert desk.files() == {"", ".manifest.json", ".manifest.sig"}
        assert "with its signed manifest" in desk.told()

    at_a_desk(tmp_path, scene)


def test_a_hub_that_is_away_is_asked_after_a_restart_by_who_saved_it(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        desk.sit("Dana")
        desk.hub.fail = SourceError("The hub does not answer.")
        await desk.save()
        assert desk.files() == {"", ".no-manifest-yet.json"}
        assert "no manifest yet: the hub does not answer" in desk.told()
        await desk.evidence.look()
        desk.start()
        desk.sit("Bo")
        asked = len(desk.hub.asked)
        task = asyncio.create_task(desk.evidence.run())
        await until(lambda: bool(desk.evidence.waiting))
        await desk.evidence.look()
        assert len(desk.hub.asked) == asked
        desk.sit("Dana")
        desk.hub.fail = None
        await desk.evidence.look()
        task.cancel()
        assert desk.hub.asked[-1] == desk.hub.asked[0]
        assert desk.files() == {"", ".manifest.json", ".manifest.sig"}
        assert "Manifest signed: gate.mkv" in desk.told()

    at_a_desk(tmp_path, scene)


def test_a_refusal_is_told_and_noted_and_not_asked_again(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        desk.hub.fail = OperatorError("It reaches beyond your look.", "Save it anew.")
        await desk.save()
        await desk.evidence.look()
        assert len(desk.hub.asked) == 1
        assert desk.files() == {"", ".no-manifest.json"}
        noted = json.loads((desk.path.parent / "gate.mkv.no-manifest.json").read_bytes())
        assert noted["why"] == "It reaches beyond your look. Save it anew."
        assert "gate.mkv is kept, and has no manifest" in desk.told()
        assert await EvidenceFiles(tmp_path).waiting() == []

    at_a_desk(tmp_path, scene)


def test_a_hub_that_is_asked_too_often_is_asked_again(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        too_often = refusal(httpx.Response(429, json={"detail": "Too many of these.", "hint": "Wait."}))
        assert isinstance(too_often, OperatorError)
        desk.hub.fail = too_often
        await desk.save()
        assert desk.files() == {"", ".no-manifest-yet.json"}
        desk.hub.fail = None
        await desk.evidence.look()
        assert desk.files() == {"", ".manifest.json", ".manifest.sig"}

    at_a_desk(tmp_path, scene)


def test_a_recording_is_not_asked_about_by_who_sat_down_while_it_was_read(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        desk.sit("Dana")
        begun = desk.begun()
        desk.sit("Bo")
        # The hub would refuse it to Bo, and Dana could ask no more.
        desk.hub.fail = OperatorError("You have begun no such recording.")
        await desk.evidence.save(begun, desk.path, desk.write)
        assert desk.hub.asked == []
        assert desk.told() == ""
        desk.hub.fail = None
        desk.sit("Dana")
        await desk.evidence.look()
        assert desk.files() == {"", ".manifest.json", ".manifest.sig"}

    at_a_desk(tmp_path, scene)


def test_a_private_cameras_recording_is_not_left_half_written_and_a_whole_one_stays(
    tmp_path: Path,
) -> None:
    async def scene(desk: Desk) -> None:
        desk.sit("Dana")
        with pytest.raises(OperatorError, match="too long"):
            await desk.evidence.save(desk.begun(private=True), desk.path, desk.write_badly)
        assert desk.files() == set()
        # The console ends between the file and the note of it; another one at the folder is not disturbed.
        with pytest.raises(asyncio.CancelledError):
            await desk.evidence.save(desk.begun(private=True), desk.path, desk.write_and_end)
        desk.start()
        left = await EvidenceFiles(tmp_path).begun()
        assert left == [desk.path]
        await desk.evidence.clear(left)
        assert desk.files() == set()
        assert "gate.mkv was removed: it is of a private camera" in desk.told()
        # Kept meanwhile: it waits for the hub, and stays whatever the hub says.
        desk.start()
        desk.sit("Dana")
        desk.hub.fail = SourceError("The hub does not answer.")
        await desk.evidence.save(desk.begun(private=True), desk.path, desk.write)
        await desk.evidence.clear(left)
        assert desk.files() == {"", ".no-manifest-yet.json"}
        desk.hub.fail = OperatorError("The owner's consent changed while this was recorded.")
        await desk.evidence.look()
        assert desk.files() == {"", ".no-manifest.json"}
        assert "gate.mkv is kept, and has no manifest: The owner's" in desk.told()

    at_a_desk(tmp_path, scene)


def test_a_recording_of_another_hub_waits_for_that_one(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        desk.sit("Dana")
        await desk.save()
        rest = HubRest()
        rest.hub_id = "hub-2"
        with pytest.raises(SourceError, match="another hub"):
            await HubEvidence(rest).export(desk.hub.asked[0])
        await rest.aclose()

    at_a_desk(tmp_path, scene)


def test_what_one_person_was_told_of_their_deeds_is_not_shown_to_the_next(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        desk.sit("Dana")
        await desk.save()
        desk.notify.tell(NoticeLevel.ERROR, "Nothing can be put on record.", of_desk=True)
        assert "gate.mkv" in desk.told()
        # Who comes back after a lock finds what they were told.
        desk.store.apply(SessionChanged(OwnSession("Dana", (), frozenset(), None, True)))
        desk.sit("Dana")
        assert "gate.mkv" in desk.told()
        desk.store.apply(SessionChanged(None, "You have signed out."))
        desk.sit("Bo")
        assert desk.told().strip() == "Nothing can be put on record."

    at_a_desk(tmp_path, scene)
