"""The modes of a posterior, as its chains have found them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int64, seed, thread_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Mode", "Modes", "PosteriorModes"]

#: What the C interface calls arguments of `modes`.
_NAMES = {"num_steps": "steps"}


@dataclass(frozen=True, eq=False)
class Mode:
    """Draws that the steps of a chain connect with each other, and with no other draw.

    Attributes
    ----------
    mass : float
        The share of the draws: the mass of the mode, where chains pass between modes.
    error : float
        The Monte-Carlo standard error of the mass.
    shares : ndarray, shape (chains,)
        The share of each chain's draws.
    log_posterior : float
        The largest log posterior density among the examined draws of the mode.
    chain, draw : int
        Where it is: ``post["means"][chain, draw]`` and so on.
    """

    mass: float
    error: float
    shares: NDArray[np.float64]
    log_posterior: float
    chain: int
    draw: int


class Modes(tuple[Mode, ...]):
    """Modes by decreasing mass.

    Attributes
    ----------
    n_draws : int
        The number of draws that were examined.
    reach : float
        The share of rows by which the clusters of two draws may differ that are connected directly.
    """

    n_draws: int
    reach: float

    def __str__(self) -> str:
        lines = [
            f"{mode.mass:.3f} +- {mode.error:.3f}  log posterior {mode.log_posterior:.1f}  "
            f"by chain {' '.join(f'{share:.2f}' for share in mode.shares)}"
            for mode in self
        ]
        return "\n".join(lines)


class PosteriorModes:
    """The modes that chains have found."""

    n_chains: int
    n_draws: int
    _handle: native.Handle

    def modes(
        self,
        *,
        draws: int = 400,
        steps: int = 50,
        random_seed: int = 0,
        threads: int | None = None,
    ) -> Modes:
        """Find the modes: sets of draws that plain steps, without moves and rungs, connect.

        From each of some draws the chain makes a few steps. The share of rows that change their
        most probable component, over the best matching of labels, is at most the reach in 95 % of
        the draws. Draws whose clusters differ by at most the reach are connected, and a mode holds
        all draws that are connected through others. Draws that differ by labels alone are in one
        mode. At most 500 rows are compared.

        Parameters
        ----------
        draws : int, default 400
            The draws that are examined, evenly over the chains, 2 to 10,000.
        steps : int, default 50
            The steps from each of them, 1 to 1,000,000.
        random_seed : int, default 0
            From 0 to 2**64 - 1. The same seed finds the same modes, for any number of threads.
        threads : int, optional
            Number of threads, >= 1. By default, and for 0, one for each processor.

        Returns
        -------
        Modes
            A tuple of `Mode`, by decreasing mass.

        Raises
        ------
        ValueError
            For an argument out of range.
        NotImplementedError
            For prior draws.

        Examples
        --------
        >>> import gmmswift as gm
        >>> post = gm.sample(gm.Mixture(2), [-3.1, -2.9, -3.0, 3.1, 2.9, 3.0], random_seed=1)
        >>> sum(mode.mass for mode in post.modes())  # doctest: +ELLIPSIS
        1.0...
        """
        options = native.defaults(native.ModeOptions)
        options.num_draws = int64("draws", draws)
        options.num_steps = int64("steps", steps)
        options.seed = seed(random_seed)
        room = self.n_chains * min(self.n_draws, max(1, options.num_draws // self.n_chains))
        masses, errors, tops = np.empty(room), np.empty(room), np.empty(room)
        best = np.empty((room, 2), np.int64)
        shares = np.empty((room, self.n_chains))
        result = native.sized(native.ModeResult)
        with native.Run(thread_count(threads)) as run:
            native.call(
                native.lib.gmm_posterior_modes,
                self._handle,
                options,
                run.control,
                result,
                masses,
                errors,
                tops,
                best,
                shares,
                room,
                names=_NAMES,
            )
        modes = Modes(
            Mode(masses[m], errors[m], shares[m].copy(), tops[m], int(best[m, 0]), int(best[m, 1]))
            for m in range(result.num_modes)
        )
        modes.n_draws, modes.reach = result.num_draws, result.reach
        return modes
