"""The summary table of draws, and its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, real_array, shown

if TYPE_CHECKING:
    import pandas
    from numpy.typing import NDArray

__all__ = ["Summary"]


class Summary:
    """A table with one row for each scalar quantity and one column for each statistic.

    Columns: ``mean``, ``sd``, the highest-density interval (``hdi_2.5%``, ``hdi_97.5%`` for the
    default width), ``mcse_mean``, ``mcse_sd``, ``mc_error`` (batch means, 100 batches),
    ``ess_bulk``, ``ess_tail``, ``r_hat`` and the quantiles (``2.5%``, ``25%``, ...). Definitions
    as in ArviZ. NaN where a statistic is not defined.

    Attributes
    ----------
    rows : tuple of str
        Names of the quantities, such as ``"means[0]"``.
    columns : tuple of str
        Names of the statistics.
    values : ndarray, shape (rows, columns)
        All cells, read-only.

    Examples
    --------
    >>> table = post.summary()                                      # doctest: +SKIP
    >>> table["means[0]", "mean"]     # a cell                      # doctest: +SKIP
    >>> table["mean"]                 # a column, a dict by row     # doctest: +SKIP
    >>> table.row("means[0]")         # a row, a dict by column     # doctest: +SKIP
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]

    def __init__(self, handle: native.Handle) -> None:
        lib = native.lib
        n_rows, n_columns = lib.gmm_summary_num_rows(handle), lib.gmm_summary_num_columns(handle)
        self.rows = tuple(lib.gmm_summary_row_name(handle, r).decode() for r in range(n_rows))
        self.columns = tuple(
            lib.gmm_summary_column_name(handle, c).decode() for c in range(n_columns)
        )
        self.values = np.empty((n_rows, n_columns))
        native.call(lib.gmm_summary_get_values, handle, self.values, self.values.size)
        self.values.flags.writeable = False
        self._text: str = lib.gmm_summary_text(handle).decode().rstrip("\n")
        self._row_index = {name: index for index, name in enumerate(self.rows)}
        self._column_index = {name: index for index, name in enumerate(self.columns)}

    def __getitem__(self, key: str | tuple[str, str]) -> Any:
        """Return a cell for ``[row, column]``, or a column for ``[column]``."""
        if isinstance(key, tuple):
            if len(key) != 2:
                raise KeyError(f"a cell is table[row, column], got {shown(key)}")
            row, column = key
            return float(self.values[self._row(row), self._column(column)])
        return self.column(key)

    def row(self, name: str) -> dict[str, float]:
        """Return the statistics of one quantity, by column."""
        return dict(zip(self.columns, self.values[self._row(name)].tolist(), strict=True))

    def column(self, name: str) -> dict[str, float]:
        """Return one statistic of every quantity, by row."""
        return dict(zip(self.rows, self.values[:, self._column(name)].tolist(), strict=True))

    def to_pandas(self) -> pandas.DataFrame:
        """Return the table as a pandas DataFrame (needs pandas)."""
        import pandas

        return pandas.DataFrame(
            self.values.copy(), index=list(self.rows), columns=list(self.columns)
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the columns, the keys of ``table[column]``."""
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._column_index

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            f"<tr><th>{escape(name)}</th>"
            + "".join(
                f"<td>{_cell(column, value)}</td>" for column, value in self.row(name).items()
            )
            + "</tr>"
            for name in self.rows
        )
        return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _row(self, name: str) -> int:
        return _lookup(self._row_index, "row", name)

    def _column(self, name: str) -> int:
        return _lookup(self._column_index, "column", name)


def _lookup(index: Mapping[str, int], axis: str, name: str) -> int:
    try:
        return index[name]
    except (KeyError, TypeError):
        raise KeyError(f"{axis}: must be one of {', '.join(index)}, got {shown(name)}") from None


def _cell(column: str, value: float) -> str:
    return f"{value:.0f}" if column.startswith("ess_") else f"{value:.4g}"


def summary_options(
    hdi_prob: float, quantiles: Sequence[float] | None
) -> tuple[native.SummaryOptions, object]:
    """Return the options of a summary, and what must stay alive while they are used."""
    options = native.defaults(native.SummaryOptions)
    options.hdi_probability = real("hdi_prob", hdi_prob)
    if quantiles is None:
        return options, None
    probabilities = np.ascontiguousarray(real_array("quantiles", quantiles))
    if probabilities.ndim != 1:
        raise ValueError(
            f"quantiles: must be a sequence of numbers, got shape {probabilities.shape}"
        )
    options.num_quantiles = probabilities.size
    options.quantiles = native.address(probabilities)
    return options, probabilities
