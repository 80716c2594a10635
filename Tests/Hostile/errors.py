"""Writes the rows of errors.json as calls of macros, which errors.c defines.

python3 Tests/Hostile/errors.py OUTPUT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("errors.json")

# What C has no literals for.
LITERALS = {"nan": "(double)NAN", "inf": "(double)INFINITY", "-inf": "-(double)INFINITY"}


def literal(value: str) -> str:
    """Return the value of a field in C."""
    if value == str(-(2**63)):
        return "INT64_MIN"
    if value == str(2**63 - 1):
        return "INT64_MAX"
    return LITERALS.get(value, value)


def text(value: str) -> str:
    """Return a string literal of C."""
    return json.dumps(value, ensure_ascii=True)


def row(call: str, change: str, entry: dict[str, Any], value: str, argument: str) -> str:
    """Return one row: what is called, what is changed, and what the error says."""
    status = "GMM_ERROR_" + entry.get("status", "INVALID_ARGUMENT")
    words = [text(entry.get("argument", argument)), text(entry["rule"]), text(entry.get("got", value))]
    return f"{call.upper()}({change}, {status}, {', '.join(words)})"


def array(numbers: list[str]) -> str:
    """Return an array of numbers in C."""
    return f"(double[]){{{', '.join(map(literal, numbers))}}}"


def rows(table: dict[str, Any]) -> list[str]:
    """Return all rows that C has."""
    lines = []
    for call, group in table["calls"].items():
        for entry in group["rows"]:
            if "c" in entry.get("only", ["c"]):
                field = entry["field"]
                for value in entry["values"]:
                    # A call with another posterior is a macro of its own.
                    name, change = (
                        (f"{call}_of", value) if field == "posterior" else (call, f"{field} = {literal(value)}")
                    )
                    lines.append(row(name, change, entry, value, field))
    for entry in table["priors"]:
        if "c" in entry.get("only", ["c"]):
            unknown = entry["argument"].partition(".")[0]
            for value in entry["values"]:
                parameters = [[value if x == "*" else x for x in numbers] for numbers in entry["parameters"]]
                count = max(map(len, parameters))
                # A prior has one number of values: one that stands for all components is repeated.
                arrays = [array(numbers * (count // len(numbers))) for numbers in parameters]
                first, second = [*arrays, "NULL"][:2]
                prior = f"{unknown}, GMM_PRIOR_{entry['family'].upper()}, {count}, ({first}), ({second})"
                lines.append(row("gmm_prior", prior, entry, value, entry["argument"]))
    return lines


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Path(sys.argv[1]).write_text("\n".join(rows(json.loads(TABLE.read_text(encoding="utf-8")))) + "\n")
