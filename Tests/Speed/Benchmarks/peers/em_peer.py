"""Serves EM iterations of a peer: scikit-learn, oneDAL through daal4py, or Armadillo.

    python em_peer.py sklearn|onedal|armadillo

The first request names the data file, (N, D), and the start: weights (K), means (K, D) and
covariances (K, D, D) or, for diagonal ones, (K, D). Each later one asks for a number of iterations.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np


class ScikitLearn:
    """GaussianMixture."""

    def __init__(self) -> None:
        import sklearn
        from sklearn.mixture import GaussianMixture

        self.title = f"scikit-learn {sklearn.__version__}"
        self._mixture = GaussianMixture

    def fit(self, x: Any, start: dict[str, Any], iterations: int) -> tuple[float, Any]:
        """Return the seconds of the fit and its weights, means and covariances."""
        covariances = np.array(start["covariances"])
        is_full = covariances.ndim == 3
        if is_full and x.shape[1] == 1:
            # In one dimension the two structures are the same, and the diagonal one is faster.
            is_full, covariances = False, covariances[:, 0]
        mixture = self._mixture(
            len(start["means"]), covariance_type="full" if is_full else "diag", tol=0, reg_covar=0,
            max_iter=iterations, weights_init=start["weights"], means_init=start["means"],
            precisions_init=np.linalg.inv(covariances) if is_full else 1 / covariances,
            init_params="random_from_data", random_state=1,
        )  # fmt: skip
        begin = time.perf_counter()
        mixture.fit(x)
        seconds = time.perf_counter() - begin
        check_iterations(mixture.n_iter_, iterations)
        return seconds, (mixture.weights_, mixture.means_, mixture.covariances_)


class OneDAL:
    """daal4py, with as many threads as the others."""

    def __init__(self) -> None:
        import daal4py

        daal4py.daalinit(2)
        self._daal = daal4py
        self.title = f"oneDAL {version('daal4py')}"

    def fit(self, x: Any, start: dict[str, Any], iterations: int) -> tuple[float, Any]:
        """Return the seconds of the fit and its weights, means and covariances."""
        weights, means = np.array([start["weights"]]), np.array(start["means"])
        is_full = np.ndim(start["covariances"]) == 3
        covariances = [np.atleast_2d(c) for c in start["covariances"]]
        algorithm = self._daal.em_gmm(
            nComponents=len(means), maxIterations=iterations, accuracyThreshold=0,
            covarianceStorage="full" if is_full else "diagonal",
        )  # fmt: skip
        begin = time.perf_counter()
        fit = algorithm.compute(x, weights, means, covariances)
        seconds = time.perf_counter() - begin
        check_iterations(int(fit.nIterations.item()), iterations)
        reached = np.array([np.asarray(c) for c in fit.covariances])
        return seconds, (np.ravel(fit.weights), fit.means, reached if is_full else reached[:, 0])


class Armadillo:
    """gmm_diag in one dimension, through a program that peers.sh compiles."""

    def __init__(self) -> None:
        self._program = Path(__file__).resolve().parents[4] / "build" / "bench" / "em_armadillo"
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name) / "em.bin"
        np.arange(100.0).tofile(self._file)
        self.title = f"Armadillo {self._run(1, [1.0, 50.0, 30.0])[0].partition(' ')[0]}"
        self._written: Any = None

    def _run(self, iterations: int, start: list[float]) -> list[str]:
        command = [
            str(self._program),
            str(self._file),
            str(iterations),
            *map(repr, map(float, start)),
        ]
        environment = {**os.environ, "OMP_NUM_THREADS": "2", "LC_ALL": "C"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        return done.stdout.splitlines()

    def fit(self, x: Any, start: dict[str, Any], iterations: int) -> tuple[float, Any]:
        """Return the seconds of the fit and its weights, means and covariances."""
        if self._written is not x:
            x.tofile(self._file)
            self._written = x
        sds = np.sqrt(np.ravel(start["covariances"]))
        lines = self._run(iterations, [*start["weights"], *np.ravel(start["means"]), *sds])
        weights, means, sd = (np.array(line.split(), dtype=float) for line in lines[2:])
        return float(lines[1]), (weights, means[:, None], (sd * sd)[:, None])


def check_iterations(done: int, asked: int) -> None:
    """Raise where a fit ended early: its time would be that of fewer iterations."""
    if done != asked:
        raise RuntimeError(f"{done} iterations instead of {asked}")


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    peer = {"sklearn": ScikitLearn, "onedal": OneDAL, "armadillo": Armadillo}[sys.argv[1]]()
    print(json.dumps({"engine": peer.title}), file=answers, flush=True)
    x = start = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            if request["do"] == "prepare":
                x, start = np.load(request["data"]), request["start"]
            else:
                assert start is not None
                seconds, parameters = peer.fit(x, start, request["iterations"])
                answer = {"seconds": seconds, "parameters": [p.tolist() for p in parameters]}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
