"""Pictures: their contents, their axes, and the arguments that they refuse."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import stats

import gmmswift as gm
from gmmswift.plots._dirichlet import dirichlet_log_density

pytestmark = pytest.mark.usefixtures("close_figures")


def test_trace_has_a_row_for_each_unknown(post):
    axes = post.plot_trace()
    assert axes.shape == (3, 2)
    assert [axes[row, 0].get_title(loc="left") for row in range(3)] == ["weights", "means", "sd"]
    # Three components of three chains, one shared sd of three chains.
    assert [len(axes[row, 0].lines) for row in range(3)] == [9, 9, 3]
    drawn = axes[1, 1].lines[0].get_ydata()
    np.testing.assert_array_equal(drawn, post["means"][0, :, 0])
    components, chains = axes[0, 0].figure.legends
    assert [text.get_text() for text in components.get_texts()] == ["0", "1", "2"]
    assert [text.get_text() for text in chains.get_texts()] == ["0", "1", "2"]
    assert post.plot_trace("log_posterior").shape == (1, 2)
    assert post.plot_trace(["sd", "means"]).shape == (2, 2)


def test_trace_densities_are_those_of_the_draws(post):
    lines = post.plot_trace("sd")[0, 0].lines
    expected = [gm.kde(draws, n_points=256, lower=0) for draws in post["sd"]]
    # The highest of a component's densities has the height 1.
    peak = max(curve.density.max() for curve in expected)
    for line, curve in zip(lines, expected, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), curve.points)
        np.testing.assert_array_equal(line.get_ydata(), curve.density / peak)


@pytest.mark.parametrize("form", ["full", "tied", "diag"])
def test_densities_stay_where_parameters_can_be(form):
    rng = np.random.default_rng(3)
    data = np.concatenate([rng.normal(0, 1, (30, 2)), rng.normal(6, 1, (2, 2))])
    drawn = gm.sample(gm.Mixture(2, covariance_type=form), data, 60, chains=1, random_seed=1)
    weights = [line.get_xdata() for ax in drawn.plot_trace("weights")[:, 0] for line in ax.lines]
    assert all(line[0] >= 0 and line[-1] <= 1 for line in weights)
    assert any(line[0] == 0 for line in weights)
    variances = "sd" if form == "diag" else ["covariances[*, 0, 0]", "covariances[*, 1, 1]"]
    if form == "tied":
        variances = ["covariance[0, 0]", "covariance[1, 1]"]
    axes = drawn.plot_trace(variances)[:, 0]
    assert all(line.get_xdata()[0] >= 0 for ax in axes for line in ax.lines)


def test_known_values_are_left_out(data):
    model = gm.Mixture(3, means=gm.Fixed([10, 20, 35]), sd=gm.Fixed(2.0))
    post = gm.sample(model, data, 20, chains=1)
    assert post.plot_trace().shape == (1, 2)
    model = gm.Mixture(1, means=gm.Fixed([20]), sd=gm.Fixed(2.0))
    assert gm.sample(model, data, 20, chains=1).plot_trace().shape == (1, 2)


def test_autocorrelation_has_a_panel_for_each_scalar(post):
    axes = post.plot_autocorrelation(max_lag=30)
    assert axes.shape == (7,)
    assert [ax.get_title(loc="left") for ax in axes] == list(post.summary().rows)
    curves = [line for line in axes[6].lines if len(line.get_xdata()) == 31]
    np.testing.assert_array_equal(curves[2].get_ydata(), post.autocorrelation("sd", 30)[2])
    assert post.subset(burn=100, thin=5).plot_autocorrelation("sd").shape == (1,)


def test_histograms_count_all_draws(post, post_with_sds):
    axes = post.plot_histograms(bins=25)
    assert axes.shape == (4,)
    heights = [bar.get_height() for bar in axes[0].patches]
    np.testing.assert_array_equal(heights, np.histogram(post["means"][:, :, 0], 25)[0])
    row = post.summary().row("means[0]")
    assert f"{row['mean']:.4g}" in axes[0].texts[0].get_text()
    assert post_with_sds.plot_histograms().shape == (4,)
    assert post_with_sds.plot_histograms(None).shape == (6,)


def test_predictive_shows_light_draws_and_black_data(post, data):
    ax = post.plot_predictive(draws=20, random_seed=3)
    assert len(ax.lines) == 21
    expected = gm.kde(data, n_points=256)
    np.testing.assert_array_equal(ax.lines[-1].get_ydata(), expected.density)
    sets = post.sample_predictive(20, random_seed=3)
    np.testing.assert_array_equal(ax.lines[4].get_ydata(), gm.kde(sets[4], n_points=256).density)
    prior = gm.sample_prior(post.model, 20, random_seed=1)
    assert len(prior.plot_predictive(10, n_points=50).lines) == 10


def test_assignment_shows_trace_and_shares(post, post_with_sds, data):
    axes = post.plot_assignment(100)
    assert axes.shape == (2,)
    ticks = [
        (segment[0][0], round(segment[:, 1].mean()))
        for collection in axes[0].collections
        for segment in collection.get_segments()
    ]
    trace = post["assignments"][:, :, 100]
    assert sorted(ticks) == sorted((draw, line[draw]) for line in trace for draw in range(400))
    heights = [bar.get_height() for bar in axes[1].patches]
    np.testing.assert_allclose(
        heights, [(post["assignments"][:, :, 100] == k).mean() for k in range(3)]
    )
    assert f"{data[100]:.4g}" in axes[0].get_title(loc="left")
    single = post_with_sds.plot_assignment(-1)
    assert single.shape == (1,)
    np.testing.assert_allclose(
        [bar.get_height() for bar in single[0].patches], post_with_sds.probabilities[-1]
    )


def test_density_shows_the_estimate(data):
    ax = gm.plot_density(data)
    expected = gm.kde(data)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), expected.density)
    area = sum(bar.get_height() * bar.get_width() for bar in ax.patches)
    assert area == pytest.approx(1)
    assert not gm.plot_density(data, bins=0).patches
    assert gm.plot_density([3.0, 3.0]).lines


def test_dirichlet_density_equals_scipy_and_integrates_to_one():
    weights = np.array([[0.2, 0.3, 0.5], [0.9, 0.05, 0.05]])
    for alpha in ([1, 1, 1], [2, 5, 15], [0.3, 0.7, 2]):
        np.testing.assert_allclose(
            dirichlet_log_density(weights, np.asarray(alpha, float)),
            [stats.dirichlet(alpha).logpdf(row) for row in weights],
            rtol=1e-12,
        )
    axes = gm.plot_dirichlet([[0.9, 0.9, 0.9], [1, 1, 1], [5, 5, 5], [2, 5, 15], [5, 2, 2]])
    assert axes.shape == (5,)
    assert "2, 5, 15" in axes[3].get_title()
    assert gm.plot_dirichlet([(1, 2, 3)]).shape == (1,)


def test_pictures_are_drawn_on_given_axes(post, post_with_sds, data):
    _, ax = plt.subplots()
    assert gm.plot_density(data, ax=ax) is ax
    assert post.plot_predictive(3, ax=ax) is ax
    assert post.plot_density(ax=ax) is ax
    _, pair = plt.subplots(1, 2)
    assert list(post.plot_assignment(0, ax=pair)) == list(pair)
    assert list(gm.plot_dirichlet([[1, 1, 1], [2, 2, 2]], ax=pair)) == list(pair)
    _, grid = plt.subplots(3, 2)
    assert (post.plot_trace(ax=grid) == grid).all()
    _, row = plt.subplots(1, 4)
    assert list(post.plot_histograms(ax=row)) == list(row)
    assert list(post.plot_autocorrelation(["means", "sd"], ax=row)) == list(row)
    with pytest.raises(ValueError, match="ax: must be 6 axes, got 1"):
        post.plot_trace(ax=ax)


def test_figures_have_the_asked_size(post, data):
    for axes in (
        post.plot_trace(figsize=(7, 5)),
        post.plot_autocorrelation(figsize=(7, 5)),
        post.plot_histograms(figsize=(7, 5)),
        post.plot_predictive(figsize=(7, 5)),
        post.plot_density(figsize=(7, 5)),
        post.plot_assignment(0, figsize=(7, 5)),
        gm.plot_density(data, figsize=(7, 5)),
        gm.plot_dirichlet([[1, 1, 1]], figsize=(7, 5)),
    ):
        figure = np.ravel(axes)[0].figure
        assert tuple(figure.get_size_inches()) == (7, 5)


def test_small_and_large_posteriors_can_be_drawn():
    model = gm.Mixture(1, means=gm.Normal(0, 1), sd=gm.HalfNormal(1))
    one = gm.sample(model, [0.5, 1.0], draws=1, chains=1, store_assignments=True)
    for draw in (
        one.plot_trace,
        one.plot_autocorrelation,
        one.plot_histograms,
        one.plot_predictive,
        one.plot_density,
        lambda: one.plot_assignment(1),
    ):
        draw()
    model = gm.Mixture(12, means=gm.Normal(0, 5), sd=gm.HalfNormal(1))
    many = gm.sample(model, np.arange(30.0), draws=30, chains=2, store_assignments=True)
    assert many.plot_histograms().shape == (24,)
    many.plot_trace()
    many.plot_assignment(3)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda post: post.plot_trace("nothing"), "names: must be among weights"),
        (lambda post: post.plot_trace([]), "names: must hold at least one"),
        (lambda post: post.plot_trace("means[3]"), r"names: must be from means\[0\] to means\[2\]"),
        (lambda post: post.plot_autocorrelation(["sd", "mean"]), r"names\[1\]: must be among"),
        (lambda post: post.plot_histograms("sd[0]"), r"names: must be sd, got 'sd\[0\]'"),
        (lambda post: post.plot_trace(page=1), "page: must be from 0 to 0, got 1"),
        (lambda post: post.plot_histograms(page=-1), "page: must be from 0 to 0, got -1"),
        (lambda post: post.plot_autocorrelation(page=1), "page: must be from 0 to 0, got 1"),
        (lambda post: post.plot_density(prob=1), "prob: must be between 0 and 1, got 1"),
        (lambda post: post.plot_density(draws=0), "draws: must be from 1 to .+, got 0"),
        (lambda post: post.plot_assignment(215), "i: must be from -215 to 214, got 215"),
        (lambda post: gm.plot_dirichlet([]), "concentrations: must hold at least one"),
        (lambda post: gm.plot_dirichlet([[1, 1]]), r"concentrations\[0\]: must have shape"),
        (lambda post: gm.plot_dirichlet([[1, 1, 0]]), r"concentrations\[0\]: must be positive"),
        (lambda post: gm.plot_dirichlet([[1, 1, 1]], columns=0), "columns, resolution: must be"),
        (lambda post: gm.plot_density([]), "data: must have at least one value, got none"),
    ],
)
def test_bad_arguments_are_refused(post, draw, message):
    with pytest.raises(ValueError, match=message):
        draw(post)
