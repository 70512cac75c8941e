"""Reads camera files: CSV, our JSON, lists of objects, and lists by state and county. Pure; no database.

The content decides the format, not the name. Good rows are taken; each other one is told with its number
(from 1: a CSV's first row after the header, or the running number in JSON) and the reason.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from app.domain.geo import LatLon, distance_m
from app.domain.ports import RefusedRow
from app.hub.camera_rows import FoundCamera, field_of, read_row
from app.hub.refusals import UnfitError

MOST_ROWS = 100_000
_DELIMITERS = ",;\t|"
_DEEPEST = 4
_HINT = "A camera file is CSV with columns like name, lat, lon, url, or JSON; docs/protocol.md has examples."
_FAR_M, _NEAR_M = 3_000_000.0, 500_000.0
_ENOUGH_FOR_MEDIAN = 5


@dataclass(frozen=True, slots=True)
class CameraFile:
    """What a file holds: good rows in order, refused rows by number."""

    found: tuple[FoundCamera, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as read: its values by field and the place that it stands under, or why it cannot be read."""

    values: Mapping[str, object]
    place: str = ""
    fault: str = ""


def read_camera_file(content: bytes) -> CameraFile:
    """Return the cameras of a file. Takes a while for large ones: not for the event loop's thread.

    Raises:
        UnfitError: the file as a whole is no list of cameras.
    """
    text = _decoded(content).lstrip()
    if not text:
        raise _unfit("is empty")
    if text[0] == "<":
        raise _unfit("is a web page or XML, not a list of cameras")
    found: list[FoundCamera] = []
    refused: list[RefusedRow] = []
    for number, row in enumerate(_json_rows(text) if text[0] in "[{" else _csv_rows(text), start=1):
        if number > MOST_ROWS:
            raise _unfit(f"has more than {MOST_ROWS} rows; split it")
        if row is None:
            continue
        if row.fault:
            refused.append(RefusedRow(number, row.fault))
            continue
        try:
            found.append(read_row(number, row.values, row.place))
        except ValueError as error:
            refused.append(RefusedRow(number, str(error)))
    if not found and not refused:
        raise _unfit("holds no cameras")
    good, doubles = _without_doubles(found)
    good, swapped = _without_swapped(good)
    return CameraFile(tuple(good), tuple(sorted(refused + doubles + swapped, key=lambda row: row.row)))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise _unfit("is not text: it holds NUL bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Spreadsheets on Windows: Latin-1 with the few letters that Microsoft added.
        return content.decode("cp1252", errors="replace")


def _csv_rows(text: str) -> Iterator[_Row | None]:
    """Yield each row after the header, None for an empty one."""
    first_line = text.split("\n", 1)[0][:10_000]
    delimiter = max(
        _DELIMITERS, key=lambda mark: sum(field_of(h) is not None for h in first_line.split(mark))
    )
    # Strict: an open quotation mark is told instead of swallowing the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        fields = [field_of(header) for header in next(reader)]
    except csv.Error as error:
        raise _unfit("is neither CSV nor JSON") from error
    if "lat" not in fields or "lon" not in fields:
        raise _unfit("is neither JSON nor CSV whose first line names columns for latitude and longitude")
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _Row({}, fault=f"cannot be read up to line {reader.line_num} (a quotation mark left open?)")
            continue
        if not any(value.strip() for value in values):
            yield None
        elif any(value.strip() for value in values[len(fields) :]):
            yield _Row({}, fault="has more fields than the header (a comma outside quotation marks?)")
        else:
            yield _Row(_by_field(zip(fields, values, strict=False)))


def _json_rows(text: str) -> Iterator[_Row]:
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise _unfit("is nested too deeply") from error
    except ValueError as error:
        raise _unfit("begins like JSON but is not") from error
    cameras = document.get("cameras") if isinstance(document, dict) else None
    if isinstance(cameras, list):
        document = cameras
    yield from _listed(document, ())


def _listed(document: object, path: tuple[str, ...]) -> Iterator[_Row]:
    """Yield the rows of lists under names; the names, innermost first, are the place."""
    if isinstance(document, dict) and len(path) < _DEEPEST:
        for name, part in document.items():
            yield from _listed(part, (name, *path))
    elif isinstance(document, list):
        for item in document:
            if isinstance(item, dict):
                values = _by_field((field_of(key), value) for key, value in item.items())
                yield _Row(values, ", ".join(path))
            else:
                yield _Row({}, fault="is not an object")


def _by_field(pairs: Iterable[tuple[str | None, object]]) -> dict[str, object]:
    """Return values by field; of two columns for one field the first that is filled."""
    row: dict[str, object] = {}
    for field, value in pairs:
        if field is not None and value is not None and value != "":
            row.setdefault(field, value)
    return row


def _without_doubles(found: list[FoundCamera]) -> tuple[list[FoundCamera], list[RefusedRow]]:
    """Part rows whose id or address an earlier row has."""
    good, refused = [], []
    row_of_id: dict[str, int] = {}
    row_of_address: dict[str, int] = {}
    for camera in found:
        addresses = {address.listed for address in camera.addresses.values()}
        same_address = [row_of_address[address] for address in addresses if address in row_of_address]
        if same_address:
            refused.append(RefusedRow(camera.row, f"has the same address as row {min(same_address)}"))
        elif camera.camera.id in row_of_id:
            refused.append(RefusedRow(camera.row, f"has the same id as row {row_of_id[camera.camera.id]}"))
        else:
            row_of_id[camera.camera.id] = camera.row
            row_of_address.update(dict.fromkeys(addresses, camera.row))
            good.append(camera)
    return good, refused


def _without_swapped(found: list[FoundCamera]) -> tuple[list[FoundCamera], list[RefusedRow]]:
    """Part rows that are far from all others and near them with latitude and longitude exchanged.

    They are told and not turned: the file's owner knows which it is.
    """
    if len(found) < _ENOUGH_FOR_MEDIAN:
        return found, []
    middle = LatLon(
        median(camera.camera.position.lat for camera in found),
        median(camera.camera.position.lon for camera in found),
    )
    good, refused = [], []
    for camera in found:
        position = camera.camera.position
        is_swapped = (
            abs(position.lon) <= 90
            and distance_m(position, middle) > _FAR_M
            and distance_m(LatLon(position.lon, position.lat), middle) < _NEAR_M
        )
        if is_swapped:
            reason = "latitude and longitude seem to be swapped: far from all others as they stand"
            refused.append(RefusedRow(camera.row, reason))
        else:
            good.append(camera)
    return good, refused


def _unfit(message: str) -> UnfitError:
    return UnfitError.body(message, _HINT)
