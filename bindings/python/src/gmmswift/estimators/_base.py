"""The base of the estimators: the runs of a fit."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils import check_random_state

from gmmswift._arguments import shown
from gmmswift._data import Data, as_data
from gmmswift.estimators._checks import (
    check_choice,
    check_count,
    check_number,
    check_sample_weight,
)
from gmmswift.estimators._gaussians import precisions_of
from gmmswift.estimators._missing import rows_that_count
from gmmswift.estimators._parameters import Parameters, float_type
from gmmswift.estimators._predictions import Predictions
from gmmswift.estimators._rollback import unchanged_on_failure
from gmmswift.estimators._starts import STARTS
from gmmswift.estimators._threads import limited
from gmmswift.estimators._warned import warn_of_convergence

if TYPE_CHECKING:
    from typing import TypeVar

    from numpy.typing import ArrayLike, DTypeLike, NDArray

    Self = TypeVar("Self", bound="MixtureEstimator")


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


class MixtureEstimator(Predictions, DensityMixin, BaseEstimator):  # type: ignore[misc]
    """A mixture of Gaussians that is fitted by iterations from several starts."""

    #: The forms of covariances that the estimator takes.
    _forms: tuple[str, ...]

    lower_bound_: float
    lower_bounds_: list[float]
    n_iter_: int
    converged_: bool

    # ------------------------------------------------------------------- What subclasses say

    @abstractmethod
    def _check(self, x: NDArray[Any], sample_weight: NDArray[np.float64] | None) -> None:
        """Check the subclass's own parameters; settle those that depend on the data."""

    @abstractmethod
    def _start(
        self,
        x: NDArray[Any],
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
    def _given(self) -> list[ArrayLike]:
        """Return the arrays among the parameters of the estimator, whose type counts."""

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
            Observations, finite; N >= max(2, K). NaN is a missing value for an estimator that takes
            such values.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array_like, shape (N,), optional
            Finite, not negative, not all 0: 0 makes a row inert, an integer repeats it.

        Returns
        -------
        self
            The estimator. Its attributes are float32 if X and all arrays among its parameters are,
            or else float64. Everything is computed in float64.

        Raises
        ------
        ValueError
            For parameters out of range, infinite data and NaN that is not taken (with row and
            column), fewer observations than components, and covariances that cannot be made
            positive definite. The estimator is then unchanged.
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
    def _fit(self, X: ArrayLike, sample_weight: ArrayLike | None) -> NDArray[Any]:
        """Fit; return the observations, validated."""
        x = self._validated(X, reset=True, least=2)
        given = check_sample_weight(sample_weight, len(x))
        # Inert rows may not even be drawn as starts.
        used, weights = rows_that_count(x, given)
        self._check_all(used, weights)
        is_warm = self.warm_start and hasattr(self, "converged_")
        if is_warm:
            self._check_size_of_fit()
            columns = self._size[1]
            if x.shape[1] != columns:
                raise ValueError(
                    f"X has {x.shape[1]} features, but the fit that warm_start goes on from has "
                    f"{columns}"
                )
        dtype = float_type(x, *([self.means_] if is_warm else self._given()))
        data = as_data("X", used, sample_weight=weights, missing="mar")
        random_state = check_random_state(self.random_state)
        best: Trial | None = None
        for index in range(1 if is_warm else self.n_init):
            if self.verbose:
                print(f"Initialization {index}")
            began = time.perf_counter()
            if is_warm:
                start = self._parameters()
            else:
                with limited(self.n_jobs):
                    start = self._start(used, weights, random_state)
            if self.max_iter == 0:
                best = self._at_start(data, start)
                continue
            trial = self._run(data, start, self.lower_bound_ if is_warm else -np.inf)
            self._report(trial, time.perf_counter() - began)
            if best is None or trial.lower_bounds[-1] > best.lower_bounds[-1]:
                best = trial
        assert best is not None
        self._adopt(best.parameters, dtype)
        self.converged_ = best.converged
        self.n_iter_ = len(best.lower_bounds)
        self.lower_bounds_ = best.lower_bounds
        self.lower_bound_ = best.lower_bounds[-1] if best.lower_bounds else -np.inf
        self._training = data
        self._warn(best)
        return x

    def _adopt(self, parameters: Parameters, dtype: DTypeLike) -> None:
        """Set the fitted attributes."""
        factors = parameters["precisions_cholesky_"]
        precisions = precisions_of(factors, self.covariance_type)
        self._show({**parameters, "precisions_": precisions}, dtype)

    def _warn(self, trial: Trial) -> None:
        if trial.collapsed:
            names = ", ".join(str(component) for component, _ in trial.collapsed)
            warn_of_convergence(
                f"components collapsed ({names}): the likelihood has no maximum there. Use fewer "
                "components or a larger reg_covar."
            )
        if not trial.converged and self.max_iter > 0:
            warn_of_convergence(
                f"the best of the runs did not converge in max_iter={self.max_iter} iterations. "
                "Try other starts, a larger max_iter or tol, or look for degenerate data."
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

    # ---------------------------------------------------------------------------- Validation

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._takes_missing
        return tags

    def _check_all(self, x: NDArray[Any], sample_weight: NDArray[np.float64] | None) -> None:
        check_count("n_components", self.n_components, 1)
        check_choice("covariance_type", self.covariance_type, self._forms)
        check_number("tol", self.tol)
        check_number("reg_covar", self.reg_covar)
        check_count("max_iter", self.max_iter, 0)
        check_count("n_init", self.n_init, 1)
        check_choice("init_params", self.init_params, STARTS)
        self._threads()
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
