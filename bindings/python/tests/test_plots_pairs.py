"""Pictures of pairs of columns with the components of a mixture."""

from __future__ import annotations

import itertools

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import gmmswift as gm
from gmmswift.plots import component_color

FORMS = ("full", "tied", "diag", "spherical", "tied-diag", "tied-spherical")


pytestmark = pytest.mark.usefixtures("close_figures")


@pytest.fixture(scope="module")
def table():
    """Three columns in two groups, of 60 and 40 rows."""
    rng = np.random.default_rng(5)
    return np.concatenate([rng.normal([0, 5, 0], 1, (60, 3)), rng.normal([4, 0, 0], 2, (40, 3))])


def matrices(form, covariances, size, dimensions):
    """Return the covariance matrices of all components by hand."""
    result = np.empty((size, dimensions, dimensions))
    for k in range(size):
        own = covariances if form.startswith("tied") else covariances[k]
        kind = form.removeprefix("tied-")
        if kind in ("full", "tied"):
            result[k] = own
        else:
            result[k] = np.diag(own if kind == "diag" else [own] * dimensions)
    return result


def ellipses(ax):
    """Return the points of the ellipses, and the crosses."""
    lines = [line.get_xydata() for line in ax.lines]
    return [line for line in lines if len(line) > 1], [line[0] for line in lines if len(line) == 1]


@pytest.mark.parametrize("form", FORMS)
def test_ellipses_are_those_of_the_components(form, table):
    fit = gm.fit_em(table, 2, covariance_type=form)
    axes = gm.plot_pairs(table, fit, prob=0.7)
    assert axes.shape == (3,)
    expected = matrices(form, fit.covariances, 2, 3)
    for ax, pair in zip(axes, ([0, 1], [0, 2], [1, 2]), strict=True):
        curves, crosses = ellipses(ax)
        for k, (curve, cross) in enumerate(zip(curves, crosses, strict=True)):
            np.testing.assert_allclose(cross, fit.means[k, pair])
            offset = curve - fit.means[k, pair]
            precision = np.linalg.inv(expected[k][np.ix_(pair, pair)])
            # The squared distance within which 70 % of a Normal distribution on the plane lie.
            distance = (offset @ precision * offset).sum(1)
            np.testing.assert_allclose(distance, -2 * np.log(0.3), rtol=1e-9)
    labels = [(ax.get_xlabel(), ax.get_ylabel()) for ax in axes]
    assert labels == [("", "x[:, 1]"), ("x[:, 0]", "x[:, 2]"), ("x[:, 1]", "")]


@pytest.mark.parametrize("form", FORMS[:4])
def test_ellipses_of_posteriors_are_those_of_the_mean_covariances(form, table):
    post = gm.sample(gm.Mixture(2, covariance_type=form), table, 60, random_seed=1)
    (ax,) = post.plot_pairs(columns=[2, 0])
    spread = post[post.model.spread_name]
    if post.model.spread_name == "sd":
        spread = spread**2
    expected = matrices(form, spread.mean(axis=(0, 1)), 2, 3)
    curves, crosses = ellipses(ax)
    for k, (curve, cross) in enumerate(zip(curves, crosses, strict=True)):
        np.testing.assert_allclose(cross, post["means"].mean(axis=(0, 1))[k, [2, 0]])
        precision = np.linalg.inv(expected[k][np.ix_([2, 0], [2, 0])])
        offset = curve - cross
        distance = (offset @ precision * offset).sum(1)
        np.testing.assert_allclose(distance, -2 * np.log(0.1), rtol=1e-9)


def test_colours_fade_with_the_uncertainty():
    mixture = gm.KnownMixture(
        [0.5, 0.5], [[-1, 0], [1, 0]], [1.0, 1.0], covariance_type="spherical"
    )
    points = np.array([[-9.0, 0], [9, 0], [0, 3], [0.5, 0]])
    (ax,) = gm.plot_pairs(points, mixture)
    (scatter,) = ax.collections
    found = {
        tuple(place): color[:3]
        for place, color in zip(scatter.get_offsets(), scatter.get_facecolors(), strict=True)
    }
    first, second = (np.array(to_rgb(component_color(k))) for k in (0, 1))
    np.testing.assert_allclose(found[-9, 0], first, atol=1e-6)
    np.testing.assert_allclose(found[9, 0], second, atol=1e-6)
    # Both components are as probable: grey.
    np.testing.assert_allclose(found[0, 3], 0.82)
    certain = 2 * mixture.probabilities([[0.5, 0]])[0, 1] - 1
    np.testing.assert_allclose(found[0.5, 0], certain * second + (1 - certain) * 0.82)
    one = gm.KnownMixture([1.0], [[0, 0]], [1.0], covariance_type="spherical")
    colors = gm.plot_pairs(points, one)[0].collections[0].get_facecolors()
    np.testing.assert_allclose(colors[:, :3], np.tile(first, (4, 1)))


def test_pairs_of_named_columns_and_weighted_rows(table):
    names = ["height", "width", "depth"]
    weight = np.repeat([2.0, 0.0], [90, 10])
    data = gm.Data(table, sample_weight=weight, names=names)
    fit = gm.fit_em(data, 2)
    (ax,) = gm.plot_pairs(data, fit, columns=["depth", 0])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("depth", "height")
    assert len(ax.collections[0].get_offsets()) == 90
    post = gm.sample(gm.Mixture(2, covariance_type="full"), data, 40, random_seed=1)
    axes = post.plot_pairs()
    assert [ax.get_ylabel() for ax in axes] == ["width", "depth", ""]
    assert len(axes[0].collections[0].get_offsets()) == 90
    # The probabilities are those of the posterior.
    colors = axes[0].collections[0].get_facecolors()[:, :3]
    near = [
        [np.linalg.norm(color - to_rgb(component_color(k))) for k in (0, 1)] for color in colors
    ]
    counts = np.bincount(np.argmin(near, axis=1), minlength=2)
    assert counts.tolist() == np.bincount(post.probabilities[:90].argmax(1), minlength=2).tolist()
    with pytest.raises(ValueError, match=r"columns\[0\]: must be among height, .*, got 'size'"):
        gm.plot_pairs(data, fit, columns=["size", 0])


def test_pairs_of_large_tables_are_bounded_and_say_so():
    table = np.random.default_rng(2).normal(size=(6_000, 11))
    table[0, 1] = 1e9
    mixture = gm.KnownMixture([1.0], [[0] * 11], np.ones(1), covariance_type="spherical")
    axes = gm.plot_pairs(table, mixture)
    assert axes.shape == (28,)
    figure = axes[0].figure
    assert max(figure.get_size_inches()) <= 12
    assert len(axes[0].collections[0].get_offsets()) == 5_000
    remark = figure.get_supxlabel().replace("\n", " ")
    assert "5,000 of 6,000 points, evenly spaced" in remark
    assert "the first 8 of 11 columns; columns= chooses" in remark
    # One value rules no axis.
    assert axes[0].get_ylim()[1] < 20
    assert axes[0].texts[0].get_text() == "1 of 6,000 points outside"
    chosen = gm.plot_pairs(table, mixture, columns=range(3, 6))
    assert "first" not in chosen[0].figure.get_supxlabel()
    (legend,) = gm.plot_pairs(table[:, :2], two_columns())[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["0", "1"]


def two_columns():
    return gm.KnownMixture([0.5, 0.5], [[0, 0], [1, 1]], [1, 1], covariance_type="spherical")


@pytest.mark.parametrize("size", [2, 4, 8])
def test_nothing_overlaps(size):
    names = [f"a quite long name of column {d}" for d in range(size)]
    data = gm.Data(np.random.default_rng(3).normal(size=(50, size)), names=names)
    many = gm.KnownMixture(
        np.full(9, 1 / 9), np.zeros((9, size)), np.ones(9), covariance_type="spherical"
    )
    axes = gm.plot_pairs(data, many)
    figure = axes[0].figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    covered = [ax.get_window_extent(renderer) for ax in axes]
    covered += [legend.get_window_extent(renderer) for legend in figure.legends]
    for first, second in itertools.combinations(covered, 2):
        width = min(first.x1, second.x1) - max(first.x0, second.x0)
        height = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert width <= 1 or height <= 1
    for box in covered:
        assert figure.bbox.x0 - 1 <= box.x0
        assert box.x1 <= figure.bbox.x1 + 1
    assert min(box.width for box in covered) / figure.dpi > 1


def test_pairs_are_drawn_on_given_axes(table):
    fit = gm.fit_em(table, 2)
    _, row = plt.subplots(1, 3)
    assert list(gm.plot_pairs(table, fit, ax=row)) == list(row)
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in row)
    assert not row[0].figure.legends
    with pytest.raises(ValueError, match="ax: must be 3 axes, got 2"):
        gm.plot_pairs(table, fit, ax=row[:2])
    figure = gm.plot_pairs(table, fit, figsize=(7, 5))[0].figure
    assert tuple(figure.get_size_inches()) == (7, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prob": 0}, "prob: must be between 0 and 1, got 0"),
        ({"columns": [0]}, r"columns: must be 2 to 8 different columns, got \[0\]"),
        ({"columns": [0, 0]}, r"columns: must be 2 to 8 different columns, got \[0, 0\]"),
        ({"columns": [0, 3]}, r"columns\[1\]: must be from 0 to 2, got 3"),
        ({"columns": ["a", 1]}, r"columns\[0\]: must be a number, got 'a'"),
    ],
)
def test_wrong_arguments_are_refused(table, arguments, message):
    with pytest.raises(ValueError, match=message):
        gm.plot_pairs(table, gm.fit_em(table, 2), **arguments)


def test_what_has_no_pairs_is_refused(table, post):
    fit = gm.fit_em(table, 2)
    with pytest.raises(ValueError, match="data: must have 3 columns, got 2"):
        gm.plot_pairs(table[:, :2], fit)
    with pytest.raises(TypeError, match="columns: must be several numbers or names"):
        gm.plot_pairs(table, fit, columns="01")
    with pytest.raises(TypeError, match=r"mixture: must be a fit .*method plot_pairs\), got"):
        gm.plot_pairs(table, post)
    # One column has no pairs.
    with pytest.raises(ValueError, match=r"data: .* 2 columns \(plot_density draws one\), got 1"):
        gm.plot_pairs(table[:, 0], gm.fit_em(table[:, 0], 2))
    with pytest.raises(ValueError, match=r"posterior: .* \(plot_density draws one\), got 1"):
        post.plot_pairs()
    components = gm.NormalInverseWishart([2, 2, 0], 0.1, 5, np.eye(3).tolist())
    model = gm.Mixture(gm.Unknown(max=5), covariance_type="full", components=components)
    varying = gm.sample(model, table, 40, tune=20, chains=1, random_seed=1)
    with pytest.raises(NotImplementedError, match="`given` has those of one number of clusters"):
        varying.plot_pairs()
    number = int(varying["n_clusters"][0, 0])
    curves, _ = ellipses(varying.given(n_clusters=number).plot_pairs()[0])
    assert len(curves) == number
    known = gm.Mixture(2, covariance_type="full", components=components)
    with pytest.raises(NotImplementedError, match="must have observations, got prior draws"):
        gm.sample_prior(known, 9, random_seed=1).plot_pairs()
