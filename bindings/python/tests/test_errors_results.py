"""Arguments that posteriors and statistics of arrays refuse."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

import gmmswift as gm
from refusals import (
    DATA,
    FOREIGN,
    TABLE,
    changed,
    expect_refusal,
    mixture,
    posterior,
    posterior_of_table,
)

IRIS = load_iris().data
IRIS.flags.writeable = False

# What is called, argument at fault, exception.
ONE_DIMENSION = {
    "burn too large": (lambda: posterior().subset(burn=5), "burn", ValueError),
    "burn negative": (lambda: posterior().subset(burn=-1), "burn", ValueError),
    "thin zero": (lambda: posterior().subset(thin=0), "thin", ValueError),
    "thin float": (lambda: posterior().subset(thin=2.0), "thin", TypeError),
    "extend 0": (lambda: posterior().extend(0), "draws", ValueError),
    "extend overflow": (lambda: posterior().extend(2**62), "draws", ValueError),
    "extend subset": (lambda: posterior().subset(1).extend(1), "posterior", NotImplementedError),
    "extend prior": (
        lambda: gm.sample_prior(mixture(), 5).extend(1),
        "posterior",
        NotImplementedError,
    ),
    "x nan": (lambda: posterior().log_density([0, np.nan]), "x[1]", ValueError),
    "x inf": (lambda: posterior().predict_probabilities([np.inf]), "x[0]", ValueError),
    "x shape": (lambda: posterior().predict_probabilities(np.zeros((2, 2))), "x", ValueError),
    "predictive draws 0": (lambda: posterior().sample_predictive(0), "draws", ValueError),
    "predictive points": (lambda: posterior().sample_predictive(1, -1), "n_points", ValueError),
    "max_lag": (lambda: posterior().autocorrelation("sd", 5), "max_lag", ValueError),
    "hdi_prob text": (lambda: posterior().summary(hdi_prob="95"), "hdi_prob", TypeError),
    "quantile 2": (lambda: posterior().summary(quantiles=[0.5, 2]), "quantiles[1]", ValueError),
    "quantiles shape": (lambda: posterior().summary(quantiles=[[0.5]]), "quantiles", ValueError),
    "kde empty": (lambda: gm.kde([]), "x", ValueError),
    "kde nan": (lambda: gm.kde([1, np.nan]), "x[1]", ValueError),
    "kde equal": (lambda: gm.kde([1, 1]), "x", gm.DegenerateError),
    "kde one value": (lambda: gm.kde([1.0]), "x", gm.DegenerateError),
    "kde points": (lambda: gm.kde(DATA, n_points=0), "n_points", ValueError),
    "kde bandwidth 0": (lambda: gm.kde(DATA, bandwidth=0), "bandwidth", ValueError),
    "kde bandwidth nan": (lambda: gm.kde(DATA, bandwidth=np.nan), "bandwidth", ValueError),
    "kde bandwidth none": (lambda: gm.kde(DATA, bandwidth=None), "bandwidth", TypeError),
    "kde rule": (lambda: gm.kde(DATA, bandwidth="sj"), "bandwidth", ValueError),
    "kde lower text": (lambda: gm.kde(DATA, lower="0"), "lower", TypeError),
    "kde bounds equal": (lambda: gm.kde([1, 2], lower=1, upper=1), "lower", ValueError),
    "kde below lower": (lambda: gm.kde([1, 2], lower=1.5), "x[0]", ValueError),
    "kde above upper": (lambda: gm.kde([1, 2], upper=1.5), "x[1]", ValueError),
    "kde threads": (lambda: gm.kde(DATA, threads=-1), "threads", ValueError),
    "histogram empty": (lambda: gm.histogram([]), "x", ValueError),
    "histogram bins": (lambda: gm.histogram(DATA, 0), "bins", ValueError),
    "histogram range": (lambda: gm.histogram(DATA, range=(1, 0)), "range", ValueError),
    "autocorrelation number": (lambda: gm.autocorrelation(1.0), "x", ValueError),
    "autocorrelation lag": (lambda: gm.autocorrelation(DATA, 5), "max_lag", ValueError),
    "autocorrelation empty": (lambda: gm.autocorrelation([]), "x", ValueError),
    "summarize number": (lambda: gm.summarize(1.0), "values", ValueError),
    "summarize empty": (lambda: gm.summarize([]), "draws", ValueError),
    "summarize no chains": (lambda: gm.summarize(np.zeros((0, 5))), "chains", ValueError),
    "summarize nothing": (lambda: gm.summarize(np.zeros((2, 5, 0))), "values", ValueError),
    "summarize mapping": (lambda: gm.summarize({}), "values", ValueError),
    "summarize shapes": (
        lambda: gm.summarize({"a": np.zeros((2, 5)), "b": np.zeros((2, 6))}),
        "b",
        ValueError,
    ),
    "summarize names": (lambda: gm.summarize(DATA, names=["a", "b"]), "names", ValueError),
    "summarize quantiles": (
        lambda: gm.summarize(DATA, quantiles=np.linspace(0, 1, 65)),
        "len(quantiles)",
        ValueError,
    ),
}

# What is called, argument at fault, a part of the rule and the value, exception.
SEVERAL_DIMENSIONS = {
    "columns of points": (
        lambda: posterior_of_table().log_density(TABLE[:, :2]),
        "x",
        "must have 3 columns, got 2",
        ValueError,
    ),
    "one point": (
        lambda: posterior_of_table().predict_probabilities(TABLE[0]),
        "x",
        "must have shape (N, 3), got shape (3,)",
        ValueError,
    ),
    "point nan": (
        lambda: posterior_of_table().log_density(changed(3, 0, np.nan)),
        "x[3, 0]",
        "got nan",
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


@pytest.fixture(scope="module", params=("full", "tied", "diag", "spherical"))
def post_of_iris(request):
    model = gm.Mixture(2, covariance_type=request.param)
    return gm.sample(model, IRIS, 20, tune=10, chains=2, random_seed=1)


@pytest.mark.parametrize("method", ["log_density", "predict_probabilities"])
def test_bad_points_are_refused_and_predictions_stay(post_of_iris, method):
    predict = getattr(post_of_iris, method)
    before = predict(IRIS)
    draws = {name: array.copy() for name, array in post_of_iris.items()}
    for points, message in [
        (IRIS[:, :3], "x: must have 4 columns, got 3"),
        (np.c_[IRIS, np.full(150, 7.0)], "x: must have 4 columns, got 5"),
        (IRIS[0], r"x: must have shape \(N, 4\), got shape \(4,\)"),
        (np.zeros((3, 0)), "x: must have 4 columns, got 0"),
        (IRIS[np.newaxis], r"x: must have shape \(N, 4\), got shape \(1, 150, 4\)"),
        (
            changed(5, 0, np.nan, IRIS),
            r"x\[5, 0\]: must be finite, or NaN where missing allows it, got nan",
        ),
        (changed(5, 3, np.inf, IRIS), r"x\[5, 3\]: must be finite, got inf"),
    ]:
        with pytest.raises(ValueError, match=message):
            predict(points)
    np.testing.assert_array_equal(predict(IRIS), before)
    for name, array in post_of_iris.items():
        np.testing.assert_array_equal(array, draws[name])
