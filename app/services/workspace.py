"""Saves and restores the desk: walls, window places, drafts. A damaged part costs that part only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from app.domain.events import NoticeLevel, WallChanged
from app.domain.ids import WallId
from app.domain.ports import WorkspaceFile
from app.domain.wall import Wall
from app.domain.wall_document import grid_and_cameras_from, tiles_document, views_from
from app.services.notify import Notify
from app.store.state import Store

VERSION = 1


class Workspace:
    """The desk's document: ``{"version", "walls": {id: {"grid", "cameras", "tiles"}}, "views": {...}}``.

    A wall's ``tiles`` says how its first tiles show their pictures, ``{"mode", "turn_deg"}`` each; older
    documents have none. ``views`` belongs to the windows, which hand it in and get it back as plain JSON
    values.
    """

    def __init__(self, store: Store, file: WorkspaceFile, notify: Notify) -> None:
        self._store = store
        self._file = file
        self._notify = notify
        self._saved: dict[str, object] | None = None
        self._writing = asyncio.Lock()

    def restore(self) -> dict[str, object]:
        """Put the saved walls into the store and return the views' part, empty at the first start."""
        document = self._file.load()
        walls = document.get("walls")
        if isinstance(walls, Mapping):
            for wall_id, saved in walls.items():
                self._restore_wall(str(wall_id), saved)
        views = document.get("views")
        return dict(views) if isinstance(views, Mapping) else {}

    async def save(self, views: Mapping[str, object]) -> bool:
        """Write the desk down if it changed since the last time; say whether it did.

        The disk is waited for in a thread: a busy one can take longer than a picture may.

        Raises:
            OSError: the file cannot be written.
        """
        async with self._writing:
            return await self._save(views)

    async def _save(self, views: Mapping[str, object]) -> bool:
        walls = {
            wall.id: tiles_document(wall.grid, wall.cameras, wall.views)
            for wall in self._store.walls.values()
        }
        document: dict[str, object] = {"version": VERSION, "walls": walls, "views": dict(views)}
        if document == self._saved:
            return False
        await asyncio.to_thread(self._file.save, document)
        self._saved = document
        return True

    def _restore_wall(self, wall_id: str, saved: object) -> None:
        try:
            if not isinstance(saved, Mapping):
                raise ValueError("it is not a wall")
            wall = _wall_from(wall_id, saved)
        except ValueError as error:
            self._notify.tell(
                NoticeLevel.WARNING,
                f"The saved wall {wall_id!r} could not be read: {error}.",
                of_desk=True,
            )
            return
        try:
            wall = wall.with_views(views_from(saved.get("tiles", [])))
        except ValueError as error:
            words = f"How the saved wall {wall_id!r} shows its pictures could not be read: {error}."
            self._notify.tell(NoticeLevel.WARNING, words, "They are shown whole and upright.", of_desk=True)
        self._store.apply(WallChanged(wall))


def _wall_from(wall_id: str, saved: Mapping[str, object]) -> Wall:
    grid, cameras = grid_and_cameras_from(saved)
    return Wall(WallId(wall_id), grid, cameras)
