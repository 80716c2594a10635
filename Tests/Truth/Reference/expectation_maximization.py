"""Prints data in several dimensions, with scikit-learn's fits of them from given starts.

For each covariance structure: a start, the parameters and lower bounds after few iterations and at convergence. Needs
scikit-learn and numpy. Usage: python expectation_maximization.py > expectation_maximization.json
"""

import json
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

warnings.simplefilter("ignore", ConvergenceWarning)
random = np.random.RandomState(4)


def clusters(size, dimensions, components):
    """Return overlapping clusters with correlated coordinates of different scales."""
    label = random.randint(0, components, size)
    centers = 2.0 * random.randn(components, dimensions)
    mixing = np.eye(dimensions) + 0.4 * random.randn(components, dimensions, dimensions)
    scales = 10.0 ** np.linspace(-1, 1, dimensions)
    noise = np.einsum("nij,nj->ni", mixing[label], random.randn(size, dimensions))
    return np.round((centers[label] + noise) * scales, 6)


def start(data, components, structure):
    """Return weights, means at points of the data and covariances of the whole."""
    dimensions = data.shape[1]
    means = data[:: len(data) // components][:components]
    whole = np.cov(data.T, bias=True).reshape(dimensions, dimensions)
    covariances = {
        "full": np.stack([whole] * components),
        "tied": whole,
        "diag": np.stack([np.diag(whole)] * components),
        "spherical": np.full(components, np.trace(whole) / dimensions),
    }[structure]
    weights = np.arange(1, components + 1) / (components * (components + 1) / 2)
    return weights, means, covariances


def lower(matrices, structure):
    """Return the covariances as the library packs them."""
    if structure in ("diag", "spherical"):
        return np.ravel(matrices).tolist()
    matrices = matrices.reshape(-1, *matrices.shape[-2:])
    rows, columns = np.tril_indices(matrices.shape[-1])
    return np.ravel(matrices[:, rows, columns]).tolist()


def fit(data, components, structure, regularization, iterations, tolerance):
    """Return scikit-learn's fit from that start."""
    weights, means, covariances = start(data, components, structure)
    precisions = 1 / covariances if structure in ("diag", "spherical") else np.linalg.inv(covariances)
    mixture = GaussianMixture(
        components,
        covariance_type=structure,
        reg_covar=regularization,
        max_iter=iterations,
        tol=tolerance,
        weights_init=weights,
        means_init=means,
        precisions_init=precisions,
    ).fit(data)
    return {
        "iterations": mixture.n_iter_,
        "converged": bool(mixture.converged_),
        "lowerBound": float(mixture.lower_bound_),
        "weights": mixture.weights_.tolist(),
        "means": np.ravel(mixture.means_).tolist(),
        "covariances": lower(mixture.covariances_, structure),
        "score": float(mixture.score(data)),
        "bic": float(mixture.bic(data)),
        "aic": float(mixture.aic(data)),
    }


cases = []
for name, data, components, regularization in [
    ("iris", load_iris().data, 3, 1e-6),
    ("clusters2", clusters(300, 2, 4), 4, 0.0),
    ("clusters7", clusters(500, 7, 3), 3, 1e-3),
    ("line", clusters(200, 1, 2), 2, 0.0),
]:
    structures = {}
    for structure in ("full", "tied", "diag", "spherical"):
        weights, means, covariances = start(data, components, structure)
        structures[structure] = {
            "weights": weights.tolist(),
            "means": np.ravel(means).tolist(),
            "covariances": lower(covariances, structure),
            "early": fit(data, components, structure, regularization, 5, 0.0),
            "late": fit(data, components, structure, regularization, 2_000, 1e-6),
        }
    cases.append(
        {
            "name": name,
            "dimensions": data.shape[1],
            "components": components,
            "regularization": regularization,
            "data": np.ravel(data).tolist(),
            "structures": structures,
        }
    )
print(json.dumps({"engine": f"scikit-learn {sklearn.__version__}", "cases": cases}))
