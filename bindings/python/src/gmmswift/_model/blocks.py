"""Conversion of priors to the C interface: shapes, broadcasting, and names in messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._errors import Fault
from gmmswift._model.mean_priors import NormalKappa
from gmmswift._model.prior import Fixed, Kept, Prior
from gmmswift._model.spread_priors import Wishart
from gmmswift._model.weight_priors import DynamicDirichlet
from gmmswift._shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PriorBlock", "prior_block", "stated_dimensions"]

# These functions turn known variances, precisions and covariances of one coordinate into the sds of
# the C interface.
_TO_SD: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "variance": np.sqrt,
    "covariance": np.sqrt,
    "precision": lambda precision: 1 / np.sqrt(precision),
}


class PriorBlock(NamedTuple):
    """The prior of one kind of parameter, as the C interface takes it."""

    struct: native.Prior
    kept: list[Any]  # what the struct points to
    names: Callable[[Fault], dict[str, str]]  # Python's words for an argument of the C interface


def prior_block(
    shape: Shape, block: str, argument: str, prior: Prior | tuple[Prior, ...]
) -> PriorBlock:
    """Return the C form of a prior, or of one prior for each component.

    Parameters
    ----------
    shape : Shape
        The shape of the mixture.
    block : {"weights", "means", "spread"}
        The kind of parameter.
    argument : str
        The argument of `Mixture` that has the prior.
    prior : Prior or tuple of Prior
        The prior of one kind of parameter.

    Raises
    ------
    ValueError
        For parameters that do not broadcast, and known variances that are not positive.
    """
    if isinstance(prior, Prior):
        return _block(shape, block, argument, argument, prior)
    blocks = [
        _block(shape, f"{block}[{k}]", f"{argument}[{k}]", argument, item, is_item=True)
        for k, item in enumerate(prior)
    ]
    structs = native.prior_array([item.struct for item in blocks])
    struct = native.Prior(native.PRIOR_EACH, len(blocks), None, None, native.array_address(structs))

    def names(fault: Fault) -> dict[str, str]:
        result = {block: argument}
        for item in blocks:
            result |= item.names(fault)
        return result

    return PriorBlock(struct, [structs, *blocks], names)


def _block(
    shape: Shape, block: str, path: str, argument: str, prior: Prior, *, is_item: bool = False
) -> PriorBlock:
    """Return the C form of one prior.

    Parameters
    ----------
    block, path : str
        The names of the C interface and of the user.
    argument : str
        The argument of `Mixture`.
    is_item : bool
        Whether it is the prior of one component, whose parameters have no axis of components.
    """
    prior.require_no_bounds(path)
    kind = block.partition("[")[0]
    targets = {name: shape.target(kind, name) for name in prior.parameters}
    matrices = {name for name, target in targets.items() if len(target) == 3}
    if is_item:
        targets = {name: target[1:] for name, target in targets.items()}
    values = {name: getattr(prior, name) for name in prior.parameters}
    # Chains start at a value of a parameter that has a prior.
    given = {
        name: _fitted(f"{path}.{name}", start_of(values[name]), target, is_matrix=name in matrices)
        for name, target in targets.items()
    }
    # One row serves all components if no parameter differs between them.
    has_rows = not is_item and any(
        array.ndim == len(targets[name]) and array.shape[0] > 1 for name, array in given.items()
    )
    arrays = []
    for name, array in given.items():
        target = targets[name]
        row = target if is_item else (target[0] if has_rows else 1, *target[1:])
        arrays.append(np.array(np.broadcast_to(array, row), order="C"))
    if isinstance(prior, Fixed) and argument in _TO_SD and not shape.has_matrices:
        if not (arrays[0] > 0).all():
            raise ValueError(f"{path}.values: must be positive, got {prior.values}")
        arrays[0] = np.asarray(_TO_SD[argument](arrays[0]))
    # Vectors and matrices that come with a number for each component count as one value each.
    count = arrays[0].size
    if isinstance(prior, NormalKappa) or matrices:
        count = 1 if is_item else arrays[0].shape[0]
    pointers = [*map(native.address, arrays), None][:2]
    inner = [
        _hyperprior(shape, f"{path}.{name}", value) if isinstance(value, Prior) else None
        for name, value in values.items()
    ]
    structs = None
    if any(inner):
        known = native.Prior(native.PRIOR_FIXED, 0, None, None, None)
        structs = native.prior_array([known if item is None else item.struct for item in inner])
    address = None if structs is None else native.array_address(structs)
    struct = native.Prior(prior.family, count, *pointers, address)

    def names(fault: Fault) -> dict[str, str]:
        result = {block: path}
        if isinstance(prior, DynamicDirichlet):
            result[f"{block}.total"] = f"{path}.alpha"
        # The indices before those of the number belong to the block.
        index = [*map(str, fault.indices)][block.count("[") :]
        for name, array in given.items():
            if index and fault.argument.startswith(f"{block}.{name}["):
                own = _own_index(index, array.ndim, is_matrix=name in matrices)
                result[fault.argument] = f"{path}.{name}{own}"
        return result

    return PriorBlock(struct, [*arrays, structs, *inner], names)


def _hyperprior(shape: Shape, path: str, prior: Prior) -> PriorBlock:
    """Return the C form of the prior of a parameter.

    Its own parameters are numbers, or have a value for each coordinate. Matrices are whole.
    """
    arrays: list[NDArray[np.float64]] = []
    bounds: list[NDArray[np.float64]] = []
    for name in (*prior.parameters, *prior.bounds):
        array = np.asarray(getattr(prior, name), dtype=np.float64)
        if isinstance(prior, Wishart) and name == "scale":
            wanted: tuple[int, ...] = (shape.n_dimensions, shape.n_dimensions)
            rule = f"have shape {wanted}"
        elif (isinstance(prior, Wishart) and name == "dof") or prior.most_axes.get(name) == 0:
            wanted, rule = (), "be a number"
        else:
            wanted = (array.size,) if array.size in (1, shape.n_dimensions) else ()
            rule = "be a number"
            if shape.n_dimensions > 1:
                rule += f" or have {shape.n_dimensions} values"
            array = array.reshape(wanted) if array.ndim < 2 and wanted else array
        if array.shape != wanted:
            found = f"shape {array.shape}" if array.ndim else f"{array}"
            raise ValueError(f"{path}.{name}: must {rule}, got {found}")
        (bounds if name in prior.bounds else arrays).append(np.atleast_1d(array))
    count = 1 if isinstance(prior, Wishart) else max(array.size for array in arrays)
    if not isinstance(prior, Wishart):
        arrays = [np.array(np.broadcast_to(array, count), order="C") for array in arrays]
    struct = native.Prior(prior.family, count, *map(native.address, arrays), None)
    if not any((lower != 0).any() for lower in bounds):
        return PriorBlock(struct, arrays, lambda fault: {})
    lower, structs = bounds[0], native.prior_array([struct])
    address = native.array_address(structs)
    bounded = native.Prior(native.PRIOR_ABOVE, lower.size, native.address(lower), None, address)
    return PriorBlock(bounded, [*arrays, lower, structs], lambda fault: {})


def start_of(value: Any) -> Any:
    """Return a parameter, or the value at which chains start where it has a prior."""
    return value.start() if isinstance(value, Prior) else value


def _fitted(
    name: str, value: Kept, target: tuple[int, ...], *, is_matrix: bool
) -> NDArray[np.float64]:
    """Return a parameter as an array that broadcasts to a shape."""
    given = array = np.asarray(value, dtype=np.float64)
    while not is_matrix and array.ndim > len(target) and array.shape[-1] == 1:
        array = array[..., 0]  # the only coordinate of one dimension
    fits = array.ndim <= len(target) and all(
        found in (1, wanted) for found, wanted in zip(array.shape[::-1], target[::-1], strict=False)
    )
    if is_matrix:  # it is given whole
        fits = fits and array.ndim >= 2 and array.shape[-2:] == target[-2:]
        shapes = [target[-2:], target][: len(target) - 1]
        rule = f"must have shape {' or '.join(map(str, shapes))}"
    elif len(target) == 2:
        rule = f"must be a number or have shape {target[1:]} or {target}"
    elif not target:
        rule = "must be a number"
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


def _own_index(index: list[str], axes: int, *, is_matrix: bool) -> str:
    """Return the index, in brackets, of a number in the array that the user gave.

    Parameters
    ----------
    index : list of str
        The library's own, an entry for each axis that it knows; of a whole matrix its number.
    axes : int
        The number of axes of the user's array. Missing axes come first.
    """
    if is_matrix and len(index) == 1:
        own = index if axes == 3 else []
    else:
        own = index[max(0, len(index) - axes) :]
    return f"[{', '.join(own)}]" if own else ""


def stated_dimensions(priors: list[tuple[str, Prior]]) -> int | None:
    """Return D if the shapes of the priors determine it, and None otherwise.

    Each prior is given with its block, and is that of one component or of all. Coordinates are the
    last axis. The matrices of the block ``"covariance"`` come first. In other blocks a length of 1
    broadcasts, so it does not determine D.
    """
    stated: dict[bool, int] = {}
    for block, prior in priors:
        for name in prior.parameters:
            shape = np.shape(start_of(getattr(prior, name)))
            if not shape or name in ("kappa", "dof"):
                continue
            is_matrix = block == "covariance"
            if is_matrix or shape[-1] > 1:
                stated.setdefault(is_matrix, shape[-1])
    return stated.get(True, stated.get(False))
