"""The value and the text of interface.json, made from the declarations of a header.

============  =====================================================================================
version       "major.minor.patch"
abi_version   the number of the binary interface
macros        name, value (a number or string), doc
enums         name (null for an anonymous one), doc, values: name, value, doc
aliases       name, type (the scalar that it stands for), doc
handles       name, doc: the opaque structs
callbacks     name, doc, result, parameters: types of pointers to functions
structs       name, doc, size, alignment, fields: name, a type, length (of an array, else null),
              offset, size, doc; in bytes on LP64
functions     name, doc, result, parameters, attributes, statuses (those that doc names)
============  =====================================================================================

A type has `type` (the base), `const` (whether the base is const), `pointers` (the number of stars) and `spelling` (as C
writes it). Parameters have a name, a type and a doc, which is the ``@param`` in the doc of their function. The doc of a
declaration keeps its lines. The doc of a field or value is one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from declarations import Function, Header, Type
from layout import layouts
from lexing import Refused

Document = dict[str, Any]


def document(header: Header) -> Document:
    """Return a header's declarations as numbers, strings, lists and dictionaries, in the header's order."""
    macros = {each.name: each.value for each in header.macros}
    laid_out = layouts(header)
    return {
        "comment": "Generated from gmmswift.h by `make interface`.",
        "version": macros.get("GMM_VERSION_STRING"),
        "abi_version": macros.get("GMM_ABI_VERSION"),
        "macros": [{"name": each.name, "value": each.value, "doc": each.doc} for each in header.macros],
        "enums": [
            {
                "name": each.name,
                "doc": each.doc,
                "values": [{"name": value.name, "value": value.value, "doc": value.doc} for value in each.values],
            }
            for each in header.enums
        ],
        "aliases": [{"name": each.name, "type": each.type, "doc": each.doc} for each in header.aliases],
        "handles": [{"name": each.name, "doc": each.doc} for each in header.handles],
        "callbacks": [_function(each) for each in header.callbacks],
        "structs": [
            {
                "name": each.name,
                "doc": each.doc,
                "size": laid_out[each.name].size,
                "alignment": laid_out[each.name].alignment,
                "fields": [
                    {
                        "name": field.name,
                        **_type(field.type),
                        "length": field.length,
                        "offset": offset,
                        "size": size,
                        "doc": field.doc,
                    }
                    for field, offset, size in zip(
                        each.fields, laid_out[each.name].offsets, laid_out[each.name].sizes, strict=True
                    )
                ],
            }
            for each in header.structs
        ],
        "functions": [
            _function(each) | {"attributes": list(each.attributes), "statuses": statuses(each, header)}
            for each in header.functions
        ],
    }


def statuses(function: Function, header: Header) -> list[str]:
    """Return the statuses that the documentation of a function names, in the order of their numbers."""
    enumeration = next((each for each in header.enums if each.values[0].name == "GMM_OK"), None)
    known = [each.name for each in enumeration.values] if enumeration else []
    named = set(re.findall(r"\bGMM_(?:OK|CANCELLED|ERROR_\w+)\b", function.doc))
    if unknown := named.difference(known):
        raise Refused(function.line, f"{function.name} must name statuses that exist", min(unknown))
    if not named and function.result.base == "gmm_status" and function.parameters[-1].name == "out_error":
        raise Refused(function.line, f"{function.name} must name the statuses that it returns")
    return [name for name in known if name in named]


def _type(kind: Type) -> Document:
    return {
        "type": kind.base,
        "const": kind.is_const,
        "pointers": len(kind.pointers),
        "spelling": kind.spelling,
    }


def _function(function: Function) -> Document:
    return {
        "name": function.name,
        "doc": function.doc,
        "result": _type(function.result),
        "parameters": _parameters(function),
    }


def _parameters(function: Function) -> list[Document]:
    found = re.findall(r"^@param(?:\[[a-z,]+\])? +(\w+)\s+((?:.|\n(?![@\n]))*)", function.doc, re.MULTILINE)
    docs = {name: " ".join(text.split()) for name, text in found}
    if unknown := set(docs).difference(each.name for each in function.parameters):
        raise Refused(function.line, f"@param of {function.name} must name a parameter", min(unknown))
    return [{"name": each.name, **_type(each.type), "doc": docs.get(each.name, "")} for each in function.parameters]


# ------------------------------------------------------------------------------------ Text


def text(value: Document) -> str:
    """Return the text of interface.json. A list or object without other lists or objects in it is on one line."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> Iterable[str]:
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if not any(isinstance(each, (dict, list)) and each for each in parts):
        return [json.dumps(value, ensure_ascii=False)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    names = [json.dumps(each) + ": " for each in value] if isinstance(value, dict) else [""] * len(parts)
    lines = [opening]
    for i, (name, part) in enumerate(zip(names, parts, strict=True)):
        first, *rest = _lines(part)
        inner = [name + first, *rest]
        inner[-1] += "," if i + 1 < len(parts) else ""
        lines += [f"  {each}" for each in inner]
    return [*lines, closing]
