"""The summary of draws of any origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real_array, thread_count
from gmmswift._diagnostics.summary import Summary, summary_options

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["summarize"]


def summarize(
    values: ArrayLike | Mapping[str, ArrayLike],
    *,
    hdi_prob: float = 0.95,
    quantiles: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    threads: int | None = None,
) -> Summary:
    """Summarise draws of any origin.

    Parameters
    ----------
    values : array_like, shape (draws,) or (chains, draws, ...), or mapping of str to such arrays
        Draws; one axis is a single chain. NaN values give NaN statistics.
    hdi_prob : float, default 0.95
        Mass of the highest-density interval, in (0, 1).
    quantiles : sequence of float, optional
        Probabilities in [0, 1], at most 64. By default .025, .25, .5, .75, .975.
    names : sequence of str, optional
        Names of the rows. By default ``x``, or ``x[0]``, ``x[1]``, ... (``x[0, 1]`` for two axes),
        with the mapping's key in place of ``x``.
    threads : int, optional
        Number of threads, which share the quantities. By default one for each processor.

    Returns
    -------
    Summary
        One row for each quantity.

    Examples
    --------
    >>> import gmmswift as gm, numpy as np
    >>> draws = np.random.default_rng(1).normal(size=(4, 1000))
    >>> gm.summarize({"slope": draws}).rows
    ('slope',)
    """
    blocks = values if isinstance(values, Mapping) else {"x": values}
    if not blocks:
        raise ValueError("values: must hold at least one array, got none")
    rows: list[str] = []
    tables: list[NDArray[np.float64]] = []
    for name, block in blocks.items():
        label = name if isinstance(values, Mapping) else "values"
        array = real_array(label, block)
        if array.ndim == 0:
            raise ValueError(
                f"{label}: must have shape (draws,) or (chains, draws, ...), got a single number"
            )
        array = array[np.newaxis] if array.ndim == 1 else array
        rest = array.shape[2:]
        rows += [
            f"{name}[{', '.join(map(str, index))}]" if rest else name
            for index in product(*(range(size) for size in rest))
        ]
        quantities = int(np.prod(rest))  # not -1, which has no answer for an empty array
        tables.append(array.reshape(*array.shape[:2], quantities))
        if tables[-1].shape[:2] != tables[0].shape[:2]:
            raise ValueError(
                f"{label}: must have {tables[0].shape[:2]} chains and draws like the first, "
                f"got {tables[-1].shape[:2]}"
            )
    if not rows:
        raise ValueError("values: must have at least one quantity, got none")
    if names is not None:
        if isinstance(names, str) or len(names) != len(rows):
            raise ValueError(f"names: must be {len(rows)} names, got {names!r}")
        rows = [str(name) for name in names]
    table = tables[0] if len(tables) == 1 else np.concatenate(tables, axis=2)
    table = np.ascontiguousarray(table)
    options, keep = summary_options(hdi_prob, quantiles)
    with native.Run(thread_count(threads)) as run:
        handle = native.create(
            native.lib.gmm_summarize,
            native.lib.gmm_summary_destroy,
            table,
            *table.shape,
            native.strings(rows),
            options,
            run.control,
            run=run,
        )
    del keep
    return Summary(handle)
