"""Shapes, names and axes of the fields of a posterior, for every form of the covariances."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from tables import DATA, SPREADS, fit

ROWS = {
    "full": ["covariances[0, 0, 0]", "covariances[0, 1, 0]", "covariances[0, 1, 1]"],
    "tied": ["covariance[0, 0]", "covariance[1, 0]", "covariance[1, 1]"],
    "diag": ["sd[0, 0]", "sd[0, 1]", "sd[0, 2]"],
    "spherical": ["sd[0]", "sd[1]"],
}


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_posterior_has_the_documented_shapes(covariance_type):
    post = fit(covariance_type)
    spread = "covariances" if covariance_type in ("full", "tied") else "sd"
    scale = {"full": (3, 3), "tied": (3, 3), "diag": (3,), "spherical": ()}[covariance_type]
    assert {name: array.shape for name, array in post.items()} == {
        "weights": (2, 20, 2),
        "means": (2, 20, 2, 3),
        spread: (2, 20, *SPREADS[covariance_type]),
        "log_likelihood": (2, 20),
        "log_posterior": (2, 20),
        "acceptance": (2, 20),
        "n_clusters": (2, 20),
        "scale": (2, 20, *scale),
        "assignments": (2, 20, 100),
    }
    assert len(post) == len(list(post)) == 9
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
    own = {"full": 6, "tied": 6, "diag": 3, "spherical": 1}
    assert len(rows) == 8 + counts[covariance_type] + own[covariance_type]
    for name in rows:
        block, _, inside = name.rstrip("]").partition("[")
        index = tuple(map(int, inside.split(","))) if inside else ()
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


@pytest.mark.arviz
@pytest.mark.parametrize("convert", ["to_datatree", "to_inference_data"])
@pytest.mark.parametrize("covariance_type", SPREADS)
def test_trees_name_their_axes(covariance_type, convert):
    post = fit(covariance_type)
    result = getattr(post, convert)()
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
    rows = {"full": 10, "tied": 10, "diag": 7, "spherical": 5}[covariance_type]
    pages = [post.plot_trace(page=page) for page in range(1 + (rows > 9))]
    assert [axes.shape for axes in pages] == [(min(rows, 9), 2), (1, 2)][: len(pages)]
    assert post.plot_histograms().shape == (6 + counts[covariance_type],)
    assert post.plot_autocorrelation("means").shape == (6,)
    assert post.plot_predictive(5).shape == (3,)
    assert post.plot_assignment(0).shape == (2,)
    absent = "sd" if post.model.spread_name == "covariances" else "covariances"
    with pytest.raises(ValueError, match=f"names: must be among weights, .+, got '{absent}'"):
        post.plot_trace(absent)
    plt.close("all")
