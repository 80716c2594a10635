"""Objects that stay as they were made."""

from __future__ import annotations

__all__ = ["Frozen"]


class Frozen:
    """A base of classes whose attributes cannot be set once the constructor calls `_freeze`."""

    __slots__ = ()

    def _freeze(self) -> None:
        object.__setattr__(self, "_is_frozen", True)

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, "_is_frozen", False):
            raise AttributeError(f"{name}: cannot be set, a {type(self).__name__} is immutable")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name}: cannot be deleted, a {type(self).__name__} is immutable")
