"""Chains: seeds, threads, starts, continuation, subsets."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm

METHODS = ["gibbs", "metropolis"]


def assert_same_draws(left, right):
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


@pytest.mark.parametrize("method", METHODS)
def test_same_seed_gives_same_bits_for_any_number_of_threads(model, data, method):
    runs = [
        gm.sample(model, data, 60, tune=30, chains=5, method=method, random_seed=8, threads=threads)
        for threads in (1, 2, 3, 16, None)
    ]
    for run in runs[1:]:
        assert_same_draws(runs[0], run)
    np.testing.assert_array_equal(
        runs[0].log_density(data, threads=1), runs[0].log_density(data, threads=3)
    )


def test_seeds_and_chains_differ(model, data):
    one = gm.sample(model, data, 20, chains=4, random_seed=1)
    two = gm.sample(model, data, 20, chains=4, random_seed=2)
    assert (one["means"] != two["means"]).all()
    for first in range(4):
        for second in range(first):
            assert (one["means"][first] != one["means"][second]).all()


def test_without_a_seed_draws_are_fresh_and_the_seed_is_kept(model, data):
    one, two = (gm.sample(model, data, 20, chains=1) for _ in range(2))
    assert one.seed != two.seed
    assert_same_draws(one, gm.sample(model, data, 20, chains=1, random_seed=one.seed))
    assert gm.sample(model, data, 2, chains=1, random_seed=2**64 - 1).seed == 2**64 - 1
    assert gm.sample(model, data, 2, chains=1, random_seed=np.uint64(7)).seed == 7


@pytest.mark.parametrize("method", METHODS)
def test_extended_chains_equal_one_long_run(model, data, method):
    options = {"tune": 20, "chains": 3, "thin": 2, "method": method, "random_seed": 3}
    whole = gm.sample(model, data, 100, store_assignments=True, **options)
    begun = gm.sample(model, data, 40, store_assignments=True, **options)
    longer = begun.extend(draws=35).extend(25, threads=1)
    assert longer.n_draws == 100
    assert begun.n_draws == 40
    assert_same_draws(whole, longer)
    np.testing.assert_array_equal(whole.probabilities, longer.probabilities)
    assert longer.seconds >= begun.seconds


def test_thinned_draws_are_every_nth_of_the_chain(model, data):
    every = gm.sample(model, data, 60, tune=10, chains=2, random_seed=4)
    third = gm.sample(model, data, 20, tune=10, chains=2, thin=3, random_seed=4)
    for name in ("weights", "means", "sd"):
        np.testing.assert_array_equal(third[name], every[name][:, 2::3])


def test_tuning_iterations_come_before_the_draws(model, data):
    untuned = gm.sample(model, data, 30, tune=0, chains=2, random_seed=4)
    tuned = gm.sample(model, data, 20, tune=10, chains=2, random_seed=4)
    np.testing.assert_array_equal(tuned["means"], untuned["means"][:, 10:])


def test_subset_keeps_every_nth_draw_after_burn_in(post):
    part = post.subset(burn=101, thin=7)
    assert part.n_draws == len(range(101, 400, 7))
    assert part.thin == 7
    assert not part.can_extend
    again = part.subset(burn=2, thin=2)
    assert again.thin == 14
    np.testing.assert_array_equal(again["means"], post["means"][:, 101::7][:, 2::2])
    table = gm.summarize(post["sd"][:, 101::7])
    np.testing.assert_allclose(
        list(part.summary().row("sd").values()), list(table.row("x").values()), rtol=1e-12
    )


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
    np.testing.assert_allclose(post["means"].mean(axis=1), orders, atol=1.5)
    one = gm.sample(model, data, 50, tune=0, chains=2, random_seed=1, initial={"means": orders[1]})
    np.testing.assert_allclose(one["means"].mean(axis=1), orders[[1, 1]], atol=1.5)


@pytest.mark.parametrize("sd", [2.0, [2.0], [2.0, 2.0], [[2.0], [2.0]]])
def test_shared_initial_sd_is_a_number_for_all_chains_or_one_each(model, data, sd):
    means = [9, 21, 35]
    post = gm.sample(
        model, data, 3, tune=0, chains=2, random_seed=1, initial={"sd": sd, "means": means}
    )
    expected = gm.sample(
        model, data, 3, tune=0, chains=2, random_seed=1, initial={"sd": 2.0, "means": [means] * 2}
    )
    assert_same_draws(expected, post)


def test_a_posterior_and_a_fit_serve_as_starts(data):
    model = gm.Mixture(3, means=gm.Normal(20, 15), sd=gm.HalfNormal(5))
    start = {"means": [35, 9, 21], "sd": [2, 2, 2], "weights": [0.35, 0.4, 0.25]}
    first = gm.sample(model, data, 20, tune=0, chains=2, random_seed=1, initial=start)
    second = gm.sample(model, data, 20, tune=0, chains=3, random_seed=2, initial=first)
    np.testing.assert_allclose(second["means"].mean(axis=1), [[35, 9, 21]] * 3, atol=1.5)
    explicit = {name: first[name][[0, 1, 0], -1] for name in ("weights", "means", "sd")}
    assert_same_draws(
        second, gm.sample(model, data, 20, tune=0, chains=3, random_seed=2, initial=explicit)
    )
    fit = gm.fit_em(data, 3, random_seed=1)
    third = gm.sample(model, data, 20, tune=0, chains=1, random_seed=2, initial=fit)
    np.testing.assert_allclose(third["means"].mean(axis=1), [fit.means], atol=1.5)
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


def test_metropolis_reports_its_acceptance(model, data):
    post = gm.sample(model, data, 200, tune=300, chains=2, method="metropolis", random_seed=1)
    assert ((post["acceptance"] >= 0) & (post["acceptance"] <= 1)).all()
    assert 0.05 < post["acceptance"].mean() < 0.95
    gibbs = gm.sample(model, data, 5, chains=1, random_seed=1)
    assert (gibbs["acceptance"] == 1).all()
