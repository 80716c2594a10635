"""JAGS, driven by script files: its Gibbs and slice samplers on the model with assignments."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np


def _vector(values: list[float]) -> str:
    return "c(" + ", ".join(repr(float(v)) for v in values) + ")"


def _code(case: dict[str, Any]) -> str:
    """Return the model in the BUGS language.

    The least weight is left out: it is not active for these data, and would cost JAGS its
    conjugate update. Increasing means are sorted ones, which is the same prior when it is
    exchangeable.
    """
    values = case["spread_parameters"]
    index = "1" if case["shared"] else "z[i]"
    count = 1 if case["shared"] else case["n_components"]
    spread = {
        "uniform": "s[k] ~ dunif({0}, {1})\n    tau[k] <- pow(s[k], -2)",
        "half_cauchy": "s[k] ~ dt(0, pow({0}, -2), 1) T(0, )\n    tau[k] <- pow(s[k], -2)",
        "inverse_gamma": "tau[k] ~ dgamma({0}, {1})\n    s[k] <- pow(tau[k], -0.5)",
    }[case["spread"]].format(*values)
    means = "m <- sort(m0)" if case["ordered"] else "for (k in 1:K) { m[k] <- m0[k] }"
    return f"""model {{
  for (i in 1:N) {{
    z[i] ~ dcat(w)
    x[i] ~ dnorm(m[z[i]], tau[{index}])
  }}
  w ~ ddirch(a)
  for (k in 1:K) {{ m0[k] ~ dnorm(mu[k], pow(sigma[k], -2)) }}
  {means}
  for (k in 1:{count}) {{
    {spread}
  }}
}}
"""


class Engine:
    """Runs the jags program."""

    def __init__(self) -> None:
        try:
            shown = subprocess.run(["jags"], input="exit\n", capture_output=True, text=True)
        except FileNotFoundError:
            raise SystemExit("jags is not installed") from None
        version = re.search(r"JAGS (\S+)", shown.stdout)
        self.title = f"JAGS {version.group(1) if version else ''}".strip()
        self._cases: dict[str, tuple[dict[str, Any], int, int]] = {}

    def prepare(self, case: dict[str, Any], draws: int, tune: int) -> None:
        """Keep the case: JAGS compiles within each run."""
        self._cases[case["name"]] = (case, draws, tune)

    def sample(self, name: str, seed: int) -> tuple[float, float, np.ndarray[Any, Any]]:
        """Return the seconds of a run, those of one that compiles and tunes, and the draws."""
        case, draws, tune = self._cases[name]
        tuning, _ = self._run(case, 1, tune, seed)
        seconds, values = self._run(case, draws, tune, seed)
        return seconds, tuning, values

    def _run(
        self, case: dict[str, Any], draws: int, tune: int, seed: int
    ) -> tuple[float, np.ndarray[Any, Any]]:
        k, start = case["n_components"], case["start"]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "model.bug").write_text(_code(case))
            (folder / "data.R").write_text(
                f"N <- {len(case['data'])}\nK <- {k}\nx <- {_vector(case['data'])}\n"
                f"a <- {_vector([1.0] * k)}\nmu <- {_vector(case['mean_mu'])}\n"
                f"sigma <- {_vector(case['mean_sd'])}\n"
            )
            (folder / "start.R").write_text(
                f"m0 <- {_vector(start['means'])}\nw <- {_vector(start['weights'])}\n"
                f'.RNG.name <- "base::Mersenne-Twister"\n.RNG.seed <- {seed}\n'
            )
            (folder / "run.txt").write_text(
                'model in "model.bug"\ndata in "data.R"\ncompile\nparameters in "start.R"\n'
                f"initialize\nupdate {tune}\nmonitor w\nmonitor m\nmonitor s\nupdate {draws}\n"
                "coda *\nexit\n"
            )
            begin = time.perf_counter()
            done = subprocess.run(
                ["jags", "run.txt"], cwd=folder, capture_output=True, text=True, check=False
            )
            seconds = time.perf_counter() - begin
            if not (folder / "CODAchain1.txt").exists():
                raise RuntimeError(f"jags: {done.stdout[-300:]}{done.stderr[-300:]}")
            values = np.loadtxt(folder / "CODAchain1.txt", ndmin=2)[:, 1]
        return seconds, values.reshape(-1, draws).T
