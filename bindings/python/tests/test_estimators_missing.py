"""Estimators and statistics of data with missing values."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gmmswift as gm
from gmmswift import BayesianGaussianMixture, GaussianMixture

RNG = np.random.default_rng(0)
COMPLETE = np.r_[RNG.normal(0, 1, (200, 3)), RNG.normal(4, 1, (150, 3))]
HOLES = COMPLETE.copy()
HOLES[RNG.random(COMPLETE.shape) < 0.2] = np.nan
EMPTY = np.isnan(HOLES).all(axis=1)
KINDS = ("full", "tied", "diag", "spherical", "tied-diag", "tied-spherical")
STARTS = ("kmeans", "k-means++", "random", "random_from_data")


@pytest.fixture(scope="module")
def fitted():
    return GaussianMixture(2, random_state=0, tol=1e-9, max_iter=2_000).fit(HOLES)


def test_the_tag_says_who_takes_missing_values():
    for estimator, takes in [(GaussianMixture, True), (BayesianGaussianMixture, False)]:
        assert estimator().__sklearn_tags__().input_tags.allow_nan is takes
    with pytest.raises(ValueError, match=r"NaN.* row 0, column 0\. GaussianMixture takes missing"):
        BayesianGaussianMixture(n_components=2).fit(HOLES)


# From single rows, scikit-learn's start of a tied matrix is about the origin, and hides the groups.
@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (kind, start)
        for kind in KINDS
        for start in STARTS
        if kind != "tied" or start in ("kmeans", "random")
    ],
)
def test_fits_reach_the_maximum_of_the_library(kind, start):
    assert EMPTY.sum() == 3
    settings = {"random_state": 1, "tol": 1e-10, "max_iter": 5_000}
    mixture = GaussianMixture(2, covariance_type=kind, init_params=start, **settings).fit(HOLES)
    fit = gm.fit_em(
        gm.Data(HOLES, missing="mar"), 2, covariance_type=kind, random_seed=1, tol=1e-10
    )
    # EM gains less than 1e-10 of a row in the last step, and at most some hundred times that in
    # all that follow; the 1e-6 of `reg_covar` on the diagonal costs no more.
    likelihood = mixture.score(HOLES) * (~EMPTY).sum()
    assert likelihood == pytest.approx(fit.log_likelihood, abs=1e-5)
    assert mixture.lower_bound_ == pytest.approx(mixture.score(HOLES), abs=1e-8)
    assert mixture.bic(HOLES) == pytest.approx(fit.bic, abs=2e-5)
    assert mixture.aic(HOLES) == pytest.approx(fit.aic, abs=2e-5)
    # The entropy is not at a maximum, so it moves with the root of what the likelihood lacks.
    assert mixture.icl(HOLES) == pytest.approx(fit.icl, abs=0.05)


def test_predictions_are_from_what_a_row_has(fitted):
    probabilities, logs = fitted.predict_proba(HOLES), fitted.score_samples(HOLES)
    parts = np.zeros((len(HOLES), 2))
    for i, row in enumerate(HOLES):
        has = ~np.isnan(row)
        for k in range(2):
            y = row[has] - fitted.means_[k, has]
            covariance = fitted.covariances_[k][np.ix_(has, has)]
            parts[i, k] = np.log(fitted.weights_[k]) - 0.5 * (
                y @ np.linalg.solve(covariance, y)
                + np.linalg.slogdet(2 * np.pi * covariance).logabsdet
            )
    assert_allclose(logs, np.logaddexp(*parts.T), rtol=1e-10, atol=1e-12)
    assert_allclose(probabilities, np.exp(parts - logs[:, np.newaxis]), rtol=1e-9, atol=1e-12)
    assert_array_equal(fitted.predict(HOLES), parts.argmax(axis=1))
    assert_allclose(probabilities[EMPTY], fitted.weights_[np.newaxis].repeat(3, axis=0))
    assert fitted.score(HOLES) == pytest.approx(logs[~EMPTY].mean(), rel=1e-12)
    weights = np.arange(len(HOLES)) % 3
    counted = weights[~EMPTY]
    assert fitted.score(HOLES, sample_weight=weights) == pytest.approx(
        logs[~EMPTY] @ counted / counted.sum(), rel=1e-12
    )
    assert np.isfinite(fitted.sample(5)[0]).all()
    labels = clone(fitted).fit_predict(HOLES)
    assert_array_equal(labels, fitted.predict(HOLES))
    # What is seen of most rows tells their group.
    truth = np.arange(len(HOLES)) >= 200
    right = max(np.mean((labels == 1) == truth), np.mean((labels == 0) == truth))
    assert right > 0.95


def test_rows_without_values_count_for_nothing(fitted):
    assert_array_equal(clone(fitted).fit(HOLES[~EMPTY]).means_, fitted.means_)
    assert fitted.bic(HOLES) == pytest.approx(fitted.bic(HOLES[~EMPTY]), rel=1e-14)
    nothing = np.full((4, 3), np.nan)
    assert_allclose(fitted.score_samples(nothing), 0, atol=1e-12)
    for call in (fitted.score, fitted.bic, clone(fitted).fit, clone(fitted).partial_fit):
        with pytest.raises(ValueError, match="X: must have a value in a row of positive weight"):
            call(nothing)
    lacking = np.c_[COMPLETE, np.full(len(COMPLETE), np.nan)]
    for call in (clone(fitted).fit, clone(fitted).partial_fit):
        with pytest.raises(ValueError, match="X: must have a value in every column, got none in"):
            call(lacking)


def test_missing_values_come_in_every_notation_of_scikit_learn(fitted):
    listed = [[None if np.isnan(x) else x for x in row] for row in HOLES]
    assert_array_equal(clone(fitted).fit(listed).means_, fitted.means_)
    single = clone(fitted).fit(HOLES.astype(np.float32))
    assert single.means_.dtype == single.score_samples(HOLES.astype(np.float32)).dtype == np.float32
    assert_allclose(single.means_, fitted.means_, rtol=1e-4, atol=1e-4)
    with pytest.raises(ValueError, match="X: must have no masked values"):
        clone(fitted).fit(np.ma.MaskedArray(HOLES, np.isnan(HOLES)))
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(HOLES, columns=["a", "b", "c"])
    for table in (frame, frame.convert_dtypes()):
        named = clone(fitted).fit(table)
        assert_array_equal(named.means_, fitted.means_)
        assert list(named.feature_names_in_) == ["a", "b", "c"]


def test_estimators_with_missing_values_are_parts_of_larger_ones(fitted):
    scaled = make_pipeline(StandardScaler(), clone(fitted)).fit(HOLES)
    assert np.mean(scaled.predict(HOLES) == fitted.predict(HOLES)) in (0, 1)
    search = GridSearchCV(GaussianMixture(random_state=0), {"n_components": [1, 2]}, cv=3)
    order = np.random.default_rng(1).permutation(len(HOLES))
    assert search.fit(HOLES[order]).best_params_ == {"n_components": 2}
    again = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(again.predict_proba(HOLES), fitted.predict_proba(HOLES))


def test_sample_weights_repeat_rows_with_holes(fitted):
    weights = np.arange(len(HOLES)) % 3
    start = {
        "weights_init": fitted.weights_,
        "means_init": fitted.means_,
        "precisions_init": fitted.precisions_,
    }
    settings = {"max_iter": 20, "tol": 0.0, **start}
    with pytest.warns(match="did not converge"):
        weighted = GaussianMixture(2, **settings).fit(HOLES, sample_weight=weights)
    with pytest.warns(match="did not converge"):
        repeated = GaussianMixture(2, **settings).fit(HOLES.repeat(weights, axis=0))
    assert_allclose(weighted.means_, repeated.means_, rtol=1e-9, atol=1e-12)
    assert weighted.bic(HOLES, sample_weight=weights) == pytest.approx(
        repeated.bic(HOLES.repeat(weights, axis=0)), rel=1e-12
    )


def test_parts_with_holes_are_learned():
    # One step of the first part is one iteration of a fit.
    with pytest.warns(match="did not converge"):
        one = GaussianMixture(2, random_state=0, max_iter=1).fit(HOLES)
    first = GaussianMixture(2, random_state=0).partial_fit(HOLES)
    assert_allclose(first.means_, one.means_, rtol=1e-9, atol=1e-12)
    assert_allclose(first.covariances_, one.covariances_, rtol=1e-8, atol=1e-12)
    # Many parts in random order come near the fit, and a later part may lack a whole column.
    order = np.random.default_rng(2).permutation(len(HOLES))
    learned = GaussianMixture(2, random_state=0)
    for _ in range(20):
        for part in np.array_split(HOLES[order], 3):
            learned.partial_fit(part)
    fit = GaussianMixture(2, random_state=0, tol=1e-9, max_iter=2_000).fit(HOLES)
    by_mean = np.argsort(fit.means_[:, 0]), np.argsort(learned.means_[:, 0])
    # 60 parts, of which the last count for 1 - (59 / 60)**0.7, or 1.2 %, each: within 0.1 sds.
    assert_allclose(learned.means_[by_mean[1]], fit.means_[by_mean[0]], atol=0.1)
    assert learned._learned == (20 * (~EMPTY).sum(), 60)
    lacking = HOLES[order[:100]].copy()
    lacking[:, 2] = np.nan
    assert np.isfinite(learned.partial_fit(lacking).covariances_).all()


def test_statistics_of_parts_with_holes_are_those_of_all_rows():
    rows = np.tile(HOLES, (20, 1))
    parameters = {
        "weights": [0.5, 0.5],
        "means": [[0.0, 0, 0], [4, 4, 4]],
        "covariances": [np.eye(3)] * 2,
    }
    data = [gm.Data(part, missing="mar") for part in (rows, rows[:4096], rows[4096:])]
    whole, *parts = (gm.MixtureStatistics(parameters, each) for each in data)
    merged = gm.MixtureStatistics.merge(reversed(parts)).maximize()
    fit = whole.maximize()
    assert_array_equal(merged.means, fit.means)
    assert_array_equal(merged.covariances, fit.covariances)
    # An iteration of a fit from there is the same, by other sums.
    step = gm.fit_em(data[0], 2, covariance_type="full", initial=parameters, max_iter=1, tol=0)
    assert_allclose(fit.means, step.means, rtol=1e-9)
    assert_allclose(fit.covariances, step.covariances, rtol=1e-8, atol=1e-12)


def test_posteriors_of_estimators_take_missing_values(fitted):
    options = {"draws": 400, "tune": 200, "chains": 2, "random_seed": 1}
    post = fitted.posterior(**options)
    # Draws come from the rows that count, as the fit does.
    assert np.isnan(post.data).sum() == np.isnan(HOLES[~EMPTY]).sum()
    fit = np.sort(fitted.means_[:, 0])
    # The sd of a mean is about 1 / sqrt(120) = 0.09; Monte-Carlo errors are far smaller.
    assert_allclose(np.sort(post["means"].mean(axis=(0, 1))[:, 0]), fit, atol=0.2)
    assert np.isnan(fitted.posterior(HOLES, **options).data).sum() == np.isnan(HOLES).sum()
    # A variational fit to the complete rows is a start for all rows.
    complete = HOLES[~np.isnan(HOLES).any(axis=1)]
    mixture = BayesianGaussianMixture(
        n_components=2, weight_concentration_prior_type="dirichlet_distribution", random_state=0
    ).fit(complete)
    post = mixture.posterior(HOLES, **options)
    assert post.n_observations == len(HOLES)
    assert_allclose(np.sort(post["means"].mean(axis=(0, 1))[:, 0]), fit, atol=0.3)
