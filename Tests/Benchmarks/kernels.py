"""The builds of the kernels that the loaded library can be told to use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gmmswift as gm
from gmmswift import _native as native

__all__ = ["builds", "using"]

#: Codes of ``gmm_control.kernel_build``.
_CODES = {"portable": 1, "avx2": 2, "avx512": 3}


def _has_option() -> bool:
    return any(name == "kernel_build" for name, *_ in native.Control._fields_)


def builds() -> list[str]:
    """Return the builds to measure, the fastest last; one nameless one where there is no choice."""
    if not _has_option():
        return [""]
    usable = []
    for name in _CODES:
        try:
            with using(name):
                gm.sample(_probe(), [0.0, 1.0], 1, tune=0, chains=1, random_seed=1)
        except (ValueError, NotImplementedError, gm.GMMError):
            continue
        usable.append(name)
    return usable


def _probe() -> gm.Mixture:
    return gm.Mixture(1, means=gm.Normal(0, sd=1), sd=gm.HalfNormal(1))


@contextmanager
def using(build: str) -> Iterator[None]:
    """Use one build for the calls inside; the library's own choice where `build` is empty."""
    if not build:
        yield
        return
    original = native.defaults

    def chosen(struct: Any) -> Any:
        options = original(struct)
        if struct is native.Control:
            options.kernel_build = _CODES[build]
        return options

    native.defaults = chosen
    try:
        yield
    finally:
        native.defaults = original
