"""The base of the estimators: the runs of a fit, and predictions."""

from __future__ import annotations

import time
import warnings
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from gmmswift._arguments import refuse_masked, shown
from gmmswift._data import Data, as_data
from gmmswift._fits.known_mixture import KnownMixture
from gmmswift._shapes import COVARIANCE_TYPES, covariance_shape
from gmmswift.estimators._checks import (
    check_choice,
    check_count,
    check_finite,
    check_number,
    check_sample_weight,
)
from gmmswift.estimators._gaussians import precisions_of
from gmmswift.estimators._posterior import sample_from
from gmmswift.estimators._rollback import unchanged_on_failure
from gmmswift.estimators._shares import Shares
from gmmswift.estimators._starts import STARTS
from gmmswift.estimators._stored import StoredEstimator

if TYPE_CHECKING:
    from typing import TypeVar

    from numpy.typing import ArrayLike, NDArray

    from gmmswift._draws.posterior import Posterior

    Self = TypeVar("Self", bound="MixtureEstimator")

# Fitted parameters, by the names of the attributes that show them.
Parameters = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """One run from one start.

    Attributes
    ----------
    parameters : dict
        Attributes of the estimator and their values.
    lower_bounds : list of float
        The lower bound of each iteration.
    converged : bool
        Whether the tolerance was met.
    collapsed : list of (int, int or None)
        As `gmmswift.EMFit.collapsed`.
    """

    parameters: Parameters
    lower_bounds: list[float]
    converged: bool
    collapsed: list[tuple[int, int | None]]


class MixtureEstimator(StoredEstimator, DensityMixin, BaseEstimator):  # type: ignore[misc]
    """A mixture of Gaussians that is fitted by iterations from several starts."""

    lower_bound_: float
    lower_bounds_: list[float]
    n_iter_: int
    converged_: bool

    # ------------------------------------------------------------------- What subclasses say

    @abstractmethod
    def _check(self, x: NDArray[np.float64], sample_weight: NDArray[np.float64] | None) -> None:
        """Check the subclass's own parameters; settle those that depend on the data."""

    @abstractmethod
    def _start(
        self,
        x: NDArray[np.float64],
        sample_weight: NDArray[np.float64] | None,
        random_state: np.random.RandomState,
    ) -> Parameters:
        """Return parameters to start from."""

    @abstractmethod
    def _run(self, data: Data, start: Parameters, lower_bound: float) -> Trial:
        """Run from a start; the first iteration is compared with ``lower_bound``."""

    def _at_start(self, data: Data, start: Parameters) -> Trial:
        """Return the run without iterations."""
        return Trial(start, [], False, [])

    @abstractmethod
    def _parameters(self) -> Parameters:
        """Return the fitted parameters, as a start."""

    @abstractmethod
    def _log_shares(self) -> NDArray[np.float64]:
        """Return the terms that are added to log densities to compare components, (K,)."""

    # ------------------------------------------------------------------------------- Fitting

    def fit(
        self: Self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fit from ``n_init`` starts and keep the best.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Observations, finite; N >= max(2, K).
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array_like, shape (N,), optional
            Finite, not negative, not all 0: 0 makes a row inert, an integer repeats it.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        ValueError
            For parameters out of range, NaN or infinite data (with row and column), fewer
            observations than components, and covariances that cannot be made positive definite. The
            estimator is then unchanged.
        """
        self._fit(X, sample_weight)
        return self

    def fit_predict(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
    ) -> NDArray[np.int64]:
        """Fit, and return the component of each observation, as `fit` and `predict` would."""
        return self._labels(self._fit(X, sample_weight))

    @unchanged_on_failure
    def _fit(self, X: ArrayLike, sample_weight: ArrayLike | None) -> NDArray[np.float64]:
        """Fit; return the observations, validated."""
        x = self._validated(X, reset=True, least=2)
        given = check_sample_weight(sample_weight, len(x))
        used, weights = x, given
        if given is not None and not given.all():
            # Inert rows may not even be drawn as starts.
            used, weights = x[given > 0], given[given > 0]
        self._check_all(used, weights)
        is_warm = self.warm_start and hasattr(self, "converged_")
        if is_warm:
            self._check_size_of_fit()
            if x.shape[1] != self.means_.shape[1]:
                raise ValueError(
                    f"X has {x.shape[1]} features, but the fit that warm_start goes on from has "
                    f"{self.means_.shape[1]}"
                )
        data = as_data("X", used, sample_weight=weights)
        random_state = check_random_state(self.random_state)
        best: Trial | None = None
        for index in range(1 if is_warm else self.n_init):
            if self.verbose:
                print(f"Initialization {index}")
            began = time.perf_counter()
            start = self._parameters() if is_warm else self._start(used, weights, random_state)
            if self.max_iter == 0:
                best = self._at_start(data, start)
                continue
            trial = self._run(data, start, self.lower_bound_ if is_warm else -np.inf)
            self._report(trial, time.perf_counter() - began)
            if best is None or trial.lower_bounds[-1] > best.lower_bounds[-1]:
                best = trial
        assert best is not None
        self._adopt(best.parameters)
        self.converged_ = best.converged
        self.n_iter_ = len(best.lower_bounds)
        self.lower_bounds_ = best.lower_bounds
        self.lower_bound_ = best.lower_bounds[-1] if best.lower_bounds else -np.inf
        self._training = data
        self._warn(best)
        return x

    def _adopt(self, parameters: Parameters) -> None:
        """Set the fitted attributes."""
        for name, value in parameters.items():
            setattr(self, name, value)
        self.precisions_ = precisions_of(self.precisions_cholesky_, self.covariance_type)

    def _warn(self, trial: Trial) -> None:
        if trial.collapsed:
            names = ", ".join(str(component) for component, _ in trial.collapsed)
            warnings.warn(
                f"components collapsed ({names}): the likelihood has no maximum there. Use fewer "
                "components or a larger reg_covar.",
                ConvergenceWarning,
                stacklevel=4,
            )
        if not trial.converged and self.max_iter > 0:
            warnings.warn(
                f"the best of the runs did not converge in max_iter={self.max_iter} iterations. "
                "Try other starts, a larger max_iter or tol, or look for degenerate data.",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _report(self, trial: Trial, seconds: float) -> None:
        """Print what scikit-learn prints of a run, after it."""
        if not self.verbose:
            return
        bounds = trial.lower_bounds
        for i in range(self.verbose_interval, len(bounds) + 1, self.verbose_interval):
            change = bounds[i - 1] - (bounds[i - 2] if i > 1 else -np.inf)
            print(f"  Iteration {i}" + (f"\t ll change {change:.5f}" if self.verbose > 1 else ""))
        says = "converged" if trial.converged else "did not converge"
        more = f" time lapse {seconds:.5f}s\t lower bound {bounds[-1]:.5f}."
        print(f"Initialization {says}." + (more if self.verbose > 1 else ""))

    # --------------------------------------------------------------------------- Predictions

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the most probable component of each observation, shape (N,)."""
        return self._labels(self._seen(X))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each component for each observation, shape (N, K)."""
        x = self._seen(X)
        return self._shares().probabilities(x)

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log density of each observation, shape (N,)."""
        x = self._seen(X)
        return self._shares().log_totals(x)

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Return the mean log density of an observation."""
        return float(self.score_samples(X).mean())

    def sample(self, n_samples: int = 1) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Draw observations from the fitted mixture.

        Parameters
        ----------
        n_samples : int, default 1
            Number of draws, >= 1.

        Returns
        -------
        X : ndarray, shape (n_samples, D)
            The draws, component after component: scikit-learn's numbers for the same `random_state`
            and the same parameters. (`gmmswift.KnownMixture` has a generator of the library.)
        y : ndarray, shape (n_samples,)
            Their components.
        """
        check_is_fitted(self)
        self._check_form_of_fit()
        check_count("n_samples", n_samples, 1)
        random_state = check_random_state(self.random_state)
        counts = random_state.multinomial(n_samples, self.weights_)
        parts = []
        for k, count in enumerate(counts):
            mean = self.means_[k]
            if self.covariance_type in ("full", "tied"):
                matrix = self.covariances_
                matrix = matrix if matrix.ndim == 2 else matrix[k]
                parts.append(random_state.multivariate_normal(mean, matrix, count))
            else:
                deviates = random_state.standard_normal(size=(count, len(mean)))
                parts.append(mean + deviates * np.sqrt(self.covariances_[k]))
        return np.vstack(parts), np.repeat(np.arange(len(counts)), counts)

    def _check_size_of_fit(self) -> None:
        """Require the number of components and the form of covariances that the fit has."""
        size = len(self.weights_)
        if self.n_components != size:
            raise ValueError(
                f"n_components: must be that of the fit, {size}, got {shown(self.n_components)}"
            )
        self._check_form_of_fit()

    def _check_form_of_fit(self) -> None:
        shape, (size, dimensions) = self.covariances_.shape, self.means_.shape
        if shape != covariance_shape(size, dimensions, self.covariance_type):
            raise ValueError(
                f"covariance_type: must be that of the fit, with covariances of shape {shape}, "
                f"got {shown(self.covariance_type)}"
            )

    def _shares(self) -> Shares:
        self._check_form_of_fit()
        return Shares(self._log_shares(), self.means_, self.covariances_, self.covariance_type)

    def _labels(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        return self._shares().labels(x)

    # ----------------------------------------------------------------------- Bayes's posterior

    def _sample_posterior(
        self,
        priors: Mapping[str, Any],
        X: ArrayLike | None,
        options: dict[str, Any],
    ) -> Posterior:
        """Run the Gibbs sampler from the fitted parameters."""
        check_is_fitted(self)
        if X is None:
            if not hasattr(self, "_training"):
                raise ValueError(
                    "X: must be given where the estimator was unpickled, copied or fitted in "
                    "parts, got None"
                )
            if "sample_weight" in options:
                raise ValueError(
                    "sample_weight: must be given with X (the data of the fit have the weights "
                    f"of the fit), got {shown(options['sample_weight'])}"
                )
            data = self._training
        else:
            x = self._seen(X)
            weights = check_sample_weight(options.pop("sample_weight", None), len(x))
            data = as_data("X", x, sample_weight=weights)
        self._check_size_of_fit()
        start = KnownMixture(
            self.weights_, self.means_, self.covariances_, covariance_type=self.covariance_type
        )
        return sample_from(start, priors, data, options)

    # ---------------------------------------------------------------------------- Validation

    def _validated(self, data: ArrayLike, *, reset: bool, least: int = 1) -> NDArray[np.float64]:
        refuse_masked("X", data)
        # float32 becomes float64 before anything is computed, so no more digits are lost.
        x: NDArray[np.float64] = validate_data(
            self,
            data,
            dtype=np.float64,
            order="C",
            ensure_all_finite=False,
            ensure_min_samples=least,
            reset=reset,
        )
        check_finite(x)
        return x

    def _seen(self, data: ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self)
        return self._validated(data, reset=False)

    def _check_all(self, x: NDArray[np.float64], sample_weight: NDArray[np.float64] | None) -> None:
        check_count("n_components", self.n_components, 1)
        check_choice("covariance_type", self.covariance_type, COVARIANCE_TYPES)
        check_number("tol", self.tol)
        check_number("reg_covar", self.reg_covar)
        check_count("max_iter", self.max_iter, 0)
        check_count("n_init", self.n_init, 1)
        check_choice("init_params", self.init_params, STARTS)
        if not isinstance(self.verbose, (bool, np.bool_)):
            check_count("verbose", self.verbose, 0)
        check_count("verbose_interval", self.verbose_interval, 1)
        if not isinstance(self.warm_start, (bool, np.bool_)):
            raise ValueError(f"warm_start: must be True or False, got {shown(self.warm_start)}")
        if len(x) < self.n_components:
            raise ValueError(
                "Expected n_samples >= n_components but got n_components = "
                f"{self.n_components}, n_samples = {len(x)}"
                + ("" if sample_weight is None else " of positive weight")
            )
        self._check(x, sample_weight)
