"""What is read from outside is read by nothing that can be turned against the reader."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.hub.running_hub import ROOT

DANGEROUS = ("xml", "lxml", "defusedxml", "pickle", "marshal", "shelve", "yaml", "bs4", "html5lib")
"""Parsers of XML, which a few lines blow up to gigabytes, and readers that run what they read."""
FOLDERS = ("app", "widgets", "layouts", "resources")


def imported(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.module == "PySide6":
            found |= {alias.name for alias in node.names}
    return found


def test_nothing_reads_xml_or_runs_what_it_reads() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")] + [ROOT / "main.py"]
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in imported(path.read_text("utf-8")) & {*DANGEROUS, "PySide6.QtXml"}
    }
    assert len(files) > 100
    assert found == set()


@pytest.mark.parametrize("module", DANGEROUS)
def test_an_import_would_be_found(module: str) -> None:
    assert module in imported(f"import {module}.x as y")
    assert module in imported(f"def f():\n    from {module} import x")


def test_a_camera_list_in_xml_is_refused_unread(tmp_path: Path) -> None:
    from app.hub.import_cameras import read_camera_file
    from app.hub.refusals import UnfitError

    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    for content in (bomb, b"\xef\xbb\xbf" + bomb, bomb.decode().encode("utf-16"), b"  \n" + bomb):
        with pytest.raises(UnfitError, match="is a web page or XML"):
            read_camera_file(content)
