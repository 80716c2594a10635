"""Serves EM iterations of a peer: scikit-learn's GaussianMixture, or oneDAL through daal4py.

    python em_peer.py sklearn|onedal

The first request names the data file and the start; each later one asks for a number of iterations.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from importlib.metadata import version
from typing import Any

import numpy as np


class ScikitLearn:
    """One dimension, so that a full covariance and a diagonal one are the same."""

    def __init__(self) -> None:
        import sklearn
        from sklearn.mixture import GaussianMixture

        self.title = f"scikit-learn {sklearn.__version__}"
        self._mixture = GaussianMixture

    def fit(self, x: Any, start: dict[str, Any], iterations: int) -> tuple[float, Any]:
        """Return the seconds of the fit and its weights, means and sds."""
        mixture = self._mixture(
            len(start["means"]), covariance_type="diag", tol=0, reg_covar=0, max_iter=iterations,
            weights_init=start["weights"], means_init=np.c_[start["means"]],
            precisions_init=np.c_[start["sd"]] ** -2.0, init_params="random_from_data",
            random_state=1,
        )  # fmt: skip
        begin = time.perf_counter()
        mixture.fit(x)
        seconds = time.perf_counter() - begin
        sd = np.sqrt(mixture.covariances_)
        return seconds, (mixture.weights_, mixture.means_.ravel(), sd.ravel())


class OneDAL:
    """daal4py, with as many threads as the others."""

    def __init__(self) -> None:
        import daal4py

        daal4py.daalinit(2)
        self._daal = daal4py
        self.title = f"oneDAL {version('daal4py')}"

    def fit(self, x: Any, start: dict[str, Any], iterations: int) -> tuple[float, Any]:
        """Return the seconds of the fit and its weights, means and sds."""
        weights = np.array([start["weights"]])
        means = np.array(start["means"])[:, None]
        covariances = [np.array([[sd * sd]]) for sd in start["sd"]]
        algorithm = self._daal.em_gmm(
            nComponents=len(means), maxIterations=iterations, accuracyThreshold=0
        )
        begin = time.perf_counter()
        fit = algorithm.compute(x, weights, means, covariances)
        seconds = time.perf_counter() - begin
        sd = np.sqrt([np.ravel(c)[0] for c in fit.covariances])
        return seconds, (np.ravel(fit.weights), np.ravel(fit.means), sd)


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    peer = {"sklearn": ScikitLearn, "onedal": OneDAL}[sys.argv[1]]()
    print(json.dumps({"engine": peer.title}), file=answers, flush=True)
    x = start = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            if request["do"] == "prepare":
                x, start = np.load(request["data"])[:, None], request["start"]
            else:
                assert start is not None
                seconds, parameters = peer.fit(x, start, request["iterations"])
                answer = {"seconds": seconds, "parameters": [p.tolist() for p in parameters]}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
