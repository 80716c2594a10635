"""The sample weights of a posterior's data."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from gmmswift import _native as native
from gmmswift._data import has_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PosteriorWeights"]


class PosteriorWeights:
    """How often the observations count."""

    n_observations: int
    _handle: native.Handle

    @cached_property
    def sample_weight(self) -> NDArray[np.float64] | None:
        """The sample weights, shape (N,), read-only; None where all are 1."""
        if not has_weights(self._handle):
            return None
        return native.view(self._handle, native.FIELD_SAMPLE_WEIGHTS)

    @property
    def total_weight(self) -> float:
        """The sum of the sample weights: N where all are 1."""
        weights = self.sample_weight
        return float(self.n_observations) if weights is None else math.fsum(weights)
