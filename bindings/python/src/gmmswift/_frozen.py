"""Immutable objects."""

from __future__ import annotations

__all__ = ["Frozen"]


class Frozen:
    """A base of classes whose attributes cannot be set after the constructor calls `_freeze`.

    A subclass may add attributes of its own afterwards, and set those once.
    """

    __slots__ = ()

    def _freeze(self, owner: type) -> None:
        """Make the attributes immutable; `owner` is the class whose constructor calls."""
        object.__setattr__(self, "_frozen_by", owner)

    def __setattr__(self, name: str, value: object) -> None:
        owner = getattr(self, "_frozen_by", None)
        if owner is not None and (type(self) is owner or hasattr(self, name)):
            raise AttributeError(f"{name}: cannot be set, a {type(self).__name__} is immutable")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name}: cannot be deleted, a {type(self).__name__} is immutable")
