"""The modes that chains have found."""

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


@pytest.fixture(scope="module")
def post():
    return gm.sample(MODEL, CORNERS, 2_000, tune=400, random_seed=1, store_assignments=True)


def test_modes_have_the_masses_of_the_ways_to_divide(post):
    labels = post.as_drawn["assignments"]
    together = (labels[..., 0] == labels[..., 5]).mean()
    modes = post.modes()
    assert modes.n_draws == 400
    assert sum(mode.mass for mode in modes) == pytest.approx(1)
    assert min(abs(mode.mass - together) for mode in modes[:2]) < 0.08
    for mode in modes:
        assert mode.shares.shape == (4,)
        assert mode.shares.mean() == pytest.approx(mode.mass)
        assert post["log_posterior"][mode.chain, mode.draw] == mode.log_posterior
    assert [mode.mass for mode in modes] == sorted((mode.mass for mode in modes), reverse=True)
    assert len(str(modes).splitlines()) == len(modes)
    assert "0." in str(modes)


def test_modes_are_the_same_for_any_number_of_threads_and_view(post):
    first = post.modes(threads=1)
    for other in (post.modes(threads=3), post.as_drawn.modes()):
        assert [mode.mass for mode in first] == [mode.mass for mode in other]


def test_a_posterior_of_one_mode_has_one():
    data = np.concatenate([rng.normal(-5, 1, 40), rng.normal(5, 1, 40)])
    modes = gm.sample(gm.Mixture(2), data, 500, random_seed=1).modes()
    assert len(modes) == 1
    assert modes[0].mass == 1
    assert modes[0].error == 0


def test_bad_options_are_refused(post):
    with pytest.raises(ValueError, match="draws: must be 2 to 10000, got 1"):
        post.modes(draws=1)
    with pytest.raises(ValueError, match="steps: must be 1 to 1000000, got 0"):
        post.modes(steps=0)
    with pytest.raises(NotImplementedError):
        gm.sample_prior(MODEL, 10).modes()
