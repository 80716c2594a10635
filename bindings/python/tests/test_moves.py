"""Moves beside the steps of a method: what they are, and what they change."""

import numpy as np
import pytest

import gmmswift as gm

# Two ways to divide four corners in two are modes, one of them with the larger mass.
rng = np.random.default_rng(5)
CORNERS = np.repeat([[0.0, 0], [4, 0], [0, 4], [4, 4]], 5, axis=0) + rng.normal(0, 0.3, (20, 2))
MODEL = gm.Mixture(
    2,
    covariance_type="full",
    components=gm.NormalInverseWishart([2, 2], 0.1, 5, [[0.7, 0], [0, 0.7]]),
)


def together(post):
    """Return the share of draws in which the first two corners are one component, by chain."""
    labels = post.as_drawn["assignments"] if hasattr(post, "as_drawn") else post["assignments"]
    return (labels[..., 0] == labels[..., 5]).mean(axis=1)


def sampled(**options):
    return gm.sample(
        MODEL, CORNERS, 2_000, tune=200, random_seed=1, store_assignments=True, **options
    )


def test_moves_carry_each_chain_between_modes():
    post = sampled()
    shares = together(post)
    assert np.ptp(shares) < 0.1
    assert 0.05 < shares.mean() < 0.95
    for chain in post.moves:
        assert chain.split_merge == "regularly"
        assert 0 < chain.accepted < chain.proposed
        assert chain.proposed % (2_000 // chain.interval) == 0


def test_without_moves_each_chain_stays_where_it_started():
    post = sampled(moves=False)
    shares = together(post)
    assert all(min(share, 1 - share) < 0.01 for share in shares)
    for chain in post.moves:
        assert (chain.joint, chain.split_merge, chain.interval) == (0, "off", 0)
        assert (chain.proposed, chain.accepted) == (0, 0)


def test_moves_are_kept_in_files_and_extended(tmp_path):
    post = sampled()
    post.save(tmp_path / "draws.gmm")
    loaded = gm.load(tmp_path / "draws.gmm")
    assert loaded.moves == post.moves
    more = post.extend(100)
    assert all(b.proposed > a.proposed for a, b in zip(post.moves, more.moves, strict=True))
    plain = sampled(moves=False)
    plain.save(tmp_path / "plain.gmm")
    assert gm.load(tmp_path / "plain.gmm").extend(100).moves == plain.moves


def test_one_component_and_many_rows_have_no_split_merge_moves():
    one = gm.sample(gm.Mixture(1), CORNERS, 20, tune=100, chains=1, random_seed=1)
    assert one.moves[0].split_merge == "off"
    x = np.random.default_rng(1).normal(size=4_097)
    for n, expected in ((4_096, "rarely"), (4_097, "off")):
        post = gm.sample(gm.Mixture(2), x[:n], 20, tune=100, chains=1, random_seed=1)
        assert post.moves[0].split_merge == expected


def test_what_is_refused():
    post = gm.sample(MODEL, CORNERS, 20, tune=10, chains=1, random_seed=1)
    with pytest.raises(NotImplementedError, match="posterior: must have chains that can go on"):
        _ = post.subset(5).moves
    with pytest.raises(NotImplementedError, match="got prior draws"):
        _ = gm.sample_prior(MODEL, 10, 1).moves
    with pytest.raises(TypeError, match="moves"):
        gm.sample(MODEL, CORNERS, 20, moves="yes")
