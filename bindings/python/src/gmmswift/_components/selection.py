"""Fits of several numbers of components and forms of covariances, and the best of them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import code, int32, real, seed
from gmmswift._components.merging import Merging, merge_components
from gmmswift._components.search import Search
from gmmswift._data import Data, as_data
from gmmswift._diagnostics.table import Table
from gmmswift._errors import DegenerateError, TimeLimitWarning
from gmmswift._fits.em import EMFit, fit_em
from gmmswift._html import html_block, html_table
from gmmswift._progress import observer_for
from gmmswift._shapes import FORMS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._progress import ProgressOption

__all__ = ["Selection", "select"]

CRITERIA = ("bic", "icl", "aic")
_NUMBERS = ("log_likelihood", "n_parameters", *CRITERIA)
_FORMATS = {
    "n_components": "d",
    "log_likelihood": ".3f",
    "n_parameters": ".0f",
    **dict.fromkeys((*CRITERIA, "difference"), ".2f"),
}


class Selection(Table):
    """Fits of several numbers of components and forms of covariances.

    A table with a row for each form and number, named as in ``"full 3"``. Columns:
    ``covariance_type`` and ``n_components``; ``log_likelihood``; ``n_parameters``; ``bic``, ``icl``
    and ``aic``, all to be small; ``difference``, what the criterion exceeds the best one by; and
    ``note``, why a row has no fit or is not compared, or that its fit has not converged. The
    likelihood of a fit with a collapsed component has no maximum there, so its numbers are shown
    but not compared.

    Attributes
    ----------
    rows, columns : tuple of str
        Names of the rows and of the columns.
    criterion : {"bic", "icl", "aic"}
        The criterion that was asked for.
    fits : mapping of (str, int) to EMFit
        The fits by form and number of components, collapsed ones too.
    random_seed : int
        The seed of all fits.
    stopped_early : bool
        Whether a time limit, Ctrl-C or an exception of a callback stopped the call before all fits
        had been made.

    Examples
    --------
    >>> import numpy as np
    >>> import gmmswift as gm
    >>> stream = np.random.default_rng(1)
    >>> data = np.concatenate([stream.normal(-5, 1, 100), stream.normal(5, 2, 300)])
    >>> selection = gm.select(data, range(1, 4), random_seed=1)
    >>> selection.best.n_components
    2
    """

    criterion: str
    fits: Mapping[tuple[str, int], EMFit]
    random_seed: int
    stopped_early: bool

    def __init__(
        self,
        keys: list[tuple[str, int]],
        fits: Mapping[tuple[str, int], EMFit],
        failures: Mapping[tuple[str, int], str],
        data: Data,
        criterion: str,
        random_seed: int,
        stopped_early: bool,
    ) -> None:
        self.criterion, self.fits = criterion, dict(fits)
        self.random_seed, self.stopped_early = random_seed, stopped_early
        self._data = data
        numbers = {
            name: np.array([getattr(fits[key], name) if key in fits else np.nan for key in keys])
            for name in _NUMBERS
        }
        notes = [_note(fits[key]) if key in fits else failures[key] for key in keys]
        compared = np.array([key in fits and not fits[key].collapsed for key in keys], bool)
        values = np.where(compared, numbers[criterion], np.nan)
        least = np.min(values[compared]) if compared.any() else np.nan
        columns: dict[str, NDArray[Any]] = {
            "covariance_type": np.array([kind for kind, _ in keys], str),
            "n_components": np.array([size for _, size in keys]),
            **{name: array.astype(np.float64) for name, array in numbers.items()},
            "difference": values - least,
            "note": np.array(notes, str),
        }
        super().__init__([f"{kind} {size}" for kind, size in keys], columns, _FORMATS)
        self._keys, self._compared = keys, compared

    @property
    def best(self) -> EMFit:
        """The fit that is best by the criterion; see `best_by`."""
        return self.best_by(self.criterion)

    def best_by(self, criterion: str) -> EMFit:
        """Return the fit with the smallest value of a criterion, the first of equal ones.

        Parameters
        ----------
        criterion : {"bic", "icl", "aic"}
            The criterion.

        Raises
        ------
        DegenerateError
            If no fit can be compared.
        """
        key = self._best(criterion)
        if key is None:
            raise DegenerateError(
                f"n_components: must have a fit without collapsed components, got none of "
                f"{len(self._keys)}"
            )
        return self.fits[key]

    def merge(self, *, threads: int | None = None) -> Merging:
        """Merge the components of `best` into clusters; see `merge_components`."""
        fit = self.best
        return merge_components(
            fit.probabilities(self._data.values, threads=threads),
            sample_weight=self._data.sample_weight,
            threads=threads,
        )

    def plot(
        self,
        criterion: str | None = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """Draw the criterion by the number of components, a curve for each form.

        Parameters
        ----------
        criterion : {"bic", "icl", "aic"}, optional
            By default that of the selection.
        ax, figsize : optional
            Axes to draw on; width and height of the new figure in inches.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, with a circle about the best fit and crosses for fits that are not compared.
            They need ``gmmswift[plot]``.
        """
        from gmmswift.plots._criteria import plot_criteria

        name = self.criterion if criterion is None else criterion
        best = self._best(name)
        values = np.where(self._compared, self[name], np.nan)
        sizes = sorted({size for _, size in self._keys})
        curves = {}
        for kind in dict.fromkeys(kind for kind, _ in self._keys):
            known = {
                key[1]: value
                for key, value in zip(self._keys, values, strict=True)
                if key[0] == kind
            }
            curves[kind] = np.array([known[size] for size in sizes])
        return plot_criteria(sizes, curves, best, name.upper(), ax, figsize)

    def __str__(self) -> str:
        return f"{super().__str__()}\n\n{self._verdict()}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [(row, self._cells(i)) for i, row in enumerate(self.rows)]
        return html_block("Selection", [self._verdict()], html_table(self.columns, rows))

    def _best(self, criterion: str) -> tuple[str, int] | None:
        code("criterion", criterion, CRITERIA)
        values = np.where(self._compared, self[criterion], np.inf)
        return self._keys[int(np.argmin(values))] if self._compared.any() else None

    def _verdict(self) -> str:
        key = self._best(self.criterion)
        left_out = int(np.sum(~self._compared))
        text = "No fit can be compared."
        if key is not None:
            kind, size = key
            text = (
                f"Smallest {self.criterion.upper()}: {kind}, {size} component{'s' * (size != 1)}."
            )
            if left_out:
                text += f" {left_out} of {len(self._keys)} rows are not compared."
        return text + " The call was stopped early." * self.stopped_early


def select(
    data: ArrayLike | Data,
    n_components: int | Iterable[int] = range(1, 10),
    *,
    covariance_type: str | Iterable[str] = FORMS,
    criterion: str = "bic",
    init: str = "kmeans",
    n_init: int = 10,
    random_seed: int | None = None,
    max_iter: int | None = None,
    tol: float | None = None,
    variance_floor: float | None = None,
    regularization: float = 0.0,
    sample_weight: ArrayLike | None = None,
    threads: int | None = None,
    progress: ProgressOption = False,
    time_limit: float | None = None,
) -> Selection:
    """Fit mixtures of several numbers of components and forms of covariances, and compare them.

    Every number and form is fitted as by `fit_em`, from ``n_init`` starts. Further starts are the
    fits of the form's special cases with as many components, so a more general form never has the
    smaller likelihood; and the fit of the form with one component less, where it has been asked
    for, with one of its components split in two, for each of its ``n_init`` largest ones.

    Parameters
    ----------
    data : array_like, shape (N,) or (N, D), or Data
        Observations, finite, at least as many as the largest number of components.
    n_components : int or iterable of int, default ``range(1, 10)``
        The numbers of components, each from 1 to 256.
    covariance_type : str or iterable of str, optional
        The forms of the covariances, by default all six of `fit_em`. In one dimension there are
        two: an sd for each component, or one for all. Each is fitted once, under the first name
        that says so.
    criterion : {"bic", "icl", "aic"}, default "bic"
        What the best fit has least of: the Bayesian information criterion, which estimates how many
        components the density needs; the integrated completed likelihood, which estimates how many
        clusters lie apart; or Akaike's criterion, which tends to more components.
    init, n_init, max_iter, tol, variance_floor, regularization : optional
        As in `fit_em`.
    random_seed : int, optional
        From 0 to 2**64 - 1, for every fit. By default fresh entropy.
    sample_weight : array_like, shape (N,), optional
        Finite, not negative, not all 0: 0 makes a row inert, an integer repeats it.
    threads : int, optional
        Number of threads. By default one for each processor; the results are the same for any.
    progress : bool or callable, default False
        As in `fit_em`. It counts the starts of all fits.
    time_limit : float, optional
        Seconds. When they have passed, the call returns the table so far, with a
        `TimeLimitWarning`. By default, and for 0, there is no limit.

    Returns
    -------
    Selection
        A table of all fits; `Selection.best` is the best one.

    Raises
    ------
    ValueError
        For an argument out of range, NaN or infinite data, and fewer observations than components.
    TypeError
        For an argument of another type.
    DegenerateError
        If no fit is possible, as for a column whose values are all equal. Where other forms can
        be fitted, the row says so.
    KeyboardInterrupt
        On Ctrl-C. Its attribute ``selection`` holds the table so far. The same holds for any
        exception raised by `progress` or by a signal handler.

    Examples
    --------
    >>> import gmmswift as gm
    >>> from sklearn.datasets import load_iris                      # doctest: +SKIP
    >>> selection = gm.select(load_iris().data, random_seed=1)      # doctest: +SKIP
    >>> selection.best, selection.merge()                           # doctest: +SKIP
    """
    code("criterion", criterion, CRITERIA)
    rows = as_data("data", data, sample_weight=sample_weight)
    sizes, kinds = _sizes(n_components), _kinds(covariance_type, rows.n_dimensions)
    limit = 0.0 if time_limit is None else real("time_limit", time_limit)
    if not 0 <= limit < math.inf:
        raise ValueError(f"time_limit: must be finite and not negative, got {limit}")
    # The largest number may be larger than that of the rows, and any number out of range.
    for size in sorted({min(sizes), max(sizes)}):
        with suppress(DegenerateError):
            fit_em(rows, size, covariance_type="tied-spherical", n_init=1, max_iter=1)
    options = {
        "init": init,
        "random_seed": seed(random_seed),
        "max_iter": max_iter,
        "tol": tol,
        "variance_floor": variance_floor,
        "regularization": regularization,
        "threads": threads,
    }
    search = Search(rows, sizes, kinds, options, int32("n_init", n_init), limit)
    try:
        with ExitStack() as stack:
            observer = observer_for(progress)
            if observer is not None:
                stack.enter_context(observer)
            search.run(observer)
    except BaseException as error:
        # The mark of an exception that has stopped a fit.
        if hasattr(error, "fit"):
            error.selection = _selection(search, criterion)  # type: ignore[attr-defined]
        raise
    if not search.fits:
        raise search.failure or TimeoutError(
            f"time_limit: must be long enough for an iteration, got {limit}"
        )
    result = _selection(search, criterion)
    if result.stopped_early:
        text = f"time_limit: {limit} s have passed, and this is the table so far"
        warnings.warn(TimeLimitWarning(text), stacklevel=2)
    return result


def _selection(search: Search, criterion: str) -> Selection:
    """Return the table of the fits so far."""
    return Selection(
        search.keys,
        search.fits,
        search.notes,
        search.rows,
        criterion,
        search.options["random_seed"],
        search.is_partial,
    )


def _sizes(values: object) -> list[int]:
    """Return the different numbers of components, in their order."""
    if isinstance(values, Iterable) and not isinstance(values, (str, bytes)):
        given = list(values)
    else:
        given = [values]
    if not given:
        raise ValueError("n_components: must hold at least one number, got none")
    return list(dict.fromkeys(int32("n_components", value) for value in given))


def _kinds(values: str | Iterable[str], dimensions: int) -> list[str]:
    """Return the different forms of covariances, in their order."""
    # A value of another type is refused as a form.
    is_list = isinstance(values, Iterable) and not isinstance(values, str)
    given: list[Any] = list(values) if is_list else [values]
    if not given:
        raise ValueError("covariance_type: must hold at least one form, got none")
    for value in given:
        code("covariance_type", value, FORMS)
    if dimensions > 1:
        return list(dict.fromkeys(given))
    kinds: dict[bool, str] = {}
    for value in given:
        kinds.setdefault(value.startswith("tied"), value)
    return list(kinds.values())


def _note(fit: EMFit) -> str:
    """Return what is to be known of a fit before it is compared."""
    notes = []
    places = sorted({component for component, _ in fit.collapsed})
    if fit.shared_sd and any(coordinate is not None for _, coordinate in fit.collapsed):
        notes.append("the covariance of all collapsed")
    elif places:
        notes.append(f"component{'s' * (len(places) > 1)} {', '.join(map(str, places))} collapsed")
    if fit.stopped_early:
        notes.append("stopped early")
    elif not fit.converged:
        notes.append(f"not converged after {fit.n_iterations:,} iterations")
    return "; ".join(notes)
