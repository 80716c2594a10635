"""An unknown number of components."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from sklearn import datasets

import gmmswift as gm

REFERENCE = Path(__file__).parents[3] / "Tests" / "Truth" / "Reference"
MODEL = gm.Mixture(
    gm.Unknown(gm.Geometric(0.3), max=12),
    covariance_type="full",
    components=gm.NormalInverseWishart([1, 1], 0.1, 4, [[0.5, 0], [0, 0.5]]),
)


def rows():
    rng = np.random.default_rng(3)
    groups = [[0, 0], [4, 0], [2, 4]]
    return np.concatenate([rng.normal(center, 0.5, (20, 2)) for center in groups])


@pytest.fixture(scope="module")
def post():
    return gm.sample(MODEL, rows(), 1_000, tune=300, random_seed=1, store_assignments=True)


# ---------------------------------------------------------------------------------- The model


@pytest.mark.parametrize(
    ("prior", "most"),
    [
        (gm.DiscreteUniform(1, 30), 30),
        (gm.Geometric(0.2), 30),
        (gm.ShiftedPoisson(3.0), 30),
        (gm.NegativeBinomial(2.0, 0.5), 30),
        (gm.BetaNegativeBinomial(1, 4, 3), 30),
        (gm.Probabilities((0.5, 0.0, 0.5)), 3),
    ],
)
def test_models_keep_the_prior_of_the_number(prior, most):
    unknown = gm.Unknown(prior)
    assert unknown.max == most
    model = gm.Mixture(unknown, means=gm.Normal(0, sd=3), sd=gm.HalfNormal(1))
    assert model.n_components == unknown
    assert pickle.loads(pickle.dumps(model)) == model
    assert repr(prior) in repr(model)
    loaded = gm.Posterior.from_bytes(gm.sample(model, [0.0, 1.0, 4.0], 30, tune=30).to_bytes())
    assert loaded.model == model
    assert eval(repr(unknown), vars(gm)) == unknown


def test_probabilities_are_a_sequence_and_the_default_is_that_of_the_paper():
    assert gm.Unknown([1, 2, 3]) == gm.Unknown(gm.Probabilities((1.0, 2.0, 3.0)), max=3)
    assert gm.Unknown() == gm.Unknown(gm.BetaNegativeBinomial(1, 4, 3), max=30)
    assert gm.Unknown(np.array([1.0, 1.0])).max == 2


@pytest.mark.parametrize(
    ("prior", "exact"),
    [
        (gm.DiscreteUniform(2, 4), lambda k: (k >= 2) & (k <= 4)),
        (gm.Geometric(0.2), lambda k: stats.geom.pmf(k, 0.2)),
        (gm.ShiftedPoisson(3.5), lambda k: stats.poisson.pmf(k - 1, 3.5)),
        (gm.NegativeBinomial(2.5, 0.3), lambda k: stats.nbinom.pmf(k - 1, 2.5, 0.3)),
        (gm.BetaNegativeBinomial(1, 4, 3), lambda k: stats.betanbinom.pmf(k - 1, 1, 4, 3)),
        (gm.Probabilities((3, 0, 1)), lambda k: np.where(k == 1, 3, k == 3)),
    ],
)
@pytest.mark.parametrize("most", [4, 40])
def test_priors_of_the_number_have_probabilities(prior, exact, most):
    found = gm.Unknown(prior, max=most).probabilities
    expected = exact(np.arange(1, most + 1))
    assert found.shape == (most + 1,)
    assert found[0] == 0
    np.testing.assert_allclose(found[1:], expected / expected.sum(), rtol=1e-12, atol=1e-300)
    # The library has the same ones: prior draws have no rows to tell of the number.
    model = gm.Mixture(gm.Unknown(prior, max=most), **PLAIN)
    ours = gm.sample_prior(model, 1, random_seed=1).p_components
    np.testing.assert_allclose(ours, found, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("prior", [gm.Geometric(1.0), gm.ShiftedPoisson(-1.0), [0.0, 0.0]])
def test_priors_of_no_number_have_none(prior):
    with pytest.raises(ValueError, match=r"prior: must give some number up to .* a probability"):
        _ = gm.Unknown(prior).probabilities


PLAIN = {"means": gm.Normal(0, sd=3), "sd": gm.HalfNormal(1)}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gm.Unknown(max=0), "max: must be between 1 and 256, got 0"),
        (lambda: gm.Unknown(max=257), "max: must be between 1 and 256, got 257"),
        (lambda: gm.Unknown("five"), "prior: must be a prior of a number"),
        (lambda: gm.Unknown([]), "values: must be 1 to 256 numbers"),
        (lambda: gm.Mixture(gm.Unknown([0.0, 0.0]), **PLAIN), "must give some number up to"),
        (lambda: gm.Mixture(gm.Unknown([-1.0]), **PLAIN), "must be finite and not negative"),
        (lambda: gm.Mixture(gm.Unknown(gm.Geometric(1.0)), **PLAIN), "must be between 0 and 1"),
        (lambda: gm.Mixture(gm.Unknown(gm.ShiftedPoisson(0.0)), **PLAIN), "rate: must be between"),
        (
            lambda: gm.Mixture(gm.Unknown(gm.DiscreteUniform(5, 9), max=4), **PLAIN),
            "must give some number up to",
        ),
        (lambda: gm.Mixture(gm.Unknown(gm.DiscreteUniform(0, 9)), **PLAIN), "must be at least 1"),
        (lambda: gm.Mixture(gm.Unknown(gm.DiscreteUniform(3, 2)), **PLAIN), "must be at least"),
        (
            lambda: gm.Mixture(gm.Unknown(max=2), weights=gm.Dirichlet([1, 2]), **PLAIN),
            "weights.*must have 1 value",
        ),
        (
            lambda: gm.Mixture(gm.Unknown(max=2), weights=gm.Dirichlet(1, minimum=0.1), **PLAIN),
            "minimum.*must be 0 where the number of components is unknown",
        ),
        (
            lambda: gm.Mixture(gm.Unknown(max=2), means=gm.Fixed(0.0), sd=gm.HalfNormal(1)),
            "means.*must leave the means unknown",
        ),
        (
            lambda: gm.Mixture(gm.Unknown(max=2), means=gm.Normal([0, 1], sd=1), sd=PLAIN["sd"]),
            "means.(mean|sd): must have 1 value",
        ),
        (
            lambda: gm.Mixture(gm.Unknown(max=2), means=[PLAIN["means"]] * 2, sd=PLAIN["sd"]),
            "means.*must be one prior",
        ),
        (
            lambda: gm.Mixture(
                gm.Unknown(max=2), covariance_type="full", default_priors="fraley-raftery"
            ),
            "default_priors: must not depend on the number of components where it is unknown",
        ),
    ],
)
def test_wrong_models_are_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


# ---------------------------------------------------------------------------------- The draws


def test_draws_have_the_components_of_their_number(post):
    count, clusters = post["n_components"], post["n_clusters"]
    assert ((count >= clusters) & (clusters >= 1) & (count <= 12)).all()
    places = np.arange(12)
    present = places < count[..., None]
    for name in ("weights", "means", "covariances"):
        values = post[name].reshape(4, 1_000, 12, -1)
        assert (np.isfinite(values).all(-1) == present).all()
    assert np.nansum(post["weights"], -1) == pytest.approx(1)
    sizes = post["cluster_sizes"]
    assert ((sizes > 0) == (places < clusters[..., None])).all()
    assert (np.nansum(sizes, -1) == 60).all()
    # The sizes are those of the assignments, under the same numbers.
    labels = post["assignments"][1, 5]
    assert np.bincount(labels, minlength=12).tolist() == np.nan_to_num(sizes[1, 5]).tolist()
    assert set(post) >= {"n_components", "cluster_sizes", "weights", "n_clusters"}
    assert len(post) == len(list(post))


def test_the_numbers_have_probabilities(post):
    components, clusters = post.p_components, post.p_clusters
    assert components.shape == clusters.shape == (13,)
    assert components[0] == clusters[0] == 0
    assert components.sum() == pytest.approx(1)
    assert clusters == pytest.approx(
        [(post["n_clusters"] == k).mean() for k in range(13)], abs=1e-12
    )
    shares = np.array([(post["n_components"] == k).mean() for k in range(13)])
    assert components == pytest.approx(shares, abs=0.05)
    assert clusters.argmax() == 3
    assert (post.p_components_mcse < 0.05).all()
    assert (post.p_clusters_mcse[clusters > 0.01] > 0).all()


def test_the_draws_of_one_number_of_clusters_are_a_posterior(post):
    given = post.given(n_clusters=3)
    assert given.n_components == 3
    assert given.model.n_components == 3
    assert given.n_chains == 1
    assert given.n_draws == round(post.p_clusters[3] * 4_000)
    assert given["weights"].sum(-1) == pytest.approx(1)
    # Relabelled: each component is one of the groups, in all draws.
    centers = given["means"].mean((0, 1))
    assert sorted(np.round(centers).tolist()) == [[0, 0], [2, 4], [4, 0]]
    assert given["means"].std((0, 1)).max() < 0.5
    assert given.label_confidence.overall > 0.99
    assert given.probabilities.max(1).min() > 0.5
    assert "weights[0]" in str(given.summary())
    labels = given["assignments"][0, 7]
    assert len(set(labels)) == 3
    with pytest.raises(ValueError, match=r"n_clusters: must be a number .* draw has: .*3"):
        post.given(n_clusters=12)
    with pytest.raises(NotImplementedError, match="number of components has a prior"):
        given.given(n_clusters=3)


def test_what_is_told_of_components_is_refused(post):
    for ask in (
        lambda: post.probabilities,
        lambda: post.summary(),
        lambda: post.summary("means"),
        lambda: post.relabel("means"),
        lambda: post.modes(),
        lambda: post.log_evidence(),
        lambda: post.predict_probabilities(rows()),
        lambda: post.prior_sensitivity(),
        lambda: post.empty_probabilities,
    ):
        with pytest.raises(NotImplementedError, match="same components in all draws"):
            ask()


def test_points_far_from_all_clusters_found_new_ones(post):
    new = post.predict_new_cluster(np.array([[0.0, 0.0], [2.0, 4.0], [30.0, -30.0]]))
    assert (new >= 0).all()
    assert (new[:2] < 0.02).all()
    assert new[2] > 0.99
    assert (post.predict_new_cluster(rows(), threads=1) == post.predict_new_cluster(rows())).all()
    with pytest.raises(NotImplementedError, match="number of components has a prior"):
        post.given(n_clusters=3).predict_new_cluster(rows())


def test_what_needs_no_components_is_of_all_draws(post):
    data = rows()
    density = np.exp(post.log_density(data))
    # By hand, of a few draws.
    few = post.subset(thin=500)
    total, empty = np.zeros(len(data)), np.zeros(len(data))
    for chain in range(4):
        for draw in range(2):
            for k in range(int(few["n_components"][chain, draw])):
                covariance = few["covariances"][chain, draw, k]
                offset = data - few["means"][chain, draw, k]
                square = (offset @ np.linalg.inv(covariance) * offset).sum(1)
                height = few["weights"][chain, draw, k] / np.sqrt(np.linalg.det(covariance))
                part = height * np.exp(-square / 2) / (2 * np.pi) / 8
                total += part
                if k >= few["n_clusters"][chain, draw]:
                    empty += part
    assert np.exp(few.log_density(data)) == pytest.approx(total)
    assert few.predict_new_cluster(data) == pytest.approx(empty / total)
    assert np.isfinite(density).all()
    table = post.summary(["n_clusters", "n_components", "log_posterior"])
    assert table.rows[:3] == ("n_clusters", "n_components", "log_posterior")
    assert table["n_clusters", "mean"] == pytest.approx(post["n_clusters"].mean())
    together = post.coclustering()
    assert together[0, 1] > 0.6 > 0.1 > together[0, 25]
    assert post.partition().n_clusters == 3
    assert post.sample_predictive(3, 5, random_seed=1).shape == (3, 5, 2)
    assert np.isfinite(post.loo().elpd_loo)
    assert "P(clusters)" in post._repr_html_()
    assert "up to 12 components" in repr(post)
    half = post.subset(thin=2)
    assert np.isnan(gm.compare({"a": post, "b": half})["bic"]).all()
    assert np.isnan(post.label_confidence.overall)
    assert "log_posterior" in str(post.diagnose())
    assert post.summary("label_free")["r_hat"].max() < 1.1


def test_prior_draws_have_numbers_from_the_prior():
    prior = gm.sample_prior(MODEL, 20_000, random_seed=1)
    exact = 0.3 * 0.7 ** np.arange(12)
    exact /= exact.sum()
    found = np.array([(prior["n_components"] == k + 1).mean() for k in range(12)])
    assert np.abs(found - exact).max() < 4.5 * np.sqrt(0.25 / 20_000)
    present = np.arange(12) < prior["n_components"][..., None]
    assert (np.isfinite(prior["weights"]) == present).all()
    assert (prior["n_clusters"] == 0).all()


def test_calls_that_need_a_known_number_say_so():
    with pytest.raises(NotImplementedError, match="known number of components"):
        gm.fit_em(rows(), MODEL)
    with pytest.raises(NotImplementedError, match="Gibbs"):
        gm.sample(gm.Mixture(gm.Unknown(max=4), **PLAIN), [0.0, 1.0, 3.0], 10, method="metropolis")


# ------------------------------------------------------------------------------------ Their bits


def test_threads_extensions_and_files_change_no_bit(tmp_path):
    arguments = {"tune": 100, "random_seed": 4, "chains": 2, "store_assignments": True}
    whole = gm.sample(MODEL, rows(), 200, threads=1, **arguments)
    assert whole["n_components"].std() > 0

    def same(other):
        for name in ("weights", "covariances", "n_components", "cluster_sizes", "assignments"):
            np.testing.assert_array_equal(other[name], whole[name])

    same(gm.sample(MODEL, rows(), 200, threads=2, **arguments))
    part = gm.sample(MODEL, rows(), 80, threads=2, **arguments)
    part.save(tmp_path / "part.gmm")
    same(part.extend(120))
    same(gm.load(tmp_path / "part.gmm").extend(120))
    file = tmp_path / "run.gmmckpt"

    def stop(progress):
        if progress.draws_done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gm.sample(MODEL, rows(), 200, progress=stop, checkpoint=file, **arguments)
    same(gm.sample(MODEL, rows(), 200, checkpoint=file, **arguments))


def test_tempered_chains_have_numbers_of_their_own():
    tempered = gm.sample(
        MODEL, rows(), 600, tune=200, chains=2, random_seed=2, tempering=3, threads=1
    )
    again = gm.sample(MODEL, rows(), 600, tune=200, chains=2, random_seed=2, tempering=3, threads=2)
    np.testing.assert_array_equal(tempered["weights"], again["weights"])
    plain = gm.sample(MODEL, rows(), 2_000, tune=200, random_seed=3)
    error = np.hypot(tempered.p_clusters_mcse, plain.p_clusters_mcse)[3]
    assert abs(tempered.p_clusters[3] - plain.p_clusters[3]) < 4.5 * error


def test_weights_stand_for_repeated_rows():
    data = rows()[::3]
    weight = np.array([1, 2] * (len(data) // 2))
    ours = gm.sample(MODEL, data, 2_000, random_seed=1, sample_weight=weight)
    repeated = gm.sample(MODEL, np.repeat(data, weight, 0), 2_000, random_seed=2)
    error = np.hypot(ours.p_clusters_mcse, repeated.p_clusters_mcse)
    assert (np.abs(ours.p_clusters - repeated.p_clusters) < 4.5 * error + 2e-3).all()
    assert np.nansum(ours["cluster_sizes"], -1) == pytest.approx(weight.sum())


def test_weights_may_be_fractions():
    data = rows()[::2]
    # Halves of repeated rows have the posterior of the rows, in every quantity of the parameters.
    twice, half = np.repeat(data, 2, 0), np.full(2 * len(data), 0.5)
    halves = gm.sample(MODEL, twice, 3_000, random_seed=1, sample_weight=half)
    whole = gm.sample(MODEL, data, 3_000, random_seed=2)
    error = np.hypot(halves.p_components_mcse, whole.p_components_mcse)
    assert (np.abs(halves.p_components - whole.p_components) < 4.5 * error + 1e-3).all()
    shares = np.bincount(halves["n_components"].astype(int).ravel(), minlength=13)
    np.testing.assert_allclose(halves.p_components, shares / shares.sum())
    assert halves["acceptance"].mean() > 0.5
    points = [[0, 0], [2, 2]]
    assert halves.log_density(points) == pytest.approx(whole.log_density(points), abs=0.2)
    process = gm.Mixture(gm.DirichletProcess(1.0), **PLAIN)
    with pytest.raises(NotImplementedError, match="whole numbers for a Dirichlet process"):
        gm.sample(process, [1.0, 2.0, 4.0], 10, sample_weight=[0.5, 1, 1])


@pytest.mark.parametrize("count", [gm.Unknown(max=9), gm.DirichletProcess(1.0, max=20)])
def test_an_order_numbers_the_clusters(count):
    model = gm.Mixture(count, covariance_type="diag", ordered=True, order_by=1)
    post = gm.sample(model, rows(), 300, tune=200, random_seed=4, store_assignments=True)
    clusters = post["n_clusters"].astype(int)
    means = post["means"][..., 1]
    for chain, draw in np.ndindex(clusters.shape):
        for part in np.split(means[chain, draw], [clusters[chain, draw]]):
            assert (np.diff(part[~np.isnan(part)]) >= 0).all()
    three = post.given(n_clusters=3)
    assert (np.diff(three["means"][..., 1], axis=-1) >= 0).all()
    assert three["means"].mean((0, 1))[:, 1] == pytest.approx([0, 0, 4], abs=0.5)
    assert ((three.probabilities.argmax(1) == 2) == (rows()[:, 1] > 2)).all()


# ------------------------------------------------------------------------------------- The truth


@pytest.mark.parametrize("name", ["galaxy_nig", "faithful_niw"])
def test_numbers_agree_with_another_program(name):
    reference = json.loads((REFERENCE / "unknown_count.json").read_text())[name]
    file = "galaxies" if name == "galaxy_nig" else "faithful"
    data = np.array(json.loads((REFERENCE / f"{file}.json").read_text())["data"], float)
    if name == "galaxy_nig":
        data[data == 26.69] = 26.96  # the other reading of one value
        prior = gm.BetaNegativeBinomial(1, 4, 3)
        components = gm.NormalInverseGamma(
            reference["m0"][0],
            reference["kappa0"],
            reference["nu0"] / 2,
            reference["Psi0"][0][0] / 2,
        )
        model = gm.Mixture(gm.Unknown(prior, max=64), components=components)
    else:
        components = gm.NormalInverseWishart(
            reference["m0"], reference["kappa0"], reference["nu0"], reference["Psi0"]
        )
        model = gm.Mixture(
            gm.Unknown(gm.Geometric(0.2), max=40), covariance_type="full", components=components
        )
        data = data.reshape(-1, 2)
    post = gm.sample(model, data, 20_000, random_seed=1)
    for found, error, theirs, their_error in (
        (post.p_components, post.p_components_mcse, "p_K", "se_K"),
        (post.p_clusters, post.p_clusters_mcse, "p_Kplus", "se_Kplus"),
    ):
        exact, exact_error = np.array(reference[theirs]), np.array(reference[their_error])
        mine, my_error = found[1 : len(exact) + 1], error[1 : len(exact) + 1]
        # Errors of probabilities below a thousandth, by few visits, are not known.
        common = exact > 1e-3
        deviation = (mine - exact)[common] / np.hypot(my_error, exact_error)[common]
        assert np.abs(deviation).max() < 4, deviation
        assert (mine[~common] < 5e-3).all()


@pytest.mark.parametrize("name", ["galaxy", "acidity"])
def test_numbers_under_a_random_rate_agree_with_the_reference(name):
    """The prior of Richardson and Green, whose rate is unknown."""
    reference = json.loads((REFERENCE / "unknown_count.json").read_text())["richardson_green"][name]
    data = np.array(reference["data"])
    spread = np.ptp(data)
    model = gm.Mixture(
        gm.Unknown(gm.DiscreteUniform(1, 30)),
        means=gm.Normal(data.min() + spread / 2, sd=spread),
        precision=gm.Gamma(2, rate=gm.Gamma(0.2, 10 / spread**2)),
    )
    post = gm.sample(model, data, 50_000, random_seed=3)
    found = {
        "p_K": (post.p_components, post.p_components_mcse, "se_K"),
        "p_Kplus": (post.p_clusters, post.p_clusters_mcse, "se_Kplus"),
    }
    for key, (values, errors, error_of) in found.items():
        for k, expected, error in zip(
            reference["K"], reference[key], reference[error_of], strict=True
        ):
            combined = np.hypot(errors[k], error) + 1e-4
            assert abs(values[k] - expected) < 4 * combined, (key, k, values[k], expected, combined)
    # The probabilities of rare numbers have errors, but not such that anything agrees.
    assert post.p_components_mcse.max() < 0.02


CRABS = np.genfromtxt(
    Path(__file__).parent / "data" / "crabs.csv", delimiter=",", skip_header=1, usecols=range(3, 8)
)


@pytest.mark.parametrize(
    ("data", "clusters"), [(datasets.load_iris().data, 3), (CRABS, 4)], ids=["iris", "crabs"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_chains_begin_where_no_clusters_are_joined(data, clusters, seed):
    # At the scale matrix that its prior starts from, fewer clusters seem better: both in the search
    # for the start and in the first moves of a chain.
    model = gm.Mixture(gm.Unknown(gm.Geometric(0.2), max=20))
    post = gm.sample(model, data, 50, tune=200, chains=8, random_seed=seed)
    assert np.median(post["n_clusters"], axis=1).min() >= clusters
