"""Components that are merged into clusters, against a search that tries every pair."""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

import gmmswift as gm


def entropy(shares, weights):
    """Return the entropy of responsibilities, written down."""
    logs = np.log(np.where(shares > 0, shares, 1))
    return -np.sum(weights[:, np.newaxis] * shares * logs)


def brute_force(shares, weights):
    """Return entropies, merged weights and clusters by trying every pair in every step."""
    groups = [[k] for k in range(shares.shape[1])]
    size = len(groups)
    entropies, merged, tables = [entropy(shares, weights)], [0.0], [groups]
    while len(groups) > 1:
        tables_of_pairs = []
        columns = np.stack([shares[:, group].sum(axis=1) for group in groups], axis=1)
        for a, b in itertools.combinations(range(len(groups)), 2):
            rest = [c for c in range(len(groups)) if c not in (a, b)]
            joined = np.column_stack([columns[:, rest], columns[:, a] + columns[:, b]])
            tables_of_pairs.append((entropy(joined, weights), a, b))
        value, a, b = min(tables_of_pairs)
        place = columns.argmax(axis=1)
        merged.append(weights[(place == a) | (place == b)].sum())
        groups = sorted(
            [
                *(group for c, group in enumerate(groups) if c not in (a, b)),
                sorted(groups[a] + groups[b]),
            ]
        )
        entropies.append(value)
        tables.append(groups)
    owners = np.zeros((size, size), int)
    for count, groups in zip(range(size, 0, -1), tables, strict=True):
        for c, group in enumerate(groups):
            owners[count - 1, group] = c
    return np.array(entropies[::-1]), np.array(merged[::-1]), owners


def responsibilities(size, length, seed, sharp=3.0):
    stream = np.random.default_rng(seed)
    logs = sharp * stream.normal(size=(length, size)) + stream.normal(size=size)
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    # Some are exactly 0, as far from a component.
    shares[stream.random((length, size)) < 0.2] = 0
    shares[np.arange(length), stream.integers(size, size=length)] += 0.1
    return shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 9])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_merging_is_that_of_every_pair_tried(size, is_weighted):
    shares = responsibilities(size, 300, seed=size)
    weights = np.random.default_rng(5).integers(0, 4, 300).astype(float)
    weights = weights if is_weighted else np.ones(300)
    found = gm.merge_components(shares, sample_weight=weights if is_weighted else None)
    entropies, merged, owners = brute_force(shares, weights)
    # Sums of 300 K terms of at most 1 / e.
    np.testing.assert_allclose(found.entropies, entropies, rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(found.merged_weights, merged, rtol=1e-13)
    for count in range(1, size + 1):
        np.testing.assert_array_equal(found.clusters(count), owners[count - 1])
        table = found.probabilities(shares, count)
        expected = [shares[:, owners[count - 1] == c].sum(axis=1) for c in range(count)]
        np.testing.assert_allclose(table, np.stack(expected, axis=1), atol=1e-15)
    assert len(found.merges) == size - 1


def test_overlapping_components_are_merged_first():
    """Three groups; the second has two components, which no row tells apart."""
    stream = np.random.default_rng(1)
    x = np.concatenate(
        [stream.normal(-9, 1, 200), stream.normal(0, 2, 300), stream.normal(20, 1, 80)]
    )
    mixture = gm.KnownMixture(
        [0.34, 0.26, 0.26, 0.14], [-9, -0.3, 0.3, 20], [1, 4, 4, 1], covariance_type="diag"
    )
    merging = gm.merge_components(mixture.probabilities(x))
    assert merging.merges[0] == (1, 2)
    assert merging["3", "clusters"] == "0, 1 + 2, 3"
    assert merging.clusters(3).tolist() == [0, 1, 1, 2]
    assert merging["3", "merged_weight"] == pytest.approx(300, abs=5)
    # Nearly all of the entropy is about the two, log 2 for each of 300 rows.
    assert merging["3", "fall"] == pytest.approx(300 * np.log(2), rel=0.02)
    assert merging.entropies[2] < 2
    assert merging.entropies[0] == 0
    assert mixture.entropy(x).sum() == pytest.approx(merging.entropies[3], rel=1e-12)


def test_threads_and_scales_of_rows_change_nothing():
    # More than one block of 4,096 rows.
    shares = responsibilities(5, 9_000, seed=3)
    one = gm.merge_components(shares, threads=1)
    for threads in (2, 3):
        many = gm.merge_components(shares, threads=threads)
        np.testing.assert_array_equal(many.entropies, one.entropies)
        np.testing.assert_array_equal(many.merged_weights, one.merged_weights)
    # A power of 2 scales without rounding.
    twice = gm.merge_components(shares * 0.25)
    np.testing.assert_array_equal(twice.entropies, one.entropies)
    repeated = gm.merge_components(np.repeat(shares[:500], 3, axis=0))
    weighted = gm.merge_components(shares[:500], sample_weight=np.full(500, 3))
    np.testing.assert_allclose(weighted.entropies, repeated.entropies, rtol=1e-12)
    assert weighted.merges == repeated.merges


def test_extreme_responsibilities_stay_finite():
    tiny = np.array([[1, 5e-324, 0], [1, 1e-300, 1e-17], [0, 1e-160, 1], [1e300, 1e300, 0]])
    merging = gm.merge_components(tiny)
    assert np.isfinite(merging.entropies).all()
    assert np.isfinite(merging["fall"][1:]).all()
    assert merging.entropies[2] == pytest.approx(np.log(2), rel=1e-9)
    certain = gm.merge_components(np.eye(3))
    assert certain.entropies.tolist() == [0, 0, 0]
    # Of equal falls the first pair is merged.
    assert certain.merges == ((0, 1), (0, 2))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.5, 0.5], r"probabilities: must have shape \(N, K\), got shape \(2,\)"),
        (np.empty((0, 2)), r"probabilities: must have shape \(N, K\), got shape \(0, 2\)"),
        ([[0.5, np.nan]], r"probabilities\[0, 1\]: must be finite and not negative, got nan"),
        ([[0.5, 0.5], [2, -1]], r"probabilities\[1, 1\]: must be finite and not negative, got -1"),
        ([[0.0, 0.0]], r"probabilities\[0\]: must have a positive sum, got 0"),
        (np.ones((1, 257)), "n_components: must be between 1 and 256, got 257"),
    ],
)
def test_bad_responsibilities_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        gm.merge_components(values)


def test_bad_weights_and_numbers_are_refused():
    with pytest.raises(
        ValueError, match=r"sample_weight: must have shape \(2,\), got shape \(3,\)"
    ):
        gm.merge_components(np.ones((2, 2)), sample_weight=np.ones(3))
    with pytest.raises(ValueError, match=r"sample_weight\[1\]: must be finite and not negative"):
        gm.merge_components(np.ones((2, 2)), sample_weight=[1, -1])
    merging = gm.merge_components(np.ones((2, 3)))
    for wrong in (0, 4):
        with pytest.raises(ValueError, match="n_clusters: must be from 1 to 3, got"):
            merging.clusters(wrong)
    with pytest.raises(
        ValueError, match=r"components: must have shape \(N, 3\), got shape \(2, 2\)"
    ):
        merging.probabilities(np.ones((2, 2)), 2)


def test_the_table_and_the_picture_show_every_number():
    shares = responsibilities(4, 100, seed=8)
    merging = gm.merge_components(shares)
    assert merging.rows == ("4", "3", "2", "1")
    np.testing.assert_array_equal(merging["entropy"], merging.entropies[::-1])
    falls = merging.entropies[1:] - merging.entropies[:-1]
    np.testing.assert_array_equal(merging["fall"][1:], falls[::-1])
    assert str(merging).splitlines()[-1].split()[-1] == "3"
    assert "<td>0 + 1 + 2 + 3</td>" in merging._repr_html_()
    frame = merging.to_pandas()
    assert frame.loc["1", "clusters"] == "0 + 1 + 2 + 3"
    axes = merging.plot()
    left, right = (panel.lines[0].get_xydata() for panel in axes)
    np.testing.assert_array_equal(left[:, 0], [1, 2, 3, 4])
    np.testing.assert_array_equal(left[:, 1], merging.entropies)
    np.testing.assert_array_equal(right[:, 0], np.append(0, np.cumsum(merging.merged_weights[:3])))
    plt.close("all")
    _, given = plt.subplots(1, 2)
    assert merging.plot(ax=given)[1] is given[1]
    plt.close("all")
