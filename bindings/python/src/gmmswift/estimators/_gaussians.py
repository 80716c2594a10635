"""Densities and factors of Gaussians under all forms of covariances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows worked on at a time: rows x D doubles stay in the second-level cache up to D = 32.
_BLOCK = 4_096


def blocks(length: int) -> Iterator[slice]:
    """Yield slices that cover ``length`` rows, so that memory beyond the data is O(blocks)."""
    for start in range(0, length, _BLOCK):
        yield slice(start, min(start + _BLOCK, length))


def precision_factors(covariances: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return upper triangular U with precision U Uᵀ, or 1 / sd, in the shape of the covariances.

    With Σ = L Lᵀ, U = L⁻ᵀ.

    Raises
    ------
    ValueError
        For a covariance that is not positive definite; says of which component.
    """
    if kind not in ("full", "tied"):
        if not np.all(covariances > 0):
            place = "" if kind.startswith("tied") else f" of component {_first(covariances)}"
            raise ValueError(_not_definite(f"the variance{place}"))
        return np.asarray(1 / np.sqrt(covariances))
    matrices = covariances[np.newaxis] if kind == "tied" else covariances
    factors = np.empty_like(matrices)
    identity = np.eye(matrices.shape[-1])
    for k, matrix in enumerate(matrices):
        try:
            lower = np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            name = "the covariance" if kind == "tied" else f"the covariance of component {k}"
            raise ValueError(_not_definite(name)) from None
        # Triangular inverses have exact zeros below; a general solver leaves rounding there.
        factors[k] = np.triu(np.linalg.solve(lower, identity).T)
    return factors[0] if kind == "tied" else factors


def _first(variances: NDArray[np.float64]) -> int:
    """Return the first component with a variance that is not positive."""
    return int(np.argwhere(~(variances > 0))[0][0])


def _not_definite(name: str) -> str:
    return (
        f"{name} must be positive definite, got one that is not: the component has too few "
        "different observations, or columns are constant or collinear. Use fewer components, "
        "a larger reg_covar, or data on another scale."
    )


def factors_of_precisions(precisions: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return U as in `precision_factors` for precision matrices, which must be positive definite.

    With J the exchange matrix and J Λ J = L Lᵀ, U = J L J.
    """
    if kind not in ("full", "tied"):
        return np.asarray(np.sqrt(precisions))
    return np.ascontiguousarray(np.linalg.cholesky(precisions[..., ::-1, ::-1])[..., ::-1, ::-1])


def precisions_of(factors: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return U Uᵀ, or the squares."""
    if kind not in ("full", "tied"):
        return np.asarray(factors**2)
    return np.asarray(factors @ np.swapaxes(factors, -1, -2))


def covariances_of(factors: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return the covariances (U Uᵀ)⁻¹."""
    if kind not in ("full", "tied"):
        return np.asarray(factors**-2.0)
    inverse = np.linalg.inv(factors)
    return np.asarray(np.swapaxes(inverse, -1, -2) @ inverse)


def parameter_count(size: int, dimensions: int, kind: str) -> int:
    """Return the number of free parameters of a mixture."""
    matrix = dimensions * (dimensions + 1) // 2
    covariances = {
        "full": size * matrix,
        "tied": matrix,
        "diag": size * dimensions,
        "spherical": size,
        "tied-diag": dimensions,
        "tied-spherical": 1,
    }
    return covariances[kind] + size * dimensions + size - 1
