"""The Python examples of docs/DATA.md run, and compute the numbers that stand beside them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

_ROOT = Path(__file__).resolve().parents[3]
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def blocks(page):
    """Return the examples of a page."""
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def stated(line):
    """Return the numbers of a comment that begins with one, and the units of their last digits."""
    comment = line.rpartition("# ")[2] if "# " in line else ""
    texts = _NUMBER.findall(comment) if _NUMBER.match(comment) else []
    return [float(text) for text in texts], [10.0 ** -len(text.partition(".")[2]) for text in texts]


@pytest.mark.filterwarnings("ignore::gmmswift.ConvergenceWarning")
def test_the_numbers_of_the_page_of_data_are_those_computed(monkeypatch):
    pytest.importorskip("sklearn")
    page = _ROOT / "docs" / "DATA.md"
    if not page.exists():
        pytest.skip("this is no checkout")
    monkeypatch.chdir(_ROOT)
    names: dict[str, object] = {}
    compared = 0
    for block in blocks(page.read_text(encoding="utf-8")):
        lines = block.splitlines()
        for node in ast.parse(block).body:
            numbers, units = stated(lines[node.end_lineno - 1])
            if not isinstance(node, ast.Expr) or not numbers:
                exec(compile(ast.Module([node], []), str(page), "exec"), names)
                continue
            found = np.ravel(eval(compile(ast.Expression(node.value), str(page), "eval"), names))
            text = ast.unparse(node)
            assert len(found) == len(numbers), text
            # Draws differ with the kernels of a processor: a unit of the last digit, and rounding.
            assert (np.abs(found - numbers) <= 1.5 * np.array(units)).all(), (text, found, numbers)
            compared += 1
    assert compared >= 40
