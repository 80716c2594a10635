"""A prior for each component: known components beside others, in every call that takes a model."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from scipy import stats

import gmmswift as gm

STREAM = np.random.default_rng(11)
LINE = np.concatenate([STREAM.normal(0, 1, 200), STREAM.normal(4, 0.6, 200)])
S = np.array([[1.0, 0.3], [0.3, 0.5]])
PLANE = np.concatenate(
    [STREAM.multivariate_normal([0, 0], S, 150), STREAM.normal(3, 0.7, (150, 2))]
)


def line(**arguments):
    means = [gm.Fixed(0.0), gm.Normal(3, sd=2)]
    sd = [gm.HalfNormal(2), gm.Fixed(0.6)]
    return gm.Mixture(2, **({"means": means, "sd": sd} | arguments))


def plane(**arguments):
    means = [gm.Fixed([0, 0]), gm.NormalKappa([2, 2], 0.1)]
    covariance = [gm.Fixed(S), gm.InverseWishart(4, np.eye(2))]
    return gm.Mixture(2, **({"means": means, "covariance": covariance} | arguments))


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("method", ["gibbs", "metropolis"])
def test_known_numbers_stay_and_others_are_found(ordered, method):
    post = gm.sample(
        line(ordered=ordered), LINE, 400, tune=800, chains=2, method=method, random_seed=1
    )
    assert (post["means"][..., 0] == 0).all()
    assert (post["sd"][..., 1] == 0.6).all()
    # Posterior sds are about 0.05; autocorrelated draws leave a fifth of that.
    assert abs(post["means"][..., 1].mean() - LINE[200:].mean()) < 0.05
    assert abs(post["sd"][..., 0].mean() - LINE[:200].std()) < 0.1
    prior = post.model.log_prior(post["weights"][0, 0], post["means"][0, 0], sd=post["sd"][0, 0])
    exact = stats.norm(3, 2).logpdf(post["means"][0, 0, 1])
    exact += stats.halfnorm(scale=2).logpdf(post["sd"][0, 0, 0])
    assert prior == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("ordered", [False, True])
def test_known_mean_and_matrix_in_the_plane(ordered):
    post = gm.sample(plane(ordered=ordered), PLANE, 300, tune=200, chains=2, random_seed=1)
    assert (post["means"][..., 0, :] == 0).all()
    np.testing.assert_allclose(
        post["covariances"][:, :, 0], np.broadcast_to(S, (2, 300, 2, 2)), rtol=1e-14
    )
    np.testing.assert_allclose(post["means"][..., 1, :].mean((0, 1)), 3, atol=0.15)


def test_draws_of_the_prior_keep_what_is_known():
    post = gm.sample_prior(line(ordered=True), 5000, random_seed=2)
    assert (post["means"][..., 0] == 0).all()
    assert (post["sd"][..., 1] == 0.6).all()
    truncated = stats.truncnorm(-1.5, np.inf, loc=3, scale=2)
    assert stats.kstest(post["means"][..., 1].ravel(), truncated.cdf).pvalue > 1e-6
    assert stats.kstest(post["sd"][..., 0].ravel(), stats.halfnorm(scale=2).cdf).pvalue > 1e-6


def test_maximum_keeps_what_is_known():
    fit = gm.fit_em(LINE, line())
    assert fit.means[0] == 0
    assert fit.covariances[1].item() == 0.6**2
    assert abs(fit.means[1] - LINE[200:].mean()) < 0.1
    fit = gm.fit_em(PLANE, plane())
    assert (fit.means[0] == 0).all()
    np.testing.assert_allclose(fit.covariances[0], S, rtol=1e-14)


@pytest.mark.parametrize("case", ["line", "plane"])
def test_files_and_pickles_keep_the_priors(case, tmp_path):
    model, data = (line(), LINE) if case == "line" else (plane(), PLANE)
    assert pickle.loads(pickle.dumps(model)) == model
    post = gm.sample(model, data, 20, tune=10, chains=2, random_seed=3)
    post.save(tmp_path / "post.gmm")
    loaded = gm.load(tmp_path / "post.gmm")
    names = ["weights", "means", "log_likelihood", "log_posterior"]
    for name in names:
        assert (loaded[name] == post[name]).all()
    again = gm.sample(loaded.model, data, 20, tune=10, chains=2, random_seed=3)
    more = loaded.extend(5)
    for name in names:
        assert (again[name] == post[name]).all()
        assert (more[name][:, :20] == post[name]).all()


def test_checkpoints_resume_with_the_same_bits(tmp_path):
    whole = gm.sample(line(), LINE, 60, tune=50, chains=2, random_seed=3)
    path = tmp_path / "run.gmmckpt"
    gm.sample(line(), LINE, 30, tune=50, chains=2, random_seed=3, checkpoint=path)
    resumed = gm.sample(line(), LINE, 60, tune=50, chains=2, random_seed=3, checkpoint=path)
    assert (resumed["means"] == whole["means"]).all()


def test_families_on_sd_variance_and_precision_stand_beside_each_other(tmp_path):
    model = gm.Mixture(
        3, means=gm.Normal(0, 5), sd=[gm.HalfNormal(1), gm.InverseGamma(3, 2), gm.Gamma(2, 1)]
    )
    post = gm.sample(model, LINE, 10, tune=10, chains=1, random_seed=1)
    post.save(tmp_path / "post.gmm")
    assert gm.load(tmp_path / "post.gmm").model == model


def test_same_prior_for_each_is_that_prior():
    prior = gm.Normal(0, 5)
    one = gm.Mixture(2, means=prior, sd=gm.HalfNormal(2))
    each = gm.Mixture(2, means=[prior, prior], sd=[gm.HalfNormal(2)] * 2)
    options = {"draws": 20, "tune": 20, "chains": 1, "random_seed": 4}
    assert (
        gm.sample(one, LINE, **options)["means"] == gm.sample(each, LINE, **options)["means"]
    ).all()


def test_summary_has_rows_of_what_is_known():
    text = str(gm.sample(line(), LINE, 50, tune=50, chains=2, random_seed=1).summary())
    assert re.search(r"^means\[0\] +0\.0000 +0\.0000", text, re.MULTILINE)


NORMAL = gm.Normal(0, 1)
ERRORS = [
    ({"means": [gm.Fixed(0), gm.Normal(3, sd=-1)]}, "means[1].sd: must be positive, got -1.0"),
    ({"means": [NORMAL] * 3}, "means: must have 2 priors, one for each component, got 3"),
    ({"means": []}, "means: must have 2 priors, one for each component, got 0"),
    (
        {"means": [NORMAL, gm.HalfNormal(1)]},
        "means[1]: must be Fixed or Normal or NormalKappa or Uniform, got HalfNormal",
    ),
    (
        {"means": [gm.Fixed([0, 1]), gm.Normal(0, sd=[1, -1])]},
        "means[1].sd[1]: must be positive, got -1.0",
    ),
    (
        {"means": [gm.Fixed([0, 1]), gm.Normal([0, 1, 2], 1)]},
        "means[1].mean: must be a number or have 2 values, got 3 values",
    ),
    (
        {"sd": [gm.Uniform(3, 2), gm.Fixed(1)]},
        "sd[0].upper: must be above sd[0].lower = 3.0, got 2.0",
    ),
    (
        {"shared_sd": True, "sd": [gm.Fixed(1)] * 2},
        "sd: must have 1 prior where the spread is shared, got 2",
    ),
    (
        {"sd": None, "variance": [gm.InverseGamma(1, 1), gm.Fixed(-1)]},
        "variance[1].values: must be positive, got -1.0",
    ),
    (
        {"sd": None, "variance": [gm.HalfNormal(1), gm.Fixed(1)]},
        "variance[0]: must be Fixed or InverseGamma, got HalfNormal",
    ),
    (
        {"means": [gm.Fixed(1), gm.Fixed(0)], "ordered": True},
        "means[1].values: fixed means must increase when the means are ordered, got 0.0 after 1.0",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_errors_carry_the_path_that_the_user_wrote(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        gm.Mixture(2, **({"means": NORMAL, "sd": gm.HalfNormal(1)} | arguments))


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        (
            [gm.Fixed(S), gm.InverseWishart(1, S)],
            "covariance[1].dof: must be above n_dimensions - 1 = 1",
        ),
        (
            [gm.Fixed(-S), gm.InverseWishart(4, S)],
            "covariance[0].values: must be positive definite",
        ),
        (
            [gm.Fixed(S), gm.InverseWishart(4, [[1, 2], [0, 1]])],
            "covariance[1].scale: must be symmetric",
        ),
        ([gm.Fixed([S, S]), gm.Fixed(S)], "covariance[0].values: must have shape (2, 2)"),
    ],
)
def test_errors_of_matrices_carry_the_path(covariance, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        gm.Mixture(2, means=gm.Normal([0, 0], 1), covariance=covariance)


def test_what_is_no_prior_is_named_with_its_place():
    with pytest.raises(TypeError, match=r"^means\[1\]: must be a prior or Fixed, got 3"):
        gm.Mixture(2, means=[NORMAL, 3], sd=gm.HalfNormal(1))


def test_a_free_mean_needs_room_between_known_ones():
    priors = [gm.Fixed(1), NORMAL, gm.Fixed(1)]
    with pytest.raises(ValueError, match=r"means\[2\]\.values: fixed means must leave room"):
        gm.Mixture(3, means=priors, ordered=True, sd=gm.HalfNormal(1))
