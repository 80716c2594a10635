"""The scalar quantities that a picture of draws shows, sorted into panels and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from gmmswift._arguments import integer
from gmmswift._scalars import Names, Scalar, chosen_scalars
from gmmswift.plots._limits import Limits, common_limits, has_heavy_tail, robust_limits
from gmmswift.plots._style import component_color, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

__all__ = ["Quantity", "Row", "page_of", "quantities", "rows_of"]

T = TypeVar("T")

#: A row shows no more components, and none whose range is so many times that of the others.
_ROW_COMPONENTS = 10
_ROW_SCALES = 25


class Quantity(NamedTuple):
    """A scalar and its draws, shape (chains, draws)."""

    scalar: Scalar
    draws: NDArray[np.float64]

    @property
    def color(self) -> str:
        """The colour of the component."""
        return component_color(self.scalar.component)

    @property
    def least(self) -> float:
        """The smallest value that the quantity can have."""
        columns = self.scalar.columns
        is_variance = len(columns) == 2 and columns[0] == columns[1]
        is_positive = self.scalar.quantity in ("weights", "sd", "acceptance")
        return 0.0 if is_positive or is_variance else -np.inf

    @property
    def most(self) -> float:
        """The largest value that the quantity can have."""
        return 1.0 if self.scalar.quantity in ("weights", "acceptance") else np.inf

    @property
    def needs_logs(self) -> bool:
        """Whether axes are logarithmic: for widths with a heavy tail, as the prior alone has."""
        is_width = self.least == 0 and self.scalar.quantity in ("sd", "covariances")
        return is_width and self.draws.min() > 0 and has_heavy_tail(self.draws)


class Row(NamedTuple):
    """Quantities that share panels.

    Attributes
    ----------
    label : str
        What the quantities have in common, and their components.
    quantities : list of Quantity
        The quantities.
    values : list of ndarray, shape (chains, draws)
        Their draws as the axes show them: the logarithms to base 10 where `is_log`.
    limits : Limits
        The limits of the values.
    is_log : bool
        Whether the axes are logarithmic.
    """

    label: str
    quantities: list[Quantity]
    values: list[NDArray[np.float64]]
    limits: Limits
    is_log: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the axis of values, with a margin."""
        return self.padded(self.limits)

    def padded(self, limits: Limits) -> tuple[float, float]:
        """Return the ends of an axis with these limits, with a margin."""
        if self.is_log:
            lower, upper = limits.padded()
            return 10.0**lower, 10.0**upper
        least = min(q.least for q in self.quantities)
        return limits.padded(least=least, most=max(q.most for q in self.quantities))


def quantities(posterior: Drawn, names: Names) -> list[Quantity]:
    """Return the chosen scalars with their draws; by default those of all unknown parameters."""
    chosen = chosen_scalars(
        default_names(posterior) if names is None else names,
        posterior.model.shape,
        posterior.column_names,
    )
    return [Quantity(scalar, scalar.of(posterior[scalar.quantity])) for scalar in chosen]


def default_names(posterior: Drawn) -> list[str]:
    """Return the parameters that vary: known values make no picture."""
    names = posterior.model._unknown()
    # The weight of a single component is 1.
    if posterior.n_components == 1 and "weights" in names:
        names.remove("weights")
    return names or ["log_likelihood"]


def rows_of(chosen: Sequence[Quantity]) -> list[Row]:
    """Sort quantities into rows: what components have in common, at one scale."""
    groups: dict[str, list[Quantity]] = {}
    for quantity in chosen:
        groups.setdefault(quantity.scalar.group, []).append(quantity)
    rows = []
    for group, members in groups.items():
        is_log = any(quantity.needs_logs for quantity in members) and all(
            quantity.draws.min() > 0 for quantity in members
        )
        for part in _at_one_scale(members, is_log):
            for start in range(0, len(part), _ROW_COMPONENTS):
                some = part[start : start + _ROW_COMPONENTS]
                label = group if len(some) == len(members) > 1 else _label(some)
                values = [np.log10(q.draws) if is_log else q.draws for q in some]
                limits = common_limits([robust_limits(x) for x in values])
                rows.append(Row(label, some, values, limits, is_log))
    return rows


def _at_one_scale(members: list[Quantity], is_log: bool) -> list[list[Quantity]]:
    """Part quantities where the range of one makes the others all alike."""
    # Weights share the range from 0 to 1, and logarithms any range.
    if is_log or members[0].scalar.quantity == "weights":
        return [members]
    found = [(robust_limits(q.draws), place, q) for place, q in enumerate(members)]
    found.sort(key=lambda item: item[0].upper - item[0].lower)
    parts: list[list[tuple[int, Quantity]]] = []
    common = found[0][0]
    for limits, place, quantity in found:
        narrow = common.upper - common.lower
        if not parts or limits.upper - limits.lower > _ROW_SCALES * narrow > 0:
            parts.append([])
            common = limits
        parts[-1].append((place, quantity))
        common = common_limits([common, limits])
    return [
        [q for _, q in sorted(part, key=lambda item: item[0])]
        for part in sorted(parts, key=_first_place)
    ]


def _first_place(part: list[tuple[int, Quantity]]) -> int:
    return min(place for place, _ in part)


def _label(some: Sequence[Quantity]) -> str:
    """Return the label of some components."""
    scalar = some[0].scalar
    if len(some) == 1:
        return scalar.label
    components = ranges([q.scalar.component for q in some if q.scalar.component is not None])
    if scalar.columns and "," in components:
        components = f"{{{components}}}"
    return f"{scalar.quantity}[{', '.join((components, *scalar.columns))}]"


def page_of(
    items: Sequence[T], page: Any, size: int, ax: Any, what: str
) -> tuple[Sequence[T], str]:
    """Return the items of a page, and a note where there are more; all on a caller's axes."""
    pages = max(1, -(-len(items) // size))
    number = integer("page", page, 0, pages - 1)
    if ax is not None or pages == 1:
        return items, ""
    start = number * size
    shown = items[start : start + size]
    return shown, (
        f"{what} {start + 1:,} to {start + len(shown):,} of {len(items):,} "
        f"(page={number} of 0 to {pages - 1}; names= selects)"
    )
