"""Named layouts: what an operator saves of a wall and opens again, and what that will cost."""

from __future__ import annotations

from dataclasses import replace

from app.domain.errors import OperatorError
from app.domain.events import WallChanged
from app.domain.forecast import Forecast, Sizes, forecast
from app.domain.ids import CameraId, WallId
from app.domain.layout import Layout, layout_name
from app.domain.ports import LayoutBook
from app.domain.quality_policy import QualityPolicy
from app.domain.wall import Wall
from app.store.state import Store


class Layouts:
    """Lists, saves, opens, renames and deletes layouts. The book is the truth; ``listed`` follows it."""

    def __init__(self, store: Store, book: LayoutBook, qualities: QualityPolicy) -> None:
        self._store = store
        self._book = book
        self._qualities = qualities
        self.listed: tuple[Layout, ...] = ()
        """In the order of their names, as they were read last."""

    def named(self, name: str) -> Layout | None:
        """Return the layout of that name, whatever its case and blanks."""
        wanted = " ".join(name.split())
        return next((layout for layout in self.listed if layout.is_named(wanted)), None)

    def cost(self, here: Sizes, elsewhere: Sizes) -> Forecast:
        """Return what this machine will do with these pictures: a wall's own, and those of the others."""
        policy = self._qualities
        return forecast(here, elsewhere, self._store.cameras, policy.budget_mpx_s, policy.why_no_budget)

    async def read(self) -> None:
        """Read the list.

        Raises:
            SourceError: it cannot be read now.
        """
        self.listed = tuple(sorted(await self._book.read(), key=lambda layout: layout.name.casefold()))

    async def save(self, name: str, wall: Wall, *, replacing: bool = False) -> None:
        """Keep what the wall shows under that name.

        Raises:
            OperatorError: the name is unfit, or taken and ``replacing`` is not wanted.
            SourceError: it could not be kept; nothing is lost.
        """
        fit = _fit(name)
        await self.read()
        if not replacing and self.named(fit) is not None:
            raise OperatorError(f"There is a layout “{fit}” already.")
        await self._book.put(Layout.of(fit, wall))
        await self.read()

    def open(self, name: str, wall_id: WallId) -> tuple[CameraId, ...]:
        """Arrange the wall like that layout and return the cameras that the directory lacks.

        Those keep their tiles, which say so.

        Raises:
            OperatorError: there is no such layout.
        """
        layout = self._known(name)
        self._store.apply(WallChanged(layout.on(wall_id)))
        return tuple(dict.fromkeys(c for c in layout.cameras if c and c not in self._store.cameras))

    async def rename(self, name: str, new: str) -> None:
        """Give a layout another name.

        Raises:
            OperatorError: the new name is unfit or another layout's, or there is no such layout.
            SourceError: it could not be kept; it has its old name.
        """
        fit = _fit(new)
        await self.read()
        layout, other = self._known(name), self.named(fit)
        if other is not None and other != layout:
            raise OperatorError(f"There is a layout “{other.name}” already.")
        await self._book.put(replace(layout, name=fit), instead_of=layout.name)
        await self.read()

    async def delete(self, name: str) -> None:
        """Forget a layout; one that has gone already is no failure.

        Raises:
            SourceError: it is still there.
        """
        await self._book.remove(name)
        await self.read()

    def _known(self, name: str) -> Layout:
        layout = self.named(name)
        if layout is None:
            raise OperatorError(f"There is no layout “{name}” any more.")
        return layout


def _fit(name: str) -> str:
    try:
        return layout_name(name)
    except ValueError as error:
        raise OperatorError(str(error)) from error
