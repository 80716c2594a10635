"""Two groups of points in a field of clutter: a background beside the components.

The points are like those of a survey from the air for mines. Most are clutter, spread evenly over
the field. The example fits two components beside a uniform background, by maximum likelihood and by
MCMC, counts how many points are told apart rightly, compares mixtures without a background, and
asks how many components there are.

    python chevron.py [--output FOLDER]
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Ellipse
from numpy.typing import NDArray
from report import Report, output_folder

import gmmswift as gm

_DATA = Path(__file__).resolve().parents[1] / "data"
_DARK = "#1A1A1A"
#: Draws of each chain, and the numbers of components of mixtures without a background.
DRAWS, COUNTS = 2_000, (2, 3, 4, 6, 8)
#: The square of the radius that holds 90 % of a Normal distribution in the plane.
_RADIUS = -2 * np.log(0.1)


def field_model(n_components: int | gm.Unknown = 2) -> gm.Mixture:
    """Return the model; the background is uniform over the smallest box around the points."""
    return gm.Mixture(n_components, covariance_type="full", background=gm.UniformBackground())


def main(output: Path) -> dict[str, Any]:
    """Run the example.

    Returns
    -------
    dict
        ``report``; ``points`` and ``is_noise``, as the file calls them; ``fit`` and ``posterior``
        of two components beside a background, ``unknown`` of any number of them; ``plain``, the
        fits without a background by their number of components; ``wrong``, by name, how many points
        of the groups are taken for noise, and how many of noise for the groups'; ``inside``, how
        many points of noise the file has within the ellipses, and how many there would be by the
        rate outside.
    """
    report = Report("chevron", "Points in clutter", output)
    points, is_noise = field()
    report.heading("Data and model")
    report.text(
        f"{len(points):,} points in the plane. {(~is_noise).sum()} of them lie in two bands that "
        "cross, and the others are noise."
    )
    report.model(
        [
            "<var>p</var>(<var>x</var>) = <var>w</var> / <var>V</var> + (1 - <var>w</var>) "
            "&Sigma;<sub><var>k</var></sub> <var>weight<sub>k</sub></var> "
            "Normal(<var>x</var>; <var>mean<sub>k</sub></var>, "
            "<var>covariance<sub>k</sub></var>)",
            "<var>w</var> &nbsp;~&nbsp; Beta(1, 9), and <var>V</var> is the area of the smallest "
            "box around the points",
        ],
        field_model,
    )
    fit = gm.fit_em(points, 2, background=gm.UniformBackground(), random_seed=1)
    post = gm.sample(field_model(), points, DRAWS, random_seed=1)
    report.summary("Parameters", post)

    report.heading("Which points are noise")
    found = {
        "posterior": post.background_probabilities(),
        "maximum likelihood": fit.background_probabilities(points),
    }
    wrong = {name: errors(values > 0.5, is_noise) for name, values in found.items()}
    plain = {k: gm.fit_em(points, k, n_init=20, random_seed=1) for k in COUNTS}
    for k, other in plain.items():
        wrong[f"{k} components, no background"] = best_reading(other, points, is_noise)
    _tell_apart(report, wrong, fit, plain)
    axes = _plot(points, is_noise, post, plain[3])
    report.picture(
        "field",
        axes,
        "The points as the file calls them; the posterior probability that a point is noise, with "
        "the posterior mean of two components (90 % of each); and three components without a "
        "background, by maximum likelihood.",
    )
    inside = _within(report, points, is_noise, post)

    report.heading("How many components?")
    unknown = gm.sample(field_model(gm.Unknown(max=8)), points, DRAWS, random_seed=1)
    _count(report, unknown)
    return {
        "report": report,
        "points": points,
        "is_noise": is_noise,
        "fit": fit,
        "posterior": post,
        "unknown": unknown,
        "plain": plain,
        "wrong": wrong,
        "inside": inside,
    }


def field() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the points, and which of them the file calls noise."""
    table = np.loadtxt(_DATA / "chevron.txt")
    return table[:, :2], table[:, 2] == 1


def errors(is_found: NDArray[np.bool_], is_noise: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many points of the groups are taken for noise, and how many of noise are not."""
    return int((is_found & ~is_noise).sum()), int((~is_found & is_noise).sum())


def best_reading(
    fit: gm.EMFit, points: NDArray[np.float64], is_noise: NDArray[np.bool_]
) -> tuple[int, int]:
    """Return the errors of the components of a fit, read as groups or as noise.

    The reading is the one of the fewest errors, which nobody would know without the labels.
    """
    component = fit.probabilities(points).argmax(axis=1)
    readings = itertools.product((False, True), repeat=fit.n_components)
    return min((errors(np.array(each)[component], is_noise) for each in readings), key=sum)


def within(
    points: NDArray[np.float64], means: NDArray[np.float64], covariances: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which points lie in an ellipse that holds 90 % of a component."""
    result = np.zeros(len(points), dtype=bool)
    for mean, covariance in zip(means, covariances, strict=True):
        away = points - mean
        result |= (away @ np.linalg.inv(covariance) * away).sum(axis=1) < _RADIUS
    return result


def _tell_apart(
    report: Report,
    wrong: dict[str, tuple[int, int]],
    fit: gm.EMFit,
    plain: dict[int, gm.EMFit],
) -> None:
    scores = ["", f"{fit.bic:,.0f}", *(f"{other.bic:,.0f}" for other in plain.values())]
    rows = [
        [name, f"{lost}", f"{taken}", f"{lost + taken}", score]
        for (name, (lost, taken)), score in zip(wrong.items(), scores, strict=True)
    ]
    report.table(
        "Points told apart wrongly",
        ["", "of the groups", "of noise", "in all", "BIC"],
        rows,
        note="Points of the groups that are taken for noise, and of noise that are not. The first "
        "two rows have a background. Components without one are read as groups or as noise in the "
        "way that is best in hindsight.",
    )


def _within(
    report: Report,
    points: NDArray[np.float64],
    is_noise: NDArray[np.bool_],
    post: gm.Posterior,
) -> tuple[int, float]:
    """Compare the noise within the ellipses with what there would be by the rate outside."""
    means, covariances = (post[name].mean(axis=(0, 1)) for name in ("means", "covariances"))
    lower, upper = points.min(axis=0), points.max(axis=0)
    grid = np.random.default_rng(1).uniform(lower, upper, (200_000, 2))
    share = within(grid, means, covariances).mean()
    is_inside = within(points, means, covariances)
    found = int((is_inside & is_noise).sum())
    expected = float((~is_inside & is_noise).sum() * share / (1 - share))
    weight = post["background_weight"]
    report.text(
        f"The background has a weight of {weight.mean():.3f} ± {weight.std():.3f}, and "
        f"{is_noise.mean():.3f} of the points are noise by the file. The two disagree about the "
        f"bands. Noise is as dense there as elsewhere under the model, so some {expected:.0f} "
        f"points of it would lie in the ellipses. By the file {found} do: it seems to give "
        "points in the bands to the groups, also those that are there by chance."
    )
    return found, expected


def _count(report: Report, unknown: gm.Posterior) -> None:
    rows = [
        [f"{k}", f"{unknown.p_clusters[k]:.3f} ± {unknown.p_clusters_mcse[k]:.3f}"]
        for k in range(5)
    ]
    report.table(
        "Components with points, beside the background",
        ["number", "probability"],
        rows,
        note="Posterior probabilities ± Monte-Carlo errors. Where the number of components is "
        "unknown, the background is still one. A third component, where there is one, is wide and "
        "lies in the clutter.",
    )


def _plot(
    points: NDArray[np.float64],
    is_noise: NDArray[np.bool_],
    post: gm.Posterior,
    plain: gm.EMFit,
) -> Any:
    """Draw the labels of the file, the probabilities, and a mixture without a background."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 4.4), sharex=True, sharey=True)
    figure.set_layout_engine("constrained")
    colors = [gm.plots.component_color(k) for k in range(3)]
    size = 7
    axes[0].scatter(*points[is_noise].T, s=size, c=_DARK, linewidths=0, label="noise")
    axes[0].scatter(*points[~is_noise].T, s=size, c=colors[0], linewidths=0, label="groups")
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.17), "ncols": 2}
    axes[0].legend(**below, frameon=False, fontsize=9, markerscale=2)
    shown = axes[1].scatter(
        *points.T, s=size, c=post.background_probabilities(), cmap="cividis_r", vmin=0, vmax=1,
        linewidths=0,
    )  # fmt: skip
    bar = figure.colorbar(shown, ax=axes[1], location="bottom", shrink=0.8, pad=0.02, aspect=30)
    bar.set_label("P(noise | data)", fontsize=9)
    means, covariances = (post[name].mean(axis=(0, 1)) for name in ("means", "covariances"))
    axes[2].scatter(*points.T, s=size, c=_DARK, alpha=0.5, linewidths=0)
    for ax, centers, shapes in (
        (axes[1], means, covariances),
        (axes[2], plain.means, plain.covariances),
    ):
        for k, (center, shape) in enumerate(zip(centers, shapes, strict=True)):
            _ellipse(ax, center, shape, colors[k])
    titles = ("as the file calls them", "beside a background", "three components without")
    for ax, title in zip(axes, titles, strict=True):
        ax.set(title=title, aspect="equal", xlim=(-2, 131), ylim=(-2, 131), xlabel="x")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("y")
    return axes


def _ellipse(
    ax: Any, mean: NDArray[np.float64], covariance: NDArray[np.float64], color: str
) -> None:
    """Draw the ellipse that holds 90 % of a component."""
    sizes, turns = np.linalg.eigh(covariance)
    angle = np.degrees(np.arctan2(turns[1, 1], turns[0, 1]))
    width, height = 2 * np.sqrt(_RADIUS * sizes[::-1])
    for line, edge in ((3.5, "white"), (1.8, color)):
        ax.add_patch(
            Ellipse(
                tuple(mean), width, height, angle=angle, facecolor="none", edgecolor=edge,
                linewidth=line,
            )
        )  # fmt: skip


if __name__ == "__main__":
    main(output_folder("chevron", __doc__))
