"""Where chains start that start from a mixture: its parameters in the form of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmmswift._model.priors import Uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["starting_values"]


def starting_values(
    model: Mixture,
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
    covariance_type: str,
) -> dict[str, NDArray[np.float64]]:
    """Return a mixture's parameters as a draw of the model has them, within its constraints.

    Components are put into the model's order, covariances into its form (where it has one spread
    for all they are pooled), weights and sds that lie outside of the prior's support at its edge.

    Parameters
    ----------
    model : Mixture
        The model, with its dimensions.
    weights, means : ndarray, shape (K,) and K x D values
        Weights and means.
    covariances : ndarray
        Covariances in the form of `covariance_type`, as scikit-learn has them.
    covariance_type : str
        ``"full"``, ``"tied"``, ``"diag"`` or ``"spherical"``.
    """
    size, dimensions = model.n_components, model.shape.n_dimensions
    means = means.reshape(size, dimensions)
    if covariance_type in ("diag", "spherical"):
        covariances = covariances.reshape(size, -1)[:, :, np.newaxis] * np.eye(dimensions)
    matrices = np.broadcast_to(covariances, (size, dimensions, dimensions))
    order = np.arange(size)
    if model.ordered:
        order = np.argsort(means[:, model.order_by], kind="stable")
    weights, means, matrices = weights[order], means[order], matrices[order]
    if model.shape.is_shared:
        matrices = np.sum(weights[:, np.newaxis, np.newaxis] * matrices, axis=0)
    name, shapes = model.spread_name, model.shape.of_a_draw
    if model.shape.has_matrices:
        spread = matrices
    else:
        variances = np.diagonal(matrices, axis1=-2, axis2=-1)
        if model.covariance_type == "spherical":
            variances = variances.mean(axis=-1)
        spread = _supported(model, np.sqrt(variances).reshape(shapes[name]))
    values = {"weights": _lifted(model, weights), "means": means, name: spread}
    return {key: values[key].reshape(shapes[key]) for key in model._unknown()}


def _lifted(model: Mixture, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights of at least the model's minimum, and not 0, which has no logarithm."""
    least = max(1e-12, getattr(model.weights, "minimum", 0.0))
    if weights.min() >= least:
        return weights
    excess = np.maximum(weights - least, 0)
    total = excess.sum()
    return np.asarray(least + (excess * (1 - least * len(weights)) / total if total > 0 else 0))


def _supported(model: Mixture, sd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sds within the support of a Uniform prior, a little off its ends."""
    if not isinstance(model.sd, Uniform):
        return sd
    lower, upper = np.asarray(model.sd.lower, float), np.asarray(model.sd.upper, float)
    margin = 1e-3 * (upper - lower)
    return np.asarray(np.clip(sd, lower + margin, upper - margin))
