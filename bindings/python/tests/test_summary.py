"""The summary table: names, access, text."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm


def test_rows_and_columns_have_their_names(post, post_with_sds):
    table = post.summary()
    assert table.rows == (
        "weights[0]",
        "weights[1]",
        "weights[2]",
        "means[0]",
        "means[1]",
        "means[2]",
        "sd",
    )
    assert table.columns == (
        "mean",
        "sd",
        "hdi_2.5%",
        "hdi_97.5%",
        "mcse_mean",
        "mcse_sd",
        "mc_error",
        "ess_bulk",
        "ess_tail",
        "r_hat",
        "2.5%",
        "25%",
        "50%",
        "75%",
        "97.5%",
    )
    assert post_with_sds.summary().rows[-2:] == ("sd[0]", "sd[1]")
    other = post.summary(hdi_prob=0.8, quantiles=[0.05, 0.333])
    assert {"hdi_10%", "hdi_90%", "5%", "33.3%"} <= set(other.columns)
    assert post.summary(quantiles=[]).columns[-1] == "r_hat"


def test_values_have_a_row_for_each_quantity_and_a_column_for_each_statistic():
    draws = np.random.default_rng(2).normal(size=(2, 50, 4))
    values = gm.summarize(draws, quantiles=[0.0, 1.0]).values
    series = draws.reshape(100, 4)
    np.testing.assert_allclose(values[:, 0], series.mean(axis=0), atol=1e-14)
    np.testing.assert_array_equal(values[:, -2], series.min(axis=0))
    np.testing.assert_array_equal(values[:, -1], series.max(axis=0))


def test_cells_rows_and_columns_are_found_by_name(post):
    table = post.summary()
    mean = post["means"][:, :, 0].mean()
    assert table["means[0]", "mean"] == pytest.approx(mean, rel=1e-12)
    assert table["mean"]["means[0]"] == table.row("means[0]")["mean"] == table["means[0]", "mean"]
    assert list(table["mean"]) == list(table.rows)
    assert list(table.row("sd")) == list(table.columns)
    assert table.column("r_hat") == table["r_hat"]
    assert list(table) == list(table.columns)
    assert len(table) == 7
    assert "mean" in table
    assert "means[0]" not in table
    assert table.values.shape == (7, 15)
    assert not table.values.flags.writeable
    for key in ["nothing", ("nothing", "mean"), ("sd", "nothing"), ("sd", "mean", "more")]:
        with pytest.raises(KeyError):
            table[key]
    with pytest.raises(KeyError, match="row: must be one of"):
        table.row("mean")


def test_text_is_an_aligned_table(post):
    table = post.summary()
    lines = str(table).splitlines()
    assert repr(table) == str(table)
    assert len(lines) == 8
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split() == list(table.columns)
    assert [line.split()[0] for line in lines[1:]] == list(table.rows)
    html = table._repr_html_()
    assert html.count("<tr>") == 8
    assert "<th>means[0]</th>" in html


def test_table_becomes_a_data_frame(post):
    table = post.summary()
    frame = table.to_pandas()
    assert list(frame.index) == list(table.rows)
    assert list(frame.columns) == list(table.columns)
    assert frame.loc["means[1]", "ess_bulk"] == table["means[1]", "ess_bulk"]
    frame.loc["sd", "mean"] = 0.0
    assert table["sd", "mean"] != 0.0


def test_rows_of_arrays_are_named_by_their_axes():
    values = np.random.default_rng(1).normal(size=(2, 50, 2, 3))
    assert gm.summarize(values).rows == tuple(f"x[{i},{j}]" for i in range(2) for j in range(3))
    table = gm.summarize({"a": values[..., 0, 0], "b<": values[:, :, 0]})
    assert table.rows == ("a", "b<[0]", "b<[1]", "b<[2]")
    assert "b&lt;[0]" in table._repr_html_()
    assert gm.summarize(values[..., 0, :2], names=["α", "β"]).rows == ("α", "β")  # noqa: RUF001
    assert gm.summarize(values[0, :, 0, 0])["x", "mean"] == pytest.approx(values[0, :, 0, 0].mean())
