"""Errors: how they come about, their classes, and that nothing is left over after them.

What is refused, and in which words, is in the files `test_errors_*`. Single values out of range are
in one table with those of C and Swift.
"""

from __future__ import annotations

import errno
from itertools import chain

import pytest

import gmmswift as gm
import test_errors_fits
import test_errors_models
import test_errors_results
import test_errors_sampling
from gmmswift import _errors
from refusals import sample

TABLES = [
    module.ONE_DIMENSION
    for module in (test_errors_models, test_errors_sampling, test_errors_results, test_errors_fits)
]


def test_nothing_is_left_over_after_an_error():
    from gmmswift import _native

    for function, _, kind in chain(*(cases.values() for cases in TABLES)):
        with pytest.raises(kind):
            function()
    assert not _native.runs._runs
    assert sample(random_seed=1)["means"].shape == (2, 5, 2)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("GMM_ERROR_INVALID_ARGUMENT", ValueError),
        ("GMM_ERROR_INVALID_DATA", ValueError),
        ("GMM_ERROR_INVALID_MODEL", ValueError),
        ("GMM_ERROR_DEGENERATE", gm.DegenerateError),
        ("GMM_ERROR_UNSUPPORTED", NotImplementedError),
        ("GMM_ERROR_OUT_OF_MEMORY", MemoryError),
        ("GMM_ERROR_FILE", OSError),
        ("GMM_ERROR_FILE_FORMAT", gm.FormatError),
        ("GMM_ERROR_FILE_MISMATCH", gm.MismatchError),
        ("GMM_ERROR_THREAD", gm.GMMError),
        ("GMM_ERROR_INTERNAL", gm.GMMError),
    ],
)
def test_status_becomes_exception(status, kind):
    error = _errors.exception_for(_errors.Fault(status, "num_draws", "must be odd", "2"))
    assert type(error) is kind
    assert str(error).startswith("draws: must be odd, got 2")


def test_degenerate_error_is_both_a_value_error_and_an_error_of_the_library():
    assert issubclass(gm.DegenerateError, ValueError)
    assert issubclass(gm.DegenerateError, gm.GMMError)


def test_other_arguments_in_a_rule_have_the_names_of_python():
    fault = _errors.Fault(
        "GMM_ERROR_INVALID_MODEL", "spread.upper[1]", "must be above `spread.lower`"
    )
    assert (
        str(_errors.exception_for(fault, {"spread": "sd"})) == "sd.upper[1]: must be above sd.lower"
    )
    with pytest.raises(
        ValueError, match=r"^weights.minimum: must be at most 1/n_components = 0\.5"
    ):
        gm.Mixture(2, weights=gm.Dirichlet(1, minimum=0.6))


def test_errors_of_files_have_the_number_of_the_system():
    with pytest.raises(FileNotFoundError) as found:
        gm.load("no such file")
    assert found.value.errno == errno.ENOENT
    assert "no such file" in str(found.value)
