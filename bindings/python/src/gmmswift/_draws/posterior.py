"""Posterior draws, and the results that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int64, shown
from gmmswift._data import column_names, observations
from gmmswift._diagnostics.autocorrelation import autocorrelation
from gmmswift._draws.arviz import PosteriorTrees
from gmmswift._draws.coclustering import PosteriorPairs
from gmmswift._draws.counts import PosteriorCounts
from gmmswift._draws.diagnosis import PosteriorDiagnosis
from gmmswift._draws.evidence import PosteriorEvidence
from gmmswift._draws.labels import PosteriorLabels, label_method
from gmmswift._draws.leave_one_out import PosteriorLeaveOneOut
from gmmswift._draws.modes import PosteriorModes
from gmmswift._draws.moves import PosteriorMoves
from gmmswift._draws.partitions import PosteriorPartitions
from gmmswift._draws.pictures import PosteriorPlots
from gmmswift._draws.predictions import PosteriorPredictions
from gmmswift._draws.run import checkpoint_plan, interruptible
from gmmswift._draws.sensitivity import PosteriorSensitivity
from gmmswift._draws.stored import StoredPosterior
from gmmswift._draws.summaries import PosteriorSummaries
from gmmswift._draws.tempering import PosteriorTempering
from gmmswift._draws.until import PosteriorUntil, Until, until_options, warn_if_unmet
from gmmswift._model.counts import DirichletProcess
from gmmswift._model.mixture import Mixture

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

    from gmmswift._progress import ProgressOption

__all__ = ["Posterior"]

_FIELDS = {
    "weights": native.FIELD_WEIGHTS,
    "means": native.FIELD_MEANS,
    "sd": native.FIELD_SDS,
    "covariances": native.FIELD_COVARIANCES,
    "log_likelihood": native.FIELD_LOG_LIKELIHOOD,
    "log_posterior": native.FIELD_LOG_POSTERIOR,
    "acceptance": native.FIELD_ACCEPTANCE,
    "n_clusters": native.FIELD_NUM_CLUSTERS,
    "n_components": native.FIELD_NUM_COMPONENTS,
    "cluster_sizes": native.FIELD_CLUSTER_SIZES,
    "concentration": native.FIELD_CONCENTRATION,
    "center": native.FIELD_CENTER,
    "means_sd": native.FIELD_MEANS_SD,
    "rate": native.FIELD_RATE,
    "scale": native.FIELD_SCALE,
    "background_weight": native.FIELD_BACKGROUND,
    "assignments": native.FIELD_ASSIGNMENTS,
}
#: Parameters of priors, which models have where these have priors themselves.
_HYPERPARAMETERS = ("concentration", "center", "means_sd", "rate", "scale")
#: Quantities of models in which the number of components has a prior, or is that of a process.
_OF_COUNTS = ("n_components", "cluster_sizes")
#: Other names for some quantities.
_ALIASES = {"sds": "sd"}
_METHOD_NAMES = {native.METHOD_GIBBS: "gibbs", native.METHOD_METROPOLIS: "metropolis"}


class Posterior(
    Mapping[str, "NDArray[Any]"],
    PosteriorSummaries,
    PosteriorDiagnosis,
    PosteriorPredictions,
    PosteriorLeaveOneOut,
    PosteriorEvidence,
    PosteriorSensitivity,
    PosteriorPairs,
    PosteriorCounts,
    PosteriorPartitions,
    PosteriorModes,
    PosteriorMoves,
    PosteriorTempering,
    PosteriorUntil,
    PosteriorPlots,
    PosteriorTrees,
    PosteriorLabels,
    StoredPosterior,
):
    """Draws from a posterior (or, from `sample_prior`, a prior): a mapping of names to arrays.

    Arrays are read-only views of the library's memory; each keeps that memory alive on its own.

    ==================  ============================  ==============================================
    name                shape                         what
    ==================  ============================  ==============================================
    ``weights``         (chains, draws, K)            weights of the components
    ``means``           (chains, draws, K)            means
    ``sd``              (chains, draws[, K])          standard deviations; no last axis when shared;
                                                      ``sds`` is the same
    ``log_likelihood``  (chains, draws)               log p(data | parameters), no assignments
    ``log_posterior``   (chains, draws)               log likelihood + log prior
    ``acceptance``      (chains, draws)               mean acceptance probability of the proposals
                                                      since the last draw; 1 where none was made
    ``n_clusters``      (chains, draws)               components to which a row of positive weight
                                                      is assigned; NaN in files of before format 4
    ``assignments``     (chains, draws, N), uint8     component of each observation, K for the
                                                      background, where stored
    ``n_components``    (chains, draws)               components, where their number has a prior
    ``cluster_sizes``   (chains, draws, K)            rows of each component, where it has
    ``concentration``   (chains, draws)               that of the weights, where it has a prior
    ``center``          (chains, draws[, D])          mean of the prior of the means, where it has
    ``means_sd``        (chains, draws[, D])          sd of the prior of the means, where it has
    ``rate``            (chains, draws[, D])          rate of a Gamma prior, where it has a prior
    ``scale``           (chains, draws[, D[, D]])     scale of an inverse-Gamma or inverse-Wishart
                                                      prior, where it has a prior
    ``background_weight`` (chains, draws)             weight of the background, where there is one
    ==================  ============================  ==============================================

    Where priors do not tell components apart, the draws are relabelled: component k is the same
    component in all draws and chains, and so it is in summaries, probabilities, pictures and trees.
    No draw is left out. `as_drawn` has the numbers that the chains gave, `relabel` others,
    `permutations` what was exchanged, and `label_confidence` how certain labels are. Relabelled
    ``assignments`` are a copy.

    Where the number of components has a prior (`Unknown`, or a `DirichletProcess`), K is the
    largest number, components with rows come first, and the places of those that a draw does not
    have are NaN. Numbers of components and clusters are in `p_components` and `p_clusters`.
    Components mean something in the draws of one number of clusters, `given`; densities,
    co-clustering, partitions and predictions are of all draws.

    In D > 1 dimensions ``means`` has shape (chains, draws, K, D). Full covariances have
    ``covariances`` (chains, draws, K, D, D) in place of ``sd``, and tied covariances (chains,
    draws, D, D). With diagonal covariances ``sd`` has shape (chains, draws, K, D), without K when
    shared.

    Iteration and ``len`` use the names. `sample`, `sample_prior`, `subset`, `extend` and `load`
    make posteriors. A posterior is immutable, and several threads may use it. Pickles have the
    bytes of its file, so that workers of joblib and Dask can return one.

    Attributes
    ----------
    model : Mixture
        The model, with the dimensions and priors that it took from the data as its arguments (see
        `Mixture.for_data`). Its `default_priors` names the rule that chose the priors, if one did.
    n_chains, n_draws, n_components, n_dimensions, n_observations : int
        Numbers of chains, draws of each chain, components, dimensions, observations.
    tune, thin : int
        Tuning iterations; iterations between two draws, with the thinning of subsets.
    seed : int
        The seed. As `random_seed` it makes the same draws again.
    method : str
        ``"gibbs"`` or ``"metropolis"``.
    seconds : float
        Wall time of the sampling and its extensions.
    is_prior : bool
        Whether the draws are from `sample_prior`.
    can_extend : bool
        Whether `extend` works.
    has_assignments : bool
        Whether assignments were stored.
    label_method : str or None
        The rule of the labels: ``"kl"``, ``"means"``, ``"sd"``, ``"weights"``, ``"labels"``,
        ``"mixture"``, ``"posterior"``; None where labels are as drawn, because nothing is
        exchanged.
    column_names : tuple of str
        The names of the data's columns; empty if there are none.
    """

    def __init__(self, handle: native.Handle, model: Mixture) -> None:
        info = native.sized(native.PosteriorInfo)
        native.call(native.lib.gmm_posterior_get_info, handle, info)
        self._handle = handle
        self._views: dict[str, NDArray[Any]] = {}
        self._model = model
        self.n_components: int = info.num_components
        self.n_dimensions: int = info.num_dimensions
        self.n_chains: int = info.num_chains
        self.n_draws: int = info.num_draws
        self.n_observations: int = info.num_observations
        self.tune: int = info.num_tune
        self.thin: int = info.thin
        self.seed: int = info.seed
        self.method: str = _METHOD_NAMES.get(info.method, f"method {info.method}")
        self.seconds: float = info.seconds
        self.is_prior = bool(info.is_prior)
        self.can_extend = bool(info.can_extend)
        self.has_assignments = bool(info.has_assignments)
        self.label_method = label_method(info)

    # ------------------------------------------------------------------------------- Mapping

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return the draws of a quantity."""
        name = _ALIASES.get(name, name)
        found = self._views.get(name)
        if found is None:
            if name == "assignments" and not self.has_assignments:
                raise KeyError("assignments: were not stored; sample with store_assignments=True")
            if name not in self:
                raise KeyError(f"name: must be one of {', '.join(self)}, got {shown(name)}")
            if name == "assignments":
                found = self._assignments()
            else:
                field = _FIELDS[name]
                if name == "scale" and not self._model.shape.has_matrices:
                    field = native.FIELD_RATE
                found = native.view(self._handle, field)
            self._views[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        absent = {self._absent}
        if not self.has_assignments:
            absent.add("assignments")
        unknown = self._model._unknown_count
        if unknown is None:
            absent.update(_OF_COUNTS)
        if isinstance(unknown, DirichletProcess):
            absent.add("n_components")
        absent.update(set(_HYPERPARAMETERS) - set(self.model._hyperparameters))
        if self._model.background is None:
            absent.add("background_weight")
        return (name for name in _FIELDS if name not in absent)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return any(name == other for other in self)

    @property
    def _absent(self) -> str:
        """The name of the spread that the model does not have."""
        return "covariances" if self._model.spread_name == "sd" else "sd"

    # Identity, since comparing arrays by == has no single truth value.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        shape = self._model.shape
        spread = "shared sd" if shape.is_shared else "one sd each"
        dimensions = ""
        if self.n_dimensions > 1:
            shared = ", shared sds" if self._model.shared_sd else ""
            spread = f"{shape.covariance_type} covariance{shared}"
            dimensions = f" in {self.n_dimensions} dimensions"
        origin = "prior" if self.is_prior else self.method
        weighted = (
            "" if self.sample_weight is None else f" of total weight {self.total_weight:,.6g}"
        )
        rule = self._model.default_priors
        priors = f"default priors {rule}, " if rule else ""
        most = "" if self._model._unknown_count is None else "up to "
        beside = "" if self._model.background is None else " beside a background"
        labels = "" if self.label_method is None else f"relabelled by {self.label_method}, "
        return (
            f"<gmmswift.Posterior: {self.n_chains} chain{'s' * (self.n_chains != 1)} of "
            f"{self.n_draws:,} draws ({origin}), {most}{self.n_components} "
            f"component{'s' * (self.n_components != 1)} ({spread}){beside}, "
            f"{self.n_observations:,} observations{weighted}{dimensions}, {priors}{labels}"
            f"{self.seconds:.3g} s>"
        )

    # ------------------------------------------------------------------------------ Contents

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of the data's columns; empty if there are none."""
        return column_names(self._handle)

    @cached_property
    def model(self) -> Mixture:
        """The model, with all that it took from the data as its arguments."""
        return self._model._stated()

    @cached_property
    def data(self) -> NDArray[np.float64]:
        """The observations, shape (N,), in D > 1 dimensions (N, D), read-only.

        Missing values are NaN.
        """
        given = observations(self._handle)
        if given is not None:
            return given
        stored = native.view(self._handle, native.FIELD_OBSERVATIONS)
        if self.n_dimensions == 1:
            return stored[:, 0]
        # Groups of eight rows, the last one filled up.
        rows = stored.reshape(-1, self.n_dimensions)[: self.n_observations]
        rows.flags.writeable = False
        return rows

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """P(component k | data) of every observation, shape (N, K), read-only; rows sum to 1.

        Beside a background they sum to 1 less its probability, `background_probabilities`.

        They are the average over all draws of the exact responsibilities given each draw.
        """
        out = np.empty((self.n_observations, self.n_components))
        with native.Run() as run:
            native.call(
                native.lib.gmm_posterior_probabilities, self._handle, run.control, out, out.size
            )
        out.flags.writeable = False
        return out

    def autocorrelation(self, name: str, max_lag: int | None = None) -> NDArray[np.float64]:
        """Return the autocorrelation of a quantity in each chain.

        Parameters
        ----------
        name : str
            A name of this mapping.
        max_lag : int, optional
            The last lag, below the number of draws. By default 100 or the largest possible.

        Returns
        -------
        ndarray, shape (chains, max_lag + 1, ...)
            The quantity's own axes follow those of chains and lags. 1 at lag 0; NaN for a constant
            series.
        """
        return autocorrelation(self[name], max_lag)

    # ------------------------------------------------------------------------- More or fewer draws

    def subset(
        self, burn: int = 0, thin: int = 1, *, chains: Sequence[int] | None = None
    ) -> Posterior:
        """Return the draws burn, burn + thin, burn + 2 thin, ... of each chain, or of some.

        Parameters
        ----------
        burn : int, default 0
            Draws to leave out at the beginning, 0 <= burn < draws.
        thin : int, default 1
            Keep each `thin`-th draw, >= 1.
        chains : sequence of int, optional
            The numbers of different chains, in the order in which they are returned. By default all
            chains.

        Returns
        -------
        Posterior
            A posterior that shares this one's memory, or with `chains` has a copy. The draws keep
            their labels. It cannot be extended.
        """
        handle = self._handle
        if chains is not None:
            numbers = np.array([int64("chains", chain) for chain in chains], np.int64)
            handle = native.create(
                native.lib.gmm_posterior_subset_chains,
                native.lib.gmm_posterior_destroy,
                handle,
                numbers,
                numbers.size,
                names={"num_chains": "len(chains)"},
            )
        handle = native.create(
            native.lib.gmm_posterior_subset,
            native.lib.gmm_posterior_destroy,
            handle,
            int64("burn", burn),
            int64("thin", thin),
        )
        return Posterior(handle, self._model)

    def extend(
        self,
        draws: int | None = None,
        *,
        until: Until | None = None,
        threads: int | None = None,
        progress: ProgressOption = False,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_interval: float = 30.0,
    ) -> Posterior:
        """Continue the chains.

        Parameters
        ----------
        draws : int, optional
            More draws of each chain, >= 1. With `until` the least number of them, >= 0, by default
            0.
        until : Until, optional
            The convergence at which the chains end. The draws are looked at where one run looks:
            at the `draws` of the `sample` that began the chains, and then whenever their number has
            grown by a half, but not below the number that there is, or is wanted. So the draws are
            those of a `sample` with this `until` and its `max_draws`, unless that ends at a look
            which is left out. Where they have converged already, at a look, none are made.
        threads : int, optional
            Number of threads. By default one for each processor.
        progress : bool or callable, default False
            As in `sample`.
        checkpoint : path-like, optional
            As in `sample`. The file may be that of the sampling. If it is ahead of this posterior,
            the chains go on from it; otherwise it is replaced.
        checkpoint_interval : float, default 30.0
            As in `sample`.

        Returns
        -------
        Posterior
            The old draws and the new draws. They are the same bits as the draws of one call for
            all.

        Raises
        ------
        NotImplementedError
            For subsets, prior draws and the draws before a collapse.
        DegenerateError
            Where a chain collapses onto ties, with the attribute ``posterior`` as in `sample`.
        KeyboardInterrupt
            On Ctrl-C, with the attribute ``posterior`` as in `sample`.

        Warns
        -----
        ConvergenceWarning
            As in `sample`.

        Examples
        --------
        >>> import gmmswift as gm
        >>> post = gm.sample(gm.Mixture(1), [-1.0, 0.0, 1.0, 3.0], 100, random_seed=1)
        >>> longer = post.extend(until=gm.Until(ess=1_000))
        >>> longer.until.met, longer.n_draws > post.n_draws
        (True, True)
        """
        if draws is None and until is None:
            raise TypeError("draws: must be an integer where there is no `until`, got None")
        wish = () if until is None else (until_options(until),)
        function = native.lib.gmm_posterior_extend
        longer = interruptible(
            function if until is None else native.lib.gmm_posterior_extend_until,
            partial(Posterior, model=self._model),
            self._model.shape,
            self._handle,
            0 if draws is None else int64("draws", draws),
            *wish,
            checkpoint_plan(checkpoint, checkpoint_interval),
            threads=threads,
            progress=progress,
        )
        if until is None:
            longer._warn_of_trouble(threads)
        else:
            warn_if_unmet(longer, until)
        return longer
