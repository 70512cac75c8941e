"""The console's command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How large and how busy the demo city is."""

    cameras: int = 24
    storm: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class HeadlessOptions:
    """A run without anybody: how long, and what to write at its end."""

    seconds: float
    screenshot: Path | None
    report: Path | None


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``profile`` None means the platform's own folders."""

    profile: Path | None
    demo: DemoOptions | None
    headless: HeadlessOptions | None


def parse(argv: list[str]) -> Options:
    """Return the options.

    Raises:
        SystemExit: the words make no sense (argparse has said why), or help was asked for.
    """
    parser = argparse.ArgumentParser(prog="watchfloor", description="An open video-wall operator console.")
    parser.add_argument("program", nargs="?", choices=("run", "demo"), default="run")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="keep everything in this folder")
    parser.add_argument("--seconds", type=_seconds, metavar="N", help="end by itself after N seconds")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="at the end write a PNG per window")
    parser.add_argument("--report", type=Path, metavar="FILE", help="at the end write the counters as JSON")
    city = parser.add_argument_group("demo")
    city.add_argument("--cameras", type=_count, default=24, metavar="N", help="size of the directory (24)")
    city.add_argument("--storm", type=float, default=0.0, metavar="N", help="send N alerts a second")
    city.add_argument("--seed", type=int, default=1, metavar="N", help="which stories are told")
    chosen = parser.parse_args(argv)
    headless = None
    if chosen.screenshot or chosen.report or chosen.seconds:
        headless = HeadlessOptions(chosen.seconds or 30.0, chosen.screenshot, chosen.report)
    demo = None
    if chosen.program == "demo":
        demo = DemoOptions(chosen.cameras, max(0.0, chosen.storm), chosen.seed)
    return Options(chosen.profile, demo, headless)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError("a run lasts between 0 and 86400 seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100_000:
        raise argparse.ArgumentTypeError("the directory holds 1 to 100000 cameras")
    return value
