"""Names and shapes that users rely on."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading

import numpy as np
import pytest

import gmmswift as gm


def test_signature_of_sample_is_the_documented_one():
    parameters = inspect.signature(gm.sample).parameters
    assert {name: p.default for name, p in parameters.items()} == {
        "model": inspect.Parameter.empty,
        "data": inspect.Parameter.empty,
        "draws": 10_000,
        "tune": 1_000,
        "chains": 4,
        "thin": 1,
        "method": "gibbs",
        "random_seed": None,
        "threads": None,
        "progress": False,
        "store_assignments": False,
        "initial": None,
        "moves": True,
        "tempering": False,
        "until": None,
        "sample_weight": None,
        "checkpoint": None,
        "checkpoint_interval": 30.0,
    }


def test_every_public_name_exists_and_is_documented():
    for name in gm.__all__:
        if not name.startswith("__"):
            assert inspect.getdoc(getattr(gm, name)), name
    assert set(gm.__all__) <= set(dir(gm))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gm.nothing  # noqa: B018


def test_every_public_method_is_documented():
    for kind in (gm.Posterior, gm.Mixture, gm.Summary):
        for name, member in vars(kind).items():
            if not name.startswith("_") and callable(member):
                assert inspect.getdoc(member), f"{kind.__name__}.{name}"


@pytest.mark.parametrize("method", ["gibbs", "metropolis"])
def test_posterior_of_a_shared_sd_has_the_documented_shapes(model, data, method):
    post = gm.sample(
        model,
        data,
        draws=30,
        tune=20,
        chains=2,
        thin=2,
        method=method,
        random_seed=1,
        threads=None,
        progress=False,
        store_assignments=True,
        initial=None,
    )
    assert {name: array.shape for name, array in post.items()} == {
        "weights": (2, 30, 3),
        "means": (2, 30, 3),
        "sd": (2, 30),
        "log_likelihood": (2, 30),
        "log_posterior": (2, 30),
        "acceptance": (2, 30),
        "n_clusters": (2, 30),
        "assignments": (2, 30, 215),
    }
    assert post["assignments"].dtype == np.uint8
    assert post["means"].dtype == np.float64
    assert post["assignments"].max() == 2
    assert (post.n_chains, post.n_draws, post.n_components) == (2, 30, 3)
    assert (post.n_observations, post.tune, post.thin, post.seed) == (215, 20, 2, 1)
    assert post.method == method
    assert post.model is model
    assert post.seconds > 0
    assert (post.is_prior, post.can_extend, post.has_assignments) == (False, True, True)
    np.testing.assert_array_equal(post.data, data)


def test_posterior_of_separate_sds_has_a_last_axis(post_with_sds):
    assert post_with_sds["sd"].shape == (2, 300, 2)
    assert "assignments" not in post_with_sds
    with pytest.raises(KeyError, match="store_assignments=True"):
        post_with_sds["assignments"]


def test_posterior_is_a_mapping_with_identity(post):
    assert list(post) == list(post.keys())
    assert len(post) == len(list(post)) == 8
    assert "means" in post
    assert "nothing" not in post
    assert post.get("nothing") is None
    with pytest.raises(KeyError, match=r"name: must be one of weights, .*, got .*nothing"):
        post["nothing"]
    assert post == post
    assert post != post.subset()
    assert {post: 1}[post] == 1
    assert copy.copy(post)["means"] is not None
    assert copy.deepcopy(post)["means"].shape == post["means"].shape


def test_posterior_and_model_read_well(post, model):
    text = repr(post)
    assert "3 chains of 400 draws (gibbs), 3 components (shared sd), 215 observations" in text
    assert repr(model) == (
        "Mixture(n_components=3, weights=Dirichlet(concentration=1.0, minimum=0.1), "
        "means=Normal(mean=0.0, sd=15.0), ordered=True, sd=Uniform(lower=0.0, upper=20.0), "
        "shared_sd=True)"
    )


def test_log_posterior_is_log_likelihood_plus_log_prior(post, model, data):
    for chain, draw in [(0, 0), (1, 17), (2, 399)]:
        weights, means, sd = (post[name][chain, draw] for name in ("weights", "means", "sd"))
        density = weights * np.exp(-0.5 * ((data[:, None] - means) / sd) ** 2)
        likelihood = np.sum(np.log(density.sum(axis=1) / (sd * np.sqrt(2 * np.pi))))
        # A sum of 215 terms of size about 3, each rounded to 2**-53 of its size.
        assert post["log_likelihood"][chain, draw] == pytest.approx(likelihood, rel=1e-11)
        prior = model.log_prior(weights, means, sd)
        assert post["log_posterior"][chain, draw] == pytest.approx(likelihood + prior, rel=1e-11)


def test_log_prior_equals_scipy(model):
    from scipy import stats

    weights, means, sd = [0.2, 0.3, 0.5], [-1.0, 2.0, 7.0], 3.0
    expected = (
        stats.dirichlet([1, 1, 1]).logpdf(weights)
        + stats.norm(0, 15).logpdf(means).sum()
        + stats.uniform(0, 20).logpdf(sd)
    )
    assert model.log_prior(weights, means, sd) == pytest.approx(expected, rel=1e-12)
    assert model.log_prior(weights, means[::-1], sd) == -np.inf
    with pytest.raises(ValueError, match="sd: must have 1 values, got 2"):
        model.log_prior(weights, means, [1, 2])


def test_probabilities_equal_the_mean_responsibilities(post, data):
    weights, means = (post[name].reshape(-1, 3) for name in ("weights", "means"))
    sd = post["sd"].reshape(-1, 1)
    density = weights / sd * np.exp(-0.5 * ((data[:, None, None] - means) / sd) ** 2)
    expected = (density / density.sum(axis=2, keepdims=True)).mean(axis=1)
    assert post.probabilities.shape == (215, 3)
    np.testing.assert_allclose(post.probabilities, expected, atol=1e-12)
    np.testing.assert_allclose(post.probabilities.sum(axis=1), 1, rtol=1e-12)
    assert post.probabilities is post.probabilities
    assert not post.probabilities.flags.writeable


def test_prediction_equals_its_definition(post_with_sds):
    points = np.linspace(-5, 50, 23)
    weights, means, sd = (post_with_sds[name].reshape(-1, 2) for name in ("weights", "means", "sd"))
    joint = (
        weights
        * np.exp(-0.5 * ((points[:, None, None] - means) / sd) ** 2)
        / (sd * np.sqrt(2 * np.pi))
    ).mean(axis=1)
    np.testing.assert_allclose(
        post_with_sds.log_density(points), np.log(joint.sum(axis=1)), rtol=1e-11
    )
    np.testing.assert_allclose(
        post_with_sds.predict_probabilities(points),
        joint / joint.sum(axis=1, keepdims=True),
        rtol=1e-10,
    )
    assert post_with_sds.log_density([]).shape == (0,)
    assert post_with_sds.predict_probabilities([]).shape == (0, 2)


def test_predictive_draws_have_the_moments_of_the_posterior(post, data):
    draws = post.sample_predictive(draws=50, random_seed=2)
    assert draws.shape == (50, data.size)
    np.testing.assert_array_equal(draws, post.sample_predictive(draws=50, random_seed=2))
    assert (draws != post.sample_predictive(draws=50, random_seed=3)).all()
    assert post.sample_predictive(2, n_points=7).shape == (2, 7)
    assert post.sample_predictive(2, n_points=0).shape == (2, 0)
    many = post.sample_predictive(4000, n_points=50, random_seed=4)
    weights, means = post["weights"].reshape(-1, 3), post["means"].reshape(-1, 3)
    expected = (weights * means).sum(axis=1).mean()
    # Rows are independent: five standard errors of the mean of 4,000 row means.
    assert abs(many.mean() - expected) < 5 * many.mean(axis=1).std() / np.sqrt(4000)


def test_sample_prior_gives_one_chain_without_data(model):
    prior = gm.sample_prior(model, 500, random_seed=3)
    assert prior.is_prior
    assert not prior.can_extend
    assert (prior.n_chains, prior.n_draws, prior.n_observations) == (1, 500, 0)
    assert prior["means"].shape == (1, 500, 3)
    assert (np.diff(prior["means"], axis=2) >= 0).all()
    assert prior["weights"].min() >= 0.1
    assert not prior["log_likelihood"].any()
    assert prior.probabilities.shape == (0, 3)
    assert prior.data.shape == (0,)
    assert prior.sample_predictive(draws=6, n_points=5, random_seed=1).shape == (6, 5)
    with pytest.raises(ValueError, match="n_points: must be given where there are no data"):
        prior.sample_predictive()


def test_fit_em_has_the_documented_names(data):
    fit = gm.fit_em(data, n_components=2, shared_sd=False, n_init=10, random_seed=1)
    assert fit.weights.shape == fit.means.shape == fit.sd.shape == (2,)
    assert fit.converged is True
    assert fit.n_iterations > 0
    parameters = 5
    assert fit.bic == pytest.approx(-2 * fit.log_likelihood + parameters * np.log(data.size))
    assert fit.aic == pytest.approx(-2 * fit.log_likelihood + 2 * parameters)
    shared = gm.fit_em(data, 2, shared_sd=True, random_seed=1)
    assert isinstance(shared.sd, float)
    assert gm.fit_em(data, 1).sd.shape == (1,)
    assert isinstance(gm.fit_em(data, 1, shared_sd=True).sd, float)


def test_models_are_values(model):
    same = pickle.loads(pickle.dumps(model))
    assert same == model
    assert hash(same) == hash(model)
    assert same.log_prior([0.2, 0.3, 0.5], [0, 1, 2], 1.0) == model.log_prior(
        [0.2, 0.3, 0.5], [0, 1, 2], 1.0
    )
    assert model != gm.Mixture(3, means=gm.Normal(0, 15), sd=gm.Uniform(0, 20))
    assert gm.Normal([1, 2], 3) == gm.Normal((1.0, 2.0), np.float32(3))
    with pytest.raises(AttributeError):
        model.weights.minimum = 0.2
    with pytest.raises(AttributeError, match="n_components: cannot be set, a Mixture is immutable"):
        model.n_components = 2
    with pytest.raises(AttributeError, match="n_components: cannot be deleted"):
        del model.n_components


def test_subclasses_of_models_may_add_to_them():
    class Named(gm.Mixture):
        def __init__(self, name, *arguments, **named):
            super().__init__(*arguments, **named)
            self.name = name

    named = Named("two", 2)
    assert (named.name, named.n_components) == ("two", 2)
    with pytest.raises(AttributeError, match="n_components: cannot be set, a Named is immutable"):
        named.n_components = 3


def test_handles_refuse_to_be_pickled(post):
    with pytest.raises(TypeError, match="a handle of libgmmswift cannot be pickled"):
        pickle.dumps(post._handle)
    assert pickle.loads(pickle.dumps(post["means"])).shape == post["means"].shape


def test_every_family_of_priors_can_be_sampled(data):
    spreads = [
        {"sd": gm.Uniform(0, 20)},
        {"sd": gm.HalfCauchy(5)},
        {"sd": gm.HalfNormal(2)},
        {"sd": gm.LogNormal(1, 0.5)},
        {"sd": gm.HalfStudentT(4, 2)},
        {"sd": gm.Fixed(2.0)},
        {"variance": gm.InverseGamma(2, 4)},
        {"variance": gm.Fixed(4.0)},
        {"precision": gm.Gamma(2, 8)},
        {"precision": gm.Fixed(0.25)},
    ]
    blocks = [
        {"means": gm.Normal(20, 15), "ordered": True},
        {"means": gm.Uniform(0, 60)},
        {"means": gm.Uniform(0, 60), "ordered": True},
        {"means": gm.Normal([10, 20, 35], sd=[2, 2, 3])},
        {"means": gm.Fixed([10, 20, 35]), "weights": gm.Dirichlet([1, 2, 3])},
        {"means": gm.Normal(20, 15), "weights": gm.Fixed([0.2, 0.3, 0.5])},
    ]
    for spread in spreads:
        for block in blocks:
            for shared in (False, True):
                model = gm.Mixture(3, **block, **spread, shared_sd=shared)
                post = gm.sample(model, data, 5, tune=5, chains=1, random_seed=1)
                for array in post.values():
                    assert np.isfinite(array).all()
                if isinstance(next(iter(spread.values())), gm.Fixed):
                    np.testing.assert_allclose(post["sd"], 2.0, rtol=1e-15)


def test_several_threads_may_sample_and_read_at_once(model, data, post):
    expected = gm.sample(model, data, 50, chains=1, random_seed=5)["means"]
    results = [None] * 4

    def work(index):
        mine = gm.sample(model, data, 50, chains=1, random_seed=5)
        post.summary()
        results[index] = mine["means"]

    workers = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for found in results:
        np.testing.assert_array_equal(found, expected)
