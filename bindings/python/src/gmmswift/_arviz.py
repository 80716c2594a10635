"""Conversion to ArviZ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._version import __version__

if TYPE_CHECKING:
    from gmmswift._posterior import Posterior


def to_inference_data(posterior: Posterior) -> Any:
    """Return draws as ArviZ ``InferenceData``; see `Posterior.to_inference_data`."""
    try:
        import arviz
    except ImportError as error:
        raise ImportError("to_inference_data needs ArviZ: pip install 'gmmswift[plot]'") from error
    spread = posterior.model.spread_name
    unknowns = ["weights", "means", spread]
    # Of each coordinate, where there are several.
    each = ["dimension"] if posterior.n_dimensions > 1 else []
    dims = {
        "weights": ["component"],
        "means": ["component", *each],
        "x": ["observation", *each],
        spread: [] if posterior.model.shape.is_shared else ["component"],
    }
    if spread == "covariances":
        dims[spread] += ["dimension", "dimension_other"]
    elif posterior.model.covariance_type != "spherical":
        dims[spread] += each
    if posterior.has_assignments:
        unknowns.append("assignments")
        dims["assignments"] = ["observation"]
    stats = {"lp": posterior["log_posterior"], "acceptance_rate": posterior["acceptance"]}
    group = "prior" if posterior.is_prior else "posterior"
    groups: dict[str, Any] = {
        group: {name: posterior[name] for name in unknowns},
        "sample_stats_prior" if posterior.is_prior else "sample_stats": stats,
    }
    if not posterior.is_prior:
        # Named apart from ArviZ's group of pointwise log likelihoods.
        stats["log_likelihood_total"] = posterior["log_likelihood"]
        groups["observed_data"] = {"x": posterior.data}
    coords = {
        "component": np.arange(posterior.n_components),
        "observation": np.arange(posterior.n_observations),
    }
    if each:
        coords["dimension"] = coords["dimension_other"] = np.arange(posterior.n_dimensions)
    if int(arviz.__version__.split(".")[0]) < 1:
        result = arviz.from_dict(**groups, coords=coords, dims=dims)
    else:  # a DataTree, from one mapping of groups
        result = arviz.from_dict(groups, coords=coords, dims=dims)
    for name in groups:
        result[name].attrs.update(
            inference_library="gmmswift",
            inference_library_version=__version__,
            sampling_time=posterior.seconds,
            tuning_steps=posterior.tune,
        )
    return result
