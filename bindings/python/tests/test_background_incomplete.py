"""A background beside rows that are not known exactly: missing values, errors, intervals, labels.

With known weights, means and covariances of the components a row has one density f of all of them,
and one of the background, g. So the posterior is a sum over which of N rows are background,

    p(B | x) ~ B(a + m, b + N - m) prod(g of m rows) prod(f of the others).
"""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import expit, logit, logsumexp

import gmmswift as gm
from known_rows import known_rows
from oracles import LIMIT, log_weight, near

FIRST, SECOND = 1.5, 4.0
BETA = gm.Beta(FIRST, SECOND)
WEIGHTS = np.array([0.6, 0.4])
MEANS = np.array([[0.0, 0.0], [3.0, 1.0]])
FULL = np.array([[[1.0, 0.5], [0.5, 1.5]], [[0.8, -0.3], [-0.3, 0.6]]])
MATRICES = {
    "full": FULL,
    "diag": FULL * np.eye(2),
    "tied": np.broadcast_to(FULL[0], (2, 2, 2)),
    "spherical": np.array([[[0.9]], [[1.4]]]) * np.eye(2),
}
LOWER, UPPER = np.array([-4.0, -5.0]), np.array([6.0, 7.0])
BOX = gm.UniformBackground(lower=LOWER, upper=UPPER, weight=BETA)
NAN, INF = np.nan, np.inf

VALUES = np.array(
    [[0.2, -0.4], [2.5, -2.0], [1.1, 2.9], [-1.9, 1.2], [3.2, 1.1], [4.9, 4.0], [0.3, 2.5]]
)
SDS = np.array([[0.5, 0.2], [0.9, 0.1], [0, 1.2], [1.5, 0.8], [0.3, 0.3], [2, 2], [0.7, 0]])
ERRORS = np.einsum("ni,nj,ij->nij", SDS, SDS, [[1, 0.6], [0.6, 1]])
HOLES = VALUES.copy()
HOLES[[1, 3, 5], [0, 1, 1]] = NAN
HOLES[6] = NAN
#: Intervals with ends inside and outside of the box, without an end, and in both columns of a row.
ENDS = np.full((2, 7, 2), NAN)
ENDS[:, 1, 0] = 1.5, 3.1
ENDS[:, 2, 1] = -INF, 2.0
ENDS[:, 3] = [-3.0, 0.4], [INF, 1.9]
ENDS[:, 5, 1] = 3.0, 9.5
ENDS[:, 6] = [0.0, 2.0], [0.5, 3.0]
LABELS = np.array([0, 1, -1, -1, 1, -1, -1])
COPIES = np.array([1, 2, 0, 1, 1, 1, 1])

SETS = {
    "missing": gm.Data(HOLES, missing="mar"),
    "errors": gm.Data(VALUES, errors=SDS),
    "error matrices": gm.Data(VALUES, errors=ERRORS),
    "intervals": gm.Data(VALUES, intervals=tuple(ENDS)),
    "labels": gm.Data(VALUES, labels=LABELS),
    "everything": gm.Data(
        np.where(np.arange(14).reshape(7, 2) % 5 == 3, NAN, VALUES),
        missing="mar",
        errors=ERRORS,
        intervals=tuple(ENDS),
        labels=LABELS,
        sample_weight=COPIES,
    ),
}


def model(form="full", background=BOX):
    matrices = MATRICES[form]
    known = {
        "full": {"covariance": gm.Fixed(matrices)},
        "tied": {"covariance": gm.Fixed(matrices[0])},
        "diag": {"variance": gm.Fixed(np.diagonal(matrices, axis1=1, axis2=2))},
        "spherical": {"variance": gm.Fixed(matrices[:, 0, 0])},
    }[form]
    return gm.Mixture(
        2,
        n_dimensions=2,
        covariance_type=form,
        weights=gm.Fixed(WEIGHTS),
        means=gm.Fixed(MEANS),
        background=background,
        **known,
    )


class Rows:
    """The densities of rows of the components and of the background, and what follows from them."""

    def __init__(self, data, form="full", bounds=(LOWER, UPPER)):
        logs, self.means = known_rows(data, MEANS, MATRICES[form], bounds)
        logs[:, :2] += np.log(WEIGHTS)
        if data.labels is not None:
            known = np.flatnonzero(data.labels >= 0)
            kept = logs[known, data.labels[known]]
            logs[known] = -INF
            logs[known, data.labels[known]] = kept
        self.parts, self.outside = logs[:, :2], logs[:, 2]
        self.inside = logsumexp(self.parts, axis=1)
        weight = np.ones(len(logs)) if data.sample_weight is None else data.sample_weight
        self.copies = weight.astype(int)

    def given(self, weight):
        """The log density of each row given weights, and P(component or background), last."""
        weight = np.asarray(weight)[..., np.newaxis, np.newaxis]
        parts = self.parts + np.log1p(-weight)
        outside = self.outside[:, np.newaxis] + np.log(weight)
        logs = np.concatenate([parts, outside], axis=-1)
        total = logsumexp(logs, axis=-1)
        return total, np.exp(logs - total[..., np.newaxis])

    def sums(self):
        """The mean weight, and P(background) of each row that has a copy."""
        places = np.repeat(np.arange(len(self.copies)), self.copies)
        z = np.array(list(itertools.product([False, True], repeat=len(places))))
        m = z.sum(axis=1)
        logs = np.where(z, self.outside[places], self.inside[places]).sum(axis=1)
        logs += log_weight(BETA, m, len(places))
        p = np.exp(logs - logsumexp(logs))
        first = np.cumsum(self.copies) - self.copies
        rows = (p @ z)[first[self.copies > 0]]
        return p @ (FIRST + m) / (FIRST + SECOND + len(places)), rows


def sampled(data, form="full", background=BOX, **options):
    options = {"draws": 4_000, "chains": 4, "tune": 200, "random_seed": 1, **options}
    return gm.sample(model(form, background), data, store_assignments=True, **options)


# -------------------------------------------------------------- Sums over which rows are background


@pytest.mark.parametrize("form", ["full", "diag"])
@pytest.mark.parametrize("kind", SETS)
def test_draws_agree_with_the_sum_over_which_rows_are_background(kind, form):
    data = SETS[kind]
    rows = Rows(data, form)
    mean_weight, background = rows.sums()
    assert background.max() > 0.3
    post = sampled(data, form, draws=2_000 if data.intervals is not None else 6_000)
    near(post["background_weight"], mean_weight)
    log_densities, shares = rows.given(post["background_weight"])
    near(shares[:, :, rows.copies > 0, 2], background)
    if kind != "everything":
        near(post["assignments"] == 2, background)
        near(post["assignments"] == 0, shares[..., 0].mean(axis=(0, 1)))
    # The results are the averages of these numbers, up to the rounding of thousands of terms.
    mean = shares.mean(axis=(0, 1))
    close = {"rtol": 1e-9, "atol": 1e-12}
    np.testing.assert_allclose(post.background_probabilities(), mean[:, 2], **close)
    np.testing.assert_allclose(post.probabilities, mean[:, :2], **close)
    np.testing.assert_allclose(post.log_likelihood(), log_densities, rtol=1e-9, atol=1e-14)
    total = log_densities @ rows.copies
    np.testing.assert_allclose(post["log_likelihood"], total, rtol=1e-9)
    together = np.einsum("abik,abjk->ij", shares, shares) / shares[..., 0, 0].size
    off = ~np.eye(len(together), dtype=bool)
    np.testing.assert_allclose(post.coclustering()[off], together[off], **close)
    expected = np.einsum("ik,ikd->id", mean, rows.means)
    found = post.true_values_mean()
    is_known = ~np.isnan(data.values) & (data.errors is None or SDS == 0)
    if data.intervals is not None:
        is_known &= np.isnan(data.intervals[0])
    np.testing.assert_allclose(found[~is_known], expected[~is_known], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(found[is_known], data.values[is_known])


@pytest.mark.parametrize("kind", ["missing", "intervals", "everything"])
def test_points_count_draws_by_their_density(kind):
    # The weight of the background is that of other data.
    data = SETS[kind]
    rows = Rows(data)
    post = sampled(VALUES, draws=50, chains=2)
    log_densities, shares = rows.given(post["background_weight"])
    density = np.exp(log_densities)
    average = np.einsum("abi,abik->ik", density, shares) / density.sum(axis=(0, 1))[:, np.newaxis]
    close = {"rtol": 1e-10, "atol": 1e-13}
    expected = np.log(density.mean(axis=(0, 1)))
    np.testing.assert_allclose(post.log_density(data), expected, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(post.background_probabilities(data), average[:, 2], **close)
    np.testing.assert_allclose(post.predict_probabilities(data), average[:, :2], **close)
    expected = np.einsum("ik,ikd->id", average, rows.means)
    is_known = ~np.isnan(data.values)
    if data.intervals is not None:
        is_known &= np.isnan(data.intervals[0])
    found = post.impute_mean(data)
    np.testing.assert_allclose(found[~is_known], expected[~is_known], rtol=1e-9, atol=1e-10)
    np.testing.assert_array_equal(found[is_known], data.values[is_known])


@pytest.mark.parametrize("form", MATRICES)
@pytest.mark.parametrize("kind", SETS)
def test_mixtures_know_the_background_of_such_points(kind, form):
    data = SETS[kind]
    rows = Rows(data, form)
    matrices = MATRICES[form]
    given = {
        "full": matrices,
        "tied": matrices[0],
        "diag": np.diagonal(matrices, axis1=1, axis2=2),
        "spherical": matrices[:, 0, 0],
    }[form]
    mixture = gm.KnownMixture(
        WEIGHTS,
        MEANS,
        given,
        covariance_type=form,
        background_weight=0.3,
        background_lower=LOWER,
        background_upper=UPPER,
    )
    log_densities, shares = rows.given(0.3)
    np.testing.assert_allclose(mixture.log_density(data), log_densities, rtol=1e-11, atol=1e-14)
    near = {"rtol": 1e-10, "atol": 1e-13}
    np.testing.assert_allclose(mixture.background_probabilities(data), shares[:, 2], **near)
    np.testing.assert_allclose(mixture.probabilities(data), shares[:, :2], **near)
    has = shares[:, :2] > 0
    logs = mixture.log_probabilities(data)
    np.testing.assert_allclose(logs[has], np.log(shares[:, :2][has]), rtol=1e-9)
    assert (logs[~has] < -1e300).all()
    terms = np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-300)), 0)
    np.testing.assert_allclose(mixture.entropy(data), -terms.sum(axis=1), atol=1e-11)
    expected = np.einsum("ik,ikd->id", shares, rows.means)
    np.testing.assert_allclose(mixture.true_values_mean(data), expected, rtol=1e-9, atol=1e-10)


def test_errors_and_labels_need_the_volume_alone():
    volume = gm.UniformBackground(np.prod(UPPER - LOWER), weight=BETA)
    for kind in ("errors", "labels"):
        post, other = (
            sampled(SETS[kind], background=background, draws=40, chains=2)
            for background in (volume, BOX)
        )
        np.testing.assert_allclose(post["log_likelihood"], other["log_likelihood"], rtol=1e-9)
        np.testing.assert_allclose(
            post.true_values_mean(), other.true_values_mean(), rtol=1e-9, atol=1e-12
        )


def test_rows_with_a_label_are_never_background():
    # The row of label 1 lies where a row without a label would be background.
    far = np.array([[-3.9, 6.9], [-3.9, 6.9]])
    data = gm.Data(np.concatenate([VALUES, far]), labels=[*LABELS, 1, -1])
    post = sampled(data, draws=500)
    known = data.labels >= 0
    assert (post["assignments"][..., known] == data.labels[known]).all()
    assert (post.background_probabilities()[known] == 0).all()
    assert post.background_probabilities()[-1] > 0.99
    np.testing.assert_array_equal(post.probabilities[known], np.eye(2)[data.labels[known]])
    assert (post["assignments"][..., -1] == 2).mean() > 0.98


def test_intervals_beyond_the_box_are_not_of_the_background():
    # Where an interval without an end begins beyond the box, nothing of the box lies in it.
    ends = [[6.5, 0.0], [5.0, 0.0], [-INF, 0.0]], [[INF, 1.0], [INF, 1.0], [-4.5, 1.0]]
    points = gm.Data(None, intervals=ends)
    mixture = gm.KnownMixture(
        WEIGHTS,
        MEANS,
        FULL,
        background_weight=0.5,
        background_lower=LOWER,
        background_upper=UPPER,
    )
    found = mixture.background_probabilities(points)
    assert found[0] == found[2] == 0
    inside = np.exp(Rows(points).inside[1])
    assert found[1] == pytest.approx(1 / 120 / (1 / 120 + inside), rel=1e-9)
    assert np.isfinite(mixture.log_density(points)).all()
    # Between ends of its own the density is what it is in the box.
    beyond = gm.Data(None, intervals=([[20.0, 30.0]], [[21.0, 30.5]]))
    assert mixture.log_density(beyond)[0] == pytest.approx(np.log(0.5 * 0.5 / 120), rel=1e-12)
    post = sampled(points, draws=50)
    assert (post.background_probabilities()[[0, 2]] == 0).all()


# --------------------------------------------------------------------------------- Completed values


def test_values_of_the_background_are_uniform_in_the_box():
    # The first column is so far from the components that all rows are background.
    unit = np.full(6, 50.0)
    values = np.column_stack([unit, [NAN, 0, 0, 0, 1, 1]])
    ends = np.full((2, 6, 2), NAN)
    ends[:, 1, 1] = 10.0, 30.0
    ends[:, 2, 1] = 20.0, INF
    ends[:, 3, 1] = -INF, -60.0
    errors = np.zeros((6, 2, 2))
    errors[4] = [[4.0, 1.5], [1.5, 1.0]]
    data = gm.Data(values, intervals=tuple(ends), errors=errors, missing="mar")
    box = gm.UniformBackground(lower=[-100, -80], upper=[100, 90])
    post = sampled(data, background=box, draws=500)
    assert post.background_probabilities().min() > 1 - 1e-12
    tables = post.impute(4_000, random_seed=2)
    assert (tables[:, :, 0] == 50).all()
    assert (tables[:, 4:] == values[4:]).all()
    for i, (low, high) in enumerate([(-80, 90), (10, 30), (20, 90), (-80, -60)]):
        drawn = tables[:, i, 1]
        assert drawn.min() >= low
        assert drawn.max() <= high
        assert stats.kstest(drawn, stats.uniform(low, high - low).cdf).pvalue > 1e-3
        assert post.impute_mean()[i, 1] == pytest.approx((low + high) / 2, rel=1e-9)
    # Errors of measurement leave the density as it is, so true values lie about the measured ones.
    true = post.true_values(4_000, random_seed=3)
    np.testing.assert_array_equal(true[:, 5], tables[:, 5])
    for d, sd in ((0, 2.0), (1, 1.0)):
        assert stats.kstest(true[:, 4, d], stats.norm(values[4, d], sd).cdf).pvalue > 1e-3
    np.testing.assert_allclose(np.cov(true[:, 4].T), errors[4], rtol=0.1)
    np.testing.assert_allclose(post.true_values_mean()[4], values[4], rtol=1e-9)
    # In the box rows lack both columns together.
    empty = gm.Data([[NAN, NAN], [0.0, 0.0]], missing="mar")
    known = gm.UniformBackground(lower=[-100, -80], upper=[100, 90], weight=gm.Fixed(1 - 1e-13))
    tables = sampled(empty, background=known, draws=50).impute(4_000, random_seed=4)[:, 0]
    for d, (low, high) in enumerate([(-100, 100), (-80, 90)]):
        assert stats.kstest(tables[:, d], stats.uniform(low, high - low).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(tables.T)[0, 1]) < 0.06


@pytest.mark.parametrize("kind", ["missing", "intervals", "everything"])
def test_completed_tables_have_the_expectations(kind):
    data = SETS[kind]
    post = sampled(data, draws=1_000)
    tables = post.impute(4_000, random_seed=5)
    expected = post.impute_mean()
    error = tables.std(axis=0) / np.sqrt(len(tables))
    moved = error > 1e-9
    assert moved.any()
    assert (np.abs(tables.mean(axis=0) - expected)[moved] < LIMIT * error[moved]).all()
    np.testing.assert_array_equal(tables[0][~moved], expected[~moved])


# ------------------------------------------------------------------------------------------ The box


@pytest.mark.parametrize("kind", SETS)
def test_the_box_of_data_holds_values_and_ends(kind):
    data = SETS[kind]
    weight = np.ones(7) if data.sample_weight is None else data.sample_weight
    has = ~np.isnan(data.values)
    candidates = [np.where(has, data.values, NAN)]
    if data.intervals is not None:
        has_ends = ~np.isnan(data.intervals[0])
        candidates[0] = np.where(has_ends, NAN, candidates[0])
        candidates += [np.where(np.isfinite(ends), ends, NAN) for ends in data.intervals]
    stacked = np.stack(candidates)[:, weight > 0].reshape(-1, 2)
    expected = gm.UniformBackground(
        lower=np.nanmin(stacked, axis=0), upper=np.nanmax(stacked, axis=0), weight=BETA
    )
    around = gm.UniformBackground(weight=BETA)
    assert model("diag", around).for_data(data).background == expected
    # A row of weight 0 or without a value widens nothing, and may lie beyond stated bounds.
    inert = gm.Data([[0.0, 1.0], [2.0, 3.0], [99.0, -99.0]], sample_weight=[1, 1, 0])
    found = model("diag", around).for_data(inert).background
    assert (found.lower, found.upper) == ((0.0, 1.0), (2.0, 3.0))
    post = sampled(inert, draws=20, chains=1)
    assert post.background_probabilities()[2] > 0.999
    fit = gm.fit_em(inert, 1, covariance_type="diag", background=around)
    np.testing.assert_array_equal(fit.background_lower, [0, 1])
    np.testing.assert_array_equal(fit.background_upper, [2, 3])


# --------------------------------------------------------------------------------------------- Fits


@pytest.mark.parametrize("form", ["full", "diag"])
@pytest.mark.parametrize("kind", SETS)
def test_the_weight_of_a_fit_has_the_largest_density(kind, form):
    data = SETS[kind]
    rows = Rows(data, form)
    for prior in (gm.Beta(1, 1), gm.Beta(2, 5)):

        def loss(weight, prior=prior):
            log_prior = stats.beta(prior.first, prior.second).logpdf(weight)
            return -(rows.given(weight)[0] @ rows.copies) - log_prior

        best = optimize.minimize_scalar(
            loss, bounds=(1e-9, 1 - 1e-9), method="bounded", options={"xatol": 1e-10}
        )
        background = gm.UniformBackground(lower=LOWER, upper=UPPER, weight=prior)
        fit = gm.fit_em(data, model(form, background), random_seed=1)
        assert fit.background_weight == pytest.approx(best.x, abs=1e-6)
        assert fit.log_likelihood + fit.log_prior == pytest.approx(-best.fun, abs=1e-9)
        np.testing.assert_array_equal(fit.background_lower, LOWER)
        np.testing.assert_array_equal(fit.background_upper, UPPER)
        np.testing.assert_allclose(
            fit.background_probabilities(data), rows.given(fit.background_weight)[1][:, 2],
            rtol=1e-9, atol=1e-13,
        )  # fmt: skip


def crowd():
    """Rows of one group and of noise, of which some are not known exactly, in two columns."""
    stream = np.random.default_rng(41)
    group = stream.multivariate_normal([1, 2], [[1.0, 0.6], [0.6, 1.4]], 35)
    x = np.concatenate([group, stream.uniform(-8, 10, (15, 2))])
    x[::5, 0] = NAN
    x[1::9, 1] = NAN
    ends = np.full((2, *x.shape), NAN)
    ends[:, 2::5, 1] = np.floor(x[2::5, 1]), np.floor(x[2::5, 1]) + 1
    ends[0, 4::25, 0], ends[1, 4::25, 0] = x[4::25, 0] - 0.5, INF
    sds = np.where(np.arange(len(x)) % 3 == 0, 0.4, 0.0)
    labels = np.where(np.arange(len(x)) % 20 == 7, 0, -1)
    return gm.Data(x, missing="mar", intervals=tuple(ends), errors=sds, labels=labels)


def test_no_other_values_are_more_likely_than_a_fit():
    data = crowd()
    bounds = np.full(2, -8.0), np.full(2, 10.0)
    background = gm.UniformBackground(lower=-8, upper=10)
    fit = gm.fit_em(data, 1, background=background, random_seed=1)
    labelled = data.labels == 0

    def loss(values):
        mean, (a, b, c), weight = values[:2], values[2:5], expit(values[5])
        root = np.array([[np.exp(a), 0], [b, np.exp(c)]])
        logs, _ = known_rows(data, [mean], [root @ root.T], bounds)
        logs[labelled, 1] = -INF
        return -np.logaddexp(np.log1p(-weight) + logs[:, 0], np.log(weight) + logs[:, 1]).sum()

    root = np.linalg.cholesky(fit.covariances[0])
    start = [*fit.means[0], np.log(root[0, 0]), root[1, 0], np.log(root[1, 1])]
    start = np.array([*start, logit(fit.background_weight)])
    assert fit.log_likelihood == pytest.approx(-loss(start), rel=1e-11)
    assert np.all(np.diff(fit.history) > -1e-12)
    assert 0.1 < fit.background_weight < 0.4
    slope = optimize.approx_fprime(start, loss, 1e-6)
    assert np.abs(slope).max() < 1e-3
    away = start + np.random.default_rng(42).normal(0, 0.02, 6)
    found = optimize.minimize(loss, away, method="BFGS", options={"maxiter": 8})
    assert found.fun > -fit.log_likelihood - 1e-7
    assert found.fun == pytest.approx(-fit.log_likelihood, abs=1e-3)


def test_complete_rows_are_fitted_as_before():
    # Errors of zero and intervals without a width are values, and have the bits of plain data.
    stream = np.random.default_rng(43)
    x = np.concatenate([stream.normal(0, 1, (50, 2)), stream.uniform(-8, 8, (15, 2))])
    options = {"background": gm.UniformBackground(), "random_seed": 1}
    plain = gm.fit_em(x, 1, **options)
    for data in (gm.Data(x, errors=0.0), gm.Data(x, intervals=(x, x))):
        fit = gm.fit_em(data, 1, **options)
        assert fit.log_likelihood == plain.log_likelihood
        assert fit.background_weight == plain.background_weight
    # Labels are those of a fit whose rows are told.
    told = gm.fit_em(gm.Data(x, labels=[0] * 50 + [-1] * 15), 1, **options)
    assert (told.background_probabilities(x)[50:] > 0.5).mean() > 0.6
    assert told.background_weight < plain.background_weight + 0.05


# --------------------------------------------------------------------------------------------- Bits


@pytest.mark.parametrize("kind", ["missing", "everything"])
def test_threads_files_pickles_and_extensions_change_no_bit(kind, tmp_path):
    data = SETS[kind]
    free = gm.Mixture(2, n_dimensions=2, background=BOX)
    options = {"chains": 2, "tune": 50, "random_seed": 3, "store_assignments": True}
    whole = gm.sample(free, data, 90, **options)
    whole.save(tmp_path / "whole.gmm")
    others = [
        gm.sample(free, data, 90, threads=1, **options),
        gm.load(tmp_path / "whole.gmm"),
        pickle.loads(pickle.dumps(whole)),
        gm.Posterior.from_bytes(gm.sample(free, data, 40, **options).to_bytes()).extend(50),
    ]
    for other in others:
        for name in whole:
            assert whole[name].tobytes() == other[name].tobytes(), name
        assert other.model.background == BOX
        np.testing.assert_array_equal(
            other.background_probabilities(threads=1), whole.background_probabilities(threads=2)
        )
        np.testing.assert_array_equal(
            other.impute(3, random_seed=1, threads=1), whole.impute(3, random_seed=1)
        )
        np.testing.assert_array_equal(other.impute_mean(), whole.impute_mean())


def test_fits_have_the_same_bits_on_any_number_of_threads():
    around = gm.UniformBackground()
    fits = [
        gm.fit_em(crowd(), 1, background=around, random_seed=1, threads=threads)
        for threads in (1, 2)
    ]
    np.testing.assert_array_equal(fits[0].covariances, fits[1].covariances)
    assert fits[0].background_weight == fits[1].background_weight


def test_an_unknown_number_of_components_takes_such_rows_too():
    unknown = gm.Mixture(gm.Unknown(max=4), n_dimensions=2, covariance_type="full", background=BOX)
    data = gm.Data(HOLES, errors=SDS, missing="mar")
    post = gm.sample(unknown, data, 300, tune=100, chains=2, random_seed=1)
    near = {"rtol": 0, "atol": 1e-9}
    background, new = post.background_probabilities(data), post.predict_new_cluster(data)
    assert (background + new <= 1 + 1e-12).all()
    np.testing.assert_allclose(post.p_clusters.sum(), 1, **near)
    # A row without values is background with the probability of the weight.
    mean = post["background_weight"].mean()
    np.testing.assert_allclose(post.background_probabilities()[6], mean, **near)
