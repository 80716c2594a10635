"""The rungs of tempered chains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import integer, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ChainTempering", "PosteriorTempering", "rung_count"]


def rung_count(tempering: object) -> int:
    """Return the number of rungs for C."""
    if tempering is None or tempering is False:
        return 0
    if isinstance(tempering, str) and tempering == "auto":
        return native.RUNGS_AUTOMATIC
    if isinstance(tempering, (str, bool)):
        raise ValueError(
            f"tempering: must be False, 'auto' or a number of rungs, got {shown(tempering)}"
        )
    return integer("tempering", tempering, 2, 64)


@dataclass(frozen=True, eq=False)
class ChainTempering:
    """The rungs of one chain, and their exchanges since the tuning.

    Attributes
    ----------
    powers : ndarray, shape (rungs,)
        The power of the densities on each rung, falling from 1, which is the chain itself.
    swap_rates : ndarray, shape (rungs - 1,)
        The mean probability that a rung and the next exchange their states.
    barrier : float
        The communication barrier: the sum of the rejection rates. About twice as many rungs
        exchange best (Syed, Bouchard-Cote, Deligiannidis, Doucet 2022).
    round_trips : int
        States that came back to the chain after they had been on the last rung.
    """

    powers: NDArray[np.float64]
    swap_rates: NDArray[np.float64]
    barrier: float
    round_trips: int

    @property
    def rungs(self) -> int:
        """The number of rungs, the chain itself included; 1 without tempering."""
        return len(self.powers)


class PosteriorTempering:
    """The rungs below the chains of a posterior."""

    n_chains: int
    _handle: native.Handle

    @cached_property
    def tempering(self) -> tuple[ChainTempering, ...]:
        """The rungs of each chain; `NotImplementedError` for draws that cannot be extended."""
        found = []
        for chain in range(self.n_chains):
            info = native.sized(native.ChainTempering)
            call = native.lib.gmm_posterior_get_tempering
            native.call(call, self._handle, chain, info, None, 0, None, 0)
            powers, rates = np.empty(info.num_rungs), np.empty(info.num_rungs - 1)
            native.call(call, self._handle, chain, info, powers, powers.size, rates, rates.size)
            found.append(ChainTempering(powers, rates, info.barrier, info.num_round_trips))
        return tuple(found)
