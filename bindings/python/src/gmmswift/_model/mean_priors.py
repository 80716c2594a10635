"""Priors on the means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gmmswift import _native as native
from gmmswift._model.prior import Parameter, Prior

__all__ = ["Normal", "NormalKappa"]


@dataclass(frozen=True, repr=False, eq=False)
class Normal(Prior):
    """A Normal prior on the means, independent between components and coordinates.

    Parameters
    ----------
    mean : float or array_like, shape (K,), or in D dimensions (D,) or (K, D), or Normal
        Prior means; or the prior of one for all components, in each coordinate, whose parameters
        are numbers or of shape (D,).
    sd : float or array_like, of the same shapes, or Uniform, HalfNormal, HalfCauchy, ...
        Prior standard deviations, > 0; or the prior of one for all components, in each coordinate:
        Uniform, HalfNormal, HalfCauchy, HalfStudentT or LogNormal. A coordinate in which components
        do not differ then costs little: ``sd=HalfNormal(R)``, with R the range of the data, is the
        Normal-Gamma prior of Malsiner-Walli, Fruehwirth-Schnatter and Gruen (2016).
    """

    mean: Parameter | Prior
    sd: Parameter | Prior

    family: ClassVar[int] = native.PRIOR_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("means",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "sd")
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "mean": ("Normal",),
        "sd": ("Uniform", "HalfNormal", "HalfCauchy", "HalfStudentT", "LogNormal"),
    }

    def start(self) -> Any:
        """Return the mean."""
        return self.mean


@dataclass(frozen=True, repr=False, eq=False)
class NormalKappa(Prior):
    """A Normal prior on the means, at the scale of the spread.

    The mean of a component, given its covariance S, is Normal(mean, S / kappa). With an
    inverse-Wishart or inverse-Gamma spread this is the conjugate prior, which
    `NormalInverseWishart` and `NormalInverseGamma` state as a whole.

    Parameters
    ----------
    mean : float or array_like, shape (D,) or (K, D), in one dimension (K,)
        Prior means.
    kappa : float or array_like, shape (K,)
        The number of observations that the prior mean is worth, > 0.
    """

    mean: Parameter
    kappa: Parameter

    family: ClassVar[int] = native.PRIOR_NORMAL_KAPPA
    blocks: ClassVar[tuple[str, ...]] = ("means",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "kappa")
    most_axes: ClassVar[Mapping[str, int]] = {"kappa": 1}
