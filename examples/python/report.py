"""The report of the examples. It collects tables, pictures and times as a script runs.

Tables and times are printed as they are added; pictures are saved as PNG files in the report's
folder. `demo.py` turns the reports of all scripts into one page.
"""

from __future__ import annotations

import argparse
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib

matplotlib.use("Agg")  # before pyplot: pictures go to files, on machines without a display too

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

import gmmswift as gm

_ROOT = Path(__file__).resolve().parents[2]
_PIXELS_PER_INCH = 150

#: Seconds that a fit took; None where a source gives none.
Seconds: TypeAlias = "float | None"


@dataclass(frozen=True)
class Heading:
    """A heading inside a report."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with HTML markup."""

    html: str


@dataclass(frozen=True)
class Model:
    """A model: its statements, with HTML markup, and the source that builds it."""

    statements: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Table:
    """A table of text cells, the first of each row its name; `marked` rows stand out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    marked: frozenset[int]

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.columns))]
        text = [
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        note = [textwrap.fill(self.note, 100)] if self.note else []
        return "\n".join([self.title, "-" * len(self.title), *text, *note])


@dataclass(frozen=True)
class Picture:
    """A picture that was saved, with its size on a page in CSS pixels."""

    path: Path
    caption: str
    width: int
    height: int


Item: TypeAlias = "Heading | Paragraph | Model | Table | Picture"


class Report:
    """Tables, pictures and times of one example.

    Parameters
    ----------
    name, title : str
        Short name, which is the script's; title for readers.
    output : Path
        Folder for the pictures; made when missing.

    Attributes
    ----------
    items : list of Item
        What was added, in order.
    speed : (str, float, float or None)
        The fit to name first: what it was, our seconds, the notebook's seconds.
    """

    def __init__(self, name: str, title: str, output: Path) -> None:
        self.name, self.title, self.output = name, title, output
        self.items: list[Item] = []
        self.speed: tuple[str, float, Seconds] = ("", np.nan, None)
        output.mkdir(parents=True, exist_ok=True)
        print(f"\n{title}\n{'=' * len(title)}")

    @property
    def pictures(self) -> list[Picture]:
        """The pictures, in order."""
        return [item for item in self.items if isinstance(item, Picture)]

    def heading(self, text: str) -> None:
        """Begin a part."""
        self.items.append(Heading(text))

    def text(self, html: str) -> None:
        """Add a paragraph."""
        self.items.append(Paragraph(html))

    def model(self, statements: Sequence[str], build: Callable[..., gm.Mixture]) -> None:
        """Add a model: its statements, and the source of the function that builds it."""
        self.items.append(Model(tuple(statements), inspect.getsource(build).rstrip()))

    def table(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        note: str = "",
        marked: Sequence[int] = (),
    ) -> None:
        """Add a table and print it."""
        table = Table(title, tuple(columns), tuple(map(tuple, rows)), note, frozenset(marked))
        self.items.append(table)
        print(f"\n{table}")

    def summary(self, title: str, posterior: gm.Posterior, note: str = "") -> None:
        """Add the summary of a posterior with the columns of the notebooks' tables, and more.

        Known parameters are left out.
        """
        columns = ("mean", "sd", "mc_error", "hdi_2.5%", "hdi_97.5%", "ess_bulk", "r_hat")
        digits = (4, 4, 5, 4, 4, 0, 4)
        table = posterior.summary()
        rows = [
            [name, *(f"{table[name, c]:,.{n}f}" for c, n in zip(columns, digits, strict=True))]
            for name in table.rows
            if table[name, "sd"] > 0
        ]
        self.table(title, ["", *columns], rows, note)

    def samplers(self, gibbs: gm.Posterior, metropolis: gm.Posterior) -> None:
        """Add the posterior means by both samplers, and their distance in standard errors."""
        ours, theirs = gibbs.summary(), metropolis.summary()
        rows = []
        for name in ours.rows:
            a, b = ours.row(name), theirs.row(name)
            error = np.hypot(a["mcse_mean"], b["mcse_mean"])
            rows.append(
                [
                    name,
                    *(f"{row['mean']:.4f} ± {row['mcse_mean']:.4f}" for row in (a, b)),
                    signed((b["mean"] - a["mean"]) / error),
                    *(f"{100 * row['ess_bulk'] / draws:.1f} %"
                      for row, draws in ((a, _draws(gibbs)), (b, _draws(metropolis)))),
                ]
            )  # fmt: skip
        self.table(
            "Two samplers, one posterior",
            ["", "mean, Gibbs", "mean, Metropolis", "difference / error", "effective, Gibbs",
             "effective, Metropolis"],
            rows,
            note="Means ± Monte-Carlo standard errors, their distance in standard errors, and "
            "effective draws in percent of all. Metropolis is the notebook's own scheme: random "
            "walks on the parameters, and a proposal for each observation's cluster.",
        )  # fmt: skip

    def times(
        self,
        what: str,
        notebook: Seconds,
        fits: Sequence[tuple[str, gm.Posterior]],
        others: Sequence[tuple[str, gm.Posterior]],
    ) -> None:
        """Add the seconds of fits.

        Parameters
        ----------
        what : str
            The notebook's fit.
        notebook : float or None
            Its seconds, where it prints them.
        fits : sequence of (str, Posterior)
            Fits of as many iterations as the notebook's, the one to name first at the head.
        others : sequence of (str, Posterior)
            Longer ones.
        """
        rows = [[what, "not given" if notebook is None else f"{notebook:.1f} s", ""]]
        for name, posterior in fits:
            ratio = "" if notebook is None else f"{notebook / posterior.seconds:,.0f} times as fast"
            rows.append([f"gmmswift, {name}", f"{posterior.seconds:.3f} s", ratio])
        rows += [[f"gmmswift, {name}", f"{post.seconds:.3f} s", ""] for name, post in others]
        self.speed = (fits[0][0], fits[0][1].seconds, notebook)
        width = 2 if notebook is None else 3
        self.table(
            "Time of the fit",
            ["", "time", "against the notebook"][:width],
            [row[:width] for row in rows],
            note=""
            if notebook is None
            else "The notebook's time is the one it shows, from its author's machine.",
        )

    def picture(self, name: str, axes: Any, caption: str) -> None:
        """Save the figure that axes belong to, as NAME.png, and close it."""
        figure = np.ravel(axes)[0].figure
        path = self.output / f"{name}.png"
        figure.savefig(path, dpi=_PIXELS_PER_INCH, facecolor="white")
        width, height = figure.get_size_inches() * 96
        plt.close(figure)
        self.items.append(Picture(path, caption, round(width), round(height)))


def signed(value: float) -> str:
    """Return a number with its sign and one digit, zero without a sign."""
    text = f"{value:+.1f}"
    return text[1:] if float(text) == 0 else text


def _draws(posterior: gm.Posterior) -> int:
    return posterior.n_chains * posterior.n_draws


def mixture_density(
    x: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    sd: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Return each component's share of a mixture's density at points, shape (len(x), K)."""
    z = (x[:, np.newaxis] - means) / sd
    return np.asarray(weights * np.exp(-0.5 * z**2) / (np.sqrt(2 * np.pi) * sd))


def output_folder(name: str, description: str | None) -> Path:
    """Return the folder that the command line names, by default build/demo/NAME."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument(
        "--output", type=Path, default=_ROOT / "build" / "demo" / name, help="folder for pictures"
    )
    folder: Path = parser.parse_args().output
    return folder
