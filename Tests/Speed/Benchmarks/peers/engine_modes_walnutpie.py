"""walnutpie's WALNUTS on conjugate mixtures in several dimensions, with a log density by JAX."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import Any

import jax
import numpy as np
import walnutpie

from conjugate import natural
from standard import unconstrained


class Engine:
    """Samples log densities that JAX compiles; each gradient is a call of Python."""

    title = f"walnutpie {version('walnutpie')}, WALNUTS"

    def __init__(self) -> None:
        self._cases: dict[str, tuple[Any, ...]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Compile the log density."""
        count, log_density, parts = unconstrained(case)
        compiled = jax.jit(jax.value_and_grad(log_density))
        compiled(np.zeros(count))

        def value(x: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
            log, gradient = compiled(x)
            return float(log), np.asarray(gradient)

        self._cases[case["name"]] = (case, count, value, parts, draws, tune)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the processor time of a chain, 0 for that of its tuning, and the draws."""
        case, count, value, parts, draws, tune = self._cases[name]
        start = time.process_time()
        (found,) = walnutpie.walnuts_pyfunc(
            value, num_params=count, num_chains=1, seed=seed, min_warmup_iter=tune,
            max_warmup_iter=tune, min_sampling_iter=draws, max_sampling_iter=draws,
        )  # fmt: skip
        seconds = time.process_time() - start
        arrays = [np.asarray(part) for part in parts(np.asarray(found))]
        return seconds, 0.0, natural(case, *arrays)
