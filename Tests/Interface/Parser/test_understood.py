"""The declarations that the reader of the header makes of each construct that it understands."""

from __future__ import annotations

import pytest

from document import document
from parsing import parse

STATUSES = """\
/** What a call returns. */
typedef enum gmm_status {
  GMM_OK = 0, /**< the call succeeded */
  /** a required pointer is NULL */
  GMM_ERROR_NULL_ARGUMENT = 10,
  GMM_CANCELLED = 70 /**< the call was stopped,
                          by a flag */
} gmm_status;
typedef struct gmm_error gmm_error;
"""


def read(text):
    return document(parse(text))


def only(found):
    assert len(found) == 1, found
    return found[0]


def test_a_named_enumeration_has_values_with_their_documentation():
    enum = only(read(STATUSES)["enums"])
    assert (enum["name"], enum["doc"]) == ("gmm_status", "What a call returns.")
    assert [(each["name"], each["value"], each["doc"]) for each in enum["values"]] == [
        ("GMM_OK", 0, "the call succeeded"),
        ("GMM_ERROR_NULL_ARGUMENT", 10, "a required pointer is NULL"),
        ("GMM_CANCELLED", 70, "the call was stopped, by a flag"),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("enum gmm_x { GMM_A = -1, GMM_B };", "gmm_x"),
        ("typedef enum gmm_x { GMM_A = -1, GMM_B, } gmm_x;", "gmm_x"),
        ("typedef enum { GMM_A = -1, GMM_B } gmm_x;", "gmm_x"),
        ("enum { GMM_A = -1, GMM_B = GMM_A + 1 };", None),
    ],
)
def test_enumerations_are_written_in_four_ways(text, name):
    enum = only(read(text)["enums"])
    assert enum["name"] == name
    assert [(each["name"], each["value"]) for each in enum["values"]] == [("GMM_A", -1), ("GMM_B", 0)]


def test_a_heading_between_values_documents_none():
    enum = only(
        read("enum {\n  GMM_A = 1,\n\n  /* The machine. */\n  GMM_B = 2,\n  GMM_C = 3 /* plain */\n};")["enums"]
    )
    assert [each["doc"] for each in enum["values"]] == ["", "", "plain"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7", 7),
        ("(-7)", -7),
        ("0x1F", 31),
        ("5u", 5),
        ("1 << 20", 2**20),
        ("2 + 3 * 4 - 1", 13),
        ("(2 + 3) * 4", 20),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 & 3 | 8", 11),
        ("~0", -1),
        ("10 - 2 - 3", 5),
        ("GMM_FIRST * 10000 + GMM_SECOND", 20003),
    ],
)
def test_a_macro_is_a_constant_expression(expression, value):
    macros = read(f"#define GMM_FIRST 2\n#define GMM_SECOND 3\n#define GMM_X {expression}\n")["macros"]
    assert (macros[-1]["name"], macros[-1]["value"]) == ("GMM_X", value)


def test_a_macro_may_go_on_in_the_next_line():
    text = "#define GMM_MAJOR 1\n/** The version as a number. */\n#define GMM_VERSION \\\n  (GMM_MAJOR * 10000)\n"
    assert read(text)["macros"][1] == {"name": "GMM_VERSION", "value": 10000, "doc": "The version as a number."}


def test_a_macro_is_documented_above_it_or_behind_it():
    text = '#define GMM_A 1 /**< one */\n#define GMM_B "b" /* two */\n/* three */\n#define GMM_C 3\n\n/* none */\n\n'
    assert [(each["value"], each["doc"]) for each in read(text + "#define GMM_D 4\n")["macros"]] == [
        (1, "one"),
        ("b", "two"),
        (3, "three"),
        (4, ""),
    ]


ATTRIBUTES = """\
#ifndef GMMSWIFT_H
#define GMMSWIFT_H
#include <stddef.h>
#include <stdint.h>
/** Attributes of compilers. */
#if defined(__GNUC__)
#define GMM_NODISCARD __attribute__((warn_unused_result))
#define GMM_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#elif defined(__cplusplus) && __cplusplus >= 201703L
#define GMM_NODISCARD [[nodiscard]]
#define GMM_NONNULL(...)
#else
#define GMM_NODISCARD
#define GMM_NONNULL(...)
#endif
#define GMM_API GMM_NODISCARD
#ifdef __cplusplus
extern "C" {
#endif
"""
END = "\n#ifdef __cplusplus\n}\n#endif\n#endif /* GMMSWIFT_H */\n"


def test_attributes_stand_before_and_behind_a_prototype():
    text = ATTRIBUTES + "GMM_API GMM_NODISCARD int32_t gmm_f(const double *a, double *b) GMM_NONNULL(1, 2);" + END
    function = only(read(text)["functions"])
    assert function["attributes"] == ["GMM_API", "GMM_NODISCARD", "GMM_NONNULL(1, 2)"]
    assert function["result"]["spelling"] == "int32_t"
    assert [each["spelling"] for each in function["parameters"]] == ["const double *", "double *"]
    assert read(text)["macros"] == []


def test_a_function_names_its_statuses_and_documents_its_parameters():
    text = """\
/**
 * Makes a thing.
 *
 * @param[in] data N x D,
 *   finite.
 * @param out_error receives the failure.
 *
 * GMM_CANCELLED, GMM_ERROR_NULL_ARGUMENT or GMM_ERROR_NULL_ARGUMENT.
 */
gmm_status gmm_make(const double *data, gmm_error **out_error);
"""
    function = only(read(STATUSES + text)["functions"])
    assert function["statuses"] == ["GMM_ERROR_NULL_ARGUMENT", "GMM_CANCELLED"]
    assert [each["doc"] for each in function["parameters"]] == ["N x D, finite.", "receives the failure."]
    assert function["doc"].split("\n")[:4] == ["Makes a thing.", "", "@param[in] data N x D,", "  finite."]


def test_a_comment_above_prototypes_without_a_gap_is_that_of_each():
    text = "/** Counts. */\nint32_t gmm_rows(void);\nint32_t gmm_columns(void);\n\nint32_t gmm_other(void);"
    assert [each["doc"] for each in read(text)["functions"]] == ["Counts.", "Counts.", ""]


def test_constness_and_pointers_of_types_are_told_apart():
    parameters = "const gmm_s *const *a, const char *const *b, gmm_s **c, const char *d"
    text = f"typedef struct gmm_s gmm_s;\nvoid gmm_f({parameters});"
    found = [
        (each["type"], each["const"], each["pointers"], each["spelling"])
        for each in only(read(text)["functions"])["parameters"]
    ]
    assert found == [
        ("gmm_s", True, 2, "const gmm_s *const *"),
        ("char", True, 2, "const char *const *"),
        ("gmm_s", False, 2, "gmm_s **"),
        ("char", True, 1, "const char *"),
    ]


STRUCTS = """\
typedef struct gmm_prior {
  int32_t family; /**< GMM_PRIOR_... */
  const double *first;
} gmm_prior;
typedef int32_t (*gmm_progress_fn)(const gmm_prior *prior, void *user_data);
#define GMM_AXES 6
typedef struct gmm_all {
  uint32_t struct_size;
  uint8_t flag;
  gmm_prior prior;
  const gmm_prior *priors; /**< an array */
  int64_t shape[GMM_AXES];
  uint8_t name[3];
  gmm_progress_fn progress;
  int32_t last;
} gmm_all;
"""


def test_structs_are_laid_out_with_padding_arrays_and_structs_within():
    interface = read(STRUCTS)
    prior, everything = interface["structs"]
    assert (prior["size"], prior["alignment"]) == (16, 8)
    assert [(each["name"], each["offset"], each["size"]) for each in everything["fields"]] == [
        ("struct_size", 0, 4),
        ("flag", 4, 1),
        ("prior", 8, 16),
        ("priors", 24, 8),
        ("shape", 32, 48),
        ("name", 80, 3),
        ("progress", 88, 8),
        ("last", 96, 4),
    ]
    assert (everything["size"], everything["alignment"]) == (104, 8)
    assert everything["fields"][4]["length"] == 6
    assert only(interface["callbacks"])["name"] == "gmm_progress_fn"


def test_an_opaque_struct_is_a_handle_until_it_is_defined():
    text = "/** Opaque. */\ntypedef struct gmm_a gmm_a;\ntypedef struct gmm_b gmm_b;\nstruct gmm_b { int32_t x; };"
    interface = read(text)
    assert interface["handles"] == [{"name": "gmm_a", "doc": "Opaque."}]
    assert [each["name"] for each in interface["structs"]] == ["gmm_b"]


def test_a_doc_comment_for_doxygen_alone_documents_nothing():
    text = "/** @file\n * Mixtures. */\n\n/** @{ */\n/** Counts. */\nint32_t gmm_f(void);\n/** @} */\n"
    assert only(read(text)["functions"])["doc"] == "Counts."


def test_a_line_above_a_section_documents_nothing():
    text = "/* " + "-" * 60 + " Version */\nint32_t gmm_f(void);"
    assert only(read(text)["functions"])["doc"] == ""
