"""A C file that compiles if sizes, alignments, offsets and values are those of interface.json."""

from __future__ import annotations

from typing import Any

_HEAD = """\
/*
 * Generated from include/interface.json: sizes, offsets and values that programs already compiled rely on. This file
 * compiles, as C99 or C++, or it does not.
 *
 * On the platforms the library is built for, pointers, int64_t and double have 8 bytes. A field that moves or a value
 * that changes breaks such programs; a field that is appended only changes the SIZE of its struct.
 */
#include <gmmswift.h>

/* C99 has no _Static_assert: an array of negative size is an error in C and in C++. */
#define HOLDS(condition) [(condition) ? 1 : -1]
#define SIZE(type, size, alignment)                    \\
  struct alignment_of_##type {                         \\
    char before;                                       \\
    type value;                                        \\
  };                                                   \\
  typedef char type##_is_as_pinned HOLDS(sizeof(type) == (size) && \\
                                         offsetof(struct alignment_of_##type, value) == (alignment))
#define FIELD(type, field, offset, size)                                          \\
  typedef char type##_##field##_is_as_pinned HOLDS(offsetof(type, field) == (offset) && \\
                                                   sizeof(((type *)0)->field) == (size))
#define VALUE(name, value) typedef char name##_is_as_pinned HOLDS((name) == (value))
#define LENGTH(name, length) typedef char name##_is_as_pinned HOLDS(sizeof(name) == (length) + 1)
"""


def layout_test(document: dict[str, Any]) -> str:
    """Return the text of the file."""
    lines = [_HEAD]
    for struct in document["structs"]:
        name = struct["name"]
        lines.append(f"SIZE({name}, {struct['size']}, {struct['alignment']});")
        lines += [f"FIELD({name}, {each['name']}, {each['offset']}, {each['size']});" for each in struct["fields"]]
        lines.append("")
    for enum in document["enums"]:
        lines += [f"VALUE({each['name']}, {each['value']});" for each in enum["values"]]
        lines.append("")
    for macro in document["macros"]:
        name, value = macro["name"], macro["value"]
        lines.append(f"LENGTH({name}, {len(value)});" if isinstance(value, str) else f"VALUE({name}, {value});")
    return "\n".join(lines) + "\n"
