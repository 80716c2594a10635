"""Bad input in several dimensions: an exception of its kind, and `argument: rule, got value`."""

from __future__ import annotations

import re

import numpy as np
import pytest

import gmmswift as gm

STREAM = np.random.default_rng(9)
DATA = np.concatenate([STREAM.normal(0, 1, (30, 3)), STREAM.normal(5, 1, (30, 3))])
EYE = np.eye(3)


def changed(row, column, value):
    data = DATA.copy()
    data[row, column] = value
    return data


def mixture(**arguments):
    return gm.Mixture(2, **arguments)


def wishart(mean=0, kappa=1, dof=5, scale=EYE, **arguments):
    return mixture(components=gm.NormalInverseWishart(mean, kappa, dof, scale), **arguments)


def sample(data=DATA, covariance_type="full", model=None, **arguments):
    model = model or mixture(covariance_type=covariance_type)
    return gm.sample(model, data, 5, tune=2, chains=2, **arguments)


def posterior():
    return sample(random_seed=1)


def initial(covariance_type="full", model=None, **values):
    return lambda: sample(covariance_type=covariance_type, model=model, initial=values)


INDEFINITE = [[1, 2], [2, 1]]
ORDERED = mixture(ordered=True, order_by=2)

# What is called, argument at fault, a part of the rule and the value, exception.
CASES = {
    # Dimensions and columns.
    "no dimensions": (lambda: mixture(n_dimensions=0), "n_dimensions", "got 0", ValueError),
    "dimensions": (lambda: mixture(n_dimensions=2.0), "n_dimensions", "integer", TypeError),
    "type": (lambda: mixture(covariance_type="round"), "covariance_type", "'full'", ValueError),
    "type number": (lambda: mixture(covariance_type=1), "covariance_type", "got 1", ValueError),
    "columns": (
        lambda: sample(model=mixture(n_dimensions=4)),
        "data",
        "must have 4 columns, got 3",
        ValueError,
    ),
    "columns of priors": (
        lambda: sample(model=wishart(scale=np.eye(2))),
        "data",
        "must have 2 columns, got 3",
        ValueError,
    ),
    "one column": (
        lambda: sample(DATA[:, 0], model=mixture(n_dimensions=3)),
        "data",
        "must have shape (N, 3), got shape (60,)",
        ValueError,
    ),
    "no columns": (lambda: sample(np.zeros((5, 0))), "data", "at least 1 column", ValueError),
    "three axes": (lambda: sample(np.zeros((5, 3, 1))), "data", "(5, 3, 1)", ValueError),
    "columns of points": (
        lambda: posterior().log_density(DATA[:, :2]),
        "x",
        "must have 3 columns, got 2",
        ValueError,
    ),
    "one point": (
        lambda: posterior().predict_probabilities(DATA[0]),
        "x",
        "must have shape (N, 3), got shape (3,)",
        ValueError,
    ),
    # Values of data, with row and column.
    "nan": (lambda: sample(changed(4, 1, np.nan)), "data[4, 1]", "row 4, column 1", ValueError),
    "inf": (lambda: sample(changed(7, 0, np.inf)), "data[7, 0]", "row 7, column 0", ValueError),
    "known priors, nan": (
        lambda: sample(changed(0, 2, np.nan), model=wishart()),
        "data[0, 2]",
        "got nan in row 0, column 2",
        ValueError,
    ),
    "point nan": (
        lambda: posterior().log_density(changed(3, 0, np.nan)),
        "x[3, 0]",
        "got nan in row 3, column 0",
        ValueError,
    ),
    "text": (lambda: sample([["a", "b"]]), "data", "real numbers", TypeError),
    "ragged": (lambda: sample([[1, 2], [3]]), "data", "rectangular", ValueError),
    # Data that priors cannot be scaled to.
    "constant column": (
        lambda: sample(np.c_[DATA, np.ones(60)]),
        "data",
        "got a constant column 3",
        gm.DegenerateError,
    ),
    "constant column, diag": (
        lambda: sample(np.c_[np.ones(60), DATA], "diag"),
        "data",
        "got a constant column 0",
        gm.DegenerateError,
    ),
    "collinear columns": (
        lambda: sample(np.c_[DATA, DATA[:, 0] - 2 * DATA[:, 1]]),
        "data",
        "got column 3",
        gm.DegenerateError,
    ),
    "one row": (lambda: sample(DATA[:1]), "data", "at least 2 rows", ValueError),
    "no rows": (lambda: sample(DATA[:0]), "data", "at least 2 rows", ValueError),
    "sds that reach zero": (
        lambda: sample(
            np.c_[DATA, np.ones(60)],
            model=mixture(means=gm.Normal(0, 9), covariance_type="diag", sd=gm.HalfNormal(1)),
        ),
        "data",
        "column 3 must have more than 1 distinct value",
        gm.DegenerateError,
    ),
    # Priors out of range.
    "dof": (lambda: wishart(dof=2), "components.dof", "n_dimensions - 1 = 2, got 2", ValueError),
    "dof of one": (lambda: wishart(dof=[5, 1]), "components.dof[1]", "got 1", ValueError),
    "dof nan": (lambda: wishart(dof=np.nan), "components.dof", "finite, got nan", ValueError),
    "kappa": (lambda: wishart(kappa=0), "components.kappa", "positive, got 0", ValueError),
    "kappa of one": (lambda: wishart(kappa=[1, -1]), "components.kappa[1]", "got -1", ValueError),
    "mean nan": (
        lambda: wishart(mean=[[0, 0, 0], [0, np.nan, 0]]),
        "components.mean[1, 1]",
        "finite, got nan",
        ValueError,
    ),
    "indefinite": (
        lambda: wishart(scale=INDEFINITE),
        "components.scale",
        "positive definite, got pivot -3.0 in row 1",
        ValueError,
    ),
    "indefinite of one": (
        lambda: wishart(scale=[np.eye(2), INDEFINITE]),
        "components.scale[1]",
        "pivot -3.0 in row 1",
        ValueError,
    ),
    "asymmetric": (
        lambda: mixture(covariance=gm.InverseWishart(5, [[1, 0.5], [0, 1]])),
        "covariance.scale",
        "symmetric, got 0.0 at (1, 0) and 0.5 at (0, 1)",
        ValueError,
    ),
    "scale nan": (
        lambda: mixture(covariance=gm.InverseWishart(5, [[1, np.nan], [0, 1]])),
        "covariance.scale[0, 1]",
        "finite, got nan",
        ValueError,
    ),
    "scale of one inf": (
        lambda: mixture(covariance=gm.InverseWishart(5, [EYE, np.diag([1, 1, np.inf])])),
        "covariance.scale[1, 2, 2]",
        "finite, got inf",
        ValueError,
    ),
    "known covariance": (
        lambda: mixture(covariance=gm.Fixed(-EYE)),
        "covariance.values",
        "positive definite, got pivot -1.0 in row 0",
        ValueError,
    ),
    "sd of means": (
        lambda: mixture(n_dimensions=3, means=gm.Normal(0, [1, 1, -1])),
        "means.sd[2]",
        "positive, got -1",
        ValueError,
    ),
    "scale of a coordinate": (
        lambda: mixture(covariance_type="diag", sd=gm.HalfNormal([[1], [0]]), n_dimensions=2),
        "sd.scale[1, 0]",
        "positive, got 0",
        ValueError,
    ),
    "means out of order": (
        lambda: mixture(means=gm.Fixed([[0, 1], [1, 0]]), ordered=True, order_by=1),
        "means.values[1, 1]",
        "got 0.0 after 1.0",
        ValueError,
    ),
    "coordinate": (
        lambda: mixture(n_dimensions=3, ordered=True, order_by=3),
        "order_by",
        "between 0 and 2, got 3",
        ValueError,
    ),
    "coordinate of data": (
        lambda: sample(model=mixture(ordered=True, order_by=3)),
        "order_by",
        "between 0 and 2, got 3",
        ValueError,
    ),
    "coordinate negative": (lambda: mixture(order_by=-1), "order_by", "got -1", ValueError),
    # Shapes of priors.
    "mean shape": (
        lambda: wishart(mean=[0, 0]),
        "components.mean",
        "must be a number or have shape (3,) or (2, 3), got shape (2,)",
        ValueError,
    ),
    "scale shape": (
        lambda: wishart(scale=[EYE] * 3),
        "components.scale",
        "must have shape (3, 3) or (2, 3, 3), got shape (3, 3, 3)",
        ValueError,
    ),
    "scale number": (
        lambda: wishart(scale=2.0, n_dimensions=3),
        "components.scale",
        "must have shape (3, 3) or (2, 3, 3), got 2.0",
        ValueError,
    ),
    "scale not square": (
        lambda: wishart(scale=[[1, 0, 0], [0, 1, 0]]),
        "components.scale",
        "(3, 3)",
        ValueError,
    ),
    "tied shape": (
        lambda: wishart(scale=[EYE, EYE], covariance_type="tied"),
        "components.scale",
        "(1, 3, 3), got shape (2, 3, 3)",
        ValueError,
    ),
    "dof shape": (lambda: wishart(dof=[5, 5, 5]), "components.dof", "2 values", ValueError),
    "kappa shape": (
        lambda: gm.NormalInverseWishart(0, [[1]], 5, EYE),
        "kappa",
        "shape (1, 1)",
        ValueError,
    ),
    "spherical shape": (
        lambda: mixture(covariance_type="spherical", sd=gm.HalfNormal([[1, 2]])),
        "sd.scale",
        "shape (1, 2)",
        ValueError,
    ),
    # Priors that do not go together.
    "both": (lambda: wishart(means=gm.Normal(0, 1)), "components", "got also means", ValueError),
    "both spreads": (
        lambda: mixture(covariance=gm.Fixed(EYE), sd=gm.HalfNormal(1)),
        "sd",
        "got sd and covariance",
        ValueError,
    ),
    "sd of full": (
        lambda: mixture(covariance_type="full", sd=gm.HalfNormal(1)),
        "sd",
        "'full'",
        ValueError,
    ),
    "covariance of diag": (
        lambda: mixture(covariance_type="diag", covariance=gm.Fixed(EYE)),
        "covariance",
        "'diag'",
        ValueError,
    ),
    "wishart of diag": (
        lambda: wishart(covariance_type="diag"),
        "components",
        "must be NormalInverseGamma",
        ValueError,
    ),
    "gamma of tied": (
        lambda: mixture(components=gm.NormalInverseGamma(0, 1, 1, 1), covariance_type="tied"),
        "components",
        "must be NormalInverseWishart",
        ValueError,
    ),
    "shared full": (
        lambda: mixture(covariance_type="full", shared_sd=True),
        "shared_sd",
        "'tied' shares",
        ValueError,
    ),
    "components family": (
        lambda: mixture(components=gm.Normal(0, 1)),
        "components",
        "NormalInverseWishart or NormalInverseGamma, got Normal",
        ValueError,
    ),
    "covariance family": (
        lambda: mixture(covariance=gm.HalfNormal(1)),
        "covariance",
        "Fixed or InverseWishart, got HalfNormal",
        ValueError,
    ),
    "components number": (lambda: mixture(components=1), "components", "got 1", TypeError),
    # Sampling.
    "metropolis": (
        lambda: sample(method="metropolis"),
        "method",
        "Gibbs in several dimensions",
        NotImplementedError,
    ),
    "means no prior": (lambda: gm.Mixture(2, means=0.0), "means", "prior or Fixed", TypeError),
    "means left out": (
        lambda: gm.Mixture(2, sd=gm.HalfNormal(1)),
        "means",
        "covariance_type",
        TypeError,
    ),
    "open model": (lambda: gm.sample_prior(mixture()), "model", "for_data", ValueError),
    "open log prior": (lambda: mixture().log_prior([0.5, 0.5], 0, 1), "model", "got", ValueError),
    "initial shape": (
        initial(means=np.zeros((3, 2))),
        "initial['means']",
        "must have shape (2, 3) or (2, 2, 3), got (3, 2)",
        ValueError,
    ),
    "initial mean": (
        initial(means=[[0, 0, 0], [1, np.nan, 1]]),
        "initial['means'][0, 1, 1]",
        "finite, got nan",
        ValueError,
    ),
    "initial order": (
        initial(model=ORDERED, means=[[0, 0, 0], [1, 1, -1]]),
        "initial['means'][0, 1, 2]",
        "got -1.0 after 0.0",
        ValueError,
    ),
    "initial covariance": (
        initial(covariances=[EYE, -EYE]),
        "initial['covariances'][0, 1]",
        "positive definite, got pivot -1.0 in row 0",
        ValueError,
    ),
    "initial covariance's halves": (
        initial(covariances=[EYE, EYE + np.eye(3, k=1) / 2]),
        "initial['covariances'][0, 1]",
        "symmetric, got 0.0 at (1, 0) and 0.5 at (0, 1)",
        ValueError,
    ),
    "initial tied": (
        initial("tied", covariances=[EYE] * 3),
        "initial['covariances']",
        "must have shape (3, 3) or (2, 3, 3)",
        ValueError,
    ),
    "initial sd": (
        initial("diag", sd=[[1, 1, 1], [1, 0, 1]]),
        "initial['sd'][0, 1, 1]",
        "got 0.0",
        ValueError,
    ),
    "initial key": (initial(sd=1), "initial", "weights, means, covariances, got 'sd'", ValueError),
    "initial posterior": (
        lambda: sample(covariance_type="tied", initial=posterior()),
        "initial",
        "must have the model's components",
        ValueError,
    ),
    "initial fit": (
        lambda: sample(initial=gm.fit_em(DATA[:, 0], 2)),
        "initial",
        "must be a fit in 3 dimensions, got 1",
        ValueError,
    ),
    # Densities of the prior.
    "log prior means": (
        lambda: wishart().log_prior([0.5, 0.5], np.zeros((3, 2)), covariances=[EYE, EYE]),
        "means",
        "must have shape (2, 3), got (3, 2)",
        ValueError,
    ),
    "log prior spread": (
        lambda: wishart().log_prior([0.5, 0.5], np.zeros((2, 3)), 1.0),
        "covariances",
        "must be given, and sd not, got sd",
        ValueError,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_with_argument_rule_and_value(case):
    function, argument, part, kind = CASES[case]
    with pytest.raises(kind) as caught:
        function()
    message = str(caught.value)
    assert type(caught.value) is kind
    assert re.match(re.escape(argument) + r": .+, got .+", message), message
    assert part in message
    # Words of the C interface that Python does not have.
    assert not re.search(r"\bnum_|\bsds\b|spread\.|\.first\b|\.second\b", message), message


def test_data_that_no_prior_needs_may_be_degenerate():
    # Chosen priors are proper: constant and collinear columns, equal rows and fewer rows than
    # components have a posterior.
    model = wishart()
    for data in (
        np.c_[DATA[:, :2], np.ones(60)],
        np.c_[DATA[:, :2], DATA[:, 0]],
        np.ones((5, 3)),
        DATA[:1],
        DATA[:0],
    ):
        post = gm.sample(model, data, 50, tune=10, chains=2, random_seed=1)
        for name, array in post.items():
            assert np.isfinite(array).all(), name
        assert np.linalg.eigvalsh(post["covariances"]).min() > 0


def test_a_refused_call_changes_nothing():
    model, data = mixture(covariance_type="full"), DATA.copy()
    expected = gm.sample(model, data, 5, tune=2, chains=1, random_seed=1)
    for bad in (changed(1, 1, np.nan), DATA[:1], np.ones((9, 3))):
        with pytest.raises(ValueError):
            gm.sample(model, bad, 5)
    found = gm.sample(model, data, 5, tune=2, chains=1, random_seed=1)
    np.testing.assert_array_equal(found["covariances"], expected["covariances"])
    np.testing.assert_array_equal(data, DATA)
