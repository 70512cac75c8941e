"""Quantiles of measured samples."""

from __future__ import annotations

import math
from collections.abc import Sequence


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that ``share`` (0 to 1) of the samples do not exceed; 0 without samples.

    The nearest-rank definition: the figure is one that was measured, never interpolated.
    """
    if not samples:
        return 0.0
    rank = max(1, math.ceil(share * len(samples)))
    return sorted(samples)[rank - 1]
