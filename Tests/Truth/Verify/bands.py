"""Bands that hold whole distribution functions of uniform ranks.

Säilynoja, Bürkner, Vehtari (2022), "Graphical test for discrete uniformity and its applications in
goodness-of-fit evaluation and multiple sample comparison", Statistics and Computing 32, section 2.2.
"""

from __future__ import annotations

import functools
import math

import numpy as np


@functools.cache
def _log_factorials(count: int) -> np.ndarray:
    """Return log 0!, ..., log count!."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, count + 1)))])


def _binomial(count: int, probability: float) -> np.ndarray:
    """Return the probabilities of 0 ... count."""
    logs = _log_factorials(count)
    k = np.arange(count + 1)
    return np.exp(logs[count] - logs - logs[::-1] + k * math.log(probability) + (count - k) * math.log1p(-probability))


def _bounds(count: int, points: int, gamma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts between which each point's binomial lies but for gamma / 2 on each side."""
    lower, upper = [], []
    for i in range(1, points + 1):
        masses = _binomial(count, i / (points + 1))
        lower.append(int(np.searchsorted(np.cumsum(masses), gamma / 2)))
        upper.append(count - int(np.searchsorted(np.cumsum(masses[::-1]), gamma / 2)))
    return np.array(lower), np.array(upper)


def _inside(count: int, lower: np.ndarray, upper: np.ndarray) -> float:
    """Return the probability that all counts lie between their bounds, point by point.

    Given c ranks below point i, those below point i + 1 are c + Binomial(count - c, 1 / (cells left)).
    """
    points = len(lower)
    logs = _log_factorials(count)
    first = np.arange(lower[0], upper[0] + 1)
    probabilities = _binomial(count, 1 / (points + 1))[first]
    for i in range(1, points):
        share = 1 / (points + 1 - i)
        following = np.arange(lower[i], upper[i] + 1)
        rest = count - first[:, None]
        step = following[None, :] - first[:, None]
        valid = (step >= 0) & (step <= rest)
        safe = np.where(valid, step, 0)
        masses = np.exp(
            logs[rest] - logs[safe] - logs[rest - safe] + safe * math.log(share) + (rest - safe) * math.log1p(-share)
        )
        probabilities = probabilities @ np.where(valid, masses, 0)
        first = following
    return float(probabilities.sum())


@functools.cache
def simultaneous_band(count: int, points: int, error: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest counts of ranks below each point.

    Parameters
    ----------
    count
        The number of ranks.
    points
        L, for ranks 0 ... L.
    error
        The probability that a curve of uniform ranks leaves the band somewhere, at least 1e-9.
    """
    low, high = math.log(error / points / 2), math.log(error)
    for _ in range(14):
        middle = 0.5 * (low + high)
        if 1 - _inside(count, *_bounds(count, points, math.exp(middle))) > error:
            high = middle
        else:
            low = middle
    return _bounds(count, points, math.exp(low))
