"""The scalar quantities that a picture of draws shows, sorted into panels and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from gmmswift._arguments import integer
from gmmswift._model.counts import require_components
from gmmswift._scalars import COUNTS, STATISTICS, Names, Scalar, chosen_scalars
from gmmswift.plots._limits import (
    Limits,
    common_limits,
    has_heavy_tail,
    robust_ends,
    robust_limits,
)
from gmmswift.plots._style import component_color, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

__all__ = ["Quantity", "Row", "page_of", "quantities", "rows_of"]

T = TypeVar("T")

#: A row shows no more components, and none whose range is so many times that of the others.
_ROW_COMPONENTS = 10
_ROW_SCALES = 25
#: Numbers from 0 to 1.
_SHARES = ("weights", "acceptance", "background_weight")


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
        is_positive = self.scalar.quantity in (*_SHARES, "sd")
        return 0.0 if is_positive or is_variance else -np.inf

    @property
    def most(self) -> float:
        """The largest value that the quantity can have."""
        return 1.0 if self.scalar.quantity in _SHARES else np.inf

    @property
    def is_width(self) -> bool:
        """Whether it is an sd or a variance, which are positive."""
        return self.least == 0 and self.scalar.quantity in ("sd", "covariances")

    @property
    def needs_logs(self) -> bool:
        """Whether axes are logarithmic: for widths with a heavy tail, as the prior alone has."""
        return self.is_width and bool(has_heavy_tail(self.draws.reshape(-1, 1))[0])

    @property
    def logs(self) -> NDArray[np.float64]:
        """The logarithms of the draws to base 10."""
        return np.asarray(np.log10(np.maximum(self.draws, np.finfo(float).tiny)))


@dataclass(frozen=True)
class Row:
    """Quantities that share panels.

    Attributes
    ----------
    label : str
        What the quantities have in common, and their components.
    quantities : list of Quantity
        The quantities.
    is_log : bool
        Whether the axes are logarithmic.
    """

    label: str
    quantities: list[Quantity]
    is_log: bool

    @cached_property
    def values(self) -> list[NDArray[np.float64]]:
        """The draws as the axes show them, (chains, draws): their logarithms where `is_log`."""
        return [q.logs if self.is_log else q.draws for q in self.quantities]

    @cached_property
    def limits(self) -> Limits:
        """The limits of the values."""
        return common_limits([robust_limits(values) for values in self.values])

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
    """Return the chosen scalars with their draws; by default those of all unknown parameters.

    Where the number of components varies between draws, their parameters are refused.
    """
    unknown = posterior.model._unknown_count
    chosen = chosen_scalars(
        default_names(posterior) if names is None else names,
        posterior.model.shape,
        posterior.column_names,
        STATISTICS if unknown is None else STATISTICS + COUNTS,
        posterior.model._hyperparameters,
    )
    if any(scalar.component is not None for scalar in chosen):
        require_components(unknown)
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
        # The rows are many and few of them are shown, so some draws decide on their number.
        some = np.stack([_thinned(q.draws) for q in members], axis=-1)
        is_log = members[0].is_width and bool(has_heavy_tail(some).any())
        # Weights share the range from 0 to 1, and logarithms any range.
        if is_log or members[0].scalar.quantity == "weights":
            parts = [list(range(len(members)))]
        else:
            parts = _at_one_scale(*robust_ends(some))
        for part in parts:
            for start in range(0, len(part), _ROW_COMPONENTS):
                own = [members[place] for place in part[start : start + _ROW_COMPONENTS]]
                label = group if len(own) == len(members) > 1 else _label(own)
                rows.append(Row(label, own, is_log))
    return rows


def _thinned(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return about a thousand draws of all chains."""
    return draws[:, :: -(-draws.size // 1_000)].reshape(-1)


def _at_one_scale(lower: NDArray[np.float64], upper: NDArray[np.float64]) -> list[list[int]]:
    """Part ranges where one of them would make the others all alike; return their places."""
    order = np.argsort(upper - lower, kind="stable")
    parts: list[list[int]] = []
    ends = (0.0, 0.0)
    for place in order.tolist():
        if not parts or upper[place] - lower[place] > _ROW_SCALES * (ends[1] - ends[0]) > 0:
            parts.append([])
            ends = (lower[place], upper[place])
        parts[-1].append(place)
        ends = (min(ends[0], lower[place]), max(ends[1], upper[place]))
    return sorted(sorted(part) for part in parts)


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
