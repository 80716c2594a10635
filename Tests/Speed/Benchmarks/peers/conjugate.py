"""Mixtures of Normal-inverse-Wishart components in standard variables, for gradients.

A precision matrix is U U^T with U = L A, where L is the Cholesky factor of the inverse of the
prior's scale, and A is lower triangular with squared diagonal elements ~ chi-squared and Normal
elements below (Bartlett's decomposition). A mean is m0 + U^-T z / sqrt(kappa) with a standard
Normal z. So nothing but A, z and the weights is sampled.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["constants", "natural"]

Array = np.ndarray[Any, Any]


def constants(case: dict[str, Any]) -> dict[str, Any]:
    """Return what all engines need: sizes, L, and the data about m0."""
    scale = np.array(case["scale"])
    data = np.array(case["data"]) - np.array(case["center"])
    dimensions = len(scale)
    return {
        "k": case["n_components"],
        "d": dimensions,
        "below": np.tril_indices(dimensions, -1),
        "dof": case["dof"] - np.arange(dimensions),
        "factor": np.linalg.cholesky(np.linalg.inv(scale)),
        "data": data,
        "root": np.sqrt(case["kappa"]),
    }


def natural(case: dict[str, Any], weights: Array, squares: Array, below: Array, z: Array) -> Array:
    """Return weights, means and covariances of draws, shape (draws, K + K D + K D D).

    The others have shapes (draws, K), (draws, K, D) for the squared diagonal, (draws, K,
    D (D - 1) / 2) and (draws, K, D).
    """
    use = constants(case)
    k, d = use["k"], use["d"]
    lower = np.zeros((len(weights), k, d, d))
    lower[:, :, np.arange(d), np.arange(d)] = np.sqrt(squares)
    lower[:, :, use["below"][0], use["below"][1]] = below
    u = use["factor"] @ lower
    inverse = np.linalg.inv(u)
    covariances = np.swapaxes(inverse, 2, 3) @ inverse
    shift = (np.swapaxes(inverse, 2, 3) @ z[..., None])[..., 0] / use["root"]
    means = np.array(case["center"]) + shift
    count = len(weights)
    return np.concatenate(
        [weights, means.reshape(count, -1), covariances.reshape(count, -1)], axis=1
    )
