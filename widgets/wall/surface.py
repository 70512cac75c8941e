"""The wall that an operator works with: painting from `WallCanvas`, hands on it here."""

from __future__ import annotations

from app.domain.ids import TileIndex
from widgets.wall.canvas import WallCanvas


class WallSurface(WallCanvas):
    """One wall."""

    def select(self, index: TileIndex | None) -> None:
        """Select."""
