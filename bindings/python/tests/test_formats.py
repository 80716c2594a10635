"""A reader of posterior files that was written from docs/FORMATS.md alone."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import gmmswift as gm


class Reader:
    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, form):
        (value,) = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return value

    def doubles(self, count=None):
        count = self.take("q") if count is None else count
        values = np.frombuffer(self.data, "<f8", count, self.place)
        self.place += 8 * count
        return values

    def optional(self, read):
        return read() if self.take("?") else None

    def section(self, name):
        assert self.data[self.place : self.place + 8] == name + bytes(4)
        self.place += 8
        length = self.take("q")
        self.place += length
        return Reader(self.data[self.place - length : self.place])

    @property
    def is_done(self):
        return self.place == len(self.data)


PARAMETERS = {0: 1, 1: 1, 2: 2, 3: 2, 10: 2, 11: 1, 12: 1, 20: 2, 30: 2, 40: 2, 41: 1}
PLANE = np.random.default_rng(1).normal(size=(30, 2))

CASES = {
    "line": (
        gm.Mixture(
            2, weights=gm.Dirichlet(1, minimum=0.1), means=gm.Normal(0, 5), sd=gm.HalfCauchy([1, 2])
        ),
        PLANE[:, 0],
        {"tune": 300, "thin": 3, "store_assignments": True, "sample_weight": np.arange(30) > 0},
    ),
    "metropolis": (
        gm.Mixture(3, means=gm.Normal(0, 5), ordered=True, sd=gm.Uniform(0, 20), shared_sd=True),
        PLANE[:, 0],
        {"tune": 30, "method": "metropolis", "initial": {"means": [0, 1, 2]}},
    ),
    "full": (gm.Mixture(2, covariance_type="full"), PLANE, {"tune": 30}),
    "diag": (gm.Mixture(2, covariance_type="diag"), PLANE, {"tune": 300}),
}


@pytest.mark.filterwarnings("ignore::gmmswift.ImproperPosteriorWarning")
@pytest.mark.parametrize("name", CASES)
def test_posterior_files_are_as_documented(name, tmp_path):
    model, data, options = CASES[name]
    post = gm.sample(model, data, draws=7, chains=2, random_seed=9, **options)
    post.save(tmp_path / "post.gmm")
    # Files hold draws as drawn.
    post = post.as_drawn
    file = Reader((tmp_path / "post.gmm").read_bytes())

    assert file.data[:8] == b"\x89GMM\r\n\x1a\n"
    file.place = 8
    assert (file.take("I"), file.take("I")) == (1, 4)
    assert ".".join(str(file.take("H")) for _ in range(3)) == gm.__version__
    assert file.take("H") == 0
    assert file.take("q") == len(file.data) - 64
    file.place = 64

    part = file.section(b"MODL")
    size, dimensions = part.take("q"), part.take("q")
    assert (size, dimensions) == (post.n_components, post.n_dimensions)
    covariances = {"full": 0, "diag": 2}[post.model.covariance_type]
    assert part.take("I") == covariances
    shared = part.take("?")
    assert shared == post.model.shape.is_shared
    priors = []
    # The priors of parameters of priors stand before the others: none of a concentration, a mean
    # and the means' sd; then a Gamma of rates or a Wishart of a matrix.
    if name in ("full", "diag"):
        assert part.take("I") == 61
        assert (part.take("?"), part.take("?"), part.take("?")) == (False, False, False)
        rate = part.optional(lambda: (part.doubles(), part.doubles(), part.doubles()))
        scale = part.optional(lambda: (part.take("d"), part.doubles(), part.doubles()))
        squares = np.ptp(PLANE, axis=0) ** 2
        if name == "diag":
            assert scale is None
            np.testing.assert_allclose(rate[1], 40 / squares)
            np.testing.assert_allclose(rate[2], squares / 4_000)
        else:
            assert rate is None
            assert scale[0] == 3
            np.testing.assert_allclose(scale[1], np.diag(0.02 * squares).ravel())
            # The two columns determine each other by the square of their correlation.
            share = 1 + 1e-6 - np.corrcoef(PLANE.T)[0, 1] ** 2 / (1 + 1e-6)
            np.testing.assert_allclose(scale[2], 6e-4 * share * squares)
    for block in ("weights", "means", "spread"):
        family = part.take("I")
        priors.append((family, [part.doubles() for _ in range(PARAMETERS[family])]))
        if block == "weights":
            assert part.take("d") == post.model.weights.minimum
        elif block == "means":
            assert part.optional(lambda: part.take("q")) == (0 if post.model.ordered else None)
    assert part.take("I") == (2 if name in ("full", "diag") else 0)
    assert part.is_done
    if name == "line":
        assert priors[2][0] == 11
        assert priors[2][1][0].tolist() == [1, 2]

    part = file.section(b"OPTS")
    assert part.take("I") == (post.method == "metropolis")
    assert (part.take("q"), part.take("q"), part.take("q")) == (post.tune, 2, post.thin)
    assert (part.take("Q"), part.take("?"), part.take("I")) == (9, post.has_assignments, 0)
    initial = [[part.optional(part.doubles) for _ in range(4)] for _ in range(part.take("q"))]
    if name == "metropolis":
        assert len(initial) == 1
        assert initial[0][1].tolist() == [0, 1, 2]
    assert (part.take("q"), part.take("?"), part.take("q")) == (7, False, 7)
    assert part.take("d") == post.seconds
    assert (part.take("q"), part.take("q")) == (7, 7)
    assert part.is_done

    part = file.section(b"DATA")
    assert (part.take("q"), part.take("q")) == (30, dimensions)
    assert np.array_equal(part.doubles(30 * dimensions), np.ravel(data))
    assert part.is_done
    part = file.section(b"WGHT")
    if "sample_weight" in options:
        assert part.doubles(30).tolist() == [0] + [1] * 29
    assert part.is_done
    part = file.section(b"COLS")
    assert (part.take("q"), part.take("q")) == (0, 0)
    assert part.is_done

    part = file.section(b"CHNS")
    for chain in range(2):
        assert part.take("q") == 7
        assert part.take("Q") == post.tune + 7 * post.thin
        assert part.take("d") == post["log_likelihood"][chain, -1]
        assert part.take("d") == 0
        weights, logs, means, _sds, _factors = (part.doubles() for _ in range(5))
        assert np.array_equal(weights, post["weights"][chain, -1])
        assert np.allclose(np.log(weights), logs, rtol=1e-12)
        assert np.array_equal(means, np.ravel(post["means"][chain, -1]))
        members, *_sums = (part.doubles() for _ in range(4))
        if name in ("full", "diag"):
            assert np.array_equal(part.doubles(), np.ravel(post["scale"][chain, -1]))
        assert members.sum() == (29 if "sample_weight" in options else 30)
        for _ in range(3):
            part.doubles(), part.take("d"), part.take("q"), part.take("q")
        part.take("q")
        part.optional(lambda: [part.doubles() for _ in range(3)])
        part.take("?"), part.doubles(), part.take("d")
        part.take("d"), part.doubles(), part.doubles()
        part.doubles(), part.doubles()
        is_off, _pays = part.take("?"), part.take("?")
        assert not is_off
        assert part.take("Q") >= part.take("Q")
        assert [part.doubles().size for _ in range(2)] == [0, 0]
        assert part.take("q") == 0
        assert part.optional(lambda: True) is None
    assert part.is_done

    part = file.section(b"DRAW")
    names = ["weights", "means", post.model.spread_name]
    names += ["scale"] if name in ("full", "diag") else []
    names += ["log_likelihood", "log_posterior", "acceptance", "n_clusters"]
    expected = np.concatenate([post[name].reshape(14, -1) for name in names], axis=1)
    assert np.array_equal(part.doubles(expected.size), np.ravel(expected))
    assert part.is_done
    part = file.section(b"LABL")
    labels = post["assignments"].tobytes() if post.has_assignments else b""
    assert part.data == labels
    part = file.section(b"LBLS")
    assert part.is_done
    assert file.is_done
