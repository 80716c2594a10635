"""Pickles. Those of earlier versions can be read, and those of later versions are refused."""

from __future__ import annotations

import contextlib
import copy
import io
import multiprocessing
import pickle
import random
import struct
import tracemalloc
import zlib
from concurrent.futures import ProcessPoolExecutor
from operator import methodcaller
from pathlib import Path

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone

import gmmswift as gm
from gmmswift import _native as native
from gmmswift.estimators._state import VERSION, read_state, write_state

joblib = pytest.importorskip("joblib")

DATA = Path(__file__).parent / "data"

# Eight rows whose clusters are plain, and the mixture that was fitted to them when the files were
# written.
X = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [9, 9], [10, 9], [9, 10], [10, 10]], dtype=float)
ESTIMATORS = {
    "gaussian_mixture": gm.GaussianMixture,
    "bayesian_mixture": gm.BayesianGaussianMixture,
}

# The weight and the mean, the same in both coordinates, of the component that is nearer to 0.
WRITTEN = {"gaussian_mixture": (0.5, 0.5), "bayesian_mixture": (0.44670494, 1.46970034)}


def fitted(name):
    return ESTIMATORS[name](n_components=2, random_state=0).fit(X)


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "__dataclass_fields__") or isinstance(a, np.random.RandomState):
        return type(a) is type(b)
    return type(a) is type(b) and a == b


def equal(one, other):
    attributes = {key: value for key, value in one.__dict__.items() if key != "_training"}
    assert attributes.keys() == other.__dict__.keys()
    for key, value in attributes.items():
        assert same(value, other.__dict__[key]), key


# ---------------------------------------------------------------------------------- Golden files


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("suffix", ["pickle", "state"])
def test_files_of_the_first_version_are_read(name, suffix):
    content = (DATA / f"{name}_1.{suffix}").read_bytes()
    if suffix == "pickle":
        mixture = pickle.loads(content)
    else:
        mixture = ESTIMATORS[name]()
        mixture.__setstate__(content)
    assert mixture.get_params()["n_components"] == 2
    order = np.argsort(mixture.means_[:, 0])
    weight, mean = WRITTEN[name]
    # To the digits that are written above.
    np.testing.assert_allclose(mixture.weights_[order], [weight, 1 - weight], atol=1e-8)
    np.testing.assert_allclose(mixture.means_[order][0], mean, atol=1e-8)
    assert (mixture.predict(X) == order[[0, 0, 0, 0, 1, 1, 1, 1]]).all()
    assert mixture.n_features_in_ == 2
    # The bytes are a function of the values, to which `n_jobs` has come since.
    assert mixture.get_params()["n_jobs"] is None
    vars(mixture).pop("n_jobs", None)
    assert mixture.__getstate__() == (DATA / f"{name}_1.state").read_bytes()


def test_statistics_of_the_first_version_are_read():
    content = (DATA / "statistics_1.bin").read_bytes()
    statistics = gm.MixtureStatistics.from_bytes(content)
    assert statistics.to_bytes() == content
    # One component at the origin with unit covariance: the M-step is the mean and covariance of X.
    fit = statistics.maximize()
    np.testing.assert_allclose(fit.means[0], X.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(fit.covariances[0], np.cov(X.T, bias=True), atol=1e-12)
    assert fit.log_likelihood == pytest.approx(-(X**2).sum() / 2 - 8 * np.log(2 * np.pi), abs=1e-9)


# ---------------------------------------------------------------- Models, priors, mixtures, fits

MODELS = [
    gm.Mixture(2, means=gm.Normal([0, 9], sd=10), ordered=True, sd=gm.HalfNormal(2)),
    gm.Mixture(
        3,
        n_dimensions=2,
        weights=gm.Fixed([0.2, 0.3, 0.5]),
        components=gm.NormalInverseWishart([0, 1], 0.1, 4, [[2.0, 0.5], [0.5, 1.0]]),
        ordered=True,
        order_by=1,
    ),
    gm.Mixture(
        2,
        covariance_type="spherical",
        weights=gm.Dirichlet(2.0, minimum=0.1),
        means=gm.Normal([[0, 0]], sd=5),
        variance=gm.InverseGamma(2, 3),
        shared_sd=True,
    ),
    gm.Mixture(4, covariance_type="tied"),
]
PRIORS = [
    gm.Fixed([[1.0, 2.0]]),
    gm.Dirichlet([1, 2], minimum=0.05),
    gm.Normal([0, 9], sd=10),
    gm.NormalKappa(0, 0.1),
    gm.Uniform(-3, [1, 2]),
    gm.HalfCauchy(1),
    gm.HalfNormal(2),
    gm.HalfStudentT(3, [1, 2]),
    gm.LogNormal(0, [1, 2]),
    gm.InverseGamma(2, 3),
    gm.Gamma(2, 3),
    gm.InverseWishart(4, [[2.0, 0.5], [0.5, 1.0]]),
    gm.NormalInverseWishart(0, 1, 4, [[2.0, 0.5], [0.5, 1.0]]),
    gm.NormalInverseGamma(0, 1, 2, 3),
    gm.DynamicDirichlet(gm.F(6, 3)),
    gm.F(6, 3),
    gm.InverseWishart(5, gm.Wishart(3, [[1, 0], [0, 2]])),
    gm.Wishart(3, [[1, 0], [0, 2]]),
    gm.Beta(2, 3.5),
]
COUNTS = [
    gm.DiscreteUniform(1, 9),
    gm.Geometric(0.2),
    gm.ShiftedPoisson(2),
    gm.NegativeBinomial(2, 0.5),
    gm.BetaNegativeBinomial(1, 4, 3),
    gm.Probabilities((1, 2)),
    gm.Unknown([1, 2, 3], max=2),
    gm.DirichletProcess(gm.Gamma(2, rate=4), max=9),
]
BACKGROUNDS = [
    gm.UniformBackground(),
    gm.UniformBackground(3.0, weight=gm.Fixed(0.05)),
    gm.UniformBackground(lower=-1, upper=[11, 12], weight=gm.Beta(2, 3)),
    gm.Mixture(2, covariance_type="diag", background=gm.UniformBackground()),
    gm.Mixture(
        gm.Unknown(max=3),
        means=gm.Normal(0, sd=1),
        sd=gm.HalfNormal(2),
        background=gm.UniformBackground(lower=-9, upper=9),
    ),
]
MIXTURE = gm.KnownMixture([0.25, 0.75], [[0, 0], [9, 9]], np.stack([np.eye(2)] * 2))
FIT = gm.fit_em(X, 2, random_seed=1)
FIT_BESIDE = gm.fit_em(X, 2, random_seed=1, background=gm.UniformBackground(weight=gm.Fixed(0.2)))
FITTED = {
    "mixture": MIXTURE,
    "fit": FIT,
    "mixture beside a background": FIT_BESIDE.mixture,
    "fit beside a background": FIT_BESIDE,
}
MODELS_AND_PRIORS = [*MODELS, *PRIORS, *COUNTS, *BACKGROUNDS]
VALUES = [*MODELS_AND_PRIORS, *FITTED.values()]


def state_of(value):
    _, (state,) = value.__reduce__()
    return state


def restored(value, state):
    restore, _ = value.__reduce__()
    return restore(state)


@pytest.mark.parametrize("value", MODELS_AND_PRIORS, ids=repr)
def test_models_and_priors_come_back_equal(value):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(value, protocol=protocol))
        assert type(other) is type(value)
        assert other == value
        assert hash(other) == hash(value)
    assert copy.copy(value) == copy.deepcopy(value) == value


def test_a_model_of_data_comes_back_with_the_priors_that_it_took_from_them():
    model = gm.sample(gm.Mixture(2, covariance_type="full"), X, 5, tune=5, chains=1).model
    other = pickle.loads(pickle.dumps(model))
    assert other == model
    assert other.components == model.components


@pytest.mark.parametrize("value", FITTED.values(), ids=FITTED)
def test_mixtures_and_fits_come_back_with_the_same_bits(value):
    for other in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert type(other) is type(value)
        assert state_of(other).keys() == state_of(value).keys()
        for name, attribute in state_of(value).items():
            assert same(state_of(other)[name], attribute), name
        np.testing.assert_array_equal(other.log_density(X), value.log_density(X))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_pickled_states_are_mappings_with_a_version(value):
    state = state_of(value)
    assert type(state) is dict
    assert state["version"] == 1
    assert all(isinstance(name, str) for name in state)
    assert type(restored(value, state)) is type(value)
    # A pickle is a public name and the state: it holds no name of a module inside the package.
    assert b"gmmswift._" not in pickle.dumps(value)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_other_states_are_refused(value):
    state = state_of(value)
    for version in (2, 99, 0, -1, "1", 1.0, True, None):
        with pytest.raises(gm.FormatError, match=f"of version 1, got version {version!r}"):
            restored(value, state | {"version": version})
    for other in (None, 1, b"bytes", [state], {k: v for k, v in state.items() if k != "version"}):
        with pytest.raises(gm.FormatError, match="state: must be a mapping with a version, got a"):
            restored(value, other)
    with pytest.raises(gm.FormatError, match="state: must be of known values, got one with 'note'"):
        restored(value, state | {"note": 1})
    name = next(name for name in state if name != "version")
    with pytest.raises(gm.FormatError, match=f"state: must be complete, got one without '{name}'"):
        restored(value, {key: item for key, item in state.items() if key != name})


def test_states_are_checked_as_arguments_are():
    with pytest.raises(ValueError, match="n_components"):
        restored(MODELS[3], state_of(MODELS[3]) | {"n_components": 0})
    with pytest.raises(ValueError, match="weights"):
        restored(MIXTURE, state_of(MIXTURE) | {"weights": np.array([0.5, 0.6])})
    with pytest.raises(TypeError, match="mean: must be real numbers"):
        restored(PRIORS[2], state_of(PRIORS[2]) | {"mean": "0"})


# --------------------------------------------------------------------------- Posteriors and data

LINE = np.concatenate([np.linspace(-4, -2, 30), np.linspace(3, 6, 31)])


def sampled(**options):
    model = gm.Mixture(2, means=gm.Normal(0, sd=5), sd=gm.HalfNormal(2))
    options = {"draws": 40, "tune": 250, "chains": 2, "random_seed": 3, **options}
    return gm.sample(model, LINE, **options)


POSTERIORS = {
    "gibbs": lambda: sampled(store_assignments=True, sample_weight=np.arange(61) % 4 / 2),
    "metropolis": lambda: sampled(method="metropolis", thin=2),
    "full": lambda: gm.sample(
        gm.Mixture(2, covariance_type="full"),
        gm.Data(X, names=["length", "width"]),
        30,
        tune=20,
        random_seed=1,
    ),
    "subset": lambda: sampled().subset(burn=7, thin=3),
    "prior": lambda: gm.sample_prior(
        gm.Mixture(2, means=gm.Normal(0, sd=1), sd=gm.HalfNormal(1)), 30, 1
    ),
}


def same_posterior(one, other):
    assert type(one) is type(other)
    assert list(one) == list(other)
    for name in one:
        assert one[name].tobytes() == other[name].tobytes(), name
    assert one.data.tobytes() == other.data.tobytes()
    assert one.model == other.model
    for name in ("column_names", "thin", "tune", "seed", "method", "seconds", "can_extend"):
        assert getattr(one, name) == getattr(other, name), name
    assert repr(one) == repr(other)


@pytest.mark.parametrize("name", POSTERIORS)
def test_posteriors_come_back_with_the_same_bits_and_go_on(name, tmp_path):
    post = POSTERIORS[name]()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        content = pickle.dumps(post, protocol=protocol)
        assert b"gmmswift._" not in content
        same_posterior(post, pickle.loads(content))
    # A pickle is the bytes of the file.
    path = tmp_path / "posterior.gmm"
    post.save(path)
    assert post.to_bytes() == path.read_bytes()
    other = gm.Posterior.from_bytes(path.read_bytes())
    same_posterior(post, other)
    assert other.to_bytes() == post.to_bytes()
    np.testing.assert_array_equal(post.probabilities, other.probabilities)
    if post.can_extend:
        longer, again = post.extend(20, threads=1), other.extend(20, threads=2)
        for quantity in post:
            assert longer[quantity].tobytes() == again[quantity].tobytes(), quantity
    joblib.dump(post, tmp_path / "posterior.joblib")
    same_posterior(post, joblib.load(tmp_path / "posterior.joblib"))


def test_a_posterior_is_its_own_copy():
    post = sampled()
    assert copy.copy(post) is post
    assert copy.deepcopy({"a": post})["a"] is post


def test_buffers_of_a_pickle_can_stay_outside():
    post = sampled()
    buffers = []
    content = pickle.dumps(post, protocol=5, buffer_callback=buffers.append)
    assert len(content) < 500
    (buffer,) = buffers
    assert buffer.raw().tobytes() == post.to_bytes()
    same_posterior(post, pickle.loads(content, buffers=buffers))


@pytest.mark.parametrize("protocol", [4, 5])
def test_a_pickle_of_a_large_posterior_takes_two_copies(protocol):
    post = sampled(draws=50_000, tune=10)
    size = native.lib.gmm_posterior_size(post._handle)
    assert size > 5_000_000
    tracemalloc.start()
    try:
        content = pickle.dumps(post, protocol=protocol)
        _, dumping = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        other = pickle.loads(content)
        _, loading = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The pickler's buffer grows by half of its size, so it may have room for more than it holds.
    assert dumping < 2.6 * size
    # One copy of the bytes; the posterior's own memory is the library's.
    assert loading - before < 1.1 * size
    same_posterior(post, other)


def test_damaged_posteriors_are_refused():
    content = sampled().to_bytes()
    stream = random.Random(1)
    for _ in range(50):
        damaged = bytearray(content)
        damaged[stream.randrange(len(damaged))] ^= 1 << stream.randrange(8)
        with pytest.raises(gm.FormatError, match="state: must be what gmm_posterior_write wrote"):
            gm.Posterior.from_bytes(damaged)
    for length in (0, 1, 63, 64, 65, len(content) - 1):
        with pytest.raises(gm.FormatError, match="state: must be"):
            gm.Posterior.from_bytes(content[:length])
    with pytest.raises(gm.FormatError, match="state: must be"):
        gm.Posterior.from_bytes(content + b"\0")
    with pytest.raises(TypeError, match="state: must be bytes, got 1"):
        gm.Posterior.from_bytes(1)


def test_processes_exchange_posteriors():
    post = sampled()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        made = pool.submit(methodcaller("extend", 5), post).result()
    longer = post.extend(5)
    for name in post:
        assert made[name].tobytes() == longer[name].tobytes(), name


@pytest.mark.parametrize(
    "data",
    [
        gm.Data(X, names=["length", "width"]),
        gm.Data(LINE, sample_weight=np.arange(61) / 7),
        gm.Data(np.empty((0, 3))),
    ],
    ids=["names", "weights", "empty"],
)
def test_data_sets_come_back_with_the_same_bits(data):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(data, protocol=protocol))
        assert type(other) is gm.Data
        assert repr(other) == repr(data)
        assert other.names == data.names
        assert other.fingerprint == data.fingerprint
        assert other.values.tobytes() == data.values.tobytes()
        assert other.has_weights == data.has_weights
        if data.has_weights:
            assert other.sample_weight.tobytes() == data.sample_weight.tobytes()
        else:
            assert other.sample_weight is None
    assert copy.copy(data) is copy.deepcopy(data) is data
    assert data.values.shape == (data.n_observations, data.n_dimensions)


def test_results_come_back():
    post = sampled()
    with gm.start(gm.Mixture(2), LINE, 20, tune=10) as run:
        run.result()
        status = run.poll()
    values = [
        post.summary(),
        gm.summarize({"x": post["means"][:, :, 0]}),
        gm.kde(post["means"][:, :, 0].ravel()),
        gm.histogram(post["means"][:, :, 0].ravel()),
        post.loo(),
        post.prior_sensitivity(),
        post.diagnose(),
        post.diagnose().findings[0],
        post.log_evidence(),
        gm.Until(ess=500),
        gm.sample(gm.Mixture(2), LINE, 20, tune=10, until=gm.Until(ess=1, r_hat=None)).until,
        status,
        gm.compare({"a": post}),
        gm.select(LINE, [1, 2], random_seed=1, n_init=1),
        gm.merge_components(FIT.probabilities(X)),
        gm.MixtureStatistics(FIT, X),
    ]
    for value in values:
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            other = pickle.loads(pickle.dumps(value, protocol=protocol))
            assert type(other) is type(value)
            assert str(other) == str(value) or type(value) is gm.MixtureStatistics
    assert pickle.loads(pickle.dumps(values[0])).values.tobytes() == values[0].values.tobytes()
    assert pickle.loads(pickle.dumps(values[-1])).to_bytes() == values[-1].to_bytes()


# The names of the package that a value of its may hold are those of this list and of the tests
# above: a class that is new must be in one of them.
PICKLED = {
    "CountPrior",
    "Data",
    "EMFit",
    "Histogram",
    "KDE",
    "KnownMixture",
    "Mixture",
    "MixtureStatistics",
}
PICKLED |= {"LabelConfidence", "Posterior", "Prior", "Progress", "Summary"} | {
    type(prior).__name__ for prior in [*PRIORS, *COUNTS, *BACKGROUNDS]
}
PICKLED |= {"Comparison", "LeaveOneOut", "Merging", "Selection", "Sensitivity"}
PICKLED |= {"Diagnosis", "Finding", "LogEvidence", "RunStatus", "Until", "UntilResult"}
#: A run and a stream are threads, which cannot be stored.
ALIVE = {"Run", "Stream"}
PICKLED |= {"CredibleBall", "Partition", "PartitionBound"}


def test_every_public_class_is_pickled_in_a_test():
    classes = {name for name in gm.__all__ if isinstance(getattr(gm, name), type)}
    failures = {name for name in classes if issubclass(getattr(gm, name), (Exception, Warning))}
    assert classes - failures == PICKLED | ALIVE


def test_models_of_the_first_version_are_read():
    assert pickle.loads((DATA / "models_1.pickle").read_bytes()) == MODELS


# -------------------------------------------------------------------------------- There and back


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_come_back_as_they_were(name):
    mixture = fitted(name)
    assert isinstance(mixture.__getstate__(), bytes)
    buffer = io.BytesIO()
    joblib.dump(mixture, buffer)
    buffer.seek(0)
    for other in (
        pickle.loads(pickle.dumps(mixture)),
        pickle.loads(pickle.dumps(mixture, protocol=2)),
        copy.deepcopy(mixture),
        joblib.load(buffer),
    ):
        equal(mixture, other)
    equal(clone(mixture), pickle.loads(pickle.dumps(clone(mixture))))
    assert joblib.hash(mixture) == joblib.hash(copy.deepcopy(mixture))


def test_every_kind_of_parameter_comes_back():
    generator = np.random.RandomState(3)
    generator.normal()  # leaves half a pair behind
    mixture = gm.GaussianMixture(
        np.int64(2),
        tol=np.float64(1e-4),
        means_init=[[0, 0.0], [9, 9]],
        weights_init=(0.5, 0.5),
        precisions_init=np.asfortranarray(np.stack([np.eye(2)] * 2)),
        random_state=generator,
    )
    other = pickle.loads(pickle.dumps(mixture))
    assert other.means_init == [[0, 0.0], [9, 9]]
    assert other.weights_init == (0.5, 0.5)
    np.testing.assert_array_equal(other.precisions_init, mixture.precisions_init)
    np.testing.assert_array_equal(other.random_state.normal(size=5), generator.normal(size=5))
    online = gm.GaussianMixture(2, random_state=0).partial_fit(X)
    restored = pickle.loads(pickle.dumps(online))
    np.testing.assert_array_equal(
        restored.partial_fit(X).means_, copy.copy(online).partial_fit(X).means_
    )


class Named(gm.GaussianMixture):
    """A subclass, with an attribute of its own."""

    note = None


def test_what_the_format_does_not_know_travels_beside_it():
    mixture = Named(2, random_state=0).fit(X)
    mixture.note = {"by": object}
    other = pickle.loads(pickle.dumps(mixture))
    assert type(other) is Named
    assert other.note == {"by": object}
    np.testing.assert_array_equal(other.means_, mixture.means_)
    with config_context(enable_metadata_routing=True):
        routed = gm.GaussianMixture(2).set_fit_request(sample_weight=True)
        back = pickle.loads(pickle.dumps(routed))
        assert back.get_metadata_routing().fit.requests == {"sample_weight": True}


# ---------------------------------------------------------------------------------- Hostile bytes


def sealed(payload, version=VERSION, kind=1):
    header = struct.pack(
        "<8sIIQI", b"\x89GMMEST\n", version, kind, len(payload), zlib.crc32(payload)
    )
    return header + struct.pack("<I", zlib.crc32(header)) + payload


def test_cuts_and_changes_are_seen():
    state = fitted("gaussian_mixture").__getstate__()
    for count in [*range(200), len(state) - 1]:
        with pytest.raises(gm.FormatError, match="state: must be"):
            gm.GaussianMixture().__setstate__(state[:count])
    for place in range(len(state)):
        changed = bytearray(state)
        changed[place] ^= 1 << place % 8
        with pytest.raises(gm.FormatError, match="state: must be"):
            gm.GaussianMixture().__setstate__(bytes(changed))


def test_later_versions_and_other_estimators_are_named():
    state = fitted("gaussian_mixture").__getstate__()
    later = sealed(state[32:], version=VERSION + 1)
    with pytest.raises(gm.FormatError, match=f"format 1 to {VERSION}, got format {VERSION + 1}"):
        gm.GaussianMixture().__setstate__(later)
    with pytest.raises(gm.FormatError, match="kind 2, got one of kind 1"):
        gm.BayesianGaussianMixture().__setstate__(state)
    for other in ({"format": 1}, None, (state,), b"", b"\x89GMM"):
        with pytest.raises(gm.FormatError, match="state: must be"):
            gm.GaussianMixture().__setstate__(other)


def word(value):
    return struct.pack("<q", value)


TOL = b"M" + word(1) + b"S" + word(3) + b"tol"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"N",
        b"?",
        b"M" + word(1),
        b"M" + word(-1),
        b"M" + word(2**62),
        b"M" + word(1) + b"N" + b"N",
        b"M" + word(0) + b"N",
        b"M" + word(2) + 2 * (b"S" + word(3) + b"tolN"),
        b"M" + word(1) + b"S" + word(1) + b"\xff" + b"N",
        b"M" + word(1) + b"S" + word(2**60) + b"tolN",
        b"M"
        + word(1)
        + b"S"
        + word(3)
        + b"tol"
        + b"A"
        + b"f"
        + b"\x02"
        + word(2**31)
        + word(2**31),
        TOL + b"A" + b"f" + b"\x02" + word(0) + word(2**62),
        TOL + b"A" + b"f" + b"\xff" + 255 * word(1),
        TOL + b"A" + b"f" + b"\x01" + word(-1),
        TOL + b"A" + b"x" + b"\x00" + word(1),
        TOL + b"R" + b"N",
        TOL + 10_000 * (b"L" + word(1)) + b"N",
    ],
)
def test_a_right_checksum_makes_nothing_true(payload):
    with pytest.raises(gm.FormatError, match="state: must be"):
        gm.GaussianMixture().__setstate__(sealed(payload))


def test_generators_are_checked_before_numpy_believes_them():
    words = np.zeros(624, np.uint32)
    for state in ([words, 625, 0, 0.0], [words, -1, 0, 0.0], [words[:5], 0, 0, 0.0], [words]):
        payload = write_state(1, {"random_state": np.random.RandomState(0)})
        good = write_state(1, {"state": state})[32:]
        values = (
            b"M" + word(1) + b"S" + word(12) + b"random_state" + b"R" + good[1 + 8 + 1 + 8 + 5 :]
        )
        assert payload[32:53] == values[:21]
        with pytest.raises(gm.FormatError, match="generator"):
            gm.GaussianMixture().__setstate__(sealed(values))


def test_only_attributes_of_the_estimator_are_set():
    for name in ("predict", "__class__", "_training", "_moments", "degrees_of_freedom_"):
        with pytest.raises(gm.FormatError, match=f"known, got '{name}'"):
            gm.GaussianMixture().__setstate__(write_state(1, {name: 1}))


def test_random_payloads_end_in_an_error_or_a_mapping():
    stream = random.Random(0)
    good = fitted("bayesian_mixture").__getstate__()[32:]
    for _ in range(3_000):
        payload = bytearray(good)
        for _ in range(stream.randint(1, 4)):
            payload[stream.randrange(len(payload))] = stream.choice(b"NTFIDSAOLUMR\x00\xff\x7f\x01")
        # Any other exception makes the test fail.
        with contextlib.suppress(gm.FormatError):
            assert isinstance(read_state(1, sealed(bytes(payload))), dict)
