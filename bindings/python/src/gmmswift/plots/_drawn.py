"""The part of a posterior that pictures use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["Counted", "Drawn", "Paired"]


class Drawn(Protocol):
    """Draws with their model and data, as `Posterior` has them, which stands above the pictures."""

    n_chains: int
    n_draws: int
    n_components: int
    n_dimensions: int
    n_observations: int
    has_assignments: bool

    @property
    def model(self) -> Mixture:
        """The model, with all its priors."""

    @property
    def data(self) -> NDArray[np.float64]:
        """The observations, shape (N,), in D > 1 dimensions (N, D)."""

    @property
    def sample_weight(self) -> NDArray[np.float64] | None:
        """The sample weights, shape (N,); None where all are 1."""

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """P(component k | data) of every observation, shape (N, K)."""

    def background_probabilities(self) -> NDArray[np.float64]:
        """Return P(background | data) of every observation, shape (N,)."""

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the data's columns; empty if there are none."""

    def __getitem__(self, name: str, /) -> NDArray[Any]:
        """Return the draws of a quantity, shape (chains, draws, ...)."""

    def __contains__(self, name: object, /) -> bool:
        """Return whether there are draws of a quantity."""

    def sample_predictive(
        self, draws: int, n_points: int | None, random_seed: int | None
    ) -> NDArray[np.float64]:
        """Return data sets from the predictive distribution, shape (draws, n_points[, D])."""


class Counted(Protocol):
    """The probabilities of numbers of components, as `Posterior` has them."""

    n_observations: int

    @property
    def model(self) -> Mixture:
        """The model, with all its priors."""

    @property
    def p_components(self) -> NDArray[np.float64]:
        """P(K = k | data) in entry k."""

    @property
    def p_components_mcse(self) -> NDArray[np.float64]:
        """The Monte-Carlo standard errors of `p_components`."""

    @property
    def p_clusters(self) -> NDArray[np.float64]:
        """P(K+ = k | data) in entry k."""

    @property
    def p_clusters_mcse(self) -> NDArray[np.float64]:
        """The Monte-Carlo standard errors of `p_clusters`."""


class Labelled(Protocol):
    """The clusters of rows, as `Partition` has them."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """The cluster of each row, shape (N,)."""


class Paired(Protocol):
    """What is known of pairs of rows, as `Posterior` has it."""

    n_observations: int

    @property
    def data(self) -> NDArray[np.float64]:
        """The observations, shape (N,), in D > 1 dimensions (N, D)."""

    def partition(self, *, threads: int | None = None) -> Labelled:
        """Return the partition that suits the draws best."""

    def coclustering(self, rows: ArrayLike, *, threads: int | None = None) -> NDArray[np.float64]:
        """Return P(two rows share a component), shape (n, n)."""
