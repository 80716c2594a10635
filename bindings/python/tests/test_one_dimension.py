"""One dimension as the case D = 1 of models in several."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from tables import DATA, same

ONE = DATA[:, 0]

SIMPLE = {
    "separate": ({"sd": gm.HalfNormal(2)}, "diag"),
    "separate, full": ({"variance": gm.InverseGamma([2, 3], 1)}, "full"),
    "separate, spherical": ({"precision": gm.Gamma(2, 1)}, "spherical"),
    "shared": ({"sd": gm.Uniform(0, 9), "shared_sd": True}, "diag"),
}


@pytest.mark.parametrize("case", SIMPLE)
@pytest.mark.parametrize("method", ["gibbs", "metropolis"])
def test_one_dimension_gives_the_bits_of_the_simple_model(case, method):
    arguments, covariance_type = SIMPLE[case]
    arguments = {"means": gm.Normal([0, 5], 10), "ordered": True, **arguments}
    simple = gm.Mixture(2, **arguments)
    general = gm.Mixture(2, n_dimensions=1, covariance_type=covariance_type, **arguments)
    draws = {"draws": 30, "tune": 20, "chains": 2, "method": method, "random_seed": 4}
    found = gm.sample(general, ONE[:, np.newaxis], **draws)
    same(found, gm.sample(simple, ONE, **draws))
    assert found.data.shape == (100,)
    assert found.sample_predictive(2, 5).shape == (2, 5)


def test_tied_is_shared_in_one_dimension():
    arguments = {"means": gm.Normal([0, 5], 10), "sd": gm.HalfNormal(2)}
    tied = gm.Mixture(2, n_dimensions=1, covariance_type="tied", **arguments)
    shared = gm.Mixture(2, shared_sd=True, **arguments)
    same(
        gm.sample(tied, ONE, 30, chains=1, random_seed=1),
        gm.sample(shared, ONE, 30, chains=1, random_seed=1),
    )


@pytest.mark.parametrize("scale", [3.0, [[3.0]], [[[3.0]], [[3.0]]]])
def test_wishart_of_one_dimension_is_gamma(scale):
    wishart = gm.Mixture(
        2, n_dimensions=1, means=gm.Normal(0, 9), covariance=gm.InverseWishart(5, scale)
    )
    gamma = gm.Mixture(2, means=gm.Normal(0, 9), variance=gm.InverseGamma(2.5, 1.5))
    same(
        gm.sample(wishart, ONE, 30, chains=1, random_seed=1),
        gm.sample(gamma, ONE, 30, chains=1, random_seed=1),
    )
    known = gm.Mixture(2, n_dimensions=1, means=gm.Normal(0, 9), covariance=gm.Fixed(4.0))
    assert (gm.sample(known, ONE, 5, chains=1, random_seed=1)["sd"] == 2).all()
