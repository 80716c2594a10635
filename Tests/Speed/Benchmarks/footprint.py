"""The memory that fits and chains in several dimensions take beyond a copy of the data."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tables import Table, number

__all__ = ["ASKED", "bytes_per_observation", "measure", "table"]

DIMENSIONS, COMPONENTS, SIZES = 8, 16, (200_000, 1_000_000)
RUNS = {
    "EM": "EM, 3 iterations from k-means",
    "weighted EM": "the same with sample weights",
    "Gibbs": "Gibbs, 5 draws of one chain",
}
#: Bytes for each further observation; a row of K numbers would be 128.
ASKED = 1.0

_RUN = """
import json, sys
import numpy as np
import gmmswift as gm

def status(key):
    with open("/proc/self/status") as lines:
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith(key))

what, n, d, k = sys.argv[1], *map(int, sys.argv[2:])
data = np.random.RandomState(1).standard_normal((n, d))
for j in range(k):
    data[j::k] += 6 * np.random.RandomState(j).standard_normal(d)
weights = np.random.RandomState(2).uniform(0.5, 1.5, n) if what == "weighted EM" else None

def work(rows):
    if what == "Gibbs":
        prior = gm.NormalInverseWishart(mean=np.zeros(d), kappa=0.01, dof=d + 2, scale=np.eye(d))
        model = gm.Mixture(k, covariance_type="full", components=prior)
        return gm.sample(model, data[:rows], 5, tune=0, chains=1, threads=2, random_seed=1)
    return gm.fit_em(data[:rows], k, n_init=1, max_iter=3, tol=0.0, threads=2, random_seed=1,
                     sample_weight=None if weights is None else weights[:rows])

work(10_000)
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = status("VmRSS")
result = work(n)
copied = data.nbytes + (0 if weights is None else weights.nbytes)
print(json.dumps({"copy": copied, "peak": status("VmHWM") - before}))
"""


def measure() -> list[dict[str, Any]]:
    """Run each at two sizes, in processes of their own."""
    rows = []
    for what in RUNS:
        for n in SIZES:
            arguments = [what, *map(str, (n, DIMENSIONS, COMPONENTS))]
            command = [sys.executable, "-c", _RUN, *arguments]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rows.append({"what": what, "n": n} | json.loads(done.stdout))
    return rows


def bytes_per_observation(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return how the memory beyond the copy grows with the observations, for each run."""
    growth = {}
    for what in RUNS:
        small, large = (row for row in rows if row["what"] == what)
        beyond = [row["peak"] - row["copy"] for row in (small, large)]
        growth[what] = (beyond[1] - beyond[0]) / (large["n"] - small["n"])
    return growth


def table(rows: list[dict[str, Any]]) -> Table:
    """Return the table of the memory."""
    growth = bytes_per_observation(rows)
    result = Table(
        "Memory in several dimensions",
        [
            "what", "N", "copy of the data, MB", "added at most, MB", "beyond the copy, MB",
            "N x K numbers, MB", "bytes per further observation", "asked",
        ],
        note=f"D = {DIMENSIONS}, K = {COMPONENTS}, full covariances, 2 threads: resident memory "
        "that a call adds to a process that already holds the data and has fitted 10,000 rows "
        "of them. The copy includes that of the weights.",
    )  # fmt: skip
    for row in rows:
        is_large = row["n"] == SIZES[-1]
        result.rows.append(
            [
                RUNS[row["what"]],
                f"{row['n']:,}",
                number(row["copy"] / 1e6),
                number(row["peak"] / 1e6),
                f"{(row['peak'] - row['copy']) / 1e6:.2f}",
                number(8e-6 * row["n"] * COMPONENTS),
                f"{growth[row['what']]:.2f}" if is_large else "",
                f"<= {ASKED:g}" if is_large else "",
            ]
        )
    return result
