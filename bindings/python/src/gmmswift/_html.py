"""HTML for notebooks: tables and lines of text, with everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["html_block", "html_table", "shortened"]


def html_table(columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return a table: names of columns, and for each row its name and its cells."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, cells in rows
    )
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_block(title: str, lines: Iterable[str], table: str = "") -> str:
    """Return a block: a title and lines of text, and a table that is HTML already."""
    heading = f"<p><strong>{escape(title)}</strong></p>" if title else ""
    text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<div>{heading}{text}{table}</div>"


def shortened(text: str, length: int = 200) -> str:
    """Return a text, cut if it is long."""
    return text if len(text) <= length else text[: length - 1] + "…"
