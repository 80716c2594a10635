"""The engines that EM is compared with, each in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from programs import OUTPUT
from worker import Worker, peer_python

__all__ = ["EMPeers"]


class EMPeers:
    """scikit-learn, oneDAL and Armadillo, as far as they are installed, with data and a start.

    Attributes
    ----------
    workers : dict of str to Worker
        The engines that are ready.
    notes : dict of str to str
        Why others are not.
    """

    def __init__(
        self, names: Collection[str], x: np.ndarray[Any, Any], start: dict[str, list[Any]]
    ) -> None:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        self._path = OUTPUT / "em.npy"
        np.save(self._path, x)
        self.workers: dict[str, Worker] = {}
        self.notes: dict[str, str] = {}
        pythons = {
            "sklearn": peer_python("venv"),
            "onedal": peer_python("venv-onedal"),
            # A program; what speaks to it needs numpy only.
            "armadillo": Path(sys.executable) if (OUTPUT / "em_armadillo").exists() else None,
        }
        for name in names:
            python = pythons[name]
            if python is None:
                self.notes[name] = "not installed (make bench-peers installs it)"
                continue
            worker = Worker(name, python, "em_peer.py")
            request = {"do": "prepare", "data": str(self._path), "start": start}
            if worker.greet() and "error" not in worker.ask(**request):
                self.workers[name] = worker
            else:
                self.notes[name] = worker.failure

    def seconds(self, name: str, iterations: int) -> float:
        """Return the wall time of a fit of some iterations."""
        return float(self._fit(name, iterations)["seconds"])

    def parameters(self, name: str, iterations: int) -> Any:
        """Return the weights, means and covariances after some iterations."""
        return self._fit(name, iterations)["parameters"]

    def _fit(self, name: str, iterations: int) -> dict[str, Any]:
        answer = self.workers[name].ask(do="fit", iterations=iterations)
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']}")
        return answer

    def close(self) -> None:
        """End the engines."""
        for worker in self.workers.values():
            worker.close()
        self._path.unlink()
