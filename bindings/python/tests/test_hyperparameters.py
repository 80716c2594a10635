"""Parameters of priors that have priors themselves."""

import pickle

import numpy as np
import pytest

import gmmswift as gm

RNG = np.random.default_rng(5)
LINE = np.concatenate([RNG.normal(-3, 0.5, 30), RNG.normal(2, 1, 40)])
PLANE = np.concatenate([RNG.normal((-3, 0), 0.5, (25, 2)), RNG.normal((2, 3), 1, (30, 2))])

#: Models, and the shapes of their hyperparameters in a draw.
MODELS = {
    "concentration": (
        lambda: gm.Mixture(
            3, weights=gm.Dirichlet(gm.Gamma(1, 20)), means=gm.Normal(0, 5), sd=gm.HalfNormal(2)
        ),
        LINE,
        {"concentration": ()},
    ),
    "dynamic": (
        lambda: gm.Mixture(
            gm.Unknown(gm.Geometric(0.3), max=9),
            weights=gm.DynamicDirichlet(gm.F(6, 3)),
            means=gm.Normal(0, 5),
            sd=gm.HalfNormal(2),
        ),
        LINE,
        {"concentration": ()},
    ),
    "line": (
        lambda: gm.Mixture(
            3, means=gm.Normal(gm.Normal(0, 10), sd=5), precision=gm.Gamma(2, rate=gm.Gamma(0.2, 2))
        ),
        LINE,
        {"center": (), "rate": ()},
    ),
    "diag": (
        lambda: gm.Mixture(
            3,
            covariance_type="diag",
            means=gm.Normal(gm.Normal([0, 1], sd=[10, 20]), sd=5),
            variance=gm.InverseGamma(2, scale=gm.Gamma([1, 2], 3)),
        ),
        PLANE,
        {"center": (2,), "scale": (2,)},
    ),
    "spherical": (
        lambda: gm.Mixture(
            gm.Unknown(max=6),
            covariance_type="spherical",
            n_dimensions=2,
            means=gm.Normal(0, sd=5),
            variance=gm.InverseGamma(2, scale=gm.Gamma(1, 3)),
        ),
        PLANE,
        {"scale": ()},
    ),
    "full": (
        lambda: gm.Mixture(
            3,
            covariance_type="full",
            means=gm.Normal([0, 1], sd=[5, 6]),
            covariance=gm.InverseWishart(6, gm.Wishart(3, [[0.3, 0.1], [0.1, 0.2]])),
        ),
        PLANE,
        {"scale": (2, 2)},
    ),
    "sd of the means": (
        lambda: gm.Mixture(
            gm.Unknown(max=5), means=gm.Normal(0, sd=gm.HalfStudentT(3, 5)), sd=gm.HalfNormal(2)
        ),
        LINE,
        {"means_sd": ()},
    ),
    "sds of the means": (
        lambda: gm.Mixture(
            3,
            covariance_type="tied",
            n_dimensions=2,
            means=gm.Normal(gm.Normal(0, sd=9), sd=gm.HalfNormal([5, 6])),
            covariance=gm.InverseWishart(6, gm.Wishart(3, np.eye(2))),
        ),
        PLANE,
        {"center": (2,), "means_sd": (2,), "scale": (2, 2)},
    ),
    "bounded matrix": (
        lambda: gm.Mixture(
            gm.Unknown(max=6),
            covariance_type="full",
            means=gm.Normal([0, 1], sd=[5, 6]),
            covariance=gm.InverseWishart(6, gm.Wishart(3, np.eye(2), lower=[4, 2])),
        ),
        PLANE,
        {"scale": (2, 2)},
    ),
    "bounded rates": (
        lambda: gm.Mixture(
            3,
            covariance_type="diag",
            n_dimensions=2,
            means=gm.Normal(0, sd=5),
            variance=gm.InverseGamma(2, scale=gm.Gamma(1, 3, lower=[2, 0])),
        ),
        PLANE,
        {"scale": (2,)},
    ),
    "conjugate": (
        lambda: gm.Mixture(
            3,
            covariance_type="tied",
            components=gm.NormalInverseWishart([0, 1], 0.1, 6, gm.Wishart(3, np.eye(2))),
        ),
        PLANE,
        {"scale": (2, 2)},
    ),
    "conjugate sds": (
        lambda: gm.Mixture(
            3,
            covariance_type="diag",
            components=gm.NormalInverseGamma([0, 1], 0.1, 2, gm.Gamma(2, [3, 4])),
        ),
        PLANE,
        {"scale": (2,)},
    ),
}


@pytest.fixture(scope="module", params=MODELS)
def case(request):
    make, data, shapes = MODELS[request.param]
    model = make()
    return model, data, shapes, gm.sample(model, data, 200, tune=150, chains=2, random_seed=4)


def test_draws_have_the_hyperparameters(case):
    model, _, shapes, post = case
    for name, shape in shapes.items():
        draws = post[name]
        assert draws.shape == (2, 200, *shape)
        assert np.isfinite(draws).all()
        assert (np.ptp(draws, axis=1) > 0).all()
        if name != "center":
            assert (np.diagonal(draws, axis1=-2, axis2=-1) if len(shape) == 2 else draws).min() > 0
        assert name in list(post)
    assert not {"concentration", "center", "means_sd", "rate", "scale"} - set(shapes) & set(post)
    prior = gm.sample_prior(model, 50, random_seed=1)
    assert {name: prior[name].shape[2:] for name in shapes} == shapes


def test_models_are_kept(case):
    model, _, shapes, post = case
    assert pickle.loads(pickle.dumps(model)) == model
    assert eval(repr(model), {**vars(gm), "gmmswift": gm}) == model
    loaded = gm.Posterior.from_bytes(post.to_bytes())
    assert loaded.model == model
    for name in shapes:
        np.testing.assert_array_equal(loaded[name], post[name])


def test_runs_are_continued_to_the_bit(case, tmp_path):
    model, data, shapes, post = case
    whole = gm.sample(model, data, 230, tune=150, chains=2, random_seed=4, threads=1)
    for longer in (post.extend(30), gm.Posterior.from_bytes(post.to_bytes()).extend(30)):
        for name in ("means", "log_posterior", *shapes):
            np.testing.assert_array_equal(longer[name], whole[name])


def test_summaries_and_trees_have_the_hyperparameters(case):
    model, _, shapes, post = case
    if not isinstance(model.n_components, gm.Unknown):
        names = post.summary().rows
        for name, shape in shapes.items():
            rows = [row for row in names if row.partition("[")[0] == name]
            assert len(rows) == (3 if len(shape) == 2 else shape[0] if shape else 1)
            first = (post[name].reshape(400, -1))[:, 0].mean()
            assert post.summary().row(rows[0])["mean"] == pytest.approx(first)
    tree = post.to_datatree() if hasattr(post, "to_datatree") else None
    if tree is not None:
        for name, shape in shapes.items():
            assert tree["posterior"][name].shape == (2, 200, *shape)


def test_the_log_posterior_has_the_prior_of_the_hyperparameters():
    from scipy import stats

    rate, center, spread = gm.Gamma(1.5, 2), gm.Normal(1, 4), gm.LogNormal(1, 0.5)
    model = gm.Mixture(2, means=gm.Normal(center, sd=spread), precision=gm.Gamma(2, rate=rate))
    post = gm.sample(model, LINE, 50, tune=50, chains=1, random_seed=2).as_drawn
    for draw in range(0, 50, 7):
        names = ("weights", "means", "sd", "rate", "center", "means_sd")
        found = {name: post[name][0, draw] for name in names}
        means = gm.Normal(found["center"], sd=found["means_sd"])
        known = gm.Mixture(2, means=means, precision=gm.Gamma(2, found["rate"]))
        expected = (
            known.log_prior(found["weights"], found["means"], found["sd"])
            + stats.gamma(1.5, scale=1 / 2).logpdf(found["rate"])
            + stats.norm(1, 4).logpdf(found["center"])
            + stats.lognorm(0.5, scale=np.e).logpdf(found["means_sd"])
        )
        log_prior = post["log_posterior"][0, draw] - post["log_likelihood"][0, draw]
        assert log_prior == pytest.approx(expected, rel=1e-12)


def test_sensitivities_are_to_the_highest_priors():
    """What a hyperprior leaves to learn is no prior that could be too strong."""
    rate = gm.Gamma(1.5, 2)
    model = gm.Mixture(2, means=gm.Normal(0, sd=3), precision=gm.Gamma(2, rate=rate))
    post = gm.sample(model, LINE, 2_000, random_seed=2)
    known = gm.Mixture(2, means=gm.Normal(0, sd=3), sd=gm.Fixed(1.0))
    expected = [
        [
            known.log_prior(post["weights"][c, t], post["means"][c, t], [1.0, 1.0])
            for t in range(0, 2_000, 100)
        ]
        for c in range(4)
    ]
    tree = post.to_inference_data()
    found = np.asarray(tree["log_prior"]["log_prior"])[:, ::100]
    log_rate = np.log(post["rate"]) * 0.5 - 2 * post["rate"]
    np.testing.assert_allclose(
        found - found[0, 0],
        np.array(expected) - expected[0][0] + (log_rate - log_rate[0, 0])[:, ::100],
        atol=1e-9,
    )
    table = post.prior_sensitivity()
    assert "rate" in table.rows
    whole = gm.Mixture(2, means=gm.Normal(0, sd=3), precision=gm.Gamma(2, 0.7))
    other = gm.sample(whole, LINE, 2_000, random_seed=2).prior_sensitivity()
    assert table["sd[0]", "prior"] < other["sd[0]", "prior"]


def test_columns_without_groups_cost_less_where_their_spread_is_learned():
    """One of twelve columns tells two groups apart: a prior over the range joins them."""
    groups = np.repeat([0, 1], 60)
    data = np.random.default_rng(3).normal(size=(120, 12))
    data[:, 5] += 6 * groups
    shares = []
    for sd in (np.ptp(data, axis=0), gm.HalfNormal(np.ptp(data, axis=0))):
        model = gm.Mixture(
            2,
            covariance_type="diag",
            means=gm.Normal(np.median(data, axis=0), sd=sd),
            variance=gm.InverseGamma(2.5, scale=gm.Gamma(0.5, 20 / np.ptp(data, axis=0) ** 2)),
        )
        post = gm.sample(model, data, 1_000, random_seed=1)
        labels = post.probabilities.argmax(1)
        shares.append(max(np.mean(labels == groups), np.mean(labels != groups)))
    assert shares[1] > 0.97
    assert post["means_sd"].mean((0, 1)).argmax() == 5
    spreads = post["means_sd"].mean((0, 1))
    assert spreads[5] > 4 * np.median(spreads)


def test_a_sparse_mixture_leaves_components_empty():
    model = gm.Mixture(
        10, weights=gm.Dirichlet(gm.Gamma(1, 20)), means=gm.Normal(0, sd=4), sd=gm.HalfNormal(2)
    )
    post = gm.sample(model, LINE, 2_000, random_seed=1)
    assert post["concentration"].mean() < 0.1
    assert (post["n_clusters"] <= 3).mean() > 0.8


def test_bounds_are_kept():
    lower = np.array([4.0, 2.0])
    model, data, _ = MODELS["bounded matrix"][0](), *MODELS["bounded matrix"][1:]
    for post in (gm.sample(model, data, 500, random_seed=1), gm.sample_prior(model, 500)):
        above = post["scale"] - np.diag(lower)
        # The data would have scales of about 1: many draws are at the bound.
        assert np.linalg.eigvalsh(above).min() > 0
    rates = gm.sample(MODELS["bounded rates"][0](), PLANE, 500, random_seed=1)["scale"]
    assert rates[..., 0].min() >= 2
    assert rates[..., 1].min() < 0.5


@pytest.mark.parametrize("count", [2, 3, gm.Unknown(max=10)])
@pytest.mark.parametrize("form", ["full", "tied", "diag", "spherical"])
def test_the_default_priors_bear_ties_and_columns_that_determine_each_other(form, count):
    """Values of a lattice, zeros and ones, counts, and a sum: without a bound chains run to 0."""
    rng = np.random.default_rng(2)
    two = np.concatenate([rng.normal(0, 1, (60, 2)), rng.normal(3, 1, (60, 2))])
    ones = (rng.random(120) < np.repeat([0.2, 0.8], 60)).astype(float)
    tables = (
        np.column_stack([two, ones]),
        np.column_stack([two, two.sum(axis=1)]),
        np.round(two),
        rng.poisson([3, 5, 9], (120, 3)).astype(float),
        np.array([(i % 5 + 7 * (i >= 20), i // 5 % 4) for i in range(40)], dtype=float),
    )
    for data in tables:
        model = gm.Mixture(count, covariance_type=form, default_priors="malsiner-walli")
        post = gm.sample(model, data, 400, tune=300, chains=2, random_seed=3)
        name = "covariances" if form in ("full", "tied") else "sds"
        assert np.isfinite(post["log_posterior"]).all()
        spread = post[name][~np.isnan(post[name])]
        assert np.abs(spread[spread != 0]).min() > 1e-12 * np.ptp(data)


def test_rates_are_those_of_each_coordinate():
    """Coordinates of different units have scales of their own."""
    data = PLANE * [1, 1_000]
    model = gm.Mixture(
        2,
        covariance_type="diag",
        means=gm.Normal([0, 0], sd=[10, 10_000]),
        variance=gm.InverseGamma(2, scale=gm.Gamma(1, [1, 1e-6])),
    )
    scale = gm.sample(model, data, 1_000, random_seed=1)["scale"].mean((0, 1))
    assert 1e5 < scale[1] / scale[0] < 1e7


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: gm.Gamma(gm.Gamma(1, 1), 1), ValueError, "shape: must be no prior, got Gamma"),
        (
            lambda: gm.Dirichlet(gm.Normal(1, 1)),
            ValueError,
            "concentration: must be a number, an array or Gamma or F, got Normal",
        ),
        (
            lambda: gm.Gamma(2, gm.Gamma(1, gm.Gamma(1, 1))),
            ValueError,
            "rate.rate: must be a number or an array, got Gamma",
        ),
        (
            lambda: model_of(precision=gm.Gamma(2, gm.Gamma(-1, 1))),
            ValueError,
            r"precision\.rate\.shape: must be positive, got -1",
        ),
        (
            lambda: model_of(precision=gm.Gamma([1, 2], gm.Gamma(1, 1))),
            ValueError,
            r"precision\.shape: must be the same for all components",
        ),
        (
            lambda: model_of(means=gm.Normal(gm.Normal(0, 0), 1)),
            ValueError,
            r"means\.mean\.sd: must be positive, got 0",
        ),
        (
            lambda: model_of(means=gm.Normal(0, gm.Gamma(1, 1))),
            ValueError,
            "sd: must be a number, an array or Uniform or HalfNormal or .*, got Gamma",
        ),
        (
            lambda: model_of(means=gm.Normal([0, 1], gm.HalfNormal(1))),
            ValueError,
            r"means\.mean: must be the same for all components where the sd of the means",
        ),
        (
            lambda: model_of(means=gm.Normal(0, gm.HalfNormal(0))),
            ValueError,
            r"means\.sd: must be positive, got 0",
        ),
        (
            lambda: model_of(means=gm.Normal(0, gm.Uniform(3, 2))),
            ValueError,
            r"means\.sd\.upper: must be above",
        ),
        (
            lambda: model_of(means=gm.Normal(gm.Normal([0, 1], 1), 1)),
            ValueError,
            r"means\.mean\.mean: must be a number, got shape \(2,\)",
        ),
        (
            lambda: model_of(weights=gm.Dirichlet(gm.Gamma(1, 1), minimum=0.1)),
            ValueError,
            "minimum_weight|weights.minimum",
        ),
        (
            lambda: model_of(weights=gm.DynamicDirichlet(gm.Gamma(1, np.inf))),
            ValueError,
            r"weights\.alpha\.rate: must be finite, got inf",
        ),
        (
            lambda: gm.Mixture(
                2,
                covariance_type="full",
                means=gm.Normal([0, 0], 1),
                covariance=gm.InverseWishart(4, gm.Wishart(1, np.eye(2))),
            ),
            ValueError,
            r"covariance\.scale\.dof: must be above `?n_dimensions`? - 1 = 1, got 1",
        ),
        (
            lambda: gm.Mixture(
                2,
                covariance_type="full",
                means=gm.Normal([0, 0], 1),
                covariance=gm.InverseWishart(4, gm.Wishart(3, [[1, 2], [2, 1]])),
            ),
            ValueError,
            r"covariance\.scale\.scale: must be positive definite",
        ),
        (
            lambda: model_of(precision=gm.Gamma(2, 1, lower=0.5)),
            ValueError,
            r"precision\.lower: must be 0, except in the prior of a rate or a scale, got 0.5",
        ),
        (
            lambda: gm.Dirichlet(gm.Gamma(2, 1, lower=0.5)),
            ValueError,
            r"concentration\.lower: must be 0, except in the prior of a rate or a scale",
        ),
        (
            lambda: model_of(precision=gm.Gamma(2, gm.Gamma(2, 1, lower=-1))),
            ValueError,
            r"precision\.rate\.lower: must not be negative, got -1",
        ),
        (
            lambda: model_of(precision=gm.Gamma(2, gm.Gamma(2, 1, lower=[1, 2]))),
            ValueError,
            r"precision\.rate\.lower: must be a number, got shape \(2,\)",
        ),
        (
            lambda: model_of(precision=gm.Gamma(2, gm.Gamma(2, 1, lower=900))),
            ValueError,
            r"precision\.rate\.lower: must leave the prior a mass above e\^-700",
        ),
        (
            lambda: gm.Mixture(
                2,
                covariance_type="full",
                means=gm.Normal([0, 0], 1),
                covariance=gm.InverseWishart(4, gm.Wishart(5, np.eye(2), lower=1)),
            ),
            ValueError,
            r"covariance\.scale\.dof: must be `?n_dimensions`? \+ 1 = 3 where the scale matrix has",
        ),
        (
            lambda: gm.Mixture(
                2,
                covariance_type="full",
                means=gm.Normal([0, 0], 1),
                covariance=gm.InverseWishart(4, gm.Wishart(3, np.eye(2), lower=[1, 2, 3])),
            ),
            ValueError,
            r"covariance\.scale\.lower: must be a number or have 2 values, got shape \(3,\)",
        ),
        (
            lambda: model_of(means=[gm.Normal(gm.Normal(0, 1), 1), gm.Normal(0, 1)]),
            ValueError,
            r"means\[0\]",
        ),
        (lambda: gm.Mixture(2, weights=gm.Gamma(1, 1)), ValueError, "weights: must be"),
    ],
)
def test_refusals_name_the_argument(make, error, message):
    with pytest.raises(error, match=message):
        make()


def model_of(**priors):
    spread = {} if {"sd", "precision", "variance"} & set(priors) else {"sd": gm.HalfNormal(1)}
    return gm.Mixture(2, **{"means": gm.Normal(0, 1), **spread, **priors})


def test_what_needs_known_hyperparameters_says_so():
    model = model_of(precision=gm.Gamma(2, gm.Gamma(1, 1)))
    for call in (
        lambda: model.log_prior([0.5, 0.5], [0, 1], [1, 1]),
        lambda: gm.fit_em(LINE, model),
    ):
        with pytest.raises(NotImplementedError, match="model: must have known hyperparameters"):
            call()


def test_both_methods_agree_on_the_evidence():
    for name in ("concentration", "bounded rates"):
        model, data = MODELS[name][0](), MODELS[name][1]
        post = gm.sample(model, data, 3_000, random_seed=1)
        bridge = post.log_evidence()
        stones = post.log_evidence("stepping_stones", draws=10_000)
        assert (bridge.method, stones.method) == ("bridge", "stepping_stones")
        assert abs(bridge.value - stones.value) < 4.5 * np.hypot(bridge.error, stones.error), name
        assert bridge.error < 0.05


def test_the_evidence_of_a_bounded_scale_is_a_ratio_of_masses():
    """A bound divides the prior by its mass, and the posterior by the share of it above."""
    data, means = LINE[:12], gm.Normal(0, 3)
    posts = [
        gm.sample(
            gm.Mixture(1, means=means, variance=gm.InverseGamma(2, gm.Gamma(1, 2, lower=lower))),
            data,
            20_000,
            random_seed=1,
        )
        for lower in (0.0, 0.9)
    ]
    share = (posts[0]["scale"] > 0.9).mean()
    plain, bounded = (post.log_evidence() for post in posts)
    # P(Gamma(1, rate 2) > 0.9) = exp(-1.8).
    assert bounded.value - plain.value == pytest.approx(np.log(share) + 1.8, abs=0.02)
