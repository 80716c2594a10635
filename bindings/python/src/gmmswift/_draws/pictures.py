"""The plot methods of a posterior; each imports its picture when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

Names: TypeAlias = "str | list[str] | tuple[str, ...] | None"
Size: TypeAlias = "tuple[float, float] | None"


class PosteriorPlots:
    """Pictures of draws; they need ``gmmswift[plot]``.

    Each takes `ax`, axes to draw on in place of a new figure, and `figsize`, the width and height
    of the new figure in inches.
    """

    def plot_trace(
        self: Drawn, names: Names = None, *, ax: Any = None, figsize: Size = None
    ) -> NDArray[Any]:
        """Draw the density of each chain (left) and its trace (right).

        Parameters
        ----------
        names : str or sequence of str, optional
            Quantities, one row each. By default all unknown parameters. Components differ in
            colour, chains in line style.
        ax, figsize : optional
            As many axes as panels; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (names, 2)
            The axes.
        """
        from gmmswift.plots._trace import plot_trace

        return plot_trace(self, names, ax, figsize)

    def plot_autocorrelation(
        self: Drawn,
        names: Names = None,
        *,
        max_lag: int | None = None,
        ax: Any = None,
        figsize: Size = None,
    ) -> NDArray[Any]:
        """Draw the autocorrelation of each chain, one panel for each scalar parameter.

        Parameters
        ----------
        names : str or sequence of str, optional
            Quantities. By default all unknown parameters.
        max_lag : int, optional
            The last lag, below the number of draws. By default 100 or the largest possible.
        ax, figsize : optional
            As many axes as panels; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (panels,)
            The axes. The grey band holds 95 % of the values of white noise.
        """
        from gmmswift.plots._autocorrelation import plot_autocorrelation

        return plot_autocorrelation(self, names, max_lag, ax, figsize)

    def plot_histograms(
        self: Drawn,
        names: Names = ("means", "spread"),
        *,
        bins: int = 40,
        hdi_prob: float = 0.95,
        ax: Any = None,
        figsize: Size = None,
    ) -> NDArray[Any]:
        """Draw the histogram of all draws, with mean and highest-density interval.

        Parameters
        ----------
        names : str or sequence of str, default ("means", "spread")
            Quantities, one row each; None for all unknown parameters. ``"spread"`` stands for sd
            or covariances, whichever the model has.
        bins : int, default 40
            Number of bins.
        hdi_prob : float, default 0.95
            Mass of the interval, drawn as a bar below the histogram.
        ax, figsize : optional
            As many axes as panels; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (panels,)
            The axes.
        """
        from gmmswift.plots._histograms import plot_histograms

        return plot_histograms(self, names, bins, hdi_prob, ax, figsize)

    def plot_predictive(
        self: Drawn,
        draws: int = 50,
        *,
        n_points: int | None = None,
        random_seed: int | None = None,
        ax: Any = None,
        figsize: Size = None,
    ) -> Any:
        """Draw kernel densities of predictive data sets (light blue) and of the data (black).

        In several dimensions there is a panel for each column.

        Parameters
        ----------
        draws, n_points, random_seed : optional
            As in `Posterior.sample_predictive`.
        ax, figsize : optional
            Axes; size of the new figure.

        Returns
        -------
        matplotlib.axes.Axes, or in D > 1 dimensions ndarray of them, shape (D,)
            The axes.
        """
        from gmmswift.plots._predictive import plot_predictive

        return plot_predictive(self, draws, n_points, random_seed, ax, figsize)

    def plot_assignment(
        self: Drawn, i: int, *, ax: Any = None, figsize: Size = None
    ) -> NDArray[Any]:
        """Draw the component of an observation: its trace where stored, and its distribution.

        Parameters
        ----------
        i : int
            Index of the observation.
        ax, figsize : optional
            Two axes (one where assignments were not stored); size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (2,) or (1,)
            The axes. Without stored assignments the bars are the row of `Posterior.probabilities`.
        """
        from gmmswift.plots._assignment import plot_assignment

        return plot_assignment(self, i, ax, figsize)
