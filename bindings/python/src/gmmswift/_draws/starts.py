"""The starts of chains that the caller asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real_array, shown
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.run import initial_field
from gmmswift._fits.em import EMFit
from gmmswift._fits.known_mixture import KnownMixture, mixture_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["Initial", "set_initial"]

#: A start of chains: values by name, the last draws of a posterior, a fit, or any mixture.
Initial: TypeAlias = "Mapping[str, ArrayLike] | Posterior | EMFit | KnownMixture"


def set_initial(
    options: native.SampleOptions, model: Mixture, initial: object, chains: int
) -> list[object]:
    """Write the start of chains to the options; return the objects that must outlive the call."""
    if isinstance(initial, Posterior):
        options.initial_posterior = initial._handle.address
        return [initial]
    if isinstance(initial, (EMFit, KnownMixture)):
        mixture, arrays = mixture_values(initial)
        options.initial_mixture = native.address_of(mixture)
        return [mixture, *arrays]
    if not isinstance(initial, Mapping):
        raise TypeError(
            "initial: must be a mapping, a Posterior, an EMFit or a KnownMixture, "
            f"got {shown(initial)}"
        )
    values = {name: real_array(f"initial[{name!r}]", value) for name, value in initial.items()}
    shapes = model.shape.of_a_draw
    rows: dict[str, NDArray[np.float64]] = {}
    for name, array in values.items():
        if name not in shapes:
            known = ", ".join(shapes)
            raise ValueError(f"initial: must have keys {known}, got {shown(name)}")
        rows[name] = _rows(name, array, shapes[name], chains)
    count = max((len(array) for array in rows.values()), default=0)
    if count == 0:
        return []
    keep: list[object] = []
    for name, shape in shapes.items():
        if name in rows:
            array = np.ascontiguousarray(np.broadcast_to(rows[name], (count, *shape)))
            setattr(options, initial_field(name), native.address(array))
            keep.append(array)
    options.num_initial = count
    return keep


def _rows(
    name: str, array: NDArray[np.float64], shape: tuple[int, ...], chains: int
) -> NDArray[np.float64]:
    """Return initial values of a shape with an axis of chains, of length 1 or `chains`, before."""
    if shape == () and array.shape in ((1,), (chains, 1)):
        return array.reshape(-1)
    if array.shape in (shape, (1, *shape), (chains, *shape)):
        return array.reshape(-1, *shape)
    raise ValueError(
        f"initial[{name!r}]: must have shape {shape} or {(chains, *shape)}, got {array.shape}"
    )
