"""PyMC with the notebooks' scheme: Metropolis, and Gibbs updates of single assignments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm

from pymc_models import notebook_model, quantities


class Engine:
    """Samples at a few dozen draws a second."""

    title = f"PyMC {pm.__version__}, the notebook's scheme"

    def __init__(self) -> None:
        self._cases: dict[str, tuple[Any, int, int]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Build the model; its step functions are compiled by each call and not counted."""
        self._cases[case["name"]] = (notebook_model(case), draws, tune)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the seconds of sampling, those of them that tune (their share), and the draws."""
        (model, unknown, labels), draws, tune = self._cases[name]
        with model:
            steps = [pm.Metropolis(unknown), pm.CategoricalGibbsMetropolis([labels])]
            result = pm.sample(
                draws, tune=tune, chains=1, cores=1, step=steps, random_seed=seed,
                progressbar=False, compute_convergence_checks=False,
            )  # fmt: skip
        seconds = result.posterior.attrs["sampling_time"]
        return seconds, seconds * tune / (draws + tune), quantities(result.posterior)
