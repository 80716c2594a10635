"""The plot methods of a posterior; each imports its picture when it is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from gmmswift._scalars import Names

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift.plots._drawn import Counted, Drawn, Paired

Size: TypeAlias = "tuple[float, float] | None"


class PosteriorPlots:
    """Pictures of draws; they need ``gmmswift[plot]``.

    Each takes `ax`, axes to draw on in place of a new figure, and `figsize`, the width and height
    of the new figure in inches. No figure is wider than 12 inches. What does not fit on one comes
    in pages, and a line below the panels says so.

    A component has the same colour in every picture (`gmmswift.plots.component_color`). Axes end
    where single draws or a heavy tail would rule them, and say how many draws lie outside.

    Pictures of parameters take `names` as `Posterior.summary` does: quantities (``"means"``),
    labels (``"means[0, 1]"``), or labels in which ``*`` stands for any index and the last indices
    may be missing (``"means[*, 1]"``, ``"*[2]"`` for all of component 2).

    Where the number of components has a prior, pictures of components are refused with
    NotImplementedError: `Posterior.given` has the draws of one number of clusters.
    `plot_counts`, `plot_coclustering`, `plot_density` and `plot_predictive` are of all draws, and
    so are pictures of ``"n_components"``, ``"n_clusters"`` and other numbers that belong to no
    component.
    """

    def plot_trace(
        self: Drawn,
        names: Names = None,
        *,
        page: int = 0,
        ax: Any = None,
        figsize: Size = None,
    ) -> NDArray[Any]:
        """Draw the density of each chain (left) and its trace (right).

        Components share a row: one for the weights, one for each coordinate of the means, one for
        each coordinate of the sds or entry of the covariances. A row has at most ten components,
        and only those whose ranges are comparable. Components differ in colour, chains in line
        style. The densities of a component are scaled so that the highest one is as high as that
        of the other components.

        Parameters
        ----------
        names : str or sequence of str, optional
            What to show, as in `Posterior.summary`. By default all unknown parameters.
        page : int, default 0
            Which nine rows to show where there are more.
        ax, figsize : optional
            Two axes for each of all rows; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (rows, 2)
            The axes.
        """
        from gmmswift.plots._trace import plot_trace

        return plot_trace(self, names, page, ax, figsize)

    def plot_autocorrelation(
        self: Drawn,
        names: Names = None,
        *,
        max_lag: int | None = None,
        page: int = 0,
        ax: Any = None,
        figsize: Size = None,
    ) -> NDArray[Any]:
        """Draw the autocorrelation of each chain, one panel for each scalar parameter.

        Parameters
        ----------
        names : str or sequence of str, optional
            What to show, as in `Posterior.summary`. By default all unknown parameters.
        max_lag : int, optional
            The last lag, below the number of draws. By default 100 or the largest possible.
        page : int, default 0
            Which 24 panels to show where there are more.
        ax, figsize : optional
            As many axes as all panels; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (panels,)
            The axes. The grey band holds 95 % of the values of white noise.
        """
        from gmmswift.plots._autocorrelation import plot_autocorrelation

        return plot_autocorrelation(self, names, max_lag, page, ax, figsize)

    def plot_histograms(
        self: Drawn,
        names: Names = ("means", "spread"),
        *,
        bins: int = 40,
        hdi_prob: float = 0.95,
        page: int = 0,
        ax: Any = None,
        figsize: Size = None,
    ) -> NDArray[Any]:
        """Draw the histogram of all draws, with mean and highest-density interval.

        Parameters
        ----------
        names : str or sequence of str, default ("means", "spread")
            What to show, as in `Posterior.summary`; None for all unknown parameters.
        bins : int, default 40
            Number of bins.
        hdi_prob : float, default 0.95
            Mass of the interval, drawn as a bar below the histogram.
        page : int, default 0
            Which 24 panels to show where there are more.
        ax, figsize : optional
            As many axes as all panels; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (panels,)
            The axes.
        """
        from gmmswift.plots._histograms import plot_histograms

        return plot_histograms(self, names, bins, hdi_prob, page, ax, figsize)

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

        In several dimensions there is a panel for each column, at most 24 on a new figure.

        Parameters
        ----------
        draws, n_points, random_seed : optional
            As in `Posterior.sample_predictive`.
        ax, figsize : optional
            Axes; size of the new figure.

        Returns
        -------
        matplotlib.axes.Axes, or in D > 1 dimensions ndarray of them, shape (panels,)
            The axes.
        """
        from gmmswift.plots._predictive import plot_predictive

        return plot_predictive(self, draws, n_points, random_seed, ax, figsize)

    def plot_density(
        self: Drawn,
        *,
        prob: float = 0.95,
        draws: int = 1_000,
        bins: int | None = None,
        ax: Any = None,
        figsize: Size = None,
    ) -> Any:
        """Draw the predictive density (black) with the band of its draws (light blue).

        The band is pointwise: at each point it holds `prob` of the densities of the draws. The line
        is their mean, the posterior predictive density. The histogram is that of the data, weighted
        by the sample weights. Numbers of components may vary between draws. In several dimensions
        there is a panel for each column, at most 24 on a new figure.

        Parameters
        ----------
        prob : float, default 0.95
            The mass of the band, in (0, 1).
        draws : int, default 1000
            The most draws that are used, evenly spaced over all chains, >= 1.
        bins : int, optional
            Bins of the histogram; 0 for none. By default 2 sqrt(N), from 10 to 60.
        ax, figsize : optional
            Axes; size of the new figure.

        Returns
        -------
        matplotlib.axes.Axes, or in D > 1 dimensions ndarray of them, shape (panels,)
            The axes. Single values and heavy tails that would rule an axis are left out, and their
            number is told.
        """
        from gmmswift.plots._posterior_density import plot_posterior_density

        return plot_posterior_density(self, prob, draws, bins, ax, figsize)

    def plot_counts(
        self: Counted, *, prior: bool = True, ax: Any = None, figsize: Size = None
    ) -> Any:
        """Draw the posterior probabilities of the numbers of components and of clusters.

        They are `p_components` and `p_clusters`, of a Dirichlet process the second alone. The lines
        on the bars are intervals of 95 % by their Monte-Carlo errors, 1.96 errors to either side;
        they tell how precise the draws are, not how certain the number is. Numbers above all of
        those that have a probability of 0.0005 are left out, and so are those below, if there are
        more than seven.

        Parameters
        ----------
        prior : bool, default True
            Whether to mark the prior probabilities of the numbers of components, which are exact
            (`Unknown.probabilities`).
        ax, figsize : optional
            Axes; size of the new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Raises
        ------
        NotImplementedError
            If the number of components is known, and for draws from the prior.
        """
        from gmmswift.plots._counts import plot_counts

        return plot_counts(self, prior, ax, figsize)

    def plot_coclustering(
        self: Paired,
        labels: ArrayLike | None = None,
        *,
        max_rows: int = 2_000,
        threads: int | None = None,
        ax: Any = None,
        figsize: Size = None,
    ) -> Any:
        """Draw the probabilities with which rows share a component, cluster by cluster.

        They are those of `Posterior.coclustering`, from 0 (white) to 1 (dark blue). Lines stand
        between clusters. In one dimension clusters are in the order of their means, and their rows
        in that of their values. In several dimensions clusters are in the order of their numbers,
        which is that of their sizes, and rows by their distance from the middle of their cluster.
        A cluster with less than 4 % of the rows has no name at the axes.

        Parameters
        ----------
        labels : array_like of int, shape (N,), optional
            The cluster of each row, 0 to N - 1. By default the labels of `Posterior.partition`. Its
            search takes long for many rows; `partition` with fewer draws and starts is faster.
        max_rows : int, default 2000
            The most rows that are drawn, >= 1. Of more rows, those are drawn that are evenly spaced
            in the order above, so clusters keep their shares. Small clusters may then be missing.
        threads : int, optional
            Number of threads. By default one for each processor.
        ax, figsize : optional
            Axes, beside which there is room for the scale of colours; size of the new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Raises
        ------
        NotImplementedError
            For prior draws, which have no rows.
        """
        from gmmswift.plots._coclustering import plot_coclustering

        return plot_coclustering(self, labels, max_rows, threads, ax, figsize)

    def plot_pairs(
        self: Drawn,
        *,
        columns: Iterable[int | str] | None = None,
        prob: float = 0.9,
        ax: Any = None,
        figsize: Size = None,
    ) -> NDArray[Any]:
        """Draw pairs of columns of the data with the components, at their posterior means.

        A point has the colour of its most probable component (`Posterior.probabilities`). The
        colour fades to grey as that becomes uncertain: a point that belongs to all components alike
        is grey. The ellipse of a component is that of its mean covariance matrix, and a cross marks
        its mean. `gmmswift.plot_pairs` draws those of a fit.

        Parameters
        ----------
        columns, prob : optional
            As in `gmmswift.plot_pairs`.
        ax, figsize : optional
            An axes for each pair, row after row of the lower triangle; size of the new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (pairs,)
            The axes.

        Raises
        ------
        ValueError
            For data of one column, of which `plot_density` draws the density.
        NotImplementedError
            For prior draws, and if the number of components has a prior.
        """
        from gmmswift.plots._pairs import plot_posterior_pairs

        return plot_posterior_pairs(self, columns, prob, ax, figsize)

    def plot_assignment(
        self: Drawn, i: int, *, ax: Any = None, figsize: Size = None
    ) -> NDArray[Any]:
        """Draw the component of an observation: its trace where stored, and its distribution.

        Of more than 20 components, those of the largest shares are shown.

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
