"""Posteriors with several modes: effective draws per second, and who finds the modes' masses."""

from __future__ import annotations

import csv
import json
import os
import time
from dataclasses import asdict, dataclass
from typing import Any

import gmmswift as gm
import numpy as np

from programs import ROOT
from tables import Table, number, times
from worker import Worker, peer_python

__all__ = ["measure", "tables"]

Array = np.ndarray[Any, Any]

OURS = "gmmswift"
CHAINS = 4
#: Draws and tuning of each chain.
OUR_DRAWS = (10_000, 1_000)
PEERS = {
    "modes_nutpie": (1_000, 500),
    "modes_numpyro": (1_000, 500),
    "modes_walnutpie": (1_000, 500),
    "modes_jags": (5_000, 1_000),
}
#: How far from the exact number the mean over all chains and each of them may be.
CLOSE, SAME = 0.02, 0.05


@dataclass(frozen=True)
class Case:
    """Data and a mixture of Normal-inverse-Wishart components with full covariances.

    Attributes
    ----------
    name, title : str
        A word, and how tables name it.
    data : list of list of float
        The observations.
    n_components : int
        K.
    concentration, center, kappa, dof, scale
        The priors of the weights and of the components.
    rows : tuple of int or None
        Two rows, whose probability to share a component is judged; None for the largest weight.
    mass : float
        The exact probability, or the mean of the largest weight of a tempered sampler.
    """

    name: str
    title: str
    data: list[list[float]]
    n_components: int
    concentration: float
    center: list[float]
    kappa: float
    dof: float
    scale: list[list[float]]
    rows: tuple[int, int] | None
    mass: float

    def model(self) -> gm.Mixture:
        """Return the model for gmmswift."""
        weights = gm.Dirichlet(self.concentration)
        if len(self.center) == 1:
            shape, scale = self.dof / 2, self.scale[0][0] / 2
            line = gm.NormalInverseGamma(self.center[0], self.kappa, shape, scale)
            return gm.Mixture(self.n_components, weights=weights, components=line)
        components = gm.NormalInverseWishart(self.center, self.kappa, self.dof, self.scale)
        return gm.Mixture(
            self.n_components, covariance_type="full", weights=weights, components=components
        )


def _of_defaults(name: str, title: str, data: Array, components: int, mass: float) -> Case:
    """Return a case with Fraley and Raftery's prior."""
    open_model = gm.Mixture(components, covariance_type="full", default_priors="fraley-raftery")
    prior = open_model.for_data(data).components
    if isinstance(prior, gm.NormalInverseGamma):
        center, dof, scale = [prior.mean], 2 * prior.shape, [[2 * prior.scale]]
    else:
        center, dof, scale = list(prior.mean), prior.dof, [list(row) for row in prior.scale]
    rows = np.reshape(data, (len(data), -1)).tolist()
    return Case(name, title, rows, components, 1.0, center, prior.kappa, dof, scale, None, mass)


def cases() -> list[Case]:
    """Return the cases."""
    folder = ROOT / "Tests" / "Truth" / "Reference"
    exact = json.loads((folder / "modes.json").read_text())["cases"]
    found = []
    for name, title, rows in (
        ("rectangle", "four corners (K = 2, N = 20, D = 2)", (0, 5)),
        ("close", "close groups (K = 2, N = 16, D = 2)", None),
        ("three", "three of four groups (K = 3, N = 12, D = 2)", None),
    ):
        case = exact[name]
        pairs = np.array(case["coclustering"])
        # The pair of rows that is the least certain.
        first, second = rows or np.unravel_index(np.abs(pairs - 0.5).argmin(), pairs.shape)
        found.append(
            Case(
                name, title, case["data"], case["n_components"], case["alpha"], case["m0"],
                case["kappa0"], case["nu0"], case["Psi0"], (int(first), int(second)),
                float(pairs[first, second]),
            )
        )  # fmt: skip
    galaxies = np.array(json.loads((folder / "galaxies.json").read_text())["data"])
    file = ROOT / "bindings" / "python" / "tests" / "data" / "crabs.csv"
    with file.open(newline="") as lines:
        crabs = np.array([row[3:8] for row in list(csv.reader(lines))[1:]], float)
    return [
        *found,
        _of_defaults("galaxies", "galaxies (K = 6, N = 82)", galaxies, 6, 0.482),
        _of_defaults("crabs", "crabs (K = 4, N = 200, D = 5)", crabs, 4, 0.309),
    ]


# ---------------------------------------------------------------- Scalars that need no labels


def _scalars(case: Case, draws: Array) -> tuple[Array, Array]:
    """Return the log posterior and the sorted weights of draws, and the judged number.

    `draws` has shape (draws, K + K D + K D D); the first result has shape (draws, 1 + K).
    """
    k, data = case.n_components, np.array(case.data)
    d = data.shape[1]
    weights, means, covariances = np.split(draws, [k, k + k * d], axis=1)
    means = means.reshape(-1, k, d)
    covariances = covariances.reshape(-1, k, d, d)
    inverse = np.linalg.inv(covariances)
    logs = np.linalg.slogdet(covariances)[1]

    def squares(x: Array, m: Array) -> Array:
        """Return (x - m)^T precision (x - m) for each draw and component."""
        distance = x - m
        return np.einsum("skd,skde,ske->sk", distance, inverse, distance, optimize=True)

    kernel = np.stack([squares(x, means) for x in data], axis=1)
    shares = np.log(weights)[:, None] - 0.5 * logs[:, None] - 0.5 * kernel
    top = shares.max(axis=2, keepdims=True)
    density = top[..., 0] + np.log(np.exp(shares - top).sum(axis=2))
    prior = (case.concentration - 1) * np.log(weights).sum(axis=1)
    prior = prior - 0.5 * (case.kappa * squares(np.array(case.center), means) + logs).sum(axis=1)
    traces = np.einsum("de,sked->sk", np.array(case.scale), inverse)
    prior = prior - 0.5 * ((case.dof + d + 1) * logs + traces).sum(axis=1)
    scalars = np.concatenate(
        [(density.sum(axis=1) + prior)[:, None], np.sort(weights, axis=1)], axis=1
    )
    if case.rows is None:
        return scalars, weights.max(axis=1)
    i, j = case.rows
    probabilities = np.exp(shares[:, [i, j]] - density[:, [i, j], None])
    return scalars, probabilities.prod(axis=1).sum(axis=1)


def _row(case: Case, engine: str, seconds: float, chains: list[Array]) -> dict[str, Any]:
    """Return the figures of one engine from the draws of its chains."""
    pairs = [_scalars(case, draws) for draws in chains]
    # A constant makes no effective draws.
    summary = gm.summarize(np.stack([scalars for scalars, _ in pairs]))
    ess = np.array(summary["ess_bulk"])
    shares = [float(judged.mean()) for _, judged in pairs]
    mean = float(np.mean(shares))
    is_right = abs(mean - case.mass) < CLOSE and max(abs(s - case.mass) for s in shares) < SAME
    return {
        "case": case.name,
        "engine": engine,
        "draws": len(chains[0]),
        "seconds": seconds,
        "ess_log_posterior": float(ess[0]),
        "ess_weights": float(ess[1:].min()),
        "r_hat": float(np.array(summary["r_hat"]).max()),
        "mass": mean,
        "masses": shares,
        "right": is_right,
    }


def _ours(case: Case) -> dict[str, Any]:
    """Sample four chains on one thread."""
    draws, tune = OUR_DRAWS
    model, data = case.model(), np.squeeze(np.array(case.data))
    start = time.process_time()
    post = gm.sample(model, data, draws, tune=tune, chains=CHAINS, threads=1, random_seed=1)
    seconds = time.process_time() - start
    drawn = post.as_drawn
    covariances = drawn["covariances"] if len(case.center) > 1 else drawn["sd"] ** 2
    chains = [
        np.concatenate(
            [
                np.asarray(array)[c].reshape(draws, -1)
                for array in (drawn["weights"], drawn["means"], covariances)
            ],
            axis=1,
        )
        for c in range(CHAINS)
    ]
    return _row(case, OURS, seconds, chains)


def measure(quick: bool = False) -> dict[str, Any]:
    """Sample every case with every engine: four chains, one after the other."""
    del quick  # There is one round.
    python = peer_python()
    workers = [] if python is None else [Worker(name, python) for name in PEERS]
    notes: dict[str, str] = {}
    ready = []
    for worker in workers:
        if worker.greet():
            ready.append(worker)
        else:
            notes[worker.engine] = worker.failure
    busy = os.getloadavg()[0]
    rows: list[dict[str, Any]] = []
    for case in cases():
        rows.append(_ours(case))
        print(f"  {case.name:10} {OURS:16} {rows[-1]}", flush=True)
        for worker in ready:
            draws, tune = PEERS[worker.engine]
            answer = worker.ask(do="prepare", case=asdict(case), draws=draws, tune=tune)
            seconds, chains = 0.0, []
            for seed in range(1, CHAINS + 1):
                if "error" not in answer:
                    answer = worker.ask(do="sample", name=case.name, seed=seed)
                if "error" in answer:
                    notes[f"{worker.engine}, {case.name}"] = answer["error"]
                    break
                seconds += answer["seconds"]
                chains.append(np.load(answer["path"]))
            if len(chains) == CHAINS:
                rows.append(_row(case, worker.engine, seconds, chains))
                print(f"  {case.name:10} {worker.engine:16} {rows[-1]}", flush=True)
    for worker in workers:
        worker.close()
    return {
        "rows": rows,
        "notes": notes,
        "busy": busy,
        "peers": {worker.engine: worker.title for worker in ready},
    }


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the table of this section."""
    known = {case.name: case for case in cases()}
    ours = {row["case"]: row for row in result["rows"] if row["engine"] == OURS}
    notes = "; ".join(f"{name}: {why}" for name, why in result["notes"].items())
    table = Table(
        "Posteriors with several modes",
        [
            "posterior",
            "engine",
            "draws",
            "seconds",
            "log posterior, ESS/s",
            "sorted weights, ESS/s",
            "gmmswift",
            "R-hat",
            "mass",
            "chains",
            "exact",
            "right",
        ],
        note="Four chains, one after the other, from starts of the engine's own; processor time of "
        "all, tuning included and compiling left out, except for JAGS, whose runs compile. ESS of "
        "the log posterior, and the least one of the sorted weights; the column gmmswift is how "
        "many times its lower rate is the engine's, and R-hat the largest of these scalars. The "
        "mass is the probability that two rows share a component or, for galaxies and crabs, the "
        "mean of the largest weight, over all chains and from the lowest to the highest of them. "
        f"It is right if all chains together are within {CLOSE} of the exact number and each is "
        f"within {SAME}. ESS of chains that stay in one mode counts what they do there. NUTS and "
        "WALNUTS move independent standard variables, of which the parameters are functions. "
        f"{result['busy']:.1f} processes were ready to run when the measuring began."
        + (f" Not measured: {notes}." if notes else ""),
    )

    def least(row: dict[str, Any]) -> float:
        return float(min(row["ess_log_posterior"], row["ess_weights"]) / row["seconds"])

    for row in result["rows"]:
        case, is_ours = known[row["case"]], row["engine"] == OURS
        table.rows.append(
            [
                case.title,
                OURS if is_ours else result["peers"][row["engine"]],
                f"{CHAINS} x {row['draws']:,}",
                number(row["seconds"]),
                number(row["ess_log_posterior"] / row["seconds"]),
                number(row["ess_weights"] / row["seconds"]),
                "" if is_ours else times(least(ours[row["case"]]) / least(row)),
                f"{row['r_hat']:.2f}",
                f"{row['mass']:.3f}",
                f"{min(row['masses']):.2f} to {max(row['masses']):.2f}",
                f"{case.mass:.3f}",
                "yes" if row["right"] else "**no**",
            ]
        )
    return [table]
