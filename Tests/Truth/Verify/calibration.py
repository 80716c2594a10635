"""The sections of the report on calibration, from the lines of build/verify/calibration/*.jsonl.

Pools the whole table by kinds and draws the distribution functions of ranks and of probabilities. The
single results have been judged by the tests themselves; here those are failures that are beyond the
limit in a pool, and planted biases that were missed too often.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from bands import simultaneous_band
from page import Page, number, table

Record = dict[str, object]

# Below it a result counts as an error; as in Tests/Truth/Calibration/Tier.swift.
LIMIT = 1e-8
# The share of biases of 0.05 posterior sds that a full run must find, in models that can be biased. The design finds
# 0.97 or more. Shorter runs find fewer.
DETECTED = 0.9
FULL = {"joint distribution": 100_000, "ranks": 25_000}
# Quantities that mean the same in every row. One for each row enters a pool, so rows are independent.
INVARIANT = [
    "log likelihood",
    "sum of squared weights",
    "smallest mean",
    "largest log determinant",
    "log predictive density",
    "members of component 0",
]


def read(path: Path) -> list[Record]:
    """Read the records of a file of lines. If there is no file, the list is empty."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def tail(z: float) -> float:
    """Return P(|Z| > |z|) of a Normal number."""
    return math.erfc(abs(z) / math.sqrt(2))


def worst(records: list[Record], count: int = 5) -> list[list[object]]:
    """Return the smallest probabilities of all quantities: probability, kernel, row, quantity."""
    entries = [
        (probability, record["kernel"], record["row"], name)
        for record in records
        for name, probability in zip(record["names"], record["probabilities"], strict=True)
    ]
    return [[number(p), *rest] for p, *rest in sorted(entries, key=lambda entry: entry[0])[:count]]


def detected(records: list[Record]) -> tuple[int, int]:
    """Return how many planted biases were found, of how many."""
    found = total = 0
    for record in records:
        for probability in record.get("biasedProbabilities") or []:
            if probability >= 0:
                total += 1
                found += probability < LIMIT
    return found, total


def pooled(records: list[Record]) -> list[list[object]]:
    """Return sums of z over all rows of a kernel and level, over their root: the largest first."""
    sums: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for record in records:
        for name, statistic in zip(record["names"], record["statistics"], strict=True):
            if name not in INVARIANT or statistic["isConstant"]:
                continue
            levels = {**record["levels"], "all": "rows"}
            for factor, level in levels.items():
                for kind in ("location", "scale"):
                    key = (record["kernel"], f"{factor}: {level}", name, kind)
                    sums[key].append(statistic[kind])
    rows = [[sum(values) / math.sqrt(len(values)), *key, len(values)] for key, values in sums.items()]
    return sorted(rows, key=lambda row: -abs(row[0]))


def plot_ranks(records: list[Record], path: Path) -> None:
    """Draw F(rank) - uniform of every quantity, with the band that holds 99 % of whole curves."""
    kernels = sorted({record["kernel"] for record in records})
    figure, axes = plt.subplots(1, len(kernels), figsize=(4.2 * len(kernels), 3.4), sharey=True, squeeze=False)
    for axis, kernel in zip(axes[0], kernels, strict=True):
        own = [record for record in records if record["kernel"] == kernel]
        draw_curves(axis, own)
        curves = sum(len(record["names"]) for record in own)
        axis.set_title(f"{kernel}: {len(own)} rows, {curves} quantities", fontsize=9)
    axes[0][0].set_ylabel("share of ranks below - uniform")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_curves(axis: plt.Axes, records: list[Record]) -> None:
    """Draw the curves of some records over the bands of one curve and of all."""
    replicates, points = records[0]["replicates"], len(records[0]["histograms"][0]) - 1
    x = np.arange(1, points + 1) / (points + 1)
    curves = sum(len(record["names"]) for record in records)
    for coverage, colour in ((0.01 / curves, "#e6e6e6"), (0.01, "#c8d8ea")):
        lower, upper = simultaneous_band(replicates, points, coverage)
        axis.fill_between(x, lower / replicates - x, upper / replicates - x, color=colour, lw=0)
    for record in records:
        for histogram in record["histograms"]:
            axis.plot(x, np.cumsum(histogram)[:-1] / replicates - x, color="#1f4e79", lw=0.4)
    axis.set_xlabel("rank / (L + 1)")


def plot_rows(records: list[Record], path: Path) -> None:
    """Draw a panel of curves for each row and kernel."""
    columns = 5
    rows = math.ceil(len(records) / columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3 * columns, 1.7 * rows), sharex=True, sharey=True, squeeze=False
    )
    for axis in axes.flat[len(records) :]:
        axis.set_visible(False)
    ordered = sorted(records, key=lambda record: (record["row"], record["kernel"]))
    for axis, record in zip(axes.flat, ordered, strict=False):
        draw_curves(axis, [record])
        axis.set_xlabel("")
        title = f"{record['kernel']}; {record['row']}"
        axis.set_title("\n".join([title[:56], title[56:112]]), fontsize=5.5)
        axis.tick_params(labelsize=5)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def plot_scores(records: list[Record], path: Path) -> None:
    """Draw the distribution functions of standardised differences against the Normal one."""
    kernels = sorted({record["kernel"] for record in records})
    figure, axes = plt.subplots(1, len(kernels), figsize=(4.2 * len(kernels), 3.4), sharey=True, squeeze=False)
    for axis, kernel in zip(axes[0], kernels, strict=True):
        for kind in ("location", "scale"):
            scores = np.sort(
                [
                    statistic[kind]
                    for record in records
                    if record["kernel"] == kernel
                    for name, statistic in zip(record["names"], record["statistics"], strict=True)
                    if name in INVARIANT and not statistic["isConstant"]
                ]
            )
            uniform = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in scores])
            empirical = (np.arange(scores.size) + 0.5) / scores.size
            axis.plot(uniform, empirical - uniform, lw=0.8, label=f"{kind}, {scores.size}")
        axis.axhline(0, color="#888888", lw=0.5)
        axis.set_title(kernel, fontsize=9)
        axis.set_xlabel("Normal distribution function")
        axis.legend(fontsize=7)
    axes[0][0].set_ylabel("share of scores below - expected")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def judge(page: Page, records: list[Record], what: str) -> str:
    """Note results beyond the limit as failures, and return a paragraph with the smallest."""
    entries = [p for record in records for p in record["probabilities"]]
    beyond = sum(p < LIMIT for p in entries)
    if beyond:
        page.failures.append(f"{what}: {beyond} of {len(entries)} results below {LIMIT}")
    return (
        f"<p>{len(records)} runs of {records[0]['replicates']:,} replicates, {len(entries):,} "
        f"quantities; smallest probability {number(min(entries))}, limit {LIMIT}.</p>"
    )


def power(page: Page, records: list[Record], what: str) -> str:
    """Note too many missed biases as a failure, and return a paragraph with those found."""
    found, total = detected(records)
    if records[0]["replicates"] >= FULL[what] and found < DETECTED * total:
        page.failures.append(f"{what}: {found} of {total} biases of 0.05 posterior sds found")
    return f"<p>Biases of 0.05 posterior sds found: {found} of {total}.</p>"


def add_calibration(page: Page, folder: Path) -> None:
    """Add the sections to a page; `folder` has the records and takes the pictures."""
    joint, whole, ranks, prior, weighted, powered, tempered, planted, oracles = (
        read(folder / f"{name}.jsonl")
        for name in (
            "joint",
            "whole",
            "ranks",
            "prior",
            "weighted",
            "powered",
            "tempered",
            "planted",
            "oracles",
        )
    )
    if not (joint and ranks and prior and oracles and planted):
        page.failures.append(f"{folder} has no complete results")
        return
    head = ["probability", "kernel", "row", "quantity"]
    page.section(
        "Joint distribution of parameters and data (Geweke 2004)",
        judge(page, joint, "joint distribution"),
        power(page, joint, "joint distribution"),
        table(head, worst(joint)),
    )
    if whole:
        rows = pooled(whole)
        plot_scores(whole, folder / "scores.png")
        if tail(rows[0][0]) < LIMIT:
            page.failures.append(f"pooled: {rows[0]}")
        page.section(
            "The whole table",
            judge(page, whole, "whole table"),
            f"<p>{len(rows):,} pools of rows that share a kind, the largest sums of z over √n:</p>",
            table(
                ["sum of z / √n", "kernel", "kind", "quantity", "statistic", "rows"],
                [[f"{row[0]:.2f}", *row[1:]] for row in rows[:6]],
            ),
            '<img src="calibration/scores.png">',
        )
    plot_ranks(ranks, folder / "ranks.png")
    plot_rows(ranks, folder / "rows.png")
    page.section(
        "Simulation-based calibration (Talts et al. 2018)",
        judge(page, ranks, "ranks"),
        power(page, ranks, "ranks"),
        "<p>Dark: the band that holds 99 % of the curves of one quantity (Säilynoja, Bürkner, "
        "Vehtari 2022); light: that holds all curves of the panel with 99 %.</p>",
        '<img src="calibration/ranks.png">',
        table(head, worst(ranks)),
        '<p><a href="calibration/rows.png">A panel for each row and kernel</a></p>',
    )
    page.section("The prior alone", judge(page, prior, "prior"), table(head, worst(prior)))
    if weighted:
        page.section("Weighted rows", judge(page, weighted, "weighted"), table(head, worst(weighted)))
    if powered:
        page.section("Powered densities", judge(page, powered, "powered"), table(head, worst(powered)))
    if tempered:
        page.section("Chains with rungs", judge(page, tempered, "tempered"), table(head, worst(tempered)))
    largest = sorted(oracles, key=lambda record: -abs(record["largest"]))
    page.section(
        "Exact posteriors",
        f"<p>{len(oracles)} long runs, {sum(record['count'] for record in oracles):,} numbers; "
        "distances in standard errors.</p>",
        table(
            ["largest", "root mean square", "oracle", "model", "kernel", "quantity"],
            [
                [f"{record['largest']:.2f}", f"{record['rootMeanSquare']:.2f}"]
                + [record[key] for key in ("oracle", "model", "kernel", "quantity")]
                for record in largest[:5]
            ],
        ),
    )
    page.section(
        "Planted errors",
        table(
            ["error", "kernel", "test", "quantity", "probability"],
            [
                [record[key] for key in ("mistake", "kernel", "test", "quantity")] + [number(record["probability"])]
                for record in planted
            ],
        ),
    )
