"""A table of two groups in three columns, and fits of it, for tests of several subjects."""

from __future__ import annotations

import numpy as np

import gmmswift as gm

STREAM = np.random.default_rng(5)
DATA = np.concatenate([STREAM.normal(0, 1, (60, 3)), STREAM.normal(6, 1, (40, 3))])
DATA.flags.writeable = False

SPREADS = {"full": (2, 3, 3), "tied": (3, 3), "diag": (2, 3), "spherical": (2,)}


def fit(covariance_type="full", data=DATA, draws=20, **arguments):
    model = gm.Mixture(2, covariance_type=covariance_type, **arguments)
    return gm.sample(model, data, draws, tune=20, chains=2, random_seed=1, store_assignments=True)


def same(left, right):
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
