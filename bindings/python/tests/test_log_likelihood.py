"""The log likelihood of every row under every draw."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

import gmmswift as gm
from refusals import expect_refusal

STREAM = np.random.default_rng(31)
TABLE = np.concatenate([STREAM.normal(0, 1, (40, 2)), STREAM.normal(4, 1, (23, 2))])
WEIGHTS = STREAM.integers(0, 4, len(TABLE)) * 0.5


@pytest.fixture(scope="module")
def in_table():
    data = gm.Data(TABLE, sample_weight=WEIGHTS)
    model = gm.Mixture(2, covariance_type="full")
    return gm.sample(model, data, draws=30, tune=20, chains=2, random_seed=5)


def test_pointwise_log_likelihood_is_the_log_of_the_mixture_density(post, in_table, data):
    shape = (3, 400, 3, 1)
    terms = stats.norm.logpdf(data, post["means"].reshape(shape), post["sd"][..., None, None])
    terms += np.log(post["weights"]).reshape(shape)
    np.testing.assert_allclose(post.log_likelihood(), logsumexp(terms, axis=2), rtol=1e-11)
    found = in_table.log_likelihood()
    assert found.shape == (2, 30, 63)
    for chain, draw in ((0, 0), (1, 29)):
        densities = [
            stats.multivariate_normal(mean, covariance).pdf(TABLE)
            for mean, covariance in zip(
                in_table["means"][chain, draw], in_table["covariances"][chain, draw], strict=True
            )
        ]
        expected = np.log(in_table["weights"][chain, draw] @ densities)
        np.testing.assert_allclose(found[chain, draw], expected, rtol=1e-9)


def test_pointwise_terms_times_sample_weights_add_up_to_the_log_likelihood(in_table):
    total = (in_table.log_likelihood() * WEIGHTS).sum(axis=-1)
    np.testing.assert_allclose(total, in_table["log_likelihood"], rtol=1e-11)
    np.testing.assert_array_equal(
        in_table.log_likelihood(pointwise=False), in_table["log_likelihood"]
    )


def test_rows_and_threads_change_no_bit(post, in_table):
    for posterior in (post, in_table):
        whole = posterior.log_likelihood(threads=1)
        for rows in (slice(3, 29), range(8, 40), slice(-5, None), range(62, 63), slice(4, 4)):
            chosen = range(posterior.n_observations)[rows] if isinstance(rows, slice) else rows
            expected = whole[:, :, chosen.start : chosen.stop]
            for threads in (1, 3):
                found = posterior.log_likelihood(rows=rows, threads=threads)
                np.testing.assert_array_equal(found, expected)


def test_pointwise_log_likelihood_of_many_rows_is_that_of_its_blocks():
    data = STREAM.normal(size=2_000)
    model = gm.Mixture(1, means=gm.Normal(0.0, sd=3.0), sd=gm.Fixed(1.0))
    large = gm.sample(model, data, draws=10, chains=4, random_seed=3)
    whole = large.log_likelihood(threads=4)
    np.testing.assert_array_equal(
        whole[..., 1_201:1_907], large.log_likelihood(rows=range(1_201, 1_907))
    )


def test_more_bytes_than_the_limit_need_rows(post, monkeypatch):
    monkeypatch.setattr("gmmswift._draws.predictions._UNNAMED_BYTES", 1_000)
    expect_refusal(post.log_likelihood, "rows", ValueError, "2,064,000")
    assert post.log_likelihood(rows=range(215)).shape == (3, 400, 215)


REFUSED = {
    "rows": (lambda post: post.log_likelihood(rows=3), "rows", TypeError),
    "rows outside": (lambda post: post.log_likelihood(rows=range(3, 216)), "rows", ValueError),
    "rows below": (lambda post: post.log_likelihood(rows=range(-1, 3)), "rows", ValueError),
    "steps": (lambda post: post.log_likelihood(rows=slice(0, 9, 2)), "rows", ValueError),
    "rows of a total": (
        lambda post: post.log_likelihood(pointwise=False, rows=range(3)),
        "rows",
        ValueError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_argument(name, post):
    call, argument, kind = REFUSED[name]
    expect_refusal(lambda: call(post), argument, kind)
