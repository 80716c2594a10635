"""Progress of a long call: the reports, and the bar on a terminal or in a notebook."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from gmmswift._arguments import shown

if TYPE_CHECKING:
    from gmmswift import _native as native

__all__ = ["Progress", "ProgressOption", "observer_for"]


@dataclass(frozen=True)
class Progress:
    """The progress of a call.

    Attributes
    ----------
    n_chains : int
        Number of chains; 0 for a fit, which has no draws either.
    iterations_done, iterations_total : int
        Iterations over all chains, with those of the tuning. For a fit, its starts.
    draws_done, draws_total : int
        Draws over all chains.
    seconds_elapsed : float
        Wall time since the call began.
    seconds_left : float
        Estimate of the remaining time; NaN before the first iteration ends.
    """

    n_chains: int
    iterations_done: int
    iterations_total: int
    draws_done: int
    draws_total: int
    seconds_elapsed: float
    seconds_left: float


#: True for a bar, False for nothing, or a callable that receives each `Progress`.
ProgressOption: TypeAlias = bool | Callable[[Progress], object]


def _observed(progress: native.Progress) -> Progress:
    return Progress(
        progress.num_chains,
        progress.iterations_done,
        progress.iterations_total,
        progress.draws_done,
        progress.draws_total,
        progress.seconds_elapsed,
        progress.seconds_left,
    )


class _Observer(AbstractContextManager["_Observer"]):
    """A receiver of one call's progress; as a context it is closed when the call ends."""

    def __init__(self, receive: Callable[[Progress], object]) -> None:
        self._receive = receive

    def __call__(self, progress: native.Progress) -> None:
        self.report(_observed(progress))

    def report(self, progress: Progress) -> None:
        """Receive the progress, which may be that of several calls."""
        self._receive(progress)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass


class _Bar(_Observer):
    """A bar by tqdm. It is made at the first report, because only then the total is known."""

    def __init__(self, tqdm: Any) -> None:
        super().__init__(self._show)
        self._tqdm = tqdm
        self._bar: Any = None

    def _show(self, progress: Progress) -> None:
        if self._bar is None:
            # Starts of a fit are few, and iterations are many.
            unit = {"unit": "it", "unit_scale": True} if progress.n_chains else {"unit": "start"}
            self._bar = self._tqdm(total=progress.iterations_total, desc=_title(progress), **unit)
        if progress.n_chains:
            self._bar.set_postfix_str(_counts(progress), refresh=False)
        # A run that goes on until its draws have converged has more to do after each look at them.
        self._bar.total = progress.iterations_total
        # The library limits the rate of reports, so each report is shown.
        self._bar.n = progress.iterations_done
        self._bar.refresh()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()


class _Line(_Observer):
    """A line on standard error; a terminal shows it all the time, a file only at the end."""

    def __init__(self) -> None:
        super().__init__(self._show)
        self._is_terminal = sys.stderr.isatty()
        self._last = ""

    def _show(self, progress: Progress) -> None:
        left = "" if math.isnan(progress.seconds_left) else f", {progress.seconds_left:.1f} s left"
        fraction = progress.iterations_done / max(progress.iterations_total, 1)
        text = (
            f"{_title(progress)}: {fraction:4.0%}, {_counts(progress)}, "
            f"{progress.seconds_elapsed:.1f} s{left}"
        )
        if self._is_terminal:
            sys.stderr.write("\r" + text.ljust(len(self._last)))
            sys.stderr.flush()
        self._last = text

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._last:
            sys.stderr.write("\n" if self._is_terminal else self._last + "\n")
            sys.stderr.flush()


def _title(progress: Progress) -> str:
    if progress.n_chains == 0:
        total = progress.iterations_total
        return f"Fitting from {total:,} start{'s' if total != 1 else ''}"
    return f"Sampling {progress.n_chains} chain{'s' if progress.n_chains != 1 else ''}"


def _counts(progress: Progress) -> str:
    if progress.n_chains == 0:
        return f"{progress.iterations_done:,} of {progress.iterations_total:,} starts"
    return f"{progress.draws_done:,} of {progress.draws_total:,} draws"


def observer_for(progress: ProgressOption) -> _Observer | None:
    """Return the observer that the option asks for, or None for no reports."""
    if progress is False:
        return None
    if progress is True:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return _Line()
        return _Bar(tqdm)
    if callable(progress):
        return _Observer(progress)
    raise TypeError(f"progress: must be True, False or a callable, got {shown(progress)}")
