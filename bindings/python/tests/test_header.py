"""The ctypes mirror against include/gmmswift.h."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import gmmswift
from gmmswift import _native as native

REPOSITORY = Path(__file__).resolve().parents[3]
PACKAGE = Path(gmmswift.__file__).parent
HEADER = (REPOSITORY / "include" / "gmmswift.h").read_text(encoding="utf-8")
CODE = re.sub(r"/\*.*?\*/", " ", HEADER, flags=re.DOTALL)

STRUCTS = {
    "gmm_prior": native.Prior,
    "gmm_model_options": native.ModelOptions,
    "gmm_progress": native.Progress,
    "gmm_control": native.Control,
    "gmm_sample_options": native.SampleOptions,
    "gmm_posterior_info": native.PosteriorInfo,
    "gmm_view": native.View,
    "gmm_summary_options": native.SummaryOptions,
    "gmm_em_options": native.EMOptions,
    "gmm_em_result": native.EMResult,
    "gmm_mixture": native.MixtureValues,
}
SCALARS = {
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "double": ctypes.c_double,
    "gmm_status": ctypes.c_int32,
}
OPAQUE = set(re.findall(r"typedef struct (\w+) \1;", CODE))


def prototypes():
    """Function, result and parameters, as C text."""
    found = re.findall(r"^([\w ]+?[ *]+)(gmm_\w+)\(([^()]*)\);", CODE, flags=re.MULTILINE)
    result = {}
    for kind, name, parameters in found:
        parts = [" ".join(part.split()) for part in parameters.split(",")]
        types = [] if parts == ["void"] else [re.sub(r"\b\w+$", "", part) for part in parts]
        result[name] = (spelled(kind), [spelled(kind) for kind in types])
    return result


def spelled(kind):
    """The type without `const` and spaces, such as `double*`."""
    return re.sub(r"\bconst\b|\s", "", kind)


def argument_type(kind):
    """What ctypes must call a parameter of this type."""
    if kind in SCALARS:
        return SCALARS[kind]
    if kind == "char*":
        return ctypes.c_char_p
    if kind == "char**":
        return ctypes.POINTER(ctypes.c_char_p)
    name, stars = kind.rstrip("*"), kind.count("*")
    if stars == 1 and name == "double":
        return native.DoubleArray
    if stars == 1 and name == "int64_t":
        return native.Int64Array
    if stars == 1 and name in STRUCTS:
        return ctypes.POINTER(STRUCTS[name])
    if stars == 1 and name in OPAQUE:
        return ctypes.c_void_p
    if stars == 2 and name in OPAQUE:
        return ctypes.POINTER(ctypes.c_void_p)
    raise AssertionError(f"a type that this test does not know: {kind}")


def test_every_function_of_the_header_is_declared_and_no_other():
    assert len(prototypes()) > 40
    assert set(native.PROTOTYPES) == set(prototypes())


@pytest.mark.parametrize("name", sorted(native.PROTOTYPES))
def test_types_of_a_function_equal_the_header(name):
    result, parameters = prototypes()[name]
    declared_result, declared = native.PROTOTYPES[name]
    results = {"void": None, "char*": ctypes.c_char_p, **SCALARS}
    assert declared_result == results[result]
    assert declared == [argument_type(kind) for kind in parameters]
    assert getattr(native.lib, name).argtypes == declared


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_fields_of_a_struct_equal_the_header(name):
    body = re.search(rf"typedef struct {name} {{(.*?)}} {name};", CODE, flags=re.DOTALL)[1]
    expected = []
    for line in filter(None, (" ".join(part.split()) for part in body.split(";"))):
        kind, stars, field, size = re.fullmatch(r"(.+?)([ *]+)(\w+)(?:\[(\d+)\])?", line).groups()
        kind = spelled(kind)
        if "*" in stars:
            ctype = ctypes.c_char_p if kind == "char" else ctypes.c_void_p
        elif kind == "gmm_progress_fn":
            ctype = native.PROGRESS_FN
        else:
            ctype = STRUCTS.get(kind) or SCALARS[kind]
        expected.append((field, ctype * int(size) if size else ctype))
    assert list(STRUCTS[name]._fields_) == expected


def test_structs_of_the_header_are_all_mirrored():
    assert set(re.findall(r"typedef struct (\w+) \{", CODE)) == set(STRUCTS)


def test_callback_type_equals_the_header():
    found = re.search(r"typedef (\w+) \(\*gmm_progress_fn\)\((.*?)\);", CODE)
    assert found[1] == "int32_t"
    assert [spelled(part) for part in found[2].split(",")] == [
        "gmm_progress*progress",
        "void*user_data",
    ]
    assert native.PROGRESS_FN._restype_ is ctypes.c_int32
    assert native.PROGRESS_FN._argtypes_ == (ctypes.POINTER(native.Progress), ctypes.c_void_p)


def test_constants_equal_the_header():
    values = {name: int(value) for name, value in re.findall(r"\b(GMM_[A-Z0-9_]+) = (-?\d+)", CODE)}
    values["GMM_ABI_VERSION"] = int(re.search(r"#define GMM_ABI_VERSION (\d+)", HEADER)[1])
    prefixes = ("PRIOR_", "COVARIANCE_", "METHOD_", "FIELD_", "ELEMENT_")
    mirrored = {
        f"GMM_{name}": value
        for name, value in vars(native).items()
        if name.startswith(prefixes) or name in ("OK", "CANCELLED", "ABI_VERSION")
        if isinstance(value, int)
    }
    assert {name: values[name] for name in mirrored} == mirrored
    assert set(mirrored) >= {
        name for name in values if name.startswith(tuple(f"GMM_{prefix}" for prefix in prefixes))
    }


def test_status_names_with_an_exception_exist_in_the_header():
    from gmmswift import _errors

    assert set(_errors._EXCEPTIONS) <= set(re.findall(r"\bGMM_ERROR_\w+(?= =)", CODE))


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_layout_of_structs_equals_the_compilers(tmp_path):
    lines = []
    for name, struct in STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        for field, _ in struct._fields_:
            lines.append(f'printf("{name}.{field} %zu\\n", offsetof({name}, {field}));')
    source = tmp_path / "layout.c"
    source.write_text(
        '#include <stdio.h>\n#include "gmmswift.h"\nint main(void) {' + "\n".join(lines) + "}\n"
    )
    program = tmp_path / "layout"
    include = REPOSITORY / "include"
    subprocess.run(["cc", f"-I{include}", "-o", program, source], check=True)
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    expected = []
    for name, struct in STRUCTS.items():
        expected.append(f"{name} {ctypes.sizeof(struct)}")
        for field, _ in struct._fields_:
            expected.append(f"{name}.{field} {getattr(struct, field).offset}")
    assert printed.splitlines() == expected


def test_only_one_module_knows_ctypes():
    users = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if re.search(r"^\s*(import|from) ctypes", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert users == ["_native.py"]


def test_versions_are_equal_everywhere():
    version = (REPOSITORY / "VERSION").read_text(encoding="utf-8").strip()
    assert gmmswift.__version__ == version
    assert native.lib.gmm_version().decode() == version
    assert f'#define GMM_VERSION_STRING "{version}"' in HEADER


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
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "import gmmswift"],
        env={**os.environ, "GMMSWIFT_LIBRARY": str(library)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    return done.stderr
