"""The cases as PyMC models: with the assignments, as in the notebooks, and with them summed out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

__all__ = ["marginal_model", "notebook_model", "quantities"]


def _spread(case: dict[str, Any]) -> Any:
    shape = {} if case["shared"] else {"shape": case["n_components"]}
    values = case["spread_parameters"]
    if case["spread"] == "uniform":
        return pm.Uniform("sd", values[0], values[1], **shape)
    if case["spread"] == "half_cauchy":
        return pm.HalfCauchy("sd", values[0], **shape)
    variance = pm.InverseGamma("variance", alpha=values[0], beta=values[1], **shape)
    return pm.Deterministic("sd", pt.sqrt(variance))


def marginal_model(case: dict[str, Any]) -> pm.Model:
    """Return the model with the assignments summed out; constraints by transformation."""
    k, least = case["n_components"], case["minimum_weight"]
    with pm.Model() as model:
        raw = pm.Dirichlet("raw", a=np.ones(k))
        weights = pm.Deterministic("weights", least + (1 - k * least) * raw)
        ordered: dict[str, Any] = {}
        if case["ordered"]:
            ordered = {
                "transform": pm.distributions.transforms.ordered,
                "initval": np.array(case["start"]["means"]),
            }
        means = pm.Normal("means", case["mean_mu"], case["mean_sd"], **ordered)
        sd = _spread(case)
        pm.NormalMixture("x", w=weights, mu=means, sigma=sd, observed=np.array(case["data"]))
    return model


def notebook_model(case: dict[str, Any]) -> tuple[pm.Model, list[Any], Any]:
    """Return the model with assignments, its continuous unknowns, and the assignments."""
    k, start = case["n_components"], case["start"]
    data = np.array(case["data"])
    with pm.Model() as model:
        weights = pm.Dirichlet("weights", a=np.ones(k), initval=np.array(start["weights"]))
        means = pm.Normal(
            "means", case["mean_mu"], case["mean_sd"], initval=np.array(start["means"])
        )
        sd = _spread(case)
        if case["minimum_weight"] > 0:
            low = pt.min(weights) < case["minimum_weight"]
            pm.Potential("least", pt.switch(low, -np.inf, 0.0))
        if case["ordered"]:
            unordered = pt.any(means[1:] < means[:-1])
            pm.Potential("order", pt.switch(unordered, -np.inf, 0.0))
        nearest = np.abs(data[:, None] - np.array(start["means"])).argmin(axis=1)
        labels = pm.Categorical("labels", p=weights, shape=len(data), initval=nearest)
        sds = sd if case["shared"] else sd[labels]
        pm.Normal("x", mu=means[labels], sigma=sds, observed=data)
    unknown = [v for v in model.free_RVs if v.name != "labels"]
    return model, unknown, labels


def quantities(posterior: Any) -> np.ndarray[Any, Any]:
    """Return weights, means and sds of one chain, shape (draws, quantities)."""
    names = ("weights", "means", "sd")
    arrays = [np.asarray(posterior[name])[0] for name in names]
    return np.concatenate([a.reshape(len(a), -1) for a in arrays], axis=1)
