"""Priors: one small immutable class for each family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, real_array

__all__ = [
    "Dirichlet",
    "Fixed",
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "InverseGamma",
    "Normal",
    "Prior",
    "Uniform",
]

#: One number for all components, or one for each.
Parameter: TypeAlias = "float | Sequence[float] | np.ndarray"

#: A parameter as it is kept: a float, or a tuple of floats.
Kept: TypeAlias = "float | tuple[float, ...]"


def _kept(name: str, value: Parameter) -> Kept:
    """Return a parameter as a float, or as a tuple of floats when it has one axis."""
    array = real_array(name, value)
    if array.ndim == 0:
        return float(array)
    if array.ndim > 1 or array.size == 0:
        raise ValueError(
            f"{name}: must be a number or a sequence of numbers, got shape {array.shape}"
        )
    return tuple(array.tolist())


@dataclass(frozen=True)
class Prior:
    """A prior distribution, or known values, for one block of unknowns.

    Not to be used directly: see the classes named after the families. Each parameter is a number,
    the same for every component, or a sequence with one number per component. Ranges are checked
    when a `Mixture` is made.
    """

    #: The family in the C interface.
    family: ClassVar[int]
    #: Arguments of `Mixture` that take this prior.
    blocks: ClassVar[tuple[str, ...]]
    #: Fields that are parameters for each component, in the order of the C interface.
    parameters: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            convert = _kept if field.name in self.parameters else real
            # The dataclass is frozen, and this is its constructor.
            object.__setattr__(self, field.name, convert(field.name, value))


@dataclass(frozen=True)
class Fixed(Prior):
    """Known values in place of a prior.

    Parameters
    ----------
    values : float or array_like, shape (K,)
        The weights (positive, sum 1), means, sds, variances or precisions, as the argument of
        `Mixture` that they are given to says.
    """

    values: Parameter

    family: ClassVar[int] = native.PRIOR_FIXED
    blocks: ClassVar[tuple[str, ...]] = ("weights", "means", "sd", "variance", "precision")
    parameters: ClassVar[tuple[str, ...]] = ("values",)


@dataclass(frozen=True)
class Dirichlet(Prior):
    """A Dirichlet prior on the weights.

    With K = 2 and concentration 1, each weight is Uniform(0, 1).

    Parameters
    ----------
    concentration : float or array_like, shape (K,), default 1.0
        Concentrations, > 0.
    minimum : float, default 0.0
        Every weight is at least this, a hard constraint: 0 <= minimum <= 1/K.
    """

    concentration: Parameter = 1.0
    minimum: float = 0.0

    family: ClassVar[int] = native.PRIOR_DIRICHLET
    blocks: ClassVar[tuple[str, ...]] = ("weights",)
    parameters: ClassVar[tuple[str, ...]] = ("concentration",)


@dataclass(frozen=True)
class Normal(Prior):
    """A Normal prior on the means.

    Parameters
    ----------
    mean : float or array_like, shape (K,)
        Prior means.
    sd : float or array_like, shape (K,)
        Prior standard deviations, > 0.
    """

    mean: Parameter
    sd: Parameter

    family: ClassVar[int] = native.PRIOR_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("means",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "sd")


@dataclass(frozen=True)
class Uniform(Prior):
    """A Uniform prior on the standard deviation.

    Parameters
    ----------
    lower : float or array_like, shape (K,)
        Lower ends, >= 0.
    upper : float or array_like, shape (K,)
        Upper ends, above the lower ones.
    """

    lower: Parameter
    upper: Parameter

    family: ClassVar[int] = native.PRIOR_UNIFORM
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("lower", "upper")


@dataclass(frozen=True)
class HalfCauchy(Prior):
    """A half-Cauchy prior on the standard deviation.

    Parameters
    ----------
    scale : float or array_like, shape (K,)
        Scales, > 0: the medians.
    """

    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_CAUCHY
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("scale",)


@dataclass(frozen=True)
class HalfNormal(Prior):
    """A half-Normal prior on the standard deviation.

    Parameters
    ----------
    scale : float or array_like, shape (K,)
        Scales, > 0: the standard deviations of the unfolded Normal.
    """

    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("scale",)


@dataclass(frozen=True)
class InverseGamma(Prior):
    """An inverse-Gamma prior on the variance.

    Parameters
    ----------
    shape : float or array_like, shape (K,)
        Shapes, > 0.
    scale : float or array_like, shape (K,)
        Scales, > 0: the mean is scale / (shape - 1).
    """

    shape: Parameter
    scale: Parameter

    family: ClassVar[int] = native.PRIOR_INVERSE_GAMMA
    blocks: ClassVar[tuple[str, ...]] = ("variance",)
    parameters: ClassVar[tuple[str, ...]] = ("shape", "scale")


@dataclass(frozen=True)
class Gamma(Prior):
    """A Gamma prior on the precision, 1 / variance.

    Parameters
    ----------
    shape : float or array_like, shape (K,)
        Shapes, > 0.
    rate : float or array_like, shape (K,)
        Rates, > 0: the mean is shape / rate.
    """

    shape: Parameter
    rate: Parameter

    family: ClassVar[int] = native.PRIOR_GAMMA
    blocks: ClassVar[tuple[str, ...]] = ("precision",)
    parameters: ClassVar[tuple[str, ...]] = ("shape", "rate")
