"""Fits that are stopped: the best one so far is kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from gmmswift import _native as native
from gmmswift._arguments import real, thread_count
from gmmswift._errors import TimeLimitWarning
from gmmswift._progress import observer_for

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from gmmswift._progress import ProgressOption

    _Fit = TypeVar("_Fit", bound=DataclassInstance)

__all__ = ["interruptible"]


def interruptible(
    function: Any,
    destroy: Any,
    made: Callable[[native.Handle], _Fit],
    *arguments: Any,
    threads: int | None,
    progress: ProgressOption,
    time_limit: float | None,
) -> _Fit:
    """Call a fitting function; an exception that stops it carries the best fit so far.

    Parameters
    ----------
    function, destroy : functions of the library
        The function that fits, and the one that frees its fit.
    made : callable
        A function that makes a fit of a handle.
    *arguments
        The arguments of the function before its control.
    threads, progress, time_limit : optional
        As in `fit_em`.

    Returns
    -------
    EMFit
        The fit, or the best one so far when the time limit has passed.
    """
    seconds = 0.0 if time_limit is None else real("time_limit", time_limit)
    with ExitStack() as stack:
        observer = observer_for(progress)
        if observer is not None:
            stack.enter_context(observer)
        run = native.Run(thread_count(threads), observer, seconds)
        handle = None
        try:
            with run:
                handle = native.create(function, destroy, *arguments, run.control, run=run)
        except BaseException as error:
            fit = None
            if run.partial is not None:
                # The call may have ended before the exception that was to stop it.
                fit = replace(made(run.partial), stopped_early=handle is None)
            if run.was_stopped:
                error.fit = fit  # type: ignore[attr-defined]
            elif isinstance(error, TimeoutError):
                if fit is None:
                    rule = "must be long enough for an iteration"
                    raise TimeoutError(f"time_limit: {rule}, got {seconds}") from None
                text = f"time_limit: {seconds} s have passed, and this is the best fit so far"
                warning = TimeLimitWarning(text)
                warning.fit = fit
                warnings.warn(warning, stacklevel=3)
                return fit
            raise
        return made(handle)
