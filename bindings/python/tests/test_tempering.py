"""Rungs below chains: what they are, and what they change."""

import numpy as np
import pytest

import gmmswift as gm

# Two ways to divide four corners in two are modes.
rng = np.random.default_rng(5)
CORNERS = np.repeat([[0.0, 0], [4, 0], [0, 4], [4, 4]], 5, axis=0) + rng.normal(0, 0.3, (20, 2))
MODEL = gm.Mixture(
    2,
    covariance_type="full",
    components=gm.NormalInverseWishart([2, 2], 0.1, 5, [[0.7, 0], [0, 0.7]]),
)


def sampled(tempering, draws=2_000, **options):
    return gm.sample(
        MODEL,
        CORNERS,
        draws,
        tune=400,
        chains=2,
        random_seed=1,
        store_assignments=True,
        tempering=tempering,
        **options,
    )


def together(post):
    """Return the share of draws in which the first two corners are one component, by chain."""
    labels = post.as_drawn["assignments"]
    return (labels[..., 0] == labels[..., 5]).mean(axis=1)


def test_rungs_carry_chains_between_modes_without_moves():
    reference = together(sampled(False, 10_000)).mean()
    post = sampled(6, 20_000, moves=False)
    assert abs(together(post).mean() - reference) < 0.1
    assert set(together(sampled(False, moves=False))) <= {0.0, 1.0}
    for chain in post.tempering:
        assert chain.rungs == 6 == len(chain.powers) == len(chain.swap_rates) + 1
        assert chain.powers[0] == 1
        assert np.all(np.diff(chain.powers) < 0)
        assert chain.barrier == pytest.approx(np.sum(1 - chain.swap_rates))
        assert chain.round_trips > 0


def test_tuning_finds_the_number_of_rungs():
    for chain in sampled("auto").tempering:
        assert 2 <= chain.rungs <= 20
    for chain in sampled(False).tempering:
        assert (chain.rungs, chain.barrier, chain.round_trips) == (1, 0, 0)


def test_rungs_are_the_same_for_any_number_of_threads_and_after_a_file(tmp_path):
    one, two = (sampled(3, 200, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.as_drawn["means"], two.as_drawn["means"])
    one.save(tmp_path / "tempered.gmm")
    more = gm.load(tmp_path / "tempered.gmm").extend(100)
    straight = sampled(3, 300)
    np.testing.assert_array_equal(more.as_drawn["means"], straight.as_drawn["means"])
    assert more.tempering[0].barrier == straight.tempering[0].barrier


def test_a_killed_run_goes_on_with_its_rungs(tmp_path):
    path = tmp_path / "run.gmmckpt"
    straight = sampled("auto", 300)

    def stop(progress):
        if progress.iterations_done > 700:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sampled("auto", 300, checkpoint=path, progress=stop)
    resumed = sampled("auto", 300, checkpoint=path)
    np.testing.assert_array_equal(resumed.as_drawn["means"], straight.as_drawn["means"])
    with pytest.raises(gm.MismatchError, match="rungs"):
        sampled(3, 300, checkpoint=path)


@pytest.mark.parametrize("tempering", [1, 65, 0, -1])
def test_other_numbers_of_rungs_are_refused(tempering):
    with pytest.raises(ValueError, match="tempering"):
        sampled(tempering)


@pytest.mark.parametrize("tempering", ["many", True, 2.5])
def test_other_values_are_refused(tempering):
    with pytest.raises((TypeError, ValueError), match="tempering"):
        sampled(tempering)


def test_draws_that_cannot_be_extended_tell_no_rungs():
    with pytest.raises(NotImplementedError):
        _ = sampled(2, 20).subset(5).tempering
