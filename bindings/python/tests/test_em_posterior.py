"""Maxima of the posterior density: `fit_em` under the priors of a model."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm

STREAM = np.random.default_rng(7)
TABLE = np.concatenate([STREAM.normal(0, 1, (60, 2)), STREAM.normal(5, 2, (50, 2))])
LINE = TABLE[:, 0]


def table_model(**arguments):
    return gm.Mixture(2, **arguments)


RULE = {"default_priors": "fraley-raftery"}
MODELS = {
    "scaled to the data": (TABLE, RULE),
    "tied": (TABLE, {"covariance_type": "tied", **RULE}),
    "diag": (TABLE, {"covariance_type": "diag", **RULE}),
    "spherical, one for all": (TABLE, {"covariance_type": "spherical", "shared_sd": True, **RULE}),
    "diag, one for all": (TABLE, {"covariance_type": "diag", "shared_sd": True, **RULE}),
    "independent": (
        TABLE,
        {"means": gm.Normal(0, sd=5), "covariance": gm.InverseWishart(5, np.eye(2))},
    ),
    "line": (LINE, {"means": gm.Normal(0, sd=9), "ordered": True, "sd": gm.HalfCauchy(2)}),
    "line, one sd": (
        LINE,
        {"means": gm.Normal(0, sd=9), "sd": gm.Uniform(0, 9), "shared_sd": True},
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_fit_is_the_largest_of_the_density_that_the_sampler_reports(name):
    data, arguments = MODELS[name]
    model = gm.Mixture(2, weights=gm.Dirichlet(2.0), **arguments)
    fit = gm.fit_em(data, model, random_seed=1)
    assert fit.converged
    assert fit.collapsed == []
    assert np.all(np.diff(fit.history) >= -1e-12)
    top = fit.log_likelihood + fit.log_prior
    assert fit.history[-1] * len(data) == pytest.approx(top, abs=1e-6)
    post = gm.sample(model, data, 4_000, chains=2, random_seed=2, initial=fit)
    draws = post["log_posterior"]
    assert draws.max() <= top
    assert draws.max() > top - 4


def test_shapes_follow_the_model():
    shapes = {
        ("diag", True): (2,),
        ("spherical", True): (),
        ("diag", False): (2, 2),
        ("spherical", False): (2,),
        ("tied", False): (2, 2),
        ("full", False): (2, 2, 2),
    }
    for (kind, shared), shape in shapes.items():
        model = gm.Mixture(2, covariance_type=kind, shared_sd=shared)
        fit = gm.fit_em(TABLE, model, random_seed=1, n_init=1)
        assert fit.covariances.shape == fit.precisions_cholesky.shape == shape
        assert fit.covariance_type == (f"tied-{kind}" if shared else kind)
        assert fit.shared_sd == (shared or kind == "tied")
        # A fit under a model is a start of statistics, as any other.
        step = gm.MixtureStatistics(fit, TABLE).maximize()
        assert step.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)


@pytest.mark.parametrize("kind", ["diag", "spherical"])
def test_one_covariance_for_all_is_the_mean_of_the_components(kind):
    """At a maximum of the likelihood, the shared variance is the pooled variance."""
    fit = gm.fit_em(TABLE, 2, covariance_type=kind, shared_sd=True, random_seed=1)
    gaps = TABLE[:, np.newaxis] - fit.means
    log_shares = np.log(fit.weights) - 0.5 * np.sum(gaps**2 / fit.covariances, axis=2)
    shares = np.exp(log_shares - log_shares.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    pooled = np.einsum("nk,nkd->d", shares, gaps**2) / len(TABLE)
    expected = pooled if kind == "diag" else pooled.mean()
    np.testing.assert_allclose(fit.covariances, expected, rtol=1e-7)


def test_known_values_stay_and_weights_count():
    model = gm.Mixture(
        2, weights=gm.Fixed([0.3, 0.7]), means=gm.Normal([0, 5], sd=1), sd=gm.Fixed([1.0, 2.0])
    )
    fit = gm.fit_em(LINE, model)
    np.testing.assert_array_equal(fit.weights, [0.3, 0.7])
    np.testing.assert_array_equal(fit.sd, [1.0, 2.0])
    copies = np.arange(len(LINE)) % 3
    weighted = gm.fit_em(LINE, model, sample_weight=copies)
    repeated = gm.fit_em(np.repeat(LINE, copies), model)
    np.testing.assert_allclose(weighted.means, repeated.means, rtol=1e-8)
    assert weighted.log_prior == pytest.approx(model.log_prior(**_values(weighted)), rel=1e-9)


def _values(fit):
    return {"weights": fit.weights, "means": fit.means, "sd": fit.sd}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gm.fit_em(TABLE, table_model(), covariance_type="full"), "covariance_type: must"),
        (lambda: gm.fit_em(TABLE, table_model(), shared_sd=True), "shared_sd: must be left"),
        (lambda: gm.fit_em(TABLE, table_model(n_dimensions=3)), "data: must have 3 columns"),
        (lambda: gm.fit_em(TABLE, table_model(), regularization=1e-6), "regularization: must be 0"),
        (
            lambda: gm.fit_em(TABLE, table_model(weights=gm.Dirichlet(0.5))),
            "weights: must have concentrations of at least 1",
        ),
    ],
)
def test_what_contradicts_the_model_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("arguments", "free"),
    [
        ({"means": gm.Fixed([0, 5]), "sd": gm.HalfNormal(1)}, 3),
        ({"weights": gm.Fixed([0.4, 0.6]), "means": gm.Normal(0, sd=9), "sd": gm.HalfNormal(1)}, 4),
        ({"means": gm.Normal(0, sd=9), "sd": gm.Fixed([1, 2])}, 3),
        ({"means": gm.Normal(0, sd=9), "sd": gm.HalfNormal(1)}, 5),
        ({"means": gm.Normal(0, sd=9), "sd": gm.HalfNormal(1), "shared_sd": True}, 4),
        ({"means": [gm.Fixed(0.0), gm.Normal(5, sd=1)], "sd": gm.HalfNormal(1)}, 4),
        ({"means": gm.Normal(0, sd=9), "sd": [gm.Fixed(1.0), gm.HalfNormal(2)]}, 4),
    ],
)
def test_parameters_that_the_model_knows_do_not_count(arguments, free):
    fit = gm.fit_em(LINE, gm.Mixture(2, **arguments))
    assert fit.aic == pytest.approx(-2 * fit.log_likelihood + 2 * free, rel=1e-12)
    assert fit.bic == pytest.approx(-2 * fit.log_likelihood + free * np.log(len(LINE)), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "free"),
    [
        ({"means": gm.Fixed([[0, 0], [5, 5]]), "covariance": gm.InverseWishart(5, np.eye(2))}, 7),
        ({"means": gm.Normal(0, sd=9), "covariance": gm.Fixed(np.eye(2))}, 5),
        ({"covariance_type": "tied"}, 1 + 4 + 3),
        ({"covariance_type": "diag", "shared_sd": True}, 1 + 4 + 2),
        ({"covariance_type": "spherical"}, 1 + 4 + 2),
        ({}, 1 + 4 + 6),
    ],
)
def test_parameters_that_the_model_knows_do_not_count_in_several_dimensions(arguments, free):
    fit = gm.fit_em(TABLE, gm.Mixture(2, n_dimensions=2, **arguments))
    assert fit.aic == pytest.approx(-2 * fit.log_likelihood + 2 * free, rel=1e-12)
    assert fit.bic == pytest.approx(-2 * fit.log_likelihood + free * np.log(len(TABLE)), rel=1e-12)
