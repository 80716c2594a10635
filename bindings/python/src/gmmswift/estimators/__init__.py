"""Estimators in the manner of scikit-learn, which they need: ``pip install gmmswift[sklearn]``."""

from __future__ import annotations

try:
    from sklearn.utils.validation import validate_data as _  # noqa: F401
except ImportError as error:
    raise ImportError(
        "gmmswift's estimators need scikit-learn 1.6 or later: pip install 'gmmswift[sklearn]'"
    ) from error


from gmmswift.estimators._bayesian_mixture import BayesianGaussianMixture
from gmmswift.estimators._gaussian_mixture import GaussianMixture

__all__ = ["BayesianGaussianMixture", "GaussianMixture"]
