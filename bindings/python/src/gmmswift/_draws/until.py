"""Sampling until converged: what is asked for, and what was reached."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

from gmmswift import _native as native
from gmmswift._arguments import int64, real, shown
from gmmswift._draws.run import levels_to_caller
from gmmswift._errors import ConvergenceWarning

__all__ = ["PosteriorUntil", "Until", "UntilResult", "until_options", "warn_if_unmet"]

_ENDS = {
    native.UNTIL_MET: "met",
    native.UNTIL_MAX_DRAWS: "max_draws",
    native.UNTIL_SECONDS: "seconds",
    native.UNTIL_MEMORY: "memory",
}
_SCALARS = {
    native.UNTIL_LOG_POSTERIOR: "log_posterior",
    native.UNTIL_LOG_LIKELIHOOD: "log_likelihood",
    native.UNTIL_NUM_CLUSTERS: "n_clusters",
    native.UNTIL_SUM_SQUARED_WEIGHTS: "sum_squared_weights",
}


@dataclass(frozen=True)
class Until:
    """The convergence at which sampling ends, and the limits at which it ends without.

    `sample`, `start` and `Posterior.extend` take it. Convergence is that of scalars of each draw
    which need no labels: the log posterior, the log likelihood, the number of clusters, the sum of
    the squared weights, and the weights by decreasing size. A scalar that is the same in all draws
    is left out. The draws are looked at when each chain has the `draws` of the call, and then
    whenever their number has grown by a half. So the number of draws depends on the draws alone,
    and not on threads or a clock, unless `seconds` ends the run.

    Parameters
    ----------
    ess : float or None, default 1000
        The effective sample size over all chains, of the bulk and of the tails of each scalar, > 0.
        None asks for none.
    r_hat : float or None, default 1.01
        The largest rank-normalised split R-hat of a scalar, > 1. None asks for none, as it must
        with one chain.
    max_draws : int, optional
        The largest number of draws of each chain, at least the `draws` of the call, old ones
        included in `Posterior.extend`. By default ten times the number at the first look.
    seconds : float, optional
        Seconds after which the run ends with the draws that all chains have, > 0. By default there
        is no limit.

    Examples
    --------
    >>> import gmmswift as gm
    >>> until = gm.Until(ess=400)
    >>> post = gm.sample(gm.Mixture(1), [-1.0, 0.0, 1.0, 3.0], 500, random_seed=1, until=until)
    >>> post.until.met
    True
    """

    ess: float | None = 1_000.0
    r_hat: float | None = 1.01
    max_draws: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for name, low, rule in (
            ("ess", 0.0, "must be finite and positive"),
            ("r_hat", 1.0, "must be finite and above 1"),
            ("seconds", 0.0, "must be finite and positive"),
        ):
            value = getattr(self, name)
            if value is None:
                continue
            number = real(name, value)
            if not low < number < math.inf:
                raise ValueError(f"{name}: {rule}, got {number}")
            object.__setattr__(self, name, number)
        if self.max_draws is not None:
            draws = int64("max_draws", self.max_draws)
            if draws < 1:
                raise ValueError(f"max_draws: must be at least 1, got {draws}")
            object.__setattr__(self, "max_draws", draws)
        if self.ess is None and self.r_hat is None:
            raise ValueError("ess: must ask for something where r_hat does not, got None")


@dataclass(frozen=True)
class UntilResult:
    """What the draws of a run with `until` have reached.

    Attributes
    ----------
    met : bool
        Whether the draws have reached what was asked for.
    end : {"met", "max_draws", "seconds", "memory"}
        Why the run ended: what was asked for is met; the largest number of draws was made; the time
        was over; or there was no memory for more draws, or to look at those there are.
    ess : float
        The least effective sample size, of the bulk and of the tails; NaN for fewer than four draws
        of each chain.
    r_hat : float
        The largest R-hat; NaN for one chain, and for fewer than four draws of each chain.
    ess_quantity, r_hat_quantity : str or None
        The scalars of these two, such as ``"log_posterior"`` or ``"sorted_weights[0]"``; None where
        all are the same in all draws.
    """

    met: bool
    end: str
    ess: float
    r_hat: float
    ess_quantity: str | None
    r_hat_quantity: str | None


def until_options(until: Until | None) -> native.Until | None:
    """Return the struct for `until`, as `sample` takes it."""
    if until is None:
        return None
    if not isinstance(until, Until):
        raise TypeError(f"until: must be an Until or None, got {shown(until)}")
    options = native.defaults(native.Until)
    options.ess = 0.0 if until.ess is None else until.ess
    options.r_hat = 0.0 if until.r_hat is None else until.r_hat
    options.max_draws = 0 if until.max_draws is None else until.max_draws
    options.seconds = 0.0 if until.seconds is None else until.seconds
    return options


def _scalar(code: int) -> str | None:
    if code == native.UNTIL_NONE:
        return None
    rank = code - native.UNTIL_SORTED_WEIGHTS
    return _SCALARS[code] if rank < 0 else f"sorted_weights[{rank}]"


class PosteriorUntil:
    """What a run that went on until its draws had converged has reached."""

    n_draws: int
    _handle: native.Handle

    @property
    def until(self) -> UntilResult | None:
        """What the draws of a run with `until` have reached.

        It is None for other runs, for subsets, and for chains that `extend` continued without an
        `until`. Files and pickles keep it.
        """
        result = native.sized(native.UntilResult)
        try:
            native.call(native.lib.gmm_posterior_get_until, self._handle, result)
        except NotImplementedError:
            return None
        return UntilResult(
            result.end == native.UNTIL_MET,
            _ENDS.get(result.end, f"code {result.end}"),
            result.ess,
            result.r_hat,
            _scalar(result.ess_scalar),
            _scalar(result.r_hat_scalar),
        )


def warn_if_unmet(posterior: PosteriorUntil, until: Until) -> None:
    """Warn of draws that have not reached what was asked for."""
    result = posterior.until
    if result is None or result.met:
        return
    reasons = {
        "max_draws": f"after the {posterior.n_draws:,} draws of each chain that `until` allows",
        "seconds": f"after {until.seconds} s, with {posterior.n_draws:,} draws of each chain",
        "memory": f"for want of memory, with {posterior.n_draws:,} draws of each chain",
    }
    wanted = []
    if until.ess is not None:
        wanted.append(f"an ESS of {result.ess:,.6g} ({result.ess_quantity}), not {until.ess:,.6g}")
    if until.r_hat is not None:
        wanted.append(
            f"an R-hat of {result.r_hat:.4f} ({result.r_hat_quantity}), not {until.r_hat}"
        )
    warning = ConvergenceWarning(
        f"until: the run has ended {reasons[result.end]}. They have {' and '.join(wanted)}"
    )
    warning.posterior = posterior
    warnings.warn(warning, stacklevel=levels_to_caller())
