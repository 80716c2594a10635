"""Data, models and posteriors for several tests."""

from __future__ import annotations

import os
import signal

os.environ.setdefault("MPLBACKEND", "Agg")
# The matrices of other packages are small here: threads of theirs would mostly wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

import gmmswift as gm
from gmmswift import _native as native

# The same examples in every run; `HYPOTHESIS_PROFILE=explore pytest` looks at new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", max_examples=3_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session", autouse=True)
def control_c():
    """Let Control-C interrupt, even if the process that started the tests ignores it, as shells do
    for processes in the background.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def close_figures():
    """Draw the figures of a test, which finds what laying out does not, and close them."""
    import matplotlib.pyplot as plt

    yield
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")


@pytest.fixture(scope="session")
def data():
    """Three well separated groups, 215 points."""
    stream = np.random.default_rng(20)
    groups = [(9, 2, 90), (21, 2, 50), (35, 2, 75)]
    values = np.concatenate([stream.normal(mean, sd, size) for mean, sd, size in groups])
    values.flags.writeable = False
    return values


@pytest.fixture(scope="session")
def model():
    return gm.Mixture(
        3,
        weights=gm.Dirichlet(1.0, minimum=0.1),
        means=gm.Normal(0.0, sd=15.0),
        ordered=True,
        sd=gm.Uniform(0, 20),
        shared_sd=True,
    )


@pytest.fixture(scope="session")
def model_with_sds():
    return gm.Mixture(2, means=gm.Normal([10, 30], sd=10), ordered=True, sd=gm.HalfNormal(10))


@pytest.fixture(scope="session")
def post(model, data):
    return gm.sample(
        model, data, draws=400, tune=100, chains=3, random_seed=1, store_assignments=True
    )


@pytest.fixture(scope="session")
def post_with_sds(model_with_sds, data):
    return gm.sample(model_with_sds, data, draws=300, tune=100, chains=2, random_seed=2)


@pytest.fixture
def asked(monkeypatch):
    """Return the numbers of threads of the library's calls, as they come."""
    numbers = []

    class Run(native.Run):
        def __init__(self, threads=0, *others):
            numbers.append(threads)
            super().__init__(threads, *others)

    monkeypatch.setattr(native, "Run", Run)
    return numbers
