"""Draws in parts, while they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmmswift import _native as native
from gmmswift._arguments import int64, thread_count
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.run import names_of
from gmmswift._draws.sampling import sampling_call

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Literal

    from numpy.typing import ArrayLike

    from gmmswift._data import Data
    from gmmswift._draws.starts import Initial
    from gmmswift._model.mixture import Mixture

__all__ = ["Stream", "stream"]


class Stream:
    """An iterator over the parts of a run, while it is made; `stream` makes it.

    Each part is a `Posterior` of the next draws of each chain, as drawn. The library's threads make
    the next part while the program uses the last one, and then wait. They end with this object: at
    the end of the iteration, when it is dropped, as after ``break``, or on leaving the block of a
    ``with``.
    """

    def __init__(self, handle: native.Handle, model: Mixture) -> None:
        self._handle: native.Handle | None = handle
        self._model = model

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> Posterior:
        handle = self._handle
        if handle is None:
            raise StopIteration
        with native.Run() as wait:
            part = native.create_or_none(
                native.lib.gmm_stream_next,
                native.lib.gmm_posterior_destroy,
                handle,
                wait.control,
            )
        if part is None:
            self.close()
            raise StopIteration
        return Posterior(part, self._model)

    def close(self) -> None:
        """End the stream and its threads; parts that were not taken are dropped."""
        self._handle = None

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def stream(
    model: Mixture,
    data: ArrayLike | Data,
    draws: int = 10_000,
    *,
    part: int = 100,
    tune: int = 1_000,
    chains: int = 4,
    thin: int = 1,
    method: Literal["gibbs", "metropolis"] = "gibbs",
    random_seed: int | None = None,
    threads: int | None = None,
    store_assignments: bool = False,
    sample_weight: ArrayLike | None = None,
    initial: Initial | None = None,
    moves: bool = True,
    tempering: bool | str | int = False,
) -> Stream:
    """Draw from the posterior of a model in parts, while they are made.

    The parts together are the draws that `sample` makes, as drawn. Memory is bounded: beside the
    parts that the program keeps, one waits and one is being made. Then the chains wait for the
    program. So `draws` may be as large as a program can ever want.

    Parameters
    ----------
    model, data, draws, tune, chains, thin, method, random_seed, threads, store_assignments
        As in `sample`.
    part : int, default 100
        Draws of each chain in a part, >= 1. The last part may have fewer.
    sample_weight, initial, moves, tempering
        As in `sample`.

    Returns
    -------
    Stream
        An iterator over posteriors. They cannot be extended, and show draws as drawn, because the
        labels of one part would mean nothing in the next.

    Raises
    ------
    ValueError, TypeError, NotImplementedError, MemoryError
        As `sample`. The iteration raises `DegenerateError` where a chain collapses, after the draws
        before.

    Examples
    --------
    >>> import gmmswift as gm
    >>> total = 0
    >>> for part in gm.stream(gm.Mixture(1), [-1.0, 0.0, 1.0, 3.0], 10**9, part=50):
    ...     total += part.n_draws
    ...     if total >= 200:
    ...         break
    >>> total
    200
    """
    call = sampling_call(
        model,
        data,
        draws,
        tune=tune,
        chains=chains,
        thin=thin,
        method=method,
        random_seed=random_seed,
        threads=threads,
        store_assignments=store_assignments,
        sample_weight=sample_weight,
        initial=initial,
        moves=moves,
        tempering=tempering,
        until=None,
        checkpoint=None,
        checkpoint_interval=30.0,
    )
    control = native.defaults(native.Control)
    control.num_threads = thread_count(threads)
    control.kernel_build = native.kernel_build.get()
    handle = native.create(
        native.lib.gmm_stream_start,
        native.lib.gmm_stream_destroy,
        *call.arguments,
        int64("part", part),
        control,
        names=names_of(call.model.shape),
    )
    return Stream(handle, call.model)
