"""Views in notebooks: they are well-formed, escaped and short."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

import gmmswift as gm
from tables import DATA, SPREADS, fit


def parsed(value):
    """Return the view of a value, which must be well-formed."""
    return ElementTree.fromstring(value._repr_html_())


def texts(element, tag):
    return [found.text or "" for found in element.iter(tag)]


def test_posterior_shows_its_size_its_worst_figures_and_the_head_of_its_summary():
    post = fit("full")
    page = parsed(post)
    title, labels, worst = texts(page, "p")
    assert labels.startswith("Relabelled: ")
    assert title.startswith("Posterior: 2 chains of 20 draws (gibbs), 2 components")
    assert "100 observations in 3 dimensions" in title
    table = post.summary()
    place = int(table["r_hat"].argmax())
    assert worst.startswith(f"largest R-hat {table['r_hat'][place]:.4f} ({table.rows[place]}), ")
    place = int(table["ess_bulk"].argmin())
    assert worst.endswith(f"bulk ESS {table['ess_bulk'][place]:,.0f} ({table.rows[place]})")
    rows = list(page.iter("tr"))
    assert texts(rows[0], "th") == ["", "mean", "sd", "hdi_2.5%", "hdi_97.5%", "ess_bulk", "r_hat"]
    assert [texts(row, "th")[0] for row in rows[1:]] == [*table.rows[:12], "…"]
    assert texts(rows[1], "td")[0] == f"{table['mean'][0]:.4g}"


def test_view_of_a_posterior_has_bounded_work(post, monkeypatch):
    monkeypatch.setattr("gmmswift._draws.summaries._SHOWN_NUMBERS", 100)
    page = parsed(post.subset(burn=1))
    assert texts(page, "p")[1] == "R-hat and effective sample sizes: summary()"
    assert [texts(row, "th")[0] for row in page.iter("tr")][-2:] == ["weights[2]", "…"]


def test_names_of_columns_are_escaped():
    data = gm.Data(DATA, names=["<b>", "a & b", '"c"'])
    post = gm.sample(gm.Mixture(1, covariance_type="diag"), data, 8, tune=0, random_seed=1)
    for value in (post, post.summary()):
        assert "<b>" not in value._repr_html_()
        assert "means[0, <b>]" in texts(parsed(value), "th")
        assert "means[0, a & b]" in texts(parsed(value), "th")


@pytest.mark.parametrize("covariance_type", SPREADS)
def test_fits_and_mixtures_show_their_components(covariance_type):
    found = gm.fit_em(DATA, 2, covariance_type=covariance_type, random_seed=1)
    for value in (found, found.mixture):
        page = parsed(value)
        assert texts(page, "p")[0].startswith(("EMFit: 2 components", "KnownMixture("))
        head, first, second = page.iter("tr")
        assert texts(head, "th")[1:4] == ["weight", "mean[0]", "mean[1]"]
        assert texts(first, "td")[1] == f"{found.means[0, 0]:.4g}"
        shape = np.shape(found.covariances)
        variance = found.covariances[(-1,) * len(shape)]
        assert texts(second, "td")[-1] == f"{np.sqrt(variance):.4g}"


def test_views_of_fits_are_short():
    one = parsed(gm.fit_em(DATA[:, 0], 2, random_seed=1))
    assert texts(next(one.iter("tr")), "th") == ["", "weight", "mean", "sd"]
    many = gm.KnownMixture(np.full(50, 0.02), np.zeros((50, 30)), np.ones((50, 30)),
                           covariance_type="diag")  # fmt: skip
    rows = list(parsed(many).iter("tr"))
    assert len(rows) == 22
    assert len(list(rows[0])) == 16


def test_models_show_their_priors():
    model = gm.Mixture(2, means=gm.Normal(0, sd=1), sd=gm.HalfNormal(1))
    rows = {texts(row, "th")[0]: texts(row, "td") for row in parsed(model).iter("tr")}
    assert rows["means"] == [repr(model.means)]
    assert rows["n_components"] == ["2"]
    long = gm.Mixture(200, means=gm.Normal(np.arange(200.0), sd=1), sd=gm.HalfNormal(1))
    assert max(len(text) for text in texts(parsed(long), "td")) <= 200
