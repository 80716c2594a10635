"""The coordinate ascent of variational Bayes for Gaussian mixtures.

Bishop 2006, Pattern Recognition and Machine Learning, section 10.2, with the stick-breaking weights
of Blei and Jordan 2006; covariances divided by their degrees of freedom, as scikit-learn has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betaln, digamma, gammaln, logsumexp

from gmmswift._fits.statistics import MixtureStatistics
from gmmswift.estimators._gaussians import log_determinants, precision_factors, precisions_of
from gmmswift.estimators._moments import Moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Keeps quotients of components without members finite; scikit-learn adds the same to counts.
_TINY = 10 * np.finfo(np.float64).eps

#: Parameters of the approximation, by the names of the attributes that show them.
State = dict[str, Any]


@dataclass(frozen=True)
class VariationalPriors:
    """The prior, and the rules of one iteration under it.

    Attributes
    ----------
    kind : {"full", "tied", "diag", "spherical"}
        What the covariances have in common.
    is_process : bool
        Whether weights are sticks of a truncated Dirichlet process, else one Dirichlet.
    concentration : float
        Of the weights.
    mean_precision : float
        β₀: how many observations the prior mean is worth.
    mean : ndarray, shape (D,)
        m₀.
    dof : float
        > D - 1.
    scale : ndarray, shape (D, D), (D,) or ()
        W₀⁻¹, by `kind`.
    """

    kind: str
    is_process: bool
    concentration: float
    mean_precision: float
    mean: NDArray[np.float64]
    dof: float
    scale: NDArray[np.float64]

    def updated(self, found: Moments) -> State:
        """Return the approximation given moments (Bishop 2006, equations 10.58 to 10.63).

        Tied covariances take the mean over components of counts and scatter, as in scikit-learn.
        """
        counts, size = found.counts, len(found.counts)
        if self.is_process:
            after = np.r_[counts[::-1].cumsum()[-2::-1], 0.0]
            concentration: Any = (1 + counts, self.concentration + after)
        else:
            concentration = self.concentration + counts
        precision = self.mean_precision + counts
        shrink = self.mean_precision / precision
        means = (self.mean_precision * self.mean + counts[:, np.newaxis] * found.means) / precision[
            :, np.newaxis
        ]
        shift = found.means - self.mean
        dof: Any = self.dof + counts
        if self.kind == "full":
            outer = shift[:, :, np.newaxis] * shift[:, np.newaxis, :]
            between = shrink[:, np.newaxis, np.newaxis] * outer
            scatter = counts[:, np.newaxis, np.newaxis] * (found.covariances + between)
            covariances = (self.scale + scatter) / dof[:, np.newaxis, np.newaxis]
        elif self.kind == "tied":
            dof = self.dof + counts.sum() / size
            between = (counts * shrink * shift.T) @ shift / size
            within = found.covariances * counts.sum() / size
            covariances = (self.scale + within + between) / dof
        elif self.kind == "diag":
            scatter = found.covariances + shrink[:, np.newaxis] * shift**2
            covariances = (self.scale + counts[:, np.newaxis] * scatter) / dof[:, np.newaxis]
        else:
            scatter = found.covariances + shrink * (shift**2).mean(axis=1)
            covariances = (self.scale + counts * scatter) / dof
        return {
            "weight_concentration_": concentration,
            "mean_precision_": precision,
            "means_": means,
            "degrees_of_freedom_": dof,
            "covariances_": covariances,
            "precisions_cholesky_": precision_factors(covariances, self.kind),
        }

    def expectation(
        self,
        state: State,
        x: NDArray[np.float64],
        sample_weight: NDArray[np.float64] | None,
        regularization: float,
        floor: float,
    ) -> tuple[Moments, float]:
        """Return moments under the approximation's responsibilities, and their entropy.

        Responsibilities are those of an ordinary mixture, with log weights `log_shares` up to a
        constant c, and the approximation's means and covariances: its statistics serve. With F its
        log likelihood, the entropy -Σ r log r is F - Σ_ik r_ik (log weight_k + log N(x_i)), and
        the sum over i is a function of the moments.

        Complexity: an iteration of EM, plus O(N D) to lay out the data.
        """
        shares = log_shares(state, self.is_process)
        shares = shares - logsumexp(shares)
        weights = np.exp(shares)
        mixture = {
            "weights": weights / weights.sum(),
            "means": state["means_"],
            "covariances": state["covariances_"],
            "covariance_type": self.kind,
        }
        fit = MixtureStatistics(mixture, x, sample_weight=sample_weight).maximize(
            regularization=regularization, variance_floor=floor
        )
        total = float(len(x) if sample_weight is None else sample_weight.sum())
        counts = fit.weights * total
        means = fit.means.reshape(state["means_"].shape)
        squares = self._distances(state, counts, means, fit.covariances, regularization)
        dimensions = x.shape[1]
        constants = log_determinants(state["precisions_cholesky_"], self.kind, dimensions)
        constants = constants - dimensions / 2 * math.log(2 * math.pi)
        entropy = fit.log_likelihood - counts @ (shares + constants) + squares / 2
        return Moments(counts + _TINY, means, fit.covariances), float(entropy)

    def _distances(
        self,
        state: State,
        counts: NDArray[np.float64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
        regularization: float,
    ) -> float:
        """Return the sum of r_ik (x_i - m_k)ᵀ Σ_k⁻¹ (x_i - m_k)."""
        kind, dimensions = self.kind, means.shape[1]
        shift = means - state["means_"]
        precisions = precisions_of(state["precisions_cholesky_"], kind)
        if kind in ("full", "tied"):
            within = covariances - regularization * np.eye(dimensions)
            traces = (precisions * within).sum(axis=(-2, -1))  # () when tied: pooled already
            y = (shift[:, np.newaxis, :] @ state["precisions_cholesky_"])[:, 0, :]
            squares = (y**2).sum(axis=1)
        elif kind == "diag":
            traces = (precisions * (covariances - regularization)).sum(axis=1)
            squares = (precisions * shift**2).sum(axis=1)
        else:
            traces = precisions * (covariances - regularization) * dimensions
            squares = precisions * (shift**2).sum(axis=1)
        return float(counts @ (traces + squares))

    def lower_bound(self, state: State, entropy: float) -> float:
        """Return the evidence lower bound without its constant terms, as in scikit-learn.

        The state must be that which the moments of the entropy's responsibilities lead to.
        """
        dof, dimensions = state["degrees_of_freedom_"], len(self.mean)
        halves = 0.5 * (np.atleast_1d(dof) - np.arange(dimensions)[:, np.newaxis])
        roots = log_determinants(state["precisions_cholesky_"], self.kind, dimensions)
        roots = roots - 0.5 * dimensions * np.log(dof)
        wishart = -(dof * roots + dof * dimensions * 0.5 * math.log(2) + gammaln(halves).sum(0))
        copies = len(state["means_"]) if self.kind == "tied" else 1
        concentration = state["weight_concentration_"]
        if self.is_process:
            weights = -betaln(*concentration).sum()
        else:
            weights = gammaln(concentration.sum()) - gammaln(concentration).sum()
        means = 0.5 * dimensions * np.log(state["mean_precision_"]).sum()
        return float(entropy - copies * wishart.sum() - weights - means)


def log_shares(state: State, is_process: bool) -> NDArray[np.float64]:
    """Return what is added to log N(x; means_k, covariances_k) to compare components, (K,).

    E[log w_k] + (E[log |Λ_k|] - log |Σ_k⁻¹| - D / β_k) / 2 (Bishop 2006, equations 10.64 to 10.66),
    with Σ_k the inverse of W_k over its degrees of freedom.
    """
    concentration = state["weight_concentration_"]
    if is_process:
        ends = digamma(concentration[0] + concentration[1])
        left = digamma(concentration[1]) - ends
        weights = digamma(concentration[0]) - ends + np.r_[0.0, left.cumsum()[:-1]]
    else:
        weights = digamma(concentration) - digamma(concentration.sum())
    dof, dimensions = state["degrees_of_freedom_"], state["means_"].shape[1]
    halves = 0.5 * (np.atleast_1d(dof) - np.arange(dimensions)[:, np.newaxis])
    log_determinant = dimensions * np.log(2 / dof) + digamma(halves).sum(axis=0)
    return np.asarray(weights + 0.5 * (log_determinant - dimensions / state["mean_precision_"]))


def expected_weights(concentration: Any, is_process: bool) -> NDArray[np.float64]:
    """Return the means of the weights, scaled to sum 1."""
    if is_process:
        total = concentration[0] + concentration[1]
        left = np.r_[1.0, (concentration[1] / total).cumprod()[:-1]]
        weights = concentration[0] / total * left
    else:
        weights = concentration
    return np.asarray(weights / weights.sum())
