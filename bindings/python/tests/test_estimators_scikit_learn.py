"""scikit-learn's own tests of mixtures, run with these estimators in float64 and float32.

The modules of the installed scikit-learn are loaded again, under other names, while
`sklearn.mixture` holds these estimators. What is left out stands below, by name and with a reason.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import sklearn.mixture

import gmmswift as gm

# Tests that end early by design warn of it, here as there.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FOLDER = Path(sklearn.mixture.__file__).parent / "tests"
MODULES = ("test_gaussian_mixture", "test_bayesian_mixture", "test_mixture")

#: Tests of functions and methods that scikit-learn keeps to itself.
PRIVATE = {
    "test_suffstat_sk_full",
    "test_suffstat_sk_tied",
    "test_suffstat_sk_diag",
    "test_gaussian_suffstat_sk_spherical",
    "test_compute_log_det_cholesky",
    "test_gaussian_mixture_log_probabilities",
    "test_gaussian_mixture_precisions_init",
    "test_gaussian_mixture_all_init_does_not_estimate_gaussian_parameters",
    "test_log_dirichlet_norm",
    "test_log_wishart_norm",
    "test_compare_covar_type",
}

#: Tests of arrays of other libraries, which scikit-learn takes where a switch is set.
OTHER_ARRAYS = {
    "test_gaussian_mixture_array_api_compliance",
    "test_gaussian_mixture_raises_where_array_api_not_implemented",
}

#: Tests of refusals and warnings. Their kinds are compared, but not their words.
OTHER_WORDS = {
    "test_check_weights",
    "test_check_means",
    "test_check_precisions",
    "test_gaussian_mixture_fit_convergence_warning",
    "test_regularisation",
    "test_sample",
    "test_bayesian_mixture_precisions_prior_initialisation",
}

#: Tests of seven decimals and of the last gains of a score, whose digits float32 does not have.
MANY_DIGITS = {
    "test_bayesian_mixture__check_covariance_precision",
    "test_bayesian_mixture__invariant_translation",
    "test_gaussian_mixture__monotonic_likelihood",
}

OURS = {name: getattr(gm, name) for name in ("GaussianMixture", "BayesianGaussianMixture")}


def in_single_precision(estimator):
    """Return an estimator that takes all observations as float32."""

    def validated(self, data, **options):
        return estimator._validated(self, np.asarray(data, np.float32), **options)

    return type(estimator.__name__, (estimator,), {"_validated": validated})


def loaded(name, dtype):
    """Return a copy of a test module that has these estimators, and makes data of a type."""
    spec = importlib.util.spec_from_file_location(f"scikit_learns_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    ours = OURS
    if dtype == np.float32:
        ours = {kind: in_single_precision(estimator) for kind, estimator in OURS.items()}
    with pytest.MonkeyPatch.context() as patch:
        for kind, estimator in ours.items():
            patch.setattr(sklearn.mixture, kind, estimator)
        spec.loader.exec_module(module)
    made = getattr(module, "RandomData", None)
    if name == "test_gaussian_mixture" and "dtype" in inspect.signature(made).parameters:
        module.RandomData = functools.partial(module.RandomData, dtype=dtype)
    return module


def with_other_words(test, module):
    """Return a test that compares no words."""
    lax = types.SimpleNamespace(
        raises=lambda kind, match: pytest.raises(kind),
        warns=lambda kind, match: pytest.warns(kind),
    )

    @functools.wraps(test)
    def run(*arguments, **options):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "pytest", lax)
            test(*arguments, **options)

    return run


def collected():
    """Return the tests by name; those that take a type of data themselves take both."""
    tests = {}
    for name in MODULES if FOLDER.is_dir() else ():
        for dtype in (np.float64, np.float32):
            module = loaded(name, dtype)
            for title, test in vars(module).items():
                if not title.startswith("test_") or title in PRIVATE | OTHER_ARRAYS:
                    continue
                takes_type = "global_dtype" in inspect.signature(test).parameters
                full = f"{name}__{title.removeprefix('test_')}"
                if dtype == np.float32 and (takes_type or full in MANY_DIGITS):
                    continue
                run = with_other_words(test, module) if title in OTHER_WORDS else test
                tests[full if takes_type else f"{full}_in_{np.dtype(dtype).name}"] = run
    return tests


TESTS = collected()
globals().update(TESTS)


@pytest.fixture(params=[np.float64, np.float32])
def global_dtype(request):
    return request.param


@pytest.fixture(params=[0, 42])
def global_random_seed(request):
    return request.param


def test_scikit_learns_tests_are_here():
    own = Path(sys.prefix).parents[1] / "Package.swift"
    if not FOLDER.is_dir() and not own.exists():  # in an environment that the makefile did not make
        pytest.skip("this scikit-learn comes without its tests")
    assert len(TESTS) > 70
    missing = [name for name in OTHER_WORDS if not any(f"__{name[5:]}" in test for test in TESTS)]
    assert not missing
