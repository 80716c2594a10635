"""The priors that a model is given, and the rules for combining them."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gmmswift._arguments import shown
from gmmswift._model.blocks import stated_dimensions
from gmmswift._model.joint_priors import NormalInverseGamma
from gmmswift._model.prior import Fixed, Prior
from gmmswift._model.spread_priors import InverseWishart

__all__ = ["SDS", "GivenPriors", "each_prior"]

#: A prior for all components, or one for each.
Priors: TypeAlias = Prior | tuple[Prior, ...]

#: Arguments of `Mixture` whose prior is on sds, in one variable or another.
SDS = ("sd", "variance", "precision")
#: Arguments of `Mixture` that state the spread.
SPREADS = (*SDS, "covariance")


class GivenPriors(NamedTuple):
    """The priors among the arguments of `Mixture`; None stands for a prior from the data."""

    weights: Prior
    components: Prior | None
    means: Priors | None
    covariance: Priors | None
    sd: Priors | None
    variance: Priors | None
    precision: Priors | None

    @property
    def spread_names(self) -> list[str]:
        """The arguments that state the spread: one, where the choice has been checked, or none."""
        return [name for name in SPREADS if getattr(self, name) is not None]

    @property
    def spread(self) -> Priors | None:
        """The prior of the spread, where it is one of its own."""
        names = self.spread_names
        prior: Priors | None = getattr(self, names[0]) if names else None
        return prior

    @property
    def is_scaled(self) -> bool:
        """Whether a prior is left to be scaled to the data."""
        return self.components is None and (self.means is None or self.spread is None)

    @property
    def has_columns(self) -> bool:
        """Whether a parameter has an axis of coordinates beside that of the components."""
        return any(_has_columns(getattr(self, name)) for name in ("means", *SDS))

    def unknown(self, spread_name: str) -> list[str]:
        """Return a draw's names of the parameters that have a prior and no known values."""
        priors = {"weights": self.weights, "means": self.means, spread_name: self.spread}
        return [
            name
            for name, prior in priors.items()
            if not all(isinstance(item, Fixed) for item in _items(prior))
        ]

    @property
    def hyperparameters(self) -> list[str]:
        """A draw's names of the parameters of priors that have priors themselves."""
        means, spread = (prior for *_, prior in self.parts()[1:])
        priors = [
            ("concentration", getattr(self.weights, "concentration", None)),
            ("concentration", getattr(self.weights, "alpha", None)),
            ("center", getattr(means, "mean", None)),
            ("means_sd", getattr(means, "sd", None)),
            ("rate", getattr(spread, "rate", None)),
            ("scale", getattr(spread, "scale", None)),
        ]
        return [name for name, value in priors if isinstance(value, Prior)]

    def parts(self) -> list[tuple[str, str, Priors | None]]:
        """Return the kind, the argument and the prior of weights, means and spread."""
        means: tuple[str, Priors | None] = ("means", self.means)
        spread: tuple[str, Priors | None] = ("sd", None)
        if self.spread_names:
            spread = (self.spread_names[0], self.spread)
        if self.components is not None:
            of_means, of_spread = self.components.parts()
            means, spread = ("components", of_means), ("components", of_spread)
        return [("weights", "weights", self.weights), ("means", *means), ("spread", *spread)]

    def stated_dimensions(self, covariance_type: str) -> int | None:
        """Return D from the shapes of the priors, or None if they do not determine it."""
        stated = []
        for block, argument, prior in self.parts()[1:]:
            is_matrix = argument == "covariance" or isinstance(prior, InverseWishart)
            if prior is None or (
                block == "spread" and covariance_type == "spherical" and not is_matrix
            ):
                continue
            stated += [("covariance" if is_matrix else block, item) for item in _items(prior)]
        return stated_dimensions(stated)

    # -------------------------------------------------------------------------------- Checks

    def check_kinds(self) -> None:
        """Refuse objects that are not priors, and priors that do not belong to their argument."""
        for argument in ("weights", "components", "means", *SPREADS):
            prior = getattr(self, argument)
            if prior is None:
                continue
            is_each = isinstance(prior, tuple)
            # Beside each other, the priors of components say themselves what they are for.
            blocks = set(SDS if is_each and argument == "sd" else (argument,))
            for k, item in enumerate(_items(prior)):
                path = f"{argument}[{k}]" if is_each else argument
                if not isinstance(item, Prior):
                    raise TypeError(f"{path}: must be a prior or Fixed, got {shown(item)}")
                if not blocks & set(item.blocks):
                    kinds = (kind for kind in Prior.__subclasses__() if blocks & set(kind.blocks))
                    takes = " or ".join(sorted(kind.__name__ for kind in kinds))
                    raise ValueError(f"{path}: must be {takes}, got {type(item).__name__}")

    def check_choice(self, is_simple: bool) -> None:
        """Refuse two priors for one kind of parameter, and missing priors in one dimension."""
        given = self.spread_names
        if self.components is not None and (self.means is not None or given):
            names = ["means"] * (self.means is not None) + given
            raise ValueError(
                "components: must be given without means and without a prior on the spread, "
                f"got also {' and '.join(names)}"
            )
        hint = " (or a covariance_type, for priors at the scale of the data)"
        if is_simple and self.means is None and len(given) == 1:
            raise TypeError(f"means: must be a prior or Fixed{hint}, got None")
        if len(given) > 1 or (is_simple and not given):
            raise ValueError(
                "sd: exactly one of sd, variance and precision must be given"
                f"{'' if given else hint}, got {' and '.join(given) or 'none'}"
            )

    def check_form(self, covariance_type: str, n_dimensions: int | None, shared_sd: bool) -> None:
        """Refuse priors that do not belong to the form of the covariances."""
        if n_dimensions == 1:
            return
        takes_matrices = covariance_type in ("full", "tied")
        kind = repr(covariance_type)
        unless = "" if n_dimensions else "; n_dimensions=1 says that there is but one column"
        for name in self.spread_names:
            if (name == "covariance") != takes_matrices:
                rule = "covariance" if takes_matrices else "sd, variance or precision"
                raise ValueError(
                    f"{name}: must be left out for covariance_type {kind} (its prior is {rule}"
                    f"{unless}), got {type(getattr(self, name)).__name__}"
                )
        if self.components is not None:
            is_matrix = not isinstance(self.components, NormalInverseGamma)
            if is_matrix != takes_matrices:
                rule = "NormalInverseWishart" if takes_matrices else "NormalInverseGamma"
                raise ValueError(
                    f"components: must be {rule} for covariance_type {kind}, "
                    f"got {type(self.components).__name__}"
                )
        if shared_sd and takes_matrices:
            raise ValueError(
                f"shared_sd: must be False for covariance_type {kind} ('tied' shares the "
                "covariance), got True"
            )


def each_prior(prior: Any) -> Any:
    """Return the priors of components as a tuple, and other values unchanged."""
    return tuple(prior) if isinstance(prior, (list, tuple)) else prior


def _items(prior: Any) -> tuple[Any, ...]:
    """Return the priors of components, or the one for all."""
    return prior if isinstance(prior, tuple) else (prior,)


def _has_columns(prior: object) -> bool:
    """Return whether a parameter has an axis of coordinates, beside the components' if any."""
    axes = 1 if isinstance(prior, tuple) else 2
    return any(
        np.ndim(getattr(item, name)) >= axes and (axes == 2 or np.size(getattr(item, name)) > 1)
        for item in _items(prior)
        if isinstance(item, Prior)
        for name in item.parameters
    )
