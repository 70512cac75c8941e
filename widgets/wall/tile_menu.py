"""The tile's context menu: shown with ``popup``, never ``exec``, which would stop unrelated tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.sound import VOLUMES
from app.domain.stream_state import REPLAY_STEPS_S
from app.domain.tile_view import TURNS_DEG, AspectMode, TileView
from widgets.wall.lens import MOST
from widgets.wall.tile import Tile

MODES = (
    (AspectMode.FIT, "Fit, the whole picture"),
    (AspectMode.FILL, "Fill, edges cut off"),
    (AspectMode.STRETCH, "Stretch to the tile"),
)
TURNS = tuple((turn, f"{turn}° clockwise" if turn else "Upright") for turn in TURNS_DEG)


@dataclass(frozen=True, slots=True)
class Volume:
    """How loud cameras are heard."""

    per_cent: int


class TileMenu(QMenu):
    """What can be done with one tile that shows a camera; entries stand for the wall's keys and for views."""

    chosen = Signal(object)
    """``Qt.Key``: the key that does the same."""
    view_chosen = Signal(object)
    """`TileView`: show the picture that way."""
    full_screen_chosen = Signal()

    replay_chosen = Signal(int)
    """From how many seconds ago to play."""

    volume_chosen = Signal(int)
    """Per cent."""

    def __init__(self, tile: Tile, *, expanded: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Tile {tile.name}")
        self.choices: list[QMenu] = []
        self._add("Show all tiles" if expanded else "Show this tile alone", Qt.Key.Key_Return)
        self._full = self._add("Full screen", Qt.Key.Key_Return)
        self._full.setShortcut(QKeySequence(Qt.Modifier.SHIFT | Qt.Key.Key_Return))
        self.addSeparator()
        sees = tile.saying.shows_picture
        self._add("Zoom in", Qt.Key.Key_Plus).setEnabled(sees and tile.zoom.factor < MOST)
        self._add("Zoom out", Qt.Key.Key_Minus).setEnabled(sees and tile.zoom.on)
        self._add("Show the whole picture", Qt.Key.Key_0).setEnabled(tile.zoom.on)
        self._add_choice("Aspect (F)", [(words, replace(tile.view, mode=m)) for m, words in MODES], tile.view)
        self._add_choice(
            "Rotation (R)", [(words, replace(tile.view, turn_deg=t)) for t, words in TURNS], tile.view
        )
        self.addSeparator()
        back = self.addMenu("Play back (B)")
        for ago_s in REPLAY_STEPS_S:
            back.addAction(f"From {ago_s} s ago").setData(ago_s)
        self.choices.append(back)
        self._add("Return to live", Qt.Key.Key_L).setEnabled(tile.plays_past)
        self._add("Save this picture", Qt.Key.Key_C).setEnabled(tile.in_hand and sees)
        self._add("Save the recording", Qt.Key.Key_K)
        self.addSeparator()
        self._add("Stop listening" if tile.heard else "Listen", Qt.Key.Key_H)
        loud = self.addMenu("Volume")
        for volume in VOLUMES:
            loud.addAction(f"{volume} %").setData(Volume(volume))
        self.choices.append(loud)
        self.addSeparator()
        self._add("Show on the map", Qt.Key.Key_M)
        self._add("Pin to the incident", Qt.Key.Key_P)
        self._add("Swap with…", Qt.Key.Key_S).setEnabled(not expanded)
        self.addSeparator()
        self._add("Close tile", Qt.Key.Key_Delete)
        self.triggered.connect(self._on_triggered)
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, words: str, key: Qt.Key) -> QAction:
        action = self.addAction(words)
        # For the reader: the wall itself handles the key.
        action.setShortcut(QKeySequence(key))
        action.setShortcutVisibleInContextMenu(True)
        action.setData(key)
        return action

    def _add_choice(self, title: str, views: list[tuple[str, TileView]], now: TileView) -> None:
        menu = self.addMenu(title)
        self.choices.append(menu)
        group = QActionGroup(menu)
        for words, view in views:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(view == now)
            action.setData(view)
            group.addAction(action)

    def _on_triggered(self, action: QAction) -> None:
        what = action.data()
        if action is self._full:
            self.full_screen_chosen.emit()
        elif isinstance(what, TileView):
            self.view_chosen.emit(what)
        elif isinstance(what, Volume):
            self.volume_chosen.emit(what.per_cent)
        elif isinstance(what, int) and not isinstance(what, Qt.Key):
            self.replay_chosen.emit(what)
        else:
            self.chosen.emit(what)
