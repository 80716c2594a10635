"""Restoring an estimator after a fit that fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

__all__ = ["unchanged_on_failure"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_Object = TypeVar("_Object")


def unchanged_on_failure(
    method: Callable[Concatenate[_Object, _Arguments], _Result],
) -> Callable[Concatenate[_Object, _Arguments], _Result]:
    """Restore an object's attributes when a method of it raises.

    Attributes are bound anew by a fit, never changed in place, so their values are not copied.
    """

    @wraps(method)
    def run(self: _Object, /, *arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        before = dict(vars(self))
        try:
            return method(self, *arguments, **options)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    return run
