"""Interleaved timing: every contender once a round, so that what slows the machine slows all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median

__all__ = ["interleave", "per_unit", "seconds_of"]


def interleave(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Measure contenders A B A B ... and take medians.

    Parameters
    ----------
    contenders : mapping
        What to measure: name to a function that returns one measurement.
    rounds : int
        Measurements of each; odd numbers have a median that was measured.

    Returns
    -------
    dict
        The median of each contender's measurements.
    """
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measure in contenders.items():
            taken[name].append(measure())
    return {name: median(values) for name, values in taken.items()}


def seconds_of(work: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def per_unit(
    work: Callable[[int], object],
    units: int,
    repeats: int = 3,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """Return the time of one more unit of work, in seconds: what a call costs in itself cancels.

    The difference of the fastest call for ``2 * units`` and the fastest for ``units``, over
    ``units``; the two alternate. By default in processor time of all threads, which for work on
    one thread is the wall time of a machine that has nothing else to do.
    """
    short = long = float("inf")
    for _ in range(repeats):
        start = clock()
        work(units)
        middle = clock()
        work(2 * units)
        short, long = min(short, middle - start), min(long, clock() - middle)
    return (long - short) / units
