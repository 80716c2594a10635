"""Fits of several numbers of components and forms, and the best of them."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_iris

import gmmswift as gm
from gmmswift._components import search as module
from gmmswift._components.starts import splits

REFERENCE = Path(__file__).parents[3] / "Tests" / "Truth" / "Reference"
GALAXIES = np.array(json.loads((REFERENCE / "galaxies.json").read_text())["data"])
IRIS = load_iris().data
FORMS = ("full", "tied", "diag", "spherical", "tied-diag", "tied-spherical")
#: Each form, and the forms that are special cases of it.
CASES = {
    "full": FORMS[1:],
    "tied": ("tied-diag", "tied-spherical"),
    "diag": ("spherical", "tied-diag", "tied-spherical"),
    "spherical": ("tied-spherical",),
    "tied-diag": ("tied-spherical",),
}


class Stopped(Exception):  # noqa: N818
    """Raised by a callback."""


@pytest.fixture(scope="module")
def table():
    return gm.select(IRIS, range(1, 5), random_seed=1, n_init=5)


def test_every_row_is_its_fit(table):
    assert table.rows == tuple(f"{kind} {size}" for kind in FORMS for size in range(1, 5))
    for kind in FORMS:
        for size in range(1, 5):
            fit, row = table.fits[kind, size], table.row(f"{kind} {size}")
            assert (fit.covariance_type, fit.n_components) == (kind, size)
            for name in ("log_likelihood", "n_parameters", "bic", "icl", "aic"):
                assert row[name] == getattr(fit, name)
            assert row["difference"] == row["bic"] - table.best.bic
            assert row["note"] == ""


def test_the_maxima_are_those_of_other_programs(table):
    # R's mclust, the best of hundreds of runs: VVV, EEE, EEI and EII; rounded by the references.
    expected = {
        ("full", 2): -214.3547043705,
        ("full", 3): -180.1854771313,
        ("tied", 3): -256.3540431256,
        ("tied-diag", 2): -488.9148187,
        ("tied-diag", 3): -361.425522,
        ("tied-spherical", 2): -536.6524714,
        ("tied-spherical", 3): -401.8021758,
    }
    for key, value in expected.items():
        assert table.fits[key].log_likelihood == pytest.approx(value, abs=1e-6)
    # Of mclust's forms these six have EEE 4, VVV 2 and VVV 3 next to each other.
    assert table.best is table.fits["full", 2]


def test_criteria_are_those_of_their_formulas(table):
    for fit in table.fits.values():
        shares = fit.probabilities(IRIS)
        logs = np.log(np.where(shares > 0, shares, 1))
        entropy = -np.sum(shares * logs)
        bic = -2 * fit.log_likelihood + fit.n_parameters * np.log(len(IRIS))
        assert fit.bic == pytest.approx(bic, rel=1e-13)
        # An entropy is the difference of log likelihoods, with some units in their last place.
        assert fit.entropy == pytest.approx(entropy, abs=1e-8)
        assert fit.icl == pytest.approx(bic + 2 * entropy, abs=1e-8)
        assert fit.icl >= fit.bic
        np.testing.assert_allclose(fit.mixture.entropy(IRIS), -np.sum(shares * logs, 1), atol=1e-12)
    best = min(table.fits.values(), key=lambda fit: fit.icl)
    assert table.best_by("icl") is best
    assert table.best_by("aic") is min(table.fits.values(), key=lambda fit: fit.aic)


def test_estimators_have_the_criterion_on_any_data():
    mixture = gm.GaussianMixture(3, random_state=0).fit(IRIS)
    other = IRIS[::3]
    shares = mixture.predict_proba(other)
    weights = np.arange(len(other)) % 3
    for given in (None, weights):
        rows = np.repeat(shares, 1 if given is None else given, axis=0)
        entropy = -np.sum(rows * np.log(np.where(rows > 0, rows, 1)))
        expected = mixture.bic(other, given) + 2 * entropy
        assert mixture.icl(other, given) == pytest.approx(expected, rel=1e-12)


def test_a_general_form_has_at_least_the_likelihood_of_its_special_cases():
    # With one random start, forms that are fitted alone get stuck in different maxima.
    alone = gm.select(
        IRIS, [4, 6], random_seed=5, n_init=1, init="random_from_data", regularization=1e-3
    )
    worst = 0.0
    for size in (4, 6):
        for kind, cases in CASES.items():
            for other in cases:
                fit, case = alone.fits[kind, size], alone.fits[other, size]
                worst = min(worst, fit.log_likelihood - case.log_likelihood)
    # The regularization moves an M-step off the maximum by about a thousandth.
    assert worst > -1.0
    plain = [
        gm.fit_em(
            IRIS,
            size,
            covariance_type=kind,
            random_seed=5,
            n_init=1,
            init="random_from_data",
            regularization=1e-3,
        ).log_likelihood
        for kind in FORMS
        for size in (4, 6)
    ]
    gains = alone["log_likelihood"] - plain
    assert (gains > -1e-6).all()
    assert gains.max() > 1


def test_threads_change_no_bit_and_weights_repeat_rows():
    options = {"random_seed": 3, "n_init": 3, "covariance_type": ("tied-diag", "full")}
    one = gm.select(IRIS, [2, 3], threads=1, **options)
    two = gm.select(IRIS, [2, 3], threads=2, **options)
    for name in ("log_likelihood", "bic", "icl", "aic"):
        np.testing.assert_array_equal(one[name], two[name])
    # Integers stand for repeated rows.
    weights = np.arange(len(IRIS)) % 3
    weighted = gm.select(IRIS, [2, 3], sample_weight=weights, **options)
    repeated = gm.select(np.repeat(IRIS, weights, axis=0), [2, 3], **options)
    np.testing.assert_allclose(weighted["icl"], repeated["icl"], rtol=1e-7)
    merged = weighted.merge()
    again = repeated.merge()
    np.testing.assert_allclose(merged.entropies, again.entropies, rtol=1e-5, atol=1e-6)
    fresh = gm.select(IRIS, 2, n_init=1, covariance_type="tied")
    same = gm.select(IRIS, 2, n_init=1, covariance_type="tied", random_seed=fresh.random_seed)
    np.testing.assert_array_equal(fresh["bic"], same["bic"])


def test_one_dimension_has_two_forms():
    table = gm.select(GALAXIES, [3, 4], random_seed=1)
    assert table.rows == ("full 3", "full 4", "tied 3", "tied 4")
    # R's mclust, models V and E.
    assert table["full 3", "log_likelihood"] == pytest.approx(-203.1792279651, abs=1e-6)
    spherical = gm.select(GALAXIES, 3, covariance_type=("tied-diag", "spherical", "diag"))
    assert spherical.rows == ("tied-diag 3", "spherical 3")


def test_fits_that_cannot_be_compared_are_shown():
    # The second column is constant: one variance for all coordinates is the only form.
    x = np.column_stack([np.linspace(0, 1, 40) ** 2, np.full(40, 2.0)])
    table = gm.select(x, [1, 2], random_seed=1)
    assert table["full 1", "note"].startswith(
        "data: must have at least 2 distinct values in column 1"
    )
    assert np.isnan(table["full 1", "bic"])
    assert ("full", 1) not in table.fits
    assert table.best.covariance_type in ("spherical", "tied-spherical")
    # 20 equal rows are a component of their own, whose likelihood grows without limit.
    tied = np.concatenate([IRIS[:, 0], np.full(20, 20.0)])
    table = gm.select(tied, [1, 2, 3], random_seed=1)
    assert table["full 2", "note"] == "component 1 collapsed"
    assert np.isnan(table["full 2", "difference"])
    assert table["full 2", "bic"] == table.fits["full", 2].bic < table.best.bic
    assert not table.best.collapsed
    assert "rows are not compared" in str(table)
    axes = table.plot()
    crosses = [line for line in axes.lines if line.get_marker() == "x" and len(line.get_xdata())]
    assert [size for line in crosses for size in line.get_xdata()] == [
        size for size in (1, 2, 3) if table.fits["full", size].collapsed
    ]
    plt.close("all")
    short = gm.select(IRIS, 3, covariance_type="full", max_iter=2, tol=0, random_seed=1)
    assert short["full 3", "note"] == "not converged after 2 iterations"
    assert short.best is short.fits["full", 3]
    with pytest.raises(gm.DegenerateError, match="data: must have at least 2 distinct values"):
        gm.select(np.zeros((9, 2)), [1, 2])
    single = gm.select(tied, 2, covariance_type="full", random_seed=1)
    with pytest.raises(gm.DegenerateError, match="without collapsed components, got none of 1"):
        single.best  # noqa: B018
    assert "No fit can be compared." in str(single)
    single.plot()
    plt.close("all")


@pytest.mark.parametrize(
    ("arguments", "message", "kind"),
    [
        ({"n_components": range(3, 3)}, "n_components: must hold at least one number, got none", 0),
        ({"n_components": [2, 12]}, r"data: must have at least n_components = 12 observations", 0),
        ({"n_components": [0, 2]}, "n_components: must be between 1 and 256, got 0", 0),
        ({"n_components": [2, 2.5]}, "n_components: must be an integer, got 2.5", TypeError),
        ({"n_components": "2"}, "n_components: must be an integer, got '2'", TypeError),
        ({"covariance_type": ()}, "covariance_type: must hold at least one form, got none", 0),
        (
            {"covariance_type": ["full", "EEI"]},
            "covariance_type: must be one of full, tied, .*EEI",
            0,
        ),
        ({"covariance_type": 3}, "covariance_type: must be one of full, tied, diag, .* got 3", 0),
        ({"criterion": "BIC"}, "criterion: must be one of bic, icl, aic, got 'BIC'", 0),
        ({"data": [1.0, np.nan]}, r"data\[1\]: must be finite", 0),
        ({"n_init": 0}, "n_init: must be at least 1, got 0", 0),
        ({"max_iter": 0}, "max_iter: must be at least 1, got 0", 0),
        ({"time_limit": -1}, "time_limit: must be finite and not negative, got -1", 0),
        ({"time_limit": np.nan}, "time_limit: must be finite and not negative, got nan", 0),
        ({"sample_weight": [1]}, r"sample_weight: must have shape \(11,\)", 0),
        ({"progress": 1}, "progress: must be True, False or a callable, got 1", TypeError),
    ],
)
def test_bad_arguments_are_refused_in_the_words_of_fits(arguments, message, kind):
    given = {"data": np.arange(11.0) ** 1.5, "n_components": [1, 2], **arguments}
    with pytest.raises(kind or ValueError, match=message):
        gm.select(given.pop("data"), **given)


def test_progress_counts_the_starts_of_all_fits():
    seen = []
    gm.select(IRIS, [1, 2], covariance_type=("full", "diag"), n_init=3, progress=seen.append)
    done = [report.iterations_done for report in seen]
    assert done == sorted(done)
    assert done[-1] == 12
    assert {report.iterations_total for report in seen} == {12}
    assert {report.n_chains for report in seen} == {0}
    seconds = [report.seconds_elapsed for report in seen]
    assert seconds == sorted(seconds)


def test_an_exception_of_a_callback_comes_with_the_table_so_far():
    def report(progress):
        if progress.iterations_done >= 9:
            raise Stopped

    with pytest.raises(Stopped) as caught:
        gm.select(
            IRIS, [1, 2], covariance_type=("full", "diag"), n_init=3, progress=report, random_seed=1
        )
    table = caught.value.selection
    assert table.stopped_early
    assert set(table.fits) == {("diag", 1), ("full", 1), ("diag", 2)}
    assert table["full 2", "note"] == "not fitted: the call was stopped"
    assert np.isnan(table["full 2", "bic"])
    assert str(table).endswith("The call was stopped early.")


def test_at_a_time_limit_the_table_so_far_is_returned_with_a_warning(monkeypatch):
    seconds = iter(range(100))
    # Each look at the clock is a second later: the limit passes after some fits.
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(seconds))
    with pytest.warns(gm.TimeLimitWarning, match="6.0 s have passed, and this is the table so far"):
        table = gm.select(IRIS, [1, 2, 3], covariance_type="tied", random_seed=1, time_limit=6)
    assert table.stopped_early
    assert 0 < len(table.fits) < 3
    assert table["tied 3", "note"] == "not fitted: the call was stopped"
    monkeypatch.undo()
    with pytest.raises(TimeoutError, match="time_limit: must be long enough for an iteration"):
        gm.select(IRIS, [1, 2], time_limit=1e-300)
    whole = gm.select(IRIS, [1, 2], covariance_type="tied", random_seed=1, time_limit=3e9)
    assert not whole.stopped_early


def test_the_views_say_the_same(table):
    text, page = str(table), table._repr_html_()
    assert text.splitlines()[-1] == "Smallest BIC: full, 2 components."
    assert len(text.splitlines()) == 1 + 24 + 2
    assert "<p>Smallest BIC: full, 2 components.</p>" in page
    assert page.count("<tr>") == 25
    frame = table.to_pandas()
    assert frame.loc["tied-diag 3", "n_parameters"] == 18
    assert list(frame.columns) == list(table.columns)
    assert table.merge().n_components == 2


def test_the_picture_has_a_curve_for_each_form(table):
    axes = table.plot("icl")
    curves = {line.get_label(): line for line in axes.lines if line.get_label() in FORMS}
    for kind in FORMS:
        values = [table[f"{kind} {size}", "icl"] for size in range(1, 5)]
        np.testing.assert_array_equal(curves[kind].get_ydata(), values)
    assert axes.get_ylabel() == "ICL"
    circle = next(line for line in axes.lines if line.get_markersize() == 13)
    best = table.best_by("icl")
    assert (circle.get_xdata()[0], circle.get_ydata()[0]) == (best.n_components, best.icl)
    assert len({line.get_color() for line in curves.values()}) == 6
    with pytest.raises(ValueError, match="criterion: must be one of bic, icl, aic, got 'dic'"):
        table.plot("dic")
    _, given = plt.subplots()
    assert table.plot(ax=given) is given
    plt.close("all")


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("columns", [1, 4])
def test_a_component_is_split_along_its_longest_axis(kind, columns):
    fit = gm.fit_em(IRIS[:, 4 - columns :], 3, covariance_type=kind, random_seed=1)
    found = list(splits(fit, 2))
    assert len(found) == 2
    heavy = int(np.argmax(fit.weights))
    means = fit.means.reshape(3, columns)
    start = found[0]
    assert start["weights"].sum() == pytest.approx(1, rel=1e-14)
    assert start["weights"][-1] == start["weights"][-2] == fit.weights[heavy] / 2
    np.testing.assert_allclose(start["means"][-2:].mean(axis=0), means[heavy], rtol=1e-13)
    np.testing.assert_array_equal(start["means"][:2], np.delete(means, heavy, axis=0))
    # The step is an sd long, and no axis is longer.
    step = (start["means"][-1] - start["means"][-2]) / 2
    points = gm.KnownMixture([1], means[[heavy]], covariance_of(fit, heavy)[np.newaxis])
    gap = points.log_density(means[[heavy]] + step) - points.log_density(means[[heavy]])
    np.testing.assert_allclose(gap, -0.5, rtol=1e-10)
    assert step @ step == pytest.approx(
        np.linalg.eigvalsh(covariance_of(fit, heavy))[-1], rel=1e-10
    )
    again = gm.fit_em(IRIS[:, 4 - columns :], 4, covariance_type=kind, initial=start)
    assert again.log_likelihood > fit.log_likelihood


def covariance_of(fit, k):
    """Return the covariance matrix of a component."""
    values = fit.covariances if fit.shared_sd else fit.covariances[k]
    if fit.covariance_type in ("full", "tied"):
        return values
    return np.diag(np.broadcast_to(values, fit.n_dimensions))


def test_splits_find_what_the_starts_do_not():
    options = {"random_seed": 1, "n_init": 3}
    table = gm.select(IRIS, range(1, 8), covariance_type="tied", **options)
    plain = [
        gm.fit_em(IRIS, size, covariance_type="tied", **options).log_likelihood
        for size in range(1, 8)
    ]
    gains = table["log_likelihood"] - plain
    assert (gains >= 0).all()
    assert gains.max() > 1
    assert (np.diff(table["log_likelihood"]) > 0).all()
