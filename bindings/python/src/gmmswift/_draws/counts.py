"""The posterior of the number of components and of clusters."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int32
from gmmswift._draws.stored import model_of
from gmmswift._html import html_table
from gmmswift._model.counts import DirichletProcess, require_components

if TYPE_CHECKING:
    from typing import Any, Self

    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["PosteriorCounts"]

#: The least probability that a notebook shows.
_SHOWN = 5e-4


class PosteriorCounts:
    """How many components and clusters there are, where their number has a prior."""

    n_components: int
    is_prior: bool
    _handle: native.Handle
    _model: Mixture

    @property
    def p_components(self) -> NDArray[np.float64]:
        """P(K = k | data) in entry k, shape (K + 1,) for the largest K, read-only.

        The mean over draws of the probabilities given the partition of the rows, which is more
        precise than the shares of the draws. If sample weights have fractions, the shares.

        Raises
        ------
        NotImplementedError
            If the number of components is known, or that of a Dirichlet process.
        """
        return self._components_counted[0]

    @property
    def p_components_mcse(self) -> NDArray[np.float64]:
        """The Monte-Carlo standard errors of `p_components`."""
        return self._components_counted[1]

    @property
    def p_clusters(self) -> NDArray[np.float64]:
        """P(K+ = k | data) in entry k: the number of components with rows.

        Raises
        ------
        NotImplementedError
            If the number of components is known.
        """
        return self._clusters_counted[0]

    @property
    def p_clusters_mcse(self) -> NDArray[np.float64]:
        """The Monte-Carlo standard errors of `p_clusters`."""
        return self._clusters_counted[1]

    @cached_property
    def _components_counted(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._counted(native.COUNT_COMPONENTS)

    @cached_property
    def _clusters_counted(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._counted(native.COUNT_CLUSTERS)

    def _counted(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        values, errors = np.empty(self.n_components + 1), np.empty(self.n_components + 1)
        native.call(
            native.lib.gmm_posterior_count_probabilities,
            self._handle,
            count,
            values,
            errors,
            values.size,
        )
        values.flags.writeable = errors.flags.writeable = False
        return values, errors

    def _require_components(self) -> None:
        """Refuse what is told of components, where their number varies between draws."""
        require_components(self._model._unknown_count)

    def given(self, *, n_clusters: int) -> Self:
        """Return the draws with one number of clusters, as a posterior of so many components.

        It is relabelled like others, and everything about components can be asked of it. Its share
        of the posterior is ``p_clusters[n_clusters]``.

        Parameters
        ----------
        n_clusters : int
            A number that some draw has.

        Returns
        -------
        Posterior
            One chain, in which the draws of all chains follow each other. Components without rows
            are left out, and the weights are scaled to sum 1. Log likelihood and log posterior are
            those of the whole draw.

        Raises
        ------
        ValueError
            For a number that no draw has.
        NotImplementedError
            If the number of components is known.
        """
        handle = native.create(
            native.lib.gmm_posterior_given_clusters,
            native.lib.gmm_posterior_destroy,
            self._handle,
            int32("n_clusters", n_clusters),
            names={"num_clusters": "n_clusters"},
        )
        return type(self)(handle, model_of(handle))

    def _counts_as_html(self) -> str:
        """Return the table that a notebook shows of the numbers."""
        if self.is_prior:
            return ""
        shown = {"P(clusters)": self.p_clusters}
        if not isinstance(self._model._unknown_count, DirichletProcess):
            shown = {"P(components)": self.p_components, **shown}
        rows = [
            (f"{k}", [f"{values[k]:.3f}" for values in shown.values()])
            for k in range(1, self.n_components + 1)
            if max(values[k] for values in shown.values()) >= _SHOWN
        ]
        return html_table(tuple(shown), rows)

    if TYPE_CHECKING:

        def __init__(self, handle: native.Handle, model: Mixture) -> None:
            """Make a posterior."""

        def __getitem__(self, name: str, /) -> NDArray[Any]:
            """Return the draws of a quantity."""
