"""Compares what Swift programs can use of the modules with the list that is committed beside this file.

    python3 Tests/Interface/swift_interface.py [--write] MODULES

MODULES is the folder of the compiled modules, such as .build/release/Modules. The compiler is asked for the public
declarations, so a declaration that becomes public, or stops being so, is a change that a reviewer sees. `--write`
renews the list.
"""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("swift_interface.txt")
SOURCES = Path(__file__).resolve().parents[2] / "Sources"

# All but the C boundary, whose functions the C header declares.
MODULES = ["GaussianMixtures", "GMMModel", "GMMInference", "GMMDiagnostics", "GMMStorage", "GMMKernels"]

# Protocols to which types conform without saying so.
IMPLIED = {"Swift.Copyable", "Swift.Escapable", "Swift.SendableMetatype", "Swift.BitwiseCopyable"}


def graphs(module: str, folder: Path) -> list[dict[str, Any]]:
    """Return the compiler's account of the public declarations of a module, and of its extensions of other modules."""
    target = json.loads(subprocess.check_output(["swift", "-print-target-info"]))["target"]["triple"]
    folders = [folder, *(SOURCES / name for name in ("CGMMFiles", "CGMMProcessor", "CGMMTask"))]
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(
            ["swift", "symbolgraph-extract", "-module-name", module, "-target", target]
            + [f"-I{folder}" for folder in folders]
            + ["-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", out],
            check=True,
        )
        return [json.loads(path.read_text()) for path in sorted(Path(out).glob("*.symbols.json"))]


def lines(module: str, symbols: dict[str, Any]) -> list[str]:
    """Return a line for each declaration of a module: where it stands, and how it reads."""
    found = []
    own = {symbol["identifier"]["precise"]: ".".join(symbol["pathComponents"]) for symbol in symbols["symbols"]}
    protocols: dict[str, set[str]] = {}
    for relation in symbols["relationships"]:
        if relation["kind"] == "conformsTo":
            name = own.get(relation["target"]) or relation["targetFallback"]
            if name not in IMPLIED:
                protocols.setdefault(relation["source"], set()).add(name.removeprefix("Swift."))
    for symbol in symbols["symbols"]:
        text = " ".join("".join(part["spelling"] for part in symbol["declarationFragments"]).split())
        inherited = ", ".join(sorted(protocols.get(symbol["identifier"]["precise"], ())))
        path = [module, *symbol["pathComponents"][:-1]]
        found.append(f"{'.'.join(path)}: {text}{' : ' + inherited if inherited else ''}")
    return sorted(found)


def main(arguments: list[str]) -> int:
    """Write the list, or compare it and say what differs."""
    folder = Path(arguments[-1])
    found = [line for module in MODULES for symbols in graphs(module, folder) for line in lines(module, symbols)]
    if "--write" in arguments:
        LIST.write_text("".join(line + "\n" for line in found))
        return 0
    if len(found) < 100:
        print(f"the compiler names no more than {len(found)} public declarations in {folder}")
        return 1
    listed = LIST.read_text().splitlines()
    for line in difflib.unified_diff(listed, found, "listed", "compiled", n=0, lineterm=""):
        print(line)
    if listed != found:
        print(f"the public declarations differ from {LIST.name}: --write renews it")
        return 1
    print(f"swift interface: {len(found)} public declarations, all of them listed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
