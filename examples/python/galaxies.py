"""How many clusters the velocities of galaxies make, and the acidity of lakes.

The number of components has a prior, and the draws have different numbers. The example shows the
posterior of the numbers of components and of clusters, what a narrower or wider prior of the
spreads makes of it, the density of the data, which observations belong together, and the clusters
of the draws that have one number of them.

    python galaxies.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from report import Report, output_folder

import gmmswift as gm

_DATA = Path(__file__).resolve().parents[1] / "data"
#: Draws of each chain: few of them are independent. Comparisons have fewer.
DRAWS, FEWER = 50_000, 20_000
#: The prior of the number, and the sds that components are expected to have, in parts of the range
#: of the data.
PRIOR, PART = gm.BetaNegativeBinomial(1, 4, 3), 25.0
#: Others, for comparison.
PRIORS: tuple[gm.CountPrior, ...] = (PRIOR, gm.DiscreteUniform(1, 30))
PARTS = (12.5, 25.0, 50.0)


def main(output: Path) -> dict[str, Any]:
    """Run the example; return the report, the posteriors, and the galaxies' under other priors."""
    report = Report("galaxies", "How many clusters of galaxies?", output)
    posteriors = {
        "galaxies": _study(report, "galaxies", "velocity (1000 km/s)", given=4),
        "acidity": _study(report, "acidity", "log acidity", given=2),
    }
    others = _sensitivity(report, np.loadtxt(_DATA / "galaxies.txt"))
    return {"report": report, "posteriors": posteriors, "others": others}


def model(
    data: NDArray[np.float64], part: float = PART, prior: gm.CountPrior = PRIOR
) -> gm.Mixture:
    """Return the model: means as wide as the data, sds of about a part of their range."""
    width = np.ptp(data)
    return gm.Mixture(
        gm.Unknown(prior, max=30),
        means=gm.Normal((data.min() + data.max()) / 2, sd=width),
        variance=gm.InverseGamma(2, (width / part) ** 2),
    )


def _study(report: Report, name: str, label: str, given: int) -> gm.Posterior:
    """Add the pictures of a data set, and the clusters of the draws that have `given` of them."""
    data = np.loadtxt(_DATA / f"{name}.txt")
    post = gm.sample(model(data), data, DRAWS, random_seed=1)
    report.heading(f"{len(data)} values of {name}")
    _counts(report, f"Clusters of {name}", {"": post})
    axes = post.plot_counts()
    report.picture(f"{name}_counts", axes, "Numbers of components and clusters.")
    axes = post.plot_density()
    axes.set_xlabel(label)
    report.picture(f"{name}_density", axes, "Predictive density with its pointwise band.")
    axes = post.plot_coclustering()
    report.picture(f"{name}_coclustering", axes, "Which observations share a component.")
    _clusters(report, post, given)
    return post


def _sensitivity(
    report: Report, data: NDArray[np.float64]
) -> dict[tuple[float, gm.CountPrior], gm.Posterior]:
    """Add the numbers of clusters under other priors; return the posteriors by part and prior."""
    report.heading("Other priors")
    others = {
        (part, prior): gm.sample(model(data, part, prior), data, FEWER, random_seed=1)
        for prior in PRIORS
        for part in PARTS
    }
    names = {key: f"{type(key[1]).__name__}, range / {key[0]:g}" for key in others}
    title = "Clusters of galaxies by the priors of K and of the sds"
    _counts(report, title, {names[key]: post for key, post in others.items()})
    return others


def _counts(report: Report, title: str, posteriors: dict[str, gm.Posterior]) -> None:
    """Add the probabilities of the numbers of clusters."""
    first, last = 2, 8
    rows = []
    for name, post in posteriors.items():
        row = [name]
        for k in range(first, last + 1):
            row.append(f"{post.p_clusters[k]:.3f} ± {post.p_clusters_mcse[k]:.3f}")
        row.append(f"{post.p_clusters[last + 1 :].sum():.3f}")
        rows.append(row)
    columns = ["", *map(str, range(first, last + 1)), f"> {last}"]
    note = "Posterior probabilities of the number of clusters ± Monte-Carlo errors."
    report.table(title, columns, rows, note)


def _clusters(report: Report, post: gm.Posterior, number: int) -> None:
    """Add the clusters of the draws that have `number` of them."""
    given = post.given(n_clusters=number)
    confidence = given.label_confidence
    weights, means, sd = (given[name] for name in ("weights", "means", "sd"))
    rows = [
        [f"{k}", *(f"{values[..., k].mean():.3f} ± {values[..., k].std():.3f}"
                   for values in (weights, means, sd)), f"{confidence.components[k]:.2f}"]
        for k in range(number)
    ]  # fmt: skip
    report.table(
        f"The draws of {number} clusters",
        ["cluster", "weight", "mean", "sd", "confidence"],
        rows,
        note=f"Posterior means ± sds of {given.n_draws:,} draws, "
        f"{100 * post.p_clusters[number]:.1f} % of all, and how certain the label is.",
    )


if __name__ == "__main__":
    main(output_folder("galaxies", __doc__))
