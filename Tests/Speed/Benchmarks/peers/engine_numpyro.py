"""NumPyro's NUTS on the model with the assignments summed out, in double precision."""

from __future__ import annotations

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.distributions import constraints
from numpyro.infer import MCMC, NUTS, init_to_value

numpyro.enable_x64()


def _model(case: dict[str, Any], data: Any) -> None:
    k, least = case["n_components"], case["minimum_weight"]
    raw = numpyro.sample("raw", dist.Dirichlet(jnp.ones(k)))
    weights = numpyro.deterministic("weights", least + (1 - k * least) * raw)
    prior = dist.Normal(jnp.array(case["mean_mu"]), jnp.array(case["mean_sd"]))
    if case["ordered"]:
        flat = dist.ImproperUniform(constraints.ordered_vector, (), (k,))
        means = numpyro.sample("means", flat)
        numpyro.factor("means_prior", prior.log_prob(means).sum())
    else:
        means = numpyro.sample("means", prior.to_event(1))
    shape = () if case["shared"] else (k,)
    values = [jnp.full(shape, v) for v in case["spread_parameters"]]
    if case["spread"] == "inverse_gamma":
        variance = numpyro.sample("variance", dist.InverseGamma(*values).to_event(len(shape)))
        sd = numpyro.deterministic("sd", jnp.sqrt(variance))
    else:
        family = {"uniform": dist.Uniform, "half_cauchy": dist.HalfCauchy}[case["spread"]]
        sd = numpyro.sample("sd", family(*values).to_event(len(shape)))
    sds = jnp.broadcast_to(sd, (k,))
    numpyro.sample(
        "x", dist.MixtureSameFamily(dist.Categorical(weights), dist.Normal(means, sds)), obs=data
    )


class Engine:
    """Samples models compiled by JAX."""

    title = f"NumPyro {numpyro.__version__}, NUTS"

    def __init__(self) -> None:
        self._cases: dict[str, tuple[MCMC, dict[str, Any], Any]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Compile tuning and sampling by a whole run."""
        start = {"means": jnp.array(case["start"]["means"])}
        kernel = NUTS(_model, init_strategy=init_to_value(values=start))
        mcmc = MCMC(kernel, num_warmup=tune, num_samples=draws, num_chains=1, progress_bar=False)
        self._cases[case["name"]] = (mcmc, case, jnp.array(case["data"]))
        self.sample(case["name"], 0)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the seconds of sampling, those of them that tune, and the draws."""
        mcmc, case, data = self._cases[name]
        begin = time.perf_counter()
        mcmc.warmup(jax.random.PRNGKey(seed), case, data)
        jax.block_until_ready(mcmc.post_warmup_state)
        start = time.perf_counter()
        mcmc.run(mcmc.post_warmup_state.rng_key, case, data)
        found = {key: np.asarray(value) for key, value in mcmc.get_samples().items()}
        end = time.perf_counter()
        arrays = [found[key].reshape(len(found[key]), -1) for key in ("weights", "means", "sd")]
        return end - begin, start - begin, np.concatenate(arrays, axis=1)
