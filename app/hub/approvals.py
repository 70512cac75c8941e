"""The two-person rule: what somebody does with a private camera only after another one has agreed (R15).

An agreement is for one person, camera and right and for the purpose that was told to who agreed, for a
quarter of an hour, once, and for as long as who agreed may do so. Nobody agrees to their own request: it is
the account that counts, not the session.
"""

from __future__ import annotations

from uuid import uuid4

from app.domain.approval import Approval, ApprovalState
from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.domain.camera import Camera
from app.domain.rights import WORDS, Right
from app.domain.scope import Reach
from app.hub.accounts.admission import reach_now
from app.hub.db.approval_book import (
    approval_by_id,
    approval_entry,
    late_approvals,
    write_answer,
    write_request,
)
from app.hub.db.database import Rows
from app.hub.db.directory import camera_by_id, listings
from app.hub.db.lease_book import LeaseRecord
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.desks import refuse_locked
from app.hub.refusals import ConflictError, NotAllowedError, NotFoundError
from app.hub.sessions import Sessions


class SecondPersonNeededError(NotAllowedError):
    """The right is there, and another person has not agreed; ``right`` is what they have to agree to."""

    def __init__(self, message: str, hint: str, right: Right) -> None:
        super().__init__(message, hint)
        self.right = right


async def agreed(
    uow: UnitOfWork, sessions: Sessions, lease: LeaseRecord, right: Right, camera: Camera
) -> Approval:
    """Return the agreement that a use may spend, and put that it is spent on record.

    Raises:
        SecondPersonNeededError: there is none; another person has to be asked.
    """
    known = await _lately(uow, uow.by.name, camera.id, right)
    for approval in known:
        if not _is_for(approval, lease):
            # Who agreed was told another reason or incident, and would stand for this one in the manifest.
            continue
        if not approval.is_good(uow.now) or approval.is_of(approval.decided_by):
            continue
        if _may_agree(await reach_now(uow, sessions, approval.decided_by, uow.now), right, camera):
            entry = approval_entry(approval, Act.APPROVAL_USE, f"{right.value}, by {approval.decided_by}")
            uow.audit(entry)
            return approval
    denied = [approval for approval in known if _is_denied(approval, lease)]
    if denied:
        message = f"{denied[-1].decided_by} does not agree that you {WORDS[right]} of {camera.name}."
        raise SecondPersonNeededError(message, "You can ask again in a quarter of an hour.", right)
    raise SecondPersonNeededError(
        f"{camera.name} is private: a second person has to agree before you {WORDS[right]}.",
        "Those who may were asked, and it is on record. Try again once somebody has agreed.",
        right,
    )


async def ask(uow: UnitOfWork, lease: LeaseRecord, right: Right) -> None:
    """Ask the others, unless they have been asked for the same and the answer is not over."""
    for approval in await _lately(uow, uow.by.name, lease.camera_id, right):
        if _is_denied(approval, lease) or (_is_for(approval, lease) and approval.waits(uow.now)):
            return
    request = Approval(
        uuid4().hex, right, lease.camera_id, uow.by.name, lease.reason, lease.incident_id, uow.now
    )
    await write_request(uow, request)


def _is_for(approval: Approval, lease: LeaseRecord) -> bool:
    """Say whether a request told the reason and the incident of this look."""
    return (approval.reason, approval.incident_id) == (lease.reason, lease.incident_id)


def _may_agree(reach: Reach, right: Right, camera: Camera) -> bool:
    return all(reach.holds_camera(needed, camera) for needed in (Right.LIVE_PRIVATE, right))


def _is_denied(approval: Approval, lease: LeaseRecord) -> bool:
    return _is_for(approval, lease) and approval.state is ApprovalState.DENIED


async def _lately(uow: UnitOfWork, who: str, camera_id: str, right: Right) -> list[Approval]:
    return [
        approval
        for approval in await late_approvals(uow, uow.now)
        if approval.is_of(who) and (approval.camera_id, approval.right) == (camera_id, right)
    ]


async def answer(uow: UnitOfWork, approval_id: str, *, agree: bool) -> None:
    """Agree to another person's request, or do not.

    Raises:
        NotFoundError: no such request, or at a camera that who answers may not look at.
        NotAllowedError: it is their own, or they lack the right themselves.
        ConflictError: it was answered already, or its time is over.
    """
    await refuse_locked(uow)
    approval = await approval_by_id(uow, approval_id)
    camera = await camera_by_id(uow, approval.camera_id) if approval is not None else None
    if approval is None or camera is None or not uow.by.reach.holds_camera(Right.LIVE_PRIVATE, camera):
        raise NotFoundError("There is no such request.")
    if approval.is_of(uow.by.name):
        raise NotAllowedError("Nobody agrees to their own request.", "Another person has to answer it.")
    if not uow.by.reach.holds_camera(approval.right, camera):
        words = WORDS[approval.right]
        raise NotAllowedError(f"Your role may not {words} here.", "Somebody whose role may has to answer it.")
    if approval.state is not ApprovalState.ASKED:
        raise ConflictError(f"{approval.decided_by} has answered this already.")
    if not approval.waits(uow.now):
        raise ConflictError("Its time is over.", f"{approval.who} has to ask again.")
    await write_answer(uow, approval, agree=agree)


async def told_to(rows: Rows, by: Actor, approvals: list[Approval]) -> list[tuple[Approval, str]]:
    """Return those that are somebody's own or that they may answer, each with the camera's name."""
    known = await listings(rows, {approval.camera_id for approval in approvals})
    found = []
    for approval in approvals:
        listing = known.get(approval.camera_id)
        if listing is None:
            continue
        may = _may_agree(by.reach, approval.right, listing.camera)
        if approval.is_of(by.name) or (may and approval.state is ApprovalState.ASKED):
            found.append((approval, listing.camera.name))
    return found


def refused(approval_id: str, *, agree: bool) -> AuditEntry:
    """Return what is put on record of an answer that was not taken."""
    act = Act.APPROVAL_GIVE if agree else Act.APPROVAL_DENY
    # What a stranger puts into a path is no longer than what the hub itself gives out.
    return AuditEntry(act, f"approval/{approval_id[:64]}", Outcome.REFUSED)
