"""Checks that the folders of a module stand in floors: no file uses a name that a higher floor defines.

    python3 Tests/Core/Floors/floors.py

The floors are read off the sources: which folder defines a type, a function or a constant of its module, and which
folders mention it. A new folder must be given its floor here.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3] / "Sources"

# From the ground up. What stands in one line may not use what stands in a later one.
FLOORS = {
    "GMMKernels": ["Memory", "Vector", "Random", "Shared", "OneDimension", "ManyDimensions", "KernelSet"],
    "GMMModel": ["Support", "LinearAlgebra", "Shape", "Statistics", "Data", "Parameters", "Priors"],
    "GMMInference": [
        "Tempering",
        "Running",
        "Incomplete",
        "Passes",
        "Conditionals",
        "Clusters",
        "Chains",
        "Counts",
        "Hyperparameters",
        "Gibbs",
        "Fractions",
        "SplitMerge",
        "Metropolis",
        "Marginal",
        "EM",
        "Variational",
        "Stepwise",
        "Draws",
        "Labels",
        "Prediction",
        "Partitions",
        "Diagnosis",
        "Storage",
        "Sampling",
        "Modes",
        "Evidence",
    ],
}

MODIFIERS = r"(?:(?:public|package|internal|final|indirect|nonisolated\(unsafe\)|@\w+(?:\([^)]*\))?)\s+)*"
TYPE = re.compile(rf"^{MODIFIERS}(?:struct|class|enum|protocol|typealias|actor)\s+(\w+)", re.MULTILINE)
VALUE = re.compile(rf"^{MODIFIERS}(?:func|let|var)\s+(\w+)", re.MULTILINE)


def code(path: Path) -> str:
    """Return the text of a file without comments and string literals."""
    text = re.sub(r"//.*", "", path.read_text())
    return re.sub(r'"(?:\\.|[^"\\])*"', '""', text)


def uses(text: str, name: str, is_type: bool) -> bool:
    """Say whether a text mentions a name of its module's top level; a member or a label of that name is another."""
    if is_type:
        return re.search(rf"\b{name}\b", text) is not None
    return re.search(rf"(?<![.\w])(?<!func )(?<!let )(?<!var ){name}\b(?!\s*:)", text) is not None


def upward(module: Path, floors: list[str]) -> list[str]:
    """Return, in words, each place at which a file of `module` uses what a higher floor defines."""
    texts = {path: code(path) for path in sorted(module.rglob("*.swift"))}
    room = {path: path.relative_to(module).parts[0] for path in texts}
    unknown = sorted({name for name in room.values() if name not in floors})
    if unknown:
        return [f"{module.name}: no floor is given for {', '.join(unknown)}"]
    defined: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for path, text in texts.items():
        for pattern, is_type in ((TYPE, True), (VALUE, False)):
            for name in pattern.findall(text):
                defined[name, is_type].add(room[path])
    faults = []
    for path, text in texts.items():
        for (name, is_type), rooms in defined.items():
            # A name that has a definition on this floor or below can mean that one.
            lowest = min(rooms, key=floors.index)
            if floors.index(lowest) > floors.index(room[path]) and uses(text, name, is_type):
                faults.append(f"{module.name}/{room[path]}/{path.name} uses {name}, which is up in {lowest}")
    return faults


def check_itself() -> None:
    """Fail when the check would miss a use that goes upwards, or refuse one that goes down."""
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "House"
        for room, text in {
            "Cellar/Wine.swift": "struct Wine {}\nfunc pour() {}\n// Roof is only mentioned\n",
            "Roof/Tile.swift": "struct Roof { let wine: Wine }\nfunc thatch() { pour() }\n",
        }.items():
            path = module / room
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert upward(module, ["Cellar", "Roof"]) == []
        assert len(upward(module, ["Roof", "Cellar"])) == 2
        (module / "Cellar" / "Wine.swift").write_text("struct Wine { func age() { thatch() } }\n")
        assert upward(module, ["Cellar", "Roof"]) == ["House/Cellar/Wine.swift uses thatch, which is up in Roof"]
        assert "no floor" in upward(module, ["Roof"])[0]


def main() -> int:
    """Check all modules and say what was found."""
    check_itself()
    faults = [fault for module, floors in FLOORS.items() for fault in upward(SOURCES / module, floors)]
    print(
        "\n".join(faults) if faults else f"floors: {sum(map(len, FLOORS.values()))} folders, nothing uses what is above"
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
