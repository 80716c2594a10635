"""The number of components of Fisher's irises, and of the clusters that they make.

The example fits one to seven components in six forms of the covariances and compares them by the
Bayesian information criterion. Six diagonal components are merged into clusters, because flowers of
one kind are correlated and take several of them. Then the full posterior of the best fit is
sampled, with chains from there.

    python number_of_components.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from report import Report, output_folder
from sklearn.datasets import load_iris

import gmmswift as gm

SIZES = range(1, 8)


def main(output: Path) -> dict[str, Any]:
    """Run the example; return the report, the selection, the merging and the posterior."""
    report = Report("number_of_components", "How many kinds of iris?", output)
    data = load_iris().data
    selection = gm.select(data, SIZES, random_seed=0)
    _criteria(report, selection)
    merging = gm.merge_components(selection.fits["diag", 6].probabilities(data))
    _clusters(report, merging)
    best = selection.best
    model = gm.Mixture(2, covariance_type=best.covariance_type, ordered=True, order_by=2)
    post = gm.sample(model, data, draws=4_000, random_seed=1, initial=best)
    _posterior(report, best, post)
    return {"report": report, "selection": selection, "merging": merging, "posterior": post}


def _criteria(report: Report, selection: gm.Selection) -> None:
    """Add the criterion of every fit."""
    kinds = list(dict.fromkeys(selection["covariance_type"]))
    report.table(
        "Bayes's information criterion",
        ["covariances", *map(str, SIZES)],
        [[kind, *(f"{selection[f'{kind} {k}', 'bic']:.1f}" for k in SIZES)] for kind in kinds],
        note=f"By number of components; smaller is better. Smallest: {selection.best!r}.",
        marked=[kinds.index(selection.best.covariance_type)],
    )
    caption = "Bayes's information criterion; a circle marks the smallest."
    report.picture("bic", selection.plot(), caption)


def _clusters(report: Report, merging: gm.Merging) -> None:
    """Add the mergings of diagonal components."""
    rows = [
        [name, f"{merging[name, 'entropy']:.2f}", merging[name, "clusters"]]
        for name in merging.rows
    ]
    report.table(
        "Six diagonal components, merged",
        ["clusters", "entropy", "components"],
        rows,
        note="Two clusters do not overlap; three do, as two of the kinds of iris do.",
    )
    report.picture("merging", merging.plot(), "Entropy of the responsibilities.")


def _posterior(report: Report, fit: gm.EMFit, post: gm.Posterior) -> None:
    """Add weights by maximum likelihood and by the posterior, which knows how sure it is."""
    order = np.argsort(fit.means[:, 2])
    draws = np.asarray(post["weights"]).reshape(-1, fit.n_components)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    rows = [
        [f"weights[{k}]", f"{fit.weights[order[k]]:.3f}", f"{draws[:, k].mean():.3f}",
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
