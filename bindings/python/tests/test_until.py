"""Runs that go on until their draws have converged."""

from __future__ import annotations

import dataclasses
import math
import pickle
import warnings

import numpy as np
import pytest

import gmmswift as gm
from refusals import expect_refusal

rng = np.random.default_rng(3)
DATA = np.concatenate([rng.normal(0, 1, 60), rng.normal(5, 1, 40)])
MODEL = gm.Mixture(2, means=gm.Normal(0, sd=10), sd=gm.HalfNormal(5))


def sampled(until=None, draws=100, **options):
    return gm.sample(MODEL, DATA, draws, tune=100, chains=3, random_seed=2, until=until, **options)


def assert_same(first, second):
    for name in first:
        assert np.array_equal(first[name], second[name]), name


def unmet(*arguments, **options):
    """Return a posterior whose run warns that its draws have not converged."""
    with pytest.warns(gm.ConvergenceWarning) as caught:
        post = sampled(*arguments, **options)
    assert caught[0].filename == __file__
    assert caught[0].message.posterior is post
    return post, str(caught[0].message)


def test_the_run_ends_where_its_draws_have_converged():
    until = gm.Until(ess=800, r_hat=1.02, max_draws=20_000)
    with warnings.catch_warnings():
        warnings.simplefilter("error", gm.ConvergenceWarning)
        post = sampled(until, threads=1)
    result = post.until
    assert result.met
    assert result.end == "met"
    assert result.ess >= 800
    assert result.r_hat <= 1.02
    # The draws were looked at at 100, 150, 225, 337, ...
    looks = [100]
    while looks[-1] < post.n_draws:
        looks.append(looks[-1] + looks[-1] // 2)
    assert looks[-1] == post.n_draws
    assert_same(post, sampled(draws=post.n_draws))
    again = sampled(until, threads=3)
    assert_same(post, again)
    assert again.until == result
    assert_same(post.extend(20), sampled(draws=post.n_draws + 20))


def test_the_figures_are_those_of_the_worst_scalar():
    post, _ = unmet(gm.Until(ess=1e9, max_draws=300))
    weights = -np.sort(-post["weights"], axis=2)
    scalars = {
        "log_posterior": post["log_posterior"],
        "log_likelihood": post["log_likelihood"],
        "n_clusters": post["n_clusters"],
        "sum_squared_weights": (post["weights"] ** 2).sum(axis=2),
        "sorted_weights[0]": weights[..., 0],
        "sorted_weights[1]": weights[..., 1],
    }
    table = gm.summarize({name: draws for name, draws in scalars.items() if np.ptp(draws) > 0})
    least = np.minimum(table["ess_bulk"], table["ess_tail"])
    sizes = dict(zip(table.rows, least, strict=True))
    r_hats = dict(zip(table.rows, table["r_hat"], strict=True))
    result = post.until
    assert result.ess == pytest.approx(min(sizes.values()), rel=1e-9)
    assert result.r_hat == pytest.approx(max(r_hats.values()), rel=1e-9)
    assert sizes[result.ess_quantity] == pytest.approx(result.ess, rel=1e-9)
    assert r_hats[result.r_hat_quantity] == pytest.approx(result.r_hat, rel=1e-9)


def test_what_can_never_be_met_says_what_it_reached_and_keeps_all_draws():
    post, message = unmet(gm.Until(ess=1e9), draws=50)
    assert post.n_draws == 500
    assert not post.until.met
    assert post.until.end == "max_draws"
    assert message.startswith("until: the run has ended after the 500 draws of each chain")
    assert "not 1e+09" in message
    assert "R-hat" in message
    assert_same(post, sampled(draws=500))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(gm.ConvergenceWarning) as caught:
            sampled(gm.Until(ess=1e9), draws=50)
    assert caught.value.posterior.n_draws == 500


def test_time_ends_a_run_too():
    post, message = unmet(gm.Until(ess=1e12, max_draws=10**12, seconds=0.2), draws=10)
    assert post.until.end == "seconds"
    assert "after 0.2 s" in message
    assert post.can_extend
    with pytest.raises(TimeoutError):
        sampled(gm.Until(seconds=1e-9))


def test_a_run_that_was_stopped_ends_where_it_would_have_ended(tmp_path):
    path = tmp_path / "run.gmmckpt"
    until = gm.Until(ess=3_000, r_hat=None, max_draws=100_000)
    expected = sampled(until)

    class StopError(Exception):
        pass

    def stop(progress):
        if progress.iterations_done > 600:
            raise StopError

    with pytest.raises(StopError):
        sampled(until, checkpoint=path, progress=stop, threads=1)
    post = sampled(until, checkpoint=path)
    assert_same(post, expected)
    assert post.until == expected.until
    assert_same(sampled(until, checkpoint=path), expected)


def test_other_posteriors_have_no_result(tmp_path):
    post = sampled(gm.Until(ess=1, r_hat=None))
    assert post.until.met
    assert post.as_drawn.until == post.until
    for other in (sampled(), post.subset(1), post.extend(1), pickle.loads(pickle.dumps(sampled()))):
        assert other.until is None


def test_files_and_pickles_keep_what_was_reached(tmp_path):
    post, _ = unmet(gm.Until(ess=1e9, max_draws=120))
    path = tmp_path / "post.gmm"
    post.save(path)
    for copy in (gm.load(path), pickle.loads(pickle.dumps(post))):
        assert copy.until == post.until
        assert copy.as_drawn.until == post.until
        assert copy.until.end == "max_draws"
        assert_same(copy, post)


@pytest.mark.parametrize("threads", [1, 3])
def test_an_extension_is_one_run_until_something_stricter(threads):
    until = gm.Until(ess=300, r_hat=1.1, max_draws=20_000)
    stricter = gm.Until(ess=1_500, r_hat=1.02, max_draws=20_000)
    start, direct = sampled(until), sampled(stricter)
    assert start.n_draws < direct.n_draws
    for post in (start, start.extend(3), pickle.loads(pickle.dumps(start))):
        longer = post.extend(until=stricter, threads=threads)
        assert_same(longer, direct)
        assert longer.until == direct.until
    # What has converged stays as it is.
    same = direct.extend(until=stricter)
    assert same.n_draws == direct.n_draws
    assert same.until == direct.until
    assert direct.extend(1, until=until).n_draws == direct.n_draws + direct.n_draws // 2


def test_a_cancelled_run_is_extended_until_what_it_was_to_meet():
    until = gm.Until(ess=3_000, r_hat=None, max_draws=100_000)

    class StopError(Exception):
        pass

    def stop(progress):
        # The first look is at 100 draws of each of the three chains, so all have some then.
        if progress.draws_done > 210:
            raise StopError

    with pytest.raises(StopError) as caught:
        sampled(until, progress=stop, threads=1)
    assert_same(caught.value.posterior.extend(until=until), sampled(until))


def test_extensions_have_limits_and_warn():
    post = sampled()
    with pytest.warns(gm.ConvergenceWarning, match="after the 150 draws of each chain") as caught:
        longer = post.extend(20, until=gm.Until(ess=1e9, max_draws=150))
    assert caught[0].filename == __file__
    assert caught[0].message.posterior is longer
    assert longer.until.end == "max_draws"
    expect_refusal(
        lambda: post.extend(20, until=gm.Until(max_draws=119)),
        "until.max_draws",
        ValueError,
        "must be at least the draws there are with",
    )
    expect_refusal(lambda: post.extend(-1, until=gm.Until()), "draws", ValueError, "must not be")
    expect_refusal(post.extend, "draws", TypeError, "must be an integer")
    expect_refusal(lambda: post.extend(until=3), "until", TypeError)
    expect_refusal(
        lambda: post.subset(1).extend(until=gm.Until()),
        "posterior",
        NotImplementedError,
        "must come",
    )


def test_one_chain_has_no_r_hat():
    options = {"draws": 50, "random_seed": 1}
    post = gm.sample(MODEL, DATA, chains=1, until=gm.Until(ess=1, r_hat=None), **options)
    assert post.until.met
    assert math.isnan(post.until.r_hat)
    expect_refusal(
        lambda: gm.sample(MODEL, DATA, chains=1, until=gm.Until(), **options),
        "until.r_hat",
        ValueError,
        "must be left out for one chain",
    )


@pytest.mark.parametrize(
    ("arguments", "argument", "kind"),
    [
        ({"ess": 0}, "ess", ValueError),
        ({"ess": math.nan}, "ess", ValueError),
        ({"ess": "many"}, "ess", TypeError),
        ({"r_hat": 1}, "r_hat", ValueError),
        ({"r_hat": math.inf}, "r_hat", ValueError),
        ({"max_draws": 0}, "max_draws", ValueError),
        ({"max_draws": 2.5}, "max_draws", TypeError),
        ({"max_draws": 2**63}, "max_draws", ValueError),
        ({"seconds": 0}, "seconds", ValueError),
        ({"seconds": True}, "seconds", TypeError),
        ({"ess": None, "r_hat": None}, "ess", ValueError),
    ],
)
def test_wrong_limits_are_refused(arguments, argument, kind):
    expect_refusal(lambda: gm.Until(**arguments), argument, kind)


def test_limits_that_do_not_fit_the_call_are_refused():
    expect_refusal(lambda: sampled(until=3), "until", TypeError)
    expect_refusal(
        lambda: sampled(gm.Until(max_draws=9), draws=10),
        "until.max_draws",
        ValueError,
        "must be at least `draws`, 10".replace("`", ""),
    )


def test_limits_and_results_are_values():
    assert gm.Until() == gm.Until(1000, 1.01)
    with pytest.raises(dataclasses.FrozenInstanceError):
        gm.Until().ess = 3
    until = gm.Until(ess=5, max_draws=7)
    assert pickle.loads(pickle.dumps(until)) == until
