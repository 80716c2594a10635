"""The rooms of the package stand in floors: no module imports upwards or in a circle.

Imports count wherever they stand: at the top, in a function, for types alone, or by name.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import gmmswift

# From the ground to the roof: modules and packages directly below gmmswift.
ROOMS = (
    "_version",
    "_errors",
    "_frozen",
    "_html",
    "_pickled",
    "_native",
    "_arguments",
    "_shapes",
    "_scalars",
    "_build",
    "_progress",
    "_diagnostics",
    "_known",
    "_data",
    "_model",
    "_fits",
    "plots",
    "_components",
    "_draws",
    "estimators",
    "__init__",
)


def modules(root):
    """Return the source of each module below a package, by its dotted name."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = (root.name, *path.relative_to(root).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = (path.read_text(encoding="utf-8"), path.name == "__init__.py")
    return found


def imported(name, source, is_package):
    """Return the dotted names that a module imports anywhere in its source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = name.split(".")
                above = parts[: len(parts) - node.level + is_package]
                base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call):
            function = node.func
            called = getattr(function, "attr", getattr(function, "id", ""))
            first = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
                yield str(first.value)


def graph(root):
    """Return the modules that each module imports."""
    sources = modules(root)
    result = {}
    for name, (source, is_package) in sources.items():
        result[name] = set()
        for target in imported(name, source, is_package):
            # The name is a module's, or that of something in a module.
            for module in (target, target.rpartition(".")[0]):
                if module in sources:
                    result[name].add(module)
                    break
    return result


def room(module):
    _, _, below = module.partition(".")
    return below.split(".")[0] or "__init__"


def faults(root, rooms):
    """Return the faults of a package's imports, in words."""
    edges = graph(root)
    unknown = sorted({room(module) for module in edges} - set(rooms))
    if unknown:
        return [f"{name} has no floor" for name in unknown]
    floor = {name: number for number, name in enumerate(rooms)}
    found = [
        f"{module} imports {other}, which stands above it"
        for module, others in edges.items()
        for other in sorted(others)
        if floor[room(other)] > floor[room(module)]
    ]
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        found.append(f"{' -> '.join(reversed(error.args[1]))} is a circle")
    return found


def test_no_module_imports_upwards_or_in_a_circle():
    root = Path(gmmswift.__file__).parent
    assert faults(root, ROOMS) == []
    # The graph is that of the package, not an empty one.
    edges = graph(root)
    assert {room(module) for module in edges} == set(ROOMS)
    assert any(room(module) == "_native" for module in edges["gmmswift._model.creation"])
    assert "gmmswift.plots._trace" in edges["gmmswift._draws.pictures"]
    assert "gmmswift.plots" in edges["gmmswift"]


UPWARDS = {
    "at the top": "from house._roof.high import thing\n",
    "as a module": "import house._roof.high\n",
    "of the package": "from house._roof import high\n",
    "relative": "from ._roof.high import thing\n",
    "of a package, relative": "from ._roof import high\n",
    "in a function": "def late():\n    from house._roof.high import thing\n    return thing\n",
    "for types alone": (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from house._roof.high import thing\n"
    ),
    "by name": "import importlib\nthing = importlib.import_module('house._roof.high')\n",
}


@pytest.fixture
def house(tmp_path):
    """A package with a ground floor and a roof, which imports downwards."""
    root = tmp_path / "house"
    files = {
        "__init__.py": "from house._roof.high import thing\n",
        "_ground.py": "stone = 1\n",
        "_roof/__init__.py": "",
        "_roof/high.py": "from house._ground import stone as thing\n",
        "_roof/low.py": "from .high import thing\nfrom .. import _ground\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


ROOMS_OF_THE_HOUSE = ("_ground", "_roof", "__init__")


def test_a_house_in_order_has_no_faults(house):
    assert faults(house, ROOMS_OF_THE_HOUSE) == []
    assert graph(house)["house._roof.low"] == {"house._roof.high", "house._ground"}


@pytest.mark.parametrize("text", UPWARDS.values(), ids=UPWARDS)
def test_an_import_upwards_is_found(house, text):
    (house / "_ground.py").write_text(text, encoding="utf-8")
    found = faults(house, ROOMS_OF_THE_HOUSE)
    assert "house._ground imports house._roof.high, which stands above it" in found
    # The roof imports the ground floor: that is a circle too.
    assert any("circle" in fault and "house._ground" in fault for fault in found)


def test_a_circle_within_a_room_is_found(house):
    (house / "_roof/high.py").write_text("from house._roof.low import thing\n", encoding="utf-8")
    (fault,) = faults(house, ROOMS_OF_THE_HOUSE)
    assert fault.endswith("is a circle")
    assert {"house._roof.high", "house._roof.low"} <= set(fault.split())


def test_a_room_without_a_floor_is_found(house):
    (house / "_cellar.py").write_text("", encoding="utf-8")
    assert faults(house, ROOMS_OF_THE_HOUSE) == ["_cellar has no floor"]
