"""Ties under priors that let an sd reach 0: the warning before, and what a collapse leaves."""

from __future__ import annotations

import pathlib
import warnings

import numpy as np
import pytest

import gmmswift as gm

# Old Faithful's waiting times, in whole minutes.
WAITING = np.loadtxt(
    pathlib.Path(__file__).parents[3] / "examples" / "data" / "faithful.txt", comments="#"
)[:, 1]
REACHING_ZERO = [gm.HalfCauchy(5), gm.HalfNormal(10), gm.Uniform(0, 50), gm.HalfStudentT(3, 5)]
KEPT_FROM_ZERO = [
    gm.Uniform(0.5, 50),
    gm.LogNormal(1.5, 0.5),
    gm.InverseGamma(2, 10),
    gm.Gamma(2, 10),
    gm.Fixed(5),
]


def model_of(sd, size=3):
    kind = {gm.InverseGamma: "variance", gm.Gamma: "precision"}.get(type(sd), "sd")
    return gm.Mixture(size, means=gm.Normal(70, sd=30), **{kind: sd})


@pytest.mark.parametrize("sd", REACHING_ZERO, ids=repr)
def test_ties_are_a_warning_that_names_them(sd):
    with pytest.warns(gm.ImproperPosteriorWarning) as caught:
        gm.sample(model_of(sd, 2), WAITING, 5, tune=5, random_seed=1)
    (warning,) = caught
    assert warning.filename == __file__
    text = str(warning.message)
    assert text.startswith("data: must not hold ties")
    assert text.endswith("got 15 rows equal to 78.0")
    assert "Uniform with a lower bound above 0, or InverseGamma on the variance" in text


def test_code_without_a_module_is_warned_too():
    names = {"sample": gm.sample, "model": model_of(gm.HalfCauchy(5), 2), "data": WAITING}
    with pytest.warns(gm.ImproperPosteriorWarning):
        exec("sample(model, data, 5, tune=5, random_seed=1)", names)


@pytest.mark.parametrize("sd", KEPT_FROM_ZERO, ids=repr)
def test_a_prior_that_keeps_the_sd_from_zero_gives_no_warning(sd):
    with warnings.catch_warnings():
        warnings.simplefilter("error", gm.ImproperPosteriorWarning)
        post = gm.sample(model_of(sd), WAITING, 300, tune=300, random_seed=1)
    assert post.n_draws == 300


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_default_priors_give_no_warning(covariance_type):
    table = np.column_stack([WAITING, WAITING[::-1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for data in (table, WAITING):
            gm.sample(
                gm.Mixture(2, covariance_type=covariance_type), data, 5, tune=5, random_seed=1
            )


def test_no_ties_are_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gm.sample(model_of(gm.HalfCauchy(5)), np.unique(WAITING), 5, tune=5, random_seed=1)


def test_weights_repeat_rows():
    values = np.unique(WAITING)
    weights = np.where(values == 60, 3.0, 1.0)
    with pytest.warns(
        gm.ImproperPosteriorWarning, match="1 row with weights of sum 3.0 equal to 6"
    ):
        gm.sample(
            model_of(gm.HalfCauchy(5)), values, 5, tune=5, sample_weight=weights, random_seed=1
        )


def test_columns_have_their_names():
    data = gm.Data(np.column_stack([np.arange(9.0), [1, 2, 3, 4, 5, 6, 7, 8, 8]]), names=["a", "b"])
    model = gm.Mixture(2, covariance_type="diag", means=gm.Normal(4, 5), sd=gm.HalfCauchy(2))
    with pytest.warns(gm.ImproperPosteriorWarning, match=r"2 rows equal to 8.0 in column 1 \(b\)"):
        gm.sample(model, data, 2, tune=2, random_seed=1)


def test_the_warning_of_an_estimator_points_at_the_caller():
    mixture = gm.GaussianMixture(2, random_state=0).fit(WAITING[:, None])
    priors = {"means": gm.Normal(70, sd=30), "sd": gm.HalfCauchy(5), "covariance_type": "diag"}
    with pytest.warns(gm.ImproperPosteriorWarning) as caught:
        mixture.posterior(priors=priors, draws=2, tune=2, random_seed=1)
    assert caught[0].filename == __file__


def test_data_that_components_hold_as_a_whole_are_an_error_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(gm.DegenerateError, match="more than 1 distinct value") as caught:
            gm.sample(model_of(gm.HalfCauchy(5)), [3, 3, 3], 5)
    assert caught.value.posterior is None


@pytest.mark.filterwarnings("ignore::gmmswift.ImproperPosteriorWarning")
@pytest.mark.parametrize("sd", REACHING_ZERO, ids=repr)
def test_a_collapse_keeps_the_draws_before_it(sd):
    """A chain collapses sooner or later; of 60 seeds, some leave draws."""
    model = model_of(sd)
    kept = 0
    for seed in range(60):
        options = {"tune": 20, "chains": 2, "random_seed": seed}
        with pytest.raises(gm.DegenerateError, match=r"in chain [01] at iteration \d+$") as caught:
            gm.sample(model, WAITING, 100_000, **options)
        part = caught.value.posterior
        if part is None or part.n_draws < 3:
            continue
        kept += 1
        whole = gm.sample(model, WAITING, part.n_draws, **options)
        for name in part:
            np.testing.assert_array_equal(part[name], whole[name])
        # The groups of rounded values are a minute apart.
        assert part["sd"].min() > 1e-8
        assert not part.can_extend
        with pytest.raises(NotImplementedError, match="the draws before a collapse"):
            part.extend(1)
        with pytest.raises(gm.DegenerateError) as again:
            whole.extend(100_000)
        assert str(again.value) == str(caught.value)
        np.testing.assert_array_equal(again.value.posterior["means"], part["means"])
        assert np.isfinite(part.summary().values).any()
        if kept == 2:
            return
    assert kept


@pytest.mark.filterwarnings("ignore::gmmswift.ImproperPosteriorWarning")
@pytest.mark.parametrize("method", ["gibbs", "metropolis"])
def test_zeros_collapse_like_any_other_value(method):
    data = np.concatenate([np.zeros(30), np.random.default_rng(1).normal(3, 1, size=70)])
    texts = set()
    for shift in (0, 78):
        model = gm.Mixture(2, means=gm.Normal(shift, sd=5), ordered=True, sd=gm.HalfCauchy(1))
        with pytest.raises(gm.DegenerateError) as caught:
            gm.sample(model, data + shift, 2_000, tune=500, random_seed=1, method=method)
        texts.add(str(caught.value).split(" in chain ")[1])
    assert len(texts) == 1


def test_ties_of_fractional_weights_collapse_like_repeated_rows():
    data = np.concatenate([np.zeros(60), np.random.default_rng(0).normal(3, 1, 140)])
    model = gm.Mixture(2, means=gm.Normal(2, sd=5), sd=gm.HalfCauchy(5))
    with pytest.warns(gm.ImproperPosteriorWarning), pytest.raises(gm.DegenerateError) as caught:
        gm.sample(model, data, sample_weight=np.full(200, 0.5), random_seed=1)
    assert "30 observations" in str(caught.value)
    # Ten rows of weight 0.1 at one place are worth one row, onto which no component can shrink.
    few = np.concatenate([np.zeros(10), np.random.default_rng(0).normal(3, 1, 140)])
    posterior = gm.sample(model, few, 500, sample_weight=np.full(150, 0.1), random_seed=1)
    assert np.isfinite(posterior["sd"]).all()
