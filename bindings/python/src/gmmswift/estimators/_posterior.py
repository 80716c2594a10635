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
    """Draw from the posterior; `priors` are arguments of `Mixture`.

    Chains start at the mixture, if its number of components is that of the model.
    """
    arguments: dict[str, Any] = {
        "n_components": start.n_components,
        "covariance_type": start.covariance_type,
        "n_dimensions": data.n_dimensions,
        **priors,
    }
    model = Mixture(**arguments).for_data(data, threads=options["threads"])
    if model.n_components == start.n_components:
        options = {"initial": start, **options}
    return sample(model, data, **options)
