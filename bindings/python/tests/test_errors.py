"""Bad input: the type of the exception and a message of the form `argument: rule, got value`."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import gmmswift as gm
from gmmswift import _errors

DATA = np.arange(5.0)
NORMAL, HALF_NORMAL = gm.Normal(0, 1), gm.HalfNormal(1)


def mixture(n_components=2, means=NORMAL, **arguments):
    if not {"sd", "variance", "precision"} & set(arguments):
        arguments["sd"] = HALF_NORMAL
    return gm.Mixture(n_components, means=means, **arguments)


def sample(data=DATA, draws=5, **arguments):
    arguments.setdefault("chains", 2)
    return gm.sample(mixture(), data, draws, tune=arguments.pop("tune", 2), **arguments)


def posterior():
    return sample(random_seed=1)


def initial(**values):
    return lambda: sample(initial=values)


# Argument at fault: what is called, exception.
MODELS = {
    "n_components 0": (lambda: mixture(0), "n_components", ValueError),
    "n_components negative": (lambda: mixture(-1), "n_components", ValueError),
    "n_components 257": (lambda: mixture(257), "n_components", ValueError),
    "n_components huge": (lambda: mixture(2**40), "n_components", ValueError),
    "n_components float": (lambda: mixture(2.0), "n_components", TypeError),
    "n_components text": (lambda: mixture("2"), "n_components", TypeError),
    "n_components bool": (lambda: mixture(True), "n_components", TypeError),
    "concentration 0": (
        lambda: mixture(weights=gm.Dirichlet(0)),
        "weights.concentration",
        ValueError,
    ),
    "concentration -1": (
        lambda: mixture(weights=gm.Dirichlet([1, -1])),
        "weights.concentration[1]",
        ValueError,
    ),
    "concentration length": (
        lambda: mixture(weights=gm.Dirichlet([1, 1, 1])),
        "weights.concentration",
        ValueError,
    ),
    "minimum over 1/K": (
        lambda: mixture(weights=gm.Dirichlet(1, minimum=0.51)),
        "weights.minimum",
        ValueError,
    ),
    "minimum negative": (
        lambda: mixture(weights=gm.Dirichlet(1, minimum=-0.1)),
        "weights.minimum",
        ValueError,
    ),
    "minimum nan": (
        lambda: mixture(weights=gm.Dirichlet(1, minimum=np.nan)),
        "weights.minimum",
        ValueError,
    ),
    "weights sum": (lambda: mixture(weights=gm.Fixed([0.5, 0.6])), "weights.values", ValueError),
    "weights negative": (
        lambda: mixture(weights=gm.Fixed([1.5, -0.5])),
        "weights.values[1]",
        ValueError,
    ),
    "weights family": (lambda: mixture(weights=NORMAL), "weights", ValueError),
    "weights number": (lambda: mixture(weights=1.0), "weights", TypeError),
    "means sd 0": (lambda: mixture(means=gm.Normal(0, 0)), "means.sd", ValueError),
    "means sd negative": (lambda: mixture(means=gm.Normal(0, [1, -1])), "means.sd[1]", ValueError),
    "means mean nan": (lambda: mixture(means=gm.Normal(np.nan, 1)), "means.mean", ValueError),
    "means mean inf": (
        lambda: mixture(means=gm.Normal([0, np.inf], 1)),
        "means.mean[1]",
        ValueError,
    ),
    "minimum huge integer": (
        lambda: mixture(weights=gm.Dirichlet(1, minimum=-(10**400))),
        "weights.minimum",
        ValueError,
    ),
    "means out of order": (
        lambda: mixture(means=gm.Fixed([2, 1]), ordered=True),
        "means.values[1]",
        ValueError,
    ),
    "means family": (lambda: mixture(means=HALF_NORMAL), "means", ValueError),
    "means None": (lambda: mixture(means=None), "means", TypeError),
    "ordered text": (lambda: mixture(ordered="yes"), "ordered", TypeError),
    "shared_sd number": (lambda: mixture(shared_sd=1), "shared_sd", TypeError),
    "no spread": (lambda: gm.Mixture(2, means=NORMAL), "sd", ValueError),
    "two spreads": (
        lambda: mixture(sd=HALF_NORMAL, precision=gm.Gamma(1, 1)),
        "sd",
        ValueError,
    ),
    "sd family": (lambda: mixture(sd=gm.Gamma(1, 1)), "sd", ValueError),
    "variance family": (lambda: mixture(variance=HALF_NORMAL), "variance", ValueError),
    "precision family": (lambda: mixture(precision=gm.InverseGamma(1, 1)), "precision", ValueError),
    "sd scale 0": (lambda: mixture(sd=gm.HalfNormal(0)), "sd.scale", ValueError),
    "sd cauchy scale": (lambda: mixture(sd=gm.HalfCauchy([1, -1])), "sd.scale[1]", ValueError),
    "sd upper below lower": (lambda: mixture(sd=gm.Uniform(2, 1)), "sd.upper", ValueError),
    "sd lower negative": (lambda: mixture(sd=gm.Uniform(-1, 1)), "sd.lower", ValueError),
    "sd fixed 0": (lambda: mixture(sd=gm.Fixed(0)), "sd.values", ValueError),
    "sd shared length": (
        lambda: mixture(sd=gm.HalfNormal([1, 2]), shared_sd=True),
        "sd.scale",
        ValueError,
    ),
    "variance shape 0": (
        lambda: mixture(variance=gm.InverseGamma(0, 1)),
        "variance.shape",
        ValueError,
    ),
    "variance fixed -1": (lambda: mixture(variance=gm.Fixed(-1)), "variance.values", ValueError),
    "precision rate 0": (lambda: mixture(precision=gm.Gamma(1, 0)), "precision.rate", ValueError),
    "precision fixed 0": (
        lambda: mixture(precision=gm.Fixed([1, 0])),
        "precision.values",
        ValueError,
    ),
    "parameter text": (lambda: gm.HalfNormal("1"), "scale", TypeError),
    "parameter matrix": (lambda: gm.HalfNormal([[[1.0]]]), "scale", ValueError),
    "parameter empty": (lambda: gm.HalfNormal([]), "scale", ValueError),
    "parameter None": (lambda: gm.Normal(0, None), "sd", TypeError),
}
SAMPLING = {
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
    "draws 0": (lambda: sample(draws=0), "draws", ValueError),
    "draws negative": (lambda: sample(draws=-3), "draws", ValueError),
    "draws float": (lambda: sample(draws=10.0), "draws", TypeError),
    "draws text": (lambda: sample(draws="10"), "draws", TypeError),
    "draws huge": (lambda: sample(draws=2**70), "draws", ValueError),
    "draws overflow": (lambda: sample(draws=2**62), "draws", ValueError),
    "tune negative": (lambda: sample(tune=-1), "tune", ValueError),
    "chains 0": (lambda: sample(chains=0), "chains", ValueError),
    "thin 0": (lambda: sample(thin=0), "thin", ValueError),
    "method unknown": (lambda: sample(method="nuts"), "method", ValueError),
    "method None": (lambda: sample(method=None), "method", ValueError),
    "seed negative": (lambda: sample(random_seed=-1), "random_seed", ValueError),
    "seed too large": (lambda: sample(random_seed=2**64), "random_seed", ValueError),
    "seed text": (lambda: sample(random_seed="1"), "random_seed", TypeError),
    "threads negative": (lambda: sample(threads=-1), "threads", ValueError),
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
POSTERIORS = {
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
    "hdi_prob 0": (lambda: posterior().summary(hdi_prob=0), "hdi_prob", ValueError),
    "hdi_prob 1": (lambda: posterior().summary(hdi_prob=1), "hdi_prob", ValueError),
    "hdi_prob text": (lambda: posterior().summary(hdi_prob="95"), "hdi_prob", TypeError),
    "quantile 2": (lambda: posterior().summary(quantiles=[0.5, 2]), "quantiles[1]", ValueError),
    "quantiles shape": (lambda: posterior().summary(quantiles=[[0.5]]), "quantiles", ValueError),
}
ARRAYS = {
    "kde empty": (lambda: gm.kde([]), "x", ValueError),
    "kde nan": (lambda: gm.kde([1, np.nan]), "x[1]", ValueError),
    "kde equal": (lambda: gm.kde([1, 1]), "x", gm.DegenerateError),
    "kde one value": (lambda: gm.kde([1.0]), "x", gm.DegenerateError),
    "kde points": (lambda: gm.kde(DATA, n_points=0), "n_points", ValueError),
    "kde bandwidth 0": (lambda: gm.kde(DATA, bandwidth=0), "bandwidth", ValueError),
    "kde bandwidth nan": (lambda: gm.kde(DATA, bandwidth=np.nan), "bandwidth", ValueError),
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
    "em few data": (lambda: gm.fit_em([1.0], 2), "data", ValueError),
    "em empty": (lambda: gm.fit_em([], 1), "data", ValueError),
    "em nan": (lambda: gm.fit_em([1, np.nan], 1), "data[1]", ValueError),
    "em equal": (lambda: gm.fit_em([1, 1, 1], 2), "data", gm.DegenerateError),
    "em n_components": (lambda: gm.fit_em(DATA, 0), "n_components", ValueError),
    "em n_init": (lambda: gm.fit_em(DATA, 2, n_init=0), "n_init", ValueError),
    "em tol": (lambda: gm.fit_em(DATA, 2, tol=-1), "tol", ValueError),
    "em max_iter": (lambda: gm.fit_em(DATA, 2, max_iter=0), "max_iter", ValueError),
    "em floor": (lambda: gm.fit_em(DATA, 2, variance_floor=0), "variance_floor", ValueError),
    "em initial": (lambda: gm.fit_em(DATA, 2, initial={"sigma": [1, 1]}), "initial", ValueError),
    "em initial type": (lambda: gm.fit_em(DATA, 2, initial=[1, 1]), "initial", TypeError),
    "em covariance": (
        lambda: gm.fit_em(DATA, 2, covariance_type="diagonal"),
        "covariance_type",
        ValueError,
    ),
    "em init": (lambda: gm.fit_em(DATA, 2, init="best"), "init", ValueError),
    "em criterion": (lambda: gm.fit_em(DATA, 2, criterion="time"), "criterion", ValueError),
    "em regularization": (
        lambda: gm.fit_em(DATA, 2, regularization=-1.0),
        "regularization",
        ValueError,
    ),
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
    "em shared": (lambda: gm.fit_em(DATA, 2, shared_sd="no"), "shared_sd", TypeError),
}
CASES = {**MODELS, **SAMPLING, **POSTERIORS, **ARRAYS}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_with_argument_rule_and_value(case):
    function, argument, kind = CASES[case]
    with pytest.raises(kind) as caught:
        function()
    message = str(caught.value)
    assert type(caught.value) is kind
    assert re.match(re.escape(argument) + r"(\[[\d, ]+\])?: .+, got .+", message), message
    # Words of the C interface that Python does not have.
    assert not re.search(r"\bnum_|\bsds\b|spread|\.first\b|\.second\b", message), message


def test_nothing_is_left_over_after_an_error():
    from gmmswift import _native

    for function, _, kind in CASES.values():
        with pytest.raises(kind):
            function()
    assert not _native._runs
    assert sample(random_seed=1)["means"].shape == (2, 5, 2)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("GMM_ERROR_INVALID_ARGUMENT", ValueError),
        ("GMM_ERROR_INVALID_DATA", ValueError),
        ("GMM_ERROR_INVALID_MODEL", ValueError),
        ("GMM_ERROR_DEGENERATE", gm.DegenerateError),
        ("GMM_ERROR_UNSUPPORTED", NotImplementedError),
        ("GMM_ERROR_OUT_OF_MEMORY", MemoryError),
        ("GMM_ERROR_FILE", OSError),
        ("GMM_ERROR_FILE_FORMAT", gm.FormatError),
        ("GMM_ERROR_FILE_MISMATCH", gm.MismatchError),
        ("GMM_ERROR_THREAD", gm.GMMError),
        ("GMM_ERROR_INTERNAL", gm.GMMError),
    ],
)
def test_status_becomes_exception(status, kind):
    error = _errors.exception_for(status, "num_draws: must be odd, got 2", "num_draws")
    assert type(error) is kind
    assert str(error).startswith("draws: must be odd, got 2")


def test_degenerate_error_is_both_a_value_error_and_an_error_of_the_library():
    assert issubclass(gm.DegenerateError, ValueError)
    assert issubclass(gm.DegenerateError, gm.GMMError)


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
