"""Texts that the reader of the header refuses, with the line of the fault."""

from __future__ import annotations

import pytest

from document import document
from lexing import Refused
from parsing import parse

KNOWN = "typedef int32_t gmm_status;\ntypedef struct gmm_model gmm_model;\nenum { GMM_OK = 0 };\n\n"

REFUSALS = [
    # Prototypes.
    ("void gmm_f(int32_t (*callback)(void));", "must be free of parentheses"),
    ("void gmm_f(int32_t);", "a parameter of gmm_f must have a name"),
    ("void gmm_f();", "a parameter of gmm_f must have a type"),
    ("void gmm_f(int32_t a, ...);", "a parameter of gmm_f must have a type"),
    ("void gmm_f(int32_t a[3]);", "must end in a comma or parenthesis"),
    ("void gmm_f(int32_t a, int32_t a);", "must have a name of its own"),
    ("void gmm_f(gmm_model model);", "must be a number or a pointer"),
    ("void gmm_f(gmm_thing *thing);", "must be of a type that is declared above"),
    ("void gmm_f(int a);", "must be of a type that is declared above"),
    ("gmm_f(void);", "must be of a type that is declared above"),
    ("gmm_model gmm_f(void);", "a result must be a number or a pointer"),
    ("static inline int32_t gmm_f(void) { return 1; }", "must be of a type that is declared above"),
    ("int32_t gmm_f(void) GMM_UNKNOWN;", "must end in a semicolon"),
    ("int32_t gmm_f(void) __attribute__((pure));", "must end in a semicolon"),
    ("int32_t gmm_f(void)", "must end in a semicolon, got the end of the header"),
    ("int32_t gmm_f(void); int32_t gmm_f(void);", "declared once"),
    ("int32_t gmm_variable;", "gmm_variable must have parameters"),
    # Structs.
    ("typedef struct gmm_s { x; } gmm_s;", "must be of a type that is declared above"),
    ("typedef struct gmm_s { int32_t; } gmm_s;", "a field must have a name"),
    ("typedef struct gmm_s { int32_t a, b; } gmm_s;", "a field must end in a semicolon"),
    ("typedef struct gmm_s { int32_t a : 3; } gmm_s;", "a field must end in a semicolon"),
    ("typedef struct gmm_s { int32_t a[2][3]; } gmm_s;", "a field must end in a semicolon"),
    ("typedef struct gmm_s { int32_t a[]; } gmm_s;", "constant expression"),
    ("typedef struct gmm_s { int32_t a[0]; } gmm_s;", "length of an array must be positive"),
    ("typedef struct gmm_s { int32_t a; double a; } gmm_s;", "a field must be declared once"),
    ("typedef struct gmm_s { union { int32_t a; } b; } gmm_s;", "must be of a type that is declared above"),
    ("typedef struct gmm_s { gmm_model m; } gmm_s;", "a field must be a number, a pointer or a struct"),
    ("typedef enum gmm_e { GMM_A } gmm_e; typedef struct gmm_s { gmm_e e; } gmm_s;", "an enumeration is an int32_t"),
    ("typedef struct gmm_s { } gmm_s;", "must have its fields"),
    ("typedef struct { int32_t a; } gmm_s;", "a struct must have a name"),
    ("typedef struct gmm_s { int32_t a; } gmm_t;", "must have one name, gmm_s"),
    ("struct gmm_s { int32_t a; };", "must have a typedef"),
    # Enumerations.
    ("enum { };", "must have its values"),
    ("enum { GMM_A = 2147483648 };", "must be an int32_t"),
    ("enum { GMM_A = 1.5 };", "constant expression"),
    ("enum { GMM_A = GMM_NOWHERE };", "constant expression"),
    ("enum { GMM_OK = 1 };", "a constant must be defined once"),
    ("enum { GMM_A = 1 } gmm_variable;", "must end in a semicolon"),
    ("enum { GMM_A = 1; };", "constant expression of integers, got 1 ;"),
    ("enum { GMM_A; };", "must end in a comma"),
    # Macros and conditions.
    ("#define GMM_X 1 +\n", "constant expression"),
    ("#define GMM_X (1\n", "constant expression"),
    ("#define GMM_X 1 / 0\n", "constant expression"),
    ("#define GMM_X 1e-3\n", "constant expression"),
    ("#define GMM_X sizeof(int32_t)\n", "constant expression"),
    ("#define GMM_X(a) a\n", "a macro with arguments must be an attribute"),
    ("#if 1\n#define GMM_X 1\n#endif\n", "a macro under a condition must be an attribute"),
    ("#if 1\nint32_t gmm_f(void);\n#endif\n", "must not stand under a condition"),
    ("#if 1\n", "must have its #endif"),
    ("#endif\n", "must be a known line of the preprocessor"),
    ("#pragma once\n", "must be a known line of the preprocessor"),
    ("#undef GMM_X\n", "must be a known line of the preprocessor"),
    ("#include <stdio.h>\n", "must include nothing but"),
    ('#ifdef __cplusplus\nextern "C" {\n#endif\n', "must be closed"),
    # Everything else.
    ("int32_t gmm_f(void); // ours", "must be C without // comments"),
    ("/* open", "must be C without // comments"),
    ("_Static_assert(1, GMM_OK);", "must be of a type that is declared above"),
    ("typedef union gmm_u gmm_u;", "must be of a type that is declared above"),
    ("typedef gmm_model *gmm_pointer;", "must be that of a scalar"),
    ("typedef int32_t gmm_status;", "a type must be declared once"),
    ("/** Documents nothing. */\n\nint32_t gmm_f(void);", "a doc comment must document a declaration"),
    ("void gmm_f(int32_t a /**< documents no field */);", "a doc comment must document a declaration"),
    ("/** GMM_ERROR_TYPO. */\nint32_t gmm_f(void);", "must name statuses that exist"),
    ("/** @param b it.\n */\nint32_t gmm_f(int32_t a);", "@param of gmm_f must name a parameter"),
    (";", "must have a type"),
    ("}", "must have a type"),
]


@pytest.mark.parametrize(("text", "rule"), REFUSALS)
def test_what_is_not_understood_is_refused(text, rule):
    with pytest.raises(Refused) as refusal:
        document(parse(KNOWN + text))
    assert rule in str(refusal.value)
    assert 5 <= refusal.value.line <= 5 + text.count("\n")


def test_the_line_is_that_of_the_construct():
    text = "/* one\n   two */\n#define GMM_X 1\n\ntypedef struct gmm_s {\n  int32_t a;\n  int32_t b : 2;\n} gmm_s;\n"
    with pytest.raises(Refused, match=r"^line 7: a field must end in a semicolon, got ':'$"):
        parse(text)
