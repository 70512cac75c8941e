"""Which right each part of the hub's interface takes, and which role holds it: ``docs/rights.md``.

``python -m app.hub.rights_table`` prints the document; a test holds the one in docs against it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute

from app.domain.rights import PRIVILEGED, WORDS, Right, Role
from app.hub import live, live_kept
from app.hub.api.access import May, open_to_all, own_locked_session, own_session
from app.hub.api.owner_door import by_owners_link
from app.hub.application import ROUTERS
from app.hub.roles import read_roles
from app.wire.hub import API

_LIVE = {f"{API}/live": live.MAY.right, f"{API}/live/kept": live_kept.MAY.right}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One part of the interface. ``right`` is None where anybody may use it, who has signed in, or owners."""

    method: str
    path: str
    right: Right | None
    senders: bool = False
    signed_in: bool = False
    scrapers: bool = False
    owners: bool = False
    """Whether it takes the link of a camera's owner, which opens nothing else."""
    proof: bool = False
    """Whether who asks must have proved lately who they are."""


def endpoints(routers: Iterable[APIRouter] = ROUTERS) -> list[Endpoint]:
    """Return the whole interface, sorted by path.

    Raises:
        LookupError: a route says neither which right it takes nor that it is open.
    """
    found = []
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIWebSocketRoute):
            found.append(Endpoint("LIVE", route.path, _LIVE[route.path]))
        elif isinstance(route, APIRoute):
            found += [_endpoint(method, route) for method in route.methods or ()]
        else:
            raise LookupError(f"nobody knows what {route} takes")
    return sorted(found, key=lambda endpoint: (endpoint.path, endpoint.method))


def _endpoint(method: str, route: APIRoute) -> Endpoint:
    demands = [
        call
        for call in _calls(route.dependant)
        if isinstance(call, May) or call in (open_to_all, own_session, own_locked_session, by_owners_link)
    ]
    if len(demands) != 1:
        raise LookupError(f"{route.path} names {len(demands)} rights: it takes one, or is OPEN")
    (demand,) = demands
    if isinstance(demand, May):
        return Endpoint(
            method,
            route.path,
            demand.right,
            demand.senders,
            scrapers=demand.scrapers,
            proof=demand.asks_proof(method),
        )
    if demand is by_owners_link:
        return Endpoint(method, route.path, None, owners=True)
    return Endpoint(method, route.path, None, signed_in=demand is not open_to_all)


def _calls(dependant: Dependant) -> Iterator[object]:
    for part in dependant.dependencies:
        yield part.call
        yield from _calls(part)


def document(roles: Mapping[str, Role]) -> str:
    """Return the table as Markdown."""
    titles = [role.title for role in roles.values()]
    rights = [[f"{WORDS[right]} ({_named(right)})", *_marks(right, roles)] for right in Right]
    parts = [
        [
            f"`{part.method} {part.path}`",
            _demand(part),
            *(["–"] * len(roles) if part.owners else _marks(part.right, roles)),
        ]
        for part in endpoints()
    ]
    return (
        "# Rights\n\n"
        "Made from `resources/roles.toml` and the hub's routes by `python -m app.hub.rights_table`; a test\n"
        "asks every route with every role and compares. Whoever works alone, with a hub that the console\n"
        "started, is supervisor, administrator and auditor at once. Some rights are named here before the\n"
        "hub has a use for them.\n\n"
        "Who changes something by a *privileged* right, or carries the audit record away, has signed in or\n"
        "proved anew who they are within the last 15 minutes (R3, CJIS IA-11; `--proof-minutes`): those\n"
        "parts of the interface take a *fresh proof*. A session of the one-time token has no account, so no\n"
        "password, and is exempt: it ends with its hub.\n\n"
        f"## What a role may do\n\n{_table(['', *titles], rights)}\n"
        f"## What each part of the interface takes\n\n{_table(['', 'right', *titles], parts)}"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _named(right: Right) -> str:
    return f"`{right.value}`, privileged" if right in PRIVILEGED else f"`{right.value}`"


def _marks(right: Right | None, roles: Mapping[str, Role]) -> list[str]:
    return ["yes" if right is None or right in role.rights else "–" for role in roles.values()]


def _demand(part: Endpoint) -> str:
    if part.owners:
        return "an owner's link"
    if part.right is None:
        return "any session" if part.signed_in else "open to all"
    tokens = (" or the ingest token" if part.senders else "") + (
        " or the metrics token" if part.scrapers else ""
    )
    return f"`{part.right.value}`{tokens}{', fresh proof' if part.proof else ''}"


if __name__ == "__main__":
    sys.stdout.write(document(read_roles()))
