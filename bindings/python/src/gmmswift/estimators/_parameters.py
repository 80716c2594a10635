"""Fitted parameters: the attributes that show them, and the numbers behind these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from gmmswift._arguments import refuse_masked, shown
from gmmswift._shapes import covariance_shape
from gmmswift.estimators._checks import check_finite
from gmmswift.estimators._gaussians import covariances_of
from gmmswift.estimators._stored import StoredEstimator
from gmmswift.estimators._threads import threads_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["FittedParameters", "Parameters", "float_type"]

# Fitted parameters, by the names of the attributes that show them.
Parameters = dict[str, Any]


def float_type(*values: ArrayLike) -> np.dtype[Any]:
    """Return float32 if all values are arrays of it, and float64 otherwise."""
    is_single = all(np.asarray(value).dtype == np.float32 for value in values)
    return np.dtype(np.float32 if is_single else np.float64)


class FittedParameters(StoredEstimator):
    """An estimator with the parameters of a mixture, fitted or set by hand.

    Everything is computed in float64. Where the data are float32, attributes show the results in
    float32, and the estimator keeps the results themselves to go on from. An attribute that is set
    to other numbers counts.
    """

    covariance_type: str
    n_components: int
    n_jobs: int | None = None  # pickles may lack it
    weights_: NDArray[Any]
    means_: NDArray[Any]
    covariances_: NDArray[Any]
    precisions_cholesky_: NDArray[Any]
    n_features_in_: int

    # The float64 results whose attributes are float32.
    _exact: Parameters

    #: Whether NaN is a value that is missing at random, for `fit` and for predictions.
    _takes_missing = False

    def _show(self, values: Mapping[str, Any], dtype: DTypeLike) -> None:
        """Set fitted attributes in the type of the data."""
        self.__dict__.pop("_exact", None)
        exact = {}
        for name, value in values.items():
            shown_value = _in_type(value, dtype)
            setattr(self, name, shown_value)
            if shown_value is not value:
                exact[name] = value
        if exact:
            self._exact = exact

    def _value(self, name: str) -> Any:
        """Return a fitted attribute in float64: the result itself, unless another has been set."""
        given = getattr(self, name)
        exact = self.__dict__.get("_exact", {}).get(name)
        if exact is not None and _same(_in_type(exact, np.float32), given):
            return exact
        return _in_type(given, np.float64)

    @property
    def _size(self) -> tuple[int, int]:
        """K and D."""
        means = self.means_
        shape = means.shape if isinstance(means, np.ndarray) else np.shape(means)
        if len(shape) != 2 or 0 in shape:
            raise ValueError(f"means_: must have shape (K, D), got {shape}")
        return shape

    def _weights(self) -> NDArray[np.float64]:
        """Return the weights; the library checks their values."""
        weights: NDArray[np.float64] = self._value("weights_")
        if weights.shape != self._size[:1]:
            raise ValueError(f"weights_: must have shape {self._size[:1]}, got {weights.shape}")
        return weights

    def _means(self) -> NDArray[np.float64]:
        means: NDArray[np.float64] = self._value("means_")
        return means

    def _covariances(self) -> NDArray[np.float64]:
        found: NDArray[np.float64]
        if hasattr(self, "covariances_"):
            found = self._value("covariances_")
        else:
            # Some who make an estimator by hand set what scikit-learn predicts with, and no more.
            found = covariances_of(self._value("precisions_cholesky_"), self.covariance_type)
        if found.shape != covariance_shape(*self._size, self.covariance_type):
            raise ValueError(
                "covariance_type: must be that of the fit, with covariances of shape "
                f"{found.shape}, got {shown(self.covariance_type)}"
            )
        return found

    def _check_size_of_fit(self) -> None:
        """Require the number of components and the form of covariances that the fit has."""
        size = self._size[0]
        if self.n_components != size:
            raise ValueError(
                f"n_components: must be that of the fit, {size}, got {shown(self.n_components)}"
            )
        self._covariances()

    def _threads(self) -> int:
        return threads_of(self.n_jobs)

    # ---------------------------------------------------------------------------- Validation

    def _validated(
        self, data: ArrayLike, *, reset: bool, least: int = 1, may_lack: bool | None = None
    ) -> NDArray[Any]:
        """Return observations, finite, as float32 if they are, and as float64 otherwise.

        They may have NaN if values `may_lack`, by default if the estimator takes missing values.
        """
        refuse_masked("X", data)
        x: NDArray[Any] = validate_data(
            self,
            data,
            dtype=[np.float64, np.float32],
            order="C",
            ensure_all_finite=False,
            ensure_min_samples=least,
            reset=reset,
        )
        check_finite(x, may_lack=self._takes_missing if may_lack is None else may_lack)
        return x

    def _seen(self, data: ArrayLike, *, may_lack: bool | None = None) -> NDArray[Any]:
        """Return observations with as many columns as the means, as `_validated`."""
        check_is_fitted(self, "means_")
        x = self._validated(data, reset=False, may_lack=may_lack)
        columns = self._size[1]
        if x.shape[1] != columns:
            raise ValueError(
                f"X has {x.shape[1]} features, but {type(self).__name__} is expecting {columns} "
                "features as input"
            )
        return x


def _in_type(value: Any, dtype: DTypeLike) -> Any:
    """Return numbers in a type of floats; Python's own as they are."""
    if isinstance(value, tuple):
        parts = tuple(_in_type(part, dtype) for part in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return value if isinstance(value, (int, float)) else np.asarray(value, dtype)


def _same(left: Any, right: Any) -> bool:
    """Return whether numbers are equal, as many and in the same shape."""
    if isinstance(left, tuple):
        is_pair = isinstance(right, tuple) and len(left) == len(right)
        return is_pair and all(map(_same, left, right))
    return np.array_equal(left, right)
