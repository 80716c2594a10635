"""The view of a mixture's components in notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmmswift._html import html_block, html_table
from gmmswift._shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["components_html"]

#: More are not shown.
_COMPONENTS, _COLUMNS = 20, 6


def components_html(
    title: str,
    shape: Shape,
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> str:
    """Return a table of weights, means and standard deviations, a row for each component."""
    size, dimensions = shape.n_components, shape.n_dimensions
    variances = np.asarray(covariances)
    if shape.covariance_type in ("full", "tied"):
        variances = np.diagonal(variances, axis1=-2, axis2=-1)
    elif shape.covariance_type.endswith("spherical"):
        variances = variances[..., np.newaxis]
    sds = np.broadcast_to(np.sqrt(variances), (size, dimensions))
    table = np.asarray(means).reshape(size, dimensions)
    shown = min(dimensions, _COLUMNS)
    more = dimensions > shown
    columns = ["weight"]
    for name in ("mean", "sd"):
        columns += [f"{name}[{d}]" if dimensions > 1 else name for d in range(shown)]
        columns += ["…"] * more
    rows = []
    for k in range(min(size, _COMPONENTS)):
        cells = [f"{weights[k]:.4g}"]
        for values in (table, sds):
            cells += [f"{value:.4g}" for value in values[k, :shown]] + ["…"] * more
        rows.append((str(k), cells))
    if size > _COMPONENTS:
        rows.append(("…", ["…"] * len(columns)))
    return html_block("", [title], html_table(columns, rows))
