"""Densities and factors of Gaussians under the four covariance structures."""

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
    if kind in ("diag", "spherical"):
        if not (covariances > 0).all():
            component = int(np.argwhere(~(covariances > 0))[0][0])
            raise ValueError(_not_definite(f"the variance of component {component}"))
        factors: NDArray[np.float64] = 1 / np.sqrt(covariances)
        return factors
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
    if kind in ("diag", "spherical"):
        roots: NDArray[np.float64] = np.sqrt(precisions)
        return roots
    return np.ascontiguousarray(np.linalg.cholesky(precisions[..., ::-1, ::-1])[..., ::-1, ::-1])


def precisions_of(factors: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return U Uᵀ, or the squares."""
    if kind in ("diag", "spherical"):
        squares: NDArray[np.float64] = factors**2
        return squares
    return np.asarray(factors @ np.swapaxes(factors, -1, -2))


def covariances_of(factors: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return the covariances (U Uᵀ)⁻¹."""
    if kind in ("diag", "spherical"):
        variances: NDArray[np.float64] = factors**-2.0
        return variances
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
    }
    return covariances[kind] + size * dimensions + size - 1
