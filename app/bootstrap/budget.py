"""Finds out how much video this machine can decode: once, in a process of its own, when the start is over."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import structlog

from app.domain.ports import WorkspaceFile
from app.domain.quality_policy import NoBudget, QualityPolicy
from app.sources.video.decode_rate import machine, measure_budget

log = structlog.get_logger(__name__)

QUIET_S = 15.0
"""After the start, when cameras connect and pictures are awaited, nothing is to be measured."""


def _give_way() -> None:
    """Leave the processor to the wall: only the measuring process's own time counts."""
    if hasattr(os, "nice"):
        os.nice(10)


async def keep_to_budget(qualities: QualityPolicy, file: WorkspaceFile, given_mpx_s: float | None) -> None:
    """Give the policy its budget in millions of pixels a second.

    Args:
        qualities: gets the budget as soon as it is known, None for none.
        file: keeps what was measured.
        given_mpx_s: the operator's own figure, 0 for no budget; None to measure.
    """
    if given_mpx_s is not None:
        qualities.budget_mpx_s = given_mpx_s or None
        qualities.why_no_budget = NoBudget.NOT_WANTED
        return
    here = machine()
    match await asyncio.to_thread(file.load):
        case {"machine": str(known), "budget_mpx_s": int() | float() as budget} if (
            known == here and budget > 0
        ):
            qualities.budget_mpx_s = float(budget)
            return
    await asyncio.sleep(QUIET_S)
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_give_way)
    try:
        measured = await asyncio.get_running_loop().run_in_executor(pool, measure_budget)
    except (OSError, BrokenProcessPool) as error:
        # Without a budget the tiles' sizes alone decide, as on a machine that can do it all.
        qualities.why_no_budget = NoBudget.NOT_MEASURABLE
        log.warning("decode_rate_not_measured", error=repr(error))
        return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    log.info("decode_rate_measured", budget_mpx_s=round(measured))
    qualities.budget_mpx_s = measured
    await asyncio.to_thread(file.save, {"machine": here, "budget_mpx_s": round(measured, 1)})
