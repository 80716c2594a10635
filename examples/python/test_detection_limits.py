"""Tests of the example with limits of detection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import detection_limits
import matplotlib.image
import numpy as np
import pytest


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the script returns."""
    return detection_limits.main(tmp_path_factory.mktemp("detection_limits"))


def test_the_true_quantities_are_those_of_the_recipe(result: dict[str, Any]) -> None:
    stream = np.random.default_rng(3)
    group = (stream.random(400_000) < detection_limits.WEIGHTS[1]).astype(int)
    logs = detection_limits.MEANS[group] + detection_limits.SDS[group] * stream.normal(size=400_000)
    true = result["true"]
    # Four standard errors of 400,000 values.
    assert np.exp(logs).mean() == pytest.approx(true["mean"], abs=4 * np.exp(logs).std() / 632)
    below = (logs < np.log(detection_limits.THRESHOLD)).mean()
    assert below == pytest.approx(true["share below"], abs=4 * 0.22 / 632)


def test_intervals_say_nearly_what_the_values_do(result: dict[str, Any]) -> None:
    true, found = result["true"], result["found"]
    for name in true:
        drawn, known = found["intervals"][name], found["all values"][name]
        assert abs(drawn.mean() - known.mean()) < drawn.std()
        assert abs(drawn.mean() - true[name]) < 2 * drawn.std()
        # Less is known, so that intervals are as wide or wider.
        assert drawn.std() > 0.95 * known.std()
    for post in result["posteriors"].values():
        assert max(post.summary().column("r_hat").values()) < 1.02


def test_intervals_hold_the_true_values_and_others_do_not(result: dict[str, Any]) -> None:
    true, sets = result["true"], result["sets"]
    count = detection_limits.SETS
    counts = {
        way: dict(zip(true, detection_limits.covered(each, true), strict=True))
        for way, each in sets.items()
    }
    # 0.9 of them are expected to, with a binomial sd of 1.6 of 30.
    assert min(counts["intervals"].values()) >= 0.9 * count - 3 * np.sqrt(0.09 * count)
    assert counts["dropped"]["mean"] == 0
    assert counts["dropped"]["log mean 0"] < 0.2 * count
    assert counts["half the limit"]["log sd 0"] < 0.4 * count
    assert counts["half the limit"]["share below"] < 0.2 * count


def test_data_are_told_in_three_ways() -> None:
    logs, limits = np.array([0.0, 1.0, -1.0]), np.array([0.5, 0.5, -2.0])
    data = detection_limits.told(logs, limits)
    np.testing.assert_allclose(data["half the limit"].values[:, 0], [0.5 - np.log(2), 1, -1])
    np.testing.assert_array_equal(data["dropped"].values[:, 0], [1, -1])
    assert data["intervals"].n_observations == 3
    assert "intervals" in repr(data["intervals"])


def test_the_picture_is_not_blank(result: dict[str, Any]) -> None:
    (picture,) = result["report"].pictures
    assert Path(picture.path).stem == "limits"
    pixels = matplotlib.image.imread(picture.path)[:, :, :3]
    assert (np.ptp(pixels, axis=2) > 0.1).mean() > 0.01
