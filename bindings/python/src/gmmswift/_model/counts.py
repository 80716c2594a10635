"""Priors on the number of components."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int32, real, real_array, shown
from gmmswift._model.weight_priors import DynamicDirichlet
from gmmswift._pickled import PickledFields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.prior import Prior

__all__ = [
    "BetaNegativeBinomial",
    "CountPrior",
    "DirichletProcess",
    "DiscreteUniform",
    "Geometric",
    "NegativeBinomial",
    "Probabilities",
    "ShiftedPoisson",
    "Unknown",
    "require_components",
    "stated_count",
]

#: The most clusters of a Dirichlet process where the caller does not say.
_MOST_CLUSTERS = 63
#: The largest number of components where neither the caller nor the prior says one.
_MOST = 30


@dataclass(frozen=True)
class CountPrior(PickledFields):
    """A distribution on 1, 2, ...: the prior of a number of components.

    Not to be used directly: see the classes named after the families. Ranges are checked when a
    `Mixture` is made.
    """

    #: The family in the C interface.
    family: ClassVar[int]

    def __post_init__(self) -> None:
        for field in fields(self):
            # The dataclass is frozen, and this is its constructor.
            object.__setattr__(self, field.name, self._kept(field.name, getattr(self, field.name)))

    def _kept(self, name: str, value: Any) -> Any:
        return real(name, value)

    def _parameters(self) -> list[float]:
        return [getattr(self, field.name) for field in fields(self)]

    def _log_density(self, number: int) -> float:
        """Return log P(K = number), number >= 1, up to a constant."""
        raise NotImplementedError


@dataclass(frozen=True)
class DiscreteUniform(CountPrior):
    """K uniform on `first`, ..., `last`.

    Parameters
    ----------
    first, last : int
        The ends, 1 <= first <= last.
    """

    first: int
    last: int

    family: ClassVar[int] = native.PRIOR_DISCRETE_UNIFORM

    def _kept(self, name: str, value: Any) -> Any:
        return int32(name, value)

    def _log_density(self, number: int) -> float:
        return 0.0 if self.first <= number <= self.last else -math.inf


@dataclass(frozen=True)
class Geometric(CountPrior):
    """K - 1 ~ Geometric(p): ``P(K = k) = p (1 - p)**(k - 1)``.

    Parameters
    ----------
    probability : float
        p, 0 < p < 1.
    """

    probability: float

    family: ClassVar[int] = native.PRIOR_GEOMETRIC

    def _log_density(self, number: int) -> float:
        return (number - 1) * math.log1p(-self.probability)


@dataclass(frozen=True)
class ShiftedPoisson(CountPrior):
    """K - 1 ~ Poisson(rate).

    Parameters
    ----------
    rate : float
        The mean of K - 1, > 0.
    """

    rate: float

    family: ClassVar[int] = native.PRIOR_SHIFTED_POISSON

    def _log_density(self, number: int) -> float:
        return (number - 1) * math.log(self.rate) - math.lgamma(number)


@dataclass(frozen=True)
class NegativeBinomial(CountPrior):
    """K - 1 ~ negative binomial, of mean ``size (1 - probability) / probability``.

    Parameters
    ----------
    size : float
        r > 0.
    probability : float
        p, 0 < p < 1: ``P(K - 1 = k)`` is in proportion to ``Gamma(r + k) / k! (1 - p)**k``.
    """

    size: float
    probability: float

    family: ClassVar[int] = native.PRIOR_NEGATIVE_BINOMIAL

    def _log_density(self, number: int) -> float:
        n = number - 1
        coefficient = math.lgamma(self.size + n) - math.lgamma(number)
        return coefficient + n * math.log1p(-self.probability)


@dataclass(frozen=True)
class BetaNegativeBinomial(CountPrior):
    """K - 1 ~ beta-negative-binomial: negative binomial with a Beta(a, b) probability.

    The parameters (1, 4, 3) are those that Fruehwirth-Schnatter, Malsiner-Walli and Gruen (2021)
    recommend: the mean of K is 2, and the tail is long.

    Parameters
    ----------
    size, a, b : float
        The size of the negative binomial, and the parameters of the Beta distribution, > 0.
    """

    size: float
    a: float
    b: float

    family: ClassVar[int] = native.PRIOR_BETA_NEGATIVE_BINOMIAL

    def _log_density(self, number: int) -> float:
        n = number - 1
        return (
            math.lgamma(self.size + n)
            - math.lgamma(number)
            + math.lgamma(self.b + n)
            - math.lgamma(self.size + self.a + self.b + n)
        )


@dataclass(frozen=True)
class Probabilities(CountPrior):
    """P(K = 1), P(K = 2), ..., up to a factor.

    Parameters
    ----------
    values : sequence of float
        Up to 256 numbers, not negative.
    """

    values: tuple[float, ...]

    family: ClassVar[int] = native.PRIOR_PROBABILITIES

    def _kept(self, name: str, value: Any) -> Any:
        array = real_array(name, value)
        if array.ndim != 1 or not 1 <= array.size <= native.MAX_COMPONENTS:
            raise ValueError(
                f"{name}: must be 1 to {native.MAX_COMPONENTS} numbers, got shape {array.shape}"
            )
        return tuple(map(float, array))

    def _parameters(self) -> list[float]:
        return list(self.values)

    def _log_density(self, number: int) -> float:
        value = self.values[number - 1] if number <= len(self.values) else 0.0
        return math.log(value) if value else -math.inf


@dataclass(frozen=True)
class Unknown(PickledFields):
    """An unknown number of components, in place of `n_components`.

    The number K is drawn with everything else (telescoping sampling, Fruehwirth-Schnatter,
    Malsiner-Walli, Gruen 2021, Bayesian Analysis 16(4)). Components that no row belongs to count
    for K but not for the number of clusters, K+, which is what data tell of.

    Parameters
    ----------
    prior : CountPrior or sequence of float, default ``BetaNegativeBinomial(1, 4, 3)``
        The prior of K; a sequence has the probabilities of 1, 2, ... up to a factor.
    max : int, optional
        The largest K, 1 to 256, at which the prior is cut off and normalised. Draws have room for
        so many components. By default that of the prior, where it has one, else 30.

    Examples
    --------
    >>> import gmmswift as gm
    >>> gm.Unknown(gm.Geometric(0.2), max=64)
    Unknown(prior=Geometric(probability=0.2), max=64)
    >>> gm.Unknown(max=4).probabilities.round(3)
    array([0.   , 0.615, 0.231, 0.103, 0.051])
    """

    prior: CountPrior | Sequence[float] = BetaNegativeBinomial(1, 4, 3)
    max: int | None = None

    def __post_init__(self) -> None:
        prior = self.prior
        if not isinstance(prior, CountPrior):
            if isinstance(prior, str) or not isinstance(prior, (Sequence, np.ndarray)):
                raise TypeError(
                    "prior: must be a prior of a number of components, or probabilities, "
                    f"got {shown(prior)}"
                )
            prior = Probabilities(tuple(prior))
        object.__setattr__(self, "prior", prior)
        if self.max is None:
            if isinstance(prior, DiscreteUniform):
                most = min(prior.last, native.MAX_COMPONENTS)
            else:
                most = len(prior.values) if isinstance(prior, Probabilities) else _MOST
        else:
            most = int32("max", self.max)
        if not 1 <= most <= native.MAX_COMPONENTS:
            raise ValueError(f"max: must be between 1 and {native.MAX_COMPONENTS}, got {most}")
        object.__setattr__(self, "max", most)

    @property
    def most(self) -> int:
        """The largest number of components."""
        assert self.max is not None
        return self.max

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """P(K = k) in entry k, shape (max + 1,): the prior, cut off at `max` and normalised.

        It stands beside `Posterior.p_components`.

        Raises
        ------
        ValueError
            For parameters out of range, and if no number up to `max` has a probability.
        """
        assert isinstance(self.prior, CountPrior)
        try:
            logs = np.array([self.prior._log_density(k) for k in range(1, self.most + 1)])
        except ValueError:
            logs = np.array([math.nan])
        largest = logs.max()
        if not math.isfinite(largest):
            raise ValueError(
                f"prior: must give some number up to {self.most} a probability, got {self.prior!r}"
            )
        values = np.exp(logs - largest)
        return np.concatenate([[0.0], values / values.sum()])

    def _block(self) -> tuple[native.Prior, Any]:
        """Return the prior as the C interface takes it, and what it points to."""
        assert isinstance(self.prior, CountPrior)
        values = np.array(self.prior._parameters(), dtype=np.float64)
        struct = native.Prior(self.prior.family, values.size, native.address(values), None, None)
        return struct, values


@dataclass(frozen=True)
class DirichletProcess(PickledFields):
    """A Dirichlet process in place of `n_components`: infinitely many components.

    The weights are those of Sethuraman's sticks: ``w[k] = v[k] (1 - v[1]) ... (1 - v[k - 1])``,
    ``v[k] ~ Beta(1, concentration)`` (Ferguson 1973; Sethuraman 1994). It is the limit of K
    components with ``DynamicDirichlet(concentration)``. The rows occupy some components, the
    clusters, about ``concentration log(1 + N / concentration)`` of them before the data are seen.

    A draw has its clusters, and one component more, the last, which stands for all others. Its
    weight is their sum, the probability that a next row founds a cluster, and its parameters are
    drawn from their prior, so that the mean of densities over draws is exact. There is no number
    of components to ask for, and ``p_components`` is refused. Draws from the prior (`sample_prior`)
    have the sticks, as many as there is room for.

    Where data come from a finite number of groups, a Dirichlet process finds small clusters beside
    them, and more of them as N grows (Miller, Harrison 2014). `Unknown` does not.

    Parameters
    ----------
    concentration : float or Gamma or F, default 1.0
        alpha > 0; or its prior. Draws then have ``concentration``.
    max : int, default 63
        The most clusters, 1 to 255. A chain that has more ends with `DegenerateError`, which
        carries the draws so far.

    Examples
    --------
    >>> import gmmswift as gm
    >>> gm.DirichletProcess(gm.Gamma(2, 4))
    DirichletProcess(concentration=Gamma(shape=2.0, rate=4.0, lower=0.0), max=63)
    """

    concentration: Any = 1.0
    max: int = _MOST_CLUSTERS

    def __post_init__(self) -> None:
        object.__setattr__(self, "concentration", self.weights.alpha)
        most = int32("max", self.max)
        if not 1 <= most < native.MAX_COMPONENTS:
            raise ValueError(f"max: must be between 1 and {native.MAX_COMPONENTS - 1}, got {most}")
        object.__setattr__(self, "max", most)

    @property
    def weights(self) -> DynamicDirichlet:
        """The prior on the weights of which it is the limit."""
        return DynamicDirichlet(self.concentration)

    @property
    def most(self) -> int:
        """The largest number of components of a draw."""
        return self.max + 1

    def _block(self) -> tuple[native.Prior, Any]:
        """Return the prior as the C interface takes it, and what it points to."""
        return native.Prior(native.PRIOR_DIRICHLET_PROCESS, 0, None, None, None), None


def require_components(unknown: Unknown | DirichletProcess | None) -> None:
    """Refuse what is told of components, where their number varies between draws."""
    if unknown is not None:
        raise NotImplementedError(
            "posterior: must have the same components in all draws (`given` has those of one "
            "number of clusters), got an unknown number of components"
        )


def stated_count(
    struct: native.Prior, most: int, weights: Prior
) -> int | Unknown | DirichletProcess:
    """Return a number of components, or its prior, from a model of the library."""
    if struct.family == native.PRIOR_FIXED:
        return most
    if struct.family == native.PRIOR_DIRICHLET_PROCESS:
        assert isinstance(weights, DynamicDirichlet)
        return DirichletProcess(weights.alpha, most - 1)
    values = native.doubles_at(struct.first, struct.num_values)
    if struct.family == native.PRIOR_PROBABILITIES:
        return Unknown(Probabilities(tuple(values)), most)
    kind = next(kind for kind in CountPrior.__subclasses__() if kind.family == struct.family)
    if kind is DiscreteUniform:
        return Unknown(DiscreteUniform(int(values[0]), int(values[1])), most)
    return Unknown(kind(*map(float, values)), most)
