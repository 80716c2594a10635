"""Three clusters that only the order of their means tells apart: the PyMC 3 notebook.

Every weight is at least 0.1 and the means increase, both as hard constraints. The script shows
the full traces, the traces after burn-in and thinning, the autocorrelation of the sd, and the
cluster of single observations.

    python three_components.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from notebook_data import three_components
from report import Report, output_folder

import gmmswift as gm

#: The time of the notebook's 10,000 iterations of one chain.
NOTEBOOK_SECONDS = 93.9


def three_component_model() -> gm.Mixture:
    """Return the model."""
    return gm.Mixture(
        n_components=3,
        weights=gm.Dirichlet(1.0, minimum=0.1),
        means=gm.Normal(0.0, sd=15.0),
        ordered=True,
        sd=gm.Uniform(0, 20),
        shared_sd=True,
    )


def main(output: Path) -> dict[str, Any]:
    """Fit the model, print the tables and write the pictures.

    Returns
    -------
    dict
        ``report``; ``posterior``, the draws after burn-in and thinning; ``metropolis``, draws of
        the notebook's own sampler.
    """
    report = Report("three_components", "Three components (PyMC 3 notebook)", output)
    data, clusters = three_components()

    report.heading("Data")
    report.text(
        "500 values around -5, 0 and 5 with sd 1; each center is as likely as the others. The "
        "notebook's seed, 12345, gives exactly its data."
    )
    report.picture(
        "data", gm.plot_density(data, bins=30, bandwidth=0.4), "Histogram and kernel density."
    )

    report.heading("Model")
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>sd</var>), &emsp;"
            "P(<var>z<sub>i</sub></var> = <var>k</var>) = <var>p<sub>k</sub></var>",
            "<var>p</var> ~ Dirichlet(1, 1, 1) &ensp; where every <var>p<sub>k</sub></var> ≥ 0.1",
            "<var>mean<sub>k</sub></var> ~ Normal(0, 15) &ensp; where <var>mean</var><sub>0</sub> "
            "≤ <var>mean</var><sub>1</sub> ≤ <var>mean</var><sub>2</sub>",
            "<var>sd</var> ~ Uniform(0, 20)",
        ],
        three_component_model,
    )

    report.heading("Fit")
    model = three_component_model()
    full = gm.sample(
        model, data, draws=10_000, tune=0, chains=4, random_seed=1, store_assignments=True
    )
    posterior = full.subset(burn=5_000, thin=5)
    report.text(
        "Four chains of 10,000 draws, with nothing discarded, for the full trace. The tables and "
        "the other pictures show, as in the notebook, every fifth draw of the second half."
    )
    single = gm.sample(
        model, data, draws=10_000, tune=0, chains=1, random_seed=1, store_assignments=True
    )
    walk = gm.sample(
        model,
        data,
        draws=9_000,
        tune=1_000,
        chains=1,
        method="metropolis",
        random_seed=1,
        store_assignments=True,
    )
    metropolis = gm.sample(
        model, data, draws=20_000, tune=5_000, chains=4, method="metropolis", random_seed=1
    )
    report.times(
        "PyMC 3 notebook: 10,000 iterations of 1 chain",
        NOTEBOOK_SECONDS,
        [
            ("Gibbs: 10,000 iterations of 1 chain", single),
            ("Metropolis, as in the notebook: 10,000 iterations of 1 chain", walk),
        ],
        [
            ("Gibbs, what is shown here: 10,000 iterations of 4 chains", full),
            ("Metropolis, for the comparison below: 25,000 iterations of 4 chains", metropolis),
        ],
    )
    report.summary(
        "Posterior",
        posterior,
        note="True values: weights 1/3 each, means -5, 0 and 5, sd 1.",
    )
    report.samplers(full.subset(burn=5_000), metropolis)

    report.heading("Traces")
    report.picture(
        "trace_full", full.plot_trace(), "All 10,000 draws of each chain, from its start."
    )
    report.picture(
        "trace", posterior.plot_trace(), "After burn-in of 5,000 draws, each fifth draw."
    )
    report.picture(
        "histograms",
        posterior.plot_histograms(("weights", "means", "sd")),
        "Histograms of all parameters.",
    )

    report.heading("Autocorrelation")
    report.picture(
        "autocorrelation",
        _plot_autocorrelation(posterior, metropolis),
        "The sd: on the left the draws above; on the right every draw of the notebook's own "
        "random-walk Metropolis, which needs some "
        f"{_draws_per_effective_draw(metropolis):.0f} draws for an effective one where exact "
        f"conditional draws need {_draws_per_effective_draw(full.subset(burn=5_000)):.1f}.",
    )

    report.heading("Cluster of an observation")
    _clusters(report, posterior, data, clusters)
    return {
        "report": report,
        "posterior": posterior,
        "metropolis": metropolis,
        "data": data,
        "clusters": clusters,
    }


def _clusters(
    report: Report, posterior: gm.Posterior, data: np.ndarray, clusters: np.ndarray
) -> None:
    """Add the clusters of the first observation and of the one that is hardest to place."""
    probabilities = posterior.probabilities
    hardest = int(probabilities.max(axis=1).argmin())
    rows = []
    for i in (0, hardest):
        counts = np.bincount(posterior["assignments"][:, :, i].ravel(), minlength=3)
        rows.append(
            [
                f"observation {i}",
                f"{data[i]:.2f}",
                str(clusters[i]),
                *(f"{p:.4f}" for p in probabilities[i]),
                " / ".join(f"{count:,}" for count in counts),
            ]
        )
    report.table(
        "Two observations",
        ["", "data value", "true cluster", "P(0)", "P(1)", "P(2)", "draws in cluster 0 / 1 / 2"],
        rows,
        note="Probabilities are averages of the exact ones given each draw, and need no stored "
        "trace; the counts are of the stored one.",
    )
    for name, i in (("cluster_first", 0), ("cluster_hardest", hardest)):
        which = "The first observation" if i == 0 else f"The hardest to place, observation {i}"
        report.picture(
            name,
            posterior.plot_assignment(i),
            f"{which}: value {data[i]:.2f}, true cluster {clusters[i]}.",
        )


def _plot_autocorrelation(posterior: gm.Posterior, metropolis: gm.Posterior) -> Any:
    """Draw the autocorrelation of the sd for both samplers side by side."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2, figsize=(8.4, 3.0), sharey=True, layout="constrained")
    posterior.plot_autocorrelation("sd", max_lag=100, ax=axes[0])
    metropolis.plot_autocorrelation("sd", max_lag=100, ax=axes[1])
    axes[0].set_title("sd, exact conditional draws, every fifth", loc="left", fontsize=10)
    axes[1].set_title("sd, Metropolis, every draw", loc="left", fontsize=10)
    axes[1].set_ylabel("")
    return axes


def _draws_per_effective_draw(posterior: gm.Posterior) -> float:
    """Return the number of draws over that of effective draws, for the sd."""
    draws = posterior.n_chains * posterior.n_draws
    return draws / float(posterior.summary()["sd", "ess_bulk"])


if __name__ == "__main__":
    main(output_folder("three_components", __doc__))
