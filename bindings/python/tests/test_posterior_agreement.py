"""Posteriors in several dimensions against closed forms and plain numpy samplers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp

import gmmswift as gm
from oracles import component_log_densities, covariances_of

D = 3
STREAM = np.random.default_rng(8)
ONE_GROUP = STREAM.multivariate_normal([1, -2, 0], [[2, 1, 0], [1, 2, -0.5], [0, -0.5, 1]], size=25)
PRIOR = {
    "mean": np.array([0.5, 0, 0]),
    "kappa": 0.7,
    "dof": 6.5,
    "scale": np.array([[3, 0.5, 0], [0.5, 2, 0], [0, 0, 4]]),
}

#: Distances allowed, in Monte-Carlo standard errors: of 50 numbers, partly dependent, one is that
#: far off by chance with probability 3e-5; seeds are fixed.
LIMIT = 5


def conjugate_posterior(x):
    """Mean, kappa, degrees of freedom and scale of the Normal-inverse-Wishart posterior."""
    n, average = len(x), x.mean(axis=0)
    kappa, dof = PRIOR["kappa"] + n, PRIOR["dof"] + n
    mean = (PRIOR["kappa"] * PRIOR["mean"] + n * average) / kappa
    scatter = (x - average).T @ (x - average)
    away = average - PRIOR["mean"]
    scale = PRIOR["scale"] + scatter + PRIOR["kappa"] * n / kappa * np.outer(away, away)
    return mean, kappa, dof, scale


@pytest.fixture(scope="module")
def conjugate():
    model = gm.Mixture(1, components=gm.NormalInverseWishart(**PRIOR))
    return gm.sample(model, ONE_GROUP, 10_000, chains=2, random_seed=1)


def test_one_conjugate_component_has_the_exact_moments(conjugate):
    mean, kappa, dof, scale = conjugate_posterior(ONE_GROUP)
    table = conjugate.summary()
    m = dof - D - 1
    for i in range(D):
        # The marginal of a mean is Student's t with dof - D + 1 degrees of freedom, so that its
        # variance is that of the expected covariance over kappa.
        row = table.row(f"means[0, {i}]")
        assert abs(row["mean"] - mean[i]) < LIMIT * row["mcse_mean"]
        assert abs(row["sd"] - np.sqrt(scale[i, i] / m / kappa)) < LIMIT * row["mcse_sd"]
        for j in range(i + 1):
            row = table.row(f"covariances[0, {i}, {j}]")
            assert abs(row["mean"] - scale[i, j] / m) < LIMIT * row["mcse_mean"]
            variance = ((m + 2) * scale[i, j] ** 2 + m * scale[i, i] * scale[j, j]) / (
                (m + 1) * m**2 * (m - 2)
            )
            assert abs(row["sd"] - np.sqrt(variance)) < LIMIT * row["mcse_sd"]


def test_one_conjugate_component_predicts_students_t(conjugate):
    mean, kappa, dof, scale = conjugate_posterior(ONE_GROUP)
    free = dof - D + 1
    exact = stats.multivariate_t(mean, scale * (kappa + 1) / (kappa * free), df=free)
    points = np.concatenate([ONE_GROUP[:3], mean + np.array([[0, 0, 0], [2, 2, -1], [3, 0, 0]])])
    found = conjugate.log_density(points)
    for point, value in zip(points, found, strict=True):
        densities = np.exp(component_log_densities(conjugate, point[np.newaxis])[..., 0, 0])
        error = gm.summarize(densities)["x", "mcse_mean"]
        assert abs(np.exp(value) - exact.pdf(point)) < LIMIT * error
        # The error is a small part of the density; otherwise the test would not detect errors.
        assert error < 0.1 * exact.pdf(point)
    draws = conjugate.sample_predictive(200, 100, random_seed=2).reshape(-1, D)
    pooled = scale * (kappa + 1) / (kappa * (free - 2))
    # Rows of a data set share their draw of the parameters: 200 independent ones.
    errors = draws.reshape(200, 100, D).mean(axis=1).std(axis=0) / np.sqrt(200)
    assert np.all(np.abs(draws.mean(axis=0) - mean) < LIMIT * errors)
    squares = ((draws - draws.mean(axis=0)) ** 2).reshape(200, 100, D).mean(axis=1)
    errors = squares.std(axis=0) / np.sqrt(200)
    assert np.all(np.abs(squares.mean(axis=0) - np.diag(pooled)) < LIMIT * errors)


# ------------------------------------------------------------- Definitions, for all structures

GROUPS = np.concatenate(
    [
        STREAM.multivariate_normal([-1.5, 0], [[1, 0.6], [0.6, 1]], size=40),
        STREAM.multivariate_normal([1.5, 1], [[0.8, -0.3], [-0.3, 1.5]], size=30),
    ]
)
MEANS = gm.Normal([[-2, 0], [2, 0]], sd=[[0.8, 1], [0.8, 2]])
STRUCTURES = {
    "full": {"covariance": gm.InverseWishart([5, 6], [[2, 0.5], [0.5, 3]])},
    "tied": {"covariance": gm.InverseWishart(5, [[2, 0.5], [0.5, 3]])},
    "diag": {"variance": gm.InverseGamma(2.5, [[1, 2], [1.5, 1]])},
    "spherical": {"variance": gm.InverseGamma([2, 3], [1, 2])},
    "diag, shared": {"variance": gm.InverseGamma(2.5, [1, 2]), "shared_sd": True},
    "spherical, shared": {"variance": gm.InverseGamma(2.5, 1.5), "shared_sd": True},
}


def model_of(structure, **arguments):
    return gm.Mixture(
        2,
        covariance_type=structure.split(",")[0],
        weights=gm.Dirichlet([2, 1]),
        **{"means": MEANS, **STRUCTURES[structure], **arguments},
    )


@pytest.fixture(scope="module", params=STRUCTURES)
def fitted(request):
    post = gm.sample(model_of(request.param), GROUPS, 20_000, chains=2, random_seed=3)
    return request.param, post


def test_results_follow_their_definitions(fitted):
    _, whole = fitted
    post = whole.subset(thin=100)
    shares = component_log_densities(post, GROUPS)
    total = logsumexp(shares, axis=-1, keepdims=True)
    # Sums of 70 logarithms of size 4, each rounded to 2**-53 of its size a few times.
    np.testing.assert_allclose(post["log_likelihood"], total.sum(axis=(2, 3)), rtol=1e-11)
    responsibilities = np.exp(shares - total).mean(axis=(0, 1))
    np.testing.assert_allclose(post.probabilities, responsibilities, atol=1e-12)
    points = np.array([[0, 0], [-2, 1], [30, -40]])
    joint = component_log_densities(post, points)
    joint = logsumexp(joint, axis=(0, 1)) - np.log(joint.shape[0] * joint.shape[1])
    total = logsumexp(joint, axis=1, keepdims=True)
    np.testing.assert_allclose(post.log_density(points), total[:, 0], rtol=1e-11)
    # Exponents of a thousand, 40 off, carry errors of 1e-13 of their size into the ratios.
    np.testing.assert_allclose(
        post.predict_probabilities(points), np.exp(joint - total), rtol=1e-9, atol=1e-300
    )


def log_prior(structure, post, chain, draw):
    """The log density of the prior by scipy."""
    weights, means = post["weights"][chain, draw], post["means"][chain, draw]
    result = stats.dirichlet([2, 1]).logpdf(weights / weights.sum())
    result += stats.norm(np.array(MEANS.mean), np.array(MEANS.sd)).logpdf(means).sum()
    if structure == "full":
        prior = STRUCTURES[structure]["covariance"]
        for dof, matrix in zip(prior.dof, post["covariances"][chain, draw], strict=True):
            result += stats.invwishart(dof, np.array(prior.scale)).logpdf(matrix)
        return result
    if structure == "tied":
        prior = STRUCTURES[structure]["covariance"]
        matrix = post["covariances"][chain, draw]
        return result + stats.invwishart(prior.dof, np.array(prior.scale)).logpdf(matrix)
    prior = STRUCTURES[structure]["variance"]
    density = stats.invgamma(np.array(prior.shape), scale=np.array(prior.scale))
    return result + density.logpdf(post["sd"][chain, draw] ** 2).sum()


def test_log_posterior_is_log_likelihood_plus_scipys_prior(fitted):
    structure, post = fitted
    for chain, draw in [(0, 0), (1, 17), (1, 19_999)]:
        expected = log_prior(structure, post, chain, draw)
        found = post["log_posterior"][chain, draw] - post["log_likelihood"][chain, draw]
        # The difference of numbers of size 300 has an error of 1e-13.
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-11)
        given = {name: post[name][chain, draw] for name in ("weights", "means")}
        spread = {post.model.spread_name: post[post.model.spread_name][chain, draw]}
        given["weights"] = given["weights"] / given["weights"].sum()
        if "sd" in spread:
            value = post.model.log_prior(**given, sd=spread["sd"])
        else:
            value = post.model.log_prior(**given, covariances=spread["covariances"])
        assert value == pytest.approx(expected, rel=1e-10)


# --------------------------------------------------------------------- Against plain numpy


def plain_gibbs(structure, data, draws, stream):
    """Textbook Gibbs sampling of the models above: weights, means, covariances of each draw."""
    prior = STRUCTURES[structure].get("covariance") or STRUCTURES[structure]["variance"]
    centers = np.broadcast_to(np.array(MEANS.mean), (2, 2))
    precisions = np.broadcast_to(np.array(MEANS.sd), (2, 2)) ** -2.0
    weights, means = np.array([0.5, 0.5]), centers.copy()
    covariances = np.array([np.eye(2)] * 2)
    result = np.empty((draws + 200, 2 + 4 + 8))
    for row in result:
        inverse = np.linalg.inv(covariances)
        away = data[:, np.newaxis] - means
        log_shares = np.log(weights) + 0.5 * np.linalg.slogdet(inverse)[1]
        log_shares = log_shares - 0.5 * np.einsum("nki,kij,nkj->nk", away, inverse, away)
        odds = log_shares[:, 1] - log_shares[:, 0]
        z = (stream.uniform(size=len(data)) < 1 / (1 + np.exp(-odds))).astype(int)
        counts = np.bincount(z, minlength=2)
        weights = stream.dirichlet(counts + np.array([2, 1]))
        for k in range(2):
            precision = np.diag(precisions[k]) + counts[k] * inverse[k]
            pull = precisions[k] * centers[k] + inverse[k] @ data[z == k].sum(axis=0)
            covariance = np.linalg.inv(precision)
            means[k] = stream.multivariate_normal(covariance @ pull, covariance)
        residuals = [data[z == k] - means[k] for k in range(2)]
        covariances = _draw_covariances(structure, prior, residuals, stream)
        row[:] = np.concatenate([weights, means.ravel(), covariances.ravel()])
    return result[200:]


def _draw_covariances(structure, prior, residuals, stream):
    if structure in ("full", "tied"):
        scale, dof = np.array(prior.scale), np.broadcast_to(prior.dof, 2)
        groups = residuals if structure == "full" else [np.concatenate(residuals)] * 2
        drawn = [
            stats.invwishart.rvs(dof[k] + len(group), scale + group.T @ group, random_state=stream)
            for k, group in enumerate(groups[: 2 if structure == "full" else 1])
        ]
        return np.array(drawn * (2 if structure == "tied" else 1))
    is_shared = structure.endswith("shared")
    groups = [np.concatenate(residuals)] if is_shared else residuals
    rows = len(groups)
    if structure.startswith("diag"):
        squares = np.array([(group**2).sum(axis=0) for group in groups])
        halves = np.array([[0.5 * len(group)] for group in groups])
        target = (rows, 2)
    else:
        squares = np.array([(group**2).sum() for group in groups])
        halves = np.array([float(len(group)) for group in groups])  # two coordinates
        target = (rows,)
    shape = np.broadcast_to(np.array(prior.shape), target) + halves
    rate = np.broadcast_to(np.array(prior.scale), target) + 0.5 * squares
    variances = np.broadcast_to((1 / stream.gamma(shape, 1 / rate)).reshape(rows, -1), (2, 2))
    return np.array([np.diag(row) for row in variances])


def test_posterior_agrees_with_plain_numpy(fitted):
    structure, post = fitted
    plain = plain_gibbs(structure, GROUPS, 4_000, np.random.default_rng(11))[np.newaxis]
    ours = np.concatenate(
        [
            post["weights"],
            post["means"].reshape(2, -1, 4),
            covariances_of(post).reshape(2, -1, 8),
        ],
        axis=2,
    )
    left, right = gm.summarize(ours), gm.summarize(plain)
    for column, error in [("mean", "mcse_mean"), ("sd", "mcse_sd")]:
        compared = 0
        for name in left.rows:
            if right[name, "sd"] == 0:  # the zeros beside a diagonal
                assert left[name, "sd"] == 0
                continue
            bound = LIMIT * np.hypot(left[name, error], right[name, error])
            assert abs(left[name, column] - right[name, column]) < bound, (name, column)
            compared += 1
        assert compared >= 10


# ------------------------------------------------------------------------- Priors by default


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_default_priors_are_the_documented_ones(covariance_type):
    size = 3
    model = gm.Mixture(
        size, covariance_type=covariance_type, default_priors="fraley-raftery"
    ).for_data(ONE_GROUP)
    draw = gm.sample_prior(model, 1, random_seed=5)
    weights, means = draw["weights"][0, 0], draw["means"][0, 0]
    center, covariance = ONE_GROUP.mean(axis=0), np.cov(ONE_GROUP.T) / size ** (2 / D)
    expected = stats.dirichlet(np.ones(size)).logpdf(weights / weights.sum())
    for mean, matrix in zip(means, covariances_of(draw)[0, 0], strict=True):
        expected += stats.multivariate_normal(center, matrix / 0.01).logpdf(mean)
    spread = draw[model.spread_name][0, 0]
    if covariance_type == "full":
        expected += sum(stats.invwishart(D + 2, covariance).logpdf(matrix) for matrix in spread)
    elif covariance_type == "tied":
        expected += stats.invwishart(D + 2, covariance).logpdf(spread)
    else:
        scales = np.diag(covariance) / 2
        if covariance_type == "spherical":
            scales = scales.mean()
        expected += stats.invgamma(1.5, scale=scales).logpdf(spread**2).sum()
    assert draw["log_posterior"][0, 0] == pytest.approx(expected, rel=1e-10)


def test_prior_draws_have_the_moments_of_their_prior():
    model = gm.Mixture(1, components=gm.NormalInverseWishart(**{**PRIOR, "dof": 12}))
    table = gm.sample_prior(model, 20_000, random_seed=6).summary()
    for i in range(D):
        row = table.row(f"means[0, {i}]")
        assert abs(row["mean"] - PRIOR["mean"][i]) < LIMIT * row["mcse_mean"]
        variance = PRIOR["scale"][i, i] / (12 - D - 1) / PRIOR["kappa"]
        assert abs(row["sd"] - np.sqrt(variance)) < LIMIT * row["mcse_sd"]
        for j in range(i + 1):
            row = table.row(f"covariances[0, {i}, {j}]")
            expected = PRIOR["scale"][i, j] / (12 - D - 1)
            assert abs(row["mean"] - expected) < LIMIT * row["mcse_mean"]


def test_conjugate_gamma_is_the_wishart_of_diagonal_matrices():
    # With one coordinate only, an inverse-Wishart is an inverse-Gamma of half its parameters.
    x = ONE_GROUP[:, :1]
    arguments = {"mean": 0.5, "kappa": 0.7}
    gamma = gm.NormalInverseGamma(**arguments, shape=3.25, scale=1.5)
    wishart = gm.NormalInverseWishart(**arguments, dof=6.5, scale=[[3.0]])
    left, right = (
        gm.sample(gm.Mixture(1, n_dimensions=1, components=prior), x, 50, chains=1, random_seed=1)
        for prior in (gamma, wishart)
    )
    for name in left:
        np.testing.assert_array_equal(left[name], right[name])
    # Coordinates of a diagonal model are independent: each has the posterior of its own column.
    model = gm.Mixture(1, components=gm.NormalInverseGamma([0.5, 0, 0], 0.7, 3.25, [1.5, 1, 2]))
    table = gm.sample(model, ONE_GROUP, 10_000, chains=2, random_seed=2).summary()
    n, average = len(ONE_GROUP), ONE_GROUP.mean(axis=0)
    mean = (0.7 * np.array([0.5, 0, 0]) + n * average) / (0.7 + n)
    squares = ((ONE_GROUP - average) ** 2).sum(axis=0)
    squares += 0.7 * n / (0.7 + n) * (average - [0.5, 0, 0]) ** 2
    shape, scale = 3.25 + n / 2, np.array([1.5, 1, 2]) + squares / 2
    for d in range(D):
        row = table.row(f"means[0, {d}]")
        assert abs(row["mean"] - mean[d]) < LIMIT * row["mcse_mean"]
        expected = np.sqrt(scale[d] / (shape - 1) / (0.7 + n))
        assert abs(row["sd"] - expected) < LIMIT * row["mcse_sd"]
        row = table.row(f"sd[0, {d}]")
        # E sd = sqrt(scale) Gamma(shape - 1/2) / Gamma(shape).
        expected = np.sqrt(scale[d]) * np.exp(gammaln(shape - 0.5) - gammaln(shape))
        assert abs(row["mean"] - expected) < LIMIT * row["mcse_mean"]
