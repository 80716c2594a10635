"""Leave-one-out cross-validation, and the comparison of models."""

from __future__ import annotations

import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy import stats

import gmmswift as gm
from refusals import expect_refusal

STREAM = np.random.default_rng(31)
TABLE = np.concatenate([STREAM.normal(0, 1, (40, 2)), STREAM.normal(4, 1, (23, 2))])
WEIGHTS = STREAM.integers(0, 4, len(TABLE)) * 0.5


def known_sd(data, weights=None, draws=4_000):
    """A Normal with a known sd of 1 and a Normal prior on its mean: all is known in closed form."""
    model = gm.Mixture(1, means=gm.Normal(0.0, sd=3.0), sd=gm.Fixed(1.0))
    data = gm.Data(data, sample_weight=weights)
    return gm.sample(model, data, draws=draws, chains=4, random_seed=3)


@pytest.fixture(scope="module")
def in_table():
    data = gm.Data(TABLE, sample_weight=WEIGHTS)
    model = gm.Mixture(2, covariance_type="full")
    return gm.sample(model, data, draws=30, tune=20, chains=2, random_seed=5)


def exact_terms(data, weights):
    """log p(x_i | the other rows) in closed form, where min(w_i, 1) of row i is left out."""
    left = weights - np.eye(len(data)) * np.minimum(weights, 1)
    precision = 1 / 9 + left.sum(axis=1)
    mean = left @ data / precision
    return stats.norm.logpdf(data, mean, np.sqrt(1 + 1 / precision))


@pytest.mark.parametrize("weights", [None, "integers", "fractions"])
def test_terms_are_those_of_exact_refits(weights):
    data = STREAM.normal(1, 1, 25)
    weights = {
        None: np.ones(25),
        "integers": STREAM.integers(0, 4, 25).astype(float),
        "fractions": STREAM.uniform(0, 2, 25),
    }[weights]
    loo = known_sd(data, weights).loo()
    exact = exact_terms(data, weights)
    # The draws are nearly independent: 16,000 of them leave errors of 0.005 where ratios vary most.
    np.testing.assert_allclose(loo.elpd_i, exact, atol=0.02)
    assert loo.elpd_loo == pytest.approx(weights @ loo.elpd_i, rel=1e-12)
    mean = weights @ loo.elpd_i / weights.sum()
    assert loo.se == pytest.approx(np.sqrt(weights @ (loo.elpd_i - mean) ** 2), rel=1e-12)
    within = stats.norm.logpdf(
        data,
        weights @ data / (1 / 9 + weights.sum()),
        np.sqrt(1 + 1 / (1 / 9 + weights.sum())),
    )
    assert loo.p_loo == pytest.approx(weights @ (within - exact), abs=0.05)
    # Nothing is left out of a row of weight 0, so its term is exact.
    np.testing.assert_array_equal(np.isneginf(loo.pareto_k), weights == 0)
    assert loo.n_bad_k == np.count_nonzero(loo.pareto_k > loo.good_k)


def test_threads_change_no_bit():
    posterior = known_sd(STREAM.normal(size=2_000), draws=10)
    one, four = (posterior.loo(threads=threads) for threads in (1, 4))
    assert one.elpd_i.tolist() == four.elpd_i.tolist()
    assert (one.elpd_loo, one.se, one.p_loo) == (four.elpd_loo, four.se, four.p_loo)


def test_log_likelihoods_are_never_all_in_memory():
    # All of them would take 192 MB; a block of rows takes 16 MB.
    program = """
import resource, numpy as np, gmmswift as gm
data = np.random.default_rng(1).normal(size=6_000)
model = gm.Mixture(1, means=gm.Normal(0.0, sd=3.0), sd=gm.Fixed(1.0))
posterior = gm.sample(model, data, draws=1_000, tune=0, chains=4, random_seed=1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
posterior.loo(threads=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(result.stdout) < 48_000


def test_integer_weights_are_repeated_rows_in_totals():
    data, weights = STREAM.normal(1, 1, 15), STREAM.integers(0, 4, 15).astype(float)
    once = known_sd(data, weights).loo()
    repeated = known_sd(np.repeat(data, weights.astype(int))).loo()
    assert once.elpd_loo == pytest.approx(repeated.elpd_loo, abs=0.1)
    assert once.se == pytest.approx(repeated.se, abs=0.05)


def test_an_influential_row_has_a_bad_k_and_the_report_counts_it():
    data = np.append(STREAM.normal(0, 1, 20), 12.0)
    model = gm.Mixture(1, means=gm.Normal(0.0, sd=30.0), sd=gm.Uniform(0.01, 30))
    loo = gm.sample(model, data, draws=1_000, chains=4, random_seed=2).loo()
    assert loo.pareto_k.argmax() == 20
    assert loo.pareto_k[20] > loo.good_k == pytest.approx(0.7)
    assert loo.n_bad_k == 1
    lines = repr(loo).splitlines()
    assert lines[0] == "PSIS-LOO of 21 observations from 4,000 draws"
    assert lines[3].split() == ["elpd_loo", f"{loo.elpd_loo:.2f}", f"{loo.se:.2f}"]
    shares = {"bad": "0", "very bad": "0", "good": "20"}
    shares["bad" if loo.pareto_k[20] <= 1 else "very bad"] = "1"
    for line in lines[7:]:
        word = "very bad" if "very bad" in line else line.split()[2]
        assert line.split()[-2] == shares[word]
    page = ElementTree.fromstring(loo._repr_html_())
    assert len(list(page.iter("table"))) == 2
    with pytest.raises(ValueError, match="read-only"):
        loo.elpd_i[0] = 0


def test_a_known_model_has_exact_terms():
    model = gm.Mixture(1, means=gm.Fixed(0.0), sd=gm.Fixed(1.0))
    data = STREAM.normal(size=10)
    loo = gm.sample(model, data, draws=20, chains=2, random_seed=1).loo()
    np.testing.assert_allclose(loo.elpd_i, stats.norm.logpdf(data), rtol=1e-12)
    assert np.isneginf(loo.pareto_k).all()
    assert loo.n_bad_k == 0
    assert loo.p_loo == pytest.approx(0, abs=1e-12)


def test_the_relative_efficiency_decides_how_many_ratios_are_smoothed(post):
    found = post.loo(relative_efficiency=0.5)
    assert found.relative_efficiency == 0.5
    assert not np.array_equal(found.pareto_k, post.loo(relative_efficiency=1.0).pareto_k)
    one = gm.sample(post.model, post.data, draws=60, chains=1, random_seed=4)
    assert one.loo().relative_efficiency == 1


def test_bic_is_that_of_the_best_draw(post, in_table):
    assert post.bic == pytest.approx(-2 * post["log_likelihood"].max() + 6 * np.log(215))
    free = 1 + 4 + 2 * 3
    expected = -2 * in_table["log_likelihood"].max() + free * np.log(WEIGHTS.sum())
    assert in_table.bic == pytest.approx(expected)


# ------------------------------------------------------------------------------- Comparison


@pytest.fixture(scope="module")
def two(data):
    return gm.sample(gm.Mixture(2), data, draws=200, tune=100, chains=2, random_seed=6)


def test_models_are_compared_in_pairs_of_rows(post, two):
    table = gm.compare({"K = 2": two, "K = 3": post})
    assert table.rows == ("K = 3", "K = 2")
    assert list(table["rank"]) == [1, 2]
    first, second = post.loo(), two.loo()
    differences = second.elpd_i - first.elpd_i
    assert table["K = 3", "elpd_diff"] == 0
    assert table["K = 2", "elpd_diff"] == pytest.approx(differences.sum(), rel=1e-12)
    assert table["K = 2", "se_diff"] == pytest.approx(np.sqrt(215) * differences.std(), rel=1e-12)
    for name, loo, posterior in (("K = 3", first, post), ("K = 2", second, two)):
        for column in ("elpd_loo", "se", "p_loo", "n_bad_k"):
            assert table[name, column] == getattr(loo, column)
        assert table[name, "bic"] == posterior.bic
        assert np.isnan(table[name, "log_evidence"])
        assert np.isnan(table[name, "se_evidence"])
    lines = str(table).splitlines()
    assert len(lines) == 3
    assert lines[0].split() == list(table.columns)
    assert lines[1].startswith("K = 3")
    frame = table.to_pandas()
    assert list(frame.index) == ["K = 3", "K = 2"]
    assert list(frame.columns) == list(table)


def test_differences_weigh_rows(in_table):
    data = gm.Data(TABLE, sample_weight=WEIGHTS)
    one = gm.sample(
        gm.Mixture(1, covariance_type="full"), data, draws=30, tune=20, chains=2, random_seed=5
    )
    table = gm.compare({"1": one, "2": in_table})
    d = one.loo().elpd_i - in_table.loo().elpd_i
    total = WEIGHTS @ d
    assert table["1", "elpd_diff"] == pytest.approx(total)
    error = np.sqrt(WEIGHTS @ (d - total / WEIGHTS.sum()) ** 2)
    assert table["1", "se_diff"] == pytest.approx(error)


def test_equal_models_keep_their_order(post):
    table = gm.compare({"b": post, "<a>": post})
    assert table.rows == ("b", "<a>")
    assert list(table["se_diff"]) == [0, 0]
    page = ElementTree.fromstring(table._repr_html_())
    assert [row[0].text for row in page.iter("tr")][1:] == ["b", "<a>"]
    assert gm.compare({"alone": post}).rows == ("alone",)


def test_evidence_is_asked_for_only_where_it_is_wanted(post, two, monkeypatch):
    calls = []

    asks = gm.Posterior.log_evidence

    def log_evidence(self, **arguments):
        calls.append(self)
        return asks(self, draws=100, terms=10, **arguments)

    monkeypatch.setattr(gm.Posterior, "log_evidence", log_evidence)
    assert np.isnan(gm.compare({"a": post})["log_evidence"]).all()
    assert calls == []
    table = gm.compare({"a": post, "b": two}, evidence=True)
    assert len(calls) == 2
    for name, posterior in (("a", post), ("b", two)):
        exact = asks(posterior, draws=100, terms=10)
        assert table[name, "log_evidence"] == exact.value
        assert table[name, "se_evidence"] == exact.error > 0


def test_a_table_names_its_rows_and_columns(post):
    table = gm.compare({"a": post})
    assert "bic" in table
    assert len(table) == 1
    assert table.row("a")["rank"] == 1
    for key in ("x", ("b", "se"), ("a", "x"), ("a", "se", "x")):
        with pytest.raises(KeyError):
            table[key]


REFUSED = {
    "no mapping": (lambda post: gm.compare([post]), "models", TypeError),
    "no models": (lambda post: gm.compare({}), "models", ValueError),
    "number as a name": (lambda post: gm.compare({1: post}), "models", TypeError),
    "no posterior": (lambda post: gm.compare({"a": 1}), "models['a']", TypeError),
    "evidence": (lambda post: gm.compare({"a": post}, evidence="yes"), "evidence", TypeError),
    "efficiency 0": (
        lambda post: post.loo(relative_efficiency=0),
        "relative_efficiency",
        ValueError,
    ),
    "efficiency nan": (
        lambda post: post.loo(relative_efficiency=np.nan),
        "relative_efficiency",
        ValueError,
    ),
    "efficiency inf": (
        lambda post: post.loo(relative_efficiency=np.inf),
        "relative_efficiency",
        ValueError,
    ),
    "few draws": (lambda post: post.subset(394).loo(), "posterior", NotImplementedError),
    "prior draws": (
        lambda post: gm.sample_prior(post.model, 30).loo(),
        "posterior",
        NotImplementedError,
    ),
    "bic of prior draws": (
        lambda post: gm.sample_prior(post.model, 30).bic,
        "posterior",
        NotImplementedError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_argument(name, post):
    call, argument, kind = REFUSED[name]
    expect_refusal(lambda: call(post), argument, kind)


def test_models_of_different_data_are_refused(post, data):
    def other(values, **arguments):
        return gm.sample(
            post.model, gm.Data(values, **arguments), draws=30, chains=1, random_seed=1
        )

    changed = data.copy()
    changed[7] += 1e-9
    table = gm.sample(gm.Mixture(1), STREAM.normal(size=(215, 2)), draws=30)
    for posterior, word in (
        (other(data[1:]), "214 and not 215 observations"),
        (other(changed), "other values"),
        (other(data, sample_weight=np.full(215, 2.0)), "other sample weights"),
        (table, "2 and not 1 dimensions"),
    ):
        expect_refusal(
            lambda posterior=posterior: gm.compare({"a": post, "b": posterior}),
            "models['b']",
            ValueError,
            word,
        )
