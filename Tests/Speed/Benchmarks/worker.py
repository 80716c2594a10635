"""A peer in a process of its own, spoken to by lines of JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from programs import OUTPUT

__all__ = ["Worker", "peer_python"]

_PEERS = Path(__file__).resolve().parent / "peers"


def peer_python(environment: str = "venv") -> Path | None:
    """Return the interpreter of an environment that peers.sh made, or None."""
    python = OUTPUT / environment / "bin" / "python"
    return python if (OUTPUT / environment / ".complete").exists() and python.exists() else None


class Worker:
    """One engine, started and idle until it is asked.

    Attributes
    ----------
    engine : str
        Its short name.
    title : str
        Its name and version, as it says; empty where it could not be started.
    failure : str
        Why it could not be started, or the last error.
    """

    def __init__(self, engine: str, python: Path, script: str = "serve.py") -> None:
        self.engine = engine
        self.title = self.failure = ""
        OUTPUT.mkdir(parents=True, exist_ok=True)
        # A file, because an engine that talks would fill a pipe that nobody reads.
        self._log = OUTPUT / f"{engine}.log"
        log = self._log.open("w")
        self._process = subprocess.Popen(
            [str(python), str(_PEERS / script), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=_PEERS,
        )

    def greet(self) -> bool:
        """Wait until the engine is up; return whether it is."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            self.title = json.loads(line)["engine"]
            return True
        last = self._log.read_text().strip().splitlines()[-1:]
        self.failure = last[0] if last else "it ended without a word"
        return False

    def send(self, **request: Any) -> None:
        """Send a request without waiting."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Return the next answer; one with an ``error`` where the engine failed."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "the engine ended"}
        if "error" in answer:
            self.failure = answer["error"]
        return answer

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and return its answer."""
        self.send(**request)
        return self.receive()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
