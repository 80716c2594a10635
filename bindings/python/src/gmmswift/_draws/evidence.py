"""The log evidence of a posterior's model."""

from __future__ import annotations

from dataclasses import dataclass

from gmmswift import _native as native
from gmmswift._arguments import code, int64, seed, thread_count

__all__ = ["LogEvidence", "PosteriorEvidence"]

_METHODS = ("bridge", "stepping_stones")
#: What the C interface calls arguments of `log_evidence`.
_NAMES = {"num_draws": "draws", "num_terms": "terms"}


@dataclass(frozen=True)
class LogEvidence:
    """The log marginal likelihood of a model. ``float()`` gives its value.

    Attributes
    ----------
    value : float
        log p(data), in nats, over all labels.
    error : float
        Its standard error; 0 for a closed form.
    method : str
        ``"bridge"`` or ``"stepping_stones"``.
    is_exact : bool
        Whether the value is a closed form.
    n_draws : int
        The draws of the posterior that were used, or those at each power; 0 for a closed form.
    n_terms : int
        The conditional distributions in the mixture of bridge sampling; 0 for other methods.
    n_rungs : int
        The powers of stepping stones, with 0 and 1; 0 for other methods.
    overlap : float
        How much the posterior and the mixture have in common, or the least of two neighbouring
        powers, at most 1. The error grows as it falls.
    log_prior_mass : float
        The log of the prior's mass on the parameters that meet the constraints, by which bridge
        sampling has divided the integral; 0 for stepping stones.
    """

    value: float
    error: float
    method: str
    is_exact: bool
    n_draws: int
    n_terms: int
    n_rungs: int
    overlap: float
    log_prior_mass: float

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        error = "exact" if self.is_exact else f"± {self.error:.2g}"
        return f"<gmmswift.LogEvidence: {self.value:.6g} {error}, {self.method}>"


class PosteriorEvidence:
    """How probable the data are under the model."""

    _handle: native.Handle

    def log_evidence(
        self,
        method: str = "bridge",
        *,
        draws: int | None = None,
        terms: int | None = None,
        random_seed: int | None = 0,
        threads: int | None = None,
    ) -> LogEvidence:
        """Return the log marginal likelihood of the model, with its Monte-Carlo error.

        It is the log of the integral of prior times likelihood over all parameters, summed over all
        assignments and labels. The prior is normalised on the parameters that meet the constraints,
        so ordered and unordered models agree, and no factor K! is missing. A row of sample weight w
        counts as the power w of its density.

        Parameters
        ----------
        method : {"bridge", "stepping_stones"}, default "bridge"
            Bridge sampling between the posterior and a mixture of its conditional distributions,
            from draws of the posterior; or stepping stones along powers of the components'
            densities, from chains of their own. Both sum the assignments out.
        draws : int, optional
            Draws: of the mixture, and at most of the posterior, for bridge sampling; or of each
            power. From 100. By default 4,000, and as many of each power as bring the error to 0.05,
            from 10,000 to 160,000.
        terms : int, optional
            Conditional distributions in the mixture of bridge sampling, >= 1, at most half of the
            posterior's draws. By default up to 500, or up to 100 where parameters of priors have
            priors.
        random_seed : int or None, default 0
            From 0 to 2**64 - 1, or None for fresh entropy. Same seed, same numbers, for any number
            of threads.
        threads : int, optional
            Number of threads. By default one for each processor.

        Returns
        -------
        LogEvidence
            The value and its standard error, which knows nothing of modes that no chain has met.

        Raises
        ------
        NotImplementedError
            For prior draws; for fewer than 20 draws over all chains, or more than 12 components
            that share all priors, in bridge sampling.
        DegenerateError
            If the posterior is improper, which then has no evidence.
        """
        options = native.defaults(native.EvidenceOptions)
        options.method = code("method", method, _METHODS)
        if draws is not None:
            options.num_draws = int64("draws", draws)
        if terms is not None:
            options.num_terms = int64("terms", terms)
        options.seed = seed(random_seed)
        result = native.sized(native.Evidence)
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_log_evidence,
                self._handle,
                options,
                run.control,
                result,
                names=_NAMES,
            )
        return LogEvidence(
            value=result.log_evidence,
            error=result.error,
            method=_METHODS[result.method],
            is_exact=bool(result.is_exact),
            n_draws=result.num_draws,
            n_terms=result.num_terms,
            n_rungs=result.num_rungs,
            overlap=result.overlap,
            log_prior_mass=result.log_prior_mass,
        )
