"""The model: a mixture with its priors and constraints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import (
    check_symmetric,
    flag,
    int32,
    integer,
    real_array,
    shown,
    thread_count,
)
from gmmswift._data import Data, as_data
from gmmswift._frozen import Frozen
from gmmswift._html import html_block, html_table, shortened
from gmmswift._model.background import UniformBackground
from gmmswift._model.counts import DirichletProcess, Unknown
from gmmswift._model.creation import create_model
from gmmswift._model.defaults import default_priors_code, default_priors_name
from gmmswift._model.given import SDS, GivenPriors, each_prior
from gmmswift._model.joint_priors import NormalInverseGamma
from gmmswift._model.prior import Fixed, Prior
from gmmswift._model.stated import stated_arguments
from gmmswift._model.weight_priors import Dirichlet
from gmmswift._pickled import StateFormat
from gmmswift._shapes import COVARIANCE_TYPES, FORMS, Shape, covariance_form

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Mixture"]

# The format of pickles, which hold the arguments of `Mixture`.
_FORMAT = StateFormat(
    1,
    required=frozenset({"n_components", "weights"}),
    optional=frozenset(
        {
            "n_dimensions",
            "covariance_type",
            "components",
            "means",
            "ordered",
            "order_by",
            "covariance",
            "sd",
            "variance",
            "precision",
            "shared_sd",
            "default_priors",
            "background",
        }
    ),
)


class Mixture(Frozen):
    """A Gaussian mixture with priors and constraints, in any number of dimensions.

    For observations x[i] and components k::

        x[i] | z[i] = k  ~  Normal(means[k], covariances[k]),     P(z[i] = k) = weights[k]

    The prior is the product of the named densities, restricted to parameters that satisfy the
    constraints.

    Parameters
    ----------
    n_components : int or Unknown or DirichletProcess
        K, from 1 to 256; or its prior, `Unknown`; or a `DirichletProcess`, which says the weights
        too. Then all components have the same priors, and K below is the largest number.
    n_dimensions : int, optional
        D, the number of columns of the data. By default what the shapes of the priors say, or the
        data when they are seen; 1 for a model in the words of one dimension: `means` and one of
        `sd`, `variance` and `precision`, of shapes () and (K,), and no `covariance_type`.
    covariance_type : {"full", "tied", "diag", "spherical"}, optional
        A covariance matrix for each component; one for all; an sd for each component and
        coordinate; an sd for each component. "tied-diag" and "tied-spherical" stand for the last
        two with `shared_sd`. By default "diag" where the spread's prior is on sds,
        variances or precisions, else "full". In one dimension all but "tied", which is the same as
        `shared_sd`, are the same.
    weights : Dirichlet, DynamicDirichlet or Fixed, default ``Dirichlet(1.0)``
        Prior on the weights, with an optional minimum weight; or the known weights.
    components : NormalInverseWishart or NormalInverseGamma, optional
        Conjugate prior on means and spread, in place of the next arguments: the first for full and
        tied covariances, the second for diagonal and spherical ones.
    means : Normal, NormalKappa, Uniform or Fixed, or a sequence of them, optional
        Prior on the means; or the known means; or for each component a prior of its own, whose
        parameters have no axis of components: ``[Fixed(0.0), Normal(3, sd=1)]``.
    ordered : bool, default False
        Whether ``means[0] <= means[1] <= ...``, a hard constraint, in coordinate `order_by`. If the
        number of components is unknown, it numbers the clusters of each draw, and after them the
        components without rows.
    order_by : int, default 0
        The coordinate of the order, from 0 to D - 1.
    covariance : InverseWishart or Fixed, or a sequence of them, optional
        Prior on full or tied covariance matrices; or the known ones; or for each component a prior
        of its own. At most one of `covariance`, `sd`, `variance` and `precision` is given.
    sd : Uniform, HalfCauchy, HalfNormal, HalfStudentT, LogNormal or Fixed, or a sequence, optional
        Prior on the standard deviation, of diagonal or spherical covariances. In a sequence, a
        prior for each component, InverseGamma is one on the variance and Gamma one on the
        precision.
    variance : InverseGamma or Fixed, or a sequence of them, optional
        Prior on the variance.
    precision : Gamma or Fixed, or a sequence of them, optional
        Prior on the precision, 1 / variance.
    shared_sd : bool, default False
        Whether all components share their sds.
    default_priors : {"fraley-raftery", "malsiner-walli"}, optional
        The rule by which data choose the priors that are not given, see the notes. By default
        "malsiner-walli" for draws in several dimensions or of an unknown number of components, and
        "fraley-raftery" in one dimension and for fits (`fit_em`). The attribute is the rule that
        was asked for, or the one by which data have chosen priors, as in `Posterior.model`. It is
        None where all priors are the caller's, and before data have chosen where no rule was asked
        for.
    background : UniformBackground, optional
        A background beside the components, for rows that belong to none of them.

    Raises
    ------
    ValueError
        For a parameter out of range or of another shape, a prior that does not belong to its
        argument, or constraints that contradict each other.

    Notes
    -----
    Parameters without a prior get one when `sample` or `for_data` sees the data. The rule
    "fraley-raftery" chooses weakly informative ones at the scale of the data (after Fraley, Raftery
    2007, Journal of Classification 24). Variances have the distribution that they have within a
    covariance matrix. With m the means of the columns and S their covariance matrix (divisor
    N - 1)::

        means[k]         ~  Normal(m, covariances[k] / 0.01)
        covariances[k]   ~  InverseWishart(D + 2, S / K**(2 / D))                  full, tied
        variances[k, d]  ~  InverseGamma(3 / 2, S[d, d] / K**(2 / D) / 2)          diag
        variances[k]     ~  the same with trace(S) / D for S[d, d]                 spherical

    The rule "malsiner-walli" chooses hierarchical ones, whose scale is learned, and which do not
    depend on K (after Malsiner-Walli, Fruehwirth-Schnatter, Gruen 2016, Statistics and Computing
    26). In several dimensions its posteriors keep groups apart that "fraley-raftery" joins; see
    docs/COMPONENTS.md. The scale has a bound, not in the paper, at a typical sd of a hundredth of
    the range, which keeps the posterior proper where values are equal. With m the medians of the
    columns and R their ranges::

        means[k]         ~  Normal(m, sd=R)
        covariances[k]   ~  InverseWishart(D + 4, W)                               full, tied
        W                ~  Wishart(D + 1, (D + 4) / (100 (D + 1)) diag(R**2),
                                    lower=(D + 4) / 10_000 u R**2)
        u[d]             =  1 / inv(C + 1e-6 I)[d, d],  C the correlations of the columns
        variances[k, d]  ~  InverseGamma(5 / 2, b[d])                              diag
        b[d]             ~  Gamma(1, 40 / R[d]**2, lower=R[d]**2 / 4000)
        variances[k]     ~  the same with the mean of R**2                         spherical

    Beside a background both rules look at the rows without a share of them, the mean of the prior
    of its weight: those that lie farthest from the medians of the columns, in units of their median
    absolute deviations.

    A parameter of a prior may have a prior itself; one number, or one for each coordinate, is then
    shared by all components and drawn with everything else: the concentration of `Dirichlet` and
    `DynamicDirichlet` (`Gamma` or `F`), the mean of `Normal` (`Normal`) and its sd (`HalfNormal`
    and other priors of sds), the rate of `Gamma` and the scale of `InverseGamma` (`Gamma`), and the
    scale of `InverseWishart` (`Wishart`). Draws have ``concentration``, ``center``, ``means_sd``,
    ``rate`` and ``scale``.

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

    n_components: int | Unknown | DirichletProcess
    n_dimensions: int | None
    covariance_type: str
    weights: Prior
    components: Prior | None
    means: Prior | tuple[Prior, ...] | None
    ordered: bool
    order_by: int
    covariance: Prior | tuple[Prior, ...] | None
    sd: Prior | tuple[Prior, ...] | None
    variance: Prior | tuple[Prior, ...] | None
    precision: Prior | tuple[Prior, ...] | None
    shared_sd: bool
    default_priors: str | None
    background: UniformBackground | None

    def __init__(
        self,
        n_components: int | Unknown | DirichletProcess,
        *,
        n_dimensions: int | None = None,
        covariance_type: str | None = None,
        weights: Prior | None = None,
        components: Prior | None = None,
        means: Prior | Sequence[Prior] | None = None,
        ordered: bool = False,
        order_by: int = 0,
        covariance: Prior | Sequence[Prior] | None = None,
        sd: Prior | Sequence[Prior] | None = None,
        variance: Prior | Sequence[Prior] | None = None,
        precision: Prior | Sequence[Prior] | None = None,
        shared_sd: bool = False,
        default_priors: str | None = None,
        background: UniformBackground | None = None,
    ) -> None:
        if background is not None and not isinstance(background, UniformBackground):
            kind = type(background).__name__
            raise TypeError(f"background: must be a UniformBackground, got {kind}")
        self.background = background
        self._unknown_count: Unknown | DirichletProcess | None = None
        if isinstance(n_components, (Unknown, DirichletProcess)):
            self._unknown_count = n_components
            self.n_components, self._most = n_components, n_components.most
        else:
            self.n_components = self._most = int32("n_components", n_components)
        if isinstance(n_components, DirichletProcess):
            if weights is not None and weights != n_components.weights:
                raise ValueError(
                    f"weights: must be those of the Dirichlet process, got {shown(weights)}"
                )
            weights = n_components.weights
        self.weights = Dirichlet() if weights is None else weights
        self.components, self.means = components, each_prior(means)
        self.covariance = each_prior(covariance)
        self.ordered = flag("ordered", ordered)
        self.order_by = int32("order_by", order_by)
        self.sd, self.variance = each_prior(sd), each_prior(variance)
        self.precision = each_prior(precision)
        self.shared_sd = flag("shared_sd", shared_sd)
        self._default_priors_code = default_priors_code(default_priors)
        self._priors = priors = GivenPriors(
            self.weights,
            self.components,
            self.means,
            self.covariance,
            self.sd,
            self.variance,
            self.precision,
        )
        self._is_simple = (
            n_dimensions is None
            and covariance_type is None
            and components is None
            and covariance is None
            and (means is not None or bool(priors.spread_names))
            and not priors.has_columns
        )
        priors.check_kinds()
        priors.check_choice(self._is_simple)
        if covariance_type is None:
            on_sds = bool(set(priors.spread_names) & set(SDS)) or isinstance(
                components, NormalInverseGamma
            )
            covariance_type = "diag" if on_sds or self._is_simple else "full"
        if not isinstance(covariance_type, str) or covariance_type not in FORMS:
            rule = ", ".join(repr(name) for name in FORMS)
            raise ValueError(f"covariance_type: must be among {rule}, got {shown(covariance_type)}")
        place, is_shared = covariance_form(covariance_type)
        covariance_type = COVARIANCE_TYPES[place]
        self.covariance_type = covariance_type
        self.shared_sd = self.shared_sd or is_shared
        if n_dimensions is not None:
            self.n_dimensions = integer("n_dimensions", n_dimensions, 1, 2**20)
        else:
            self.n_dimensions = 1 if self._is_simple else priors.stated_dimensions(covariance_type)
            if self.n_dimensions is None and background is not None:
                self.n_dimensions = background.stated_dimensions
        self._check_form()
        self._handle: native.Handle | None = None
        handle = self._create()
        self.default_priors = default_priors_name(native.lib.gmm_model_default_priors(handle))
        if self.n_dimensions is not None and not self._is_open:
            self._handle = handle
        self._freeze(Mixture)

    # --------------------------------------------------------------------------------- Sizes

    @property
    def spread_name(self) -> str:
        """The name of the spread in posteriors: ``"covariances"`` (full, tied) or ``"sd"``."""
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
        return 1 if self.covariance_type == "tied" else self._most

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

    def for_data(
        self,
        data: ArrayLike | Data,
        sample_weight: ArrayLike | None = None,
        *,
        threads: int | None = None,
    ) -> Mixture:
        """Return the model for data, with its dimensions and with scaled priors for open ones.

        Parameters
        ----------
        data : array_like, shape (N,) or (N, D), or Data
            Observations, finite; at least 2 where a prior is scaled.
        sample_weight : array_like, shape (N,), optional
            How often each observation counts, as in `sample`; a prior is scaled to data in which it
            is repeated so often. Their sum is at least 2.
        threads : int, optional
            Number of threads. By default one for each processor.

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
        rows = as_data("data", data, self.n_dimensions, sample_weight)
        return self._for_data(rows, thread_count(threads))._stated()

    def _for_data(self, data: Data, threads: int, rule: str | None = None) -> Mixture:
        """Return the model for data, by a rule where the caller has asked for none."""
        if self._handle is not None:
            return self
        bound = object.__new__(Mixture)
        bound.__dict__.update(self.__dict__, n_dimensions=data.n_dimensions)
        if self._default_priors_code == 0:
            bound.__dict__["_default_priors_code"] = default_priors_code(rule)
        bound._check_form()
        bound.__dict__["_handle"] = handle = bound._create(data, threads)
        bound.__dict__["default_priors"] = default_priors_name(
            native.lib.gmm_model_default_priors(handle)
        )
        return bound

    @property
    def _is_open(self) -> bool:
        """Whether a prior, or the volume of the background, is left to data."""
        waits = self.background is not None and self.background.waits_for_data
        return self._priors.is_scaled or waits

    def _stated(self) -> Mixture:
        """Return the model with the priors that were scaled to data as its arguments."""
        if self._handle is None or not self._is_open:
            return self
        return Mixture(**stated_arguments(self._handle))

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
            The sum of the log densities, each normalised without the constraints and taken in the
            variable that the prior is stated for. Known values add 0, and -inf if a parameter
            differs from them. The result is -inf outside the support or the constraints.
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

    def _repr_html_(self) -> str:
        rows = [(name, [shortened(repr(value))]) for name, value in self._arguments().items()]
        return html_block("Mixture", [], html_table(["argument"], rows))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mixture):
            return NotImplemented
        return self._arguments() == other._arguments()

    def __hash__(self) -> int:
        return hash(tuple(self._arguments().items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Mixture._restored, (_FORMAT.state_of(self._stated()._arguments()),)

    @classmethod
    def _restored(cls, state: object) -> Mixture:
        """Return the model of a pickled state."""
        return cls(**_FORMAT.values_of(state))

    def _arguments(self) -> dict[str, Any]:
        spread = self._priors.spread_names
        names = ["n_components", "weights", "means", "ordered", *spread, "shared_sd"]
        if not self._is_simple:
            blocks = ["components"] if self.components else ["means", *spread]
            names = ["n_components", "n_dimensions", "covariance_type", "weights", *blocks]
            names += ["ordered", "order_by"] if self.ordered else ["ordered"]
            names += ["shared_sd"] if self.shared_sd else []
        names += ["default_priors", "background"]
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}

    # ------------------------------------------------------------------------------- Library

    def _shape(self, dimensions: int) -> Shape:
        return Shape(self._most, dimensions, self.covariance_type, self.shared_sd)

    def _check_form(self) -> None:
        self._priors.check_form(self.covariance_type, self.n_dimensions, self.shared_sd)

    def _create(self, data: Data | None = None, threads: int = 0) -> native.Handle:
        """Make the model in the library; see `create_model`."""
        is_known = self.n_dimensions is not None
        return create_model(
            self._priors,
            self._shape(self.n_dimensions or 1),
            ordered=self.ordered,
            order_by=self.order_by if is_known or self.order_by < 0 else 0,
            default_priors=self._default_priors_code,
            unknown=self._unknown_count,
            background=self.background,
            data=data,
            threads=threads,
        )

    @property
    def _hyperparameters(self) -> list[str]:
        """What a posterior calls the numbers of draws that all components share.

        They are the parameters of priors that have priors themselves, and the weight of a
        background, which may be known.
        """
        names = self._stated()._priors.hyperparameters
        return names if self.background is None else [*names, "background_weight"]

    def _unknown(self) -> list[str]:
        """Return what a posterior calls the parameters that have a prior and no known values."""
        names = self._priors.unknown(self.spread_name)
        if self.background is None or isinstance(self.background.weight, Fixed):
            return names
        return [*names, "background_weight"]
