"""Maximum-likelihood fit by expectation-maximisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import (
    code,
    flag,
    int32,
    int64,
    real,
    seed,
    shown,
    thread_count,
)
from gmmswift._data import Data, as_data
from gmmswift._fits.known_mixture import KnownMixture
from gmmswift._fits.run import interruptible
from gmmswift._fits.starts import initial_values
from gmmswift._fits.views import components_html
from gmmswift._model.background import UniformBackground, background_values
from gmmswift._model.mixture import Mixture
from gmmswift._pickled import StateFormat
from gmmswift._shapes import FORMS, Shape, covariance_form, covariance_name, covariance_shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._progress import ProgressOption

__all__ = ["EMFit", "fit_em"]


STARTS = ("kmeans", "k-means++", "random", "random_from_data")  # by GMM_START_ code
CRITERIA = ("movement", "lower_bound")  # by GMM_CRITERION_ code
ORDERS = ("means", "start")  # by GMM_ORDER_ code


@dataclass(frozen=True, eq=False, repr=False)
class EMFit:
    """A maximum-likelihood fit.

    Components are in the order of the first coordinate of their means, unless ``order`` of
    `fit_em` asked for another.

    Attributes
    ----------
    n_components, n_dimensions : int
        K and D.
    covariance_type : str
        The form of the covariances: one of the six of `fit_em`.
    shared_sd : bool
        Whether all components share one covariance.
    weights : ndarray, shape (K,)
        Weights.
    means : ndarray, shape (K,) in one dimension, else (K, D)
        Means.
    sd : ndarray, float or None
        Standard deviations, in the shape of a `Posterior`: (K,) in one dimension and for
        "spherical", (K, D) for "diag". Shared sds have no axis of components, and a single sd is a
        float. None if covariances are matrices: "full" and "tied" in several dimensions.
    covariances : ndarray
        Shape (K, D, D), (D, D), (K, D), (K,), (D,) or (), by ``covariance_type``. Shared
        covariances have no axis of components.
    precisions_cholesky : ndarray
        The same shape: upper triangular U with precision U Uᵀ; 1 / sd for diagonal covariances.
    log_likelihood : float
        Log likelihood of all observations, each times its weight.
    log_prior : float
        Log prior density of the model at the estimate; 0 if the likelihood was maximised.
    lower_bound : float
        The mean log likelihood of an observation before the last iteration's M-step, plus the log
        prior over N if there is a prior.
    history : ndarray, shape (n_iterations,)
        That number for each iteration.
    bic, aic : float
        Bayesian and Akaike information criterion; smaller is better. Parameters that a model knows
        do not count.
    icl : float
        The integrated completed likelihood on the same scale: BIC + 2 ``entropy`` (Biernacki,
        Celeux, Govaert 2000). It prefers components that overlap little. NaN for a stepwise fit.
    entropy : float
        The entropy of the responsibilities, Σ -w[i] t[i, k] log t[i, k] over rows and components.
    n_parameters : int
        The number of free parameters: weights, with that of a background, means and covariances.
    converged : bool
        Whether the tolerance was met within the iterations allowed.
    n_iterations : int
        Number of iterations of the run that was kept.
    move : float
        The largest move of a parameter in the last iteration; see ``criterion`` of `fit_em`.
    n_at_floor : int
        Number of covariances that ended on the floor. The likelihood has no maximum there.
    background_weight : float
        The weight of the background, of which the components have the rest; 0 without one.
    log_background : float
        The log of its density, -log of its volume; 0 without one.
    background_lower, background_upper : ndarray, shape (D,), or None
        The bounds of its box; None without one, and where only its volume is known.
    collapsed : list of (int, int or None)
        Components that collapsed, each with the first coordinate whose variance, given those before
        it, was kept on the floor, or None if its weight vanished.
    stopped_early : bool
        Whether a time limit, Ctrl-C or an exception of a callback stopped the call before all
        starts had ended. The fit is then the best so far.
    """

    n_components: int
    n_dimensions: int
    covariance_type: str
    shared_sd: bool
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    sd: NDArray[np.float64] | float | None
    covariances: NDArray[np.float64]
    precisions_cholesky: NDArray[np.float64]
    log_likelihood: float
    log_prior: float
    lower_bound: float
    history: NDArray[np.float64]
    bic: float
    aic: float
    icl: float
    entropy: float
    n_parameters: int
    converged: bool
    n_iterations: int
    move: float
    n_at_floor: int
    collapsed: list[tuple[int, int | None]]
    stopped_early: bool = False
    background_weight: float = 0.0
    log_background: float = 0.0
    background_lower: NDArray[np.float64] | None = None
    background_upper: NDArray[np.float64] | None = None

    def __repr__(self) -> str:
        places = f" in {self.n_dimensions} dimensions" if self.n_dimensions > 1 else ""
        weight = self.background_weight
        beside = f" beside a background of weight {weight:.3g}" if weight else ""
        return (
            f"<gmmswift.EMFit: {self.n_components} component{'s' * (self.n_components != 1)} "
            f"({self.covariance_type} covariance){beside}{places}, log likelihood "
            f"{self.log_likelihood:.6g}, BIC {self.bic:.6g}, "
            f"{'' if self.converged else 'not '}converged after {self.n_iterations:,} "
            f"iteration{'s' * (self.n_iterations != 1)}"
            f"{f', {len(self.collapsed)} collapsed' if self.collapsed else ''}"
            f"{', stopped early' if self.stopped_early else ''}>"
        )

    def _repr_html_(self) -> str:
        shape = Shape(self.n_components, self.n_dimensions, self.covariance_type, self.shared_sd)
        title = repr(self).strip("<>").removeprefix("gmmswift.")
        return components_html(title, shape, self.weights, self.means, self.covariances)

    def __reduce__(self) -> tuple[Any, ...]:
        values = {name: getattr(self, name) for name in _FIELDS}
        return type(self)._restored, (_FORMAT.state_of(values),)

    @classmethod
    def _restored(cls, state: object) -> EMFit:
        """Return the fit of a pickled state."""
        return cls(**_FORMAT.values_of(state))

    def probabilities(self, x: ArrayLike, *, threads: int | None = None) -> NDArray[np.float64]:
        """Return P(component | x) at points, shape (M, K); see `KnownMixture.probabilities`."""
        return self.mixture.probabilities(x, threads=threads)

    def background_probabilities(
        self, x: ArrayLike, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return P(background | x), shape (M,); see `KnownMixture.background_probabilities`."""
        return self.mixture.background_probabilities(x, threads=threads)

    def log_density(self, x: ArrayLike, *, threads: int | None = None) -> NDArray[np.float64]:
        """Return the log density at points, shape (M,); see `KnownMixture.log_density`."""
        return self.mixture.log_density(x, threads=threads)

    def sample(
        self, n_points: int, *, random_seed: int | None = None, threads: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Draw points; return them and their components; see `KnownMixture.sample`."""
        return self.mixture.sample(n_points, random_seed=random_seed, threads=threads)

    @property
    def mixture(self) -> KnownMixture:
        """The fitted parameters as a mixture of their own."""
        return KnownMixture(
            self.weights,
            self.means,
            self.covariances,
            covariance_type=self.covariance_type,
            background_weight=self.background_weight,
            log_background=self.log_background,
            background_lower=self.background_lower,
            background_upper=self.background_upper,
        )


# Of pickles, which have all attributes; earlier ones lack the last.
_FIELDS = [field.name for field in fields(EMFit)]
_FORMAT = StateFormat(1, frozenset(_FIELDS[:-5]), frozenset(_FIELDS[-5:]))


def fit_em(
    data: ArrayLike | Data,
    n_components: int | Mixture,
    *,
    covariance_type: str | None = None,
    shared_sd: bool = False,
    init: str = "kmeans",
    n_init: int = 10,
    random_seed: int | None = None,
    max_iter: int | None = None,
    tol: float | None = None,
    criterion: str = "movement",
    variance_floor: float | None = None,
    regularization: float = 0.0,
    reg_covar: float | None = None,
    sample_weight: ArrayLike | None = None,
    initial: Mapping[str, ArrayLike] | None = None,
    order: str = "means",
    background: UniformBackground | None = None,
    threads: int | None = None,
    progress: ProgressOption = False,
    time_limit: float | None = None,
) -> EMFit:
    """Fit a mixture by maximum likelihood or posterior density, from several starts.

    Parameters
    ----------
    data : array_like, shape (N,) or (N, D), or Data
        Observations, finite, at least K of them, with a spread in every column.
    n_components : int or Mixture
        K, from 1 to 256; or a model, whose posterior density (`Mixture.log_prior` plus the log
        likelihood) is maximised within its constraints. Open priors are scaled to the data first,
        by "fraley-raftery" where the model has no other `Mixture.default_priors`. Weights need
        concentrations of at least 1, a minimum, or fixed values.
    covariance_type : str, optional
        The form of the covariances. "full": a matrix for each component; "tied": one matrix for
        all; "diag": diagonal matrices; "spherical": multiples of the unit matrix; "tied-diag",
        "tied-spherical": one of these for all. By default "full". In one dimension there is an sd
        for each component, or one for all where the name begins with "tied". With a model the form
        is the model's, and not to be given.
    shared_sd : bool, default False
        Whether all components share one covariance. It makes "tied" of "full", "tied-diag" of
        "diag" and "tied-spherical" of "spherical".
    init : {"kmeans", "k-means++", "random", "random_from_data"}, default "kmeans"
        The kind of start: k-means clusters, clusters about k-means++ seeds, random
        responsibilities, or means at random observations. Beside a background every other start of
        "kmeans" is of "random_from_data", because rows of the background make clusters.
    n_init : int, default 10
        Number of starts, >= 1.
    random_seed : int, optional
        From 0 to 2**64 - 1. By default fresh entropy.
    max_iter : int, optional
        Iterations of each start, >= 1. By default 10_000.
    tol : float, optional
        Tolerance of the criterion, >= 0. By default 1e-9.
    criterion : {"movement", "lower_bound"}, default "movement"
        With "movement", a run ends when an iteration moves no mean by more than ``tol`` sds, no sd
        by more than that fraction, and no weight by more than ``tol``. With "lower_bound", as in
        scikit-learn, it ends when the mean log likelihood of an observation changes by less than
        ``tol``.
    variance_floor : float, optional
        No variance of a coordinate, given those before it, falls below this fraction of the data's,
        > 0. By default 1e-12.
    regularization : float, default 0.0
        A constant that is added to every variance in each iteration, >= 0.
    reg_covar : float, optional
        scikit-learn's word for `regularization`.
    sample_weight : array_like, shape (N,), optional
        Finite, not negative, not all 0: 0 makes a row inert, an integer repeats it.
    initial : mapping, optional
        Any of ``"weights"``, ``"means"`` and either ``"covariances"`` or, where the fit has such,
        ``"sd"``, each shaped as in the fit: they take the place of what a start finds, and all
        three are the only start. Or ``"responsibilities"`` (N, K), of which the first M-step is
        taken.
    order : {"means", "start"}, default "means"
        The order of the components: by the first coordinate of their means, or that of the start,
        which is that of given means or responsibilities, or of what the start found. A model whose
        priors tell components apart keeps its order; means that a model orders are in their order.
    background : UniformBackground, optional
        A background beside the components. The likelihood is maximised over its weight too,
        whatever the prior, unless it is ``Fixed``. ``initial["responsibilities"]`` then has shape
        (N, K + 1), the background last. A model has a background of its own.
    threads : int, optional
        Number of threads. By default one for each processor.
    progress : bool or callable, default False
        True for a bar (tqdm where it is installed, else a line on standard error); or a callable
        that receives each `Progress`, on the calling thread. It counts starts.
    time_limit : float, optional
        Seconds. When they have passed, the call returns the best fit so far, with a
        `TimeLimitWarning`. By default, and for 0, there is no limit.

    Returns
    -------
    EMFit
        The fit.

    Raises
    ------
    ValueError
        For an argument out of range or of another shape, NaN or infinite data, fewer observations
        than components, or a model whose density has no maximum.
    TypeError
        For an argument of another type.
    DegenerateError
        For a column whose values are all equal, without a model or a regularization.
    KeyboardInterrupt
        On Ctrl-C, within a moment. Its attribute ``fit`` holds the best fit so far, or None if no
        start has made an iteration. The same holds for any exception raised by `progress` or by a
        signal handler.
    TimeoutError
        If the time limit has passed before a start has made an iteration.

    Notes
    -----
    A run that does not converge in ``max_iter`` iterations is not an error; see `EMFit.converged`.

    The best fit so far is that of the starts that have ended, and of the others with their
    parameters after the last whole iteration; see `EMFit.stopped_early`.

    Examples
    --------
    >>> import numpy as np
    >>> import gmmswift as gm
    >>> stream = np.random.default_rng(1)
    >>> data = np.concatenate([stream.normal(-5, 1, 100), stream.normal(5, 2, 300)])
    >>> fit = gm.fit_em(data, 2, random_seed=1)
    >>> fit.weights.round(2), fit.converged
    (array([0.25, 0.75]), True)
    """
    rows = as_data("data", data, sample_weight=sample_weight)
    options = native.defaults(native.EMOptions)
    if isinstance(n_components, Mixture):
        if covariance_type is not None or shared_sd:
            name = "shared_sd" if covariance_type is None else "covariance_type"
            given = shared_sd if covariance_type is None else covariance_type
            raise ValueError(f"{name}: must be left to the model, got {shown(given)}")
        model = _settled(n_components, rows, thread_count(threads))
        options.model = model._ready().address
        shape = model.shape
    else:
        options.num_components = int32("n_components", n_components)
        kind = "full" if covariance_type is None else covariance_type
        code("covariance_type", kind, FORMS)
        options.covariance, is_shared = covariance_form(kind)
        options.shared_spread = flag("shared_sd", shared_sd) or is_shared
        shape = Shape(options.num_components, rows.n_dimensions, kind, bool(options.shared_spread))
    options.start = code("init", init, STARTS)
    options.criterion = code("criterion", criterion, CRITERIA)
    options.order = code("order", order, ORDERS)
    options.num_starts = int32("n_init", n_init)
    options.seed = seed(random_seed)
    if reg_covar is not None:
        if regularization:
            raise ValueError(
                f"reg_covar: must be left out where regularization is given, got {shown(reg_covar)}"
            )
        regularization = real("reg_covar", reg_covar)
    options.regularization = real("regularization", regularization)
    if max_iter is not None:
        options.max_iterations = int64("max_iter", max_iter)
    if tol is not None:
        options.tolerance = real("tol", tol)
    if variance_floor is not None:
        options.variance_floor = real("variance_floor", variance_floor)
    beside = None
    if background is not None:
        if not isinstance(background, UniformBackground):
            raise TypeError(
                f"background: must be a UniformBackground, got {type(background).__name__}"
            )
        if isinstance(n_components, Mixture):
            raise ValueError(f"background: must be left to the model, got {shown(background)}")
        beside = background_values(background, rows.n_dimensions)
        options.background = native.address_of(beside[0])
    has_background = background is not None or (
        isinstance(n_components, Mixture) and n_components.background is not None
    )
    keep: dict[str, NDArray[np.float64]] = {}
    if initial is not None:
        keep = initial_values(initial, rows, shape, has_background=has_background)
    for name, values in keep.items():
        setattr(options, f"initial_{name}", native.address(values))
    try:
        return interruptible(
            native.lib.gmm_fit_em,
            native.lib.gmm_em_fit_destroy,
            fit_of,
            rows._handle,
            options,
            threads=threads,
            progress=progress,
            time_limit=time_limit,
        )
    finally:
        del keep, beside


def _settled(model: Mixture, rows: Data, threads: int) -> Mixture:
    """Return the model for data, of which it says the number of columns."""
    known = model.n_dimensions
    if known is not None and known != rows.n_dimensions:
        raise ValueError(f"data: must have {known} columns, as the model, got {rows.n_dimensions}")
    return model._for_data(rows, threads, "fraley-raftery")


def _bound_at(pointer: int | None, dimensions: int) -> NDArray[np.float64] | None:
    return native.doubles_at(pointer, dimensions) if pointer else None


def fit_of(handle: native.Handle) -> EMFit:
    """Copy a fit out of the library."""
    result = native.sized(native.EMResult)
    native.call(native.lib.gmm_em_fit_get_result, handle, result)
    size, dimensions = result.num_components, result.num_dimensions
    shared = bool(result.shared_spread)
    kind = covariance_name(result.covariance, shared)
    shape = Shape(size, dimensions, kind, shared)
    matrices = covariance_shape(size, dimensions, kind, shared)
    count = result.num_covariances
    sd = None
    if not shape.has_matrices:
        sds = native.doubles_at(result.sds, count).reshape(shape.spread)
        sd = sds if sds.ndim else float(sds)
    components = native.integers_at(result.collapsed_components, result.num_collapsed)
    coordinates = native.integers_at(result.collapsed_coordinates, result.num_collapsed)
    return EMFit(
        n_components=size,
        n_dimensions=dimensions,
        covariance_type=kind,
        shared_sd=shared,
        weights=native.doubles_at(result.weights, size),
        means=native.doubles_at(result.means, size * dimensions).reshape(shape.means),
        sd=sd,
        covariances=native.doubles_at(result.covariances, count).reshape(matrices),
        precisions_cholesky=native.doubles_at(result.precisions_cholesky, count).reshape(matrices),
        log_likelihood=result.log_likelihood,
        log_prior=result.log_prior,
        lower_bound=result.lower_bound,
        history=native.doubles_at(result.history, result.num_iterations),
        bic=result.bic,
        aic=result.aic,
        icl=result.icl,
        entropy=result.entropy,
        n_parameters=result.num_parameters,
        converged=bool(result.converged),
        n_iterations=result.num_iterations,
        move=result.move,
        n_at_floor=result.num_at_floor,
        background_weight=result.background_weight,
        log_background=result.log_background,
        background_lower=_bound_at(result.background_lower, dimensions),
        background_upper=_bound_at(result.background_upper, dimensions),
        collapsed=[
            (component, None if coordinate < 0 else coordinate)
            for component, coordinate in zip(components, coordinates, strict=True)
        ],
    )
