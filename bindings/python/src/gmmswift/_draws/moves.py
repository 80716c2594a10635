"""The moves that the chains of a posterior make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gmmswift import _native as native

__all__ = ["ChainMoves", "PosteriorMoves"]

_FREQUENCIES = {
    native.SPLIT_MERGE_OFF: "off",
    native.SPLIT_MERGE_RARELY: "rarely",
    native.SPLIT_MERGE_REGULARLY: "regularly",
}


@dataclass(frozen=True)
class ChainMoves:
    """The moves of one chain beside the steps of its method.

    Attributes
    ----------
    joint : int
        The joint moves of each iteration, of all parameters with the assignments summed out; 0
        where tuning found that they do not pay.
    split_merge : {"off", "rarely", "regularly"}
        How often the rows of two or three components are divided anew: never (there is one
        component, more than 4,096 rows, or ``moves=False``); now and then, because tuning saw no
        such move that reaches what the steps do not; or often, because it saw some, or because the
        rows are so few that moves cost nothing.
    interval : int
        Iterations from one with split-merge moves to the next; 0 where there are none.
    proposed, accepted : int
        Split-merge moves since the tuning, and those that gave rows to other components.
    """

    joint: int
    split_merge: str
    interval: int
    proposed: int
    accepted: int


class PosteriorMoves:
    """What the chains did beside the steps of their method."""

    n_chains: int
    _handle: native.Handle

    @cached_property
    def moves(self) -> tuple[ChainMoves, ...]:
        """The moves of each chain; `NotImplementedError` for draws that cannot be extended."""
        found = []
        for chain in range(self.n_chains):
            moves = native.sized(native.ChainMoves)
            native.call(native.lib.gmm_posterior_get_moves, self._handle, chain, moves)
            found.append(
                ChainMoves(
                    moves.num_joint,
                    _FREQUENCIES.get(moves.split_merge, f"code {moves.split_merge}"),
                    moves.interval,
                    moves.num_proposed,
                    moves.num_accepted,
                )
            )
        return tuple(found)
