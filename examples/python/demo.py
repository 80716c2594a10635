"""Run the three notebooks and write one page with all their tables and pictures.

    python demo.py [--output FOLDER]

The page is FOLDER/index.html, by default build/demo/index.html; the pictures lie beside it.
"""

from __future__ import annotations

import os
import time
from html import escape
from pathlib import Path
from typing import Any

import book
import three_components
import two_components
from report import Heading, Model, Paragraph, Picture, Report, Table, output_folder

import gmmswift as gm

_SCRIPTS = (two_components, three_components, book)

#: The other examples, which are run one by one, and what they are about.
_MORE = {
    "number_of_components": "the number of components by fits",
    "galaxies": "the number of components by draws",
    "iris": "several columns",
    "airquality": "missing values",
    "errors_and_labels": "errors of measurement, rounding, labels",
    "detection_limits": "values below a limit of detection",
    "chevron": "outliers and clutter",
}

_MANY_COLUMNS = 9  # more of them are set closer together

_STYLE = """
:root { --ink: #1f2430; --soft: #5b6475; --line: #e3e6ec; --paper: #ffffff; --ground: #f5f6f9;
  --accent: #0072b2; --mark: #fdf0e3; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.6 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 56px; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.02em; }
.lead { color: var(--soft); font-size: 1.1rem; max-width: 46rem; margin: 0 0 1.8rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 16px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 18px 20px; color: inherit; text-decoration: none; display: block; }
.card:hover { border-color: var(--accent); }
.card b { display: block; margin-bottom: .3rem; }
.card .big { font-size: 1.9rem; font-weight: 650; color: var(--accent); line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.card small { color: var(--soft); display: block; line-height: 1.45; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  margin: 32px 0; padding: 12px 32px 28px; }
h2 { font-size: 1.55rem; letter-spacing: -.01em; margin: 1.2rem 0 .2rem; }
h3 { font-size: 1.12rem; margin: 2.2rem 0 .6rem; padding-top: 1rem;
  border-top: 1px solid var(--line); }
p { max-width: 46rem; margin: .5rem 0; }
.model { display: grid; gap: 12px; margin: .8rem 0; max-width: 54rem; }
.statements { background: var(--ground); border-left: 3px solid var(--accent);
  border-radius: 0 8px 8px 0; padding: 12px 18px; }
.statements div { margin: .3rem 0; }
var { font-family: Cambria, "Latin Modern Math", "DejaVu Serif", Georgia, serif; }
h2 + h3 { border-top: 0; padding-top: 0; margin-top: 1rem; }
pre { background: var(--ground); border-radius: 8px; padding: 14px 18px; margin: 0;
  overflow-x: auto; font: .8rem/1.5 ui-monospace, Consolas, "DejaVu Sans Mono", monospace; }
.scroll { overflow-x: auto; margin: 1.2rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 650; padding-bottom: .35rem; font-size: .95rem; }
th, td { padding: .32rem .9rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 550; border-bottom: 1.5px solid var(--ink); }
thead th:first-child { text-align: left; padding-left: .2rem; }
tbody th { text-align: left; font-weight: 500; padding-left: .2rem; }
thead th { vertical-align: bottom; }
thead th.wide { white-space: normal; }
table.many { font-size: .84rem; }
table.many th, table.many td { padding: .32rem .55rem; }
tbody tr.marked { background: var(--mark); }
.note { color: var(--soft); font-size: .88rem; margin: .5rem 0 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 20px 28px; margin: 1rem 0; }
figure { margin: 0; flex: 0 1 auto; min-width: 0; }
img { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .88rem; max-width: 46rem; margin-top: .35rem; }
footer { color: var(--soft); font-size: .88rem; padding-bottom: 48px; }
@media (max-width: 640px) { section { padding: 8px 16px 20px; } }
"""


def main(output: Path) -> dict[str, dict[str, Any]]:
    """Run the scripts, write the page, print the times; return the results by script."""
    started = time.perf_counter()
    results = {script.__name__: script.main(output / script.__name__) for script in _SCRIPTS}
    reports: list[Report] = [result["report"] for result in results.values()]
    page = output / "index.html"
    page.write_text(_page(reports), encoding="utf-8")
    print("\nTime of 10,000 iterations of one chain\n" + "-" * 38)
    for report in reports:
        _, ours, theirs = report.speed
        notebook = "no time given" if theirs is None else f"{theirs:.1f} s"
        print(f"{report.title:<50}{notebook:>14}  gmmswift {ours:.3f} s")
    print(f"\nAll in {time.perf_counter() - started:.0f} s. The page: {page}")
    return results


def _page(reports: list[Report]) -> str:
    """Return the page."""
    processors = os.cpu_count() or 1
    machine = f"{processors} processor{'s' * (processors != 1)}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>libgmmswift: three notebooks</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>Three notebooks, one library</h1>
<p class="lead">Bayesian Gaussian mixtures from two PyMC notebooks and a book, fitted with
libgmmswift: the same models, the same posteriors, the same pictures.</p>
<div class="cards">
{"".join(map(_card, reports))}</div>
</header>
<main>
{"".join(map(_section, reports))}</main>
<footer>
<p>More examples in <code>examples/python</code> write their pictures to build/demo: {_more()}.</p>
<p>gmmswift {escape(gm.__version__)}. Times were measured while this page was written, on a machine
with {machine}; the notebooks' own are the ones they show. Published and true values apart,
every number and picture here was computed by <code>examples/python/demo.py</code>.</p>
</footer>
</body>
</html>
"""


def _more() -> str:
    """Return the list of the other examples."""
    return "; ".join(f"<code>{name}.py</code>, {escape(about)}" for name, about in _MORE.items())


def _card(report: Report) -> str:
    """Return the card that leads to a report: its fit's time, and the notebook's."""
    what, ours, theirs = report.speed
    against = (
        "The book gives no time."
        if theirs is None
        else f"The notebook: {theirs:.1f} s, {theirs / ours:,.0f} times as long."
    )
    return (
        f'<a class="card" href="#{report.name}"><b>{escape(report.title)}</b>'
        f'<span class="big">{ours:.3f} s</span>'
        f"<small>{escape(what)}. {against}</small></a>\n"
    )


def _section(report: Report) -> str:
    """Return a report as a section."""
    parts = [f'<section id="{report.name}">', f"<h2>{escape(report.title)}</h2>"]
    figures: list[str] = []
    for item in report.items:
        if isinstance(item, Picture):
            figures.append(_figure(report, item))
            continue
        if figures:
            parts.append(_figures(figures))
            figures = []
        if isinstance(item, Heading):
            parts.append(f"<h3>{escape(item.text)}</h3>")
        elif isinstance(item, Paragraph):
            parts.append(f"<p>{item.html}</p>")
        elif isinstance(item, Model):
            parts.append(_model(item))
        else:
            parts.append(_table(item))
    if figures:
        parts.append(_figures(figures))
    return "\n".join([*parts, "</section>\n"])


def _model(model: Model) -> str:
    statements = "".join(f"<div>{statement}</div>" for statement in model.statements)
    return (
        f'<div class="model"><div class="statements">{statements}</div>'
        f"<pre>{escape(model.source)}</pre></div>"
    )


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_wide(column)}>{escape(column)}</th>' for column in table.columns
    )
    body = "".join(
        ('<tr class="marked">' if index in table.marked else "<tr>")
        + f'<th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for index, row in enumerate(table.rows)
    )
    many = ' class="many"' if len(table.columns) > _MANY_COLUMNS else ""
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="scroll"><table{many}><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>{note}"
    )


def _wide(column: str) -> str:
    """Return the class of a heading that may break into lines."""
    return ' class="wide"' if " " in column else ""


def _figures(figures: list[str]) -> str:
    return '<div class="pictures">' + "\n".join(figures) + "</div>"


def _figure(report: Report, picture: Picture) -> str:
    caption = escape(picture.caption)
    source = f"{report.name}/{picture.path.name}"
    return (
        f'<figure style="width: {picture.width}px"><a href="{source}"><img src="{source}" '
        f'width="{picture.width}" height="{picture.height}" alt="{caption}" loading="lazy"></a>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


if __name__ == "__main__":
    main(output_folder("", __doc__))
