"""Parameters, attributes and methods of the estimators are those of scikit-learn."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest
from sklearn import mixture as reference
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from gmmswift import BayesianGaussianMixture, GaussianMixture

IRIS = load_iris(as_frame=True).data
PAIRS = {
    "mixture": (GaussianMixture, reference.GaussianMixture),
    "variational": (BayesianGaussianMixture, reference.BayesianGaussianMixture),
}
KINDS = ("full", "tied", "diag", "spherical")
#: scikit-learn's methods but for those of its metadata routing, which are inherited.
METHODS = {
    "aic",
    "bic",
    "fit",
    "fit_predict",
    "get_params",
    "predict",
    "predict_proba",
    "sample",
    "score",
    "score_samples",
    "set_params",
}


@pytest.mark.parametrize("pair", PAIRS)
def test_parameters_have_scikit_learns_names_order_and_defaults(pair):
    ours, theirs = PAIRS[pair]
    mine, reference_parameters = (
        [(p.name, p.kind, p.default) for p in inspect.signature(kind).parameters.values()]
        for kind in (ours, theirs)
    )
    # One more, after scikit-learn's.
    assert [(name, default) for name, _, default in mine[len(reference_parameters) :]] == [
        ("n_jobs", None)
    ]
    assert mine[: len(reference_parameters)] == reference_parameters
    assert ours().get_params() == {**theirs().get_params(), "n_jobs": None}
    assert ours(n_components=3).set_params(tol=0.1).get_params()["tol"] == 0.1


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("kind", KINDS)
def test_fitted_attributes_are_scikit_learns(pair, kind):
    fitted = []
    for estimator in PAIRS[pair]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted.append(estimator(n_components=3, covariance_type=kind, random_state=1).fit(IRIS))
    ours, theirs = (
        {name: value for name, value in vars(one).items() if name.endswith("_")} for one in fitted
    )
    assert ours.keys() >= theirs.keys()
    # Numbers here; arrays of one number in scikit-learn's variational estimator where tied.
    bounds = np.ravel(theirs.pop("lower_bounds_"))
    last = np.ravel(theirs.pop("lower_bound_")).item()
    for name, value in theirs.items():
        mine = ours[name]
        assert np.shape(mine) == np.shape(value), name
        if isinstance(value, np.ndarray):
            assert mine.dtype == value.dtype, name
        else:
            # Floats may be numpy's in one and Python's in the other.
            assert isinstance(mine, type(value)) or float(mine) == pytest.approx(float(value)), name
        if name == "feature_names_in_":
            np.testing.assert_array_equal(mine, value)
        else:
            scale = np.abs(value).max()
            np.testing.assert_allclose(mine, value, rtol=0, atol=1e-8 * scale, err_msg=name)
    np.testing.assert_allclose(ours["lower_bounds_"], bounds, rtol=0, atol=1e-8)
    assert ours["lower_bound_"] == ours["lower_bounds_"][-1]
    assert ours["lower_bound_"] == pytest.approx(last, rel=0, abs=1e-8)


@pytest.mark.parametrize("pair", PAIRS)
def test_methods_are_scikit_learns(pair):
    ours, theirs = PAIRS[pair]
    names = {
        name for name in dir(theirs) if not name.startswith("_") and callable(getattr(theirs, name))
    }
    # The variational one has neither criterion in scikit-learn.
    assert METHODS - names <= {"aic", "bic"}
    for name in METHODS & names:
        mine, reference_method = (
            list(inspect.signature(getattr(c, name)).parameters) for c in (ours, theirs)
        )
        # More arguments only, after scikit-learn's: sample_weight.
        assert mine[: len(reference_method)] == reference_method, name
    fresh = ours()
    for name in names & METHODS - {"fit", "fit_predict", "get_params", "set_params", "sample"}:
        with pytest.raises(NotFittedError):
            getattr(fresh, name)(IRIS)
    with pytest.raises(NotFittedError):
        fresh.sample()


@pytest.mark.parametrize("kind", KINDS)
def test_draws_and_criteria_are_scikit_learns(kind):
    settings = {"n_components": 3, "covariance_type": kind, "random_state": 2}
    ours, theirs = (one(**settings).fit(IRIS.to_numpy()) for one in PAIRS["mixture"])
    for size in (1, 7, 200):
        (x, labels), (expected, expected_labels) = ours.sample(size), theirs.sample(size)
        # Parameters agree to 1e-8 of their size, and draws are linear in them.
        np.testing.assert_allclose(x, expected, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(labels, expected_labels)
    x = IRIS.to_numpy()
    assert ours.bic(x) == pytest.approx(theirs.bic(x), rel=1e-11)
    assert ours.aic(x) == pytest.approx(theirs.aic(x), rel=1e-11)
    assert ours.score(x) == pytest.approx(theirs.score(x), rel=1e-11)
    np.testing.assert_array_equal(ours.fit_predict(x), theirs.fit_predict(x))
