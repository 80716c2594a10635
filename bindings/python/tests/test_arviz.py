"""Numbers equal those of ArviZ, and draws reach it, before and from its version 1 on."""

from __future__ import annotations

import sys

import arviz
import numpy as np
import pytest

import arviz_names
import gmmswift as gm

pytestmark = pytest.mark.arviz
STREAM = np.random.default_rng(7)


def autoregressive(chains, draws, coefficient):
    """Chains with slowly decaying autocorrelation."""
    values = np.empty((chains, draws))
    values[:, 0] = STREAM.normal(size=chains)
    noise = STREAM.normal(size=(chains, draws))
    for t in range(1, draws):
        values[:, t] = coefficient * values[:, t - 1] + noise[:, t]
    return values


ARRAYS = {
    "independent": STREAM.normal(size=(4, 500)),
    "correlated": autoregressive(4, 1000, 0.95),
    "alternating": autoregressive(2, 400, -0.9),
    "odd number of draws": autoregressive(3, 333, 0.5),
    "one chain": autoregressive(1, 700, 0.3),
    "far from zero": STREAM.normal(size=(4, 300)) + 1e6,
    "tiny": STREAM.normal(size=(4, 300)) * 1e-9,
    "heavy tails": STREAM.standard_cauchy(size=(4, 500)),
    "ties": STREAM.integers(0, 5, size=(4, 250)).astype(float),
    "chains that disagree": STREAM.normal(size=(4, 200)) + np.arange(4)[:, None],
    "few draws": STREAM.normal(size=(2, 5)),
}


def mc_error(values):
    """PyMC3's batch means of the chains one after the other, 100 batches."""
    pooled = values.reshape(-1)
    size = pooled.size // 100
    if size == 0:
        return np.nan
    return pooled[: 100 * size].reshape(100, size).mean(axis=1).std() / 10


def mcse_sd(values):
    """Error of the sd by the delta method on the squared deviations, whose ESS is for a mean."""
    squares = (values - values.mean()) ** 2
    ess = arviz_names.ess(squares, "mean")
    variance = squares.mean()
    return np.sqrt(((squares**2).mean() - variance**2) / ess / variance / 4)


@pytest.mark.parametrize("name", ARRAYS)
def test_summary_equals_arviz(name):
    values = ARRAYS[name]
    lower, upper = arviz_names.hdi(values.reshape(-1), 0.9)
    expected = {
        "mean": values.mean(),
        "sd": values.std(ddof=1),
        "hdi_5%": lower,
        "hdi_95%": upper,
        "mcse_mean": values.std(ddof=1) / np.sqrt(arviz_names.ess(values, "mean")),
        "mcse_sd": mcse_sd(values),
        "ess_bulk": arviz_names.ess(values, "bulk"),
        "ess_tail": arviz_names.ess(values, "tail"),
        "r_hat": arviz_names.rhat(values),
        "10%": np.quantile(values, 0.1),
        "50%": np.median(values),
        "97.5%": np.quantile(values, 0.975),
    }
    if mc_error(values) == mc_error(values):
        expected["mc_error"] = mc_error(values)
    row = gm.summarize(values, hdi_prob=0.9, quantiles=[0.1, 0.5, 0.975]).row("x")
    for column, value in expected.items():
        # The definitions are equal, the order of summation is not. Deviations of values at 1e6
        # have lost six digits to cancellation, their fourth powers up to eight.
        tolerance = 1e-7 if name == "far from zero" and column == "mcse_sd" else 1e-8
        assert row[column] == pytest.approx(value, rel=tolerance, abs=1e-300, nan_ok=True), column


def test_summary_of_a_posterior_equals_that_of_its_arrays(post):
    table = post.summary()
    blocks = {name: post[name] for name in ("weights", "means", "sd")}
    other = gm.summarize(blocks)
    assert table.rows == other.rows
    assert table.columns == other.columns
    np.testing.assert_allclose(table.values, other.values, rtol=1e-12)
    arviz_table = arviz_names.summary(post.to_inference_data(), list(blocks), 0.95)
    for row in table.rows:
        for ours, theirs in [
            ("mean", "mean"),
            ("sd", "sd"),
            ("hdi_2.5%", "hdi_lower"),
            ("hdi_97.5%", "hdi_upper"),
            ("mcse_mean", "mcse_mean"),
            ("ess_bulk", "ess_bulk"),
            ("ess_tail", "ess_tail"),
            ("r_hat", "r_hat"),
        ]:
            assert table[row, ours] == pytest.approx(arviz_table.loc[row, theirs], rel=1e-8)


@pytest.mark.parametrize("name", ARRAYS)
def test_autocorrelation_equals_arviz(name):
    values = ARRAYS[name]
    last = min(50, values.shape[1] - 1)
    expected = arviz_names.autocorr(values)[:, : last + 1]
    # Values at 1e6 have lost six digits before the sums begin.
    tolerance = 1e-8 if name == "far from zero" else 1e-10
    np.testing.assert_allclose(gm.autocorrelation(values, last), expected, atol=tolerance)
    np.testing.assert_allclose(gm.autocorrelation(values[0], last), expected[0], atol=tolerance)


def test_autocorrelation_works_along_draws_of_strided_views(post):
    found = post.autocorrelation("means", max_lag=20)
    assert found.shape == (3, 21, 3)
    draws = np.ascontiguousarray(np.moveaxis(post["means"], 1, 2))
    expected = arviz_names.autocorr(draws)[:, :, :21]
    np.testing.assert_allclose(found, np.moveaxis(expected, 2, 1), atol=1e-10)
    assert post.autocorrelation("sd").shape == (3, 101)
    assert post.subset(350).autocorrelation("sd").shape == (3, 50)
    assert np.isnan(gm.autocorrelation(np.ones(5))).all()


@pytest.mark.parametrize("convert", ["to_datatree", "to_inference_data"])
def test_trees_have_the_groups_names_and_dimensions(convert, post, post_with_sds, data):
    tree = getattr(post, convert)()
    names = {"posterior", "sample_stats", "observed_data", "log_prior"}
    assert arviz_names.group_names(tree) == names
    assert set(tree["posterior"].data_vars) == {"weights", "means", "sd", "assignments"}
    assert tree["posterior"]["means"].dims == ("chain", "draw", "component")
    assert tree["posterior"]["sd"].dims == ("chain", "draw")
    assert tree["posterior"]["assignments"].dims == ("chain", "draw", "observation")
    np.testing.assert_array_equal(tree["posterior"]["means"].values, post["means"])
    np.testing.assert_array_equal(tree["observed_data"]["x"].values, data)
    np.testing.assert_array_equal(tree["sample_stats"]["lp"].values, post["log_posterior"])
    assert tree["posterior"].attrs["inference_library"] == "gmmswift"
    assert tree["posterior"].attrs["tuning_steps"] == post.tune
    separate = getattr(post_with_sds, convert)()
    assert separate["posterior"]["sd"].dims == ("chain", "draw", "component")
    assert "assignments" not in separate["posterior"]
    prior = getattr(gm.sample_prior(post.model, 20, random_seed=1), convert)()
    assert arviz_names.group_names(prior) == {"prior", "sample_stats_prior"}


def test_a_tree_is_a_tree_with_any_version(post):
    from xarray import DataTree

    assert isinstance(post.to_datatree(), DataTree)
    container = arviz.InferenceData if arviz_names.IS_BEFORE_1 else DataTree
    assert isinstance(post.to_inference_data(), container)


@pytest.mark.skipif(not arviz_names.IS_BEFORE_1, reason="ArviZ 1 needs an xarray that has trees")
def test_an_xarray_without_trees_is_named(post, monkeypatch):
    monkeypatch.delattr(sys.modules["xarray"], "DataTree")
    with pytest.raises(ImportError, match=r"to_datatree needs xarray 2024\.10 or later"):
        post.to_datatree()


def test_statistics_of_a_tree_are_those_of_the_summary(post):
    tree = post.to_inference_data()
    table = post.summary()
    r_hat, ess = (function(tree, var_names="means") for function in (arviz.rhat, arviz.ess))
    for component in range(3):
        row = f"means[{component}]"
        assert float(r_hat["means"][component]) == pytest.approx(table[row, "r_hat"], rel=1e-8)
        assert float(ess["means"][component]) == pytest.approx(table[row, "ess_bulk"], rel=1e-8)
