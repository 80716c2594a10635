"""The fits of a selection, one after the other."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gmmswift._components.starts import generalized, splits
from gmmswift._data import Data
from gmmswift._errors import DegenerateError, TimeLimitWarning
from gmmswift._fits.em import EMFit, fit_em
from gmmswift._progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gmmswift._progress import ProgressOption

__all__ = ["Search"]

#: The forms from whose fits a form is fitted too. They are special cases of it, so its likelihood
#: is at least theirs.
_WITHIN: Mapping[str, tuple[str, ...]] = {
    "tied-spherical": (),
    "tied-diag": ("tied-spherical",),
    "spherical": ("tied-spherical",),
    "diag": ("tied-diag", "spherical"),
    "tied": ("tied-diag",),
    "full": ("diag", "tied"),
}


class Search:
    """The fits of a selection, one after the other."""

    def __init__(
        self,
        rows: Data,
        sizes: list[int],
        kinds: list[str],
        options: dict[str, Any],
        n_init: int,
        limit: float,
    ) -> None:
        self.rows, self.options, self.n_init, self.limit = rows, options, n_init, limit
        self.keys = [(kind, size) for kind in kinds for size in sizes]
        self.fits: dict[tuple[str, int], EMFit] = {}
        self.failures: dict[tuple[str, int], str] = {}
        self.failure: DegenerateError | None = None
        self.is_late = False
        self._began = time.perf_counter()

    def run(self, observer: Any) -> None:
        """Make all fits; special cases come before the forms that they are special cases of."""
        order = list(_WITHIN)
        keys = sorted(self.keys, key=lambda key: (key[1], order.index(key[0])))
        for place, key in enumerate(keys):
            if self._left() <= 0:
                self.is_late = True
                return
            report = False if observer is None else self._reporter(observer, place)
            try:
                self._fit(key, report)
            except DegenerateError as error:
                self.failures[key] = str(error)
                self.failure = self.failure or error
            except TimeoutError:
                self.is_late = True
            except BaseException as error:
                part = getattr(error, "fit", None)
                if part is not None:
                    self.fits[key] = part
                raise

    @property
    def notes(self) -> dict[tuple[str, int], str]:
        """Why there is no fit, where there is none."""
        missing = [key for key in self.keys if key not in self.fits and key not in self.failures]
        return {**self.failures, **dict.fromkeys(missing, "not fitted: the call was stopped")}

    @property
    def is_partial(self) -> bool:
        """Whether the call was stopped before all fits had been made."""
        stopped = any(fit.stopped_early for fit in self.fits.values())
        return self.is_late or stopped or len(self.fits) + len(self.failures) < len(self.keys)

    def _fit(self, key: tuple[str, int], report: ProgressOption) -> None:
        kind, size = key
        best = self.fits[key] = self._call(key, n_init=self.n_init, progress=report)
        for start in self._starts(kind, size):
            if best.stopped_early:
                return
            fit = self._call(key, n_init=1, initial=start)
            self.is_late = self.is_late or fit.stopped_early
            if _is_better(fit, best):
                best = self.fits[key] = fit

    def _starts(self, kind: str, size: int) -> Iterator[dict[str, NDArray[np.float64]]]:
        """Yield what to start from beside the starts that a fit finds."""
        for other in self._within(kind):
            case = self.fits.get((other, size))
            if case is not None and not case.collapsed:
                yield generalized(case, kind)
        smaller = self.fits.get((kind, size - 1))
        if smaller is not None and not smaller.collapsed:
            yield from splits(smaller, self.n_init)

    def _call(self, key: tuple[str, int], **options: Any) -> EMFit:
        kind, size = key
        with ExitStack() as stack:
            if self.limit > 0:
                # The selection warns of the limit, and once.
                stack.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore", TimeLimitWarning)
                # A limit of 0 would be none.
                options["time_limit"] = max(self._left(), 1e-9)
            return fit_em(self.rows, size, covariance_type=kind, **self.options, **options)

    def _within(self, kind: str) -> tuple[str, ...]:
        if self.rows.n_dimensions > 1:
            return _WITHIN[kind]
        # In one dimension a shared sd has any of three names.
        return () if kind.startswith("tied") else ("tied", "tied-diag", "tied-spherical")

    def _left(self) -> float:
        """Return the seconds that are left."""
        return self.limit - self._seconds() if self.limit > 0 else math.inf

    def _seconds(self) -> float:
        return time.perf_counter() - self._began

    def _reporter(self, observer: Any, place: int) -> ProgressOption:
        """Return a function that adds the starts of the fits before to those of a fit."""
        total = len(self.keys) * self.n_init

        def report(progress: Progress) -> None:
            done, seconds = place * self.n_init + progress.iterations_done, self._seconds()
            left = seconds * (total - done) / done if done else math.nan
            observer.report(Progress(0, done, total, 0, 0, seconds, left))

        return report


def _is_better(fit: EMFit, other: EMFit) -> bool:
    """Return whether a fit has fewer collapsed components, or the same and more likelihood.

    A maximum that both have found differs by rounding.
    """
    if len(fit.collapsed) != len(other.collapsed):
        return len(fit.collapsed) < len(other.collapsed)
    return fit.log_likelihood > other.log_likelihood + 1e-9 * abs(other.log_likelihood)
