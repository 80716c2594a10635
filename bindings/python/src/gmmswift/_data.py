"""Data sets: observations, their weights and the names of their columns, laid out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import code, data_rows, row_weights, shown
from gmmswift._errors import Fault
from gmmswift._known import NOTHING, Known
from gmmswift._pickled import StateFormat

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Data",
    "as_data",
    "column_names",
    "fingerprint",
    "has_weights",
    "observations",
    "words_for",
]


class Data:
    """A data set that the library has checked and laid out, for any number of calls.

    Calls that take data take arrays too, and make a `Data` for the call. A `Data` of your own saves
    that work if you use the same observations again.

    Parameters
    ----------
    values : array_like, shape (N, D), or in one dimension (N,)
        Observations, finite, below 1e144 in magnitude. They are copied once, from a float64 array
        with any positive stride between rows and adjacent columns; other types and layouts, such as
        float32, Fortran order and data frames, are converted first. NaN, masked values, None and
        pandas' NA are refused unless `missing` says what they mean.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts, from 0 to 1e100. Zero makes a row inert, an integer
        repeats it. By default each row counts once.
    names : iterable of str, length D, optional
        Names of the columns, all different. By default the names of a data frame if all are
        strings, otherwise none. Summaries, inference data and messages show them.
    labels : array_like of int, shape (N,), or array_like, shape (N, K), optional
        The component that each row is known to have, from 0, or -1 for unknown. Or factors, each
        row of sum 1, by which the shares of the components of that row are multiplied: rows of
        zeros and a one are known. Component k of draws and fits is then label k.
    errors : array_like, shape (N,), (N, D) or (N, D, D), optional
        Errors of measurement: x = true value + error. Sds, one for all columns or one each, or
        covariance matrices. The mixture is that of the true values (extreme deconvolution; Bovy,
        Hogg, Roweis 2011); log likelihoods and densities are those of the measured values.
    intervals : pair of array_like, shape (N, D) each, optional
        The lower and the upper ends of intervals in which the values lie: censored where one is
        infinite, exact where they are equal, missing where both are infinite. Where both are NaN,
        `values` has the value. `values` may be None. A row may have one interval where coordinates
        or errors are correlated, and any number of them in other forms.
    rounding : float or array_like, shape (D,), optional
        The unit to which the values are rounded: each lies within half of it. 0 is exact.
    missing : {"error", "mar"}, default "error"
        What NaN and its like mean. "mar" is a value that is missing at random (Rubin 1976): that it
        is missing may depend on the values that its row has, not on the one that it lacks. Chains
        and fits are then exact for the values that there are; nothing is filled in beforehand. Log
        likelihoods and densities are those of the values that a row has. A row without any value
        counts for nothing.

    Attributes
    ----------
    n_observations, n_dimensions : int
        N and D.
    n_missing : int
        The number of missing values.
    names : tuple of str
        The names of the columns; empty if there are none.
    has_weights : bool
        Whether the rows have sample weights.

    Raises
    ------
    ValueError
        For infinite values, NaN that is not declared to be missing, weights out of range, and names
        that do not fit.
    TypeError
        For values that are not real numbers.

    Examples
    --------
    >>> import gmmswift as gm
    >>> data = gm.Data([[1.0, 2.0], [3.0, 5.0], [2.0, 8.0]], names=["length", "width"])
    >>> data
    <gmmswift.Data: 3 observations of length, width>
    >>> gm.fit_em(data, 1).means
    array([[2., 5.]])
    >>> rounded = gm.Data([[1.0, 2.0], [2.0, 4.0], [3.0, 8.0]], rounding=[1.0, 0.0])
    >>> rounded.intervals[0][:, 0]
    array([0.5, 1.5, 2.5])
    >>> holes = gm.Data([[1.0, 2.0], [2.0, 4.1], [3.0, None], [4.0, 7.9]], missing="mar")
    >>> gm.fit_em(holes, 1).means.round(2)
    array([[2.5 , 4.99]])
    """

    __slots__ = (
        "_handle",
        "has_weights",
        "n_dimensions",
        "n_missing",
        "n_observations",
        "names",
    )

    n_observations: int
    n_dimensions: int
    n_missing: int
    names: tuple[str, ...]
    has_weights: bool

    def __init__(
        self,
        values: ArrayLike | None,
        *,
        sample_weight: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        errors: ArrayLike | None = None,
        intervals: tuple[ArrayLike, ArrayLike] | None = None,
        rounding: ArrayLike | None = None,
        names: Iterable[str] | None = None,
        missing: str = "error",
    ) -> None:
        known = Known(labels, errors, intervals, rounding)
        self._lay_out("values", values, None, sample_weight, names, missing, known)

    def _lay_out(
        self,
        argument: str,
        values: ArrayLike | None,
        dimensions: int | None,
        sample_weight: ArrayLike | None,
        names: Iterable[str] | None = None,
        missing: str = "error",
        known: Known = NOTHING,
    ) -> None:
        meaning = code("missing", missing, ("error", "mar"))
        if values is None:
            if known.intervals is None:
                raise TypeError(f"{argument}: must be numbers unless there are intervals, got None")
            rows = data_rows("intervals[0]", known.intervals[0], dimensions)
        else:
            rows = data_rows(argument, values, dimensions, may_lack=meaning > 0)
        chosen = _frame_names(values, rows.dimensions) if names is None else _checked(names)
        options = native.defaults(native.DataOptions)
        options.row_stride = max(rows.stride, rows.dimensions)
        options.missing = meaning
        weights = row_weights(sample_weight, rows.length)
        options.sample_weights = native.address(weights)
        kept = known.write(options, rows)
        texts = None
        if names is not None or chosen:
            if len(chosen) != rows.dimensions:
                rule = f"must have {rows.dimensions} names, one for each column"
                raise ValueError(f"names: {rule}, got {len(chosen)}")
            texts = native.strings(list(chosen))
            options.column_names = native.address_of(texts)
        self._handle = native.create(
            native.lib.gmm_data_create,
            native.lib.gmm_data_destroy,
            rows.array if values is not None else None,
            rows.length,
            rows.dimensions,
            options,
            names=words_for(argument, rows.dimensions),
        )
        del texts, kept
        self.n_observations = rows.length
        self.n_dimensions = rows.dimensions
        self.names = chosen
        self.has_weights = bool(native.lib.gmm_data_has_sample_weights(self._handle))
        self.n_missing = native.lib.gmm_data_num_missing(self._handle)

    @property
    def values(self) -> NDArray[np.float64]:
        """A copy of the observations, shape (N, D), with NaN for missing values."""
        out = np.empty((self.n_observations, self.n_dimensions))
        native.call(native.lib.gmm_data_get_values, self._handle, out, out.size)
        return out

    @property
    def sample_weight(self) -> NDArray[np.float64] | None:
        """A copy of the sample weights, shape (N,), or None if there are none."""
        if not self.has_weights:
            return None
        out = np.empty(self.n_observations)
        native.call(native.lib.gmm_data_get_sample_weights, self._handle, out, out.size)
        return out

    @property
    def errors(self) -> NDArray[np.float64] | None:
        """A copy of the errors of measurement: sds, shape (N, D), or covariances, (N, D, D)."""
        shape = (self.n_observations, self.n_dimensions)
        sds = self._known(native.KNOWS_ERROR_SDS, shape)
        if sds is not None:
            return sds
        return self._known(native.KNOWS_ERROR_COVARIANCES, (*shape, self.n_dimensions))

    @property
    def intervals(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Copies of the ends of the intervals, shape (N, D) each; NaN where a value has none."""
        shape = (2, self.n_observations, self.n_dimensions)
        ends = self._known(native.KNOWS_INTERVALS, shape)
        return None if ends is None else (ends[0], ends[1])

    @property
    def labels(self) -> NDArray[Any] | None:
        """A copy of the known labels, shape (N,), or of the factors of shares, shape (N, K)."""
        labels = self._known(native.KNOWS_LABELS, (self.n_observations,))
        if labels is not None:
            return labels.astype(np.int32)
        columns = native.lib.gmm_data_num_label_shares(self._handle)
        return self._known(native.KNOWS_LABEL_SHARES, (self.n_observations, columns))

    def _known(self, what: int, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
        """Return what is known beside the values, or None."""
        if not native.lib.gmm_data_knows(self._handle) & what:
            return None
        out = np.empty(shape)
        native.call(native.lib.gmm_data_get_known, self._handle, what, out, out.size)
        return out

    @property
    def fingerprint(self) -> int:
        """A 64-bit checksum of the values and of which are missing."""
        result: int = native.lib.gmm_data_fingerprint(self._handle)
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        names = ("values", "sample_weight", "names", "errors", "intervals", "labels")
        values = {name: getattr(self, name) for name in names}
        return Data._restored, (_FORMAT.state_of(values),)

    @classmethod
    def _restored(cls, state: object) -> Data:
        """Return the data set of a pickled state."""
        values = _FORMAT.values_of(state)
        return cls(
            values["values"],
            sample_weight=values["sample_weight"],
            names=values["names"] or None,
            missing="mar" if np.isnan(values["values"]).any() else "error",
            **{name: values.get(name) for name in ("errors", "intervals", "labels")},
        )

    # A data set is immutable, so it is its own copy.
    def __copy__(self) -> Data:
        return self

    def __deepcopy__(self, memo: object) -> Data:
        return self

    def __len__(self) -> int:
        return self.n_observations

    def __repr__(self) -> str:
        of = ", ".join(self.names) or f"{self.n_dimensions} numbers"
        columns = f" of {of}" if self.names or self.n_dimensions > 1 else ""
        weighted = ", weighted" if self.has_weights else ""
        lacking = f", {self.n_missing:,} values missing" if self.n_missing else ""
        for name in ("errors", "intervals", "labels"):
            if getattr(self, name) is not None:
                lacking += f", {name}"
        return f"<gmmswift.Data: {self.n_observations:,} observations{columns}{weighted}{lacking}>"


_FORMAT = StateFormat(
    2, frozenset({"values", "sample_weight", "names", "errors", "intervals", "labels"})
)


def as_data(
    argument: str,
    value: ArrayLike | Data,
    dimensions: int | None = None,
    sample_weight: ArrayLike | None = None,
    missing: str = "error",
) -> Data:
    """Return a caller's data set, or one made of an array for the call.

    Parameters
    ----------
    argument : str
        The name of the argument in messages.
    value : array_like or Data
        The observations.
    dimensions : int, optional
        The number of columns that they must have. By default any.
    sample_weight : array_like, shape (N,), optional
        Weights for the rows of an array; a `Data` has its own.
    missing : {"error", "mar"}, default "error"
        What NaN means in an array, as in `Data`.
    """
    if not isinstance(value, Data):
        data = Data.__new__(Data)
        data._lay_out(argument, value, dimensions, sample_weight, missing=missing)
        return data
    if sample_weight is not None:
        raise ValueError(
            f"sample_weight: must be given to the Data, got {shown(sample_weight)} beside one"
        )
    if dimensions is not None and dimensions != value.n_dimensions:
        raise ValueError(f"{argument}: must have {dimensions} columns, got {value.n_dimensions}")
    return value


def has_weights(posterior: native.Handle) -> bool:
    """Return whether a posterior's data have sample weights other than 1."""
    lib = native.lib
    handle = native.create(lib.gmm_posterior_get_data, lib.gmm_data_destroy, posterior)
    return bool(lib.gmm_data_has_sample_weights(handle))


def observations(posterior: native.Handle) -> NDArray[np.float64] | None:
    """Return a posterior's data with NaN for missing values, read-only; None if none is missing.

    What the library's memory has in the place of missing values means nothing.
    """
    lib = native.lib
    handle = native.create(lib.gmm_posterior_get_data, lib.gmm_data_destroy, posterior)
    if not lib.gmm_data_num_missing(handle):
        return None
    shape = (lib.gmm_data_num_observations(handle), lib.gmm_data_num_dimensions(handle))
    out = np.empty(shape)
    native.call(lib.gmm_data_get_values, handle, out, out.size)
    out.flags.writeable = False
    return out[:, 0] if shape[1] == 1 else out


def fingerprint(posterior: native.Handle) -> int:
    """Return a 64-bit checksum of the values of a posterior's data."""
    lib = native.lib
    handle = native.create(lib.gmm_posterior_get_data, lib.gmm_data_destroy, posterior)
    result: int = lib.gmm_data_fingerprint(handle)
    return result


def column_names(posterior: native.Handle) -> tuple[str, ...]:
    """Return the names of the columns of a posterior's data, or an empty tuple."""
    lib = native.lib
    handle = native.create(lib.gmm_posterior_get_data, lib.gmm_data_destroy, posterior)
    names = []
    for column in range(lib.gmm_data_num_dimensions(handle)):
        name = lib.gmm_data_column_name(handle, column)
        if name is None:
            return ()
        names.append(name.decode())
    return tuple(names)


def words_for(argument: str, dimensions: int) -> Callable[[Fault], dict[str, str]]:
    """Return the Python words for the library's messages about data.

    Messages do not name the only column of data in one dimension.
    """

    def names(fault: Fault) -> dict[str, str]:
        words = {"data": argument, "column_names": "names"}
        words |= {"lower": "intervals[0]", "upper": "intervals[1]"}
        if dimensions == 1 and fault.argument.startswith("data[") and fault.indices:
            words[fault.argument] = f"{argument}[{fault.indices[0]}]"
        return words

    return names


def _checked(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise TypeError(f"names: must be an iterable of strings, got {shown(names)}")
    chosen = tuple(names)
    for column, name in enumerate(chosen):
        if not isinstance(name, str):
            raise TypeError(f"names[{column}]: must be a string, got {shown(name)}")
        if "\0" in name:
            raise ValueError(f"names[{column}]: must not hold null characters, got {shown(name)}")
    return chosen


def _frame_names(values: object, dimensions: int) -> tuple[str, ...]:
    """Return the names of a data frame's columns, if all are strings that serve as names."""
    columns = getattr(values, "columns", None)
    if columns is None or dimensions < 2:
        return ()
    if not isinstance(columns, Iterable):
        return ()
    listed = list(columns)
    names = tuple(name for name in listed if isinstance(name, str) and name and "\0" not in name)
    return names if len(set(names)) == len(listed) == dimensions else ()
