"""Maximum likelihood with scikit-learn's interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from gmmswift._data import Data, as_data
from gmmswift._fits.em import EMFit, fit_em
from gmmswift._shapes import FORMS
from gmmswift.estimators._base import MixtureEstimator, Trial
from gmmswift.estimators._checks import check_given_start, check_sample_weight, check_weights
from gmmswift.estimators._criteria import InformationCriteria
from gmmswift.estimators._gaussians import (
    covariances_of,
    factors_of_precisions,
    precision_factors,
)
from gmmswift.estimators._missing import filled, rows_that_count
from gmmswift.estimators._moments import Moments, moments
from gmmswift.estimators._parameters import Parameters, float_type
from gmmswift.estimators._rollback import unchanged_on_failure
from gmmswift.estimators._starts import starting_responsibilities
from gmmswift.estimators._stepwise import stepped
from gmmswift.estimators._threads import limited

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._draws.posterior import Posterior


class GaussianMixture(InformationCriteria, MixtureEstimator):
    """A mixture of Gaussians by maximum likelihood, with scikit-learn's interface.

    Parameters, attributes and methods are those of `sklearn.mixture.GaussianMixture`. From the same
    start the estimator gives the same parameters in less time. It also takes sample weights, learns
    from data in parts (`partial_fit`), and samples the full posterior (`posterior`).

    NaN in X is a value that is missing at random: that it is missing may depend on the values that
    its row has, not on the one that it lacks. The likelihood is that of the values that there are,
    and nothing is filled in beforehand, except for the starts, in which the mean of a column stands
    for its missing values. Predictions are from what a row has. A row without any value has the log
    density 0 and the weights as its probabilities. It counts for nothing in fits, scores and
    criteria.

    Parameters
    ----------
    n_components : int, default 1
        K, from 1 to 256.
    covariance_type : str, default "full"
        scikit-learn's "full", "tied", "diag" and "spherical": a covariance matrix for each
        component, one for all, diagonal ones, or multiples of the unit matrix; and "tied-diag" and
        "tied-spherical": one of the last two for all.
    tol : float, default 1e-3
        A run has converged when the mean log likelihood of an observation changes by less, >= 0.
    reg_covar : float, default 1e-6
        A constant that is added to every variance in each iteration, >= 0.
    max_iter : int, default 100
        Iterations of each run, >= 0; 0 keeps the start.
    n_init : int, default 1
        Number of starts, >= 1; the run with the largest lower bound is kept.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}, default "kmeans"
        The kind of start, as in scikit-learn: k-means clusters, observations far from each other,
        random responsibilities, or random observations.
    weights_init : array_like, shape (K,), optional
        Weights to start from, not negative, sum 1.
    means_init : array_like, shape (K, D), optional
        Means to start from.
    precisions_init : array_like, optional
        Precisions to start from, shaped as `precisions_`, positive definite.
    random_state : int, RandomState or None, default None
        The random numbers of the starts and of `sample`.
    warm_start : bool, default False
        Whether `fit` goes on from the last fit.
    verbose : int, default 0
        1 prints starts and iterations, 2 adds times and changes; after each run.
    verbose_interval : int, default 10
        Iterations between two lines.
    n_jobs : int, optional
        Number of threads of the library and, in starts, of scikit-learn and numpy; -1 for all
        processors, -2 for all but one. By default one for each processor, within
        ``OMP_NUM_THREADS``, the limits of threadpoolctl and the quota of a container. A worker of
        joblib has its share, so nested calls do not crowd the processors. Results do not depend on
        it.

    Attributes
    ----------
    weights_ : ndarray, shape (K,)
        Weights.
    means_ : ndarray, shape (K, D)
        Means.
    covariances_ : ndarray
        Shape (K, D, D), (D, D), (K, D), (K,), (D,) or (), by ``covariance_type``.
    precisions_ : ndarray
        The inverses of the covariances.
    precisions_cholesky_ : ndarray
        Upper triangular U with precision U Uᵀ; 1 / sd where diagonal.
    converged_ : bool
        Whether the best run converged.
    n_iter_ : int
        The number of its iterations. After `partial_fit` it is the number of parts; a fit before
        counts as one part.
    lower_bound_ : float
        Mean log likelihood of an observation before the last M-step.
    lower_bounds_ : list of float
        The same for each iteration.
    n_features_in_ : int
        D.
    feature_names_in_ : ndarray, shape (D,)
        Names of the columns, if the data had names.

    Examples
    --------
    >>> import numpy as np
    >>> from gmmswift import GaussianMixture
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> mixture = GaussianMixture(n_components=2, random_state=0).fit(X)
    >>> bool(mixture.converged_)
    True
    >>> mixture.predict([[0, 0], [12, 3]]) == mixture.predict([[1, 2], [10, 2]])
    array([ True,  True])
    """

    _kind = 1
    _forms = FORMS
    _takes_missing = True
    _own_parameters = (
        "n_components",
        "covariance_type",
        "tol",
        "reg_covar",
        "max_iter",
        "n_init",
        "init_params",
        "weights_init",
        "means_init",
        "precisions_init",
        "random_state",
        "warm_start",
        "verbose",
        "verbose_interval",
        "n_jobs",
    )
    _fitted_names = ("_learned",)

    # Sum of the weights of all rows so far, and number of parts, of which a fit is one.
    _learned: tuple[float, int]

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        n_jobs: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.n_jobs = n_jobs

    def _fit(self, X: ArrayLike, sample_weight: ArrayLike | None) -> NDArray[Any]:
        x = super()._fit(X, sample_weight)
        used, weights = rows_that_count(x, check_sample_weight(sample_weight, len(x)))
        self._learned = (float(len(used) if weights is None else weights.sum()), 1)
        return x

    @unchanged_on_failure
    def partial_fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
    ) -> GaussianMixture:
        """Learn from a part of the data, for data that arrive in parts.

        The first call finds a start in its part. Each call makes one step of stepwise EM (Cappé,
        Moulines 2009, J. R. Statist. Soc. B 71, equation 11): the moments of a part, under the
        parameters before it, are mixed into running moments. A part whose weights have the sum s,
        after others (or a fit) of the sum n, enters with the fraction (s / (n + s))**0.7, so rows
        count and not parts. Parts should hold many observations of each component. A component that
        has none in a part keeps its mean and covariance, and its weight stays above 0.

        The result approaches a maximum of the likelihood but depends on the parts' order. For the
        exact maximum over data in parts use `gmmswift.MixtureStatistics`.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Observations, finite, or NaN where missing; at least K in the first call, with a value
            in every column.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array_like, shape (N,), optional
            As in `fit`.

        Returns
        -------
        self
            The estimator.
        """
        is_first = not hasattr(self, "means_")
        x = self._validated(X, reset=True, least=2) if is_first else self._seen(X)
        dtype = float_type(x, *(self._given() if is_first else [self.means_]))
        x, weights = rows_that_count(x, check_sample_weight(sample_weight, len(x)))
        data = as_data("X", x, sample_weight=weights, missing="mar")
        if is_first:
            self._check_all(x, weights)
            with limited(self.n_jobs):
                start = self._start(x, weights, check_random_state(self.random_state))
            seen, parts = 0.0, 0
        else:
            self._check_size_of_fit()
            start = self._parameters()
            # Parameters that were set by hand count as much as this part.
            unknown = float(len(x) if weights is None else weights.sum())
            seen, parts = getattr(self, "_learned", (unknown, 1))
        mixture = {
            "weights": start["weights_"],
            "means": start["means_"],
            "covariances": start["covariances_"],
            "covariance_type": self.covariance_type,
        }
        fit, seen = stepped(
            mixture, seen, data, float(self.reg_covar), self._floor, self._threads()
        )
        self._adopt(_parameters_of(fit), dtype)
        self._learned = (seen, parts + 1)
        self.converged_ = False
        self.n_iter_ = parts + 1
        self.lower_bound_ = fit.lower_bound
        self.lower_bounds_ = [*getattr(self, "lower_bounds_", []), fit.lower_bound]
        self.n_features_in_ = x.shape[1]
        self.__dict__.pop("_training", None)
        return self

    def posterior(
        self,
        X: ArrayLike | None = None,
        *,
        draws: int = 10_000,
        priors: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Posterior:
        """Draw from the full posterior, with chains that start from the fit.

        Parameters
        ----------
        X : array_like, shape (N, D), optional
            Observations, finite, or NaN where missing; by default those of the last `fit`, with
            their weights.
        draws : int, default 10_000
            Draws of each chain, >= 1.
        priors : mapping, optional
            Priors and constraints by the names that `gmmswift.Mixture` gives them, such as
            ``{"weights": gm.Dirichlet(2.0), "ordered": True}``. Priors that are left out are scaled
            to the data, as there.
        **options
            More arguments of `gmmswift.sample`, such as ``tune``, ``chains``, ``random_seed``.

        Returns
        -------
        Posterior
            The draws.
        """
        return self._sample_posterior(priors or {}, X, {"draws": draws, **options})

    @property
    def _floor(self) -> float:
        """The floor of variances, relative to the variances of the data.

        With regularisation the floor is 1e-15, so that it does not change regularised variances.
        1e-15 is about the rounding of a variance. Less would say nothing about the data.
        """
        return 1e-15 if self.reg_covar > 0 else 1e-12

    def _given(self) -> list[ArrayLike]:
        given = (self.weights_init, self.means_init, self.precisions_init)
        return [values for values in given if values is not None]

    def _check(self, x: NDArray[Any], sample_weight: NDArray[np.float64] | None) -> None:
        check_given_start(
            self.weights_init,
            self.means_init,
            self.precisions_init,
            (self.n_components, x.shape[1]),
            self.covariance_type,
        )

    def _start(
        self,
        x: NDArray[Any],
        sample_weight: NDArray[np.float64] | None,
        random_state: np.random.RandomState,
    ) -> Parameters:
        kind = self.covariance_type
        found: Moments | None = None
        x = filled(x)
        if self.weights_init is None or self.means_init is None or self.precisions_init is None:
            responsibilities = starting_responsibilities(
                x, self.n_components, self.init_params, random_state, sample_weight
            )
            found = moments(x, responsibilities, sample_weight, kind, self.reg_covar)
        if self.weights_init is None:
            assert found is not None
            weights = found.counts / found.counts.sum()
        else:
            # A weight of 0 keeps a component out; so does this one, whose logarithm is finite.
            given = check_weights("weights_init", self.weights_init, self.n_components)
            weights = np.maximum(given, 1e-300)
        if self.means_init is None:
            assert found is not None
            means = found.means
        else:
            means = np.array(self.means_init, np.float64)
        if self.precisions_init is None:
            assert found is not None
            covariances = found.covariances
            factors = precision_factors(covariances, kind)
        else:
            factors = factors_of_precisions(np.asarray(self.precisions_init, np.float64), kind)
            covariances = covariances_of(factors, kind)
        return {
            "weights_": weights,
            "means_": means,
            "covariances_": covariances,
            "precisions_cholesky_": factors,
        }

    def _run(self, data: Data, start: Parameters, lower_bound: float) -> Trial:
        def run(iterations: int) -> EMFit:
            return fit_em(
                data,
                self.n_components,
                covariance_type=self.covariance_type,
                n_init=1,
                random_seed=0,
                max_iter=iterations,
                tol=float(self.tol),
                criterion="lower_bound",
                variance_floor=self._floor,
                regularization=float(self.reg_covar),
                initial={name: start[f"{name}_"] for name in ("weights", "means", "covariances")},
                order="start",
                threads=self._threads(),
            )

        if np.isfinite(lower_bound):
            # The library compares the first iteration with nothing; a warm start, with the past.
            fit = run(1)
            if abs(fit.lower_bound - lower_bound) < self.tol:
                return Trial(_parameters_of(fit), [fit.lower_bound], True, fit.collapsed)
        fit = run(self.max_iter)
        return Trial(_parameters_of(fit), fit.history.tolist(), fit.converged, fit.collapsed)

    def _parameters(self) -> Parameters:
        weights = check_weights("weights_", self._weights(), self._size[0])
        covariances = self._covariances()
        if hasattr(self, "precisions_cholesky_"):
            factors = self._value("precisions_cholesky_")
        else:
            factors = precision_factors(covariances, self.covariance_type)
        return {
            "weights_": np.maximum(weights, 1e-300),
            "means_": self._means(),
            "covariances_": covariances,
            "precisions_cholesky_": factors,
        }

    def _component_shares(self) -> dict[str, NDArray[np.float64]]:
        return {"weights": self._weights()}


def _parameters_of(fit: EMFit) -> Parameters:
    return {
        "weights_": fit.weights,
        "means_": fit.means.reshape(fit.n_components, fit.n_dimensions),
        "covariances_": fit.covariances,
        "precisions_cholesky_": fit.precisions_cholesky,
    }
