"""Initial values of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gmmswift._arguments import array, shown
from gmmswift._shapes import Shape, covariance_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._data import Data

__all__ = ["initial_values"]


def initial_values(
    initial: object, rows: Data, shape: Shape, *, has_background: bool = False
) -> dict[str, NDArray[np.float64]]:
    """Return what to start from by the names of the library, which takes variances for sds."""
    if not isinstance(initial, Mapping):
        raise TypeError(f"initial: must be a mapping, got {shown(initial)}")
    size, dimensions, kind = shape.n_components, rows.n_dimensions, shape.covariance_type
    shapes: dict[str, tuple[int, ...]] = {
        "weights": (size,),
        "means": (size, dimensions),
        "covariances": covariance_shape(size, dimensions, kind, shape.is_shared),
        "responsibilities": (rows.n_observations, size + has_background),
    }
    if not shape.has_matrices:
        shapes["sd"] = shape.spread
    values = {}
    for name, value in initial.items():
        if name not in shapes:
            raise ValueError(f"initial: must have keys of {', '.join(shapes)}, got {shown(name)}")
        values[name] = array(f"initial[{name!r}]", value, shapes[name])
    if "sd" in values:
        if "covariances" in values:
            raise ValueError(
                "initial['sd']: must be left out where covariances are given, got both"
            )
        values["covariances"] = _variances(values.pop("sd"))
    return values


def _variances(sd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squares of standard deviations that have some."""
    for index, value in np.ndenumerate(sd):
        if not 1e-145 <= value <= 1e145:
            place = f"[{', '.join(map(str, index))}]" if index else ""
            raise ValueError(f"initial['sd']{place}: must be between 1e-145 and 1e145, got {value}")
    return np.square(sd)
