"""Variational Bayes with scikit-learn's interface, and the exact posterior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from gmmswift._model.counts import DirichletProcess
from gmmswift._model.joint_priors import NormalInverseGamma, NormalInverseWishart
from gmmswift._model.weight_priors import Dirichlet
from gmmswift._native import MAX_COMPONENTS
from gmmswift._shapes import COVARIANCE_TYPES
from gmmswift.estimators._base import MixtureEstimator, Trial
from gmmswift.estimators._checks import check_choice, check_definite, check_number, check_shape
from gmmswift.estimators._parameters import Parameters
from gmmswift.estimators._starts import starting_responsibilities
from gmmswift.estimators._variational import WEIGHT_TYPES, ascend, log_shares

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._data import Data
    from gmmswift._draws.posterior import Posterior

_NAMES = (
    "weight_concentration_",
    "mean_precision_",
    "means_",
    "degrees_of_freedom_",
    "covariances_",
    "precisions_cholesky_",
)


class BayesianGaussianMixture(MixtureEstimator):
    """A mixture of Gaussians by variational Bayes, with scikit-learn's interface.

    Parameters, attributes and methods are those of `sklearn.mixture.BayesianGaussianMixture`, and
    from the same start it gives the same numbers. The approximation assumes that weights, means and
    covariances are independent of the assignments, so its variances are too small. `posterior`
    draws from the exact posterior.

    Missing values are refused, except by `posterior`: a fit to the complete rows can be the start
    of chains that take all rows. `GaussianMixture` takes them everywhere.

    Parameters
    ----------
    n_components : int, default 1
        K, from 1 to 256.
    covariance_type : {"full", "tied", "diag", "spherical"}, default "full"
        A covariance matrix for each component, one for all, diagonal ones, or multiples of the unit
        matrix.
    tol : float, default 1e-3
        A run has converged when the lower bound changes by less, >= 0.
    reg_covar : float, default 1e-6
        A constant that is added to every variance in each iteration, >= 0.
    max_iter : int, default 100
        Iterations of each run, >= 0; 0 keeps the start.
    n_init : int, default 1
        Number of starts, >= 1; the run with the largest lower bound is kept.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}, default "kmeans"
        The kind of start, as in scikit-learn.
    weight_concentration_prior_type : {"dirichlet_process", "dirichlet_distribution"}
        Sticks of a Dirichlet process, cut off at K (the default), or one Dirichlet distribution.
    weight_concentration_prior : float, optional
        Concentration of each component, or of the process, > 0. By default 1 / K.
    mean_precision_prior : float, optional
        The number of observations that the prior mean is worth, > 0. By default 1.
    mean_prior : array_like, shape (D,), optional
        Prior mean. By default the mean of the data.
    degrees_of_freedom_prior : float, optional
        Degrees of freedom, > D - 1. By default D.
    covariance_prior : float or array_like, optional
        (D, D), (D,) or a number, by ``covariance_type``. By default the covariance of the data.
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
        Expected weights.
    means_ : ndarray, shape (K, D)
        Expected means.
    covariances_ : ndarray
        Inverses of the expected precisions: shape (K, D, D), (D, D), (K, D) or (K,), by
        ``covariance_type``.
    precisions_, precisions_cholesky_ : ndarray
        Their inverses; upper triangular U with precision U Uᵀ, 1 / sd where diagonal.
    weight_concentration_ : ndarray, shape (K,), or tuple of two
        Of the weights' Dirichlet distribution; of the sticks' beta distributions.
    mean_precision_ : ndarray, shape (K,)
        The number of observations behind each mean.
    degrees_of_freedom_ : ndarray, shape (K,), or float when tied
        Of the precisions' Wishart distributions.
    weight_concentration_prior_, mean_precision_prior_, mean_prior_, degrees_of_freedom_prior_, \
covariance_prior_
        The prior that was used.
    converged_, n_iter_, lower_bound_, lower_bounds_, n_features_in_, feature_names_in_
        As in `GaussianMixture`; the bound is that of the evidence, without its constant terms.

    Examples
    --------
    >>> import numpy as np
    >>> from gmmswift import BayesianGaussianMixture
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [4, 2], [12, 4], [10, 7]])
    >>> mixture = BayesianGaussianMixture(n_components=2, random_state=42).fit(X)
    >>> mixture.means_.round(1)
    array([[2.5, 2.3],
           [8.5, 4.5]])
    """

    _kind = 2
    _forms = COVARIANCE_TYPES
    _own_parameters = (
        "n_components",
        "covariance_type",
        "tol",
        "reg_covar",
        "max_iter",
        "n_init",
        "init_params",
        "weight_concentration_prior_type",
        "weight_concentration_prior",
        "mean_precision_prior",
        "mean_prior",
        "degrees_of_freedom_prior",
        "covariance_prior",
        "random_state",
        "warm_start",
        "verbose",
        "verbose_interval",
        "n_jobs",
    )
    _fitted_names = (
        "weight_concentration_",
        "mean_precision_",
        "degrees_of_freedom_",
        "weight_concentration_prior_",
        "mean_precision_prior_",
        "mean_prior_",
        "degrees_of_freedom_prior_",
        "covariance_prior_",
    )

    def __init__(
        self,
        *,
        n_components: int = 1,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weight_concentration_prior_type: str = "dirichlet_process",
        weight_concentration_prior: float | None = None,
        mean_precision_prior: float | None = None,
        mean_prior: ArrayLike | None = None,
        degrees_of_freedom_prior: float | None = None,
        covariance_prior: ArrayLike | None = None,
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
        self.weight_concentration_prior_type = weight_concentration_prior_type
        self.weight_concentration_prior = weight_concentration_prior
        self.mean_precision_prior = mean_precision_prior
        self.mean_prior = mean_prior
        self.degrees_of_freedom_prior = degrees_of_freedom_prior
        self.covariance_prior = covariance_prior
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.n_jobs = n_jobs

    def posterior(
        self,
        X: ArrayLike | None = None,
        *,
        draws: int = 10_000,
        priors: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Posterior:
        """Draw from the exact posterior under the estimator's prior.

        The prior is the estimator's: with m₀, β₀, ν₀ and Ψ₀ its mean, mean precision, degrees of
        freedom and covariance, `gmmswift.NormalInverseWishart` (m₀, β₀, ν₀, Ψ₀) for full and tied
        covariances, `gmmswift.NormalInverseGamma` (m₀, β₀, ν₀ / 2, Ψ₀ / 2) for diagonal ones, and
        the latter with D ν₀ / 2 and D Ψ₀ / 2 for spherical ones.

        Weights from a Dirichlet distribution have that prior, and chains start from the fit. A
        Dirichlet process is `gmmswift.DirichletProcess`, which the fit cuts off at `n_components`
        and the posterior does not: draws have clusters of any number, `Posterior.given` has those
        of one number, and chains choose where they start. ``priors={"weights":
        gmmswift.Dirichlet(a / K)}`` asks for as many components as the fit has.

        Parameters
        ----------
        X : array_like, shape (N, D), optional
            Observations, finite, or NaN where missing; by default those of the last `fit`, with
            their weights.
        draws : int, default 10_000
            Draws of each chain, >= 1.
        priors : mapping, optional
            Priors and constraints that take the place of these, by the names that
            `gmmswift.Mixture` gives them.
        **options
            More arguments of `gmmswift.sample`, such as ``tune``, ``chains``, ``random_seed``.

        Returns
        -------
        Posterior
            The draws.
        """
        own: dict[str, Any] = {}
        if hasattr(self, "mean_prior_"):
            own = self._exact_priors()
        given = dict(priors or {})
        if "weights" in given:
            own.pop("n_components", None)
        if given.keys() & {"components", "means", "covariance", "sd", "variance", "precision"}:
            own.pop("components", None)
        return self._sample_posterior({**own, **given}, X, {"draws": draws, **options})

    def _exact_priors(self) -> dict[str, Any]:
        concentration = self.weight_concentration_prior_
        mean, kappa = self._value("mean_prior_"), self.mean_precision_prior_
        dof, scale = self.degrees_of_freedom_prior_, self._value("covariance_prior_")
        if self.covariance_type in ("full", "tied"):
            components: Any = NormalInverseWishart(mean, kappa, dof, scale)
        else:
            many = len(mean) if self.covariance_type == "spherical" else 1
            components = NormalInverseGamma(mean, kappa, many * dof / 2, many * scale / 2)
        if self._is_process:
            # A component of a draw stands for all without rows, so a fit may have one more.
            most = max(DirichletProcess.max, min(self.n_components, MAX_COMPONENTS - 1))
            process = DirichletProcess(concentration, max=most)
            return {"n_components": process, "components": components}
        return {"weights": Dirichlet(concentration), "components": components}

    @property
    def _is_process(self) -> bool:
        return self.weight_concentration_prior_type == "dirichlet_process"

    def _given(self) -> list[ArrayLike]:
        given = (self.mean_prior, self.covariance_prior)
        return [values for values in given if values is not None and np.ndim(values) > 0]

    def _check(self, x: NDArray[Any], sample_weight: NDArray[np.float64] | None) -> None:
        dimensions, kind = x.shape[1], self.covariance_type
        check_choice(
            "weight_concentration_prior_type", self.weight_concentration_prior_type, WEIGHT_TYPES
        )
        dof, mean, scale = self.degrees_of_freedom_prior, self.mean_prior, self.covariance_prior
        for name in (
            "weight_concentration_prior",
            "mean_precision_prior",
            "degrees_of_freedom_prior",
        ):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), positive=True)
        if dof is not None and not dof > dimensions - 1:
            raise ValueError(
                f"degrees_of_freedom_prior: must be greater than D - 1 = {dimensions - 1}, "
                f"got {dof}"
            )
        if mean is not None:
            check_shape("mean_prior", mean, (dimensions,))
        if scale is not None:
            shapes: dict[str, tuple[int, ...]] = {
                "full": (dimensions, dimensions),
                "tied": (dimensions, dimensions),
                "diag": (dimensions,),
                "spherical": (),
            }
            scale = check_shape("covariance_prior", scale, shapes[kind])
            check_definite("covariance_prior", scale, kind)

    def _start(
        self,
        x: NDArray[Any],
        sample_weight: NDArray[np.float64] | None,
        random_state: np.random.RandomState,
    ) -> Parameters:
        responsibilities = starting_responsibilities(
            x, self.n_components, self.init_params, random_state, sample_weight
        )
        return {"responsibilities": responsibilities}

    def _run(self, data: Data, start: Parameters, lower_bound: float) -> Trial:
        responsibilities = start.get("responsibilities")
        parameters, bounds, converged = ascend(
            data,
            self.covariance_type,
            responsibilities,
            {**start, "lower_bound": lower_bound} if responsibilities is None else None,
            {
                "num_components": self.n_components,
                "weights_family": WEIGHT_TYPES.index(self.weight_concentration_prior_type),
                "max_iterations": self.max_iter,
                "tolerance": float(self.tol),
                "regularization": float(self.reg_covar),
                "weight_concentration_prior": self.weight_concentration_prior,
                "mean_precision_prior": self.mean_precision_prior,
                "degrees_of_freedom_prior": self.degrees_of_freedom_prior,
                "mean_prior": self.mean_prior,
                "covariance_prior": self.covariance_prior,
            },
            self._threads(),
        )
        return Trial(parameters, bounds, converged, [])

    def _at_start(self, data: Data, start: Parameters) -> Trial:
        return self._run(data, start, -np.inf)

    def _parameters(self) -> Parameters:
        check_is_fitted(self, _NAMES)
        return {name: self._value(name) for name in _NAMES}

    def _component_shares(self) -> dict[str, NDArray[np.float64]]:
        # As fitted, whatever the parameters have been set to since.
        return {"log_weights": log_shares(self._parameters(), self.covariance_type)}
