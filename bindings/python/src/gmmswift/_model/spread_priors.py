"""Priors on standard deviations, variances, precisions and covariance matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gmmswift import _native as native
from gmmswift._model.prior import Parameter, Prior

__all__ = [
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "HalfStudentT",
    "InverseGamma",
    "InverseWishart",
    "LogNormal",
    "Uniform",
    "Wishart",
]


@dataclass(frozen=True, repr=False, eq=False)
class Uniform(Prior):
    """A Uniform prior on the standard deviation, or on the means.

    Means are independent between components and coordinates.

    Parameters
    ----------
    lower : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Lower ends; for standard deviations >= 0.
    upper : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Upper ends, above the lower ones.
    """

    lower: Parameter
    upper: Parameter

    family: ClassVar[int] = native.PRIOR_UNIFORM
    blocks: ClassVar[tuple[str, ...]] = ("sd", "means")
    parameters: ClassVar[tuple[str, ...]] = ("lower", "upper")

    def start(self) -> Any:
        """Return the middle."""
        return 0.5 * np.add(self.lower, self.upper)


@dataclass(frozen=True, repr=False, eq=False)
class HalfCauchy(Prior):
    """A half-Cauchy prior on the standard deviation.

    Parameters
    ----------
    scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Scales, > 0: the medians.
    """

    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_CAUCHY
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("scale",)

    def start(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, repr=False, eq=False)
class HalfNormal(Prior):
    """A half-Normal prior on the standard deviation.

    Parameters
    ----------
    scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Scales, > 0: the standard deviations of the unfolded Normal.
    """

    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("scale",)

    def start(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, repr=False, eq=False)
class LogNormal(Prior):
    """A log-Normal prior on the standard deviation: its logarithm is Normal(mu, sigma).

    Its density falls to 0 at 0 faster than any power, so that ties leave the posterior proper.

    Parameters
    ----------
    mu : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Means of the logarithm, -333 to 333: ``exp(mu)`` is the median.
    sigma : float or array_like, of the same shapes
        Standard deviations of the logarithm, 1e-6 to 100.
    """

    mu: Parameter
    sigma: Parameter

    family: ClassVar[int] = native.PRIOR_LOG_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("mu", "sigma")

    def start(self) -> Any:
        """Return the median."""
        return np.exp(self.mu)


@dataclass(frozen=True, repr=False, eq=False)
class HalfStudentT(Prior):
    """A half-Student-t prior on the standard deviation.

    The density is proportional to ``(1 + (sd / scale)**2 / dof)**(-(dof + 1) / 2)``. With one
    degree of freedom it is that of `HalfCauchy`; with many it nears that of `HalfNormal`.

    Parameters
    ----------
    dof : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Degrees of freedom, > 0.
    scale : float or array_like, of the same shapes
        Scales, > 0.
    """

    dof: Parameter
    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_STUDENT_T
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("dof", "scale")

    def start(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, repr=False, eq=False)
class InverseGamma(Prior):
    """An inverse-Gamma prior on the variance.

    Parameters
    ----------
    shape : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Shapes, > 0.
    scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D), or Gamma
        Scales, > 0: the mean is scale / (shape - 1) where shape > 1. Or the prior of one for all
        components, where covariances are diagonal in each coordinate: its parameters are numbers or
        of shape (D,).
    """

    shape: Parameter
    scale: Parameter | Prior

    family: ClassVar[int] = native.PRIOR_INVERSE_GAMMA
    blocks: ClassVar[tuple[str, ...]] = ("variance",)
    parameters: ClassVar[tuple[str, ...]] = ("shape", "scale")
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Gamma",)}


@dataclass(frozen=True, repr=False, eq=False)
class Gamma(Prior):
    """A Gamma prior on the precision, 1 / variance; or on a concentration, a rate or a scale.

    Parameters
    ----------
    shape : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Shapes, > 0.
    rate : float or array_like, shape (K,), or in D dimensions (D,) or (K, D), or Gamma
        Rates, > 0: the mean is shape / rate. Or the prior of one for all components, where
        covariances are diagonal in each coordinate: its parameters are numbers or of shape (D,).
    lower : float or array_like, shape (D,), default 0.0
        Of the prior of a rate or a scale: the value that it is cut off below. A scale that cannot
        reach 0 keeps the variances from it, and the posterior proper, whatever ties the data have.

    Examples
    --------
    The prior of Richardson and Green (1997), with R the range of the data:

    >>> import gmmswift as gm
    >>> R = 25.1
    >>> gm.Gamma(2, rate=gm.Gamma(0.2, 10 / R**2)).rate.shape
    0.2
    """

    shape: Parameter
    rate: Parameter | Prior
    lower: Parameter = 0.0

    family: ClassVar[int] = native.PRIOR_GAMMA
    blocks: ClassVar[tuple[str, ...]] = ("precision",)
    parameters: ClassVar[tuple[str, ...]] = ("shape", "rate")
    bounds: ClassVar[tuple[str, ...]] = ("lower",)
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"rate": ("Gamma",)}

    def start(self) -> Any:
        """Return the mean of the distribution without a bound, or the bound."""
        with np.errstate(all="ignore"):
            mean = np.divide(self.shape, self.rate)  # type: ignore[arg-type]
        # Parameters out of their range are refused by their own names.
        mean = np.where(np.isfinite(mean) & (mean > 0), mean, 1.0)
        lower = np.asarray(self.lower)
        fits = lower.ndim == 0 or mean.ndim == 0 or lower.shape == mean.shape
        return np.fmax(mean, lower) if fits else mean


@dataclass(frozen=True, repr=False, eq=False)
class Wishart(Prior):
    """A Wishart prior on the scale matrix of `InverseWishart`.

    The density at W is proportional to ``|W|**((dof - D - 1) / 2) * exp(-trace(inv(scale) @ W) /
    2)``; the mean is ``dof * scale``.

    Parameters
    ----------
    dof : float
        Degrees of freedom, > D - 1.
    scale : array_like, shape (D, D)
        A symmetric positive definite matrix.
    lower : float or array_like, shape (D,), default 0.0
        Least variances: W - diag(lower) is positive definite, and has the Wishart distribution. It
        keeps covariances from 0, and the posterior proper, where rows tie or columns determine
        each other. With a bound `dof` must be D + 1.
    """

    dof: Parameter
    scale: Parameter
    lower: Parameter = 0.0

    family: ClassVar[int] = native.PRIOR_WISHART
    blocks: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[tuple[str, ...]] = ("dof", "scale")
    bounds: ClassVar[tuple[str, ...]] = ("lower",)
    most_axes: ClassVar[Mapping[str, int]] = {"dof": 0}

    def start(self) -> Any:
        """Return the mean."""
        mean = np.multiply(self.dof, self.scale)
        if mean.ndim == 2 and np.size(self.lower) in (1, len(mean)):
            mean = mean + np.diag(np.broadcast_to(np.ravel(self.lower), len(mean)))
        try:
            np.linalg.cholesky(mean)
        except np.linalg.LinAlgError:
            # Parameters out of their range are refused by their own names.
            return np.eye(mean.shape[-1]) if mean.ndim == 2 else mean
        return mean


@dataclass(frozen=True, repr=False, eq=False)
class InverseWishart(Prior):
    """An inverse-Wishart prior on covariance matrices.

    The density at S is proportional to ``|S|**(-(dof + D + 1) / 2) * exp(-trace(scale @ inv(S)) /
    2)``; the mean is ``scale / (dof - D - 1)`` where dof > D + 1.

    Parameters
    ----------
    dof : float or array_like, shape (K,)
        Degrees of freedom, > D - 1.
    scale : array_like, shape (D, D) or (K, D, D), or Wishart
        Symmetric positive definite matrices; or the prior of one for all components.
    """

    dof: Parameter
    scale: Parameter | Sequence[Sequence[Sequence[float]]] | Prior

    family: ClassVar[int] = native.PRIOR_INVERSE_WISHART
    blocks: ClassVar[tuple[str, ...]] = ("covariance",)
    parameters: ClassVar[tuple[str, ...]] = ("dof", "scale")
    most_axes: ClassVar[Mapping[str, int]] = {"dof": 1, "scale": 3}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Wishart",)}
