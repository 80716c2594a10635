"""Conversion of a model in the library back to the arguments of `Mixture`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gmmswift import _native as native
from gmmswift._model.background import stated_background
from gmmswift._model.counts import stated_count
from gmmswift._model.defaults import default_priors_name
from gmmswift._model.joint_priors import NormalInverseGamma, NormalInverseWishart
from gmmswift._model.mean_priors import Normal, NormalKappa
from gmmswift._model.prior import Fixed, Prior
from gmmswift._model.spread_priors import (
    Gamma,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    InverseGamma,
    InverseWishart,
    LogNormal,
    Uniform,
    Wishart,
)
from gmmswift._model.weight_priors import Dirichlet, DynamicDirichlet, F
from gmmswift._shapes import COVARIANCE_TYPES

__all__ = ["stated_arguments"]

_MEANS: tuple[type[Prior], ...] = (Fixed, Normal, NormalKappa, Uniform)
_OF_PARAMETERS: tuple[type[Prior], ...] = (
    Gamma,
    F,
    Normal,
    Wishart,
    Uniform,
    HalfCauchy,
    HalfNormal,
    LogNormal,
    HalfStudentT,
)
_SPREADS: tuple[type[Prior], ...] = (
    Fixed,
    Uniform,
    HalfCauchy,
    HalfNormal,
    LogNormal,
    HalfStudentT,
    InverseGamma,
    Gamma,
    InverseWishart,
)


def stated_arguments(handle: native.Handle) -> dict[str, Any]:
    """Return the arguments of `Mixture` that state a model of the library, with all its priors.

    Parameters of priors that are the same for all components and coordinates are numbers.
    """
    stated = native.sized(native.ModelOptions)
    native.call(native.lib.gmm_model_get_options, handle, stated)
    dimensions = stated.num_dimensions
    covariance_type = COVARIANCE_TYPES[stated.covariance]
    has_matrices = covariance_type in ("full", "tied")

    def priors(kinds: tuple[type[Prior], ...], block: str) -> Prior | tuple[Prior, ...]:
        struct = getattr(stated, block)
        if struct.family != native.PRIOR_EACH:
            return prior(kinds, block, struct)
        items = native.priors_at(struct.priors, struct.num_values)
        return tuple(prior(kinds, block, item) for item in items)

    def prior(kinds: tuple[type[Prior], ...], block: str, struct: native.Prior) -> Prior:
        if struct.family == native.PRIOR_ABOVE:
            bounded = prior(kinds, block, native.priors_at(struct.priors, 1)[0])
            assert isinstance(bounded, (Gamma, Wishart))
            return replace(bounded, lower=_parameter(struct.first, struct.num_values, ()))
        kind = next(kind for kind in kinds if _family(kind) == struct.family)
        pointers = (struct.first, struct.second)
        inner = native.priors_at(struct.priors, len(kind.parameters)) if struct.priors else ()
        return kind(
            *(
                prior(_OF_PARAMETERS, block, inner[place])
                if inner and inner[place].family != native.PRIOR_FIXED
                else _parameter(pointer, struct.num_values, _item(kind, name, block))
                for place, (name, pointer) in enumerate(
                    zip(kind.parameters, pointers, strict=False)
                )
            )
        )

    def _item(kind: type[Prior], name: str, block: str) -> tuple[int, ...]:
        """Return the axes of one value."""
        if name == "scale" and kind in (InverseWishart, Wishart):
            return (dimensions, dimensions)
        if block == "spread" and has_matrices and kind is Fixed:
            return (dimensions, dimensions)
        if kind is NormalKappa and name == "mean" and dimensions > 1:
            return (dimensions,)
        return ()

    def rows(value: Any) -> Any:
        """Return numbers for each component and coordinate with an axis for each."""
        if isinstance(value, Prior):
            return value
        array = np.asarray(value)
        if dimensions > 1 and array.ndim == 1 and array.size > dimensions:
            return array.reshape(-1, dimensions)
        return value

    def spread_block(spread: Prior) -> dict[str, Prior]:
        argument = "covariance" if isinstance(spread, Fixed) and has_matrices else spread.blocks[0]
        if isinstance(spread, Fixed) and not has_matrices:
            argument = "sd"
        return {argument: _reshaped(spread, rows) if covariance_type == "diag" else spread}

    weights: Prior
    if stated.weights.family == native.PRIOR_FIXED:
        weights = Fixed(_parameter(stated.weights.first, stated.weights.num_values, ()))
    elif stated.weights.family == native.PRIOR_DYNAMIC_DIRICHLET:
        weights = prior((DynamicDirichlet,), "weights", stated.weights)
    else:
        stated_weights = prior((Dirichlet,), "weights", stated.weights)
        assert isinstance(stated_weights, Dirichlet)
        weights = Dirichlet(stated_weights.concentration, minimum=stated.minimum_weight)
    means, spread = priors(_MEANS, "means"), priors(_SPREADS, "spread")
    blocks: dict[str, Any] = {}
    if isinstance(means, NormalKappa) and isinstance(spread, InverseWishart):
        blocks["components"] = NormalInverseWishart(
            means.mean, means.kappa, spread.dof, spread.scale
        )
    elif isinstance(means, NormalKappa) and isinstance(spread, InverseGamma):
        shape, scale = spread.shape, spread.scale
        if covariance_type == "diag":
            shape, scale = rows(shape), rows(scale)
        blocks["components"] = NormalInverseGamma(means.mean, means.kappa, shape, scale)
    elif isinstance(means, tuple) or isinstance(spread, tuple):
        if isinstance(means, (tuple, NormalKappa)):
            blocks["means"] = means
        else:
            blocks["means"] = _reshaped(means, rows)
        if isinstance(spread, tuple) and not has_matrices:
            # In one dimension known variances are stated as sds.
            blocks["sd"] = tuple(map(_of_variance, spread))
        elif isinstance(spread, tuple):
            blocks["covariance"] = spread
        else:
            blocks |= spread_block(spread)
    else:
        # The means of a NormalKappa are read with their axis of coordinates.
        blocks["means"] = means if isinstance(means, NormalKappa) else _reshaped(means, rows)
        blocks |= spread_block(spread)
    if dimensions > 1 or "components" in blocks or "covariance" in blocks:
        blocks["n_dimensions"] = dimensions
        is_matrix = "covariance" in blocks or isinstance(
            blocks.get("components"), NormalInverseWishart
        )
        blocks["covariance_type"] = (
            ("full" if is_matrix else "diag") if dimensions == 1 else covariance_type
        )
    if stated.background:
        blocks["background"] = stated_background(stated.background, dimensions)
    return {
        "n_components": stated_count(stated.count, stated.num_components, weights),
        "weights": weights,
        "ordered": bool(stated.ordered_means),
        "order_by": stated.order_coordinate,
        "shared_sd": bool(stated.shared_spread) and covariance_type != "tied",
        "default_priors": default_priors_name(stated.default_priors),
        **blocks,
    }


def _family(kind: type[Prior]) -> int:
    return kind.family


def _parameter(pointer: int | None, count: int, item: tuple[int, ...]) -> Any:
    """Return a parameter of a prior; equal values become one value."""
    size = int(np.prod(item, dtype=int))
    values = native.doubles_at(pointer, count * size).reshape(count, *item)
    if (values == values[:1]).all():
        values = values[0]
    if len(item) < 2 and (values == values.flat[0]).all():
        return float(values.flat[0])
    return values


def _of_variance(prior: Prior) -> Prior:
    """Return an inverse-Wishart prior in one dimension as the equal inverse-Gamma prior."""
    if not isinstance(prior, InverseWishart):
        return prior
    dof, scale = np.asarray(prior.dof), np.asarray(prior.scale)
    return InverseGamma(0.5 * dof, (0.5 * scale).reshape(()))


def _reshaped(prior: Prior, rows: Any) -> Prior:
    return type(prior)(*(rows(getattr(prior, name)) for name in prior.parameters))
