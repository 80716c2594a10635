"""Scalars of draws that need no labels, against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import gmmswift as gm


def test_scalars_are_those_of_the_draws(data, model_with_sds):
    post = gm.sample(model_with_sds, data, 40, tune=20, chains=2, random_seed=1)
    found = post.label_free()
    weights = post["weights"]
    assert list(found) == ["log_posterior", "sum_squared_weights", "sorted_weights", "log_density"]
    assert np.array_equal(found["log_posterior"], post["log_posterior"])
    np.testing.assert_allclose(found["sum_squared_weights"], np.sum(weights**2, axis=-1))
    assert np.array_equal(found["sorted_weights"], np.sort(weights, axis=-1)[..., ::-1])
    points = np.quantile(data, [0.05, 0.25, 0.5, 0.75, 0.95], method="inverted_cdf")
    shares = weights[..., None, :] * stats.norm.pdf(
        points[:, None], post["means"][..., None, :], post["sd"][..., None, :]
    )
    np.testing.assert_allclose(found["log_density"], np.log(shares.sum(axis=-1)), atol=1e-11)


def test_the_summary_has_a_row_for_each(data, model_with_sds):
    post = gm.sample(model_with_sds, data, 100, tune=20, chains=2, random_seed=1)
    found = post.label_free()
    table = post.summary("label_free", quantiles=())
    expected = gm.summarize(found, quantiles=())
    assert table.rows == expected.rows
    np.testing.assert_array_equal(table.values, expected.values)
    assert "label_free" not in post.summary().rows


def test_swapped_labels_change_nothing():
    """Two chains with the labels the other way round have an R-hat near 1 all the same."""
    stream = np.random.default_rng(2)
    x = np.concatenate([stream.normal(-4, 1, 80), stream.normal(4, 1, 40)])
    model = gm.Mixture(2, means=gm.Normal(0, sd=5), variance=gm.InverseGamma(2, 1))
    initial = {"means": [[-4.0, 4.0], [4.0, -4.0]]}
    post = gm.sample(model, x, 400, tune=50, chains=2, random_seed=1, initial=initial, moves=False)
    assert post.as_drawn.summary("means")["r_hat"].max() > 1.5
    assert post.summary("label_free")["r_hat"].max() < 1.05


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
def test_rows_are_chosen_by_the_first_column_and_the_weights(structure):
    stream = np.random.default_rng(5)
    rows = stream.normal(size=(90, 3))
    weights = stream.integers(0, 4, 90).astype(float)
    data = gm.Data(rows, sample_weight=weights)
    post = gm.sample(gm.Mixture(2, covariance_type=structure), data, 20, chains=1, random_seed=2)
    found = post.label_free()["log_density"]
    repeated = np.repeat(np.arange(90), weights.astype(int))
    order = repeated[np.argsort(rows[repeated, 0], kind="stable")]
    places = np.ceil(np.array([0.05, 0.25, 0.5, 0.75, 0.95]) * len(order)).astype(int) - 1
    expected = post.log_density(rows[order[places]])
    np.testing.assert_allclose(np.log(np.exp(found).mean(axis=(0, 1))), expected, atol=1e-11)
    assert np.array_equal(found, post.label_free(threads=1)["log_density"])
