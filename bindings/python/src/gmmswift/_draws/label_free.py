"""Scalars of draws that mean the same whatever the numbers of the components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import thread_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PosteriorScalars"]


class PosteriorScalars:
    """Label-free scalars of draws."""

    n_chains: int
    n_draws: int
    _handle: native.Handle

    def label_free(self, *, threads: int | None = None) -> dict[str, NDArray[np.float64]]:
        """Return scalars of each draw that need no labels.

        Their R-hat and effective sample sizes judge the chains even where labels switch:
        ``summary("label_free")`` has them.

        Parameters
        ----------
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        dict of str to ndarray, shape (chains, draws) or (chains, draws, n)
            ``log_posterior``; ``sum_squared_weights``, the probability that two new rows share a
            component; ``sorted_weights``, by decreasing size, n = K; ``log_density`` of the mixture
            at n = 5 rows of the data: those that hold the quantiles .05, .25, .5, .75 and .95 of
            the first column, weighted by the sample weights.

        Raises
        ------
        NotImplementedError
            For prior draws, which have no rows.
        """
        labels, values = self._label_free(threads)
        places: dict[str, list[int]] = {}
        for place, label in enumerate(labels):
            places.setdefault(label.partition("[")[0], []).append(place)
        return {
            name: values[..., each] if "[" in labels[each[0]] else values[..., each[0]]
            for name, each in places.items()
        }

    def _label_free(self, threads: int | None) -> tuple[list[str], NDArray[np.float64]]:
        """Return the labels of all scalars, and their draws, (chains, draws, labels)."""
        count = native.lib.gmm_posterior_num_label_free(self._handle)
        labels = [
            native.lib.gmm_posterior_label_free_name(self._handle, place).decode()
            for place in range(count)
        ]
        out = np.empty((self.n_chains, self.n_draws, count))
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_label_free, self._handle, run.control, out, out.size
            )
        return labels, out
