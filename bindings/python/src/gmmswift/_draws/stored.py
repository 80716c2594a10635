"""Posteriors as files, bytes and pickles."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import file_path, stored_bytes
from gmmswift._model.mixture import Mixture
from gmmswift._model.stated import stated_arguments

if TYPE_CHECKING:
    import os
    from typing import Self, SupportsIndex

    from numpy.typing import NDArray

__all__ = ["StoredPosterior", "model_of"]


class StoredPosterior:
    """The exchange of a posterior with files and with other processes."""

    n_chains: int
    _handle: native.Handle

    if TYPE_CHECKING:

        def __init__(self, handle: native.Handle, model: Mixture) -> None: ...

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save everything that the posterior has, for `gmmswift.load`.

        The file holds the model, the data, the options, the draws, stored assignments, and the
        states of the chains. A loaded posterior answers every call with the same bits, and so does
        `extend`. The file appears whole or not at all. Its format is documented and has a checksum,
        and later versions read it.

        Parameters
        ----------
        path : path-like
            The path of the file. An existing file is replaced.

        Raises
        ------
        OSError
            If the system refuses. An existing file is then intact, as it is on Ctrl-C.
        """
        with native.Run() as run:
            native.call(
                native.lib.gmm_posterior_save, self._handle, file_path("path", path), run.control
            )

    def export_csv(self, prefix: str | os.PathLike[str]) -> list[str]:
        """Write the draws as CmdStan does: ``prefix_1.csv``, ``prefix_2.csv``, ..., one per chain.

        ArviZ (`arviz.from_cmdstan`), CmdStan's ``stansummary`` and R's posterior package read them.
        Columns are ``lp__`` (log posterior), ``accept_stat__``, ``log_likelihood``, ``weights.1``,
        ..., ``means.1`` or ``means.1.1``, ... and the spread; indices start at 1. Numbers read back
        as the same bits. The files have no assignments.

        Parameters
        ----------
        prefix : path-like
            The beginning of the files' paths.

        Returns
        -------
        list of str
            The paths.
        """
        beginning = file_path("prefix", prefix).decode()
        paths = [f"{beginning}_{chain + 1}.csv" for chain in range(self.n_chains)]
        with native.Run() as run:
            for chain, path in enumerate(paths):
                if run.failure is not None:
                    break
                native.call(
                    native.lib.gmm_posterior_export_csv,
                    self._handle,
                    chain,
                    path.encode(),
                    run.control,
                    names={"path": "prefix"},
                )
        return paths

    def to_bytes(self) -> bytes:
        """Return the bytes of the file that `save` writes, for `from_bytes`.

        They have a version and a checksum. docs/FORMATS.md has the layout.
        """
        return self._bytes().tobytes()

    @classmethod
    def from_bytes(cls, state: bytes) -> Self:
        """Return the posterior that `to_bytes` wrote, here or on another machine.

        Parameters
        ----------
        state : bytes
            An object that has a buffer: what `to_bytes` returned, or the contents of a file.

        Returns
        -------
        Posterior
            As from `load`.

        Raises
        ------
        FormatError
            For other bytes, and for bytes that were cut, changed, or written by a later version.
        """
        values = stored_bytes("state", state)
        with native.Run() as run:
            handle = native.create(
                native.lib.gmm_posterior_read,
                native.lib.gmm_posterior_destroy,
                values,
                values.size,
                run.control,
                names={"bytes": "state"},
                run=run,
            )
        return cls(handle, model_of(handle))

    def _bytes(self) -> NDArray[np.uint8]:
        out = np.empty(native.lib.gmm_posterior_size(self._handle), np.uint8)
        with native.Run() as run:
            native.call(native.lib.gmm_posterior_write, self._handle, run.control, out, out.size)
        out.flags.writeable = False
        return out

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        # From protocol 5 on, the array goes into the pickle, or beside it, without a copy.
        if protocol.__index__() >= 5:
            return type(self).from_bytes, (pickle.PickleBuffer(self._bytes().data),)
        return type(self).from_bytes, (self.to_bytes(),)

    # A posterior is immutable, so it is its own copy.
    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


def model_of(posterior: native.Handle) -> Mixture:
    """Return the model of a posterior."""
    lib = native.lib
    handle = native.create(lib.gmm_posterior_get_model, lib.gmm_model_destroy, posterior)
    return Mixture(**stated_arguments(handle))
