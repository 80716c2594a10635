"""The predictions of a posterior."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import flag, int64, seed, shown, thread_count
from gmmswift._data import Data, as_data
from gmmswift._draws.weights import PosteriorWeights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["PosteriorPredictions"]


#: The bytes of pointwise log likelihoods that are made without naming rows.
_UNNAMED_BYTES = 1 << 30


class PosteriorPredictions(PosteriorWeights):
    """Predictions of draws, and the log likelihood of the data under them."""

    n_components: int
    n_dimensions: int
    n_chains: int
    n_draws: int

    if TYPE_CHECKING:

        def __getitem__(self, name: str, /) -> NDArray[Any]:
            """Return the draws of a quantity."""

    def log_likelihood(
        self,
        *,
        pointwise: bool = True,
        rows: slice | range | None = None,
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Return the log likelihood of the data under every draw, with the assignments summed out.

        Parameters
        ----------
        pointwise : bool, default True
            Whether each observation has a number of its own. If not, this is
            ``["log_likelihood"]``, which weighs the observations by their sample weights.
        rows : slice or range, optional
            The observations, in steps of 1. By default all, where their numbers take at most 2**30
            bytes.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (chains, draws, rows), or (chains, draws) if not pointwise
            log p(x_i | parameters), without sample weights: ``sample_weight * pointwise``, summed
            over all rows, is the log likelihood.
        """
        if not flag("pointwise", pointwise):
            if rows is not None:
                raise ValueError(f"rows: must not be given without pointwise, got {shown(rows)}")
            return self["log_likelihood"]
        chosen = _chosen_rows(rows, self.n_observations)
        size = self.n_chains * self.n_draws * len(chosen) * 8
        if rows is None and size > _UNNAMED_BYTES:
            raise ValueError(
                f"rows: must be given where all take more than {_UNNAMED_BYTES:,} bytes, "
                f"got None, which takes {size:,}"
            )
        out = np.empty((self.n_chains, self.n_draws, len(chosen)))
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_pointwise_log_likelihood,
                self._handle,
                chosen.start,
                len(chosen),
                run.control,
                out,
                out.size,
            )
        return out

    def sample_predictive(
        self,
        draws: int = 50,
        n_points: int | None = None,
        random_seed: int | None = None,
        *,
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Draw data sets from the posterior predictive distribution.

        Parameters
        ----------
        draws : int, default 50
            Number of data sets, >= 1. Each takes one posterior draw, chosen uniformly with
            replacement.
        n_points : int, optional
            Observations in each. By default as many as the data have or, with sample weights, as
            many as they stand for: the sum of the weights, rounded, at least 1. Required without
            data.
        random_seed : int, optional
            From 0 to 2**64 - 1. By default fresh entropy. Same seed, same data sets, for any number
            of threads.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (draws, n_points), in D > 1 dimensions (draws, n_points, D)
            The data sets.
        """
        rows = int64("draws", draws)
        if n_points is None:
            if self.n_observations == 0:
                raise ValueError("n_points: must be given where there are no data, got None")
            points = max(1, round(self.total_weight))
        else:
            points = int64("n_points", n_points)
        # The library checks sizes before numpy does, because errors of numpy name no argument.
        if rows < 1:
            raise ValueError(f"draws: must be at least 1, got {rows}")
        if points < 0:
            raise ValueError(f"n_points: must be at least 0, got {points}")
        out = np.empty((rows, points, self.n_dimensions))
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_sample_predictive,
                self._handle,
                rows,
                points,
                seed(random_seed),
                run.control,
                out,
                out.size,
            )
        return out if self.n_dimensions > 1 else out[:, :, 0]

    def impute(
        self,
        draws: int = 20,
        random_seed: int | None = None,
        *,
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Draw completed tables: the data with draws in the place of unknown values.

        Unknown are values that are missing or known by an interval. Each table is made under one
        draw of the posterior, evenly spaced over all. For each row a component is drawn given what
        is known of it, then the values given both. So an analysis of each table, combined by
        Rubin's rules (1987), knows how unsure the values are.

        Parameters
        ----------
        draws : int, default 20
            Number of tables, >= 1.
        random_seed : int, optional
            From 0 to 2**64 - 1. By default fresh entropy. Same seed, same tables, for any number of
            threads.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (draws, N, D)
            The tables. Other values are as they were given.
        """
        return self._tables(native.lib.gmm_posterior_impute, draws, random_seed, threads)

    def impute_mean(
        self, x: ArrayLike | Data | None = None, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return the data, or other points, with expectations in the place of unknown values.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), optional
            Points, a `Data` with missing values. By default the posterior's data. Draws count by
            their density at a point, because it is not part of the data.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (N, D) or (M, D)
            The posterior expectation of each value that is missing or known by an interval. A table
            of means varies less than the data; `impute` has tables that vary as they do.
        """
        return self._completed(native.lib.gmm_posterior_impute_mean, x, threads)

    def true_values(
        self,
        draws: int = 20,
        random_seed: int | None = None,
        *,
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Draw tables of true values: those behind errors of measurement too.

        Parameters
        ----------
        draws, random_seed, threads
            As for `impute`.

        Returns
        -------
        ndarray, shape (draws, N, D)
            The tables. Values that are known exactly are as they were given.
        """
        return self._tables(native.lib.gmm_posterior_true_values, draws, random_seed, threads)

    def true_values_mean(
        self, x: ArrayLike | Data | None = None, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return the posterior expectations of the true values of the data, or of other points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), optional
            Points, a `Data` with their errors. By default the posterior's data.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (N, D) or (M, D)
            Expectations.
        """
        return self._completed(native.lib.gmm_posterior_true_values_mean, x, threads)

    def _tables(
        self, function: Callable[..., int], draws: int, random_seed: int | None, threads: int | None
    ) -> NDArray[np.float64]:
        tables = int64("draws", draws)
        # The library checks sizes before numpy does, because errors of numpy name no argument.
        if tables < 1:
            raise ValueError(f"draws: must be at least 1, got {tables}")
        out = np.empty((tables, self.n_observations, self.n_dimensions))
        with native.Run(thread_count(threads)) as run:
            native.call(
                function, self._handle, tables, seed(random_seed), run.control, out, out.size
            )
        return out

    def _completed(
        self, function: Callable[..., int], x: ArrayLike | Data | None, threads: int | None
    ) -> NDArray[np.float64]:
        rows = None if x is None else as_data("x", x, self.n_dimensions)
        count = self.n_observations if rows is None else rows.n_observations
        out = np.empty((count, self.n_dimensions))
        points = None if rows is None else rows._handle
        with native.Run(thread_count(threads)) as run:
            native.call(function, self._handle, points, run.control, out, out.size)
        return out

    def log_density(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return the log posterior predictive density at new points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M,)
            The logarithm of the mixture density, averaged over draws.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty(rows.n_observations)
        self._predict(native.lib.gmm_posterior_log_density, rows, out, threads)
        return out

    def predict_probabilities(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return P(component k | x, data) at new points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M, K)
            Rows sum to 1, less the probability of a background (`background_probabilities`). The
            responsibilities of each draw are weighted by its density at x,
            because x is not part of the data; `probabilities` averages them, for points that are.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty((rows.n_observations, self.n_components))
        self._predict(native.lib.gmm_posterior_predict_probabilities, rows, out, threads)
        return out

    def background_probabilities(
        self, x: ArrayLike | Data | None = None, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return P(background | data) of every observation, or of new points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1), optional
            New points. By default the posterior's data.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (N,) or (M,)
            The average over all draws for the data; at new points draws count by their density
            there, as in `predict_probabilities`.

        Raises
        ------
        NotImplementedError
            For a model without a background.
        """
        if x is None:
            out = np.empty(self.n_observations)
            with native.Run(thread_count(threads)) as run:
                native.call(
                    native.lib.gmm_posterior_background, self._handle, run.control, out, out.size
                )
            return out
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty(rows.n_observations)
        self._predict(native.lib.gmm_posterior_predict_background, rows, out, threads)
        return out

    def predict_new_cluster(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return P(x belongs to a component without rows | x, data) at new points.

        It is the probability that a point founds a new cluster, where the number of components has
        a prior. The clusters share the rest: `given` tells how, for each number of them.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M,)
            The density of components without rows over that of all, both averaged over draws.

        Raises
        ------
        NotImplementedError
            If the number of components is known.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty(rows.n_observations)
        self._predict(native.lib.gmm_posterior_predict_new_cluster, rows, out, threads)
        return out

    def _predict(
        self,
        function: Callable[..., int],
        rows: Data,
        out: NDArray[np.float64],
        threads: int | None,
    ) -> None:
        with native.Run(thread_count(threads)) as run:
            native.call(function, self._handle, rows._handle, run.control, out, out.size)


def _chosen_rows(rows: slice | range | None, count: int) -> range:
    """Return the numbers of rows that follow each other."""
    if rows is None:
        return range(count)
    if isinstance(rows, slice):
        chosen = range(count)[rows]
    elif isinstance(rows, range):
        chosen = rows
    else:
        raise TypeError(f"rows: must be a slice or a range, got {shown(rows)}")
    if not chosen:
        return range(0)
    if chosen.step != 1 or chosen.start < 0 or chosen.stop > count:
        raise ValueError(f"rows: must be from 0 to {count} in steps of 1, got {shown(rows)}")
    return chosen
