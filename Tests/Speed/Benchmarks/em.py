"""One iteration of EM, against scikit-learn, oneDAL and Armadillo, from the same start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gmmswift as gm
import numpy as np

from em_peers import EMPeers
from rounds import interleave, seconds_of
from tables import Table, number, times

__all__ = ["measure", "tables"]

SIZE, K, THREADS = 1_000_000, 3, 2
ITERATIONS = {
    "gmmswift": (20, 120),
    "gmmswift, 1 thread": (20, 120),
    "sklearn": (2, 7),
    "onedal": (4, 16),
    "armadillo": (2, 7),
}
ASKED = {"sklearn": 25, "onedal": 6}
START = {"weights": [0.3, 0.3, 0.4], "means": [-2.0, 0.0, 5.0], "sd": [1.0, 1.0, 1.0]}


def _data() -> np.ndarray[Any, Any]:
    """Return three overlapping clusters."""
    random = np.random.RandomState(3)
    label = random.choice(3, SIZE, p=[0.25, 0.4, 0.35])
    return np.array([-3, 0, 4])[label] + np.array([1, 0.8, 1.5])[label] * random.randn(SIZE)


def _log_likelihood(x: np.ndarray[Any, Any], parameters: Any) -> float:
    """Return the log likelihood of weights, means and sds, by one formula for all engines."""
    weights, means, sd = (np.asarray(p) for p in parameters)
    z = (x[:, None] - means) / sd
    terms = np.log(weights / sd) - 0.5 * np.log(2 * np.pi) - 0.5 * z * z
    largest = terms.max(axis=1, keepdims=True)
    return float(np.sum(np.log(np.exp(terms - largest).sum(axis=1)) + largest[:, 0]))


def _fit(x: np.ndarray[Any, Any], iterations: int, threads: int) -> gm.EMFit:
    return gm.fit_em(x, K, initial=START, max_iter=iterations, tol=0.0, threads=threads)


def measure(quick: bool = False) -> dict[str, Any]:
    """Time iterations of each engine, interleaved, and compare what they arrive at."""
    x = _data()
    covariances = (np.array(START["sd"]) ** 2)[:, None, None]
    start = {
        "weights": START["weights"],
        "means": np.c_[START["means"]].tolist(),
        "covariances": covariances.tolist(),
    }
    peers = EMPeers(("sklearn", "onedal", "armadillo"), x[:, None], start)
    result: dict[str, Any] = {"rows": [], "notes": peers.notes}

    def ours(threads: int) -> Callable[[int], float]:
        return lambda iterations: seconds_of(lambda: _fit(x, iterations, threads))

    fits: dict[str, Callable[[int], float]] = {
        "gmmswift": ours(THREADS), "gmmswift, 1 thread": ours(1)
    } | {name: partial(peers.seconds, name) for name in peers.workers}  # fmt: skip

    def one(name: str) -> Callable[[], float]:
        low, high = ITERATIONS[name]
        fit = fits[name]
        return lambda: (fit(high) - fit(low)) / (high - low)

    medians = interleave({name: one(name) for name in fits}, 3 if quick else 5)
    compared = 10
    fit = _fit(x, compared, THREADS)
    reached = _log_likelihood(x, (fit.weights, fit.means, fit.sd))
    result["reported"] = abs(fit.log_likelihood / reached - 1)
    for name, seconds in medians.items():
        row: dict[str, Any] = {"engine": name, "title": name, "ns": seconds / SIZE / K * 1e9}
        if name in peers.workers:
            row["title"] = peers.workers[name].title
            weights, means, variances = map(np.ravel, peers.parameters(name, compared))
            theirs = _log_likelihood(x, (weights, means, np.sqrt(variances)))
            row["difference"] = abs(theirs / reached - 1)
        result["rows"].append(row)
    peers.close()
    return result


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the table of this section."""
    notes = "; ".join(f"{name}: {why}" for name, why in result["notes"].items())
    table = Table(
        "One iteration of EM",
        ["engine", "ns per observation and component", "gmmswift", "asked", "log likelihood"],
        note=f"D = 1, K = {K}, N = {SIZE:,}, {THREADS} threads; a long fit less a short one, over "
        "the iterations between. The last column is the relative difference of the log "
        "likelihoods at the parameters after 10 iterations from the same start; gmmswift's own "
        f"report of it is {result['reported']:.1e} from the same formula in numpy."
        + (f" Not measured: {notes}." if notes else ""),
    )
    ours = next(row["ns"] for row in result["rows"] if row["engine"] == "gmmswift")
    for row in result["rows"]:
        asked = ASKED.get(row["engine"])
        difference = row.get("difference")
        table.rows.append(
            [
                row["title"],
                number(row["ns"]),
                "" if row["engine"].startswith("gmmswift") else times(row["ns"] / ours),
                f">= {asked} x" if asked else "",
                "" if difference is None else f"{difference:.1e}",
            ]
        )
    return [table]
