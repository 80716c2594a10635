"""From a fitted estimator to the Gibbs sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._model import Mixture
from gmmswift._sampling import _draw_shapes, sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._posterior import Posterior
    from gmmswift.estimators._base import MixtureEstimator


def sample_from(
    estimator: MixtureEstimator,
    priors: Mapping[str, Any],
    x: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None,
    options: dict[str, Any],
) -> Posterior:
    """Draw from the posterior, starting at the fit; `priors` are arguments of `Mixture`."""
    model = Mixture(
        estimator.n_components,
        **{"covariance_type": estimator.covariance_type, **priors},
    ).for_data(x, sample_weight)
    initial = _starting_values(estimator, model)
    return sample(model, x, sample_weight=sample_weight, **{"initial": initial, **options})


def _starting_values(estimator: MixtureEstimator, model: Mixture) -> dict[str, NDArray[np.float64]]:
    """Return the fitted parameters as the model has them in a draw."""
    weights, means = estimator.weights_, estimator.means_
    covariances, kind = estimator.covariances_, estimator.covariance_type
    order = np.arange(len(weights))
    if model.ordered:
        order = np.argsort(means[:, model.order_by], kind="stable")
    if kind != "tied":
        covariances = covariances[order]
    # A weight of 0 has no logarithm; the sampler moves away from this one at once.
    least = max(1e-12, getattr(model.weights, "minimum", 0.0))
    weights = np.maximum(weights[order], least)
    excess = weights - least
    total = excess.sum()
    weights = least + (excess * (1 - least * len(weights)) / total if total > 0 else 0)
    values = {"weights": weights, "means": means[order]}
    name = model.spread_name
    shapes, unknown = _draw_shapes(model), set(model._unknown())
    if covariances.size > np.prod(shapes[name], dtype=int):  # the model's spread is shared
        covariances = np.average(covariances, axis=0, weights=weights)
    values[name] = covariances if name == "covariances" else np.sqrt(covariances)
    return {key: value.reshape(shapes[key]) for key, value in values.items() if key in unknown}
