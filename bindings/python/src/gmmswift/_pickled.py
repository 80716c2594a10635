"""The states of pickled values: mappings with a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from gmmswift._errors import FormatError

if TYPE_CHECKING:
    from typing import Self

__all__ = ["PickledFields", "StateFormat"]

_VERSION = "version"


class StateFormat(NamedTuple):
    """The version of a state, and the names of its values.

    A state is ``{"version": version, name: value, ...}``. A change of what the names mean raises
    the version, and `values_of` then has to know the versions before it.
    """

    version: int
    required: frozenset[str]
    optional: frozenset[str] = frozenset()

    def state_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the state of values."""
        return {_VERSION: self.version, **values}

    def values_of(self, state: object) -> dict[str, Any]:
        """Return the values of a state, by name.

        Raises
        ------
        FormatError
            For anything but a mapping with a version, for a later version, and for a mapping
            without a name that is required or with one that is not known.
        """
        if not isinstance(state, dict) or _VERSION not in state:
            raise _refused("a mapping with a version", f"a {type(state).__name__}")
        version = state[_VERSION]
        if type(version) is not int or not 1 <= version <= self.version:
            known = "version 1" if self.version == 1 else f"a version from 1 to {self.version}"
            raise _refused(
                f"of {known}", f"version {version!r}, which another version of gmmswift wrote"
            )
        values = {name: value for name, value in state.items() if name != _VERSION}
        for name in sorted(self.required - values.keys()):
            raise _refused("complete", f"one without {name!r}")
        for name in values.keys() - self.required - self.optional:
            raise _refused("of known values", f"one with {name!r}")
        return values


class PickledFields:
    """A base of dataclasses whose state is that of their fields."""

    def __reduce__(self) -> tuple[Any, ...]:
        values = {name: getattr(self, name) for name in self._format().required}
        return type(self)._restored, (self._format().state_of(values),)

    @classmethod
    def _restored(cls, state: object) -> Self:
        """Return the value of a pickled state."""
        return cls(**cls._format().values_of(state))

    @classmethod
    def _format(cls) -> StateFormat:
        return StateFormat(1, frozenset(field.name for field in fields(cls)))  # type: ignore[arg-type]


def _refused(rule: str, found: str) -> FormatError:
    return FormatError(f"state: must be {rule}, got {found}")
