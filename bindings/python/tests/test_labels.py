"""Labels: relabelled draws, draws as drawn, other labels, and how certain labels are."""

from __future__ import annotations

import itertools
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gmmswift as gm

RNG = np.random.default_rng(5)
CENTERS = np.array([[0, 0], [6, 1], [3, 7]])
ROWS = RNG.integers(3, size=300)
TABLE = CENTERS[ROWS] + RNG.normal(size=(300, 2))
FREE = gm.Mixture(3, covariance_type="full", default_priors="fraley-raftery")


@pytest.fixture(scope="module")
def post():
    """Chains that start at the six orders of three components, so that their labels differ."""
    orders = [CENTERS[list(order)] for order in itertools.permutations(range(3))]
    return gm.sample(
        FREE,
        TABLE,
        draws=150,
        tune=50,
        chains=6,
        random_seed=3,
        initial={"means": np.array(orders, float)},
        store_assignments=True,
    )


def test_a_component_is_the_same_in_all_chains(post):
    drawn = post.as_drawn
    assert np.ptp(drawn["means"].mean(axis=1)[:, 0, 0]) > 5
    means = post["means"].mean(axis=1)
    np.testing.assert_allclose(means, np.broadcast_to(CENTERS[[0, 2, 1]], means.shape), atol=1)
    assert post.summary("means")["r_hat"].max() < 1.05
    assert drawn.summary("means")["r_hat"].min() > 1.5
    # Numbers run by the first coordinate of the means.
    assert (np.diff(post["means"][..., 0].mean(axis=(0, 1))) > 0).all()
    assert (post.probabilities.max(axis=1) > 0.9).mean() > 0.95
    assert post.label_method == "kl"
    assert "relabelled by kl" in repr(post)
    assert drawn.label_method is None
    assert "relabelled" not in repr(drawn)


def test_every_quantity_has_the_same_permutation_and_none_is_lost(post):
    drawn, places = post.as_drawn, post.permutations
    assert places.shape == (6, 150, 3)
    assert places.dtype == np.uint8
    for name in ("weights", "means", "covariances"):
        axes = places.reshape(*places.shape, *(1,) * (drawn[name].ndim - 3))
        expected = np.take_along_axis(drawn[name], axes.astype(int), 2)
        np.testing.assert_array_equal(post[name], expected)
    for name in ("log_likelihood", "log_posterior", "acceptance", "n_clusters"):
        np.testing.assert_array_equal(post[name], drawn[name])
    # The component of a row, as drawn, is the one that has the row's label.
    taken = np.take_along_axis(places, post["assignments"].astype(int), 2)
    np.testing.assert_array_equal(taken, drawn["assignments"])


def test_what_does_not_depend_on_labels_has_the_same_bits(post):
    drawn = post.as_drawn
    np.testing.assert_array_equal(post.log_density(TABLE), drawn.log_density(TABLE))
    arguments = {"draws": 5, "n_points": 7, "random_seed": 2}
    np.testing.assert_array_equal(
        post.sample_predictive(**arguments), drawn.sample_predictive(**arguments)
    )
    np.testing.assert_array_equal(post.data, drawn.data)


def test_labels_are_the_same_for_any_number_of_threads(post):
    one, two = post.relabel(threads=1), post.relabel(threads=2)
    np.testing.assert_array_equal(one.permutations, two.permutations)
    np.testing.assert_array_equal(one.permutations, post.permutations)


def test_threads_share_labels_that_are_made_once(post):
    state = post.to_bytes()
    for _ in range(5):
        other = gm.Posterior.from_bytes(state)
        parts = [other.subset(burn=burn) for burn in range(4)]
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda part: part["means"], parts * 4))
        for burn, means in enumerate(results):
            np.testing.assert_array_equal(means, post["means"][:, burn % 4 :])


def test_clusters_are_the_components_that_have_rows(post):
    expected = [[len(np.unique(labels)) for labels in chain] for chain in post["assignments"]]
    np.testing.assert_array_equal(post["n_clusters"], expected)
    few = gm.sample(gm.Mixture(8), [0.0, 0.2, 5.0, 5.1], draws=300, chains=1, random_seed=1,
                    store_assignments=True)  # fmt: skip
    expected = [[len(np.unique(labels)) for labels in chain] for chain in few["assignments"]]
    np.testing.assert_array_equal(few["n_clusters"], expected)
    assert len(np.unique(expected)) > 1
    assert (post.as_drawn.summary("n_clusters")["mean"] == 3).all()


def test_rows_of_weight_0_make_no_cluster():
    data = gm.Data([0.0, 0.1, 40.0, -0.1, 0.2], sample_weight=[1, 1, 0, 1, 1])
    post = gm.sample(gm.Mixture(3), data, draws=200, chains=1, random_seed=1,
                     store_assignments=True)  # fmt: skip
    labels = np.delete(post["assignments"][0], 2, axis=1)
    np.testing.assert_array_equal(post["n_clusters"][0], [len(np.unique(row)) for row in labels])


# ---------------------------------------------------------------------------- Where nothing changes


@pytest.mark.parametrize(
    "model",
    [
        gm.Mixture(3, n_dimensions=2, ordered=True, covariance_type="full"),
        gm.Mixture(1, n_dimensions=2, covariance_type="full"),
        gm.Mixture(3, n_dimensions=2, weights=gm.Dirichlet([1, 2, 3]), covariance_type="tied"),
    ],
)
def test_draws_whose_components_are_told_apart_stay_as_drawn(model):
    post = gm.sample(model, TABLE, draws=20, tune=5, chains=2, random_seed=1)
    assert post.label_method is None
    assert (post.permutations == np.arange(post.n_components)).all()
    np.testing.assert_array_equal(post["means"], post.as_drawn["means"])
    assert (post.label_confidence.components == 1).all()
    assert post.label_confidence.overall == 1


def test_prior_draws_stay_as_drawn():
    model = gm.Mixture(2, means=gm.Normal(0, 5), sd=gm.HalfNormal(2))
    for post in (gm.sample_prior(model, 30, random_seed=1), gm.sample(model, [], draws=30)):
        assert post.label_method is None
        assert (post.permutations == [0, 1]).all()
        assert np.isnan(post.label_confidence.components).all()
        assert (post["n_clusters"] == 0).all()
        with pytest.raises(NotImplementedError, match="posterior: must have draws given data"):
            post.relabel()


def test_components_with_other_priors_keep_their_labels():
    model = gm.Mixture(
        4,
        means=[gm.Normal(20, 15), gm.Normal(20, 15), gm.Fixed(0.0), gm.Normal(20, 15)],
        sd=gm.HalfNormal(2),
    )
    data = np.concatenate([RNG.normal(m, 1, 80) for m in (0, 10, 20, 30)])
    starts = [[30, 10, 0, 20], [10, 20, 0, 30], [20, 30, 0, 10]]
    post = gm.sample(model, data, draws=100, tune=50, chains=3, random_seed=1,
                     initial={"means": starts})  # fmt: skip
    assert (post.permutations[..., 2] == 2).all()
    means = post["means"].mean(axis=1)
    np.testing.assert_allclose(means, [[10, 20, 0, 30]] * 3, atol=1)
    assert post.label_confidence.overall == 1


# ----------------------------------------------------------------------------- Parts of a posterior


@pytest.mark.parametrize("first", [True, False])
def test_subsets_keep_labels(post, first):
    whole = gm.Posterior.from_bytes(post.to_bytes())
    if first:  # the subset exists before its labels do
        part = whole.subset(burn=20, thin=7)
    else:
        _ = whole["means"]
        part = whole.subset(burn=20, thin=7)
    for name in ("weights", "means", "covariances", "assignments"):
        np.testing.assert_array_equal(part[name], whole[name][:, 20::7])
    np.testing.assert_array_equal(part.permutations, whole.permutations[:, 20::7])
    np.testing.assert_array_equal(part.as_drawn["means"], whole.as_drawn["means"][:, 20::7])
    again = part.subset(burn=3, thin=2)
    np.testing.assert_array_equal(again["means"], whole["means"][:, 20::7][:, 3::2])
    np.testing.assert_array_equal(whole.as_drawn.subset(4)["means"], whole.as_drawn["means"][:, 4:])


def test_subsets_of_chosen_labels_keep_them(post):
    by_weight = post.relabel("weights")
    part = by_weight.subset(burn=10, thin=3)
    np.testing.assert_array_equal(part["means"], by_weight["means"][:, 10::3])
    assert part.label_method == "weights"
    np.testing.assert_array_equal(part.as_drawn["means"], post.as_drawn["means"][:, 10::3])
    chain = by_weight.subset(chains=[3])
    np.testing.assert_array_equal(chain["means"], by_weight["means"][[3]])
    assert chain.label_method == "weights"
    # Labels that are chosen for a subset are those of its draws.
    own = post.subset(burn=10, thin=3).relabel("weights")
    np.testing.assert_array_equal(own["means"], part["means"])
    np.testing.assert_array_equal(own.subset(burn=5)["means"], part["means"][:, 5:])


@pytest.mark.parametrize("chains", [[0, 2], [5, 1, 3], [4], range(6)])
def test_some_chains_keep_labels(post, chains):
    part = post.subset(burn=3, thin=2, chains=chains)
    chosen = list(chains)
    for name in ("weights", "means", "covariances", "log_likelihood", "assignments"):
        np.testing.assert_array_equal(part[name], post[name][chosen][:, 3::2])
    np.testing.assert_array_equal(part.permutations, post.permutations[chosen][:, 3::2])
    drawn = post.as_drawn.subset(chains=chains)
    np.testing.assert_array_equal(drawn["means"], post.as_drawn["means"][chosen])
    assert drawn.label_method is None
    assert not part.can_extend
    assert part.n_chains == len(chosen)
    back = pickle.loads(pickle.dumps(part))
    np.testing.assert_array_equal(back["means"], part["means"])
    np.testing.assert_array_equal(
        back.label_confidence.components, part.label_confidence.components
    )


@pytest.mark.parametrize(
    ("chains", "message"),
    [
        ([6], r"chains\[0\]: must be between 0 and 5, got 6"),
        ([0, -1], r"chains\[1\]: must be between 0 and 5, got -1"),
        ([2, 3, 2], r"chains\[2\]: must not be an earlier chain again, got 2"),
        ([], r"len\(chains\): must be between 1 and 6, got 0"),
    ],
)
def test_impossible_chains_are_refused(post, chains, message):
    with pytest.raises(ValueError, match=message):
        post.subset(chains=chains)


def test_more_draws_have_labels_anew(post):
    longer = post.extend(draws=50)
    np.testing.assert_array_equal(longer.as_drawn["means"][:, :150], post.as_drawn["means"])
    np.testing.assert_allclose(longer["means"].mean(axis=1)[:, 0], [[0, 0]] * 6, atol=1)
    drawn = post.as_drawn.extend(draws=10)
    assert drawn.label_method is None
    np.testing.assert_array_equal(drawn["means"], longer.as_drawn["means"][:, :160])


# ------------------------------------------------------------------------------ Other labels


def test_orders_are_those_of_numpy(post):
    drawn = post.as_drawn
    spread = np.linalg.det(drawn["covariances"])
    for method, coordinate, keys in [
        ("means", None, drawn["means"][..., 0]),
        ("means", 1, drawn["means"][..., 1]),
        ("sd", None, spread),
        ("sd", 1, drawn["covariances"][..., 1, 1]),
        ("weights", None, drawn["weights"]),
    ]:
        other = post.relabel(method, coordinate=coordinate)
        np.testing.assert_array_equal(other.permutations, np.argsort(keys, axis=2, kind="stable"))
        assert other.label_method == method
        np.testing.assert_array_equal(other.as_drawn["means"], drawn["means"])
    assert post.relabel("means").label_confidence.overall > 0.99
    assert post.relabel("sd").label_confidence.overall < 0.9


def test_an_order_by_means_may_become_one_by_sds():
    # Two groups of one mean and other sds: the order of the means says nothing.
    data = np.concatenate([RNG.normal(0, 1, 300), RNG.normal(0, 8, 300)])
    model = gm.Mixture(2, means=gm.Normal(0, 5), sd=gm.HalfNormal(10), ordered=True)
    start = {"means": [0.0, 0.0], "sd": [1.0, 8.0]}
    post = gm.sample(model, data, draws=500, chains=2, random_seed=1, initial=start)
    assert post.label_method is None
    by_sd = post.relabel("sd")
    assert (by_sd["sd"][..., 0] < by_sd["sd"][..., 1]).all()
    assert abs(by_sd["sd"].mean(axis=(0, 1)) - [1, 8]).max() < 1
    kl = post.relabel()
    np.testing.assert_allclose(np.sort(kl["sd"].mean(axis=(0, 1))), [1, 8], atol=1)
    assert kl.label_confidence.overall > 0.99


def test_references_give_their_labels(post):
    truth = np.where(np.arange(300) % 2, ROWS, -1)
    fit = gm.fit_em(TABLE, 3, random_seed=1)
    known = gm.KnownMixture([1 / 3] * 3, CENTERS[::-1], [np.eye(2)] * 3)
    by_rows, by_fit = post.relabel(truth), post.relabel(fit)
    np.testing.assert_allclose(by_rows["means"].mean(axis=(0, 1)), CENTERS, atol=0.5)
    np.testing.assert_allclose(by_fit["means"].mean(axis=(0, 1)), fit.means, atol=0.5)
    by_known = post.relabel(known)
    np.testing.assert_allclose(by_known["means"].mean(axis=(0, 1)), CENTERS[::-1], atol=0.5)
    other = gm.sample(FREE, TABLE, draws=50, chains=2, random_seed=9).relabel(known)
    by_other = post.relabel(other)
    np.testing.assert_array_equal(by_other.permutations, by_known.permutations)
    np.testing.assert_array_equal(post.relabel(post).permutations, post.permutations)
    methods = [labelled.label_method for labelled in (by_rows, by_fit, by_known, by_other)]
    assert methods == ["labels", "mixture", "mixture", "posterior"]
    for labelled in (by_rows, by_fit, by_known, by_other):
        assert labelled.label_confidence.overall > 0.99


def test_a_mixture_of_another_form_is_a_reference():
    fit = gm.fit_em(TABLE, 3, random_seed=1)
    for kind in ("diag", "spherical", "tied"):
        post = gm.sample(gm.Mixture(3, covariance_type=kind), TABLE, draws=50, chains=2)
        labelled = post.relabel(fit)
        np.testing.assert_allclose(labelled["means"].mean(axis=(0, 1)), fit.means, atol=0.5)


def test_names_of_columns_are_coordinates():
    data = gm.Data(TABLE, names=["height", "width"])
    post = gm.sample(FREE, data, draws=20, chains=2, random_seed=1)
    left, right = post.relabel("means", coordinate="width"), post.relabel("means", coordinate=1)
    np.testing.assert_array_equal(left.permutations, right.permutations)
    with pytest.raises(ValueError, match="coordinate: must be among height, width, got 'depth'"):
        post.relabel("means", coordinate="depth")


@pytest.mark.parametrize(
    ("method", "options", "error", "message"),
    [
        ("ecr", {}, ValueError, "method: must be one of kl, means, sd, weights, .*, got 'ecr'"),
        (None, {}, TypeError, "method: must be a word, labels of the rows, .*, got None"),
        (0.5, {}, TypeError, "method: must be a word"),
        ("means", {"coordinate": 2}, ValueError, "coordinate: must be between 0 and 1, got 2"),
        ("sd", {"coordinate": -1}, ValueError, "coordinate: must be a column of the data, got -1"),
        ("kl", {"coordinate": 0}, ValueError, "coordinate: must be -1 unless means or sds"),
        ([0, 1], {}, ValueError, r"method: must have shape \(300,\), got shape \(2,\)"),
        ([3] * 300, {}, ValueError, r"method\[0\]: must be between -1 and 2, got 3"),
        ([0] * 299 + [-2], {}, ValueError, r"method\[299\]: must be between -1 and 2, got -2"),
        ([-1] * 300, {}, ValueError, "method: must name the component of at least one row"),
        (
            gm.KnownMixture([0.5, 0.5], [[0, 0], [1, 1]], [np.eye(2)] * 2),
            {},
            ValueError,
            "method: must have the posterior's 3 components and 2 dimensions, got 2 and 2",
        ),
        (
            gm.sample(gm.Mixture(3), [1.0, 2, 3, 4], draws=5, chains=1),
            {},
            ValueError,
            "method: must have the posterior's 3 components and 2 dimensions, got 3 and 1",
        ),
    ],
)
def test_impossible_labels_are_refused(post, method, options, error, message):
    with pytest.raises(error, match=message):
        post.relabel(method, **options)


def test_a_shared_spread_orders_nothing():
    post = gm.sample(gm.Mixture(2, n_dimensions=1, shared_sd=True), TABLE[:, 0], draws=10, chains=1)
    with pytest.raises(NotImplementedError, match="method: must not be an order by a spread"):
        post.relabel("sd")


def test_draws_of_a_prior_are_no_reference(post):
    prior = gm.sample_prior(post.model, 10, random_seed=1)
    with pytest.raises(NotImplementedError, match="method: must have draws given data, got prior"):
        post.relabel(prior)


# ------------------------------------------------------------------------------ Files


def test_files_keep_labels_that_a_caller_chose(post, tmp_path):
    for name, labelled in {
        "kl": post,
        "order": post.relabel("weights"),
        "rows": post.relabel(ROWS),
        "part": post.subset(burn=30, thin=4),
        "drawn": post.as_drawn,
    }.items():
        labelled.save(tmp_path / name)
        for back in (gm.load(tmp_path / name), pickle.loads(pickle.dumps(labelled))):
            assert back.label_method == labelled.label_method
            np.testing.assert_array_equal(back["means"], labelled["means"])
            np.testing.assert_array_equal(back.permutations, labelled.permutations)
            np.testing.assert_array_equal(back["assignments"], labelled["assignments"])
            np.testing.assert_array_equal(back.as_drawn["means"], labelled.as_drawn["means"])
            np.testing.assert_array_equal(
                back.label_confidence.components, labelled.label_confidence.components
            )
    # The draws of a file are the same bytes, whatever the labels.
    sizes = {name: (tmp_path / name).stat().st_size for name in ("kl", "drawn", "order")}
    assert sizes["drawn"] - sizes["kl"] == 16
    assert sizes["order"] - sizes["kl"] == 16 + 8 * 4 + 6 * 150 * 3


def test_csv_files_have_labels(post, tmp_path):
    paths = post.export_csv(tmp_path / "post")
    lines = [line for line in Path(paths[1]).read_text().splitlines() if line[0] != "#"]
    table = np.array([line.split(",") for line in lines[1:]], float)
    np.testing.assert_array_equal(table[:, 3:6], post["weights"][1])


# ------------------------------------------------------------------------------ Known numbers


def test_iris_has_the_labels_of_the_reference():
    from sklearn.datasets import load_iris

    post = gm.sample(FREE, load_iris().data, draws=10_000, chains=4, random_seed=2)
    weights = np.sort(post["weights"].mean(axis=(0, 1)))
    np.testing.assert_allclose(weights, [0.059, 0.334, 0.607], atol=0.02)
    assert post.probabilities.max(axis=1).mean() == pytest.approx(0.976, abs=0.01)
    assert post.as_drawn.probabilities.max(axis=1).mean() < 0.9


def test_equal_means_and_other_sds_are_told_apart():
    stream = np.random.default_rng(0)
    data = np.concatenate([stream.normal(0, 1, (250, 10)), stream.normal(0, 3, (250, 10))])
    post = gm.sample(gm.Mixture(2, covariance_type="full"), data, draws=500, random_seed=1)
    assert post.summary("weights")["r_hat"].max() < 1.02
    assert post.probabilities.max(axis=1).mean() > 0.95


# ------------------------------------------------------------------------------ Densest values


def test_the_region_of_two_modes_is_that_of_the_density():
    # 0.7 N(0, 1) + 0.3 N(10, 0.5): modes far apart, so that the level and the ends are known.
    from scipy.optimize import brentq
    from scipy.stats import norm

    def half_widths(level):
        # phi((x - m) / s) weight / s = level.
        heights = [(w / s * norm.pdf(0), s) for w, s in ((0.7, 1.0), (0.3, 0.5))]
        return [s * np.sqrt(2 * np.log(h / level)) for h, s in heights]

    def mass(level):
        widths = half_widths(level)
        return sum(
            w * (2 * norm.cdf(h / s) - 1)
            for w, s, h in zip((0.7, 0.3), (1.0, 0.5), widths, strict=True)
        )

    level = brentq(lambda value: mass(value) - 0.9, 1e-6, 0.2)
    first, second = half_widths(level)
    stream = np.random.default_rng(1)
    near = stream.normal(0, 1, 70_000)
    draws = np.concatenate([near, stream.normal(10, 0.5, 30_000)])
    region = gm.hdi(draws, 0.9, multimodal=True)
    assert region.shape == (2, 2)
    expected = [[-first, first], [10 - second, 10 + second]]
    np.testing.assert_allclose(region, expected, atol=0.06)
    inside = ((draws[:, None] > region[:, 0]) & (draws[:, None] < region[:, 1])).any(axis=1)
    assert inside.mean() == pytest.approx(0.9, abs=0.01)
    assert gm.hdi(draws, 0.9).shape == (2,)
    # One mode: both are the interval.
    np.testing.assert_allclose(gm.hdi(near, 0.8, multimodal=True)[0], gm.hdi(near, 0.8), atol=0.05)


def test_the_interval_is_that_of_summaries(post):
    draws = post["weights"][..., 1]
    row = post.summary("weights[1]", hdi_prob=0.8)
    columns = [name for name in row.columns if name.startswith("hdi")]
    np.testing.assert_array_equal(gm.hdi(draws, 0.8), [row[name][0] for name in columns])
    assert np.isnan(gm.hdi([1.0, np.nan], 0.5)).all()


def test_bounds_end_a_region():
    draws = np.abs(np.random.default_rng(2).normal(size=20_000))
    ((lower, upper),) = gm.hdi(draws, 0.9, multimodal=True, lower=0)
    assert lower == 0
    assert upper == pytest.approx(1.645, abs=0.06)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0, 2.0], 1.0), ValueError, "prob: must be between 0 and 1, got 1.0"),
        (([], 0.5), ValueError, "x: must have at least one value, got none"),
        (([1.0, 2.0], "0.9"), TypeError, "prob: must be a real number, got '0.9'"),
    ],
)
def test_impossible_intervals_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        gm.hdi(*arguments)


def test_impossible_regions_are_refused():
    with pytest.raises(ValueError, match=r"x\[1\]: must be finite|x: must be finite"):
        gm.hdi([1.0, np.nan], 0.5, multimodal=True)
    with pytest.raises(gm.DegenerateError):
        gm.hdi([1.0, 1.0], 0.5, multimodal=True)
    with pytest.raises(TypeError, match="multimodal: must be True or False"):
        gm.hdi([1.0, 2.0], 0.5, multimodal=1)
