"""From priors to the C interface: shapes, broadcasting, and the names of numbers in messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._model.priors import Fixed, Kept, NormalKappa, Prior
from gmmswift._shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PriorBlock", "prior_block", "stated_dimensions"]

# From known variances, precisions and covariances of one coordinate to the sds of the C interface.
_TO_SD: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "variance": np.sqrt,
    "covariance": np.sqrt,
    "precision": lambda precision: 1 / np.sqrt(precision),
}


class PriorBlock(NamedTuple):
    """The prior of one block of unknowns as the C interface takes it."""

    struct: native.Prior
    arrays: list[NDArray[np.float64]]  # keeps the struct's pointers valid
    names: Callable[[str], dict[str, str]]  # Python's words for an argument of the C interface


def prior_block(shape: Shape, block: str, argument: str, prior: Prior) -> PriorBlock:
    """Return the C form of a prior.

    Parameters
    ----------
    shape : Shape
        The shape of the mixture.
    block : {"weights", "means", "spread"}
        What the prior is for.
    argument : str
        The argument of `Mixture` that it was given to.
    prior : Prior
        The prior, of one block.

    Raises
    ------
    ValueError
        For parameters that do not broadcast, and known variances that are not positive.
    """
    targets = {name: shape.target(block, name) for name in prior.parameters}
    given = {
        name: _fitted(f"{argument}.{name}", getattr(prior, name), target)
        for name, target in targets.items()
    }
    # One row serves all components where no parameter tells them apart.
    has_rows = any(
        array.ndim == len(targets[name]) and array.shape[0] > 1 for name, array in given.items()
    )
    arrays = []
    for name, array in given.items():
        rows = targets[name][0] if has_rows else 1
        arrays.append(np.array(np.broadcast_to(array, (rows, *targets[name][1:])), order="C"))
    if isinstance(prior, Fixed) and argument in _TO_SD and not shape.has_matrices:
        if not (arrays[0] > 0).all():
            raise ValueError(f"{argument}.values: must be positive, got {prior.values}")
        arrays[0] = _TO_SD[argument](arrays[0])
    # Vectors and matrices that come with a number for each component count as one value each.
    is_each = isinstance(prior, NormalKappa) or any(len(target) == 3 for target in targets.values())
    count = arrays[0].shape[0] if is_each else arrays[0].size
    struct = native.Prior(prior.family, count, *map(native.address, arrays))

    def names(at_fault: str) -> dict[str, str]:
        result = {block: argument}
        for name, array in given.items():
            found = re.fullmatch(rf"{block}\.{name}\[([\d, ]+)\]", at_fault)
            if found:
                index = tuple(map(int, found[1].split(",")))
                rows = targets[name][0] if has_rows else 1
                position = _position(array, (rows, *targets[name][1:]), index)
                result[at_fault] = f"{argument}.{name}{position}"
        return result

    return PriorBlock(struct, arrays, names)


def _fitted(name: str, value: Kept, target: tuple[int, ...]) -> NDArray[np.float64]:
    """Return a parameter as an array that broadcasts to a shape."""
    given = array = np.asarray(value, dtype=np.float64)
    while array.ndim > len(target) and array.shape[-1] == 1:
        array = array[..., 0]  # the only coordinate of one dimension
    fits = array.ndim <= len(target) and all(
        found in (1, wanted) for found, wanted in zip(array.shape[::-1], target[::-1], strict=False)
    )
    if len(target) == 3:  # a matrix is given whole
        fits = fits and array.ndim >= 2 and array.shape[-2:] == target[1:]
        rule = f"must have shape {target[1:]} or {target}"
    elif len(target) == 2:
        rule = f"must be a number or have shape {target[1:]} or {target}"
    elif given.ndim <= 1:
        values = "values" if given.size != 1 else "value"
        count = f"have {target[0]} values" if target[0] > 1 else "have 1 value"
        if not fits:
            raise ValueError(f"{name}: must be a number or {count}, got {given.size} {values}")
        return array
    else:
        rule = f"must be a number or have shape {target}"
    if not fits:
        raise ValueError(f"{name}: {rule}, got {f'shape {given.shape}' if given.ndim else given}")
    return array


def _position(array: NDArray[np.float64], shape: tuple[int, ...], index: tuple[int, ...]) -> str:
    """Return the index, in brackets, of a number that the user gave.

    Parameters
    ----------
    array : ndarray
        What the user gave.
    shape : tuple of int
        The shape that the library was given.
    index : tuple of int
        The library's own index: flat; of matrices that of the matrix, or of a matrix, row and
        column.
    """
    if len(shape) < 3:
        index = tuple(int(i) for i in np.unravel_index(index[0], shape))
    # An axis that the user left out, or gave with length 1, has no index, or 0.
    missing = len(shape) - array.ndim
    own = [
        min(position, size - 1)
        for position, size in zip(index[missing:], array.shape, strict=False)
    ]
    return f"[{', '.join(map(str, own))}]" if own else ""


def stated_dimensions(priors: list[tuple[str, Prior]]) -> int | None:
    """Return D as the shapes of priors say, each given with its block; None where they do not.

    Matrices, in the block ``"covariance"``, have the first word; elsewhere a length of 1
    broadcasts, and says nothing.
    """
    stated: dict[bool, int] = {}
    for block, prior in priors:
        for name in prior.parameters:
            shape = np.shape(getattr(prior, name))
            if not shape or name in ("kappa", "dof"):
                continue
            is_matrix = block == "covariance"
            if is_matrix or shape[-1] > 1:
                stated.setdefault(is_matrix, shape[-1])
    return stated.get(True, stated.get(False))
