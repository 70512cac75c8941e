"""Size budgets of the code: a file that grows past them holds two ideas."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app", "widgets", "layouts", "resources")
MEDIAN_LINES, P95_LINES, MAX_LINES = 150, 400, 500
MAX_METHODS = 25
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return [*found, ROOT / "main.py"]


def test_files_keep_to_their_size_budget() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in sources()}
    sizes = sorted(lines.values())
    assert statistics.median(sizes) <= MEDIAN_LINES
    assert sizes[int(len(sizes) * 0.95)] <= P95_LINES
    too_long = {str(path.relative_to(ROOT)): n for path, n in lines.items() if n > MAX_LINES}
    assert not too_long


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_classes_keep_to_their_method_budget(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
            assert len(methods) <= MAX_METHODS, f"{node.name} has {len(methods)} methods"


def test_modules_have_names_of_their_own() -> None:
    named = {str(path.relative_to(ROOT)) for path in sources() if path.stem in BANNED_NAMES}
    assert not named


def _calls(path: Path, names: set[str]) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in names:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    return found


def test_tests_wait_for_conditions_and_never_for_time() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "benchmarks" not in path.parts]
    found = [line for path in tests for line in _calls(path, {"time.sleep", "sleep", "qtbot.wait"})]
    assert not found


def test_each_third_party_engine_is_imported_in_its_own_place() -> None:
    """``vlc`` in one file, ``folium`` in the map page's; ``av`` in the transports' and the demo's."""
    importers: dict[str, set[str]] = {"vlc": set(), "folium": set(), "av": set()}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                top = name.split(".")[0]
                if top in importers:
                    importers[top].add(path.relative_to(ROOT).as_posix())
    assert len(importers["vlc"]) == 1
    assert len(importers["folium"]) == 1
    assert all(path.startswith(("app/sources/video/", "app/demo/")) for path in importers["av"])
