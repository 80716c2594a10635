"""NumPyro's NUTS on conjugate mixtures in any number of dimensions, in double precision."""

from __future__ import annotations

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

from conjugate import constants, natural
from standard import log_likelihood

numpyro.enable_x64()


def _model(case: dict[str, Any], use: dict[str, Any]) -> None:
    k, d = use["k"], use["d"]
    weights = numpyro.sample("weights", dist.Dirichlet(jnp.full(k, float(case["concentration"]))))
    dof = jnp.tile(jnp.array(use["dof"]), (k, 1))
    squares = numpyro.sample("squares", dist.Chi2(dof).to_event(2))
    below = jnp.zeros((k, 0))
    if d > 1:
        below = numpyro.sample("below", dist.Normal(0, 1).expand([k, d * (d - 1) // 2]).to_event(2))
    z = numpyro.sample("z", dist.Normal(0, 1).expand([k, d]).to_event(2))
    numpyro.factor("x", log_likelihood(use, weights, squares, below, z))


class Engine:
    """Samples models compiled by JAX."""

    title = f"NumPyro {numpyro.__version__}, NUTS"

    def __init__(self) -> None:
        self._cases: dict[str, tuple[MCMC, dict[str, Any], dict[str, Any]]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Compile tuning and sampling by a whole run."""
        mcmc = MCMC(
            NUTS(_model), num_warmup=tune, num_samples=draws, num_chains=1, progress_bar=False
        )
        self._cases[case["name"]] = (mcmc, case, constants(case))
        self.sample(case["name"], 0)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the processor time of a chain, 0 for that of its tuning, and the draws."""
        mcmc, case, use = self._cases[name]
        begin = time.process_time()
        mcmc.run(jax.random.PRNGKey(seed), case, use)
        found = {key: np.asarray(value) for key, value in mcmc.get_samples().items()}
        seconds = time.process_time() - begin
        empty = np.zeros((len(found["weights"]), use["k"], 0))
        below = found.get("below", empty)
        return seconds, 0.0, natural(case, found["weights"], found["squares"], below, found["z"])
