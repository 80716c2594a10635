"""Criteria that compare fits by their likelihood and their number of parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gmmswift.estimators._gaussians import parameter_count
from gmmswift.estimators._predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["InformationCriteria"]


class InformationCriteria(Predictions):
    """An estimator of maximum likelihood with criteria of information."""

    def bic(self, X: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the Bayesian information criterion on data; smaller is better.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Observations.
        sample_weight : array_like, shape (N,), optional
            As in `fit`. N is then the sum of the weights. After a fit with weights, the criterion
            of the fit is that of the same data with the same weights.

        Returns
        -------
        float
            -2 log likelihood + parameters * log N.
        """
        total, count = self._log_likelihood(X, sample_weight)
        return -2 * total + self._n_parameters() * math.log(count)

    def aic(self, X: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the Akaike information criterion on data; smaller is better.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Observations.
        sample_weight : array_like, shape (N,), optional
            As in `bic`.

        Returns
        -------
        float
            -2 log likelihood + 2 * parameters.
        """
        total, _ = self._log_likelihood(X, sample_weight)
        return -2 * total + 2 * self._n_parameters()

    def icl(self, X: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the integrated completed likelihood on data, on the scale of `bic`.

        Smaller is better, and components that overlap little are preferred (Biernacki, Celeux,
        Govaert 2000, IEEE PAMI 22).

        Parameters
        ----------
        X : array_like, shape (N, D)
            Observations.
        sample_weight : array_like, shape (N,), optional
            As in `bic`.

        Returns
        -------
        float
            BIC + 2 * the entropy of the responsibilities.
        """
        x, weights = self._counted(X, sample_weight)
        entropies = self._shares().entropies(x)
        entropy = float(entropies.sum() if weights is None else weights @ entropies)
        return self.bic(X, sample_weight) + 2 * entropy

    def _n_parameters(self) -> int:
        self._check_size_of_fit()
        return parameter_count(*self._size, self.covariance_type)
