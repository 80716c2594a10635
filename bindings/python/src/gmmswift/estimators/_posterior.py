"""From a fitted estimator to the Gibbs sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gmmswift._draws.sampling import sample
from gmmswift._fits.as_start import starting_values
from gmmswift._model.mixture import Mixture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gmmswift._draws.posterior import Posterior


class Start(NamedTuple):
    """Fitted parameters, in the shapes of the attributes of an estimator."""

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    covariance_type: str


def sample_from(
    start: Start,
    priors: Mapping[str, Any],
    x: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None,
    options: dict[str, Any],
) -> Posterior:
    """Draw from the posterior, starting at the fit; `priors` are arguments of `Mixture`."""
    model = Mixture(
        len(start.weights),
        **{"covariance_type": start.covariance_type, "n_dimensions": x.shape[1], **priors},
    ).for_data(x, sample_weight)
    initial = starting_values(model, *start)
    return sample(model, x, sample_weight=sample_weight, **{"initial": initial, **options})
