"""Stepwise EM in the library: parameters that learn from data in parts."""

from __future__ import annotations

from typing import Any

from gmmswift import _native as native
from gmmswift._data import Data, words_for
from gmmswift._fits.em import EMFit, fit_of
from gmmswift._fits.known_mixture import mixture_values

__all__ = ["stepped"]


def stepped(
    mixture: dict[str, Any],
    seen: float,
    part: Data,
    regularization: float,
    variance_floor: float,
    threads: int,
) -> tuple[EMFit, float]:
    """Return the parameters after one more part, and the sum of all weights.

    Parameters
    ----------
    mixture : dict
        Parameters before the part, as `gmmswift.MixtureStatistics` takes them.
    seen : float
        The sum of the weights that they were fitted to; 0 for a start.
    part : Data
        Its observations and their weights.
    regularization, variance_floor : float
        As in `gmmswift.fit_em`.
    threads : int
        Number of threads.
    """
    lib = native.lib
    values, keep = mixture_values(mixture)
    before = native.create(
        lib.gmm_stepwise_create,
        lib.gmm_stepwise_destroy,
        values,
        seen,
        regularization,
        variance_floor,
    )
    del keep
    with native.Run(threads) as run:
        after = native.create(
            lib.gmm_stepwise_update,
            lib.gmm_stepwise_destroy,
            before,
            part._handle,
            run.control,
            names=words_for("X", part.n_dimensions),
            run=run,
        )
    fit = fit_of(native.create(lib.gmm_stepwise_get_fit, lib.gmm_em_fit_destroy, after))
    return fit, lib.gmm_stepwise_total_weight(after)
