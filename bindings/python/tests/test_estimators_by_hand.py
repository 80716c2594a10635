"""Estimators whose parameters are set and not fitted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import mixture as reference
from sklearn.exceptions import NotFittedError

import gmmswift as gm
from gmmswift import BayesianGaussianMixture, GaussianMixture

KINDS = ("full", "tied", "diag", "spherical")
WEIGHTS = np.array([0.3, 0.7])
MEANS = np.array([[0.0, 1.0], [4.0, -2.0]])
MATRICES = np.array([[[1.0, 0.3], [0.3, 2.0]], [[0.5, -0.1], [-0.1, 0.8]]])
COVARIANCES = {
    "full": MATRICES,
    "tied": MATRICES[0],
    "diag": np.array([[1.0, 2.0], [0.5, 0.8]]),
    "spherical": np.array([1.0, 0.6]),
}
X = np.random.default_rng(0).normal(size=(60, 2)) * 2


def by_hand(kind, **attributes):
    mixture = GaussianMixture(2, covariance_type=kind, random_state=0)
    own = {"weights_": WEIGHTS, "means_": MEANS, "covariances_": COVARIANCES[kind]}
    for name, value in {**own, **attributes}.items():
        if value is not None:
            setattr(mixture, name, value)
    return mixture


def log_density(kind):
    covariances = COVARIANCES[kind]
    if kind in ("diag", "spherical"):
        covariances = [np.diag(np.broadcast_to(each, 2)) for each in covariances]
    elif kind == "tied":
        covariances = [covariances, covariances]
    each = [
        np.log(weight) + stats.multivariate_normal(mean, covariance).logpdf(X)
        for weight, mean, covariance in zip(WEIGHTS, MEANS, covariances, strict=True)
    ]
    return np.logaddexp(*each)


@pytest.mark.parametrize("kind", KINDS)
def test_all_methods_work(kind):
    mixture, logs = by_hand(kind), log_density(kind)
    np.testing.assert_allclose(mixture.score_samples(X), logs, rtol=1e-12)
    assert mixture.score(X) == pytest.approx(logs.mean(), rel=1e-12)
    count = {"full": 11, "tied": 8, "diag": 9, "spherical": 7}[kind]
    assert mixture.bic(X) == pytest.approx(-2 * logs.sum() + count * np.log(60), rel=1e-12)
    assert mixture.aic(X) == pytest.approx(-2 * logs.sum() + 2 * count, rel=1e-12)
    np.testing.assert_array_equal(mixture.predict(X), mixture.predict_proba(X).argmax(axis=1))
    draws, labels = mixture.sample(50)
    assert draws.shape == (50, 2)
    assert set(labels) == {0, 1}
    post = mixture.posterior(X, draws=5, chains=2, random_seed=1)
    assert post["means"].shape == (2, 5, 2, 2)
    with pytest.raises(ValueError, match=r"X: must be given where .* made by hand"):
        mixture.posterior(draws=5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_are_scikit_learns(kind):
    theirs = reference.GaussianMixture(2, covariance_type=kind)
    theirs.weights_, theirs.means_, theirs.covariances_ = WEIGHTS, MEANS, COVARIANCES[kind]
    has_matrices = kind in ("full", "tied")
    precisions = np.linalg.inv(COVARIANCES[kind]) if has_matrices else 1 / COVARIANCES[kind]
    start = GaussianMixture(
        2,
        covariance_type=kind,
        weights_init=WEIGHTS,
        means_init=MEANS,
        precisions_init=precisions,
        max_iter=0,
    ).fit(X)
    theirs.precisions_cholesky_ = start.precisions_cholesky_
    for mixture in (
        by_hand(kind),
        start,
        by_hand(kind, covariances_=None, precisions_cholesky_=start.precisions_cholesky_),
        by_hand(kind, weights_=WEIGHTS.tolist(), means_=MEANS.tolist()),
    ):
        assert mixture.bic(X) == pytest.approx(theirs.bic(X), rel=1e-12)
        assert mixture.aic(X) == pytest.approx(theirs.aic(X), rel=1e-12)
        assert mixture.score(X) == pytest.approx(theirs.score(X), rel=1e-12)
        np.testing.assert_allclose(mixture.predict_proba(X), theirs.predict_proba(X), rtol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_and_pickles_go_on_from_it(kind):
    mixture = by_hand(kind).partial_fit(X)
    assert mixture.n_features_in_ == 2
    assert mixture.n_iter_ == 2
    step = gm.MixtureStatistics(
        {
            "weights": WEIGHTS,
            "means": MEANS,
            "covariances": COVARIANCES[kind],
            "covariance_type": kind,
        },
        X,
    ).maximize(regularization=1e-6)
    # The parameters that were set count as many rows as the part: a fraction of 2^-0.7.
    share = 2**-0.7
    expected = (1 - share) * WEIGHTS + share * step.weights
    np.testing.assert_allclose(mixture.weights_, expected, rtol=1e-12)
    single = by_hand(kind, weights_=np.array([0.3, 0.7], np.float32) * np.float32(1 + 1e-7))
    assert single.score(X) == pytest.approx(by_hand(kind).score(X), rel=1e-6)
    assert single.sample(4)[0].shape == (4, 2)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"weights_": [1.0]}, r"weights_: must have shape \(2,\), got \(1,\)"),
        ({"weights_": [0.5, 0.6]}, r"weights_?: must sum to 1, got 1.1"),
        ({"weights_": [1.5, -0.5]}, r"weights_?(\[1\])?: must not be negative, got -0.5"),
        ({"weights_": [np.nan, 0.5]}, r"weights_?(\[0\])?: must be finite, got"),
        ({"means_": [0.0, 1.0]}, r"means_: must have shape \(K, D\), got \(2,\)"),
        ({"means_": [[0.0, np.inf], [0, 0]]}, r"means\[1\]: must be finite, got inf"),
        ({"means_": np.zeros((3, 2))}, r"weights_: must have shape \(3,\)|must be that of the fit"),
        ({"covariances_": np.ones(2)}, r"covariances of shape \(2,\), got 'full'"),
        (
            {"covariances_": -MATRICES},
            r"covariances\[0\]: must have variances|covariance of component 0 must be pos",
        ),
    ],
)
def test_what_is_no_mixture_is_refused(attributes, message):
    for call in ("score_samples", "predict", "bic", "partial_fit", "posterior"):
        with pytest.raises(ValueError, match=message):
            getattr(by_hand("full", **attributes), call)(X)


def test_other_sizes_are_refused():
    with pytest.raises(ValueError, match="X has 3 features, but GaussianMixture is expecting 2"):
        by_hand("full").predict(np.zeros((4, 3)))
    with pytest.raises(ValueError, match="n_components: must be that of the fit, 2, got 5"):
        by_hand("full").set_params(n_components=5).bic(X)
    mixture = GaussianMixture(2)
    mixture.weights_ = WEIGHTS
    with pytest.raises(NotFittedError):
        mixture.predict(X)
    # Variational Bayes predicts with more than these.
    variational = BayesianGaussianMixture(n_components=2)
    variational.weights_, variational.means_, variational.covariances_ = WEIGHTS, MEANS, MATRICES
    with pytest.raises(NotFittedError):
        variational.predict(X)
    assert variational.sample(3)[0].shape == (3, 2)
