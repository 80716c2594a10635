"""Serves one engine to the benchmark: a request and an answer on each line.

    python serve.py pymc|nutpie|numpyro|jags

Requests are JSON: {"do": "prepare", "case": {...}, "draws": n, "tune": n} builds and compiles a
model, and {"do": "sample", "name": ..., "seed": n} samples it, draws to the file named in the
answer.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from typing import Any

import numpy as np


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever an engine prints must not mix with the answers
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    engine: Any = importlib.import_module(f"engine_{sys.argv[1]}").Engine()
    print(json.dumps({"engine": engine.title}), file=answers, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "draws.npy")
        for line in sys.stdin:
            request = json.loads(line)
            try:
                start = time.perf_counter()
                if request["do"] == "prepare":
                    engine.prepare(request["case"], request["draws"], request["tune"])
                    answer: dict[str, Any] = {"seconds": time.perf_counter() - start}
                else:
                    seconds, tuning, draws = engine.sample(request["name"], request["seed"])
                    np.save(path, np.ascontiguousarray(draws, dtype=np.float64))
                    answer = {"seconds": seconds, "tuning": tuning, "path": path}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
