"""A background beside the components: draws against the sum over all labellings, and their bits.

Given the assignments z, K for the background, a conjugate model with a Beta(a, b) prior of the
background's weight has the closed form

    p(z) p(x | z) = B(a + m, b + n) / B(a, b) V**-m (Dirichlet-multinomial) (marginal likelihoods)

for m rows of the background and n of the components.
"""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import gammaln, logsumexp

import gmmswift as gm
from oracles import (
    LIMIT,
    SMALL,
    STRUCTURES,
    Exact,
    component_log_densities,
    covariances_of,
    log_weight,
    near,
)

#: The prior of the weight, and the volumes in one dimension and in two: between the densities of
#: the rows, so that both kinds of rows are uncertain.
FIRST, SECOND = 1.5, 4.0
VOLUMES = {1: 6.0, 2: 25.0}
BETA = gm.Beta(FIRST, SECOND)


class Beside:
    """A conjugate model beside a background, and the probabilities of all labellings."""

    def __init__(self, structure, components, x, weight=BETA, volume=None, alpha=None):
        self.structure, self.components, self.x = structure, components, x
        self.weight = weight
        self.volume = VOLUMES[x.shape[1]] if volume is None else volume
        self.alpha = alpha
        every = itertools.product(range(components + 1), repeat=len(x))
        self.z = np.array(list(every), dtype=int)
        self.log_joint = np.array([self.log_of(row) for row in self.z])
        self.p = np.exp(self.log_joint - logsumexp(self.log_joint))

    def exact(self, x):
        result = Exact(self.structure, self.components, x)
        if self.alpha is not None:
            result.alpha = np.full(self.components, self.alpha)
        return result

    def log_of(self, z):
        inside = z < self.components
        count = len(z) - inside.sum()
        log_share = log_weight(self.weight, count, len(z)) - count * np.log(self.volume)
        return self.exact(self.x[inside]).log_joint(z[inside]) + log_share

    @property
    def background(self):
        return gm.UniformBackground(self.volume, weight=self.weight)

    def model(self, unknown=None):
        plain = self.exact(self.x).model()
        return gm.Mixture(
            plain.n_components if unknown is None else unknown,
            n_dimensions=self.x.shape[1],
            covariance_type=plain.covariance_type,
            weights=plain.weights if self.alpha is None else gm.Dirichlet(self.alpha),
            components=plain.components,
            shared_sd=plain.shared_sd,
            background=self.background,
        )

    @property
    def rows(self):
        """The probability of each row to be background."""
        return self.p @ (self.z == self.components)

    @property
    def mean_weight(self):
        """The mean of the background's weight."""
        counts = (self.z == self.components).sum(axis=1)
        total = self.weight.first + self.weight.second + len(self.x)
        return self.p @ (self.weight.first + counts) / total

    def clusters(self, most):
        """The probability of each number of components with rows."""
        counts = [len(set(row) - {self.components}) for row in self.z.tolist()]
        return np.bincount(counts, self.p, most + 1)

    @property
    def together(self):
        """The probability of each pair of rows to share a component, or the background."""
        same = self.z[:, :, np.newaxis] == self.z[:, np.newaxis]
        return np.einsum("t,tij->ij", self.p, same)


def shares(post, x):
    """P(component or background | row, draw), (chains, draws, N, K + 1), by numpy and scipy."""
    weight = post["background_weight"][..., np.newaxis, np.newaxis]
    logs = component_log_densities(post, x) + np.log1p(-weight)
    shape = (*logs.shape[:-1], 1)
    volume = post.model.background.volume
    outside = np.broadcast_to(np.log(weight) - np.log(volume), shape)
    logs = np.concatenate([logs, outside], axis=-1)
    return np.exp(logs - logsumexp(logs, axis=-1, keepdims=True)), logsumexp(logs, axis=-1)


# ------------------------------------------------------------------------ Sums over all labellings


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("components", [1, 2])
def test_draws_agree_with_the_sum_over_all_labellings(structure, components, dimensions):
    x = SMALL[1:7, :dimensions]
    exact = Beside(structure, components, x)
    assert 0.02 < exact.rows.min() < exact.rows.max() < 0.9
    post = gm.sample(
        exact.model(), x, 10_000, chains=4, tune=200, random_seed=5, store_assignments=True
    )
    responsibilities, log_densities = shares(post, x)
    near(responsibilities[..., -1], exact.rows)
    near(post["background_weight"], exact.mean_weight)
    near(post["assignments"] == components, exact.rows)
    clusters = exact.clusters(components)
    near(post["n_clusters"][..., np.newaxis] == np.arange(components + 1), clusters)
    # The results are the averages of these numbers, up to the rounding of 40,000 terms.
    mean = responsibilities.mean(axis=(0, 1))
    np.testing.assert_allclose(post.background_probabilities(), mean[:, -1], rtol=1e-9)
    np.testing.assert_allclose(
        post.probabilities.sum(axis=1) + post.background_probabilities(), 1, rtol=1e-12
    )
    np.testing.assert_allclose(post["log_likelihood"], log_densities.sum(axis=-1), rtol=1e-9)
    pairs = np.einsum("abik,abjk->abij", responsibilities, responsibilities)
    together = pairs.mean(axis=(0, 1))
    found = post.coclustering()
    off = ~np.eye(len(x), dtype=bool)
    np.testing.assert_allclose(found[off], together[off], rtol=1e-9)
    near(pairs[:, :, off], exact.together[off])


@pytest.mark.parametrize(
    "options",
    [
        {"moves": False},
        {"tempering": 3, "tune": 400},
        {"draws": 20_000, "thin": 2, "tune": 0},
    ],
    ids=["without moves", "tempered", "thinned"],
)
def test_other_chains_have_the_same_distribution(options):
    x = SMALL[1:7]
    exact = Beside("diag", 2, x)
    options = {"draws": 10_000, "tune": 200, "chains": 4, "random_seed": 6, **options}
    post = gm.sample(exact.model(), x, **options)
    near(shares(post, x)[0][..., -1], exact.rows)
    near(post["background_weight"], exact.mean_weight)
    near(post["n_clusters"][..., np.newaxis] == np.arange(3), exact.clusters(2))


def test_a_known_weight_stays():
    x = SMALL[1:7]
    exact = Beside("spherical", 2, x, weight=gm.Fixed(0.3))
    post = gm.sample(exact.model(), x, 10_000, chains=4, tune=200, random_seed=7)
    assert (abs(post["background_weight"] - 0.3) < 1e-15).all()
    near(shares(post, x)[0][..., -1], exact.rows)
    assert post.summary().rows[-1] == "background_weight"
    assert post.model == exact.model()


@pytest.mark.parametrize("method", ["gibbs", "metropolis"])
def test_means_that_are_not_scaled_agree_too(method):
    # Known sds: the rows of a component are Normal with the covariance sd² I + prior sd².
    x, sd, prior, volume = SMALL[:6, 0], 0.7, 1.3, 8.0

    def log_marginal(rows):
        covariance = sd**2 * np.eye(len(rows)) + prior**2
        return stats.multivariate_normal(np.full(len(rows), 0.4), covariance).logpdf(rows)

    z = np.array(list(itertools.product(range(3), repeat=len(x))))
    logs = []
    for row in z:
        counts = np.bincount(row, minlength=3)
        own = counts[:2]
        log = log_weight(BETA, counts[2], len(x)) - counts[2] * np.log(volume)
        log += gammaln(2) - gammaln(2 + own.sum()) + gammaln(1 + own).sum()
        logs.append(log + sum(log_marginal(x[row == k]) for k in range(2) if own[k]))
    p = np.exp(logs - logsumexp(logs))
    model = gm.Mixture(
        2,
        means=gm.Normal(0.4, sd=prior),
        sd=gm.Fixed(sd),
        background=gm.UniformBackground(volume, weight=BETA),
    )
    post = gm.sample(
        model, x, 20_000, chains=4, tune=500, method=method, random_seed=8, store_assignments=True
    )
    near(post["assignments"] == 2, p @ (z == 2))
    counts = (z == 2).sum(axis=1)
    near(post["background_weight"], p @ (FIRST + counts) / (FIRST + SECOND + len(x)))


def test_copies_of_a_row_have_assignments_of_their_own():
    x, weight = SMALL[1:5, :1], np.array([2, 1, 0, 3])
    exact = Beside("diag", 2, np.repeat(x, weight, axis=0))
    data = gm.Data(x, sample_weight=weight)
    post = gm.sample(exact.model(), data, 10_000, chains=4, tune=200, random_seed=9)
    near(post["background_weight"], exact.mean_weight)
    found = shares(post, x)[0][..., -1][..., weight > 0]
    near(found, exact.rows[np.cumsum(weight[weight > 0]) - 1])


def test_many_rows_agree_with_quadrature():
    # With known means and sds two weights are left, on which a grid has the posterior.
    stream = np.random.default_rng(10)
    x = np.concatenate(
        [stream.normal(0, 1, 120), stream.normal(2, 1, 80), stream.uniform(-9, 9, 70)]
    )
    densities = np.stack([stats.norm(0, 1).pdf(x), stats.norm(2, 1).pdf(x), np.full(270, 1 / 18)])
    grid = (np.arange(400) + 0.5) / 400
    v, w = np.meshgrid(grid, grid, indexing="ij")  # of the first component, of the background
    logs = stats.beta(FIRST, SECOND).logpdf(w) + stats.beta(1, 2).logpdf(v)
    for row in densities.T:
        logs += np.log((1 - w) * (v * row[0] + (1 - v) * row[1]) + w * row[2])
    p = np.exp(logs - logsumexp(logs))
    model = gm.Mixture(
        2,
        weights=gm.Dirichlet([1, 2]),
        means=gm.Fixed([0, 2]),
        sd=gm.Fixed(1.0),
        background=gm.UniformBackground(18.0, weight=BETA),
    )
    for method in ("gibbs", "metropolis"):
        post = gm.sample(model, x, 10_000, tune=2_000, method=method, random_seed=11)
        near(post["background_weight"], (p * w).sum())
        near(post["background_weight"] ** 2, (p * w**2).sum())
        near(post["weights"][..., 0], (p * v).sum())
        near(post["weights"][..., 0] * post["background_weight"], (p * v * w).sum())


# ------------------------------------------------------------------ An unknown number of components


@pytest.fixture(scope="module")
def unknown():
    """A number of components from 1 to 3: exact probabilities, and draws."""
    x = SMALL[1:6, :1]
    exact = {k: Beside("diag", k, x, alpha=1.2, volume=2.5) for k in (1, 2, 3)}
    logs = np.array([logsumexp(each.log_joint) for each in exact.values()])
    p = dict(zip(exact, np.exp(logs - logsumexp(logs)), strict=True))
    model = exact[3].model(gm.Unknown(gm.DiscreteUniform(1, 3)))
    post = gm.sample(model, x, 20_000, chains=4, tune=500, random_seed=12, store_assignments=True)
    return exact, p, post


def test_an_unknown_number_agrees_with_the_sum_over_all_labellings(unknown):
    exact, p, post = unknown
    near(post["n_components"][..., np.newaxis] == np.arange(1, 4), list(p.values()))
    error = np.maximum(post.p_components_mcse[1:], 1e-5)
    assert (abs(post.p_components[1:] - list(p.values())) < LIMIT * error).all()
    clusters = sum(p[k] * each.clusters(3) for k, each in exact.items())
    assert 0.05 < clusters[0] < 0.9
    assert (abs(post.p_clusters - clusters) < LIMIT * post.p_clusters_mcse).all()
    near(post["background_weight"], sum(p[k] * each.mean_weight for k, each in exact.items()))
    rows = sum(p[k] * each.rows for k, each in exact.items())
    near(post["assignments"] == 3, rows)
    # Rows are averaged over draws given the parameters, which is at least as exact.
    error = gm.summarize((post["assignments"] == 3).astype(float))["mcse_mean"]
    assert (abs(post.background_probabilities() - rows) < LIMIT * error).all()
    together = sum(p[k] * each.together for k, each in exact.items())
    labels = post["assignments"]
    same = (labels[..., :, np.newaxis] == labels[..., np.newaxis, :]).astype(float)
    error = gm.summarize(same.reshape(*same.shape[:2], -1))["mcse_mean"].reshape(5, 5)
    off = ~np.eye(5, dtype=bool)
    assert (abs(post.coclustering() - together)[off] < LIMIT * error[off]).all()


def test_draws_of_an_unknown_number_count_the_rows_of_components(unknown):
    _, _, post = unknown
    labels, sizes = post["assignments"], np.nan_to_num(post["cluster_sizes"])
    for k in range(3):
        np.testing.assert_array_equal((labels == k).sum(axis=-1), sizes[..., k])
    np.testing.assert_array_equal((sizes > 0).sum(axis=-1), post["n_clusters"])
    assert labels.max() == 3
    assert np.nansum(post["weights"], axis=-1) == pytest.approx(1)


def test_new_clusters_are_of_components_alone(unknown):
    _, _, post = unknown
    points = np.array([[0.0], [1.5], [-4.0], [30.0], [1e4]])
    new, background = post.predict_new_cluster(points), post.background_probabilities(points)
    drawn = post.as_drawn
    with np.errstate(invalid="ignore"):
        logs = component_log_densities(drawn, points)
    logs += np.log1p(-drawn["background_weight"])[..., np.newaxis, np.newaxis]
    empty = np.arange(3) >= drawn["n_clusters"][..., np.newaxis]
    # Components beyond those of a draw are NaN.
    density = np.nan_to_num(np.exp(logs)) * empty[:, :, np.newaxis]
    expected = density.sum(axis=-1).mean(axis=(0, 1)) / np.exp(post.log_density(points))
    np.testing.assert_allclose(new, expected, rtol=1e-9, atol=1e-15)
    assert (new + background <= 1 + 1e-12).all()
    assert background[-1] > 0.999
    assert 0 < new[2] < 1


def test_given_draws_keep_the_background_apart(unknown):
    *_, post = unknown
    given = post.given(n_clusters=2)
    chosen = post["n_clusters"] == 2
    assert given.n_components == 2
    assert given.model.background == post.model.background
    drawn = given.as_drawn
    np.testing.assert_array_equal(drawn["background_weight"][0], post["background_weight"][chosen])
    np.testing.assert_array_equal(
        drawn["assignments"][0], np.minimum(post["assignments"][chosen], 2)
    )
    # Labels of components are exchanged, that of the background is not.
    np.testing.assert_array_equal(given["assignments"] == 2, drawn["assignments"] == 2)
    assert (given.permutations != [0, 1]).any()
    with pytest.raises(ValueError, match="n_clusters: must be a number of clusters"):
        post.given(n_clusters=0)


# ------------------------------------------------------------------------------ What draws are of

TABLE = np.concatenate(
    [
        np.random.default_rng(13).normal([0, 0], 1, (40, 2)),
        np.random.default_rng(14).normal([6, 2], 1, (40, 2)),
        np.random.default_rng(15).uniform(-10, 16, (20, 2)),
    ]
)
FREE = gm.Mixture(2, covariance_type="full", background=gm.UniformBackground())


def sampled(model=FREE, **options):
    options = {"draws": 200, "chains": 3, "tune": 100, "random_seed": 1, **options}
    return gm.sample(model, TABLE, store_assignments=True, **options)


@pytest.fixture(scope="module")
def post():
    return sampled()


def test_rows_far_from_all_components_are_background(post):
    found = post.background_probabilities()
    np.testing.assert_allclose(found + post.probabilities.sum(axis=1), 1, rtol=1e-12)
    assert (found[80:] > 0.5).mean() > 0.8
    assert (found[:80] < 0.5).mean() > 0.9
    assert 0.1 < post["background_weight"].mean() < 0.3
    # Without it a component takes them, and is wide.
    plain = sampled(gm.Mixture(2, covariance_type="full"))
    widest = [np.linalg.det(p["covariances"].mean(axis=(0, 1))).max() for p in (post, plain)]
    assert widest[1] > 20 * widest[0]


def test_the_log_posterior_has_the_prior_of_the_weight():
    model = gm.Mixture(
        2,
        weights=gm.Dirichlet([2, 3]),
        means=gm.Normal([0, 5], sd=3),
        sd=gm.HalfNormal(2),
        background=gm.UniformBackground(30.0, weight=BETA),
    )
    post = gm.sample(model, TABLE[:, 0], 30, chains=2, tune=10, random_seed=1)
    log_prior = stats.beta(FIRST, SECOND).logpdf(post["background_weight"])
    # scipy takes no stack of weights.
    logs = [
        stats.dirichlet([2, 3]).logpdf(row / row.sum()) for row in post["weights"].reshape(-1, 2)
    ]
    log_prior += np.reshape(logs, log_prior.shape)
    log_prior += stats.norm([0, 5], 3).logpdf(post["means"]).sum(axis=-1)
    log_prior += stats.halfnorm(scale=2).logpdf(post["sd"]).sum(axis=-1)
    likelihood = shares(post, TABLE[:, :1])[1].sum(axis=-1)
    np.testing.assert_allclose(post["log_likelihood"], likelihood, rtol=1e-11)
    np.testing.assert_allclose(post["log_posterior"], likelihood + log_prior, rtol=1e-11)
    assert post.model.background == model.background


def test_draws_without_data_have_the_prior_of_the_weight():
    model = gm.Mixture(
        1,
        means=gm.Normal(0, 1),
        sd=gm.HalfNormal(1),
        background=gm.UniformBackground(30.0, weight=gm.Beta(0.3, 1.7)),
    )
    for post in (gm.sample_prior(model, 20_000, random_seed=1), gm.sample(model, [], 20_000)):
        values = np.sort(post["background_weight"].ravel())
        assert stats.kstest(values, stats.beta(0.3, 1.7).cdf).pvalue > 1e-4
        assert (values > 0).all()
        assert (values < 1).all()


def test_new_points_have_the_density_of_both(post):
    points = np.array([[0.0, 0.0], [5.0, 2.0], [-30.0, 40.0], [3.0, 1.0]])
    lower, upper = TABLE.min(axis=0), TABLE.max(axis=0)
    assert post.model.background == gm.UniformBackground(lower=lower, upper=upper)
    weight = post["background_weight"][..., np.newaxis, np.newaxis]
    parts = (1 - weight) * np.exp(component_log_densities(post, points))
    outside = (weight / np.prod(upper - lower))[..., 0]
    parts, outside = parts.mean(axis=(0, 1)), outside.mean(axis=(0, 1))
    density = parts.sum(axis=1) + outside
    np.testing.assert_allclose(post.log_density(points), np.log(density), rtol=1e-9)
    np.testing.assert_allclose(post.background_probabilities(points), outside / density, rtol=1e-9)
    np.testing.assert_allclose(
        post.predict_probabilities(points), parts / density[:, np.newaxis], rtol=1e-9
    )
    # The density of the background is the same beyond its box.
    assert post.background_probabilities(points)[2] == pytest.approx(1)


def test_predictive_draws_fill_the_box(post):
    rows = post.sample_predictive(2_000, 50, random_seed=1)
    lower, upper = TABLE.min(axis=0), TABLE.max(axis=0)
    inside = [(rows > lower).all(axis=-1), (rows < upper).all(axis=-1)]
    # Those of components reach to 4, the box to 16: what lies beyond 10 is of the background.
    share = (rows[..., 0] > 10).mean()
    expected = post["background_weight"].mean() * (upper[0] - 10) / (upper[0] - lower[0])
    # The draws that are chosen differ, so the errors are those of 2,000 sets.
    error = (rows[..., 0] > 10).mean(axis=1).std() / np.sqrt(2_000)
    assert abs(share - expected) < LIMIT * error
    assert np.mean(inside[0] & inside[1]) > 0.98
    volume = gm.UniformBackground(500.0)
    other = sampled(gm.Mixture(2, covariance_type="full", background=volume))
    with pytest.raises(
        NotImplementedError,
        match="background: must have bounds for points to be drawn from it, got a volume alone",
    ):
        other.sample_predictive(3)


def test_three_ways_to_say_the_volume_are_one():
    box = TABLE.min(axis=0), TABLE.max(axis=0)
    post, given = (
        sampled(gm.Mixture(2, covariance_type="full", background=background))
        for background in (
            gm.UniformBackground(),
            gm.UniformBackground(lower=box[0], upper=box[1]),
        )
    )
    for name in post:
        np.testing.assert_array_equal(post[name], given[name])
    assert given.model == post.model
    line = TABLE[:, 0]
    width = line.max() - line.min()
    draws = [
        gm.sample(gm.Mixture(2, background=background), line, 100, chains=2, random_seed=1)
        for background in (
            gm.UniformBackground(),
            gm.UniformBackground(lower=line.min(), upper=line.max()),
            gm.UniformBackground(width),
        )
    ]
    for name in draws[0]:
        np.testing.assert_array_equal(draws[0][name], draws[1][name])
        np.testing.assert_array_equal(draws[0][name], draws[2][name])


# ------------------------------------------------------------------------------------------- Labels


def test_labels_of_components_are_exchanged_and_that_of_the_background_is_not():
    starts = np.array([[[0.0, 0.0], [6.0, 2.0]], [[6.0, 2.0], [0.0, 0.0]]])
    post = sampled(chains=2, initial={"means": starts}, moves=False)
    drawn = post.as_drawn
    assert np.ptp(drawn["means"].mean(axis=1)[:, 0, 0]) > 5
    np.testing.assert_allclose(post["means"].mean(axis=1)[:, :, 0], [[0, 6]] * 2, atol=1)
    np.testing.assert_array_equal(post["assignments"] == 2, drawn["assignments"] == 2)
    assert (drawn["assignments"] == 2).any()
    places = np.pad(post.permutations, ((0, 0), (0, 0), (0, 1)), constant_values=2)
    taken = np.take_along_axis(places, post["assignments"].astype(int), 2)
    np.testing.assert_array_equal(taken, drawn["assignments"])
    for other in (drawn, post.relabel("weights"), post.relabel(gm.fit_em(TABLE, 2, random_seed=1))):
        np.testing.assert_array_equal(other["background_weight"], post["background_weight"])
        np.testing.assert_array_equal(
            other.background_probabilities(), post.background_probabilities()
        )
    assert post.label_confidence.overall > 0.99


def test_the_background_is_a_cluster_of_the_partition(post):
    partition = post.partition()
    assert partition.n_clusters == 3
    assert len(set(partition.labels[np.argsort(post.background_probabilities())[-10:]])) == 1
    labels = post["assignments"]
    counts = [[len(set(row) - {2}) for row in chain] for chain in labels.tolist()]
    np.testing.assert_array_equal(post["n_clusters"], counts)
    assert len(post.modes()) == 1


# --------------------------------------------------------------------------------------------- Bits


def same(one, other):
    for name in one:
        assert one[name].tobytes() == other[name].tobytes(), name
    assert one.model == other.model
    assert repr(one).rpartition(",")[0] == repr(other).rpartition(",")[0]


UNKNOWN = gm.Mixture(
    gm.Unknown(max=5), covariance_type="full", background=gm.UniformBackground(weight=gm.Beta(2, 9))
)
LINE_MODEL = gm.Mixture(
    2,
    n_dimensions=2,
    means=gm.Normal(0, 9),
    sd=gm.HalfNormal(3),
    background=gm.UniformBackground(600.0, weight=gm.Fixed(0.2)),
)


@pytest.mark.parametrize("model", [FREE, UNKNOWN, LINE_MODEL], ids=["free", "unknown", "known"])
def test_threads_files_pickles_and_extensions_change_no_bit(model, tmp_path):
    whole = sampled(model)
    same(whole, sampled(model, threads=1))
    same(whole, pickle.loads(pickle.dumps(whole)))
    whole.save(tmp_path / "whole.gmm")
    loaded = gm.load(tmp_path / "whole.gmm")
    same(whole, loaded)
    assert loaded.to_bytes() == whole.to_bytes()
    np.testing.assert_array_equal(
        loaded.background_probabilities(threads=1), whole.background_probabilities(threads=2)
    )
    part = sampled(model, draws=70)
    longer = gm.Posterior.from_bytes(part.to_bytes()).extend(130)
    same(part.extend(130), longer)
    for name in whole:
        np.testing.assert_array_equal(longer[name], whole[name])
    checkpoint = tmp_path / "run.gmmckpt"

    def stop(progress):
        if progress.draws_done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sampled(model, progress=stop, checkpoint=checkpoint)
    same(whole, sampled(model, checkpoint=checkpoint))
    parts = list(
        gm.stream(
            model, TABLE, 200, part=90, chains=3, tune=100, random_seed=1, store_assignments=True
        )
    )
    joined = np.concatenate([each["background_weight"] for each in parts], axis=1)
    np.testing.assert_array_equal(joined, whole["background_weight"])


def test_a_checkpoint_belongs_to_its_background(tmp_path):
    checkpoint = tmp_path / "run.gmmckpt"
    sampled(checkpoint=checkpoint)
    for background in (None, gm.UniformBackground(500.0), gm.UniformBackground(weight=BETA)):
        model = gm.Mixture(2, covariance_type="full", background=background)
        with pytest.raises(gm.MismatchError):
            sampled(model, checkpoint=checkpoint)


def test_tempered_chains_go_on_to_the_same_bits():
    whole = sampled(tempering=3, draws=60)
    part = sampled(tempering=3, draws=20)
    same(part.extend(40), gm.Posterior.from_bytes(part.to_bytes()).extend(40))
    np.testing.assert_array_equal(part.extend(40)["means"], whole["means"])


# ----------------------------------------------------------------------------- Tables and pictures


def test_summaries_and_trees_name_the_weight(post):
    assert post.summary().rows[-1] == "background_weight"
    mean = post["background_weight"].mean()
    assert post.summary("background_weight")["mean"] == pytest.approx([mean])
    assert "background_weight" in post
    assert "background_weight" not in sampled(gm.Mixture(2, covariance_type="full"))
    table = post.prior_sensitivity()
    assert table.rows[-1] == "background_weight"
    assert table["background_weight", "likelihood"] > 0
    pytest.importorskip("arviz")
    tree = post.to_datatree(log_likelihood=True)
    np.testing.assert_array_equal(tree["posterior"]["background_weight"], post["background_weight"])
    assert int(tree["posterior"]["assignments"].max()) == 2
    total = np.asarray(tree["log_likelihood"]["x"]).sum(axis=-1)
    np.testing.assert_allclose(total, post["log_likelihood"], rtol=1e-12)


def test_pictures_know_the_background(post, close_figures):
    from matplotlib.colors import to_rgb

    axes = post.plot_pairs()
    colors = axes[0].collections[0].get_facecolors()[:, :3]
    dark = np.isclose(colors, to_rgb(gm.plots.component_color(None)), atol=0.1).all(axis=1)
    assert dark.sum() == pytest.approx((post.background_probabilities() > 0.9).sum(), abs=3)
    fit = gm.fit_em(TABLE, 1, background=gm.UniformBackground(), random_seed=1)
    assert len(gm.plot_pairs(TABLE, fit)) == 1
    row = int(post.background_probabilities().argmax())
    axes = post.plot_assignment(row)
    assert [tick.get_text() for tick in axes[0].get_yticklabels()] == ["0", "1", "background"]
    heights = [bar.get_height() for bar in axes[1].patches]
    assert heights[2] == (post["assignments"][..., row] == 2).mean()
    for axes in (post.plot_trace(), post.plot_histograms("background_weight")):
        assert axes is not None
    assert post.plot_coclustering() is not None


def test_curves_of_the_density_have_the_background(post, close_figures):
    def area(axes):
        x, y = axes.lines[0].get_data()
        return integrate.trapezoid(y, x)

    # The box ends where the data do, and the axis a little beyond; a component has its mass there.
    for axes in post.plot_density():
        assert area(axes) == pytest.approx(1, abs=0.01)
    volume = sampled(gm.Mixture(2, covariance_type="full", background=gm.UniformBackground(500.0)))
    rest = 1 - volume["background_weight"].mean()
    for axes in volume.plot_density():
        assert area(axes) == pytest.approx(rest, abs=0.01)
    line = gm.sample(
        gm.Mixture(1, background=gm.UniformBackground(30.0)), TABLE[:, 0], 100, random_seed=1
    )
    axes = line.plot_density()
    x, y = axes.lines[0].get_data()
    np.testing.assert_allclose(y, np.exp(line.log_density(x)), rtol=1e-9)


# ------------------------------------------------------------------------------------- Many points


@pytest.mark.parametrize("dimensions", [1, 2, 5])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_kernels_of_any_shape_evaluate_the_background(structure, dimensions):
    kind, is_shared = STRUCTURES[structure]
    stream = np.random.default_rng(16)
    x = stream.normal(0, 2, (601, dimensions))
    for components in (1, 3, 8):
        model = gm.Mixture(
            components,
            n_dimensions=dimensions,
            covariance_type=kind,
            shared_sd=is_shared,
            background=gm.UniformBackground(12.0**dimensions),
        )
        post = gm.sample(model, x, 4, chains=1, tune=3, random_seed=2)
        responsibilities, log_densities = shares(post, x)
        np.testing.assert_allclose(
            post.background_probabilities(), responsibilities.mean(axis=(0, 1))[:, -1], rtol=1e-9
        )
        np.testing.assert_allclose(post.log_likelihood(), log_densities, rtol=1e-10)
        assert covariances_of(post).shape[2] == components


@pytest.mark.parametrize("dimensions", [1, 3])
def test_many_blocks_count_the_rows_of_the_background(dimensions):
    stream = np.random.default_rng(17)
    x = np.concatenate(
        [
            stream.normal(-3, 1, (6_000, dimensions)),
            stream.normal(3, 1, (4_000, dimensions)),
            stream.uniform(-12, 12, (3_000, dimensions)),
        ]
    )
    model = gm.Mixture(
        2,
        n_dimensions=dimensions,
        background=gm.UniformBackground(lower=-13, upper=13, weight=BETA),
    )
    options = {"chains": 2, "tune": 100, "random_seed": 3, "store_assignments": True}
    post = gm.sample(model, x, 300, threads=1, **options)
    other = gm.sample(model, x, 300, threads=2, **options)
    for name in post:
        assert post[name].tobytes() == other[name].tobytes(), name
    # The mean of a Beta(a + m, b + n) weight is (a + m) / (a + b + N), of which m has its own mean.
    expected = (FIRST + post.background_probabilities().sum()) / (FIRST + SECOND + len(x))
    near(post["background_weight"], expected)
    counts = (post["assignments"] == 2).sum(axis=-1)
    near(counts, post.background_probabilities().sum())
    assert abs(post["background_weight"].mean() - 3 / 13) < 0.02
