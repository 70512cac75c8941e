"""Exports over the hub's REST interface: implements the `EvidenceGateway` port."""

from __future__ import annotations

import base64
import binascii

from pydantic import ValidationError

from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.evidence import ExportClaim, SignedManifest
from app.sources.hub_rest import HubRest
from app.wire.evidence import ExportIn, ExportOut


class HubEvidence:
    """Asks in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def export(self, claim: ExportClaim) -> SignedManifest:
        """Return the manifest of an exported file; see the port."""
        if self._rest.hub_id and claim.hub_id != self._rest.hub_id:
            # That hub may be away for a while, as where a console goes on alone; it is asked when it is back.
            raise SourceError("This recording was begun at another hub.")
        try:
            body = ExportIn.model_validate({name: getattr(claim, name) for name in ExportIn.model_fields})
        except ValidationError as error:
            raise OperatorError("What was noted beside the recording is not whole.") from error
        told = self._rest.read(ExportOut, await self._rest.call("POST", "exports", body))
        try:
            signature = base64.b64decode(told.signature, validate=True)
        except binascii.Error as error:
            raise ProtocolError("the hub's signature is not of the protocol") from error
        return SignedManifest(told.manifest.encode(), signature)
