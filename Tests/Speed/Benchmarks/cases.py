"""The models and data that are sampled: the three notebooks', and four overlapping components."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gmmswift as gm
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "examples" / "python"))

import notebook_data  # the folder of the examples, just added

__all__ = ["Case", "cases", "clusters"]


@dataclass(frozen=True)
class Case:
    """A data set with a model, told in plain values so that any engine can build it.

    Attributes
    ----------
    name, title : str
        A word, and how tables name it.
    data : list of float
        The observations.
    n_components : int
        K.
    mean_mu, mean_sd : list of float
        Normal prior of each mean.
    spread : str
        ``"uniform"`` or ``"half_cauchy"`` on the sd, ``"inverse_gamma"`` on the variance.
    spread_parameters : list of float
        Lower and upper; scale; shape and scale.
    shared, ordered : bool
        One spread for all components; increasing means.
    minimum_weight : float
        The least weight.
    """

    name: str
    title: str
    data: list[float]
    n_components: int
    mean_mu: list[float]
    mean_sd: list[float]
    spread: str
    spread_parameters: list[float]
    shared: bool = False
    ordered: bool = False
    minimum_weight: float = 0.0

    def model(self) -> gm.Mixture:
        """Return the model for gmmswift."""
        values = self.spread_parameters
        spread: dict[str, Any]
        if self.spread == "uniform":
            spread = {"sd": gm.Uniform(*values)}
        elif self.spread == "half_cauchy":
            spread = {"sd": gm.HalfCauchy(*values)}
        else:
            spread = {"variance": gm.InverseGamma(*values)}
        return gm.Mixture(
            self.n_components,
            weights=gm.Dirichlet(1.0, minimum=self.minimum_weight),
            means=gm.Normal(self.mean_mu, sd=self.mean_sd),
            ordered=self.ordered,
            shared_sd=self.shared,
            **spread,
        )

    def description(self) -> dict[str, Any]:
        """Return the case in plain values, with a maximum-likelihood start for engines in need."""
        fit = gm.fit_em(self.data, self.n_components, shared_sd=self.shared, random_seed=1)
        start = {
            "weights": fit.weights.tolist(),
            "means": fit.means.tolist(),
            "sd": np.ravel(fit.sd).tolist(),
        }
        return asdict(self) | {"start": start}


def cases() -> list[Case]:
    """Return the four cases."""
    random = np.random.RandomState(4)
    label = random.choice(4, 1000, p=[0.35, 0.3, 0.2, 0.15])
    centres, sds = np.array([0, 2.4, 5.2, 9]), np.array([1, 0.8, 1.1, 1])
    four = centres[label] + sds[label] * random.randn(1000)
    return [
        Case(
            "first", "first notebook (K = 2, N = 1,000)",
            notebook_data.two_components().tolist(), 2, [145, 210], [10, 0.02**-0.5],
            "uniform", [0, 100],
        ),
        Case(
            "second", "second notebook (K = 3, N = 500)",
            notebook_data.three_components()[0].tolist(), 3, [0, 0, 0], [15, 15, 15],
            "uniform", [0, 20], shared=True, ordered=True, minimum_weight=0.1,
        ),
        Case(
            "book", "book (K = 3, N = 215)", notebook_data.book().tolist(), 3,
            [10, 20, 35], [2, 2, 2], "half_cauchy", [5], shared=True,
        ),
        Case(
            "four", "four overlapping (K = 4, N = 1,000)", four.tolist(), 4,
            [0, 0, 0, 0], [10, 10, 10, 10], "inverse_gamma", [2, 1], ordered=True,
        ),
    ]  # fmt: skip


def clusters(n: int, k: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return N values in K clusters that lie 5 apart, each uniform over a width of 2."""
    random = np.random.RandomState(1)
    return 5 * (np.arange(n) % k - (k - 1) / 2) + random.uniform(-1, 1, n)
