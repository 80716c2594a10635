"""Pairs of rows that share a component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, shown, thread_count

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["PosteriorPairs"]

#: The most rows of which all pairs are returned without being asked for: 134 MB.
_MOST_ROWS = 4096
#: The rows and columns of a part of a sparse matrix: 32 MB.
_PART = 2048


class PosteriorPairs:
    """The probabilities with which rows share a component."""

    n_observations: int
    _handle: native.Handle

    @overload
    def coclustering(
        self,
        rows: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
        *,
        threshold: None = None,
        threads: int | None = None,
    ) -> NDArray[np.float64]: ...

    @overload
    def coclustering(
        self,
        rows: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
        *,
        threshold: float,
        threads: int | None = None,
    ) -> Any: ...

    def coclustering(
        self,
        rows: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
        *,
        threshold: float | None = None,
        threads: int | None = None,
    ) -> Any:
        """Return the probability that two rows share a component, given the data.

        It is the average over all draws of sum_k p_ik p_jk, where p are the exact responsibilities
        given a draw, and 1 for the pair of a row with itself. It does not depend on the numbers of
        the components.

        Parameters
        ----------
        rows : sequence of int, or tuple of two such sequences, optional
            Rows of the data, from 0, in any order and possibly repeated: all their pairs. Of a
            tuple, the pairs of the first rows with the second ones. By default all rows, of which
            there may be 4,096 without a threshold.
        threshold : float, optional
            Return a sparse matrix with the pairs of at least this probability, in (0, 1]. It is
            made part by part, so it takes no memory for other pairs, but the time of all pairs.
            This needs SciPy.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (n, n) or (n, m), or scipy.sparse.csr_array
            Symmetric for one sequence of rows.

        Raises
        ------
        NotImplementedError
            For prior draws, which have no rows.
        """
        if self.n_observations == 0:
            # The library says so.
            return self._pairs(None, None, np.empty((0, 0)), threads)
        first, second = self._sides(rows, whole=threshold is not None)
        if threshold is None:
            shape = (len(first), len(first if second is None else second))
            return self._pairs(first, second, _matrix(shape), threads)
        least = real("threshold", threshold)
        if not 0 < least <= 1:
            raise ValueError(f"threshold: must be above 0 and at most 1, got {least}")
        return self._sparse(first, second, least, threads)

    def _sides(
        self, rows: ArrayLike | tuple[ArrayLike, ArrayLike] | None, *, whole: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
        """Return the rows and the columns of the pairs; None for the same columns."""
        count = self.n_observations
        if rows is None:
            if count > _MOST_ROWS and not whole:
                raise ValueError(
                    f"rows: must be given for more than {_MOST_ROWS} rows, because all pairs take "
                    f"{8 * count**2} bytes (or give a threshold), got None for {count} rows"
                )
            return np.arange(count), None
        if isinstance(rows, tuple) and any(np.ndim(side) > 0 for side in rows):
            if len(rows) != 2:
                raise ValueError(f"rows: must be rows, or a pair of them, got {len(rows)} of them")
            return _indices("rows[0]", rows[0], count), _indices("rows[1]", rows[1], count)
        return _indices("rows", rows, count), None

    def _pairs(
        self,
        rows: NDArray[np.int64] | None,
        columns: NDArray[np.int64] | None,
        out: NDArray[np.float64],
        threads: int | None,
    ) -> NDArray[np.float64]:
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_coclustering,
                self._handle,
                0 if rows is None else len(rows),
                rows,
                0 if columns is None else len(columns),
                columns,
                run.control,
                out,
                out.size,
            )
        return out

    def _sparse(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64] | None,
        least: float,
        threads: int | None,
    ) -> Any:
        try:
            from scipy.sparse import coo_array
        except ImportError as error:
            raise ImportError("threshold: needs SciPy (pip install scipy)") from error
        is_square = columns is None
        across = rows if columns is None else columns
        found: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]] = []
        for i, part in _parts(rows):
            for j, other in _parts(across):
                if is_square and j < i:
                    continue
                is_same = is_square and i == j
                out = np.empty((len(part), len(other)))
                self._pairs(part, None if is_same else other, out, threads)
                a, b = np.nonzero(out >= least)
                found.append((out[a, b], a + i, b + j))
                if is_square and not is_same:
                    found.append((out[a, b], b + j, a + i))
        values, a, b = (np.concatenate(each) for each in zip(*found, strict=True))
        return coo_array((values, (a, b)), shape=(len(rows), len(across))).tocsr()


def _parts(rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    for start in range(0, len(rows), _PART):
        yield start, rows[start : start + _PART]


def _matrix(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return memory for pairs; the message of numpy names no argument."""
    try:
        return np.empty(shape)
    except MemoryError:
        size = 8 * shape[0] * shape[1]
        raise MemoryError(
            f"rows: must be fewer, because {shape[0]} x {shape[1]} pairs take {size} bytes"
        ) from None


def _indices(name: str, value: Any, count: int) -> NDArray[np.int64]:
    """Return numbers of rows as the library takes them."""
    found = np.asarray(value)
    if found.ndim != 1:
        raise ValueError(f"{name}: must be a sequence of rows, got {shown(value)}")
    if found.size == 0:
        raise ValueError(f"{name}: must name at least one row, got none")
    if found.dtype.kind not in "iu":
        raise TypeError(f"{name}: must be integers, got {shown(value)}")
    # The library checks this too, but it does not know of which side of a pair the row is.
    wrong = np.flatnonzero((found < 0) | (found >= count))
    if wrong.size:
        row = found[wrong[0]]
        raise ValueError(f"{name}[{wrong[0]}]: must be between 0 and {count - 1}, got {row}")
    return np.ascontiguousarray(found, dtype=np.int64)
