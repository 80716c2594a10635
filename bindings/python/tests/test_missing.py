"""Data with missing values."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import gmmswift as gm

RNG = np.random.default_rng(3)
COMPLETE = np.concatenate(
    [RNG.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 120), RNG.normal([5, 1], 0.7, (80, 2))]
)
HOLES = COMPLETE.copy()
HOLES[::5, 1] = np.nan
HOLES[3::9, 0] = np.nan
MODEL = gm.Mixture(2, n_dimensions=2)


@pytest.fixture(scope="module")
def posterior():
    data = gm.Data(HOLES, names=["length", "width"], missing="mar")
    return gm.sample(MODEL, data, draws=400, tune=200, chains=2, random_seed=1)


def test_missing_values_are_declared_in_every_notation():
    expected = gm.Data(HOLES, missing="mar")
    assert expected.n_missing == np.isnan(HOLES).sum()
    assert_array_equal(expected.values, HOLES)
    assert "values missing" in repr(expected)
    listed = [[None if np.isnan(x) else x for x in row] for row in HOLES]
    mask = np.isnan(HOLES)
    masked = np.ma.MaskedArray(np.where(mask, 77.0, HOLES), mask)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(HOLES, columns=["length", "width"])
    nullable = frame.convert_dtypes()
    for values in (listed, masked, frame, nullable, HOLES.astype(np.float32)):
        data = gm.Data(values, missing="mar")
        assert data.n_missing == expected.n_missing
        assert_array_equal(np.isnan(data.values), mask)
    assert gm.Data(masked, missing="mar").fingerprint == expected.fingerprint
    assert gm.Data(frame, missing="mar").names == ("length", "width")
    for copied in (pickle.loads(pickle.dumps(expected)), copy.copy(expected)):
        assert copied.fingerprint == expected.fingerprint


def test_undeclared_values_and_wrong_words_are_refused():
    with pytest.raises(ValueError, match=r"values\[0, 1\]: must be finite, or NaN where missing"):
        gm.Data(HOLES)
    with pytest.raises(ValueError, match=r"data\[0, 1\]: must be finite, or NaN"):
        gm.fit_em(HOLES, 2)
    with pytest.raises(ValueError, match="masked"):
        gm.Data(np.ma.MaskedArray([1.0, 2.0], [True, False]))
    with pytest.raises(TypeError, match=r"\[1\]: must be a real number"):
        gm.Data([1.0, None])
    with pytest.raises(ValueError, match="missing: must be one of error, mar, got 'ignore'"):
        gm.Data(HOLES, missing="ignore")
    with pytest.raises(ValueError, match=r"values\[1, 0\]: must be finite, got inf"):
        gm.Data([[1.0, np.nan], [np.inf, 2.0]], missing="mar")
    with pytest.raises(ValueError, match="must have a value in every column, got none in column 1"):
        gm.fit_em(gm.Data([[1.0, None], [2.0, None], [4.0, None]], missing="mar"), 1)
    with pytest.raises(NotImplementedError, match="tempering: must be 0 where data are not"):
        gm.sample(MODEL, gm.Data(HOLES, missing="mar"), draws=10, tempering=3)


def test_a_row_without_values_counts_for_nothing():
    rows = np.vstack([HOLES, [[np.nan, np.nan]] * 3])
    options = {"covariance_type": "full", "random_seed": 1}
    fit = gm.fit_em(gm.Data(HOLES, missing="mar"), 2, **options)
    more = gm.fit_em(gm.Data(rows, missing="mar"), 2, **options)
    assert_allclose(more.log_likelihood, fit.log_likelihood, rtol=1e-12)
    assert_allclose(more.means, fit.means, rtol=1e-8)
    assert_allclose(more.bic, fit.bic, rtol=1e-12)


def test_imputed_tables_keep_what_is_known(posterior):
    tables = posterior.impute(30, random_seed=2)
    known = ~np.isnan(HOLES)
    assert tables.shape == (30, *HOLES.shape)
    assert np.isfinite(tables).all()
    assert (tables[:, known] == HOLES[known]).all()
    assert (tables.std(axis=0)[~known] > 0).all()
    assert_array_equal(posterior.impute(30, random_seed=2, threads=1), tables)
    mean = posterior.impute_mean()
    assert_array_equal(mean[known], HOLES[known])
    many = posterior.impute(2_000, random_seed=3)
    gap = (many.mean(axis=0) - mean)[~known] / (many.std(axis=0)[~known] / np.sqrt(2_000))
    assert np.abs(gap).max() < 5
    # Values that are not there are nearer to their expectations than to the mean of their column.
    error = np.sqrt(np.mean((mean - COMPLETE)[~known] ** 2))
    assert error < 0.9 * np.sqrt(np.mean((np.nanmean(HOLES, axis=0) - COMPLETE)[~known] ** 2))
    with pytest.raises(ValueError, match="draws: must be at least 1, got 0"):
        posterior.impute(0)


def test_points_with_holes_are_predicted(posterior):
    points = gm.Data([[0.1, None], [None, 1.0], [5.0, 1.0], [None, None]], missing="mar")
    probabilities = posterior.predict_probabilities(points)
    assert_allclose(probabilities.sum(axis=1), 1)
    assert probabilities[0].max() > 0.99
    assert_allclose(probabilities[3], posterior["weights"].mean(axis=(0, 1)), atol=1e-12)
    density = posterior.log_density(points)
    assert density[3] == pytest.approx(0, abs=1e-12)
    draws = posterior["means"].reshape(-1, 2, 2)
    sds = np.sqrt(posterior["covariances"].reshape(-1, 2, 2, 2)[:, :, 0, 0])
    weights = posterior["weights"].reshape(-1, 2)
    parts = weights / sds * np.exp(-0.5 * ((0.1 - draws[:, :, 0]) / sds) ** 2)
    assert_allclose(density[0], np.log(parts.sum(1).mean() / np.sqrt(2 * np.pi)), rtol=1e-10)
    completed = posterior.impute_mean(points)
    assert completed[0, 0] == 0.1
    assert abs(completed[0, 1]) < 1
    with pytest.raises(ValueError, match="or NaN where"):
        posterior.log_density([[0.1, np.nan]])
    fit = gm.fit_em(gm.Data(HOLES, missing="mar"), 2, random_seed=1)
    assert_allclose(fit.mixture.impute_mean(points)[0, 1], completed[0, 1], atol=0.2)


def test_a_posterior_and_its_file_know_what_is_missing(posterior, tmp_path):
    path = tmp_path / "holes.gmm"
    posterior.save(path)
    again = gm.load(path)
    assert_array_equal(again.data, HOLES)
    assert_array_equal(again.impute(3, random_seed=1), posterior.impute(3, random_seed=1))
    tree = posterior.to_inference_data()
    assert np.isnan(np.asarray(tree["observed_data"]["x"])).sum() == np.isnan(HOLES).sum()
    pointwise = posterior.log_likelihood()
    assert_allclose(pointwise.sum(axis=-1), posterior["log_likelihood"], rtol=1e-12)
    assert np.isfinite(posterior.loo().elpd_loo)
    assert posterior.probabilities.shape == (len(HOLES), 2)
    assert posterior.partition().labels.shape == (len(HOLES),)
    assert posterior.coclustering(rows=[0, 1, 2]).shape == (3, 3)
    assert posterior.diagnose() is not None
    assert "width" in str(posterior.summary())


def test_rows_without_values_have_no_part_in_cross_validation(posterior):
    rows = np.vstack([HOLES, [[np.nan, np.nan]] * 3])
    data = gm.Data(rows, names=["length", "width"], missing="mar")
    more = gm.sample(MODEL, data, draws=400, tune=200, chains=2, random_seed=1)
    loo, fewer = more.loo(), posterior.loo()
    assert_allclose(loo.elpd_i[-3:], 0, atol=1e-12)
    assert_array_equal(loo.pareto_k[-3:], -np.inf)
    assert loo.elpd_loo == pytest.approx(loo.elpd_i[:-3].sum(), rel=1e-12)
    # Both have some Monte-Carlo error, since a row more is another stream of random numbers.
    assert loo.elpd_loo == pytest.approx(fewer.elpd_loo, abs=1)
    assert loo.se == pytest.approx(fewer.se, rel=0.03)
    best = more["log_likelihood"].max()
    count = 2 * 2 + 2 * 3 + 1
    assert more.bic == pytest.approx(-2 * best + count * np.log((~np.isnan(HOLES)).any(1).sum()))


def test_pictures_show_the_values_that_there_are(posterior):
    pytest.importorskip("matplotlib")
    import matplotlib.pyplot as plt

    known = ~np.isnan(HOLES)
    for axes in (posterior.plot_density(), posterior.plot_predictive(10, random_seed=1)):
        for d, ax in enumerate(axes):
            lower, upper = ax.get_xlim()
            assert lower < HOLES[known[:, d], d].min() < HOLES[known[:, d], d].max() < upper
            heights = np.concatenate([line.get_ydata() for line in ax.get_lines()])
            assert np.isfinite(heights).all()
    data = gm.Data(HOLES, missing="mar")
    fit = gm.fit_em(data, 2, random_seed=1)
    for (ax,) in (posterior.plot_pairs(), gm.plot_pairs(data, fit)):
        (points,) = ax.collections
        assert len(points.get_offsets()) == len(points.get_facecolors()) == known.all(1).sum()
        assert np.isfinite(points.get_offsets()).all()
    assert posterior.plot_coclustering().images[0].get_array().shape == (len(HOLES),) * 2
    plt.close("all")
