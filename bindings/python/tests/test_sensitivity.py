"""The sensitivity to the prior and to the likelihood, beside a transcription of the paper."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

import gmmswift as gm
from refusals import expect_refusal

STREAM = np.random.default_rng(77)
POWERS = (0.99, 1.01)


def distance(draws, weights):
    """The cumulative Jensen-Shannon distance (Kallioinen et al. 2024, section 2.3)."""
    order = np.argsort(draws)
    width = np.diff(draws[order])
    p = np.arange(1, len(draws)) / len(draws)
    q = np.cumsum(weights[order])[:-1]

    def divergence(a, b):
        return np.sum(width * a * np.log2(2 * a / (a + b))) + np.sum(width * (b - a)) / np.log(4)

    return np.sqrt((divergence(p, q) + divergence(q, p)) / np.sum(width * (p + q)))


def sensitivity(draws, log_density):
    """The sensitivity with plain importance weights, which hardly vary for powers near 1."""
    draws, log_density = draws.ravel(), log_density.ravel()
    result = []
    for power in POWERS:
        weights = np.exp((power - 1) * (log_density - log_density.mean()))
        weights /= weights.sum()
        largest = max(distance(draws, weights), distance(-draws, weights))
        result.append(largest / abs(np.log2(power)))
    return np.mean(result)


def test_sensitivities_are_those_of_the_paper(post, post_with_sds):
    for posterior in (post, post_with_sds):
        table = posterior.prior_sensitivity()
        assert table.rows == posterior.summary().rows
        likelihood = posterior["log_likelihood"]
        prior = posterior["log_posterior"] - likelihood
        draws = np.concatenate(
            [posterior[name].reshape(*likelihood.shape, -1) for name in ("weights", "means", "sd")],
            axis=-1,
        )
        for place, row in enumerate(table.rows):
            for column, component in (("prior", prior), ("likelihood", likelihood)):
                expected = sensitivity(draws[..., place], component)
                # Smoothing moves the largest weights by a few per cent of their spread.
                assert table[row, column] == pytest.approx(expected, rel=0.05, abs=2e-4)


def fitted(prior, size=30):
    data = STREAM.normal(5, 1, size)
    model = gm.Mixture(1, means=prior, sd=gm.Fixed(1.0))
    return gm.sample(model, data, draws=2_000, chains=4, random_seed=1)


def test_a_normal_mean_has_the_sensitivities_of_its_closed_form():
    # The prior N(0, 1 / t) has the precision t beside n of the data: the posterior of the mean
    # under the power a of the prior is Normal again, and so is its distance to that of a = 1.
    posterior = fitted(gm.Normal(0.0, sd=0.5))
    data = posterior.data

    def moments(prior_power, data_power):
        precision = 4 * prior_power + data_power * len(data)
        return data_power * data.sum() / precision, 1 / np.sqrt(precision)

    from scipy.stats import norm

    grid = np.linspace(3, 6, 400_001)
    width = grid[1] - grid[0]

    def exact(powers):
        total = 0
        for power in POWERS:
            p, q = (
                norm.cdf(grid, *moments(*(power**x if x == 1 else 1.0 for x in use)))
                for use in ((0, 0), powers)
            )
            both = []
            for a, b in ((p, q), (1 - p, 1 - q)):
                with np.errstate(divide="ignore", invalid="ignore"):
                    terms = np.nan_to_num(a * np.log2(2 * a / (a + b))) + np.nan_to_num(
                        b * np.log2(2 * b / (a + b))
                    )
                # The draws end at their extremes, and so do the sums.
                inside = (grid > draws.min()) & (grid < draws.max())
                both.append(np.sqrt(terms[inside].sum() * width / ((a + b)[inside].sum() * width)))
            total += max(both) / abs(np.log2(power)) / 2
        return total

    draws = posterior["means"].ravel()
    table = posterior.prior_sensitivity("means")
    assert table["means[0]", "prior"] == pytest.approx(exact((1, 0)), rel=0.05)
    assert table["means[0]", "likelihood"] == pytest.approx(exact((0, 1)), rel=0.05)


def test_a_prior_against_the_data_is_a_conflict_and_a_flat_one_is_none():
    conflict = fitted(gm.Normal(0.0, sd=0.3)).prior_sensitivity()
    assert conflict["means[0]", "diagnosis"] == "potential prior-data conflict"
    flat = fitted(gm.Normal(0.0, sd=1000.0)).prior_sensitivity()
    assert flat["means[0]", "diagnosis"] == "-"
    assert flat["means[0]", "prior"] < 0.01 < 0.05 < flat["means[0]", "likelihood"]
    strong = fitted(gm.Normal(5.0, sd=0.01), size=2).prior_sensitivity()
    assert strong["means[0]", "likelihood"] < 0.05 < strong["means[0]", "prior"]
    word = "potential strong prior / weak likelihood"
    assert strong["means[0]", "diagnosis"] == word
    assert word in str(strong)
    assert flat.threshold == 0.05


def test_known_parameters_have_no_sensitivity():
    table = fitted(gm.Normal(0.0, sd=2.0)).prior_sensitivity()
    assert table.rows == ("weights[0]", "means[0]", "sd[0]")
    assert np.isnan(table["prior"]).tolist() == [True, False, True]
    assert table["diagnosis"].tolist()[0] == "-"
    assert str(table).splitlines()[1].split() == ["weights[0]", "-"]
    page = ElementTree.fromstring(table._repr_html_())
    assert len(list(page.iter("tr"))) == 4


def test_kinds_have_the_largest_sensitivities_of_their_parameters(post):
    table = post.prior_sensitivity()
    kinds = post.prior_sensitivity(by="kind")
    assert kinds.rows == ("weights", "means", "sd")
    for column in ("prior", "likelihood"):
        largest = max(table[f"means[{k}]", column] for k in range(3))
        assert kinds["means", column] == largest


def test_names_and_threads_and_pieces_change_no_bit(post, monkeypatch):
    table = post.prior_sensitivity(threads=1)
    some = post.prior_sensitivity(["sd", "means[1]"], threads=3)
    assert some.rows == ("sd", "means[1]")
    for row in some.rows:
        assert some.row(row) == table.row(row)
    monkeypatch.setattr("gmmswift._draws.sensitivity._NUMBERS_AT_ONCE", 1)
    np.testing.assert_array_equal(post.prior_sensitivity()["prior"], table["prior"])


def test_few_draws_have_no_sensitivity(post):
    assert np.isnan(post.subset(394).prior_sensitivity()["prior"]).all()


REFUSED = {
    "by": (lambda post: post.prior_sensitivity(by="block"), "by", ValueError),
    "threshold": (lambda post: post.prior_sensitivity(threshold=0), "threshold", ValueError),
    "names": (lambda post: post.prior_sensitivity("x"), "names", ValueError),
    "prior draws": (
        lambda post: gm.sample_prior(post.model, 30).prior_sensitivity(),
        "posterior",
        NotImplementedError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_argument(name, post):
    call, argument, kind = REFUSED[name]
    expect_refusal(lambda: call(post), argument, kind)
