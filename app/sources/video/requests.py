"""What workers were asked to save: each request waits for its answer, or for its worker's end."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

from app.domain.errors import OperatorError
from app.domain.evidence import Span
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import SaveStill, SaveStream, StreamSaved

_PATIENCE_S = 30.0


class SaveRequests:
    """All that are under way."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[WorkerProcess, asyncio.Future[StreamSaved]]] = {}
        self._given_up: dict[int, tuple[WorkerProcess, Path]] = {}
        """Where files may still come to lie that nobody waits for any more, and so nobody knows of."""

    async def ask(
        self, worker: WorkerProcess | None, command: Callable[[int], SaveStream | SaveStill]
    ) -> Span:
        """Send the command with a number for its answer and wait for that; return what the file holds.

        Raises:
            OperatorError: the worker could not, or there is none.
        """
        if worker is None or worker.gone:
            raise OperatorError("Nothing of this camera is on record now")
        number, answer = next(self._numbers), asyncio.get_running_loop().create_future()
        self._waiting[number] = (worker, answer)
        wanted = command(number)
        worker.send(wanted)
        self._given_up[number] = worker, Path(wanted.path)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                saved = await answer
            del self._given_up[number]
        except TimeoutError:
            saved = StreamSaved(request=number, trouble="Saving takes too long")
        finally:
            del self._waiting[number]
        if saved.trouble is not None:
            raise OperatorError(saved.trouble)
        return Span(saved.began, saved.ended)

    def answered(self, event: StreamSaved) -> None:
        """A worker has told how it went."""
        _, answer = self._waiting.get(event.request, (None, None))
        if answer is not None and not answer.done():
            answer.set_result(event)
            return
        _, path = self._given_up.pop(event.request, (None, None))
        if path is not None and event.trouble is None:
            path.unlink(missing_ok=True)

    def lost(self, worker: WorkerProcess) -> None:
        """A worker has ended: nothing more comes from it."""
        for number in [n for n, (asked, _) in self._given_up.items() if asked is worker]:
            if number not in self._waiting:
                del self._given_up[number]
        for number, (asked, answer) in self._waiting.items():
            if asked is worker and not answer.done():
                answer.set_result(StreamSaved(request=number, trouble="The decoder ended while it saved"))
