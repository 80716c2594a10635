"""Exceptions, and the one place where a failure of the library becomes one of them."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping

__all__ = [
    "HAS_COLUMNS",
    "CheckpointWarning",
    "DegenerateError",
    "FormatError",
    "GMMError",
    "MismatchError",
    "exception_for",
]


class GMMError(RuntimeError):
    """A failure of the library that no argument explains."""


class DegenerateError(GMMError, ValueError):
    """A posterior or a maximum of the likelihood that does not exist; the message names why."""


class FormatError(GMMError, ValueError):
    """A file that this library did not write, that was cut or damaged, or of a later version."""


class MismatchError(GMMError, ValueError):
    """A checkpoint of other data, another model, other options or another version."""


class CheckpointWarning(RuntimeWarning):
    """A run that has drawn all its draws and could not write the last checkpoint.

    Attributes
    ----------
    posterior : Posterior
        What the call returns; here too for those who turn warnings into exceptions.
    """

    posterior: object = None


_EXCEPTIONS: Mapping[str, type[Exception]] = {
    "GMM_ERROR_NULL_ARGUMENT": ValueError,
    "GMM_ERROR_WRONG_HANDLE": ValueError,
    "GMM_ERROR_INVALID_ARGUMENT": ValueError,
    "GMM_ERROR_INVALID_DATA": ValueError,
    "GMM_ERROR_BUFFER_TOO_SMALL": ValueError,
    "GMM_ERROR_INVALID_MODEL": ValueError,
    "GMM_ERROR_UNSUPPORTED": NotImplementedError,
    "GMM_ERROR_DEGENERATE": DegenerateError,
    "GMM_ERROR_OUT_OF_MEMORY": MemoryError,
    "GMM_ERROR_FILE": OSError,
    "GMM_ERROR_FILE_FORMAT": FormatError,
    "GMM_ERROR_FILE_MISMATCH": MismatchError,
}

# What the C interface calls an argument, and what it is called here.
_NAMES: Mapping[str, str] = {
    "num_components": "n_components",
    "num_dimensions": "n_dimensions",
    "order_coordinate": "order_by",
    "num_draws": "draws",
    "num_tune": "tune",
    "num_chains": "chains",
    "num_threads": "threads",
    "num_points": "n_points",
    "num_starts": "n_init",
    "num_bins": "bins",
    "num_quantiles": "len(quantiles)",
    "seed": "random_seed",
    "minimum_weight": "weights.minimum",
    "ordered_means": "ordered",
    "shared_spread": "shared_sd",
    "hdi_probability": "hdi_prob",
    "max_iterations": "max_iter",
    "tolerance": "tol",
    "checkpoint_path": "checkpoint",
    "initial_weights": "initial['weights']",
    "initial_means": "initial['means']",
    "initial_sds": "initial['sd']",
    "initial_covariances": "initial['covariances']",
    "initial_responsibilities": "initial['responsibilities']",
    "sample_weights": "sample_weight",
    "num_statistics": "len(statistics)",
}

_QUOTED = re.compile(r"\b(?:num_\w+|spread(?=[.\[]))")

# Of data in one dimension, their only column goes without saying.
_COLUMN_ZERO = re.compile(r"^(.+)\[(\d+), 0\]: (.*) in row \2, column 0$")

#: The name under which a call with data in several dimensions says that columns have numbers.
HAS_COLUMNS = "[row, column]"


def exception_for(
    status: str, message: str, argument: str, names: Mapping[str, str] | None = None
) -> Exception:
    """Return the exception for a failed call.

    Parameters
    ----------
    status : str
        The name of the status, such as ``"GMM_ERROR_INVALID_DATA"``.
    message : str
        The library's text, ``argument: rule, got value``.
    argument : str
        The argument at fault in the words of the C interface, or ``""``.
    names : mapping, optional
        Words of this call, tried before the common ones: a C name, or the beginning of one up to a
        dot or bracket, and what to say instead. With `HAS_COLUMNS` among them, messages on data
        keep the column.

    Returns
    -------
    Exception
        Never raised here, so that the caller decides on its context.
    """
    kind = _EXCEPTIONS.get(status, GMMError)
    label, colon, rest = message.partition(":")
    if argument and label.startswith(argument):
        # Where the text quotes another argument it is renamed too.
        rest = _QUOTED.sub(lambda found: renamed(found[0], names), rest)
        message = renamed(label, names) + colon + rest
    if status == "GMM_ERROR_INVALID_DATA" and HAS_COLUMNS not in (names or {}):
        message = _COLUMN_ZERO.sub(r"\1[\2]: \3", message)
    if kind is GMMError:
        message = f"{message} ({status})"
    if kind is OSError:
        # With its number Python finds the subclass, such as FileNotFoundError.
        for code in errno.errorcode:
            if message.endswith(f": {os.strerror(code)}"):
                return OSError(code, message)
    return kind(message)


def renamed(argument: str, names: Mapping[str, str] | None = None) -> str:
    """Return the Python name of an argument of the C interface."""
    for table in (names or {}, _NAMES):
        # The longest name first: "spread.first[0]" before "spread.first" before "spread".
        for name in sorted(table, key=len, reverse=True):
            rest = argument[len(name) :]
            if argument.startswith(name) and rest[:1] in ("", ".", "["):
                return table[name] + rest
    return argument
