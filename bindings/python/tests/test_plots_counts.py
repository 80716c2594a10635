"""Pictures of posteriors whose number of components has a prior."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.container import BarContainer

import gmmswift as gm
from gmmswift.plots._posterior_density import density_of_draws

PRIORS = {"means": gm.Normal(20, sd=15), "variance": gm.InverseGamma(2, 4)}


pytestmark = pytest.mark.usefixtures("close_figures")


@pytest.fixture(scope="module")
def varying(data):
    """Draws of three to about six components; three groups lie far apart."""
    model = gm.Mixture(gm.Unknown(gm.BetaNegativeBinomial(1, 4, 3), max=12), **PRIORS)
    return gm.sample(
        model, data, 500, tune=200, chains=2, random_seed=1, store_assignments=True
    )  # fmt: skip


# ---------------------------------------------------------------------------------------- Counts


def bars_of(ax):
    """Return the heights of the bars of components and of clusters, by number."""
    return [
        {round(bar.get_center()[0]): bar.get_height() for bar in container}
        for container in ax.containers
        if isinstance(container, BarContainer)
    ]


def test_counts_show_both_probabilities_with_their_errors(varying):
    ax = varying.plot_counts()
    both = (varying.p_components, varying.p_clusters)
    last = np.flatnonzero(np.maximum(*both) >= 5e-4)[-1]
    for bars, values in zip(bars_of(ax), both, strict=True):
        assert list(bars) == list(range(1, last + 1))
        np.testing.assert_allclose(list(bars.values()), values[1 : last + 1])
    intervals = [lines.get_segments() for lines in ax.collections]
    for segments, values, errors in zip(
        intervals, both, (varying.p_components_mcse, varying.p_clusters_mcse), strict=True
    ):
        for k, segment in enumerate(segments, 1):
            if values[k] == 0:  # no draw has it
                assert not np.isfinite(segment).all() or not len(segment)
                continue
            (_, lower), (_, upper) = segment
            assert lower == pytest.approx(max(0, values[k] - 1.96 * errors[k]))
            assert upper == pytest.approx(min(1, values[k] + 1.96 * errors[k]))
    marks = next(line for line in ax.lines if line.get_label() == "prior of K")
    exact = varying.model.n_components.probabilities
    np.testing.assert_array_equal(marks.get_ydata(), exact[1 : last + 1])
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == [
        "components, K",
        "clusters, K+",
        "prior of K",
        "Monte-Carlo error, 95 %",
    ]
    _, own = plt.subplots()
    assert varying.plot_counts(prior=False, ax=own) is own
    assert "prior of K" not in [line.get_label() for line in own.lines]
    assert tuple(varying.plot_counts(figsize=(7, 5)).figure.get_size_inches()) == (7, 5)


def test_counts_begin_where_there_are_many(data):
    # Twenty components and no other number.
    model = gm.Mixture(gm.Unknown([0.0] * 19 + [1.0]), **PRIORS)
    one = gm.sample(model, data, 1, tune=20, chains=1, random_seed=1)
    ax = one.plot_counts()
    components, clusters = bars_of(ax)
    assert components[20] == sum(clusters.values()) == 1
    first = min(components)
    assert first == (one["n_clusters"].item() if one["n_clusters"] > 8 else 1)
    # One draw tells nothing of the error.
    segment = ax.collections[0].get_segments()[20 - first]
    np.testing.assert_allclose(segment[:, 1], [0, 1])


def test_counts_of_known_numbers_and_of_the_prior_are_refused(post, varying):
    with pytest.raises(NotImplementedError, match="number of components has a prior, got one of 3"):
        post.plot_counts()
    with pytest.raises(NotImplementedError, match="must have observations, got prior draws"):
        gm.sample_prior(varying.model, 9, random_seed=1).plot_counts()
    with pytest.raises(TypeError, match="prior: must be"):
        varying.plot_counts(prior="no")


# --------------------------------------------------------------------------------- Co-clustering


def test_coclustering_shows_the_clusters_of_the_partition_in_order(varying, data):
    ax = varying.plot_coclustering()
    partition = varying.partition()
    assert partition.n_clusters == 3
    # Groups lie apart, so the order by means and values is that of the values.
    order = np.argsort(data, kind="stable")
    shown = ax.images[0].get_array()
    np.testing.assert_allclose(shown, varying.coclustering()[np.ix_(order, order)], atol=1e-12)
    assert ax.images[0].get_clim() == (0, 1)
    labels = partition.labels[order]
    borders = np.flatnonzero(np.diff(labels)) + 0.5
    assert len(ax.lines) == 4
    assert sorted({line.get_ydata()[0] for line in ax.lines[::2]}) == borders.tolist()
    assert sorted({line.get_xdata()[0] for line in ax.lines[1::2]}) == borders.tolist()
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == [f"{k} ({partition.sizes[k]})" for k in labels[[0, 100, -1]]]
    assert [text.get_text() for text in ax.get_xticklabels()] == [name[0] for name in names]


def test_coclustering_of_many_rows_shows_some_evenly_spaced(varying, data):
    labels = (data > 15).astype(int) * 3
    ax = varying.plot_coclustering(labels, max_rows=43)
    order = np.argsort(data, kind="stable")[2::5]
    shown = ax.images[0].get_array()
    np.testing.assert_allclose(shown, varying.coclustering(order), atol=1e-12)
    assert ax.figure.get_supxlabel() == "43 of 215 rows, evenly spaced in their order"
    sizes = np.bincount(labels)
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == [f"0 ({sizes[0]})", f"3 ({sizes[3]})"]
    (end,) = {line.get_ydata()[0] for line in ax.lines[::2]}
    assert end + 0.5 == pytest.approx(43 * sizes[0] / 215, abs=1)


def test_coclustering_orders_tables_by_clusters_and_distances():
    rng = np.random.default_rng(2)
    table = np.concatenate([rng.normal(c, 1, (n, 2)) for c, n in ((0, 12), (9, 20))])
    post = gm.sample(gm.Mixture(2, covariance_type="full"), table, 50, random_seed=1)
    _, ax = plt.subplots()
    assert post.plot_coclustering(ax=ax) is ax
    labels = post.partition().labels
    offsets = np.empty(32)
    for k in (0, 1):
        own = table[labels == k]
        offsets[labels == k] = (((own - own.mean(0)) / table.std(0)) ** 2).sum(1)
    order = sorted(range(32), key=lambda i: (labels[i], offsets[i]))
    np.testing.assert_allclose(ax.images[0].get_array(), post.coclustering(order), atol=1e-12)
    assert not ax.figure.get_supxlabel()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"labels": [0, 1]}, r"labels: must have shape \(215,\), got shape \(2,\)"),
        ({"labels": [-1] * 215}, "labels: must be integers from 0 to 214"),
        ({"labels": [215] * 215}, "labels: must be integers from 0 to 214"),
        ({"labels": [0.5] * 215}, "labels: must be integers from 0 to 214"),
        ({"max_rows": 0}, "max_rows: must be from 1 to .+, got 0"),
    ],
)
def test_wrong_clusters_are_refused(varying, arguments, message):
    with pytest.raises(ValueError, match=message):
        varying.plot_coclustering(**arguments)


def test_prior_draws_have_no_pairs(varying):
    with pytest.raises(NotImplementedError, match="must have observations, got prior draws"):
        gm.sample_prior(varying.model, 9, random_seed=1).plot_coclustering()


# --------------------------------------------------------------------------------------- Density


def test_the_density_of_draws_of_any_number_has_a_band(varying, data):
    ax = varying.plot_density(prob=0.8)
    (line,) = ax.lines
    # All 1,000 draws are used, so the line is the predictive density.
    points = line.get_xdata()
    np.testing.assert_allclose(line.get_ydata(), np.exp(varying.log_density(points)), rtol=1e-9)
    # The band holds 80 % of the draws' densities; one of them by hand.
    few = varying.subset(thin=500, chains=[1])
    weights, means, sd = (few[name][0, 0] for name in ("weights", "means", "sd"))
    heights = weights * np.exp(-0.5 * ((data[:3, None] - means) / sd) ** 2)
    expected = np.nansum(heights / (sd * np.sqrt(2 * np.pi)), axis=1)
    draws = {name: few[name][0] for name in ("weights", "means", "sd")}
    np.testing.assert_allclose(density_of_draws(few, draws, data[:3], 0)[0], expected)
    every = {name: varying[name].reshape(1_000, 12) for name in draws}
    densities = density_of_draws(varying, every, points, 0)
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx(np.quantile(densities, 0.9, axis=0).max())
    area = sum(bar.get_height() * bar.get_width() for bar in ax.patches)
    assert area == pytest.approx(1)
    assert not varying.plot_density(bins=0).patches


def test_curves_show_components_however_narrow():
    x = np.concatenate([np.full(20, 0.0), np.full(20, 1_000.0)]) + np.linspace(-1, 1, 40)
    model = gm.Mixture(2, means=gm.Normal(500, sd=500), sd=gm.Uniform(0.3, 2), ordered=True)
    ax = gm.sample(model, x, 50, random_seed=1).plot_density()
    points, density = ax.lines[0].get_data()
    # The trapezoids between the points have the mass of the mixture.
    assert (np.diff(points) * (density[1:] + density[:-1]) / 2).sum() == pytest.approx(1, abs=1e-3)
    assert 400 < len(points) <= 5_000


FORMS = [
    ("full", False),
    ("tied", False),
    ("diag", False),
    ("diag", True),
    ("spherical", False),
    ("spherical", True),
]


@pytest.mark.parametrize(("form", "shared"), FORMS)
def test_densities_of_columns_are_those_of_the_mixture(form, shared):
    table = np.random.default_rng(4).normal([[0, 5]] * 30 + [[6, 1]] * 20)
    names = ["height", "width"]
    options = {"shared_sd": True} if shared else {}
    model = gm.Mixture(2, covariance_type=form, **options)
    post = gm.sample(model, gm.Data(table, names=names), 1, chains=1, random_seed=1)
    axes = post.plot_density(draws=5)
    assert [ax.get_xlabel() for ax in axes] == names
    weights, means = post["weights"][0, 0], post["means"][0, 0]
    spread = post[post.model.spread_name][0, 0]
    for d, ax in enumerate(axes):
        if post.model.spread_name == "covariances":
            variance = spread[..., d, d]
        else:
            variance = (spread if form == "spherical" else spread[..., d]) ** 2
        marginal = gm.KnownMixture(
            weights, means[:, d], np.broadcast_to(variance, 2), covariance_type="diag"
        )
        line = ax.lines[0]
        expected = np.exp(marginal.log_density(line.get_xdata()))
        np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-9)


def test_densities_of_weighted_data_prior_draws_and_wide_tables(data):
    model = gm.Mixture(1, means=gm.Normal(0, 20), sd=gm.HalfNormal(10))
    weight = np.where(data < 15, 2.0, 0.0)
    ax = gm.sample(model, data, 20, sample_weight=weight).plot_density()
    assert sum(bar.get_height() * bar.get_width() for bar in ax.patches) == pytest.approx(1)
    assert ax.get_xlim()[1] < 20
    prior = gm.sample_prior(model, 50, random_seed=1).plot_density()
    assert not prior.patches
    assert [text.get_text() for text in prior.figure.legends[0].get_texts()] == [
        "predictive density",
        "95 % band",
    ]
    table = np.random.default_rng(9).normal(size=(20, 30))
    wide = gm.sample(gm.Mixture(1, covariance_type="diag"), table, 5, tune=0, chains=1)
    axes = wide.plot_density()
    assert axes.shape == (24,)
    assert axes[0].figure.get_supxlabel() == "the first 24 of 30 columns; ax= draws all"


# ------------------------------------------------------------------------------------ Components


@pytest.mark.parametrize(
    "draw",
    [
        lambda post: post.plot_trace(),
        lambda post: post.plot_histograms(),
        lambda post: post.plot_autocorrelation(),
        lambda post: post.plot_trace("weights[0]"),
        lambda post: post.plot_histograms(["log_posterior", "means"]),
        lambda post: post.plot_assignment(0),
    ],
)
def test_pictures_of_components_are_refused(varying, draw):
    # All draws have a first component, but not the same one.
    with pytest.raises(NotImplementedError, match=r"same components in all draws \(`given`"):
        draw(varying)
    draw(varying.given(n_clusters=3))


def test_pictures_of_what_belongs_to_no_component_are_of_all_draws(varying):
    names = ["n_components", "n_clusters", "log_posterior"]
    for axes in (varying.plot_histograms(names), varying.plot_autocorrelation(names)):
        assert [ax.get_title(loc="left") for ax in axes] == names
    traces = varying.plot_trace(names)
    assert traces.shape == (3, 2)
    np.testing.assert_array_equal(traces[0, 1].lines[1].get_ydata(), varying["n_components"][1])
    assert len(varying.plot_predictive(4, random_seed=1).lines) == 5
    with pytest.raises(ValueError, match="n_clusters, n_components, or a label"):
        varying.plot_trace("n_component")


def test_a_known_number_of_components_has_no_draws_of_it(post):
    with pytest.raises(ValueError, match=r"names: must be among .*, n_clusters, or a label"):
        post.plot_trace("n_components")
