"""Data of which more is known than values: errors, intervals, rounding and labels."""

from __future__ import annotations

import copy
import json
import pickle
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import multivariate_normal, norm

import gmmswift as gm

_REFERENCE = Path(__file__).resolve().parents[3] / "Tests" / "Truth" / "Reference"


def measured():
    """Return values with errors, and the sds of the errors: numpy's legacy stream has fixed bits.

    The recipe is that of a well-known page of examples of extreme deconvolution.
    """
    stream = np.random.RandomState(0)
    n = 2_000
    x_true = (1.4 + 2 * stream.random_sample(n)) ** 2
    y_true = 0.1 * x_true**2
    dx = 0.1 + 4.0 / x_true**2
    dy = 0.1 + 10.0 / x_true**2
    x_true += stream.normal(0, dx, n)
    y_true += stream.normal(0, dy, n)
    dx = 0.2 + 0.5 * stream.random_sample(n)
    dy = 0.2 + 0.5 * stream.random_sample(n)
    x = x_true + stream.normal(0, dx)
    y = y_true + stream.normal(0, dy)
    return np.column_stack([x, y]), np.column_stack([dx, dy])


VALUES, SDS = measured()
FEW, FEW_SDS = VALUES[:150], SDS[:150]
X = FEW[:, 0]
MATRICES = np.einsum("ni,nj,ij->nij", FEW_SDS, FEW_SDS, [[1, 0.4], [0.4, 1]])
#: Every fourth row of a few is known to be below 6 or not.
LABELS = np.where(np.arange(len(FEW)) % 4 == 0, (X > 6).astype(int), -1)
MODEL = gm.Mixture(2, n_dimensions=2)


def slices(count):
    """Return the start of fits: equal parts of the rows in the order of x."""
    parts = np.array_split(VALUES[np.argsort(VALUES[:, 0])], count)
    return {
        "weights": [len(part) / len(VALUES) for part in parts],
        "means": [part.mean(axis=0) for part in parts],
        "covariances": [np.cov(part.T, bias=True) for part in parts],
    }


def data_sets():
    """Return data of every kind, by name."""
    censored = np.where(FEW[:, :1] > 8, [8, np.nan], np.nan)
    ends = (censored, np.where(np.isnan(censored), np.nan, np.inf))
    exact = (np.where(X > 8, -np.inf, X), np.where(X > 8, np.inf, X))
    holes = np.where(np.arange(2 * len(FEW)).reshape(-1, 2) % 7 == 0, np.nan, FEW)
    return {
        "sds": gm.Data(FEW, errors=FEW_SDS),
        "matrices": gm.Data(FEW, errors=MATRICES),
        "labels": gm.Data(FEW, labels=LABELS),
        "soft labels": gm.Data(FEW, labels=np.full((len(FEW), 2), 0.5)),
        "censored": gm.Data(FEW, intervals=ends),
        "rounded": gm.Data(FEW, rounding=[0.5, 0]),
        "intervals alone": gm.Data(None, intervals=tuple(np.c_[x, FEW[:, 1]] for x in exact)),
        "everything": gm.Data(
            holes,
            errors=FEW_SDS,
            labels=LABELS,
            rounding=[0.5, 0],
            missing="mar",
            sample_weight=np.arange(len(FEW)) % 3 + 1.0,
            names=["a", "b"],
        ),
    }


SETS = data_sets()


def assert_same(data, other):
    assert data.fingerprint == other.fingerprint
    assert (data.names, data.n_missing) == (other.names, other.n_missing)
    for name in ("values", "sample_weight", "errors", "intervals", "labels"):
        one, two = getattr(data, name), getattr(other, name)
        assert (one is None) == (two is None), name
        if one is not None:
            assert_array_equal(one, two)


# Notations


def test_errors_are_stated_in_every_notation():
    assert_same(gm.Data(FEW, errors=0.3), gm.Data(FEW, errors=np.full(FEW.shape, 0.3)))
    assert_same(gm.Data(FEW, errors=[0.3]), gm.Data(FEW, errors=np.full(len(FEW), 0.3)))
    rows = gm.Data(FEW, errors=FEW_SDS[:, 0])
    assert_same(rows, gm.Data(FEW, errors=FEW_SDS[:, [0, 0]].tolist()))
    assert_array_equal(rows.errors, FEW_SDS[:, [0, 0]])
    assert_same(gm.Data(X, errors=FEW_SDS[:, 0]), gm.Data(X, errors=FEW_SDS[:, :1]))
    assert gm.Data(X, errors=0.5).errors.shape == (len(X), 1)
    assert_array_equal(SETS["matrices"].errors, MATRICES)
    assert_same(SETS["sds"], gm.Data(np.asfortranarray(FEW), errors=np.asfortranarray(FEW_SDS)))
    variances = np.einsum("ni,ij->nij", FEW_SDS**2, np.eye(2))
    fits = [gm.fit_em(gm.Data(FEW, errors=e), 2, random_seed=1) for e in (FEW_SDS, variances)]
    assert_allclose(fits[0].means, fits[1].means, rtol=1e-7)
    assert "errors" in repr(rows)
    assert gm.Data(FEW).errors is None


def test_labels_are_stated_in_every_notation():
    assert_array_equal(SETS["labels"].labels, LABELS)
    for labels in (LABELS.tolist(), LABELS.astype(np.int8), LABELS.astype(float)):
        assert_same(gm.Data(FEW, labels=labels), SETS["labels"])
    assert gm.Data(FEW, labels=np.full(len(FEW), -1)).labels is None
    soft = SETS["soft labels"]
    assert_array_equal(soft.labels, np.full((len(FEW), 2), 0.5))
    assert "labels" in repr(soft)


def test_intervals_and_rounding_are_the_same_notation():
    rounded = SETS["rounded"]
    half = np.array([0.25, 0])
    assert_array_equal(rounded.intervals[0], FEW - half)
    assert_array_equal(rounded.intervals[1], FEW + half)
    assert_same(rounded, gm.Data(FEW, intervals=rounded.intervals))
    assert_same(gm.Data(FEW, rounding=0.5), gm.Data(FEW, rounding=[0.5, 0.5]))
    strided = np.repeat(FEW, 2, axis=0)[::2]
    assert_same(gm.Data(strided, rounding=[0.5, 0]), rounded)
    holes = gm.Data([[1.0, 2.0], [np.nan, 3.0]], rounding=1, missing="mar")
    assert_array_equal(holes.intervals[0], [[0.5, 1.5], [np.nan, 2.5]])
    # An interval takes the place of a value beside it, so NaN beside one is not missing.
    data = gm.Data([1.0, np.nan, 5.0, 6.0], intervals=([np.nan, 0, 2, 3], [np.nan, 2, 3, np.inf]))
    assert data.n_missing == 0
    assert_array_equal(data.values.ravel(), [1, 1, 2.5, 3])
    assert "intervals" in repr(data)
    open_ends = gm.Data(None, intervals=([1.0, -np.inf, 2.0], [1.0, np.inf, 4.0]))
    assert open_ends.n_missing == 1
    assert_array_equal(open_ends.values.ravel(), [1, np.nan, 3])


# Round trips


@pytest.mark.parametrize("name", SETS)
def test_copies_know_what_the_data_know(name):
    data = SETS[name]
    for other in (pickle.loads(pickle.dumps(data)), copy.copy(data), copy.deepcopy(data)):
        assert_same(data, other)


def test_fingerprints_tell_what_is_known():
    prints = [data.fingerprint for data in (gm.Data(FEW), *SETS.values())]
    prints.append(gm.Data(FEW, labels=np.where(LABELS < 0, 0, LABELS)).fingerprint)
    prints.append(gm.Data(FEW, errors=2 * FEW_SDS).fingerprint)
    prints.append(gm.Data(FEW, errors=2 * MATRICES).fingerprint)
    prints.append(gm.Data(FEW, rounding=[0.25, 0]).fingerprint)
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("name", sorted(SETS.keys() - {"intervals alone"}))
def test_a_file_keeps_what_is_known(name, tmp_path):
    post = gm.sample(MODEL, SETS[name], draws=60, tune=60, chains=2, random_seed=1)
    post.save(tmp_path / "known.gmm")
    again = gm.load(tmp_path / "known.gmm")
    assert again.to_bytes() == post.to_bytes()
    assert pickle.loads(pickle.dumps(post)).to_bytes() == post.to_bytes()
    assert_array_equal(again.true_values(3, random_seed=1), post.true_values(3, random_seed=1))
    assert_array_equal(again.impute_mean(), post.impute_mean())
    weights = 1 if post.sample_weight is None else post.sample_weight
    pointwise = again.log_likelihood()
    assert_allclose((weights * pointwise).sum(axis=-1), post["log_likelihood"], rtol=1e-11)


# The same as plain data


@pytest.mark.parametrize(
    "known",
    [
        {"errors": np.zeros_like(FEW)},
        {"errors": np.zeros((*FEW.shape, 2))},
        {"intervals": (FEW, FEW)},
        {"rounding": 0},
        {"labels": np.full(len(FEW), -1)},
    ],
    ids=lambda known: next(iter(known)),
)
def test_nothing_known_gives_the_bits_of_plain_data(known):
    data = gm.Data(FEW, **known)
    options = {"draws": 30, "tune": 50, "chains": 1, "random_seed": 3}
    post, plain = gm.sample(MODEL, data, **options), gm.sample(MODEL, FEW, **options)
    for name in ("weights", "means", "covariances", "log_likelihood"):
        assert_array_equal(post[name], plain[name])
    fit, other = (gm.fit_em(rows, 2, random_seed=1) for rows in (data, FEW))
    assert_array_equal(fit.means, other.means)
    assert fit.log_likelihood == other.log_likelihood


def test_soft_labels_of_zeros_and_ones_are_labels():
    hard = (X > 6).astype(int)
    fits = [gm.fit_em(gm.Data(FEW, labels=k), 2, random_seed=1) for k in (hard, np.eye(2)[hard])]
    assert_allclose(fits[0].means, fits[1].means, rtol=1e-12)
    assert_allclose(fits[0].covariances, fits[1].covariances, rtol=1e-10)
    assert fits[0].log_likelihood == pytest.approx(fits[1].log_likelihood, rel=1e-13)


# Values at maxima


@pytest.mark.parametrize(
    ("count", "expected"), [(1, -8638.95896243), (2, -8020.54612552), (3, -7877.52737471)]
)
def test_extreme_deconvolution_ends_where_another_program_does(count, expected):
    fit = gm.fit_em(gm.Data(VALUES, errors=SDS), count, initial=slices(count))
    assert fit.converged
    assert fit.log_likelihood == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("form", "expected", "other"),
    [("full", -182.206257493, -182.206260345), ("tied", -258.013436186, -258.013441515)],
)
def test_irises_with_some_labels_end_where_another_program_does(form, expected, other):
    datasets = pytest.importorskip("sklearn.datasets")
    flowers, species = datasets.load_iris(return_X_y=True)
    labels = np.full(150, -1)
    labels[::5] = species[::5]
    fit = gm.fit_em(gm.Data(flowers, labels=labels), 3, covariance_type=form, random_seed=1)
    assert fit.log_likelihood == pytest.approx(expected, abs=1e-8)
    # The other program stops earlier.
    assert other <= fit.log_likelihood <= other + 1e-5


def test_groups_whose_labels_are_all_known_have_closed_forms():
    # Label 0 is that of the larger values, so the order is not that of means.
    labels = np.digitize(-X, [-8, -5])
    fit = gm.fit_em(gm.Data(FEW, labels=labels), 3, covariance_type="full", random_seed=1)
    groups = [FEW[labels == k] for k in range(3)]
    assert_allclose(fit.weights, [len(group) / len(FEW) for group in groups], rtol=1e-12)
    assert_allclose(fit.means, [group.mean(axis=0) for group in groups], rtol=1e-11)
    assert_allclose(fit.covariances, [np.cov(group.T, bias=True) for group in groups], rtol=1e-9)
    stats = pytest.importorskip("scipy.stats")
    expected = sum(
        stats.multivariate_normal(fit.means[k], fit.covariances[k]).logpdf(group).sum()
        + len(group) * np.log(fit.weights[k])
        for k, group in enumerate(groups)
    )
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("error", [0.1, 1.0, 1.5])
def test_equal_errors_are_taken_off_the_variance(error):
    fit = gm.fit_em(gm.Data(X, errors=error), 1)
    assert fit.means[0] == pytest.approx(X.mean(), rel=1e-12)
    assert fit.sd[0] ** 2 == pytest.approx(X.var() - error**2, rel=1e-6)


def test_an_error_above_the_sd_leaves_no_variance():
    error = 1.2 * X.std()
    fit = gm.fit_em(gm.Data(X, errors=error), 1, max_iter=2_000)
    stats = pytest.importorskip("scipy.stats")
    best = stats.norm.logpdf(X, X.mean(), error).sum()
    assert best - 0.1 < fit.log_likelihood < best
    assert fit.sd[0] ** 2 < 0.02 * error**2


@pytest.mark.parametrize("name", ["rounded", "censored"])
def test_intervals_have_the_maximum_of_their_probabilities(name):
    stats = pytest.importorskip("scipy.stats")
    optimize = pytest.importorskip("scipy.optimize")
    if name == "rounded":
        lower, upper = np.round(X) - 0.5, np.round(X) + 0.5
        data = gm.Data(np.round(X), rounding=1)
        exact = np.array([])
    else:
        high = X > 8
        lower, upper, exact = np.full(high.sum(), 8.0), np.full(high.sum(), np.inf), X[~high]
        ends = np.where(high, 8, np.nan), np.where(high, np.inf, np.nan)
        data = gm.Data(np.minimum(X, 8), intervals=ends)

    def loss(parameters):
        normal = stats.norm(parameters[0], np.exp(parameters[1]))
        inside = np.log(normal.sf(lower) - normal.sf(upper)).sum()
        return -inside - normal.logpdf(exact).sum()

    fit = gm.fit_em(data, 1)
    found = np.array([fit.means[0], np.log(fit.sd[0])])
    assert fit.log_likelihood == pytest.approx(-loss(found), rel=1e-12)
    best = optimize.minimize(loss, [6, 1], method="Nelder-Mead", options={"xatol": 1e-7})
    assert_allclose(found, best.x, atol=1e-5)
    assert loss(found) <= best.fun + 1e-9


@pytest.mark.parametrize(
    ("lower", "upper"),
    [(30, 31), (30, np.inf), (-40, -39.9), (-1e-6, 1e-6), (3, 3.001), (-1, 2), (-5, 40), (0.5, 9)],
)
def test_probabilities_of_intervals_keep_their_digits(lower, upper):
    stats = pytest.importorskip("scipy.stats")
    sign = -1 if upper < 0 else 1
    near, far = sorted([sign * lower, sign * upper])
    tail = stats.norm.logsf(near)
    expected = tail + np.log1p(-np.exp(stats.norm.logsf(far) - tail))
    interval = gm.Data(None, intervals=([lower], [upper]))
    normal = gm.KnownMixture([1.0], [0.0], [1.0], covariance_type="diag")
    # scipy loses digits of the narrowest interval.
    assert normal.log_density(interval)[0] == pytest.approx(expected, rel=1e-10)
    log_density = stats.norm.logpdf(near) - tail
    mean = np.exp(log_density) * -np.expm1(stats.norm.logpdf(far) - stats.norm.logpdf(near))
    mean /= np.exp(expected - tail)
    found = sign * normal.impute_mean(interval)[0, 0]
    assert found == pytest.approx(mean, rel=1e-7, abs=1e-9)


# Posteriors


@pytest.fixture(scope="module")
def deconvolved():
    return gm.sample(MODEL, SETS["sds"], draws=400, tune=300, chains=2, random_seed=2)


def test_true_values_are_those_behind_the_errors(deconvolved):
    tables = deconvolved.true_values(1_000, random_seed=1)
    assert tables.shape == (1_000, *FEW.shape)
    assert_array_equal(deconvolved.true_values(1_000, random_seed=1, threads=1), tables)
    mean = deconvolved.true_values_mean()
    gap = (tables.mean(axis=0) - mean) / (tables.std(axis=0) / np.sqrt(len(tables)))
    assert np.abs(gap).max() < 5
    # Expectations vary less than true values, and those less than what is measured.
    assert (mean.var(axis=0) < tables.var(axis=1).mean(axis=0)).all()
    assert (tables.var(axis=1).mean(axis=0) < FEW.var(axis=0)).all()
    # Nothing is missing, so completed tables are what was measured.
    assert_array_equal(deconvolved.impute_mean(), FEW)
    assert_array_equal(deconvolved.impute(2, random_seed=1), [FEW, FEW])
    partly = FEW_SDS * (np.arange(len(FEW)) % 2)[:, None]
    post = gm.sample(MODEL, gm.Data(FEW, errors=partly), draws=50, tune=50, random_seed=1)
    tables = post.true_values(5, random_seed=1)
    assert (tables[:, ::2] == FEW[::2]).all()
    assert (tables[:, 1::2] != FEW[1::2]).all()


def test_densities_of_points_are_those_of_what_is_measured(deconvolved):
    stats = pytest.importorskip("scipy.stats")
    fit = gm.fit_em(SETS["sds"], 2, random_seed=1)
    error = np.array([[0.3, 0.1], [0.1, 0.2]])
    point = gm.Data([[4.0, 2.0]], errors=[error])
    parts = np.array(
        [
            fit.weights[k]
            * stats.multivariate_normal(fit.means[k], fit.covariances[k] + error).pdf([4, 2])
            for k in range(2)
        ]
    )
    assert_allclose(fit.mixture.log_density(point), np.log(parts.sum()), rtol=1e-12)
    assert_allclose(fit.mixture.probabilities(point)[0], parts / parts.sum(), rtol=1e-12)
    expected = sum(
        parts[k]
        / parts.sum()
        * (
            fit.means[k]
            + fit.covariances[k]
            @ np.linalg.solve(fit.covariances[k] + error, [4, 2] - fit.means[k])
        )
        for k in range(2)
    )
    assert_allclose(fit.mixture.true_values_mean(point)[0], expected, rtol=1e-11)
    # Two values in intervals have a density where coordinates are independent.
    diagonal = gm.fit_em(FEW, 1, covariance_type="diag", random_seed=1)
    sds = np.sqrt(diagonal.covariances[0])
    box = gm.Data(None, intervals=([[2.0, -np.inf]], [[4.0, 3.0]]))
    normal = stats.norm(diagonal.means[0], sds)
    inside = np.log(normal.cdf([4, 3]) - normal.cdf([2, -np.inf])).sum()
    assert_allclose(diagonal.mixture.log_density(box), inside, rtol=1e-12)
    assert deconvolved.log_density(point)[0] == pytest.approx(np.log(parts.sum()), abs=0.3)


def test_values_in_intervals_are_drawn_inside():
    data = gm.Data(np.round(FEW), rounding=[1, 0])
    post = gm.sample(MODEL, data, draws=100, tune=100, chains=2, random_seed=1)
    tables = post.impute(50, random_seed=1)
    lower, upper = (ends[:, 0] for ends in data.intervals)
    assert (lower < tables[:, :, 0]).all()
    assert (tables[:, :, 0] < upper).all()
    assert (tables[:, :, 1] == np.round(FEW[:, 1])).all()
    assert_array_equal(post.true_values(50, random_seed=1), tables)
    mean = post.impute_mean()[:, 0]
    assert ((lower < mean) & (mean < upper)).all()


def test_known_components_are_kept_in_every_draw():
    labels = np.where(LABELS < 0, -1, 1 - LABELS)
    post = gm.sample(MODEL, gm.Data(FEW, labels=labels), draws=100, tune=100, random_seed=1)
    known = labels >= 0
    assert_array_equal(post.probabilities[known], np.eye(2)[labels[known]])
    # Label 0 is that of the larger values here.
    means = post["means"][..., 0]
    assert (means[..., 0] > means[..., 1]).all()


@pytest.mark.parametrize(
    "sd",
    [gm.HalfCauchy(5.0), gm.HalfNormal(10.0), gm.Uniform(0.0, 50.0)],
    ids=lambda prior: type(prior).__name__,
)
def test_rounded_values_may_tie_under_any_prior(sd):
    if not _REFERENCE.exists():
        pytest.skip("this is no checkout")
    stored = json.loads((_REFERENCE / "faithful.json").read_text(encoding="utf-8"))
    waiting = np.reshape(stored["data"], (-1, 2))[:, 1]
    model = gm.Mixture(2, means=gm.Normal(70.0, 20.0), sd=sd)
    with pytest.warns(gm.ImproperPosteriorWarning, match="the posterior is improper"):
        gm.sample(model, waiting, draws=10, tune=20, random_seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rounded = gm.Data(waiting, rounding=1.0)
        post = gm.sample(model, rounded, draws=100, tune=100, chains=2, random_seed=1)
    assert np.isfinite(post["log_likelihood"]).all()
    assert_allclose(np.sort(post["means"].mean(axis=(0, 1))), [54.6, 80.1], atol=1)


# What is refused

_ROWS = np.arange(12.0).reshape(6, 2)


def _with(values, place, value):
    changed = np.array(values, dtype=float)
    changed[place] = value
    return changed


_SDS, _UNIT = np.ones(6), np.tile(np.eye(2), (6, 1, 1))
_HALVES = np.full((6, 2), 0.5)


@pytest.mark.parametrize(
    ("known", "kind", "message"),
    [
        ({"errors": _with(_SDS, 3, -1)}, ValueError, "errors[3]: must be from 0 to 1e140, got -1"),
        ({"errors": _with(_SDS, 3, np.nan)}, ValueError, "errors[3]: must be from 0 to 1e140, got"),
        ({"errors": _SDS[:5]}, ValueError, "errors: must have shape (6,), got shape (5,)"),
        ({"errors": "large"}, TypeError, "errors: must be real numbers"),
        (
            {"labels": [0, 1, -2, 0, 0, 0]},
            ValueError,
            "labels[2]: must be -1 or from 0 to 255, got",
        ),
        ({"labels": [0, 1, 0.5, 0, 0, 0]}, TypeError, "labels: must be integers, got [0, 1, 0.5"),
        ({"labels": list("abcabc")}, TypeError, "labels: must be integers, got ['a'"),
        ({"labels": [0, 1]}, ValueError, "labels: must have shape (6,) or (6, K), got shape (2,)"),
        ({"labels": [2**40] * 6}, ValueError, "labels: must fit 32 bits"),
        ({"labels": _HALVES[:5]}, ValueError, "labels: must have shape (6, 2), got shape (5, 2)"),
        ({"labels": _with(_HALVES, (1, 0), 0.4)}, ValueError, "labels[1]: must sum to 1, got 0.9"),
        (
            {"labels": _with(_HALVES, 4, [1.5, -0.5])},
            ValueError,
            "labels[4, 0]: must be from 0 to 1, got 1.5",
        ),
        ({"rounding": -1.0}, ValueError, "rounding: must be finite and not negative, got -1.0"),
        ({"rounding": np.inf}, ValueError, "rounding: must be finite and not negative, got inf"),
        (
            {"rounding": [1, 2]},
            ValueError,
            "rounding: must be a number or have shape (1,), got shape (2,)",
        ),
        (
            {"rounding": 1, "intervals": (_SDS, _SDS)},
            ValueError,
            "rounding: must not be given beside intervals, got both",
        ),
        ({"intervals": _SDS}, TypeError, "intervals: must be two arrays, got array("),
        (
            {"intervals": (_SDS, _SDS[:3])},
            ValueError,
            "intervals[1]: must have shape (6,), got shape (3,)",
        ),
        (
            {"intervals": (_with(_SDS, 2, 3), _SDS)},
            ValueError,
            "intervals[0][2]: must be at most intervals[1], or both NaN, got 3.0 and 1.0",
        ),
        (
            {"intervals": (_with(_SDS, 4, np.nan), _SDS)},
            ValueError,
            "intervals[0][4]: must be at most intervals[1], or both NaN, got nan and 1.0",
        ),
        (
            {"intervals": (_with(_SDS, 1, np.inf), _with(_SDS, 1, np.inf))},
            ValueError,
            "intervals[0][1]: must leave room for a finite value, got inf and inf",
        ),
    ],
)
def test_what_is_wrong_is_named(known, kind, message):
    with pytest.raises(kind, match="^" + re.escape(message)):
        gm.Data(np.arange(6.0), **known)


def test_what_is_wrong_in_several_columns_is_named():
    skewed = _with(_UNIT, (4, 0, 1), 0.3)
    with pytest.raises(ValueError, match=r"^errors\[4, 0, 1\]: must be symmetric, got 0\.3"):
        gm.Data(_ROWS, errors=skewed)
    with pytest.raises(ValueError, match=r"^errors\[5\]: must be positive semi-definite"):
        gm.Data(_ROWS, errors=_with(_UNIT, 5, [[1, 2], [2, 1]]))
    with pytest.raises(ValueError, match=r"^errors\[2, 0, 0\]: must be finite, got nan"):
        gm.Data(_ROWS, errors=_with(_UNIT, (2, 0, 0), np.nan))
    with pytest.raises(ValueError, match=r"^errors\[2, 1\]: must be from 0 to 1e140, got -1"):
        gm.Data(_ROWS, errors=_with(np.ones_like(_ROWS), (2, 1), -1))
    with pytest.raises(ValueError, match=r"^errors: must have shape \(6, 2\), got shape \(6, 3\)"):
        gm.Data(_ROWS, errors=np.ones((6, 3)))
    with pytest.raises(ValueError, match=r"^errors: must have shape \(6, 2, 2\), got"):
        gm.Data(_ROWS, errors=np.ones((6, 3, 3)))
    for known in ({}, {"rounding": 1}, {"errors": 0.1}):
        with pytest.raises(TypeError, match=r"^values: must be numbers unless there are intervals"):
            gm.Data(None, **known)
    with pytest.raises(ValueError, match=r"^values\[0, 1\]: must be finite, or NaN where missing"):
        gm.Data(_with(_ROWS, (0, 1), np.nan), errors=1.0)


def test_labels_that_a_mixture_does_not_have_are_refused():
    three = gm.Data(FEW, labels=np.arange(len(FEW)) % 3)
    soft = gm.Data(FEW, labels=np.full((len(FEW), 3), 1 / 3))
    for call in (lambda data: gm.fit_em(data, 2), lambda data: gm.sample(MODEL, data, draws=10)):
        with pytest.raises(
            ValueError, match=r"^labels\[2\]: must be below the number of comp.*, 2"
        ):
            call(three)
        with pytest.raises(ValueError, match=r"^labels: must have a column for each of 2 comp.*3$"):
            call(soft)


@pytest.mark.parametrize("name", ["sds", "rounded", "labels"])
def test_what_is_not_served_is_refused(name):
    data = SETS[name]
    what = {"sds": "errors of measurement", "rounded": "intervals", "labels": "labels"}[name]
    with pytest.raises(NotImplementedError, match=f"^tempering: must be 0 where data .*{what}"):
        gm.sample(MODEL, data, draws=10, tempering=3)
    post = gm.sample(MODEL, data, draws=20, tune=20, random_seed=1)
    with pytest.raises(NotImplementedError, match=f"must be of complete and exact data.*{what}"):
        post.log_evidence()


def test_labels_beside_orders_and_unknown_numbers_are_refused():
    rule = "^labels: must be left out where "
    with pytest.raises(NotImplementedError, match=rule + "means have an order"):
        gm.sample(gm.Mixture(2, ordered=True, n_dimensions=2), SETS["labels"], draws=10)
    unknown = gm.Mixture(gm.Unknown(gm.DiscreteUniform(1, 5), max=5), n_dimensions=2)
    with pytest.raises(NotImplementedError, match=rule + "the number of components is unknown"):
        gm.sample(unknown, SETS["labels"], draws=10)


def test_boxes_of_five_correlated_coordinates_are_refused():
    rule = r"^data\[0\]: must have intervals in 4 columns at most where coordinates or errors"
    many = gm.Data(np.random.default_rng(1).normal(size=(40, 5)), rounding=1.0)
    with pytest.raises(NotImplementedError, match=rule):
        gm.fit_em(many, 2)
    with pytest.raises(NotImplementedError, match=rule):
        gm.sample(gm.Mixture(2, covariance_type="full"), many, draws=10)
    assert gm.fit_em(many, 2, covariance_type="diag", random_seed=1).log_likelihood < 0
    post = gm.sample(gm.Mixture(2, covariance_type="diag"), many, draws=10, random_seed=1)
    assert np.isfinite(post["log_likelihood"]).all()


def test_boxes_have_the_probabilities_of_scipy():
    mean, covariance = [0.3, -0.2, 0.1], [[1, 0.6, -0.3], [0.6, 2, 0.4], [-0.3, 0.4, 0.8]]
    lower = np.array([[-0.5, -1.0, 0.0], [0.2, -np.inf, -0.3], [-2.0, 1.0, 1.5]])
    upper = np.array([[0.4, 0.5, 0.9], [np.inf, 0.1, 0.2], [-1.5, np.inf, np.inf]])
    mixture = gm.KnownMixture([1.0], [mean], [covariance])
    found = mixture.log_density(gm.Data(None, intervals=(lower, upper)))
    for i in range(3):
        known = multivariate_normal.cdf(
            upper[i], mean, covariance, lower_limit=lower[i], maxpts=10**6, abseps=1e-8, releps=1e-8
        )
        assert_allclose(np.exp(found[i]), known, rtol=1e-4)
    # In two columns, a sum over narrow strips of the first.
    two = gm.KnownMixture([1.0], [[0.0, 0.0]], [[[1.0, 0.8], [0.8, 1.0]]])
    box = gm.Data(None, intervals=([[-0.4, 0.2]], [[1.1, np.inf]]))
    x = np.linspace(-0.4, 1.1, 20_001)
    strip = norm.pdf(x) * norm.sf((0.2 - 0.8 * x) / 0.6)
    known = np.log(np.sum(0.5 * (strip[1:] + strip[:-1])) * (x[1] - x[0]))
    assert_allclose(two.log_density(box)[0], known, rtol=1e-8)


def test_rounded_columns_have_the_fit_of_exact_ones():
    rounded = gm.Data(FEW, rounding=1.0)
    exact = gm.fit_em(FEW, 1)
    box = gm.fit_em(rounded, 1)
    # Sheppard's correction: a value that is rounded has 1/12 more variance.
    assert_allclose(box.covariances[0], exact.covariances[0] - np.eye(2) / 12, atol=0.02)
    assert_allclose(box.means, exact.means, atol=0.02)
    post = gm.sample(MODEL, rounded, draws=200, tune=200, random_seed=1)
    drawn = post.true_values(20, random_seed=1)
    assert np.all(np.abs(drawn - FEW) <= 0.5)
    matrices = gm.Data(FEW, rounding=1.0, errors=MATRICES)
    fit = gm.fit_em(matrices, 2, covariance_type="diag", random_seed=1)
    assert fit.log_likelihood < 0


def test_independent_columns_have_any_number_of_intervals():
    rounded = gm.Data(FEW, rounding=1.0)
    fit = gm.fit_em(rounded, 2, covariance_type="diag", random_seed=1)
    plain = gm.fit_em(FEW, 2, covariance_type="diag", random_seed=1)
    assert_allclose(fit.means, plain.means, atol=0.2)


@pytest.mark.parametrize(
    ("known", "kind", "message"),
    [
        ({"labels": [2, 0]}, ValueError, "must be below the number of components, 2"),
        ({"labels": [[0.2, 0.3, 0.5]] * 2}, ValueError, "must have a column for each of 2"),
    ],
    ids=["labels", "soft labels"],
)
def test_points_are_refused_as_data_are(known, kind, message):
    points = gm.Data(FEW[:2], **known)
    mixture = gm.fit_em(FEW, 2, random_seed=1).mixture
    with pytest.raises(kind, match=message):
        mixture.log_density(points)
    post = gm.sample(MODEL, FEW, draws=10, tune=20, random_seed=1)
    with pytest.raises(kind, match=message):
        post.log_density(points)


def test_fits_refuse_labels_beside_an_order():
    ordered = gm.Mixture(2, ordered=True)
    data = gm.Data(X, labels=(X < 6).astype(int))
    with pytest.raises(NotImplementedError, match="must be left out where means have an order"):
        gm.fit_em(data, ordered, random_seed=1)


def test_more_copies_than_a_chain_draws_are_refused():
    heavy = gm.Data(X, errors=0.1, sample_weight=np.r_[1e100, np.ones(len(X) - 1)])
    with pytest.raises(NotImplementedError, match=r"sample_weight\[0\]: must be at most 65536"):
        gm.sample(gm.Mixture(2), heavy, draws=5)
    assert np.isfinite(gm.fit_em(heavy, 1).log_likelihood)


def test_a_row_with_a_label_and_no_value_tells_of_the_weights():
    rows = np.r_[X, np.nan, np.nan]
    labels = np.r_[(X > 6).astype(int), 1, 1]
    fit = gm.fit_em(gm.Data(rows, labels=labels, missing="mar"), 2, random_seed=1)
    ones = (labels == 1).sum()
    assert_allclose(fit.weights[1], ones / len(rows), rtol=1e-12)
    groups = [X[X <= 6], X[X > 6]]
    assert_allclose(fit.means.ravel(), [group.mean() for group in groups], rtol=1e-10)
