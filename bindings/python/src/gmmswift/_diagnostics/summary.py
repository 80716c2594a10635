"""The summary table of draws, and its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, real_array, shown
from gmmswift._html import html_block, html_table
from gmmswift._scalars import Names, chosen_labels

if TYPE_CHECKING:
    import pandas
    from numpy.typing import NDArray

__all__ = ["Summary", "summary_options"]

#: A table of more rows is printed by its first and last rows.
_ALL_ROWS = 60
_END_ROWS = 10
#: The meaning of notes.
_FOOTNOTE = (
    "prior: no row of the data belongs to the component in at least nine of ten draws, "
    "so the number is a draw from the prior; empty: its weight"
)


class Summary:
    """A table with one row for each scalar quantity and one column for each statistic.

    Columns: ``mean``, ``sd``, the highest-density interval (``hdi_2.5%``, ``hdi_97.5%`` for the
    default width), ``mcse_mean``, ``mcse_sd``, ``mc_error`` (batch means, 100 batches),
    ``ess_bulk``, ``ess_tail``, ``r_hat`` and the quantiles (``2.5%``, ``25%``, ...). Definitions
    as in ArviZ. NaN where a statistic is not defined.

    A table of more than 60 rows is printed by its first and its last ten; `to_string` has all.

    Attributes
    ----------
    rows : tuple of str
        Names of the quantities, such as ``"means[0]"``.
    columns : tuple of str
        Names of the statistics.
    values : ndarray, shape (rows, columns)
        All cells, read-only.
    hdi : ndarray, shape (rows, 2)
        The ends of the highest-density intervals, read-only.
    quantiles : ndarray, shape (rows, quantiles)
        The quantiles, read-only.
    notes : tuple of str
        A word for each row: ``"prior"`` for the means and the spread of a component that has no
        rows of the data in at least nine of ten draws, which are draws from the prior; ``"empty"``
        for its weight; else ``""``. If there are any, they are the last column of the printed
        table.

    Examples
    --------
    >>> table = post.summary()                                      # doctest: +SKIP
    >>> table["mean"]                 # a column, an array          # doctest: +SKIP
    >>> table["means[0]", "mean"]     # a cell                      # doctest: +SKIP
    >>> table.row("means[0]")         # a row, a dict by column     # doctest: +SKIP
    >>> table.column("mean")          # a column, a dict by row     # doctest: +SKIP
    >>> table.select("means")         # some rows, a table          # doctest: +SKIP
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    notes: tuple[str, ...]

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
        self.notes = tuple(lib.gmm_summary_row_note(handle, r).decode() for r in range(n_rows))
        # All lines have as many bytes. A name may hold the end of a line, so they are not split.
        text: bytes = lib.gmm_summary_text(handle)
        length = len(text) // (n_rows + 1)
        self._lines = tuple(
            text[r * length : (r + 1) * length - 1].decode() for r in range(n_rows + 1)
        )

    def __getitem__(self, key: str | tuple[str, str]) -> Any:
        """Return a cell for ``[row, column]``, or a column as an array for ``[column]``."""
        if isinstance(key, tuple):
            if len(key) != 2:
                raise KeyError(f"a cell is table[row, column], got {shown(key)}")
            row, column = key
            return float(self.values[self._row(row), self._column(column)])
        return self.values[:, self._column(key)]

    def row(self, name: str) -> dict[str, float]:
        """Return the statistics of one quantity, by column."""
        return dict(zip(self.columns, self.values[self._row(name)].tolist(), strict=True))

    def column(self, name: str) -> dict[str, float]:
        """Return one statistic of every quantity, by row."""
        return dict(zip(self.rows, self[name].tolist(), strict=True))

    @property
    def hdi(self) -> NDArray[np.float64]:
        """The ends of the highest-density intervals, shape (rows, 2), read-only."""
        first = self.columns.index("sd") + 1
        return self.values[:, first : first + 2]

    @property
    def quantiles(self) -> NDArray[np.float64]:
        """The quantiles, shape (rows, quantiles), read-only."""
        return self.values[:, self.columns.index("r_hat") + 1 :]

    def select(self, names: Names) -> Summary:
        """Return the table of some rows.

        Parameters
        ----------
        names : str or sequence of str
            Names of quantities (``"means"``), rows (``"means[0, 1]"``), or rows in which ``*``
            stands for any index and the last indices may be missing (``"means[*, 1]"``).

        Returns
        -------
        Summary
            The rows in the order of `names`, each of them once.
        """
        places = chosen_labels(names, [(row,) for row in self.rows])
        table = object.__new__(Summary)
        table.rows = tuple(self.rows[place] for place in places)
        table.columns = self.columns
        table.values = self.values[places]
        table.values.flags.writeable = False
        table.notes = tuple(self.notes[place] for place in places)
        table._lines = (self._lines[0], *(self._lines[place + 1] for place in places))
        return table

    def _with_notes(self, notes: Sequence[str]) -> Summary:
        """Return this table with notes."""
        if not any(notes):
            return self
        table = object.__new__(Summary)
        table.rows, table.columns, table.values = self.rows, self.columns, self.values
        table.notes = tuple(notes)
        table._lines = tuple(
            f"{line}  {note:>5}"
            for line, note in zip(self._lines, ("note", *table.notes), strict=True)
        )
        return table

    def to_pandas(self) -> pandas.DataFrame:
        """Return the table as a pandas DataFrame (needs pandas)."""
        import pandas

        return pandas.DataFrame(
            self.values.copy(), index=list(self.rows), columns=list(self.columns)
        )

    def to_string(self) -> str:
        """Return all rows as text, and a line on notes, if there are any."""
        return "\n".join([*self._lines, *self._footnotes()])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the columns, the keys of ``table[column]``."""
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._column_index

    def __str__(self) -> str:
        if len(self) <= _ALL_ROWS:
            return self.to_string()
        head, *lines = self._lines
        ends = [head, *lines[:_END_ROWS], "...", *lines[-_END_ROWS:], self._remark()]
        ends += self._footnotes()
        return "\n".join(ends)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        places: list[int | None] = list(range(len(self)))
        remarks = []
        if len(self) > _ALL_ROWS:
            places[_END_ROWS:-_END_ROWS] = [None]
            remarks = [self._remark()]
        return html_block(
            "", [*remarks, *self._footnotes()], self._html_table(places, self.columns)
        )

    def _html_table(self, places: Sequence[int | None], columns: Sequence[str]) -> str:
        """Return some rows and columns as HTML; a row of dots for None."""
        where = [self._column(name) for name in columns]
        noted = any(self.notes)
        rows = [
            ("…", ["…"] * (len(where) + noted))
            if place is None
            else (
                self.rows[place],
                [
                    *(_cell(self.columns[c], self.values[place, c]) for c in where),
                    *([self.notes[place]] if noted else []),
                ],
            )
            for place in places
        ]
        return html_table([*columns, "note"] if noted else columns, rows)

    def _footnotes(self) -> list[str]:
        """Return what the notes mean."""
        return [_FOOTNOTE] if any(self.notes) else []

    def _worst(self) -> str:
        """Return the largest R-hat and the smallest effective sample size, with their rows."""
        words = []
        for name, column, sign in (("R-hat", "r_hat", 1), ("bulk ESS", "ess_bulk", -1)):
            values = self[column]
            if np.isfinite(values).any():
                place = int(np.nanargmax(sign * values))
                which = "largest" if sign > 0 else "smallest"
                number = f"{values[place]:,.0f}" if sign < 0 else f"{values[place]:.4f}"
                words.append(f"{which} {name} {number} ({self.rows[place]})")
        return ", ".join(words)

    def _remark(self) -> str:
        worst = self._worst()
        return f"{len(self):,} rows" + (f"; {worst}" if worst else "")

    @cached_property
    def _row_index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.rows)}

    @cached_property
    def _column_index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.columns)}

    def _row(self, name: str) -> int:
        return _lookup(self._row_index, "row", name)

    def _column(self, name: str) -> int:
        return _lookup(self._column_index, "column", name)


def _lookup(index: Mapping[str, int], axis: str, name: str) -> int:
    try:
        return index[name]
    except (KeyError, TypeError):
        listed = list(index)
        known = ", ".join(listed if len(listed) <= 20 else [*listed[:10], "...", *listed[-10:]])
        raise KeyError(f"{axis}: must be one of {known}, got {shown(name)}") from None


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
