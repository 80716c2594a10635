"""The C programs under yardstick/: compiled on demand, run in processes of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

__all__ = ["OUTPUT", "ROOT", "has_avx512", "program", "run"]

ROOT = Path(__file__).resolve().parents[3]
OUTPUT = ROOT / "build" / "bench"
_SOURCES = Path(__file__).resolve().parent / "yardstick"


def has_avx512() -> bool:
    """Return whether the processor can run x86-64-v4 code."""
    flags = Path("/proc/cpuinfo").read_text().split()
    return {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= set(flags)


def program(name: str, *flags: str, suffix: str = "") -> Path:
    """Compile yardstick/NAME.c with clang, or cc where clang is missing; return the program."""
    target = OUTPUT / "bin" / f"{name}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    compiler = shutil.which("clang") or "cc"
    source = _SOURCES / f"{name}.c"
    warnings = ("-Wall", "-Wextra", "-Werror")
    library = ROOT / "build" / "lib"
    links = (f"-I{ROOT / 'include'}", f"-L{library}", f"-Wl,-rpath,{library}", "-lgmmswift", "-ldl")
    command = [compiler, "-O3", *warnings, *flags, str(source), "-o", str(target)]
    subprocess.run([*command, *(links if name == "call" else ["-ldl"])], check=True)
    return target


def run(path: Path, *arguments: object) -> list[float]:
    """Run a program and return the numbers that it prints."""
    command = [str(path), *map(str, arguments)]
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return [float(word) for word in done.stdout.split()]
