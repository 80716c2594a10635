"""Effective draws per second of the notebooks' models and a hard case, against other engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from statistics import median
from typing import Any

import gmmswift as gm
import numpy as np

from cases import Case, cases
from tables import Table, number, times
from worker import Worker, peer_python

__all__ = ["measure", "tables"]

#: Draws and tuning of each engine, and how often each case is sampled.
PEERS = {
    "nutpie": (4000, 500, 3),
    "numpyro": (2000, 500, 3),
    "jags": (5000, 500, 3),
    "pymc": (500, 100, 1),
}
#: Engines that compile a model before they sample it.
COMPILED = ("nutpie", "numpyro")
OURS = "gmmswift"
#: The asked ratios: case, peer, factor.
ASKED = {
    ("second", "nutpie"): 100,
    ("second", "jags"): 400,
    ("second", "pymc"): 50_000,
    ("first", "nutpie"): 50,
    ("book", "nutpie"): 50,
    ("four", "nutpie"): 50,
}


def least_ess(draws: np.ndarray[Any, Any]) -> float:
    """Return the smallest bulk ESS over quantities; draws: shape (draws, quantities), one chain."""
    return float(gm.summarize(draws[None])["ess_bulk"].min())


def _ess(post: gm.Posterior) -> float:
    """Return the smallest bulk ESS over weights, means and sds of one chain."""
    arrays = [np.asarray(post[name])[0] for name in ("weights", "means", "sd")]
    return least_ess(np.concatenate([a.reshape(len(a), -1) for a in arrays], axis=1))


def _ours(case: Case, seed: int) -> dict[str, float]:
    """Sample one chain, and one of 10,000 draws from a cold start."""
    count = 50_000 if case.name == "four" else 10_000
    post = gm.sample(
        case.model(), case.data, count, tune=1000, chains=1, threads=1, random_seed=seed
    )
    # An iteration of the tuning costs more or less than one of the draws.
    tuning = gm.sample(case.model(), case.data, 1, tune=1000, chains=1, threads=1, random_seed=seed)
    cold = gm.sample(case.model(), case.data, 10_000, tune=0, chains=1, threads=1, random_seed=seed)
    return {
        "seconds": post.seconds,
        "tuning": tuning.seconds,
        "ess": _ess(post),
        "draws": count,
        "cold": cold.seconds,
        "cold_ess": _ess(cold) / 10_000,
    }


def _start(names: list[str], notes: dict[str, str]) -> list[Worker]:
    """Start the peers that are installed and say why others are not there."""
    python = peer_python()
    if python is None:
        notes.update(dict.fromkeys(names, "not installed (make bench-peers installs it)"))
        return []
    workers = []
    for name in names:
        worker = Worker(name, python)
        if worker.greet():
            workers.append(worker)
        else:
            notes[name] = worker.failure
    return workers


def measure(
    quick: bool = False, only: Collection[str] = (), before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Sample every case with every engine, in turns.

    Parameters
    ----------
    quick : bool, default False
        Sample once with each peer.
    only : collection of str
        Names of cases; all where it is empty.
    before : mapping, optional
        An earlier result, from which the other cases are kept.
    """
    kept = before or {"rows": [], "notes": {}}
    measured = [case for case in cases() if not only or case.name in only]
    names = [case.name for case in measured]
    notes = {key: why for key, why in kept["notes"].items() if key.split(", ")[-1] not in names}
    workers = _start(list(PEERS), notes)
    for worker in workers:
        notes.pop(worker.engine, None)
    result: dict[str, Any] = {
        "rows": [row for row in kept["rows"] if row["case"] not in names],
        "peers": {w.engine: w.title for w in workers},
    }
    for case in measured:
        described = case.description()
        # Compiling is not measured against anything: the engines compile at the same time.
        for worker in workers:
            draws, tune, _ = PEERS[worker.engine]
            worker.send(do="prepare", case=described, draws=draws, tune=tune)
        ready: dict[str, float] = {}
        for worker in workers:
            answer = worker.receive()
            if "error" in answer:
                notes[f"{worker.engine}, {case.name}"] = answer["error"]
            else:
                ready[worker.engine] = answer["seconds"]
        runs: dict[str, list[dict[str, float]]] = {}
        for turn in range(3):
            runs.setdefault(OURS, []).append(_ours(case, 1 + turn))
            for worker in workers:
                repeats = 1 if quick else PEERS[worker.engine][2]
                if worker.engine not in ready or turn >= repeats:
                    continue
                answer = worker.ask(do="sample", name=case.name, seed=1 + turn)
                if "error" in answer:
                    notes[f"{worker.engine}, {case.name}"] = answer["error"]
                    continue
                draws = np.load(answer["path"])
                runs.setdefault(worker.engine, []).append(
                    {
                        "seconds": answer["seconds"],
                        "tuning": answer["tuning"],
                        "ess": least_ess(draws),
                        "draws": len(draws),
                    }
                )
        for engine, measured_runs in runs.items():
            row = {
                "case": case.name,
                "engine": engine,
                "draws": measured_runs[0]["draws"],
                "seconds": median(r["seconds"] for r in measured_runs),
                "ess": median(r["ess"] for r in measured_runs),
                "rate": median(r["ess"] / r["seconds"] for r in measured_runs),
                "tuned": median(r["ess"] / (r["seconds"] - r["tuning"]) for r in measured_runs),
                "compile": ready[engine] if engine in COMPILED else None,
                "runs": measured_runs,
            }
            if engine == OURS:
                for key in ("cold", "cold_ess"):
                    row[key] = median(r[key] for r in measured_runs)
            result["rows"].append(row)
            print(f"  {case.name:8} {engine:9} {row['rate']:12,.1f} ESS/s", flush=True)
    for worker in workers:
        worker.close()
    order = [case.name for case in cases()]
    result["rows"].sort(key=lambda row: order.index(row["case"]))
    result["notes"] = notes
    return result


def tables(result: dict[str, Any]) -> list[Table]:
    """Return the tables of this section."""
    titles = {case.name: case.title for case in cases()}
    ours = {row["case"]: row for row in result["rows"] if row["engine"] == OURS}
    notes = "; ".join(f"{name}: {why}" for name, why in result["notes"].items())
    table = Table(
        "Effective draws per second",
        [
            "model",
            "engine",
            "draws",
            "seconds",
            "least ESS",
            "ESS/s",
            "gmmswift",
            "asked",
            "tuned",
            "compile, s",
        ],
        note="One chain; least bulk ESS over weights, means and sds, by the same definition for "
        "all; medians of runs with different seeds. Seconds are those of a whole run, tuning "
        "included (1,000 iterations for gmmswift) and compiling left out, except for JAGS, whose "
        "runs compile. The column gmmswift is how many times its rate is the engine's; the column "
        "tuned is the same where nobody's tuning counts. PyMC's few draws make its figure rough."
        + (f" Not measured: {notes}." if notes else ""),
    )
    for row in result["rows"]:
        mine = row["engine"] == OURS
        asked = ASKED.get((row["case"], row["engine"]))
        table.rows.append(
            [
                titles[row["case"]],
                OURS if mine else result["peers"][row["engine"]],
                f"{row['draws']:,}",
                number(row["seconds"]),
                number(row["ess"]),
                number(row["rate"]),
                "" if mine else times(ours[row["case"]]["rate"] / row["rate"]),
                "" if asked is None else f">= {asked:,} x",
                "" if mine else times(ours[row["case"]]["tuned"] / row["tuned"]),
                number(row["compile"]),
            ]
        )
    cold = Table(
        "10,000 draws of one chain from a cold start",
        ["model", "ms", "ESS per draw", "asked"],
        note="One thread, no tuning.",
    )
    for name, row in ours.items():
        limit = "<= 30" if name == "second" else ""
        cold.rows.append(
            [titles[name], number(1e3 * row["cold"]), number(row.get("cold_ess")), limit]
        )
    return [table, cold]
