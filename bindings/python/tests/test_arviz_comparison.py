"""Comparisons of models equal those of ArviZ, before and from its version 1 on."""

from __future__ import annotations

import warnings

import arviz
import numpy as np
import pytest

import arviz_names
import gmmswift as gm

pytestmark = pytest.mark.arviz
STREAM = np.random.default_rng(8)


@pytest.fixture(scope="module")
def plain(model, data):
    return gm.sample(model, data, draws=400, tune=100, chains=3, random_seed=1)


@pytest.fixture(scope="module")
def heavy():
    """A posterior with outliers, some of whose ratios have heavy tails."""
    data = np.concatenate([STREAM.normal(0, 1, 30), [9.0, -14.0]])
    model = gm.Mixture(1, means=gm.Normal(0.0, sd=30.0), sd=gm.Uniform(0.01, 30))
    return gm.sample(model, data, draws=500, chains=4, random_seed=2)


@pytest.mark.parametrize("name", ["plain", "heavy"])
@pytest.mark.parametrize("efficiency", [None, 0.3])
def test_loo_equals_arviz(name, efficiency, request):
    posterior = request.getfixturevalue(name)
    found = posterior.loo(relative_efficiency=efficiency)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = arviz_names.loo(posterior.to_inference_data(log_likelihood=True), efficiency)
    for ours, theirs in expected.items():
        value = getattr(found, ours)
        limit = arviz_names.LOO_TOLERANCE
        np.testing.assert_allclose(value, theirs, rtol=limit, atol=limit, err_msg=ours)
    assert (found.n_bad_k > 0) == (name == "heavy")


def test_weighted_rows_have_the_terms_of_arviz_for_their_share():
    weights = STREAM.uniform(0, 2, 40)
    data = gm.Data(STREAM.normal(0, 1, 40), sample_weight=weights)
    posterior = gm.sample(gm.Mixture(1), data, draws=300, chains=4, random_seed=2)
    likelihood = posterior.log_likelihood().reshape(-1, 40).T
    share = np.minimum(weights, 1)[:, None]
    log_weights, shapes = arviz_names.psislw(-share * likelihood, 0.7)
    found = posterior.loo(relative_efficiency=0.7)
    expected = np.logaddexp.reduce(log_weights + likelihood, axis=1)
    limit = arviz_names.LOO_TOLERANCE
    np.testing.assert_allclose(found.elpd_i, expected, rtol=limit)
    np.testing.assert_allclose(found.pareto_k, shapes, atol=limit)


def test_differences_equal_those_of_arviz(plain, data):
    other = gm.sample(gm.Mixture(2), data, draws=400, tune=100, chains=3, random_seed=6)
    table = gm.compare({"two": other, "three": plain})
    trees = {
        name: posterior.to_inference_data(log_likelihood=True)
        for name, posterior in (("two", other), ("three", plain))
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = arviz_names.compare(trees)
    assert list(expected.index) == list(table.rows)
    difference = abs(expected["elpd_diff"].to_numpy(dtype=float))
    limit = arviz_names.LOO_TOLERANCE
    np.testing.assert_allclose(-table["elpd_diff"], difference, rtol=limit)
    np.testing.assert_allclose(table["se_diff"], expected["dse"].to_numpy(dtype=float), rtol=limit)


@pytest.mark.skipif(arviz_names.IS_BEFORE_1, reason="ArviZ before 1 has no psense")
def test_sensitivities_equal_those_of_arviz(plain, heavy):
    for posterior in (plain, heavy):
        table = posterior.prior_sensitivity()
        tree = posterior.to_inference_data(log_likelihood=True)
        for column in ("prior", "likelihood"):
            expected = arviz.psense(tree, group=column)
            values = np.concatenate(
                [np.atleast_1d(expected[name].values) for name in ("weights", "means", "sd")]
            )
            # A distance is the root of a difference of nearly equal sums, which loses half of the
            # digits. The only weight of a component is constant: ArviZ gives NaN too.
            np.testing.assert_allclose(table[column], values, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("convert", ["to_datatree", "to_inference_data"])
def test_trees_have_the_groups_that_were_asked_for(convert, plain):
    tree = getattr(plain, convert)(
        log_likelihood=True, posterior_predictive=7, random_seed=3, log_prior=True
    )
    names = {"posterior", "sample_stats", "observed_data"}
    added = {"log_prior", "log_likelihood", "posterior_predictive"}
    assert arviz_names.group_names(tree) == names | added
    likelihood = tree["log_likelihood"]["x"]
    assert likelihood.dims == ("chain", "draw", "observation")
    np.testing.assert_array_equal(likelihood.values, plain.log_likelihood())
    np.testing.assert_array_equal(
        tree["log_prior"]["log_prior"].values, plain["log_posterior"] - plain["log_likelihood"]
    )
    predictive = tree["posterior_predictive"]["x"]
    assert predictive.dims == ("chain", "draw", "observation")
    np.testing.assert_array_equal(predictive.values[0], plain.sample_predictive(7, None, 3))
    assert tree["log_prior"].attrs["inference_library"] == "gmmswift"
    less = getattr(plain, convert)(log_prior=False)
    assert arviz_names.group_names(less) == names
    more = getattr(plain, convert)(posterior_predictive=True)
    assert more["posterior_predictive"]["x"].shape == (1, 100, 215)


def test_trees_in_several_dimensions_have_the_axes_of_the_data():
    table = STREAM.normal(size=(20, 3))
    posterior = gm.sample(gm.Mixture(2), table, draws=20, chains=2, random_seed=1)
    tree = posterior.to_inference_data(log_likelihood=True, posterior_predictive=4)
    assert tree["log_likelihood"]["x"].dims == ("chain", "draw", "observation")
    assert tree["posterior_predictive"]["x"].dims == ("chain", "draw", "observation", "dimension")


def test_prior_draws_have_neither_likelihoods_nor_predictions(model):
    prior = gm.sample_prior(model, 20, random_seed=1)
    for name in ("log_likelihood", "posterior_predictive"):
        with pytest.raises(NotImplementedError, match=f"^{name}: must be of .*, got prior draws"):
            prior.to_inference_data(**{name: True})
    assert arviz_names.group_names(prior.to_inference_data()) == {"prior", "sample_stats_prior"}


@pytest.mark.parametrize(
    ("argument", "value", "kind"),
    [
        ("log_likelihood", "yes", TypeError),
        ("log_prior", 2, TypeError),
        ("posterior_predictive", -1, ValueError),
        ("posterior_predictive", 1.5, TypeError),
    ],
)
def test_other_wishes_are_refused(plain, argument, value, kind):
    with pytest.raises(kind, match=f"^{argument}: .*, got"):
        plain.to_inference_data(**{argument: value})
