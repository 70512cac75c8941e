"""The tile that is listened to says so by a shape and a word; the key and the menu ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.events import ListeningChanged
from app.domain.ids import TileIndex
from app.domain.sound import Heard, Sound
from widgets.wall.tile_menu import TileMenu

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk

FIRST = TileIndex(0)


def test_the_key_and_the_menu_ask_for_the_selected_tile(desk: Desk) -> None:
    asked: list[str] = []
    volumes: list[int] = []
    desk.surface.listen_requested.connect(asked.append)
    desk.surface.select(TileIndex(1))
    QTest.keyClick(desk.surface, Qt.Key.Key_H)
    menu = TileMenu(desk.surface.tile(FIRST), expanded=False, parent=desk.surface)
    menu.volume_chosen.connect(volumes.append)
    assert "Listen" in [action.text() for action in menu.actions()]
    loud = next(choice for choice in menu.choices if choice.title() == "Volume")
    loud.actions()[0].trigger()
    assert asked == [desk.ids[1]]
    assert volumes == [25]


def test_only_the_heard_tile_is_marked_and_says_it_in_words(desk: Desk) -> None:
    labels = [len(desk.surface.tile(TileIndex(n)).labels()) for n in range(3)]
    desk.store.apply(ListeningChanged(Heard(desk.ids[0], Sound.PLAYING)))
    tile = desk.surface.tile(FIRST)
    assert "Sound on" in tile.words()
    assert [len(desk.surface.tile(TileIndex(n)).labels()) for n in range(3)] == [
        labels[0] + 1,
        *labels[1:],
    ]
    desk.store.apply(ListeningChanged(Heard(desk.ids[0], Sound.AWAITED)))
    assert "Sound awaited" in tile.words()
    desk.store.apply(ListeningChanged(Heard(desk.ids[1], silence="no sound in replay")))
    assert "Sound on" not in tile.words()
    assert "No sound in replay" in desk.surface.tile(TileIndex(1)).words()
    desk.store.apply(ListeningChanged(None))
    assert [len(desk.surface.tile(TileIndex(n)).labels()) for n in range(3)] == labels
