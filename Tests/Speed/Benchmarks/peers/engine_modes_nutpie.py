"""nutpie's NUTS on conjugate mixtures in any number of dimensions, a PyMC model."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytensor.tensor as pt

from conjugate import constants, natural


def _model(case: dict[str, Any]) -> pm.Model:
    use = constants(case)
    k, d = use["k"], use["d"]
    with pm.Model() as model:
        weights = pm.Dirichlet("weights", a=np.full(k, float(case["concentration"])))
        squares = pm.ChiSquared("squares", nu=np.tile(use["dof"], (k, 1)), shape=(k, d))
        z = pm.Normal("z", shape=(k, d))
        lower = pt.zeros((k, d, d))
        lower = pt.set_subtensor(lower[:, np.arange(d), np.arange(d)], pt.sqrt(squares))
        if d > 1:
            below = pm.Normal("below", shape=(k, d * (d - 1) // 2))
            lower = pt.set_subtensor(lower[:, use["below"][0], use["below"][1]], below)
        logs = []
        for j in range(k):
            u = pt.dot(use["factor"], lower[j])
            distance = pt.dot(use["data"], u) - z[j] / use["root"]
            logs.append(
                pt.log(weights[j]) + pt.log(pt.diagonal(u)).sum() - 0.5 * (distance**2).sum(axis=1)
            )
        pm.Potential("x", pt.logsumexp(pt.stack(logs), axis=0).sum())
    return model


class Engine:
    """Samples compiled PyMC models."""

    title = f"PyMC {pm.__version__}, nutpie {nutpie.__version__}, NUTS"

    def __init__(self) -> None:
        self._cases: dict[str, tuple[dict[str, Any], Any, int, int]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Build and compile the model, and make a short call."""
        compiled = nutpie.compile_pymc_model(_model(case))
        self._cases[case["name"]] = (case, compiled, draws, tune)
        self._run(compiled, 10, 10, 1)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the processor time of a chain, 0 for that of its tuning, and the draws."""
        case, compiled, draws, tune = self._cases[name]
        seconds, posterior = self._run(compiled, draws, tune, seed)
        count = np.asarray(posterior["weights"]).shape[1]
        empty = np.zeros((1, count, case["n_components"], 0))
        names = ("weights", "squares", "below", "z")
        arrays = [np.asarray(posterior[n]) if n in posterior else empty for n in names]
        return seconds, 0.0, natural(case, *(a[0] for a in arrays))

    def _run(self, compiled: Any, draws: int, tune: int, seed: int) -> tuple[float, Any]:
        start = time.process_time()
        result = nutpie.sample(
            compiled, draws=draws, tune=tune, chains=1, cores=1, seed=seed, progress_bar=False,
            save_warmup=False,
        )  # fmt: skip
        return time.process_time() - start, result.posterior
