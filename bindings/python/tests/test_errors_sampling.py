"""Data, starts and options that `sample` refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import gmmswift as gm
from refusals import (
    DATA,
    EYE,
    FOREIGN,
    TABLE,
    changed,
    expect_refusal,
    initial,
    mixture,
    mixture_of_table,
    posterior_of_table,
    sample,
    sample_table,
    start_in_table,
    wishart,
)

# What is called, argument at fault, exception.
ONE_DIMENSION = {
    "model": (lambda: gm.sample("model", DATA), "model", TypeError),
    "data nan": (lambda: sample([0, 1, np.nan]), "data[2]", ValueError),
    "data inf": (lambda: sample([0, -np.inf]), "data[1]", ValueError),
    "data nan column": (lambda: sample([[0], [np.nan]]), "data[1]", ValueError),
    "data number": (lambda: sample(3.0), "data", ValueError),
    "data two columns": (lambda: sample(np.zeros((3, 2))), "data", ValueError),
    "data one row": (lambda: sample(np.zeros((1, 5))), "data", ValueError),
    "data three axes": (lambda: sample(np.zeros((5, 1, 1))), "data", ValueError),
    "data text": (lambda: sample(["1", "2"]), "data", TypeError),
    "data objects": (lambda: sample([object(), None]), "data", TypeError),
    "data complex": (lambda: sample([1j, 2]), "data", TypeError),
    "data ragged": (lambda: sample([[1, 2], [3]]), "data", ValueError),
    "data None in a list": (lambda: sample([0.5, None]), "data[1]", TypeError),
    "data missing": (
        lambda: gm.fit_em(pd.DataFrame({"x": pd.array([1, None], "Int64"), "y": [0.5, 1]}), 1),
        "data[1, 0]",
        TypeError,
    ),
    "data text among numbers": (lambda: sample(np.array([1, "2"], object)), "data[1]", TypeError),
    "data complex object": (lambda: sample(np.array([1, 2j], object)), "data[1]", TypeError),
    "data duration": (
        lambda: sample(np.array([np.timedelta64(1, "s")], object)),
        "data[0]",
        TypeError,
    ),
    "data set": (lambda: sample({1.0, 2.0}), "data", TypeError),
    "data too large": (lambda: sample([0.0, 1e145]), "data[1]", ValueError),
    "data huge integer": (lambda: sample([10**400, 1]), "data[0]", ValueError),
    "draws over int64": (lambda: sample(draws=2**63), "draws", ValueError),
    "data masked": (lambda: sample(np.ma.array([1, 2], mask=[0, 1])), "data", ValueError),
    "data dates": (lambda: sample(np.array(["2020-01-01"], "M8[D]")), "data", TypeError),
    "data None": (lambda: sample(None), "data", TypeError),
    "draws float": (lambda: sample(draws=10.0), "draws", TypeError),
    "draws text": (lambda: sample(draws="10"), "draws", TypeError),
    "draws huge": (lambda: sample(draws=2**70), "draws", ValueError),
    "method unknown": (lambda: sample(method="nuts"), "method", ValueError),
    "method None": (lambda: sample(method=None), "method", ValueError),
    "seed negative": (lambda: sample(random_seed=-1), "random_seed", ValueError),
    "seed too large": (lambda: sample(random_seed=2**64), "random_seed", ValueError),
    "seed text": (lambda: sample(random_seed="1"), "random_seed", TypeError),
    "threads float": (lambda: sample(threads=1.5), "threads", TypeError),
    "progress text": (lambda: sample(progress="yes"), "progress", TypeError),
    "store_assignments": (lambda: sample(store_assignments=None), "store_assignments", TypeError),
    "initial number": (lambda: sample(initial=3), "initial", TypeError),
    "initial key": (initial(foo=[1, 2]), "initial", ValueError),
    "initial shape": (initial(means=[1, 2, 3]), "initial['means']", ValueError),
    "initial chains": (initial(means=np.zeros((3, 2))), "initial['means']", ValueError),
    "initial weights": (initial(weights=[0.2, 0.9]), "initial['weights']", ValueError),
    "initial sd": (initial(sd=[1, -1]), "initial['sd']", ValueError),
    "initial nan": (initial(means=[0, np.nan]), "initial['means']", ValueError),
    "all equal": (lambda: sample([1, 1, 1]), "data", gm.DegenerateError),
    "prior draws 0": (lambda: gm.sample_prior(mixture(), 0), "draws", ValueError),
    "prior model": (lambda: gm.sample_prior(None, 5), "model", TypeError),
}

ORDERED = mixture_of_table(ordered=True, order_by=2)

# What is called, argument at fault, a part of the rule and the value, exception.
SEVERAL_DIMENSIONS = {
    "columns": (
        lambda: sample_table(model=mixture_of_table(n_dimensions=4)),
        "data",
        "must have 4 columns, got 3",
        ValueError,
    ),
    "columns of priors": (
        lambda: sample_table(model=wishart(scale=np.eye(2))),
        "data",
        "must have 2 columns, got 3",
        ValueError,
    ),
    "one column": (
        lambda: sample_table(TABLE[:, 0], model=mixture_of_table(n_dimensions=3)),
        "data",
        "must have shape (N, 3), got shape (60,)",
        ValueError,
    ),
    "no columns": (lambda: sample_table(np.zeros((5, 0))), "data", "at least 1 column", ValueError),
    "three axes": (lambda: sample_table(np.zeros((5, 3, 1))), "data", "(5, 3, 1)", ValueError),
    # Values of data, with row and column.
    "nan": (
        lambda: sample_table(changed(4, 1, np.nan)),
        "data[4, 1]",
        "got nan",
        ValueError,
    ),
    "inf": (
        lambda: sample_table(changed(7, 0, np.inf)),
        "data[7, 0]",
        "got inf",
        ValueError,
    ),
    "known priors, nan": (
        lambda: sample_table(changed(0, 2, np.nan), model=wishart()),
        "data[0, 2]",
        "got nan",
        ValueError,
    ),
    "text": (lambda: sample_table([["a", "b"]]), "data", "real numbers", TypeError),
    "ragged": (lambda: sample_table([[1, 2], [3]]), "data", "rectangular", ValueError),
    # Data that priors cannot be scaled to.
    "constant column": (
        lambda: sample_table(np.c_[TABLE, np.ones(60)]),
        "data",
        "got a constant column 3",
        gm.DegenerateError,
    ),
    "constant column, diag": (
        lambda: sample_table(np.c_[np.ones(60), TABLE], "diag"),
        "data",
        "got a constant column 0",
        gm.DegenerateError,
    ),
    "collinear columns": (
        lambda: sample_table(
            np.c_[TABLE, TABLE[:, 0] - 2 * TABLE[:, 1]],
            model=mixture_of_table(default_priors="fraley-raftery"),
        ),
        "data",
        "got column 3",
        gm.DegenerateError,
    ),
    "one row": (lambda: sample_table(TABLE[:1]), "data", "at least 2 rows", ValueError),
    "no rows": (lambda: sample_table(TABLE[:0]), "data", "at least 2 rows", ValueError),
    "sds that reach zero": (
        lambda: sample_table(
            np.c_[TABLE, np.ones(60)],
            model=mixture_of_table(
                means=gm.Normal(0, 9), covariance_type="diag", sd=gm.HalfNormal(1)
            ),
        ),
        "data",
        "column 3 must have more than 1 distinct value",
        gm.DegenerateError,
    ),
    "coordinate of data": (
        lambda: sample_table(model=mixture_of_table(ordered=True, order_by=3)),
        "order_by",
        "between 0 and 2, got 3",
        ValueError,
    ),
    # Sampling.
    "metropolis": (
        lambda: sample_table(method="metropolis"),
        "method",
        "Gibbs in several dimensions",
        NotImplementedError,
    ),
    "open model": (lambda: gm.sample_prior(mixture_of_table()), "model", "for_data", ValueError),
    "initial shape": (
        start_in_table(means=np.zeros((3, 2))),
        "initial['means']",
        "must have shape (2, 3) or (2, 2, 3), got (3, 2)",
        ValueError,
    ),
    "initial mean": (
        start_in_table(means=[[0, 0, 0], [1, np.nan, 1]]),
        "initial['means'][0, 1, 1]",
        "finite, got nan",
        ValueError,
    ),
    "initial order": (
        start_in_table(model=ORDERED, means=[[0, 0, 0], [1, 1, -1]]),
        "initial['means'][0, 1, 2]",
        "got -1.0 after 0.0",
        ValueError,
    ),
    "initial covariance": (
        start_in_table(covariances=[EYE, -EYE]),
        "initial['covariances'][0, 1]",
        "variances between 1e-290 and 1e+290, got -1.0",
        ValueError,
    ),
    "initial covariance's halves": (
        start_in_table(covariances=[EYE, EYE + np.eye(3, k=1) / 2]),
        "initial['covariances'][0, 1]",
        "symmetric, got 0.0 at (1, 0) and 0.5 at (0, 1)",
        ValueError,
    ),
    "initial tied": (
        start_in_table("tied", covariances=[EYE] * 3),
        "initial['covariances']",
        "must have shape (3, 3) or (2, 3, 3)",
        ValueError,
    ),
    "initial sd": (
        start_in_table("diag", sd=[[1, 1, 1], [1, 0, 1]]),
        "initial['sd'][0, 1, 1]",
        "got 0.0",
        ValueError,
    ),
    "initial key": (
        start_in_table(sd=1),
        "initial",
        "weights, means, covariances, got 'sd'",
        ValueError,
    ),
    "initial posterior": (
        lambda: sample_table(covariance_type="tied", initial=posterior_of_table()),
        "initial",
        "must have the model's components",
        ValueError,
    ),
    "initial fit": (
        lambda: sample_table(initial=gm.fit_em(TABLE[:, 0], 2)),
        "initial",
        "must be in 3 dimensions, got 1",
        ValueError,
    ),
}


@pytest.mark.parametrize("case", ONE_DIMENSION)
def test_bad_input_is_refused_with_argument_rule_and_value(case):
    function, argument, kind = ONE_DIMENSION[case]
    expect_refusal(function, argument, kind, foreign=FOREIGN + r"|spread", has_place=True)


@pytest.mark.parametrize("case", SEVERAL_DIMENSIONS)
def test_bad_input_in_several_dimensions_is_refused_with_argument_rule_and_value(case):
    function, argument, part, kind = SEVERAL_DIMENSIONS[case]
    expect_refusal(function, argument, kind, part)


def test_data_that_no_prior_needs_may_be_degenerate():
    # Chosen priors are proper: constant and collinear columns, equal rows and fewer rows than
    # components have a posterior.
    model = wishart()
    for data in (
        np.c_[TABLE[:, :2], np.ones(60)],
        np.c_[TABLE[:, :2], TABLE[:, 0]],
        np.ones((5, 3)),
        TABLE[:1],
        TABLE[:0],
    ):
        post = gm.sample(model, data, 50, tune=10, chains=2, random_seed=1)
        for name, array in post.items():
            assert np.isfinite(array).all(), name
        assert np.linalg.eigvalsh(post["covariances"]).min() > 0


def test_a_refused_call_changes_nothing():
    model, data = mixture_of_table(covariance_type="full"), TABLE.copy()
    expected = gm.sample(model, data, 5, tune=2, chains=1, random_seed=1)
    for bad in (changed(1, 1, np.nan), TABLE[:1], np.ones((9, 3))):
        with pytest.raises(ValueError):
            gm.sample(model, bad, 5)
    found = gm.sample(model, data, 5, tune=2, chains=1, random_seed=1)
    np.testing.assert_array_equal(found["covariances"], expected["covariances"])
    np.testing.assert_array_equal(data, TABLE)


def test_more_draws_than_memory_is_a_memory_error():
    with pytest.raises(MemoryError):
        sample(draws=10**16)


FAR = np.array([-1.0, 2.0, -3.0, 4.0, -5.0, 6.0])


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (gm.Mixture(2, means=gm.Normal(0, 1), sd=gm.Uniform(0, 1e-138)), FAR * 1e21),
        (
            gm.Mixture(
                4,
                means=gm.NormalKappa(0, 1e-200),
                variance=gm.InverseGamma(1e-5, 1),
                n_dimensions=1,
                covariance_type="diag",
            ),
            np.arange(1.0, 6.0),
        ),
        (
            gm.Mixture(
                1,
                covariance_type="full",
                means=gm.Normal([0, 0], 1e-39),
                covariance=gm.Fixed([np.diag([1e-186, 1e-186])]),
            ),
            np.column_stack([FAR, FAR[::-1]]) * 1e140,
        ),
    ],
    ids=["uniform", "kappa", "fixed"],
)
def test_priors_and_data_too_far_apart_are_an_error_or_numbers(model, data):
    try:
        post = gm.sample(model, data, 200, tune=0, chains=2, random_seed=1)
    except gm.DegenerateError:
        return
    assert all(np.isfinite(post[name]).all() for name in post if name != "log_posterior")
