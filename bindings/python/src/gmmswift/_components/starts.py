"""Starts of a fit from other fits: of special cases of its form, and of one component less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._shapes import covariance_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._fits.em import EMFit

__all__ = ["generalized", "splits"]


def generalized(fit: EMFit, kind: str) -> dict[str, NDArray[np.float64]]:
    """Return the parameters of a fit in a form of which its own is a special case."""
    size, dimensions = fit.n_components, fit.n_dimensions
    shape = covariance_shape(size, dimensions, kind)
    values: Any = fit.covariances
    if dimensions == 1:
        values = np.full(shape, values.reshape(-1)[0])
    else:
        if fit.covariance_type.endswith("spherical") and not kind.endswith("spherical"):
            values = values[..., np.newaxis] * np.ones(dimensions)
        if kind in ("full", "tied") and fit.covariance_type not in ("full", "tied"):
            values = values[..., np.newaxis] * np.eye(dimensions)
        values = np.array(np.broadcast_to(values, shape))
    return {"weights": fit.weights, "means": fit.means, "covariances": values}


def splits(fit: EMFit, most: int) -> Iterator[dict[str, NDArray[np.float64]]]:
    """Yield starts with one component more, in each of which a component has become two.

    The two have its covariance and half of its weight. Their means are an sd from its mean, to
    either side along the longest axis.

    Parameters
    ----------
    fit : EMFit
        The fit.
    most : int
        The largest number of starts; those of the largest weights come first.
    """
    means = fit.means.reshape(fit.n_components, fit.n_dimensions)
    for k in np.argsort(-fit.weights, kind="stable")[:most]:
        step = _longest_axis(fit, int(k))
        covariances = fit.covariances
        if not fit.shared_sd:
            covariances = np.concatenate([np.delete(covariances, k, 0), covariances[[k, k]]])
        yield {
            "weights": np.append(np.delete(fit.weights, k), [fit.weights[k] / 2] * 2),
            "means": np.vstack([np.delete(means, k, 0), means[k] - step, means[k] + step]),
            "covariances": covariances,
        }


def _longest_axis(fit: EMFit, k: int) -> NDArray[np.float64]:
    """Return the direction in which component k is longest, as long as its sd there."""
    values = fit.covariances if fit.shared_sd else fit.covariances[k]
    if fit.covariance_type in ("full", "tied"):
        squares, axes = np.linalg.eigh(values)
        return np.asarray(np.sqrt(max(squares[-1], 0.0)) * axes[:, -1])
    variances = np.broadcast_to(values, fit.n_dimensions)
    place = int(np.argmax(variances))
    return np.asarray(np.sqrt(variances[place]) * (np.arange(fit.n_dimensions) == place))
