"""Numbers equal those of ArviZ, scipy, numpy, pandas and scikit-learn on the same input."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture

import gmmswift as gm

STREAM = np.random.default_rng(7)


def autoregressive(chains, draws, coefficient):
    """Chains with slowly decaying autocorrelation."""
    values = np.empty((chains, draws))
    values[:, 0] = STREAM.normal(size=chains)
    noise = STREAM.normal(size=(chains, draws))
    for t in range(1, draws):
        values[:, t] = coefficient * values[:, t - 1] + noise[:, t]
    return values


ARRAYS = {
    "independent": STREAM.normal(size=(4, 500)),
    "correlated": autoregressive(4, 1000, 0.95),
    "alternating": autoregressive(2, 400, -0.9),
    "odd number of draws": autoregressive(3, 333, 0.5),
    "one chain": autoregressive(1, 700, 0.3),
    "far from zero": STREAM.normal(size=(4, 300)) + 1e6,
    "tiny": STREAM.normal(size=(4, 300)) * 1e-9,
    "heavy tails": STREAM.standard_cauchy(size=(4, 500)),
    "ties": STREAM.integers(0, 5, size=(4, 250)).astype(float),
    "chains that disagree": STREAM.normal(size=(4, 200)) + np.arange(4)[:, None],
    "few draws": STREAM.normal(size=(2, 5)),
}


def mc_error(values):
    """PyMC3's batch means of the chains one after the other, 100 batches."""
    pooled = values.reshape(-1)
    size = pooled.size // 100
    if size == 0:
        return np.nan
    return pooled[: 100 * size].reshape(100, size).mean(axis=1).std() / 10


def mcse_sd(values):
    """Error of the sd by the delta method on the squared deviations, whose ESS is for a mean."""
    squares = (values - values.mean()) ** 2
    ess = az.ess(squares, method="mean")
    variance = squares.mean()
    return np.sqrt(((squares**2).mean() - variance**2) / ess / variance / 4)


@pytest.mark.parametrize("name", ARRAYS)
def test_summary_equals_arviz(name):
    values = ARRAYS[name]
    lower, upper = az.hdi(values.reshape(-1), hdi_prob=0.9)
    expected = {
        "mean": values.mean(),
        "sd": values.std(ddof=1),
        "hdi_5%": lower,
        "hdi_95%": upper,
        "mcse_mean": values.std(ddof=1) / np.sqrt(az.ess(values, method="mean")),
        "mcse_sd": mcse_sd(values),
        "ess_bulk": az.ess(values, method="bulk"),
        "ess_tail": az.ess(values, method="tail"),
        "r_hat": az.rhat(values),
        "10%": np.quantile(values, 0.1),
        "50%": np.median(values),
        "97.5%": np.quantile(values, 0.975),
    }
    if mc_error(values) == mc_error(values):
        expected["mc_error"] = mc_error(values)
    row = gm.summarize(values, hdi_prob=0.9, quantiles=[0.1, 0.5, 0.975]).row("x")
    for column, value in expected.items():
        # The definitions are equal, the order of summation is not. Deviations of values at 1e6
        # have lost six digits to cancellation, their fourth powers up to eight.
        tolerance = 1e-7 if name == "far from zero" and column == "mcse_sd" else 1e-8
        assert row[column] == pytest.approx(value, rel=tolerance, abs=1e-300, nan_ok=True), column


def test_summary_of_a_posterior_equals_that_of_its_arrays(post):
    table = post.summary()
    blocks = {name: post[name] for name in ("weights", "means", "sd")}
    other = gm.summarize(blocks)
    assert table.rows == other.rows
    assert table.columns == other.columns
    np.testing.assert_allclose(table.values, other.values, rtol=1e-12)
    arviz_table = az.summary(
        post.to_inference_data(), var_names=list(blocks), hdi_prob=0.95, round_to="none"
    )
    for row in table.rows:
        for ours, theirs in [
            ("mean", "mean"),
            ("sd", "sd"),
            ("hdi_2.5%", "hdi_2.5%"),
            ("hdi_97.5%", "hdi_97.5%"),
            ("mcse_mean", "mcse_mean"),
            ("ess_bulk", "ess_bulk"),
            ("ess_tail", "ess_tail"),
            ("r_hat", "r_hat"),
        ]:
            assert table[row, ours] == pytest.approx(arviz_table.loc[row, theirs], rel=1e-8)


def test_nan_draws_give_nan_statistics_and_few_draws_some():
    values = np.zeros((2, 10, 2))
    values[0, 3, 0] = np.nan
    table = gm.summarize(values)
    assert np.isnan(list(table.row("x[0]").values())).all()
    assert table["x[1]", "mean"] == 0.0
    short = gm.summarize([[1.0, 2.0, 4.0]])
    assert short["x", "mean"] == pytest.approx(7 / 3)
    assert np.isnan(short["x", "r_hat"])


@pytest.mark.parametrize("name", ARRAYS)
def test_autocorrelation_equals_arviz(name):
    values = ARRAYS[name]
    last = min(50, values.shape[1] - 1)
    expected = az.autocorr(values)[:, : last + 1]
    # Values at 1e6 have lost six digits before the sums begin.
    tolerance = 1e-8 if name == "far from zero" else 1e-10
    np.testing.assert_allclose(gm.autocorrelation(values, last), expected, atol=tolerance)
    np.testing.assert_allclose(gm.autocorrelation(values[0], last), expected[0], atol=tolerance)


def test_autocorrelation_works_along_draws_of_strided_views(post):
    found = post.autocorrelation("means", max_lag=20)
    assert found.shape == (3, 21, 3)
    expected = az.autocorr(np.ascontiguousarray(np.moveaxis(post["means"], 1, 2)))[:, :, :21]
    np.testing.assert_allclose(found, np.moveaxis(expected, 2, 1), atol=1e-10)
    assert post.autocorrelation("sd").shape == (3, 101)
    assert post.subset(350).autocorrelation("sd").shape == (3, 50)
    assert np.isnan(gm.autocorrelation(np.ones(5))).all()


@pytest.mark.parametrize("bandwidth", [None, 0.3])
def test_kde_equals_scipy(data, bandwidth):
    estimate = gm.kde(data, bandwidth=bandwidth)
    factor = "scott" if bandwidth is None else bandwidth / data.std(ddof=1)
    reference = stats.gaussian_kde(data, bw_method=factor)
    assert estimate.bandwidth == pytest.approx(np.sqrt(reference.covariance[0, 0]), rel=1e-12)
    # A density may leave out terms that are lost in the rounding of its largest value.
    np.testing.assert_allclose(estimate.density, reference(estimate.points), rtol=1e-9, atol=1e-13)
    assert estimate.points[0] == pytest.approx(data.min() - 3 * estimate.bandwidth)
    assert estimate.points[-1] == pytest.approx(data.max() + 3 * estimate.bandwidth)
    given = gm.kde(data, [12.0, 3.0, 200.0], bandwidth=bandwidth)
    np.testing.assert_allclose(given.density, reference([12.0, 3.0, 200.0]), rtol=1e-9, atol=1e-13)
    np.testing.assert_array_equal(given.points, [12, 3, 200])


def test_histogram_equals_numpy(data):
    for bins, limits in [(10, None), (37, None), (1, None), (20, (8.0, 30.0)), (5, (100, 101))]:
        found = gm.histogram(data, bins, range=limits)
        counts, edges = np.histogram(data, bins, limits)
        np.testing.assert_array_equal(found.counts, counts)
        np.testing.assert_allclose(found.edges, edges, rtol=1e-14)
    edge_values = np.array([0.0, 0.1, 0.2, 0.3, 0.7, 1.0])
    np.testing.assert_array_equal(
        gm.histogram(edge_values, 10).counts, np.histogram(edge_values, 10)[0]
    )
    assert gm.histogram([0.5, np.nan, 7.0], 2, range=(0, 1)).counts.sum() == 1


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_fit_em_equals_scikit_learn(data, size, shared):
    fit = gm.fit_em(data, size, shared_sd=shared, n_init=10, random_seed=1)
    reference = GaussianMixture(
        size,
        covariance_type="tied" if shared else "full",
        tol=1e-14,
        max_iter=20_000,
        n_init=1,
        reg_covar=0.0,
        random_state=0,
        weights_init=fit.weights,
        means_init=fit.means[:, None] + 0.1,
    ).fit(data[:, None])
    order = np.argsort(reference.means_[:, 0])
    np.testing.assert_allclose(fit.weights, reference.weights_[order], atol=1e-6)
    np.testing.assert_allclose(fit.means, reference.means_[order, 0], rtol=1e-6)
    covariances = np.broadcast_to(reference.covariances_.reshape(-1), size)[order]
    np.testing.assert_allclose(np.broadcast_to(fit.sd, size), np.sqrt(covariances), rtol=1e-6)
    assert fit.log_likelihood == pytest.approx(reference.score(data[:, None]) * data.size, rel=1e-9)
    if not shared:
        assert fit.bic == pytest.approx(reference.bic(data[:, None]), rel=1e-9)
        assert fit.aic == pytest.approx(reference.aic(data[:, None]), rel=1e-9)
    assert fit.converged


def test_fit_em_from_given_values_takes_the_first_step_of_the_algorithm(data):
    start = {"weights": [0.5, 0.5], "means": [10.0, 30.0], "sd": [5.0, 6.0]}
    fit = gm.fit_em(data, 2, initial=start, max_iter=1)
    density = np.array(start["weights"]) * stats.norm(start["means"], start["sd"]).pdf(
        data[:, None]
    )
    shares = density / density.sum(axis=1, keepdims=True)
    means = (shares * data[:, None]).sum(axis=0) / shares.sum(axis=0)
    np.testing.assert_allclose(fit.weights, shares.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(fit.means, means, rtol=1e-10)
    assert not fit.converged
    assert fit.n_iterations == 1


def test_inference_data_has_the_groups_names_and_dimensions(post, post_with_sds, data):
    tree = post.to_inference_data()
    assert set(tree.groups()) == {"posterior", "sample_stats", "observed_data"}
    assert tree.posterior["means"].dims == ("chain", "draw", "component")
    assert tree.posterior["sd"].dims == ("chain", "draw")
    assert tree.posterior["assignments"].dims == ("chain", "draw", "observation")
    np.testing.assert_array_equal(tree.posterior["means"].values, post["means"])
    np.testing.assert_array_equal(tree.observed_data["x"].values, data)
    np.testing.assert_array_equal(tree.sample_stats["lp"].values, post["log_posterior"])
    assert tree.posterior.attrs["inference_library"] == "gmmswift"
    separate = post_with_sds.to_inference_data()
    assert separate.posterior["sd"].dims == ("chain", "draw", "component")
    assert "assignments" not in separate.posterior
    prior = gm.sample_prior(post.model, 20, random_seed=1).to_inference_data()
    assert set(prior.groups()) == {"prior", "sample_stats_prior"}


def test_means_of_one_component_have_the_known_posterior():
    values = np.array([1.0, 2.5, 4.0, 3.5])
    model = gm.Mixture(1, means=gm.Normal(0, sd=2), sd=gm.Fixed(1.5))
    post = gm.sample(model, values, 20_000, tune=10, chains=2, random_seed=1)
    precision = 1 / 2**2 + values.size / 1.5**2
    mean = values.sum() / 1.5**2 / precision
    row = post.summary().row("means[0]")
    # Five standard errors, of independent draws.
    assert abs(row["mean"] - mean) < 5 / np.sqrt(precision * 40_000)
    assert row["sd"] == pytest.approx(precision**-0.5, rel=5 / np.sqrt(2 * 40_000))
    expected = stats.norm(mean, np.sqrt(1 / precision + 1.5**2)).logpdf([0.0, 5.0])
    np.testing.assert_allclose(post.log_density([0.0, 5.0]), expected, atol=0.02)
