"""The estimators: scikit-learn's conventions, and its numbers from the same start."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn import mixture as reference
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import gmmswift as gm
from gmmswift import GaussianMixture

KINDS = ("full", "tied", "diag", "spherical")
STARTS = ("kmeans", "k-means++", "random", "random_from_data")
PARAMETERS = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")


@pytest.fixture(scope="module")
def iris():
    return load_iris().data


def groups(dimensions, size=600, seed=3):
    stream = np.random.default_rng(seed)
    centers = stream.normal(0, 4, (3, dimensions))
    labels = stream.choice(3, size, p=[0.5, 0.3, 0.2])
    scale = np.array([0.7, 1.0, 1.5])[labels, np.newaxis]
    return centers[labels] + scale * stream.normal(size=(size, dimensions))


def agree(ours, theirs, tolerance=1e-8, names=PARAMETERS):
    for name in names:
        a, b = getattr(ours, name), getattr(theirs, name)
        assert np.shape(a) == np.shape(b), name
        # Relative to the largest value: what crosses zero has no relative accuracy.
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max(), err_msg=name)


def test_it_passes_the_checks_of_scikit_learn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(GaussianMixture(), on_fail=None)
    failed = [f"{r['check_name']}: {r['exception']!r}" for r in results if r["status"] == "failed"]
    assert not failed, "\n".join(failed)
    assert sum(result["status"] == "passed" for result in results) > 30


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_parameters_equal_those_of_scikit_learn(kind, start, dimensions):
    x = groups(dimensions)
    settings = {"covariance_type": kind, "init_params": start, "random_state": 4, "max_iter": 40}
    # Exactly 40 iterations: none may end a run one iteration earlier by a rounding.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = GaussianMixture(3, tol=0, **settings).fit(x)
        theirs = reference.GaussianMixture(3, tol=0, **settings).fit(x)
    agree(ours, theirs)
    assert ours.n_iter_ == theirs.n_iter_ == len(ours.lower_bounds_)
    # The first bound of starts at single observations: scikit-learn's weights sum to K / N there.
    np.testing.assert_allclose(ours.lower_bounds_[1:], theirs.lower_bounds_[1:], rtol=1e-9)
    np.testing.assert_allclose(ours.score_samples(x), theirs.score_samples(x), rtol=1e-9)
    # Rounding of a log density of order 10 to 100, and the parameters' own 1e-8.
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-7)
    assert np.isclose(ours.bic(x), theirs.bic(x), rtol=1e-10)
    assert np.isclose(ours.aic(x), theirs.aic(x), rtol=1e-10)
    assert ours._n_parameters() == theirs._n_parameters()


@pytest.mark.parametrize("kind", KINDS)
def test_iris_equals_scikit_learn_to_the_iteration(iris, kind):
    settings = {"covariance_type": kind, "random_state": 1, "n_init": 3}
    ours = GaussianMixture(3, **settings).fit(iris)
    theirs = reference.GaussianMixture(3, **settings).fit(iris)
    agree(ours, theirs)
    assert (ours.converged_, ours.n_iter_) == (theirs.converged_, theirs.n_iter_)
    np.testing.assert_array_equal(ours.predict(iris), theirs.predict(iris))
    # From the same parameters, to the rounding of factors of condition 1e3 and distances of 1e2.
    for name in PARAMETERS:
        setattr(theirs, name, getattr(ours, name))
    np.testing.assert_allclose(ours.score_samples(iris), theirs.score_samples(iris), atol=1e-10)
    np.testing.assert_allclose(ours.predict_proba(iris), theirs.predict_proba(iris), atol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_draws_have_the_moments_of_the_fit(iris, kind):
    fitted = GaussianMixture(3, covariance_type=kind, random_state=1).fit(iris)
    x, labels = fitted.sample(20_000)
    assert x.shape == (20_000, 4)
    assert (np.diff(labels) >= 0).all()
    for k in range(3):
        members, weight = x[labels == k], fitted.weights_[k]
        # Five standard errors of about sixty numbers: by chance 4e-5.
        assert abs(len(members) / 20_000 - weight) < 5 * np.sqrt(weight * (1 - weight) / 20_000)
        covariance = fitted.covariances_ if kind == "tied" else fitted.covariances_[k]
        if kind in ("diag", "spherical"):
            covariance = np.diag(np.broadcast_to(covariance, 4))
        sds = np.sqrt(np.diag(covariance))
        errors = (members.mean(axis=0) - fitted.means_[k]) / sds * np.sqrt(len(members))
        assert np.abs(errors).max() < 5
        spread = np.sqrt(np.outer(sds**2, sds**2) + covariance**2) / np.sqrt(len(members))
        assert np.abs((np.cov(members.T) - covariance) / spread).max() < 5
    # An integer gives the same draws each time; a generator goes on.
    np.testing.assert_array_equal(fitted.sample(20_000)[0], x)
    fitted.set_params(random_state=np.random.RandomState(0))
    assert not np.array_equal(fitted.sample(5)[0], fitted.sample(5)[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [("weights",), ("means",), ("precisions",), "all"])
def test_given_starts_are_treated_as_in_scikit_learn(iris, kind, given):
    start = reference.GaussianMixture(3, covariance_type=kind, random_state=5, max_iter=2, tol=10)
    start.fit(iris)
    names = ("weights", "means", "precisions") if given == "all" else given
    values = {f"{name}_init": getattr(start, f"{name}_") for name in names}
    settings = {"covariance_type": kind, "random_state": 2, "max_iter": 15, "tol": 0, **values}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = GaussianMixture(3, **settings).fit(iris)
        theirs = reference.GaussianMixture(3, **settings).fit(iris)
    agree(ours, theirs)
    np.testing.assert_allclose(ours.lower_bounds_, theirs.lower_bounds_, rtol=1e-9)


def test_no_iterations_keep_the_start(iris):
    ours = GaussianMixture(3, random_state=0, max_iter=0).fit(iris)
    theirs = reference.GaussianMixture(3, random_state=0, max_iter=0).fit(iris)
    agree(ours, theirs)
    assert (ours.n_iter_, ours.lower_bound_, ours.converged_) == (0, -np.inf, False)


@pytest.mark.parametrize("tol", [1e-3, 1e-7])
def test_warm_starts_go_on_as_in_scikit_learn(iris, tol):
    settings = {"n_components": 3, "random_state": 0, "max_iter": 4, "warm_start": True}
    ours, theirs = (
        GaussianMixture(tol=tol, **settings),
        reference.GaussianMixture(tol=tol, **settings),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(6):
            ours.fit(iris)
            theirs.fit(iris)
            assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
            agree(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_integer_sample_weights_equal_repeated_rows(iris, kind):
    stream = np.random.default_rng(0)
    weights = stream.integers(0, 4, len(iris))
    means = iris[[10, 70, 120]]
    settings = {
        "covariance_type": kind,
        "weights_init": [0.3, 0.3, 0.4],
        "means_init": means,
        "precisions_init": {
            "full": np.broadcast_to(np.eye(4), (3, 4, 4)),
            "tied": np.eye(4),
            "diag": np.ones((3, 4)),
            "spherical": np.ones(3),
        }[kind],
    }
    weighted = GaussianMixture(3, **settings).fit(iris, sample_weight=weights)
    repeated = GaussianMixture(3, **settings).fit(np.repeat(iris, weights, axis=0))
    # Sums of the same numbers in another grouping.
    agree(weighted, repeated, 1e-10)
    assert weighted.n_iter_ == repeated.n_iter_


@pytest.mark.parametrize("start", STARTS)
def test_rows_of_weight_zero_are_inert(iris, start):
    weights = np.r_[np.ones(100), np.zeros(50)]
    settings = {"random_state": 0, "init_params": start}
    # Random starts depend on the rows, so the result must be the same as without these rows.
    weighted = GaussianMixture(2, **settings).fit(iris, sample_weight=weights)
    without = GaussianMixture(2, **settings).fit(iris[:100], sample_weight=np.ones(100))
    agree(weighted, without, 1e-12)


def test_large_offsets_of_float32_keep_the_variance():
    stream = np.random.default_rng(1)
    x = (stream.normal(size=(2000, 2)) + 10_000).astype(np.float32)
    for kind in KINDS:
        found = GaussianMixture(1, covariance_type=kind, reg_covar=0).fit(x)
        exact = np.cov(x.astype(np.float64).T, bias=True)
        want = {"full": exact[np.newaxis], "tied": exact, "diag": np.diag(exact)[np.newaxis]}
        want["spherical"] = np.array([np.trace(exact) / 2])
        # Centred before squaring: offset 1e4, spread 1, 1e-16 x 1e4 at worst.
        np.testing.assert_allclose(found.covariances_, want[kind], atol=1e-11)


def test_layouts_of_memory_do_not_matter(iris):
    settings = {"n_components": 3, "random_state": 0}
    wanted = GaussianMixture(**settings).fit(iris)
    wide = np.zeros((150, 9))
    wide[:, ::2][:, :4] = iris
    for x in (np.asfortranarray(iris), wide[:, ::2][:, :4], iris[::-1][::-1]):
        agree(GaussianMixture(**settings).fit(x), wanted, 0)
        np.testing.assert_array_equal(wanted.predict_proba(x), wanted.predict_proba(iris))


def test_pickles_clones_and_copies(iris):
    fitted = GaussianMixture(3, random_state=0).fit(iris)
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        agree(other, fitted, 0)
        np.testing.assert_array_equal(other.predict(iris), fitted.predict(iris))
        assert not hasattr(other, "_training")
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        fresh.predict(iris)
    # The data do not travel: ten thousand rows of 8 bytes would show.
    large = GaussianMixture(1).fit(np.random.default_rng(0).normal(size=(10_000, 1)))
    assert len(pickle.dumps(large)) < 10_000


def test_pipelines_and_grid_search(iris):
    pipeline = make_pipeline(StandardScaler(), GaussianMixture(random_state=0))
    search = GridSearchCV(pipeline, {"gaussianmixture__n_components": [1, 2, 3]}, cv=3)
    search.fit(iris)
    assert search.best_params_["gaussianmixture__n_components"] in (1, 2, 3)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_names_of_columns_are_kept():
    frame = load_iris(as_frame=True).data
    fitted = GaussianMixture(2, random_state=0).fit(frame)
    assert list(fitted.feature_names_in_) == list(frame.columns)
    assert fitted.n_features_in_ == 4
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame.rename(columns={frame.columns[0]: "else"}))


@pytest.mark.parametrize("kind", KINDS)
def test_partial_fit_approaches_the_fit(kind):
    x = groups(2, 40_000)
    parts = np.array_split(np.random.default_rng(0).permutation(x), 80)
    online = GaussianMixture(3, covariance_type=kind, random_state=0)
    for part in parts:
        assert online.partial_fit(part) is online
    whole = GaussianMixture(3, covariance_type=kind, tol=1e-8, max_iter=1000, random_state=0).fit(x)
    assert online.n_iter_ == 80
    # The last 1 / 80^-0.7 ~ 21 parts of 500 rows count: 1e4 rows, a standard error of 0.01 nats
    # for the parameters' share of the mean log likelihood (parameters / (2 n) = 1e-3).
    assert whole.score(x) - online.score(x) < 2e-3
    assert np.isclose(online.weights_.sum(), 1, atol=1e-12)


def test_one_part_is_one_iteration(iris):
    for kind in KINDS:
        online = GaussianMixture(3, covariance_type=kind, random_state=0).partial_fit(iris)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            once = GaussianMixture(3, covariance_type=kind, random_state=0, max_iter=1).fit(iris)
        # reg_covar goes out and in again: 1e-6 in variances of 0.1.
        agree(online, once, 1e-9)


def test_partial_fit_keeps_a_fixed_point(iris):
    for kind in KINDS:
        fitted = GaussianMixture(3, covariance_type=kind, tol=1e-12, max_iter=5000, random_state=0)
        fitted.fit(iris)
        before = copy.deepcopy(fitted)
        for _ in range(5):
            fitted.partial_fit(iris)
        # A gain below 1e-12 leaves parameters within its root of the maximum.
        agree(fitted, before, 1e-4, ("weights_", "means_", "covariances_"))
        assert fitted.n_iter_ == 6


def test_parts_count_by_their_rows_and_weights():
    stream = np.random.default_rng(0)
    parts = [stream.normal(size=(n, 1)) + n for n in (5_000, 5_000, 1)]
    online = GaussianMixture(1)
    mean, seen = 0.0, 0
    for part in parts:
        online.partial_fit(part)
        # A single row after 10,000 has a share of 1.6e-3, whatever the parts before were.
        share = (len(part) / (seen + len(part))) ** 0.7
        mean, seen = mean + share * (part.mean() - mean), seen + len(part)
        np.testing.assert_allclose(online.means_, mean, rtol=1e-13)
    weighted = GaussianMixture(1).partial_fit(parts[0], sample_weight=np.full(5_000, 2.0))
    weighted.partial_fit([[9_000.0]], sample_weight=[30_000.0])
    share = (30_000 / 40_000) ** 0.7
    mean = (1 - share) * parts[0].mean() + share * 9_000
    np.testing.assert_allclose(weighted.means_, mean, rtol=1e-13)
    # A pickle goes on with the same numbers.
    other = pickle.loads(pickle.dumps(weighted)).partial_fit(parts[1])
    np.testing.assert_array_equal(other.means_, weighted.partial_fit(parts[1]).means_)


@pytest.mark.parametrize("kind", KINDS)
def test_a_component_without_members_returns(kind):
    stream = np.random.default_rng(1)
    shape = {"full": (2, 1, 1), "tied": (1, 1), "diag": (2, 1), "spherical": (2,)}[kind]
    online = GaussianMixture(
        2,
        covariance_type=kind,
        weights_init=[1.0, 0.0],
        means_init=[[0.0], [50.0]],
        precisions_init=np.ones(shape),
    )
    for _ in range(20):
        online.partial_fit(stream.normal(size=(300, 1)))
        assert (online.weights_ > 0).all()
    np.testing.assert_allclose(online.means_[1], 50)
    online.partial_fit(stream.normal(size=(300, 1)) + 50)
    np.testing.assert_allclose(online.weights_[1], (1 / 21) ** 0.7, rtol=1e-9)
    # The mean of 300 rows: 5 standard errors.
    assert abs(online.means_[1, 0] - 50) < 5 / np.sqrt(300)


def test_parts_that_are_sorted_by_group_lose_no_component():
    stream = np.random.default_rng(4)
    groups = [stream.normal(center, 1, (500, 1)) for center in (0, 10, 20)]
    online = GaussianMixture(3, random_state=0).partial_fit(np.concatenate(groups))
    for group in groups:
        for _ in range(40):
            online.partial_fit(group, sample_weight=np.full(500, 3.0))
            assert (online.weights_ > 0).all()
    # The first two groups are left with the products of 1 - share over the parts since.
    assert online.weights_.min() < 0.1
    for _ in range(150):
        online.partial_fit(np.concatenate(groups), sample_weight=np.full(1_500, 3.0))
    order = np.argsort(online.means_[:, 0])
    np.testing.assert_allclose(online.weights_[order], 1 / 3, atol=0.02)
    np.testing.assert_allclose(online.means_[order, 0], [0, 10, 20], atol=0.5)


def test_verbose_tells_starts_and_iterations(iris, capsys):
    GaussianMixture(3, verbose=2, verbose_interval=1, n_init=2, random_state=0).fit(iris)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Initialization 0"
    assert "Initialization 1" in lines
    assert any(line.startswith("  Iteration 2\t") for line in lines)
    assert lines[-1].startswith("Initialization converged.")


# --------------------------------------------------------------------------------------- Import


def test_importing_gmmswift_does_not_import_scikit_learn():
    code = "import sys, gmmswift; gmmswift.__dir__(); print('sklearn' in sys.modules)"
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "False\n"


def test_without_scikit_learn_the_extra_is_named():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from gmmswift import *\n"
        "import gmmswift\n"
        "for name in ('GaussianMixture', 'BayesianGaussianMixture'):\n"
        "    try:\n"
        "        getattr(gmmswift, name)\n"
        "    except ImportError as error:\n"
        "        print(error)\n"
    )
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert out.count("pip install 'gmmswift[sklearn]'") == 2


def test_examples_of_the_estimators_hold():
    import doctest
    import importlib

    module = importlib.import_module("gmmswift.estimators._gaussian_mixture")
    assert doctest.testmod(module).failed == 0
    assert "GaussianMixture" in dir(gm)
