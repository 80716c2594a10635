"""Sample weights in the samplers, and in priors that are scaled to data."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm

STREAM = np.random.default_rng(11)
DATA = np.concatenate([STREAM.normal(0, 1, (30, 2)), STREAM.normal(4, 1, (20, 2))])
COPIES = STREAM.integers(0, 4, len(DATA))


def draws(data, weights=None, kind="full", count=4_000, **options):
    model = gm.Mixture(2, covariance_type=kind, ordered=True)
    return gm.sample(
        model, data, count, tune=300, chains=4, random_seed=3, sample_weight=weights, **options
    )


@pytest.mark.parametrize("kind", ["full", "diag"])
def test_integer_weights_have_the_posterior_of_repeated_rows(kind):
    weighted = draws(DATA, COPIES, kind)
    repeated = draws(np.repeat(DATA, COPIES, axis=0), None, kind)
    for name in ["weights", "means", weighted.model.spread_name, "log_likelihood"]:
        for ours, theirs in zip(
            np.moveaxis(weighted[name].reshape(4, 4_000, -1), 2, 0),
            np.moveaxis(repeated[name].reshape(4, 4_000, -1), 2, 0),
            strict=True,
        ):
            error = np.hypot(*(gm.summarize(x).row("x")["mcse_mean"] for x in (ours, theirs)))
            # By chance one of the twenty numbers in 30,000 is as far off.
            assert abs(ours.mean() - theirs.mean()) < 5 * error, name


def test_weights_of_one_are_no_weights_to_the_bit():
    line = np.concatenate([STREAM.normal(0, 1, 60), STREAM.normal(5, 1, 60)])
    ones = np.ones(120)
    for method in ["gibbs", "metropolis"]:
        model = gm.Mixture(2, means=gm.Normal(0, sd=9), sd=gm.HalfCauchy(2))
        one, other = (
            gm.sample(model, line, 40, random_seed=3, method=method, sample_weight=weight)
            for weight in (None, ones)
        )
        np.testing.assert_array_equal(one["means"], other["means"])
        np.testing.assert_array_equal(one["log_posterior"], other["log_posterior"])
    fits = [gm.fit_em(line, 2, random_seed=1, sample_weight=weight) for weight in (None, ones)]
    assert fits[0].log_likelihood == fits[1].log_likelihood
    np.testing.assert_array_equal(fits[0].means, fits[1].means)
    assert not gm.Data(line, sample_weight=ones).has_weights


def test_rows_of_weight_zero_are_inert():
    weights = np.ones(len(DATA))
    weights[::3] = 0
    moved = DATA.copy()
    moved[::3] *= -17.0
    for kind in ["full", "tied", "diag", "spherical"]:
        one, other = (draws(data, weights, kind, count=50) for data in (DATA, moved))
        np.testing.assert_array_equal(one["means"], other["means"])
        np.testing.assert_array_equal(one["log_likelihood"], other["log_likelihood"])


def test_fractions_move_the_posterior_between_its_neighbours():
    line = np.concatenate([np.zeros(20), np.full(20, 3.0)]) + STREAM.normal(0, 0.1, 40)
    model = gm.Mixture(1, means=gm.Normal(0, sd=1), sd=gm.Fixed(1.0))
    means = []
    for weight in [0.25, 0.5, 1.0]:
        post = gm.sample(
            model, line, 20_000, chains=1, random_seed=1, sample_weight=np.full(40, weight)
        )
        # One component: the weights are powers of the likelihood.
        precision = 1 + 40 * weight
        exact = weight * line.sum() / precision
        values = post["means"].ravel()
        assert abs(values.mean() - exact) < 5 / np.sqrt(precision * 20_000)
        assert abs(values.var() * precision - 1) < 5 * np.sqrt(2 / 20_000)
        means.append(exact)
    assert means[0] < means[1] < means[2]


def test_priors_are_scaled_to_the_weighted_data():
    weighted = gm.Mixture(2).for_data(DATA, sample_weight=COPIES)
    repeated = gm.Mixture(2).for_data(np.repeat(DATA, COPIES, axis=0))
    at = {"weights": [0.5, 0.5], "means": DATA[:2], "covariances": [np.eye(2), 2 * np.eye(2)]}
    assert weighted.log_prior(**at) == pytest.approx(repeated.log_prior(**at), rel=1e-12)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([-1.0, *[1.0] * 49], r"sample_weight\[0\]: must be finite and not negative, got -1"),
        ([*[1.0] * 49, np.nan], r"sample_weight\[49\]: must be finite"),
        ([0.0] * 50, "sample_weight: must have a sum"),
        ([1.0] * 49, "sample_weight: must have shape .50,., got shape .49,."),
        ([0.01] * 50, "sample_weight: must have a sum of at least 2"),
    ],
)
def test_bad_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        draws(DATA, weights, count=5)
