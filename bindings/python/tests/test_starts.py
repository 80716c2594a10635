"""Starts of chains: values by name, posteriors, fits."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from tables import DATA, SPREADS, fit, same


def test_initial_values_decide_where_chains_start(data):
    # Components in different orders stay apart: the data leave no way between the labellings.
    model = gm.Mixture(3, means=gm.Normal(20, 15), sd=gm.HalfNormal(5), shared_sd=True)
    orders = np.array([[9.0, 21, 35], [35, 9, 21]])
    weights = np.array([0.4, 0.25, 0.35])
    post = gm.sample(
        model,
        data,
        50,
        tune=0,
        chains=2,
        random_seed=1,
        initial={"means": orders, "weights": weights[[[0, 1, 2], [2, 0, 1]]], "sd": [2.0, 2.1]},
    )
    np.testing.assert_allclose(post.as_drawn["means"].mean(axis=1), orders, atol=1.5)
    # Under its labels the component of the smallest mean is the first one in all chains.
    np.testing.assert_allclose(post["means"].mean(axis=1), orders[[0, 0]], atol=1.5)
    one = gm.sample(model, data, 50, tune=0, chains=2, random_seed=1, initial={"means": orders[1]})
    np.testing.assert_allclose(one.as_drawn["means"].mean(axis=1), orders[[1, 1]], atol=1.5)


@pytest.mark.parametrize("sd", [2.0, [2.0], [2.0, 2.0], [[2.0], [2.0]]])
def test_shared_initial_sd_is_a_number_for_all_chains_or_one_each(model, data, sd):
    means = [9, 21, 35]
    post = gm.sample(
        model, data, 3, tune=0, chains=2, random_seed=1, initial={"sd": sd, "means": means}
    )
    expected = gm.sample(
        model, data, 3, tune=0, chains=2, random_seed=1, initial={"sd": 2.0, "means": [means] * 2}
    )
    same(expected, post)


def test_a_posterior_and_a_fit_serve_as_starts(data):
    model = gm.Mixture(3, means=gm.Normal(20, 15), sd=gm.HalfNormal(5))
    start = {"means": [35, 9, 21], "sd": [2, 2, 2], "weights": [0.35, 0.4, 0.25]}
    first = gm.sample(model, data, 20, tune=0, chains=2, random_seed=1, initial=start)
    second = gm.sample(model, data, 20, tune=0, chains=3, random_seed=2, initial=first)
    means = second.as_drawn["means"].mean(axis=1)
    np.testing.assert_allclose(means, [[35, 9, 21]] * 3, atol=1.5)
    explicit = {name: first.as_drawn[name][[0, 1, 0], -1] for name in ("weights", "means", "sd")}
    same(second, gm.sample(model, data, 20, tune=0, chains=3, random_seed=2, initial=explicit))
    fit = gm.fit_em(data, 3, random_seed=1)
    third = gm.sample(model, data, 20, tune=0, chains=1, random_seed=2, initial=fit)
    np.testing.assert_allclose(third.as_drawn["means"].mean(axis=1), [fit.means], atol=1.5)
    for shared_model, shared_fit in [(True, False), (False, True), (True, True)]:
        other = gm.Mixture(3, means=gm.Normal(20, 15), sd=gm.HalfNormal(5), shared_sd=shared_model)
        start = gm.fit_em(data, 3, shared_sd=shared_fit, random_seed=1)
        assert gm.sample(other, data, 5, chains=1, initial=start).n_draws == 5
    with pytest.raises(ValueError, match="initial: must have 3 components, got 2"):
        gm.sample(model, data, 5, initial=gm.fit_em(data, 2))
    with pytest.raises(ValueError, match="initial: must have the model's components"):
        gm.sample(
            model,
            data,
            5,
            initial=gm.sample_prior(gm.Mixture(2, means=gm.Normal(0, 1), sd=gm.HalfNormal(1)), 5),
        )


def test_known_values_need_no_start(data):
    model = gm.Mixture(3, means=gm.Fixed([10, 20, 35]), sd=gm.Fixed(2.0), shared_sd=True)
    first = gm.sample(model, data, 20, chains=2, random_seed=1)
    assert (first["means"] == [10, 20, 35]).all()
    second = gm.sample(model, data, 20, chains=2, random_seed=2, initial=first)
    assert (second["sd"] == 2.0).all()
    assert gm.sample(model, data, 5, chains=1, initial=gm.fit_em(data, 3)).n_draws == 5


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_initial_values_of_a_posterior_are_its_last_draws(covariance_type):
    post = fit(covariance_type)
    spread = post.model.spread_name
    last = {name: post[name][:, -1] for name in ("weights", "means", spread)}
    arguments = {"draws": 5, "tune": 0, "chains": 2, "random_seed": 3}
    same(
        gm.sample(post.model, DATA, initial=post, **arguments),
        gm.sample(post.model, DATA, initial=last, **arguments),
    )
    one = {name: array[0] for name, array in last.items()}
    started = gm.sample(post.model, DATA, initial=one, **arguments)
    repeated = {name: np.stack([array, array]) for name, array in one.items()}
    same(started, gm.sample(post.model, DATA, initial=repeated, **arguments))


@pytest.mark.parametrize("covariance_type", SPREADS)
@pytest.mark.parametrize("kind", SPREADS)
def test_a_maximum_likelihood_fit_of_any_form_is_a_start(covariance_type, kind):
    data = DATA * [1, 1, -1]
    found = gm.fit_em(data, 2, covariance_type=kind, random_seed=1)
    model = gm.Mixture(2, covariance_type=covariance_type, ordered=True, order_by=2)
    arguments = {"draws": 4, "tune": 0, "chains": 2, "random_seed": 2}
    post = gm.sample(model, data, initial=found, **arguments)
    # Groups far apart: means, last first in this order, and pooled variances by numpy.
    groups = [data[60:], data[:60]]
    matrices = np.array([np.cov(group.T, ddof=0) for group in groups])
    pooled = np.array([matrices[0] * 0.4 + matrices[1] * 0.6] * 2)
    if kind == "tied" or covariance_type == "tied":
        matrices = pooled
    variances = np.diagonal(matrices, axis1=1, axis2=2)
    if "spherical" in (kind, covariance_type):
        variances = np.repeat(variances.mean(axis=1, keepdims=True), 3, axis=1)
    if kind in ("diag", "spherical"):
        matrices = variances[:, :, np.newaxis] * np.eye(3)
    spread = {
        "full": matrices,
        "tied": matrices[0],
        "diag": np.sqrt(variances),
        "spherical": np.sqrt(variances[:, 0]),
    }[covariance_type]
    start = {
        "weights": [0.4, 0.6],
        "means": [group.mean(axis=0) for group in groups],
        post.model.spread_name: spread,
    }
    expected = gm.sample(model, data, initial=start, **arguments)
    # The same streams from starts that differ by what the fit left: 1e-9 and the probability that
    # a point belongs to the other group; draws are smooth in their start while assignments agree.
    np.testing.assert_allclose(post["means"], expected["means"], rtol=0, atol=1e-6)
