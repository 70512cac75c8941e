"""Layouts in a file of this workstation: implements the `LayoutBook` port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from app.domain.errors import SourceError
from app.domain.layout import Layout, layout_name
from app.domain.wall_document import grid_and_cameras_from, tiles_document, views_from
from app.sources.files import JsonFile, set_aside

VERSION = 1


class LayoutFile:
    """``{"version", "layouts": [{"name", "grid", "cameras", "tiles"}]}``, read anew before each change.

    A layout that cannot be read stays in the file as it is: a newer program may know what it means.
    """

    def __init__(self, path: Path, now: Callable[[], datetime], on_notice: Callable[[str], None]) -> None:
        self._path = path
        self._now = now
        self._on_notice = on_notice
        # Told after the disk's thread is done: notices belong to the loop's thread.
        self._notices: list[str] = []
        self._told: set[str] = set()
        self._file = JsonFile(path, now, self._notices.append)
        self._turn = asyncio.Lock()

    async def read(self) -> tuple[Layout, ...]:
        """Return every layout that can be read; tell of those that cannot.

        Raises:
            SourceError: the file is there and cannot be read.
        """
        async with self._turn:
            entries = await self._entries()
        layouts = []
        for entry in entries:
            try:
                layouts.append(_layout_from(entry))
            except ValueError as error:
                self._tell(f"{_called(entry)} in {self._path.name} could not be read: {error}.")
        return tuple(layouts)

    async def put(self, layout: Layout, instead_of: str | None = None) -> None:
        """Write a layout in place of its namesake and of the one that it replaces.

        Raises:
            SourceError: the file cannot be read or written; it is as it was.
        """
        names = {layout.name.casefold(), (instead_of or layout.name).casefold()}
        tiles = tiles_document(layout.grid, layout.cameras, layout.views)
        await self._rewrite(names, [{"name": layout.name, **tiles}])

    async def remove(self, name: str) -> None:
        """Take a layout out of the file.

        Raises:
            SourceError: as for `put`.
        """
        await self._rewrite({name.casefold()}, [])

    async def _rewrite(self, without: set[str], new: list[object]) -> None:
        async with self._turn:
            kept = [entry for entry in await self._entries() if not _is_one_of(without, entry)]
            document: dict[str, object] = {"version": VERSION, "layouts": kept + new}
            try:
                await asyncio.to_thread(self._file.save, document)
            except OSError as error:
                words = f"{self._path.name} cannot be written: {error.strerror}."
                raise SourceError(words, retryable=False) from error

    async def _entries(self) -> list[object]:
        try:
            return await asyncio.to_thread(self._load)
        finally:
            for words in self._notices:
                self._on_notice(words)
            self._notices.clear()

    def _load(self) -> list[object]:
        document = self._file.load()
        entries = document.get("layouts", [] if not document else None)
        if isinstance(entries, list):
            return entries
        aside = set_aside(self._path, self._now())
        self._notices.append(f"{self._path.name} was damaged and is kept as {aside.name}.")
        return []

    def _tell(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._on_notice(words)


def _name_in(entry: object) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) else ""


def _is_one_of(names: set[str], entry: object) -> bool:
    """Say whether it is a layout of one of these names; what cannot be read is none of them."""
    try:
        return _layout_from(entry).name.casefold() in names
    except ValueError:
        return False


def _called(entry: object) -> str:
    return f"The layout “{name}”" if (name := _name_in(entry)) else "A layout"


def _layout_from(entry: object) -> Layout:
    if not isinstance(entry, Mapping):
        raise ValueError("it is not a layout")
    try:
        name = layout_name(_name_in(entry))
    except ValueError as error:
        raise ValueError("it has no name of a fit length") from error
    grid, cameras = grid_and_cameras_from(entry)
    return Layout(name, grid, cameras, views_from(entry.get("tiles", [])))
