"""From a fitted estimator to the Gibbs sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gmmswift._draws.sampling import sample
from gmmswift._fits.as_start import starting_values
from gmmswift._model.mixture import Mixture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gmmswift._draws.posterior import Posterior
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
        **{
            "covariance_type": estimator.covariance_type,
            "n_dimensions": estimator.n_features_in_,
            **priors,
        },
    ).for_data(x, sample_weight)
    initial = starting_values(
        model,
        estimator.weights_,
        estimator.means_,
        estimator.covariances_,
        estimator.covariance_type,
    )
    return sample(model, x, sample_weight=sample_weight, **{"initial": initial, **options})
