"""Colours and axes of all pictures, and the message when matplotlib is missing."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Okabe and Ito's colours, which people with any kind of colour vision tell apart, without black
#: and yellow. Fourteen more follow, each as far as possible from those before it, also as people
#: with red or green blindness see them. None is grey, or too light for lines on white.
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
    "#56B4E9", "#900064", "#594E00", "#21DE6F", "#9059E9",
    "#5921B1", "#905964", "#F485FF", "#B10000", "#A6BC9B",
    "#BC379B", "#434E6F", "#4385FF", "#9B9043", "#166F59",
)  # fmt: skip
#: Of chains, which share the colour of their component.
LINE_STYLES = ("-", "--", "-.", ":")
BLACK, GREY, LIGHT_BLUE = "#1A1A1A", "#757575", "#8FC1E3"
#: Of data, and of what belongs to no component.
NEUTRAL = "#404040"

#: No figure is wider, in inches.
WIDTH = 12.0
#: Panels in a row of a figure.
COLUMNS = 4
#: No page has more panels.
PAGE = 24
_ONE_LINE_LEGEND = 6


def pyplot() -> Any:
    """Return ``matplotlib.pyplot``, or say which extra brings it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("plots need matplotlib: pip install 'gmmswift[plot]'") from error
    return plt


def component_color(component: int | None) -> str:
    """Return the colour that a component has in every picture, or that of what all share.

    Colours repeat after twenty components.

    Parameters
    ----------
    component : int or None
        The component, >= 0; None for what belongs to none.

    Returns
    -------
    str
        A colour of matplotlib.
    """
    return NEUTRAL if component is None else PALETTE[component % len(PALETTE)]


def axes_grid(
    rows: int,
    columns: int,
    ax: Any,
    figsize: tuple[float, float] | None,
    size: tuple[float, float],
    **options: Any,
) -> NDArray[Any]:
    """Return rows x columns axes: the caller's, or those of a new figure.

    `size` is that of the figure in inches where `figsize` is not given.
    """
    plt = pyplot()
    if ax is not None:
        given = np.array(ax, dtype=object).reshape(-1)
        if given.size != rows * columns:
            raise ValueError(f"ax: must be {rows * columns} axes, got {given.size}")
        return given.reshape(rows, columns)
    _, axes = plt.subplots(
        rows, columns, figsize=figsize or size, squeeze=False, layout="constrained", **options
    )
    return np.asarray(axes, dtype=object)


def panels(
    count: int,
    ax: Any,
    figsize: tuple[float, float] | None,
    height: float,
    *,
    columns: int = COLUMNS,
    **options: Any,
) -> NDArray[Any]:
    """Return `count` axes, shape (count,): the caller's, or those of a new figure, row after row.

    `height` is that of a row in inches.
    """
    if ax is not None:
        return axes_grid(1, count, ax, None, (0, 0)).reshape(-1)
    across = min(columns, count)
    rows = math.ceil(count / across)
    # One or two panels may be wider than those of a full row.
    width = min(WIDTH, across * max(WIDTH / columns, 4.4 if across < 3 else 0))
    grid = axes_grid(rows, across, None, figsize, (width, rows * height + 0.5), **options)
    axes = grid.reshape(-1)
    for spare in axes[count:]:
        spare.remove()
    return axes[:count]


def tidy(ax: Any, *, has_grid: bool = True) -> None:
    """Give axes the common looks: two spines, a light grid behind the curves."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    if has_grid:
        ax.grid(True, color="#E6E6E6", linewidth=0.8)
    ax.tick_params(labelsize=9)


def head(ax: Any, text: str, *, pad: float = 6, width: int = 36) -> None:
    """Give axes a title at the left, on two lines where it is long."""
    # Lines end between the names of columns, not inside of them.
    unbroken = text.replace(" ", "\N{NO-BREAK SPACE}").replace(",\N{NO-BREAK SPACE}", ", ")
    lines = textwrap.wrap(unbroken, width, break_long_words=True) or [""]
    lines = [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
    if len(lines) > 2:
        lines = [lines[0], lines[1][: width - 2] + " …"]
    size = 10 if len(lines) == 1 and len(text) <= 0.8 * width else 8.5
    ax.set_title("\n".join(lines), loc="left", fontsize=size, fontweight="bold", pad=pad)


def legends(ax: Any, components: Iterable[int | None], chains: int, *, is_own: bool) -> None:
    """Say which colour is which component, and which line which chain, beside the panels.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The first axes of the picture.
    components : iterable of int or None
        The components that are drawn; None is left out.
    chains : int
        Number of chains that differ in their lines; 1 for no legend of chains.
    is_own : bool
        Whether the figure is this picture's own. On a caller's axes there is room above the title
        for a few components alone.
    """
    from matplotlib.lines import Line2D

    colors: dict[str, list[int]] = {}
    for component in sorted({k for k in components if k is not None}):
        colors.setdefault(component_color(component), []).append(component)
    keys = [Line2D([], [], color=color, linewidth=2.5) for color in colors]
    names = [
        ", ".join(map(str, owners[:2])) + ", …" * (len(owners) > 2) for owners in colors.values()
    ]
    looks = {"frameon": False, "fontsize": 9, "title_fontsize": 9, "handlelength": 1.2}
    looks |= {"columnspacing": 1.0, "handletextpad": 0.4}
    if not is_own:
        if 1 < len(keys) <= _ONE_LINE_LEGEND:
            place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.1}
            legend = ax.legend(keys, names, ncols=len(keys), **place, **(looks | {"fontsize": 8}))
            # It stands in the line of the title, and the layout would make room for it beside.
            legend.set_in_layout(False)
        return
    if len(keys) > 1:
        # Beside the legend of chains; a letter is about a twelfth of an inch wide.
        across = int(0.65 * ax.figure.get_figwidth() / (0.4 + max(map(len, names)) / 12))
        ax.figure.legend(
            keys,
            names,
            title="component",
            ncols=int(np.clip(len(keys), 1, max(1, min(10, across)))),
            loc="outside upper left",
            alignment="left",
            **looks,
        )
    if chains > 1:
        owners = [range(style, chains, 4)[:3] for style in range(min(chains, 4))]
        ax.figure.legend(
            [
                Line2D([], [], color=NEUTRAL, linestyle=style)
                for style in LINE_STYLES[: len(owners)]
            ],
            [
                ", ".join(map(str, those)) + ", …" * (chains > 12 + style)
                for style, those in enumerate(owners)
            ],
            title="chain",
            ncols=len(owners),
            loc="outside upper right",
            alignment="left",
            **(looks | {"handlelength": 2.2}),
        )


def note(ax: Any, text: str) -> None:
    """Write a line below all panels of a figure."""
    if text:
        ax.figure.supxlabel(text, fontsize=9, color=GREY)


def marked(ax: Any, text: str, *, x: float = 1.0, y: float = 0.99) -> None:
    """Write a small remark into the upper right corner of axes."""
    if text:
        ax.text(
            x, y, text, transform=ax.transAxes, ha="right", va="top", fontsize=7.5, color=GREY
        )  # fmt: skip


def ranges(numbers: Sequence[int]) -> str:
    """Return increasing numbers as text, runs of them by their ends: ``0-3, 7`` with a dash."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(
        str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a}\N{EN DASH}{b}" for a, b in runs
    )
