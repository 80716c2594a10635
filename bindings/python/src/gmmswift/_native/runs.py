"""Long calls that signals and callbacks may stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from gmmswift._native.library import Handle, defaults
from gmmswift._native.structs import PROGRESS_FN, Control

__all__ = ["Run", "kernel_build"]

if TYPE_CHECKING:
    from types import TracebackType

#: The build of the inner loops that calls use, GMM_KERNELS_...; see `gmmswift.kernels`.
kernel_build: ContextVar[int] = ContextVar("kernel_build", default=0)

# Seconds between two looks at signals: far below the moment that a user notices.
_INTERVAL = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)

# Calls in progress by the address that they pass as user data.
_runs: dict[int, Run] = {}


class Run:
    """A context for one long call that signals and callbacks may stop.

    The interpreter runs the handlers of signals when the progress callback enters Python, which is
    before any `try` of the callback: an exception raised there would be printed and dropped by
    ctypes (Python 3.10 and later). So, on the main thread, handlers are wrapped while the call
    lasts. An exception that they raise is kept here, stops the call, and is raised on leaving the
    context.

    Parameters
    ----------
    threads : int
        Number of threads; 0 for one per processor.
    observer : callable, optional
        Receives each `Progress`. An exception that it raises stops the call.
    time_limit : float, default 0.0
        Seconds after which the library ends the call with a `TimeoutError`; 0 for no limit.

    Attributes
    ----------
    control : Control
        The control to pass to the function.
    partial : Handle or None
        The object that the function made, even if it was stopped.
    failure : BaseException or None
        The exception that stops the call; None after it has been raised.
    was_stopped : bool
        Whether an exception has stopped the call.
    """

    __slots__ = ("_previous", "control", "failure", "observer", "partial", "was_stopped")

    def __init__(
        self,
        threads: int = 0,
        observer: Callable[[Any], object] | None = None,
        time_limit: float = 0.0,
    ) -> None:
        self.observer = observer
        self.partial: Handle | None = None
        self.failure: BaseException | None = None
        self.was_stopped = False
        self._previous: list[tuple[int, Any]] = []
        control = defaults(Control)
        control.num_threads = threads
        control.kernel_build = kernel_build.get()
        control.progress = _on_progress
        control.progress_user_data = id(self)
        control.progress_interval = _INTERVAL
        control.time_limit = time_limit
        self.control = control

    def __enter__(self) -> Run:
        _runs[id(self)] = self
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                # None, SIG_DFL and SIG_IGN run no Python code, so there is nothing to wrap.
                if callable(handler) and not isinstance(handler, signal.Handlers):
                    signal.signal(number, self._wrapped(handler))
                    self._previous.append((number, handler))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous:
            signal.signal(number, handler)
        del _runs[id(self)]
        self._previous.clear()
        failure, self.failure = self.failure, None
        if failure is not None:
            self.was_stopped = True
            # Its traceback holds the frames that hold this object: a way back from here to the
            # failure would keep them, and the draws so far, until the garbage collector comes by.
            try:
                raise failure from None
            finally:
                del failure

    def _wrapped(self, handler: Callable[[int, Any], object]) -> Callable[[int, Any], None]:
        def wrapped(number: int, frame: Any) -> None:
            try:
                handler(number, frame)
            except BaseException as failure:
                self.failure = failure

        return wrapped


def _progressed(progress: Any, user_data: int) -> int:
    run = _runs[user_data]
    if run.failure is None and run.observer is not None:
        try:
            run.observer(progress.contents)
        except BaseException as failure:
            run.failure = failure
    return 0 if run.failure is None else 1


_on_progress = PROGRESS_FN(_progressed)
