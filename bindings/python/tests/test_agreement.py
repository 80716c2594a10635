"""Numbers equal those of scipy, numpy, pandas and scikit-learn on the same input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture

import gmmswift as gm
from bandwidths import botev_bandwidth


def test_nan_draws_give_nan_statistics_and_few_draws_some():
    values = np.zeros((2, 10, 2))
    values[0, 3, 0] = np.nan
    table = gm.summarize(values)
    assert np.isnan(list(table.row("x[0]").values())).all()
    assert table["x[1]", "mean"] == 0.0
    short = gm.summarize([[1.0, 2.0, 4.0]])
    assert short["x", "mean"] == pytest.approx(7 / 3)
    assert np.isnan(short["x", "r_hat"])


@pytest.mark.parametrize("bandwidth", ["scott", 0.3])
def test_kde_equals_scipy(data, bandwidth):
    estimate = gm.kde(data, bandwidth=bandwidth)
    factor = bandwidth if bandwidth == "scott" else bandwidth / data.std(ddof=1)
    reference = stats.gaussian_kde(data, bw_method=factor)
    assert estimate.bandwidth == pytest.approx(np.sqrt(reference.covariance[0, 0]), rel=1e-12)
    # The error of a large sum is below 1e-11 of the largest density, which is below 1 here.
    np.testing.assert_allclose(estimate.density, reference(estimate.points), rtol=1e-9, atol=1e-11)
    assert estimate.points[0] == pytest.approx(data.min() - 3 * estimate.bandwidth)
    assert estimate.points[-1] == pytest.approx(data.max() + 3 * estimate.bandwidth)
    given = gm.kde(data, [12.0, 3.0, 200.0], bandwidth=bandwidth)
    np.testing.assert_allclose(given.density, reference([12.0, 3.0, 200.0]), rtol=1e-9, atol=1e-13)
    np.testing.assert_array_equal(given.points, [12, 3, 200])


def test_kde_bandwidths_equal_other_programs(data):
    distance = np.subtract(*np.quantile(data, [0.75, 0.25])) / 1.34
    rule = 0.9 * data.size**-0.2 * min(data.std(ddof=1), distance)
    assert gm.kde(data, bandwidth="silverman").bandwidth == pytest.approx(rule, rel=1e-12)
    # Bins of an eighth of the bandwidth or less add 0.13 % to the variance.
    assert gm.kde(data).bandwidth == pytest.approx(botev_bandwidth(data), rel=2e-3)


def test_kde_shows_the_modes_of_the_first_example():
    """The data at the start of README: three Normals of sd 1, five apart."""
    rng = np.random.default_rng(1)
    data = np.concatenate([rng.normal(-5, 1, 150), rng.normal(0, 1, 200), rng.normal(5, 1, 150)])
    at = np.array([0.0, -2.5, 2.5])
    truth = gm.KnownMixture([0.3, 0.4, 0.3], [-5, 0, 5], [1, 1, 1])
    mode, left, right = np.exp(truth.log_density(at))
    assert mode == pytest.approx(0.160, abs=5e-4)
    assert left == pytest.approx(0.012, abs=5e-4)
    assert right == pytest.approx(left, rel=1e-12)
    found = gm.kde(data, at).density
    # Twice the standard error, .015 and .004, and the bias, .013 and .006, of a bandwidth of .4.
    assert abs(found[0] - mode) < 0.043
    assert (np.abs(found[1:] - left) < 0.014).all()
    blurred = gm.kde(data, at, bandwidth="scott").density
    assert blurred[0] < 0.12
    assert (blurred[1:] > 0.03).all()


def test_kde_of_bounded_values_leaks_nothing(data):
    shares = np.random.default_rng(5).beta(0.8, 3, 4000)
    points, density, bandwidth = gm.kde(shares, n_points=2001, lower=0, upper=1)
    assert points[0] == 0
    assert points[-1] <= 1
    # The trapezoidal rule is exact up to the mass beyond three bandwidths of the largest value.
    assert np.trapezoid(density, points) == pytest.approx(1, abs=1e-6)
    outside = gm.kde(shares, [-0.01, 0.5, 1.01], lower=0, upper=1, bandwidth=bandwidth).density
    assert outside[0] == outside[2] == 0
    assert outside[1] > 0
    spreads = np.abs(np.random.default_rng(5).normal(size=4000))
    at = gm.kde(spreads, [0.0], lower=0).density[0]
    # The half Normal density at 0 is .798; without the bound half of it leaks.
    assert at == pytest.approx(0.798, abs=0.06)
    assert gm.kde(spreads, [0.0], bandwidth=0.2).density[0] < 0.45


def test_kde_without_points_has_a_bandwidth(data):
    for bandwidth in ("isj", 0.7):
        found = gm.kde(data, [], bandwidth=bandwidth)
        assert found.points.size == found.density.size == 0
        assert found.bandwidth == gm.kde(data, bandwidth=bandwidth).bandwidth


def test_threads_change_no_bit_of_a_kde():
    values = np.random.default_rng(2).standard_cauchy(300_000)
    for bandwidth in ("isj", 1e-4, 0.05):
        one, several = (
            gm.kde(values, values[:5000], bandwidth=bandwidth, threads=n) for n in (1, 5)
        )
        np.testing.assert_array_equal(one.density, several.density)
        assert one.bandwidth == several.bandwidth


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
