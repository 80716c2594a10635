"""The log evidence of a model: its value, its error, and what it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import integrate, special, stats

import gmmswift as gm
from refusals import expect_refusal

STREAM = np.random.default_rng(8)
ROWS = np.array([-1.2, 0.4, 2.9, 3.3, 0.1])


def one_component(data, m0, k0, a, b):
    """The evidence of a Normal-inverse-gamma model (Murphy 2007, equation 205)."""
    n, mean = len(data), data.mean()
    kn, an = k0 + n, a + n / 2
    bn = b + 0.5 * ((data - mean) ** 2).sum() + k0 * n * (mean - m0) ** 2 / (2 * kn)
    return (
        special.gammaln(an)
        - special.gammaln(a)
        + a * np.log(b)
        - an * np.log(bn)
        + 0.5 * np.log(k0 / kn)
        - n / 2 * np.log(2 * np.pi)
    )


def test_one_conjugate_component_is_a_closed_form():
    model = gm.Mixture(1, means=gm.NormalKappa(1.0, 0.5), variance=gm.InverseGamma(2, 3))
    found = gm.sample(model, ROWS, draws=5, tune=0, chains=1).log_evidence()
    assert found.is_exact
    assert found.error == 0
    assert found.value == pytest.approx(one_component(ROWS, 1.0, 0.5, 2, 3), rel=1e-12)
    assert float(found) == found.value
    assert repr(found).endswith("exact, bridge>")


def two_known_sds(weights, ordered):
    """Two Normals of sd 1 whose means have the prior Normal(1, 2): an integral over one number.

    Given the weight w and the assignments z, the means are summed out in closed form.
    """
    counts = np.array([[z >> i & 1 for i in range(len(ROWS))] for z in range(2 ** len(ROWS))])

    def of_rows(members):
        x = ROWS[members.astype(bool)]
        return (
            stats.multivariate_normal.pdf(x, np.full(len(x), 1.0), np.eye(len(x)) + 4.0)
            if len(x)
            else 1.0
        )

    parts = [of_rows(z) * of_rows(1 - z) for z in counts]
    lower = weights.minimum or 0.0
    a = weights.concentration

    def at(w):
        return stats.beta.pdf(w, a, a) * sum(
            p * w ** z.sum() * (1 - w) ** (len(ROWS) - z.sum())
            for p, z in zip(parts, counts, strict=True)
        )

    mass = stats.beta.cdf(1 - lower, a, a) - stats.beta.cdf(lower, a, a)
    return np.log(integrate.quad(at, lower, 1 - lower, epsabs=0, epsrel=1e-9)[0] / mass)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(("concentration", "minimum"), [(1.0, 0.0), (1.0, 0.2), (3.0, 0.3)])
def test_two_components_agree_with_the_sum_over_assignments(concentration, minimum, ordered):
    weights = gm.Dirichlet(concentration, minimum=minimum)
    model = gm.Mixture(
        2, weights=weights, means=gm.Normal(1.0, sd=2.0), ordered=ordered, sd=gm.Fixed(1.0)
    )
    exact = two_known_sds(weights, ordered)
    post = gm.sample(model, ROWS, draws=4_000, chains=4, random_seed=1)
    found = post.log_evidence(terms=100)
    assert 0 < found.error < 0.01
    assert abs(found.value - exact) < 4 * found.error + 1e-4
    assert (found.method, found.n_terms, found.n_draws) == ("bridge", 100, 4_000)
    stones = post.log_evidence("stepping_stones", draws=2_000)
    assert stones.error < 0.1
    assert abs(stones.value - exact) < 4 * stones.error
    assert (stones.method, stones.n_terms) == ("stepping_stones", 0)
    assert stones.n_rungs > 2


@pytest.fixture(scope="module")
def posterior():
    data = np.concatenate([STREAM.normal(0, 1, 30), STREAM.normal(4, 1, 30)])
    model = gm.Mixture(2, means=gm.Normal(1.0, sd=5.0), sd=gm.HalfNormal(2.0))
    return gm.sample(model, data, draws=500, chains=2, random_seed=1)


def test_threads_change_no_bit_and_seeds_change_the_numbers(posterior):
    for method in ("bridge", "stepping_stones"):
        one = posterior.log_evidence(method, draws=200, threads=1)
        assert posterior.log_evidence(method, draws=200, threads=3) == one
        assert posterior.log_evidence(method, draws=200, random_seed=1) != one


def test_the_result_is_frozen(posterior):
    found = posterior.log_evidence(draws=100, terms=5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.value = 0
    assert f"{found.value:.6g} ± {found.error:.2g}, bridge" in repr(found)


REFUSED = {
    "method": (lambda post: post.log_evidence("harmonic"), "method", ValueError),
    "draws": (lambda post: post.log_evidence(draws=10), "draws", ValueError),
    "terms": (lambda post: post.log_evidence(terms=-1), "terms", ValueError),
    "prior": (
        lambda post: gm.sample_prior(post.model, draws=100).log_evidence(),
        "posterior",
        NotImplementedError,
    ),
    "few draws": (
        lambda post: post.subset(burn=495).log_evidence(),
        "posterior",
        NotImplementedError,
    ),
    "ties": (
        lambda post: gm.sample(
            post.model, np.append(np.linspace(0, 5, 30), 0), draws=20, chains=1
        ).log_evidence(),
        "data",
        gm.DegenerateError,
    ),
    "many components": (
        lambda post: gm.sample(
            gm.Mixture(13, covariance_type="full"), np.arange(40.0), draws=50, tune=5
        ).log_evidence(),
        "method",
        NotImplementedError,
    ),
}


@pytest.mark.filterwarnings("ignore::gmmswift.ImproperPosteriorWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_refusals(posterior, name):
    call, argument, kind = REFUSED[name]
    expect_refusal(lambda: call(posterior), argument, kind)
