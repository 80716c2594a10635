"""Priors: one small immutable class for each family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, real_array
from gmmswift._pickled import PickledFields

__all__ = [
    "Dirichlet",
    "DynamicDirichlet",
    "F",
    "Fixed",
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "HalfStudentT",
    "InverseGamma",
    "InverseWishart",
    "Kept",
    "LogNormal",
    "Normal",
    "NormalInverseGamma",
    "NormalInverseWishart",
    "NormalKappa",
    "Prior",
    "Uniform",
    "Wishart",
]

#: One number for all components and coordinates, or an array that says more.
Parameter: TypeAlias = "float | Sequence[float] | Sequence[Sequence[float]] | np.ndarray"

#: A parameter as it is kept: a float, or tuples of floats nested as deep as it has axes.
Kept: TypeAlias = "float | tuple[Any, ...]"

_AXES = ("a number", "a sequence of numbers", "a matrix", "a sequence of matrices")


def _kept(name: str, value: Parameter, most_axes: int) -> Kept:
    """Return a parameter as a float, or as nested tuples of floats."""
    array = real_array(name, value)
    if array.ndim > most_axes or array.size == 0:
        rule = f"{', '.join(_AXES[:most_axes])} or {_AXES[most_axes]}"
        raise ValueError(f"{name}: must be {rule}, got shape {array.shape}")
    return _tuples(array.tolist())


def _tuples(value: Any) -> Kept:
    return tuple(map(_tuples, value)) if isinstance(value, list) else float(value)


@dataclass(frozen=True, repr=False, eq=False)
class Prior(PickledFields):
    """A prior distribution, or known values, for one kind of parameter.

    Not to be used directly: see the classes named after the families. Each parameter is a number,
    the same for every component and coordinate, or an array. In one dimension its shape is (K,).
    In D dimensions, parameters of means, and of sds, variances and precisions where covariances
    are diagonal, broadcast to (K, D) as in numpy: (D,) holds for every component, (K, 1) for every
    coordinate. Parameters of weights and of spherical sds have shape (K,), matrices (D, D) or
    (K, D, D). What all components share has no axis of them, or one of length 1. Ranges are
    checked when a `Mixture` is made; positive numbers lie in 1e-145 .. 1e145 where they are
    standard deviations or scales of them, else in 1e-290 .. 1e290.
    """

    #: The family in the C interface.
    family: ClassVar[int]
    #: Arguments of `Mixture` that take this prior.
    blocks: ClassVar[tuple[str, ...]]
    #: Fields that are parameters for each component, in the order of the C interface.
    parameters: ClassVar[tuple[str, ...]]
    #: The largest number of axes of a parameter, where it is not 2: component and coordinate.
    most_axes: ClassVar[Mapping[str, int]] = {}
    #: Fields that are arrays like parameters, which only the prior of a rate or scale may have.
    bounds: ClassVar[tuple[str, ...]] = ()
    #: The parameters that may have a prior themselves, and the names of its families.
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            kept: Kept | Prior
            if isinstance(value, Prior):
                kept = self._hyperprior(field.name, value)
            elif field.name in self.parameters or field.name in self.bounds:
                kept = _kept(field.name, value, self.most_axes.get(field.name, 2))
            else:
                kept = real(field.name, value)
            # The dataclass is frozen, and this is its constructor.
            object.__setattr__(self, field.name, kept)

    def _hyperprior(self, name: str, prior: Prior) -> Prior:
        families = self.hierarchical.get(name, ())
        if type(prior).__name__ not in families:
            rule = f"a number, an array or {' or '.join(families)}" if families else "no prior"
            raise ValueError(f"{name}: must be {rule}, got {type(prior).__name__}")
        for inner in prior.parameters:
            if isinstance(getattr(prior, inner), Prior):
                found = type(getattr(prior, inner)).__name__
                raise ValueError(f"{name}.{inner}: must be a number or an array, got {found}")
        if name not in ("rate", "scale"):
            prior.require_no_bounds(name)
        return prior

    def require_no_bounds(self, path: str) -> None:
        """Refuse bounds."""
        for name in self.bounds:
            if np.any(np.not_equal(getattr(self, name), 0)):
                rule = "must be 0, except in the prior of a rate or a scale"
                raise ValueError(f"{path}.{name}: {rule}, got {getattr(self, name)}")

    def start(self) -> Any:
        """Return the value at which chains start, where this is the prior of a parameter."""
        raise NotImplementedError

    # Written once here, because a dataclass would compile its own for each family at every import.

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    def __repr__(self) -> str:
        values = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return f"{type(self).__qualname__}({values})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def parts(self) -> tuple[Prior, ...]:
        """Return the priors of single kinds of parameters that this prior consists of."""
        return (self,)


@dataclass(frozen=True, repr=False, eq=False)
class Fixed(Prior):
    """Known values in place of a prior.

    Parameters
    ----------
    values : float or array_like
        The weights (K,) (not negative, sum 1), means, sds, variances or precisions, (K,) in one
        dimension, else up to (K, D), or covariance matrices (D, D) or (K, D, D), as the argument
        of `Mixture` that they are given to says.
    """

    values: Parameter

    family: ClassVar[int] = native.PRIOR_FIXED
    blocks: ClassVar[tuple[str, ...]] = (
        "weights",
        "means",
        "sd",
        "variance",
        "precision",
        "covariance",
    )
    parameters: ClassVar[tuple[str, ...]] = ("values",)
    most_axes: ClassVar[Mapping[str, int]] = {"values": 3}


@dataclass(frozen=True, repr=False, eq=False)
class Dirichlet(Prior):
    """A Dirichlet prior on the weights.

    With K = 2 and concentration 1, each weight is Uniform(0, 1). With many components and a small
    concentration that has a prior, such as ``Dirichlet(Gamma(1, 20))``, most components stay
    without rows: a sparse finite mixture (Malsiner-Walli, Fruehwirth-Schnatter, Gruen 2016).

    Parameters
    ----------
    concentration : float or array_like, shape (K,), or Gamma or F, default 1.0
        Concentrations, > 0; or the prior of one for all components, which is drawn with everything
        else.
    minimum : float, default 0.0
        Least value of every weight, a hard constraint: 0 <= minimum <= 1/K.
    """

    concentration: Parameter | Prior = 1.0
    minimum: float = 0.0

    family: ClassVar[int] = native.PRIOR_DIRICHLET
    blocks: ClassVar[tuple[str, ...]] = ("weights",)
    parameters: ClassVar[tuple[str, ...]] = ("concentration",)
    most_axes: ClassVar[Mapping[str, int]] = {"concentration": 1}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"concentration": ("Gamma", "F")}


@dataclass(frozen=True, repr=False, eq=False)
class DynamicDirichlet(Prior):
    """A Dirichlet prior on the weights whose concentration is ``alpha / K`` among K components.

    Parameters
    ----------
    alpha : float or Gamma or F, default 1.0
        The sum of the concentrations, > 0; or its prior.
    """

    alpha: Parameter | Prior = 1.0

    family: ClassVar[int] = native.PRIOR_DYNAMIC_DIRICHLET
    blocks: ClassVar[tuple[str, ...]] = ("weights",)
    parameters: ClassVar[tuple[str, ...]] = ("alpha",)
    most_axes: ClassVar[Mapping[str, int]] = {"alpha": 0}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"alpha": ("Gamma", "F")}


@dataclass(frozen=True, repr=False, eq=False)
class Normal(Prior):
    """A Normal prior on the means, independent between components and coordinates.

    Parameters
    ----------
    mean : float or array_like, shape (K,), or in D dimensions (D,) or (K, D), or Normal
        Prior means; or the prior of one for all components, in each coordinate, whose parameters
        are numbers or of shape (D,).
    sd : float or array_like, of the same shapes, or Uniform, HalfNormal, HalfCauchy, ...
        Prior standard deviations, > 0; or the prior of one for all components, in each coordinate:
        Uniform, HalfNormal, HalfCauchy, HalfStudentT or LogNormal. A coordinate in which components
        do not differ then costs little: ``sd=HalfNormal(R)``, with R the range of the data, is the
        Normal-Gamma prior of Malsiner-Walli, Fruehwirth-Schnatter and Gruen (2016).
    """

    mean: Parameter | Prior
    sd: Parameter | Prior

    family: ClassVar[int] = native.PRIOR_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("means",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "sd")
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "mean": ("Normal",),
        "sd": ("Uniform", "HalfNormal", "HalfCauchy", "HalfStudentT", "LogNormal"),
    }

    def start(self) -> Any:
        """Return the mean."""
        return self.mean


@dataclass(frozen=True, repr=False, eq=False)
class Uniform(Prior):
    """A Uniform prior on the standard deviation, or on the means.

    Means are independent between components and coordinates.

    Parameters
    ----------
    lower : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Lower ends; for standard deviations >= 0.
    upper : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Upper ends, above the lower ones.
    """

    lower: Parameter
    upper: Parameter

    family: ClassVar[int] = native.PRIOR_UNIFORM
    blocks: ClassVar[tuple[str, ...]] = ("sd", "means")
    parameters: ClassVar[tuple[str, ...]] = ("lower", "upper")

    def start(self) -> Any:
        """Return the middle."""
        return 0.5 * np.add(self.lower, self.upper)


@dataclass(frozen=True, repr=False, eq=False)
class HalfCauchy(Prior):
    """A half-Cauchy prior on the standard deviation.

    Parameters
    ----------
    scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Scales, > 0: the medians.
    """

    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_CAUCHY
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("scale",)

    def start(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, repr=False, eq=False)
class HalfNormal(Prior):
    """A half-Normal prior on the standard deviation.

    Parameters
    ----------
    scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Scales, > 0: the standard deviations of the unfolded Normal.
    """

    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("scale",)

    def start(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, repr=False, eq=False)
class LogNormal(Prior):
    """A log-Normal prior on the standard deviation: its logarithm is Normal(mu, sigma).

    Its density falls to 0 at 0 faster than any power, so that ties leave the posterior proper.

    Parameters
    ----------
    mu : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Means of the logarithm, -333 to 333: ``exp(mu)`` is the median.
    sigma : float or array_like, of the same shapes
        Standard deviations of the logarithm, 1e-6 to 100.
    """

    mu: Parameter
    sigma: Parameter

    family: ClassVar[int] = native.PRIOR_LOG_NORMAL
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("mu", "sigma")

    def start(self) -> Any:
        """Return the median."""
        return np.exp(self.mu)


@dataclass(frozen=True, repr=False, eq=False)
class HalfStudentT(Prior):
    """A half-Student-t prior on the standard deviation.

    The density is proportional to ``(1 + (sd / scale)**2 / dof)**(-(dof + 1) / 2)``. With one
    degree of freedom it is that of `HalfCauchy`; with many it nears that of `HalfNormal`.

    Parameters
    ----------
    dof : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Degrees of freedom, > 0.
    scale : float or array_like, of the same shapes
        Scales, > 0.
    """

    dof: Parameter
    scale: Parameter

    family: ClassVar[int] = native.PRIOR_HALF_STUDENT_T
    blocks: ClassVar[tuple[str, ...]] = ("sd",)
    parameters: ClassVar[tuple[str, ...]] = ("dof", "scale")

    def start(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, repr=False, eq=False)
class InverseGamma(Prior):
    """An inverse-Gamma prior on the variance.

    Parameters
    ----------
    shape : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Shapes, > 0.
    scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D), or Gamma
        Scales, > 0: the mean is scale / (shape - 1) where shape > 1. Or the prior of one for all
        components, where covariances are diagonal in each coordinate: its parameters are numbers or
        of shape (D,).
    """

    shape: Parameter
    scale: Parameter | Prior

    family: ClassVar[int] = native.PRIOR_INVERSE_GAMMA
    blocks: ClassVar[tuple[str, ...]] = ("variance",)
    parameters: ClassVar[tuple[str, ...]] = ("shape", "scale")
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Gamma",)}


@dataclass(frozen=True, repr=False, eq=False)
class Gamma(Prior):
    """A Gamma prior on the precision, 1 / variance; or on a concentration, a rate or a scale.

    Parameters
    ----------
    shape : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Shapes, > 0.
    rate : float or array_like, shape (K,), or in D dimensions (D,) or (K, D), or Gamma
        Rates, > 0: the mean is shape / rate. Or the prior of one for all components, where
        covariances are diagonal in each coordinate: its parameters are numbers or of shape (D,).
    lower : float or array_like, shape (D,), default 0.0
        Of the prior of a rate or a scale: the value that it is cut off below. A scale that cannot
        reach 0 keeps the variances from it, and the posterior proper, whatever ties the data have.

    Examples
    --------
    The prior of Richardson and Green (1997), with R the range of the data:

    >>> import gmmswift as gm
    >>> R = 25.1
    >>> gm.Gamma(2, rate=gm.Gamma(0.2, 10 / R**2)).rate.shape
    0.2
    """

    shape: Parameter
    rate: Parameter | Prior
    lower: Parameter = 0.0

    family: ClassVar[int] = native.PRIOR_GAMMA
    blocks: ClassVar[tuple[str, ...]] = ("precision",)
    parameters: ClassVar[tuple[str, ...]] = ("shape", "rate")
    bounds: ClassVar[tuple[str, ...]] = ("lower",)
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"rate": ("Gamma",)}

    def start(self) -> Any:
        """Return the mean of the distribution without a bound, or the bound."""
        with np.errstate(all="ignore"):
            mean = np.divide(self.shape, self.rate)  # type: ignore[arg-type]
        # Parameters out of their range are refused by their own names.
        mean = np.where(np.isfinite(mean) & (mean > 0), mean, 1.0)
        lower = np.asarray(self.lower)
        fits = lower.ndim == 0 or mean.ndim == 0 or lower.shape == mean.shape
        return np.fmax(mean, lower) if fits else mean


@dataclass(frozen=True, repr=False, eq=False)
class F(Prior):
    """The F distribution, as the prior of a concentration of the weights.

    Its density at x is proportional to ``x**(first / 2 - 1) * (1 + first * x / second)**(-(first +
    second) / 2)``. Fruehwirth-Schnatter, Malsiner-Walli and Gruen (2021) recommend F(6, 3).

    Parameters
    ----------
    first, second : float
        Degrees of freedom, > 0.
    """

    first: Parameter
    second: Parameter

    family: ClassVar[int] = native.PRIOR_F
    blocks: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[tuple[str, ...]] = ("first", "second")
    most_axes: ClassVar[Mapping[str, int]] = {"first": 0, "second": 0}

    def start(self) -> Any:
        """Return 1, which is near the median."""
        return 1.0


@dataclass(frozen=True, repr=False, eq=False)
class Wishart(Prior):
    """A Wishart prior on the scale matrix of `InverseWishart`.

    The density at W is proportional to ``|W|**((dof - D - 1) / 2) * exp(-trace(inv(scale) @ W) /
    2)``; the mean is ``dof * scale``.

    Parameters
    ----------
    dof : float
        Degrees of freedom, > D - 1.
    scale : array_like, shape (D, D)
        A symmetric positive definite matrix.
    lower : float or array_like, shape (D,), default 0.0
        Least variances: W - diag(lower) is positive definite, and has the Wishart distribution. It
        keeps covariances from 0, and the posterior proper, where rows tie or columns determine
        each other. With a bound `dof` must be D + 1.
    """

    dof: Parameter
    scale: Parameter
    lower: Parameter = 0.0

    family: ClassVar[int] = native.PRIOR_WISHART
    blocks: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[tuple[str, ...]] = ("dof", "scale")
    bounds: ClassVar[tuple[str, ...]] = ("lower",)
    most_axes: ClassVar[Mapping[str, int]] = {"dof": 0}

    def start(self) -> Any:
        """Return the mean."""
        mean = np.multiply(self.dof, self.scale)
        if mean.ndim == 2 and np.size(self.lower) in (1, len(mean)):
            mean = mean + np.diag(np.broadcast_to(np.ravel(self.lower), len(mean)))
        try:
            np.linalg.cholesky(mean)
        except np.linalg.LinAlgError:
            # Parameters out of their range are refused by their own names.
            return np.eye(mean.shape[-1]) if mean.ndim == 2 else mean
        return mean


@dataclass(frozen=True, repr=False, eq=False)
class InverseWishart(Prior):
    """An inverse-Wishart prior on covariance matrices.

    The density at S is proportional to ``|S|**(-(dof + D + 1) / 2) * exp(-trace(scale @ inv(S)) /
    2)``; the mean is ``scale / (dof - D - 1)`` where dof > D + 1.

    Parameters
    ----------
    dof : float or array_like, shape (K,)
        Degrees of freedom, > D - 1.
    scale : array_like, shape (D, D) or (K, D, D), or Wishart
        Symmetric positive definite matrices; or the prior of one for all components.
    """

    dof: Parameter
    scale: Parameter | Sequence[Sequence[Sequence[float]]] | Prior

    family: ClassVar[int] = native.PRIOR_INVERSE_WISHART
    blocks: ClassVar[tuple[str, ...]] = ("covariance",)
    parameters: ClassVar[tuple[str, ...]] = ("dof", "scale")
    most_axes: ClassVar[Mapping[str, int]] = {"dof": 1, "scale": 3}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Wishart",)}


@dataclass(frozen=True, repr=False, eq=False)
class NormalKappa(Prior):
    """A Normal prior on the means, at the scale of the spread.

    The mean of a component, given its covariance S, is Normal(mean, S / kappa). With an
    inverse-Wishart or inverse-Gamma spread this is the conjugate prior, which
    `NormalInverseWishart` and `NormalInverseGamma` state as a whole.

    Parameters
    ----------
    mean : float or array_like, shape (D,) or (K, D), in one dimension (K,)
        Prior means.
    kappa : float or array_like, shape (K,)
        The number of observations that the prior mean is worth, > 0.
    """

    mean: Parameter
    kappa: Parameter

    family: ClassVar[int] = native.PRIOR_NORMAL_KAPPA
    blocks: ClassVar[tuple[str, ...]] = ("means",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "kappa")
    most_axes: ClassVar[Mapping[str, int]] = {"kappa": 1}


@dataclass(frozen=True, repr=False, eq=False)
class NormalInverseWishart(Prior):
    """The conjugate prior of means and covariance matrices.

    The covariance S of a component is `InverseWishart` (dof, scale); its mean, given S, is
    Normal(mean, S / kappa).

    Parameters
    ----------
    mean : float or array_like, shape (D,) or (K, D)
        Prior means.
    kappa : float or array_like, shape (K,)
        The number of observations that the prior mean is worth, > 0.
    dof : float or array_like, shape (K,)
        Degrees of freedom, > D - 1.
    scale : array_like, shape (D, D) or (K, D, D), or Wishart
        Symmetric positive definite matrices; or the prior of one for all components.
    """

    mean: Parameter
    kappa: Parameter
    dof: Parameter
    scale: Parameter | Sequence[Sequence[Sequence[float]]] | Prior

    blocks: ClassVar[tuple[str, ...]] = ("components",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "kappa", "dof", "scale")
    most_axes: ClassVar[Mapping[str, int]] = {"kappa": 1, "dof": 1, "scale": 3}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Wishart",)}

    def parts(self) -> tuple[Prior, ...]:
        """Return the prior of the means and that of the covariance matrices."""
        return NormalKappa(self.mean, self.kappa), InverseWishart(self.dof, self.scale)


@dataclass(frozen=True, repr=False, eq=False)
class NormalInverseGamma(Prior):
    """The conjugate prior of means and variances, for diagonal and spherical covariances.

    Each variance is `InverseGamma` (shape, scale); each coordinate of a mean, given its variance
    v, is Normal(mean, v / kappa).

    Parameters
    ----------
    mean : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Prior means.
    kappa : float or array_like, shape (K,)
        The number of observations that the prior mean is worth, > 0.
    shape, scale : float or array_like, shape (K,), or in D dimensions (D,) or (K, D)
        Shapes and scales, > 0; for spherical covariances of shape (K,). The scale may be a Gamma
        prior of one for all components, as in `InverseGamma`.
    """

    mean: Parameter
    kappa: Parameter
    shape: Parameter
    scale: Parameter | Prior

    blocks: ClassVar[tuple[str, ...]] = ("components",)
    parameters: ClassVar[tuple[str, ...]] = ("mean", "kappa", "shape", "scale")
    most_axes: ClassVar[Mapping[str, int]] = {"kappa": 1}
    hierarchical: ClassVar[Mapping[str, tuple[str, ...]]] = {"scale": ("Gamma",)}

    def parts(self) -> tuple[Prior, ...]:
        """Return the prior of the means and that of the variances."""
        return NormalKappa(self.mean, self.kappa), InverseGamma(self.shape, self.scale)
