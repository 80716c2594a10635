"""Reads the handles, structs and functions of include/interface.json for the misuse table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Variable:
    """A parameter of a function or a field of a struct."""

    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.type} {self.name}" if not self.type.endswith("*") else f"{self.type}{self.name}"


@dataclass(frozen=True)
class Function:
    name: str
    result: str
    parameters: tuple[Variable, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Interface:
    """In `scalars`, the keys are enumerations and aliases of number types, and the values are these number types."""

    handles: frozenset[str]
    callbacks: frozenset[str]
    scalars: dict[str, str]
    structs: dict[str, tuple[Variable, ...]]
    functions: dict[str, Function]

    @property
    def sized(self) -> frozenset[str]:
        """Returns the structs that begin with their size."""
        return frozenset(name for name, fields in self.structs.items() if fields[0].name == "struct_size")


def read(text: str) -> Interface:
    """Reads interface.json."""
    value = json.loads(text)
    return Interface(
        handles=frozenset(each["name"] for each in value["handles"]),
        callbacks=frozenset(each["name"] for each in value["callbacks"]),
        scalars={each["name"]: each["type"] for each in value["aliases"]}
        | {each["name"]: "int32_t" for each in value["enums"] if each["name"]},
        structs={each["name"]: _variables(each["fields"]) for each in value["structs"]},
        functions={
            each["name"]: Function(
                each["name"], each["result"]["spelling"], _variables(each["parameters"]), tuple(each["statuses"])
            )
            for each in value["functions"]
        },
    )


def _variables(given: list[dict[str, Any]]) -> tuple[Variable, ...]:
    return tuple(
        Variable(each["spelling"] + (f"[{each['length']}]" if each.get("length") else ""), each["name"])
        for each in given
    )
