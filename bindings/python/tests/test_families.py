"""Further families of priors: densities beside scipy's, supports, and agreement with grids."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import gmmswift as gm

FLAT = gm.Normal(0, sd=3)
SDS = {
    "log-Normal": (gm.LogNormal(0.3, 0.8), stats.lognorm(0.8, scale=np.exp(0.3)).logpdf),
    "narrow": (gm.LogNormal(-200, 1e-3), stats.lognorm(1e-3, scale=np.exp(-200)).logpdf),
    "Student": (
        gm.HalfStudentT(3.5, 1.7),
        lambda sd: np.log(2) + stats.t(3.5, scale=1.7).logpdf(sd),
    ),
    "Cauchy": (gm.HalfStudentT(1, 1.7), stats.halfcauchy(scale=1.7).logpdf),
    "Normal": (gm.HalfStudentT(1e14, 1.7), stats.halfnorm(scale=1.7).logpdf),
}


@pytest.mark.parametrize("case", SDS)
def test_densities_of_sds_are_those_of_scipy(case):
    prior, density = SDS[case]
    model = gm.Mixture(1, means=FLAT, sd=prior)
    center = np.exp(-200) if case == "narrow" else 1.0
    for ratio in [0.997, 1.0, 1.002] if case == "narrow" else [1e-3, 0.2, 1, 5, 40]:
        ours = model.log_prior([1.0], [0.5], [ratio * center])
        wanted = stats.norm(0, 3).logpdf(0.5) + density(ratio * center)
        assert ours == pytest.approx(wanted, rel=1e-9)


def test_density_of_means_is_uniform_between_the_bounds():
    model = gm.Mixture(
        2, covariance_type="diag", means=gm.Uniform([[-1, 0], [2, 4]], [3, 9]), sd=gm.Fixed(1)
    )
    inside, sds = [[-1, 9], [2.5, 4]], np.ones((2, 2))
    assert model.log_prior([0.5, 0.5], inside, sds) == pytest.approx(-np.log(4 * 9 * 1 * 5))
    assert model.log_prior([0.5, 0.5], [[-1, 9], [2.5, 3.9]], sds) == -np.inf
    assert repr(model.means) == "Uniform(lower=((-1.0, 0.0), (2.0, 4.0)), upper=(3.0, 9.0))"


def test_bounds_keep_draws_fits_and_evidence():
    rows = np.sort(np.concatenate([np.sin(np.arange(30.0)), 6 + np.cos(np.arange(30.0))]))
    bounds = [[0.2, 5], [1, 5.9]]
    model = gm.Mixture(2, means=gm.Uniform(*bounds), variance=gm.InverseGamma(2, 1))
    for post in (
        gm.sample(model, rows, 500, tune=300, random_seed=1),
        gm.sample(model, rows, 500, tune=300, method="metropolis", random_seed=1),
        gm.sample_prior(model, 500, random_seed=1),
    ):
        means = np.asarray(post["means"])
        assert (np.clip(means, *bounds) == means).all()
    fit = gm.fit_em(rows, model)
    # The groups' own means lie beyond the bounds, so that both bounds bind.
    assert np.asarray(fit.means).tolist() == [0.2, 5.9]
    wide = gm.Mixture(2, means=gm.Uniform(-50, 50), variance=gm.InverseGamma(2, 1))
    evidence = [
        gm.sample(model, rows, 2000, random_seed=1).log_evidence() for model in (model, wide)
    ]
    assert all(np.isfinite(one.value) and one.error < 0.05 for one in evidence)


def test_wide_bounds_are_no_bounds():
    """With bounds far away, the posterior is that of a flat Normal prior, within 5 errors."""
    rows = np.random.default_rng(3).normal([[0, 3]] * 25, 1.0) @ [[1, 0.8], [0, 0.6]]
    spread = gm.InverseWishart(5, np.eye(2))
    draws = {
        name: gm.sample(gm.Mixture(1, means=means, covariance=spread), rows, 4000, random_seed=2)
        for name, means in {
            "Uniform": gm.Uniform(-400, 400),
            "Normal": gm.Normal(0, sd=1e4),
        }.items()
    }
    for name in ("means", "covariances"):
        ours, theirs = (np.asarray(draws[kind][name]) for kind in ("Uniform", "Normal"))
        axes = (0, 1)
        # With one component, draws are nearly independent.
        error = np.sqrt(2 * ours.var(axes) / (ours.shape[0] * ours.shape[1] / 4))
        assert (np.abs(ours.mean(axes) - theirs.mean(axes)) < 5 * error).all()


def test_starts_beyond_the_bounds_are_refused():
    model = gm.Mixture(2, means=gm.Uniform(0, [3, 9]), sd=gm.HalfNormal(1))
    with pytest.raises(ValueError, match=r"must be within the prior's support 0.0 ... 3.0, got 4"):
        gm.sample(model, [1.0, 2.0, 5.0], 10, initial={"means": [4, 5]})


def test_bounds_that_leave_no_room_for_an_order_are_refused():
    with pytest.raises(ValueError, match="must be above the bounds before it when the means are"):
        gm.Mixture(2, means=gm.Uniform([3, 0], [9, 2]), ordered=True, sd=gm.HalfNormal(1))
