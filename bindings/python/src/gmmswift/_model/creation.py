"""Creation of a model in the library from the arguments of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmmswift import _native as native
from gmmswift._errors import Fault
from gmmswift._model.background import background_values
from gmmswift._model.blocks import PriorBlock, prior_block
from gmmswift._shapes import COVARIANCE_TYPES, Shape

if TYPE_CHECKING:
    from gmmswift._data import Data
    from gmmswift._model.background import UniformBackground
    from gmmswift._model.counts import DirichletProcess, Unknown
    from gmmswift._model.given import GivenPriors

__all__ = ["create_model"]


def create_model(
    priors: GivenPriors,
    shape: Shape,
    *,
    ordered: bool,
    order_by: int,
    default_priors: int,
    unknown: Unknown | DirichletProcess | None = None,
    background: UniformBackground | None = None,
    data: Data | None = None,
    threads: int = 0,
) -> native.Handle:
    """Make the model in the library, with its open priors scaled to data.

    Parameters
    ----------
    priors : GivenPriors
        The priors, checked.
    shape : Shape
        The shape of the mixture; in 1 dimension while the number of dimensions is not known.
    ordered : bool
        Whether the means are ordered.
    order_by : int
        The coordinate of the order.
    default_priors : int
        The code of the rule for open priors; 0 for the library's default.
    unknown : Unknown or DirichletProcess, optional
        The prior of the number of components; None where it is known.
    background : UniformBackground, optional
        The background, if there is one.
    data : Data, optional
        The data. Without them, open priors stay open.
    threads : int
        Number of threads; 0 for one per processor.
    """
    options = native.defaults(native.ModelOptions)
    options.num_components = shape.n_components
    options.num_dimensions = shape.n_dimensions
    options.covariance = COVARIANCE_TYPES.index(shape.covariance_type)
    options.ordered_means = ordered
    options.order_coordinate = order_by
    options.shared_spread = shape.is_shared
    options.default_priors = default_priors
    options.minimum_weight = getattr(priors.weights, "minimum", 0.0)
    kept = None
    if unknown is not None:
        options.count, kept = unknown._block()
    beside = None
    if background is not None:
        beside = background_values(background, shape.n_dimensions)
        options.background = native.address_of(beside[0])
    blocks: list[PriorBlock] = []
    for block, argument, prior in priors.parts():
        if prior is not None:
            blocks.append(prior_block(shape, block, argument, prior))
            setattr(options, block, blocks[-1].struct)

    def names(fault: Fault) -> dict[str, str]:
        result: dict[str, str] = {}
        for block in blocks:
            result |= block.names(fault)
        if kept is not None:
            # The parameters of the prior of the number are known by their own names.
            result |= {"count": "n_components.prior", "count.probabilities": "n_components.values"}
        return result

    lib = native.lib
    model = native.create(lib.gmm_model_create, lib.gmm_model_destroy, options, names=names)
    del beside
    waits = priors.is_scaled or (background is not None and background.waits_for_data)
    if data is None or not waits:
        return model
    with native.Run(threads) as run:
        return native.create(
            lib.gmm_model_for_data,
            lib.gmm_model_destroy,
            model,
            data._handle,
            run.control,
            names=names,
            run=run,
        )
