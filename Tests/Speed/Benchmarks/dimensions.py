"""EM and Gibbs sweeps in several dimensions: speed, the share of the peak, and memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import gmmswift as gm
import numpy as np

import footprint
from em_peers import EMPeers
from kernels import builds, using
from peak import peaks
from rounds import interleave
from shapes import SHAPES, Shape
from tables import Table, number, times

__all__ = ["GIBBS_ASKED", "PEERS", "measure", "tables"]

THREADS = 2
PEERS = ("onedal", "sklearn")
#: The most that a Gibbs sweep may take, in iterations of EM.
GIBBS_ASKED = 1.6
#: After how many iterations the engines' parameters are compared.
_COMPARED = 3

Data = np.ndarray[Any, Any]


def _fit(x: Data, shape: Shape, threads: int, iterations: int) -> gm.EMFit:
    fit = gm.fit_em(
        x, shape.components, covariance_type=shape.covariance_type, initial=shape.start(),
        order="start", max_iter=iterations, tol=0.0, threads=threads,
    )  # fmt: skip
    if fit.n_iterations != iterations:
        raise RuntimeError(f"{fit.n_iterations} iterations instead of {iterations}")
    return fit


def _draws(x: Data, shape: Shape, model: gm.Mixture, draws: int) -> gm.Posterior:
    return gm.sample(model, x, draws, tune=0, chains=1, threads=THREADS, random_seed=1)


def _between(
    work: Callable[[int], Any], few: int, many: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the seconds of one more unit of work: those of many less those of few."""
    start = clock()
    work(few)
    middle = clock()
    work(many)
    return (clock() - middle - (middle - start)) / (many - few)


def measure(quick: bool = False) -> dict[str, Any]:
    """Time all shapes, each with everything that it is compared with interleaved."""
    found = [build for build in builds() if build != "portable"]
    peak = peaks(found)
    rows = [_shape(shape, found, peak, 3 if quick else 7) for shape in SHAPES]
    return {"rows": rows, "builds": found, "memory": footprint.measure()}


def _shape(
    shape: Shape, found: list[str], peak: dict[tuple[str, int], Callable[[], float]], rounds: int
) -> dict[str, Any]:
    x, model = shape.data(), shape.model()
    few, many = shape.iterations["gmmswift"]
    peers = EMPeers(PEERS, x, shape.start())

    def one_thread(build: str) -> float:
        with using(build):
            return _between(partial(_fit, x, shape, 1), few, many, time.process_time)

    contenders: dict[str, Callable[[], float]] = {
        "gmmswift": lambda: _between(partial(_fit, x, shape, THREADS), few, many),
        "gibbs": lambda: _between(partial(_draws, x, shape, model), *shape.iterations["gibbs"]),
        # A draw of one observation is the updates of the parameters.
        "updates": lambda: _between(partial(_draws, x[:1], shape, model), 200, 1200),
    }
    for name in peers.workers:
        seconds = partial(peers.seconds, name)
        contenders[name] = partial(_between_fits, seconds, *shape.iterations[name])
    for build in found:
        contenders[f"one {build}"] = partial(one_thread, build)
    for (build, threads), work in peak.items():
        contenders[f"peak {build} {threads}"] = work
    row: dict[str, Any] = {
        "shape": shape.name,
        "seconds": interleave(contenders, rounds),
        "titles": {name: worker.title for name, worker in peers.workers.items()},
        "notes": peers.notes,
    }
    fit = _fit(x, shape, THREADS, _COMPARED)
    reached = shape.log_likelihood(x, (fit.weights, fit.means, fit.covariances))
    row["reported"] = abs(fit.log_likelihood / reached - 1)
    row["differences"], row["deviations"] = {}, {}
    for name in peers.workers:
        theirs = [np.array(values) for values in peers.parameters(name, _COMPARED)]
        row["differences"][name] = abs(shape.log_likelihood(x, theirs) / reached - 1)
        row["deviations"][name] = max(
            float(np.abs(a - b).max())
            for a, b in zip(theirs, (fit.weights, fit.means, fit.covariances), strict=True)
        )
    peers.close()
    print(f"  {shape.title}: {1e3 * row['seconds']['gmmswift']:.3g} ms", flush=True)
    return row


def _between_fits(seconds: Callable[[int], float], few: int, many: int) -> float:
    """Return the seconds of one more iteration, from an engine that times itself."""
    return (seconds(many) - seconds(few)) / (many - few)


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the tables of this section."""
    shapes = {shape.name: shape for shape in SHAPES}
    rows = [(shapes[row["shape"]], row) for row in result["rows"]]
    return [
        _peer_table(rows),
        _peak_table(rows, result["builds"]),
        _gibbs_table(rows),
        footprint.table(result["memory"]),
    ]


Rows = list[tuple[Shape, dict[str, Any]]]


def _peer_table(rows: Rows) -> Table:
    notes = dict.fromkeys(f"{name}: {why}" for _, row in rows for name, why in row["notes"].items())
    reported = max(row["reported"] for _, row in rows)
    table = Table(
        "One iteration of EM in several dimensions",
        ["shape", "engine", "ms", "gmmswift", "asked", "log likelihood", "parameters"],
        note=f"{THREADS} threads; a long fit less a short one from the same start, over the "
        f"iterations between. The last columns compare what is reached after {_COMPARED} "
        "iterations: the relative difference of the log likelihoods, and the largest difference of "
        "a weight, mean or covariance; gmmswift's own report of the log likelihood is within "
        f"{reported:.1e} of the same formula in numpy."
        + (f" Not measured: {'; '.join(notes)}." if notes else ""),
    )
    for shape, row in rows:
        ours = row["seconds"]["gmmswift"]
        table.rows.append([shape.title, "gmmswift", number(1e3 * ours), "", "", "", ""])
        for name, title in row["titles"].items():
            seconds = row["seconds"][name]
            table.rows.append(
                [
                    shape.title, title, number(1e3 * seconds), times(seconds / ours),
                    f">= {shape.asked[name]:g} x", f"{row['differences'][name]:.1e}",
                    f"{row['deviations'][name]:.1e}",
                ]
            )  # fmt: skip
    return table


def _peak_table(rows: Rows, found: list[str]) -> Table:
    table = Table(
        "The EM pass and the processor's multiply-adds",
        ["shape", "build", "threads", "10^9 a second", "peak", "fraction"],
        note="Fused multiply-adds of doubles in an iteration, D (D + 1) + 2 D for each observation "
        "and component where covariances are full and 4 D where they are diagonal: the factor "
        "times the distance, its squares, and the weighted sums and products of the distances. "
        "Exponentials, weights, subtractions and the M-step take time, but do not count. The peak "
        "is that of a loop of independent multiply-adds in registers, in the same rounds; one "
        "thread by processor time, two by the wall.",
    )
    for shape, row in rows:
        seconds = row["seconds"]
        for build, threads in [(build, 1) for build in found] + [(found[0], THREADS)]:
            peak = seconds.get(f"peak {build} {threads}")
            if peak is None:
                continue
            rate = shape.multiply_adds / seconds["gmmswift" if threads > 1 else f"one {build}"]
            figures = (number(1e-9 * rate), number(1e-9 * peak), f"{rate / peak:.0%}")
            table.rows.append([shape.title, build, str(threads), *figures])
    return table


def _gibbs_table(rows: Rows) -> Table:
    table = Table(
        "A Gibbs sweep and an iteration of EM",
        ["shape", "draw, ms", "updates, ms", "sweep, ms", "EM, ms", "sweep to EM", "asked"],
        note=f"{THREADS} threads, one chain, conjugate priors. The updates of the parameters, "
        "O(K D^3), are a draw of one observation; a sweep is what a draw takes beyond them.",
    )
    for shape, row in rows:
        seconds = row["seconds"]
        sweep = seconds["gibbs"] - seconds["updates"]
        figures = (seconds["gibbs"], seconds["updates"], sweep, seconds["gmmswift"])
        table.rows.append(
            [
                shape.title, *(number(1e3 * figure) for figure in figures),
                times(sweep / seconds["gmmswift"]), f"<= {GIBBS_ASKED} x",
            ]
        )  # fmt: skip
    return table
