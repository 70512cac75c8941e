"""A hub's accounts that a test commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.account import Account
from app.domain.account_keeping import AccountList, HandoverSheet, RoleName
from app.domain.account_review import AccountChange, ReviewedAccount, RightsReview
from app.domain.errors import OperatorError, SourceError
from tests.fakes.world import START

ROLES = tuple(
    RoleName(name, name.capitalize())
    for name in ("operator", "supervisor", "volunteer", "auditor", "administrator")
)


def people() -> list[Account]:
    """Return accounts in every state."""
    used = START - timedelta(hours=3)
    return [
        Account("Ada", ("administrator",), used, must_change=False),
        Account("Bo", ("operator", "supervisor"), used, must_change=False, locked=True),
        Account("Cy", ("auditor",), START - timedelta(days=80), must_change=False),
        Account("Dana", ("operator",), used),
        Account("Eli", ("volunteer",), used, must_change=False, ends_at=START + timedelta(days=3)),
        Account("Flo", ("volunteer",), used, must_change=False, ends_at=START - timedelta(days=3)),
        Account("Gus", ("operator",), START - timedelta(days=91), must_change=False),
        Account("Hal <b>bold</b>", ("operator",), used, must_change=False, disabled=True),
    ]


class FakeAccounts:
    """Implements `AccountsGateway`. ``refusal`` is what the next deed is refused with."""

    def __init__(self) -> None:
        self.people = {account.name: account for account in people()}
        self.reviews = FakeReviews()
        self.done: list[tuple[object, ...]] = []
        self.refusal: OperatorError | SourceError | None = None

    async def accounts(self) -> AccountList:
        return AccountList(tuple(self.people.values()), ROLES)

    async def create(self, name: str, roles: Sequence[str], ends_at: datetime | None) -> HandoverSheet:
        self._do("create", name, tuple(roles), ends_at)
        self.people[name] = Account(name, tuple(roles), START, ends_at)
        return self._sheet(name)

    async def reset(self, name: str) -> HandoverSheet:
        self._do("reset", name)
        return self._sheet(name)

    async def set_roles(self, name: str, roles: Sequence[str]) -> None:
        self._do("roles", name, tuple(roles))
        self.people[name] = replace(self.people[name], roles=tuple(roles))

    async def unlock(self, name: str) -> None:
        self._do("unlock", name)
        self.people[name] = replace(self.people[name], locked=False, disabled=False, active_at=START)

    async def disable(self, name: str) -> None:
        self._do("disable", name)
        self.people[name] = replace(self.people[name], disabled=True)

    def _do(self, *deed: object) -> None:
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal
        self.done.append(deed)

    def _sheet(self, name: str) -> HandoverSheet:
        codes = tuple(f"AB{number}D-EFGH-JKLM" for number in range(10))
        address = (
            f"otpauth://totp/Watchfloor:{name}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Watchfloor"
        )
        return HandoverSheet(name, "ABCD-EFGH-JKLM-NPQR", address, codes)


class FakeReviews:
    """Implements `ReviewGateway`."""

    def __init__(self) -> None:
        used = START - timedelta(hours=3)
        made = AccountChange(START - timedelta(days=400), "Ada", "account_create", "operator")
        moved = AccountChange(START - timedelta(days=30), "Ada", "account_roles", "operator, supervisor")
        self.told = RightsReview(
            (
                ReviewedAccount(
                    "=cmd()", ("auditor",), ("audit_read",), "This account is disabled.", used, (made,)
                ),
                ReviewedAccount("Bo", ("operator", "supervisor"), ("live", "ptz"), "", used, (made, moved)),
            ),
            "ab" * 32,
            START - timedelta(days=2),
        )
        self.signed: list[str] = []
        self.refusal: OperatorError | None = None

    async def review(self) -> RightsReview:
        return self.told

    async def sign_off(self, digest: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.signed.append(digest)
        due = START + timedelta(days=365)
        self.told = replace(self.told, reviewed_at=START, reviewed_by="Cy", due_at=due)
