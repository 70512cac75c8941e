"""A desk at a hub that runs elsewhere: over TLS, with an account and a code, by the console's own parts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from app.config import HubSettings
from app.domain.door import Credentials
from app.domain.errors import OperatorError, SourceError
from app.domain.events import LinkState
from app.sources.hub_door import RestDoor
from app.sources.hub_live import HubLive
from app.sources.hub_remote import RemoteHub
from app.sources.hub_rest import HubRest
from app.sources.hub_trust import trust
from app.store.state import Store
from app.wire.accounts import AccountIn, HandoverOut
from tests.fakes.waiting import run, until
from tests.hub.running_hub import OPERATOR_TOKEN
from tests.hub.test_tls import AUTHORITY, certificate, hub_with


def test_a_desk_signs_in_over_tls_with_a_code_and_follows_the_hub(tmp_path: Path) -> None:
    async def play() -> None:
        authority = AUTHORITY.write(tmp_path / "ca.pem")
        async with hub_with(tmp_path, certificate(*AUTHORITY.site(tmp_path))) as ready:
            url = f"https://127.0.0.1:{ready.port}"
            admin = HubRest(tls=trust(authority))
            await admin.sign_in(url, OPERATOR_TOKEN)
            answer = await admin.call("POST", "accounts", AccountIn(name="Dana", roles=["operator"]))
            handed = admin.read(HandoverOut, answer)
            totp = pyotp.parse_uri(handed.totp_address)
            assert isinstance(totp, pyotp.TOTP)

            store, rest, locator = Store(), HubRest(tls=trust(authority)), RemoteHub(url + "/")
            live = HubLive(locator, rest, store.apply, lambda: None, lambda: None, by_itself=False)
            door = RestDoor(locator, rest, store.apply)
            following = asyncio.create_task(live.run())
            entrance = await door.entrance()
            assert (entrance.is_own, entrance.is_new) == (False, False)
            typed = Credentials("Dana", handed.password, "000000", "one of my own")
            with pytest.raises(SourceError, match="is wrong"):
                await door.sign_in(typed)
            assert store.session is None
            await door.sign_in(
                Credentials("Dana", handed.password, totp.at(datetime.now(UTC)), "one of my own")
            )
            await until(lambda: store.link is LinkState.CONNECTED)
            await rest.open_incident("Fire", None, None)
            await until(lambda: len(store.incidents) == 1)
            await door.lock()
            assert store.shut
            await until(lambda: store.link is LinkState.LOST)
            await admin.open_incident("Meanwhile", None, None)
            await door.unlock("one of my own")
            await until(lambda: len(store.incidents) == 2)
            assert not store.shut
            await admin.call("POST", "accounts/Dana/disable")
            await until(lambda: store.session is None)
            assert store.session_words == "Your account was disabled."
            assert not store.incidents
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await rest.aclose()
            await admin.aclose()

    run(play(), 60)


def test_a_desk_does_not_believe_a_hub_that_nobody_vouches_for(tmp_path: Path) -> None:
    async def play() -> None:
        async with hub_with(tmp_path, certificate(*AUTHORITY.site(tmp_path))) as ready:
            rest = HubRest(tls=trust())
            door = RestDoor(RemoteHub(f"https://127.0.0.1:{ready.port}"), rest, Store().apply)
            with pytest.raises(OperatorError, match="Nobody that this computer trusts vouches for"):
                await door.entrance()
            await rest.aclose()

    run(play())


def test_who_signs_in_at_once_after_another_is_not_shut_out_with_them_and_sees_everything(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with hub_with(tmp_path, certificate(*AUTHORITY.site(tmp_path))) as ready:
            tls = trust(AUTHORITY.write(tmp_path / "ca.pem"))
            url = f"https://127.0.0.1:{ready.port}"
            admin = HubRest(tls=tls)
            await admin.sign_in(url, OPERATOR_TOKEN)
            await admin.open_incident("Fire", None, None)
            typed = {}
            for name in ("Dana", "Eve"):
                answer = await admin.call("POST", "accounts", AccountIn(name=name, roles=["operator"]))
                handed = admin.read(HandoverOut, answer)
                totp = pyotp.parse_uri(handed.totp_address)
                assert isinstance(totp, pyotp.TOTP)
                code = totp.at(datetime.now(UTC))
                typed[name] = Credentials(name, handed.password, code, "one of my own")
            store, rest, locator = Store(), HubRest(tls=tls), RemoteHub(url)
            live = HubLive(locator, rest, store.apply, lambda: None, lambda: None, by_itself=False)
            door = RestDoor(locator, rest, store.apply)
            following = asyncio.create_task(live.run())
            await door.sign_in(typed["Dana"])
            await until(lambda: len(store.incidents) == 1)
            # The hub's word that Dana's session is over may come only after Eve is in.
            async with asyncio.TaskGroup() as both:
                both.create_task(admin.call("POST", "accounts/Dana/disable"))
                both.create_task(door.sign_in(typed["Eve"]))
            await until(lambda: store.link is LinkState.CONNECTED and len(store.incidents) == 1)
            await admin.open_incident("Flood", None, None)
            await until(lambda: len(store.incidents) == 2)
            assert store.session is not None
            assert store.session.user == "Eve"
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await rest.aclose()
            await admin.aclose()

    run(play(), 60)


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("https://hub.example:8443", True),
        ("http://127.0.0.1:8000", True),
        ("http://hub.example", False),
        ("https://user@hub.example", False),
        ("hub.example", False),
    ],
)
def test_an_address_beyond_this_computer_takes_tls(address: str, fits: bool) -> None:
    try:
        HubSettings(address=address)
    except ValueError:
        assert not fits
    else:
        assert fits
