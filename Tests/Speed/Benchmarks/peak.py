"""The rate of the processor's multiply-add units, measured by a loop that does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from programs import has_avx512, program, run

__all__ = ["peaks"]

_BUILDS = {"avx512": ("-march=x86-64-v4", "-DLANES=8"), "avx2": ("-march=x86-64-v3", "-DLANES=4")}


def peaks(builds: list[str]) -> dict[tuple[str, int], Callable[[], float]]:
    """Return what measures the peak of each build, on 1 and 2 threads.

    Each measures multiply-adds of doubles a second, by processor time on one thread and by the wall
    on two, as the passes that are compared with them are timed.
    """
    measures: dict[tuple[str, int], Callable[[], float]] = {}
    for build in builds:
        if build not in _BUILDS or (build == "avx512" and not has_avx512()):
            continue
        peak = program("multiply_adds", *_BUILDS[build], "-pthread", suffix=f"_{build}")
        measures[build, 1] = partial(_rate, peak, 1)
        measures[build, 2] = partial(_rate, peak, 2)
    return measures


def _rate(peak: Path, threads: int) -> float:
    by_wall, by_processor_time = run(peak, threads)
    return 1e9 * (by_processor_time if threads == 1 else by_wall)
