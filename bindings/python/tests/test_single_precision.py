"""Weights in single precision are taken for what they are."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm

# Their sum is off by the rounding of 24 bits, and more than a sum of doubles may be.
WEIGHTS = np.array([0.3, 0.7], np.float32) * np.float32(1 + 1.2e-7)
SCALED = WEIGHTS.astype(float) / WEIGHTS.astype(float).sum()
X = np.concatenate([np.linspace(-6, -4, 30), np.linspace(3, 7, 70)])
PRIORS = {"means": gm.Normal(0, sd=5), "sd": gm.HalfNormal(3)}


def mixture(weights):
    return {"weights": weights, "means": [-5.0, 5.0], "covariances": [1.0, 2.0]}


def known(weights):
    return gm.KnownMixture(**mixture(weights), covariance_type="diag").log_density(X)


def statistics(weights):
    parameters = {**mixture(weights), "covariance_type": "diag"}
    return gm.MixtureStatistics(parameters, X).maximize().log_likelihood


def fit(weights):
    return gm.fit_em(X, 2, initial=mixture(weights), max_iter=1, tol=0.0).lower_bound


def partial_start(weights):
    return gm.fit_em(X, 2, initial={"weights": weights}, random_seed=1, max_iter=1).lower_bound


def known_weights(weights):
    return gm.fit_em(X, gm.Mixture(2, weights=gm.Fixed(weights), **PRIORS), random_seed=1).weights


def chains(weights):
    initial = {"weights": weights, "means": [-5.0, 5.0], "sd": [1.0, 1.0]}
    post = gm.sample(gm.Mixture(2, **PRIORS), X, 2, tune=0, initial=initial, random_seed=1)
    return post["weights"]


def chains_from_a_mixture(weights):
    start = gm.KnownMixture(**mixture(weights), covariance_type="diag")
    model = gm.Mixture(2, **PRIORS)
    return gm.sample(model, X, 2, tune=0, initial=start, random_seed=1)["weights"]


CALLS = [known, statistics, fit, partial_start, known_weights, chains, chains_from_a_mixture]


@pytest.mark.parametrize("call", CALLS)
def test_weights_that_sum_to_one_in_single_precision_are_scaled(call):
    assert abs(WEIGHTS.astype(float).sum() - 1) > 5e-8
    expected = call(SCALED)
    for weights in (WEIGHTS, WEIGHTS.tolist()):
        # They are divided by their sum in float64, as those of the reference.
        np.testing.assert_array_equal(call(weights), expected)


@pytest.mark.parametrize("call", CALLS)
def test_other_sums_are_refused(call):
    for weights in (WEIGHTS * np.float32(1 + 1e-5), np.array([0.3, 0.7]) * (1 + 1e-7)):
        with pytest.raises(ValueError, match="must sum to 1"):
            call(weights)
