"""Models that are refused: priors out of range, of wrong shapes, or that contradict each other."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from refusals import (
    EYE,
    FOREIGN,
    HALF_NORMAL,
    NORMAL,
    expect_refusal,
    mixture,
    mixture_of_table,
    wishart,
)

# What is called, argument at fault, exception.
ONE_DIMENSION = {
    "n_components huge": (lambda: mixture(2**40), "n_components", ValueError),
    "n_components float": (lambda: mixture(2.0), "n_components", TypeError),
    "n_components text": (lambda: mixture("2"), "n_components", TypeError),
    "n_components bool": (lambda: mixture(True), "n_components", TypeError),
    "concentration length": (
        lambda: mixture(weights=gm.Dirichlet([1, 1, 1])),
        "weights.concentration",
        ValueError,
    ),
    "weights family": (lambda: mixture(weights=NORMAL), "weights", ValueError),
    "weights number": (lambda: mixture(weights=1.0), "weights", TypeError),
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
    "sd shared length": (
        lambda: mixture(sd=gm.HalfNormal([1, 2]), shared_sd=True),
        "sd.scale",
        ValueError,
    ),
    "variance fixed -1": (lambda: mixture(variance=gm.Fixed(-1)), "variance.values", ValueError),
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

INDEFINITE = [[1, 2], [2, 1]]

# What is called, argument at fault, a part of the rule and the value, exception.
SEVERAL_DIMENSIONS = {
    # Dimensions and columns.
    "no dimensions": (
        lambda: mixture_of_table(n_dimensions=0),
        "n_dimensions",
        "got 0",
        ValueError,
    ),
    "dimensions": (
        lambda: mixture_of_table(n_dimensions=2.0),
        "n_dimensions",
        "integer",
        TypeError,
    ),
    "type": (
        lambda: mixture_of_table(covariance_type="round"),
        "covariance_type",
        "'full'",
        ValueError,
    ),
    "type number": (
        lambda: mixture_of_table(covariance_type=1),
        "covariance_type",
        "got 1",
        ValueError,
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
        lambda: mixture_of_table(covariance=gm.InverseWishart(5, [[1, 0.5], [0, 1]])),
        "covariance.scale",
        "symmetric, got 0.0 at (1, 0) and 0.5 at (0, 1)",
        ValueError,
    ),
    "scale nan": (
        lambda: mixture_of_table(covariance=gm.InverseWishart(5, [[1, np.nan], [0, 1]])),
        "covariance.scale[0, 1]",
        "finite, got nan",
        ValueError,
    ),
    "scale of one inf": (
        lambda: mixture_of_table(covariance=gm.InverseWishart(5, [EYE, np.diag([1, 1, np.inf])])),
        "covariance.scale[1, 2, 2]",
        "finite, got inf",
        ValueError,
    ),
    "known covariance": (
        lambda: mixture_of_table(covariance=gm.Fixed(-EYE)),
        "covariance.values",
        "positive definite, got pivot -1.0 in row 0",
        ValueError,
    ),
    "sd of means": (
        lambda: mixture_of_table(n_dimensions=3, means=gm.Normal(0, [1, 1, -1])),
        "means.sd[2]",
        "positive, got -1",
        ValueError,
    ),
    "scale of a coordinate": (
        lambda: mixture_of_table(
            covariance_type="diag", sd=gm.HalfNormal([[1], [0]]), n_dimensions=2
        ),
        "sd.scale[1, 0]",
        "positive, got 0",
        ValueError,
    ),
    "means out of order": (
        lambda: mixture_of_table(means=gm.Fixed([[0, 1], [1, 0]]), ordered=True, order_by=1),
        "means.values[1, 1]",
        "got 0.0 after 1.0",
        ValueError,
    ),
    "coordinate": (
        lambda: mixture_of_table(n_dimensions=3, ordered=True, order_by=3),
        "order_by",
        "between 0 and 2, got 3",
        ValueError,
    ),
    "coordinate negative": (
        lambda: mixture_of_table(order_by=-1),
        "order_by",
        "got -1",
        ValueError,
    ),
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
        lambda: mixture_of_table(covariance_type="spherical", sd=gm.HalfNormal([[1, 2]])),
        "sd.scale",
        "shape (1, 2)",
        ValueError,
    ),
    # Priors that do not go together.
    "both": (lambda: wishart(means=gm.Normal(0, 1)), "components", "got also means", ValueError),
    "both spreads": (
        lambda: mixture_of_table(covariance=gm.Fixed(EYE), sd=gm.HalfNormal(1)),
        "sd",
        "got sd and covariance",
        ValueError,
    ),
    "sd of full": (
        lambda: mixture_of_table(covariance_type="full", sd=gm.HalfNormal(1)),
        "sd",
        "'full'",
        ValueError,
    ),
    "covariance of diag": (
        lambda: mixture_of_table(covariance_type="diag", covariance=gm.Fixed(EYE)),
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
        lambda: mixture_of_table(
            components=gm.NormalInverseGamma(0, 1, 1, 1), covariance_type="tied"
        ),
        "components",
        "must be NormalInverseWishart",
        ValueError,
    ),
    "shared full": (
        lambda: mixture_of_table(covariance_type="full", shared_sd=True),
        "shared_sd",
        "'tied' shares",
        ValueError,
    ),
    "components family": (
        lambda: mixture_of_table(components=gm.Normal(0, 1)),
        "components",
        "NormalInverseGamma or NormalInverseWishart, got Normal",
        ValueError,
    ),
    "covariance family": (
        lambda: mixture_of_table(covariance=gm.HalfNormal(1)),
        "covariance",
        "Fixed or InverseWishart, got HalfNormal",
        ValueError,
    ),
    "components number": (lambda: mixture_of_table(components=1), "components", "got 1", TypeError),
    "means no prior": (lambda: gm.Mixture(2, means=0.0), "means", "prior or Fixed", TypeError),
    "means left out": (
        lambda: gm.Mixture(2, sd=gm.HalfNormal(1)),
        "means",
        "covariance_type",
        TypeError,
    ),
    "open log prior": (
        lambda: mixture_of_table().log_prior([0.5, 0.5], 0, 1),
        "model",
        "got",
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


@pytest.mark.parametrize("case", ONE_DIMENSION)
def test_bad_input_is_refused_with_argument_rule_and_value(case):
    function, argument, kind = ONE_DIMENSION[case]
    expect_refusal(function, argument, kind, foreign=FOREIGN + r"|spread", has_place=True)


@pytest.mark.parametrize("case", SEVERAL_DIMENSIONS)
def test_bad_input_in_several_dimensions_is_refused_with_argument_rule_and_value(case):
    function, argument, part, kind = SEVERAL_DIMENSIONS[case]
    expect_refusal(function, argument, kind, part)
