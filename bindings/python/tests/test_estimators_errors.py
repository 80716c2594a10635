"""Refusals, reports and warnings of the estimators, and their state afterwards."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
from sklearn import mixture as reference
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

import gmmswift as gm
from gmmswift import GaussianMixture
from test_estimators import agree

IRIS = load_iris().data
IRIS.flags.writeable = False

ONES = np.ones(150)

KINDS = ("full", "tied", "diag", "spherical")


def changed(row, column, value, data=IRIS):
    data = data.copy()
    data[row, column] = value
    return data


def weighted(row, value):
    weights = ONES.copy()
    weights[row] = value
    return weights


CONSTANT = np.c_[IRIS, np.full(150, 7.0)]


@pytest.fixture(scope="module")
def iris():
    return load_iris().data


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_components": 0}, "n_components: must be an integer >= 1, got 0"),
        ({"n_components": 2.0}, "n_components: must be an integer"),
        ({"covariance_type": "round"}, "covariance_type: must be one of"),
        ({"tol": -1}, "tol: must be finite and not negative"),
        ({"tol": float("nan")}, "tol: must be finite"),
        ({"reg_covar": -1e-9}, "reg_covar: must be finite and not negative"),
        ({"max_iter": -1}, "max_iter: must be an integer >= 0"),
        ({"n_init": 0}, "n_init: must be an integer >= 1"),
        ({"init_params": "luck"}, "init_params: must be one of"),
        ({"warm_start": 3}, "warm_start: must be True or False, got 3"),
        ({"weights_init": [0.5, 0.6]}, "weights_init: must sum to 1"),
        ({"weights_init": [1.5, -0.5]}, "weights_init: must not be negative"),
        ({"means_init": [[0.0, 0.0]]}, r"means_init: must have shape \(2, 4\)"),
        ({"precisions_init": -np.ones((2, 4, 4))}, r"precisions_init\[\d\]: must be positive def"),
        ({"precisions_init": np.triu(np.ones((2, 4, 4)))}, "precisions_init: must be symmetric"),
    ],
)
def test_parameters_out_of_range_are_named(iris, settings, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(**{"n_components": 2, **settings}).fit(iris)


def test_masked_values_are_refused(iris):
    masked = np.ma.array(iris, mask=iris > 7)
    with pytest.raises(ValueError, match="X: must have no masked values, got "):
        GaussianMixture(2).fit(masked)
    fitted = GaussianMixture(2, random_state=0).fit(np.ma.array(iris))
    with pytest.raises(ValueError, match="X: must have no masked values, got "):
        fitted.predict(masked)


def test_samples_are_of_the_fit_whatever_is_set_later(iris):
    fitted = GaussianMixture(2, random_state=0).fit(iris)
    expected = fitted.sample(20)
    for found, values in zip(fitted.set_params(n_components=3).sample(20), expected, strict=True):
        np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_components": 3}, "n_components: must be that of the fit, 2, got 3"),
        (
            {"covariance_type": "diag"},
            r"covariance_type: must be that of the fit, .*\(2, 4, 4\), got",
        ),
    ],
)
def test_a_fit_does_not_go_on_with_another_size(iris, settings, message):
    fitted = GaussianMixture(2, random_state=0, warm_start=True).fit(iris).set_params(**settings)
    with pytest.raises(ValueError, match=message):
        fitted.fit(iris)
    with pytest.raises(ValueError, match=message):
        fitted.posterior(draws=5)
    with pytest.raises(ValueError, match=message):
        fitted.partial_fit(iris)
    if "covariance_type" in settings:
        with pytest.raises(ValueError, match=message):
            fitted.predict(iris)


def test_wrong_numbers_of_columns_are_refused(iris):
    fitted = GaussianMixture(2, random_state=0).fit(iris)
    for method in (
        "predict",
        "predict_proba",
        "score",
        "score_samples",
        "bic",
        "aic",
        "partial_fit",
    ):
        with pytest.raises(ValueError, match="3 features"):
            getattr(fitted, method)(iris[:, :3])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_rows_and_columns_of_what_is_not_finite_are_named(iris, value):
    bad = np.vstack([iris] * 40)
    bad[5003, 2] = value
    mixture = gm.BayesianGaussianMixture(n_components=2, random_state=0).fit(iris)
    calls = [mixture.predict, mixture.score_samples, mixture.fit, mixture.fit_predict]
    if value == np.inf:  # NaN is a missing value
        fitted = GaussianMixture(2, random_state=0).fit(iris)
        calls += [fitted.predict, GaussianMixture(2).fit, GaussianMixture(2).partial_fit]
        calls += [fitted.posterior, mixture.posterior]
    for call in calls:
        with pytest.raises(ValueError, match="row 5003, column 2"):
            call(bad)


def test_bad_sample_weights_are_refused(iris):
    for weights, message in [
        (np.r_[-1.0, np.ones(149)], r"sample_weight\[0\]: must be finite and not negative, got -1"),
        (np.zeros(150), "sample_weight: must not be all zeros"),
        (np.ones(149), r"sample_weight: must have shape \(150,\)"),
        (np.r_[np.ones(149), np.nan], r"sample_weight\[149\]: must be finite"),
        (np.r_[1.0, np.zeros(149)], "n_samples >= n_components.* of positive weight"),
    ]:
        with pytest.raises(ValueError, match=message):
            GaussianMixture(2).fit(iris, sample_weight=weights)


def test_fewer_points_than_components_are_refused(iris):
    with pytest.raises(ValueError, match="n_samples >= n_components"):
        GaussianMixture(4).fit(iris[:3])


@pytest.mark.parametrize("kind", KINDS)
def test_constant_and_collinear_columns(iris, kind):
    constant = np.c_[iris, np.full(150, 7.0)]
    collinear = np.c_[iris, iris[:, 0] + iris[:, 1]]
    for x in (constant, collinear):
        fitted = GaussianMixture(2, covariance_type=kind, random_state=0).fit(x)
        theirs = reference.GaussianMixture(2, covariance_type=kind, random_state=0).fit(x)
        # Precisions of 1e6 carry the rounding of 1e-16 x condition 1e7 = 1e-9 and more.
        agree(fitted, theirs, 1e-6, ("weights_", "means_", "covariances_"))
        assert np.isfinite(fitted.score_samples(x)).all()
    if kind in ("full", "tied", "diag"):
        with pytest.raises(ValueError, match=r"constant|positive definite"):
            GaussianMixture(2, covariance_type=kind, reg_covar=0, random_state=0).fit(constant)


def test_failures_leave_a_fit_as_it_was(iris):
    fitted = GaussianMixture(2, random_state=0).fit(iris)
    before = copy.deepcopy(fitted)
    with pytest.raises(ValueError):
        fitted.fit(np.full((10, 4), np.nan))
    agree(fitted, before, 0)


def test_collapses_are_reported():
    x = np.r_[np.zeros(20), np.random.default_rng(0).normal(50, 1, 100)][:, np.newaxis]
    settings = {
        "weights_init": [0.2, 0.8],
        "means_init": [[0.0], [50.0]],
        "precisions_init": [[[1.0]], [[1.0]]],
    }
    with pytest.warns(ConvergenceWarning, match=r"components collapsed \(0\)"):
        fitted = GaussianMixture(2, reg_covar=0, **settings).fit(x)
    assert np.isfinite(fitted.covariances_).all()


@pytest.mark.parametrize("estimator", [GaussianMixture, gm.BayesianGaussianMixture])
@pytest.mark.parametrize("method", ["fit", "fit_predict"])
def test_runs_that_do_not_converge_warn(iris, estimator, method):
    mixture = estimator(n_components=3, max_iter=1, random_state=0)
    with pytest.warns(ConvergenceWarning, match="max_iter=1") as caught:
        getattr(mixture, method)(iris)
    # The line is the caller's.
    assert [warning.filename for warning in caught] == [__file__]


# ------------------------------------------------------------------------- As they were before

ESTIMATORS = {
    "mixture": gm.GaussianMixture,
    "variational": gm.BayesianGaussianMixture,
}


def state(estimator):
    return copy.deepcopy({k: v for k, v in vars(estimator).items() if k != "_training"})


def expect_same(left, right):
    assert left.keys() == right.keys()
    for name, value in left.items():
        np.testing.assert_equal(value, right[name], err_msg=name)


# Every case has other columns than the fit, where the data come so far: what is learned of them
# before the error must be forgotten.
FAILURES = {
    "no values": (lambda e: e.fit(np.full((9, 3), np.nan)), "in a row|row 0, column 0"),
    "inf": (lambda e: e.fit(changed(7, 2, np.inf)), "row 7, column 2"),
    "no columns": (lambda e: e.fit(np.zeros((5, 0))), "0 feature"),
    "one axis": (lambda e: e.fit(IRIS[:, 0]), "1D array"),
    "one row": (lambda e: e.fit(IRIS[:1, :3]), "1 sample"),
    "fewer rows than components": (lambda e: e.fit(IRIS[:2, :3]), "n_samples >= n_components"),
    "negative weight": (
        lambda e: e.fit(IRIS[:, :3], sample_weight=weighted(4, -2)),
        r"sample_weight\[4\]: must be finite and not negative, got -2",
    ),
    "weights of zero": (
        lambda e: e.fit(IRIS[:, :3], sample_weight=0 * ONES),
        "sample_weight: must not be all zeros",
    ),
    "weights for others": (
        lambda e: e.fit(IRIS[:, :3], sample_weight=ONES[1:]),
        r"sample_weight: must have shape \(150,\)",
    ),
    "constant column": (
        lambda e: e.set_params(reg_covar=0).fit(CONSTANT),
        "constant|positive definite|distinct values",
    ),
    "predict, columns": (lambda e: e.predict(IRIS[:, :3]), "3 features"),
    "predict, more columns": (lambda e: e.predict_proba(CONSTANT), "5 features"),
    "score, inf": (lambda e: e.score_samples(changed(9, 1, -np.inf)), "row 9, column 1"),
    "score, one axis": (lambda e: e.score(IRIS[0]), "1D array"),
    "sample": (lambda e: e.sample(0), "n_samples: must be an integer >= 1, got 0"),
    "posterior, columns": (lambda e: e.posterior(IRIS[:, :3]), "3 features"),
}

PARTIAL = {
    "columns": (lambda e: e.partial_fit(IRIS[:, :3]), "3 features"),
    "inf": (lambda e: e.partial_fit(changed(7, 2, np.inf)), "row 7, column 2"),
    "no values": (lambda e: e.partial_fit(np.full((9, 4), np.nan)), "in a row of positive weight"),
    "weight": (
        lambda e: e.partial_fit(IRIS, sample_weight=weighted(4, -2)),
        r"sample_weight\[4\]",
    ),
    "weights of zero": (
        lambda e: e.partial_fit(IRIS, sample_weight=0 * ONES),
        "sample_weight: must not be all zeros",
    ),
}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("case", FAILURES)
def test_failures_leave_an_estimator_as_it_was(name, case):
    function, message = FAILURES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ESTIMATORS[name](n_components=3, random_state=0).fit(IRIS)
    before, predictions = state(fitted), fitted.predict_proba(IRIS)
    with pytest.raises(ValueError, match=message):
        function(fitted)
    fitted.set_params(reg_covar=before["reg_covar"])
    expect_same(state(fitted), before)
    np.testing.assert_array_equal(fitted.predict_proba(IRIS), predictions)
    # One that was never fitted stays so.
    if case in list(FAILURES)[:10]:
        fresh = ESTIMATORS[name](n_components=3, random_state=0)
        before = state(fresh)
        with pytest.raises(ValueError, match=message):
            function(fresh)
        fresh.set_params(reg_covar=before["reg_covar"])
        expect_same(state(fresh), before)


@pytest.mark.parametrize("case", PARTIAL)
def test_parts_that_fail_are_not_learned(case):
    function, message = PARTIAL[case]
    online = gm.GaussianMixture(2, random_state=0).partial_fit(IRIS).partial_fit(IRIS[::2])
    twin = copy.deepcopy(online)
    with pytest.raises(ValueError, match=message):
        function(online)
    expect_same(state(online), state(twin))
    expect_same(state(online.partial_fit(IRIS)), state(twin.partial_fit(IRIS)))
