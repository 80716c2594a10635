"""The book's excerpt: three Gaussians, first with known means and then with unknown means.

The page shows densities of Dirichlet distributions on the simplex, the two models, the published
summary table beside the library's, and the posterior predictive check of 50 data sets.

    python book.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from notebook_data import BOOK_SIZES, book, book_table
from numpy.typing import ArrayLike
from report import Report, output_folder, signed

import gmmswift as gm

#: The summary table as published: mean, sd, mc_error, and the 95 % interval.
PUBLISHED = {
    "means[0]": (21.053935, 0.310447, 0.012280, 20.495889, 21.735211),
    "means[1]": (35.291631, 0.246817, 0.008159, 34.831048, 35.781825),
    "means[2]": (8.956950, 0.235121, 0.005993, 8.516094, 9.429345),
    "sd": (2.156459, 0.107277, 0.002710, 1.948067, 2.368482),
    "weights[0]": (0.235553, 0.030201, 0.000793, 0.179247, 0.297747),
    "weights[1]": (0.349896, 0.033905, 0.000957, 0.281977, 0.412592),
    "weights[2]": (0.347436, 0.032414, 0.000942, 0.286669, 0.410189),
}
#: The row that cannot be right: three weights sum to one.
WRONG_ROW = "weights[2]"


def known_means_model() -> gm.Mixture:
    """Return the model with known means and sd: only the weights are unknown."""
    return gm.Mixture(
        n_components=3,
        weights=gm.Dirichlet(1.0),
        means=gm.Fixed([10, 20, 35]),
        sd=gm.Fixed(2.0),
        shared_sd=True,
    )


def unknown_means_model() -> gm.Mixture:
    """Return the model with unknown means and one unknown sd."""
    return gm.Mixture(
        n_components=3,
        weights=gm.Dirichlet(1.0),
        means=gm.Normal([10, 20, 35], sd=2.0),
        sd=gm.HalfCauchy(5),
        shared_sd=True,
    )


def main(output: Path) -> dict[str, Any]:
    """Fit the models, print the tables and write the pictures.

    Returns
    -------
    dict
        ``report``; ``known`` and ``unknown``, posteriors of the two models; ``table``, the
        posterior that reproduces the published table.
    """
    report = Report("book", "Three Gaussians (Bayesian Analysis with Python)", output)
    data = book()

    report.heading("Data")
    report.text(
        f"{len(data)} values: {BOOK_SIZES[0]}, {BOOK_SIZES[1]} and {BOOK_SIZES[2]} around 9, 21 "
        "and 35, all with sd 2. The book sets no seed; this is another sample from its recipe."
    )
    report.picture("data", gm.plot_density(data, bins=0), "Kernel density of the data.")

    report.heading("Dirichlet distributions")
    report.text(
        "The weights of three components are a point of the triangle in which they are not "
        "negative and sum to one. A Dirichlet distribution is a distribution over this triangle, "
        "as a Beta distribution is one over a line: equal concentrations are symmetric like "
        "Beta(a, a), below one they favour the edges, above one the middle, and unequal ones lean "
        "to a corner."
    )
    report.picture(
        "dirichlet",
        gm.plot_dirichlet([[0.5, 0.5, 0.5], [1, 1, 1], [10, 10, 10], [2, 5, 10]]),
        "Densities of four Dirichlet distributions, each on its own scale; brighter is denser. "
        "The models below have the second.",
    )

    report.heading("Known means")
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, 2), &emsp; <var>mean</var> = (10, 20, 35)",
            "P(<var>z<sub>i</sub></var> = <var>k</var>) = <var>p<sub>k</sub></var>, &emsp;"
            "<var>p</var> ~ Dirichlet(1, 1, 1)",
        ],
        known_means_model,
    )
    # The book discards the first 1,000 of 10,000 draws.
    known = gm.sample(known_means_model(), data, draws=9_000, tune=1_000, chains=4, random_seed=1)
    report.summary("Posterior, known means", known)
    report.picture("known_trace", known.plot_trace(), "The weights, for known means.")

    report.heading("Unknown means")
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>mean<sub>k</sub></var>, <var>sd</var>)",
            "<var>mean</var> ~ Normal((10, 20, 35), 2), &emsp; <var>sd</var> ~ HalfCauchy(5), "
            "&emsp; <var>p</var> ~ Dirichlet(1, 1, 1)",
        ],
        unknown_means_model,
    )
    model = unknown_means_model()
    unknown = gm.sample(model, data, draws=9_000, tune=1_000, chains=4, random_seed=1)
    single = gm.sample(model, data, draws=10_000, tune=0, chains=1, random_seed=1)
    report.times(
        "the book",
        None,
        [("Unknown means: 10,000 iterations of 1 chain", single)],
        [
            ("Unknown means: 10,000 iterations of 4 chains", unknown),
            ("Known means: 10,000 iterations of 4 chains", known),
        ],
    )
    report.summary("Posterior, unknown means", unknown)
    report.picture("unknown_trace", unknown.plot_trace(), "Means, sd and weights.")
    report.picture(
        "unknown_histograms",
        unknown.plot_histograms(("means", "weights", "sd")),
        "Histograms of all parameters.",
    )

    report.heading("The published table")
    table = _published(report, model)

    report.heading("Posterior predictive check")
    report.picture(
        "predictive",
        unknown.plot_predictive(draws=50, random_seed=2),
        "Kernel densities of 50 data sets drawn from the posterior predictive distribution "
        "(light) over that of the data (black).",
    )
    _spread(report, unknown)
    return {"report": report, "known": known, "unknown": unknown, "table": table}


def _published(report: Report, model: gm.Mixture) -> gm.Posterior:
    """Add the published table beside the posterior in the published labelling."""
    report.text(
        "In the published table the labels are permuted: the component whose prior mean is 10 "
        "sits at 21, that of 20 at 35, and that of 35 at 9. A chain of Gibbs steps that starts "
        "there stays there, although the labelling in the order of the priors has e<sup>131</sup> "
        "times the mass. The data of the book are lost; these 215 values have the published means "
        "and sd in that labelling, and the chains start in it."
    )
    start: dict[str, ArrayLike] = {
        "weights": [0.233, 0.349, 0.418],
        "means": [21, 35, 9],
        "sd": 2.0,
    }
    # Split-merge moves would leave the published labelling for the one that has the mass.
    table = gm.sample(
        model,
        book_table(),
        draws=9_000,
        tune=1_000,
        chains=4,
        random_seed=1,
        initial=start,
        moves=False,
    )
    ours = table.summary()
    columns = ("mean", "sd", "mc_error", "hdi_2.5%", "hdi_97.5%")
    rows = []
    for name, published in PUBLISHED.items():
        row = [name]
        for column, value in zip(columns, published, strict=True):
            digits = 5 if column == "mc_error" else 4
            row += [f"{value:.{digits}f}", f"{ours[name, column]:.{digits}f}"]
        rows.append([*row, signed((ours[name, "mean"] - published[0]) / published[2])])
    first, second = PUBLISHED["weights[0]"][0], PUBLISHED["weights[1]"][0]
    wrong = PUBLISHED[WRONG_ROW][0]
    names = ["mean", "sd", "mc error", "hpd 2.5", "hpd 97.5"]
    report.table(
        "Published and ours",
        ["", *(f"{c} {who}" for c in names for who in ("book", "ours")), "z"],
        rows,
        note=f"The book's weights sum to {first + second + wrong:.4f}: its last row cannot be "
        f"right. The other two leave {1 - first - second:.4f} for it, and ours is "
        f"{ours[WRONG_ROW, 'mean']:.4f}. The other cells differ by about what 640 to 1,570 "
        "effective draws leave open; our mc error is that of 36,000 nearly independent draws. "
        "z is the difference of the means over the book's mc error.",
        marked=[list(PUBLISHED).index(WRONG_ROW)],
    )
    report.picture(
        "published_trace",
        table.plot_trace(("means", "weights")),
        "All four chains stay in the labelling in which they started.",
    )
    return table


def _spread(report: Report, posterior: gm.Posterior) -> None:
    """Add how much the densities of predictive data sets vary at the three means."""
    sets = posterior.sample_predictive(draws=50, random_seed=2)
    at = posterior["means"].mean(axis=(0, 1))
    densities = np.array([gm.kde(values, at).density for values in sets])
    rows = [
        [
            f"{x:.1f}",
            f"{gm.kde(posterior.data, [x]).density[0]:.4f}",
            f"{mean:.4f}",
            f"{sd:.4f}",
            f"{sd / mean:.0%}",
        ]
        for x, mean, sd in zip(
            at, densities.mean(axis=0), densities.std(axis=0, ddof=1), strict=True
        )
    ]
    report.table(
        "Spread of the predictive densities",
        ["at x =", "data", "mean of 50", "sd of 50", "sd / mean"],
        rows,
        note="For its height the density is most uncertain at the component in the middle, which "
        "has the fewest observations and neighbours on both sides.",
    )


if __name__ == "__main__":
    main(output_folder("book", __doc__))
