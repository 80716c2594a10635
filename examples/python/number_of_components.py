"""The number of components of Fisher's irises, by the estimator that scikit-learn users know.

The example computes the Bayesian information criterion for one to seven components and four forms
of the covariances. Then it samples the full posterior of the best fit, with chains from there.

    python number_of_components.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from report import Report, output_folder
from sklearn.datasets import load_iris

import gmmswift as gm

#: Structures of the covariances, and the colors of their lines.
KINDS = {"full": "#0072B2", "tied": "#D55E00", "diag": "#009E73", "spherical": "#CC79A7"}
SIZES = range(1, 8)


def main(output: Path) -> dict[str, Any]:
    """Run the example; return the report, the criteria, the best fit and its posterior."""
    report = Report("number_of_components", "How many kinds of iris?", output)
    data = load_iris().data
    fits = {
        (kind, size): gm.GaussianMixture(
            size, covariance_type=kind, n_init=10, tol=1e-6, max_iter=1_000, random_state=0
        ).fit(data)
        for kind in KINDS
        for size in SIZES
    }
    criteria = {key: fit.bic(data) for key, fit in fits.items()}
    best = min(criteria, key=criteria.__getitem__)
    _table(report, criteria, best)
    _curves(report, criteria, best)
    post = fits[best].posterior(draws=4_000, random_seed=1, priors={"ordered": True, "order_by": 2})
    _posterior(report, fits[best], post)
    return {"report": report, "criteria": criteria, "best": best, "posterior": post}


def _table(report: Report, criteria: dict[tuple[str, int], float], best: tuple[str, int]) -> None:
    """Add the criterion of every fit."""
    rows = [[kind, *(f"{criteria[kind, size]:.1f}" for size in SIZES)] for kind in KINDS]
    kind, size = best
    report.table(
        "Bayes's information criterion",
        ["covariances", *map(str, SIZES)],
        rows,
        note=f"By number of components; smaller is better. Smallest: {kind}, {size}.",
        marked=[list(KINDS).index(kind)],
    )


def _curves(report: Report, criteria: dict[tuple[str, int], float], best: tuple[str, int]) -> None:
    """Add a line for each structure."""
    _, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    for kind, color in KINDS.items():
        axes.plot(SIZES, [criteria[kind, size] for size in SIZES], "o-", color=color, label=kind)
    axes.plot(best[1], criteria[best], "o", ms=13, mfc="none", mec="black")
    axes.set(xlabel="components", ylabel="BIC")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, title="covariances")
    report.picture("bic", axes, "Bayes's information criterion; a circle marks the smallest.")


def _posterior(report: Report, fit: gm.GaussianMixture, post: gm.Posterior) -> None:
    """Add weights by maximum likelihood and by the posterior, which knows how sure it is."""
    order = np.argsort(fit.means_[:, 2])
    draws = np.asarray(post["weights"]).reshape(-1, fit.n_components)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    rows = [
        [f"weights[{k}]", f"{fit.weights_[order[k]]:.3f}", f"{draws[:, k].mean():.3f}",
         f"{low[k]:.3f} to {high[k]:.3f}"]
        for k in range(fit.n_components)
    ]  # fmt: skip
    report.table(
        "From the fit to the posterior",
        ["", "maximum likelihood", "posterior mean", "95 %"],
        rows,
        note="Components by the length of their petals.",
    )


if __name__ == "__main__":
    main(output_folder("number_of_components", __doc__))
