"""A background beside the components of a mixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, real_array, shown
from gmmswift._frozen import Frozen
from gmmswift._model.prior import Fixed, Kept, kept_parameter
from gmmswift._model.weight_priors import Beta
from gmmswift._pickled import StateFormat

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["UniformBackground", "background_values", "stated_background"]

_ARGUMENTS = ("volume", "lower", "upper", "weight")

# The format of pickles, which hold the arguments of `UniformBackground`.
_FORMAT = StateFormat(1, frozenset(_ARGUMENTS))


class UniformBackground(Frozen):
    """A background of one constant density, for rows that belong to no component.

    With its weight w and its volume V, and the weights of the components, which sum to 1 among
    themselves, a row has the density (Banfield, Raftery 1993; Fraley, Raftery 1998)::

        p(x) = w / V + (1 - w) * sum(weights[k] * Normal(x; means[k], covariances[k]))

    So outliers and clutter take no component, and do not widen any. At every point, also beyond the
    box that gives V, the density of the background is 1 / V.

    Parameters
    ----------
    volume : float, optional
        V, > 0: a length in one dimension, an area in two. By default that of the box between
        `lower` and `upper`.
    lower, upper : float or array_like, shape (D,), optional
        The bounds of a box, finite; all rows lie within. By default the smallest box around the
        data.
    weight : Beta or Fixed, default ``Beta(1, 9)``
        The prior of w; or its known value, 0 < w < 1, as ``Fixed(0.05)``.

    Examples
    --------
    >>> import numpy as np
    >>> import gmmswift as gm
    >>> stream = np.random.default_rng(1)
    >>> data = np.r_[stream.normal(0, 1, 200), stream.normal(8, 1, 200), -40, 35, 60]
    >>> fit = gm.fit_em(data, 2, background=gm.UniformBackground(), random_seed=1)
    >>> fit.means.round(1), fit.background_probabilities(data)[-3:].round(2)
    (array([-0.1,  7.9]), array([1., 1., 1.]))
    """

    volume: float | None
    lower: Kept | None
    upper: Kept | None
    weight: Beta | Fixed

    def __init__(
        self,
        volume: float | None = None,
        *,
        lower: ArrayLike | None = None,
        upper: ArrayLike | None = None,
        weight: Beta | Fixed | None = None,
    ) -> None:
        self.volume = None if volume is None else real("volume", volume)
        if (lower is None) != (upper is None):
            missing = "lower" if lower is None else "upper"
            raise ValueError(f"{missing}: must be given together with the other bound, got None")
        if volume is not None and lower is not None:
            rule = "must be left out where bounds are given"
            raise ValueError(f"volume: {rule}, got {shown(volume)}")
        if self.volume is not None and not 0 < self.volume < np.inf:
            raise ValueError(f"volume: must be finite and positive, got {shown(volume)}")
        self.lower = None if lower is None else kept_parameter("lower", lower, 1)
        self.upper = None if upper is None else kept_parameter("upper", upper, 1)
        if weight is not None and not isinstance(weight, (Beta, Fixed)):
            raise TypeError(f"weight: must be a Beta or Fixed, got {type(weight).__name__}")
        self.weight = Beta(1, 9) if weight is None else weight
        if isinstance(self.weight, Fixed) and not (
            isinstance(self.weight.values, float) and 0 < self.weight.values < 1
        ):
            raise ValueError(
                f"weight: must be a number above 0 and below 1, got {shown(self.weight.values)}"
            )
        self._freeze(UniformBackground)

    @property
    def waits_for_data(self) -> bool:
        """Whether the volume is that of the box around data that are not known."""
        return self.volume is None and self.lower is None

    @property
    def stated_dimensions(self) -> int | None:
        """D, if bounds of several coordinates say it."""
        sizes = [np.size(bound) for bound in (self.lower, self.upper) if bound is not None]
        return max(sizes, default=1) if max(sizes, default=1) > 1 else None

    def __repr__(self) -> str:
        values = ((name, getattr(self, name)) for name in _ARGUMENTS)
        given = ", ".join(f"{name}={value!r}" for name, value in values if value is not None)
        return f"UniformBackground({given})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UniformBackground):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __reduce__(self) -> tuple[Any, ...]:
        values = dict(zip(_ARGUMENTS, self._values(), strict=True))
        return UniformBackground._restored, (_FORMAT.state_of(values),)

    @classmethod
    def _restored(cls, state: object) -> UniformBackground:
        """Return the background of a pickled state."""
        return cls(**_FORMAT.values_of(state))

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _ARGUMENTS)


def background_values(
    background: UniformBackground, dimensions: int
) -> tuple[native.Background, list[object]]:
    """Return the struct of a background, and the arrays that it points at."""
    struct = native.defaults(native.Background)
    keep: list[object] = []
    weight = background.weight
    if isinstance(weight, Beta):
        struct.weight_first, struct.weight_second = weight.first, weight.second
    else:
        struct.fixed_weight = weight.values
    struct.volume = background.volume or 0
    for name in ("lower", "upper"):
        bound = getattr(background, name)
        if bound is None:
            continue
        array = real_array(f"background.{name}", bound)
        if array.size not in (1, dimensions):
            rule = f"1 or {dimensions} values" if dimensions > 1 else "1 value"
            raise ValueError(f"background.{name}: must have {rule}, got {array.size}")
        values = np.ascontiguousarray(np.broadcast_to(array.reshape(-1), (dimensions,)))
        setattr(struct, name, native.address(values))
        keep.append(values)
    return struct, keep


def stated_background(pointer: int, dimensions: int) -> UniformBackground:
    """Return the background of a model in the library, whose struct is at an address."""
    struct = native.background_at(pointer)
    weight: Beta | Fixed
    if struct.fixed_weight:
        weight = Fixed(struct.fixed_weight)
    else:
        weight = Beta(struct.weight_first, struct.weight_second)
    bounds: dict[str, Any] = {}
    for name in ("lower", "upper"):
        if bound := getattr(struct, name):
            values = native.doubles_at(bound, dimensions)
            bounds[name] = values if dimensions > 1 else float(values[0])
    return UniformBackground(struct.volume or None, **bounds, weight=weight)
