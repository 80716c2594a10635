"""The files that are generated from an interface, for compilers and for the Python binding."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from document import document, text
from layout_test import layout_test
from parsing import parse
from python_files import python_files
from test_understood import ATTRIBUTES, END, STATUSES, STRUCTS

REPOSITORY = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, REPOSITORY / "bindings" / "interface"]
HEADER = (
    ATTRIBUTES
    + STATUSES
    + STRUCTS
    + '#define GMM_WORDS "some words"\n'
    + "gmm_status gmm_all_init(gmm_all *all, size_t struct_size) GMM_NONNULL(1);\n"
    + "const char *gmm_use(const gmm_all *all, const double *x, gmm_error **out_error);\n"
    + END
)


def compiles(folder, header, interface):
    (folder / "gmmswift.h").write_text(header)
    (folder / "layout.c").write_text(layout_test(interface))
    command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", f"-I{folder}"]
    return subprocess.run([*command, folder / "layout.c"], capture_output=True, text=True)


def changed(interface, change):
    copy = json.loads(json.dumps(interface))
    change(copy)
    return copy


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_compiler_agrees_with_the_layout_and_with_no_other(tmp_path):
    interface = document(parse(HEADER))
    done = compiles(tmp_path, HEADER, interface)
    assert done.returncode == 0, done.stderr
    changes = {
        "gmm_all_is_as_pinned": lambda each: each["structs"][1].update(size=112),
        "gmm_prior_is_as_pinned": lambda each: each["structs"][0].update(alignment=4),
        "gmm_all_shape_is_as_pinned": lambda each: each["structs"][1]["fields"][4].update(offset=40),
        "gmm_all_name_is_as_pinned": lambda each: each["structs"][1]["fields"][5].update(size=4),
        "GMM_CANCELLED_is_as_pinned": lambda each: each["enums"][0]["values"][2].update(value=71),
        "GMM_AXES_is_as_pinned": lambda each: each["macros"][0].update(value=5),
        "GMM_WORDS_is_as_pinned": lambda each: each["macros"][1].update(value="other"),
    }
    for name, change in changes.items():
        done = compiles(tmp_path, HEADER, changed(interface, change))
        assert done.returncode != 0, name
        assert name in done.stderr


def test_python_structs_have_the_sizes_and_offsets_of_the_interface():
    interface = document(parse(HEADER))
    files = python_files(interface)
    structs = types.ModuleType("structs")
    exec(files["structs.py"], vars(structs))
    assert structs.__all__ == ["PROGRESS_FN", "All", "Prior"]
    for struct in interface["structs"]:
        mirror = {"gmm_all": structs.All, "gmm_prior": structs.Prior}[struct["name"]]
        assert (ctypes.sizeof(mirror), ctypes.alignment(mirror)) == (struct["size"], struct["alignment"])
        offsets = [getattr(mirror, each["name"]).offset for each in struct["fields"]]
        assert offsets == [each["offset"] for each in struct["fields"]]
    assert structs.PROGRESS_FN._argtypes_ == (ctypes.POINTER(structs.Prior), ctypes.c_void_p)


def test_python_constants_and_prototypes_are_those_of_the_interface():
    files = python_files(document(parse(HEADER)))
    constants = {}
    exec(files["constants.py"], constants)
    assert {name: constants[name] for name in constants["__all__"]} == {
        "AXES": 6,
        "WORDS": "some words",
        "OK": 0,
        "ERROR_NULL_ARGUMENT": 10,
        "CANCELLED": 70,
    }
    assert '    "gmm_all_init": (c_int32, [POINTER(All), c_size_t]),\n' in files["prototypes.py"]
    assert '    "gmm_use": (c_char_p, [POINTER(All), DoubleArray, POINTER(c_void_p)]),\n' in files["prototypes.py"]
    assert '    All: "gmm_all_init",\n' in files["prototypes.py"]


def test_a_type_that_python_does_not_know_is_refused():
    interface = document(parse("void gmm_f(uint64_t *out_seeds);"))
    with pytest.raises(ValueError, match=r"out_seeds: must be of a type that the binding knows, got uint64_t \*"):
        python_files(interface)


def test_the_text_of_an_interface_reads_back_as_the_interface():
    interface = document(parse(HEADER))
    assert json.loads(text(interface)) == interface
    assert text(interface) == text(document(parse(HEADER)))


def test_the_command_prints_the_interface_of_a_header(tmp_path):
    (tmp_path / "h").write_text(HEADER)
    done = subprocess.run([*COMMAND, "--print", "json", "--header", tmp_path / "h"], capture_output=True, text=True)
    assert json.loads(done.stdout) == document(parse(HEADER))


def test_the_command_finds_what_is_stale(tmp_path):
    header = (REPOSITORY / "include" / "gmmswift.h").read_text(encoding="utf-8")
    (tmp_path / "h").write_text(header.replace("#define GMM_MAX_COMPONENTS 256", "#define GMM_MAX_COMPONENTS 255"))
    done = subprocess.run([*COMMAND, "--check", "--header", tmp_path / "h"], capture_output=True, text=True)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "include/interface.json",
        "bindings/python/src/gmmswift/_native/constants.py",
    ]


def test_the_command_names_the_header_and_the_line_that_it_refuses(tmp_path):
    (tmp_path / "h").write_text("\nint32_t gmm_f(int32_t (*f)(void));\n")
    done = subprocess.run([*COMMAND, "--check", "--header", tmp_path / "h"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path / 'h'}: line 2: a parameter of gmm_f must be free of parentheses, got '('\n"
