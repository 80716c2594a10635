"""Sample weights in the samplers, and in priors that are scaled to data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import gmmswift as gm

REFERENCE = Path(__file__).parents[3] / "Tests/Truth/Reference"

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
    model = gm.Mixture(2, default_priors="fraley-raftery")
    weighted = model.for_data(DATA, sample_weight=COPIES)
    repeated = model.for_data(np.repeat(DATA, COPIES, axis=0))
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


def test_fractional_weights_have_the_power_posterior():
    """Old Faithful with weights of 1/3, against an independent sampler of the power posterior.

    That sampler's errors are 0.001. Its means are given to three digits and its sds to two.
    """
    faithful = json.loads((REFERENCE / "faithful.json").read_text())["data"]
    faithful = np.reshape(faithful, (-1, 2))
    third = np.full(len(faithful), 1 / 3)
    model = gm.Mixture(2, covariance_type="full", default_priors="fraley-raftery")
    posterior = gm.sample(model, faithful, 10_000, random_seed=4, sample_weight=third)
    order = np.argsort(posterior["means"][..., 0], axis=-1)
    lower, upper = np.moveaxis(np.take_along_axis(posterior["means"][..., 0], order, -1), -1, 0)
    weight = np.take_along_axis(posterior["weights"], order, -1)[..., 0]
    assert abs(lower.mean() - 2.037) < 0.006
    assert abs(lower.std() - 0.054) < 0.003
    assert abs(upper.mean() - 4.289) < 0.006
    assert abs(upper.std() - 0.056) < 0.003
    assert abs(weight.mean() - 0.360) < 0.004
    assert abs(weight.std() - 0.049) < 0.003
    # An iteration is a Metropolis-Hastings step, and most are accepted at any size of the data.
    assert posterior["acceptance"].mean() > 0.85
    large = np.tile(faithful, (40, 1)) + np.random.default_rng(1).normal(0, 0.01, (40 * 272, 2))
    posterior = gm.sample(
        model, large, 500, random_seed=4, sample_weight=np.full(len(large), 1 / 3)
    )
    assert posterior["acceptance"].mean() > 0.95


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_metropolis_hastings_steps_of_fractional_weights_agree_with_those_of_repeated_rows(kind):
    """Rows that are there twice, with half of their weights, have the posterior of one row each."""
    halves = np.concatenate([COPIES * 0.3, COPIES * 0.7])
    divided = draws(np.tile(DATA, (2, 1)), halves, kind)
    whole = draws(DATA, COPIES, kind)
    assert divided["acceptance"].mean() < 1
    for name in ["weights", "means", whole.model.spread_name, "log_likelihood"]:
        for ours, theirs in zip(
            np.moveaxis(divided[name].reshape(4, 4_000, -1), 2, 0),
            np.moveaxis(whole[name].reshape(4, 4_000, -1), 2, 0),
            strict=True,
        ):
            error = np.hypot(*(gm.summarize(x).row("x")["mcse_mean"] for x in (ours, theirs)))
            assert abs(ours.mean() - theirs.mean()) < 5 * error, name


def test_posteriors_tell_their_weights(tmp_path):
    weights = np.linspace(0, 2.5, len(DATA))
    posterior = draws(DATA, weights, count=20)
    np.testing.assert_array_equal(posterior.sample_weight, weights)
    assert not posterior.sample_weight.flags.writeable
    assert posterior.total_weight == pytest.approx(62.5)
    assert "50 observations of total weight 62.5" in repr(posterior)
    posterior.save(tmp_path / "weighted.gmm")
    np.testing.assert_array_equal(gm.load(tmp_path / "weighted.gmm").sample_weight, weights)
    np.testing.assert_array_equal(posterior.subset(5).sample_weight, weights)
    tree = posterior.to_datatree()
    np.testing.assert_array_equal(tree["constant_data"]["sample_weight"], weights)
    assert draws(DATA, count=20).sample_weight is None
    assert draws(DATA, np.ones(50), count=20).sample_weight is None
    assert draws(DATA, count=20).total_weight == 50


def test_predictive_data_sets_have_as_many_rows_as_the_weights_stand_for():
    assert draws(DATA, COPIES, count=20).sample_predictive(3).shape == (3, COPIES.sum(), 2)
    assert draws(DATA, np.full(50, 0.4), count=20).sample_predictive(3).shape == (3, 20, 2)
    known = gm.Mixture(2, means=gm.Fixed([0, 4]), sd=gm.Fixed(1.0))
    little = gm.sample(known, DATA[:, 0], 20, sample_weight=np.full(50, 1e-4))
    assert little.sample_predictive(3).shape == (3, 1)
    assert draws(DATA, COPIES, count=20).sample_predictive(3, 7).shape == (3, 7, 2)


def test_predictive_pictures_show_the_density_of_weighted_data():
    weighted = draws(DATA, COPIES, count=20)
    repeated = draws(np.repeat(DATA, COPIES, axis=0), count=20)
    ignored = draws(DATA, count=20)
    curves = [
        p.plot_predictive(3, random_seed=1)[0].lines[-1].get_xydata()
        for p in (weighted, repeated, ignored)
    ]
    points = np.linspace(-2, 6, 50)
    one, same, other = (np.interp(points, *np.transpose(curve)) for curve in curves)
    assert np.abs(one - same).max() < 0.005
    assert np.abs(one - other).max() > 0.01
