"""What callers state of rows beside their values: labels, errors, intervals and rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import Rows, array, real_array, shown

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["NOTHING", "Known"]


class Known(NamedTuple):
    """What callers state beside the values."""

    labels: ArrayLike | None = None
    errors: ArrayLike | None = None
    intervals: tuple[ArrayLike, ArrayLike] | None = None
    rounding: ArrayLike | None = None

    def write(self, options: Any, rows: Rows) -> list[Any]:
        """Set the fields of the options, and return the arrays that they point at."""
        shape = _shape(rows)
        kept: list[Any] = []

        def field(name: str, values: NDArray[Any]) -> None:
            kept.append(values)
            setattr(options, name, native.address(values))

        if self.errors is not None:
            errors = real_array("errors", self.errors)
            if errors.ndim == 3:
                field(
                    "error_covariances",
                    array("errors", errors, (rows.length, *(rows.dimensions,) * 2)),
                )
            else:
                if errors.ndim < 2 and errors.size in (1, rows.length) and rows.dimensions > 1:
                    errors = np.broadcast_to(errors.reshape(-1, 1), shape)
                elif errors.ndim == 0:
                    errors = np.broadcast_to(errors, shape)
                field("error_sds", array("errors", errors, shape))
        for name, ends in zip(("lower", "upper"), self._ends(rows) or (), strict=False):
            field(name, ends)
        if self.labels is not None:
            labels = np.asarray(self.labels)
            if labels.ndim == 2:
                factors = array("labels", labels, (rows.length, labels.shape[1]))
                field("label_shares", factors)
                options.num_label_shares = labels.shape[1]
            else:
                if labels.dtype.kind not in "iu" and not _are_whole(labels):
                    raise TypeError(f"labels: must be integers, got {shown(self.labels)}")
                if labels.shape != (rows.length,):
                    rule = f"must have shape ({rows.length},) or ({rows.length}, K)"
                    raise ValueError(f"labels: {rule}, got shape {labels.shape}")
                if labels.size and not -(2**31) <= labels.min() <= labels.max() < 2**31:
                    raise ValueError("labels: must fit 32 bits, got larger ones")
                field("labels", np.ascontiguousarray(labels, np.int32))
        return kept

    def _ends(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Return the ends of intervals, also of those that rounding makes."""
        shape = _shape(rows)
        if self.rounding is None:
            if self.intervals is None:
                return None
            if not isinstance(self.intervals, (tuple, list)) or len(self.intervals) != 2:
                raise TypeError(f"intervals: must be two arrays, got {shown(self.intervals)}")
            lower, upper = (
                array(f"intervals[{end}]", real_array(f"intervals[{end}]", ends), shape)
                for end, ends in enumerate(self.intervals)
            )
            return lower, upper
        if self.intervals is not None:
            raise ValueError("rounding: must not be given beside intervals, got both")
        units = real_array("rounding", self.rounding)
        if units.shape not in ((), (rows.dimensions,)):
            rule = f"must be a number or have shape ({rows.dimensions},)"
            raise ValueError(f"rounding: {rule}, got shape {units.shape}")
        if not (np.isfinite(units) & (units >= 0)).all():
            raise ValueError(
                f"rounding: must be finite and not negative, got {shown(self.rounding)}"
            )
        values = rows.array.reshape(shape)
        return values - 0.5 * units, values + 0.5 * units


NOTHING = Known()


def _shape(rows: Rows) -> tuple[int, ...]:
    """Return the shape of a number for each value, as messages have it."""
    return (rows.length,) if rows.dimensions == 1 else (rows.length, rows.dimensions)


def _are_whole(labels: NDArray[Any]) -> bool:
    return labels.dtype.kind == "f" and bool(np.all(labels == np.round(labels)))
