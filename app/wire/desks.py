"""Enrolled desks and their walls that stay lit while the desk is locked, on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.wire.hub import Command, Message

DeskName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
LEAST_REASON = 8


class DeskIn(Command):
    """Enrols the desk that asks."""

    name: DeskName


class DeskMade(Message):
    """The desk with its key, which is told this once."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: str
    name: str
    key: str = Field(repr=False)


class ExemptIn(Command):
    """Says why a wall may stay lit while its desk is locked."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=LEAST_REASON, max_length=200)]


class ExemptWallMessage(Message):
    """A wall that stays lit while its desk is locked: why, by whom, since when."""

    wall: str
    reason: str
    set_by: str
    set_at: AwareDatetime


class DeskMessage(Message):
    """An enrolled desk as those who change the hub's settings see it."""

    id: str
    name: str
    enrolled_by: str
    enrolled_at: AwareDatetime
    exempt_walls: list[ExemptWallMessage]


class Desks(Message):
    """Every enrolled desk."""

    desks: list[DeskMessage]


class DeskKeyIn(Command):
    """What a desk proves with that it is enrolled."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    key: str = Field(min_length=1, max_length=200, repr=False)


class OwnDesk(Message):
    """The enrolled desk that a session is at, without an id where it is at none.

    ``any_enrolled``: whether the hub knows any desk, so that one looks for a key at all.
    """

    id: str = ""
    name: str = ""
    exempt_walls: list[str] = Field(default_factory=list)
    any_enrolled: bool = False


class Renewed(Message):
    """Until when a look goes on."""

    expires_at: AwareDatetime


class Kept(BaseModel):
    """First frame of a locked desk's live socket: the looks that go on."""

    type: Literal["kept"] = "kept"
    leases: list[str]
