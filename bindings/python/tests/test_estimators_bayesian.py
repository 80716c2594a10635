"""Variational Bayes against scikit-learn, and estimators that lead to the exact posterior."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pytest
from sklearn import mixture as reference
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.estimator_checks import check_estimator

import gmmswift as gm
from gmmswift import BayesianGaussianMixture, GaussianMixture

KINDS = ("full", "tied", "diag", "spherical")
TYPES = ("dirichlet_process", "dirichlet_distribution")
STARTS = ("kmeans", "k-means++", "random", "random_from_data")
FITTED = (
    "weights_",
    "means_",
    "covariances_",
    "precisions_",
    "precisions_cholesky_",
    "weight_concentration_",
    "mean_precision_",
    "degrees_of_freedom_",
    "weight_concentration_prior_",
    "mean_precision_prior_",
    "mean_prior_",
    "degrees_of_freedom_prior_",
    "covariance_prior_",
)


@pytest.fixture(scope="module")
def iris():
    return load_iris().data


def agree(ours, theirs, tolerance=1e-8, names=FITTED):
    for name in names:
        a, b = np.asarray(getattr(ours, name)), np.asarray(getattr(theirs, name))
        assert a.shape == b.shape, name
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max(), err_msg=name)


def test_it_passes_the_checks_of_scikit_learn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(BayesianGaussianMixture(), on_fail=None)
    failed = [f"{r['check_name']}: {r['exception']!r}" for r in results if r["status"] == "failed"]
    assert not failed, "\n".join(failed)
    assert sum(result["status"] == "passed" for result in results) > 30


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prior", TYPES)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("columns", [slice(None), slice(2, 3)])
def test_everything_equals_scikit_learn(iris, kind, prior, start, columns):
    x = iris[:, columns]
    settings = {
        "n_components": 4,
        "covariance_type": kind,
        "weight_concentration_prior_type": prior,
        "init_params": start,
        "random_state": 1,
        "max_iter": 60,
        "tol": 0,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = BayesianGaussianMixture(**settings).fit(x)
        theirs = reference.BayesianGaussianMixture(**settings).fit(x)
    agree(ours, theirs)
    # The bound is a sum over 150 observations of order 1e3, and differences of log gammas of it.
    bounds = np.ravel(theirs.lower_bounds_)  # (n, 1) where tied
    np.testing.assert_allclose(ours.lower_bounds_, bounds, rtol=0, atol=1e-8)
    np.testing.assert_allclose(ours.score_samples(x), theirs.score_samples(x), atol=1e-8)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-8)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))


@pytest.mark.parametrize("kind", KINDS)
def test_given_priors_and_several_starts_equal_scikit_learn(iris, kind):
    scale = {"full": np.eye(4) * 0.3, "tied": np.eye(4), "diag": np.full(4, 0.2), "spherical": 0.5}
    settings = {
        "n_components": 3,
        "covariance_type": kind,
        "n_init": 3,
        "weight_concentration_prior": 2.5,
        "mean_precision_prior": 0.1,
        "mean_prior": [5.0, 3.0, 4.0, 1.0],
        "degrees_of_freedom_prior": 6.5,
        "covariance_prior": scale[kind],
        "random_state": 3,
    }
    ours = BayesianGaussianMixture(**settings).fit(iris)
    theirs = reference.BayesianGaussianMixture(**settings).fit(iris)
    agree(ours, theirs)
    assert (ours.converged_, ours.n_iter_) == (theirs.converged_, theirs.n_iter_)


def test_warm_starts_go_on_as_in_scikit_learn(iris):
    settings = {"n_components": 3, "random_state": 0, "max_iter": 4, "warm_start": True}
    ours = BayesianGaussianMixture(**settings)
    theirs = reference.BayesianGaussianMixture(**settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(6):
            ours.fit(iris)
            theirs.fit(iris)
            assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
            agree(ours, theirs)


@pytest.mark.parametrize("prior", TYPES)
def test_the_bound_never_falls(iris, prior):
    # With full covariances alone: others update a bound that is not quite theirs, in scikit-learn
    # as here.
    fitted = BayesianGaussianMixture(
        n_components=3,
        random_state=0,
        reg_covar=0,
        weight_concentration_prior_type=prior,
        tol=1e-6,
        max_iter=500,
    ).fit(iris)
    assert (np.diff(fitted.lower_bounds_) > -1e-8).all()


@pytest.mark.parametrize("kind", KINDS)
def test_integer_sample_weights_equal_repeated_rows(iris, kind):
    # One component has one start.
    weights = np.random.default_rng(0).integers(0, 4, len(iris))
    weighted = BayesianGaussianMixture(covariance_type=kind).fit(iris, sample_weight=weights)
    repeated = BayesianGaussianMixture(covariance_type=kind).fit(np.repeat(iris, weights, axis=0))
    agree(weighted, repeated, 1e-11)


def test_pickles_clones_and_copies(iris):
    fitted = BayesianGaussianMixture(n_components=3, random_state=0).fit(iris)
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        agree(other, fitted, 0)
        np.testing.assert_array_equal(other.predict(iris), fitted.predict(iris))
    assert clone(fitted).get_params() == fitted.get_params()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight_concentration_prior_type": "luck"}, "weight_concentration_prior_type: must be"),
        ({"weight_concentration_prior": 0}, "weight_concentration_prior: must be finite and posi"),
        ({"mean_precision_prior": -1}, "mean_precision_prior: must be finite and positive"),
        ({"mean_prior": [0.0]}, r"mean_prior: must have shape \(4,\)"),
        ({"degrees_of_freedom_prior": 3}, r"greater than D - 1 = 3, got 3"),
        ({"covariance_prior": np.eye(3)}, r"covariance_prior: must have shape \(4, 4\)"),
        (
            {"covariance_prior": -np.eye(4)},
            "covariance_prior: must be positive def.* eigenvalue -1",
        ),
        ({"covariance_type": "diag", "covariance_prior": np.zeros(4)}, "must be positive"),
        ({"n_components": 151}, "n_samples >= n_components"),
    ],
)
def test_parameters_out_of_range_are_named(iris, settings, message):
    with pytest.raises(ValueError, match=message):
        BayesianGaussianMixture(**settings).fit(iris)


# ------------------------------------------------------------------------------ Exact posteriors


@pytest.mark.parametrize("estimator", [GaussianMixture, BayesianGaussianMixture])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimensions", [1, 3])
def test_chains_start_from_the_fit(estimator, kind, dimensions):
    stream = np.random.default_rng(5)
    labels = stream.choice(3, 900, p=[0.2, 0.3, 0.5])
    centers = 20.0 * np.array([2, 0, 1])  # not in order: labels tell where a chain started
    x = centers[labels, np.newaxis] + stream.normal(size=(900, dimensions))
    fitted = estimator(n_components=3, covariance_type=kind, random_state=0)
    if estimator is BayesianGaussianMixture:
        fitted.weight_concentration_prior_type = "dirichlet_distribution"
    fitted.fit(x)
    post = fitted.posterior(draws=20, tune=0, chains=3, random_seed=1)
    assert isinstance(post, gm.Posterior)
    means = np.asarray(post.as_drawn["means"]).reshape(3, 20, 3, dimensions)
    # Groups of 180 and more with sd 1: means within 6 standard errors, 6 / sqrt(180) = 0.45, and
    # of those of the fit, the prior's pull included.
    assert np.abs(means - fitted.means_).max() < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_one_component_has_the_conjugate_posterior(kind):
    stream = np.random.default_rng(8)
    x = stream.normal(size=(60, 3)) * [1.0, 2.0, 0.5] + [0.0, 10.0, -3.0]
    fitted = BayesianGaussianMixture(
        covariance_type=kind,
        reg_covar=0,
        weight_concentration_prior_type="dirichlet_distribution",
    ).fit(x)
    draws, chains = 4_000, 2
    post = fitted.posterior(draws=draws, chains=chains, random_seed=2)
    means = np.asarray(post["means"]).reshape(-1, 3)
    error = means.std(axis=0) / np.sqrt(len(means))
    # Independent draws: 5 standard errors.
    assert (np.abs(means.mean(axis=0) - fitted.means_[0]) < 5 * error).all()
    name = "covariances" if kind in ("full", "tied") else "sd"
    spread = np.asarray(post[name]).reshape(draws * chains, -1)
    variances = spread if name == "covariances" else spread**2
    # Means of inverse Wishart and inverse gamma distributions.
    lost = {"full": 4, "tied": 4, "diag": 2, "spherical": 2 / 3}[kind]
    dof = fitted.degrees_of_freedom_
    expected = np.ravel(fitted.covariances_) * np.ravel(dof / (dof - lost))[0]
    error = variances.std(axis=0) / np.sqrt(len(variances))
    assert (np.abs(variances.mean(axis=0) - expected) < 5 * error).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_has_its_own_posterior(iris, kind):
    fitted = BayesianGaussianMixture(
        n_components=4, covariance_type=kind, weight_concentration_prior=0.7
    )
    fitted.fit(iris)
    post = fitted.posterior(draws=300, random_seed=1)
    assert post.model.n_components == gm.DirichletProcess(0.7)
    model = gm.Mixture(
        gm.DirichletProcess(0.7), covariance_type=kind, components=post.model.components
    )
    expected = gm.sample(model, iris, 300, random_seed=1)
    np.testing.assert_array_equal(post["weights"], expected["weights"])
    known = fitted.posterior(draws=20, priors={"weights": gm.Dirichlet(0.7 / 4)}, random_seed=1)
    assert known.model.n_components == 4
    larger = BayesianGaussianMixture(n_components=100, random_state=0).fit(iris)
    assert larger.posterior(draws=2, tune=0).model.n_components.max == 100


def test_priors_and_constraints_can_be_given(iris):
    fitted = GaussianMixture(2, random_state=0).fit(iris)
    priors = {"weights": gm.Dirichlet(3.0, minimum=0.1), "ordered": True, "order_by": 2}
    post = fitted.posterior(draws=50, priors=priors, random_seed=0)
    assert post.model.weights == priors["weights"]
    assert (np.diff(post["means"][..., 2], axis=-1) > 0).all()
    variational = BayesianGaussianMixture(n_components=2, random_state=0).fit(iris)
    conjugate = gm.NormalInverseWishart(iris.mean(axis=0), 0.5, 7.0, np.eye(4))
    post = variational.posterior(draws=50, priors={"components": conjugate}, random_seed=0)
    assert post.model.components == conjugate


def test_a_posterior_needs_data(iris):
    fitted = pickle.loads(pickle.dumps(GaussianMixture(2, random_state=0).fit(iris)))
    with pytest.raises(ValueError, match="X: must be given"):
        fitted.posterior(draws=10)
    assert fitted.posterior(iris, draws=10, random_seed=0)["means"].shape == (4, 10, 2, 4)
    weighted = GaussianMixture(2, random_state=0).fit(iris, sample_weight=np.full(150, 2.0))
    options = {"draws": 10, "random_seed": 0}
    assert not np.array_equal(
        weighted.posterior(**options)["means"], weighted.posterior(iris, **options)["means"]
    )


def test_examples_hold():
    import doctest
    import importlib

    module = importlib.import_module("gmmswift.estimators._bayesian_mixture")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("kind", KINDS)
def test_shares_that_underflow_still_decide_far_away(kind):
    # Components without members keep log shares of about -1e4, and the prior's wide covariance:
    # far from the data they are what is most probable.
    x = np.random.default_rng(0).normal(size=(400, 2)) * [1, 0.5]
    x[::2] += 8
    settings = {
        "n_components": 5,
        "covariance_type": kind,
        "weight_concentration_prior": 1e-4,
        "weight_concentration_prior_type": "dirichlet_distribution",
        "random_state": 0,
        "max_iter": 300,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = BayesianGaussianMixture(**settings).fit(x)
        theirs = reference.BayesianGaussianMixture(**settings).fit(x)
    assert np.ptp(ours._component_shares()["log_weights"]) > 1_000
    for name, value in vars(ours).items():
        if name.endswith("_") and hasattr(theirs, name):
            setattr(theirs, name, value)
    far = np.concatenate([x[:20], x[:20] * 30, np.outer([10, 50, 100, 150, 300], [1, -1])])
    # Log densities reach 1e5, whose rounding is 1e-11; probabilities inherit it.
    np.testing.assert_allclose(ours.score_samples(far), theirs.score_samples(far), rtol=1e-12)
    np.testing.assert_allclose(ours.predict_proba(far), theirs.predict_proba(far), atol=1e-8)
    np.testing.assert_array_equal(ours.predict(far), theirs.predict(far))
    if kind == "full":
        assert len(set(ours.predict(far))) > 2
