"""Enrolling a desk and locking it with a wall that stays lit: the console's own parts at a real hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.clock import SystemClock
from app.domain.enrolled_desk import MAIN_WALL
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import CameraId
from app.hub.vault import Vault
from app.sources.desk_keys import DeskKeys
from app.sources.hub_desks import HubDesks
from app.wire.accounts import SignInIn
from app.wire.consent import ConsentIn
from app.wire.desks import DeskIn, DeskKeyIn
from app.wire.hub import AlertIn
from tests.e2e.guarded_desk import LIT, OWN, REASON, SIZE, GuardedDesk, connected, guarded_desk
from tests.fakes.waiting import run, until
from tests.fakes.world import FakeClock, FakeEngine
from tests.hub.running_hub import OPERATOR_TOKEN


class Engine(FakeEngine):
    """Has a picture of each stream as soon as it is open."""

    def __init__(self) -> None:
        clock = FakeClock()
        clock.monotonic = SystemClock().monotonic  # type: ignore[method-assign]
        super().__init__(clock)

    def newest_number(self, key: object) -> int:
        return 1 if key in self.open_streams else 0

    def walls(self) -> dict[str, object]:
        return {key.camera_id: lease.wall for key, lease in self.open_streams.items()}

    def cameras(self) -> list[str]:
        return sorted(key.camera_id for key in self.open_streams)


async def locked(desk: GuardedDesk, engine: Engine) -> None:
    """Have Dana's desk locked with its lit wall."""
    await desk.enter("Dana")
    await connected(desk)
    await until(lambda: engine.cameras() == ["a", "b"])
    await until(lambda: engine.walls() == {"a": LIT, "b": None})
    await desk.door.lock()
    await until(lambda: engine.cameras() == ["a"])
    await until(lambda: desk.store.kept is not None)


def test_a_desk_is_enrolled_known_again_and_withdrawn(tmp_path: Path) -> None:
    async def scene() -> None:
        engine = Engine()
        async with guarded_desk(tmp_path, engine) as desk:
            desk_id = await desk.enrol()
            ((entry, key),) = desk.ring.kept.items()
            assert entry[1].startswith("desk/")
            with pytest.raises(OperatorError, match="hidden by every lock"):
                await desk.desks.keep_lit(desk_id, MAIN_WALL, REASON)
            await desk.enter("Dana")
            session = desk.store.session
            assert session is not None
            assert session.exempt_walls == {LIT}
            await desk.enter("Root")
            known = await desk.desks.known()
            assert known.own is not None
            assert {one.wall for one in known.own.walls} == {LIT}
            assert key not in repr(known)
            await desk.rest.call("POST", "desks", DeskIn(name="Back"))
            await desk.desks.withdraw(desk_id)
            # The key of a desk that was withdrawn is worth nothing, and is not shown again.
            await desk.enter("Dana")
            assert desk.store.session is not None
            assert desk.store.session.exempt_walls == frozenset()
            assert not desk.ring.kept

    run(scene(), 60)


def test_without_a_keyring_a_desk_cannot_be_enrolled_and_the_hub_knows_of_none(tmp_path: Path) -> None:
    async def bare() -> Vault:
        return Vault(None)

    async def scene() -> None:
        async with guarded_desk(tmp_path, Engine()) as desk:
            await desk.enter("Root")
            desks = HubDesks(desk.rest, DeskKeys(bare), desk.store.apply)
            with pytest.raises(OperatorError, match="no password vault"):
                await desks.enrol("Front")
            known = await desks.known()
            assert (known.desks, known.can_keep) == ((), False)

    run(scene(), 60)


def test_a_hub_that_is_gone_when_the_desk_is_locked_leaves_no_wall_lit(tmp_path: Path) -> None:
    async def scene() -> None:
        engine = Engine()
        async with guarded_desk(tmp_path, engine) as desk:
            await desk.enrol()
            await desk.enter("Dana")
            await connected(desk)
            await until(lambda: engine.cameras() == ["a", "b"])
            there, desk.rest._http.url = desk.rest.url, "http://127.0.0.1:9"
            with pytest.raises(SourceError):
                await desk.door.lock()
            assert desk.store.shut
            assert desk.store.lit_walls == frozenset()
            await until(lambda: not engine.open_streams)
            desk.rest.reach(there)

    run(scene(), 60)


@pytest.mark.parametrize("end", ["sign out", "disabled", "withdrawn", "another session"])
def test_what_ends_at_the_hub_is_dark_at_the_desk_within_two_seconds(tmp_path: Path, end: str) -> None:
    async def scene() -> None:
        engine = Engine()
        async with guarded_desk(tmp_path, engine) as desk:
            desk_id = await desk.enrol()
            await locked(desk, engine)
            if end == "sign out":
                await desk.door.sign_out()
            elif end == "disabled":
                await desk.admin.call("POST", "accounts/Dana/disable")
            elif end == "withdrawn":
                await desk.admin.call("DELETE", f"desks/{desk_id}")
            else:
                (key,) = desk.ring.kept.values()
                other = await desk.admin.call("POST", "sign-in", _sign_in("Root"), speaking_by={})
                bearer = {"Authorization": f"Bearer {other.json()['session_token']}"}
                await desk.admin.call("PUT", "session/desk", _key(key), speaking_by=bearer)
            await until(lambda: not engine.open_streams, 2.0)
            assert not desk.streams.is_lit(CameraId("a"))
            if end in ("sign out", "disabled"):
                await until(lambda: desk.store.session is None)
            else:
                await desk.door.unlock(OWN)
                await until(lambda: engine.cameras() == ["a", "b"])

    run(scene(), 60)


def test_a_camera_that_becomes_private_goes_dark_alone(tmp_path: Path) -> None:
    async def scene() -> None:
        engine = Engine()
        async with guarded_desk(tmp_path, engine) as desk:
            await desk.enrol()
            await desk.enter("Dana")
            await connected(desk)
            desk.streams.demand(LIT, {CameraId("a"): SIZE, CameraId("b"): SIZE})
            await until(lambda: engine.walls() == {"a": LIT, "b": LIT})
            await desk.door.lock()
            await until(lambda: desk.store.kept is not None and len(desk.store.kept) == 2)
            consent = ConsentIn.model_validate(
                {
                    "level": 2, "scope": "always", "given_by": "Shop", "obtained": "form", "document": "7",
                    "valid_from": "2026-01-01T00:00:00Z",
                }
            )  # fmt: skip
            await desk.admin.call("PUT", "cameras/a/consent", consent)
            await until(lambda: engine.cameras() == ["b"], 2.0)
            assert not desk.streams.is_lit(CameraId("a"))
            assert desk.streams.is_lit(CameraId("b"))

    run(scene(), 60)


def test_alerts_that_came_while_the_desk_was_locked_are_told_once_it_is_unlocked(tmp_path: Path) -> None:
    async def scene() -> None:
        engine = Engine()
        async with guarded_desk(tmp_path, engine) as desk:
            await desk.enrol()
            await locked(desk, engine)
            body = {
                "source": "vendor", "external_id": "1", "kind": "gunshot", "urgency": 1, "title": "Shots",
                "occurred_at": SystemClock().utc().isoformat(),
            }  # fmt: skip
            await desk.admin.call("POST", "alerts", AlertIn.model_validate(body))
            number = desk.store.sequence
            await desk.door.unlock(OWN)
            await until(lambda: [alert.title for alert in desk.store.alerts] == ["Shots"])
            assert desk.store.sequence > number
            assert engine.cameras().count("a") == 1

    run(scene(), 60)


def _sign_in(name: str) -> SignInIn:
    return SignInIn(name=name, password=OWN, code="", desk_token=OPERATOR_TOKEN, banner_acknowledged=True)


def _key(key: str) -> DeskKeyIn:
    return DeskKeyIn(key=key)
