"""The console's side of accounts and of their review, against a real hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import OperatorError, SourceError
from app.domain.events import PresenceStale
from app.sources.hub_account_review import HubAccountReview
from app.sources.hub_accounts import HubAccounts
from app.sources.hub_presence import HubPresence
from app.sources.hub_rest import HubRest
from app.wire.convert import event_from
from app.wire.hub import EVENT_PREFIX, EventMessage
from tests.hub.running_hub import OPERATOR_TOKEN, running_hub


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[HubRest]:
    async with running_hub(folder) as ready:
        rest = HubRest()
        try:
            await rest.sign_in(f"http://127.0.0.1:{ready.port}", OPERATOR_TOKEN)
            yield rest
        finally:
            await rest.aclose()


def test_accounts_are_managed_from_the_console(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as rest:
            accounts = HubAccounts(rest)
            ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
            sheet = await accounts.create("Dana & Söhne?", ["volunteer"], ends)
            assert sheet.totp_address.startswith("otpauth://totp/")
            assert len(sheet.recovery_codes) == 10
            assert sheet.password not in repr(sheet)
            await accounts.set_roles(sheet.name, ["operator"])
            assert (await accounts.reset(sheet.name)).password != sheet.password
            await accounts.disable(sheet.name)
            known = await accounts.accounts()
            (account,) = known.accounts
            assert (account.name, account.disabled, account.ends_at) == ("Dana & Söhne?", True, ends)
            assert known.titles(account) == ("Operator",)
            assert "auditor" in {role.name for role in known.roles}
            await accounts.unlock(sheet.name)
            assert not (await accounts.accounts()).accounts[0].disabled
            with pytest.raises(OperatorError, match="There is an account of the name"):
                await accounts.create("Dana & Söhne?", ["operator"], None)

    asyncio.run(scene())


def test_the_review_is_read_and_signed_from_the_console(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as rest:
            await HubAccounts(rest).create("Dana", ["operator"], None)
            reviews = HubAccountReview(rest)
            told = await reviews.review()
            assert [change.act for change in told.accounts[0].changes] == ["account_create"]
            assert told.reviewed_at is None
            with pytest.raises(OperatorError, match="not what you read"):
                await reviews.sign_off("0" * 64)
            await reviews.sign_off(told.digest)
            again = await reviews.review()
            assert again.reviewed_by == "Dana Operator"
            assert again.due_at > told.due_at

    asyncio.run(scene())


def test_who_is_on_shift_is_read_and_heard_of(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as rest:
            (me,) = await HubPresence(rest).present()
            assert (me.user, me.locked, me.until) == ("Dana Operator", False, None)
            assert "Supervisor" in me.roles
        told = {"specversion": "1.0", "id": "7", "source": "s", "time": datetime.now(UTC), "sequence": 7}
        for kind in ("presence.changed", "shift.changed"):
            message = EventMessage.model_validate(
                told | {"type": EVENT_PREFIX + kind, "data": {"user": "Ada"}}
            )
            assert event_from(message).fact == PresenceStale()

    asyncio.run(scene())


def test_a_hub_that_is_away_is_told_in_words() -> None:
    async def scene() -> None:
        rest = HubRest()
        with pytest.raises(SourceError, match="not connected yet"):
            await HubAccounts(rest).accounts()
        await rest.aclose()

    asyncio.run(scene())
