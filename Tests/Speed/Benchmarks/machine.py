"""The machine and the software with which the figures were measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

import gmmswift as gm

__all__ = ["describe"]


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "missing"
    return done.stdout.splitlines()[0]


def describe() -> dict[str, str]:
    """Return processor, cores, caches, system and versions."""
    information = Path("/proc/cpuinfo").read_text()
    fields = dict(re.findall(r"^([^\t:]+)\s*:\s*(.*)$", information, re.MULTILINE))
    model = f"{fields.get('model name', platform.machine())}"
    if "cpu family" in fields:
        model += f" (family {fields['cpu family']}, model {fields.get('model', '?')})"
    return {
        "processor": model,
        "cores": str(len(os.sched_getaffinity(0))),
        "load": f"{os.getloadavg()[0]:.1f} processes ready to run when the measuring began",
        "cache": fields.get("cache size", "unknown"),
        "system": f"{platform.system()} {platform.release()}",
        "swift": _first_line("swift", "--version"),
        "clang": _first_line("clang", "--version"),
        "python": platform.python_version(),
        "gmmswift": f"{gm.__version__}, kernels {gm.build_info()['kernels']}",
    }
