"""The forms of covariances, and the shapes of a mixture's parameters."""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "COVARIANCE_TYPES",
    "FORMS",
    "Shape",
    "covariance_form",
    "covariance_name",
    "covariance_shape",
]

COVARIANCE_TYPES = ("full", "tied", "diag", "spherical")  # by GMM_COVARIANCE_ code
#: With the diagonal and spherical covariances that all components share.
FORMS = (*COVARIANCE_TYPES, "tied-diag", "tied-spherical")


def covariance_form(name: str) -> tuple[int, bool]:
    """Return the GMM_COVARIANCE_ code of a form, and whether its sds are shared."""
    return COVARIANCE_TYPES.index(name.removeprefix("tied-")), name.startswith("tied-")


def covariance_name(code: int, shared: bool) -> str:
    """Return the name of the form of a code whose spread all components share, or do not share."""
    name = COVARIANCE_TYPES[code]
    return f"tied-{name}" if shared and name in ("diag", "spherical") else name


def covariance_shape(
    size: int, dimensions: int, kind: str, shared: bool = False
) -> tuple[int, ...]:
    """Return the shape of the covariances."""
    one = {
        "full": (dimensions, dimensions),
        "tied": (dimensions, dimensions),
        "diag": (dimensions,),
        "spherical": (),
    }[kind.removeprefix("tied-")]
    return one if shared or kind.startswith("tied") else (size, *one)


class Shape(NamedTuple):
    """The shape of a mixture, which decides the shapes of its parameters."""

    n_components: int
    n_dimensions: int
    covariance_type: str
    shared_sd: bool

    @property
    def has_matrices(self) -> bool:
        """Whether the spread consists of covariance matrices."""
        return self.n_dimensions > 1 and self.covariance_type in ("full", "tied")

    @property
    def is_shared(self) -> bool:
        """Whether all components share one spread."""
        return self.shared_sd or self.covariance_type.startswith("tied")

    @property
    def means(self) -> tuple[int, ...]:
        """The shape of the means: (K,) in one dimension, else (K, D)."""
        return self._per_coordinate(self.n_components)

    @property
    def spread(self) -> tuple[int, ...]:
        """The shape of sds or covariances; a shared spread has no axis of components."""
        if self.has_matrices:
            item: tuple[int, ...] = (self.n_dimensions, self.n_dimensions)
        elif self.covariance_type.endswith("spherical") or self.n_dimensions == 1:
            item = ()
        else:
            item = (self.n_dimensions,)
        return item if self.is_shared else (self.n_components, *item)

    @property
    def spread_name(self) -> str:
        """A draw's name of the spread: ``"covariances"`` (full, tied) or ``"sd"``."""
        return "covariances" if self.has_matrices else "sd"

    @property
    def of_a_draw(self) -> dict[str, tuple[int, ...]]:
        """The shape of each kind of parameter in one draw."""
        return {
            "weights": (self.n_components,),
            "means": self.means,
            self.spread_name: self.spread,
        }

    def target(self, block: str, parameter: str) -> tuple[int, ...]:
        """Return the shape to which a parameter of a prior broadcasts; components come first."""
        rows = 1 if block == "spread" and self.is_shared else self.n_components
        if block == "weights" or parameter in ("kappa", "dof"):
            return (rows,)
        if block == "means":
            return self._per_coordinate(rows)
        if self.has_matrices:
            return (rows, self.n_dimensions, self.n_dimensions)
        return (rows,) if self.covariance_type == "spherical" else self._per_coordinate(rows)

    def _per_coordinate(self, rows: int) -> tuple[int, ...]:
        return (rows,) if self.n_dimensions == 1 else (rows, self.n_dimensions)
