"""Priors on the weights, on their concentration, and on the weight of a background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gmmswift import _native as native
from gmmswift._model.prior import Parameter, Prior

__all__ = ["Beta", "Dirichlet", "DynamicDirichlet", "F"]


@dataclass(frozen=True, repr=False, eq=False)
class Dirichlet(Prior):
    """A Dirichlet prior on the weights.

    With K = 2 and concentration 1, each weight is Uniform(0, 1). With many components and a small
    concentration that has a prior, such as ``Dirichlet(Gamma(1, 20))``, most components stay
    without rows: a sparse finite mixture (Malsiner-Walli, Fruehwirth-Schnatter, Gruen 2016).

    Parameters
    ----------
    concentration : float or array_like, shape (K,), or Gamma or F, default 1.0
        Concentrations, > 0; or the prior of one for all components, which is drawn with everything
        else.
    minimum : float, default 0.0
        Least value of every weight, a hard constraint: 0 <= minimum <= 1/K.
    """

    concentration: Parameter | Prior = 1.0
    minimum: float = 0.0

    family: ClassVar[int] = native.PRIOR_DIRICHLET
    blocks: ClassVar[tuple[str, ...]] = ("weights",)
    parameters: ClassVar[tuple[str, ...]] = ("concentration",)
    most_axes: ClassVar[Mapping[str, int]] = {"concentration": 1}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"concentration": ("Gamma", "F")}


@dataclass(frozen=True, repr=False, eq=False)
class DynamicDirichlet(Prior):
    """A Dirichlet prior on the weights whose concentration is ``alpha / K`` among K components.

    Parameters
    ----------
    alpha : float or Gamma or F, default 1.0
        The sum of the concentrations, > 0; or its prior.
    """

    alpha: Parameter | Prior = 1.0

    family: ClassVar[int] = native.PRIOR_DYNAMIC_DIRICHLET
    blocks: ClassVar[tuple[str, ...]] = ("weights",)
    parameters: ClassVar[tuple[str, ...]] = ("alpha",)
    most_axes: ClassVar[Mapping[str, int]] = {"alpha": 0}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"alpha": ("Gamma", "F")}


@dataclass(frozen=True, repr=False, eq=False)
class Beta(Prior):
    """The Beta distribution, as the prior of the weight of a `UniformBackground`.

    Its density at w is proportional to ``w**(first - 1) * (1 - w)**(second - 1)``, its mean is
    ``first / (first + second)``.

    Parameters
    ----------
    first, second : float
        > 0.
    """

    first: Parameter
    second: Parameter

    blocks: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[tuple[str, ...]] = ("first", "second")
    most_axes: ClassVar[Mapping[str, int]] = {"first": 0, "second": 0}


@dataclass(frozen=True, repr=False, eq=False)
class F(Prior):
    """The F distribution, as the prior of a concentration of the weights.

    Its density at x is proportional to ``x**(first / 2 - 1) * (1 + first * x / second)**(-(first +
    second) / 2)``. Fruehwirth-Schnatter, Malsiner-Walli and Gruen (2021) recommend F(6, 3).

    Parameters
    ----------
    first, second : float
        Degrees of freedom, > 0.
    """

    first: Parameter
    second: Parameter

    family: ClassVar[int] = native.PRIOR_F
    blocks: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[tuple[str, ...]] = ("first", "second")
    most_axes: ClassVar[Mapping[str, int]] = {"first": 0, "second": 0}

    def start(self) -> Any:
        """Return 1, which is near the median."""
        return 1.0
