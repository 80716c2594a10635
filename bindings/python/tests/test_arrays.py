"""Arrays in and out: conversions, strides, zero-copy views."""

from __future__ import annotations

import gc
import threading
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import gmmswift as gm
from gmmswift._arguments import data_rows
from tables import DATA, fit, same

VALUES = np.array([1.0, 2.0, 4.0, 8.0, 9.0, 16.0])

FORMS = {
    "list": VALUES.tolist(),
    "tuple": tuple(VALUES),
    "column": VALUES.reshape(-1, 1),
    "fortran column": np.asfortranarray(np.stack([VALUES, VALUES], 1))[:, :1],
    "float32": VALUES.astype(np.float32),
    "float16": VALUES.astype(np.float16),
    "longdouble": VALUES.astype(np.longdouble),
    "int64": VALUES.astype(np.int64),
    "uint8": VALUES.astype(np.uint8),
    "big-endian": VALUES.astype(">f8"),
    "every other": np.repeat(VALUES, 2)[::2],
    "backwards": VALUES[::-1].copy()[::-1],
    "column of a matrix": np.stack([VALUES, -VALUES, VALUES], axis=1)[:, 2],
    "field of a record": np.rec.fromarrays([VALUES, VALUES.astype("f4")], names="x,y")["x"],
    "unaligned": np.frombuffer(b"x" + VALUES.tobytes(), dtype=np.uint8)[1:].view(np.float64),
    "read-only": np.frombuffer(VALUES.tobytes()),
    "series": pd.Series(VALUES, index=list("abcdef")),
    "series of integers": pd.Series(VALUES.astype(int)),
    "masked, none hidden": np.ma.array(VALUES, mask=False),
    "memoryview": memoryview(VALUES),
    "objects": np.array([1, 2.0, np.float32(4), Fraction(8), Decimal(9), np.int8(16)], object),
    "frame of nullable numbers": pd.DataFrame({"x": pd.array(VALUES, "Float64")}),
}


@pytest.fixture(scope="module")
def small_model():
    return gm.Mixture(2, means=gm.Normal(5, 10), ordered=True, sd=gm.HalfNormal(5))


@pytest.mark.parametrize("form", FORMS)
def test_every_layout_gives_the_same_draws(small_model, form):
    expected = gm.sample(small_model, VALUES, 20, tune=5, chains=2, random_seed=1)
    found = gm.sample(small_model, FORMS[form], 20, tune=5, chains=2, random_seed=1)
    np.testing.assert_array_equal(found["means"], expected["means"])
    np.testing.assert_array_equal(found.data, VALUES)
    np.testing.assert_array_equal(found.log_density(FORMS[form]), expected.log_density(VALUES))


def test_columns_of_several_types_are_numbers():
    frame = pd.DataFrame({"flag": [True, False] * 3, "count": range(6), "x": VALUES})
    rows = data_rows("data", frame, None)
    np.testing.assert_array_equal(rows.array, frame.to_numpy(float))
    nullable = data_rows("data", frame.convert_dtypes(), None)
    np.testing.assert_array_equal(nullable.array, rows.array)


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_positive_strides_are_passed_on_without_a_copy(step):
    array = np.arange(70.0)[::step]
    rows = data_rows("data", array)
    assert np.shares_memory(rows.array, array)
    assert rows.stride == step
    assert rows.length == array.size


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0)[::-1],
        np.broadcast_to(np.float64(1.0), 6),
        np.zeros(6, dtype=[("x", "f8"), ("y", "f4")])["x"],
    ],
    ids=["negative", "zero", "no multiple of 8"],
)
def test_strides_that_c_cannot_walk_are_copied(array):
    rows = data_rows("data", array)
    assert not np.shares_memory(rows.array, array)
    assert rows.stride == 1
    np.testing.assert_array_equal(rows.array, array)


def test_input_is_never_written(small_model):
    values = VALUES.copy()
    gm.sample(small_model, values, 5, chains=1)
    gm.fit_em(values, 2)
    gm.kde(values)
    np.testing.assert_array_equal(values, VALUES)


def test_posterior_keeps_its_own_copy_of_the_data(small_model):
    values = VALUES.copy()
    post = gm.sample(small_model, values, 5, chains=1, random_seed=1)
    before = post.probabilities
    values[:] = 1e6
    np.testing.assert_array_equal(post.data, VALUES)
    np.testing.assert_array_equal(post.subset().probabilities, before)


@pytest.mark.parametrize("empty", [[], np.empty((0, 1)), np.array([], dtype=int)])
def test_empty_data_sample_the_prior(small_model, empty):
    post = gm.sample(small_model, empty, 10, chains=2, random_seed=1, store_assignments=True)
    assert post.n_observations == 0
    assert post["assignments"].shape == (2, 10, 0)
    assert post.probabilities.shape == (0, 2)
    assert post.data.shape == (0,)
    assert not post["log_likelihood"].any()
    assert np.isfinite(post["means"]).all()


def test_views_are_read_only_and_cached(post):
    for name, array in post.items():
        assert not array.flags.writeable, name
        assert not array.flags.owndata, name
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
        assert post[name] is array
    with pytest.raises(ValueError, match="read-only"):
        post.data[0] = 1


def test_subset_shares_the_memory_of_its_posterior(post):
    part = post.subset(burn=10, thin=3)
    for name in post:
        assert np.shares_memory(part[name], post[name]), name
        np.testing.assert_array_equal(part[name], post[name][:, 10::3])


def test_views_outlive_their_posterior(small_model):
    post = gm.sample(small_model, VALUES, 2000, chains=2, random_seed=4, store_assignments=True)
    copies = {name: array.copy() for name, array in post.items()}
    views = dict(post.items())
    slices = {name: array[1:, ::2] for name, array in post.subset(burn=100).items()}
    data = post.data
    del post
    gc.collect()
    # Memory that was freed would be taken by these.
    for seed in range(20):
        gm.sample(small_model, VALUES + 1, 2000, chains=2, random_seed=seed, store_assignments=True)
    for name, array in views.items():
        np.testing.assert_array_equal(array, copies[name])
        np.testing.assert_array_equal(slices[name], copies[name][1:, 100::2])
    np.testing.assert_array_equal(data, VALUES)


def test_a_posterior_may_die_on_another_thread(small_model):
    holder = [gm.sample(small_model, VALUES, 10, chains=1)]
    view = holder[0]["means"]
    worker = threading.Thread(target=holder.clear)
    worker.start()
    worker.join()
    gc.collect()
    assert np.isfinite(view).all()


def test_summaries_and_predictions_survive_their_posterior(small_model):
    post = gm.sample(small_model, VALUES, 10, chains=2, random_seed=1)
    table, probabilities = post.summary(), post.probabilities
    text = str(table)
    del post
    gc.collect()
    assert str(table) == text
    assert np.isfinite(probabilities).all()


@pytest.mark.parametrize("build", gm.build_info()["available"])
@pytest.mark.parametrize("step", [1, 3])
def test_memory_at_any_address_gives_the_same_bits(small_model, build, step):
    # Vectors are 64 bytes: from several of the eight doubles, and from between two doubles.
    values = np.random.default_rng(4).normal(5, 3, 1003)
    with gm.kernels(build):
        found = []
        for offset in (0, 8, 24, 56, 4, 1):
            memory = np.zeros(8 * step * values.size + 128, dtype=np.uint8)
            start = -memory.ctypes.data % 64 + offset
            data = memory[start : start + 8 * step * values.size].view(np.float64)[::step]
            data[:] = values
            assert data.ctypes.data % 64 == offset
            posterior = gm.sample(
                small_model, data, 20, tune=5, chains=1, random_seed=1, store_assignments=True
            )
            fit = gm.fit_em(data, 2, max_iter=50, random_seed=1)
            found.append(
                [
                    *(np.asarray(posterior[name]) for name in ("means", "assignments")),
                    posterior.predict_probabilities(data),
                    posterior.probabilities,
                    posterior.log_density(data),
                    np.array([*fit.means, *fit.sd, fit.log_likelihood]),
                ]
            )
    for results in found[1:]:
        for ours, first in zip(results, found[0], strict=True):
            np.testing.assert_array_equal(ours, first)


# ------------------------------------------------------------------------------------------- Tables

WIDE = np.stack([DATA, -DATA], axis=2).reshape(100, 6)

TABLES = {
    "list of lists": DATA.tolist(),
    "fortran": np.asfortranarray(DATA),
    "every other row": np.repeat(DATA, 2, axis=0)[::2],
    "first columns of a wider array": np.concatenate([DATA, DATA], axis=1)[:, :3],
    "every other column": WIDE[:, ::2],
    "backwards": DATA[::-1].copy()[::-1],
    "big-endian": DATA.astype(">f8"),
    "longdouble": DATA.astype(np.longdouble),
    "read-only": np.frombuffer(DATA.tobytes()).reshape(100, 3),
    "unaligned": np.frombuffer(b"x" + DATA.tobytes(), np.uint8)[1:].view(float).reshape(100, 3),
    "frame": pd.DataFrame(DATA, columns=list("abc"), index=range(100, 200)),
    "frame of mixed blocks": pd.DataFrame({name: DATA[:, i] for i, name in enumerate("abc")}),
    "masked, none hidden": np.ma.array(DATA, mask=False),
}


@pytest.mark.parametrize("form", TABLES)
def test_every_layout_of_a_table_gives_the_same_draws(form):
    expected = fit(draws=5)
    found = fit(data=TABLES[form], draws=5)
    same(found, expected)
    np.testing.assert_array_equal(found.data, DATA)
    np.testing.assert_array_equal(found.log_density(TABLES[form]), expected.log_density(DATA))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64, np.uint8])
def test_other_types_of_numbers_are_converted_exactly(dtype):
    values = np.abs(10 * DATA).astype(dtype)
    same(fit(data=values, draws=5), fit(data=values.astype(np.float64), draws=5))


def test_single_precision_far_from_zero_keeps_its_variance():
    # Steps of 2**-6 at 2**17 leave two digits of an sd of 1: squares would need 35 bits, sums more.
    values = (DATA + 2.0**17).astype(np.float32)
    post = fit(data=values, draws=200)
    pooled = np.cov(values.astype(np.float64)[60:].T)
    found = post["covariances"][..., post["means"][0, -1, :, 0].argmax(), :, :].mean(axis=(0, 1))
    # The sd of a posterior variance of 40 points is sqrt(2 / 40) of it, or 22 %, and the prior
    # adds some data of the whole set's scale; a lost variance would be off by all of itself.
    assert np.all(np.abs(np.diag(found) / np.diag(pooled) - 1) < 0.9)


def test_rows_with_adjacent_columns_are_passed_on_without_a_copy():
    table = np.arange(60.0).reshape(10, 6)
    for view, stride in [(table, 6), (table[:, 1:4], 6), (table[::3, :2], 18)]:
        rows = data_rows("data", view, view.shape[1])
        assert np.shares_memory(rows.array, table)
        assert (rows.length, rows.dimensions, rows.stride) == (*view.shape, stride)
    for view in (table.T, table[:, ::2], table[::-1], np.broadcast_to(table[0], (4, 6))):
        rows = data_rows("data", view, view.shape[1])
        assert not np.shares_memory(rows.array, table)
        np.testing.assert_array_equal(rows.array, view)
