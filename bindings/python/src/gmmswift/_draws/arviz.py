"""Conversion to ArviZ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["to_inference_data"]


def to_inference_data(
    draws: Mapping[str, NDArray[Any]],
    model: Mixture,
    data: NDArray[np.float64] | None,
    attributes: Mapping[str, float],
    names: tuple[str, ...] = (),
) -> Any:
    """Return draws as ArviZ ``InferenceData``; see `Posterior.to_inference_data`.

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (chains, draws, ...)
        The draws, by the names that a `Posterior` gives them.
    model : Mixture
        The model, with its dimensions.
    data : ndarray, shape (N,) or (N, D), or None
        The observations; None for draws from the prior.
    attributes : mapping of str to float
        What every group is told of the run.
    names : tuple of str, optional
        The names of the data's columns.
    """
    try:
        import arviz
    except ImportError as error:
        raise ImportError("to_inference_data needs ArviZ: pip install 'gmmswift[plot]'") from error
    is_prior = data is None
    shape = model.shape
    spread = shape.spread_name
    unknowns = ["weights", "means", spread]
    # Of each coordinate, where there are several.
    each = ["dimension"] if shape.n_dimensions > 1 else []
    dims = {
        "weights": ["component"],
        "means": ["component", *each],
        "x": ["observation", *each],
        spread: [] if shape.is_shared else ["component"],
    }
    if spread == "covariances":
        dims[spread] += ["dimension", "dimension_other"]
    elif model.covariance_type != "spherical":
        dims[spread] += each
    if "assignments" in draws:
        unknowns.append("assignments")
        dims["assignments"] = ["observation"]
    stats = {"lp": draws["log_posterior"], "acceptance_rate": draws["acceptance"]}
    groups: dict[str, Any] = {
        "prior" if is_prior else "posterior": {name: draws[name] for name in unknowns},
        "sample_stats_prior" if is_prior else "sample_stats": stats,
    }
    if not is_prior:
        # Named apart from ArviZ's group of pointwise log likelihoods.
        stats["log_likelihood_total"] = draws["log_likelihood"]
        groups["observed_data"] = {"x": data}
    coords = {
        "component": np.arange(shape.n_components),
        "observation": np.arange(0 if data is None else len(data)),
    }
    if each:
        columns = np.array(names) if names else np.arange(shape.n_dimensions)
        coords["dimension"] = coords["dimension_other"] = columns
    if int(arviz.__version__.split(".")[0]) < 1:
        result = arviz.from_dict(**groups, coords=coords, dims=dims)
    else:  # a DataTree, from one mapping of groups
        result = arviz.from_dict(groups, coords=coords, dims=dims)
    for name in groups:
        result[name].attrs.update(
            inference_library="gmmswift", inference_library_version=__version__, **attributes
        )
    return result
