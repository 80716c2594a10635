"""Models: how priors broadcast, blocks that are known, defaults, and models as values."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import gmmswift as gm
from tables import DATA, SPREADS, fit, same

EYE = np.eye(3)

EQUAL = {
    "mean of a number": (gm.Normal(0, 2), gm.Normal(np.zeros((2, 3)), 2)),
    "mean of each coordinate": (gm.Normal([1, 2, 3], 2), gm.Normal([[1, 2, 3]] * 2, 2)),
    "mean of each component": (gm.Normal([[1], [2]], 2), gm.Normal([[1] * 3, [2] * 3], 2)),
    "row": (gm.Normal([[1, 2, 3]], 2), gm.Normal([1, 2, 3], [2, 2, 2])),
}


@pytest.mark.parametrize("case", EQUAL)
def test_priors_of_means_broadcast_as_in_numpy(case):
    short, long = (fit(means=means, n_dimensions=3, draws=5) for means in EQUAL[case])
    same(short, long)


def test_matrices_are_one_for_all_or_one_for_each():
    def sample(dof, scale, covariance_type="full"):
        prior = gm.InverseWishart(dof, scale)
        return fit(covariance_type, means=gm.Normal(0, 9), covariance=prior, draws=5)

    same(sample(6, EYE), sample([6, 6], [EYE, EYE]))
    same(sample([5, 7], EYE), sample([5, 7], [EYE, EYE]))
    same(sample(6, EYE, "tied"), sample(6, [EYE], "tied"))
    different = sample(6, [EYE, 100 * EYE])
    assert (different["covariances"] != sample(6, EYE)["covariances"]).any()


def test_sds_broadcast_by_component_and_coordinate():
    def sample(prior, **arguments):
        return fit("diag", means=gm.Normal(0, 9), sd=prior, draws=5, **arguments)

    same(sample(gm.HalfNormal(2)), sample(gm.HalfNormal(np.full((2, 3), 2.0))))
    same(sample(gm.HalfNormal([1, 2, 3])), sample(gm.HalfNormal([[1, 2, 3]] * 2)))
    same(sample(gm.HalfNormal([[1], [2]])), sample(gm.HalfNormal([[1] * 3, [2] * 3])))
    same(
        sample(gm.HalfNormal([1, 2, 3]), shared_sd=True),
        sample(gm.HalfNormal([[1, 2, 3]]), shared_sd=True),
    )


def test_number_of_dimensions_is_read_off_the_priors():
    shapes = [
        gm.Mixture(2, components=gm.NormalInverseWishart(0, 1, 5, EYE)),
        gm.Mixture(2, means=gm.Normal(np.zeros((2, 3)), 1), sd=gm.HalfNormal(1)),
        gm.Mixture(2, means=gm.Normal([0, 0, 0], 1), covariance_type="full"),
        gm.Mixture(2, covariance_type="diag", sd=gm.HalfNormal([1, 1, 1])),
        gm.Mixture(2, components=gm.NormalInverseGamma([0, 0, 0], 1, 1, 1)),
    ]
    assert [model.n_dimensions for model in shapes] == [3] * 5
    types = [model.covariance_type for model in shapes]
    assert types == ["full", "diag", "full", "diag", "diag"]
    # These are one number for each component, so only the data tell the number of dimensions.
    assert gm.Mixture(2, covariance_type="spherical", sd=gm.HalfNormal([1, 2])).n_dimensions is None


def test_each_block_may_be_known():
    means, covariances = np.array([[0, 0, 0], [6, 6, 6.0]]), np.array([EYE, 1.3 * EYE])
    weights = [0.6, 0.4]
    known = {
        "weights": fit(weights=gm.Fixed(weights)),
        "means": fit(means=gm.Fixed(means)),
        "covariances": fit(means=gm.Normal(0, 9), covariance=gm.Fixed(covariances)),
    }
    values = {"weights": weights, "means": means, "covariances": covariances}
    for name, post in known.items():
        # Covariances pass through their Cholesky factor, which rounds a few times.
        np.testing.assert_allclose(
            post[name], np.broadcast_to(values[name], post[name].shape), rtol=1e-14
        )
        for other in set(values) - {name}:
            assert np.ptp(post[other], axis=1).max() > 0
    tied = fit("tied", covariance=gm.Fixed(EYE))
    np.testing.assert_array_equal(tied["covariances"], np.broadcast_to(EYE, (2, 20, 3, 3)))
    for name, values in {"variance": 4.0, "precision": 0.25, "sd": 2.0}.items():
        post = fit("diag", **{name: gm.Fixed(values)})
        np.testing.assert_array_equal(post["sd"], np.full((2, 20, 2, 3), 2.0))


@pytest.mark.parametrize("data", [DATA, DATA[:, :1], DATA[:, 0]], ids=["D=3", "column", "D=1"])
@pytest.mark.parametrize("covariance_type", [None, *SPREADS])
def test_a_model_without_priors_just_works(data, covariance_type):
    model = gm.Mixture(n_components=2, covariance_type=covariance_type)
    post = gm.sample(model, data, 300, tune=100, chains=2, random_seed=1)
    centers = np.sort(post["means"].reshape(2, 300, 2, -1)[..., 0].mean(axis=(0, 1)))
    # Groups at 0 and 6 with sd 1: their means have posterior sds of 0.13 and 0.16.
    np.testing.assert_allclose(centers, [0, 6], atol=1)
    assert model.n_dimensions is None
    assert post.model.n_dimensions == (3 if data is DATA else 1)


def test_scaled_priors_keep_to_their_data():
    model = gm.Mixture(2, covariance_type="full")
    bound = model.for_data(DATA)
    assert (model.n_dimensions, bound.n_dimensions) == (None, 3)
    same(
        gm.sample(model, DATA, 5, chains=1, random_seed=1),
        gm.sample(bound, DATA, 5, chains=1, random_seed=1),
    )
    # Other data under the priors of the first are another posterior than under their own.
    other = gm.sample(bound, DATA[:50], 5, chains=1, random_seed=1)
    own = gm.sample(model, DATA[:50], 5, chains=1, random_seed=1)
    assert (other["log_posterior"] != own["log_posterior"]).any()
    assert bound.for_data(DATA[:50]) is bound
    assert bound == model.for_data(DATA) != model.for_data(DATA[:50])
    assert pickle.loads(pickle.dumps(model)) == model
    assert pickle.loads(pickle.dumps(bound)) == bound
    assert gm.sample_prior(bound, 7)["covariances"].shape == (1, 7, 2, 3, 3)


def test_scaling_priors_takes_the_threads_of_the_call(asked):
    model = gm.Mixture(2, covariance_type="full")
    for call in (
        lambda: model.for_data(DATA, threads=3),
        lambda: gm.sample(model, DATA, 2, tune=0, threads=3),
        lambda: gm.fit_em(DATA, model, max_iter=1, threads=3),
    ):
        call()
        assert set(asked) == {3}
        asked.clear()


@pytest.mark.parametrize("dimensions", [1, 2, 8, 32, 128, 256])
@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_priors_of_fraley_and_raftery_leave_variances_to_the_data(covariance_type, dimensions):
    # A draw of a large matrix takes long.
    draws = 20 if covariance_type in ("full", "tied") and dimensions >= 128 else 2_000
    data = np.random.default_rng(0).normal(size=(300, dimensions))
    model = gm.Mixture(1, covariance_type=covariance_type, default_priors="fraley-raftery")
    post = gm.sample(model, data, draws, tune=0, chains=1, random_seed=1)
    if "covariances" in post:
        variances = np.diagonal(post["covariances"], axis1=-2, axis2=-1)
    else:
        variances = post["sd"] ** 2
    # The exact ratio is N / (N + 1). A variance has a posterior sd of 0.1, here divided by the root
    # of the number of draws, or of the number of draws and columns.
    assert variances.mean() / data.var(axis=0, ddof=1).mean() == pytest.approx(1, abs=0.02)


def test_default_priors_have_a_name_that_goes_along(tmp_path):
    rule = "malsiner-walli"
    model = gm.Mixture(2, covariance_type="full")
    assert model.default_priors is None
    assert "default" not in repr(model)
    post = gm.sample(model, DATA, 5, tune=5, chains=1, random_seed=1)
    post.save(tmp_path / "x.gmm")
    loaded = gm.load(tmp_path / "x.gmm")
    stated = gm.Mixture(2, covariance_type="full", default_priors=rule)
    for each in (stated, model.for_data(DATA), post.model, loaded.model, post.extend(2).model):
        assert each.default_priors == rule
        assert f"default_priors='{rule}'" in repr(each)
        assert pickle.loads(pickle.dumps(each)).default_priors == rule
    assert f"default priors {rule}" in repr(post)
    assert post.to_inference_data().posterior.attrs["default_priors"] == rule
    post.export_csv(tmp_path / "x")
    assert f"# default_priors = {rule}\n" in next(tmp_path.glob("x*.csv")).read_text()
    # One prior that data choose is enough; priors of the caller alone have no rule.
    half = gm.Mixture(2, covariance_type="full", means=gm.Normal(0, 5))
    assert half.default_priors is None
    assert half.for_data(DATA).default_priors == rule
    own = gm.Mixture(2, means=gm.Normal(0, 5), sd=gm.HalfNormal(2))
    assert own.default_priors is None
    assert "default" not in repr(own) + repr(gm.sample(own, DATA[:, 0], 5, tune=5, chains=1))


@pytest.mark.parametrize("name", ["fraley", "Fraley-Raftery", "", 1, ["fraley-raftery"]])
def test_other_default_priors_are_refused_with_the_list(name):
    with pytest.raises(
        ValueError, match=r"default_priors: must be among 'fraley-raftery', 'malsiner-walli', got"
    ):
        gm.Mixture(2, covariance_type="full", default_priors=name)


def test_models_are_values():
    models = [
        gm.Mixture(2, components=gm.NormalInverseWishart([0, 0], 1, 4, np.eye(2))),
        gm.Mixture(2, n_dimensions=2, means=gm.Normal(0, 1), covariance_type="full"),
        gm.Mixture(2, covariance_type="diag", variance=gm.InverseGamma(2, [1, 2])),
    ]
    for model in models:
        copy = pickle.loads(pickle.dumps(model))
        assert repr(copy) == repr(model)
        assert hash(copy) == hash(model)
    assert pickle.loads(pickle.dumps(models[0])) == models[0]
    assert len(set(models)) == 3
