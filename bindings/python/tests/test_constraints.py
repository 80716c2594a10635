"""Known blocks and constraints, against enumeration and free draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp, multigammaln

import gmmswift as gm
from oracles import ALPHA, KAPPA, LIMIT, SMALL, Exact
from tables import DATA, fit

WEIGHTS = np.array([0.7, 0.3])
MEANS = np.array([[0.0, 0.2], [1.2, -0.6]])
COVARIANCES = np.array([[[0.8, 0.2], [0.2, 0.6]], [[1.1, -0.3], [-0.3, 0.7]]])
CENTER, SD = np.array([[-0.5, 0.0], [1.0, 0.5]]), np.array([[0.9, 1.1], [1.3, 0.7]])
EXACT = Exact("full", 2, SMALL)
WISHART = gm.InverseWishart(EXACT.dof, EXACT.scale)
# Wide enough that known means leave assignments uncertain.
WIDE_DOF, WIDE = 5.0, 5 * EXACT.scale


def of_dirichlet(z):
    counts = np.bincount(z, minlength=2)
    result = gammaln(ALPHA.sum()) - gammaln(ALPHA.sum() + len(z))
    return result + (gammaln(ALPHA + counts) - gammaln(ALPHA)).sum()


def of_known_components(z):
    return sum(
        stats.multivariate_normal(MEANS[k], COVARIANCES[k]).logpdf(x)
        for k, x in zip(z, SMALL, strict=True)
    )


def of_known_means(z):
    """The log of p(x | z) with an inverse-Wishart covariance about known means."""
    result, d = 0.0, 2
    for k in range(2):
        away = SMALL[z == k] - MEANS[k]
        n = len(away)
        result += multigammaln((WIDE_DOF + n) / 2, d) - multigammaln(WIDE_DOF / 2, d)
        result += WIDE_DOF / 2 * np.linalg.slogdet(WIDE)[1] - n * d / 2 * np.log(np.pi)
        result -= (WIDE_DOF + n) / 2 * np.linalg.slogdet(WIDE + away.T @ away)[1]
    return result


def of_known_covariances(z):
    """The log of p(x | z) with Normal means: members are correlated by their mean's prior."""
    result = 0.0
    for k in range(2):
        group = SMALL[z == k]
        n = len(group)
        if n:
            matrix = np.kron(np.eye(n), COVARIANCES[k])
            matrix += np.kron(np.ones((n, n)), np.diag(SD[k] ** 2))
            normal = stats.multivariate_normal(np.tile(CENTER[k], n), matrix)
            result += normal.logpdf(group.ravel())
    return result


DIRICHLET = gm.Dirichlet(ALPHA)
# A model, and the log of p(z) p(x | z) up to a constant.
KNOWN = {
    "weights": (
        {
            "weights": gm.Fixed(WEIGHTS),
            "components": gm.NormalInverseWishart(EXACT.center, KAPPA, EXACT.dof, EXACT.scale),
        },
        lambda z: EXACT.log_joint(z) - of_dirichlet(z) + np.log(WEIGHTS)[z].sum(),
    ),
    "means": (
        {
            "weights": DIRICHLET,
            "means": gm.Fixed(MEANS),
            "covariance": gm.InverseWishart(WIDE_DOF, WIDE),
        },
        lambda z: of_dirichlet(z) + of_known_means(z),
    ),
    "covariances": (
        {
            "weights": DIRICHLET,
            "means": gm.Normal(CENTER, SD),
            "covariance": gm.Fixed(COVARIANCES),
        },
        lambda z: of_dirichlet(z) + of_known_covariances(z),
    ),
    "all but weights": (
        {
            "weights": DIRICHLET,
            "means": gm.Fixed(MEANS),
            "covariance": gm.Fixed(COVARIANCES),
        },
        lambda z: of_dirichlet(z) + of_known_components(z),
    ),
    "all but means": (
        {
            "weights": gm.Fixed(WEIGHTS),
            "means": gm.Normal(CENTER, SD),
            "covariance": gm.Fixed(COVARIANCES),
        },
        lambda z: np.log(WEIGHTS)[z].sum() + of_known_covariances(z),
    ),
}


@pytest.mark.parametrize("case", KNOWN)
def test_assignments_have_their_exact_probabilities_where_blocks_are_known(case):
    arguments, log_joint = KNOWN[case]
    model = gm.Mixture(2, n_dimensions=2, covariance_type="full", **arguments)
    post = gm.sample(model, SMALL, 20_000, chains=2, random_seed=6, store_assignments=True)
    labellings = EXACT.labellings()[0]
    logs = np.array([log_joint(z) for z in labellings])
    probabilities = np.exp(logs - logsumexp(logs))
    drawn, n = post["assignments"], len(SMALL)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    quantities = [drawn[..., i] == 0 for i in range(n)]
    quantities += [drawn[..., i] == drawn[..., j] for i, j in pairs]
    expected = [probabilities[labellings[:, i] == 0].sum() for i in range(n)]
    expected += [probabilities[labellings[:, i] == labellings[:, j]].sum() for i, j in pairs]
    table = gm.summarize(np.stack(quantities, axis=-1).astype(float))
    # Most probabilities are far from 0 and 1; otherwise the test would not detect errors.
    assert sum(0.01 < value < 0.99 for value in expected) > 20
    for name, value in zip(table.rows, expected, strict=True):
        assert abs(table[name, "mean"] - value) < LIMIT * table[name, "mcse_mean"], name


# -------------------------------------------------------------------------------- Constraints

PRIORS = {
    "conjugate": {
        "components": gm.NormalInverseWishart([0.5, 0], KAPPA, EXACT.dof, EXACT.scale),
    },
    "independent": {"means": gm.Normal([0.5, 0], 1.2), "covariance": WISHART},
    "diag": {"means": gm.Normal([0.5, 0], 1.2), "sd": gm.HalfNormal(1.5)},
}


def functions(weights, means, spread):
    """Numbers that tell the components apart, (draws, ...)."""
    first = spread.reshape(*spread.shape[:2], 2, -1)[..., 0]
    return np.concatenate([weights, means.reshape(*means.shape[:2], 4), first], axis=2)


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("coordinate", [0, 1])
def test_an_order_is_the_unordered_posterior_folded(prior, coordinate):
    # Under a prior that treats components alike, the ordered posterior is that of sorted draws.
    arguments = {"n_dimensions": 2, "weights": gm.Dirichlet(1.5), **PRIORS[prior]}
    options = {"draws": 20_000, "chains": 2}
    free = gm.sample(gm.Mixture(2, **arguments), SMALL, random_seed=1, **options)
    ordered = gm.Mixture(2, ordered=True, order_by=coordinate, **arguments)
    post = gm.sample(ordered, SMALL, random_seed=2, **options)
    name = post.model.spread_name
    assert (np.diff(post["means"][..., coordinate], axis=2) >= 0).all()
    order = free["means"][..., coordinate].argsort(axis=2)
    chain, draw = np.ogrid[:2, :20_000]
    sorted_draws = [
        free[block][chain[..., np.newaxis], draw[..., np.newaxis], order]
        for block in ("weights", "means", name)
    ]
    _expect_equal(functions(post["weights"], post["means"], post[name]), functions(*sorted_draws))


@pytest.mark.parametrize("prior", PRIORS)
def test_a_minimum_weight_is_the_free_posterior_restricted(prior):
    least = 0.3
    arguments = {"n_dimensions": 2, **PRIORS[prior]}
    options = {"draws": 20_000, "chains": 2}
    free = gm.sample(
        gm.Mixture(2, weights=gm.Dirichlet(1.5), **arguments), SMALL, random_seed=1, **options
    )
    restricted = gm.Mixture(2, weights=gm.Dirichlet(1.5, minimum=least), **arguments)
    post = gm.sample(restricted, SMALL, random_seed=2, **options)
    # Labels are learned from the draws of each posterior, so draws as drawn are compared.
    free, post = free.as_drawn, post.as_drawn
    name = post.model.spread_name
    assert post["weights"].min() >= least
    left = functions(post["weights"], post["means"], post[name])
    right = functions(free["weights"], free["means"], free[name])
    allowed = (free["weights"] >= least).all(axis=2)
    assert allowed.mean() > 0.3
    # Means over the draws that are allowed, as ratios: linearised, their errors are those of
    # (value - mean) allowed / share.
    table = gm.summarize(left)
    for q, row in enumerate(table.rows):
        values = right[..., q]
        expected = values[allowed].mean()
        residuals = (values - expected) * allowed / allowed.mean()
        error = np.hypot(table[row, "mcse_mean"], gm.summarize(residuals)["x", "mcse_mean"])
        assert abs(table[row, "mean"] - expected) < LIMIT * error, row


def _expect_equal(left, right):
    left, right = gm.summarize(left), gm.summarize(right)
    for column in ("mean", "sd"):
        for name in left.rows:
            error = np.hypot(left[name, f"mcse_{column}"], right[name, f"mcse_{column}"])
            assert abs(left[name, column] - right[name, column]) < LIMIT * error, (name, column)


def test_order_is_kept_in_the_chosen_coordinate():
    data = DATA * [1, -1, 1]
    for coordinate, sign in [(0, 1), (1, 1), (2, 1)]:
        post = fit(data=data, ordered=True, order_by=coordinate)
        assert (np.diff(post["means"][..., coordinate], axis=2) >= 0).all()
        # In coordinate 1 the larger group, with more weight, is the last in this order.
        heavier = 1 if coordinate == 1 else 0
        assert post["weights"][..., heavier].mean() > 0.5 * sign
    prior = gm.sample_prior(
        gm.Mixture(
            3,
            n_dimensions=2,
            means=gm.Normal(0, 1),
            covariance=gm.Fixed(np.eye(2)),
            ordered=True,
            order_by=1,
        ),
        200,
        random_seed=1,
    )
    assert (np.diff(prior["means"][..., 1], axis=2) >= 0).all()
    assert not (np.diff(prior["means"][..., 0], axis=2) >= 0).all()
