"""The log density of conjugate mixtures in unconstrained variables, by JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from conjugate import constants

jax.config.update("jax_enable_x64", True)

__all__ = ["log_likelihood", "unconstrained"]


def log_likelihood(use: dict[str, Any], weights: Any, squares: Any, below: Any, z: Any) -> Any:
    """Return the log likelihood up to a constant."""
    k, d = use["k"], use["d"]
    lower = jnp.zeros((k, d, d)).at[:, jnp.arange(d), jnp.arange(d)].set(jnp.sqrt(squares))
    lower = lower.at[:, use["below"][0], use["below"][1]].set(below)
    u = use["factor"] @ lower
    distance = jnp.einsum("nd,kde->nke", use["data"], u) - z / use["root"]
    logs = jnp.log(weights) + jnp.log(jnp.diagonal(u, axis1=1, axis2=2)).sum(axis=1)
    return jax.nn.logsumexp(logs - 0.5 * (distance**2).sum(axis=2), axis=1).sum()


def unconstrained(case: dict[str, Any]) -> tuple[int, Any, Any]:
    """Return the number of variables, the log density of a vector of them, and its parts.

    The weights are the softmax of K numbers whose exponentials are Gamma, so their sum is free and
    has a distribution of its own. The logarithm of a squared diagonal element is sampled.
    """
    use = constants(case)
    k, d = use["k"], use["d"]
    below = d * (d - 1) // 2
    ends = np.cumsum([k, k * d, k * below, k * d])
    concentration = float(case["concentration"])
    dof = jnp.array(use["dof"])

    def parts(x: Any) -> tuple[Any, Any, Any, Any]:
        g, s, b, z = (x[..., a:e] for a, e in zip([0, *ends[:-1]], ends, strict=True))
        shape = x.shape[:-1]
        return (
            jax.nn.softmax(g, axis=-1),
            jnp.exp(s).reshape(*shape, k, d),
            b.reshape(*shape, k, below),
            z.reshape(*shape, k, d),
        )

    def log_density(x: Any) -> Any:
        weights, squares, b, z = parts(x)
        g = x[:k]
        prior = (concentration * g - jnp.exp(g)).sum()
        prior += (0.5 * dof * jnp.log(squares) - 0.5 * squares).sum()
        prior -= 0.5 * (b**2).sum() + 0.5 * (z**2).sum()
        return prior + log_likelihood(use, weights, squares, b, z)

    return int(ends[-1]), log_density, parts
