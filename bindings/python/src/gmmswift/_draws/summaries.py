"""The summary of a posterior, and its view in notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import thread_count
from gmmswift._diagnostics.summarize import summarize
from gmmswift._diagnostics.summary import Summary, summary_options
from gmmswift._draws.label_free import PosteriorScalars
from gmmswift._html import html_block
from gmmswift._model.counts import require_components
from gmmswift._scalars import COUNTS, STATISTICS, Names, Scalar, chosen_scalars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["PosteriorSummaries"]

#: What a notebook shows of a posterior: so many rows, of a summary of at most so many numbers. It
#: takes a second or two.
_SHOWN_ROWS = 12
_SHOWN_NUMBERS = 50_000_000


class PosteriorSummaries(PosteriorScalars):
    """Statistics of the draws of each scalar parameter."""

    n_chains: int
    n_draws: int
    label_method: str | None
    _handle: native.Handle
    _model: Mixture

    if TYPE_CHECKING:

        def _counts_as_html(self) -> str:
            """Return the table of the numbers of components."""

        @property
        def _empty_components(self) -> frozenset[int]:
            """The components that are empty in nearly all draws."""

        def _warn_of_trouble(self, threads: int | None) -> None:
            """Warn, once, of draws that are not to be relied on."""

        @property
        def column_names(self) -> tuple[str, ...]:
            """The names of the data's columns; empty if there are none."""

        def __getitem__(self, name: str, /) -> NDArray[Any]:
            """Return the draws of a quantity."""

    def summary(
        self,
        names: Names = None,
        *,
        hdi_prob: float = 0.95,
        quantiles: Sequence[float] | None = None,
        threads: int | None = None,
    ) -> Summary:
        """Summarise the draws of scalar parameters, under their labels.

        Parameters
        ----------
        names : str or sequence of str, optional
            Quantities (``"means"``), labels (``"means[0, 1]"``, or with the names of columns), or
            labels in which ``*`` stands for any index and the last indices may be missing
            (``"means[*, 1]"``, ``"covariances[0]"``, ``"*[2]"`` for all of component 2).
            ``"spread"`` stands for sd or covariances; ``"log_likelihood"``, ``"log_posterior"``,
            ``"acceptance"`` and ``"n_clusters"`` are names too, and so is ``"n_components"`` where
            it has a prior; of components nothing can be told there. By default all parameters.
            ``"label_free"`` alone stands for the scalars of `Posterior.label_free`.
        hdi_prob : float, default 0.95
            Mass of the highest-density interval, in (0, 1).
        quantiles : sequence of float, optional
            Probabilities in [0, 1], at most 64. By default .025, .25, .5, .75, .975.
        threads : int, optional
            Number of threads, which share the parameters. By default one for each processor.

        Returns
        -------
        Summary
            One row for each parameter, such as ``"means[0]"``. The rows of components that are
            empty in nearly all draws have a note: their means and spreads are draws from the prior.

        Warns
        -----
        ConvergenceWarning
            Once for a posterior, as in `sample`.
        """
        self._warn_of_trouble(threads)
        return self._summary(names, hdi_prob, quantiles, threads)

    def _summary(
        self,
        names: Names,
        hdi_prob: float = 0.95,
        quantiles: Sequence[float] | None = None,
        threads: int | None = None,
    ) -> Summary:
        """Return `summary` without a warning."""
        if isinstance(names, str) and names == "label_free":
            labels, draws = self._label_free(threads)
            return summarize(
                draws, hdi_prob=hdi_prob, quantiles=quantiles, names=labels, threads=threads
            )
        if names is not None:
            model, unknown = self._model, self._model._unknown_count
            chosen = chosen_scalars(
                names,
                model.shape,
                self.column_names,
                STATISTICS if unknown is None else STATISTICS + COUNTS,
                model._hyperparameters,
            )
            if any(scalar.component is not None for scalar in chosen):
                require_components(unknown)
            draws = np.stack([scalar.of(self[scalar.quantity]) for scalar in chosen], axis=-1)
            labels = [scalar.label for scalar in chosen]
            table = summarize(
                draws, hdi_prob=hdi_prob, quantiles=quantiles, names=labels, threads=threads
            )
            return table._with_notes([self._note(scalar) for scalar in chosen])
        options, keep = summary_options(hdi_prob, quantiles)
        with native.Run(thread_count(threads)) as run:
            handle = native.create(
                native.lib.gmm_posterior_summarize,
                native.lib.gmm_summary_destroy,
                self._handle,
                options,
                run.control,
                run=run,
            )
        del keep
        return Summary(handle)

    def _note(self, scalar: Scalar) -> str:
        """Return what a summary says of a number of a component without rows."""
        if scalar.component is None or scalar.component not in self._empty_components:
            return ""
        return "empty" if scalar.quantity == "weights" else "prior"

    @cached_property
    def _shown(self) -> tuple[str, str]:
        """What a notebook shows of the draws: a line, and a table as HTML."""
        if self._model._unknown_count is not None:
            return "", self._counts_as_html()
        shape = self._model.shape
        columns = ("mean", "sd", "hdi_2.5%", "hdi_97.5%", "ess_bulk", "r_hat")
        count = sum(int(np.prod(item, dtype=int)) for item in shape.of_a_draw.values())
        if count * self.n_chains * self.n_draws <= _SHOWN_NUMBERS:
            table = self._summary(None, quantiles=())
            line = table._worst()
        else:
            table = self._summary("weights", quantiles=())
            line = "R-hat and effective sample sizes: summary()"
        places: list[int | None] = list(range(min(len(table), _SHOWN_ROWS)))
        if len(table) > _SHOWN_ROWS or len(table) < count:
            places.append(None)
        return line, table._html_table(places, columns)

    def _repr_html_(self) -> str:
        line, table = self._shown
        title = repr(self).strip("<>").removeprefix("gmmswift.")
        return html_block("", filter(None, (title, self._label_line, line)), table)

    @property
    def _label_line(self) -> str:
        """What a notebook says of labels."""
        if self.label_method is None:
            return ""
        meaning = "a component's number means the same in all draws"
        return f"Relabelled: {meaning} (label_confidence, as_drawn)"
