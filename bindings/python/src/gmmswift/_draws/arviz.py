"""Conversion to ArviZ and xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from gmmswift._arguments import flag, integer
from gmmswift._draws.sensitivity import log_priors
from gmmswift._version import __version__
from gmmswift.plots._drawn import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["PosteriorTrees"]


#: The predictive data sets where their number is not given.
_PREDICTIVE_SETS = 100


class Asked(NamedTuple):
    """The groups that a caller asked for."""

    log_likelihood: bool
    posterior_predictive: bool | int
    log_prior: bool
    random_seed: int | None


class Converted(Drawn, Protocol):
    """The part of a posterior that is converted."""

    seconds: float
    tune: int
    is_prior: bool
    n_observations: int

    def log_likelihood(self, *, rows: range) -> NDArray[np.float64]:
        """Return the log likelihood of rows under every draw."""

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the data's columns; empty if there are none."""


class PosteriorTrees:
    """Draws as ArviZ has them, under their labels; needs ``gmmswift[plot]``."""

    def to_datatree(
        self: Converted,
        *,
        log_likelihood: bool = False,
        posterior_predictive: bool | int = False,
        log_prior: bool = True,
        random_seed: int | None = None,
    ) -> Any:
        """Return the draws as a tree of labelled arrays, as ArviZ has them from version 1 on.

        Needs ArviZ of any version, and xarray 2024.10 or later.

        Parameters
        ----------
        log_likelihood : bool, default False
            Whether to add the group ``log_likelihood``, for ``loo``. Its ``x`` has chains x draws x
            observations numbers, which are those of `Posterior.log_likelihood`: without sample
            weights. Where there are some, `Posterior.loo` and `Posterior.prior_sensitivity` count
            them, and ArviZ does not.
        posterior_predictive : bool or int, default False
            Whether to add the group ``posterior_predictive``, for ``plot_ppc``: so many data sets,
            or 100, as one chain. Each is from a draw that is chosen at random.
        log_prior : bool, default True
            Whether to add the group ``log_prior``, for ``psense``.
        random_seed : int, optional
            The seed of the predictive data sets, from 0 to 2**64 - 1. By default fresh entropy.

        Returns
        -------
        xarray.DataTree
            Groups ``posterior`` (weights, means, sd or covariances, and assignments where stored),
            ``sample_stats`` (``lp``: the log posterior, ``log_likelihood_total``,
            ``acceptance_rate`` and ``n_clusters``), ``observed_data`` (``x``), and those asked for;
            ``prior`` and
            ``sample_stats_prior`` for draws from the prior. Dimensions are ``component``,
            ``observation``, and in several ``dimension`` (``dimension_other`` for the columns of
            matrices), whose coordinates are the names of the data's columns where they have some.
        """
        asked = Asked(log_likelihood, posterior_predictive, log_prior, random_seed)
        result = _inference_data(self, asked)
        if _is_tree(result):
            return result
        try:
            from xarray import DataTree
        except ImportError as error:
            raise ImportError(
                "to_datatree needs xarray 2024.10 or later: pip install -U xarray"
            ) from error
        return DataTree.from_dict({name: result[name] for name in result.groups()})

    def to_inference_data(
        self: Converted,
        *,
        log_likelihood: bool = False,
        posterior_predictive: bool | int = False,
        log_prior: bool = True,
        random_seed: int | None = None,
    ) -> Any:
        """Return the draws in the container of the ArviZ that is installed.

        Parameters
        ----------
        log_likelihood, posterior_predictive, log_prior, random_seed
            As in `to_datatree`.

        Returns
        -------
        arviz.InferenceData or xarray.DataTree
            ``InferenceData`` before ArviZ 1, which has replaced it by ``DataTree``. Groups and
            dimensions are those of `to_datatree`, which returns a tree with any ArviZ.
        """
        asked = Asked(log_likelihood, posterior_predictive, log_prior, random_seed)
        return _inference_data(self, asked)


def _is_tree(result: Any) -> bool:
    """Return whether ArviZ made a ``DataTree``, and not its own ``InferenceData``."""
    return hasattr(result, "children")


def _inference_data(posterior: Converted, asked: Asked) -> Any:
    """Return the groups in ArviZ's container."""
    try:
        import arviz
    except ImportError as error:
        raise ImportError("this needs ArviZ: pip install 'gmmswift[plot]'") from error
    groups = _groups(posterior, asked)
    dims, coords = _axes(posterior.model, groups, posterior.column_names)
    if int(arviz.__version__.split(".")[0]) < 1:
        # Before version 1, from_dict does not know this group.
        known = {name: group for name, group in groups.items() if name != "log_prior"}
        result = arviz.from_dict(**known, coords=coords, dims=dims)
        if "log_prior" in groups:
            result.add_groups({"log_prior": groups["log_prior"]})
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


def _groups(posterior: Converted, asked: Asked) -> dict[str, dict[str, NDArray[Any]]]:
    """Return the arrays of each group by their names."""
    likelihood = flag("log_likelihood", asked.log_likelihood)
    wanted = asked.posterior_predictive
    sets = _PREDICTIVE_SETS * wanted if isinstance(wanted, (bool, np.bool_)) else wanted
    sets = integer("posterior_predictive", sets, 0, 2**31 - 1)
    if posterior.is_prior and (likelihood or sets):
        name = "log_likelihood" if likelihood else "posterior_predictive"
        raise NotImplementedError(f"{name}: must be of draws from a posterior, got prior draws")
    unknowns = ["weights", "means", posterior.model.spread_name]
    if posterior.has_assignments:
        unknowns.append("assignments")
    unknowns += posterior.model._hyperparameters
    draws = {name: posterior[name] for name in unknowns}
    stats = {"lp": posterior["log_posterior"], "acceptance_rate": posterior["acceptance"]}
    if posterior.is_prior:
        return {"prior": draws, "sample_stats_prior": stats}
    # Named apart from ArviZ's group of pointwise log likelihoods.
    stats["log_likelihood_total"] = posterior["log_likelihood"]
    stats["n_clusters"] = posterior["n_clusters"]
    if "n_components" in posterior:
        stats["n_components"] = posterior["n_components"]
    groups = {"posterior": draws, "sample_stats": stats, "observed_data": {"x": posterior.data}}
    if flag("log_prior", asked.log_prior):
        groups["log_prior"] = {"log_prior": log_priors(posterior)}
    if likelihood:
        rows = range(posterior.n_observations)
        groups["log_likelihood"] = {"x": posterior.log_likelihood(rows=rows)}
    if sets:
        drawn = posterior.sample_predictive(sets, posterior.n_observations, asked.random_seed)
        groups["posterior_predictive"] = {"x": drawn[np.newaxis]}
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
        "concentration": [],
        "center": each,
        "means_sd": each,
        "rate": each if shape.covariance_type == "diag" else [],
        "scale": each if shape.covariance_type == "diag" else [],
        "background_weight": [],
    }
    if shape.has_matrices:
        dims["scale"] = ["dimension", "dimension_other"]
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
