"""Chains: seeds, threads, continuation, subsets."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from tables import DATA, SPREADS, STREAM, fit, same

METHODS = ["gibbs", "metropolis"]


@pytest.mark.parametrize("method", METHODS)
def test_same_seed_gives_same_bits_for_any_number_of_threads(model, data, method):
    runs = [
        gm.sample(model, data, 60, tune=30, chains=5, method=method, random_seed=8, threads=threads)
        for threads in (1, 2, 3, 16, None)
    ]
    for run in runs[1:]:
        same(runs[0], run)
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
    same(one, gm.sample(model, data, 20, chains=1, random_seed=one.seed))
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
    same(whole, longer)
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


def test_metropolis_reports_its_acceptance(model, data):
    post = gm.sample(model, data, 200, tune=300, chains=2, method="metropolis", random_seed=1)
    assert ((post["acceptance"] >= 0) & (post["acceptance"] <= 1)).all()
    assert 0.05 < post["acceptance"].mean() < 0.95
    gibbs = gm.sample(model, data, 5, chains=1, random_seed=1)
    assert (gibbs["acceptance"] == 1).all()


def test_draws_do_not_depend_on_the_number_of_threads():
    many = np.tile(DATA, (200, 1)) + STREAM.normal(0, 0.1, (20_000, 3))
    for covariance_type in SPREADS:
        model = gm.Mixture(2, covariance_type=covariance_type)
        one, three = (
            gm.sample(model, many, 5, tune=2, chains=1, random_seed=1, threads=threads)
            for threads in (1, 3)
        )
        same(one, three)
        np.testing.assert_array_equal(one.log_density(many), three.log_density(many, threads=1))


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_extension_and_subset_are_of_the_same_chains(covariance_type):
    long, short = fit(covariance_type, draws=20), fit(covariance_type, draws=8)
    same(short.extend(12), long)
    thinned = long.subset(burn=5, thin=3)
    for name in long:
        np.testing.assert_array_equal(thinned[name], long[name][:, 5::3])
