"""Conjugate mixtures of few observations by the sum over all labellings, to rounding.

Given the assignments, every conjugate model has a closed form, so that for N observations and K
components the posterior is a sum of K**N known terms. Then log likelihood + log prior - log
posterior density is the log marginal likelihood, whatever the parameters (Chib 1995, equation 2):
each draw gives the same number, which the sum gives as well.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy import stats
from scipy.special import betaln, gammaln, multigammaln

import gmmswift as gm

STREAM = np.random.default_rng(12)

KAPPA, SHAPE, DOF = 0.6, 2.5, 6.5

ALPHA = np.array([2.0, 1.0])

#: Distances allowed, in Monte-Carlo standard errors: of some 50 numbers for each structure, one is
#: that far off by chance with probability 2e-4 over all; seeds are fixed.
LIMIT = 5

#: Each entry: covariance type, and whether one sd serves all components.
STRUCTURES = {
    "full": ("full", False),
    "tied": ("tied", False),
    "diag": ("diag", False),
    "diag, shared": ("diag", True),
    "spherical": ("spherical", False),
    "spherical, shared": ("spherical", True),
}


class Exact:
    """A conjugate model of K components in D dimensions, and data."""

    def __init__(self, structure, components, x, center=None, scale=None):
        self.kind, self.is_shared = STRUCTURES[structure]
        self.components, self.x = components, x
        d = x.shape[1]
        self.alpha = ALPHA[:components]
        self.center = np.linspace(-0.5, 1, d) if center is None else center
        if scale is None:
            root = np.tril(np.full((d, d), 0.3), -1) + np.diag(np.linspace(0.8, 1.6, d))
            scale = root @ root.T
        # Degrees of freedom beyond D keep moments finite, in any number of dimensions.
        self.dof, self.scale = DOF + d, scale
        #: Scales of the inverse Gammas: one for each coordinate where each has an sd.
        self.rates = np.diag(scale) if self.kind == "diag" else np.array([1.4])

    def model(self):
        if self.kind in ("full", "tied"):
            prior = gm.NormalInverseWishart(self.center, KAPPA, self.dof, self.scale)
        else:
            rates = self.rates if self.kind == "diag" else self.rates[0]
            prior = gm.NormalInverseGamma(self.center, KAPPA, SHAPE, rates)
        return gm.Mixture(
            self.components,
            n_dimensions=self.x.shape[1],
            covariance_type=self.kind,
            weights=gm.Dirichlet(self.alpha),
            components=prior,
            shared_sd=self.is_shared,
        )

    # ------------------------------------------------------------------- Given the assignments

    def given(self, z):
        """Counts, kappas, means and scatter matrices about the prior, of each component."""
        d = self.x.shape[1]
        counts, centers, scatters = [], [], []
        for k in range(self.components):
            group = self.x[z == k]
            n = len(group)
            average = group.mean(axis=0) if n else np.zeros(d)
            away = average - self.center
            counts.append(n)
            centers.append((KAPPA * self.center + n * average) / (KAPPA + n))
            scatter = (group - average).T @ (group - average)
            scatters.append(scatter + KAPPA * n / (KAPPA + n) * np.outer(away, away))
        return np.array(counts), KAPPA + np.array(counts), np.array(centers), np.array(scatters)

    def gammas(self, counts, scatters):
        """Shapes and scales of the variances' posterior, (K or 1, D or 1)."""
        squares = np.array([np.diag(scatter) for scatter in scatters])
        sizes = np.repeat(counts[:, np.newaxis], squares.shape[1], axis=1).astype(float)
        axes = (0,) if self.is_shared else ()
        axes += (1,) if self.kind == "spherical" else ()
        squares = squares.sum(axis=axes, keepdims=True) if axes else squares
        sizes = sizes.sum(axis=axes, keepdims=True) if axes else sizes
        return SHAPE + sizes / 2, self.rates + squares / 2

    def log_joint(self, z):
        """The log of p(z) p(x | z)."""
        counts, kappas, _, scatters = self.given(z)
        (n, d), total = self.x.shape, self.alpha.sum()
        result = gammaln(total) - gammaln(total + n)
        result += (gammaln(self.alpha + counts) - gammaln(self.alpha)).sum()
        result += d / 2 * (np.log(KAPPA) - np.log(kappas)).sum()
        if self.kind in ("full", "tied"):
            groups = zip(counts, scatters, strict=True)
            if self.kind == "tied":
                groups = [(n, scatters.sum(axis=0))]
            for size, scatter in groups:
                result += multigammaln((self.dof + size) / 2, d) - multigammaln(self.dof / 2, d)
                result += self.dof / 2 * np.linalg.slogdet(self.scale)[1]
                result -= (self.dof + size) / 2 * np.linalg.slogdet(self.scale + scatter)[1]
            return result - n * d / 2 * np.log(np.pi)
        shapes, scales = self.gammas(counts, scatters)
        rates = np.broadcast_to(self.rates, shapes.shape)
        result += (gammaln(shapes) - gammaln(SHAPE)).sum()
        result += (SHAPE * np.log(rates) - shapes * np.log(scales)).sum()
        return result - n * d / 2 * np.log(2 * np.pi)

    def log_density(self, z, weights, means, spread):
        """The log posterior density of parameters given the assignments."""
        counts, kappas, centers, scatters = self.given(z)
        result = stats.dirichlet(self.alpha + counts).logpdf(weights / weights.sum())
        if self.kind == "full":
            matrices = spread
            for size, scatter, matrix in zip(counts, scatters, matrices, strict=True):
                prior = stats.invwishart(self.dof + size, self.scale + scatter)
                result += prior.logpdf(matrix)
        elif self.kind == "tied":
            matrices = [spread] * self.components
            prior = stats.invwishart(self.dof + len(z), self.scale + scatters.sum(axis=0))
            result += prior.logpdf(spread)
        else:
            shapes, scales = self.gammas(counts, scatters)
            variances = np.reshape(spread, shapes.shape) ** 2
            result += stats.invgamma(shapes, scale=scales).logpdf(variances).sum()
            full = np.broadcast_to(variances, means.shape)
            matrices = [np.diag(row) for row in full]
        for k, matrix in enumerate(matrices):
            normal = stats.multivariate_normal(centers[k], matrix / kappas[k])
            result += normal.logpdf(means[k])
        return result

    def predictive(self, z, points):
        """The log of P(k) p(point | k) of the next observation, (points, K): Student's t."""
        counts, kappas, centers, scatters = self.given(z)
        d = self.x.shape[1]
        result = np.empty((len(points), self.components))
        for k in range(self.components):
            scale, size = self.scale + scatters[k], counts[k]
            if self.kind == "tied":
                scale, size = self.scale + scatters.sum(axis=0), len(z)
            factor = (kappas[k] + 1) / kappas[k]
            if self.kind in ("full", "tied"):
                free = self.dof + size - d + 1
                density = stats.multivariate_t(centers[k], scale * factor / free, df=free)
                result[:, k] = density.logpdf(points)
            else:
                shapes, scales = (
                    np.broadcast_to(a, centers.shape)[k] for a in self.gammas(counts, scatters)
                )
                if self.kind == "spherical":
                    matrix = np.eye(d) * factor * scales[0] / shapes[0]
                    density = stats.multivariate_t(centers[k], matrix, df=2 * shapes[0])
                    result[:, k] = density.logpdf(points)
                else:
                    width = np.sqrt(factor * scales / shapes)
                    densities = stats.t(2 * shapes, centers[k], width).logpdf(points)
                    result[:, k] = densities.sum(axis=1)
        shares = (self.alpha + counts) / (self.alpha.sum() + len(z))
        return result + np.log(shares)

    # -------------------------------------------------------------------- Over all labellings

    def labellings(self):
        """All labellings, (K**N, N), and the log of p(z) p(x | z) of each."""
        every = itertools.product(range(self.components), repeat=len(self.x))
        z = np.array(list(every), dtype=int)
        return z, np.array([self.log_joint(row) for row in z])


def parameters(post, chain, draw):
    names = ("weights", "means", post.model.spread_name)
    weights, means, spread = (post[name][chain, draw] for name in names)
    if means.ndim == 1:
        means = means[:, np.newaxis]
        # One dimension has sds: a matrix is the variance.
        if post.model.covariance_type == "full":
            spread = np.reshape(spread, (-1, 1, 1)) ** 2
        elif post.model.covariance_type == "tied":
            spread = np.reshape(spread, (1, 1)) ** 2
    return weights, means, spread


SMALL = np.concatenate([STREAM.normal(0, 0.7, (3, 2)), STREAM.normal([1.5, -0.5], 0.9, (4, 2))])


def covariances_of(post):
    """Covariance matrices of every draw, (chains, draws, K, D, D)."""
    components, d = post.n_components, post.n_dimensions
    spread = post[post.model.spread_name]
    if post.model.spread_name == "covariances":
        matrices = spread if spread.ndim == 5 else spread[:, :, np.newaxis]
    else:
        if post.model.shape.is_shared:
            spread = spread[:, :, np.newaxis]
        if spread.ndim == 3:
            spread = spread[..., np.newaxis]
        matrices = spread[..., np.newaxis] ** 2 * np.eye(d)
    return np.broadcast_to(matrices, (*spread.shape[:2], components, d, d))


def component_log_densities(post, points):
    """Log of weight times Normal density of each component, (chains, draws, points, K)."""
    weights, means, matrices = post["weights"], post["means"], covariances_of(post)
    means = means.reshape(*weights.shape, post.n_dimensions)
    away = np.swapaxes(points - means[..., np.newaxis, :], -1, -2)
    squares = np.einsum("...dp,...dp->...p", away, np.linalg.solve(matrices, away))
    scale = np.log(weights) - 0.5 * np.linalg.slogdet(2 * np.pi * matrices)[1]
    return np.swapaxes(scale[..., np.newaxis] - 0.5 * squares, -1, -2)


def log_weight(weight, background, rows):
    """The log probability that just these rows are background, of `rows` rows."""
    if isinstance(weight, gm.Fixed):
        known = weight.values
        return background * np.log(known) + (rows - background) * np.log1p(-known)
    own, rest = weight.first, weight.second
    return betaln(own + background, rest + rows - background) - betaln(own, rest)


def near(found, exact):
    """Whether draws, (chains, draws, ...), have exact means within their Monte-Carlo errors."""
    flat = np.reshape(np.asarray(found, dtype=float), (*np.shape(found)[:2], -1))
    table = gm.summarize(flat)
    for name, expected in zip(table.rows, np.ravel(exact), strict=True):
        mean, error = table[name, "mean"], table[name, "mcse_mean"]
        if not error > 0:
            # All draws are equal, which is exact up to what so many draws can tell.
            error = 3 / flat[..., 0].size
        assert abs(mean - expected) < LIMIT * error, (name, mean, expected, error)
