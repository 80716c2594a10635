"""Pictures of posteriors whose number of components has a prior."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import gmmswift as gm

PRIORS = {"means": gm.Normal(20, sd=15), "variance": gm.InverseGamma(2, 4)}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    # Drawing finds what laying out does not.
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")


@pytest.fixture(scope="module")
def varying(data):
    """Draws of three to about six components; three groups lie far apart."""
    model = gm.Mixture(gm.Unknown(gm.BetaNegativeBinomial(1, 4, 3), max=12), **PRIORS)
    return gm.sample(
        model, data, 500, tune=200, chains=2, random_seed=1, store_assignments=True
    )  # fmt: skip


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
