"""Pickling of estimators; docs/FORMATS.md has the layout."""

from __future__ import annotations

from typing import Any

from gmmswift._errors import FormatError
from gmmswift.estimators._state import NotStorableError, read_state, write_state

__all__ = ["StoredEstimator"]

# Attributes of every fitted mixture. `_exact` has the results whose attributes are float32.
_FITTED = (
    "weights_",
    "means_",
    "covariances_",
    "precisions_",
    "precisions_cholesky_",
    "converged_",
    "n_iter_",
    "lower_bound_",
    "lower_bounds_",
    "_exact",
    "n_features_in_",
    "feature_names_in_",
)


class StoredEstimator:
    """An estimator whose state is bytes of a version."""

    # Of the format of pickles: which estimator it is, its parameters, and its attributes beyond
    # those of every mixture.
    _kind: int
    _own_parameters: tuple[str, ...]
    _fitted_names: tuple[str, ...] = ()

    def __getstate__(self) -> bytes | tuple[bytes, dict[str, Any]]:
        """Return the estimator's own bytes (docs/FORMATS.md).

        The state also has the values that do not fit into the bytes: attributes that are not the
        estimator's, such as those of subclasses, and parameters of foreign types. It leaves out the
        training data, which are the user's and may be large.
        """
        own, others, names = {}, {}, self._stored_names()
        for name, value in self.__dict__.items():
            if name == "_training":
                continue
            try:
                if name not in names:
                    raise NotStorableError(name)
                write_state(self._kind, {name: value})
                own[name] = value
            except NotStorableError:
                others[name] = value
        state = write_state(self._kind, own)
        return (state, others) if others else state

    def __setstate__(self, state: bytes | tuple[bytes, dict[str, Any]]) -> None:
        others: dict[str, Any] = {}
        if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
            state, others = state
        if not isinstance(state, bytes):
            raise FormatError(f"state: must be bytes, got a {type(state).__name__}")
        values = read_state(self._kind, state)
        unknown = values.keys() - self._stored_names()
        if unknown:
            raise FormatError(f"state: must have attributes that are known, got {min(unknown)!r}")
        self.__dict__.update(values)
        self.__dict__.update(others)

    def _stored_names(self) -> set[str]:
        """Return the names of the attributes that the bytes may have."""
        return {*self._own_parameters, *_FITTED, *self._fitted_names}
