"""The sensitivity of a posterior to its prior and to its likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, shown, thread_count
from gmmswift._diagnostics.table import Table
from gmmswift._scalars import Names, chosen_scalars, scalar_parameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["PosteriorSensitivity", "Sensitivity", "log_priors"]

#: The numbers of the draws of quantities that are copied at a time.
_NUMBERS_AT_ONCE = 1 << 24


class Sensitivity(Table):
    """A table of sensitivities to the prior and to the likelihood, by power-scaling.

    Columns: ``prior`` and ``likelihood``, the cumulative Jensen-Shannon distance over the size of
    log2 of the power; and ``diagnosis``: ``"potential prior-data conflict"`` where both reach the
    threshold, ``"potential strong prior / weak likelihood"`` where that of the prior alone does,
    and ``"-"``. NaN, and ``"-"``, for known parameters.

    Attributes
    ----------
    rows : tuple of str
        Names of the parameters, or of their kinds.
    columns : tuple of str
        Names of the columns.
    threshold : float
        The threshold of the diagnosis.

    Examples
    --------
    >>> table = post.prior_sensitivity()                            # doctest: +SKIP
    >>> table["prior"]                # a column, an array          # doctest: +SKIP
    >>> table["means[0]", "prior"]    # a cell                      # doctest: +SKIP
    """

    def __init__(
        self,
        rows: list[str],
        prior: NDArray[np.float64],
        likelihood: NDArray[np.float64],
        threshold: float,
    ) -> None:
        words = np.full(len(rows), "-", dtype="<U42")
        words[(prior > threshold) & (likelihood < threshold)] = (
            "potential strong prior / weak likelihood"
        )
        words[(prior >= threshold) & (likelihood >= threshold)] = "potential prior-data conflict"
        columns = {"prior": prior, "likelihood": likelihood, "diagnosis": words}
        super().__init__(rows, columns, dict.fromkeys(("prior", "likelihood"), ".3f"))
        self.threshold = threshold


class PosteriorSensitivity:
    """How much of a posterior comes from its prior."""

    n_chains: int
    n_draws: int
    is_prior: bool
    _model: Mixture

    if TYPE_CHECKING:

        def _require_components(self) -> None:
            """Refuse draws of an unknown number of components."""

        @property
        def column_names(self) -> tuple[str, ...]:
            """The names of the data's columns; empty if there are none."""

        def __getitem__(self, name: str, /) -> NDArray[Any]:
            """Return the draws of a quantity."""

    def prior_sensitivity(
        self,
        names: Names = None,
        *,
        by: str = "parameter",
        threshold: float = 0.05,
        threads: int | None = None,
    ) -> Sensitivity:
        """Return how strongly each parameter depends on the prior and on the likelihood.

        The draws are weighted as if the prior, or the likelihood, were raised to the powers 0.99
        and 1.01, with Pareto smoothed weights; nothing is sampled again. The sensitivity is the
        distance between the distributions of the draws and of the weighted draws (Kallioinen,
        Paananen, Buerkner, Vehtari 2024). Where parameters of priors have priors, only those are
        raised, because what lies below them is learned. The numbers are those of ``psense`` of
        ArviZ 1 and of R's priorsense.

        Parameters
        ----------
        names : str or sequence of str, optional
            Parameters, as in `summary`. By default all.
        by : {"parameter", "kind"}, default "parameter"
            A row for each parameter; or for each kind (``"weights"``, ``"means"``, ``"sd"`` or
            ``"covariances"``), with the largest sensitivities of its parameters.
        threshold : float, default 0.05
            The threshold of the diagnosis, > 0.
        threads : int, optional
            Number of threads, which share the parameters. By default one for each processor.

        Returns
        -------
        Sensitivity
            A table with the columns ``prior``, ``likelihood`` and ``diagnosis``.

        Raises
        ------
        NotImplementedError
            For draws from the prior.
        """
        if self.is_prior:
            raise NotImplementedError(
                "posterior: must be of draws from a posterior, got prior draws"
            )
        self._require_components()
        if by not in ("parameter", "kind"):
            raise ValueError(f"by: must be 'parameter' or 'kind', got {shown(by)}")
        limit = real("threshold", threshold)
        if not limit > 0:
            raise ValueError(f"threshold: must be positive, got {limit}")
        shape, columns = self._model.shape, self.column_names
        hyperparameters = self._model._hyperparameters
        scalars = (
            scalar_parameters(shape, columns, hyperparameters)
            if names is None
            else chosen_scalars(names, shape, columns, hyperparameters=hyperparameters)
        )
        components = (log_priors(self), self["log_likelihood"])
        workers = thread_count(threads)
        at_once = max(1, _NUMBERS_AT_ONCE // (self.n_chains * self.n_draws))
        parts = []
        for start in range(0, len(scalars), at_once):
            part = scalars[start : start + at_once]
            draws = np.stack([scalar.of(self[scalar.quantity]) for scalar in part], axis=-1)
            parts.append([_sensitivities(draws, component, workers) for component in components])
        prior, likely = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        if by == "parameter":
            return Sensitivity([scalar.label for scalar in scalars], prior, likely, limit)
        kinds = list(dict.fromkeys(scalar.quantity for scalar in scalars))
        owners = np.array([scalar.quantity for scalar in scalars])
        largest = [
            np.array([np.fmax.reduce(values[owners == kind]) for kind in kinds])
            for values in (prior, likely)
        ]
        return Sensitivity(kinds, largest[0], largest[1], limit)


def log_priors(posterior: Any) -> NDArray[np.float64]:
    """Return the log density of the prior at each draw, without what hyperpriors leave to learn."""
    values = np.empty((posterior.n_chains, posterior.n_draws))
    native.call(native.lib.gmm_posterior_log_priors, posterior._handle, values, values.size)
    return values


def _sensitivities(
    draws: NDArray[np.float64], log_densities: NDArray[np.float64], threads: int
) -> NDArray[np.float64]:
    """Return the sensitivity of each quantity to a component of the posterior."""
    values = np.ascontiguousarray(draws)
    out = np.empty(values.shape[2])
    with native.Run(threads) as run:
        native.call(
            native.lib.gmm_power_sensitivity,
            values,
            *values.shape,
            np.ascontiguousarray(log_densities),
            run.control,
            out,
            out.size,
        )
    return out
