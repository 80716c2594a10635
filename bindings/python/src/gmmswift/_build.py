"""The builds of the library's kernels, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gmmswift._native as native

_BUILDS = {"best": 0, "portable": 1, "avx2": 2, "avx512": 3}


def build_info() -> dict[str, str | tuple[str, ...]]:
    """Return the version and the builds of the loaded library.

    Returns
    -------
    dict
        ``version``; ``abi``; ``kernels``, the build of the inner loops that calls use by default,
        the fastest that this processor can run; ``available``, a tuple of the builds that it can
        run: ``"portable"``, ``"avx2"``, ``"avx512"``.
    """
    words = dict(word.split("=", 1) for word in native.lib.gmm_build_info().decode().split())
    return {**words, "available": tuple(words["available"].split(","))}


@contextmanager
def kernels(build: str) -> Iterator[None]:
    """Use a build of the inner loops for the calls inside a ``with`` block; for tests.

    AVX2 and AVX-512 give the same bits. The portable build rounds differently, so its chains may
    part from theirs.

    Parameters
    ----------
    build : {"best", "portable", "avx2", "avx512"}
        A build that this processor can run; another one makes the calls raise
        NotImplementedError.
    """
    if build not in _BUILDS:
        raise ValueError(f"build: must be one of {', '.join(_BUILDS)}, got {build!r}")
    token = native.kernel_build.set(_BUILDS[build])
    try:
        yield
    finally:
        native.kernel_build.reset(token)
