"""The hub's REST commands over httpx: implements the `HubGateway` port."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from app.domain.camera import Lease, StreamKey, Use
from app.domain.consent import Purpose
from app.domain.errors import ProtocolError
from app.domain.events import SnapshotLoaded
from app.domain.evidence import UseOnRecord
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId, Sequence, WallId
from app.domain.own_session import OwnSession
from app.domain.ports import ImportPlan, RefusedRow
from app.sources.hub_http import HubHttp, ProofNeededError
from app.wire.convert import alert_from, camera_from, incident_from, lease_from, session_from
from app.wire.hub import (
    AlertMessage,
    CameraMessage,
    ImportPlanOut,
    IncidentAlertIn,
    IncidentIn,
    IncidentMessage,
    IncidentOpened,
    LeaseIn,
    LeaseOut,
    NoteIn,
    PinIn,
    SessionIn,
    SessionOut,
    UseIn,
    UseOut,
)

M = TypeVar("M", bound=BaseModel)

CHUNK = 100
"""Objects of a snapshot converted in one turn of the event loop, so that the UI keeps its frame rate."""


ProveAnew = Callable[[ProofNeededError], Awaitable[None]]
"""Returns once who is signed in has proved anew who they are; raises the refusal where they have not."""


class HubRest:
    """Commands to one hub. `sign_in` comes first; until then every command says that the hub is away."""

    def __init__(self, *, timeout_s: float = 10.0, tls: ssl.SSLContext | None = None) -> None:
        """Prepare to speak to a hub; ``tls`` verifies one that is not on this computer (`hub_trust`)."""
        self.tls = tls
        self._http = HubHttp(timeout_s, tls)
        self._bearer = ""
        self.hub_id = ""
        self.session: OwnSession | None = None
        self.exempt_walls: frozenset[WallId] = frozenset()
        """Walls of this desk that stay lit while it is locked, as the hub said for this session."""
        self.admitted = asyncio.Event()
        """Set while there is a session that is not locked."""
        self.left = asyncio.Event()
        """Set once the session that is spoken for has been left; the next one has an event of its own."""
        self.secrets_in_memory = False
        self.prove_anew: ProveAnew | None = None
        """What a command waits for that the hub wants a fresh proof for; None: it is refused."""

    @property
    def url(self) -> str:
        """The hub's address, as this console reaches it."""
        return self._http.url

    @property
    def authorization(self) -> dict[str, str]:
        """The header that speaks for this session."""
        return {"Authorization": f"Bearer {self._bearer}"}

    async def sign_in(self, url: str, token: str) -> None:
        """Exchange a one-time token for a session.

        Raises:
            SourceError: the hub does not answer.
            OperatorError: it refuses the token.
        """
        self._http.url = url
        answer = await self.call("POST", "session", SessionIn(token=token))
        self.admit(self.read(SessionOut, answer))

    def reach(self, url: str) -> None:
        """Speak to the hub at this address from now on."""
        self._http.url = url

    def admit(self, told: SessionOut) -> OwnSession:
        """Speak for this session from now on."""
        self.left.set()
        self.left = asyncio.Event()
        self._bearer, self.hub_id = told.session_token, told.hub_id
        self.exempt_walls = frozenset()
        session = self.learn(told)
        self.admitted.set()
        return session

    def learn(self, told: SessionOut) -> OwnSession:
        """Keep what the hub says of the session."""
        self.session = replace(session_from(told), exempt_walls=self.exempt_walls)
        return self.session

    def forget(self) -> None:
        """Speak for nobody until somebody has signed in."""
        self._bearer, self.session, self.exempt_walls = "", None, frozenset()
        self.admitted.clear()
        self.left.set()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def snapshot(self) -> SnapshotLoaded:
        """Fetch the hub's whole state, converted in small portions."""
        answer = await self.call("GET", "snapshot", timeout_s=60.0)
        try:
            raw = json.loads(answer.content)
            cameras, alerts, incidents = [], [], []
            for number, item in enumerate(raw["cameras"]):
                cameras.append(camera_from(CameraMessage.model_validate(item)))
                if number % CHUNK == 0:
                    await asyncio.sleep(0)
            for number, item in enumerate(raw["alerts"]):
                alerts.append(alert_from(AlertMessage.model_validate(item)))
                if number % CHUNK == 0:
                    await asyncio.sleep(0)
            for item in raw["incidents"]:
                incidents.append(incident_from(IncidentMessage.model_validate(item)))
            sequence = Sequence(int(raw["sequence"]))
            self.secrets_in_memory = raw.get("secrets") == "memory"
        except (ValueError, KeyError, TypeError) as error:
            raise ProtocolError("the hub's snapshot cannot be read") from error
        return SnapshotLoaded(sequence, tuple(cameras), tuple(alerts), tuple(incidents))

    async def lease(self, key: StreamKey, purpose: Purpose, wall: WallId | None = None) -> Lease:
        """Ask leave to look at a stream."""
        body = LeaseIn(
            camera_id=key.camera_id,
            quality=key.quality,
            reason=purpose.reason,
            incident_id=purpose.incident_id,
            wall=wall,
        )
        message = self.read(LeaseOut, await self.call("POST", "leases", body))
        return replace(lease_from(message), key=key, wall=wall)

    async def end_lease(self, lease_id: str) -> None:
        """Tell the hub that the look has ended."""
        await self.call("DELETE", f"leases/{lease_id}")

    async def use_lease(self, lease_id: str, use: Use) -> UseOnRecord:
        """Say what is about to be done with a stream beyond looking."""
        told = self.read(UseOut, await self.call("POST", f"leases/{lease_id}/uses", UseIn(use=use)))
        return UseOnRecord(told.record, told.at, told.hub_id)

    async def acknowledge_alert(self, alert_id: AlertId) -> None:
        """Record that this operator has seen to the alert."""
        await self.call("POST", f"alerts/{alert_id}/acknowledge")

    async def open_incident(
        self, title: str, position: LatLon | None, alert_id: AlertId | None
    ) -> IncidentId:
        """Open an incident and return its id."""
        body = IncidentIn(
            title=title,
            lat=position.lat if position else None,
            lon=position.lon if position else None,
            alert_id=alert_id,
        )
        answer = await self.call("POST", "incidents", body)
        return IncidentId(self.read(IncidentOpened, answer).id)

    async def add_alert(self, incident_id: IncidentId, alert_id: AlertId) -> None:
        """Tie another alert to an incident."""
        await self.call("POST", f"incidents/{incident_id}/alerts", IncidentAlertIn(alert_id=alert_id))

    async def pin_camera(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        """Pin a camera to an incident."""
        await self.call("POST", f"incidents/{incident_id}/pins", PinIn(camera_id=camera_id))

    async def unpin_camera(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        """Take a pin away."""
        await self.call("DELETE", f"incidents/{incident_id}/pins/{quote(camera_id, safe='')}")

    async def add_note(self, incident_id: IncidentId, text: str, note_id: str) -> None:
        """Write a note into the timeline."""
        await self.call("POST", f"incidents/{incident_id}/notes", NoteIn(note_id=note_id, text=text))

    async def close_incident(self, incident_id: IncidentId) -> None:
        """Close an incident."""
        await self.call("POST", f"incidents/{incident_id}/close")

    async def plan_import(self, name: str, content: bytes) -> ImportPlan:
        """Check a camera file."""
        answer = await self.call("POST", "cameras/import", content, params={"name": name}, timeout_s=60.0)
        plan = self.read(ImportPlanOut, answer)
        refused = tuple(RefusedRow(row.row, row.reason) for row in plan.refused)
        return ImportPlan(plan.token, plan.added, plan.changed, plan.unchanged, refused)

    async def apply_import(self, token: str) -> None:
        """Carry out an agreed import."""
        await self.call("POST", f"cameras/import/{token}", timeout_s=60.0)

    async def call(
        self,
        method: str,
        path: str,
        body: BaseModel | bytes | None = None,
        *,
        params: dict[str, str] | None = None,
        timeout_s: float | None = None,
        speaking_by: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request below the hub's prefix and return its answer.

        ``speaking_by`` is a header in place of this session's.

        Raises:
            SourceError: the hub does not answer, or does not know the session.
            OperatorError: it refuses, in its own words.
        """
        content = body.model_dump_json().encode() if isinstance(body, BaseModel) else body
        own = self.authorization if self._bearer else {}
        headers = dict(own if speaking_by is None else speaking_by)
        if isinstance(body, BaseModel):
            headers["Content-Type"] = "application/json"
        send = partial(self._http.send, method, path, content, headers, params=params, timeout_s=timeout_s)
        left = self.left
        try:
            return await send()
        except ProofNeededError as refusal:
            # Whoever came meanwhile proves nothing for who asked.
            if self.prove_anew is None or speaking_by is not None or left.is_set():
                raise
            await self.prove_anew(refusal)
        return await send()

    @asynccontextmanager
    async def stream(self, path: str, params: dict[str, str]) -> AsyncIterator[httpx.Response]:
        """Open one answer below the hub's prefix that is read bit by bit.

        Raises:
            SourceError: the hub does not answer, breaks off, or does not know the session.
            OperatorError: it refuses, in its own words.
        """
        left = self.left
        async with AsyncExitStack() as opened:
            try:
                answer = await opened.enter_async_context(self._http.stream(path, params, self.authorization))
            except ProofNeededError as refusal:
                if self.prove_anew is None or left.is_set():
                    raise
                await self.prove_anew(refusal)
                answer = await opened.enter_async_context(self._http.stream(path, params, self.authorization))
            yield answer

    @staticmethod
    def read(model: type[M], answer: httpx.Response) -> M:
        """Return what an answer tells.

        Raises:
            ProtocolError: it is not of the protocol.
        """
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as error:
            raise ProtocolError("the hub's answer is not of the protocol") from error
