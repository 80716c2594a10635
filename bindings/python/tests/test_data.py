"""`Data`: one data set for many calls, its weights and the names of its columns."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest

import gmmswift as gm


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(4)
    return np.concatenate([rng.normal(0, 1, (60, 2)), rng.normal(5, 1, (40, 2))])


MODEL = gm.Mixture(2, covariance_type="full")


def draws(data, **options):
    post = gm.sample(MODEL, data, draws=60, tune=40, chains=2, random_seed=3, **options)
    return np.concatenate([np.ravel(post[name]) for name in ("weights", "means", "covariances")])


def test_a_data_set_gives_the_bits_of_its_array_in_every_call(table):
    data = gm.Data(table)
    assert np.array_equal(draws(data), draws(table))
    one, other = gm.fit_em(data, 2, random_seed=1), gm.fit_em(table, 2, random_seed=1)
    assert np.array_equal(one.means, other.means)
    assert np.array_equal(one.probabilities(data), other.probabilities(table))
    assert np.array_equal(one.log_density(data), other.log_density(table))
    post = gm.sample(MODEL, table, draws=40, tune=0, random_seed=1)
    assert np.array_equal(post.log_density(data), post.log_density(table))
    assert np.array_equal(post.predict_probabilities(data), post.predict_probabilities(table))
    mine, theirs = gm.MixtureStatistics(one, data), gm.MixtureStatistics(one, table)
    assert mine.to_bytes() == theirs.to_bytes()
    assert repr(MODEL.for_data(data)) == repr(MODEL.for_data(table))


def test_changes_of_the_array_do_not_reach_the_data_set(table):
    array = table.copy()
    data = gm.Data(array)
    before = draws(data)
    array[:] = 0
    del array
    gc.collect()
    assert np.array_equal(draws(data), before)


def test_threads_share_a_data_set(table):
    data = gm.Data(table)
    expected = draws(table)
    found = []
    threads = [threading.Thread(target=lambda: found.append(draws(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(np.array_equal(each, expected) for each in found)


def test_weights_belong_to_the_data_set(table):
    weights = np.arange(100) % 3
    data = gm.Data(table, sample_weight=weights)
    assert data.has_weights
    assert np.array_equal(draws(data), draws(table, sample_weight=weights))
    with pytest.raises(ValueError, match="sample_weight: must be given to the Data, got"):
        draws(data, sample_weight=weights)
    with pytest.raises(
        ValueError, match=r"sample_weight\[1\]: must be finite and not negative, got -1"
    ):
        gm.Data([1.0, 2.0], sample_weight=[1, -1])


def test_attributes_and_representation(table):
    data = gm.Data(table, names=["height", "width"])
    assert (len(data), data.n_observations, data.n_dimensions) == (100, 100, 2)
    assert data.names == ("height", "width")
    assert not data.has_weights
    assert repr(data) == "<gmmswift.Data: 100 observations of height, width>"
    assert repr(gm.Data([1.0, 2.0])) == "<gmmswift.Data: 2 observations>"
    assert data.fingerprint == gm.Data(np.asfortranarray(table)).fingerprint
    assert data.fingerprint != gm.Data(table + 1e-12).fingerprint


class Frame:
    """The parts of a data frame that the package uses: columns with names, and an array."""

    def __init__(self, array, columns):
        self.array, self.columns = array, columns

    def __array__(self, dtype=None, copy=None):
        return self.array


@pytest.mark.arviz
def test_names_of_columns_reach_summaries_trees_and_messages(table, tmp_path):
    frame = Frame(table, ["height", "width"])
    post = gm.sample(MODEL, frame, draws=40, tune=0, random_seed=1)
    assert post.column_names == ("height", "width")
    rows = post.summary().rows
    assert "means[1, width]" in rows
    assert "covariances[0, width, height]" in rows
    post.save(tmp_path / "named.gmm")
    assert gm.load(tmp_path / "named.gmm").column_names == ("height", "width")
    pytest.importorskip("arviz")
    for tree in (post.to_datatree(), post.to_inference_data()):
        coordinates = tree["posterior"].coords["dimension"]
        assert list(coordinates.values) == ["height", "width"]
    broken = table.copy()
    broken[7, 1] = np.nan
    with pytest.raises(
        ValueError,
        match=r"data\[7, 1\]: must be finite, .* got nan in column 1 \(width\)",
    ):
        gm.sample(MODEL, Frame(broken, ["height", "width"]))
    with pytest.raises(gm.DegenerateError, match=r"column 1 \(width\)"):
        gm.fit_em(Frame(table * [1, 0], ["height", "width"]), 2)


def test_frames_without_usable_names_have_none(table):
    for columns in ([0, 1], ["a", "a"], ["a", ""], ["a", None]):
        assert gm.Data(Frame(table, columns)).names == ()
    assert gm.Data(Frame(table[:, :1], ["only"])).names == ()


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["a"], ValueError, "names: must have 2 names, one for each column, got 1"),
        (["a", "a"], ValueError, r"names\[1\]: must not be empty, nor the name of another column"),
        (["a", ""], ValueError, r"names\[1\]: must not be empty"),
        (["a", 1], TypeError, r"names\[1\]: must be a string, got 1"),
        (["a", "b\0"], ValueError, r"names\[1\]: must not hold null characters"),
        ("ab", TypeError, "names: must be an iterable of strings, got 'ab'"),
    ],
)
def test_names_that_do_not_fit_are_refused(table, names, error, message):
    with pytest.raises(error, match=message):
        gm.Data(table, names=names)


def test_values_that_are_no_data_are_refused():
    with pytest.raises(
        ValueError, match=r"values\[1\]: must be finite, or NaN where missing allows it, got nan"
    ):
        gm.Data([1.0, np.nan])
    with pytest.raises(ValueError, match="values: must have shape"):
        gm.Data(np.zeros((2, 2, 2)))
    with pytest.raises(TypeError, match="values: must be real numbers"):
        gm.Data(["a"])
    with pytest.raises(ValueError, match="data: must have 2 columns, as the model, got 3"):
        gm.fit_em(gm.Data(np.zeros((3, 3))), gm.Mixture(2, n_dimensions=2, covariance_type="full"))
