"""Pictures of the results: ratios to the bare loop, effective draws per second, growth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cases import cases
from tables import number

__all__ = ["draw"]

# Okabe and Ito's colours, told apart by colour-blind readers and, by their lightness, in grey.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#4D4D4D")
_ENGINES = ("gmmswift", "nutpie", "numpyro", "jags", "pymc")
_LABELS = ("gmmswift", "nutpie (NUTS)", "NumPyro (NUTS)", "JAGS", "PyMC, the notebook's scheme")


def draw(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write a PNG for each section that was measured; return their paths."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update(
        {"axes.spines.top": False, "axes.spines.right": False, "figure.dpi": 120, "font.size": 10}
    )
    pictures = {"sweep": _sweep, "sampling": _sampling, "growth": _growth}
    written = []
    for name, picture in pictures.items():
        if name not in results or (name == "sweep" and not results[name]["rows"][0]["bare"]):
            continue
        figure = picture(plt, results[name])
        path = folder / f"{name}.png"
        figure.savefig(path, bbox_inches="tight")
        plt.close(figure)
        written.append(path)
    return written


def _bars(
    axes: Any,
    groups: list[str],
    series: dict[str, list[float | None]],
    form: Callable[[float], str],
) -> None:
    """Draw grouped bars with their values above them; a missing value leaves a gap."""
    width = 0.84 / len(series)
    for index, (label, values) in enumerate(series.items()):
        at = [g + (index - (len(series) - 1) / 2) * width for g in range(len(groups))]
        shown = [(x, v) for x, v in zip(at, values, strict=True) if v is not None]
        xs, heights = [x for x, _ in shown], [v for _, v in shown]
        bars = axes.bar(xs, heights, 0.92 * width, color=_COLOURS[index % 5], label=label)
        texts = [form(v) for v in heights]
        labels = axes.bar_label(bars, texts, fontsize=7.5, padding=2)
        for text in labels:
            text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.3})
    axes.set_xticks(range(len(groups)), groups)


def _sweep(plt: Any, result: dict[str, Any]) -> Any:
    figure, axes = plt.subplots(figsize=(9, 4))
    rows = result["rows"]
    places = list(dict.fromkeys((row["k"], row["n"]) for row in rows))
    series = {
        build: [
            next(
                row["sweep"] / row["bare"]
                for row in rows
                if (row["k"], row["n"], row["build"]) == (*place, build)
            )
            for place in places
        ]
        for build in result["builds"]
    }
    _bars(axes, [f"K = {k}\nN = {n:,}" for k, n in places], series, "{:.2f}".format)
    axes.axhline(1, color="black", linewidth=1, zorder=0)
    axes.axhline(1.5, color="black", linewidth=1, linestyle="--", zorder=0)
    beside = {"transform": axes.get_yaxis_transform(), "fontsize": 8}
    axes.text(1.005, 1, "bare loop", va="top", **beside)
    axes.text(1.005, 1.5, "asked: 1.5", va="bottom", **beside)
    axes.set_ylabel("time of a sweep / bare AVX-512 loop")
    axes.legend(frameon=False, ncols=3, loc="upper left", bbox_to_anchor=(0, 1.12))
    return figure


def _sampling(plt: Any, result: dict[str, Any]) -> Any:
    figure, axes = plt.subplots(figsize=(9, 4.5))
    sampled = {row["case"] for row in result["rows"]}
    order = {case.name: case.title for case in cases() if case.name in sampled}
    rates = {(row["case"], row["engine"]): row["rate"] for row in result["rows"]}
    series = {
        label: [rates.get((case, engine)) for case in order]
        for engine, label in zip(_ENGINES, _LABELS, strict=True)
        if any((case, engine) in rates for case in order)
    }
    _bars(axes, [title.replace(" (", "\n(") for title in order.values()], series, number)
    axes.set_yscale("log")
    axes.set_ylabel("least bulk ESS per second")
    axes.legend(frameon=False, ncols=3, fontsize=9, loc="upper left", bbox_to_anchor=(0, 1.17))
    return figure


def _growth(plt: Any, result: dict[str, Any]) -> Any:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    sizes, by_n = [int(n) for n in result["n"]], list(result["n"].values())
    left.plot(sizes, by_n, "o-", color=_COLOURS[0])
    left.set(
        xscale="log", ylim=(0, 1.25 * max(by_n)), xlabel="observations N",
        ylabel="ns per observation and draw", title="K = 3",
    )  # fmt: skip
    counts, by_k = [int(k) for k in result["k"]], list(result["k"].values())
    right.plot(counts, by_k, "o-", color=_COLOURS[0])
    right.set(ylim=(0, None), xlim=(0, None), xlabel="components K", title="N = 10,000")
    return figure
