"""Maximum-likelihood fit by expectation-maximisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import (
    data_rows,
    flag,
    int32,
    int64,
    real,
    real_array,
    seed,
    shown,
    thread_count,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["EMFit", "fit_em"]


@dataclass(frozen=True, eq=False)
class EMFit:
    """A maximum-likelihood fit; components are in the order of their means.

    Attributes
    ----------
    n_components : int
        K.
    shared_sd : bool
        Whether all components have the same sd.
    weights, means : ndarray, shape (K,)
        Weights and means.
    sd : float or ndarray, shape (K,)
        Standard deviations; one float when shared.
    log_likelihood : float
        Of all observations.
    bic, aic : float
        Bayesian and Akaike information criterion; smaller is better.
    converged : bool
        Whether the tolerance was met within the iterations allowed.
    n_iterations : int
        Iterations of the run that was kept.
    n_at_floor : int
        Components whose variance ended on the floor: the likelihood has no maximum there.
    """

    n_components: int
    shared_sd: bool
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    sd: float | NDArray[np.float64]
    log_likelihood: float
    bic: float
    aic: float
    converged: bool
    n_iterations: int
    n_at_floor: int


def fit_em(
    data: ArrayLike,
    n_components: int,
    *,
    shared_sd: bool = False,
    n_init: int = 10,
    random_seed: int | None = None,
    max_iter: int | None = None,
    tol: float | None = None,
    variance_floor: float | None = None,
    initial: Mapping[str, ArrayLike] | None = None,
    threads: int | None = None,
) -> EMFit:
    """Fit a mixture by maximum likelihood, the best of several starts.

    Parameters
    ----------
    data : array_like, shape (N,) or (N, 1)
        Observations, finite, at least K of them and not all equal.
    n_components : int
        K, from 1 to 256.
    shared_sd : bool, default False
        Whether all components have the same sd.
    n_init : int, default 10
        Number of starts by k-means++, >= 1.
    random_seed : int, optional
        From 0 to 2**64 - 1. By default fresh entropy.
    max_iter : int, optional
        Iterations of each start, >= 1. By default 10_000.
    tol : float, optional
        A run ends when an iteration moves no mean by more than this many sds, no sd by more than
        this fraction and no weight by more than this, >= 0. By default 1e-9.
    variance_floor : float, optional
        No variance falls below this fraction of the data's, > 0. By default 1e-12.
    initial : mapping, optional
        ``"weights"``, ``"means"`` (K,) and ``"sd"`` (a number when shared, else (K,)), all three:
        the only start.
    threads : int, optional
        Number of threads. By default one for each processor.

    Returns
    -------
    EMFit
        The fit.

    Raises
    ------
    ValueError
        For an argument out of range, or NaN or infinite data.
    DegenerateError
        When all observations are equal.
    """
    rows = data_rows("data", data)
    options = native.defaults(native.EMOptions)
    options.num_components = size = int32("n_components", n_components)
    options.shared_spread = shared = flag("shared_sd", shared_sd)
    options.num_starts = int32("n_init", n_init)
    options.seed = seed(random_seed)
    if max_iter is not None:
        options.max_iterations = int64("max_iter", max_iter)
    if tol is not None:
        options.tolerance = real("tol", tol)
    if variance_floor is not None:
        options.variance_floor = real("variance_floor", variance_floor)
    keep = []
    if initial is not None:
        sizes = {"weights": size, "means": size, "sd": 1 if shared else size}
        if not isinstance(initial, Mapping) or set(initial) != set(sizes):
            raise ValueError(
                f"initial: must be a mapping with weights, means and sd, got {shown(initial)}"
            )
        for name, length in sizes.items():
            array = np.ascontiguousarray(real_array(f"initial[{name!r}]", initial[name])).reshape(
                -1
            )
            if array.size != length:
                raise ValueError(
                    f"initial[{name!r}]: must have {length} values, got {array.size} values"
                )
            field_name = "initial_sds" if name == "sd" else f"initial_{name}"
            setattr(options, field_name, native.address(array))
            keep.append(array)
    with native.Run(thread_count(threads)) as run:
        handle = native.create(
            native.lib.gmm_fit_em,
            native.lib.gmm_em_fit_destroy,
            *rows,
            options,
            run.control,
            run=run,
        )
    del keep
    return _fit(handle, shared)


def _fit(handle: native.Handle, shared: bool) -> EMFit:
    """Copy a fit out of the library."""
    result = native.sized(native.EMResult)
    native.call(native.lib.gmm_em_fit_get_result, handle, result)
    size, spreads = result.num_components, result.num_spreads
    sds = native.doubles_at(result.sds, spreads)
    return EMFit(
        n_components=size,
        shared_sd=shared,
        weights=native.doubles_at(result.weights, size),
        means=native.doubles_at(result.means, size),
        sd=float(sds[0]) if shared else sds,
        log_likelihood=result.log_likelihood,
        bic=result.bic,
        aic=result.aic,
        converged=bool(result.converged),
        n_iterations=result.num_iterations,
        n_at_floor=result.num_at_floor,
    )
