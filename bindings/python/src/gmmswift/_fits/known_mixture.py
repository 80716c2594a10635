"""Mixtures with known parameters: probabilities, densities and points, without a fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import (
    array,
    check_symmetric,
    code,
    int64,
    real,
    real_array,
    seed,
    shown,
    thread_count,
)
from gmmswift._data import Data, as_data
from gmmswift._fits.views import components_html
from gmmswift._frozen import Frozen
from gmmswift._pickled import StateFormat
from gmmswift._shapes import FORMS, Shape, covariance_form, covariance_shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["KnownMixture"]

_PARAMETERS = ("weights", "means", "covariances")

# The format of pickles, which hold the arguments of `KnownMixture`.
_BACKGROUND = ("background_weight", "log_background", "background_lower", "background_upper")
_FORMAT = StateFormat(1, frozenset({*_PARAMETERS, "covariance_type"}), frozenset(_BACKGROUND))


class KnownMixture(Frozen):
    """A Gaussian mixture with known parameters, immutable.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Not negative, sum 1.
    means : array_like, shape (K, D), or (K,) in one dimension
        Finite.
    covariances : array_like
        Positive definite: shape (K, D, D), (D, D), (K, D) or (K,), by ``covariance_type``; (D,) and
        () for the last two.
    covariance_type : str, default "full"
        The form of the covariances: "full", "tied", "diag", "spherical", "tied-diag" or
        "tied-spherical", as in `fit_em`.
    background_weight : float, default 0.0
        The weight of a background (`UniformBackground`), from 0 to 1, of which the components have
        the rest.
    log_background : float, default 0.0
        The log of its density: -log of its volume. Ignored where bounds are given.
    background_lower, background_upper : float or array_like, shape (D,), optional
        The bounds of its box, which points that lack values or lie in intervals need, and `sample`.

    Attributes
    ----------
    n_components, n_dimensions : int
        K and D.
    covariance_type : str
        As given.
    weights, means, covariances : ndarray
        Read-only copies, in the shapes above; means have shape (K,) in one dimension.
    background_weight, log_background : float
        As given.
    background_lower, background_upper : ndarray, shape (D,), or None
        Read-only copies.

    Raises
    ------
    ValueError
        For parameters out of range. The message names a covariance that is not positive definite,
        with the pivot.

    Examples
    --------
    >>> import gmmswift as gm
    >>> mixture = gm.KnownMixture([0.5, 0.5], [-1, 1], [0.25, 0.25], covariance_type="diag")
    >>> mixture.probabilities([-2.0, 0.0]).round(3)
    array([[1. , 0. ],
           [0.5, 0.5]])
    """

    __slots__ = (
        "_frozen_by",
        "background_lower",
        "background_upper",
        "background_weight",
        "covariance_type",
        "covariances",
        "log_background",
        "means",
        "n_components",
        "n_dimensions",
        "weights",
    )

    n_components: int
    n_dimensions: int
    covariance_type: str
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    background_weight: float
    log_background: float
    background_lower: NDArray[np.float64] | None
    background_upper: NDArray[np.float64] | None

    def __init__(
        self,
        weights: ArrayLike,
        means: ArrayLike,
        covariances: ArrayLike,
        *,
        covariance_type: str = "full",
        background_weight: float = 0.0,
        log_background: float = 0.0,
        background_lower: ArrayLike | None = None,
        background_upper: ArrayLike | None = None,
    ) -> None:
        self.background_weight = real("background_weight", background_weight)
        self.log_background = real("log_background", log_background)
        code("covariance_type", covariance_type, FORMS)
        size = np.size(weights)
        if size < 1:
            raise ValueError("weights: must have at least 1 value, got 0 values")
        dimensions = max(1, np.size(means) // size)
        self.n_components, self.n_dimensions = size, dimensions
        self.covariance_type = covariance_type
        self.weights = array("weights", weights, (size,)).copy()
        values = array("means", means, (size, dimensions)).copy()
        self.means = values if dimensions > 1 else values[:, 0]
        shape = covariance_shape(size, dimensions, covariance_type)
        self.covariances = array("covariances", covariances, shape).copy().reshape(shape)
        if covariance_type in ("full", "tied"):
            check_symmetric("covariances", self.covariances)
        self.background_lower = _bound("background_lower", background_lower, dimensions)
        self.background_upper = _bound("background_upper", background_upper, dimensions)
        for name in _PARAMETERS:
            getattr(self, name).flags.writeable = False
        self._freeze(KnownMixture)
        # The library checks a mixture before it looks at the points, which are empty here.
        self.log_density(np.empty((0, dimensions)))

    def __reduce__(self) -> tuple[Any, ...]:
        names = (*_PARAMETERS, "covariance_type", *(_BACKGROUND if self.background_weight else ()))
        values = {name: getattr(self, name) for name in names}
        return KnownMixture._restored, (_FORMAT.state_of(values),)

    @classmethod
    def _restored(cls, state: object) -> KnownMixture:
        """Return the mixture of a pickled state."""
        return cls(**_FORMAT.values_of(state))

    def __repr__(self) -> str:
        weight = self.background_weight
        beside = f", background_weight={weight:.4g}" if weight else ""
        return (
            f"KnownMixture(n_components={self.n_components}, n_dimensions={self.n_dimensions}, "
            f"covariance_type={self.covariance_type!r}{beside})"
        )

    def _repr_html_(self) -> str:
        shape = Shape(self.n_components, self.n_dimensions, self.covariance_type, False)
        return components_html(repr(self), shape, self.weights, self.means, self.covariances)

    def probabilities(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return P(component | x) at points: the responsibilities.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M, K)
            Rows sum to 1, less the probability of a background.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty((rows.n_observations, self.n_components))
        self._evaluate(native.lib.gmm_mixture_probabilities, rows, out, threads)
        return out

    def background_probabilities(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return P(background | x) at points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M,)
            0 without a background.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty(rows.n_observations)
        self._evaluate(native.lib.gmm_mixture_background, rows, out, threads)
        return out

    def log_probabilities(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return log P(component | x) at points, finite where the probability underflows.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M, K)
            -inf for components of weight 0.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty((rows.n_observations, self.n_components))
        self._evaluate(native.lib.gmm_mixture_log_probabilities, rows, out, threads)
        return out

    def impute_mean(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return points with expectations in the place of missing values.

        Parameters
        ----------
        x : array_like or Data, shape (M, D)
            Points, a `Data` with missing values.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M, D)
            The expectation of each missing value given the others of its point.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty((rows.n_observations, self.n_dimensions))
        self._evaluate(native.lib.gmm_mixture_impute_mean, rows, out, threads)
        return out

    def true_values_mean(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return the expectations of the true values of points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D)
            Points, a `Data` with their errors of measurement.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M, D)
            The expectation of each value given what is known of its point.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty((rows.n_observations, self.n_dimensions))
        self._evaluate(native.lib.gmm_mixture_true_values_mean, rows, out, threads)
        return out

    def entropy(self, x: ArrayLike | Data, *, threads: int | None = None) -> NDArray[np.float64]:
        """Return the entropy of the responsibilities at points, how unsure their components are.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M,)
            -Σ t[k] log t[k]: 0 where the component is certain, log K where all are equally
            probable.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty(rows.n_observations)
        self._evaluate(native.lib.gmm_mixture_entropy, rows, out, threads)
        return out

    def log_density(
        self, x: ArrayLike | Data, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Return the log density of the mixture at points.

        Parameters
        ----------
        x : array_like or Data, shape (M, D), or in one dimension (M,) or (M, 1)
            Points. NaN is refused unless it is missing in a `Data`.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        ndarray, shape (M,)
            Log densities.
        """
        rows = as_data("x", x, self.n_dimensions)
        out = np.empty(rows.n_observations)
        self._evaluate(native.lib.gmm_mixture_log_density, rows, out, threads)
        return out

    def sample(
        self, n_points: int, *, random_seed: int | None = None, threads: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Draw independent points.

        Parameters
        ----------
        n_points : int
            Number of points, >= 0. A larger number has the same first points.
        random_seed : int, optional
            From 0 to 2**64 - 1. By default fresh entropy.
        threads : int, optional
            Number of threads. By default one for each processor; the points are the same for any.

        Returns
        -------
        points : ndarray, shape (n_points, D), in one dimension (n_points,)
            The points.
        components : ndarray, shape (n_points,), int32
            Their components, and K for a background.

        Raises
        ------
        NotImplementedError
            For a background without bounds.
        """
        count = int64("n_points", n_points)
        # The library checks sizes before numpy does, because errors of numpy name no argument.
        if count < 0:
            raise ValueError(f"n_points: must be at least 0, got {count}")
        points = np.empty((count, self.n_dimensions))
        components = np.empty(count, np.int32)
        mixture, keep = mixture_values(self)
        self._add_background(mixture)
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_mixture_sample,
                mixture,
                count,
                seed(random_seed),
                run.control,
                points,
                points.size,
                components,
                components.size,
            )
        del keep
        return points if self.n_dimensions > 1 else points[:, 0], components

    def _add_background(self, mixture: native.MixtureValues) -> None:
        mixture.background_weight = self.background_weight
        mixture.log_background = self.log_background
        mixture.background_lower = native.address(self.background_lower)
        mixture.background_upper = native.address(self.background_upper)

    def _evaluate(
        self,
        function: Callable[..., int],
        rows: Data,
        out: NDArray[np.float64],
        threads: int | None,
    ) -> None:
        mixture, keep = mixture_values(self)
        self._add_background(mixture)
        with native.Run(thread_count(threads)) as run:
            native.call(function, mixture, rows._handle, run.control, out, out.size)
        del keep


def _bound(name: str, value: ArrayLike | None, dimensions: int) -> NDArray[np.float64] | None:
    """Return a read-only bound of a box for each dimension."""
    if value is None:
        return None
    given = real_array(name, value)
    if given.size not in (1, dimensions):
        rule = f"1 or {dimensions} values" if dimensions > 1 else "1 value"
        raise ValueError(f"{name}: must have {rule}, got {given.size}")
    bound = np.broadcast_to(given.reshape(-1), (dimensions,)).copy()
    bound.flags.writeable = False
    return bound


def mixture_values(parameters: Any) -> tuple[native.MixtureValues, list[object]]:
    """Return the struct of parameters without a background, and the arrays that it points at.

    Parameters are a `KnownMixture`, an object with a ``mixture``, such as a fit, or a mapping with
    ``"weights"``, ``"means"``, ``"covariances"`` and, unless "full", ``"covariance_type"``.
    """
    parameters = getattr(parameters, "mixture", parameters)
    if isinstance(parameters, KnownMixture):
        names = (*_PARAMETERS, "covariance_type")
        parameters = {name: getattr(parameters, name) for name in names}
    is_mapping = isinstance(parameters, Mapping)
    if not is_mapping or not set(_PARAMETERS) <= set(parameters):
        raise (ValueError if is_mapping else TypeError)(
            "parameters: must be a fit or have weights, means and covariances, "
            f"got {shown(parameters)}"
        )
    for name in parameters:
        if name not in (*_PARAMETERS, "covariance_type"):
            rule = f"must have keys {', '.join(_PARAMETERS)} and covariance_type"
            raise ValueError(f"parameters: {rule}, got {shown(name)}")
    kind = parameters.get("covariance_type", "full")
    mixture = native.defaults(native.MixtureValues)
    code("covariance_type", str(kind), FORMS)
    mixture.covariance, mixture.shared_spread = covariance_form(str(kind))
    size = np.size(parameters["weights"])
    dimensions = np.size(parameters["means"]) // max(size, 1)
    mixture.num_components, mixture.num_dimensions = size, dimensions
    shapes = {
        "weights": (size,),
        "means": (size, dimensions),
        "covariances": covariance_shape(size, dimensions, str(kind)),
    }
    keep: list[object] = []
    for name, shape in shapes.items():
        label = f"parameters[{name!r}]"
        values = array(label, parameters[name], shape)
        if name == "covariances" and kind in ("full", "tied"):
            check_symmetric(label, values)
        setattr(mixture, name, native.address(values))
        keep.append(values)
    return mixture, keep
