"""Pairs of rows that share a component, against numpy."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy import stats

import gmmswift as gm

ROWS = np.concatenate(
    [np.random.default_rng(4).normal(center, 1, (130, 2)) for center in ([0, 0], [3, 2])]
)


@pytest.fixture(scope="module")
def post():
    model = gm.Mixture(3, covariance_type="full")
    return gm.sample(model, ROWS, 30, tune=50, chains=2, random_seed=3)


@pytest.fixture(scope="module")
def pairs(post):
    """All pairs, from the draws by numpy."""
    total = np.zeros((len(ROWS), len(ROWS)))
    for chain in range(post.n_chains):
        for draw in range(post.n_draws):
            shares = np.stack(
                [
                    post["weights"][chain, draw, k]
                    * stats.multivariate_normal.pdf(
                        ROWS, post["means"][chain, draw, k], post["covariances"][chain, draw, k]
                    )
                    for k in range(3)
                ],
                axis=1,
            )
            given = shares / shares.sum(axis=1, keepdims=True)
            total += given @ given.T
    total /= post.n_chains * post.n_draws
    np.fill_diagonal(total, 1)
    return total


def test_all_pairs_are_those_of_numpy(post, pairs):
    found = post.coclustering()
    assert found.shape == (260, 260)
    assert np.array_equal(found, found.T)
    assert np.all(np.diag(found) == 1)
    # Sixty draws of a few roundings each, magnified by the conditions of the covariances.
    np.testing.assert_allclose(found, pairs, rtol=0, atol=1e-11)
    assert np.array_equal(found, post.coclustering(threads=1))


def test_rows_and_blocks_are_parts_of_the_whole(post):
    whole = post.coclustering()
    rows, columns = [259, 0, 17, 17], np.arange(250, 100, -3)
    assert np.array_equal(post.coclustering(rows), whole[np.ix_(rows, rows)])
    assert np.array_equal(post.coclustering((rows, columns)), whole[np.ix_(rows, columns)])
    assert np.array_equal(post.coclustering((3, 5)), whole[np.ix_([3, 5], [3, 5])])


def test_a_threshold_gives_a_sparse_matrix(post, monkeypatch):
    monkeypatch.setattr("gmmswift._draws.coclustering._PART", 100)
    whole = post.coclustering()
    found = post.coclustering(threshold=0.4)
    assert found.shape == whole.shape
    assert np.array_equal(found.toarray(), np.where(whole >= 0.4, whole, 0))
    assert found.nnz < whole.size
    rows, columns = np.arange(0, 260, 2), np.arange(1, 260)
    block = post.coclustering((rows, columns), threshold=0.1)
    expected = whole[np.ix_(rows, columns)]
    assert np.array_equal(block.toarray(), np.where(expected >= 0.1, expected, 0))


def test_known_parameters_give_the_product_of_responsibilities():
    model = gm.Mixture(
        2, weights=gm.Fixed([0.3, 0.7]), means=gm.Fixed([0.0, 2.0]), sd=gm.Fixed([1.0, 0.5])
    )
    x = np.array([-1.0, 0.9, 1.1, 2.5])
    found = gm.sample(model, x, 5, chains=1, random_seed=1).coclustering()
    given = gm.KnownMixture([0.3, 0.7], [[0], [2]], [[[1.0]], [[0.25]]]).probabilities(x)
    expected = given @ given.T
    np.fill_diagonal(expected, 1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_many_rows_must_be_asked_for():
    post = gm.sample(gm.Mixture(2), np.random.default_rng(1).normal(size=4_097), 2, chains=1)
    with pytest.raises(ValueError, match=r"^rows: must be given .* 134283272 bytes .* 4097 rows$"):
        post.coclustering()
    assert post.coclustering([4_096, 1]).shape == (2, 2)


@pytest.mark.parametrize(
    ("rows", "kind", "message"),
    [
        ([], ValueError, "rows: must name at least one row, got none"),
        ([0, 260], ValueError, "rows[1]: must be between 0 and 259, got 260"),
        ([-1], ValueError, "rows[0]: must be between 0 and 259, got -1"),
        ([0.0, 1.0], TypeError, "rows: must be integers, got [0.0, 1.0]"),
        ([True, False], TypeError, "rows: must be integers, got [True, False]"),
        (3, ValueError, "rows: must be a sequence of rows, got 3"),
        ([[0, 1]], ValueError, "rows: must be a sequence of rows, got [[0, 1]]"),
        (([0], []), ValueError, "rows[1]: must name at least one row, got none"),
        (([0], [1, 999]), ValueError, "rows[1][1]: must be between 0 and 259, got 999"),
        (([0], [1], [2]), ValueError, "rows: must be rows, or a pair of them, got 3 of them"),
    ],
)
def test_wrong_rows_are_refused(post, rows, kind, message):
    with pytest.raises(kind) as caught:
        post.coclustering(rows)
    assert str(caught.value) == message


@pytest.mark.parametrize("threshold", [0, -0.5, 1.5, np.nan])
def test_wrong_thresholds_are_refused(post, threshold):
    with pytest.raises(ValueError, match=r"^threshold: must be above 0 and at most 1, got "):
        post.coclustering(threshold=threshold)


def test_a_threshold_needs_scipy(post, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(ImportError, match=r"^threshold: needs SciPy"):
        post.coclustering(threshold=0.5)


def test_prior_draws_have_no_pairs():
    prior = gm.sample_prior(gm.Mixture(2, means=gm.Normal(0, 1), sd=gm.HalfNormal(1)), 5)
    for call in (prior.coclustering, prior.partition, prior.label_free):
        with pytest.raises(NotImplementedError, match=r"^posterior: must have observations, got "):
            call()
