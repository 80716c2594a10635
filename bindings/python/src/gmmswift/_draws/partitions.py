"""The partition of the rows that suits a posterior best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import code, int32, int64, real, seed, thread_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CredibleBall", "Partition", "PartitionBound", "PosteriorPartitions"]

_LOSSES = ("vi", "binder")
#: What the C interface calls arguments of `partition`.
_NAMES = {"num_starts": "starts", "ball_probability": "ball_prob"}


@dataclass(frozen=True, eq=False)
class PartitionBound:
    """A draw at the border of a credible ball.

    Attributes
    ----------
    labels : ndarray of int64, shape (N,)
        The cluster of each row, numbered as in `Partition`.
    n_clusters : int
        The number of clusters.
    distance : float
        The loss between the draw and the optimal partition.
    """

    labels: NDArray[np.int64]
    n_clusters: int
    distance: float


@dataclass(frozen=True, eq=False)
class CredibleBall:
    """The partitions about the optimal one that hold most of the posterior (Wade, Ghahramani 2018).

    Attributes
    ----------
    probability : float
        The share of the draws that it holds.
    radius : float
        The smallest distance within which so many draws lie.
    horizontal : PartitionBound
        The most distant draw of the ball.
    upper_vertical : PartitionBound
        The most distant one of those draws of the ball that have the fewest clusters.
    lower_vertical : PartitionBound
        The most distant one of those draws of the ball that have the most clusters.
    """

    probability: float
    radius: float
    horizontal: PartitionBound
    upper_vertical: PartitionBound
    lower_vertical: PartitionBound


@dataclass(frozen=True, eq=False)
class Partition:
    """The partition of the rows that minimises a posterior expected loss.

    Attributes
    ----------
    labels : ndarray of int64, shape (N,), read-only
        The cluster of each row. Clusters are numbered from 0 by decreasing weight (the sum of the
        sample weights of their rows, or their number), equal ones by their first row.
    n_clusters : int
        The number of clusters.
    sizes : ndarray of int64, shape (n_clusters,), read-only
        The number of rows of each cluster.
    expected_loss : float
        The average loss between the partition and the draws.
    loss : str
        ``"vi"`` or ``"binder"``.
    n_draws : int
        The number of draws over which the loss was averaged.
    ball : CredibleBall
        How sure the partition is.
    """

    labels: NDArray[np.int64]
    n_clusters: int
    sizes: NDArray[np.int64]
    expected_loss: float
    loss: str
    n_draws: int
    ball: CredibleBall

    def __repr__(self) -> str:
        sizes = ", ".join(map(str, self.sizes[:8])) + (", ..." if self.n_clusters > 8 else "")
        return (
            f"<gmmswift.Partition: {len(self.labels):,} rows in {self.n_clusters} "
            f"cluster{'s' * (self.n_clusters != 1)} ({sizes}), expected {self.loss} "
            f"{self.expected_loss:.4g}, {100 * self.ball.probability:g} % ball of radius "
            f"{self.ball.radius:.4g}>"
        )


class PosteriorPartitions:
    """The optimal partition of the rows."""

    n_observations: int
    _handle: native.Handle

    def partition(
        self,
        loss: str = "vi",
        *,
        draws: int = 1000,
        starts: int = 16,
        max_clusters: int | None = None,
        ball_prob: float = 0.95,
        random_seed: int | None = 0,
        threads: int | None = None,
    ) -> Partition:
        """Return the partition of the rows that minimises a posterior expected loss.

        The loss is averaged over assignments that are drawn anew given draws of the posterior. The
        search is greedy, from several starts, down to a local optimum, and keeps the best. Each row
        counts with its sample weight, as so many rows that stay together.

        Parameters
        ----------
        loss : {"vi", "binder"}, default "vi"
            The variation of information in nats (Meila 2007), or the share of ordered pairs of rows
            on which two partitions disagree (Binder 1978).
        draws : int, default 1000
            Draws over which the loss is averaged, evenly spaced, >= 1. They take N bytes each. No
            more than the posterior has are used.
        starts : int, default 16
            Searches, each from a start of its own, 1 to 10,000.
        max_clusters : int, optional
            The largest number of clusters, >= 1. By default twice the largest of a draw, at least
            16.
        ball_prob : float, default 0.95
            The posterior mass of the credible ball, in (0, 1).
        random_seed : int or None, default 0
            From 0 to 2**64 - 1, or None for fresh entropy. Same seed, same partition, for any
            number of threads.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        Partition
            The partition, with a credible ball about it.

        Raises
        ------
        NotImplementedError
            For prior draws, which have no rows.

        Notes
        -----
        With C clusters a search takes O(N draws C) time for each of a few sweeps.
        """
        options = native.defaults(native.PartitionOptions)
        options.loss = code("loss", loss, _LOSSES)
        options.num_draws = int64("draws", draws)
        options.num_starts = int32("starts", starts)
        if max_clusters is not None:
            options.max_clusters = int32("max_clusters", max_clusters)
            if options.max_clusters < 1:
                raise ValueError(f"max_clusters: must be at least 1, got {max_clusters}")
        options.ball_probability = real("ball_prob", ball_prob)
        options.seed = seed(random_seed)
        result = native.sized(native.PartitionResult)
        labels = np.empty((4, self.n_observations), dtype=np.int64)
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_partition,
                self._handle,
                options,
                run.control,
                labels,
                labels.size,
                result,
                names=_NAMES,
            )
        labels.flags.writeable = False
        sizes = np.bincount(labels[0], minlength=result.num_clusters)
        sizes.flags.writeable = False
        return Partition(
            labels=labels[0],
            n_clusters=result.num_clusters,
            sizes=sizes,
            expected_loss=result.expected_loss,
            loss=loss,
            n_draws=result.num_draws,
            ball=CredibleBall(
                probability=options.ball_probability,
                radius=result.radius,
                horizontal=PartitionBound(
                    labels[1], result.horizontal_clusters, result.horizontal_distance
                ),
                upper_vertical=PartitionBound(
                    labels[2], result.upper_clusters, result.upper_distance
                ),
                lower_vertical=PartitionBound(
                    labels[3], result.lower_clusters, result.lower_distance
                ),
            ),
        )
