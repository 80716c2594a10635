"""Posteriors from files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmmswift import _native as native
from gmmswift._arguments import file_path
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.stored import model_of

if TYPE_CHECKING:
    import os

__all__ = ["load"]


def load(path: str | os.PathLike[str]) -> Posterior:
    """Load a posterior that `Posterior.save` wrote.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    Posterior
        With its model, data and draws; it can be extended where the saved one could. New draws have
        the bits that they would have had there if the library's version is the same.

    Raises
    ------
    OSError
        Where the system refuses to read the file.
    FormatError
        For a file that is no posterior, cut, damaged, or of a later format.
    """
    with native.Run() as run:
        handle = native.create(
            native.lib.gmm_posterior_load,
            native.lib.gmm_posterior_destroy,
            file_path("path", path),
            run.control,
            run=run,
        )
    return Posterior(handle, model_of(handle))
