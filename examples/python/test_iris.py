"""Tests of the example in four dimensions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import iris
import matplotlib.image
import numpy as np
import pytest


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the script returns."""
    return iris.main(tmp_path_factory.mktemp("iris"))


def test_one_covariance_matrix_finds_the_species(result: dict[str, Any]) -> None:
    labels = result["tied"].probabilities.argmax(axis=1)
    # Linear discriminant analysis, which knows the species, errs on 3 of 150.
    assert np.sum(labels != result["species"]) <= 6
    summary = result["tied"].summary()
    assert max(summary.column("r_hat").values()) < 1.02
    setosa = result["data"][:50].mean(axis=0)
    np.testing.assert_allclose(result["tied"]["means"].mean(axis=(0, 1))[0], setosa, atol=0.02)


def test_full_covariances_find_the_species(result: dict[str, Any]) -> None:
    labels = result["full"].probabilities.argmax(axis=1)
    assert np.sum(labels != result["species"]) <= 6
    assert result["full"].model.default_priors == "malsiner-walli"


def test_the_other_prior_leaves_a_component_over(result: dict[str, Any]) -> None:
    weights = np.sort(result["other"]["weights"].reshape(-1, 3), axis=1).mean(axis=0)
    # Setosa is a third; versicolor and virginica share most of the rest.
    assert abs(weights[1] - 1 / 3) < 0.05
    assert weights[2] > 0.5
    assert weights[0] < 0.15


def test_pictures_are_not_blank(result: dict[str, Any]) -> None:
    pictures = result["report"].pictures
    assert {Path(picture.path).stem for picture in pictures} == {"pairs", "ellipses", "predictive"}
    for picture in pictures:
        pixels = matplotlib.image.imread(picture.path)[:, :, :3]
        is_coloured = np.ptp(pixels, axis=2) > 0.1
        assert is_coloured.mean() > 0.005, picture.path
