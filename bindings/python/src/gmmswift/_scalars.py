"""The scalar quantities of draws: their labels, and how callers select some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from gmmswift._arguments import shown
from gmmswift._shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COUNTS",
    "STATISTICS",
    "Names",
    "Scalar",
    "chosen_labels",
    "chosen_scalars",
    "scalar_parameters",
]

#: A name or several; see `chosen_scalars`.
Names: TypeAlias = "str | Iterable[str] | None"

#: The numbers that a draw has beside its parameters.
STATISTICS = ("log_likelihood", "log_posterior", "acceptance", "n_clusters")
#: Those that it has beside them where the number of components has a prior.
COUNTS = ("n_components",)

#: Other words for a quantity. The rows of summaries call the one matrix of tied covariances so.
_SYNONYMS = {"sds": "sd", "covariance": "covariances"}


class Scalar(NamedTuple):
    """One number of a draw.

    Attributes
    ----------
    label : str
        Its name in summaries and pictures, such as ``"means[0, width]"``.
    quantity : str
        The name of the array that holds it, such as ``"means"``.
    place : tuple of int
        Its place in that array, after chains and draws.
    component : int or None
        The component that it belongs to; None where it is shared, or no parameter.
    columns : tuple of str
        The columns of the data that it belongs to: one, two for an entry of a matrix, or none.
    """

    label: str
    quantity: str
    place: tuple[int, ...]
    component: int | None
    columns: tuple[str, ...]

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the draws of this number from those of its quantity, (chains, draws, ...)."""
        place: Any = (..., *self.place)
        view: NDArray[Any] = array[place]
        return view

    @property
    def group(self) -> str:
        """The label with a colon for the component: what components have in common."""
        if self.component is None:
            return self.label
        return (
            f"{self.quantity}[{', '.join((':', *self.columns))}]"
            if self.columns
            else (self.quantity)
        )


def scalar_parameters(
    shape: Shape, names: Sequence[str] = (), hyperparameters: Sequence[str] = ()
) -> list[Scalar]:
    """Return the scalar parameters of a mixture, in the order and by the labels of summaries.

    Parameters
    ----------
    shape : Shape
        The shape of the mixture.
    names : sequence of str
        Names of the columns, or none.
    hyperparameters : sequence of str
        The parameters of priors that have priors themselves.
    """
    columns = tuple(names) or tuple(map(str, range(shape.n_dimensions)))
    components = range(shape.n_components)
    result = [_scalar("weights", "weights", k, ()) for k in components]
    places: list[tuple[int, ...]]
    places = [(d,) for d in range(shape.n_dimensions)] if shape.n_dimensions > 1 else [()]
    result += [_scalar("means", "means", k, place, columns) for k in components for place in places]
    owners: Iterable[int | None] = [None] if shape.is_shared else components
    if shape.has_matrices:
        word = "covariance" if shape.is_shared else "covariances"
        places = [(i, j) for i in range(shape.n_dimensions) for j in range(i + 1)]
    else:
        word = "sd"
        places = places if shape.covariance_type == "diag" else [()]
    name = shape.spread_name
    result += [_scalar(word, name, k, place, columns) for k in owners for place in places]
    coordinates: list[tuple[int, ...]] = [()]
    if shape.n_dimensions > 1:
        coordinates = [(d,) for d in range(shape.n_dimensions)]
    own: dict[str, list[tuple[int, ...]]] = {
        "concentration": [()],
        "center": coordinates,
        "means_sd": coordinates,
        "rate": coordinates if shape.covariance_type == "diag" else [()],
        "scale": places if shape.has_matrices or shape.covariance_type == "diag" else [()],
        "background_weight": [()],
    }
    return result + [
        _scalar(name, name, None, place, columns) for name in hyperparameters for place in own[name]
    ]


def _scalar(
    word: str,
    quantity: str,
    component: int | None,
    place: tuple[int, ...],
    columns: Sequence[str] = (),
) -> Scalar:
    index = place if component is None else (component, *place)
    words = tuple(columns[d] for d in place)
    parts = words if component is None else (str(component), *words)
    label = f"{word}[{', '.join(parts)}]" if parts else word
    return Scalar(label, quantity, index, component, words)


def chosen_scalars(
    names: Names,
    shape: Shape,
    columns: Sequence[str] = (),
    statistics: Sequence[str] = STATISTICS,
    hyperparameters: Sequence[str] = (),
) -> list[Scalar]:
    """Return the scalars that `names` select, in this order, each of them once.

    Parameters
    ----------
    names : str or iterable of str
        Each is a quantity (``"means"``; ``"spread"`` stands for sd or covariances), the label of a
        scalar with names or numbers of columns (``"means[0, width]"``, ``"means[0, 1]"``), or a
        label in which ``*`` stands for every index and the last indices may be missing
        (``"means[*, 1]"``, ``"covariances[0]"``, ``"*[2]"``).
    shape : Shape
        The shape of the mixture.
    columns : sequence of str
        Names of the columns, or none.
    statistics : sequence of str
        The numbers that a draw has beside its parameters.
    hyperparameters : sequence of str
        The parameters of priors that have priors themselves.

    Raises
    ------
    ValueError
        If a name selects nothing.
    """
    scalars = scalar_parameters(shape, columns, hyperparameters)
    scalars += [Scalar(name, name, (), None, ()) for name in statistics]
    synonyms = {**_SYNONYMS, "spread": shape.spread_name}
    labels = [_spellings(scalar) for scalar in scalars]
    return [scalars[place] for place in chosen_labels(names, labels, synonyms)]


def _spellings(scalar: Scalar) -> tuple[str, ...]:
    """Return the labels of a scalar: with names and numbers, and the other half of a matrix."""
    numbers = [str(index) for index in scalar.place]
    owner = numbers[: len(numbers) - len(scalar.columns)]
    lists = [[*owner, *scalar.columns], numbers]
    if len(scalar.columns) == 2:
        lists += [[*parts[:-2], parts[-1], parts[-2]] for parts in lists]
    labels = [f"{scalar.quantity}[{', '.join(parts)}]" for parts in lists if parts]
    return tuple(dict.fromkeys([scalar.label, *labels]))


def chosen_labels(
    names: Names, labels: Sequence[tuple[str, ...]], synonyms: Mapping[str, str] | None = None
) -> list[int]:
    """Return the places of the labels that `names` select, in this order, each of them once.

    Parameters
    ----------
    names : str or iterable of str
        As in `chosen_scalars`.
    labels : sequence of tuple of str
        The spellings of each label; the first is the one of messages.
    synonyms : mapping of str to str, optional
        Other words for quantities.

    Raises
    ------
    ValueError
        If a name selects nothing, or there is none.
    """
    if isinstance(names, str):
        wanted = [names]
    elif isinstance(names, Iterable):
        wanted = list(names)
    else:
        raise TypeError(f"names: must be a string or several, got {shown(names)}")
    if not wanted:
        raise ValueError("names: must hold at least one name, got none")
    parsed = [[_parsed(label) for label in spellings] for spellings in labels]
    # A label itself comes before other spellings: columns may have numbers as their names.
    exact: dict[_Parsed, tuple[int, int]] = {}
    for place, spellings in enumerate(parsed):
        for rank, spelling in enumerate(spellings):
            exact[spelling] = min(exact.get(spelling, (rank, place)), (rank, place))
    result: dict[int, None] = {}
    for position, name in enumerate(wanted):
        argument = "names" if isinstance(names, str) else f"names[{position}]"
        if not isinstance(name, str):
            raise TypeError(f"{argument}: must be a string, got {shown(name)}")
        quantity, indices = _parsed(name)
        pattern = ((synonyms or {}).get(quantity, quantity), indices)
        found = (
            [exact[pattern][1]]
            if pattern in exact
            else [i for i, each in enumerate(parsed) if any(_matches(pattern, x) for x in each)]
        )
        if not found:
            raise ValueError(f"{argument}: {_rule(pattern, labels, parsed)}, got {shown(name)}")
        result.update(dict.fromkeys(found))
    return list(result)


_Parsed: TypeAlias = "tuple[str, tuple[str, ...]]"


def _parsed(label: str) -> _Parsed:
    """Return the quantity and the indices of a label."""
    quantity, bracket, inside = label.strip().partition("[")
    if not bracket or not inside.endswith("]"):
        return (quantity + bracket + inside, ())
    return (quantity, tuple(part.strip() for part in inside[:-1].split(",")))


def _matches(pattern: _Parsed, label: _Parsed) -> bool:
    """Return whether a pattern selects a label; its missing indices stand for all."""
    (quantity, indices), (own, parts) = pattern, label
    return (
        quantity in (own, "*")
        and len(indices) <= len(parts)
        and all(index in (part, "*") for index, part in zip(indices, parts, strict=False))
    )


def _rule(
    pattern: _Parsed, labels: Sequence[tuple[str, ...]], parsed: Sequence[Sequence[_Parsed]]
) -> str:
    """Return what a name that selects nothing must be."""
    own = [
        spellings[0]
        for spellings, each in zip(labels, parsed, strict=True)
        if any(quantity == pattern[0] for quantity, _ in each)
    ]
    if len(own) > 1:
        return f"must be from {own[0]} to {own[-1]}"
    if own:
        return f"must be {own[0]}"
    quantities = list(dict.fromkeys(each[0][0] for each in parsed))
    listed = ", ".join(quantities[:20]) + ", ..." * (len(quantities) > 20)
    example = next((spellings[0] for spellings in labels if "[" in spellings[0]), None)
    return f"must be among {listed}" + (f", or a label such as {example}" if example else "")
