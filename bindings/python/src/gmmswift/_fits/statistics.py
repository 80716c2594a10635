"""Sufficient statistics of data in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, shown, stored_bytes, thread_count
from gmmswift._data import Data, as_data
from gmmswift._fits.em import EMFit, fit_of
from gmmswift._fits.known_mixture import KnownMixture, mixture_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["MixtureStatistics"]

_NAMES = {name: f"parameters[{name!r}]" for name in ("weights", "means", "covariances")}
_NAMES["background_weight"] = "parameters.background_weight"


class MixtureStatistics:
    """Sufficient statistics of observations for one iteration of expectation-maximisation.

    They have a fixed size and serve data that do not fit in memory or arrive in parts. Compute the
    statistics of each part under the same parameters, merge them, and maximise. Sums do not depend
    on the order of merging. Parts that are cut at multiples of 4096 rows give the same bits as all
    data at once.

    Parameters
    ----------
    parameters : EMFit, KnownMixture or mapping
        Weights, means and covariances under which responsibilities are computed: a fit, or a
        mapping with ``"weights"`` (K,), ``"means"`` (K, D), ``"covariances"`` and, unless "full",
        ``"covariance_type"``.
    data : array_like, shape (N,) or (N, D), or Data
        Observations, finite.
    sample_weight : array_like, shape (N,), optional
        Finite, not negative, not all 0.
    threads : int, optional
        Number of threads. By default one for each processor.

    Raises
    ------
    ValueError
        For an argument out of range, and NaN or infinite data.
    NotImplementedError
        For a mixture with a background.
    TypeError
        For parameters that are neither a fit, nor a mixture, nor a mapping with all three.
    """

    _handle: native.Handle

    def __init__(
        self,
        parameters: EMFit | KnownMixture | Mapping[str, ArrayLike | str],
        data: ArrayLike | Data,
        *,
        sample_weight: ArrayLike | None = None,
        threads: int | None = None,
    ) -> None:
        rows = as_data("data", data, sample_weight=sample_weight)
        mixture, keep = mixture_values(parameters)
        known = getattr(parameters, "mixture", parameters)
        # The library refuses a background: the statistics have no place for its count.
        mixture.background_weight = getattr(known, "background_weight", 0.0)
        columns = mixture.num_dimensions
        if rows.n_dimensions != columns:
            raise ValueError(f"data: must have {columns} columns, got {rows.n_dimensions}")
        with native.Run(thread_count(threads)) as run:
            self._handle = native.create(
                native.lib.gmm_statistics_compute,
                native.lib.gmm_statistics_destroy,
                mixture,
                rows._handle,
                run.control,
                names=_NAMES,
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
            The statistics of all observations.
        """
        if not isinstance(statistics, Iterable):
            rule = "must be an iterable of MixtureStatistics"
            raise TypeError(f"statistics: {rule}, got {shown(statistics)}")
        parts = list(statistics)
        for part in parts:
            if not isinstance(part, MixtureStatistics):
                raise TypeError(f"statistics: must be MixtureStatistics, got {shown(part)}")
        result = cls.__new__(cls)
        with native.Run() as run:
            result._handle = native.create(
                native.lib.gmm_statistics_merge,
                native.lib.gmm_statistics_destroy,
                native.handles([part._handle for part in parts]),
                len(parts),
                run.control,
                run=run,
            )
        return result

    @classmethod
    def from_bytes(cls, state: bytes) -> MixtureStatistics:
        """Return the statistics that `to_bytes` wrote, here or on another machine.

        Parameters
        ----------
        state : bytes
            An object that has a buffer.

        Returns
        -------
        MixtureStatistics
            Statistics that equal those that were written.

        Raises
        ------
        FormatError
            For other bytes, and for bytes that were cut, changed, or written by a later version.
        """
        values = stored_bytes("state", state)
        result = cls.__new__(cls)
        result._handle = native.create(
            native.lib.gmm_statistics_read,
            native.lib.gmm_statistics_destroy,
            values,
            values.size,
            names={"bytes": "state"},
        )
        return result

    def to_bytes(self) -> bytes:
        """Return the statistics as bytes, the same for equal statistics on any machine.

        The bytes hold the parameters too, and have a version and a checksum. Each of the K (1 + D +
        D (D + 1) / 2) sums takes 33 bytes. docs/FORMATS.md has the layout.
        """
        out = np.empty(native.lib.gmm_statistics_size(self._handle), np.uint8)
        native.call(native.lib.gmm_statistics_write, self._handle, out, out.size)
        return out.tobytes()

    def __reduce__(self) -> Any:
        return MixtureStatistics.from_bytes, (self.to_bytes(),)

    def maximize(self, *, regularization: float = 0.0, variance_floor: float = 1e-12) -> EMFit:
        """Return the parameters to which one iteration leads.

        Parameters
        ----------
        regularization : float, default 0.0
            A constant that is added to every variance, >= 0.
        variance_floor : float, default 1e-12
            No variance of a coordinate, given those before it, falls below this fraction of the
            data's, > 0.

        Returns
        -------
        EMFit
            The parameters, in the order of those before, and their move. The log likelihood, `bic`
            and `aic` are those of the parameters before.
        """
        handle = native.create(
            native.lib.gmm_statistics_maximize,
            native.lib.gmm_em_fit_destroy,
            self._handle,
            real("regularization", regularization),
            real("variance_floor", variance_floor),
        )
        return fit_of(handle)
