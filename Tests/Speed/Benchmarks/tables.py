"""Tables of results, as Markdown and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Table", "number", "times"]


@dataclass
class Table:
    """A titled table.

    Attributes
    ----------
    title : str
        The heading.
    columns : sequence of str
        Names of the columns; the first column is aligned left, the others right.
    rows : list of sequences of str
        The cells.
    note : str
        A sentence below the table, or nothing.
    """

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""

    def markdown(self, level: int = 3) -> str:
        """Return the table in Markdown, padded so that it can be read as it is."""
        grid = [self.columns, *self.rows]
        widths = [max(3, *(len(row[c]) for row in grid)) for c in range(len(self.columns))]

        def line(cells: Sequence[str]) -> str:
            padded = [
                cell.rjust(width) if c else cell.ljust(width)
                for c, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ]
            return "| " + " | ".join(padded) + " |"

        rule = [
            "-" * width if c == 0 else "-" * (width - 1) + ":" for c, width in enumerate(widths)
        ]
        lines = [f"{'#' * level} {self.title}", line(self.columns), line(rule)]
        lines += [line(row) for row in self.rows]
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"


def number(value: float | None) -> str:
    """Return three significant digits, thousands apart; a dash for nothing."""
    if value is None or value != value:
        return "-"
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def times(value: float | None) -> str:
    """Return a ratio, such as ``"1.45 x"``."""
    return "-" if value is None or value != value else f"{number(value)} x"
