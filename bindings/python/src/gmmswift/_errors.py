"""Exceptions, and the one place where a failure of the library becomes one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

__all__ = [
    "CheckpointWarning",
    "ConvergenceWarning",
    "DegenerateError",
    "Fault",
    "FormatError",
    "GMMError",
    "ImproperPosteriorWarning",
    "MismatchError",
    "Names",
    "TimeLimitWarning",
    "exception_for",
]


class GMMError(RuntimeError):
    """A failure of the library that is not the fault of an argument."""


class DegenerateError(GMMError, ValueError):
    """A posterior or a maximum of the likelihood does not exist; the message says why.

    Attributes
    ----------
    posterior : Posterior or None
        The draws that every chain has made before one of them collapsed, from `sample` and
        `Posterior.extend`. They cannot be extended. None if there are none.
    """

    posterior: object = None


class ImproperPosteriorWarning(UserWarning):
    """A posterior is improper, though chains may never notice; the message says why.

    Under a prior whose density stays positive as an sd goes to 0 (Uniform from 0, HalfCauchy,
    HalfNormal, HalfStudentT), a component that holds nothing but ties has infinite mass near an sd
    of 0. A chain that meets it ends in a `DegenerateError`. A Uniform prior with a lower bound
    above 0, or InverseGamma on the variance, keeps the posterior proper.
    """


class ConvergenceWarning(UserWarning):
    """Draws are not to be relied on; the message has the worst of it.

    `Posterior.diagnose` says more, and what to do. `sample`, `Posterior.extend` and
    `Posterior.summary` warn once of each posterior, from a look at the log posterior, the weights
    and the numbers of occupied components: where chains are in different modes, where R-hat is
    above 1.05, and where the effective sample size of the bulk is below 100. They do not warn of
    runs of fewer than 400 draws in all, which are too short to judge. A run with `Until` warns
    where it has ended before its draws had reached what was asked for; the message says what they
    have reached.

    Attributes
    ----------
    posterior : Posterior
        The result of the call, for programs that turn warnings into exceptions.
    """

    posterior: object = None


class FormatError(GMMError, ValueError):
    """A file is not this library's, is cut or damaged, or is of a later version."""


class MismatchError(GMMError, ValueError):
    """A checkpoint is of other data, another model, other options or another version."""


class CheckpointWarning(RuntimeWarning):
    """A run has made all its draws but could not write its last checkpoint.

    Attributes
    ----------
    posterior : Posterior
        The result of the call, for programs that turn warnings into exceptions.
    """

    posterior: object = None


class TimeLimitWarning(RuntimeWarning):
    """A fit has reached its time limit; its result is the best so far.

    Attributes
    ----------
    fit : EMFit
        The result of the call, for programs that turn warnings into exceptions.
    """

    fit: object = None


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
    "GMM_IMPROPER": ImproperPosteriorWarning,
    # Callbacks that cancel do so by an exception of their own, which takes the place of this one.
    "GMM_CANCELLED": TimeoutError,
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
    "checkpoint.path": "checkpoint",
    "checkpoint.interval": "checkpoint_interval",
    "initial_weights": "initial['weights']",
    "initial_means": "initial['means']",
    "initial_sds": "initial['sd']",
    "initial_covariances": "initial['covariances']",
    "initial_responsibilities": "initial['responsibilities']",
    "sample_weights": "sample_weight",
    "num_statistics": "len(statistics)",
    "error_sds": "errors",
    "error_covariances": "errors",
    "label_shares": "labels",
    "background.region": "background",
    "background.weight_first": "background.weight.first",
    "background.weight_second": "background.weight.second",
    "background.fixed_weight": "background.weight",
}


class Fault(NamedTuple):
    """The library's report of a failed call.

    Attributes
    ----------
    status : str
        The name of the status, such as ``"GMM_ERROR_INVALID_DATA"``.
    argument : str
        The argument at fault in the words of the C interface, with its indices, or ``""``.
    rule : str
        The rule that it breaks, in which the names of other arguments stand between backquotes.
    value : str
        The value that breaks the rule, or ``""``.
    indices : tuple of int
        The indices of the argument.
    system_code : int
        The errno with which the system refused a file, or 0.
    """

    status: str
    argument: str
    rule: str
    value: str = ""
    indices: tuple[int, ...] = ()
    system_code: int = 0


#: Python's words for the C interface's, see `exception_for`; or a function that returns those for
#: a fault.
Names: TypeAlias = "Mapping[str, str] | Callable[[Fault], Mapping[str, str]] | None"


def exception_for(fault: Fault, names: Names = None) -> Exception:
    """Return the exception for a failed call.

    Parameters
    ----------
    fault : Fault
        What the library says.
    names : mapping or callable, optional
        Words of this call, tried before the common ones: a C name, or the beginning of one up to a
        dot or bracket, and what to say instead.

    Returns
    -------
    Exception
        Never raised here, so that the caller decides on its context.
    """
    words = names(fault) if callable(names) else names
    # Every other piece is the name of an argument.
    pieces = fault.rule.split("`")
    pieces[1::2] = [renamed(piece, words) for piece in pieces[1::2]]
    message = "".join(pieces)
    if fault.argument:
        message = f"{renamed(fault.argument, words)}: {message}"
    if fault.value:
        message = f"{message}, got {fault.value}"
    kind = _EXCEPTIONS.get(fault.status, GMMError)
    if kind is GMMError:
        message = f"{message} ({fault.status})"
    if kind is OSError and fault.system_code:
        # With its number Python finds the subclass, such as FileNotFoundError.
        return OSError(fault.system_code, message)
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
