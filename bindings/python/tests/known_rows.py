"""Densities of rows that are not known exactly, written out in numpy with scipy's integrals."""

from __future__ import annotations

import numpy as np
from scipy import stats

#: Sds beyond which nothing is left of a Normal distribution.
REACH = 12.0


def box(mean, covariance, lower, upper, nodes=80):
    """The log probability of a box, and the mean and covariance of what lies in it.

    They are sums over a grid of Gauss-Legendre nodes, which is fine enough for boxes and
    distributions that are some `nodes` / 4 times as wide as the narrowest direction.
    """
    mean, covariance = np.atleast_1d(mean), np.atleast_2d(covariance)
    node, weight = np.polynomial.legendre.leggauss(nodes)
    sd = np.sqrt(np.diag(covariance))
    ends = np.clip([lower, upper], mean - REACH * sd, mean + REACH * sd)
    half = (ends[1] - ends[0]) / 2
    axes = [low + h * (1 + node) for low, h in zip(ends[0], half, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(mean))
    weights = weight
    for _ in mean[1:]:
        weights = np.multiply.outer(weights, weight)
    p = stats.multivariate_normal(mean, covariance).pdf(points).ravel() * weights.ravel()
    total = p.sum()
    center = p @ points / total
    away = points - center
    return np.log(total * half.prod()), center, (p * away.T) @ away / total


class KnownRow:
    """What is known of one row: values, a covariance of errors, the ends of intervals."""

    def __init__(self, data, i):
        values = data.values[i]
        lower, upper = (
            (np.full(len(values), np.nan),) * 2
            if data.intervals is None
            else (ends[i] for ends in data.intervals)
        )
        is_interval = ~np.isnan(lower)
        self.boxed = np.flatnonzero(is_interval)
        self.exact = np.flatnonzero(~is_interval & ~np.isnan(values))
        self.values, self.lower, self.upper = values, lower, upper
        errors = np.zeros(len(values)) if data.errors is None else data.errors[i]
        self.error = np.diag(errors**2) if errors.ndim == 1 else errors

    def known(self, mean, covariance):
        """The log density of what is known, and the expectation of the true values."""
        total = covariance + self.error
        exact, boxed = self.exact, self.boxed
        gain = total[np.ix_(boxed, exact)] @ np.linalg.pinv(total[np.ix_(exact, exact)])
        away = (self.values - mean)[exact]
        log = 0.0
        if len(exact):
            log += stats.multivariate_normal(cov=total[np.ix_(exact, exact)]).logpdf(away)
        observed = np.full(len(mean), np.nan)
        observed[exact] = self.values[exact]
        if len(boxed):
            center = mean[boxed] + gain @ away
            rest = total[np.ix_(boxed, boxed)] - gain @ total[np.ix_(exact, boxed)]
            # A single interval has a long axis of its own, so that fine grids cost nothing.
            nodes = {1: 400, 2: 200, 3: 60}[len(boxed)]
            probability, expected, _ = box(
                center, rest, self.lower[boxed], self.upper[boxed], nodes
            )
            log += probability
            observed[boxed] = expected
        seen = np.sort(np.concatenate([exact, boxed]))
        if not len(seen):
            return log, mean
        solved = np.linalg.solve(total[np.ix_(seen, seen)], (observed - mean)[seen])
        return log, mean + covariance[:, seen] @ solved

    def background(self, lower, upper):
        """The same for a background that is uniform in a box."""
        low, high = (
            np.where(np.isnan(self.values), bound, self.values) for bound in (lower, upper)
        )
        low[self.boxed] = np.where(np.isinf(self.lower), lower, self.lower)[self.boxed]
        high[self.boxed] = np.where(np.isinf(self.upper), upper, self.upper)[self.boxed]
        width = np.maximum(high - low, 0)
        width[self.exact] = 1
        with np.errstate(divide="ignore"):
            return np.log(width / np.subtract(upper, lower)).sum(), (low + high) / 2


def known_rows(data, means, covariances, bounds=None):
    """Log densities (N, K) and expectations (N, K, D), with a background's last."""
    parts = []
    for i in range(data.n_observations):
        row = KnownRow(data, i)
        each = [row.known(*pair) for pair in zip(means, covariances, strict=True)]
        if bounds is not None:
            each.append(row.background(*bounds))
        parts.append(each)
    logs = np.array([[log for log, _ in each] for each in parts])
    return logs, np.array([[mean for _, mean in each] for each in parts])
