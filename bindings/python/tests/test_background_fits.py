"""Fits beside a background, against an expectation-maximisation that is written out in numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import expit, logit, logsumexp

import gmmswift as gm

CHEVRON = Path(__file__).parent / "data" / "chevron.csv"

STREAM = np.random.default_rng(21)
TABLE = np.concatenate(
    [
        STREAM.multivariate_normal([0, 0], [[2, 1.2], [1.2, 1]], 90),
        STREAM.multivariate_normal([6, 2], [[1, -0.5], [-0.5, 2]], 60),
        STREAM.uniform(-8, 14, (50, 2)),
    ]
)
GROUPS = np.repeat([0, 1, 2], [90, 60, 50])
VOLUME = 22.0**2


# ----------------------------------------------------------------------------- Written out in numpy


def full(scatters, counts):
    return scatters / counts[:, np.newaxis, np.newaxis]


def tied(scatters, counts):
    return np.broadcast_to(scatters.sum(axis=0) / counts.sum(), scatters.shape)


def diag(scatters, counts):
    return full(scatters, counts) * np.eye(scatters.shape[-1])


def tied_diag(scatters, counts):
    return tied(scatters, counts) * np.eye(scatters.shape[-1])


def spherical(scatters, counts):
    variances = np.trace(full(scatters, counts), axis1=1, axis2=2) / scatters.shape[-1]
    return variances[:, np.newaxis, np.newaxis] * np.eye(scatters.shape[-1])


def tied_spherical(scatters, counts):
    return spherical(tied(scatters, counts), np.ones(len(counts)))


def equal_shapes(scatters, counts):
    """Equal volumes and shapes, each with a direction of its own (EEV; Celeux, Govaert 1995)."""
    sizes, turns = np.linalg.eigh(scatters)
    return turns * (sizes.sum(axis=0) / counts.sum()) @ np.swapaxes(turns, 1, 2)


FORMS = {
    "full": full,
    "tied": tied,
    "diag": diag,
    "spherical": spherical,
    "tied-diag": tied_diag,
    "tied-spherical": tied_spherical,
}


class Climb:
    """EM from responsibilities, (N, K + 1), until these stand still."""

    def __init__(self, x, shares, spread, volume, known=None, sample_weight=None):
        each = np.ones(len(x)) if sample_weight is None else sample_weight
        for _ in range(50_000):
            part = each[:, np.newaxis] * shares
            counts = part.sum(axis=0)
            own = counts[:-1]
            self.background = counts[-1] / counts.sum() if known is None else known
            self.weights = own / own.sum()
            self.means = (part[:, :-1].T @ x) / own[:, np.newaxis]
            away = x - self.means[:, np.newaxis]
            scatters = np.einsum("ik,kid,kie->kde", part[:, :-1], away, away)
            self.covariances = spread(scatters, own)
            logs = log_parts(x, self, volume)
            rows = logsumexp(logs, axis=1)
            self.log_likelihood = each @ rows
            before, shares = shares, np.exp(logs - rows[:, np.newaxis])
            if abs(shares - before).max() < 1e-12:
                break
        terms = np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-300)), 0)
        self.entropy = -each @ terms.sum(axis=1)
        self.shares = shares


def log_parts(x, values, volume):
    """The logs of the parts that components and background have in the density, (N, K + 1)."""
    logs = [
        np.log(weight) + stats.multivariate_normal(mean, covariance).logpdf(x)
        for weight, mean, covariance in zip(
            values.weights, values.means, values.covariances, strict=True
        )
    ]
    logs = np.stack(logs, axis=1) + np.log1p(-values.background)
    outside = np.full((len(x), 1), np.log(values.background) - np.log(volume))
    return np.concatenate([logs, outside], axis=1)


def one_hot(groups):
    return np.eye(groups.max() + 1)[groups]


# ----------------------------------------------------------------------------------- The likelihood


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("known", [None, 0.2])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_fits_are_those_of_numpy(form, known, is_weighted):
    weight = np.random.default_rng(22).uniform(0, 2, len(TABLE)) if is_weighted else None
    start = one_hot(GROUPS)
    climb = Climb(TABLE, start, FORMS[form], VOLUME, known, weight)
    prior = None if known is None else gm.Fixed(known)
    fit = gm.fit_em(
        TABLE,
        2,
        covariance_type=form,
        sample_weight=weight,
        initial={"responsibilities": start},
        order="start",
        background=gm.UniformBackground(VOLUME, weight=prior),
    )
    # The last iteration of the fit moves parameters by 1e-9, and what is left to move is at most
    # some 300 times as much, because EM is slow here.
    assert fit.log_likelihood == pytest.approx(climb.log_likelihood, abs=1e-8)
    near = {"rtol": 0, "atol": 3e-7}
    np.testing.assert_allclose(fit.background_weight, climb.background, **near)
    np.testing.assert_allclose(fit.weights, climb.weights, **near)
    np.testing.assert_allclose(fit.means, climb.means, rtol=0, atol=3e-6)
    np.testing.assert_allclose(fit.background_probabilities(TABLE), climb.shares[:, 2], **near)
    np.testing.assert_allclose(fit.probabilities(TABLE), climb.shares[:, :2], **near)
    assert fit.entropy == pytest.approx(climb.entropy, abs=1e-4)
    assert fit.log_background == -np.log(VOLUME)
    total = len(TABLE) if weight is None else weight.sum()
    plain = {"full": 6, "tied": 3, "diag": 4, "spherical": 2, "tied-diag": 2, "tied-spherical": 1}
    count = 1 + 4 + plain[form] + (known is None)
    assert fit.n_parameters == count
    assert fit.bic == pytest.approx(-2 * fit.log_likelihood + count * np.log(total))
    assert fit.aic == pytest.approx(-2 * fit.log_likelihood + count * 2)
    assert fit.icl == pytest.approx(fit.bic + 2 * fit.entropy)
    assert fit.converged


def chevron():
    """Rows of two crossing groups and of noise (R's mclust), and which are noise."""
    text = np.loadtxt(CHEVRON, delimiter=",", skiprows=1, dtype=str)
    return text[:, 1:].astype(float), text[:, 0] == '"noise"'


def test_the_chevron_has_its_known_maximum():
    x, is_noise = chevron()
    volume = 16021.807107781
    assert np.prod(np.ptp(x, axis=0)) == pytest.approx(volume, rel=1e-12)
    start = one_hot(np.where(is_noise, 2, x[:, 0] > 55))
    # The maximum with equal volumes and shapes that mclust reports, and its weights.
    equal = Climb(x, start, equal_shapes, volume)
    assert equal.log_likelihood == pytest.approx(-10525.264446686, abs=1e-6)
    np.testing.assert_allclose(
        [*np.sort((1 - equal.background) * equal.weights), equal.background],
        [0.11977195, 0.12621324, 0.7540148],
        atol=1e-6,
    )
    # That model is a special case of free covariances.
    climb = Climb(x, start, full, volume)
    assert climb.log_likelihood > equal.log_likelihood
    given = gm.UniformBackground(volume)
    fit = gm.fit_em(x, 2, initial={"responsibilities": start}, background=given)
    assert fit.log_likelihood == pytest.approx(climb.log_likelihood, abs=1e-8)
    for seed in range(3):
        found = gm.fit_em(x, 2, background=gm.UniformBackground(), random_seed=seed)
        assert found.log_likelihood == pytest.approx(climb.log_likelihood, abs=1e-8)
    wrong = (fit.background_probabilities(x) > 0.5) != is_noise
    assert wrong.mean() < 0.06
    post = gm.sample(gm.Mixture(2, covariance_type="full", background=given), x, 500, random_seed=1)
    wrong = (post.background_probabilities() > 0.5) != is_noise
    assert wrong.mean() < 0.06
    sd = post["background_weight"].std()
    assert abs(post["background_weight"].mean() - fit.background_weight) < 2 * sd
    assert abs(is_noise.mean() - post["background_weight"].mean()) < 4 * sd


def test_starts_have_the_mean_of_the_prior_for_a_weight():
    initial = {
        "weights": [0.3, 0.7],
        "means": [[0, 0], [5, 1]],
        "covariances": [np.eye(2), 2 * np.eye(2)],
    }

    class Start:
        weights, means = np.array(initial["weights"]), np.array(initial["means"])
        covariances, background = initial["covariances"], 0.25

    for weight in (gm.Beta(2, 6), gm.Fixed(0.25)):
        background = gm.UniformBackground(VOLUME, weight=weight)
        fit = gm.fit_em(TABLE, 2, initial=initial, background=background, max_iter=1)
        mean = logsumexp(log_parts(TABLE, Start, VOLUME), axis=1).mean()
        assert fit.history[0] == pytest.approx(mean, rel=1e-12)
    assert fit.background_weight == 0.25


def test_copies_and_rows_of_weight_0_are_what_they_stand_for():
    weight = np.arange(len(TABLE)) % 3
    background = gm.UniformBackground(VOLUME)
    start = one_hot(GROUPS)
    one = gm.fit_em(
        TABLE,
        2,
        sample_weight=weight,
        background=background,
        initial={"responsibilities": start},
    )
    other = gm.fit_em(
        np.repeat(TABLE, weight, axis=0),
        2,
        background=background,
        initial={"responsibilities": np.repeat(start, weight, axis=0)},
    )
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(one.means, other.means, atol=1e-6)
    assert one.background_weight == pytest.approx(other.background_weight, abs=1e-8)


def test_three_ways_to_say_the_volume_are_one():
    box = {"lower": TABLE.min(axis=0), "upper": TABLE.max(axis=0)}
    fits = [
        gm.fit_em(TABLE, 2, background=background, random_seed=1)
        for background in (gm.UniformBackground(), gm.UniformBackground(**box))
    ]
    volume = np.prod(box["upper"] - box["lower"])
    fits.append(gm.fit_em(TABLE, 2, background=gm.UniformBackground(volume), random_seed=1))
    np.testing.assert_array_equal(fits[0].covariances, fits[1].covariances)
    assert fits[0].background_weight == fits[1].background_weight
    # Sums of logarithms and the logarithm of a product differ in their last digits.
    np.testing.assert_allclose(fits[0].covariances, fits[2].covariances, rtol=1e-7)
    assert fits[0].log_background == pytest.approx(-np.log(volume), rel=1e-15)


def test_threads_and_forms_of_arguments_change_no_bit():
    options = {"background": gm.UniformBackground(), "random_seed": 2, "n_init": 3}
    one = gm.fit_em(TABLE, 2, threads=1, **options)
    for other in (
        gm.fit_em(TABLE, 2, threads=2, **options),
        gm.fit_em(gm.Data(TABLE), 2, **options),
    ):
        for name in ("weights", "means", "covariances", "background_weight", "log_likelihood"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    big = np.tile(TABLE, (50, 1))
    found = [gm.fit_em(big, 2, threads=threads, **options) for threads in (1, 2)]
    np.testing.assert_array_equal(found[0].covariances, found[1].covariances)
    assert found[0].background_weight == found[1].background_weight
    assert "beside a background of weight 0.2" in repr(one)
    assert "beside a background" in one._repr_html_()


def test_a_background_that_nothing_needs_vanishes():
    x = np.random.default_rng(23).normal(0, 1, 200)
    fit = gm.fit_em(x, 1, background=gm.UniformBackground(1e300))
    assert fit.background_weight < 1e-12
    assert fit.means[0] == pytest.approx(x.mean(), abs=1e-9)
    assert fit.sd[0] == pytest.approx(x.std(), rel=1e-9)
    assert fit.entropy == pytest.approx(0, abs=1e-9)


# ---------------------------------------------------------------------------- The posterior density


@pytest.mark.parametrize("weight", [gm.Beta(2, 5), gm.Beta(1, 9), gm.Fixed(0.15)], ids=repr)
def test_maxima_of_the_posterior_are_those_of_another_optimiser(weight):
    x, volume = TABLE[:, 0], 24.0
    kappa, shape, scale = 0.3, 2.0, 1.5
    model = gm.Mixture(
        2,
        n_dimensions=1,
        weights=gm.Dirichlet([3, 2]),
        components=gm.NormalInverseGamma(1.0, kappa, shape, scale),
        background=gm.UniformBackground(volume, weight=weight),
    )
    fit = gm.fit_em(x, model, random_seed=1)
    is_free = isinstance(weight, gm.Beta)

    def log_posterior(values):
        first, background = expit(values[4:6])
        if not is_free:
            background = weight.values
        weights, means, sds = np.array([first, 1 - first]), values[:2], np.exp(values[2:4])
        density = (1 - background) * (weights * stats.norm(means, sds).pdf(x[:, None])).sum(axis=1)
        result = np.log(density + background / volume).sum()
        result += stats.dirichlet([3, 2]).logpdf(weights)
        result += stats.invgamma(shape, scale=scale).logpdf(sds**2).sum()
        result += stats.norm(1.0, sds / np.sqrt(kappa)).logpdf(means).sum()
        if is_free:
            result += stats.beta(weight.first, weight.second).logpdf(background)
        return result

    start = [*fit.means, *np.log(fit.sd), logit(fit.weights[0]), logit(fit.background_weight)]
    top = fit.log_likelihood + fit.log_prior
    assert log_posterior(np.array(start)) == pytest.approx(top, abs=1e-8)
    assert fit.history[-1] * len(x) == pytest.approx(top, abs=1e-6)
    assert np.all(np.diff(fit.history) >= -1e-12)
    away = np.array(start) + np.random.default_rng(24).normal(0, 0.05, 6)
    found = optimize.minimize(lambda values: -log_posterior(values), away, tol=1e-10)
    assert -found.fun <= top + 1e-9
    assert -found.fun == pytest.approx(top, abs=1e-6)
    np.testing.assert_allclose(found.x[: 5 + is_free], start[: 5 + is_free], atol=1e-3)
    assert fit.n_parameters == 5 + is_free
    post = gm.sample(model, x, 2_000, chains=2, random_seed=2, initial=fit)
    assert top - 5 < post["log_posterior"].max() <= top


def test_maxima_of_tables_lie_where_draws_are():
    model = gm.Mixture(
        2, covariance_type="full", default_priors="fraley-raftery",
        background=gm.UniformBackground(weight=gm.Beta(2, 2)),
    )  # fmt: skip
    fit = gm.fit_em(TABLE, model, random_seed=1)
    post = gm.sample(model, TABLE, 4_000, chains=2, random_seed=2)
    assert post["log_posterior"].max() <= fit.log_likelihood + fit.log_prior
    mean, sd = post["background_weight"].mean(), post["background_weight"].std()
    assert abs(fit.background_weight - mean) < sd
    bounds = post.model.background
    volume = np.prod(np.subtract(bounds.upper, bounds.lower))
    assert fit.log_background == pytest.approx(-np.log(volume), rel=1e-14)


# ----------------------------------------------------------------------------------- Known mixtures


def test_mixtures_evaluate_the_background():
    fit = gm.fit_em(TABLE, 2, background=gm.UniformBackground(), random_seed=1)
    values = {name: getattr(fit, name) for name in ("weights", "means", "covariances")}
    mixture = gm.KnownMixture(
        **values, background_weight=fit.background_weight, log_background=fit.log_background
    )
    points = np.concatenate([TABLE, [[1e3, -1e3], [1e6, 1e6]]])

    class Values:
        weights, means, covariances = (values[name] for name in values)
        background = fit.background_weight

    logs = log_parts(points, Values, np.exp(-fit.log_background))
    rows = logsumexp(logs, axis=1, keepdims=True)
    shares = np.exp(logs - rows)
    for known in (mixture, fit.mixture):
        np.testing.assert_allclose(known.log_density(points), rows[:, 0], rtol=1e-11)
        np.testing.assert_allclose(known.probabilities(points), shares[:, :2], atol=1e-12)
        found = known.background_probabilities(points)
        np.testing.assert_allclose(found, shares[:, 2], atol=1e-12)
        np.testing.assert_allclose(found + known.probabilities(points).sum(axis=1), 1, rtol=1e-12)
        logs_of = known.log_probabilities(points)
        np.testing.assert_allclose(logs_of, (logs - rows)[:, :2], rtol=1e-9, atol=1e-12)
        terms = np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-300)), 0)
        np.testing.assert_allclose(known.entropy(points), -terms.sum(axis=1), atol=1e-11)
        assert known.background_weight == fit.background_weight
        assert known.log_background == fit.log_background
        assert f"background_weight={fit.background_weight:.4g}" in repr(known)
    np.testing.assert_array_equal(
        fit.background_probabilities(points, threads=1), mixture.background_probabilities(points)
    )
    assert found[-1] == 1


def test_mixtures_without_a_background_have_none():
    mixture = gm.KnownMixture([0.4, 0.6], [0.0, 3.0], [1.0, 1.0])
    assert mixture.background_weight == mixture.log_background == 0
    assert (mixture.background_probabilities([0.0, 100.0]) == 0).all()
    assert "background" not in repr(mixture)
    fit = gm.fit_em(TABLE, 2, random_seed=1)
    assert fit.background_weight == fit.log_background == 0
    assert "background" not in repr(fit)
    only = gm.KnownMixture([1.0], [0.0], [1.0], background_weight=1.0, log_background=-2.0)
    np.testing.assert_array_equal(only.background_probabilities([0.0, 9.0]), 1)
    np.testing.assert_array_equal(only.log_density([0.0, 9.0]), -2)
    np.testing.assert_array_equal(only.probabilities([0.0]), 0)
