"""The comparison of models by their posteriors of the same data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import flag, shown
from gmmswift._data import fingerprint
from gmmswift._diagnostics.table import Table
from gmmswift._draws.posterior import Posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Comparison", "compare"]

#: Sample weights; None where all are 1.
Weights: TypeAlias = "NDArray[np.float64] | None"

_FORMATS = {
    "rank": "d",
    "elpd_loo": ".2f",
    "se": ".2f",
    "p_loo": ".2f",
    "elpd_diff": ".2f",
    "se_diff": ".2f",
    "log_evidence": ".2f",
    "se_evidence": ".2f",
    "bic": ".2f",
    "n_bad_k": "d",
}


class Comparison(Table):
    """A table of models, the best one first.

    Columns: ``rank``, from 1; ``elpd_loo``, ``se`` and ``p_loo`` of `Posterior.loo`; ``elpd_diff``,
    the difference to the best model, at most 0, and ``se_diff``, its standard error over pairs of
    rows; ``log_evidence`` and ``se_evidence``, that of `Posterior.log_evidence` and its standard
    error, NaN where it was not asked for; ``bic``, that of the best draw; and ``n_bad_k``, the
    number of rows whose Pareto k is too large.

    Attributes
    ----------
    rows : tuple of str
        Names of the models.
    columns : tuple of str
        Names of the columns.

    Examples
    --------
    >>> table = gm.compare({"K = 2": two, "K = 3": three})           # doctest: +SKIP
    >>> table["elpd_diff"]            # a column, an array          # doctest: +SKIP
    >>> table["K = 2", "se_diff"]     # a cell                      # doctest: +SKIP
    """


def compare(
    models: Mapping[str, Posterior], *, evidence: bool = False, threads: int | None = None
) -> Comparison:
    """Compare models of the same data.

    Parameters
    ----------
    models : mapping of str to Posterior
        The posteriors by the names of their models, at least one.
    evidence : bool, default False
        Whether to estimate the log evidence, which may take seconds.
    threads : int, optional
        Number of threads. By default one for each processor.

    Returns
    -------
    Comparison
        The models in the order of ``elpd_loo``.

    Raises
    ------
    ValueError
        If the models are of different data or sample weights.
    NotImplementedError
        As in `Posterior.loo`, and in `Posterior.log_evidence` where it is asked for.
    """
    if not isinstance(models, Mapping):
        raise TypeError(f"models: must be a mapping of names to posteriors, got {shown(models)}")
    if not models:
        raise ValueError("models: must hold at least one posterior, got none")
    asks = flag("evidence", evidence)
    names, posteriors = list(models), list(models.values())
    for name, posterior in models.items():
        if not isinstance(name, str):
            raise TypeError(f"models: must have strings as names, got {shown(name)}")
        if not isinstance(posterior, Posterior):
            raise TypeError(f"models[{name!r}]: must be a posterior, got {shown(posterior)}")
    _require_same_data(models)
    results = [posterior.loo(threads=threads) for posterior in posteriors]
    # Equal models keep the order of the mapping.
    order = sorted(range(len(names)), key=lambda i: -results[i].elpd_loo)
    best = results[order[0]].elpd_i
    weights = posteriors[0].sample_weight
    differences = np.array([_difference(results[i].elpd_i, best, weights) for i in order])
    evidences = [_evidence(posteriors[i], threads) if asks else (np.nan, np.nan) for i in order]
    columns: dict[str, Any] = {
        "rank": np.arange(1, len(names) + 1),
        "elpd_loo": np.array([results[i].elpd_loo for i in order]),
        "se": np.array([results[i].se for i in order]),
        "p_loo": np.array([results[i].p_loo for i in order]),
        "elpd_diff": differences[:, 0],
        "se_diff": differences[:, 1],
        "log_evidence": np.array([value for value, _ in evidences]),
        "se_evidence": np.array([error for _, error in evidences]),
        "bic": np.array([posteriors[i].bic for i in order]),
        "n_bad_k": np.array([results[i].n_bad_k for i in order]),
    }
    return Comparison([names[i] for i in order], columns, _FORMATS)


def _require_same_data(models: Mapping[str, Posterior]) -> None:
    """Refuse posteriors of different data or sample weights."""
    first, *others = models
    expected = models[first]
    for name in others:
        posterior = models[name]
        found = ""
        if posterior.n_observations != expected.n_observations:
            found = f"{posterior.n_observations:,} and not {expected.n_observations:,} observations"
        elif posterior.n_dimensions != expected.n_dimensions:
            found = f"{posterior.n_dimensions} and not {expected.n_dimensions} dimensions"
        elif fingerprint(posterior._handle) != fingerprint(expected._handle):
            found = "other values"
        elif not _are_equal(posterior.sample_weight, expected.sample_weight):
            found = "other sample weights"
        if found:
            raise ValueError(
                f"models[{name!r}]: must be of the same data as models[{first!r}], got {found}"
            )


def _are_equal(weights: Weights, others: Weights) -> bool:
    if weights is None or others is None:
        return weights is others
    return np.array_equal(weights, others)


def _difference(
    terms: NDArray[np.float64], best: NDArray[np.float64], weights: Weights
) -> tuple[float, float]:
    """Return the difference to the best model and its standard error."""
    value, error = np.empty(1), np.empty(1)
    native.call(native.lib.gmm_loo_difference, terms, best, weights, terms.size, value, error)
    return float(value[0]), float(error[0])


def _evidence(posterior: Posterior, threads: int | None) -> tuple[float, float]:
    """Return the log evidence of a posterior and its standard error."""
    found = posterior.log_evidence(threads=threads)
    return found.value, found.error
