"""Tests of the example with points in clutter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chevron
import matplotlib.image
import numpy as np
import pytest


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the script returns."""
    return chevron.main(tmp_path_factory.mktemp("chevron"))


def test_the_points_are_those_of_the_package(result: dict[str, Any]) -> None:
    points, is_noise = result["points"], result["is_noise"]
    assert points.shape == (1_104, 2)
    assert is_noise.sum() == 754
    # The volume that mclust takes for the noise of its own fit.
    assert np.prod(np.ptp(points, axis=0)) == pytest.approx(16021.807107781)


def test_fit_and_posterior_are_one_another_s(result: dict[str, Any]) -> None:
    fit, post = result["fit"], result["posterior"]
    assert fit.log_likelihood == pytest.approx(-10525.2113, abs=1e-3)
    sd = post["background_weight"].std()
    assert abs(post["background_weight"].mean() - fit.background_weight) < sd
    means = post["means"].mean(axis=(0, 1))
    assert (abs(means - fit.means) < 1.5 * post["means"].std(axis=(0, 1))).all()
    assert max(post.summary().column("r_hat").values()) < 1.03


def test_points_are_told_apart_beside_a_background_alone(result: dict[str, Any]) -> None:
    wrong = {name: sum(pair) for name, pair in result["wrong"].items()}
    assert wrong.pop("posterior") < 70
    assert wrong.pop("maximum likelihood") == 57
    assert len(wrong) == len(chevron.COUNTS)
    assert min(wrong.values()) > 70
    assert result["fit"].bic < min(fit.bic for fit in result["plain"].values()) - 300
    found, expected = result["inside"]
    assert found < 0.5 * expected


def test_two_components_are_found_beside_it(result: dict[str, Any]) -> None:
    unknown = result["unknown"]
    # A wide component in the clutter comes and goes.
    assert unknown.p_clusters[2:4].sum() > 0.8
    assert unknown.p_clusters[1] < 0.01
    difference = unknown.background_probabilities() - result["posterior"].background_probabilities()
    assert abs(difference).mean() < 0.05


def test_the_best_reading_is_the_one_of_the_fewest_errors() -> None:
    is_noise = np.array([True, True, False, False, False])
    assert chevron.errors(np.array([True, False, True, True, False]), is_noise) == (2, 1)


def test_the_picture_is_not_blank(result: dict[str, Any]) -> None:
    (picture,) = result["report"].pictures
    assert Path(picture.path).stem == "field"
    pixels = matplotlib.image.imread(picture.path)[:, :, :3]
    assert (np.ptp(pixels, axis=2) > 0.1).mean() > 0.01
    assert (pixels.max(axis=2) < 0.5).mean() > 0.005
