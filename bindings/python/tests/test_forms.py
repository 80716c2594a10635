"""Diagonal and spherical covariances that all components share."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture as TheirMixture

import gmmswift as gm

REFERENCE = Path(__file__).parents[3] / "Tests" / "Truth" / "Reference"
FAITHFUL = np.array(json.loads((REFERENCE / "faithful.json").read_text())["data"]).reshape(-1, 2)
IRIS = load_iris().data
SHARED = ("tied-diag", "tied-spherical")

# The best of several hundred runs of R's mclust (EEI, EII), each to a relative change of 1e-15, and
# the number of free parameters.
MAXIMA = {
    ("tied-diag", "iris", 2): (-488.9148187, 13),
    ("tied-diag", "iris", 3): (-361.425522, 18),
    ("tied-diag", "faithful", 2): (-1157.6800123, 7),
    ("tied-spherical", "iris", 2): (-536.6524714, 10),
    ("tied-spherical", "iris", 3): (-401.8021758, 15),
    ("tied-spherical", "faithful", 2): (-1709.6813729, 6),
}


def log_density(x, weights, means, variances):
    """Return log densities of a mixture, written down; variances broadcast to (K, D)."""
    variances = np.broadcast_to(variances, means.shape)
    logs = [
        np.log(weight)
        - 0.5 * np.sum((x - mean) ** 2 / variance + np.log(2 * np.pi * variance), axis=1)
        for weight, mean, variance in zip(weights, means, variances, strict=True)
    ]
    return np.logaddexp.reduce(logs, axis=0)


@pytest.mark.parametrize("case", MAXIMA)
def test_default_starts_find_the_maximum_of_other_programs(case):
    kind, name, size = case
    data = {"iris": IRIS, "faithful": FAITHFUL}[name]
    expected, count = MAXIMA[case]
    fit = gm.fit_em(data, size, covariance_type=kind, random_seed=1)
    # The references have seven decimals.
    assert fit.log_likelihood == pytest.approx(expected, abs=1e-6)
    assert fit.n_parameters == count
    assert fit.bic == pytest.approx(-2 * expected + count * np.log(len(data)), abs=1e-5)
    assert (fit.covariance_type, fit.shared_sd) == (kind, True)


@pytest.mark.parametrize("kind", SHARED)
def test_a_name_says_what_shared_sd_says(kind):
    named = gm.fit_em(IRIS, 3, covariance_type=kind, random_seed=1)
    flagged = gm.fit_em(
        IRIS, 3, covariance_type=kind.removeprefix("tied-"), shared_sd=True, random_seed=1
    )
    assert flagged.covariance_type == kind
    for name in ("weights", "means", "covariances", "sd", "precisions_cholesky"):
        np.testing.assert_array_equal(getattr(named, name), getattr(flagged, name))
    shape = (4,) if kind == "tied-diag" else ()
    assert named.covariances.shape == named.precisions_cholesky.shape == shape
    again = gm.fit_em(
        IRIS,
        3,
        covariance_type=kind,
        initial={
            "weights": named.weights,
            "means": named.means,
            "covariances": named.covariances,
        },
    )
    assert again.log_likelihood == pytest.approx(named.log_likelihood, abs=1e-9)
    model = gm.Mixture(3, covariance_type=kind, n_dimensions=4)
    assert model == gm.Mixture(
        3, covariance_type=kind.removeprefix("tied-"), n_dimensions=4, shared_sd=True
    )
    assert gm.sample(model, IRIS, 20, tune=20, chains=1, initial=named)["sd"].shape == (
        1,
        20,
        *shape,
    )


@pytest.mark.parametrize("kind", SHARED)
def test_a_mixture_is_the_density_of_its_parameters(kind):
    fit = gm.fit_em(IRIS, 3, covariance_type=kind, random_seed=1)
    mixture = fit.mixture
    assert mixture.covariance_type == kind
    assert mixture.covariances.shape == fit.covariances.shape
    written = log_density(IRIS, fit.weights, fit.means, fit.covariances)
    np.testing.assert_allclose(mixture.log_density(IRIS), written, rtol=1e-12)
    other = pickle.loads(pickle.dumps(mixture))
    np.testing.assert_array_equal(other.log_density(IRIS), mixture.log_density(IRIS))


@pytest.mark.parametrize("kind", SHARED)
def test_an_iteration_over_parts_keeps_the_form(kind):
    fit = gm.fit_em(IRIS, 3, covariance_type=kind, random_seed=1, max_iter=3, tol=0, n_init=1)
    values = {"weights": fit.weights, "means": fit.means, "covariances": fit.covariances}
    once = gm.fit_em(IRIS, 3, covariance_type=kind, initial=values, max_iter=1, tol=0)
    parts = [gm.MixtureStatistics(fit, part) for part in (IRIS[:70], IRIS[70:])]
    read = [gm.MixtureStatistics.from_bytes(part.to_bytes()) for part in parts]
    step = gm.MixtureStatistics.merge(read).maximize()
    assert step.covariance_type == kind
    np.testing.assert_allclose(step.covariances, once.covariances, rtol=1e-12)
    np.testing.assert_allclose(step.means, once.means, rtol=1e-12)
    # Those of the parameters before.
    assert step.icl == pytest.approx(fit.icl, rel=1e-11)


@pytest.mark.parametrize("kind", SHARED)
def test_estimators_have_both_forms(kind):
    mixture = gm.GaussianMixture(3, covariance_type=kind, tol=1e-9, max_iter=2_000, random_state=0)
    mixture.fit(IRIS)
    assert mixture.converged_
    shape = (4,) if kind == "tied-diag" else ()
    assert mixture.covariances_.shape == mixture.precisions_.shape == shape
    written = log_density(IRIS, mixture.weights_, mixture.means_, mixture.covariances_)
    np.testing.assert_allclose(mixture.score_samples(IRIS), written, rtol=1e-12)
    count = MAXIMA[kind, "iris", 3][1]
    expected = -2 * written.sum() + count * np.log(len(IRIS))
    assert mixture.bic(IRIS) == pytest.approx(expected, rel=1e-12)
    # The M-step with the regularization added, written down.
    shares = mixture.predict_proba(IRIS)
    gaps = (IRIS[:, np.newaxis] - mixture.means_) ** 2
    pooled = np.einsum("nk,nkd->d", shares, gaps) / len(IRIS) + 1e-6
    pooled = pooled if kind == "tied-diag" else pooled.mean()
    np.testing.assert_allclose(mixture.covariances_, pooled, rtol=1e-4)
    x, labels = mixture.sample(5_000)
    spread = np.var(x - mixture.means_[labels], axis=0)
    # A variance of 5,000 values has a standard error of 2 %.
    np.testing.assert_allclose(spread, np.broadcast_to(mixture.covariances_, 4), rtol=0.08)
    other = pickle.loads(pickle.dumps(mixture))
    np.testing.assert_array_equal(other.score_samples(IRIS), mixture.score_samples(IRIS))
    mixture.set_params(warm_start=True).fit(IRIS)
    assert mixture.n_iter_ <= 2
    mixture.partial_fit(IRIS)
    assert mixture.covariances_.shape == shape
    # A part that is the data moves a maximum by no more than the tolerance.
    np.testing.assert_allclose(mixture.covariances_, pooled, rtol=1e-3)
    start = gm.GaussianMixture(
        3,
        covariance_type=kind,
        means_init=mixture.means_,
        weights_init=mixture.weights_,
        precisions_init=mixture.precisions_,
        max_iter=0,
    ).fit(IRIS)
    np.testing.assert_allclose(start.covariances_, mixture.covariances_, rtol=1e-12)
    assert mixture.posterior(draws=20, X=IRIS, tune=20, chains=1, random_seed=1).model.shared_sd


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_starts_at_chosen_rows_pool_as_scikit_learn_does():
    """The M-step of a start that leaves rows out counts them about the origin, as for "tied"."""
    options = {"init_params": "random_from_data", "random_state": 3, "max_iter": 1, "tol": 0}
    ours = gm.GaussianMixture(2, covariance_type="tied-diag", **options).fit(IRIS)
    # Where columns are independent a tied covariance has no more than its diagonal.
    alone = gm.GaussianMixture(2, covariance_type="tied", **options).fit(IRIS[:, :1])
    ours_alone = gm.GaussianMixture(2, covariance_type="tied-diag", **options).fit(IRIS[:, :1])
    np.testing.assert_array_equal(ours_alone.means_, alone.means_)
    np.testing.assert_allclose(ours_alone.covariances_, alone.covariances_[0], rtol=1e-13)
    theirs = TheirMixture(2, covariance_type="tied", **options).fit(IRIS[:, :1])
    np.testing.assert_allclose(alone.means_, theirs.means_, rtol=1e-10)
    assert ours.covariances_.shape == (4,)


def test_bad_forms_are_refused_in_the_words_of_others():
    names = "full, tied, diag, spherical, tied-diag, tied-spherical"
    with pytest.raises(ValueError, match=rf"covariance_type: must be one of {names}, got 'tiedy'"):
        gm.fit_em(IRIS, 2, covariance_type="tiedy")
    with pytest.raises(ValueError, match=rf"covariance_type: must be one of {names}, got 'EEI'"):
        gm.GaussianMixture(2, covariance_type="EEI").fit(IRIS)
    with pytest.raises(
        ValueError, match=r"covariances: must have shape \(2,\), got shape \(2, 2\)"
    ):
        gm.KnownMixture([0.5, 0.5], np.zeros((2, 2)), np.eye(2), covariance_type="tied-diag")
    with pytest.raises(ValueError, match=r"covariances\[0\]"):
        gm.KnownMixture([0.5, 0.5], np.zeros((2, 2)), -1.0, covariance_type="tied-spherical")
    four = r"must be one of full, tied, diag, spherical, got 'tied-"
    with pytest.raises(ValueError, match=four):
        gm.BayesianGaussianMixture(n_components=2, covariance_type="tied-diag").fit(IRIS)
    with pytest.raises(ValueError, match="precisions_init: must have shape"):
        gm.GaussianMixture(2, covariance_type="tied-diag", precisions_init=np.eye(4)).fit(IRIS)
