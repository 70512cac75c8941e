"""Windows' saved places: what is damaged counts as none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray

from layouts.window_state import packed, part, unpacked


def test_a_place_comes_back_as_it_was() -> None:
    assert unpacked(packed(QByteArray(b"\x00place"))) == QByteArray(b"\x00place")


@pytest.mark.parametrize("damaged", [None, 7, [], "abc", "!!!!", "ääää", "\ud83d"])
def test_a_damaged_place_is_none(damaged: object) -> None:
    assert unpacked(damaged) is None


def test_a_part_of_another_kind_is_empty() -> None:
    assert part({"main": [1]}, "main") == {}
