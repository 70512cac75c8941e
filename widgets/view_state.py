"""What the panels say, as pure functions of the state: words for ages, times, cameras and the link."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from app.domain.camera import Camera, Quality, StreamKind
from app.domain.events import LinkState

QUALITY_WORDS = {Quality.MAIN: "Main", Quality.SUB: "Sub"}
STREAM_WORDS = {StreamKind.RTSP: "RTSP", StreamKind.HLS: "HLS", StreamKind.JPEG: "JPEG"}
LINK_WORDS = {
    LinkState.CONNECTING: "Connecting to the hub",
    LinkState.CONNECTED: "Hub connected",
    LinkState.LOST: "Hub connection lost",
}
MOST_DAYS = 999
"""Ages beyond it say no more than that they are: a sender's clock is wrong."""
_LATE_S = 60.0
"""How far ahead of the desk a sender's clock may be before its times are told as lying ahead."""
_KEPT = "\t\r\n\u200c\u200d\u200e\u200f"


def visible(text: str) -> str:
    """Return outside text without what shows as nothing or turns the words beside it around.

    Control characters go, or become blanks, and Unicode's invisible ones with them: a title made of those
    would be an empty row, and a direction override would write a row's place and source backwards. Line
    breaks, blanks, and the joiners and marks that scripts and emoji are written with stay.
    """
    if text.isprintable():
        return text
    kept = "".join(c if c.isprintable() or c in _KEPT else " " if c.isspace() else "" for c in text)
    return kept if kept.strip(_KEPT + " ") else ""


def one_line(text: str) -> str:
    """Return outside text as one visible line: line breaks and runs of blanks become one blank."""
    return " ".join(visible(text).split())


def plain_tip(text: str) -> str:
    """Return outside text for a tool tip, which Qt would otherwise read as HTML."""
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>" if text else ""


def count_words(count: int, one: str, many: str | None = None) -> str:
    """Return "1 camera", "7,029 cameras"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def age_words(seconds: float) -> str:
    """Return an age in the largest unit that an operator reads at a glance.

    A time up to a minute ahead is "now", one beyond it "in 5 min": the sender's clock is wrong, and an alert
    that stays "now" for hours would hide it.
    """
    if seconds <= -_LATE_S:
        return f"in {age_words(-seconds)}"
    whole = int(seconds)
    if whole < 1:
        return "now"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d}"
    days = whole // 86_400
    return f"{days} d" if days <= MOST_DAYS else f">{MOST_DAYS} d"


def time_words(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Return the local time to the second, with the date when it is not today's.

    Args:
        at: the moment, aware.
        now: the present, aware.
        zone: the desk's time zone; the system's when None.

    A moment that the zone's calendar cannot tell is told in UTC and says so.
    """
    try:
        local = at.astimezone(zone)
    except (OverflowError, OSError, ValueError):
        # The years 1 and 9999 of UTC reach beyond the calendar elsewhere (and 1969 beyond Windows's).
        return f"{_date_and_time(at.astimezone(UTC))} UTC"
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M:%S}"
    return _date_and_time(local)


def _date_and_time(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


@dataclass(frozen=True, slots=True)
class CameraRow:
    """A line of the camera list."""

    name: str
    detail: str
    badge: str


def camera_row(camera: Camera) -> CameraRow:
    """Return what the list says of a camera: its name, then place and tags, and how it delivers pictures."""
    kinds = dict.fromkeys(STREAM_WORDS[stream.kind] for stream in camera.streams)
    parts = [one_line(camera.place), *(f"#{one_line(tag)}" for tag in camera.tags)]
    return CameraRow(
        name=one_line(camera.name) or camera.id,
        detail="  ".join(part for part in parts if part),
        badge=" ".join(kinds) or "NO STREAM",
    )


def camera_count_words(shown: int, known: int) -> str:
    """Return the line above the camera list: all of them, or how many of them match."""
    if shown == known:
        return count_words(known, "camera")
    return f"{shown:,} of {count_words(known, 'camera')}"


def link_words(state: LinkState, since_s: float | None, detail: str = "") -> str:
    """Return the hub link in words, with how long it has been so (seconds)."""
    words = LINK_WORDS[state]
    if state is not LinkState.CONNECTED and since_s is not None and since_s >= 1:
        words = f"{words} for {age_words(since_s)}"
    return f"{words}: {one_line(detail)}" if detail and state is not LinkState.CONNECTED else words


def clock_words(now: datetime, zone: tzinfo | None = None) -> str:
    """Return the desk's time with its zone's name, and the time in UTC where that is another one."""
    local = now.astimezone(zone)
    here = f"{local:%H:%M:%S} {local.tzname()}"
    return here if not local.utcoffset() else f"{here}  ·  {now.astimezone(UTC):%H:%M:%S} UTC"
