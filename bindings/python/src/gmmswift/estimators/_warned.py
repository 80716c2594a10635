"""Warnings to the caller of an estimator."""

from __future__ import annotations

import sys
import warnings

from sklearn.exceptions import ConvergenceWarning

__all__ = ["warn_of_convergence"]


def warn_of_convergence(text: str) -> None:
    """Warn at the line outside of the package that led here."""
    level = 1
    frame = sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "gmmswift":
        frame = frame.f_back
        level += 1
    warnings.warn(text, ConvergenceWarning, stacklevel=level)
