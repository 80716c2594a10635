"""The parameters of draws and of fits in one shape, whatever the form of the covariances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmmswift._shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

__all__ = ["covariance_matrices", "mean_mixture", "some_draws", "variances"]


def some_draws(posterior: Drawn, draws: int) -> dict[str, NDArray[np.float64]]:
    """Return the parameters of evenly spaced draws of all chains.

    Parameters
    ----------
    posterior : Drawn
        The draws.
    draws : int
        The most draws, >= 1.

    Returns
    -------
    dict of str to ndarray, shape (S, ...)
        The weights, the means and the spread by their names, S <= draws; and the weight of a
        background, where there is one.
    """
    total = posterior.n_chains * posterior.n_draws
    count = min(draws, total)
    # The middles of equal parts, so that no chain has more of them than another.
    chosen = ((np.arange(count) + 0.5) * total / count).astype(np.int64)
    chain, draw = np.divmod(chosen, posterior.n_draws)
    names = list(posterior.model.shape.of_a_draw)
    names += ["background_weight"] * (posterior.model.background is not None)
    return {name: posterior[name][chain, draw] for name in names}


def variances(shape: Shape, spread: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """Return the variances of the components in one column.

    Parameters
    ----------
    shape : Shape
        The shape of the mixture.
    spread : ndarray, shape (S, ...)
        Draws of the sds or covariances.
    column : int
        The column of the data.

    Returns
    -------
    ndarray, shape (S, K), or (S, 1) where the spread is shared
        The variances.
    """
    if shape.has_matrices:
        found = spread[..., column, column]
    elif shape.n_dimensions > 1 and shape.covariance_type == "diag":
        found = spread[..., column] ** 2
    else:
        found = spread**2
    return found[:, np.newaxis] if shape.is_shared else found


def mean_mixture(
    posterior: Drawn,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the posterior means of the weights, means and covariance matrices.

    Their shapes are (K,), (K, D) and (K, D, D), D > 1. The mean of a variance is that of the
    squared sd.
    """
    shape = posterior.model.shape
    spread = posterior[shape.spread_name]
    if not shape.has_matrices:
        spread = spread**2
    return (
        posterior["weights"].mean(axis=(0, 1)),
        posterior["means"].mean(axis=(0, 1)),
        covariance_matrices(shape, spread.mean(axis=(0, 1))),
    )


def covariance_matrices(shape: Shape, covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance matrices of all components, shape (K, D, D).

    Parameters
    ----------
    shape : Shape
        The shape of the mixture.
    covariances : ndarray
        Matrices, or variances, in the shape of the spread.
    """
    size = shape.n_dimensions
    if not shape.has_matrices:
        if shape.covariance_type.endswith("spherical"):
            covariances = covariances[..., np.newaxis] * np.ones(size)
        covariances = covariances[..., np.newaxis] * np.eye(size)
    return np.broadcast_to(covariances, (shape.n_components, size, size))
