"""The time of a small call from Python and from C, and the time that loading the library takes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from typing import Any

import gmmswift as gm

from cases import cases, clusters
from programs import ROOT, program, run
from rounds import interleave, seconds_of
from tables import Table, number

__all__ = ["measure", "tables"]

_IMPORT = """
import time
import numpy, ctypes
start = time.perf_counter()
import gmmswift
print(1e3 * (time.perf_counter() - start))
"""


def _python_call() -> float:
    """Return the median time of a whole small call, in milliseconds."""
    model = next(case for case in cases() if case.name == "second").model()
    data = clusters(100, 3)

    def call() -> object:
        return gm.sample(model, data, 100, tune=0, chains=1, random_seed=1)

    return 1e3 * median(seconds_of(call) for _ in range(201))


def _import() -> float:
    command = [sys.executable, "-c", _IMPORT]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def measure(quick: bool = False) -> dict[str, Any]:
    """Time calls and loading, in milliseconds."""
    from_c, load = program("call"), program("load")
    library = ROOT / "build" / "lib" / "libgmmswift.so"
    return interleave(
        {
            "python": _python_call,
            "c": lambda: run(from_c)[0] / 1e3,
            "load": lambda: run(load, library)[0],
            "import": _import,
        },
        5 if quick else 11,
    )


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the table of this section."""
    rows = {
        "python": ("gm.sample, N = 100, 100 draws, one chain", "<= 0.5"),
        "c": ("the same from C, with its destroy", "<= 0.2"),
        "load": ("dlopen in a fresh process", "<= 15"),
        "import": ("import gmmswift, after numpy", ""),
    }
    return [
        Table(
            "Calls and loading",
            ["what", "ms", "asked"],
            [[title, number(result[key]), asked] for key, (title, asked) in rows.items()],
        )
    ]
