"""New York's air in the summer of 1973: missing values, completed from those that are there.

Ozone was not measured on 37 of 153 days, and sunshine not on 7. The model takes all days as they
are. The example compares it with an analysis of the 111 complete days, completes the ozone of each
month with its spread by multiple imputation, and checks itself: it hides values that are known.

    python airquality.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from report import Report, output_folder

import gmmswift as gm

_DATA = Path(__file__).resolve().parents[1] / "data"
_NAMES = ("ozone", "sun", "wind", "temp")
#: The months, and their days from the 1st of May.
MONTHS = {"May": 31, "June": 30, "July": 31, "August": 31, "September": 30}
#: Draws of each chain, completed tables, and every which known value is hidden at a time.
DRAWS, TABLES, FOLDS = 12_000, 500, 4
_DARK, _COLOR = "#1A1A1A", gm.plots.component_color(0)


def air_model() -> gm.Mixture:
    """Return the model; its priors are at the scale of the data, and sunshine orders the groups."""
    return gm.Mixture(2, covariance_type="full", ordered=True, order_by=1)


def main(output: Path) -> dict[str, Any]:
    """Run the example.

    Returns
    -------
    dict
        ``report``; ``posterior`` of all days, ``complete`` of the complete ones; ``days``, the
        numbers of the file; ``ozone``, completed, shape (TABLES, 153); ``means``, of the whole
        summer and each month, by name: of the known days and of all, each with its standard error;
        ``hidden``, what `_hide` returns.
    """
    report = Report("airquality", "Days without ozone", output)
    days = np.loadtxt(_DATA / "airquality.txt")
    is_complete = ~np.isnan(days).any(axis=1)
    report.heading("Data and model")
    lacking = {name: int(np.isnan(days[:, column]).sum()) for column, name in enumerate(_NAMES)}
    report.text(
        f"{len(days)} days from the 1st of May: ozone in parts per billion, sunshine in langleys, "
        "wind in miles per hour, and the highest temperature in degrees Fahrenheit. Ozone is "
        f"missing on {lacking['ozone']} days and sunshine on {lacking['sun']}, so that "
        f"{is_complete.sum()} days are complete. The cube root of ozone is nearly symmetric."
    )
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>covariance<sub>k</sub></var>), "
            "<var>x</var> = (ozone<sup>1/3</sup>, sun, wind, temperature)",
            "A missing value is drawn given the others of its day and its group: that it is "
            "missing may depend on those others, not on itself.",
        ],
        air_model,
    )
    posterior = _sample(_scaled(days))
    complete = _sample(_scaled(days[is_complete]))
    _groups(report, {"all": posterior, "complete": complete})

    report.heading("Completed")
    ozone = posterior.impute(TABLES, random_seed=1)[:, :, 0] ** 3
    means = _months(report, days, ozone)
    report.picture(
        "ozone",
        _plot(days, ozone),
        "Ozone as it was measured, and completed: means and 90 % intervals of the days without.",
    )

    report.heading("Is it right?")
    hidden = _hide(report, days)
    return {
        "report": report,
        "posterior": posterior,
        "complete": complete,
        "days": days,
        "ozone": ozone,
        "means": means,
        "hidden": hidden,
    }


def mean_by_rubin(tables: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return a mean by Rubin's rules (1987), its standard error, and what is due to missing values.

    Parameters
    ----------
    tables : ndarray, shape (tables, N)
        Completed values of a column.

    Returns
    -------
    mean, error, part : float
        The mean over all tables. The variance of an estimate is that within a table, s² / N, plus
        (1 + 1 / tables) times that between the tables' means; `part` is the share of the latter.
    """
    count = len(tables)
    within = tables.var(axis=1, ddof=1).mean() / tables.shape[1]
    between = (1 + 1 / count) * tables.mean(axis=1).var(ddof=1)
    return float(tables.mean()), float(np.sqrt(within + between)), between / (within + between)


def _scaled(days: NDArray[np.float64]) -> gm.Data:
    """Return days on the scale of the model; NaN is a missing value."""
    return gm.Data(np.c_[np.cbrt(days[:, 0]), days[:, 1:]], names=_NAMES, missing="mar")


def _sample(data: gm.Data, draws: int = DRAWS) -> gm.Posterior:
    return gm.sample(air_model(), data, draws, tune=1_000, random_seed=1)


def _groups(report: Report, posteriors: dict[str, gm.Posterior]) -> None:
    """Add the groups of days."""
    rows = []
    for name, post in posteriors.items():
        weights, means = post["weights"], post["means"]
        for k, kind in enumerate(("dull", "bright")):
            cells = [_spread(weights[..., k], 2), *(_spread(means[..., k, d], 1) for d in range(4))]
            rows.append([f"{kind}, {name} days", *cells])
    report.table(
        "Two kinds of days",
        ["", "weight", "ozone^1/3", "sun", "wind", "temp"],
        rows,
        note=f"Posterior means ± sds, from all {posteriors['all'].n_observations} days and from "
        f"the {posteriors['complete'].n_observations} complete ones.",
    )


def _spread(draws: NDArray[np.float64], digits: int) -> str:
    return f"{draws.mean():.{digits}f} ± {draws.std():.{digits}f}"


def _months(
    report: Report, days: NDArray[np.float64], ozone: NDArray[np.float64]
) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
    """Add the mean ozone of each month, of the days that have it and of all."""
    ends = np.cumsum([0, *MONTHS.values()])
    parts = {"summer": slice(0, len(days))}
    parts |= {name: slice(*ends[i : i + 2]) for i, name in enumerate(MONTHS)}
    rows, means = [], {}
    for name, part in parts.items():
        lacks = np.isnan(days[part, 0])
        known = days[part, 0][~lacks]
        error = known.std(ddof=1) / np.sqrt(len(known))
        mean, all_error, share = mean_by_rubin(ozone[:, part])
        means[name] = ((float(known.mean()), float(error)), (mean, all_error))
        temperature = days[part, 3]
        rows.append(
            [
                name,
                f"{lacks.sum()} of {len(lacks)}",
                f"{known.mean():.1f} ± {error:.1f}",
                f"{mean:.1f} ± {all_error:.1f}",
                f"{share:.0%}",
                f"{temperature[~lacks].mean():.0f}",
                f"{temperature[lacks].mean():.0f}" if lacks.any() else "",
            ]
        )
    report.table(
        "Mean ozone, ppb",
        ["", "missing", "known days", "all days", "due to missing", "temp, known", "missing"],
        rows,
        note="Means ± standard errors: of the days whose ozone is known, and of all days by "
        f"Rubin's rules from {TABLES} completed tables, with the part of the variance that is due "
        "to the missing values. The last columns are mean temperatures of days with and without "
        "ozone.",
    )
    return means


def _hide(report: Report, days: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Hide known ozone, a quarter at a time, and compare it with what is drawn in its place.

    Returns
    -------
    dict
        ``day``, the rows; ``true`` values; ``mean``, what is expected of them; ``lower`` and
        ``upper``, the ends of the intervals of 90 %; ``column``, the mean of the values that were
        not hidden.
    """
    known = np.flatnonzero(~np.isnan(days[:, 0]))
    found: dict[str, list[float]] = {}
    for first in range(FOLDS):
        rows = known[first::FOLDS]
        holes = days.copy()
        holes[rows, 0] = np.nan
        tables = _sample(_scaled(holes)).impute(TABLES, random_seed=1)[:, rows, 0] ** 3
        lower, upper = np.quantile(tables, [0.05, 0.95], axis=0)
        column = np.full(len(rows), np.nanmean(holes[:, 0]))
        for name, values in {
            "day": rows,
            "true": days[rows, 0],
            "mean": tables.mean(axis=0),
            "lower": lower,
            "upper": upper,
            "column": column,
        }.items():
            found.setdefault(name, []).extend(values)
    hidden = {name: np.array(values) for name, values in found.items()}

    inside = (hidden["lower"] <= hidden["true"]) & (hidden["true"] <= hidden["upper"])
    rest, plain = (hidden["true"] - hidden[name] for name in ("mean", "column"))
    month = np.repeat(np.arange(len(MONTHS)), list(MONTHS.values()))[hidden["day"].astype(int)]
    rows = []
    for name, part in [("summer", month >= 0), *((m, month == i) for i, m in enumerate(MONTHS))]:
        error = rest[part].std(ddof=1) / np.sqrt(part.sum())
        rows.append(
            [
                name,
                f"{part.sum()}",
                *(f"{np.sqrt(np.mean(values[part] ** 2)):.0f}" for values in (rest, plain)),
                f"{rest[part].mean():+.1f} ± {error:.1f}",
                f"{inside[part].mean():.0%}",
            ]
        )
    report.table(
        "Ozone that was hidden, ppb",
        ["", "days", "error", "of the column's mean", "true - completed", "inside"],
        rows,
        note="Root mean square errors of what is expected of a hidden value, and of the mean of "
        "the column in its place; mean differences; and the part of the values in their 90 % "
        "intervals. A month that differs here has something that the other columns do not tell. "
        "Then a column on which it depends whether values are missing, such as the number of the "
        "day, belongs in the data.",
    )
    return hidden


def _plot(days: NDArray[np.float64], ozone: NDArray[np.float64]) -> Any:
    """Draw ozone by day and by temperature, with the days that lack it."""
    _, axes = plt.subplots(
        1, 2, figsize=(12, 4), sharey=True, layout="constrained", width_ratios=[2.4, 1]
    )
    lacks = np.isnan(days[:, 0])
    lower, upper = np.quantile(ozone[:, lacks], [0.05, 0.95], axis=0)
    mean = ozone[:, lacks].mean(axis=0)
    bars = np.array([mean - lower, upper - mean])
    for ax, x in zip(axes, (np.arange(len(days)), days[:, 3]), strict=True):
        ax.plot(x[~lacks], days[~lacks, 0], "o", color=_DARK, markersize=3.5, label="measured")
        ax.errorbar(
            x[lacks], mean, bars, fmt="o", color=_COLOR, markersize=4.5, elinewidth=1.1,
            label="completed", alpha=0.85,
        )  # fmt: skip
        ax.spines[["top", "right"]].set_visible(False)
    starts = np.cumsum([0, *MONTHS.values()])[:-1]
    axes[0].set_xticks(starts, list(MONTHS), ha="left")
    for start in starts[1:]:
        axes[0].axvline(start - 0.5, color="#D9D9D9", linewidth=0.8, zorder=0)
    axes[0].set(xlim=(-2, len(days) + 1), ylim=(0, None), ylabel="ozone, ppb")
    axes[0].legend(frameon=False, loc="upper left")
    axes[1].set_xlabel("highest temperature, °F")
    return axes


if __name__ == "__main__":
    main(output_folder("airquality", __doc__))
