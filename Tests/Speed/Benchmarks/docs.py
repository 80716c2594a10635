"""The tables in docs/PERFORMANCE.md, replaced by those of the last run."""

from __future__ import annotations

from pathlib import Path

__all__ = ["replace_tables"]

BEGIN = "<!-- tables: begin -->"
END = "<!-- tables: end -->"


def replace_tables(document: Path, tables: str) -> None:
    """Put tables between the two markers of a document.

    Raises
    ------
    ValueError
        When the document has not both markers, once and in order.
    """
    text = document.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise ValueError(f"{document}: must have the markers {BEGIN} and {END} once")
    document.write_text(f"{before}{BEGIN}\n{tables.strip()}\n{END}{after}")
