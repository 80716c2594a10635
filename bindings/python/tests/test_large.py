"""D = 64 and 128: sampling, maximum likelihood, summaries and predictions against closed forms."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn import mixture as reference
from sklearn.exceptions import ConvergenceWarning

import gmmswift as gm
from oracles import STRUCTURES, Exact, component_log_densities, parameters

SIZES = (64, 128)
KINDS = ("full", "tied", "diag", "spherical")


def groups(d):
    """Two groups with correlated coordinates, 4 sds apart in each, up or down."""
    stream = np.random.default_rng(d)
    root = np.eye(d) + np.tril(np.full((d, d), 0.05), -1)
    labels = np.repeat([0, 1], [360, 240])
    x = stream.normal(size=(600, d)) @ root.T * np.where(labels, 1.5, 1)[:, np.newaxis]
    # Not along the direction in which all coordinates vary together.
    return x + 4 * labels[:, np.newaxis] * stream.permuted(np.tile([1, -1], d // 2)), labels


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("d", SIZES)
def test_every_draw_gives_the_marginal_likelihood_of_one_component(structure, d):
    x = np.random.default_rng(d).normal(0.5, 1.2, (200, d))
    exact = Exact(structure, 1, x)
    post = gm.sample(exact.model(), x, 5, tune=5, chains=2, random_seed=1)
    z = np.zeros(len(x), int)
    expected = exact.log_joint(z)
    for chain, draw in [(0, 0), (1, 4)]:
        found = post["log_posterior"][chain, draw]
        found = found - exact.log_density(z, *parameters(post, chain, draw))
        # Numbers of size 40,000, sums of as many terms; determinants of matrices whose condition is
        # a few 1,000 lose that many roundings, 1e-12 of each pivot's share.
        assert found == pytest.approx(expected, rel=1e-11)


@pytest.fixture(scope="module", params=SIZES)
def separated(request):
    x, labels = groups(request.param)
    exact = Exact("full", 2, x)
    # The steps alone leave the groups apart; moves do not, see below.
    options = {"tune": 20, "chains": 2, "random_seed": 2, "store_assignments": True}
    post = gm.sample(exact.model(), x, 150, moves=False, **options)
    return exact, labels, post


@pytest.mark.parametrize("d", SIZES)
def test_moves_find_that_one_group_is_more_probable(d):
    # 2,080 or 8,256 further covariances are worth more than the separation: thousands of nats.
    x, labels = groups(d)
    exact = Exact("full", 2, x)
    post = gm.sample(exact.model(), x, 150, tune=20, random_seed=2, store_assignments=True)
    z = post.as_drawn["assignments"][:, -1].astype(int)
    assert exact.log_joint(0 * labels) > exact.log_joint(labels) + 1000
    assert max(exact.log_joint(last) for last in z) > exact.log_joint(0 * labels) - 20


def test_separate_groups_have_the_posterior_of_their_labels(separated):
    exact, labels, post = separated
    d = exact.x.shape[1]
    # With fixed assignments draws are independent; labels of a chain may be the other way round.
    for chain in range(2):
        z = post["assignments"][chain, 0].astype(int)
        assert (post["assignments"][chain] == z).all()
        assert (z == labels).all() or (z == 1 - labels).all()
        expected = exact.log_joint(z)
        found = post["log_posterior"][chain, 7]
        found = found - exact.log_density(z, *parameters(post, chain, 7))
        assert found == pytest.approx(expected, rel=1e-11)

        counts, kappas, centers, scatters = exact.given(z)
        for k in range(2):
            free = exact.dof + counts[k] - d - 1
            matrix = (exact.scale + scatters[k]) / free
            means, matrices = post["means"][chain, :, k], post["covariances"][chain, :, k]
            scores = (means.mean(axis=0) - centers[k]) / np.sqrt(np.diag(matrix) / kappas[k] / 150)
            _expect_standard(scores)
            # Variances of inverse-Wishart entries (von Rosen 1988).
            squares = (free + 2) * matrix**2 + free * np.outer(np.diag(matrix), np.diag(matrix))
            error = np.sqrt(squares / ((free + 1) * (free - 2)) / 150)
            scores = (matrices.mean(axis=0) - matrix) / error
            _expect_standard(scores[np.tril_indices(d)])


def _expect_standard(scores):
    """Expect scores like those of standard Normal numbers, which may be dependent."""
    # Of up to 8,256 numbers one beyond 5.5 has probability 3e-4; their mean square is 1, with the
    # noise of some d independent directions: 64 of them give sqrt(2 / 64) = 0.18.
    assert np.abs(scores).max() < 5.5
    assert 0.4 < np.mean(scores**2) < 1.9


def test_summaries_are_of_the_draws(separated):
    exact, _, post = separated
    d = exact.x.shape[1]
    table = post.summary()
    assert len(table.rows) == 2 + 2 * d + d * (d + 1)
    for name, draws in [
        (f"means[1, {d - 1}]", post["means"][..., 1, d - 1]),
        (f"covariances[1, {d - 1}, 17]", post["covariances"][..., 1, d - 1, 17]),
        (f"covariances[0, {d - 1}, {d - 1}]", post["covariances"][..., 0, d - 1, d - 1]),
    ]:
        # Sums of 300 terms.
        assert table[name, "mean"] == pytest.approx(draws.mean(), rel=1e-12)
        assert table[name, "sd"] == pytest.approx(draws.std(ddof=1), rel=1e-10)


def test_predictions_follow_their_definition(separated):
    exact, labels, whole = separated
    post = whole.subset(thin=15)
    # Inside the groups, between them, and far from both.
    points = np.concatenate([exact.x[[0, 1, -1]], exact.x.mean(axis=0, keepdims=True)])
    points = np.concatenate([points, -30 + 0 * points[:1]])
    joint = component_log_densities(post, points)
    joint = logsumexp(joint, axis=(0, 1)) - np.log(joint.shape[0] * joint.shape[1])
    total = logsumexp(joint, axis=1)
    # Exponents of size up to 1e6, from squares of D terms.
    np.testing.assert_allclose(post.log_density(points), total, rtol=1e-11)
    # A ratio's error is that of its exponents, 1e-11 of a thousand. The far point belongs to one
    # component with probability 1.
    shares = np.exp(joint - total[:, np.newaxis])
    np.testing.assert_allclose(post.predict_probabilities(points), shares, rtol=1e-6, atol=1e-12)
    inside = post.probabilities
    assert set(np.unique(inside.round(12))) == {0, 1}
    assert np.ptp(inside[labels == 0], axis=0).max() < 1e-12
    draws = post.sample_predictive(20, random_seed=3)
    assert draws.shape == (20, 600, exact.x.shape[1])
    # Sds of 2.5 in all, 12,000 points: 0.02, and that of 20 draws of the weights' posterior.
    assert np.abs(draws.mean(axis=(0, 1)) - exact.x.mean(axis=0)).max() < 0.15


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("d", SIZES)
def test_maximum_likelihood_of_separate_groups_is_their_moments(kind, d):
    x, labels = groups(d)
    found = gm.fit_em(x, 2, covariance_type=kind, random_seed=1, n_init=2)
    assert found.converged
    assert found.collapsed == []
    parts = [x[labels == k] for k in (0, 1)]
    np.testing.assert_allclose(found.weights, [0.6, 0.4], rtol=1e-12)
    np.testing.assert_allclose(found.means, [part.mean(axis=0) for part in parts], atol=1e-11)
    matrices = np.array([np.cov(part.T, bias=True) for part in parts])
    pooled = 0.6 * matrices[0] + 0.4 * matrices[1]
    variances = np.diagonal(matrices, axis1=1, axis2=2)
    expected = {
        "full": matrices,
        "tied": pooled,
        "diag": variances,
        "spherical": variances.mean(axis=1),
    }[kind]
    # Points of the other group have responsibilities below exp(-100).
    np.testing.assert_allclose(found.covariances, expected, atol=1e-11)
    free = {"full": d * (d + 1), "tied": d * (d + 1) // 2, "diag": 2 * d, "spherical": 2}[kind]
    count = 1 + 2 * d + free
    assert found.aic == pytest.approx(-2 * found.log_likelihood + 2 * count, rel=1e-14)
    assert found.bic == pytest.approx(-2 * found.log_likelihood + count * np.log(600), rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("d", SIZES)
def test_the_estimator_equals_scikit_learns(kind, d):
    stream = np.random.default_rng(1)
    # The groups overlap, so that the fit needs many iterations.
    x = stream.normal(size=(1_500, d)) + 0.25 * stream.integers(0, 3, (1_500, 1))
    settings = {"covariance_type": kind, "random_state": 0, "max_iter": 8, "tol": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = gm.GaussianMixture(3, **settings).fit(x)
        theirs = reference.GaussianMixture(3, **settings).fit(x)
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
        a, b = getattr(ours, name), getattr(theirs, name)
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-8 * np.abs(b).max(), err_msg=name)
    # Of size 100 to 200.
    np.testing.assert_allclose(ours.lower_bounds_, theirs.lower_bounds_, rtol=0, atol=1e-8)
    np.testing.assert_allclose(ours.score_samples(x), theirs.score_samples(x), rtol=1e-9)
