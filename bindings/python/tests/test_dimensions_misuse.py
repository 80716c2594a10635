"""Bad data for maximum likelihood, statistics, estimators and predictions in several dimensions.

An error names the argument, the rule and the value, and everything is as it was before it.
"""

from __future__ import annotations

import copy
import re
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_iris

import gmmswift as gm

IRIS = load_iris().data
IRIS.flags.writeable = False
ONES = np.ones(150)
STRUCTURES = ("full", "tied", "diag", "spherical")


def changed(row, column, value, data=IRIS):
    data = data.copy()
    data[row, column] = value
    return data


def weighted(row, value):
    weights = ONES.copy()
    weights[row] = value
    return weights


FIT = gm.fit_em(IRIS, 3, random_seed=1, n_init=2)
START = {"weights": FIT.weights, "means": FIT.means, "covariances": FIT.covariances}
CONSTANT = np.c_[IRIS, np.full(150, 7.0)]
COLLINEAR = np.c_[IRIS, IRIS[:, 0] - 2 * IRIS[:, 1]]
INDEFINITE = np.array([np.eye(4), np.eye(4) - 2 * np.diag([0, 0, 1, 0]), np.eye(4)])
LOPSIDED = FIT.covariances + np.triu(np.ones((4, 4)), 1) * [[[0]], [[1]], [[0]]]


def fit(data=IRIS, size=3, **arguments):
    return lambda: gm.fit_em(data, size, **{"random_seed": 1, "n_init": 1, **arguments})


def start(**values):
    return fit(initial={**START, **values})


def statistics(data=IRIS, parameters=FIT, **arguments):
    return lambda: gm.MixtureStatistics(parameters, data, **arguments)


# What is called, the beginning of the message, a part of the rest, exception.
CASES = {
    "no columns": (fit(np.zeros((5, 0))), "data", "at least 1 column, got shape (5, 0)"),
    "three axes": (fit(np.zeros((5, 2, 2))), "data", "(N,) or (N, D), got shape (5, 2, 2)"),
    "number": (fit(3.0), "data", "got a single number"),
    "nan": (fit(changed(7, 2, np.nan)), "data[7, 2]", "got nan in row 7, column 2"),
    "nan in column 0": (fit(changed(7, 0, np.nan)), "data[7, 0]", "got nan in row 7, column 0"),
    "inf": (fit(changed(149, 3, -np.inf)), "data[149, 3]", "got -inf in row 149, column 3"),
    "nan beyond a block": (
        fit(changed(5_003, 1, np.nan, np.tile(IRIS, (40, 1)))),
        "data[5003, 1]",
        "got nan in row 5003, column 1",
    ),
    "huge": (fit(changed(1, 1, 1e300)), "data[1, 1]", "got 1e+300 in row 1, column 1"),
    "fewer rows than components": (fit(IRIS[:2]), "data", "at least n_components = 3"),
    "no rows": (fit(IRIS[:0]), "data", "got 0"),
    **{
        f"constant column, {kind}": (
            fit(CONSTANT, covariance_type=kind),
            "data",
            "column 4, or a positive regularization, got 150 equal",
            gm.DegenerateError,
        )
        for kind in STRUCTURES[:3]
    },
    # Sample weights.
    "negative weight": (
        fit(sample_weight=weighted(9, -1)),
        "sample_weight[9]",
        "not negative, got -1.0",
    ),
    "nan weight": (fit(sample_weight=weighted(0, np.nan)), "sample_weight[0]", "got nan"),
    "infinite weight": (fit(sample_weight=weighted(3, np.inf)), "sample_weight[3]", "got inf"),
    "weights of zero": (fit(sample_weight=0 * ONES), "sample_weight", "got 0.0"),
    "weights for others": (
        fit(sample_weight=ONES[1:]),
        "sample_weight",
        "shape (150,), got shape (149,)",
    ),
    "weights in a table": (
        fit(sample_weight=ONES.reshape(15, 10)),
        "sample_weight",
        "shape (150,), got shape (15, 10)",
    ),
    "few positive weights": (
        fit(sample_weight=np.r_[1, 1, np.zeros(148)]),
        "data",
        "with a positive weight, got 2",
    ),
    # Starts.
    "start's weights": (start(weights=[0.5, 0.6, 0.1]), "initial['weights']", "sum to 1, got 1.2"),
    "start's negative weight": (
        start(weights=[1.5, -0.6, 0.1]),
        "initial['weights'][1]",
        "got -0.6",
    ),
    "start's means transposed": (
        start(means=FIT.means.T),
        "initial['means']",
        "shape (3, 4), got shape (4, 3)",
    ),
    "start's mean nan": (
        start(means=changed(1, 1, np.nan, FIT.means)),
        "initial['means']",
        "got nan",
    ),
    "start's covariances flat": (
        start(covariances=FIT.covariances.reshape(4, 12)),
        "initial['covariances']",
        "shape (3, 4, 4), got shape (4, 12)",
    ),
    "start's covariance indefinite": (
        start(covariances=INDEFINITE),
        "initial['covariances'][1]",
        "got -1.0",
    ),
    "start's covariance not definite": (
        start(covariances=np.ones((3, 4, 4))),
        "initial['covariances'][0]",
        "positive definite, got pivot 0.0 in row 1",
    ),
    "start's covariance lopsided": (
        start(covariances=LOPSIDED),
        "initial['covariances'][1]",
        "must be symmetric, got",
    ),
    "responsibilities transposed": (
        fit(initial={"responsibilities": np.ones((3, 150))}),
        "initial['responsibilities']",
        "shape (150, 3), got shape (3, 150)",
    ),
    "negative responsibility": (
        fit(initial={"responsibilities": np.ones((150, 3)) * [1, -1, 1]}),
        "initial['responsibilities'][0, 1]",
        "got -1.0",
    ),
    "row without responsibility": (
        fit(initial={"responsibilities": changed(8, slice(None), 0, np.ones((150, 3)))}),
        "initial['responsibilities'][8]",
        "got 0.0",
    ),
    # Statistics.
    "statistics, columns": (statistics(IRIS[:, :2]), "data", "must have 4 columns, got 2"),
    "statistics, nan": (
        statistics(changed(7, 0, np.nan)),
        "data[7, 0]",
        "got nan in row 7, column 0",
    ),
    "statistics, weight": (
        statistics(sample_weight=weighted(2, -1)),
        "sample_weight[2]",
        "got -1.0",
    ),
    "statistics, weights of zero": (statistics(sample_weight=0 * ONES), "sample_weight", "got 0.0"),
    "statistics, means transposed": (
        statistics(parameters={**START, "means": FIT.means.T}),
        "parameters['means']",
        "shape (3, 4), got shape (4, 3)",
    ),
    "statistics, covariance": (
        statistics(parameters={**START, "covariances": INDEFINITE}),
        "parameters['covariances'][1]",
        "got -1.0",
    ),
    "statistics, weights": (
        statistics(parameters={**START, "weights": [0.5, 0.6, 0.1]}),
        "parameters['weights']",
        "got 1.2",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_with_argument_rule_and_value(case):
    function, argument, part, *kind = CASES[case]
    kind = kind[0] if kind else ValueError
    with pytest.raises(kind) as caught:
        function()
    message = str(caught.value)
    assert type(caught.value) is kind
    assert re.match(re.escape(argument) + r"(\[[\d, ]+\])?: .+, got .+", message), message
    assert part in message, message
    # Words of the C interface that Python does not have.
    assert not re.search(r"\bnum_|initial_|sample_weights", message), message


def test_refused_fits_change_neither_data_nor_the_next_fit():
    before, weights = IRIS.copy(), ONES.copy()
    for function, *_ in CASES.values():
        with pytest.raises(ValueError):
            function()
    np.testing.assert_array_equal(IRIS, before)
    np.testing.assert_array_equal(ONES, weights)
    again = gm.fit_em(IRIS, 3, random_seed=1, n_init=2)
    np.testing.assert_array_equal(again.covariances, FIT.covariances)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_collinear_and_constant_columns_are_reported_or_regularized(structure):
    # A spherical variance is an average over columns: a constant one does it no harm.
    data = CONSTANT if structure == "spherical" else COLLINEAR
    found = gm.fit_em(data, 2, covariance_type=structure, random_seed=1)
    singular = structure in ("full", "tied")
    assert bool(found.collapsed) == singular
    if singular:
        assert {coordinate for _, coordinate in found.collapsed} == {4}
    for data in (CONSTANT, COLLINEAR):
        found = gm.fit_em(data, 2, covariance_type=structure, random_seed=1, regularization=1e-4)
        assert found.collapsed == []
        assert np.isfinite(found.log_likelihood)


# --------------------------------------------------------------------------------- Posteriors


@pytest.fixture(scope="module", params=STRUCTURES)
def posterior(request):
    model = gm.Mixture(2, covariance_type=request.param)
    return gm.sample(model, IRIS, 20, tune=10, chains=2, random_seed=1)


@pytest.mark.parametrize("method", ["log_density", "predict_probabilities"])
def test_bad_points_are_refused_and_predictions_stay(posterior, method):
    predict = getattr(posterior, method)
    before = predict(IRIS)
    draws = {name: array.copy() for name, array in posterior.items()}
    for points, message in [
        (IRIS[:, :3], "x: must have 4 columns, got 3"),
        (CONSTANT, "x: must have 4 columns, got 5"),
        (IRIS[0], r"x: must have shape \(N, 4\), got shape \(4,\)"),
        (np.zeros((3, 0)), "x: must have 4 columns, got 0"),
        (IRIS[np.newaxis], r"x: must have shape \(N, 4\), got shape \(1, 150, 4\)"),
        (changed(5, 0, np.nan), r"x\[5, 0\]: must be finite, got nan in row 5, column 0"),
        (changed(5, 3, np.inf), r"x\[5, 3\]: must be finite, got inf in row 5, column 3"),
    ]:
        with pytest.raises(ValueError, match=message):
            predict(points)
    np.testing.assert_array_equal(predict(IRIS), before)
    for name, array in posterior.items():
        np.testing.assert_array_equal(array, draws[name])


# --------------------------------------------------------------------------------- Estimators

ESTIMATORS = {
    "mixture": gm.GaussianMixture,
    "variational": gm.BayesianGaussianMixture,
}


def state(estimator):
    return copy.deepcopy({k: v for k, v in vars(estimator).items() if k != "_training"})


def expect_same(left, right):
    assert left.keys() == right.keys()
    for name, value in left.items():
        if hasattr(value, "counts"):  # moments
            expect_same(vars(value), vars(right[name]))
        else:
            np.testing.assert_equal(value, right[name], err_msg=name)


# Every case has other columns than the fit, where the data come so far: what is learned of them
# before the error must be forgotten.
FAILURES = {
    "nan": (lambda e: e.fit(changed(7, 2, np.nan)[:, :3]), "row 7, column 2"),
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
    "score, nan": (lambda e: e.score_samples(changed(9, 1, np.nan)), "row 9, column 1"),
    "score, one axis": (lambda e: e.score(IRIS[0]), "1D array"),
    "sample": (lambda e: e.sample(0), "n_samples: must be an integer >= 1, got 0"),
    "posterior, columns": (lambda e: e.posterior(IRIS[:, :3]), "3 features"),
}
PARTIAL = {
    "columns": (lambda e: e.partial_fit(IRIS[:, :3]), "3 features"),
    "nan": (lambda e: e.partial_fit(changed(7, 2, np.nan)), "row 7, column 2"),
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
def test_parts_that_fail_leave_the_running_moments(case):
    function, message = PARTIAL[case]
    online = gm.GaussianMixture(2, random_state=0).partial_fit(IRIS).partial_fit(IRIS[::2])
    twin = copy.deepcopy(online)
    with pytest.raises(ValueError, match=message):
        function(online)
    expect_same(state(online), state(twin))
    expect_same(state(online.partial_fit(IRIS)), state(twin.partial_fit(IRIS)))


# ------------------------------------------------------------------------ Offsets and layouts


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("kind", STRUCTURES)
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
    np.testing.assert_allclose(fitted.covariances_, near.covariances_, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fitted.score(x), near.score(x.astype(float) - 1e4), rtol=1e-9)


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
