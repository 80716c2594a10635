"""Sampling: draws from the posterior and from the prior."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from gmmswift import _native as native
from gmmswift._arguments import flag, int64, seed, shown, thread_count
from gmmswift._data import Data, as_data
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.run import checkpoint_plan, interruptible, warn_if_improper
from gmmswift._draws.starts import Initial, set_initial
from gmmswift._draws.tempering import rung_count
from gmmswift._draws.until import Until, until_options, warn_if_unmet
from gmmswift._model.mixture import Mixture

if TYPE_CHECKING:
    import os

    from numpy.typing import ArrayLike

    from gmmswift._progress import ProgressOption

__all__ = ["SamplingCall", "sample", "sample_prior", "sampling_call"]

_METHODS = {"gibbs": native.METHOD_GIBBS, "metropolis": native.METHOD_METROPOLIS}


def sample(
    model: Mixture,
    data: ArrayLike | Data,
    draws: int = 10_000,
    *,
    tune: int = 1_000,
    chains: int = 4,
    thin: int = 1,
    method: Literal["gibbs", "metropolis"] = "gibbs",
    random_seed: int | None = None,
    threads: int | None = None,
    progress: ProgressOption = False,
    store_assignments: bool = False,
    sample_weight: ArrayLike | None = None,
    initial: Initial | None = None,
    moves: bool = True,
    tempering: bool | str | int = False,
    until: Until | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_interval: float = 30.0,
) -> Posterior:
    """Draw from the posterior of a model given data.

    Parameters
    ----------
    model : Mixture
        The model. What it leaves to the data, the number of dimensions or priors, is settled first,
        as by `Mixture.for_data`.
    data : array_like, shape (N, D), or in one dimension (N,) or (N, 1), or Data
        Observations, finite, below 1e144 in magnitude. Empty data sample the prior. A float64 array
        is read where it is, with any positive stride between rows and adjacent columns; other types
        and layouts, such as float32, Fortran order and data frames, are converted. Masked and
        missing values are refused.
    draws : int, default 10_000
        Draws of each chain, >= 1; with `until` the least number of them.
    tune : int, default 1_000
        Tuning iterations, >= 0. In 200 or more of them each Gibbs chain finds out whether it mixes
        slowly. If so, it makes joint proposals of all parameters in every iteration, with the
        assignments summed out. In 100 or more each chain also searches for a good start, and finds
        out whether split-merge moves reach what its steps do not.
    chains : int, default 4
        Number of chains, >= 1.
    thin : int, default 1
        Iterations for each draw, >= 1.
    method : {"gibbs", "metropolis"}, default "gibbs"
        "gibbs" makes exact conditional draws. "metropolis", for models in one dimension, is
        random-walk Metropolis on weights, means and sds with scales adapted while tuning, and
        element-wise categorical updates of the assignments.
    random_seed : int, optional
        From 0 to 2**64 - 1. The same seed gives the same draws, for any number of threads. By
        default fresh entropy, or 0 with a `checkpoint`, so that the same call goes on.
        `Posterior.seed` holds the seed.
    threads : int, optional
        Number of threads, >= 1. By default, and for 0, one for each processor.
    progress : bool or callable, default False
        True for a bar (tqdm where it is installed, else a line on standard error); or a callable
        that receives each `Progress`, on the calling thread.
    store_assignments : bool, default False
        Whether to keep the component of every observation in every draw: one byte each.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts, >= 0. The draws are from the power posterior, prior times
        the product of p(x_i | parameters) ** w_i, where p is the density of the mixture. So zero
        makes a row inert, an integer repeats it, and weights of 1/3 count three rows as one. A
        stored assignment is one draw from the row's cluster probabilities, whatever its weight. Log
        likelihoods count rows by their weights.
    initial : mapping, Posterior, EMFit or KnownMixture, optional
        Where chains start. A mapping has any of ``"weights"``, ``"means"`` and ``"sd"`` or
        ``"covariances"``, each with the shape that it has in one draw of the posterior, for all
        chains, or with an axis of chains before it: weights (K,) or (chains, K), a shared sd () or
        (chains,), full covariances (K, D, D) or (chains, K, D, D). A posterior gives the last draws
        of its chains, in turn. A fit or a mixture is moved into the model's order, form and
        constraints. By default starts are chosen from the data, differently for each chain, and so
        are the values that a mapping leaves out.
    moves : bool, default True
        Whether chains may make moves beside the steps of their method: joint moves, and split-merge
        moves, which cross between modes. `Posterior.moves` tells which they made. False is for
        comparisons.
    tempering : bool, "auto" or int, default False
        Rungs below each chain: chains at lower and lower powers of the densities, down to data that
        are worth two rows for each component. They exchange states with the chain, which then
        crosses between modes that no move connects. Each rung takes the time of a chain. "auto"
        lets tuning find their number, about twice the communication barrier; a number, 2 to 64,
        counts the chain itself. `Posterior.tempering` tells what the rungs did.
    until : Until, optional
        The convergence at which the run ends. `Posterior.until` tells what was reached. By default
        the run ends after `draws`.
    checkpoint : path-like, optional
        A file to which the run is written while it goes on. If the file is there already, the run
        goes on from it and ends with the same bits as if it had never stopped. So the same call
        finishes a run that was killed. The file stays. The same call then returns at once, and a
        call with more draws goes on.
    checkpoint_interval : float, default 30.0
        Seconds between two checkpoints, > 0. The interval grows if writing would take over 2 % of
        the process's processor time.

    Returns
    -------
    Posterior
        The draws, relabelled where the priors do not tell components apart.

    Raises
    ------
    ValueError
        For an argument out of range, NaN or infinite data, or initial values that break the
        model's constraints.
    TypeError
        For an argument of another type.
    NotImplementedError
        For Metropolis in several dimensions, or with means scaled by the spread.
    MemoryError
        If there is too little memory for the draws. Nothing is then sampled.
    DegenerateError
        For a posterior that does not exist, such as equal observations under a prior that lets
        the sd reach 0, and where a chain collapses onto ties. Its attribute ``posterior`` then
        holds the draws that every chain has made before, or None if there are none. They are the
        same for any number of threads.
    OSError
        For a checkpoint that cannot be written or read, such as in a missing folder. Nothing is
        then sampled. If a later checkpoint fails, the run goes on. If the last one fails, there is
        a `CheckpointWarning`, and the call returns the draws.
    FormatError, MismatchError
        For a checkpoint that is damaged, or of other data, another model, other options or another
        version.
    KeyboardInterrupt
        On Ctrl-C, within a moment. Its attribute ``posterior`` holds the draws that every chain has
        finished, or None if there are none. The same holds for any exception raised by `progress`
        or by a signal handler.

    Warns
    -----
    ImproperPosteriorWarning
        For ties in the data, or weights that repeat a row, under a prior that lets the sd reach 0:
        the posterior is improper, and chains may collapse. Default priors never do.
    ConvergenceWarning
        For chains in different modes, and for draws that are worth few: `Posterior.diagnose` says
        more, and what to do. Where a run with `until` has ended before its draws had converged,
        all its draws are returned.

    Examples
    --------
    >>> import gmmswift as gm
    >>> model = gm.Mixture(2, means=gm.Normal(0, sd=10), ordered=True, sd=gm.HalfNormal(2))
    >>> post = gm.sample(model, [-2.1, -1.9, 3.0, 3.2], draws=500, random_seed=1)
    >>> post["means"].shape
    (4, 500, 2)
    >>> import numpy as np
    >>> table = np.random.default_rng(1).normal(size=(100, 3))
    >>> post = gm.sample(gm.Mixture(2, covariance_type="full"), table, draws=500, random_seed=1)
    >>> post["means"].shape, post["covariances"].shape
    ((4, 500, 2, 3), (4, 500, 2, 3, 3))
    """
    call = sampling_call(
        model,
        data,
        draws,
        tune=tune,
        chains=chains,
        thin=thin,
        method=method,
        random_seed=random_seed,
        threads=threads,
        store_assignments=store_assignments,
        sample_weight=sample_weight,
        initial=initial,
        moves=moves,
        tempering=tempering,
        until=until,
        checkpoint=checkpoint,
        checkpoint_interval=checkpoint_interval,
    )
    posterior = interruptible(
        native.lib.gmm_sample,
        partial(Posterior, model=call.model),
        call.model.shape,
        *call.arguments,
        threads=threads,
        progress=progress,
    )
    if until is None:
        posterior._warn_of_trouble(threads)
    else:
        warn_if_unmet(posterior, until)
    return posterior


class SamplingCall(NamedTuple):
    """The arguments of a call that samples, as the library takes them.

    Attributes
    ----------
    model : Mixture
        The model, with what it takes from the data.
    arguments : tuple
        The arguments of the function before its control.
    kept : tuple
        The memory to which the arguments point.
    """

    model: Mixture
    arguments: tuple[object, ...]
    kept: tuple[object, ...]


def sampling_call(
    model: Mixture,
    data: ArrayLike | Data,
    draws: int,
    *,
    tune: int,
    chains: int,
    thin: int,
    method: str,
    random_seed: int | None,
    threads: int | None,
    store_assignments: bool,
    sample_weight: ArrayLike | None,
    initial: Initial | None,
    moves: bool,
    tempering: bool | str | int,
    until: Until | None,
    checkpoint: str | os.PathLike[str] | None,
    checkpoint_interval: float,
) -> SamplingCall:
    """Return the arguments of a call that samples; they are those of `sample`."""
    if not isinstance(model, Mixture):
        raise TypeError(f"model: must be a Mixture, got {shown(model)}")
    rows = as_data("data", data, model.n_dimensions, sample_weight)
    options = native.defaults(native.SampleOptions)
    options.method = _method(method)
    options.num_draws = int64("draws", draws)
    options.num_tune = int64("tune", tune)
    options.num_chains = n_chains = int64("chains", chains)
    options.thin = int64("thin", thin)
    if random_seed is None and checkpoint is not None:
        random_seed = 0
    options.seed = seed(random_seed)
    options.store_assignments = flag("store_assignments", store_assignments)
    options.moves = native.MOVES_AUTOMATIC if flag("moves", moves) else native.MOVES_NONE
    options.num_rungs = rung_count(tempering)
    limits = until_options(until)
    if limits is not None:
        options.until = native.address_of(limits)
    plan = checkpoint_plan(checkpoint, checkpoint_interval)
    if plan is not None:
        options.checkpoint = native.address_of(plan)
    model = model._for_data(rows, thread_count(threads))
    warn_if_improper(model, rows, thread_count(threads))
    starts = None if initial is None else set_initial(options, model, initial, n_chains)
    return SamplingCall(model, (model._handle, rows._handle, options), (rows, limits, plan, starts))


def sample_prior(
    model: Mixture,
    draws: int = 1_000,
    random_seed: int | None = None,
    *,
    threads: int | None = None,
) -> Posterior:
    """Draw independently from the constrained prior.

    Parameters
    ----------
    model : Mixture
        The model; `Mixture.for_data` settles what it leaves to data.
    draws : int, default 1_000
        Number of draws, >= 1.
    random_seed : int, optional
        From 0 to 2**64 - 1. By default fresh entropy. Same seed, same draws, for any number of
        threads.
    threads : int, optional
        Number of threads, >= 1. By default, and for 0, one for each processor.

    Returns
    -------
    Posterior
        One chain of independent draws without data, with log likelihood 0. Its
        `Posterior.sample_predictive` gives prior predictive data sets.
    """
    if not isinstance(model, Mixture):
        raise TypeError(f"model: must be a Mixture, got {shown(model)}")
    lib = native.lib
    with native.Run(thread_count(threads)) as run:
        handle = native.create(
            lib.gmm_sample_prior,
            lib.gmm_posterior_destroy,
            model._ready(),
            int64("draws", draws),
            seed(random_seed),
            run.control,
            run=run,
        )
    return Posterior(handle, model)


def _method(name: object) -> int:
    if not isinstance(name, str) or name not in _METHODS:
        rule = " or ".join(repr(known) for known in _METHODS)
        raise ValueError(f"method: must be {rule}, got {shown(name)}")
    return _METHODS[name]
