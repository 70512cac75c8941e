"""What the windows work with: made by bootstrap, handed to each window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.bridge.stall_meter import StallMeter
from app.bridge.store_bridge import StoreBridge
from app.bridge.task_scope import TaskScope
from app.domain.account_keeping import AccountsGateway
from app.domain.account_review import ReviewGateway
from app.domain.approval import ApprovalGateway
from app.domain.consent_keeping import ConsentGateway
from app.domain.door import HubDoor
from app.domain.enrolled_desk import DeskGateway
from app.domain.owner_links import OwnerLinkGateway
from app.domain.owner_telling import OwnerTellingGateway
from app.domain.ports import Clock, EngineFigures, FrameSource, HubPulse
from app.domain.presence import PresenceGateway
from app.domain.proof import ProofDesk
from app.domain.record import RecordGateway
from app.domain.shift_planning import ShiftGateway
from app.services.desk import Desk
from app.services.evidence import Evidence
from app.services.layouts import Layouts
from app.services.listening import Listening
from app.services.notify import Notify
from app.services.replays import Replays
from app.services.saving import Saving
from app.services.streams import Streams
from app.services.walls import Walls
from app.services.workspace import Workspace
from app.store.state import Store


def open_in_browser(address: str) -> bool:
    """Open a web page in the system's browser; return whether there is one."""
    return QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode))


@dataclass(frozen=True, slots=True)
class Parts:
    """The console's state and its use cases."""

    store: Store
    clock: Clock
    frames: FrameSource
    streams: Streams
    replays: Replays
    listening: Listening
    saving: Saving
    walls: Walls
    layouts: Layouts
    desk: Desk
    notify: Notify
    workspace: Workspace
    bridge: StoreBridge
    stall: StallMeter
    tasks: TaskScope
    approvals: ApprovalGateway | None = None
    """Where second persons are asked; without it nobody is."""
    evidence: Evidence | None = None
    """Gets the manifests of recordings; without it there are none."""
    figures: EngineFigures | None = None
    """What the system page shows of the engine; without it there is no such page."""
    door: HubDoor | None = None
    """How people sign in; without it whoever sits here is signed in already."""
    proof: ProofDesk | None = None
    """Where who is signed in proves it anew; without it what asks for that is refused."""
    open_browser: Callable[[str], bool] = open_in_browser
    """Opens a web page in the system's browser; returns whether it could."""
    door_note: str = ""
    """Small print at the door."""
    pulse: HubPulse | None = None
    """What the system page shows of the hub; without it there is no such page."""
    record: RecordGateway | None = None
    """What the record's window reads; without it there is no such window."""
    consents: ConsentGateway | None = None
    """Where consents are recorded; without it there is no window for them."""
    owner_links: OwnerLinkGateway | None = None
    """Where owners' links are made; without it none are offered."""
    owner_telling: OwnerTellingGateway | None = None
    """Where what owners are told is set, and held back for a case; without it neither is offered."""
    presence: PresenceGateway | None = None
    """Who says who is on shift; without it that is not shown."""
    shifts: ShiftGateway | None = None
    """Where shifts are planned; without it there is no window for them."""
    desks: DeskGateway | None = None
    """Where desks are enrolled; without it there is no window for that."""
    accounts: AccountsGateway | None = None
    """Where accounts are managed; without it there is no window for them."""
    rights_review: ReviewGateway | None = None
    """Where all rights are reviewed; without it there is no window for that."""
