"""Small tables with named rows and columns of numbers or words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import shown
from gmmswift._html import html_block, html_table

if TYPE_CHECKING:
    import pandas
    from numpy.typing import NDArray

__all__ = ["Table"]


class Table:
    """A table whose columns are arrays.

    Parameters
    ----------
    rows : sequence of str
        Names of the rows.
    columns : mapping of str to array
        The columns by their names, each with an entry for every row.
    formats : mapping of str to str
        How the cells of a column are written, such as ``".2f"``; columns of words need none. NaN
        is left blank.

    Attributes
    ----------
    rows : tuple of str
        Names of the rows.
    columns : tuple of str
        Names of the columns.
    """

    def __init__(
        self,
        rows: Sequence[str],
        columns: Mapping[str, NDArray[Any]],
        formats: Mapping[str, str],
    ) -> None:
        self.rows = tuple(rows)
        self.columns = tuple(columns)
        self._arrays = dict(columns)
        for array in self._arrays.values():
            array.flags.writeable = False
        self._formats = dict(formats)

    def __getitem__(self, key: str | tuple[str, str]) -> Any:
        """Return a cell for ``[row, column]``, or a column as an array for ``[column]``."""
        if isinstance(key, tuple):
            if len(key) != 2:
                raise KeyError(f"a cell is table[row, column], got {shown(key)}")
            return self.row(key[0])[self._known("column", key[1], self.columns)]
        return self._arrays[self._known("column", key, self.columns)]

    def row(self, name: str) -> dict[str, Any]:
        """Return the cells of a row, by column."""
        place = self.rows.index(self._known("row", name, self.rows))
        return {column: array[place].item() for column, array in self._arrays.items()}

    def to_pandas(self) -> pandas.DataFrame:
        """Return the table as a pandas DataFrame (needs pandas)."""
        import pandas

        return pandas.DataFrame(
            {name: array.copy() for name, array in self._arrays.items()}, index=list(self.rows)
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the columns, the keys of ``table[column]``."""
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._arrays

    def __str__(self) -> str:
        cells = [["", *self.columns], *([row, *self._cells(i)] for i, row in enumerate(self.rows))]
        widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if i == 0 or self._is_text(i) else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in cells
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [(row, self._cells(i)) for i, row in enumerate(self.rows)]
        return html_block("", (), html_table(self.columns, rows))

    def _is_text(self, place: int) -> bool:
        return self._arrays[self.columns[place - 1]].dtype.kind == "U"

    def _cells(self, place: int) -> list[str]:
        """Return the cells of a row as text."""
        cells = []
        for name, array in self._arrays.items():
            value = array[place].item()
            is_blank = isinstance(value, float) and np.isnan(value)
            cells.append("" if is_blank else format(value, self._formats.get(name, "")))
        return cells

    @staticmethod
    def _known(axis: str, name: object, names: Sequence[str]) -> str:
        if isinstance(name, str) and name in names:
            return name
        raise KeyError(f"{axis}: must be one of {', '.join(names)}, got {shown(name)}")
