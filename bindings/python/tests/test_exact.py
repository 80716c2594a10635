"""Conjugate mixtures of few observations against the sum over all labellings, to rounding."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

import gmmswift as gm
from oracles import (
    LIMIT,
    SMALL,
    STRUCTURES,
    Exact,
    component_log_densities,
    covariances_of,
    parameters,
)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("dimensions", [1, 2, 5, 13])
def test_every_draw_gives_the_marginal_likelihood_of_one_component(structure, dimensions):
    x = np.random.default_rng(3).normal(0.5, 1.2, (40, dimensions))
    exact = Exact(structure, 1, x)
    post = gm.sample(exact.model(), x, 50, chains=2, random_seed=1)
    z = np.zeros(len(x), int)
    expected = exact.log_joint(z)
    for chain, draw in [(0, 0), (0, 31), (1, 0), (1, 49)]:
        values = parameters(post, chain, draw)
        found = post["log_posterior"][chain, draw] - exact.log_density(z, *values)
        # Numbers of size 100 to 2,000, each a sum of up to 500 terms rounded to 2**-53.
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-10)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_single_precision_far_from_zero_keeps_the_posterior(structure):
    # Steps of 2**-6 at 2**17 leave two digits of an sd of 1; squares take twice the 23 bits.
    x = (np.random.default_rng(5).normal(0, 1, (400, 3)) + 2.0**17).astype(np.float32)
    exact = Exact(structure, 1, x.astype(np.float64), center=np.full(3, 2.0**17))
    post = gm.sample(exact.model(), x, 2_000, chains=2, random_seed=3)
    z = np.zeros(len(x), int)
    for chain, draw in [(0, 3), (1, 1_999)]:
        values = parameters(post, chain, draw)
        found = post["log_posterior"][chain, draw] - exact.log_density(z, *values)
        # Means of size 2**17 are rounded by 2**-36, a part of 2**-33 of their posterior sd of 0.05.
        assert found == pytest.approx(exact.log_joint(z), rel=1e-10)
    _, _, centers, _ = exact.given(z)
    table = gm.summarize(post["means"][:, :, 0] - centers)
    for name in table.rows:
        assert abs(table[name, "mean"]) < LIMIT * table[name, "mcse_mean"]
        assert 0.03 < table[name, "sd"] < 0.08


@pytest.fixture(scope="module", params=STRUCTURES)
def enumerated(request):
    exact = Exact(request.param, 2, SMALL)
    post = gm.sample(exact.model(), SMALL, 20_000, chains=2, random_seed=4, store_assignments=True)
    return exact, *exact.labellings(), post


def test_every_draw_gives_the_marginal_likelihood_of_two_components(enumerated):
    exact, labellings, log_joints, post = enumerated
    marginal = logsumexp(log_joints)
    for chain, draw in [(0, 0), (0, 777), (1, 5), (1, 19_999)]:
        values = parameters(post, chain, draw)
        densities = [exact.log_density(z, *values) for z in labellings]
        density = logsumexp(log_joints - marginal + densities)
        found = post["log_posterior"][chain, draw] - density
        # Numbers of size 30, of 128 terms; scipy's densities are good to 1e-13 of their parts.
        assert found == pytest.approx(marginal, rel=1e-11, abs=1e-10)


def test_assignments_have_their_exact_probabilities(enumerated):
    _, labellings, log_joints, post = enumerated
    probabilities = np.exp(log_joints - logsumexp(log_joints))
    drawn = post["assignments"]
    quantities, expected = [], []
    for i in range(len(SMALL)):
        quantities.append(drawn[..., i] == 0)
        expected.append(probabilities[labellings[:, i] == 0].sum())
        for j in range(i):
            quantities.append(drawn[..., i] == drawn[..., j])
            expected.append(probabilities[labellings[:, i] == labellings[:, j]].sum())
    for count in range(len(SMALL) + 1):
        quantities.append((drawn == 0).sum(axis=-1) == count)
        expected.append(probabilities[(labellings == 0).sum(axis=1) == count].sum())
    table = gm.summarize(np.stack(quantities, axis=-1).astype(float))
    assert len(expected) == 7 + 21 + 8
    for name, value in zip(table.rows, expected, strict=True):
        assert 0 < value < 1
        assert abs(table[name, "mean"] - value) < LIMIT * table[name, "mcse_mean"], name
    # The average of responsibilities has no more noise than that of the assignments.
    for i in range(len(SMALL)):
        value = probabilities[labellings[:, i] == 0].sum()
        row = table.row(table.rows[i * (i + 1) // 2])
        assert abs(post.probabilities[i, 0] - value) < LIMIT * row["mcse_mean"]


def test_predictions_at_new_points_are_the_exact_mixture_of_students_ts(enumerated):
    exact, labellings, log_joints, post = enumerated
    points = np.array([[0.0, 0.0], [1.5, -0.5], [-1.0, 1.0], [3.0, -2.0]])
    log_weights = log_joints - logsumexp(log_joints)
    terms = np.array([exact.predictive(z, points) for z in labellings])
    joint = logsumexp(terms + log_weights[:, np.newaxis, np.newaxis], axis=0)
    density = logsumexp(joint, axis=1)
    found, shares = post.log_density(points), post.predict_probabilities(points)
    # Densities of single draws, for the error of their average; of a ratio, by the delta method.
    draws = np.exp(component_log_densities(post, points))
    for i in range(len(points)):
        total = draws[:, :, i].sum(axis=-1)
        error = gm.summarize(total)["x", "mcse_mean"]
        assert abs(np.exp(found[i]) - np.exp(density[i])) < LIMIT * error
        assert error < 0.05 * np.exp(density[i])
        share = np.exp(joint[i, 0] - density[i])
        residual = (draws[:, :, i, 0] - share * total) / np.exp(density[i])
        error = gm.summarize(residual)["x", "mcse_mean"]
        assert abs(shares[i, 0] - share) < LIMIT * error
        assert error < 0.05


def test_predictive_draws_have_the_distribution_of_the_mixtures(enumerated):
    _, _, _, post = enumerated
    count = 20_000
    drawn = post.sample_predictive(count, 2, random_seed=7)
    assert drawn.shape == (count, 2, 2)
    weights, means, matrices = post["weights"], post["means"], covariances_of(post)
    for direction in ([1, 0], [0, 1], [1, 1], [1, -2]):
        centers, widths = means @ direction, np.sqrt(matrices @ direction @ direction)
        for limit in (-1.0, 0.0, 1.5):
            below = (weights * stats.norm.cdf((limit - centers) / widths)).sum(axis=-1)
            expected = below.mean()
            # Rows are independent: each takes a draw of the parameters at random.
            error = np.sqrt(expected * (1 - expected) / count)
            for point in range(2):
                found = (drawn[:, point] @ direction <= limit).mean()
                assert abs(found - expected) < LIMIT * error
            # Points of one row share its draw, so both are below more often than independent ones.
            both = (drawn @ direction <= limit).all(axis=1).mean()
            expected = (below**2).mean()
            assert abs(both - expected) < LIMIT * np.sqrt(expected * (1 - expected) / count)


def test_log_priors_are_minus_infinity_where_matrices_are_not_definite():
    exact = Exact("full", 2, SMALL)
    model = exact.model()
    good = {"weights": [0.4, 0.6], "means": np.zeros((2, 2))}
    eye = np.eye(2)
    assert np.isfinite(model.log_prior(**good, covariances=[eye, eye]))
    for bad in (-eye, np.ones((2, 2)), np.array([[1.0, 2.0], [2.0, 1.0]]), 0 * eye):
        assert model.log_prior(**good, covariances=[eye, bad]) == -np.inf
    assert model.log_prior([-0.1, 1.1], np.zeros((2, 2)), covariances=[eye, eye]) == -np.inf
    spherical = Exact("spherical", 2, SMALL).model()
    assert spherical.log_prior(**good, sd=[1.0, -1.0]) == -np.inf
    assert spherical.log_prior(**good, sd=[1.0, 0.0]) == -np.inf
