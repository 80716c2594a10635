"""Models in several dimensions: shapes, forms of input, defaults, and D = 1 as the special case."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import gmmswift as gm
from gmmswift._arguments import data_rows

STREAM = np.random.default_rng(5)
DATA = np.concatenate([STREAM.normal(0, 1, (60, 3)), STREAM.normal(6, 1, (40, 3))])
DATA.flags.writeable = False

SPREADS = {"full": (2, 3, 3), "tied": (3, 3), "diag": (2, 3), "spherical": (2,)}
ROWS = {
    "full": ["covariances[0, 0, 0]", "covariances[0, 1, 0]", "covariances[0, 1, 1]"],
    "tied": ["covariance[0, 0]", "covariance[1, 0]", "covariance[1, 1]"],
    "diag": ["sd[0, 0]", "sd[0, 1]", "sd[0, 2]"],
    "spherical": ["sd[0]", "sd[1]"],
}


def fit(covariance_type="full", data=DATA, draws=20, **arguments):
    model = gm.Mixture(2, covariance_type=covariance_type, **arguments)
    return gm.sample(model, data, draws, tune=20, chains=2, random_seed=1, store_assignments=True)


def same(left, right):
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_posterior_has_the_documented_shapes(covariance_type):
    post = fit(covariance_type)
    spread = "covariances" if covariance_type in ("full", "tied") else "sd"
    assert {name: array.shape for name, array in post.items()} == {
        "weights": (2, 20, 2),
        "means": (2, 20, 2, 3),
        spread: (2, 20, *SPREADS[covariance_type]),
        "log_likelihood": (2, 20),
        "log_posterior": (2, 20),
        "acceptance": (2, 20),
        "assignments": (2, 20, 100),
    }
    assert len(post) == len(list(post)) == 7
    assert post.model.spread_name == spread
    assert post.n_dimensions == post.model.n_dimensions == 3
    assert post.probabilities.shape == (100, 2)
    assert post.log_density(DATA[:7]).shape == (7,)
    assert post.predict_probabilities(DATA[:7]).shape == (7, 2)
    assert post.log_density([]).shape == (0,)
    assert post.sample_predictive(4).shape == (4, 100, 3)
    assert post.sample_predictive(4, n_points=0).shape == (4, 0, 3)
    assert post.autocorrelation("means", 5).shape == (2, 6, 2, 3)
    np.testing.assert_array_equal(post.data, DATA)
    assert not post.data.flags.writeable
    if spread == "sd":
        assert post["sds"] is post["sd"]
        with pytest.raises(KeyError, match="must be one of weights, means, sd, log_like"):
            post["covariances"]
    else:
        # Symmetric to the last bit, positive definite, and not all alike.
        matrices = post["covariances"]
        np.testing.assert_array_equal(matrices, np.swapaxes(matrices, -1, -2))
        assert np.linalg.eigvalsh(matrices).min() > 0
        assert np.ptp(matrices[..., 1, 0]) > 0


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_summary_has_a_row_for_each_scalar(covariance_type):
    post = fit(covariance_type)
    table = post.summary()
    rows = list(table.rows)
    assert rows[:5] == ["weights[0]", "weights[1]", "means[0, 0]", "means[0, 1]", "means[0, 2]"]
    assert rows[8 : 8 + len(ROWS[covariance_type])] == ROWS[covariance_type]
    counts = {"full": 12, "tied": 6, "diag": 6, "spherical": 2}
    assert len(rows) == 8 + counts[covariance_type]
    for name in rows:
        block, _, inside = name.rstrip("]").partition("[")
        index = tuple(map(int, inside.split(",")))
        draws = post["covariances" if block == "covariance" else block][(..., *index)]
        # A sum of 40 terms, rounded to 2**-53 each.
        assert table[name, "mean"] == pytest.approx(draws.mean(), rel=1e-13)


def test_shared_sds_have_no_axis_of_components():
    assert fit("diag", shared_sd=True)["sd"].shape == (2, 20, 3)
    assert fit("spherical", shared_sd=True)["sd"].shape == (2, 20)
    assert gm.Mixture(2, n_dimensions=3, covariance_type="diag", shared_sd=True).n_spreads == 3


def test_counts_follow_the_form_of_the_covariances():
    counts = {
        name: (model.n_spreads, model.n_covariances)
        for name in SPREADS
        for model in [gm.Mixture(2, n_dimensions=3, covariance_type=name)]
    }
    assert counts == {"full": (0, 2), "tied": (0, 1), "diag": (6, 0), "spherical": (2, 0)}
    with pytest.raises(ValueError, match=r"n_dimensions: must be known .+, got None"):
        gm.Mixture(2, covariance_type="full").n_spreads  # noqa: B018


def test_posterior_and_model_read_well():
    text = repr(fit("diag"))
    assert "2 components (diag covariance), 100 observations in 3 dimensions" in text
    assert "(diag covariance, shared sds)" in repr(fit("diag", shared_sd=True))
    model = gm.Mixture(2, components=gm.NormalInverseWishart([0, 1], 2, 5, np.eye(2)))
    assert repr(model) == (
        "Mixture(n_components=2, n_dimensions=2, covariance_type='full', "
        "weights=Dirichlet(concentration=1.0, minimum=0.0), components=NormalInverseWishart("
        "mean=(0.0, 1.0), kappa=2.0, dof=5.0, scale=((1.0, 0.0), (0.0, 1.0))), ordered=False)"
    )
    assert eval(repr(model), {**vars(gm)}) == model


# ------------------------------------------------------------------------------ Forms of input

WIDE = np.stack([DATA, -DATA], axis=2).reshape(100, 6)
FORMS = {
    "list of lists": DATA.tolist(),
    "fortran": np.asfortranarray(DATA),
    "every other row": np.repeat(DATA, 2, axis=0)[::2],
    "first columns of a wider array": np.concatenate([DATA, DATA], axis=1)[:, :3],
    "every other column": WIDE[:, ::2],
    "backwards": DATA[::-1].copy()[::-1],
    "big-endian": DATA.astype(">f8"),
    "longdouble": DATA.astype(np.longdouble),
    "read-only": np.frombuffer(DATA.tobytes()).reshape(100, 3),
    "unaligned": np.frombuffer(b"x" + DATA.tobytes(), np.uint8)[1:].view(float).reshape(100, 3),
    "frame": pd.DataFrame(DATA, columns=list("abc"), index=range(100, 200)),
    "frame of mixed blocks": pd.DataFrame({name: DATA[:, i] for i, name in enumerate("abc")}),
    "masked, none hidden": np.ma.array(DATA, mask=False),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_layout_gives_the_same_draws(form):
    expected = fit(draws=5)
    found = fit(data=FORMS[form], draws=5)
    same(found, expected)
    np.testing.assert_array_equal(found.data, DATA)
    np.testing.assert_array_equal(found.log_density(FORMS[form]), expected.log_density(DATA))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64, np.uint8])
def test_other_types_of_numbers_are_converted_exactly(dtype):
    values = np.abs(10 * DATA).astype(dtype)
    same(fit(data=values, draws=5), fit(data=values.astype(np.float64), draws=5))


def test_single_precision_far_from_zero_keeps_its_variance():
    # Steps of 2**-6 at 2**17 leave two digits of an sd of 1: squares would need 35 bits, sums more.
    values = (DATA + 2.0**17).astype(np.float32)
    post = fit(data=values, draws=200)
    pooled = np.cov(values.astype(np.float64)[60:].T)
    found = post["covariances"][..., post["means"][0, -1, :, 0].argmax(), :, :].mean(axis=(0, 1))
    # The sd of a posterior variance of 40 points is sqrt(2 / 40) of it, or 22 %, and the prior
    # adds some data of the whole set's scale; a lost variance would be off by all of itself.
    assert np.all(np.abs(np.diag(found) / np.diag(pooled) - 1) < 0.9)


def test_rows_with_adjacent_columns_are_passed_on_without_a_copy():
    table = np.arange(60.0).reshape(10, 6)
    for view, stride in [(table, 6), (table[:, 1:4], 6), (table[::3, :2], 18)]:
        rows = data_rows("data", view, view.shape[1])
        assert np.shares_memory(rows.array, table)
        assert (rows.length, rows.dimensions, rows.stride) == (*view.shape, stride)
    for view in (table.T, table[:, ::2], table[::-1], np.broadcast_to(table[0], (4, 6))):
        rows = data_rows("data", view, view.shape[1])
        assert not np.shares_memory(rows.array, table)
        np.testing.assert_array_equal(rows.array, view)


def test_draws_do_not_depend_on_the_number_of_threads():
    many = np.tile(DATA, (200, 1)) + STREAM.normal(0, 0.1, (20_000, 3))
    for covariance_type in SPREADS:
        model = gm.Mixture(2, covariance_type=covariance_type)
        one, three = (
            gm.sample(model, many, 5, tune=2, chains=1, random_seed=1, threads=threads)
            for threads in (1, 3)
        )
        same(one, three)
        np.testing.assert_array_equal(one.log_density(many), three.log_density(many, threads=1))


# ------------------------------------------------------------------------------ Continuation


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_extension_and_subset_are_of_the_same_chains(covariance_type):
    long, short = fit(covariance_type, draws=20), fit(covariance_type, draws=8)
    same(short.extend(12), long)
    thinned = long.subset(burn=5, thin=3)
    for name in long:
        np.testing.assert_array_equal(thinned[name], long[name][:, 5::3])


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_initial_values_of_a_posterior_are_its_last_draws(covariance_type):
    post = fit(covariance_type)
    spread = post.model.spread_name
    last = {name: post[name][:, -1] for name in ("weights", "means", spread)}
    arguments = {"draws": 5, "tune": 0, "chains": 2, "random_seed": 3}
    same(
        gm.sample(post.model, DATA, initial=post, **arguments),
        gm.sample(post.model, DATA, initial=last, **arguments),
    )
    one = {name: array[0] for name, array in last.items()}
    started = gm.sample(post.model, DATA, initial=one, **arguments)
    repeated = {name: np.stack([array, array]) for name, array in one.items()}
    same(started, gm.sample(post.model, DATA, initial=repeated, **arguments))


@pytest.mark.parametrize("covariance_type", SPREADS)
@pytest.mark.parametrize("kind", SPREADS)
def test_a_maximum_likelihood_fit_of_any_form_is_a_start(covariance_type, kind):
    data = DATA * [1, 1, -1]
    found = gm.fit_em(data, 2, covariance_type=kind, random_seed=1)
    model = gm.Mixture(2, covariance_type=covariance_type, ordered=True, order_by=2)
    arguments = {"draws": 4, "tune": 0, "chains": 2, "random_seed": 2}
    post = gm.sample(model, data, initial=found, **arguments)
    # Groups far apart: means, last first in this order, and pooled variances by numpy.
    groups = [data[60:], data[:60]]
    matrices = np.array([np.cov(group.T, ddof=0) for group in groups])
    pooled = np.array([matrices[0] * 0.4 + matrices[1] * 0.6] * 2)
    if kind == "tied" or covariance_type == "tied":
        matrices = pooled
    variances = np.diagonal(matrices, axis1=1, axis2=2)
    if "spherical" in (kind, covariance_type):
        variances = np.repeat(variances.mean(axis=1, keepdims=True), 3, axis=1)
    if kind in ("diag", "spherical"):
        matrices = variances[:, :, np.newaxis] * np.eye(3)
    spread = {
        "full": matrices,
        "tied": matrices[0],
        "diag": np.sqrt(variances),
        "spherical": np.sqrt(variances[:, 0]),
    }[covariance_type]
    start = {
        "weights": [0.4, 0.6],
        "means": [group.mean(axis=0) for group in groups],
        post.model.spread_name: spread,
    }
    expected = gm.sample(model, data, initial=start, **arguments)
    # The same streams from starts that differ by what the fit left: 1e-9 and the probability that
    # a point belongs to the other group; draws are smooth in their start while assignments agree.
    np.testing.assert_allclose(post["means"], expected["means"], rtol=0, atol=1e-6)


def test_order_is_kept_in_the_chosen_coordinate():
    data = DATA * [1, -1, 1]
    for coordinate, sign in [(0, 1), (1, 1), (2, 1)]:
        post = fit(data=data, ordered=True, order_by=coordinate)
        assert (np.diff(post["means"][..., coordinate], axis=2) >= 0).all()
        # In coordinate 1 the larger group, with more weight, is the last in this order.
        heavier = 1 if coordinate == 1 else 0
        assert post["weights"][..., heavier].mean() > 0.5 * sign
    prior = gm.sample_prior(
        gm.Mixture(
            3,
            n_dimensions=2,
            means=gm.Normal(0, 1),
            covariance=gm.Fixed(np.eye(2)),
            ordered=True,
            order_by=1,
        ),
        200,
        random_seed=1,
    )
    assert (np.diff(prior["means"][..., 1], axis=2) >= 0).all()
    assert not (np.diff(prior["means"][..., 0], axis=2) >= 0).all()


# --------------------------------------------------------------------- Broadcasting of priors

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
    # One number for each component, in a form that has no coordinates: the data will tell.
    assert gm.Mixture(2, covariance_type="spherical", sd=gm.HalfNormal([1, 2])).n_dimensions is None


# -------------------------------------------------------------------------------- Fixed blocks


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


# ------------------------------------------------------------------------------------ Defaults


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


# ------------------------------------------------------------------------- D = 1 as a case of D

ONE = DATA[:, 0]
SIMPLE = {
    "separate": ({"sd": gm.HalfNormal(2)}, "diag"),
    "separate, full": ({"variance": gm.InverseGamma([2, 3], 1)}, "full"),
    "separate, spherical": ({"precision": gm.Gamma(2, 1)}, "spherical"),
    "shared": ({"sd": gm.Uniform(0, 9), "shared_sd": True}, "diag"),
}


@pytest.mark.parametrize("case", SIMPLE)
@pytest.mark.parametrize("method", ["gibbs", "metropolis"])
def test_one_dimension_gives_the_bits_of_the_simple_model(case, method):
    arguments, covariance_type = SIMPLE[case]
    arguments = {"means": gm.Normal([0, 5], 10), "ordered": True, **arguments}
    simple = gm.Mixture(2, **arguments)
    general = gm.Mixture(2, n_dimensions=1, covariance_type=covariance_type, **arguments)
    draws = {"draws": 30, "tune": 20, "chains": 2, "method": method, "random_seed": 4}
    found = gm.sample(general, ONE[:, np.newaxis], **draws)
    same(found, gm.sample(simple, ONE, **draws))
    assert found.data.shape == (100,)
    assert found.sample_predictive(2, 5).shape == (2, 5)


def test_tied_is_shared_in_one_dimension():
    arguments = {"means": gm.Normal([0, 5], 10), "sd": gm.HalfNormal(2)}
    tied = gm.Mixture(2, n_dimensions=1, covariance_type="tied", **arguments)
    shared = gm.Mixture(2, shared_sd=True, **arguments)
    same(
        gm.sample(tied, ONE, 30, chains=1, random_seed=1),
        gm.sample(shared, ONE, 30, chains=1, random_seed=1),
    )


@pytest.mark.parametrize("scale", [3.0, [[3.0]], [[[3.0]], [[3.0]]]])
def test_wishart_of_one_dimension_is_gamma(scale):
    wishart = gm.Mixture(
        2, n_dimensions=1, means=gm.Normal(0, 9), covariance=gm.InverseWishart(5, scale)
    )
    gamma = gm.Mixture(2, means=gm.Normal(0, 9), variance=gm.InverseGamma(2.5, 1.5))
    same(
        gm.sample(wishart, ONE, 30, chains=1, random_seed=1),
        gm.sample(gamma, ONE, 30, chains=1, random_seed=1),
    )
    known = gm.Mixture(2, n_dimensions=1, means=gm.Normal(0, 9), covariance=gm.Fixed(4.0))
    assert (gm.sample(known, ONE, 5, chains=1, random_seed=1)["sd"] == 2).all()


# ------------------------------------------------------------------------------------ Exchange


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_inference_data_name_their_axes(covariance_type):
    post = fit(covariance_type)
    result = post.to_inference_data()
    assert result.posterior["means"].dims == ("chain", "draw", "component", "dimension")
    spread = {
        "full": ("component", "dimension", "dimension_other"),
        "tied": ("dimension", "dimension_other"),
        "diag": ("component", "dimension"),
        "spherical": ("component",),
    }[covariance_type]
    name = post.model.spread_name
    assert result.posterior[name].dims == ("chain", "draw", *spread)
    np.testing.assert_array_equal(result.posterior[name].values, post[name])
    assert result.observed_data["x"].dims == ("observation", "dimension")
    np.testing.assert_array_equal(result.posterior["dimension"], [0, 1, 2])


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_pictures_show_every_scalar(covariance_type):
    import matplotlib.pyplot as plt

    post = fit(covariance_type)
    counts = {"full": 12, "tied": 6, "diag": 6, "spherical": 2}
    assert post.plot_trace().shape == (3, 2)
    assert post.plot_histograms().shape == (6 + counts[covariance_type],)
    assert post.plot_autocorrelation("means").shape == (6,)
    assert post.plot_predictive(5).shape == (3,)
    assert post.plot_assignment(0).shape == (2,)
    absent = "sd" if post.model.spread_name == "covariances" else "covariances"
    with pytest.raises(ValueError, match=f"names: must be among weights, .+, got '{absent}'"):
        post.plot_trace(absent)
    plt.close("all")
