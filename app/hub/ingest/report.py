"""Reads what a vendor posted as an alert; everything unfit is refused with the field's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from pydantic_core import from_json

from app.hub.refusals import UnfitError
from app.wire.hub import AlertIn


@dataclass(frozen=True, slots=True)
class Report:
    """A fit alert report; ``raw`` is the JSON text as it came, unknown fields included."""

    alert: AlertIn
    occurred_at: datetime
    raw: str


def read_report(body: bytes) -> Report:
    """Return the report that a request body holds.

    Raises:
        UnfitError: not UTF-8 JSON, nested too deeply, or fields that are missing or of the wrong type.
    """
    try:
        # NaN and Infinity are no JSON, but the model's own parser would keep them in the raw text.
        parsed = from_json(body, allow_inf_nan=False)
        raw = body.decode()
    except (ValueError, RecursionError) as error:
        raise UnfitError.body(
            "is not JSON that can be read (UTF-8, no NaN, nested less than 200 deep)"
        ) from error
    if not isinstance(parsed, dict):
        raise UnfitError.body("must be one JSON object")
    try:
        # Strict: a number sent as text, or an epoch for a time, is the vendor's mistake and is told.
        alert = AlertIn.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise UnfitError.of(error) from error
    if isinstance(parsed["urgency"], bool):
        # To Python true is 1: the vendor's slip would become the gravest alert.
        raise UnfitError([("urgency", "Input should be 1, 2, 3 or 4")])
    for name in ("source", "external_id", "title", "detail", "place"):
        if "\x00" in getattr(alert, name):
            raise UnfitError([(name, "holds a NUL character")])
    if (alert.lat is None) != (alert.lon is None):
        missing = "lat" if alert.lat is None else "lon"
        raise UnfitError([(missing, "is missing: a position needs both")])
    try:
        occurred_at = alert.occurred_at.astimezone(UTC)
    except OverflowError as error:
        raise UnfitError([("occurred_at", "is outside the years 1 to 9999")]) from error
    return Report(alert, occurred_at, raw)
