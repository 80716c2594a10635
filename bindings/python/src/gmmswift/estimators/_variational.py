"""Variational Bayes in the library, with the attributes of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._data import Data, words_for
from gmmswift._shapes import COVARIANCE_TYPES, covariance_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WEIGHT_TYPES", "ascend", "log_shares"]

WEIGHT_TYPES = ("dirichlet_process", "dirichlet_distribution")  # by GMM_WEIGHTS_ code

# What the library calls the parameters of an approximation; attributes have an underscore more.
_FIELDS = (
    "weight_concentration",
    "mean_precision",
    "means",
    "degrees_of_freedom",
    "covariances",
)


def ascend(
    data: Data,
    kind: str,
    responsibilities: NDArray[np.float64] | None,
    approximation: dict[str, Any] | None,
    settings: dict[str, Any],
    threads: int,
) -> tuple[dict[str, Any], list[float], bool]:
    """Run from one start; return fitted attributes, the bound of each iteration, and convergence.

    Parameters
    ----------
    data : Data
        Observations and their weights.
    kind : {"full", "tied", "diag", "spherical"}
        The form of the covariances.
    responsibilities : ndarray, shape (N, K), optional
        The responsibilities of the first update.
    approximation : dict, optional
        Attributes from which to go on, and ``"lower_bound"``, in place of responsibilities.
    settings : dict
        Further options by the names of ``gmm_variational_options``; None for a default.
    threads : int
        Number of threads.
    """
    options = native.defaults(native.VariationalOptions)
    options.covariance = COVARIANCE_TYPES.index(kind)
    memory = _Memory()
    for name, value in settings.items():
        if value is not None:
            is_array = name in ("mean_prior", "covariance_prior")
            setattr(options, name, memory.address(value) if is_array else value)
    if responsibilities is not None:
        options.initial_responsibilities = memory.address(responsibilities)
    initial = None
    if approximation is not None:
        initial = _struct(approximation, kind, memory)
        initial.lower_bound = approximation["lower_bound"]
        options.initial = native.address_of(initial)
    with native.Run(threads) as run:
        handle = native.create(
            native.lib.gmm_fit_variational,
            native.lib.gmm_variational_fit_destroy,
            data._handle,
            options,
            run.control,
            names=words_for("X", data.n_dimensions),
            run=run,
        )
    del memory, initial
    result = native.sized(native.VariationalResult)
    native.call(native.lib.gmm_variational_fit_get_result, handle, result)
    history = native.doubles_at(result.history, result.num_iterations)
    return _attributes(result, kind), history.tolist(), bool(result.converged)


def log_shares(approximation: dict[str, Any], kind: str) -> NDArray[np.float64]:
    """Return the terms that are added to log densities to compare components, (K,)."""
    memory = _Memory()
    struct = _struct(approximation, kind, memory)
    out = np.empty(struct.num_components)
    native.call(native.lib.gmm_variational_log_weights, struct, out, out.size)
    del memory
    return out


class _Memory:
    """Arrays that structs point at, for as long as it lives."""

    __slots__ = ("_arrays",)

    def __init__(self) -> None:
        self._arrays: list[NDArray[np.float64]] = []

    def address(self, value: Any) -> int | None:
        """Return where numbers lie in C order."""
        self._arrays.append(np.ascontiguousarray(value, np.float64))
        return native.address(self._arrays[-1])


def _struct(approximation: dict[str, Any], kind: str, memory: _Memory) -> native.VariationalResult:
    """Return the struct of fitted attributes, whose arrays `memory` keeps."""
    struct = native.defaults(native.VariationalResult)
    struct.num_components, struct.num_dimensions = approximation["means_"].shape
    struct.covariance = COVARIANCE_TYPES.index(kind)
    is_process = isinstance(approximation["weight_concentration_"], tuple)
    struct.weights_family = WEIGHT_TYPES.index(
        "dirichlet_process" if is_process else "dirichlet_distribution"
    )
    for name in _FIELDS:
        setattr(struct, name, memory.address(approximation[f"{name}_"]))
    return struct


def _attributes(result: native.VariationalResult, kind: str) -> dict[str, Any]:
    """Return the attributes of the estimator that a result says."""
    size, dimensions = result.num_components, result.num_dimensions
    shape = covariance_shape(size, dimensions, kind)
    is_tied = kind == "tied"

    def array(name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        count = int(np.prod(shape, dtype=int))
        return native.doubles_at(getattr(result, name), count).reshape(shape)

    concentration: Any
    if WEIGHT_TYPES[result.weights_family] == "dirichlet_process":
        concentration = tuple(array("weight_concentration", (2, size)))
    else:
        concentration = array("weight_concentration", (size,))
    dof = array("degrees_of_freedom", (1,) if is_tied else (size,))
    scale = array("covariance_prior", shape if is_tied else shape[1:])
    return {
        "weights_": array("weights", (size,)),
        "weight_concentration_": concentration,
        "mean_precision_": array("mean_precision", (size,)),
        "means_": array("means", (size, dimensions)),
        "degrees_of_freedom_": float(dof[0]) if is_tied else dof,
        "covariances_": array("covariances", shape),
        "precisions_cholesky_": array("precisions_cholesky", shape),
        "weight_concentration_prior_": result.weight_concentration_prior,
        "mean_precision_prior_": result.mean_precision_prior,
        "mean_prior_": array("mean_prior", (dimensions,)),
        "degrees_of_freedom_prior_": result.degrees_of_freedom_prior,
        "covariance_prior_": scale if scale.ndim else float(scale),
    }
