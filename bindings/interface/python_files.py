"""The files of the Python binding that are generated from interface.json, in the format of ruff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

Document = dict[str, Any]

_WIDTH = 100  # of the binding's lines
_SCALARS = {
    "int32_t": "c_int32",
    "int64_t": "c_int64",
    "uint8_t": "c_uint8",
    "uint32_t": "c_uint32",
    "uint64_t": "c_uint64",
    "size_t": "c_size_t",
    "double": "c_double",
}
_CTYPES = (*_SCALARS.values(), "CFUNCTYPE", "POINTER", "Structure", "c_char_p", "c_void_p")
_ARRAYS = {"double": "DoubleArray", "uint8_t": "ByteArray", "int32_t": "Int32Array", "int64_t": "Int64Array"}
# Structs that have another name in the binding than in the header, because gmmswift.Mixture is a model.
_STRUCTS = {"gmm_mixture": "MixtureValues"}
_ACRONYMS = {"em": "EM"}


def python_files(document: Document) -> dict[str, str]:
    """Return the text of each file by its name."""
    names = _Names(document)
    return {
        "constants.py": _constants(document),
        "structs.py": _structs(document, names),
        "prototypes.py": _prototypes(document, names),
    }


class _Names:
    """The names of ctypes for the types of a document."""

    def __init__(self, document: Document) -> None:
        self.scalars = dict(_SCALARS)
        self.scalars |= {each["name"]: self.scalars[each["type"]] for each in document["aliases"]}
        self.scalars |= {each["name"]: "c_int32" for each in document["enums"] if each["name"]}
        self.handles = {each["name"] for each in document["handles"]}
        self.structs = {each["name"]: _camel(each["name"]) for each in document["structs"]}
        self.callbacks = {each["name"]: _short(each["name"]).upper() for each in document["callbacks"]}

    def by_value(self, kind: str) -> str:
        return self.scalars.get(kind) or self.structs.get(kind) or self.callbacks[kind]

    def field(self, field: Document) -> str:
        if field["pointers"]:
            name = "c_char_p" if (field["type"], field["pointers"]) == ("char", 1) else "c_void_p"
        else:
            name = self.by_value(field["type"])
        return f"{name} * {field['length']}" if field["length"] else name

    def result(self, kind: Document) -> str:
        if kind["pointers"] == 0:
            return "None" if kind["type"] == "void" else self.scalars[kind["type"]]
        return "c_char_p" if kind["spelling"] == "const char *" else "c_void_p"

    def parameter(self, parameter: Document) -> str:
        base, pointers = parameter["type"], parameter["pointers"]
        if pointers == 0:
            return self.by_value(base)
        if base == "char":
            return {1: "c_char_p", 2: "POINTER(c_char_p)"}[pointers]
        if base in self.handles and pointers <= 2:
            return {1: "c_void_p", 2: "POINTER(c_void_p)"}[pointers]
        if pointers == 1 and base == "void":
            return "c_void_p"
        if pointers == 1 and base in self.structs:
            return f"POINTER({self.structs[base]})"
        if pointers == 1 and base in _ARRAYS:
            return _ARRAYS[base]
        raise ValueError(f"{parameter['name']}: must be of a type that the binding knows, got {parameter['spelling']}")

    def in_callback(self, parameter: Document) -> str:
        """Return the type of a callback's parameter. Arrays have no length there, so they are pointers to numbers."""
        if parameter["pointers"] == 1 and parameter["type"] in _ARRAYS:
            return f"POINTER({self.scalars[parameter['type']]})"
        return self.parameter(parameter)


def _short(name: str) -> str:
    return name.removeprefix("gmm_")


def _camel(name: str) -> str:
    words = _short(name).split("_")
    return _STRUCTS.get(name) or "".join(_ACRONYMS.get(each) or each.capitalize() for each in words)


def _head(what: str) -> str:
    return f'"""Generated from include/interface.json by `make interface`: {what}."""\n\n'


# ------------------------------------------------------------------------------------ Constants


def _constants(document: Document) -> str:
    groups = [[(each["name"], each["value"]) for each in document["macros"]]]
    groups += [[(each["name"], each["value"]) for each in enum["values"]] for enum in document["enums"]]
    short = [[(name.removeprefix("GMM_"), value) for name, value in group] for group in groups]
    lines = _bracketed("__all__ = ", "[]", sorted(f'"{name}"' for group in short for name, _ in group))
    for group in short:
        lines += ["", *(f"{name} = {_literal(value)}" for name, value in group)]
    return _head("the constants") + "\n".join(lines) + "\n"


def _literal(value: int | str) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


# ------------------------------------------------------------------------------------ Structs


def _structs(document: Document, names: _Names) -> str:
    body: list[str] = []
    waiting = list(document["callbacks"])
    known: set[str] = set()

    def callbacks() -> None:
        """Write the callbacks whose structs are all known."""
        for each in [*waiting]:
            types = {kind["type"] for kind in (each["result"], *each["parameters"])}
            if types.isdisjoint(names.structs.keys() - known):
                parts = [names.result(each["result"]), *map(names.in_callback, each["parameters"])]
                body.extend(["", "", *_bracketed(f"{names.callbacks[each['name']]} = CFUNCTYPE", "()", parts)])
                waiting.remove(each)

    for struct in document["structs"]:
        callbacks()
        body += ["", "", f"class {names.structs[struct['name']]}(Structure):"]
        body += [f'    """``{struct["name"]}``."""', "", "    _fields_ = ("]
        body += [f'        ("{each["name"]}", {names.field(each)}),' for each in struct["fields"]]
        body += ["    )"]
        known.add(struct["name"])
    callbacks()
    exported = _sorted([*names.structs.values(), *names.callbacks.values()])
    lines = [
        *_imports("ctypes", _words(body, _CTYPES)),
        "",
        *_bracketed("__all__ = ", "[]", [f'"{each}"' for each in exported]),
    ]
    return _head("the structs") + "\n".join([*lines, *body]) + "\n"


# ------------------------------------------------------------------------------------ Prototypes


def _prototypes(document: Document, names: _Names) -> str:
    body = [
        "",
        "# The result and the parameters of each function.",
        "PROTOTYPES: Mapping[str, tuple[Any, list[Any]]] = {",
    ]
    for each in document["functions"]:
        parameters = [names.parameter(parameter) for parameter in each["parameters"]]
        result = names.result(each["result"])
        line = f'    "{each["name"]}": ({result}, [{", ".join(parameters)}]),'
        if len(line) <= _WIDTH:
            body.append(line)
        else:
            body += [f'    "{each["name"]}": (', f"        {result},"]
            body += [*_bracketed("        ", "[]", parameters, ","), "    ),"]
    body += ["}", "", "# The function that writes the defaults of each options struct."]
    body += ["INITIALIZERS: Mapping[type[Structure], str] = {"]
    for each in document["functions"]:
        if each["name"].endswith("_init"):
            body.append(f'    {names.structs[each["parameters"][0]["type"]]}: "{each["name"]}",')
    body += ["}"]
    lines = ["from collections.abc import Mapping"]
    lines += [*_imports("ctypes", _words(body, _CTYPES)), "from typing import Any", ""]
    lines += _imports("gmmswift._native.arrays", _words(body, _ARRAYS.values()))
    kinds = [*names.structs.values(), *names.callbacks.values()]
    lines += _imports("gmmswift._native.structs", _words(body, kinds))
    lines += ["", '__all__ = ["INITIALIZERS", "PROTOTYPES"]']
    return _head("the functions") + "\n".join([*lines, *body]) + "\n"


# ------------------------------------------------------------------------------------ Format


def _words(lines: Iterable[str], among: Iterable[str]) -> list[str]:
    """Return the names that the lines use."""
    return sorted(set(re.findall(r"\w+", "\n".join(lines))).intersection(among))


def _imports(module: str, names: Iterable[str]) -> list[str]:
    # Members of an import are ordered whatever their case, those of `__all__` are not.
    ordered = sorted(_sorted(names), key=lambda each: (_kind(each), each.lower()))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {each}," for each in ordered), ")"]


def _sorted(names: Iterable[str]) -> list[str]:
    """Sort as isort does: constants, classes, variables."""
    return sorted(names, key=lambda each: (_kind(each), each))


def _kind(name: str) -> int:
    return 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2


def _bracketed(before: str, brackets: str, parts: Sequence[str], after: str = "") -> list[str]:
    """Return a list, call or display on one line, or on one line for each part."""
    line = f"{before}{brackets[0]}{', '.join(parts)}{brackets[1]}{after}"
    if len(line) <= _WIDTH:
        return [line]
    indent = before[: len(before) - len(before.lstrip())]
    return [before + brackets[0], *(f"{indent}    {each}," for each in parts), f"{indent}{brackets[1]}{after}"]
