"""Dirichlet processes."""

import pickle

import matplotlib as mpl
import numpy as np
import pytest

import gmmswift as gm

mpl.use("agg")

GAMMA = gm.Gamma(2, rate=4)
WIDE = {"means": gm.Normal(0, sd=10), "sd": gm.HalfNormal(2)}
MODEL = gm.Mixture(
    gm.DirichletProcess(GAMMA, max=15),
    covariance_type="full",
    components=gm.NormalInverseWishart([1, 1], 0.1, 4, [[0.5, 0], [0, 0.5]]),
)


def rows():
    rng = np.random.default_rng(1)
    centers = np.array([[0.0, 0.0], [2.5, 2.0], [0.0, 3.0]])
    return centers[np.arange(24) % 3] + 0.4 * rng.standard_normal((24, 2))


@pytest.fixture(scope="module")
def post():
    return gm.sample(MODEL, rows(), 1_000, random_seed=1, store_assignments=True)


# -------------------------------------------------------------------------------------- Models


@pytest.mark.parametrize("concentration", [1.0, 0.3, GAMMA, gm.F(6, 3)])
def test_models_keep_their_process(concentration):
    model = gm.Mixture(gm.DirichletProcess(concentration, max=9), **WIDE)
    assert model.n_components == gm.DirichletProcess(concentration, max=9)
    assert model.weights == gm.DynamicDirichlet(concentration)
    for other in (pickle.loads(pickle.dumps(model)), eval(repr(model), vars(gm).copy())):
        assert other == model
        assert hash(other) == hash(model)
    seen = model.for_data([0.0, 1.0, 3.0])
    assert seen.n_components == model.n_components


def test_open_models_take_their_priors_from_data(post):
    model = gm.Mixture(gm.DirichletProcess()).for_data(rows())
    assert model.default_priors == "malsiner-walli"
    assert post.model.n_components == gm.DirichletProcess(GAMMA, max=15)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gm.DirichletProcess(max=0), "max: must be between 1 and 255, got 0"),
        (lambda: gm.DirichletProcess(max=256), "max: must be between 1 and 255, got 256"),
        (lambda: gm.Mixture(gm.DirichletProcess(0.0), **WIDE), "must be positive"),
        (lambda: gm.Mixture(gm.DirichletProcess(-1.0), **WIDE), "must be positive"),
        (lambda: gm.DirichletProcess([1.0, 2.0]), "alpha"),
        (lambda: gm.DirichletProcess(gm.Normal(0, 1)), "alpha"),
        (
            lambda: gm.Mixture(gm.DirichletProcess(), weights=gm.Dirichlet(1.0), **WIDE),
            "weights: must be those of the Dirichlet process",
        ),
        (
            lambda: gm.Mixture(gm.DirichletProcess(), means=gm.Fixed(0.0), sd=gm.HalfNormal(1)),
            "means.*must leave the means unknown",
        ),
    ],
)
def test_wrong_processes_are_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_calls_for_a_number_of_components_are_refused(post):
    for ask in (
        lambda: post.p_components,
        lambda: post.summary("weights"),
        lambda: post.probabilities,
        lambda: gm.fit_em(rows(), MODEL),
        lambda: post.log_evidence(),
    ):
        with pytest.raises(NotImplementedError):
            ask()
    assert "n_components" not in post
    with pytest.raises(KeyError, match="must be one of"):
        post["n_components"]


# ------------------------------------------------------------------------------------ The draws


def test_draws_have_their_clusters_and_one_component_more(post):
    clusters = post["n_clusters"]
    places = np.arange(16)
    present = places < clusters[..., None] + 1
    for name in ("weights", "means", "covariances"):
        values = post[name].reshape(*clusters.shape, 16, -1)
        assert np.isfinite(values[present]).all()
        assert np.isnan(values[~present]).all()
    assert np.nansum(post["weights"], -1) == pytest.approx(1)
    sizes = post["cluster_sizes"]
    assert (sizes[places < clusters[..., None]] > 0).all()
    assert (sizes[places == clusters[..., None]] == 0).all()
    assert np.nansum(sizes, -1) == pytest.approx(24)
    for k in range(16):
        np.testing.assert_array_equal(
            np.where(present[..., k], sizes[..., k], 0), (post["assignments"] == k).sum(-1)
        )


def test_the_weight_of_all_others_is_that_of_the_concentration(post):
    rest = np.take_along_axis(post["weights"], post["n_clusters"].astype(int)[..., None], -1)[
        ..., 0
    ]
    expected = post["concentration"] / (post["concentration"] + 24)
    noise = (rest - expected).mean(axis=1)
    assert abs(noise.mean()) < 4.5 * rest.std() / np.sqrt(rest.size / 2)


def test_points_far_from_all_clusters_found_new_ones(post):
    near, far = post.predict_new_cluster([[0.0, 0.0], [80.0, -90.0]])
    assert near < 0.05
    assert far > 0.95


def test_what_needs_no_components_is_of_all_draws(post):
    grid = np.stack(np.meshgrid(np.linspace(-8, 11, 60), np.linspace(-8, 11, 60)), -1).reshape(
        -1, 2
    )
    density = np.exp(post.log_density(grid)) * (19 / 59) ** 2
    assert 0.9 < density.sum() < 1.01
    assert post.coclustering().shape == (24, 24)
    labels = post.partition().labels
    assert len(np.unique(labels)) == 3
    assert np.isfinite(post.loo().elpd_loo)
    assert post.p_clusters.sum() == pytest.approx(1)
    three = post.given(n_clusters=3)
    assert three.model.n_components == 3
    assert 0 <= three.label_confidence.overall <= 1
    table = post.summary(["concentration", "n_clusters"])
    assert table["n_clusters", "mean"] == pytest.approx(post["n_clusters"].mean())
    assert post.diagnose() is not None
    assert post.sample_predictive(5, random_seed=1).shape == (5, 24, 2)
    assert "P(clusters)" in post._repr_html_()
    assert "P(components)" not in post._repr_html_()


def test_bars_are_of_clusters_alone(post):
    axes = post.plot_counts()
    bars = [box.get_height() for box in axes.patches]
    assert max(bars) == pytest.approx(post.p_clusters.max())
    assert axes.get_legend_handles_labels()[1].count("components, K") == 0


def test_prior_draws_have_the_sticks_of_the_process():
    prior = gm.sample_prior(MODEL, 20_000, random_seed=1)
    weights, alpha = np.nan_to_num(prior["weights"][0]), prior["concentration"][0]
    assert weights.sum(axis=1) == pytest.approx(1)
    assert (prior["n_clusters"] == 0).all()
    error = 5 / np.sqrt(20_000)
    assert alpha.mean() == pytest.approx(0.5, abs=0.36 * error)
    # v is Beta(1, alpha) given alpha, and two rows share a component with probability
    # 1 / (1 + alpha).
    shares = weights[:, 0] - 1 / (1 + alpha)
    assert abs(shares.mean()) < shares.std() * error
    pairs = (weights**2).sum(axis=1) - 1 / (1 + alpha)
    assert abs(pairs.mean()) < pairs.std() * error
    second = weights[:, 1] - (1 - weights[:, 0]) / (1 + alpha)
    assert abs(second.mean()) < second.std() * error
    assert np.isfinite(prior["log_posterior"]).all()
    data = prior.sample_predictive(3, 40, random_seed=1)
    assert data.shape == (3, 40, 2)


def test_more_clusters_than_there_is_room_for_end_the_chain():
    model = gm.Mixture(
        gm.DirichletProcess(5.0, max=2), means=gm.Normal(0, sd=30), sd=gm.HalfNormal(1)
    )
    data = np.repeat([-30.0, -10.0, 10.0, 30.0], 5) + np.linspace(-1, 1, 20)
    with pytest.raises(gm.DegenerateError, match="clusters of a Dirichlet process"):
        gm.sample(model, data, 200, random_seed=1)


def test_a_concentration_beyond_the_room_of_chains_is_refused():
    with pytest.raises(gm.DegenerateError, match="must leave room"):
        gm.sample(gm.Mixture(gm.DirichletProcess(80.0, max=255), **WIDE), np.arange(9.0), 10)


# ------------------------------------------------------------------------------------ Their bits


@pytest.mark.parametrize("tempering", [False, 3])
@pytest.mark.parametrize("thin", [1, 3])
def test_threads_extensions_and_files_change_no_bit(tmp_path, tempering, thin):
    # So few rows that many iterations leave the partition as it is.
    arguments = {
        "tune": 100,
        "thin": thin,
        "random_seed": 4,
        "chains": 2,
        "store_assignments": True,
        "tempering": tempering,
    }
    data = rows()[:9]
    whole = gm.sample(MODEL, data, 200, threads=1, **arguments)
    assert whole["n_clusters"].std() > 0

    def same(other):
        for name in ("weights", "covariances", "concentration", "cluster_sizes", "assignments"):
            np.testing.assert_array_equal(other[name], whole[name])

    same(gm.sample(MODEL, data, 200, threads=2, **arguments))
    for draws in (1, 80, 83):
        part = gm.sample(MODEL, data, draws, threads=2, **arguments)
        part.save(tmp_path / "part.gmm")
        same(part.extend(200 - draws))
        same(gm.load(tmp_path / "part.gmm").extend(200 - draws))
    file = tmp_path / "run.gmmckpt"

    def stop(progress):
        if progress.draws_done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gm.sample(MODEL, data, 200, progress=stop, checkpoint=file, **arguments)
    same(gm.sample(MODEL, data, 200, checkpoint=file, **arguments))


# ------------------------------------------------------------------------------------- The truth


def test_the_limit_of_many_components_is_the_process():
    # 60 components of concentration alpha / 60 are as good as infinitely many for so few rows.
    arguments = {"components": MODEL.components, "covariance_type": "full"}
    finite = gm.Mixture(60, weights=gm.Dirichlet(0.8 / 60), **arguments)
    many = gm.sample(finite, rows(), 4_000, random_seed=2)
    process = gm.Mixture(gm.DirichletProcess(0.8), **arguments)
    found = gm.sample(process, rows(), 4_000, random_seed=3)
    clusters = many["n_clusters"]
    for k in range(1, 7):
        shares = (clusters == k).mean(axis=1)
        error = np.hypot(found.p_clusters_mcse[k], shares.std(ddof=1) / np.sqrt(len(shares)))
        assert abs(found.p_clusters[k] - shares.mean()) < 5 * error + 0.01
