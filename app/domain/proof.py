"""Proving anew who one is, before the hub does what is privileged (R3). The sources implement it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProofRequest:
    """What the hub asks of who is signed in; ``words`` say for what. ``asks_code``: a second factor too."""

    words: str
    user: str
    asks_code: bool
    provider: str = ""
    """The agency's provider, where it may be proved there as well."""


AskForProof = Callable[[ProofRequest], Awaitable[bool]]
"""Asks the person; returns whether they proved it, False when they do not want to."""


class ProofDesk(Protocol):
    """Where proofs are asked for and given. An act that waits for one is done once it is there."""

    def ask_by(self, ask: AskForProof) -> None:
        """Ask the person this way from now on."""
        ...

    async def prove(self, password: str, code: str) -> None:
        """Prove who is signed in.

        Raises:
            SourceError: the hub does not answer, or the password or code is wrong.
            OperatorError: the hub takes none.
        """
        ...

    async def begin_at_provider(self) -> str:
        """Begin to prove it at the agency's provider; return the address that the browser opens."""
        ...

    async def finish_at_provider(self, number: str) -> None:
        """Prove it with the number that the browser shows at the end."""
        ...
