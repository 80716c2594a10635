"""Maximum likelihood in several dimensions, against scikit-learn, and data in parts."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import gmmswift as gm

sklearn_mixture = pytest.importorskip("sklearn.mixture")
datasets = pytest.importorskip("sklearn.datasets")

STRUCTURES = ("full", "tied", "diag", "spherical")


@pytest.fixture(scope="module")
def iris():
    return datasets.load_iris().data


def precisions(covariances, structure):
    return np.linalg.inv(covariances) if structure in ("full", "tied") else 1 / covariances


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("tol", [1e-3, 1e-6])
def test_fit_equals_scikit_learns_from_the_same_start(iris, structure, tol):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = sklearn_mixture.GaussianMixture(
            3, covariance_type=structure, random_state=0, max_iter=1, init_params="random_from_data"
        ).fit(iris)
    theirs = sklearn_mixture.GaussianMixture(
        3,
        covariance_type=structure,
        weights_init=start.weights_,
        means_init=start.means_,
        precisions_init=precisions(start.covariances_, structure),
        tol=tol,
        max_iter=1000,
    ).fit(iris)
    ours = gm.fit_em(
        iris,
        3,
        covariance_type=structure,
        criterion="lower_bound",
        tol=tol,
        regularization=1e-6,
        initial={
            "weights": start.weights_,
            "means": start.means_,
            "covariances": start.covariances_,
        },
        order="start",
    )
    assert ours.n_iterations == theirs.n_iter_
    assert ours.converged
    assert ours.collapsed == []
    # scikit-learn starts from the inverse of the inverse, whose condition is up to 1e6 here.
    for name in ("weights", "means", "covariances"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name + "_"), atol=1e-8)
    np.testing.assert_allclose(
        ours.precisions_cholesky, theirs.precisions_cholesky_, rtol=1e-6, atol=1e-6
    )
    assert ours.lower_bound == pytest.approx(theirs.lower_bound_, abs=1e-9)
    assert ours.bic == pytest.approx(theirs.bic(iris), abs=1e-6)
    assert ours.aic == pytest.approx(theirs.aic(iris), abs=1e-6)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("init", ["kmeans", "k-means++", "random", "random_from_data"])
def test_every_start_climbs(iris, structure, init):
    fit = gm.fit_em(
        iris, 3, covariance_type=structure, init=init, n_init=2, random_seed=1, max_iter=300
    )
    assert np.all(np.diff(fit.history) >= -1e-13 * abs(fit.history[0]))
    assert fit.history[-1] == fit.lower_bound
    assert fit.means.shape == (3, 4)
    if structure in ("full", "tied"):
        assert fit.sd is None
    else:
        np.testing.assert_array_equal(fit.sd, np.sqrt(fit.covariances))
    assert (np.diff(fit.means[:, 0]) > 0).all()
    assert fit.n_dimensions == 4
    assert fit.covariance_type == structure


def test_layouts_of_the_data_make_no_difference(iris):
    options = {"n_components": 2, "random_seed": 1, "n_init": 1}
    fit = gm.fit_em(iris, **options)
    wide = np.zeros((len(iris), 7))
    wide[:, 2:6] = iris
    for same in (np.asfortranarray(iris), wide[:, 2:6], iris[::-1][::-1], iris.tolist()):
        np.testing.assert_array_equal(gm.fit_em(same, **options).means, fit.means)


def test_float32_far_from_zero_keeps_its_covariance():
    random = np.random.default_rng(1)
    near = random.normal(size=(2000, 2)).astype(np.float32)
    far = near + np.float32(2**14)
    fit = gm.fit_em(far, 1, n_init=1)
    exact = np.cov(far.T.astype(np.float64), bias=True)
    np.testing.assert_allclose(fit.covariances[0], exact, atol=1e-12)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_integer_weights_repeat_rows_and_zeros_remove_them(iris, structure):
    counts = np.arange(len(iris)) % 3
    options = {"covariance_type": structure, "random_seed": 3, "n_init": 2, "max_iter": 30}
    weighted = gm.fit_em(iris, 2, sample_weight=counts, **options)
    repeated = gm.fit_em(np.repeat(iris, counts, axis=0), 2, **options)
    np.testing.assert_allclose(weighted.means, repeated.means, atol=1e-10)
    np.testing.assert_allclose(weighted.covariances, repeated.covariances, atol=1e-10)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-12)
    assert weighted.bic == pytest.approx(repeated.bic, rel=1e-12)


def test_collapse_is_told(iris):
    data = np.column_stack([iris, iris[:, 0] + iris[:, 1]])
    fit = gm.fit_em(data, 2, random_seed=1)
    assert fit.collapsed == [(0, 4), (1, 4)]
    assert fit.n_at_floor == 2
    assert np.all(np.isfinite(fit.covariances))
    assert gm.fit_em(data, 2, random_seed=1, regularization=1e-6).collapsed == []


def test_responsibilities_are_a_start(iris):
    labels = datasets.load_iris().target
    fit = gm.fit_em(iris, 3, initial={"responsibilities": np.eye(3)[labels]}, max_iter=1)
    # The first M-step gives the groups' moments; one iteration later they have moved but little.
    for k in range(3):
        np.testing.assert_allclose(fit.means[k], iris[labels == k].mean(axis=0), atol=0.1)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_iterations_over_parts_are_the_fit(structure):
    random = np.random.default_rng(2)
    data = random.normal(size=(10_000, 3)) + 2 * random.integers(0, 2, (10_000, 1))
    whole = gm.fit_em(data, 2, covariance_type=structure, n_init=1, random_seed=1, max_iter=1)
    start = {
        "weights": whole.weights,
        "means": whole.means,
        "covariances": whole.covariances,
    }
    fit = gm.fit_em(
        data, 2, covariance_type=structure, initial=start, order="start", max_iter=5, tol=0
    )
    parts = {**start, "covariance_type": structure}
    for _ in range(5):
        statistics = [
            gm.MixtureStatistics(parts, data[first : first + 4096])
            for first in range(0, len(data), 4096)
        ]
        parts = gm.MixtureStatistics.merge(reversed(statistics)).maximize()
    np.testing.assert_array_equal(parts.means, fit.means)
    np.testing.assert_array_equal(parts.covariances, fit.covariances)
    np.testing.assert_array_equal(parts.weights, fit.weights)
    np.testing.assert_array_equal(parts.sd, fit.sd)
    assert parts.lower_bound == fit.lower_bound
    assert not parts.converged


def test_fits_tell_what_they_are_in_a_line(iris):
    fit = gm.fit_em(iris, 3, random_seed=1)
    assert repr(fit).startswith(
        "<gmmswift.EMFit: 3 components (full covariance) in 4 dimensions, log likelihood -180.185, "
    )
    assert repr(fit).endswith(f" converged after {fit.n_iterations} iterations>")
    short = gm.fit_em(iris[:, 0], 1, shared_sd=True, max_iter=1, tol=0)
    assert "1 component (tied covariance), log" in repr(short)
    assert "not converged after 1 iteration>" in repr(short)
    shared = gm.fit_em(iris, 2, covariance_type="diag", shared_sd=True, random_seed=1)
    assert "(tied-diag covariance)" in repr(shared)
    assert shared.shared_sd is True


def test_bad_parts_are_refused(iris):
    fit = gm.fit_em(iris, 2, n_init=1, random_seed=1)
    other = gm.fit_em(iris, 2, n_init=1, random_seed=1, max_iter=1)
    with pytest.raises(ValueError, match=r"data: must have 4 columns, got 3"):
        gm.MixtureStatistics(fit, iris[:, :3])
    with pytest.raises(ValueError, match=r"parameters: must be a fit or have weights, means"):
        gm.MixtureStatistics({"weights": [1.0]}, iris)
    with pytest.raises(TypeError, match=r"parameters: must be a fit or have .*, got 3"):
        gm.MixtureStatistics(3, iris)
    given = {name: getattr(fit, name) for name in ("weights", "means", "covariances")}
    with pytest.raises(ValueError, match=r"parameters: must have keys .*, got 'covariance'"):
        gm.MixtureStatistics({**given, "covariance": "tied"}, iris)
    with pytest.raises(ValueError, match=r"statistics: must be under the same parameters"):
        gm.MixtureStatistics.merge(
            [gm.MixtureStatistics(fit, iris), gm.MixtureStatistics(other, iris)]
        )
    with pytest.raises(ValueError, match=r"len\(statistics\): must be at least 1, got 0"):
        gm.MixtureStatistics.merge([])
    with pytest.raises(TypeError, match=r"statistics: must be MixtureStatistics"):
        gm.MixtureStatistics.merge([fit])
    with pytest.raises(TypeError, match=r"statistics: must be an iterable"):
        gm.MixtureStatistics.merge(gm.MixtureStatistics(fit, iris))
    with pytest.raises(TypeError, match=r"state: must be bytes, got 'abc'"):
        gm.MixtureStatistics.from_bytes("abc")
    with pytest.raises(gm.FormatError, match=r"state: "):
        gm.MixtureStatistics.from_bytes(b"")
    with pytest.raises(ValueError, match=r"statistics: must have observations"):
        gm.MixtureStatistics(fit, np.empty((0, 4))).maximize()


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("name", ["covariances", "sd"])
def test_components_are_in_the_order_of_means_or_of_the_start(columns, name):
    x = np.concatenate(
        [np.random.default_rng(0).normal(mean, 1, (100, columns)) for mean in (0, 9)]
    )
    start = {"weights": [0.5, 0.5], "means": [[9] * columns, [0] * columns]}
    start[name] = np.ones((2, columns))
    options = {"covariance_type": "diag", "tol": 1e-12}
    by_mean = gm.fit_em(x, 2, initial=start, **options)
    kept = gm.fit_em(x, 2, initial=start, order="start", **options)
    assert kept.means.flat[0] > 8 > 1 > kept.means.flat[-1]
    for values in ("weights", "means", "covariances", "sd"):
        np.testing.assert_array_equal(getattr(by_mean, values), getattr(kept, values)[::-1])
    labels = {"responsibilities": np.eye(2)[(x[:, 0] < 5).astype(int)]}
    for order, expected in (("means", by_mean), ("start", kept)):
        fit = gm.fit_em(x, 2, initial=labels, order=order, **options)
        np.testing.assert_allclose(fit.means, expected.means, rtol=1e-8)


def test_collapses_follow_the_order(iris):
    # The component at 20 holds one value: it is the second by its mean, and the first of the start.
    x = np.concatenate([iris[:, 0], np.full(20, 20.0)])
    start = {"weights": [0.5, 0.5], "means": [20, 5], "sd": [1, 1]}
    assert gm.fit_em(x, 2, initial=start).collapsed == [(1, 0)]
    assert gm.fit_em(x, 2, initial=start, order="start").collapsed == [(0, 0)]


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize(
    ("columns", "structure"),
    [(1, "full"), (1, "diag"), (1, "spherical"), (1, "tied"), (3, "diag"), (3, "spherical")],
)
def test_sds_have_the_shape_of_a_posterior_and_are_a_start(iris, columns, structure, is_shared):
    data = iris[:, :columns]
    options = {"covariance_type": structure, "shared_sd": is_shared, "random_seed": 1}
    fit = gm.fit_em(data, 2, **options)
    # In one dimension, the covariance types of models are "diag" and "spherical" only.
    kind = structure if structure in ("diag", "spherical") else "diag"
    model = gm.Mixture(2, covariance_type=kind, shared_sd=is_shared or structure == "tied")
    assert np.shape(fit.sd) == gm.sample(model, data, 1, tune=0, chains=1)["sd"].shape[2:]
    np.testing.assert_array_equal(np.ravel(fit.sd), np.sqrt(fit.covariances).ravel())
    one = gm.fit_em(data, 1, **options)
    assert one.shared_sd is fit.shared_sd is (is_shared or structure == "tied")
    start = {"weights": fit.weights, "means": fit.means}
    squares = np.square(fit.sd).reshape(fit.covariances.shape)
    of_sd = gm.fit_em(data, 2, initial={**start, "sd": fit.sd}, max_iter=1, **options)
    of_squares = gm.fit_em(
        data, 2, initial={**start, "covariances": squares}, max_iter=1, **options
    )
    np.testing.assert_array_equal(of_sd.covariances, of_squares.covariances)
