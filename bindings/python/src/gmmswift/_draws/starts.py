"""Where chains start that the caller says how to start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real_array, shown
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.run import initial_field
from gmmswift._fits.as_start import starting_values
from gmmswift._fits.em import EMFit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["Initial", "set_initial"]

#: Where chains start: values by name, the last draws of a posterior, or a maximum-likelihood fit.
Initial: TypeAlias = "Mapping[str, ArrayLike] | Posterior | EMFit"


def set_initial(
    options: native.SampleOptions, model: Mixture, initial: object, chains: int
) -> list[NDArray[np.float64]]:
    """Point the options at the initial values; return the arrays, which must outlive the call."""
    if isinstance(initial, Posterior):
        values = _from_posterior(initial, model, chains)
    elif isinstance(initial, EMFit):
        values = _from_fit(initial, model)
    elif isinstance(initial, Mapping):
        values = {name: real_array(f"initial[{name!r}]", value) for name, value in initial.items()}
    else:
        raise TypeError(
            f"initial: must be a mapping, a Posterior or an EMFit, got {shown(initial)}"
        )
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
    keep = []
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


def _from_posterior(
    posterior: Posterior, model: Mixture, chains: int
) -> dict[str, NDArray[np.float64]]:
    if posterior.model.shape.of_a_draw != model.shape.of_a_draw:
        raise ValueError(
            "initial: must have the model's components and spreads, got those of "
            f"{posterior.model!r}"
        )
    source = np.arange(max(chains, 1)) % posterior.n_chains
    return {name: posterior[name][source, -1] for name in model._unknown()}


def _from_fit(fit: EMFit, model: Mixture) -> dict[str, NDArray[np.float64]]:
    shape = model.shape
    if fit.n_dimensions != shape.n_dimensions:
        raise ValueError(
            f"initial: must be a fit in {shape.n_dimensions} dimensions, got {fit.n_dimensions}"
        )
    if fit.n_components != model.n_components:
        raise ValueError(
            f"initial: must have {model.n_components} components, got {fit.n_components}"
        )
    if fit.sd is None:
        return starting_values(
            model, fit.weights, fit.means, fit.mixture.covariances, fit.covariance_type
        )
    variances = np.broadcast_to(np.square(fit.sd), model.n_components)
    return starting_values(model, fit.weights, fit.means, variances, "spherical")
