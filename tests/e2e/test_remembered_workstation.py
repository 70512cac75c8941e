"""A desk at a hub elsewhere that is remembered: by the console's own parts, a real hub and a keyring."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pyotp
import pytest
from keyring.errors import KeyringError

from app.domain.clock import SystemClock
from app.domain.door import Credentials
from app.domain.errors import OperatorError, SourceError
from app.hub.vault import Vault
from app.sources.hub_door import RestDoor
from app.sources.hub_remote import RemoteHub
from app.sources.hub_rest import HubRest
from app.sources.workstations import Workstations
from app.store.state import Store
from app.wire.accounts import AccountIn, HandoverOut
from tests.fakes.waiting import run
from tests.hub.running_hub import OPERATOR_TOKEN, MemoryKeyring, running_hub

OWN = "one of my own"


class FailingKeyring(MemoryKeyring):
    """Fails when it is told to."""

    fails = fails_to_keep = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.fails:
            raise KeyringError
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.fails or self.fails_to_keep:
            raise KeyringError
        super().set_password(service, username, password)


def test_a_desk_that_is_remembered_needs_no_code_until_it_is_forgotten(tmp_path: Path) -> None:
    ring, lost = FailingKeyring(), list[int]()

    async def play() -> None:
        async with running_hub(tmp_path) as ready:
            url = f"http://127.0.0.1:{ready.port}"
            admin, rest = HubRest(), HubRest()
            await admin.sign_in(url, OPERATOR_TOKEN)
            answer = await admin.call("POST", "accounts", AccountIn(name="Dana", roles=["operator"]))
            handed = admin.read(HandoverOut, answer)

            def door_with(vault: Vault) -> RestDoor:
                async def opened() -> Vault:
                    return vault

                kept = Workstations(opened, SystemClock().utc, lambda: lost.append(1))
                return RestDoor(RemoteHub(url), rest, Store().apply, kept)

            # Without a keyring nothing is offered, and nothing kept.
            bare = door_with(Vault(None))
            assert (await bare.entrance()).remember_days == 0
            door = door_with(Vault(ring))
            assert (await door.entrance()).remember_days == 30
            code = handed.recovery_codes[0]
            await door.sign_in(Credentials("Dana", handed.password, code, OWN, remember=True))
            assert await door.is_remembered("dana ".strip())
            assert not await door.is_remembered("Ben")
            ((entry, first),) = ring.kept.items()
            assert "Dana" not in entry[1]
            await door.sign_out()
            # As after a restart: the keyring is all that is left.
            door = door_with(Vault(ring))
            await door.sign_in(Credentials("Dana", OWN))
            (second,) = ring.kept.values()
            assert second != first
            # Pressed while a sign-in is under way that brings another token: that one is forgotten.
            await asyncio.gather(door.sign_in(Credentials("Dana", OWN)), door.forget_workstation("Dana"))
            assert not ring.kept
            assert not await door.is_remembered("Dana")
            with pytest.raises(SourceError, match="is wrong"):
                await door.sign_in(Credentials("Dana", OWN))
            # The hub forgot it too: a copy of it is worth nothing.
            ring.kept[entry] = second
            with pytest.raises(SourceError, match="is wrong"):
                await door_with(Vault(ring)).sign_in(Credentials("Dana", OWN))
            # A vault that fails by now: what it has is not forgotten, and who presses the button is told.
            failing = door_with(Vault(ring))
            ring.fails = True
            with pytest.raises(OperatorError, match="still remembered"):
                await failing.forget_workstation("Dana")
            ring.fails = False
            # Who types a code has a token that is no good taken out of the keyring.
            totp = pyotp.parse_uri(handed.totp_address)
            assert isinstance(totp, pyotp.TOTP)
            await door_with(Vault(ring)).sign_in(Credentials("Dana", OWN, totp.at(SystemClock().utc())))
            assert not ring.kept
            # Asked to remember, it fails at the keeping.
            ring.fails_to_keep = True
            typed = Credentials("Dana", OWN, handed.recovery_codes[1], remember=True)
            await door_with(Vault(ring)).sign_in(typed)
            assert (lost, ring.kept) == ([1], {})
            await rest.aclose()
            await admin.aclose()

    run(play(), 60)
