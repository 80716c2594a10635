"""Tests of the example with missing values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import airquality
import matplotlib.image
import numpy as np
import pytest


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the script returns."""
    return airquality.main(tmp_path_factory.mktemp("airquality"))


def test_the_days_are_those_of_r(result: dict[str, Any]) -> None:
    days = result["days"]
    assert days.shape == (sum(airquality.MONTHS.values()), 4)
    assert np.isnan(days).sum(axis=0).tolist() == [37, 7, 0, 0]
    # What R's summary(airquality) has: means, and the largest values.
    np.testing.assert_allclose(np.nanmean(days, axis=0), [42.13, 185.9, 9.958, 77.88], rtol=3e-4)
    assert np.nanmax(days, axis=0).tolist() == [168, 334, 20.7, 97]


def test_all_days_say_more_than_the_complete_ones(result: dict[str, Any]) -> None:
    means = result["means"]
    (known, known_error), (mean, error) = means["summer"]
    assert known == pytest.approx(42.129, abs=1e-3)
    assert known_error == pytest.approx(3.063, abs=1e-3)
    # Ten times as many draws and tables have 41.23 and 2.68, and for June 37.72 and 5.40.
    assert mean == pytest.approx(41.23, abs=0.3)
    assert error == pytest.approx(2.68, abs=0.1)
    # Most of June is missing. Its nine known days were poor in ozone; the others are completed
    # like days of the same weather.
    (known, known_error), (mean, error) = means["June"]
    assert mean == pytest.approx(37.72, abs=1)
    assert error == pytest.approx(5.40, abs=0.3)
    assert known == pytest.approx(29.4, abs=0.1)
    assert known_error > error
    assert max(result["posterior"].summary("means").column("r_hat").values()) < 1.03
    for post, rows in ((result["posterior"], 153), (result["complete"], 111)):
        assert post.n_observations == rows
        sun = post["means"][..., 1].mean(axis=(0, 1))
        assert sun[0] < 110 < 220 < sun[1]


def test_completed_tables_keep_what_was_measured(result: dict[str, Any]) -> None:
    ozone, days = result["ozone"], result["days"]
    known = ~np.isnan(days[:, 0])
    np.testing.assert_allclose(ozone[:, known], np.tile(days[known, 0], (len(ozone), 1)))
    assert (ozone[:, ~known].std(axis=0) > 3).all()


def test_hidden_values_lie_where_they_are_expected(result: dict[str, Any]) -> None:
    hidden = result["hidden"]
    assert sorted(hidden["true"]) == sorted(result["days"][~np.isnan(result["days"][:, 0]), 0])
    np.testing.assert_array_equal(result["days"][hidden["day"].astype(int), 0], hidden["true"])
    error, plain = (
        np.sqrt(np.mean((hidden[name] - hidden["true"]) ** 2)) for name in ("mean", "column")
    )
    assert error < 0.65 * plain
    inside = (hidden["lower"] <= hidden["true"]) & (hidden["true"] <= hidden["upper"])
    # 90 % of 116, with a binomial sd of 2.8 %.
    assert abs(inside.mean() - 0.9) < 3 * 0.028


def test_rubins_rules_have_the_known_form() -> None:
    tables = np.array([[1.0, 2.0, 6.0], [1.0, 2.0, 9.0]])
    mean, error, part = airquality.mean_by_rubin(tables)
    # Variances within the tables are 7 and 19, between the means 3 and 4 it is 0.5.
    within, between = 13 / 3, 1.5 * 0.5
    assert mean == pytest.approx(3.5)
    assert error**2 == pytest.approx(within + between)
    assert part == pytest.approx(between / (within + between))


def test_the_picture_is_not_blank(result: dict[str, Any]) -> None:
    (picture,) = result["report"].pictures
    assert Path(picture.path).stem == "ozone"
    pixels = matplotlib.image.imread(picture.path)[:, :, :3]
    assert (np.ptp(pixels, axis=2) > 0.1).mean() > 0.005
