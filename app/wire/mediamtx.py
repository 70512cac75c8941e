"""What MediaMTX asks of the hub, as its documentation has it.

https://mediamtx.org/docs/features/authentication#external-http-server: one POST in JSON for each who comes.
"""

from __future__ import annotations

from pydantic import ConfigDict, Field

from app.wire.hub import Message


class ReadAsked(Message):
    """Somebody came to MediaMTX. Fields that it adds one day are ignored; empty ones come as such."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    user: str = Field("", max_length=1000)
    password: str = Field("", max_length=4000, repr=False)
    token: str = Field("", max_length=4000, repr=False)
    ip: str = Field("", max_length=100)
    action: str = Field("", max_length=100)
    path: str = Field("", max_length=4000)
    protocol: str = Field("", max_length=100)
    id: str | None = Field(None, max_length=100)
    query: str = Field("", max_length=4000)
