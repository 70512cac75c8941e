"""What the hub refuses, in words, and how a refusal looks on the wire.

Every refusal is JSON ``{"detail", "hint"}``, with a ``kind`` where a program can mend it. For unfit input
(422) ``detail`` is a list of ``{"field", "message"}``, the field "body" standing for the whole. What was sent
is never echoed: it may hold a password.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from app.domain.errors import OperatorError

log = structlog.get_logger("hub")

INPUT_HINT = "Correct the fields named here and send it again; nothing was changed."


class RefusalError(OperatorError):
    """A request that the hub refuses; ``status`` is its HTTP status."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


class NotSignedInError(RefusalError):
    """No token, or one that means nothing here."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(401, message, hint)


class NotAllowedError(RefusalError):
    """Who asks is known and may not do this."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(403, message, hint)


class ProofNeededError(RefusalError):
    """Who asks may do this, but signed in too long ago for it (R3); ``POST /session/proof`` mends that.

    ``kind`` is for programs: who may not at all gets 403 too.
    """

    kind = "proof"

    def __init__(self, doing: str, minutes: int) -> None:
        super().__init__(
            403,
            f"Sign in again to {doing}.",
            f"A proof of who you are is good for {minutes} min. Nothing was changed.",
        )


class LockedError(RefusalError):
    """The desk is locked: nothing is told and nothing done until its person unlocks it."""

    def __init__(self) -> None:
        super().__init__(423, "This desk is locked.", "Whoever locked it unlocks it.")


class NotFoundError(RefusalError):
    """There is no such thing."""

    def __init__(self, message: str, hint: str = "It may have been removed; refresh and try again.") -> None:
        super().__init__(404, message, hint)


class ConflictError(RefusalError):
    """The thing is there, but not in a state that allows this."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(409, message, hint)


class NoRoomError(RefusalError):
    """The disk is full: what was asked for cannot be put on record, so it is not done either."""

    def __init__(self) -> None:
        super().__init__(
            507,
            "The hub's disk is full: nothing can be put on record, so nothing was changed.",
            "Make room on the disk that holds the hub's data, then try again.",
        )


class NoRecordError(RefusalError):
    """The audit record cannot be written: whatever was asked for is not done either."""

    def __init__(self) -> None:
        super().__init__(
            503,
            "The hub cannot put this on record, so it was not done.",
            "Tell the administrator: the hub's log says why. Nobody can look until it is mended.",
        )


class TooOftenError(RefusalError):
    """The same again and again, or too much at once; ``retry_after_s`` is when it may be tried again."""

    def __init__(self, message: str, hint: str, retry_after_s: int) -> None:
        super().__init__(429, message, hint)
        self.retry_after_s = retry_after_s


class NoDatabaseError(NoRecordError):
    """The database server does not answer: nothing can be read, done or put on record until it does."""

    def __init__(self) -> None:
        RefusalError.__init__(
            self,
            503,
            "The hub's database does not answer, so this was not done.",
            "Try again in a moment. Should it go on, tell the administrator.",
        )


class UnfitError(RefusalError):
    """Input that does not fit; ``fields`` pairs each field's name with what is wrong."""

    def __init__(self, fields: Sequence[tuple[str, str]], hint: str = INPUT_HINT) -> None:
        super().__init__(422, "; ".join(f"{field}: {message}" for field, message in fields), hint)
        self.fields = tuple(fields)

    @staticmethod
    def body(message: str, hint: str = INPUT_HINT) -> UnfitError:
        """Return a refusal of the whole body."""
        return UnfitError([("body", message)], hint)

    @staticmethod
    def of(error: ValidationError) -> UnfitError:
        """Return the refusal that tells what pydantic found, without the values."""
        return UnfitError(
            _fields(error.errors(include_input=False, include_url=False, include_context=False))
        )


def answer(refusal: RefusalError) -> JSONResponse:
    """Return the answer that tells a refusal."""
    detail: object = refusal.message
    if isinstance(refusal, UnfitError):
        detail = [{"field": field, "message": message} for field, message in refusal.fields]
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else None
    if isinstance(refusal, TooOftenError):
        headers = {"Retry-After": str(refusal.retry_after_s)}
    kind = {"kind": refusal.kind} if isinstance(refusal, ProofNeededError) else {}
    return JSONResponse({"detail": detail, "hint": refusal.hint, **kind}, refusal.status, headers)


def install(app: FastAPI) -> None:
    """Make every error of the API leave in this form."""
    app.add_exception_handler(RefusalError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_unfit)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_failure)


async def _on_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RefusalError)
    return answer(error)


async def _on_unfit(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(UnfitError(_fields(error.errors())))


async def _on_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:
        return answer(UnfitError.body("is not JSON that can be read"))
    hint = "The hub's interface is described at /api/v1/openapi.json."
    return JSONResponse({"detail": str(error.detail), "hint": hint}, error.status_code, error.headers)


async def _on_failure(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    return JSONResponse(
        {"detail": "The hub met an error of its own.", "hint": "Try again; the hub's log tells more."}, 500
    )


def _fields(errors: Iterable[Any]) -> list[tuple[str, str]]:
    """Return field names and messages of pydantic's errors."""
    found = []
    for error in errors:
        if error["type"] in {"json_invalid", "value_error.jsondecode"}:
            found.append(("body", "is not JSON that can be read"))
            continue
        path = [str(part) for part in error["loc"]]
        if path and path[0] in {"body", "query", "path"}:
            path = path[1:]
        found.append((".".join(path) or "body", str(error["msg"])))
    return found
