"""Diagnoses of planted troubles, the warnings, and the rows of summaries that are prior draws."""

from __future__ import annotations

import pickle
import warnings
from xml.etree import ElementTree

import numpy as np
import pytest

import gmmswift as gm

STREAM = np.random.default_rng(3)
#: Two ways to divide four corners in two are modes; without moves a chain stays in one.
CORNERS = np.repeat([[0.0, 0], [4, 0], [0, 4.5], [4, 4.5]], 20, axis=0)
CORNERS = CORNERS + STREAM.normal(0, 0.3, (80, 2))
GROUPS = np.concatenate([STREAM.normal(0, 1, 60), STREAM.normal(7, 1, 40)])
#: So many that priors are not informative.
MANY = np.concatenate([STREAM.normal(0, 1, 400), STREAM.normal(7, 1, 300)])


def simple(n_components=2, means=None, **arguments):
    means = means or gm.Normal(3, sd=10)
    return gm.Mixture(n_components, means=means, variance=gm.InverseGamma(2, 1), **arguments)


def in_two_modes(draws=500):
    prior = gm.NormalInverseWishart([2, 2], 0.1, 5, [[0.7, 0], [0, 0.7]])
    tall, wide = [[0.0, 2], [4, 2]], [[2.0, 0], [2, 4.5]]
    return gm.sample(
        gm.Mixture(2, covariance_type="full", components=prior),
        CORNERS,
        draws,
        tune=100,
        random_seed=1,
        moves=False,
        initial={"means": [tall, wide, tall, tall]},
    )


@pytest.fixture(scope="module")
def modes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gm.ConvergenceWarning)
        return in_two_modes()


@pytest.fixture(scope="module")
def with_empty():
    model = simple(3, weights=gm.Dirichlet(0.01))
    return gm.sample(model, GROUPS, 1_000, tune=300, random_seed=1)


def kinds(found):
    return [finding.kind for finding in found.findings]


def test_nothing_is_found_in_a_good_run_and_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        post = gm.sample(simple(), MANY, 1_000, random_seed=1)
        table = post.summary()
    found = post.diagnose()
    assert found.ok
    assert not found.findings, str(found)
    assert str(found).startswith("Nothing to report: 4 chains of 1,000 draws, 2 components")
    assert set(table.notes) == {""}
    assert "note" not in table.to_string()


def test_measures_are_the_worst_of_each_kind_of_the_summaries():
    post = gm.sample(simple(), GROUPS, 1_000, random_seed=1)
    found = post.diagnose().measures
    tables = [post.summary(quantiles=()), post.summary("label_free", quantiles=())]
    names = [name for name in found if name != "n_clusters"]
    assert [name.partition("[")[0] for name in names] == [
        "log_posterior", "sum_squared_weights", "sorted_weights", "log_density",
        "weights", "means", "sd",
    ]  # fmt: skip
    for name in names:
        table = next(table for table in tables if name in table.rows)
        same_kind = [row for row in table.rows if row.partition("[")[0] == name.partition("[")[0]]
        assert found[name]["r_hat"] == max(table[row, "r_hat"] for row in same_kind)
        for column in ("r_hat", "ess_bulk", "ess_tail"):
            assert found[name][column] == table[name, column]


def test_modes_are_named_with_their_chains_and_nats(modes):
    found = modes.diagnose()
    assert not found.ok
    first = found.findings[0]
    assert (first.kind, first.severity) == ("different modes", "problem")
    levels = modes["log_posterior"].mean(axis=1)
    apart = abs(levels[[0, 2, 3]].mean() - levels[1])
    assert first.numbers["nats"] == pytest.approx(apart, abs=1e-6)
    assert first.numbers["num_modes"] == 2
    places = [first.numbers[f"mode_of_chain[{chain}]"] for chain in range(4)]
    assert places[0] == places[2] == places[3] != places[1]
    assert f"{apart:.1f} nats apart" in first.what
    assert "chains 0, 2 and 3 (75 %" in first.what
    assert "Allow moves" in first.advice
    # Each mode by itself is sampled well.
    assert modes.subset(chains=[0, 2, 3]).diagnose().ok


def test_sampling_warns_of_modes_once():
    with pytest.warns(gm.ConvergenceWarning, match="different modes, .* nats apart") as caught:
        post = in_two_modes()
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert "diagnose() of the posterior says what to do" in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        post.summary()
        post.diagnose()


def test_summaries_warn_of_posteriors_that_nobody_has_looked_at(modes):
    copy = pickle.loads(pickle.dumps(modes))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        copy._repr_html_()
    with pytest.warns(gm.ConvergenceWarning) as caught:
        copy.summary("weights")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        copy.summary()


def test_extended_posteriors_are_looked_at_anew(modes):
    with pytest.warns(gm.ConvergenceWarning):
        modes.extend(100)


def test_short_runs_are_told_but_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        post = gm.sample(simple(), GROUPS, 50, random_seed=1)
        post.summary()
    found = post.diagnose()
    assert kinds(found) == ["short run"]
    assert not found.ok


def test_slow_chains_are_told_how_many_draws_they_need():
    slow = gm.sample(
        gm.Mixture(2, means=gm.Normal(0, sd=3), sd=gm.HalfNormal(2)),
        STREAM.normal(size=200), 150, tune=300, chains=4, random_seed=2, method="metropolis",
    )  # fmt: skip
    found = slow.diagnose()
    worst = min(
        min(row["ess_bulk"], row["ess_tail"])
        for name, row in found.measures.items()
        if name != "n_clusters"
    )
    assert worst < 400
    assert {"few effective draws", "chains disagree", "different modes"} & set(kinds(found))
    for finding in found.findings:
        if finding.kind == "few effective draws":
            assert finding.numbers["draws_needed"] >= 150 * 400 / finding.numbers["ess"]


def test_rows_of_empty_components_are_shown_as_prior_draws(with_empty):
    shares = with_empty.empty_probabilities
    empty = int(shares.argmax())
    assert shares[empty] > 0.9
    assert np.delete(shares, empty).max() < 1e-6
    found = with_empty.diagnose()
    finding = next(each for each in found.findings if each.kind == "empty components")
    assert finding.severity == "note"
    assert finding.what.startswith(f"Component {empty} has no rows")
    for table in (with_empty.summary(), with_empty.summary(["weights", "means", "sd"])):
        notes = dict(zip(table.rows, table.notes, strict=True))
        for k in range(3):
            assert notes[f"weights[{k}]"] == ("empty" if k == empty else "")
            assert notes[f"means[{k}]"] == notes[f"sd[{k}]"] == ("prior" if k == empty else "")
        lines = table.to_string().splitlines()
        assert lines[0].endswith(" note")
        assert lines[-1].startswith("prior: no row of the data belongs to the component")
        assert "<th>note</th>" in table._repr_html_()
        assert "draw from the prior" in table._repr_html_()
        assert table.select(f"means[{empty}]").notes == ("prior",)
        assert table.select(f"means[{empty}]").to_string().count("prior") == 3
    # Its draws are those of the prior: the mean and the sd of Normal(3, 10).
    table = with_empty.summary()
    assert abs(table[f"means[{empty}]", "mean"] - 3) < 1
    assert abs(table[f"means[{empty}]", "sd"] - 10) < 1
    assert with_empty.summary("log_posterior").notes == ("",)


def test_shares_of_empty_components_are_those_of_the_responsibilities():
    x = GROUPS[:20]
    post = gm.sample(simple(3), x, 40, chains=2, tune=50, random_seed=1)
    weights, means, sds = (post[name].reshape(-1, 1, 3) for name in ("weights", "means", "sd"))
    shares = weights / sds * np.exp(-0.5 * ((x[:, None] - means) / sds) ** 2)
    shares /= shares.sum(axis=-1, keepdims=True)
    expected = np.prod(1 - shares, axis=1).mean(axis=0)
    np.testing.assert_allclose(post.empty_probabilities, expected, rtol=1e-8, atol=1e-14)


def test_uncertain_labels_are_named():
    x = STREAM.normal(size=150)
    post = gm.sample(gm.Mixture(3), x, 1_000, random_seed=1)
    found = post.diagnose()
    finding = next(each for each in found.findings if each.kind == "labels uncertain")
    confidence = post.label_confidence.components
    for name, value in finding.numbers.items():
        if name.startswith("confidence"):
            assert value == confidence[int(name[11:-1])] < 0.9
    assert "results that need no labels" in finding.advice


def test_a_prior_against_the_data_is_found():
    post = gm.sample(simple(means=gm.Normal(100, sd=1)), GROUPS, 1_000, random_seed=1)
    found = post.diagnose()
    finding = next(each for each in found.findings if each.kind == "prior against data")
    assert finding.severity == "problem"
    assert "the mean of the data is" in finding.what
    assert finding.numbers["distance of the mean of the data"] > 50


def test_the_units_of_a_prior_are_checked_for_each_column():
    rows = np.stack([GROUPS, 1_000 * GROUPS], axis=1)
    model = gm.Mixture(2, covariance_type="diag", means=gm.Normal(3, sd=10), sd=gm.HalfNormal(5))
    found = gm.sample(model, rows, 500, random_seed=1).diagnose()
    finding = next(each for each in found.findings if each.kind == "prior against data")
    assert any("column 1" in name for name in finding.numbers)
    assert not any("column 0" in name for name in finding.numbers)


def test_priors_that_matter_are_named():
    model = gm.Mixture(1, means=gm.Normal(1, sd=0.1), variance=gm.InverseGamma(2, 1))
    post = gm.sample(model, GROUPS[:15], 1_000, random_seed=1)
    finding = next(each for each in post.diagnose().findings if each.kind == "informative prior")
    assert finding.severity == "note"
    assert finding.what.startswith("The prior says more than the data on ")
    assert "means[0] (sensitivity " in finding.what
    table = post.prior_sensitivity()
    expected = table["means[0]", "prior"]
    assert expected > max(0.05, table["means[0]", "likelihood"])
    assert finding.numbers["sensitivity of means[0]"] == pytest.approx(expected)


def test_a_single_chain_is_a_note():
    found = gm.sample(simple(), MANY, 2_000, chains=1, random_seed=1).diagnose()
    assert kinds(found) == ["single chain"]
    assert found.ok


@pytest.mark.filterwarnings("ignore::gmmswift.ImproperPosteriorWarning")
def test_draws_before_a_collapse_are_told():
    x = np.concatenate([np.zeros(6), STREAM.normal(size=40)])
    model = gm.Mixture(2, means=gm.Normal(0, sd=5), sd=gm.HalfNormal(2))
    with pytest.raises(gm.DegenerateError) as raised:
        gm.sample(model, x, 20_000, tune=0, random_seed=1)
    post = raised.value.posterior
    assert post.n_draws > 1
    found = post.diagnose()
    assert kinds(found)[:2] == ["ended early", "improper"]
    assert f"after {post.n_draws:,} of 20,000 draws" in found.findings[0].what
    assert not found.ok


def test_an_improper_posterior_is_told():
    x = np.concatenate([[0.0, 0.0, 0.0], GROUPS])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gm.ImproperPosteriorWarning)
        post = gm.sample(
            gm.Mixture(2, means=gm.Normal(0, sd=5), sd=gm.HalfNormal(2)), x, 500, random_seed=1
        )
    assert "improper" in kinds(post.diagnose())


def test_prior_draws_have_no_diagnosis():
    post = gm.sample_prior(simple(), 500, random_seed=1)
    with pytest.raises(NotImplementedError, match="must be of draws from a posterior"):
        post.diagnose()
    with pytest.raises(NotImplementedError, match="must have observations"):
        _ = post.empty_probabilities
    assert set(post.summary().notes) == {""}


def test_a_diagnosis_is_a_page(modes, with_empty):
    for post in (modes, with_empty):
        found = post.diagnose()
        text = str(found)
        assert repr(found) == text
        assert max(map(len, text.splitlines())) <= 100
        page = ElementTree.fromstring(found._repr_html_())
        words = " ".join(part.text or "" for part in page.iter())
        for finding in found.findings:
            assert finding.what in words
            assert finding.advice in words
            assert finding.what.split()[0] in text
        assert all(name in text for name in found.measures)


def test_threads_change_nothing(modes):
    assert str(modes.diagnose(threads=1)) == str(modes.diagnose(threads=3))
