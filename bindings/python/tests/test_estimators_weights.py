"""Sample weights in fits, scores and criteria are rows as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gmmswift as gm
from gmmswift import BayesianGaussianMixture, GaussianMixture

IRIS = load_iris().data
WEIGHTS = np.random.default_rng(0).integers(0, 4, 150)
REPEATED = np.repeat(IRIS, WEIGHTS, axis=0)
KINDS = ("full", "tied", "diag", "spherical")
START = {"weights": np.array([0.3, 0.3, 0.4]), "means": IRIS[[10, 70, 120]]}
COVARIANCES = {
    "full": np.broadcast_to(np.eye(4), (3, 4, 4)),
    "tied": np.eye(4),
    "diag": np.ones((3, 4)),
    "spherical": np.ones(3),
}


def started(kind, **settings):
    """Return an estimator with a start in which precisions and covariances are equal."""
    return GaussianMixture(
        3,
        covariance_type=kind,
        weights_init=START["weights"],
        means_init=START["means"],
        precisions_init=COVARIANCES[kind],
        **settings,
    )


def test_a_known_case():
    x = np.array([0, 1, 2, 9, 10.0])[:, np.newaxis]
    counts = np.array([100, 200, 100, 5, 5])
    mixture = GaussianMixture(1).fit(x, sample_weight=counts)
    assert mixture.bic(x) == pytest.approx(79.7, abs=0.05)
    assert mixture.bic(x, sample_weight=counts) == pytest.approx(1501.3, abs=0.05)
    repeated = np.repeat(x, counts, axis=0)
    other = GaussianMixture(1).fit(repeated)
    # Sums of 410 numbers in another grouping.
    assert mixture.bic(x, counts) == pytest.approx(other.bic(repeated), rel=1e-12)
    assert mixture.aic(x, counts) == pytest.approx(other.aic(repeated), rel=1e-12)
    assert mixture.score(x, sample_weight=counts) == pytest.approx(other.score(repeated), rel=1e-12)


@pytest.mark.parametrize("estimator", [GaussianMixture, BayesianGaussianMixture])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_scores_are_those_of_repeated_rows(estimator, dtype):
    x = IRIS.astype(dtype)
    mixture = estimator(n_components=2, random_state=0).fit(x, sample_weight=WEIGHTS)
    repeated = mixture.score(np.repeat(x, WEIGHTS, axis=0))
    tolerance = 1e-12 if dtype == np.float64 else 1e-6
    assert mixture.score(x, sample_weight=WEIGHTS) == pytest.approx(repeated, rel=tolerance)
    assert mixture.score(x, None, 2.0 * WEIGHTS) == pytest.approx(repeated, rel=tolerance)
    assert mixture.score(x) != pytest.approx(repeated, rel=1e-3)
    # A number is for all rows.
    assert mixture.score(x, sample_weight=2.5) == pytest.approx(mixture.score(x), rel=tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_fits_and_criteria_are_those_of_fit_em(kind):
    mixture = started(kind, reg_covar=0, tol=1e-12, max_iter=1000)
    mixture.fit(IRIS, sample_weight=WEIGHTS)
    fit = gm.fit_em(
        IRIS,
        3,
        covariance_type=kind,
        sample_weight=WEIGHTS,
        initial={**START, "covariances": COVARIANCES[kind]},
        criterion="lower_bound",
        tol=1e-12,
        max_iter=1000,
        order="start",
    )
    # Rows of weight 0 are left out by the estimator, so sums are rounded in another grouping.
    np.testing.assert_allclose(mixture.weights_, fit.weights, rtol=1e-10)
    np.testing.assert_allclose(mixture.means_, fit.means, rtol=1e-10)
    np.testing.assert_allclose(mixture.covariances_, fit.covariances, rtol=0, atol=1e-10)
    np.testing.assert_allclose(mixture.lower_bounds_, fit.history, rtol=1e-10)
    assert mixture.bic(IRIS, sample_weight=WEIGHTS) == pytest.approx(fit.bic, rel=1e-9)
    assert mixture.aic(IRIS, sample_weight=WEIGHTS) == pytest.approx(fit.aic, rel=1e-9)


@pytest.mark.parametrize("method", ["score", "bic", "aic"])
def test_bad_weights_are_refused(method):
    mixture = GaussianMixture(2, random_state=0).fit(IRIS)
    for weights, message in [
        (-np.ones(150), r"sample_weight\[0\]: must be finite and not negative, got -1"),
        (np.zeros(150), "sample_weight: must not be all zeros"),
        (np.ones(149), r"sample_weight: must have shape \(150,\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            getattr(mixture, method)(IRIS, sample_weight=weights)


def test_weights_reach_an_estimator_by_metadata_routing():
    with sklearn.config_context(enable_metadata_routing=True):
        mixture = GaussianMixture(random_state=0, tol=1e-6)
        mixture.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=True)
        pipeline = make_pipeline(scaler, mixture)
        pipeline.fit(IRIS, sample_weight=WEIGHTS)
        score = pipeline.score(IRIS, sample_weight=WEIGHTS)
        repeated = make_pipeline(StandardScaler(), GaussianMixture(tol=1e-6)).fit(REPEATED)
        # One component has one start.
        assert score == pytest.approx(repeated.score(REPEATED), rel=1e-9)

        search = GridSearchCV(mixture, {"n_components": [1, 2]}, cv=3)
        search.fit(IRIS, sample_weight=WEIGHTS)
        folds = [np.split(np.arange(150), 3)[i] for i in range(3)]
        expected = []
        for fold in folds:
            rest = np.setdiff1d(np.arange(150), fold)
            one = GaussianMixture(random_state=0, tol=1e-6)
            one.fit(IRIS[rest], sample_weight=WEIGHTS[rest])
            expected.append(one.score(IRIS[fold], sample_weight=WEIGHTS[fold]))
        found = search.cv_results_["mean_test_score"][0]
        assert found == pytest.approx(np.mean(expected), rel=1e-9)
        # Nobody has asked for the weights of a part; they are refused, and not ignored.
        assert (
            "sample_weight"
            in mixture.set_partial_fit_request(sample_weight=True)
            .get_metadata_routing()
            .partial_fit.requests
        )
