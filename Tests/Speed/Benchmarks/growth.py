"""The growth of time with observations, components and threads, and the memory that a run takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import partial
from typing import Any

import gmmswift as gm

from cases import cases, clusters
from rounds import interleave, per_unit, seconds_of
from tables import Table, number, times

__all__ = ["measure", "tables"]

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
COMPONENTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)

_MEMORY = """
import json, sys
import numpy as np
import gmmswift as gm

def status(key):
    with open("/proc/self/status") as lines:
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith(key))

n, draws = int(sys.argv[1]), 20
data = np.random.RandomState(1).standard_normal(n)
data += 5 * (np.arange(n, dtype=np.int8) % 3)
gm.sample(gm.Mixture(3, means=gm.Normal(0, sd=20), sd=gm.HalfNormal(5)), data[:1000], 5, tune=0)
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = status("VmRSS")
post = gm.sample(
    gm.Mixture(3, means=gm.Normal(0, sd=20), sd=gm.HalfNormal(5)), data, draws, tune=0,
    chains=int(sys.argv[2]),
)
print(json.dumps({"data": data.nbytes, "peak": status("VmHWM") - before,
                  "kept": status("VmRSS") - before}))
"""


def _model(k: int) -> gm.Mixture:
    return gm.Mixture(k, means=gm.Normal(0, sd=20), variance=gm.InverseGamma(2, 1))


def _per_draw(n: int, k: int, units: int, threads: int = 1, wall: bool = False) -> float:
    """Return nanoseconds per observation of one more draw of one chain."""
    data, model = clusters(n, k), _model(k)
    # Two threads are judged by wall time, and so is the one that they are compared with.
    clock = time.perf_counter if wall else time.process_time

    def work(draws: int) -> object:
        return gm.sample(model, data, draws, tune=0, chains=1, threads=threads, random_seed=1)

    return per_unit(work, units, 2, clock) / n * 1e9


def _memory(chains: int) -> dict[str, float]:
    command = [sys.executable, "-c", _MEMORY, "10000000", str(chains)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def measure(quick: bool = False) -> dict[str, Any]:
    """Time the growth, one axis at a time."""
    rounds = 3 if quick else 5
    by_n = interleave(
        {str(n): partial(_per_draw, n, 3, max(4, min(4000, 4_000_000 // n))) for n in SIZES},
        1 if quick else 3,
    )
    by_k = interleave(
        {str(k): partial(_per_draw, 10_000, k, max(40, 1200 // k)) for k in COMPONENTS}, rounds
    )
    second = next(case for case in cases() if case.name == "second")

    def four_chains(threads: int) -> float:
        return seconds_of(
            lambda: gm.sample(
                second.model(), second.data, 10_000, tune=0, chains=4, threads=threads,
                random_seed=1,
            )
        )  # fmt: skip

    threads = interleave(
        {
            "chains 1": partial(four_chains, 1),
            "chains 2": partial(four_chains, 2),
            "one 1": partial(_per_draw, 1_000_000, 3, 20, 1, True),
            "one 2": partial(_per_draw, 1_000_000, 3, 20, 2, True),
        },
        5 if quick else 7,
    )
    memory = {str(chains): _memory(chains) for chains in (1, 4)}
    return {"n": by_n, "k": by_k, "threads": threads, "memory": memory}


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the tables of this section."""
    reference = result["n"]["10000"]
    by_n = Table(
        "Growth with the observations",
        ["N", "ns per observation and draw", "to N = 10,000", "asked"],
        [
            [
                f"{int(n):,}", number(value), times(value / reference),
                "<= 1.4 x" if int(n) > 10_000 else "",
            ]
            for n, value in result["n"].items()
        ],
        note="K = 3, one chain, one thread; whole draws, parameter updates and log likelihood "
        "included.",
    )  # fmt: skip
    by_k = Table(
        "Growth with the components",
        ["K", "ns per observation and draw", "per component"],
        [[k, number(value), number(value / int(k))] for k, value in result["k"].items()],
        note="N = 10,000, one chain, one thread.",
    )
    t = result["threads"]
    threads = Table(
        "Threads",
        ["what", "1 thread", "2 threads", "gain", "asked"],
        [
            [
                "second notebook, 4 chains of 10,000 draws, ms", number(1e3 * t["chains 1"]),
                number(1e3 * t["chains 2"]), times(t["chains 1"] / t["chains 2"]), ">= 1.8 x",
            ],
            [
                "one chain, N = 1,000,000, ns per observation", number(t["one 1"]),
                number(t["one 2"]), times(t["one 1"] / t["one 2"]), ">= 1.7 x",
            ],
        ],
    )  # fmt: skip
    memory = Table(
        "Memory",
        [
            "chains",
            "data, MB",
            "added at most, MB",
            "to the data",
            "kept, MB",
            "asked",
        ],
        note="N = 10,000,000, 20 draws, assignments not stored: resident memory that gm.sample "
        "adds to a process that already holds the data. The library keeps one copy of the data "
        "for the posterior, whatever the number of chains.",
    )
    for chains, row in result["memory"].items():
        megabytes = [number(row[name] / 1e6) for name in ("data", "peak")]
        ratio = times(row["peak"] / row["data"])
        asked = "<= 1.1 x"
        memory.rows.append([chains, *megabytes, ratio, number(row["kept"] / 1e6), asked])
    return [by_n, by_k, threads, memory]
