"""The model: a mixture with its priors and constraints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import flag, int32, real_array, shown
from gmmswift._priors import Dirichlet, Fixed, Kept, Prior

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Mixture"]

_SPREADS = ("sd", "variance", "precision")

# From known variances and precisions to the sds that the C interface takes.
_TO_SD: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "variance": np.sqrt,
    "precision": lambda precision: 1 / np.sqrt(precision),
}


class _Block(NamedTuple):
    """The prior of one block of unknowns as the C interface takes it."""

    struct: native.Prior
    arrays: list[NDArray[np.float64]]  # keeps the struct's pointers valid
    names: dict[str, str]


class Mixture:
    """A Gaussian mixture with priors and constraints, for one-dimensional data.

    For observations x[i] and components k::

        x[i] | z[i] = k  ~  Normal(means[k], sd[k]),     P(z[i] = k) = weights[k]

    The prior is the product of the named densities, restricted to where the constraints hold.

    Parameters
    ----------
    n_components : int
        K, from 1 to 256.
    weights : Dirichlet or Fixed, default ``Dirichlet(1.0)``
        Prior on the weights, with an optional minimum weight; or the known weights.
    means : Normal or Fixed
        Prior on the means; or the known means.
    ordered : bool, default False
        Whether ``means[0] <= means[1] <= ...``, a hard constraint.
    sd : Uniform, HalfCauchy, HalfNormal or Fixed, optional
        Prior on the standard deviation. Exactly one of `sd`, `variance` and `precision` is given.
    variance : InverseGamma or Fixed, optional
        Prior on the variance.
    precision : Gamma or Fixed, optional
        Prior on the precision, 1 / variance.
    shared_sd : bool, default False
        Whether all components have the same spread.

    Raises
    ------
    ValueError
        For a parameter out of range, a prior that does not belong to its argument, or constraints
        that contradict each other.

    Notes
    -----
    A model is immutable, may be used by several threads at once, and can be pickled.

    Examples
    --------
    >>> import gmmswift as gm
    >>> gm.Mixture(2, means=gm.Normal(0, sd=10), ordered=True, sd=gm.HalfNormal(2))
    Mixture(n_components=2, weights=Dirichlet(concentration=1.0, minimum=0.0),
            means=Normal(mean=0.0, sd=10.0), ordered=True, sd=HalfNormal(scale=2.0),
            shared_sd=False)
    """

    n_components: int
    weights: Prior
    means: Prior
    ordered: bool
    sd: Prior | None
    variance: Prior | None
    precision: Prior | None
    shared_sd: bool

    def __init__(
        self,
        n_components: int,
        *,
        weights: Prior | None = None,
        means: Prior,
        ordered: bool = False,
        sd: Prior | None = None,
        variance: Prior | None = None,
        precision: Prior | None = None,
        shared_sd: bool = False,
    ) -> None:
        self.n_components = int32("n_components", n_components)
        self.weights = Dirichlet() if weights is None else weights
        self.means = means
        self.ordered = flag("ordered", ordered)
        self.sd, self.variance, self.precision = sd, variance, precision
        self.shared_sd = flag("shared_sd", shared_sd)
        given = [name for name in _SPREADS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "sd: exactly one of sd, variance and precision must be given, "
                f"got {' and '.join(given) or 'none'}"
            )
        self._spread = given[0]
        self._handle = self._create()

    @property
    def n_dimensions(self) -> int:
        """D, the number of dimensions of an observation: 1."""
        return 1

    @property
    def n_spreads(self) -> int:
        """Number of spread parameters: 1 when shared, else K."""
        return 1 if self.shared_sd else self.n_components

    def log_prior(self, weights: ArrayLike, means: ArrayLike, sd: ArrayLike) -> float:
        """Return the log density of the prior.

        Parameters
        ----------
        weights : array_like, shape (K,)
            Weights, sum 1.
        means : array_like, shape (K,)
            Means.
        sd : float or array_like, shape (K,)
            Standard deviations; one number when shared.

        Returns
        -------
        float
            Sum of the log densities, each normalised without the constraints and taken in the
            variable it is stated for. Fixed unknowns add 0 when they equal the known values.
            -inf outside the support or the constraints.
        """
        shapes = {"weights": self.n_components, "means": self.n_components, "sd": self.n_spreads}
        arrays = []
        for (name, size), value in zip(shapes.items(), (weights, means, sd), strict=True):
            array = np.ascontiguousarray(real_array(name, value)).reshape(-1)
            if array.size != size:
                raise ValueError(f"{name}: must have {size} values, got {array.size}")
            arrays.append(array)
        out = np.empty(1)
        native.call(native.lib.gmm_model_log_prior, self._handle, *arrays, out)
        return float(out[0])

    def __repr__(self) -> str:
        arguments = self._arguments()
        return f"Mixture({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mixture):
            return NotImplemented
        return self._arguments() == other._arguments()

    def __hash__(self) -> int:
        return hash(tuple(self._arguments().items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Mixture, **self._arguments()), ()

    def _arguments(self) -> dict[str, Any]:
        names = ("n_components", "weights", "means", "ordered", self._spread, "shared_sd")
        return {name: getattr(self, name) for name in names}

    def _create(self) -> native.Handle:
        options = native.defaults(native.ModelOptions)
        options.num_components = self.n_components
        options.ordered_means = self.ordered
        options.shared_spread = self.shared_sd
        minimum = getattr(self.weights, "minimum", 0.0)
        options.minimum_weight = minimum
        blocks = {
            "weights": self._block("weights", self.n_components),
            "means": self._block("means", self.n_components),
            "spread": self._block(self._spread, self.n_spreads),
        }
        names: dict[str, str] = {}
        for name, block in blocks.items():
            setattr(options, name, block.struct)
            names |= {f"{name}.{part}": says for part, says in block.names.items()}
            names[name] = self._spread if name == "spread" else name
        return native.create(
            native.lib.gmm_model_create, native.lib.gmm_model_destroy, options, names=names
        )

    def _block(self, argument: str, size: int) -> _Block:
        """Return the C form of the prior given to an argument that has `size` values."""
        prior = getattr(self, argument)
        if not isinstance(prior, Prior):
            raise TypeError(f"{argument}: must be a prior or Fixed, got {shown(prior)}")
        if argument not in prior.blocks:
            takes = " or ".join(
                kind.__name__ for kind in Prior.__subclasses__() if argument in kind.blocks
            )
            raise ValueError(f"{argument}: must be {takes}, got {type(prior).__name__}")
        values = {name: getattr(prior, name) for name in prior.parameters}
        count = 1
        for name, value in values.items():
            length = _length(value)
            if length not in (1, size) and size > 0:
                raise ValueError(
                    f"{argument}.{name}: must be a number or have {size} values, "
                    f"got {length} values"
                )
            count = max(count, length)
        arrays = [np.array(np.broadcast_to(np.float64(value), count)) for value in values.values()]
        if isinstance(prior, Fixed) and argument in _TO_SD:
            if not (arrays[0] > 0).all():
                raise ValueError(f"{argument}.values: must be positive, got {prior.values}")
            arrays[0] = _TO_SD[argument](arrays[0])
        struct = native.Prior(prior.family, count, *map(native.address, arrays))
        # A number given once has no index in the user's eyes.
        names = {
            f"{name}[{index}]": f"{argument}.{name}"
            for name, value in values.items()
            if isinstance(value, float)
            for index in range(count)
        }
        return _Block(struct, arrays, names)


def _length(value: Kept) -> int:
    return len(value) if isinstance(value, tuple) else 1
