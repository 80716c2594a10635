"""The model: a mixture with its priors and constraints."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import (
    Rows,
    check_symmetric,
    data_rows,
    flag,
    int32,
    integer,
    real_array,
    row_weights,
    shown,
)
from gmmswift._errors import HAS_COLUMNS
from gmmswift._frozen import Frozen
from gmmswift._prior_blocks import PriorBlock, prior_block, stated_dimensions
from gmmswift._priors import (
    Dirichlet,
    Fixed,
    InverseGamma,
    InverseWishart,
    Normal,
    NormalInverseGamma,
    Prior,
)
from gmmswift._shapes import COVARIANCE_TYPES, Shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Mixture"]

_SDS = ("sd", "variance", "precision")
_SPREADS = (*_SDS, "covariance")


class Mixture(Frozen):
    """A Gaussian mixture with priors and constraints, in any number of dimensions.

    For observations x[i] and components k::

        x[i] | z[i] = k  ~  Normal(means[k], covariances[k]),     P(z[i] = k) = weights[k]

    The prior is the product of the named densities, restricted to where the constraints hold.

    Parameters
    ----------
    n_components : int
        K, from 1 to 256.
    n_dimensions : int, optional
        D, the number of columns of the data. By default what the shapes of the priors say, or the
        data when they are seen; 1 for a model in the words of one dimension: `means` and one of
        `sd`, `variance` and `precision`, of shapes () and (K,), and no `covariance_type`.
    covariance_type : {"full", "tied", "diag", "spherical"}, optional
        A covariance matrix for each component; one for all; an sd for each component and
        coordinate; an sd for each component. By default "diag" where the spread's prior is on sds,
        variances or precisions, else "full". In one dimension all but "tied", which is the same as
        `shared_sd`, are the same.
    weights : Dirichlet or Fixed, default ``Dirichlet(1.0)``
        Prior on the weights, with an optional minimum weight; or the known weights.
    components : NormalInverseWishart or NormalInverseGamma, optional
        Conjugate prior on means and spread, in place of the next arguments: the first for full and
        tied covariances, the second for diagonal and spherical ones.
    means : Normal, NormalKappa or Fixed, optional
        Prior on the means; or the known means.
    ordered : bool, default False
        Whether ``means[0] <= means[1] <= ...``, a hard constraint, in coordinate `order_by`.
    order_by : int, default 0
        The coordinate of the order, from 0 to D - 1.
    covariance : InverseWishart or Fixed, optional
        Prior on full or tied covariance matrices; or the known ones. At most one of `covariance`,
        `sd`, `variance` and `precision` is given.
    sd : Uniform, HalfCauchy, HalfNormal or Fixed, optional
        Prior on the standard deviation, of diagonal or spherical covariances.
    variance : InverseGamma or Fixed, optional
        Prior on the variance.
    precision : Gamma or Fixed, optional
        Prior on the precision, 1 / variance.
    shared_sd : bool, default False
        Whether all components have the same sds.

    Raises
    ------
    ValueError
        For a parameter out of range or of another shape, a prior that does not belong to its
        argument, or constraints that contradict each other.

    Notes
    -----
    What has no prior gets a weakly informative one at the scale of the data, when `sample` or
    `for_data` sees them (Fraley, Raftery 2007, Journal of Classification 24). With m the means of
    the columns and S their covariance matrix (divisor N - 1)::

        means[k]         ~  Normal(m, covariances[k] / 0.01)
        covariances[k]   ~  InverseWishart(D + 2, S / K**(2 / D))                  full, tied
        variances[k, d]  ~  InverseGamma((D + 2) / 2, S[d, d] / K**(2 / D) / 2)    diag
        variances[k]     ~  the same with trace(S) / D for S[d, d]                 spherical

    A model is immutable, can be pickled and may be used by several threads at once.

    Examples
    --------
    >>> import gmmswift as gm
    >>> gm.Mixture(2, means=gm.Normal(0, sd=10), ordered=True, sd=gm.HalfNormal(2))
    Mixture(n_components=2, weights=Dirichlet(concentration=1.0, minimum=0.0),
            means=Normal(mean=0.0, sd=10.0), ordered=True, sd=HalfNormal(scale=2.0),
            shared_sd=False)
    >>> gm.Mixture(3, covariance_type="full")
    Mixture(n_components=3, covariance_type='full', weights=Dirichlet(concentration=1.0,
            minimum=0.0), ordered=False)
    """

    n_components: int
    n_dimensions: int | None
    covariance_type: str
    weights: Prior
    components: Prior | None
    means: Prior | None
    ordered: bool
    order_by: int
    covariance: Prior | None
    sd: Prior | None
    variance: Prior | None
    precision: Prior | None
    shared_sd: bool

    def __init__(
        self,
        n_components: int,
        *,
        n_dimensions: int | None = None,
        covariance_type: str | None = None,
        weights: Prior | None = None,
        components: Prior | None = None,
        means: Prior | None = None,
        ordered: bool = False,
        order_by: int = 0,
        covariance: Prior | None = None,
        sd: Prior | None = None,
        variance: Prior | None = None,
        precision: Prior | None = None,
        shared_sd: bool = False,
    ) -> None:
        self.n_components = int32("n_components", n_components)
        self.weights = Dirichlet() if weights is None else weights
        self.components, self.means, self.covariance = components, means, covariance
        self.ordered = flag("ordered", ordered)
        self.order_by = int32("order_by", order_by)
        self.sd, self.variance, self.precision = sd, variance, precision
        self.shared_sd = flag("shared_sd", shared_sd)
        self._given = [name for name in _SPREADS if getattr(self, name) is not None]
        self._is_simple = (
            n_dimensions is None
            and covariance_type is None
            and components is None
            and covariance is None
            and (means is not None or bool(self._given))
            and not any(_has_columns(getattr(self, name)) for name in ("means", *_SDS))
        )
        self._check_kinds()
        self._check_choice()
        if covariance_type is None:
            on_sds = bool(set(self._given) & set(_SDS)) or isinstance(
                components, NormalInverseGamma
            )
            covariance_type = "diag" if on_sds or self._is_simple else "full"
        if not isinstance(covariance_type, str) or covariance_type not in COVARIANCE_TYPES:
            rule = ", ".join(repr(name) for name in COVARIANCE_TYPES)
            raise ValueError(f"covariance_type: must be among {rule}, got {shown(covariance_type)}")
        self.covariance_type = covariance_type
        if n_dimensions is not None:
            self.n_dimensions = integer("n_dimensions", n_dimensions, 1, 2**20)
        else:
            self.n_dimensions = 1 if self._is_simple else self._stated_dimensions()
        self._check_structure()
        self._handle: native.Handle | None = None
        handle = self._create()
        if self.n_dimensions is not None and not self._is_scaled:
            self._handle = handle
        self._freeze(Mixture)

    # --------------------------------------------------------------------------------- Sizes

    @property
    def spread_name(self) -> str:
        """What a posterior calls the spread: ``"covariances"`` (full, tied) or ``"sd"``."""
        return self.shape.spread_name

    @property
    def n_spreads(self) -> int:
        """Number of standard deviations: K, K D where diagonal, those of one component if shared.

        0 where the spread is covariance matrices.
        """
        return 0 if self.shape.has_matrices else int(np.prod(self.shape.spread, dtype=int))

    @property
    def n_covariances(self) -> int:
        """Number of covariance matrices: K, 1 when tied; 0 where the spread is sds."""
        if not self.shape.has_matrices:
            return 0
        return 1 if self.covariance_type == "tied" else self.n_components

    @property
    def shape(self) -> Shape:
        """The numbers of components and dimensions, and the form of the covariances.

        Raises
        ------
        ValueError
            While the number of dimensions is not known; see `for_data`.
        """
        if self.n_dimensions is None:
            raise ValueError("n_dimensions: must be known (for_data takes it from data), got None")
        return self._shape(self.n_dimensions)

    # ---------------------------------------------------------------------------------- Data

    def for_data(self, data: ArrayLike, sample_weight: ArrayLike | None = None) -> Mixture:
        """Return the model for data: its dimensions known, its priors scaled where none was given.

        Parameters
        ----------
        data : array_like, shape (N,) or (N, D)
            Observations, finite; at least 2 where a prior is scaled.
        sample_weight : array_like, shape (N,), optional
            How often each observation counts, as in `sample`; a prior is scaled to data in which it
            is repeated so often. Their sum is at least 2.

        Returns
        -------
        Mixture
            What `sample` uses, and its posterior holds, with the priors that were chosen as its
            arguments; this model itself where nothing was open.

        Raises
        ------
        ValueError
            For another number of columns than the model has, NaN or infinite data.
        DegenerateError
            For priors scaled to a constant column, or to columns that determine each other.
        """
        rows = data_rows("data", data, self.n_dimensions)
        return self._for_rows(rows, row_weights(sample_weight, rows.length))._stated()

    def _for_rows(self, rows: Rows, weights: NDArray[np.float64] | None = None) -> Mixture:
        if self._handle is not None:
            return self
        bound = object.__new__(Mixture)
        bound.__dict__.update(self.__dict__, n_dimensions=rows.dimensions)
        bound._check_structure()
        bound.__dict__["_handle"] = bound._create(rows, weights)
        return bound

    def _stated(self) -> Mixture:
        """Return the model with the priors that were scaled to data as its arguments."""
        if self._handle is None or not self._is_scaled:
            return self
        from gmmswift._known_model import stated_model

        return stated_model(self._handle)

    def _ready(self) -> native.Handle:
        """Return the handle of a model that needs no data any more."""
        if self._handle is None:
            raise ValueError(
                "model: must know its dimensions and priors (for_data takes them from data), "
                f"got {self!r}"
            )
        return self._handle

    # ------------------------------------------------------------------------------- Density

    def log_prior(
        self,
        weights: ArrayLike,
        means: ArrayLike,
        sd: ArrayLike | None = None,
        *,
        covariances: ArrayLike | None = None,
    ) -> float:
        """Return the log density of the prior.

        Parameters
        ----------
        weights : array_like, shape (K,)
            Weights, sum 1.
        means : array_like, shape (K,), or in D dimensions (K, D)
            Means.
        sd : float or array_like, shape (K,), or where diagonal (K, D)
            Standard deviations; without the axis of components when shared.
        covariances : array_like, shape (K, D, D), tied (D, D)
            Covariance matrices, in place of `sd` where the model has them.

        Returns
        -------
        float
            Sum of the log densities, each normalised without the constraints and taken in the
            variable it is stated for. Fixed unknowns add 0 when they equal the known values.
            -inf outside the support or the constraints.
        """
        handle = self._ready()
        spread = self.spread_name
        given = {
            name: value
            for name, value in (("sd", sd), ("covariances", covariances))
            if value is not None
        }
        if list(given) != [spread]:
            raise ValueError(
                f"{spread}: must be given, and {'sd' if spread != 'sd' else 'covariances'} not, "
                f"got {' and '.join(given) or 'neither'}"
            )
        values = {"weights": weights, "means": means, **given}
        arrays = []
        for name, wanted in self.shape.of_a_draw.items():
            array = np.ascontiguousarray(real_array(name, values[name]))
            size = int(np.prod(wanted, dtype=int))
            if len(wanted) < 2 and array.size != size:
                raise ValueError(f"{name}: must have {size} values, got {array.size}")
            if len(wanted) >= 2 and array.shape != wanted:
                raise ValueError(f"{name}: must have shape {wanted}, got {array.shape}")
            if name == "covariances":
                check_symmetric(name, array)
            arrays.append(array.reshape(-1))
        out = np.empty(1)
        native.call(native.lib.gmm_model_log_prior, handle, *arrays, out)
        return float(out[0])

    # -------------------------------------------------------------------------------- Values

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
        return partial(Mixture, **self._stated()._arguments()), ()

    def _arguments(self) -> dict[str, Any]:
        names = ["n_components", "weights", "means", "ordered", *self._given, "shared_sd"]
        if not self._is_simple:
            blocks = ["components"] if self.components else ["means", *self._given]
            names = ["n_components", "n_dimensions", "covariance_type", "weights", *blocks]
            names += ["ordered", "order_by"] if self.ordered else ["ordered"]
            names += ["shared_sd"] if self.shared_sd else []
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}

    # -------------------------------------------------------------------------------- Checks

    @property
    def _is_scaled(self) -> bool:
        return self.components is None and (self.means is None or not self._given)

    def _unknown(self) -> list[str]:
        """Return what a posterior calls the parameters that have a prior and no known values."""
        spread = getattr(self, self._given[0]) if self._given else None
        priors = {"weights": self.weights, "means": self.means, self.spread_name: spread}
        return [name for name, prior in priors.items() if not isinstance(prior, Fixed)]

    def _check_choice(self) -> None:
        """Refuse two priors for one block, and too few in the words of one dimension."""
        if self.components is not None and (self.means is not None or self._given):
            names = ["means"] * (self.means is not None) + self._given
            raise ValueError(
                "components: must be given without means and without a prior on the spread, "
                f"got also {' and '.join(names)}"
            )
        hint = " (or a covariance_type, for priors at the scale of the data)"
        if self._is_simple and self.means is None and len(self._given) == 1:
            raise TypeError(f"means: must be a prior or Fixed{hint}, got None")
        if len(self._given) > 1 or (self._is_simple and not self._given):
            raise ValueError(
                "sd: exactly one of sd, variance and precision must be given"
                f"{'' if self._given else hint}, got {' and '.join(self._given) or 'none'}"
            )

    def _check_kinds(self) -> None:
        """Refuse what is no prior, and priors that do not belong to their argument."""
        for argument in ("weights", "components", "means", *_SPREADS):
            prior = getattr(self, argument)
            if prior is None:
                continue
            if not isinstance(prior, Prior):
                raise TypeError(f"{argument}: must be a prior or Fixed, got {shown(prior)}")
            if argument not in prior.blocks:
                takes = " or ".join(
                    kind.__name__ for kind in Prior.__subclasses__() if argument in kind.blocks
                )
                raise ValueError(f"{argument}: must be {takes}, got {type(prior).__name__}")

    def _check_structure(self) -> None:
        """Refuse priors that do not belong to the form of the covariances."""
        if self.n_dimensions == 1:
            return
        takes_matrices = self.covariance_type in ("full", "tied")
        kind = repr(self.covariance_type)
        unless = "" if self.n_dimensions else "; n_dimensions=1 says that there is but one column"
        for name in self._given:
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
        if self.shared_sd and takes_matrices:
            raise ValueError(
                f"shared_sd: must be False for covariance_type {kind} ('tied' shares the "
                "covariance), got True"
            )

    # --------------------------------------------------------------------- The C interface

    def _shape(self, dimensions: int) -> Shape:
        return Shape(self.n_components, dimensions, self.covariance_type, self.shared_sd)

    def _parts(self) -> list[tuple[str, str, Prior | None]]:
        """Return block, argument and prior of weights, means and spread."""
        means: tuple[str, Prior | None] = ("means", self.means)
        spread: tuple[str, Prior | None] = ("sd", None)
        if self._given:
            spread = (self._given[0], getattr(self, self._given[0]))
        if self.components is not None:
            of_means, of_spread = self.components.parts()
            means, spread = ("components", of_means), ("components", of_spread)
        return [("weights", "weights", self.weights), ("means", *means), ("spread", *spread)]

    def _stated_dimensions(self) -> int | None:
        stated = []
        for block, argument, prior in self._parts()[1:]:
            is_matrix = argument == "covariance" or isinstance(prior, InverseWishart)
            if prior is None or (
                block == "spread" and self.covariance_type == "spherical" and not is_matrix
            ):
                continue
            stated.append(("covariance" if is_matrix else block, prior))
        return stated_dimensions(stated)

    def _create(
        self, rows: Rows | None = None, weights: NDArray[np.float64] | None = None
    ) -> native.Handle:
        """Make the model in the library, with its open priors scaled to data.

        Without data, stand-ins for what is open let the library check all the rest.
        """
        options = native.defaults(native.ModelOptions)
        dimensions = self.n_dimensions or 1
        shape = self._shape(dimensions)
        options.num_components = self.n_components
        options.num_dimensions = dimensions
        options.covariance = COVARIANCE_TYPES.index(self.covariance_type)
        options.ordered_means = self.ordered
        options.order_coordinate = self.order_by if self.n_dimensions or self.order_by < 0 else 0
        options.shared_spread = shape.is_shared
        options.minimum_weight = getattr(self.weights, "minimum", 0.0)
        blocks: list[PriorBlock] = []
        for block, argument, prior in self._parts():
            form = shape
            if prior is None and rows is None:
                prior = Normal(0, 1) if block == "means" else InverseGamma(1, 1)
                if block == "spread" and shape.has_matrices:  # D numbers instead of D x D
                    form = shape._replace(covariance_type="diag", shared_sd=shape.is_shared)
                    options.covariance = native.COVARIANCE_DIAG
            if prior is not None:
                blocks.append(prior_block(form, block, argument, prior))
                setattr(options, block, blocks[-1].struct)

        def names(at_fault: str) -> dict[str, str]:
            result = {HAS_COLUMNS: ""} if dimensions > 1 else {}
            for block in blocks:
                result |= block.names(at_fault)
            return result

        lib = native.lib
        if rows is None or not self._is_scaled:
            return native.create(lib.gmm_model_create, lib.gmm_model_destroy, options, names=names)
        return native.create(
            lib.gmm_model_create_for_data,
            lib.gmm_model_destroy,
            options,
            *rows,
            weights,
            names=names,
        )


def _has_columns(prior: object) -> bool:
    """Return whether a prior has a parameter with an axis of coordinates beside the components'."""
    return isinstance(prior, Prior) and any(
        np.ndim(getattr(prior, name)) >= 2 for name in prior.parameters
    )
