"""Runs beside the program: started, watched, paused, stopped."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, thread_count
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.run import names_of, warn_of_checkpoint
from gmmswift._draws.sampling import sampling_call
from gmmswift._draws.until import warn_if_unmet
from gmmswift._errors import DegenerateError
from gmmswift._progress import Progress, ProgressOption, observer_for

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Literal

    from numpy.typing import ArrayLike

    from gmmswift._data import Data
    from gmmswift._draws.starts import Initial
    from gmmswift._draws.until import Until
    from gmmswift._model.mixture import Mixture

__all__ = ["Run", "RunStatus", "start"]

_STATES = {
    native.RUN_RUNNING: "running",
    native.RUN_PAUSED: "paused",
    native.RUN_FINISHED: "finished",
    native.RUN_STOPPED: "stopped",
    native.RUN_FAILED: "failed",
}


@dataclass(frozen=True)
class RunStatus:
    """What a run is doing.

    Attributes
    ----------
    state : {"running", "paused", "finished", "stopped", "failed"}
        The last three have ended: with all draws, because the run was stopped, or with an error.
    n_draws : int
        Draws that every chain has.
    draws_done : tuple of int
        Draws of each chain.
    progress : Progress
        The progress of all chains. Its seconds do not count pauses, and those left are NaN.
    """

    state: str
    n_draws: int
    draws_done: tuple[int, ...]
    progress: Progress

    @property
    def has_ended(self) -> bool:
        """Whether the run is over."""
        return self.state in ("finished", "stopped", "failed")


class Run:
    """Sampling beside the program; `start` makes it.

    The library's threads make the draws, without the interpreter. They end with this object. As a
    context manager it stops the run on leaving the block. Several threads may use it.

    A process that is forked from that of the run has none of its threads. There methods raise
    `NotImplementedError`, and the object can only be dropped.

    Attributes
    ----------
    n_chains : int
        Number of chains.
    """

    def __init__(self, handle: native.Handle, model: Mixture, until: Until | None) -> None:
        self._handle = handle
        self._model = model
        self._until = until
        info = native.sized(native.RunInfo)
        native.call(native.lib.gmm_run_poll, handle, info, None, 0)
        self.n_chains: int = info.num_chains

    def poll(self) -> RunStatus:
        """Return what the run is doing, at once."""
        info = native.sized(native.RunInfo)
        draws = np.zeros(self.n_chains, np.int64)
        native.call(native.lib.gmm_run_poll, self._handle, info, draws, draws.size)
        return RunStatus(
            _STATES.get(info.state, f"code {info.state}"),
            info.num_draws,
            tuple(map(int, draws)),
            Progress(
                self.n_chains,
                info.iterations_done,
                info.iterations_total,
                info.draws_done,
                info.draws_total,
                info.seconds,
                np.nan,
            ),
        )

    def snapshot(self) -> Posterior | None:
        """Return the draws that every chain has, while the run goes on; None where there are none.

        They are those of a run of that length, and can be extended. They share the memory of the
        run's draws. After the end they are the run's result.
        """
        handle = native.create_or_none(
            native.lib.gmm_run_snapshot, native.lib.gmm_posterior_destroy, self._handle
        )
        return None if handle is None else Posterior(handle, self._model)

    def pause(self) -> None:
        """Pause the run. Its threads rest when the method returns, after a moment."""
        native.lib.gmm_run_pause(self._handle)

    def resume(self) -> None:
        """Let a paused run go on."""
        native.lib.gmm_run_resume(self._handle)

    def stop(self) -> None:
        """End the run with the draws that every chain has; `result` returns them."""
        native.lib.gmm_run_stop(self._handle)

    def result(
        self, timeout: float | None = None, *, progress: ProgressOption = False
    ) -> Posterior:
        """Wait for the end of the run.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait, > 0. By default there is no limit. A paused run does not end by itself.
        progress : bool or callable, default False
            As in `sample`.

        Returns
        -------
        Posterior
            The draws: all of them, or of a run that was stopped those that every chain has.

        Raises
        ------
        TimeoutError
            If the run goes on after `timeout`, or was stopped before every chain had a draw.
        DegenerateError, OSError, FormatError, MismatchError
            As `sample`.
        KeyboardInterrupt
            On Ctrl-C. The run goes on.
        """
        limit = 0.0 if timeout is None else real("timeout", timeout)
        if timeout is not None and not limit > 0:
            raise ValueError(f"timeout: must be positive, got {limit}")
        observer = observer_for(progress)
        wait = native.Run(0, observer, min(limit, 1e9))
        try:
            with wait:
                handle = native.create(
                    native.lib.gmm_run_wait,
                    native.lib.gmm_posterior_destroy,
                    self._handle,
                    wait.control,
                    run=wait,
                )
        except BaseException as error:
            draws = None if wait.partial is None else Posterior(wait.partial, self._model)
            if isinstance(error, DegenerateError):
                error.posterior = draws
            # Only the run itself leaves draws behind: a wait that ends has none.
            if draws is None or not isinstance(error, (TimeoutError, OSError)):
                raise
            if not isinstance(error, TimeoutError):
                warn_of_checkpoint(error, draws)
            return draws
        finally:
            if observer is not None:
                observer.__exit__(None, None, None)
        posterior = Posterior(handle, self._model)
        if self._until is not None:
            warn_if_unmet(posterior, self._until)
        return posterior

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the run, and wait until its threads have ended."""
        self.stop()
        # The run ends within a moment, with draws, without, or with an error for `result`.
        with suppress(Exception):
            native.create(
                native.lib.gmm_run_wait, native.lib.gmm_posterior_destroy, self._handle, None
            )

    def __repr__(self) -> str:
        status = self.poll()
        return (
            f"<gmmswift.Run: {status.state}, {self.n_chains} chain{'s' * (self.n_chains != 1)}, "
            f"{status.n_draws:,} draws of each, {status.progress.seconds_elapsed:.3g} s>"
        )


def start(
    model: Mixture,
    data: ArrayLike | Data,
    draws: int = 10_000,
    *,
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
    until: Until | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_interval: float = 30.0,
) -> Run:
    """Start to draw from the posterior of a model, and return.

    The draws are those that `sample` makes. The run goes on beside the program until it has all of
    them, is stopped, or is dropped.

    Parameters
    ----------
    model, data, draws, tune, chains, thin, method, random_seed, threads, store_assignments
        As in `sample`.
    sample_weight, initial, moves, tempering, until, checkpoint, checkpoint_interval
        As in `sample`.

    Returns
    -------
    Run
        The run, with its draws so far (`Run.snapshot`), its progress (`Run.poll`) and its result.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        As `sample`, for arguments. All other errors of `sample` are those of `Run.result`.
    MemoryError
        If the system refuses a thread.

    Warns
    -----
    ImproperPosteriorWarning
        As `sample`.

    Examples
    --------
    >>> import gmmswift as gm
    >>> with gm.start(gm.Mixture(1), [-1.0, 0.0, 1.0, 3.0], 500, random_seed=1) as run:
    ...     post = run.result()
    >>> post.n_draws, run.poll().state
    (500, 'finished')
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
        until=until,
        checkpoint=checkpoint,
        checkpoint_interval=checkpoint_interval,
    )
    control = native.defaults(native.Control)
    control.num_threads = thread_count(threads)
    control.kernel_build = native.kernel_build.get()
    handle = native.create(
        native.lib.gmm_run_start,
        native.lib.gmm_run_destroy,
        *call.arguments,
        control,
        names=names_of(call.model.shape),
    )
    return Run(handle, call.model, until)
