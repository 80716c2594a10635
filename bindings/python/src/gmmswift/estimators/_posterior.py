"""From a fitted estimator to the Gibbs sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gmmswift._draws.sampling import sample
from gmmswift._model.mixture import Mixture

if TYPE_CHECKING:
    from gmmswift._data import Data
    from gmmswift._draws.posterior import Posterior
    from gmmswift._fits.known_mixture import KnownMixture


def sample_from(
    start: KnownMixture, priors: Mapping[str, Any], data: Data, options: dict[str, Any]
) -> Posterior:
    """Draw from the posterior, starting at a mixture; `priors` are arguments of `Mixture`."""
    model = Mixture(
        start.n_components,
        **{"covariance_type": start.covariance_type, "n_dimensions": data.n_dimensions, **priors},
    ).for_data(data, threads=options["threads"])
    return sample(model, data, **{"initial": start, **options})
