"""What an estimator says of observations, and the observations that it draws."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from gmmswift._arguments import shown
from gmmswift._data import as_data
from gmmswift._fits.known_mixture import KnownMixture
from gmmswift.estimators._checks import check_count, check_sample_weight, check_weights
from gmmswift.estimators._missing import rows_that_count
from gmmswift.estimators._parameters import FittedParameters, float_type
from gmmswift.estimators._posterior import sample_from
from gmmswift.estimators._shares import Shares

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._data import Data
    from gmmswift._draws.posterior import Posterior

__all__ = ["Predictions"]


class Predictions(FittedParameters):
    """An estimator whose parameters say something of observations."""

    random_state: Any
    # The observations of the last fit.
    _training: Data

    @abstractmethod
    def _component_shares(self) -> dict[str, NDArray[np.float64]]:
        """Return the weights of the components' densities or their logarithms, by name, (K,)."""

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the most probable component of each observation, shape (N,)."""
        return self._labels(self._seen(X))

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """Return the probability of each component for each observation, shape (N, K).

        As in scikit-learn, the numbers are float32 if X and the parameters are, or else float64.
        """
        x = self._seen(X)
        return self._shares().probabilities(x, self._type_for(x))

    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Return the log density of each observation, shape (N,); their type is as above."""
        x = self._seen(X)
        return self._shares().log_totals(x, self._type_for(x))

    def score(
        self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the mean log density of an observation.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Observations.
        y : ignored
            For scikit-learn's pipelines.
        sample_weight : array_like, shape (N,), optional
            As in `fit`. The score is then the mean of the rows as often as their weights say.

        Returns
        -------
        float
            The mean over the rows that have a value.
        """
        if sample_weight is None:
            x, _ = self._counted(X, None)
            return float(self._shares().log_totals(x, self._type_for(x)).mean())
        total, count = self._log_likelihood(X, sample_weight)
        return total / count

    def sample(self, n_samples: int = 1) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Draw observations from the mixture.

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
        check_is_fitted(self, "means_")
        means, covariances = self._means(), self._covariances()
        weights = check_weights("weights_", self._weights(), len(means))
        check_count("n_samples", n_samples, 1)
        random_state = check_random_state(self.random_state)
        counts = random_state.multinomial(n_samples, weights)
        parts = []
        for k, count in enumerate(counts):
            if self.covariance_type in ("full", "tied"):
                matrix = covariances if covariances.ndim == 2 else covariances[k]
                parts.append(random_state.multivariate_normal(means[k], matrix, count))
            else:
                deviates = random_state.standard_normal(size=(count, means.shape[1]))
                variances = (
                    covariances if self.covariance_type.startswith("tied") else covariances[k]
                )
                parts.append(means[k] + deviates * np.sqrt(variances))
        return np.vstack(parts), np.repeat(np.arange(len(counts)), counts)

    def _log_likelihood(
        self, data: ArrayLike, sample_weight: ArrayLike | None
    ) -> tuple[float, float]:
        """Return the log density of all observations, each times its weight, and their number.

        Rows without values count for nothing.
        """
        x, weights = self._counted(data, sample_weight)
        logs = self._shares().log_totals(x)
        if weights is None:
            return float(logs.sum()), len(x)
        return float(weights @ logs), float(weights.sum())

    def _counted(
        self, data: ArrayLike, sample_weight: ArrayLike | None
    ) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
        """Return the rows that count, and their weights."""
        x = self._seen(data)
        return rows_that_count(x, check_sample_weight(sample_weight, len(x)))

    def _type_for(self, x: NDArray[Any]) -> np.dtype[Any]:
        return float_type(x, self.weights_, self.means_, getattr(self, "covariances_", self.means_))

    def _shares(self) -> Shares:
        return Shares(
            self._component_shares(),
            self._means(),
            self._covariances(),
            self.covariance_type,
            self._threads(),
        )

    def _labels(self, x: NDArray[Any]) -> NDArray[np.int64]:
        return self._shares().labels(x)

    def _sample_posterior(
        self,
        priors: Mapping[str, Any],
        X: ArrayLike | None,
        options: dict[str, Any],
    ) -> Posterior:
        """Run the Gibbs sampler from the parameters."""
        check_is_fitted(self, "means_")
        if X is None:
            if not hasattr(self, "_training"):
                raise ValueError(
                    "X: must be given where the estimator was unpickled, copied, fitted in parts "
                    "or made by hand, got None"
                )
            if "sample_weight" in options:
                raise ValueError(
                    "sample_weight: must be given with X (the data of the fit have the weights "
                    f"of the fit), got {shown(options['sample_weight'])}"
                )
            data = self._training
        else:
            x = self._seen(X, may_lack=True)
            weights = check_sample_weight(options.pop("sample_weight", None), len(x))
            data = as_data("X", x, sample_weight=weights, missing="mar")
        self._check_size_of_fit()
        start = KnownMixture(
            self._weights(),
            self._means(),
            self._covariances(),
            covariance_type=self.covariance_type,
        )
        return sample_from(start, priors, data, {"threads": self._threads(), **options})
