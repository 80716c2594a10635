"""nutpie's NUTS on the model with the assignments summed out."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import nutpie

from pymc_models import marginal_model, quantities


class Engine:
    """Samples compiled PyMC models."""

    title = f"nutpie {nutpie.__version__}, NUTS"

    def __init__(self) -> None:
        self._cases: dict[str, tuple[Any, int, int]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Build and compile the model, and make a short call."""
        compiled = nutpie.compile_pymc_model(marginal_model(case))
        self._cases[case["name"]] = (compiled, draws, tune)
        self._run(compiled, 10, 10, 1)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the seconds of sampling, those of a run that only tunes, and the draws."""
        compiled, draws, tune = self._cases[name]
        tuning, _ = self._run(compiled, 1, tune, seed)
        seconds, posterior = self._run(compiled, draws, tune, seed)
        return seconds, tuning, quantities(posterior)

    def _run(self, compiled: Any, draws: int, tune: int, seed: int) -> tuple[float, Any]:
        start = time.perf_counter()
        result = nutpie.sample(
            compiled, draws=draws, tune=tune, chains=1, cores=1, seed=seed, progress_bar=False,
            save_warmup=False,
        )  # fmt: skip
        return time.perf_counter() - start, result.posterior
