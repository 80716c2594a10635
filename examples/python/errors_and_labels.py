"""Errors of measurement, rounded values and a few labels: what is known beside values.

Three parts. Points of which every coordinate has an error of its own: the mixture is that of the
true values (extreme deconvolution; Bovy, Hogg, Roweis 2011). Waiting times of Old Faithful in whole
minutes, under a prior for which exact values that tie have no posterior. Irises of which a few have
a known species.

    python errors_and_labels.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Ellipse
from numpy.typing import NDArray
from report import Report, output_folder
from sklearn.datasets import load_iris

import gmmswift as gm

_DATA = Path(__file__).resolve().parents[1] / "data"
_DARK = "#1A1A1A"
#: Components of the points, draws of each chain, and tables of true values.
COMPONENTS, DRAWS, TABLES = 3, 500, 300
#: Units to which waiting times are rounded, in minutes, and every which iris has a label.
UNITS, EVERY = (1, 5, 10), (30, 10, 5)
#: The square of the radius that holds 90 % of a Normal distribution in the plane.
_RADIUS = -2 * np.log(0.1)


def points_model() -> gm.Mixture:
    """Return the model of the true points; its priors are at their scale."""
    return gm.Mixture(COMPONENTS, covariance_type="full")


def waiting_model() -> gm.Mixture:
    """Return the model of waiting times; the prior of the sds reaches down to 0."""
    return gm.Mixture(2, means=gm.Normal(70, 20), sd=gm.HalfCauchy(5), ordered=True)


def iris_model() -> gm.Mixture:
    """Return the model of irises; labels number the components, so their means have no order."""
    return gm.Mixture(3, covariance_type="full")


def main(output: Path) -> dict[str, Any]:
    """Run the example.

    Returns
    -------
    dict
        ``report``; ``true``, ``measured`` and ``sds`` of the points, ``expected`` true values and
        ``tables`` of them; ``posterior`` of the points; ``waiting``, by unit: the posterior, and
        the fit that takes rounded values as exact; ``irises``, by the number of labels: how many
        of the other flowers get the wrong species, from the labelled flowers alone and from all.
    """
    report = Report("errors_and_labels", "Errors and labels", output)
    report.heading("Errors of measurement")
    points = _deconvolve(report)
    report.heading("Rounded values")
    waiting = _round(report)
    report.heading("A few labels")
    irises = _label(report)
    return {"report": report, **points, "waiting": waiting, "irises": irises}


def noisy_points() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return true points about a parabola, what is measured of them, and the sds of the errors.

    The recipe is that of astroML's page of extreme deconvolution, with the same random numbers.
    """
    stream = np.random.RandomState(0)
    n = 2_000
    x = (1.4 + 2 * stream.random_sample(n)) ** 2
    y = 0.1 * x**2
    widths = 0.1 + 4.0 / x**2, 0.1 + 10.0 / x**2
    true = np.column_stack(
        [v + stream.normal(0, w, n) for v, w in zip((x, y), widths, strict=True)]
    )
    sds = np.column_stack([0.2 + 0.5 * stream.random_sample(n) for _ in range(2)])
    errors = np.column_stack([stream.normal(0, sds[:, d]) for d in range(2)])
    return true, true + errors, sds


def _deconvolve(report: Report) -> dict[str, Any]:
    true, measured, sds = noisy_points()
    report.text(
        f"{len(true):,} points about a parabola, nearer to it on the right. Each coordinate was "
        "measured with an error whose sd is known, between 0.2 and 0.7."
    )
    report.model(
        [
            "<var>x<sub>i</sub></var> = <var>y<sub>i</sub></var> + Normal(0, "
            "<var>error<sub>i</sub></var><sup>2</sup>)",
            "<var>y<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>covariance<sub>k</sub></var>)",
        ],
        points_model,
    )
    data = gm.Data(measured, errors=sds, names=("x", "y"))
    fit = gm.fit_em(data, COMPONENTS, n_init=2, tol=1e-4, random_seed=1)
    # Weights of components that overlap mix slowly, so only every fourth draw is kept.
    post = gm.sample(points_model(), data, DRAWS, tune=1_000, thin=4, initial=fit, random_seed=1)
    tables = post.true_values(TABLES, random_seed=1)
    expected = post.true_values_mean()
    lower, upper = np.quantile(tables, [0.05, 0.95], axis=0)
    inside = ((lower <= true) & (true <= upper)).mean(axis=0)

    rows = [
        [name, *(f"{size:.2f}" for size in _rms(values - true)), *_spread(values)]
        for name, values in (("measured", measured), ("expected", expected))
    ]
    rows.append(["drawn", "", "", *(f"{sd:.2f}" for sd in tables.std(axis=1).mean(axis=0))])
    rows.append(["true", "", "", *_spread(true)])
    report.table(
        "How far from the true values",
        ["", "error of x", "error of y", "sd of x", "sd of y"],
        rows,
        note="Root mean square errors, and sds of the columns. Expected values are the nearest to "
        "the true ones, but vary less; draws vary as the true values do. Of the true values, "
        f"{inside[0]:.0%} and {inside[1]:.0%} lie in their 90 % intervals. The components overlap, "
        "so chains pass slowly between ways to share the points among them, and say so. The sum "
        "of the components, on which true values depend, hardly changes.",
    )
    report.picture(
        "deconvolution",
        _plot(true, measured, tables[-1], fit),
        "Points as they were measured; true values of one draw, with the components of the fit of "
        "maximum likelihood (90 % of each); and the true values.",
    )
    return {
        "true": true,
        "measured": measured,
        "sds": sds,
        "expected": expected,
        "tables": tables,
        "posterior": post,
    }


def _rms(rest: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.mean(rest**2, axis=0)))


def _spread(values: NDArray[np.float64]) -> list[str]:
    return [f"{sd:.2f}" for sd in values.std(axis=0)]


def _plot(
    true: NDArray[np.float64],
    measured: NDArray[np.float64],
    drawn: NDArray[np.float64],
    fit: gm.EMFit,
) -> Any:
    """Draw measured, drawn and true points beside each other."""
    _, axes = plt.subplots(1, 3, figsize=(12, 4), sharex=True, sharey=True, layout="constrained")
    titles = {"measured": measured, "true values, drawn": drawn, "true values": true}
    for ax, (title, points) in zip(axes, titles.items(), strict=True):
        ax.plot(*points.T, ".", color=_DARK, markersize=2.5, alpha=0.45, markeredgewidth=0)
        ax.set(title=title, xlabel="x", xlim=(-1, 13), ylim=(-4, 15))
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("y")
    for k in range(fit.n_components):
        sizes, turns = np.linalg.eigh(fit.covariances[k])
        angle = np.degrees(np.arctan2(turns[1, 1], turns[0, 1]))
        width, height = 2 * np.sqrt(_RADIUS * sizes[::-1])
        color = gm.plots.component_color(k)
        axes[1].add_patch(
            Ellipse(
                tuple(fit.means[k]), width, height, angle=angle, facecolor="none", edgecolor=color,
                linewidth=1.8,
            )
        )  # fmt: skip
    return axes


def _round(report: Report) -> dict[int, tuple[gm.Posterior, gm.EMFit]]:
    waiting = np.loadtxt(_DATA / "faithful.txt")[:, 1]
    largest = int(np.unique(waiting, return_counts=True)[1].max())
    report.text(
        f"{len(waiting)} waiting times between eruptions of Old Faithful, in whole minutes: up "
        f"to {largest} of them tie. A component at a tie has an infinite density if its sd is 0, "
        "so exact values would have no posterior under this prior. Whole minutes are intervals, "
        "and an interval has a probability of 1 at most. They are rounded further here."
    )
    report.model(
        [
            "<var>x<sub>i</sub></var> is within half a unit of <var>y<sub>i</sub></var>",
            "<var>y<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>sd<sub>k</sub></var>)",
        ],
        waiting_model,
    )
    results, rows = {}, []
    for unit in UNITS:
        rounded = np.round(waiting / unit) * unit
        post = gm.sample(
            waiting_model(), gm.Data(rounded, rounding=unit), DRAWS, tune=500, random_seed=1
        )
        exact = gm.fit_em(rounded, 2, random_seed=1)
        results[unit] = post, exact
        cells = [
            f"{post[name][..., k].mean():.2f} ± {post[name][..., k].std():.2f}"
            for name in ("means", "sd")
            for k in range(2)
        ]
        rows.append([f"{unit} min", *cells, *(f"{sd:.2f}" for sd in exact.sd)])
    report.table(
        "Waiting times, min",
        ["rounded to", "mean 0", "mean 1", "sd 0", "sd 1", "as exact: sd 0", "sd 1"],
        rows,
        note="Posterior means ± sds of rounded values, and the sds of fits of maximum likelihood "
        "that take rounded values as exact.",
    )
    return results


def _label(report: Report) -> dict[int, tuple[int, int]]:
    """Fit irises with few labels; return the wrong ones among the others, alone and with all."""
    flowers, species = load_iris(return_X_y=True)
    report.text(
        f"{len(flowers)} flowers of three species, of which a few are labelled. Flowers without a "
        "label say where the species end."
    )
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>covariance<sub>k</sub></var>), with "
            "<var>z<sub>i</sub></var> known for labelled flowers",
        ],
        iris_model,
    )
    results, rows = {}, []
    for every in EVERY:
        labels = np.full(len(species), -1)
        labels[::every] = species[::every]
        hidden = labels < 0
        # Chains do not cross between modes here, so there are more draws than above.
        few = gm.Data(flowers[~hidden], labels=labels[~hidden])
        alone = gm.sample(iris_model(), few, 4 * DRAWS, tune=1_000, random_seed=1)
        found = alone.predict_probabilities(flowers[hidden]).argmax(axis=1)
        post = gm.sample(
            iris_model(), gm.Data(flowers, labels=labels), 4 * DRAWS, tune=1_000, random_seed=1
        )
        guessed = post.probabilities[hidden].argmax(axis=1)
        count = int((~hidden).sum())
        results[count] = tuple(int((k != species[hidden]).sum()) for k in (found, guessed))
        rows.append([f"{count}", f"{hidden.sum()}", *map(str, results[count])])
    report.table(
        "Wrong species",
        ["labels", "other flowers", "labelled alone", "with all"],
        rows,
        note="How many flowers without a label get the wrong species: from the labelled flowers "
        "alone, and from all of them.",
    )
    return results


if __name__ == "__main__":
    main(output_folder("errors_and_labels", __doc__))
