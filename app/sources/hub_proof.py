"""Has the person prove anew who they are where the hub asks for it: implements the `ProofDesk` port.

It sits where every command passes, so that no window has to know of it: the command waits, and is sent again
once the proof is there.
"""

from __future__ import annotations

import asyncio

from app.domain.proof import AskForProof, ProofRequest
from app.sources.hub_address import HubLocator
from app.sources.hub_http import ProofNeededError
from app.sources.hub_provider import HubProvider
from app.sources.hub_rest import HubRest
from app.wire.accounts import Banner, ProofIn


class HubProof:
    """Asks for one proof at a time; it is good for every command that waits."""

    def __init__(self, locator: HubLocator, rest: HubRest) -> None:
        self._locator = locator
        self._rest = rest
        self._ask: AskForProof | None = None
        self._turn = asyncio.Lock()
        self._proofs = 0
        self._provider = HubProvider(rest)
        rest.prove_anew = self.again

    def ask_by(self, ask: AskForProof) -> None:
        """Ask the person this way from now on."""
        self._ask = ask

    async def prove(self, password: str, code: str) -> None:
        """Prove who is signed in."""
        address = await self._locator.address()
        body = ProofIn(password=password, code=code, desk_token=address.token)
        await self._rest.call("POST", "session/proof", body)
        self._proofs += 1

    async def begin_at_provider(self) -> str:
        """Begin to prove it at the agency's provider; return the address that the browser opens."""
        return await self._provider.begin()

    async def finish_at_provider(self, number: str) -> None:
        """Prove it with the number that the browser shows at the end."""
        await self._rest.call("POST", "oidc/proof", self._provider.finished(number))
        self._proofs += 1

    async def again(self, refusal: ProofNeededError) -> None:
        """Return once the person of this session has proved anew who they are.

        Raises:
            ProofNeededError: they do not want to, or left meanwhile: the refusal itself.
        """
        session, left, proofs = self._rest.session, self._rest.left, self._proofs
        ask = self._ask
        if ask is None or session is None:
            raise refusal
        address = await self._locator.address()
        async with self._turn:
            if proofs == self._proofs and not left.is_set():
                banner = self._rest.read(Banner, await self._rest.call("GET", "banner"))
                asked = ProofRequest(refusal.message, session.user, not address.token, banner.provider)
                proved = await _unless_left(ask, asked, left)
                if not proved:
                    raise refusal
        if left.is_set():
            # What one person began is not done in the name of the next one.
            raise refusal


async def _unless_left(ask: AskForProof, asked: ProofRequest, left: asyncio.Event) -> bool:
    """Ask, and ask no more once the session was left."""
    asking, leaving = asyncio.ensure_future(ask(asked)), asyncio.ensure_future(left.wait())
    try:
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return asking.done() and asking.result()
    finally:
        asking.cancel()
        leaving.cancel()
        await asyncio.wait({asking, leaving})
