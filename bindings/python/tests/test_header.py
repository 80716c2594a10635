"""The ctypes mirror against include/interface.json, and the library against both."""

from __future__ import annotations

import ctypes
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gmmswift
from gmmswift import _native as native

REPOSITORY = Path(__file__).resolve().parents[3]
PACKAGE = Path(gmmswift.__file__).parent
INTERFACE = json.loads((REPOSITORY / "include" / "interface.json").read_text(encoding="utf-8"))
FUNCTIONS = {function["name"]: function for function in INTERFACE["functions"]}
STRUCTS = {struct["name"]: struct for struct in INTERFACE["structs"]}
VALUES = {each["name"]: each["value"] for enum in INTERFACE["enums"] for each in enum["values"]}
# Results of four bytes; those of other types, and pointers, have eight.
FOUR = ("int32_t", "gmm_status")


def mirror(name):
    """The class that mirrors a struct; its docstring names what it mirrors."""
    found = [
        each
        for each in vars(native).values()
        if isinstance(each, type)
        and issubclass(each, ctypes.Structure)
        and each.__doc__ == f"``{name}``."
    ]
    assert len(found) == 1, name
    return found[0]


def test_generated_files_are_as_the_header_says():
    command = [sys.executable, REPOSITORY / "bindings" / "interface", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_function_of_the_header_is_declared_and_no_other():
    assert len(FUNCTIONS) > 40
    assert set(native.PROTOTYPES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_has_the_types_of_the_header(name):
    function = FUNCTIONS[name]
    declared = getattr(native.lib, name)
    assert len(declared.argtypes) == len(function["parameters"])
    for argument, parameter in zip(declared.argtypes, function["parameters"], strict=True):
        is_pointer = issubclass(argument, (ctypes.c_void_p, ctypes.c_char_p, ctypes._Pointer))
        assert is_pointer == (parameter["pointers"] > 0), parameter["spelling"]
        if parameter["type"] in STRUCTS and is_pointer:
            assert argument._type_ is mirror(parameter["type"])
    result = function["result"]
    if result["type"] == "void":
        assert declared.restype is None
    else:
        assert ctypes.sizeof(declared.restype) == (4 if result["spelling"] in FOUR else 8)


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_ctypes_lays_a_struct_out_as_the_header_does(name):
    expected, struct = STRUCTS[name], mirror(name)
    assert ctypes.sizeof(struct) == expected["size"]
    assert ctypes.alignment(struct) == expected["alignment"]
    found = [(field, getattr(struct, field)) for field, _ in struct._fields_]
    assert [(field, each.offset, each.size) for field, each in found] == [
        (each["name"], each["offset"], each["size"]) for each in expected["fields"]
    ]


def test_the_library_writes_the_size_that_python_gives_a_struct():
    for struct in native.INITIALIZERS:
        assert native.defaults(struct).struct_size == ctypes.sizeof(struct)


def test_the_library_names_statuses_as_the_header_does():
    statuses = [name for name in VALUES if re.match("GMM_(OK|CANCELLED|ERROR_)", name)]
    assert len(statuses) > 10
    for name in statuses:
        assert native.status_name(VALUES[name]) == name
    assert native.status_name(max(VALUES[name] for name in statuses) + 1) == "GMM_UNKNOWN_STATUS"


def test_status_names_with_an_exception_exist_in_the_header():
    from gmmswift import _errors

    assert set(_errors._EXCEPTIONS) <= set(VALUES)


def test_only_one_package_knows_ctypes():
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if re.search(r"^\s*(import|from) ctypes", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == {"_native"}


def test_versions_are_equal_everywhere():
    version = (REPOSITORY / "VERSION").read_text(encoding="utf-8").strip()
    assert gmmswift.__version__ == version
    assert native.lib.gmm_version().decode() == version
    assert INTERFACE["version"] == version
    macros = {each["name"]: each["value"] for each in INTERFACE["macros"]}
    parts = [macros[f"GMM_VERSION_{part}"] for part in ("MAJOR", "MINOR", "PATCH")]
    assert parts == [int(part) for part in version.split(".")]
    assert native.lib.gmm_abi_version() == native.ABI_VERSION == INTERFACE["abi_version"]


def test_a_library_of_another_binary_interface_is_refused(tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    source, library = tmp_path / "other.c", tmp_path / "libother.so"
    source.write_text("int gmm_abi_version(void) { return 4711; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    message = import_with(library)
    assert "binary interface must be 0, got 4711" in message


def test_a_missing_library_is_an_import_error_that_says_what_to_do(tmp_path):
    message = import_with(tmp_path / "nowhere.so")
    assert "ImportError" in message
    assert "GMMSWIFT_LIBRARY" in message


def import_with(library):
    import os

    done = subprocess.run(
        [sys.executable, "-c", "import gmmswift"],
        env={**os.environ, "GMMSWIFT_LIBRARY": str(library)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    return done.stderr
