"""The rules by which data choose the priors that a model leaves to them."""

from __future__ import annotations

from gmmswift import _native as native
from gmmswift._arguments import shown

__all__ = ["default_priors_code", "default_priors_name"]

_CODES = {
    "fraley-raftery": native.DEFAULT_PRIORS_FRALEY_RAFTERY,
    "malsiner-walli": native.DEFAULT_PRIORS_MALSINER_WALLI,
}


def default_priors_code(name: object) -> int:
    """Return the library's code of a rule; 0 for None.

    Raises
    ------
    ValueError
        For anything but None and the name of a rule.
    """
    if name is None:
        return 0
    if not isinstance(name, str) or name not in _CODES:
        rule = ", ".join(map(repr, _CODES))
        raise ValueError(f"default_priors: must be among {rule}, got {shown(name)}")
    return _CODES[name]


def default_priors_name(code: int) -> str | None:
    """Return the name of a rule; None for 0."""
    return next((name for name, known in _CODES.items() if known == code), None)
