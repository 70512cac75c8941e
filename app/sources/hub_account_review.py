"""The yearly review of all rights over the hub's REST interface: implements the `ReviewGateway` port."""

from __future__ import annotations

from app.domain.account_review import AccountChange, ReviewedAccount, RightsReview
from app.sources.hub_rest import HubRest
from app.wire.account_review import AccountReview, SignOffIn


class HubAccountReview:
    """Reads and signs the review in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def review(self) -> RightsReview:
        """Return every account with its rights; to read it is on record."""
        told = self._rest.read(AccountReview, await self._rest.call("GET", "accounts/review"))
        accounts = tuple(
            ReviewedAccount(
                account.name,
                tuple(account.roles),
                tuple(account.rights),
                account.state,
                account.last_used,
                tuple(AccountChange(c.at, c.who, c.act, c.detail or "") for c in account.changes),
            )
            for account in told.accounts
        )
        return RightsReview(accounts, told.digest, told.due_at, told.reviewed_at, told.reviewed_by or "")

    async def sign_off(self, digest: str) -> None:
        """Put on record that what has this digest was reviewed."""
        await self._rest.call("POST", "accounts/review", SignOffIn(digest=digest))
