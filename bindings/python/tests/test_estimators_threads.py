"""The threads of estimators: `n_jobs`, and the limits that hold for scikit-learn's estimators."""

from __future__ import annotations

import os
import subprocess
import sys

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from threadpoolctl import threadpool_info, threadpool_limits

from gmmswift import BayesianGaussianMixture, GaussianMixture
from gmmswift.estimators import _threads

X = np.random.default_rng(0).normal(size=(300, 2)) + np.repeat([[0], [5], [9]], 100, axis=0)
ESTIMATORS = {"mixture": GaussianMixture, "variational": BayesianGaussianMixture}


def calls(mixture):
    """Use all methods whose work the library shares between threads."""
    mixture.fit(X)
    mixture.predict(X)
    mixture.predict_proba(X)
    mixture.score(X)
    mixture.posterior(draws=5, tune=0, chains=2, random_seed=1)
    if hasattr(mixture, "partial_fit"):
        mixture.partial_fit(X)
        mixture.bic(X)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_call_has_the_threads_of_the_estimator(name, asked, monkeypatch):
    monkeypatch.setattr(_threads, "_most", lambda: 6)
    for n_jobs, threads in [(None, 6), (1, 1), (3, 3), (-1, 6), (-2, 5), (-9, 1)]:
        asked.clear()
        calls(ESTIMATORS[name](n_components=3, random_state=0, n_jobs=n_jobs))
        # A mixture that is checked evaluates no points, and no thread starts.
        assert set(asked) - {0} == {threads}
        assert asked.count(0) <= 1


def test_threads_change_no_bit():
    one, three = (GaussianMixture(3, random_state=0, n_jobs=n_jobs).fit(X) for n_jobs in (1, 3))
    np.testing.assert_array_equal(one.means_, three.means_)
    assert clone(three).n_jobs == 3


def test_limits_of_threadpoolctl_and_of_the_environment_hold(asked):
    with threadpool_limits(limits=1):
        GaussianMixture(2, random_state=0).fit(X).predict(X)
        assert set(asked) == {1}
        # A number that is stated is what is used.
        asked.clear()
        GaussianMixture(2, random_state=0, n_jobs=2).fit(X)
        assert set(asked) == {2}
    code = (
        "from gmmswift.estimators._threads import threads_of\n"
        "print(threads_of(None), threads_of(-1), threads_of(-2), threads_of(5))"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "3"}
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
    assert out.split() == ["3", "3", "2", "5"]


def test_a_stated_number_limits_starts_too(monkeypatch):
    seen = []

    def start(*arguments):
        seen.extend(pool["num_threads"] for pool in threadpool_info())
        raise RuntimeError("seen")

    monkeypatch.setattr(GaussianMixture, "_start", start)
    for method in ("fit", "partial_fit"):
        with pytest.raises(RuntimeError, match="seen"):
            getattr(GaussianMixture(2, n_jobs=1), method)(X)
    assert seen
    assert set(seen) == {1}


def threads_in_worker(n_jobs=None):
    return _threads.threads_of(n_jobs)


def test_workers_of_joblib_have_their_share(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert _threads.threads_of(None) == _threads.threads_of(-1)
    parallel = joblib.Parallel(n_jobs=2, prefer="threads")
    assert parallel(joblib.delayed(threads_in_worker)() for _ in range(4)) == [1] * 4
    assert parallel(joblib.delayed(threads_in_worker)(3) for _ in range(2)) == [3] * 2
    # A single worker is the caller itself.
    alone = joblib.Parallel(n_jobs=1)
    assert alone([joblib.delayed(threads_in_worker)()]) == [_threads.threads_of(-1)]
    # Processes of joblib have OMP_NUM_THREADS: the processors divided by the workers.
    processes = joblib.Parallel(n_jobs=2, backend="loky")
    share = max(1, joblib.cpu_count() // 2)
    assert processes(joblib.delayed(_threads.threads_of)(None) for _ in range(2)) == [share] * 2


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("n_jobs", [0, 1.5, True, "2", 2**31])
def test_other_values_are_refused(name, n_jobs):
    mixture = ESTIMATORS[name](n_components=2, n_jobs=n_jobs)
    with pytest.raises(ValueError, match=r"n_jobs: must be "):
        mixture.fit(X)
    fitted = ESTIMATORS[name](n_components=2, random_state=0).fit(X)
    with pytest.raises(ValueError, match=r"n_jobs: must be "):
        fitted.set_params(n_jobs=n_jobs).predict(X)
