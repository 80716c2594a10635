"""Time of a Gibbs sweep against a bare AVX-512 loop, and the cost of the parameter updates."""

from __future__ import annotations

from functools import partial
from typing import Any

import gmmswift as gm

from cases import cases, clusters
from kernels import builds, using
from programs import has_avx512, program, run
from rounds import interleave, per_unit
from tables import Table, number, times

__all__ = ["measure", "tables"]

SIZES = (504, 1_000_000)
COMPONENTS = (2, 3, 8)
#: Bounds on the ratio to the bare loop.
BOUNDS = {"avx512": 1.5, "avx2": 2.5}


def model_for(k: int) -> gm.Mixture:
    """Return the sweep's model, conjugate throughout."""
    return gm.Mixture(k, means=gm.Normal(0, sd=20), variance=gm.InverseGamma(2, 1))


def seconds_per_draw(model: gm.Mixture, data: Any, build: str, draws: int) -> float:
    """Return the time of one more draw of one chain on one thread."""

    def work(count: int) -> object:
        return gm.sample(model, data, count, tune=0, chains=1, threads=1, random_seed=1)

    with using(build):
        return per_unit(work, draws)


def measure(quick: bool = False) -> dict[str, Any]:
    """Time the yardstick and each build of the kernels, interleaved."""
    rounds = 3 if quick else 7
    found = builds()
    result: dict[str, Any] = {"builds": found, "rows": []}
    for k in COMPONENTS:
        model = model_for(k)
        bare = program("gibbs_sweep", "-march=x86-64-v4", f"-DK={k}", suffix=str(k)) if (
            has_avx512()
        ) else None  # fmt: skip
        for n in SIZES:
            data, contenders = clusters(n, k), {}
            draws, sweeps = (4000, 4000) if n < 1000 else (6, 6)
            if bare is not None:
                contenders["bare"] = lambda n=n, s=sweeps, b=bare: run(b, n, s)[0]
            for build in found:
                contenders[f"draw {build}"] = partial(seconds_per_draw, model, data, build, draws)
                contenders[f"updates {build}"] = partial(
                    seconds_per_draw, model, data[:1], build, 4000
                )
            medians = interleave(contenders, rounds)
            for build in found:
                draw, updates = medians[f"draw {build}"], medians[f"updates {build}"]
                result["rows"].append(
                    {
                        "k": k,
                        "n": n,
                        "build": build,
                        "bare": medians.get("bare"),
                        "draw": draw / n * 1e9,
                        "sweep": (draw - updates) / n * 1e9,
                        "updates": updates * 1e6,
                    }
                )
    result["updates"] = _updates(found[0], rounds)
    return result


def _updates(build: str, rounds: int) -> dict[str, float]:
    """Return microseconds per draw with one observation, for each of the cases."""
    contenders = {
        case.name: partial(seconds_per_draw, case.model(), case.data[:1], build, 4000)
        for case in cases()
    }
    return {name: 1e6 * value for name, value in interleave(contenders, rounds).items()}


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the tables of this section."""
    sweep = Table(
        "One sweep against a bare AVX-512 loop",
        ["K, N", "build", "bare loop", "sweep", "ratio", "asked", "whole draw", "updates, µs"],
        note="Nanoseconds of processor time per observation, one thread. A sweep is a draw less "
        "what a draw of one observation takes: the updates of the parameters (last column) and the "
        "start of a sweep.",
    )
    for row in result["rows"]:
        bare, bound = row["bare"], BOUNDS.get(row["build"])
        ratio = row["sweep"] / bare if bare else None
        sweep.rows.append(
            [
                f"K = {row['k']}, N = {row['n']:,}",
                row["build"],
                number(bare),
                number(row["sweep"]),
                times(ratio),
                "-" if bound is None else f"<= {bound} x",
                number(row["draw"]),
                number(row["updates"]),
            ]
        )
    titles = {case.name: case.title for case in cases()}
    updates = Table(
        "Parameter updates of the cases",
        ["model", "µs per draw at N = 1"],
        [[titles[name], number(value)] for name, value in result["updates"].items()],
    )
    return [sweep, updates]
