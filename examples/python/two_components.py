"""Two overlapping components of different widths: the PyMC 2 notebook.

The weights, both centers and both sds are unknown. The posterior is sampled in two calls, the
second of which continues the first, as in the notebook; then come its pictures, the comparison
with maximum likelihood, and a look at the two weaknesses that the notebook ends with.

    python two_components.py [--output FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from notebook_data import two_components
from numpy.typing import ArrayLike, NDArray
from report import Report, mixture_density, output_folder

import gmmswift as gm

#: What the notebook's scikit-learn fit gave, on data of its own.
NOTEBOOK_EM = {"means": (150.20537679, 199.04754288), "sd": (9.98902017, 20.8382151)}
#: The time of the notebook's second call: 10,000 iterations of one chain.
NOTEBOOK_SECONDS = 5.9
#: Of pictures with two histograms, in inches.
SIZE = (8.4, 2.8)


def two_component_model(center_precision: ArrayLike = (0.01, 0.02)) -> gm.Mixture:
    """Return the model; the notebook states the priors of the centers by their precisions."""
    return gm.Mixture(
        n_components=2,
        weights=gm.Dirichlet(1.0),  # for two components: the first weight is Uniform(0, 1)
        means=gm.Normal([145, 210], sd=1 / np.sqrt(center_precision)),
        sd=gm.Uniform(0, 100),  # one each
    )


def main(output: Path) -> dict[str, Any]:
    """Fit the model, print the tables and write the pictures.

    Returns
    -------
    dict
        ``report``; ``posterior``, the draws that are shown; ``metropolis``, draws of the
        notebook's own sampler; ``em``, the maximum-likelihood fit.
    """
    report = Report("two_components", "Two components (PyMC 2 notebook)", output)
    data = two_components()

    report.heading("Data")
    report.text(
        "1,000 values: 700 from Normal(150, 10) and 300 from Normal(200, 20). The notebook sets "
        "no seed; this is another sample from the same recipe."
    )
    report.picture("data", gm.plot_density(data, bins=40), "Histogram and kernel density.")

    report.heading("Model")
    report.model(
        [
            "<var>x<sub>i</sub></var> | <var>z<sub>i</sub></var> = <var>k</var> &nbsp;~&nbsp; "
            "Normal(<var>center<sub>k</sub></var>, <var>sd<sub>k</sub></var>), &emsp;"
            "P(<var>z<sub>i</sub></var> = 0) = <var>p</var>, &ensp;"
            "P(<var>z<sub>i</sub></var> = 1) = 1 &minus; <var>p</var>",
            "<var>p</var> ~ Uniform(0, 1)",
            "<var>center</var><sub>0</sub> ~ Normal(145, precision 0.01), &emsp;"
            "<var>center</var><sub>1</sub> ~ Normal(210, precision 0.02)",
            "<var>sd</var><sub>0</sub>, <var>sd</var><sub>1</sub> ~ Uniform(0, 100)",
        ],
        two_component_model,
    )

    report.heading("Fit")
    model = two_component_model()
    first = gm.sample(model, data, draws=30_000, tune=10_000, chains=4, random_seed=1)
    both = first.extend(draws=10_000)
    posterior = both.subset(burn=first.n_draws)  # like the notebook, look at the second call's
    report.text(
        f"Four chains of {first.tune + first.n_draws:,} iterations, of which {first.tune:,} are "
        f"discarded; then the chains are continued by {posterior.n_draws:,} draws, which the "
        "pictures and tables show. Continued chains hold the same numbers as longer ones."
    )
    single = gm.sample(model, data, draws=10_000, tune=0, chains=1, random_seed=1)
    walk = gm.sample(
        model, data, draws=9_000, tune=1_000, chains=1, method="metropolis", random_seed=1
    )
    metropolis = gm.sample(
        model, data, draws=20_000, tune=5_000, chains=4, method="metropolis", random_seed=1
    )
    report.times(
        "PyMC 2 notebook, the second call: 10,000 iterations of 1 chain",
        NOTEBOOK_SECONDS,
        [
            ("Gibbs: 10,000 iterations of 1 chain", single),
            ("Metropolis, as in the notebook: 10,000 iterations of 1 chain", walk),
        ],
        [
            ("Gibbs, what is shown here: 50,000 iterations of 4 chains", both),
            ("Metropolis, for the comparison below: 25,000 iterations of 4 chains", metropolis),
        ],
    )
    report.summary("Posterior", posterior)
    report.samplers(posterior, metropolis)

    report.heading("Pictures of the posterior")
    report.picture(
        "trace", posterior.plot_trace(), "Densities and traces of the second call's draws."
    )
    report.picture(
        "autocorrelation",
        posterior.plot_autocorrelation(max_lag=60),
        "Autocorrelation of every parameter, in each chain.",
    )
    report.picture(
        "histograms_weights",
        posterior.plot_histograms("weights", figsize=SIZE),
        "The weights, p and 1 - p.",
    )
    report.picture(
        "histograms_centers", posterior.plot_histograms("means", figsize=SIZE), "The centers."
    )
    report.picture(
        "histograms_stds", posterior.plot_histograms("sd", figsize=SIZE), "The standard deviations."
    )

    report.heading("Maximum likelihood")
    em = gm.fit_em(data, n_components=2, n_init=10, random_seed=1)
    _compare(report, posterior, em)
    report.picture(
        "fit",
        _plot_fit(data, posterior, em),
        "The two fits over the data: the posterior predictive density, and the density at the "
        "maximum of the likelihood with its two components.",
    )

    report.heading("The notebook's two reservations")
    report.text(
        "The notebook closes with two reservations about its sampler and its model. Sampling did "
        "not keep up with more data: here the time grows in proportion to the data and the chain "
        "moves about as well. And the result was sensitive to the priors of the centers: a prior "
        "100 times vaguer moves the second center by a quarter of its posterior sd, and only a "
        "confident prior that contradicts the data moves it further."
    )
    _priors(report, data)
    _sizes(report)
    return {"report": report, "posterior": posterior, "metropolis": metropolis, "em": em}


def _compare(report: Report, posterior: gm.Posterior, em: gm.EMFit) -> None:
    """Add the table of posterior and maximum-likelihood estimates."""
    summary = posterior.summary()
    truth = {"weights": (0.7, 0.3), "means": (150, 200), "sd": (10, 20)}
    fitted = {"weights": em.weights, "means": em.means, "sd": em.sd}
    rows = []
    for name in fitted:
        for k in range(2):
            row = f"{name}[{k}]"
            published = f"{NOTEBOOK_EM[name][k]:.3f}" if name in NOTEBOOK_EM else "not given"
            rows.append(
                [
                    row,
                    f"{truth[name][k]:g}",
                    f"{summary[row, 'mean']:.3f}",
                    f"{summary[row, 'sd']:.3f}",
                    f"{np.ravel(fitted[name])[k]:.3f}",
                    published,
                ]
            )
    report.table(
        "Posterior and maximum likelihood",
        ["", "truth", "posterior mean", "posterior sd", "EM", "EM in the notebook"],
        rows,
        note=f"EM: log likelihood {em.log_likelihood:.3f}, BIC {em.bic:.2f}, AIC {em.aic:.2f}, "
        f"{'converged' if em.converged else 'not converged'} after {em.n_iterations} iterations. "
        "The notebook's EM saw its own sample of the same recipe.",
    )


def _plot_fit(data: NDArray[np.float64], posterior: gm.Posterior, em: gm.EMFit) -> Any:
    """Draw the posterior predictive and the maximum-likelihood density over the data."""
    x = np.linspace(data.min() - 10, data.max() + 10, 400)
    axes = gm.plot_density(data, bins=40)
    axes.get_lines()[0].remove()  # the kernel density
    shares = mixture_density(x, em.weights, em.means, np.asarray(em.sd))
    axes.plot(x, np.exp(posterior.log_density(x)), color="#1A1A1A", linewidth=2.5)
    axes.plot(x, shares.sum(axis=1), color="#E69F00", linewidth=1.6, linestyle="--")
    for k in range(shares.shape[1]):
        axes.plot(x, shares[:, k], color=gm.plots.component_color(k), linewidth=1.5, linestyle=":")
    axes.legend(
        [axes.containers[0], *axes.get_lines()[:3]],
        ["data", "posterior predictive", "maximum likelihood", "its components"],
        frameon=False,
        fontsize=9,
    )
    return axes


def _priors(report: Report, data: NDArray[np.float64]) -> None:
    """Add the posterior means under other precisions of the centers' priors."""
    rows = []
    factors = {"100 times vaguer": 0.01, "as in the notebook": 1.0, "100 times tighter": 100.0}
    for label, factor in factors.items():
        model = two_component_model(np.multiply([0.01, 0.02], factor))
        summary = gm.sample(model, data, random_seed=1).summary()
        cells = [
            f"{summary[name, 'mean']:.2f} ± {summary[name, 'sd']:.2f}"
            for name in ("means[0]", "means[1]", "sd[0]", "sd[1]")
        ]
        rows.append([label, f"{0.01 * factor:g}, {0.02 * factor:g}", *cells])
    report.table(
        "Priors of the centers",
        ["prior", "precisions", "means[0]", "means[1]", "sd[0]", "sd[1]"],
        rows,
        note="Posterior means ± sds. The tightest prior says 210 ± 0.7 for the second center.",
    )


def _sizes(report: Report) -> None:
    """Add times and effective draws for more and more data from the same recipe."""
    rows = []
    for size in (1_000, 10_000, 100_000):
        random = np.random.RandomState(1)
        near, far = size * 7 // 10, size * 3 // 10
        data = np.concatenate([random.normal(150, 10, near), random.normal(200, 20, far)])
        post = gm.sample(
            two_component_model(), data, draws=1_000, tune=100, chains=1, random_seed=1
        )
        summary = post.summary()
        fewest = summary["ess_bulk"].min()
        rows.append([f"{size:,}", f"{post.seconds:.3f} s", f"{fewest:.0f}"])
    report.table(
        "More data",
        ["observations", "time of 1,100 iterations", "fewest effective draws of 1,000"],
        rows,
        note="Gibbs, one chain, the first 100 iterations discarded.",
    )


if __name__ == "__main__":
    main(output_folder("two_components", __doc__))
