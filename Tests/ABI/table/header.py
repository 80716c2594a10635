"""What include/gmmswift.h declares: handles, structs and functions, read from its text."""

from __future__ import annotations

import re
from dataclasses import dataclass


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


@dataclass(frozen=True)
class Header:
    handles: frozenset[str]
    structs: dict[str, tuple[Variable, ...]]
    functions: dict[str, Function]

    @property
    def sized(self) -> frozenset[str]:
        """The structs that begin with their size."""
        return frozenset(name for name, fields in self.structs.items() if fields[0].name == "struct_size")


def parse(text: str) -> Header:
    """Reads a header in the form that this project writes: one declaration, no nested parentheses in a prototype."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\s+", " ", text)
    handles = frozenset(re.findall(r"typedef struct (gmm_\w+) \1;", text))
    structs = {
        name: tuple(_variable(field) for field in body.split(";") if field.strip())
        for name, body in re.findall(r"typedef struct (gmm_\w+) \{(.*?)\} \1;", text)
    }
    functions = {}
    for result, name, parameters in re.findall(r"([\w ]+?[ *]+)\b(gmm_\w+)\(([^()]*)\);", text):
        given = [] if parameters.strip() == "void" else parameters.split(",")
        functions[name] = Function(name, result.strip(), tuple(_variable(each) for each in given))
    return Header(handles, structs, functions)


def _variable(text: str) -> Variable:
    match = re.fullmatch(r"\s*(.*?[ *])(\w+)(\[\d+\])?\s*", text)
    if match is None:
        raise ValueError(f"not a variable of this header: {text!r}")
    kind, name, length = match.groups()
    return Variable(kind.strip() + (length or ""), name)
