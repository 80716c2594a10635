"""Attributes and predictions have the type of the data; float64 results stand behind float32."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import sklearn
from sklearn import mixture as reference
from sklearn.datasets import load_iris

from gmmswift import BayesianGaussianMixture, GaussianMixture

IRIS = load_iris().data
SINGLE = IRIS.astype(np.float32)
KINDS = ("full", "tied", "diag", "spherical")
ESTIMATORS = {"mixture": GaussianMixture, "variational": BayesianGaussianMixture}
ARRAYS = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")
VERSION = tuple(map(int, sklearn.__version__.split(".")[:2]))


def fitted(name, kind, x=SINGLE, **settings):
    return ESTIMATORS[name](
        n_components=3, covariance_type=kind, random_state=0, max_iter=500, **settings
    ).fit(x)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_float32_in_float32_out(name, kind):
    one, other = fitted(name, kind), fitted(name, kind, SINGLE.astype(np.float64))
    arrays = [
        attribute
        for attribute, value in vars(other).items()
        if np.ndim(value)
        and attribute.endswith("_")
        and attribute not in ("lower_bounds_", "classes_")
    ]
    assert set(ARRAYS) <= set(arrays)
    for attribute in arrays:
        shown, exact = getattr(one, attribute), getattr(other, attribute)
        for a, b in zip(
            *((v if isinstance(v, tuple) else (v,)) for v in (shown, exact)), strict=True
        ):
            assert (a.dtype, b.dtype) == (np.float32, np.float64), attribute
            # The same numbers in float64 are computed, and rounded once.
            np.testing.assert_array_equal(a, b.astype(np.float32), err_msg=attribute)
    assert one.lower_bounds_ == other.lower_bounds_
    for method in ("predict_proba", "score_samples"):
        found, exact = getattr(one, method)(SINGLE), getattr(other, method)(IRIS.astype(np.float32))
        assert (found.dtype, exact.dtype) == (np.float32, np.float64)
        np.testing.assert_array_equal(found, exact.astype(np.float32))
        # Where one of the two is float64, so is the result.
        assert getattr(one, method)(IRIS).dtype == np.float64
        assert getattr(one, method)(IRIS.astype(np.float16)).dtype == np.float64
    assert one.predict(SINGLE).dtype == np.int64
    draws, labels = one.sample(20)
    assert (draws.dtype, labels.dtype) == (np.float64, np.int64)
    np.testing.assert_array_equal(draws, other.sample(20)[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore:covariance is not symmetric:RuntimeWarning")  # theirs
@pytest.mark.skipif(VERSION < (1, 8), reason="scikit-learn computes in float64 before")
def test_types_are_those_of_scikit_learn(kind):
    ours, theirs = (
        fitted("mixture", kind),
        reference.GaussianMixture(3, covariance_type=kind, random_state=0, max_iter=500).fit(
            SINGLE
        ),
    )
    for attribute in ARRAYS:
        assert getattr(ours, attribute).dtype == getattr(theirs, attribute).dtype
    for x in (SINGLE, IRIS):
        assert ours.predict_proba(x).dtype == theirs.predict_proba(x).dtype
        assert ours.score_samples(x).dtype == theirs.score_samples(x).dtype
        assert type(ours.score(x)) is type(theirs.score(x)) is float
    assert ours.sample(3)[0].dtype == theirs.sample(3)[0].dtype
    # Their sums are in float32, of a covariance's condition of 1e3 and less.
    np.testing.assert_allclose(ours.means_, theirs.means_, rtol=2e-3)
    np.testing.assert_allclose(ours.score(SINGLE), theirs.score(SINGLE), rtol=1e-4)


def test_starts_in_float32_keep_float32_and_others_do_not():
    start = fitted("mixture", "full")
    names = ("weights", "means", "precisions")
    given = {f"{name}_init": getattr(start, f"{name}_") for name in names}
    assert fitted("mixture", "full", **given).means_.dtype == np.float32
    for name in names:
        wide = {**given, f"{name}_init": given[f"{name}_init"].astype(np.float64)}
        wide["weights_init"] = wide["weights_init"] / wide["weights_init"].sum(dtype=float)
        found = fitted("mixture", "full", **wide)
        assert all(getattr(found, attribute).dtype == np.float64 for attribute in ARRAYS)
    assert fitted("mixture", "full", IRIS, **given).means_.dtype == np.float64
    # Data that are neither are float64, as in scikit-learn.
    for x in (IRIS.astype(np.float16), (IRIS * 10).astype(int)):
        assert fitted("mixture", "full", x).means_.dtype == np.float64


@pytest.mark.parametrize("sum_of", [1.00000009, 0.9999995])
def test_weights_in_float32_may_sum_to_one_within_their_rounding(sum_of):
    weights = (np.array([0.2, 0.3, 0.5]) * sum_of).astype(np.float32)
    assert abs(weights.sum(dtype=float) - 1) > 1e-8
    found = fitted("mixture", "full", weights_init=weights)
    exact = weights / weights.sum(dtype=float)
    expected = fitted("mixture", "full", weights_init=exact)
    np.testing.assert_array_equal(found._value("weights_"), expected.weights_)
    with pytest.raises(ValueError, match="weights_init: must sum to 1"):
        fitted("mixture", "full", weights_init=weights * np.float32(1.00001))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_what_goes_on_goes_on_from_the_exact_numbers(name):
    # Far from 0, where float32 has steps of 1e-3 and a variance is 0.1.
    x = SINGLE + np.float32(1e4)
    one, other = fitted(name, "full", x), fitted(name, "full", x.astype(np.float64))
    assert np.abs(one.means_ - other.means_).max() > 1e-4
    for copied in (one, pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        found = copied.predict_proba(x)
        np.testing.assert_array_equal(found, other.predict_proba(x).astype(np.float32))
    assert isinstance(one.__getstate__(), bytes)
    options = {"draws": 5, "chains": 1, "random_seed": 1}
    np.testing.assert_array_equal(
        one.posterior(**options)["means"], other.posterior(**options)["means"]
    )
    for mixture in (one, other):
        mixture.set_params(warm_start=True, tol=1e-9)
    np.testing.assert_array_equal(
        one.fit(x)._value("means_"), other.fit(x.astype(np.float64)).means_
    )
    assert one.means_.dtype == np.float32
    # From float32 to float64, and back to what is set by hand.
    assert one.fit(x.astype(np.float64)).means_.dtype == np.float64


def test_parts_in_float32_move_what_float32_could_not_show():
    # A row's share of the mean is 2e-4 steps of float32 at 1e4: rounded sums would stand still.
    x = np.full((2, 1), 1e4, np.float32) + np.array([[0], [1]], np.float32)
    one, other = (GaussianMixture(1).partial_fit(x, sample_weight=[5e5, 5e5]) for _ in range(2))
    for _ in range(50):
        one.partial_fit(x[1:])
        other.partial_fit(x[1:].astype(np.float64))
    assert (one.means_.dtype, other.means_.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(one._value("means_"), other.means_)
    assert other.means_[0, 0] - 10_000.5 > 1e-3


def test_numbers_that_are_set_count():
    mixture = fitted("mixture", "diag")
    moved = mixture.means_ + np.float32(1)
    mixture.means_ = moved
    by_hand = GaussianMixture(3, covariance_type="diag")
    by_hand.weights_, by_hand.means_ = mixture._value("weights_"), moved.astype(np.float64)
    by_hand.covariances_ = mixture._value("covariances_")
    found = mixture.score_samples(IRIS)
    np.testing.assert_array_equal(found, by_hand.score_samples(IRIS))
    # In place too.
    mixture.means_ -= np.float32(1)
    assert not np.array_equal(mixture.score_samples(IRIS), found)
