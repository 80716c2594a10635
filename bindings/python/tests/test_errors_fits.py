"""Data, weights and starts that maximum likelihood and statistics refuse."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

import gmmswift as gm
from refusals import DATA, FOREIGN, expect_refusal

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


# What is called, argument at fault, exception.
ONE_DIMENSION = {
    "em few data": (lambda: gm.fit_em([1.0], 2), "data", ValueError),
    "em empty": (lambda: gm.fit_em([], 1), "data", ValueError),
    "em nan": (lambda: gm.fit_em([1, np.nan], 1), "data[1]", ValueError),
    "em equal": (lambda: gm.fit_em([1, 1, 1], 2), "data", gm.DegenerateError),
    "em initial": (lambda: gm.fit_em(DATA, 2, initial={"sigma": [1, 1]}), "initial", ValueError),
    "em initial type": (lambda: gm.fit_em(DATA, 2, initial=[1, 1]), "initial", TypeError),
    "em covariance": (
        lambda: gm.fit_em(DATA, 2, covariance_type="diagonal"),
        "covariance_type",
        ValueError,
    ),
    "em init": (lambda: gm.fit_em(DATA, 2, init="best"), "init", ValueError),
    "em criterion": (lambda: gm.fit_em(DATA, 2, criterion="time"), "criterion", ValueError),
    "em weight": (
        lambda: gm.fit_em(DATA, 2, sample_weight=[-1.0] * len(DATA)),
        "sample_weight[0]",
        ValueError,
    ),
    "em weight shape": (
        lambda: gm.fit_em(DATA, 2, sample_weight=[1.0]),
        "sample_weight",
        ValueError,
    ),
    "em columns": (lambda: gm.fit_em(np.ones((4, 0)), 2), "data", ValueError),
    "em matrix nan": (
        lambda: gm.fit_em([[1, 2], [3, np.nan], [5, 6]], 2),
        "data[1, 1]",
        ValueError,
    ),
    "em pivot": (
        lambda: gm.fit_em(
            [[1, 2], [3, 4], [5, 7]],
            1,
            initial={"weights": [1], "means": [[1, 1]], "covariances": [[1, 2], [2, 1]]},
        ),
        "initial['covariances'][0]",
        ValueError,
    ),
    "em initial shape": (
        lambda: gm.fit_em(DATA, 2, initial={"weights": [1], "means": [0, 1], "sd": [1, 1]}),
        "initial['weights']",
        ValueError,
    ),
    "em order": (lambda: gm.fit_em(DATA, 2, order="sorted"), "order", ValueError),
    "em initial sd": (
        lambda: gm.fit_em(DATA, 2, initial={"sd": [1.0, -1.0]}),
        "initial['sd'][1]",
        ValueError,
    ),
    "em initial shared sd": (
        lambda: gm.fit_em(DATA, 2, shared_sd=True, initial={"sd": 0.0}),
        "initial['sd']",
        ValueError,
    ),
    "em initial twice": (
        lambda: gm.fit_em(DATA, 2, initial={"sd": [1, 1], "covariances": [1, 1]}),
        "initial['sd']",
        ValueError,
    ),
    "em shared": (lambda: gm.fit_em(DATA, 2, shared_sd="no"), "shared_sd", TypeError),
}

# What is called, the beginning of the message, a part of the rest, exception.
CASES = {
    "no columns": (fit(np.zeros((5, 0))), "data", "at least 1 column, got shape (5, 0)"),
    "three axes": (fit(np.zeros((5, 2, 2))), "data", "(N,) or (N, D), got shape (5, 2, 2)"),
    "number": (fit(3.0), "data", "got a single number"),
    "nan": (fit(changed(7, 2, np.nan)), "data[7, 2]", "got nan"),
    "nan in column 0": (fit(changed(7, 0, np.nan)), "data[7, 0]", "got nan"),
    "inf": (fit(changed(149, 3, -np.inf)), "data[149, 3]", "got -inf"),
    "nan beyond a block": (
        fit(changed(5_003, 1, np.nan, np.tile(IRIS, (40, 1)))),
        "data[5003, 1]",
        "got nan",
    ),
    "huge": (fit(changed(1, 1, 1e300)), "data[1, 1]", "got 1e+300"),
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
        "got nan",
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


@pytest.mark.parametrize("case", ONE_DIMENSION)
def test_bad_input_is_refused_with_argument_rule_and_value(case):
    function, argument, kind = ONE_DIMENSION[case]
    expect_refusal(function, argument, kind, foreign=FOREIGN + r"|spread", has_place=True)


@pytest.mark.parametrize("case", CASES)
def test_bad_tables_are_refused_with_argument_rule_and_value(case):
    function, argument, part, *kind = CASES[case]
    expect_refusal(function, argument, kind[0] if kind else ValueError, part, has_place=True)


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
