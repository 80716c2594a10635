"""Writes the misuse table as a C file with a row for every function, parameter, field and kind of wrong value:

    generate.py INTERFACE TABLE_H OUTPUT

INTERFACE is interface.json. A function without a valid call in rules.py, or a rule that no row needs, is an error.
"""

from __future__ import annotations

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import interface as reader
import rules

COUNTS = {
    "int64_t": ["0", "-1", "INT64_MIN", "INT64_MAX"],
    "int32_t": ["0", "-1", "INT32_MIN", "INT32_MAX"],
}
DOUBLES = ["NAN", "INFINITY", "-INFINITY", "-1.0"]
ARRAYS = [
    ("NULL", "NULL"),
    ("NaN", "table_nans"),
    ("infinite", "table_infinities"),
    ("NaN in the middle", "table_late_nan"),
]
SIZES = ["0", "7", "8", "UINT32_MAX"]


class Generator:
    def __init__(self, header: reader.Interface, areas: set[str]) -> None:
        self.header = header
        self.areas = areas
        self.lines: list[str] = []
        self.used: set[int] = set()

    # ---------------------------------------------------------------------- Kinds of types

    def handle(self, kind: str) -> str | None:
        """Returns the kind of handle that a parameter of this type takes, if it takes a handle."""
        match = re.fullmatch(r"(?:const )?(gmm_\w+) \*", kind)
        return match[1] if match and match[1] in self.header.handles else None

    def made(self, kind: str) -> str | None:
        """Returns the kind of handle that an out parameter of this type receives, if it receives a handle."""
        match = re.fullmatch(r"(gmm_\w+) \*\*", kind)
        return match[1] if match and match[1] in self.header.handles else None

    def struct(self, kind: str) -> str | None:
        match = re.fullmatch(r"(?:const )?(gmm_\w+) \*", kind)
        return match[1] if match and match[1] in self.header.structs else None

    # ---------------------------------------------------------------------- Valid calls

    def valid(self, function: reader.Function, parameter: reader.Variable) -> str:
        kind, name = parameter.type, parameter.name
        for key, table in (
            ((function.name, name), rules.VALUES_OF_FUNCTIONS),
            (name, rules.VALUES_OF_NAMES),
        ):
            # A handle has a value by name only for a function that needs another one than most.
            if key in table and (table is rules.VALUES_OF_FUNCTIONS or self.handle(kind) is None):
                return table[key]
        if handle := self.handle(kind):
            return rules.HANDLES[handle]
        if name == "out_error":
            return "&table_error"
        if self.made(kind):
            return "(void *)&table_made"
        if kind == "double *" and name.startswith("out_"):
            # There may be one more array beside the array that the capacity counts.
            others = ("out_points", "out_edges", "out_bandwidth", "out_pareto_k", "out_se", "out_overall")
            return "table_more_output" if name in others else "table_output"
        if kind == "int64_t *" and name.startswith("out_"):
            return "table_counts"
        if kind in ("int32_t *", "uint8_t *") and name.startswith("out_"):
            return f"({kind})table_counts"
        if (struct := self.struct(kind)) and struct in self.areas:
            return f"table_{struct}()"
        if kind == "size_t" and name == "struct_size":
            return f"sizeof({self.struct(function.parameters[0].type)})"
        raise SystemExit(f"rules.py has no valid value for {function.name}, {parameter}")

    # ---------------------------------------------------------------------- Wrong values

    def wrong_handles(self, handle: str) -> list[tuple[str, str, str]]:
        """Returns values that are not live handles of this kind, with the status for each."""
        others = [each for each in sorted(self.header.handles) if each != handle]
        wrong = [("NULL", "NULL", "GMM_ERROR_NULL_ARGUMENT")]
        wrong += [(f"a {each}", f"(void *){rules.HANDLES[each]}", "GMM_ERROR_WRONG_HANDLE") for each in others]
        wrong += [(text, f"table.{text}", "GMM_ERROR_WRONG_HANDLE") for text in ("zeros", "misaligned", "destroyed")]
        return wrong

    def wrong_numbers(self, kind: str) -> list[tuple[str, str, str]]:
        values = COUNTS.get(kind) or (DOUBLES if kind == "double" else ["0", "UINT64_MAX"])
        return [(value, value, "GMM_OK") for value in values]

    def wrong_values(self, kind: str, name: str) -> list[tuple[str, str, str]]:
        """Returns wrong values of a parameter or field: description, expression, and status (GMM_OK: any refusal)."""
        if handle := self.handle(kind):
            return self.wrong_handles(handle)
        kind = self.header.scalars.get(kind, kind)
        if kind in ("int32_t", "int64_t", "double", "uint64_t"):
            return self.wrong_numbers(kind)
        if kind == "const double *":
            return [(text, value, "GMM_ERROR_NULL_ARGUMENT" if value == "NULL" else "GMM_OK") for text, value in ARRAYS]
        if kind == "const int64_t *":
            return [
                ("NULL", "NULL", "GMM_ERROR_NULL_ARGUMENT"),
                ("a negative number in it", "table_negative_index", "GMM_ERROR_INVALID_ARGUMENT"),
                ("a large number in it", "table_large_index", "GMM_ERROR_INVALID_ARGUMENT"),
            ]
        if kind == "const uint8_t *":
            return [("NULL", "NULL", "GMM_ERROR_NULL_ARGUMENT"), ("no format", "table_noise", "GMM_ERROR_FILE_FORMAT")]
        if kind == "const char *const *":
            return [
                ("NULL", "NULL", "GMM_OK"),
                ("a NULL in it", "table_hole_in_names", "GMM_ERROR_NULL_ARGUMENT"),
            ]
        if kind == "const gmm_statistics *const *":
            return [
                ("NULL", "NULL", "GMM_ERROR_NULL_ARGUMENT"),
                ("a NULL in it", "table_hole_in_list", "GMM_ERROR_NULL_ARGUMENT"),
                ("a gmm_model in it", "table_wrong_in_list", "GMM_ERROR_WRONG_HANDLE"),
            ]
        if kind == "size_t":
            return [(value, value, "GMM_ERROR_STRUCT_SIZE") for value in ("0", "7", "8", "4097", "SIZE_MAX")]
        if kind == "void *":
            return []
        if kind.endswith("*") or kind in self.header.callbacks:
            return [("NULL", "NULL", "GMM_ERROR_NULL_ARGUMENT")]
        raise SystemExit(f"generate.py knows no wrong values for the type {kind} of {name}")

    # ---------------------------------------------------------------------- Rows

    def outcome(self, function: str, parameter: str, value: str) -> str | None:
        for index, (f, p, v, outcome) in enumerate(rules.OUTCOMES):
            if fnmatchcase(function, f) and fnmatchcase(parameter, p) and fnmatchcase(value, v):
                self.used.add(index)
                return None if outcome == "status" else outcome
        return None

    def row(self, function: reader.Function, place: str, value: str, changes: list[str], expected: str) -> None:
        name, emit = function.name, self.lines.append
        outcome = self.outcome(name, place, value)
        emit("  {")
        emit(f'    table_row("{name}", "{place}", "{value}");')
        emit(f"    struct {name}_call c = {name}_valid();")
        for change in changes:
            emit(f"    {change}")
        if outcome == "cancelled":
            emit("    c.control = table_cancelled_control();")
        arguments = ", ".join(f"c.{each.name}" for each in function.parameters)
        made = next(
            (self.made(each.type) for each in function.parameters if self.made(each.type) and each.name != "out_error"),
            None,
        )
        if function.result == "void":
            emit(f"    {name}({arguments});")
        elif function.result != "gmm_status" or name == "gmm_error_status":
            if name not in rules.INVALID_RESULTS:
                raise SystemExit(f"rules.py does not say what {name} returns for invalid arguments")
            condition = "1" if outcome == "ok" else rules.INVALID_RESULTS[name]
            emit(f"    {function.result} result = {name}({arguments});")
            emit(f"    table_result({condition}, {self.quoted(condition)});")
            emit("    (void)result;")
        else:
            has_error = any(each.name == "out_error" for each in function.parameters)
            emit(f"    gmm_status status = {name}({arguments});")
            emit(f"    table_documented(status, statuses_of_{name}, {1 + len(function.statuses)});")
            keeps_out = any(re.fullmatch(r"c\.out_\w+ = NULL;", change) for change in changes)
            makes = 1 if made and not keeps_out else 0
            if outcome == "ok":
                emit("    table_accepted(status);")
            elif outcome == "any":
                emit(f"    table_either(status, {makes});")
            elif outcome == "cancelled":
                emit("    table_cancelled(status);")
            elif not has_error:  # an _init function
                emit(f'    table_result(status == {expected}, "{expected}");')
            else:
                parts = place.split(".")
                leaf = outcome or (parts[-1] if parts[-1] != "struct_size" else ".".join(parts[-2:]))
                status = "GMM_OK" if outcome else expected
                emit(f'    table_refused(status, {status}, "{leaf}", {makes});')
            if made and made != "gmm_error":
                emit(f"    if (table_made != &table) {made}_destroy(table_made);")
        emit("  }")

    @staticmethod
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def rows_of_struct(self, function: reader.Function, parameter: reader.Variable, struct: str) -> None:
        name = parameter.name
        self.rows_within(function, name, struct, [], f"c.{name} = ", is_output=not parameter.type.startswith("const "))

    def rows_within(
        self, function: reader.Function, name: str, struct: str, outer: list[str], use: str, *, is_output: bool = False
    ) -> None:
        """Adds the rows of a struct, after the statements `outer`; `use` and a value end the statement that uses it."""
        if struct not in self.header.sized:
            return
        variable = name.replace(".", "_")
        start = [*outer, f"{struct} *{variable} = table_{struct}();", f"{use}{variable};"]
        for size in SIZES:
            self.row(
                function,
                f"{name}.struct_size",
                size,
                [*start, f"{variable}->struct_size = {size};"],
                "GMM_ERROR_STRUCT_SIZE",
            )
        for text, byte in (("larger and zero", 0), ("larger and not zero", 1)):
            self.row(
                function,
                f"{name}.struct_size",
                text,
                [
                    *start,
                    f"{variable}->struct_size = sizeof *{variable} + 16;",
                    f"((unsigned char *){variable})[sizeof *{variable} + 15] = {byte};",
                ],
                "GMM_ERROR_STRUCT_SIZE",
            )
        if is_output:
            return
        for field in self.header.structs[struct][1:]:
            inner = self.header.structs.get(field.type)
            leaves = (
                [(f"{field.name}.{each.name}", each.type) for each in inner] if inner else [(field.name, field.type)]
            )
            for leaf, kind in leaves:
                for text, value, expected in self.wrong_values(kind, leaf):
                    self.row(
                        function,
                        f"{name}.{leaf}",
                        text,
                        [*start, f"{variable}->{leaf} = {value};"],
                        expected,
                    )
            if (pointed := self.struct(field.type)) and self.stands_in_structs_alone(pointed):
                self.rows_within(function, f"{name}.{field.name}", pointed, start, f"{variable}->{field.name} = ")

    def stands_in_structs_alone(self, struct: str) -> bool:
        """Returns whether no function takes the struct, apart from its _init function."""
        return not any(
            self.struct(parameter.type) == struct
            for function in self.header.functions.values()
            for parameter in function.parameters
            if not function.name.endswith("_init")
        )

    def rows_of(self, function: reader.Function) -> None:
        name, emit = function.name, self.lines.append
        if function.parameters:
            emit(f"struct {name}_call {{")
            for parameter in function.parameters:
                emit(f"  {parameter};")
            emit("};")
            emit(f"static struct {name}_call {name}_valid(void) {{")
            emit(f"  struct {name}_call c;")
            for parameter in function.parameters:
                emit(f"  c.{parameter.name} = {self.valid(function, parameter)};")
            emit("  return c;")
            emit("}")
        if function.result == "gmm_status" and name != "gmm_error_status":
            emit(f"static const gmm_status statuses_of_{name}[] = {{{', '.join(['GMM_OK', *function.statuses])}}};")
        emit(f"static void rows_of_{name}(void) {{")
        if not function.parameters:
            emit(f'  table_row("{name}", "", "");')
            emit(f"  (void){name}();")
            emit('  table_result(1, "returns");')
        is_destroy = name.endswith("_destroy")
        if function.parameters and not is_destroy and function.result == "gmm_status" and name != "gmm_error_status":
            self.used_valid(function)
        for parameter in function.parameters:
            place = parameter.name
            for text, value, expected in self.wrong_values(parameter.type, place):
                self.row(function, place, text, [f"c.{place} = {value};"], expected)
            if (struct := self.struct(parameter.type)) and not name.endswith("_init"):
                self.rows_of_struct(function, parameter, struct)
        emit("}")

    def used_valid(self, function: reader.Function) -> None:
        """Emits the valid call itself. If it succeeds, the one changed value of a row is the reason for its refusal."""
        name, emit = function.name, self.lines.append
        arguments = ", ".join(f"c.{each.name}" for each in function.parameters)
        emit("  {")
        emit(f'    table_row("{name}", "everything", "valid");')
        emit(f"    struct {name}_call c = {name}_valid();")
        emit(f"    table_accepted({name}({arguments}));")
        for each in function.parameters:
            if (made := self.made(each.type)) and made != "gmm_error":
                emit(f"    if (table_made != &table) {made}_destroy(table_made);")
        emit("  }")


def main(interface_path: str, table_path: str, output: str) -> None:
    header = reader.read(Path(interface_path).read_text())
    areas = set(re.findall(r"\btable_(gmm_\w+)\(void\)", Path(table_path).read_text()))
    generator = Generator(header, areas)
    for function in header.functions.values():
        generator.rows_of(function)
    unused = [rules.OUTCOMES[i] for i in range(len(rules.OUTCOMES)) if i not in generator.used]
    if unused:
        raise SystemExit(f"rules of rules.py that no row needs: {unused}")
    calls = "\n".join(f"  rows_of_{name}();" for name in header.functions)
    Path(output).write_text(
        '/* Generated by Tests/Hostile/Table/generate.py from include/interface.json. */\n#include "table.h"\n\n'
        + "\n".join(generator.lines)
        + "\n\nint main(void) {\n  table_create();\n"
        + calls
        + '\n  table_destroy();\n  return check_report("misuse table");\n}\n'
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
