"""Conversion to ArviZ and xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gmmswift._version import __version__
from gmmswift.plots._drawn import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["PosteriorTrees"]


class Converted(Drawn, Protocol):
    """The part of a posterior that is converted."""

    seconds: float
    tune: int
    is_prior: bool

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the data's columns; empty if there are none."""


class PosteriorTrees:
    """Draws as ArviZ has them; needs ``gmmswift[plot]``."""

    def to_datatree(self: Converted) -> Any:
        """Return the draws as a tree of labelled arrays, as ArviZ has them from version 1 on.

        Needs ArviZ of any version, and xarray 2024.10 or later.

        Returns
        -------
        xarray.DataTree
            Groups ``posterior`` (weights, means, sd or covariances, and assignments where stored),
            ``sample_stats`` (``lp``: the log posterior, ``log_likelihood_total`` and
            ``acceptance_rate``) and ``observed_data`` (``x``); ``prior`` and
            ``sample_stats_prior`` for draws from the prior. Dimensions are ``component``,
            ``observation``, and in several ``dimension`` (``dimension_other`` for the columns of
            matrices), whose coordinates are the names of the data's columns where they have some.
        """
        result = _inference_data(self)
        if _is_tree(result):
            return result
        try:
            from xarray import DataTree
        except ImportError as error:
            raise ImportError(
                "to_datatree needs xarray 2024.10 or later: pip install -U xarray"
            ) from error
        return DataTree.from_dict({name: result[name] for name in result.groups()})

    def to_inference_data(self: Converted) -> Any:
        """Return the draws in the container of the ArviZ that is installed.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            ``InferenceData`` before ArviZ 1, which has replaced it by ``DataTree``. Groups and
            dimensions are those of `to_datatree`, which returns a tree with any ArviZ.
        """
        return _inference_data(self)


def _is_tree(result: Any) -> bool:
    """Return whether ArviZ made a ``DataTree``, and not its own ``InferenceData``."""
    return hasattr(result, "children")


def _inference_data(posterior: Converted) -> Any:
    """Return the groups in ArviZ's container."""
    try:
        import arviz
    except ImportError as error:
        raise ImportError("this needs ArviZ: pip install 'gmmswift[plot]'") from error
    groups = _groups(posterior)
    dims, coords = _axes(posterior.model, groups, posterior.column_names)
    if int(arviz.__version__.split(".")[0]) < 1:
        result = arviz.from_dict(**groups, coords=coords, dims=dims)
    else:  # a DataTree, from one mapping of groups
        result = arviz.from_dict(groups, coords=coords, dims=dims)
    rule = posterior.model.default_priors
    texts = {} if rule is None else {"default_priors": rule}
    for name in groups:
        result[name].attrs.update(
            inference_library="gmmswift",
            inference_library_version=__version__,
            sampling_time=posterior.seconds,
            tuning_steps=posterior.tune,
            **texts,
        )
    return result


def _groups(posterior: Converted) -> dict[str, dict[str, NDArray[Any]]]:
    """Return the arrays of each group by their names."""
    unknowns = ["weights", "means", posterior.model.spread_name]
    if posterior.has_assignments:
        unknowns.append("assignments")
    draws = {name: posterior[name] for name in unknowns}
    stats = {"lp": posterior["log_posterior"], "acceptance_rate": posterior["acceptance"]}
    if posterior.is_prior:
        return {"prior": draws, "sample_stats_prior": stats}
    # Named apart from ArviZ's group of pointwise log likelihoods.
    stats["log_likelihood_total"] = posterior["log_likelihood"]
    groups = {"posterior": draws, "sample_stats": stats, "observed_data": {"x": posterior.data}}
    if posterior.sample_weight is not None:
        groups["constant_data"] = {"sample_weight": posterior.sample_weight}
    return groups


def _axes(
    model: Mixture, groups: dict[str, dict[str, NDArray[Any]]], names: tuple[str, ...]
) -> tuple[dict[str, list[str]], dict[str, NDArray[Any]]]:
    """Return the dimensions of each array after chains and draws, and their coordinates."""
    shape = model.shape
    spread = shape.spread_name
    # Of each coordinate, where there are several.
    each = ["dimension"] if shape.n_dimensions > 1 else []
    dims = {
        "weights": ["component"],
        "means": ["component", *each],
        spread: [] if shape.is_shared else ["component"],
        "assignments": ["observation"],
        "x": ["observation", *each],
        "sample_weight": ["observation"],
    }
    if spread == "covariances":
        dims[spread] += ["dimension", "dimension_other"]
    elif model.covariance_type != "spherical":
        dims[spread] += each
    observed = groups.get("observed_data", {"x": np.empty(0)})["x"]
    coords = {"component": np.arange(shape.n_components), "observation": np.arange(len(observed))}
    if each:
        columns = np.array(names) if names else np.arange(shape.n_dimensions)
        coords["dimension"] = coords["dimension_other"] = columns
    return dims, coords
