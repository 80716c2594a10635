"""Calls that sample: progress, checkpoints, and the draws of a call that is stopped."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import file_path, real, thread_count
from gmmswift._errors import (
    CheckpointWarning,
    DegenerateError,
    Fault,
    ImproperPosteriorWarning,
)
from gmmswift._progress import ProgressOption, observer_for

if TYPE_CHECKING:
    from types import FrameType

    from gmmswift._data import Data
    from gmmswift._model.mixture import Mixture
    from gmmswift._shapes import Shape

__all__ = [
    "checkpoint_plan",
    "initial_field",
    "interruptible",
    "levels_to_caller",
    "names_of",
    "warn_if_improper",
    "warn_of_checkpoint",
]

_Posterior = TypeVar("_Posterior")


def interruptible(
    function: Any,
    made: Callable[[native.Handle], _Posterior],
    shape: Shape,
    *arguments: Any,
    threads: int | None,
    progress: ProgressOption,
) -> _Posterior:
    """Call a sampling function; an exception that ends it carries the draws so far.

    Parameters
    ----------
    function : function of the library
        The function that samples.
    made : callable
        A function that makes a posterior of a handle.
    shape : Shape
        The shape of the mixture.
    *arguments
        The arguments of the function before its control.
    threads, progress : optional
        As in `sample`.

    Returns
    -------
    Posterior
        The draws.
    """
    with ExitStack() as stack:
        observer = observer_for(progress)
        if observer is not None:
            stack.enter_context(observer)
        run = native.Run(thread_count(threads), observer)
        try:
            with run:
                handle = native.create(
                    function,
                    native.lib.gmm_posterior_destroy,
                    *arguments,
                    run.control,
                    names=names_of(shape),
                    run=run,
                )
        except BaseException as error:
            draws = None if run.partial is None else made(run.partial)
            if run.was_stopped or isinstance(error, DegenerateError):
                error.posterior = draws  # type: ignore[attr-defined]
            elif isinstance(error, OSError) and draws is not None:
                warn_of_checkpoint(error, draws)
                return draws
            raise
        return made(handle)


def warn_of_checkpoint(error: OSError, posterior: object) -> None:
    """Warn of a run that has all its draws but could not write its last checkpoint."""
    warning = CheckpointWarning(str(error))
    warning.posterior = posterior
    warnings.warn(warning, stacklevel=levels_to_caller())


#: So few rows are checked before anybody could press Ctrl-C, and without the signal handlers.
_QUICK = 10_000


def warn_if_improper(model: Mixture, data: Data, threads: int) -> None:
    """Warn of a posterior that is improper; raise `DegenerateError` where nothing can be drawn."""
    try:
        if len(data) < _QUICK:
            control = native.defaults(native.Control)
            control.num_threads = threads
            native.call(native.lib.gmm_model_check, model._handle, data._handle, control)
        else:
            with native.Run(threads) as run:
                native.call(native.lib.gmm_model_check, model._handle, data._handle, run.control)
    except ImproperPosteriorWarning as warning:
        warnings.warn(warning, stacklevel=levels_to_caller())


def levels_to_caller() -> int:
    """Return the stack level of the code outside this package, as `warnings.warn` counts it."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and _package(frame) == "gmmswift":
        frame, level = frame.f_back, level + 1
    return level


def _package(frame: FrameType) -> str:
    """Return the package of a frame's code; code that is executed from a string may have none."""
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0]


def checkpoint_plan(
    checkpoint: str | os.PathLike[str] | None, checkpoint_interval: float
) -> native.Checkpoint | None:
    """Return where and how often a run is written down, as `sample` takes it."""
    interval = real("checkpoint_interval", checkpoint_interval)
    if checkpoint is None:
        return None
    plan = native.defaults(native.Checkpoint)
    plan.path = file_path("checkpoint", checkpoint)
    plan.interval = interval
    return plan


def names_of(shape: Shape) -> Callable[[Fault], dict[str, str]]:
    """Return the words for messages of a call that samples, for each fault."""
    return partial(_names, shape)


def _names(shape: Shape, fault: Fault) -> dict[str, str]:
    """Return words for messages; numbers of initial values in the shape that Python gives them."""
    names = {"num_rungs": "tempering"}
    if fault.argument in ("initial_mixture", "initial_posterior"):
        names[fault.argument] = "initial"
    for name, form in shape.of_a_draw.items():
        is_of_this = (
            fault.argument.startswith(f"{initial_field(name)}[") and len(fault.indices) == 2
        )
        if is_of_this and len(form) == 2 and name != "covariances":
            index = (fault.indices[0], *np.unravel_index(fault.indices[1], form))
            names[fault.argument] = f"initial[{name!r}][{', '.join(map(str, index))}]"
    return names


def initial_field(name: str) -> str:
    """Return what C calls the initial values of a parameter."""
    return "initial_sds" if name == "sd" else f"initial_{name}"
