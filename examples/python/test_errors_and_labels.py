"""Tests of the example with errors of measurement, rounded values and labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import errors_and_labels
import matplotlib.image
import numpy as np
import pytest


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the script returns."""
    return errors_and_labels.main(tmp_path_factory.mktemp("errors_and_labels"))


def test_the_points_are_those_of_the_recipe(result: dict[str, Any]) -> None:
    # The first random numbers of the recipe, as it is published.
    stream = np.random.RandomState(0)
    x = (1.4 + 2 * stream.random_sample(2_000)) ** 2
    curve = np.column_stack([x, 0.1 * x**2])
    gap = result["true"] - curve
    sizes = np.column_stack([0.1 + 4 / x**2, 0.1 + 10 / x**2])
    assert (gap / sizes).std(axis=0) == pytest.approx([1, 1], abs=0.05)
    error = (result["measured"] - result["true"]) / result["sds"]
    assert error.std(axis=0) == pytest.approx([1, 1], abs=0.05)
    assert (result["sds"] > 0.2).all()
    assert (result["sds"] < 0.7).all()


def test_expected_values_are_nearer_to_the_true_ones(result: dict[str, Any]) -> None:
    true, measured, expected = (result[name] for name in ("true", "measured", "expected"))
    plain, better = (np.sqrt(np.mean((v - true) ** 2, axis=0)) for v in (measured, expected))
    assert (better < [0.8, 0.9] * plain).all()
    tables = result["tables"]
    drawn = tables.std(axis=1).mean(axis=0)
    assert drawn == pytest.approx(true.std(axis=0), abs=0.05)
    assert (expected.std(axis=0) < drawn).all()
    assert (drawn < measured.std(axis=0)).all()
    lower, upper = np.quantile(tables, [0.05, 0.95], axis=0)
    inside = ((lower <= true) & (true <= upper)).mean(axis=0)
    # A binomial sd of 2,000 intervals is 0.7 %.
    assert inside == pytest.approx([0.9, 0.9], abs=0.025)


def test_rounded_times_have_the_moments_of_whole_minutes(result: dict[str, Any]) -> None:
    waiting = result["waiting"]
    for unit in errors_and_labels.UNITS:
        post, _ = waiting[unit]
        assert post["means"].mean(axis=(0, 1)) == pytest.approx([54.7, 80.1], abs=0.6)
        assert max(post.summary("means").column("r_hat").values()) < 1.03
    # Values in tens that are taken as exact are wider than what was rounded.
    post, exact = waiting[10]
    assert (exact.sd > post["sd"].mean(axis=(0, 1))).all()


def test_flowers_without_labels_say_where_species_end(result: dict[str, Any]) -> None:
    irises = result["irises"]
    assert sorted(irises) == [5, 15, 30]
    for alone, together in irises.values():
        assert together <= 6
        assert together < alone


def test_the_picture_is_not_blank(result: dict[str, Any]) -> None:
    (picture,) = result["report"].pictures
    assert Path(picture.path).stem == "deconvolution"
    pixels = matplotlib.image.imread(picture.path)[:, :, :3]
    assert (np.ptp(pixels, axis=2) > 0.1).mean() > 0.003
    assert (pixels.max(axis=2) < 0.9).mean() > 0.01
