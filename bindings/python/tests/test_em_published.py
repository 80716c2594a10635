"""Published maxima of the likelihood, from the default starts; D = 1 as a case of D."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

import gmmswift as gm

REFERENCE = Path(__file__).parents[3] / "Tests" / "Truth" / "Reference"
FAITHFUL, GALAXIES = (
    np.array(json.loads((REFERENCE / f"{name}.json").read_text())["data"])
    for name in ("faithful", "galaxies")
)
FAITHFUL = FAITHFUL.reshape(-1, 2)
IRIS = load_iris().data

# Data, components, log likelihood as mclust's authors published it.
PUBLISHED = {
    "faithful VVV 2": (FAITHFUL, 2, -1130.264068),
    "iris VVV 3": (IRIS, 3, -180.185839),
    "waiting V 2": (FAITHFUL[:, 1], 2, -1034.007362),
    "galaxies V 3": (GALAXIES, 3, -203.1792),
}


@pytest.mark.parametrize("case", PUBLISHED)
@pytest.mark.parametrize("seed", range(5))
def test_default_starts_find_the_published_maximum(case, seed):
    data, size, published = PUBLISHED[case]
    fit = gm.fit_em(data, size, random_seed=seed)
    assert fit.converged
    assert fit.collapsed == []
    # mclust stops while the log likelihood still changes by 1e-5 of itself: maxima lie up to 0.02
    # higher, and never lower but for the last digit published.
    assert published - 1e-4 < fit.log_likelihood < published + 0.02


def test_a_single_start_may_stop_short():
    # The likelihood of galaxies has several maxima. A single random start may end at a lower one.
    options = {"init": "random_from_data", "n_init": 1, "max_iter": 50_000}
    found = [gm.fit_em(GALAXIES, 3, random_seed=seed, **options) for seed in range(20)]
    maxima = [fit.log_likelihood for fit in found if not fit.collapsed]
    assert min(maxima) < -204
    assert max(maxima) == pytest.approx(-203.1792, abs=2e-2)


# ------------------------------------------------------------------------ D = 1 as a case of D


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_a_column_is_fitted_like_a_series(kind):
    series = FAITHFUL[:, 1]
    options = {"random_seed": 3, "n_init": 3}
    of_series = gm.fit_em(series, 2, shared_sd=kind == "tied", **options)
    of_column = gm.fit_em(series[:, np.newaxis], 2, covariance_type=kind, **options)
    for name in ("weights", "means", "sd", "history"):
        np.testing.assert_array_equal(getattr(of_column, name), getattr(of_series, name))
    assert of_column.log_likelihood == of_series.log_likelihood
    assert of_column.bic == of_series.bic
    # The same data are the first of two columns. The second column has the same distribution in
    # both components: its variance is one more number, and its log likelihood is a constant.
    noise = np.random.default_rng(0).normal(size=len(series))
    start = {"weights": of_series.weights, "means": of_series.means}
    spread = np.broadcast_to(of_series.sd, 2) ** 2
    known = {
        **start,
        "means": np.c_[start["means"], [noise.mean()] * 2],
        "covariances": np.array([np.diag([v, noise.var()]) for v in spread]),
    }
    if kind == "full":
        statistics = gm.MixtureStatistics(known, np.c_[series, noise])
        constant = -0.5 * len(noise) * (np.log(2 * np.pi * noise.var()) + 1)
        found = statistics.maximize()
        # Sums of 272 terms of size 5, rounded a few times.
        assert found.log_likelihood - constant == pytest.approx(of_series.log_likelihood, rel=1e-12)
        np.testing.assert_allclose(found.weights, of_series.weights, rtol=1e-8)
        np.testing.assert_allclose(found.means[:, 0], of_series.means, rtol=1e-8)
        np.testing.assert_allclose(found.covariances[:, 0, 0], spread, rtol=1e-7)


def test_densities_of_one_dimension_are_those_of_the_general_road():
    # An inert second coordinate, with the same known Normal in all components, is a factor of every
    # density; the first is then evaluated by the kernels for several dimensions.
    x = np.sort(GALAXIES)[::2]
    sd = np.array([0.8, 1.1, 4.0])
    means, weights = np.array([9.7, 21.0, 24.0]), np.array([0.1, 0.5, 0.4])
    known = {"weights": gm.Fixed(weights)}
    narrow = gm.Mixture(3, means=gm.Fixed(means), sd=gm.Fixed(sd), **known)
    pair = np.c_[x, np.linspace(-1, 1, len(x))]
    flat = {"means": gm.Fixed(np.c_[means, [0.0] * 3]), **known}
    wide = {
        "diag": gm.Mixture(3, covariance_type="diag", sd=gm.Fixed(np.c_[sd, [1.0] * 3]), **flat),
        "full": gm.Mixture(
            3, covariance=gm.Fixed(np.array([np.diag([s**2, 1.0]) for s in sd])), **flat
        ),
    }
    options = {"draws": 3, "tune": 0, "chains": 1, "random_seed": 1}
    one = gm.sample(narrow, x, **options)
    factor = -0.5 * pair[:, 1] ** 2 - 0.5 * np.log(2 * np.pi)
    for model in wide.values():
        two = gm.sample(model, pair, **options)
        # Sums of 41 terms of size 4.
        np.testing.assert_allclose(
            two["log_likelihood"], one["log_likelihood"] + factor.sum(), rtol=1e-13
        )
        np.testing.assert_allclose(two.log_density(pair), one.log_density(x) + factor, rtol=1e-13)
        np.testing.assert_allclose(two.probabilities, one.probabilities, rtol=0, atol=1e-13)
        np.testing.assert_allclose(
            two.predict_probabilities(pair), one.predict_probabilities(x), rtol=0, atol=1e-13
        )
