"""What all priors are: an immutable class for each family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, real_array
from gmmswift._pickled import PickledFields

__all__ = ["Fixed", "Kept", "Parameter", "Prior", "kept_parameter"]

#: One number for all components and coordinates, or an array that says more.
Parameter: TypeAlias = "float | Sequence[float] | Sequence[Sequence[float]] | np.ndarray"

#: A parameter as it is kept: a float, or tuples of floats nested as deep as it has axes.
Kept: TypeAlias = "float | tuple[Any, ...]"

_AXES = ("a number", "a sequence of numbers", "a matrix", "a sequence of matrices")


def kept_parameter(name: str, value: Any, most_axes: int) -> Kept:
    """Return a parameter as a float, or as nested tuples of floats."""
    array = real_array(name, value)
    if array.ndim > most_axes or array.size == 0:
        rule = " or ".join(filter(None, [", ".join(_AXES[:most_axes]), _AXES[most_axes]]))
        raise ValueError(f"{name}: must be {rule}, got shape {array.shape}")
    return _tuples(array.tolist())


def _tuples(value: Any) -> Kept:
    return tuple(map(_tuples, value)) if isinstance(value, list) else float(value)


@dataclass(frozen=True, repr=False, eq=False)
class Prior(PickledFields):
    """A prior distribution, or known values, for one kind of parameter.

    Not to be used directly: see the classes named after the families. Each parameter is a number,
    the same for every component and coordinate, or an array. In one dimension its shape is (K,).
    In D dimensions, parameters of means, and of sds, variances and precisions where covariances
    are diagonal, broadcast to (K, D) as in numpy: (D,) holds for every component, (K, 1) for every
    coordinate. Parameters of weights and of spherical sds have shape (K,), matrices (D, D) or
    (K, D, D). What all components share has no axis of them, or one of length 1. Ranges are
    checked when a `Mixture` is made; positive numbers lie in 1e-145 .. 1e145 where they are
    standard deviations or scales of them, else in 1e-290 .. 1e290.
    """

    #: The family in the C interface.
    family: ClassVar[int]
    #: Arguments of `Mixture` that take this prior.
    blocks: ClassVar[tuple[str, ...]]
    #: Fields that are parameters for each component, in the order of the C interface.
    parameters: ClassVar[tuple[str, ...]]
    #: The largest number of axes of a parameter, where it is not 2: component and coordinate.
    most_axes: ClassVar[Mapping[str, int]] = {}
    #: Fields that are arrays like parameters, which only the prior of a rate or scale may have.
    bounds: ClassVar[tuple[str, ...]] = ()
    #: The parameters that may have a prior themselves, and the names of its families.
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            kept: Kept | Prior
            if isinstance(value, Prior):
                kept = self._hyperprior(field.name, value)
            elif field.name in self.parameters or field.name in self.bounds:
                kept = kept_parameter(field.name, value, self.most_axes.get(field.name, 2))
            else:
                kept = real(field.name, value)
            # The dataclass is frozen, and this is its constructor.
            object.__setattr__(self, field.name, kept)

    def _hyperprior(self, name: str, prior: Prior) -> Prior:
        families = self.hierarchical.get(name, ())
        if type(prior).__name__ not in families:
            rule = f"a number, an array or {' or '.join(families)}" if families else "no prior"
            raise ValueError(f"{name}: must be {rule}, got {type(prior).__name__}")
        for inner in prior.parameters:
            if isinstance(getattr(prior, inner), Prior):
                found = type(getattr(prior, inner)).__name__
                raise ValueError(f"{name}.{inner}: must be a number or an array, got {found}")
        if name not in ("rate", "scale"):
            prior.require_no_bounds(name)
        return prior

    def require_no_bounds(self, path: str) -> None:
        """Refuse bounds."""
        for name in self.bounds:
            if np.any(np.not_equal(getattr(self, name), 0)):
                rule = "must be 0, except in the prior of a rate or a scale"
                raise ValueError(f"{path}.{name}: {rule}, got {getattr(self, name)}")

    def start(self) -> Any:
        """Return the value at which chains start, where this is the prior of a parameter."""
        raise NotImplementedError

    # Written once here, because a dataclass would compile its own for each family at every import.

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    def __repr__(self) -> str:
        values = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return f"{type(self).__qualname__}({values})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def parts(self) -> tuple[Prior, ...]:
        """Return the priors of single kinds of parameters that this prior consists of."""
        return (self,)


@dataclass(frozen=True, repr=False, eq=False)
class Fixed(Prior):
    """Known values in place of a prior.

    Parameters
    ----------
    values : float or array_like
        The weights (K,) (not negative, sum 1), means, sds, variances or precisions, (K,) in one
        dimension, else up to (K, D), or covariance matrices (D, D) or (K, D, D), as the argument
        of `Mixture` that they are given to says.
    """

    values: Parameter

    family: ClassVar[int] = native.PRIOR_FIXED
    blocks: ClassVar[tuple[str, ...]] = (
        "weights",
        "means",
        "sd",
        "variance",
        "precision",
        "covariance",
    )
    parameters: ClassVar[tuple[str, ...]] = ("values",)
    most_axes: ClassVar[Mapping[str, int]] = {"values": 3}
