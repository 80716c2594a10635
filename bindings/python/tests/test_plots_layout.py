"""The layout of pictures: bounded, legible, and a colour for each component."""

from __future__ import annotations

import itertools
import math

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

import gmmswift as gm
from gmmswift._shapes import Shape
from gmmswift.plots import component_color
from gmmswift.plots._autocorrelation import plot_autocorrelation
from gmmswift.plots._histograms import plot_histograms
from gmmswift.plots._limits import robust_limits
from gmmswift.plots._quantities import page_of, quantities, rows_of
from gmmswift.plots._style import PALETTE, ranges
from gmmswift.plots._trace import plot_trace


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


class Draws(dict):
    """Draws that no sampler has made, as pictures see a posterior."""

    def __init__(self, shape, column_names=(), **quantities):
        super().__init__(quantities)
        self.model, self.column_names, self._unknown_count = self, column_names, None
        self._hyperparameters = []
        self.shape, self.n_components = shape, shape.n_components
        self.n_chains, self.n_draws = next(iter(quantities.values())).shape[:2]

    def _unknown(self):
        return [name for name in self if name in ("weights", "means", self.shape.spread_name)]


def draws_of(shape, draws=24, chains=2):
    stream = np.random.default_rng(1)
    sizes = shape.of_a_draw
    arrays = {name: stream.gamma(20, size=(chains, draws, *size)) for name, size in sizes.items()}
    arrays["weights"] /= arrays["weights"].sum(axis=-1, keepdims=True)
    return Draws(shape, **arrays)


@pytest.fixture(scope="module")
def big():
    return draws_of(Shape(20, 10, "full", False))


def trace(post, names=None, page=0, ax=None, figsize=None):
    return plot_trace(post, names, page, ax, figsize)


def histograms(post, names=("means", "spread"), page=0):
    return plot_histograms(post, names, 40, 0.95, page, None, None)


def autocorrelation(post, names=None, page=0):
    return plot_autocorrelation(post, names, None, page, None, None)


def titles(axes):
    return [ax.get_title(loc="left").replace("\n", " ") for ax in np.ravel(axes)]


def boxes(axes):
    """Return what panels cover with their titles and ticks, and the legends, after drawing."""
    figure = np.ravel(axes)[0].figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return (
        [ax.get_tightbbox(renderer) for ax in np.ravel(axes)],
        [legend.get_window_extent(renderer) for legend in figure.legends],
        figure.bbox,
    )


def covers(first, second):
    """Return whether two boxes share more than a rim of rounding, in pixels."""
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return width > 1 and height > 1


def test_pages_show_every_scalar_once(big):
    chosen = quantities(big, None)
    rows = rows_of(chosen)
    for items, size, count in ((chosen, 24, 55), (rows, 9, 15)):
        pages = [page_of(items, page, size, None, "panels")[0] for page in range(count)]
        assert [id(item) for page in pages for item in page] == [id(item) for item in items]
    shown = [quantity.scalar.label for row in rows for quantity in row.quantities]
    assert len(shown) == len(set(shown)) == len(chosen) == 1_320
    last = histograms(big, page=54)
    assert titles(last)[-1] == "covariances[19, 9, 9]"
    assert last.size == 1_300 - 54 * 24


LONG = tuple(f"a quite long name of column {d} (cm)" for d in range(4))


@pytest.mark.parametrize(
    ("draw", "shape", "names", "panels", "pages"),
    [
        (trace, Shape(1, 1, "diag", False), (), 4, 1),
        (histograms, Shape(1, 1, "diag", False), (), 2, 1),
        (trace, Shape(2, 2, "full", False), ("eruptions", "waiting"), 12, 1),
        (autocorrelation, Shape(2, 2, "full", False), ("eruptions", "waiting"), 12, 1),
        (trace, Shape(3, 4, "full", False), LONG, 18, 2),
        (histograms, Shape(3, 4, "full", False), LONG, 24, 2),
        (trace, Shape(20, 10, "full", False), (), 18, 15),
        (histograms, Shape(20, 10, "full", False), (), 24, 55),
        (trace, Shape(256, 1, "diag", False), (), 18, 9),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_figures_are_bounded_and_nothing_overlaps(draw, shape, names, panels, pages):
    post = draws_of(shape)
    post.column_names = names
    axes = draw(post)
    assert axes.size == panels
    width, height = axes.flat[0].figure.get_size_inches()
    assert width <= 12
    assert height <= 15
    remark = axes.flat[0].figure.get_supxlabel()
    assert f"page=0 of 0 to {pages - 1}" in remark if pages > 1 else remark == ""
    with pytest.raises(ValueError, match=f"page: must be from 0 to {pages - 1}, got {pages}"):
        draw(post, page=pages)
    covered, legends, page = boxes(axes)
    for first, second in itertools.combinations(covered, 2):
        assert not covers(first, second)
    for legend in legends:
        assert not any(covers(legend, panel) for panel in covered)
    for box in [*covered, *legends]:
        assert page.x0 - 1 <= box.x0
        assert box.x1 <= page.x1 + 1
        assert page.y0 - 1 <= box.y0
        assert box.y1 <= page.y1 + 1
    # A panel itself, without its title, is at least 1.6 inches wide and an inch high.
    for ax in axes.flat:
        box = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
        assert box.width > 1.6
        assert box.height > 0.95


def test_a_component_has_its_colour_in_every_picture(post, big):
    colors = [to_hex(component_color(k)) for k in range(3)]
    assert len(set(colors)) == 3
    density, traces = post.plot_trace("means")[0]
    for ax in (density, traces):
        assert [to_hex(line.get_color()) for line in ax.lines] == colors * 3
    for axes in (post.plot_autocorrelation("means"), post.plot_autocorrelation("weights")):
        assert [to_hex(ax.lines[-1].get_color()) for ax in axes] == colors
    for axes in (post.plot_histograms("means"), post.plot_histograms("weights")):
        assert [to_hex(ax.patches[0].get_facecolor()) for ax in axes] == colors
    ticks, bars = post.plot_assignment(0)
    assert [to_hex(bar.get_facecolor()) for bar in bars.patches] == colors
    assert {to_hex(lines.get_color()[0]) for lines in ticks.collections} <= set(colors)
    corners = [text for text in gm.plot_dirichlet([[1, 1, 1]])[0].texts if "w" in text.get_text()]
    assert [to_hex(text.get_color()) for text in corners] == colors
    # What all components share has the colour of none, whatever the number of components is.
    shared = to_hex(post.plot_trace("sd")[0, 0].lines[0].get_color())
    assert shared == to_hex(component_color(None))
    assert shared not in [to_hex(color) for color in PALETTE]
    one, many = trace(big, "means[3, 0]"), trace(big, ["means[3, 0]", "means[7, 0]"])
    assert to_hex(one[0, 0].lines[0].get_color()) == to_hex(component_color(3))
    assert to_hex(many[0, 0].lines[1].get_color()) == to_hex(component_color(7))


def test_twenty_colours_are_apart():
    def lab(color):
        """Return a colour in Oklab (Ottosson 2020), in which distances are those that eyes see."""
        rgb = np.array(to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        cones = np.cbrt(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
            @ linear
        )
        return [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ] @ cones

    assert len(PALETTE) == 20
    places = [lab(color) for color in PALETTE]
    # 0.02 can just be told apart side by side; lines lie apart, and need several times as much.
    assert min(math.dist(a, b) for a, b in itertools.combinations(places, 2)) > 0.08
    # White has the lightness 1.
    assert max(place[0] for place in places) < 0.8
    assert component_color(23) == component_color(3)


def test_limits_ignore_extreme_values_and_heavy_tails():
    stream = np.random.default_rng(3)
    normal = stream.normal(size=40_000)
    assert robust_limits(normal) == (normal.min(), normal.max())
    planted = np.append(normal, [1e150, -1e9])
    lower, upper = robust_limits(planted)
    # Both ends are 1.96 + 2 x 1.96 standard deviations away; the quantiles have an error of 0.02.
    assert [lower, upper] == pytest.approx([-5.88, 5.88], abs=0.2)
    assert robust_limits(np.abs(stream.standard_cauchy(40_000))).upper < 100
    # A second mode of a twentieth of the draws stays.
    assert robust_limits(np.append(normal, np.full(2_200, 50.0))).upper == 50
    # Ties on one side of the median leave room for the values beyond.
    ties = np.append(np.zeros(600), stream.uniform(-1, 1, 400))
    assert robust_limits(ties) == pytest.approx((-1, 1), abs=0.01)
    assert robust_limits(np.full(5, 2.0)) == (2, 2)


def test_an_extreme_draw_rules_no_axis_and_is_told():
    stream = np.random.default_rng(5)
    means = stream.normal([0.0, 5.0], 1, (2, 400, 2))
    means[1, 7, 0] = 1e12
    post = Draws(Shape(2, 1, "diag", False), means=means)
    density, traces = trace(post)[0]
    assert density.get_xlim()[1] < 15
    assert traces.get_ylim()[1] < 15
    remark = "1 of 1,600 draws outside"
    assert [text.get_text() for text in density.texts] == [remark]
    assert traces.get_title(loc="right") == remark
    # The density within is that of the other draws.
    expected = gm.kde(np.delete(means[1, :, 0], 7), n_points=256)
    np.testing.assert_array_equal(density.lines[2].get_xdata(), expected.points)
    first, second = histograms(post, "means")
    assert first.get_xlim()[1] < 10
    assert "1 of 800 draws outside" in [text.get_text() for text in first.texts]
    assert len(second.texts) == 1  # the mean and the interval
    assert sum(bar.get_height() for bar in first.patches) == 799


def test_scales_of_their_own_have_rows_of_their_own():
    stream = np.random.default_rng(6)
    means = stream.normal([0, 3, 0], [1, 1, 1e3], (2, 200, 3))
    post = Draws(Shape(3, 1, "diag", False), means=means)
    assert titles(trace(post)[:, 0]) == ["means[0, 1]", "means[2]"]
    columns = stream.normal([[0, 100], [1, 200]], 1, (2, 200, 2, 2))
    post = Draws(Shape(2, 2, "diag", False), ("small", "large"), means=columns)
    assert titles(trace(post)[:, 0]) == ["means[:, small]", "means[:, large]"]
    assert titles(trace(post, "means[1]")[:, 0]) == ["means[1, small]", "means[1, large]"]


def test_widths_with_heavy_tails_have_logarithmic_axes():
    stream = np.random.default_rng(7)
    sd = np.stack([np.abs(stream.standard_cauchy((2, 400))), stream.normal(1, 0.05, (2, 400))], -1)
    sd[0, 3, 0] = 1e-150
    post = Draws(Shape(2, 1, "diag", False), sd=sd)
    density, traces = trace(post)[0]
    assert density.get_title(loc="left") == "sd (log scale)"
    assert (density.get_xscale(), traces.get_yscale()) == ("log", "log")
    assert 1e-5 < density.get_xlim()[0] < 0.1
    assert 10 < density.get_xlim()[1] < 1e5
    heavy, light = histograms(post, "sd")
    assert (heavy.get_xscale(), light.get_xscale()) == ("log", "linear")
    density.figure.canvas.draw()
    heavy.figure.canvas.draw()


def test_rows_of_many_components_are_parted():
    post = draws_of(Shape(23, 1, "diag", True))
    axes = trace(post)
    assert titles(axes[:, 0]) == [
        f"{name}[{part}]"
        for name in ("weights", "means")
        for part in ("0\N{EN DASH}9", "10\N{EN DASH}19", "20\N{EN DASH}22")
    ] + ["sd"]
    labels = [text.get_text() for text in axes[0, 0].figure.legends[0].get_texts()]
    assert labels[:4] == ["0, 20", "1, 21", "2, 22", "3"]
    assert ranges([0, 1, 2, 5, 7, 8]) == "0\N{EN DASH}2, 5, 7, 8"


def test_pictures_on_a_callers_axes_have_all_rows_and_leave_the_figure_alone(big):
    _, grid = plt.subplots(20, 2)
    assert trace(big, "means", ax=grid).shape == (20, 2)
    assert not grid[0, 0].figure.legends
    with pytest.raises(ValueError, match="ax: must be 40 axes, got 2"):
        trace(big, "means", ax=grid[0])


def test_long_traces_keep_their_extremes():
    draws = np.random.default_rng(8).normal(size=(1, 50_000, 1))
    post = Draws(Shape(1, 1, "diag", False), means=draws)
    line = trace(post)[0, 1].lines[0].get_ydata()
    assert len(line) == 2_000
    assert (line.min(), line.max()) == (draws.min(), draws.max())


def test_assignments_of_many_components_show_the_largest_shares(monkeypatch):
    model = gm.Mixture(40, means=gm.Normal(0, 5), sd=gm.HalfNormal(1))
    post = gm.sample(model, np.arange(30.0), 60, chains=1, random_seed=1, store_assignments=True)
    ticks, bars = post.plot_assignment(2)
    shares = np.bincount(post["assignments"][0, :, 2], minlength=40) / 60
    assert len(bars.patches) == 20
    heights = [bar.get_height() for bar in bars.patches]
    np.testing.assert_allclose(sorted(heights), np.sort(shares)[20:])
    assert f"20 more: {1 - sum(heights):.3f}" in bars.get_xlabel()
    assert len(ticks.get_yticklabels()) == 20


def test_predictions_of_many_columns_are_bounded_and_say_so():
    table = np.random.default_rng(9).normal(size=(20, 30))
    names = [f"column {d}" for d in range(30)]
    model = gm.Mixture(1, covariance_type="diag")
    post = gm.sample(model, gm.Data(table, names=names), 10, tune=0, chains=1, random_seed=1)
    axes = post.plot_predictive(4, random_seed=1)
    assert axes.shape == (24,)
    assert [ax.get_xlabel() for ax in axes] == names[:24]
    figure = axes[0].figure
    assert max(figure.get_size_inches()) <= 15
    assert figure.get_supxlabel() == "the first 24 of 30 columns; ax= draws all"
    _, grid = plt.subplots(5, 6)
    assert post.plot_predictive(4, random_seed=1, ax=grid).shape == (30,)
    panels, legends, _ = boxes(axes)
    assert not any(covers(legend, panel) for legend in legends for panel in panels)


def test_extreme_data_rule_neither_density_nor_prediction(data):
    values = np.append(data, 1e9)
    ax = gm.plot_density(values)
    assert ax.get_xlim()[1] < 1e3
    assert ax.texts[0].get_text() == "1 of 216 values outside"
    area = sum(bar.get_height() * bar.get_width() for bar in ax.patches)
    assert area == pytest.approx(215 / 216)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), gm.kde(data).density * 215 / 216)
