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
    assert table.row("means[0]")["mean"] == table.column("mean")["means[0]"]
    assert table.row("means[0]")["mean"] == table["means[0]", "mean"] == table["mean"][3]
    assert list(table.row("sd")) == list(table.columns)
    assert list(table.column("r_hat")) == list(table.rows)
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


def test_columns_are_arrays(post):
    table = post.summary(hdi_prob=0.8, quantiles=[0.1, 0.5])
    for place, name in enumerate(table.columns):
        assert table[name].shape == (7,)
        assert not table[name].flags.writeable
        np.testing.assert_array_equal(table[name], table.values[:, place])
    np.testing.assert_array_equal(table.hdi, np.c_[table["hdi_10%"], table["hdi_90%"]])
    np.testing.assert_array_equal(table.quantiles, np.c_[table["10%"], table["50%"]])
    assert post.summary(quantiles=()).quantiles.shape == (7, 0)
    # The rank of a row by one column is that of numpy.
    assert table.rows[int(table["mean"].argmax())] == "means[2]"


def test_a_summary_of_some_parameters_is_that_part_of_the_summary_of_all(post):
    table = post.summary()
    part = post.summary("means")
    assert part.rows == ("means[0]", "means[1]", "means[2]")
    np.testing.assert_array_equal(part.values, table.values[3:6])
    assert post.summary(["sd", "weights[2]"]).rows == ("sd", "weights[2]")
    other = table.select(["sd", "weights[2]"])
    assert other.rows == ("sd", "weights[2]")
    assert other.columns == table.columns
    np.testing.assert_array_equal(other.values, table.values[[6, 2]])
    assert other["sd", "r_hat"] == table["sd", "r_hat"]
    assert [line.split()[0] for line in str(other).splitlines()[1:]] == ["sd", "weights[2]"]
    assert not other.values.flags.writeable
    row = post.summary("log_posterior", hdi_prob=0.5, quantiles=[0.5]).row("log_posterior")
    assert row["50%"] == pytest.approx(np.median(post["log_posterior"]))
    assert "hdi_25%" in row
    assert post.summary("sd", quantiles=()).columns[-1] == "r_hat"
    with pytest.raises(TypeError):
        post.summary("sd", 0.9)  # the mass of the interval has its name
    with pytest.raises(ValueError, match=r"names: must be from weights\[0\] to weights\[2\], got"):
        table.select("weights[3]")


def test_long_tables_are_printed_by_their_ends():
    draws = np.random.default_rng(4).normal(size=(2, 50, 1_320))
    draws[0, :, 700] += 3  # the two chains disagree
    table = gm.summarize(draws)
    lines = str(table).splitlines()
    assert len(lines) == 23
    assert [line.split()[0] for line in lines[1:11]] == [f"x[{i}]" for i in range(10)]
    assert lines[11] == "..."
    assert [line.split()[0] for line in lines[12:22]] == [f"x[{i}]" for i in range(1_310, 1_320)]
    assert lines[22].startswith("1,320 rows; largest R-hat ")
    assert "(x[700]), smallest bulk ESS" in lines[22]
    assert len(table.to_string().splitlines()) == 1_321
    assert len(str(table.select([f"x[{i}]" for i in range(60)])).splitlines()) == 61
    assert len(str(table.select([f"x[{i}]" for i in range(61)])).splitlines()) == 23
    html = table._repr_html_()
    assert html.count("<tr>") == 22
    assert "1,320 rows; largest R-hat" in html
    # Without a statistic there is nothing to tell of it.
    nothing = gm.summarize(np.full((2, 5, 61), np.nan), names=["line\nbreak"] * 61)
    assert nothing._repr_html_().count("<tr>") == 22
    assert str(nothing).splitlines()[-1] == "61 rows"
    assert str(nothing).count("line\nbreak") == 20
    with pytest.raises(KeyError, match=r"x\[0\], .+, \.\.\., x\[1310\], .+ got 'nothing'"):
        table.row("nothing")


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
    assert gm.summarize(values).rows == tuple(f"x[{i}, {j}]" for i in range(2) for j in range(3))
    table = gm.summarize({"a": values[..., 0, 0], "b<": values[:, :, 0]})
    assert table.rows == ("a", "b<[0]", "b<[1]", "b<[2]")
    assert "b&lt;[0]" in table._repr_html_()
    assert gm.summarize(values[..., 0, :2], names=["α", "β"]).rows == ("α", "β")  # noqa: RUF001
    assert gm.summarize(values[0, :, 0, 0])["x", "mean"] == pytest.approx(values[0, :, 0, 0].mean())
