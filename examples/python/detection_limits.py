"""Concentrations below a limit of detection: values of which only an upper end is known.

Two instruments measured a pollutant in samples from two kinds of places, and each reports nothing
below its limit. A value below a limit lies in the interval from 0 to the limit, on the scale of
logarithms from -infinity. The example compares what intervals say with what is said by dropping
such values, and by half the limit in their place, for one data set and for many.

    python detection_limits.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from report import Report, output_folder
from scipy.stats import norm

import gmmswift as gm

_DARK = "#1A1A1A"
#: The weights, means and sds of the logarithms of both groups, and the limits of the instruments.
WEIGHTS, MEANS, SDS = np.array([0.6, 0.4]), np.array([-0.5, 1.8]), np.array([0.8, 0.5])
LIMITS = np.array([0.4, 1.2])
#: The concentration that is asked for, samples of a data set, and data sets.
THRESHOLD, SAMPLES, SETS = 0.2, 300, 30
#: Draws of each chain, for one data set and for each of many.
DRAWS, FEWER = 4_000, 300
#: What is made of values below a limit, and the colours of pictures.
WAYS = {
    "intervals": gm.plots.component_color(0),
    "dropped": gm.plots.component_color(1),
    "half the limit": gm.plots.component_color(2),
}
_QUANTITIES = (
    "mean",
    "share below",
    "weight 0",
    "log mean 0",
    "log sd 0",
    "log mean 1",
    "log sd 1",
)

Draws: TypeAlias = "dict[str, NDArray[np.float64]]"


def log_model() -> gm.Mixture:
    """Return the model of logarithms; the prior of the variances keeps them from 0."""
    return gm.Mixture(2, means=gm.Normal(0, sd=3), variance=gm.InverseGamma(3, 1), ordered=True)


def main(output: Path) -> dict[str, Any]:
    """Run the example.

    Returns
    -------
    dict
        ``report``; ``posteriors`` of one data set, by way and of all values as they are; ``true``
        quantities and ``found`` ones, their draws by way; ``sets``, by way the ends of the 90 %
        intervals of each quantity in each of many data sets, shape (SETS, quantities, 2).
    """
    report = Report("detection_limits", "Below the limit of detection", output)
    report.heading("Data and model")
    logs, limits = samples(1)
    low = logs < limits
    report.text(
        f"{len(logs)} concentrations, lognormal in two groups. One instrument measured half of "
        f"them, with a limit of detection of {LIMITS[0]}, and another one the others, with a limit "
        f"of {LIMITS[1]}. {low.sum()} of them are below their limit."
    )
    report.model(
        [
            "log <var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>sd<sub>k</sub></var>)",
            "A value below its limit is known to lie between 0 and the limit.",
        ],
        log_model,
    )
    posteriors = {
        name: gm.sample(log_model(), data, DRAWS, tune=1_000, random_seed=1)
        for name, data in {"all values": gm.Data(logs), **told(logs, limits)}.items()
    }
    true = _true()
    found = {name: quantities(post) for name, post in posteriors.items()}
    _compare(report, true, found)

    report.heading("Many data sets")
    sets = _repeat()
    _cover(report, true, sets)
    report.picture(
        "limits",
        _plot(logs, limits, posteriors, sets),
        "Predictive densities of concentrations, by what is made of values below a limit (between "
        "the limits one instrument measures, and below them none); and the 90 % "
        f"intervals of the sd of the lower group in {SETS} data sets.",
    )
    return {"report": report, "posteriors": posteriors, "true": true, "found": found, "sets": sets}


def samples(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the logarithms of concentrations, and of the limits of their instruments."""
    stream = np.random.default_rng(seed)
    group = (stream.random(SAMPLES) < WEIGHTS[1]).astype(int)
    logs = MEANS[group] + SDS[group] * stream.normal(size=SAMPLES)
    return logs, np.log(LIMITS)[stream.integers(2, size=SAMPLES)]


def told(logs: NDArray[np.float64], limits: NDArray[np.float64]) -> dict[str, gm.Data]:
    """Return the data by what is made of values below their limit."""
    low = logs < limits
    ends = np.where(low, -np.inf, np.nan), np.where(low, limits, np.nan)
    return {
        "intervals": gm.Data(np.where(low, limits, logs), intervals=ends),
        "dropped": gm.Data(logs[~low]),
        "half the limit": gm.Data(np.where(low, limits - np.log(2), logs)),
    }


def quantities(post: gm.Posterior) -> Draws:
    """Return the draws of what is asked for, by name.

    They are the mean concentration, the share of concentrations below the threshold, and the
    parameters of the groups.
    """
    weights, means, sds = post["weights"], post["means"], post["sd"]
    below = weights * norm.cdf((np.log(THRESHOLD) - means) / sds)
    values = [(weights * np.exp(means + sds**2 / 2)).sum(axis=-1), below.sum(axis=-1)]
    values += [weights[..., 0], means[..., 0], sds[..., 0], means[..., 1], sds[..., 1]]
    return dict(zip(_QUANTITIES, values, strict=True))


def _true() -> dict[str, float]:
    mean = (WEIGHTS * np.exp(MEANS + SDS**2 / 2)).sum()
    below = (WEIGHTS * norm.cdf((np.log(THRESHOLD) - MEANS) / SDS)).sum()
    values = (mean, below, WEIGHTS[0], MEANS[0], SDS[0], MEANS[1], SDS[1])
    return {name: float(value) for name, value in zip(_QUANTITIES, values, strict=True)}


def _compare(report: Report, true: dict[str, float], found: dict[str, Draws]) -> None:
    rows = [["true", *(f"{true[name]:.3f}" for name in _QUANTITIES)]]
    for way, draws in found.items():
        rows.append(
            [way, *(f"{draws[name].mean():.3f} ± {draws[name].std():.3f}" for name in _QUANTITIES)]
        )
    names = [f"share below {THRESHOLD}" if name == "share below" else name for name in _QUANTITIES]
    report.table(
        "One data set",
        ["", *names],
        rows,
        note="Posterior means ± sds, by what is made of values below a limit. `all values` are "
        "those that nobody has: the values themselves.",
    )


def _repeat() -> dict[str, NDArray[np.float64]]:
    """Return the ends of 90 % intervals by way, (SETS, quantities, 2)."""
    ends: dict[str, list[NDArray[np.float64]]] = {way: [] for way in WAYS}
    for seed in range(SETS):
        for way, data in told(*samples(100 + seed)).items():
            draws = quantities(gm.sample(log_model(), data, FEWER, tune=FEWER, random_seed=1))
            ends[way].append(
                np.array([np.quantile(draws[name], [0.05, 0.95]) for name in _QUANTITIES])
            )
    return {way: np.array(each) for way, each in ends.items()}


def covered(sets: NDArray[np.float64], true: dict[str, float]) -> NDArray[np.int64]:
    """Return for each quantity in how many data sets its interval holds the true value."""
    values = np.array(list(true.values()))
    inside = (sets[:, :, 0] < values) & (values < sets[:, :, 1])
    return np.asarray(inside.sum(axis=0))


def _cover(report: Report, true: dict[str, float], sets: dict[str, NDArray[np.float64]]) -> None:
    rows = [[way, *(f"{count}" for count in covered(each, true))] for way, each in sets.items()]
    names = [f"share below {THRESHOLD}" if name == "share below" else name for name in _QUANTITIES]
    report.table(
        f"How many of {SETS} intervals of 90 % hold the true value",
        ["", *names],
        rows,
        note=f"Of {SETS} intervals, {0.9 * SETS:.0f} are expected to, with a binomial sd of "
        f"{np.sqrt(0.09 * SETS):.1f}. Without the values below a limit, concentrations are too "
        "large. Half the limit is near the mean of what is below, so the mean concentration is "
        "about right. But all these values are one, so the lower group is too narrow, and low "
        "concentrations are too rare.",
    )


def _plot(
    logs: NDArray[np.float64],
    limits: NDArray[np.float64],
    posteriors: dict[str, gm.Posterior],
    sets: dict[str, NDArray[np.float64]],
) -> Any:
    """Draw the densities of one data set, and intervals of many."""
    _, axes = plt.subplots(1, 2, figsize=(12, 4.2), layout="constrained", width_ratios=[1.5, 1])
    left, right = axes
    low = logs < limits
    x = np.linspace(-3.4, 3.6, 300)
    bins = np.linspace(-3.4, 3.6, 36)
    share = 1 / (len(logs) * (bins[1] - bins[0]))
    left.hist(
        logs[~low], bins, weights=np.full((~low).sum(), share), color="#D0D0D0", label="measured"
    )
    true = (WEIGHTS * norm.pdf((x[:, None] - MEANS) / SDS) / SDS).sum(axis=1)
    left.plot(x, true, color=_DARK, linewidth=1.6, linestyle=(0, (4, 2)), label="true density")
    for way, color in WAYS.items():
        left.plot(x, np.exp(posteriors[way].log_density(x)), color=color, linewidth=1.8, label=way)
    for limit in LIMITS:
        left.axvline(np.log(limit), color="#8A8A8A", linewidth=0.9, zorder=0)
        left.annotate(
            f"limit {limit:g}\n{(low & np.isclose(limits, np.log(limit))).sum()} below",
            (np.log(limit), 1), (-4, -2), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="right", va="top", fontsize=8, color="#5A5A5A",
        )  # fmt: skip
    ticks = np.array([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    left.set_xticks(np.log(ticks), [f"{tick:g}" for tick in ticks])
    left.set(xlabel="concentration", ylabel="density of the logarithm", xlim=(-3.4, 3.6))
    left.set_ylim(0, None)
    left.legend(frameon=False, fontsize=9, loc="upper left")

    place = _QUANTITIES.index("log sd 0")
    for i, (way, color) in enumerate(WAYS.items()):
        ends = sets[way][:, place]
        order = np.argsort(ends.mean(axis=1))
        y = i * (SETS + 4) + np.arange(SETS)
        right.hlines(y, *ends[order].T, color=color, linewidth=1.6)
        right.text(
            0.99,
            y[SETS // 2],
            way,
            color=color,
            fontsize=9,
            ha="right",
            transform=right.get_yaxis_transform(),
        )
    right.axvline(SDS[0], color=_DARK, linewidth=1.4, linestyle=(0, (4, 2)))
    right.set(xlabel="sd of the logarithm, lower group", yticks=[])
    right.invert_yaxis()
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    return axes


if __name__ == "__main__":
    main(output_folder("detection_limits", __doc__))
