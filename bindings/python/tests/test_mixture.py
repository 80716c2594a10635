"""Mixtures with known parameters, against numpy and scikit-learn."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import gmmswift as gm

KINDS = ("full", "tied", "diag", "spherical")


def parameters(kind, dimensions, size=3):
    stream = np.random.default_rng(7)
    matrices = stream.normal(size=(size, dimensions, dimensions)) / np.sqrt(dimensions)
    matrices = matrices @ np.swapaxes(matrices, 1, 2) + 0.5 * np.eye(dimensions)
    diagonals = np.diagonal(matrices, axis1=1, axis2=2).copy()
    covariances = {
        "full": matrices,
        "tied": matrices[0],
        "diag": diagonals,
        "spherical": diagonals[:, 0],
    }
    return np.array([0.5, 0.3, 0.2]), stream.normal(0, 3, (size, dimensions)), covariances[kind]


def matrix(covariances, kind, k, dimensions):
    if kind in ("full", "tied"):
        return covariances if kind == "tied" else covariances[k]
    return np.diag(np.broadcast_to(covariances[k], dimensions))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_probabilities_and_densities_equal_numpys(kind, dimensions):
    weights, means, covariances = parameters(kind, dimensions)
    mixture = gm.KnownMixture(weights, means, covariances, covariance_type=kind)
    x = np.random.default_rng(1).normal(0, 4, (1100, dimensions))
    logs = np.empty((1100, 3))
    for k in range(3):
        covariance = matrix(covariances, kind, k, dimensions)
        shift = x - means[k]
        squares = (shift * np.linalg.solve(covariance, shift.T).T).sum(axis=1)
        determinant = np.linalg.slogdet(2 * np.pi * covariance)[1]
        logs[:, k] = np.log(weights[k]) - (squares + determinant) / 2
    total = np.logaddexp.reduce(logs, axis=1)
    # Log densities of order 1e2 and conditions of order 1e1: rounding of 1e-13.
    np.testing.assert_allclose(mixture.log_density(x), total, rtol=0, atol=1e-11)
    np.testing.assert_allclose(mixture.probabilities(x), np.exp(logs - total[:, None]), atol=1e-11)
    for threads in (1, 3):
        np.testing.assert_array_equal(
            mixture.log_density(x, threads=threads), mixture.log_density(x)
        )
    if dimensions == 1:
        np.testing.assert_array_equal(mixture.probabilities(x[:, 0]), mixture.probabilities(x))


def test_a_fit_is_evaluated_as_its_parameters():
    x = np.random.default_rng(2).normal(size=(500, 2)) + np.repeat([[0, 0], [5, 1]], 250, axis=0)
    fit = gm.fit_em(x, 2, random_seed=0)
    # The history's last entry is of the parameters before the last M-step, which moved by 1e-9.
    assert fit.log_density(x).sum() == pytest.approx(fit.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(fit.probabilities(x).mean(axis=0), fit.weights, atol=1e-6)
    points, components = fit.sample(7, random_seed=3)
    assert points.shape == (7, 2)
    assert components.dtype == np.int32
    line = gm.fit_em(x[:, 0], 2, random_seed=0)
    assert line.sample(4)[0].shape == (4,)
    assert line.probabilities([0.0, 5.0]).argmax(axis=1).tolist() == [0, 1]
    shared = gm.fit_em(x, gm.Mixture(2, covariance_type="diag", shared_sd=True), random_seed=0)
    assert shared.covariances.shape == (2,)
    assert shared.log_density(x).sum() == pytest.approx(shared.log_likelihood, rel=1e-9)
    again = gm.MixtureStatistics(fit.mixture, x).maximize()
    np.testing.assert_allclose(again.means, fit.means, atol=1e-7)


def test_points_are_functions_of_seed_and_place():
    mixture = gm.KnownMixture(*parameters("full", 3))
    many, labels = mixture.sample(10_000, random_seed=5, threads=3)
    few, few_labels = mixture.sample(4_100, random_seed=5, threads=1)
    np.testing.assert_array_equal(many[:4_100], few)
    np.testing.assert_array_equal(labels[:4_100], few_labels)
    assert not np.array_equal(mixture.sample(5, random_seed=6)[0], many[:5])
    assert not np.array_equal(mixture.sample(5)[0], mixture.sample(5)[0])
    assert mixture.sample(0)[0].shape == (0, 3)


def test_copies_are_equal():
    mixture = gm.KnownMixture(*parameters("tied", 2), covariance_type="tied")
    for other in (pickle.loads(pickle.dumps(mixture)), copy.deepcopy(mixture)):
        for name in ("weights", "means", "covariances"):
            np.testing.assert_array_equal(getattr(other, name), getattr(mixture, name))
        assert repr(other) == repr(mixture)
    with pytest.raises(ValueError, match="read-only"):
        mixture.means[0] = 1
    with pytest.raises(AttributeError, match="means: cannot be set, a KnownMixture is immutable"):
        mixture.means = np.zeros((2, 2))
    with pytest.raises(AttributeError, match="weights: cannot be deleted"):
        del mixture.weights


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": [0.5, 0.6]}, "weights: must sum to 1, got 1.1"),
        ({"weights": [1.5, -0.5]}, r"weights\[1\]: must not be negative, got -0.5"),
        ({"weights": []}, "weights: must have at least 1 value"),
        ({"means": [[0.0, np.nan], [1.0, 1.0]]}, r"means\[1\]: must be finite, got nan"),
        # Means in one dimension, laid along the wrong axis, are no means in two.
        ({"means": [[0.0, 1.0]]}, r"means: must have shape \(2, 1\), got shape \(1, 2\)"),
        ({"means": [0.0, 1.0, 2.0]}, r"means: must have shape \(2, 1\), got shape \(3,\)"),
        (
            {"covariances": np.eye(2)},
            r"covariances: must have shape \(2, 2, 2\), got shape \(2, 2\)",
        ),
        (
            {"covariances": [np.eye(2), [[1.0, 0.5], [0.2, 1.0]]]},
            r"covariances\[1\]: must be symmetric, got 0.2 at \(1, 0\) and 0.5 at \(0, 1\)",
        ),
        (
            {"covariances": [np.eye(2), [[1.0, 2.0], [2.0, 1.0]]]},
            r"covariances\[1\]: must be positive definite, got pivot -3.0 in row 1",
        ),
        ({"covariance_type": "round"}, "covariance_type: must be one of full, tied"),
    ],
)
def test_what_is_no_mixture_is_refused(change, message):
    values = {
        "weights": [0.5, 0.5],
        "means": [[0.0, 0.0], [1.0, 1.0]],
        "covariances": [np.eye(2), np.eye(2)],
        **change,
    }
    with pytest.raises(ValueError, match=message):
        gm.KnownMixture(
            values["weights"],
            values["means"],
            values["covariances"],
            covariance_type=values.get("covariance_type", "full"),
        )


def test_bad_points_are_named():
    mixture = gm.KnownMixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    bad = np.zeros((5, 2))
    bad[3, 1] = np.inf
    for call in (mixture.probabilities, mixture.log_density):
        with pytest.raises(ValueError, match=r"x\[3, 1\]: must be finite, got inf"):
            call(bad)
        with pytest.raises(ValueError, match="x: must have 2 columns, got 3"):
            call(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="n_points: must be at least 0, got -1"):
        mixture.sample(-1)
    with pytest.raises(ValueError, match="random_seed: must be from 0"):
        mixture.sample(1, random_seed=-1)


# ----------------------------------------------------------------------------- Statistics as bytes


def test_statistics_of_parts_travel_as_bytes():
    x = np.random.default_rng(3).normal(size=(9_000, 2))
    mixture = gm.KnownMixture([0.5, 0.5], [[-1.0, 0.0], [1.0, 0.0]], [np.eye(2)] * 2)
    whole = gm.MixtureStatistics(mixture, x)
    parts = [gm.MixtureStatistics(mixture, part) for part in (x[:4096], x[4096:])]
    sent = [pickle.loads(pickle.dumps(part)) for part in parts]
    merged = gm.MixtureStatistics.merge(reversed(sent))
    assert merged.to_bytes() == whole.to_bytes()
    assert copy.deepcopy(whole).maximize().means.tobytes() == whole.maximize().means.tobytes()


def test_bytes_that_are_no_statistics_are_refused():
    state = gm.MixtureStatistics(gm.KnownMixture([1.0], [0.0], [1.0]), [1.0, 2.0]).to_bytes()
    for count in range(len(state)):
        with pytest.raises(gm.FormatError, match="state: must be"):
            gm.MixtureStatistics.from_bytes(state[:count])
    for place in range(len(state)):
        changed = bytearray(state)
        changed[place] ^= 0x10
        with pytest.raises(gm.FormatError):
            gm.MixtureStatistics.from_bytes(changed)


def test_log_probabilities_go_on_where_probabilities_underflow():
    mixture = gm.KnownMixture(
        [0.25, 0.75, 0.0], [0.0, 100.0, 7.0], [1.0, 1.0, 1.0], covariance_type="diag"
    )
    x = np.array([0.0, 3.0, 50.0, 1e5])
    logs = mixture.log_probabilities(x)
    probabilities = mixture.probabilities(x)
    assert logs.shape == (4, 3)
    gap = np.log(3) - ((x - 100) ** 2 - x**2) / 2
    np.testing.assert_allclose(logs[:, 1] - logs[:, 0], gap, rtol=1e-12, atol=1e-12)
    assert probabilities[0, 1] == 0
    assert np.isfinite(logs[:, :2]).all()
    assert (logs[:, 2] == -np.inf).all()
    seen = probabilities > 0
    np.testing.assert_allclose(np.exp(logs[seen]), probabilities[seen], rtol=1e-12)
