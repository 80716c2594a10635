"""A page of sections and failures, written as HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

STYLE = """body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;font-size:13px;margin:1em 0}td,th{border:1px solid #ccc;
padding:2px 8px;text-align:left}img{max-width:100%}.fail{color:#b00020;font-weight:bold}"""


@dataclass
class Page:
    """The parts of a page in their order, and what failed."""

    title: str
    parts: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def section(self, title: str, *texts: str) -> None:
        """Add a heading with what is below it, HTML."""
        self.parts.append(f"<h2>{html.escape(title)}</h2>" + "".join(texts))

    def html(self) -> str:
        """Return the page; failures come first."""
        failed = "".join(f'<p class="fail">{html.escape(text)}</p>' for text in self.failures)
        return (
            f"<!doctype html><meta charset=utf-8><title>{self.title}</title><style>{STYLE}</style>"
            f"<h1>{self.title}</h1>{failed or '<p>All within their limits.</p>'}{''.join(self.parts)}\n"
        )


def table(head: list[str], rows: list[list[object]]) -> str:
    """Return an HTML table."""

    def cells(values: list[object], tag: str) -> str:
        return "".join(f"<{tag}>{html.escape(str(value))}</{tag}>" for value in values)

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table><tr>{cells(list(head), 'th')}</tr>{body}</table>"


def number(value: float) -> str:
    """Return a number with three digits."""
    return f"{value:.3g}"
