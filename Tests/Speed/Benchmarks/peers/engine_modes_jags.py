"""JAGS on conjugate mixtures in any number of dimensions, with the assignments."""

from __future__ import annotations

import re
import resource
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

_MANY = """model {
  for (i in 1:N) {
    z[i] ~ dcat(w)
    x[i, 1:D] ~ dmnorm(m[z[i], 1:D], W[z[i], 1:D, 1:D])
  }
  w ~ ddirch(a)
  for (k in 1:K) {
    W[k, 1:D, 1:D] ~ dwish(R, nu)
    e[k, 1:D] ~ dmnorm(zero, W[k, 1:D, 1:D])
    m[k, 1:D] <- m0 + e[k, 1:D] / sqrt(kappa)
  }
}
"""
_ONE = """model {
  for (i in 1:N) {
    z[i] ~ dcat(w)
    x[i] ~ dnorm(m[z[i]], W[z[i]])
  }
  w ~ ddirch(a)
  for (k in 1:K) {
    W[k] ~ dgamma(0.5 * nu, 0.5 * R)
    m[k] ~ dnorm(m0, kappa * W[k])
  }
}
"""


def _numbers(values: Any) -> str:
    return ", ".join(repr(float(v)) for v in np.ravel(values, order="F"))


def _array(values: Any) -> str:
    """Return an array of R, column by column."""
    array = np.atleast_1d(np.array(values, float))
    if array.ndim == 1:
        return f"c({_numbers(array)})"
    sizes = ", ".join(map(str, array.shape))
    return f"structure(c({_numbers(array)}), .Dim = c({sizes}))"


def _children() -> float:
    """Return the processor time of the programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
        """Return the processor time of a chain, 0 for that of its tuning, and the draws."""
        case, draws, tune = self._cases[name]
        k, d = case["n_components"], len(case["scale"])
        data, center, scale = case["data"], case["center"], case["scale"]
        if d == 1:
            data, center, scale = np.ravel(data), center[0], scale[0][0]
        with tempfile.TemporaryDirectory() as path:
            folder = Path(path)
            (folder / "model.bug").write_text(_ONE if d == 1 else _MANY)
            (folder / "data.R").write_text(
                f"N <- {len(data)}\nK <- {k}\n"
                + ("" if d == 1 else f"D <- {d}\nzero <- {_array([0.0] * d)}\n")
                + f"x <- {_array(data)}\na <- {_array([case['concentration']] * k)}\n"
                f"m0 <- {_array(center)}\nR <- {_array(scale)}\nnu <- {case['dof']}\n"
                f"kappa <- {case['kappa']}\n"
            )  # fmt: skip
            (folder / "start.R").write_text(
                f'.RNG.name <- "base::Mersenne-Twister"\n.RNG.seed <- {seed}\n'
            )
            (folder / "run.txt").write_text(
                'model in "model.bug"\ndata in "data.R"\ncompile\nparameters in "start.R"\n'
                f"initialize\nupdate {tune}\nmonitor w\nmonitor m\nmonitor W\nupdate {draws}\n"
                "coda *\nexit\n"
            )
            begin = _children()
            done = subprocess.run(
                ["jags", "run.txt"], cwd=folder, capture_output=True, text=True, check=False
            )
            seconds = _children() - begin
            if not (folder / "CODAchain1.txt").exists():
                raise RuntimeError(f"jags: {done.stdout[-300:]}{done.stderr[-300:]}")
            values = np.loadtxt(folder / "CODAchain1.txt", ndmin=2)[:, 1].reshape(-1, draws).T
        # Arrays are written column by column.
        weights, means, precisions = np.split(values, [k, k + k * d], axis=1)
        means = means.reshape(draws, d, k).swapaxes(1, 2)
        precisions = precisions.reshape(draws, d, d, k).transpose(0, 3, 1, 2)
        covariances = np.linalg.inv(precisions)
        parts = [weights, means.reshape(draws, -1), covariances.reshape(draws, -1)]
        return seconds, 0.0, np.concatenate(parts, axis=1)
