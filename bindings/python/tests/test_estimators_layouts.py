"""Layouts and types of the data of estimators make no difference."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

import gmmswift as gm

IRIS = load_iris().data
KINDS = ("full", "tied", "diag", "spherical")

ESTIMATORS = {
    "mixture": gm.GaussianMixture,
    "variational": gm.BayesianGaussianMixture,
}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_single_precision_far_from_zero_keeps_its_variance(name, kind):
    # 1e4 in float32 has steps of 1e-3: squares of 1e8 have steps of 8, and a variance of 1 from
    # their difference would be lost.
    x = (np.random.default_rng(1).normal(size=(2_000, 3)) + 1e4).astype(np.float32)
    square = (x**2).mean(axis=0, dtype=np.float32) - x.mean(axis=0, dtype=np.float32) ** 2
    assert np.abs(square - 1).max() > 0.5
    fitted = ESTIMATORS[name](n_components=1, covariance_type=kind, reg_covar=0).fit(x)
    near = ESTIMATORS[name](n_components=1, covariance_type=kind, reg_covar=0)
    near.fit(x.astype(np.float64) - 1e4)
    # The shift is exact in float64; sums of 2,000 numbers of size 1e4 round means by 1e-12.
    exact = fitted._value("covariances_")
    np.testing.assert_allclose(exact, near.covariances_, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(fitted.covariances_, exact.astype(np.float32))
    # Without weights it is scikit-learn's mean of float32 numbers.
    score = fitted.score(x, sample_weight=np.ones(len(x)))
    np.testing.assert_allclose(score, near.score(x.astype(float) - 1e4), rtol=1e-9)
    np.testing.assert_allclose(fitted.score(x), score, rtol=1e-6)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_fortran_order_and_strides_do_not_matter_to_estimators(name, dtype):
    x = IRIS.astype(dtype)
    settings = {"n_components": 3, "random_state": 0, "max_iter": 500}
    wanted = ESTIMATORS[name](**settings).fit(x)
    wide = np.zeros((150, 9), dtype)
    wide[:, 1::2] = x
    for same in (np.asfortranarray(x), wide[:, 1::2], x[::-1].copy()[::-1]):
        found = ESTIMATORS[name](**settings).fit(same)
        np.testing.assert_array_equal(found.means_, wanted.means_)
        np.testing.assert_array_equal(found.covariances_, wanted.covariances_)
        np.testing.assert_array_equal(found.predict_proba(same), wanted.predict_proba(x))
