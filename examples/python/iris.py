"""Fisher's irises in four dimensions, with two forms of the covariances and two default priors.

The data are four measurements of 150 flowers of three species. The models do not see the species.
Their priors are at the scale of the data. With one covariance matrix for all components, and with a
matrix for each under the hierarchical default prior, the models find the species. Under the other
default prior two ellipsoids describe the data as well.

    python iris.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse
from numpy.typing import NDArray
from report import Report, output_folder
from sklearn.datasets import load_iris

import gmmswift as gm

_COLORS = tuple(gm.plots.component_color(k) for k in range(3))
#: The form of the covariances, and the rule of the default priors if it is not the usual one.
_MODELS = {"tied": ("tied", None), "full": ("full", None), "other": ("full", "fraley-raftery")}
_TITLES = {"tied": "One matrix", "full": "A matrix for each", "other": "The same, other prior"}
_NAMES = ("sepal length", "sepal width", "petal length", "petal width")
#: Square of the radius that holds 95 % of a Normal distribution in the plane.
_RADIUS = -2 * np.log(0.05)


def iris_model(covariance_type: str, default_priors: str | None = None) -> gm.Mixture:
    """Return the model; petals, coordinate 2, order the components."""
    return gm.Mixture(
        n_components=3,
        covariance_type=covariance_type,
        ordered=True,
        order_by=2,
        default_priors=default_priors,
    )


def main(output: Path) -> dict[str, Any]:
    """Fit the models, print the tables and write the pictures.

    Returns
    -------
    dict
        ``report``; ``tied``, ``full`` and ``other``, the posteriors; ``data`` and ``species``.
    """
    report = Report("iris", "Irises in four dimensions", output)
    flowers = load_iris()
    data, species = flowers.data, flowers.target

    report.heading("Data and models")
    report.text(
        "150 flowers, 50 of each of three species, with length and width of sepals and petals in "
        "centimetres. The species serve only to look at the result."
    )
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>covariance<sub>k</sub></var>), &emsp;"
            "P(<var>z<sub>i</sub></var> = <var>k</var>) = <var>p<sub>k</sub></var>",
            "<var>p</var> ~ Dirichlet(1, 1, 1); &ensp; means and covariances at the scale of the "
            "data (Malsiner-Walli, Fruehwirth-Schnatter and Gruen)",
            "tied: one covariance matrix; &ensp; full: one for each component; &ensp; other: the "
            "same with the priors of Fraley and Raftery",
        ],
        iris_model,
    )
    posteriors = {
        name: gm.sample(iris_model(*model), data, draws=10_000, tune=2_000, random_seed=1)
        for name, model in _MODELS.items()
    }
    tied, other = posteriors["tied"], posteriors["other"]

    report.heading("One covariance matrix: the species")
    report.summary(
        "Posterior, tied covariance", tied, "Means are in the order of petal length; in cm."
    )
    _species(report, posteriors, species)
    report.picture(
        "pairs",
        _plot_pairs(tied, data),
        "Every flower in the mixture of three colours that its probabilities make: most are of "
        "one component, and those between versicolor and virginica say so. Ellipses hold 95 % of "
        "a component, at the posterior mean of its parameters.",
    )

    report.heading("A matrix for each component: the prior decides")
    shares = np.sort(other["weights"].reshape(-1, 3), axis=1)
    report.text(
        "With matrices of their own, the components are the species too. The prior has a part in "
        "it: it learns the scale of the matrices from what they have in common. The prior of "
        "Fraley and Raftery draws each matrix towards the covariance of all flowers. Under it "
        "versicolor and virginica fit into one ellipsoid, and the third component keeps a few "
        "flowers whose petals are long and narrow: the smallest weight is below 0.15 in "
        f"{np.mean(shares[:, 0] < 0.15):.0%} of the draws, and its ellipses vary most from draw to "
        "draw."
    )
    report.picture(
        "ellipses",
        _plot_draws(posteriors, data, species),
        "Petals, with the 95 % ellipses of 60 posterior draws of each model. Symbols are the true "
        "species.",
    )
    report.picture(
        "predictive",
        tied.plot_predictive(60, random_seed=1),
        "Each measurement, and data sets drawn from the posterior predictive distribution.",
    )
    return {"report": report, **posteriors, "data": data, "species": species}


def _species(
    report: Report, posteriors: dict[str, gm.Posterior], species: NDArray[np.int64]
) -> None:
    """Add the expected number of flowers of each species in each component."""
    rows = []
    for name, posterior in posteriors.items():
        counts = [posterior.probabilities[species == s].sum(axis=0) for s in range(3)]
        for component in range(3):
            rows.append(
                [f"{name}, component {component}", *(f"{c[component]:.1f}" for c in counts)]
            )
    report.table(
        "Expected number of flowers",
        ["", "setosa", "versicolor", "virginica"],
        rows,
        note="Sums of probabilities over the 50 flowers of a species.",
    )


def _plot_pairs(posterior: gm.Posterior, data: NDArray[np.float64]) -> Any:
    """Draw every pair of columns, coloured by responsibilities, with ellipses."""
    mixed = np.clip(posterior.probabilities @ np.array([to_rgb(color) for color in _COLORS]), 0, 1)
    means = posterior["means"].mean(axis=(0, 1))
    covariance = posterior["covariances"].mean(axis=(0, 1))
    weights = posterior["weights"].mean(axis=(0, 1))
    _, axes = plt.subplots(4, 4, figsize=(10, 9.6), layout="constrained")
    for i, j in np.ndindex(4, 4):
        ax = axes[i, j]
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=8)
        if i == j:
            ax.hist(data[:, i], bins=20, density=True, color="#D9D9D9")
            x = np.linspace(*ax.get_xlim(), 200)
            for k, color in enumerate(_COLORS):
                variance = covariance[i, i]
                density = np.exp(-0.5 * (x - means[k, i]) ** 2 / variance)
                ax.plot(x, weights[k] * density / np.sqrt(2 * np.pi * variance), color=color)
            ax.set_yticks([])
        else:
            ax.scatter(data[:, j], data[:, i], s=11, c=mixed, linewidths=0)
            for k, color in enumerate(_COLORS):
                ax.add_patch(_ellipse(means[k], covariance, j, i, edgecolor=color, linewidth=1.4))
        if i == 3:
            ax.set_xlabel(_NAMES[j], fontsize=9)
        if j == 0:
            ax.set_ylabel(_NAMES[i], fontsize=9)
    return axes


def _plot_draws(
    posteriors: dict[str, gm.Posterior], data: NDArray[np.float64], species: NDArray[np.int64]
) -> Any:
    """Draw the ellipses of single draws in the plane of petals."""
    _, axes = plt.subplots(1, 3, figsize=(12, 4), sharex=True, sharey=True, layout="constrained")
    for ax, (name, posterior) in zip(axes, posteriors.items(), strict=True):
        means = posterior["means"].reshape(-1, 3, 4)
        matrices = posterior["covariances"].reshape(len(means), -1, 4, 4)
        for draw in np.linspace(0, len(means) - 1, 60).astype(int):
            for k, color in enumerate(_COLORS):
                matrix = matrices[draw, k % matrices.shape[1]]
                looks = {"edgecolor": color, "alpha": 0.25, "linewidth": 0.8}
                ax.add_patch(_ellipse(means[draw, k], matrix, 2, 3, **looks))
        for s, marker in enumerate("o^s"):
            points = data[species == s]
            ax.scatter(
                points[:, 2], points[:, 3], s=16, marker=marker, c="#1A1A1A", linewidths=0, zorder=3
            )
        ax.set(xlim=(0, 9.2), ylim=(-0.4, 3.4), xlabel=f"{_NAMES[2]}, cm")
        ax.set_title(_TITLES[name], loc="left", fontsize=10, fontweight="bold")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel(f"{_NAMES[3]}, cm")
    return axes


def _ellipse(
    mean: NDArray[np.float64], covariance: NDArray[np.float64], x: int, y: int, **looks: Any
) -> Ellipse:
    """Return the ellipse that holds 95 % of a component's margin in two coordinates."""
    values, vectors = np.linalg.eigh(covariance[np.ix_([x, y], [x, y])])
    width, height = 2 * np.sqrt(_RADIUS * values)
    angle = np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))
    return Ellipse((mean[x], mean[y]), width, height, angle=angle, facecolor="none", **looks)


if __name__ == "__main__":
    main(output_folder("iris", __doc__))
