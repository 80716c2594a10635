"""Sufficient statistics of data in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import data_matrix, real, row_weights, shown, thread_count
from gmmswift._em import (
    COVARIANCE_TYPES,
    EMFit,
    _array,
    _check_symmetric,
    _code,
    _covariance_shape,
    _fit,
)
from gmmswift._errors import HAS_COLUMNS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["MixtureStatistics"]

_NAMES = {name: f"parameters[{name!r}]" for name in ("weights", "means", "covariances")}


class MixtureStatistics:
    """What one iteration of expectation-maximisation needs to know of observations.

    A value of fixed size, for data that do not fit in memory or arrive in parts: compute the
    statistics of each part under the same parameters, merge them, and maximise. Sums do not depend
    on the order of merging; cut the data at multiples of 4096 rows, and the result is the same
    bits as from all data at once.

    Parameters
    ----------
    parameters : EMFit or mapping
        Weights, means and covariances under which responsibilities are computed: a fit, or a
        mapping with ``"weights"`` (K,), ``"means"`` (K, D), ``"covariances"`` and, unless "full",
        ``"covariance_type"``.
    data : array_like, shape (N,) or (N, D)
        Observations, finite.
    sample_weight : array_like, shape (N,), optional
        Finite, not negative, not all 0.
    threads : int, optional
        Number of threads. By default one for each processor.

    Raises
    ------
    ValueError
        For an argument out of range, and NaN or infinite data.
    """

    _handle: native.Handle

    def __init__(
        self,
        parameters: EMFit | Mapping[str, ArrayLike | str],
        data: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        threads: int | None = None,
    ) -> None:
        rows = data_matrix("data", data)
        mixture, keep = _mixture(parameters)
        columns = mixture.num_dimensions
        if rows.dimensions != columns:
            raise ValueError(f"data: must have {columns} columns, got {rows.dimensions}")
        with native.Run(thread_count(threads)) as run:
            self._handle = native.create(
                native.lib.gmm_statistics_compute,
                native.lib.gmm_statistics_destroy,
                mixture,
                *rows,
                row_weights(sample_weight, rows.length),
                run.control,
                names=_NAMES | ({HAS_COLUMNS: ""} if rows.dimensions > 1 else {}),
                run=run,
            )
        del keep

    @classmethod
    def merge(cls, statistics: Iterable[MixtureStatistics]) -> MixtureStatistics:
        """Return the statistics of the observations of all others, under the same parameters.

        Parameters
        ----------
        statistics : iterable of MixtureStatistics
            At least one.

        Returns
        -------
        MixtureStatistics
            Those of all observations.
        """
        parts = list(statistics)
        for part in parts:
            if not isinstance(part, MixtureStatistics):
                raise TypeError(f"statistics: must be MixtureStatistics, got {shown(part)}")
        result = cls.__new__(cls)
        result._handle = native.create(
            native.lib.gmm_statistics_merge,
            native.lib.gmm_statistics_destroy,
            native.handles([part._handle for part in parts]),
            len(parts),
        )
        return result

    def maximize(self, *, regularization: float = 0.0, variance_floor: float = 1e-12) -> EMFit:
        """Return the parameters to which one iteration leads.

        Parameters
        ----------
        regularization : float, default 0.0
            Added to every variance, >= 0.
        variance_floor : float, default 1e-12
            No variance of a coordinate, given those before it, falls below this fraction of the
            data's, > 0.

        Returns
        -------
        EMFit
            The parameters, in the order of those before, and how far they moved; the log
            likelihood, `bic` and `aic` are those of the parameters before.
        """
        handle = native.create(
            native.lib.gmm_statistics_maximize,
            native.lib.gmm_em_fit_destroy,
            self._handle,
            real("regularization", regularization),
            real("variance_floor", variance_floor),
        )
        return _fit(handle)


def _mixture(
    parameters: EMFit | Mapping[str, ArrayLike | str],
) -> tuple[native.MixtureValues, list[object]]:
    """Return the struct of parameters, and the arrays that it points at."""
    if isinstance(parameters, EMFit):
        fit = parameters
        parameters = {
            "weights": fit.weights,
            "means": fit.means,
            "covariances": fit._covariances_of_components(),
            "covariance_type": fit.covariance_type,
        }
    needed = {"weights", "means", "covariances"}
    if not isinstance(parameters, Mapping) or not needed <= set(parameters):
        raise ValueError(
            "parameters: must be a fit or have weights, means and covariances, "
            f"got {shown(parameters)}"
        )
    kind = parameters.get("covariance_type", "full")
    mixture = native.defaults(native.MixtureValues)
    mixture.covariance = _code("covariance_type", str(kind), COVARIANCE_TYPES)
    size = np.size(parameters["weights"])
    dimensions = np.size(parameters["means"]) // max(size, 1)
    mixture.num_components, mixture.num_dimensions = size, dimensions
    shapes = {
        "weights": (size,),
        "means": (size, dimensions),
        "covariances": _covariance_shape(size, dimensions, str(kind)),
    }
    keep: list[object] = []
    for name, shape in shapes.items():
        label = f"parameters[{name!r}]"
        array = _array(label, parameters[name], shape)
        if name == "covariances" and kind in ("full", "tied"):
            _check_symmetric(label, array)
        setattr(mixture, name, native.address(array))
        keep.append(array)
    return mixture, keep
