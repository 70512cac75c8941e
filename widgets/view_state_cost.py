"""What a layout will cost, in the words and figures that its cost sheet shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from app.domain.camera import Camera
from app.domain.forecast import Forecast, StreamCost
from app.domain.quality_policy import NoBudget
from widgets.view_state import QUALITY_WORDS, count_words, one_line

NO_BUDGET_WORDS = {
    NoBudget.NOT_MEASURED_YET: "not measured yet",
    NoBudget.NOT_WANTED: "no budget set",
    NoBudget.NOT_MEASURABLE: "could not be measured",
}
NAMED = 3
"""So many cameras are named in a sentence; the table has them all."""
NAME_LENGTH = 36
EMPTY = "This wall shows no camera: the layout keeps its grid and costs nothing."


@dataclass(frozen=True, slots=True)
class CostRow:
    """One stream; ``tone`` is the style sheet's: "warn" for what gives way, "dim" for what costs nothing."""

    camera: str
    tile: str
    quality: str
    mpx_s: str
    note: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CostSheet:
    """A whole sheet. ``percent`` is of the budget, None without one; it may be above 100."""

    budget: str
    load: str
    percent: int | None
    tone: str
    verdict: str
    """What it comes to; empty where ``gives_way`` and ``left_over`` say it."""
    gives_way: str
    left_over: str
    rows: tuple[CostRow, ...]


def mpx_words(mpx_s: float) -> str:
    """Return millions of pixels a second: tenths while they matter."""
    return f"{mpx_s:,.1f}" if mpx_s < 100 else f"{mpx_s:,.0f}"


def budget_words(budget_mpx_s: float | None, why_not: NoBudget) -> str:
    """Return the budget, or why there is none."""
    return NO_BUDGET_WORDS[why_not] if budget_mpx_s is None else f"{mpx_words(budget_mpx_s)} Mpx/s"


def load_words(load_mpx_s: float, budget_mpx_s: float | None, why_not: NoBudget) -> str:
    """Return what is decoded now and what may be, in one line."""
    if budget_mpx_s is None:
        return f"{mpx_words(load_mpx_s)} Mpx/s, budget {NO_BUDGET_WORDS[why_not]}"
    return (
        f"{mpx_words(load_mpx_s)} of {mpx_words(budget_mpx_s)} Mpx/s ({_percent(load_mpx_s, budget_mpx_s)} %)"
    )


def cost_sheet(said: Forecast) -> CostSheet:
    """Return the sheet of a forecast."""
    degraded = [stream.camera for stream in said.streams if stream.degraded]
    load = f"{mpx_words(said.layout_mpx_s)} Mpx/s"
    if said.elsewhere_mpx_s:
        load += f", with the other walls {mpx_words(said.load_mpx_s)} Mpx/s"
    budget = said.budget_mpx_s
    tone = "alarm" if said.excess_mpx_s else "warn" if degraded or said.degraded_elsewhere else "dim"
    rows = (*(_row(stream) for stream in said.streams), *(_unknown_row(c) for c in said.unknown))
    return CostSheet(
        budget=budget_words(budget, said.why_no_budget),
        load=load,
        percent=None if budget is None else _percent(said.load_mpx_s, budget),
        tone=tone,
        verdict=_verdict(said) if tone == "dim" else "",
        gives_way=_gives_way(said, degraded),
        left_over=_left_over(said.excess_mpx_s),
        rows=rows,
    )


def _percent(load: float, budget: float) -> int:
    # Rounded up: what is a little over the budget must not read as 100 %.
    return ceil(round(100 * load / budget, 3))


def _verdict(said: Forecast) -> str:
    if not said.streams:
        return (
            "No camera of this layout is in the directory now: it costs nothing." if said.unknown else EMPTY
        )
    if said.budget_mpx_s is not None:
        return "All of it fits: every tile shows the stream that its size asks for."
    words = "Without a budget every tile shows the stream that its size asks for."
    if said.why_no_budget is NoBudget.NOT_MEASURED_YET:
        words += " What this computer can decode is measured soon after the start."
    return words


def _gives_way(said: Forecast, degraded: list[Camera]) -> str:
    lines = []
    if degraded:
        lines.append(f"Shown by their sub stream to save work: {_names(degraded)}.")
    if said.degraded_elsewhere:
        lines.append(f"On other walls, too: {_names(said.degraded_elsewhere)}.")
    return "\n".join(lines)


def _left_over(excess_mpx_s: float) -> str:
    if not excess_mpx_s:
        return ""
    words = f"Even so {mpx_words(excess_mpx_s)} Mpx/s do not fit: pictures may come late or be left out."
    return f"{words} Show fewer cameras."


def _names(cameras: list[Camera] | tuple[Camera, ...]) -> str:
    named = [_short(_name(camera)) for camera in cameras[:NAMED]]
    rest = len(cameras) - len(named)
    return ", ".join(named) + (f" and {count_words(rest, 'other')}" if rest else "")


def _short(name: str) -> str:
    """Leave out the middle of a long name: what tells a site's cameras apart stands at its end."""
    half = NAME_LENGTH // 2
    return name if len(name) <= NAME_LENGTH else f"{name[: half - 1].rstrip()}…{name[-half:].lstrip()}"


def _name(camera: Camera) -> str:
    return one_line(camera.name) or camera.id


def _row(stream: StreamCost) -> CostRow:
    note = ""
    if stream.degraded:
        note = "Gives way to its sub stream"
    elif stream.has_no_other:
        note = "Has no sub stream"
    return CostRow(
        camera=_name(stream.camera),
        tile=f"{stream.size.width} × {stream.size.height}",
        quality=QUALITY_WORDS[stream.quality],
        mpx_s=mpx_words(stream.mpx_s),
        note=note,
        tone="warn" if stream.degraded else "",
    )


def _unknown_row(camera_id: str) -> CostRow:
    return CostRow(one_line(camera_id), "–", "–", "–", "Not in the camera directory", "dim")
