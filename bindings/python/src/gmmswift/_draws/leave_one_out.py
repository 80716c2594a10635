"""Leave-one-out cross-validation of a posterior."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import real, thread_count
from gmmswift._html import html_block, html_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LeaveOneOut", "PosteriorLeaveOneOut"]


class LeaveOneOut:
    """A leave-one-out cross-validation by Pareto smoothed importance sampling (PSIS-LOO).

    A row of sample weight w stands for w rows, one of which is left out at a time; for w < 1 the
    row as a whole is left out. Totals weigh the terms of the rows.

    Attributes
    ----------
    elpd_loo : float
        The expected log predictive density of new data.
    se : float
        Its standard error.
    p_loo : float
        The effective number of parameters.
    elpd_i : ndarray, shape (N,)
        log p(x_i | the other rows) of each row, read-only.
    pareto_k : ndarray, shape (N,)
        The shape of the tail of each row's importance ratios, read-only. The term of a row can be
        trusted up to `good_k`.
    good_k : float
        min(1 - 1 / log10(S), 0.7) for S draws.
    n_bad_k : int
        The number of rows above it.
    relative_efficiency : float
        The effective number of draws over their number.
    n_draws : int
        The draws over all chains, S.
    """

    def __init__(
        self, totals: native.Loo, elpd_i: NDArray[np.float64], pareto_k: NDArray[np.float64]
    ) -> None:
        self.elpd_loo: float = totals.elpd
        self.se: float = totals.se
        self.p_loo: float = totals.p_loo
        self.good_k: float = totals.good_k
        self.n_bad_k: int = totals.num_bad_k
        self.n_draws: int = totals.num_draws
        self.relative_efficiency: float = totals.relative_efficiency
        self.elpd_i = elpd_i
        self.pareto_k = pareto_k
        elpd_i.flags.writeable = pareto_k.flags.writeable = False

    def _title(self) -> str:
        return f"PSIS-LOO of {len(self.elpd_i):,} observations from {self.n_draws:,} draws"

    def _estimates(self) -> list[tuple[str, list[str]]]:
        return [
            ("elpd_loo", [f"{self.elpd_loo:.2f}", f"{self.se:.2f}"]),
            ("p_loo", [f"{self.p_loo:.2f}", ""]),
        ]

    def _shapes(self) -> list[tuple[str, list[str]]]:
        """Return how many rows have a good, a bad and a very bad k."""
        good, k = self.good_k, self.pareto_k
        counts = {
            f"(-inf, {good:.2f}]  good": np.count_nonzero(k <= good),
            f"({good:.2f}, 1]     bad": np.count_nonzero((k > good) & (k <= 1)),
            "(1, inf)      very bad": np.count_nonzero((k > good) & (k > 1)),
        }
        return [
            (name, [f"{count:,}", f"{100 * count / max(len(k), 1):.1f}%"])
            for name, count in counts.items()
        ]

    def __repr__(self) -> str:
        lines = [self._title(), "", f"{'':8}  {'estimate':>10}  {'se':>8}"]
        lines += [f"{name:8}  {value:>10}  {se:>8}" for name, (value, se) in self._estimates()]
        lines += ["", f"{'Pareto k':22}  {'count':>8}  {'share':>7}"]
        lines += [f"{name:22}  {count:>8}  {share:>7}" for name, (count, share) in self._shapes()]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        return html_block(
            self._title(),
            (),
            html_table(("estimate", "se"), self._estimates())
            + html_table(("rows", "share"), [(f"k {name}", row) for name, row in self._shapes()]),
        )


class PosteriorLeaveOneOut:
    """How well a posterior predicts new data."""

    n_observations: int
    _handle: native.Handle

    def loo(
        self, *, relative_efficiency: float | None = None, threads: int | None = None
    ) -> LeaveOneOut:
        """Return the leave-one-out cross-validation of the model.

        Pareto smoothed importance sampling weighs the draws as if an observation were missing
        (Vehtari, Gelman, Gabry 2017; Vehtari, Simpson, Gelman, Yao, Gabry 2024). Blocks of rows
        are evaluated under all draws, so memory does not grow with rows times draws. The numbers
        are those of ``arviz.loo``.

        Parameters
        ----------
        relative_efficiency : float, optional
            The effective number of draws over their number, > 0. By default that of ArviZ: the
            mean over all parameters of the effective sample size for the mean, over the number of
            draws; 1 for a single chain.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        LeaveOneOut
            Totals, and the terms and Pareto k of each row.

        Raises
        ------
        NotImplementedError
            For draws from the prior, without observations, and for fewer than 21 draws over all
            chains.
        """
        efficiency = 0.0
        if relative_efficiency is not None:
            efficiency = real("relative_efficiency", relative_efficiency)
            if not 0 < efficiency < math.inf:
                raise ValueError(
                    f"relative_efficiency: must be finite and positive, got {efficiency}"
                )
        totals = native.sized(native.Loo)
        terms, shapes = np.empty(self.n_observations), np.empty(self.n_observations)
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_loo,
                self._handle,
                efficiency,
                run.control,
                totals,
                terms,
                terms.size,
                shapes,
                shapes.size,
            )
        return LeaveOneOut(totals, terms, shapes)

    @property
    def bic(self) -> float:
        """The Bayesian information criterion at the draw of the largest log likelihood.

        -2 log likelihood + P log N, with P free parameters and N the sum of the sample weights. The
        draw stands for the maximum, which `fit_em` finds, so this is an upper bound.
        """
        value = np.empty(1)
        native.call(native.lib.gmm_posterior_bic, self._handle, value)
        return float(value[0])
