"""Conjugate priors of means and spread together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gmmswift._model.mean_priors import NormalKappa
from gmmswift._model.prior import Parameter, Prior
from gmmswift._model.spread_priors import InverseGamma, InverseWishart

__all__ = ["NormalInverseGamma", "NormalInverseWishart"]


@dataclass(frozen=True, repr=False, eq=False)
class NormalInverseWishart(Prior):
    """The conjugate prior of means and covariance matrices.

    The covariance S of a component is `InverseWishart` (dof, scale); its mean, given S, is
    Normal(mean, S / kappa).

    Parameters
    ----------
    mean : float or array_like, shape (D,) or (K, D)
        Prior means.
    kappa : float or array_like, shape (K,)
        The number of observations that the prior mean is worth, > 0.
    dof : float or array_like, shape (K,)
        Degrees of freedom, > D - 1.
    scale : array_like, shape (D, D) or (K, D, D), or Wishart
        Symmetric positive definite matrices; or the prior of one for all components.
    """

    mean: Parameter
    kappa: Parameter
    dof: Parameter
    scale: Parameter | Sequence[Sequence[Sequence[float]]] | Prior

    blocks: ClassVar[tuple[str, ...]] = ("components",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "kappa", "dof", "scale")
    most_axes: ClassVar[Mapping[str, int]] = {"kappa": 1, "dof": 1, "scale": 3}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Wishart",)}

    def parts(self) -> tuple[Prior, ...]:
        """Return the prior of the means and that of the covariance matrices."""
        return NormalKappa(self.mean, self.kappa), InverseWishart(self.dof, self.scale)


@dataclass(frozen=True, repr=False, eq=False)
class NormalInverseGamma(Prior):
    """The conjugate prior of means and variances, for diagonal and spherical covariances.

    Each variance is `InverseGamma` (shape, scale); each coordinate of a mean, given its variance
    v, is Normal(mean, v / kappa).

    Parameters
    ----------
    mean : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Prior means.
    kappa : float or array_like, shape (K,)
        The number of observations that the prior mean is worth, > 0.
    shape, scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Shapes and scales, > 0; for spherical covariances of shape (K,). The scale may be a Gamma
        prior of one for all components, as in `InverseGamma`.
    """

    mean: Parameter
    kappa: Parameter
    shape: Parameter
    scale: Parameter | Prior

    blocks: ClassVar[tuple[str, ...]] = ("components",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "kappa", "shape", "scale")
    most_axes: ClassVar[Mapping[str, int]] = {"kappa": 1}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Gamma",)}

    def parts(self) -> tuple[Prior, ...]:
        """Return the prior of the means and that of the variances."""
        return NormalKappa(self.mean, self.kappa), InverseGamma(self.shape, self.scale)
