"""The bounds that the library is built to meet, beside what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import footprint
from dimensions import GIBBS_ASKED
from sampling import ASKED as SAMPLING
from sampling import OURS
from shapes import SHAPES
from sweep import BOUNDS
from tables import Table, number

__all__ = ["asked_table"]

#: What was asked for, the bound and its unit, what was reached, and whether less is better.
Bound = tuple[str, float, str, float, bool]


def asked_table(results: dict[str, Any]) -> Table:
    """Return a row for each bound whose section was measured."""
    table = Table(
        "Asked and reached",
        ["what", "asked", "reached", "met"],
        note="Where there are several figures for one bound, the worst is shown.",
    )
    sections = {
        "sweep": _sweep, "sampling": _sampling, "em": _em, "dimensions": _dimensions,
        "growth": _growth, "calls": _calls,
    }  # fmt: skip
    for name, bounds in sections.items():
        if name not in results:
            continue
        for what, bound, unit, reached, less in bounds(results[name]):
            met = reached <= bound if less else reached >= bound
            sign = "<=" if less else ">="
            asked = f"{sign} {bound:,g}{unit}" if bound >= 1e-3 else f"{sign} {bound:.0e}{unit}"
            shown = number(reached) if abs(reached) >= 1e-3 else f"{reached:.1e}"
            table.rows.append([what, asked, f"{shown}{unit}", "yes" if met else "**no**"])
    return table


def _sweep(result: dict[str, Any]) -> Iterator[Bound]:
    rows = result["rows"]
    for build, bound in BOUNDS.items():
        for k in dict.fromkeys(row["k"] for row in rows):
            ratios = [
                row["sweep"] / row["bare"]
                for row in rows
                if row["build"] == build and row["k"] == k and row["bare"]
            ]
            if ratios:
                yield f"sweep to bare loop, {build}, K = {k}", bound, " x", max(ratios), True
    yield "parameter updates, second notebook (K = 3)", 1, " µs", result["updates"]["second"], True


def _sampling(result: dict[str, Any]) -> Iterator[Bound]:
    rates = {(row["case"], row["engine"]): row["rate"] for row in result["rows"]}
    for row in result["rows"]:
        if (row["case"], row["engine"]) == ("second", OURS):
            what = "second notebook, 10,000 draws of one chain"
            yield what, 30, " ms", 1e3 * row["cold"], True
    titles = {"first": "first notebook", "second": "second notebook", "book": "book"}
    for (case, engine), factor in SAMPLING.items():
        if (case, engine) in rates:
            what = f"{titles.get(case, 'four overlapping')}, ESS/s to {engine}"
            yield what, factor, " x", rates[case, OURS] / rates[case, engine], False


def _em(result: dict[str, Any]) -> Iterator[Bound]:
    rows = {row["engine"]: row for row in result["rows"]}
    for name, title, factor in (("onedal", "oneDAL", 6), ("sklearn", "scikit-learn", 25)):
        if name in rows:
            ratio = rows[name]["ns"] / rows["gmmswift"]["ns"]
            yield f"EM, speed to {title}", factor, " x", ratio, False
            difference = rows[name]["difference"]
            yield f"EM, log likelihood to {title}'s, relative", 1e-10, "", difference, True


def _dimensions(result: dict[str, Any]) -> Iterator[Bound]:
    shapes = {shape.name: shape for shape in SHAPES}
    differences: list[float] = []
    for row in result["rows"]:
        shape, seconds = shapes[row["shape"]], row["seconds"]
        title = f"{shape.covariance_type}, D = {shape.dimensions}, K = {shape.components}"
        for name, peer in (("onedal", "oneDAL"), ("sklearn", "scikit-learn")):
            if name in seconds:
                ratio = seconds[name] / seconds["gmmswift"]
                yield f"EM, {title}, speed to {peer}", shape.asked[name], " x", ratio, False
        sweep = (seconds["gibbs"] - seconds["updates"]) / seconds["gmmswift"]
        yield f"Gibbs sweep, {title}, to an iteration of EM", GIBBS_ASKED, " x", sweep, True
        differences += row["differences"].values()
    if differences:
        what = "EM in several dimensions, log likelihood to peers', relative"
        yield what, 1e-10, "", max(differences), True
    for what, growth in footprint.bytes_per_observation(result["memory"]).items():
        what = f"{what}, memory beyond the data's, per further observation"
        yield what, footprint.ASKED, " byte", growth, True


def _growth(result: dict[str, Any]) -> Iterator[Bound]:
    threads, by_n = result["threads"], {int(n): value for n, value in result["n"].items()}
    yield "4 chains, 2 threads to 1", 1.8, " x", threads["chains 1"] / threads["chains 2"], False
    gain = threads["one 1"] / threads["one 2"]
    yield "one chain, N = 1,000,000, 2 threads to 1", 1.7, " x", gain, False
    large = [value for n, value in by_n.items() if n >= 10_000]
    what = "time per observation, N = 10,000 to 10,000,000, most to least"
    yield what, 1.4, " x", max(large) / min(large), True
    added = max(row["peak"] / row["data"] for row in result["memory"].values())
    yield "memory added to the caller's, to the data", 1.1, " x", added, True


def _calls(result: dict[str, Any]) -> Iterator[Bound]:
    yield "gm.sample, N = 100, 100 draws, from Python", 0.5, " ms", result["python"], True
    yield "the same from C", 0.2, " ms", result["c"], True
    yield "loading the library", 15, " ms", result["load"], True
