"""The hierarchical default priors."""

import pickle

import numpy as np
import pytest

import gmmswift as gm

RULE = "malsiner-walli"
RNG = np.random.default_rng(8)
#: Two groups four standard deviations apart, in one of eight coordinates.
GROUPS = np.repeat([0, 1], 200)
APART = RNG.normal(size=(400, 8)) + 4 * GROUPS[:, np.newaxis] * (np.arange(8) == 2)


def stated(data, n_components, covariance_type, **others):
    """Return the model of the rule with all its priors stated."""
    squares, dimensions = np.ptp(data, axis=0) ** 2, data.shape[1]
    if covariance_type in ("full", "tied"):
        dof, own_dof = dimensions + 4, dimensions + 1
        mean = dof / 100 * np.diag(squares)
        correlation = np.corrcoef(data.T) + 1e-6 * np.eye(dimensions)
        lower = dof / 10_000 * squares / np.diag(np.linalg.inv(correlation))
        scale = gm.Wishart(own_dof, mean / own_dof, lower=lower)
        spread = {"covariance": gm.InverseWishart(dof, scale)}
    else:
        squares = squares if covariance_type == "diag" else squares.mean()
        spread = {"variance": gm.InverseGamma(2.5, gm.Gamma(1, 40 / squares, squares / 4_000))}
    means = gm.Normal(np.median(data, axis=0), sd=np.ptp(data, axis=0))
    return gm.Mixture(
        n_components, covariance_type=covariance_type, means=means, **spread, **others
    )


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("n_components", [2, gm.Unknown(max=5)])
def test_the_rule_is_its_formula(covariance_type, n_components):
    data = APART[150:250, :3]
    model = gm.Mixture(n_components, covariance_type=covariance_type, default_priors=RULE)
    assert model.default_priors == RULE
    chosen, explicit = model.for_data(data), stated(data, n_components, covariance_type)
    assert chosen.default_priors == RULE
    assert pickle.loads(pickle.dumps(chosen)) == chosen
    posts = [gm.sample(each, data, 50, tune=100, random_seed=1) for each in (model, explicit)]
    for name in ("means", "scale", "log_posterior"):
        np.testing.assert_allclose(posts[0][name], posts[1][name], rtol=1e-9)
    assert posts[0].model == chosen


@pytest.mark.parametrize("n_components", [2, gm.Unknown(max=4)])
@pytest.mark.parametrize("covariance_type", ["full", "diag"])
def test_the_rule_depends_on_the_use_where_none_is_stated(covariance_type, n_components):
    model = gm.Mixture(n_components, covariance_type=covariance_type)
    assert model.default_priors is None
    data = APART[:, :2]
    assert model.for_data(data).default_priors == RULE
    post = gm.sample(model, data, 20, tune=20, random_seed=1)
    assert post.model.default_priors == RULE
    assert gm.sample_prior(model.for_data(data), 5).model.default_priors == RULE
    # One dimension, and fits.
    line = gm.sample(model, data[:, :1], 20, tune=20, random_seed=1).model.default_priors
    assert line == ("fraley-raftery" if n_components == 2 else RULE)
    if n_components == 2:
        stated = gm.Mixture(2, covariance_type=covariance_type, default_priors="fraley-raftery")
        fits = [gm.fit_em(data, each, random_seed=1) for each in (model, stated)]
        assert fits[0].log_likelihood == fits[1].log_likelihood


def test_an_unknown_number_of_components_has_the_rule_by_default():
    model = gm.Mixture(gm.Unknown(), covariance_type="full")
    post = gm.sample(model, APART, 1_000, random_seed=2)
    assert post.model.default_priors == RULE
    assert post.p_clusters[2] > 0.9
    labels = post.partition(draws=200, starts=4).labels
    assert max(np.mean(labels == GROUPS), np.mean(labels != GROUPS)) > 0.93
    with pytest.raises(ValueError, match="default_priors: must not depend on the number"):
        gm.Mixture(gm.Unknown(), covariance_type="full", default_priors="fraley-raftery")


def test_stated_priors_stay():
    means = gm.Normal(np.zeros(3), sd=9)
    model = gm.Mixture(2, covariance_type="full", means=means, default_priors=RULE)
    found = model.for_data(APART[:, :3])
    assert found.means == gm.Normal(0, sd=9)
    assert isinstance(found.covariance.scale, gm.Wishart)
    covariance = gm.InverseWishart(5, np.eye(3))
    model = gm.Mixture(2, covariance_type="full", covariance=covariance, default_priors=RULE)
    found = model.for_data(APART[:, :3])
    assert "scale" not in gm.sample(found, APART[:, :3], 20, tune=20, chains=1)


def test_medians_and_ranges_are_of_the_weighted_rows():
    data = np.array([[0.0], [1.0], [2.0], [50.0]])
    model = gm.Mixture(2, covariance_type="diag", default_priors=RULE)
    for weight, median in ([2, 1, 1, 0], 0.5), ([1, 1, 2, 0], 1.5), ([1, 3, 1, 0], 1):
        found = model.for_data(data, np.array(weight, float))
        assert found.means == gm.Normal(median, sd=2)
        repeated = model.for_data(np.repeat(data, weight, axis=0))
        assert repeated.means == found.means
        assert repeated.variance == found.variance


def test_posteriors_follow_units_and_offsets():
    units, offsets = 2.0 ** np.array([-9, 0, 12]), np.array([64.0, -8.0, 0.0])
    data = np.round(APART[150:250, :3] * 1024) / 1024
    model = gm.Mixture(2, covariance_type="full", default_priors=RULE)
    posts = [gm.sample(model, x, 100, random_seed=3) for x in (data, data * units + offsets)]
    np.testing.assert_allclose(
        posts[1]["means"], posts[0]["means"] * units + offsets, rtol=1e-6, atol=1e-6
    )
    np.testing.assert_allclose(posts[1]["weights"], posts[0]["weights"], rtol=1e-6)


def test_groups_that_the_other_rule_joins_are_found():
    shares = {}
    for rule in (RULE, "fraley-raftery"):
        model = gm.Mixture(2, covariance_type="full", default_priors=rule)
        labels = gm.sample(model, APART, 1_000, random_seed=1).probabilities.argmax(1)
        shares[rule] = max(np.mean(labels == GROUPS), np.mean(labels != GROUPS))
    assert shares[RULE] > 0.95
    assert shares["fraley-raftery"] < 0.6


def test_there_is_a_posterior_of_more_columns_than_rows():
    data = RNG.normal(size=(8, 12))
    post = gm.sample(
        gm.Mixture(2, covariance_type="full", default_priors=RULE), data, 50, random_seed=1
    )
    assert np.isfinite(post["log_posterior"]).all()


def test_refusals():
    constant = np.column_stack([np.arange(5.0), np.ones(5)])
    model = gm.Mixture(2, covariance_type="full", default_priors=RULE)
    with pytest.raises(gm.DegenerateError, match="must vary in every column"):
        model.for_data(constant)
    with pytest.raises(NotImplementedError, match="known hyperparameters for a fit"):
        gm.fit_em(APART, model)
