"""Signals, cancelling and exceptions inside callbacks. Nothing is lost and nothing is left over."""

from __future__ import annotations

import ctypes
import itertools
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import gmmswift as gm
from gmmswift import _native as native
from gmmswift._native import runs


class Stopped(Exception):  # noqa: N818
    pass


@pytest.fixture
def small():
    return gm.Mixture(1, means=gm.Normal(0, 1), sd=gm.HalfNormal(1)), np.zeros(1) + 0.5


def stop_after(draws):
    def report(progress):
        if progress.draws_done >= draws:
            raise Stopped(progress.draws_done)

    return report


def test_exception_of_the_progress_callable_keeps_the_draws(small):
    model, data = small
    with pytest.raises(Stopped) as caught:
        gm.sample(model, data, 3_000_000, chains=2, random_seed=1, progress=stop_after(1))
    part = caught.value.posterior
    assert 1 <= part.n_draws < 3_000_000
    assert part.n_chains == 2
    whole = gm.sample(model, data, part.n_draws, chains=2, random_seed=1)
    for name in ("means", "sd"):
        np.testing.assert_array_equal(part[name], whole[name])
    assert np.isfinite(part.summary().values).any()


def test_a_cancelled_run_goes_on_where_it_stopped(small):
    model, data = small
    with pytest.raises(Stopped) as caught:
        gm.sample(model, data, 3_000_000, chains=2, random_seed=1, progress=stop_after(1))
    part = caught.value.posterior
    longer = part.extend(50)
    whole = gm.sample(model, data, part.n_draws + 50, chains=2, random_seed=1)
    np.testing.assert_array_equal(longer["means"], whole["means"])


def test_cancelling_while_tuning_leaves_no_posterior(small):
    model, data = small
    with pytest.raises(Stopped) as caught:
        gm.sample(model, data, 5, tune=2**40, chains=2, progress=stop_after(0))
    assert caught.value.posterior is None


def test_cancelling_an_extension_keeps_old_and_new_draws(small):
    model, data = small
    post = gm.sample(model, data, 100, chains=2, random_seed=1)
    with pytest.raises(Stopped) as caught:
        post.extend(3_000_000, progress=stop_after(1))
    longer = caught.value.posterior
    assert 100 <= longer.n_draws < 3_000_100
    np.testing.assert_array_equal(longer["means"][:, :100], post["means"])


def test_system_exit_passes_through(small):
    model, data = small

    def leave(progress):
        raise SystemExit(3)

    with pytest.raises(SystemExit) as caught:
        gm.sample(model, data, 3_000_000, chains=1, progress=leave)
    assert caught.value.code == 3


@pytest.mark.parametrize(
    "call",
    [
        lambda model, data: gm.sample(model, data, 8, tune=2**40, chains=2),
        lambda model, data: gm.sample(model, data, 8, tune=2**40, chains=2, method="metropolis"),
        lambda model, data: gm.sample(model, data, 8, chains=1).extend(10**8),
    ],
    ids=["sample", "metropolis", "extend"],
)
def test_control_c_raises_keyboard_interrupt_within_a_moment(small, call):
    delays = []
    for _ in range(3):
        sent = []

        def interrupt(sent=sent):
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)

        timer = threading.Timer(0.3, interrupt)
        timer.start()
        with pytest.raises(KeyboardInterrupt) as caught:
            call(*small)
        delays.append(time.perf_counter() - sent[0])
        assert hasattr(caught.value, "posterior")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert gm.sample(*small, draws=5).n_draws == 5
    # 0.05 s between two looks. A busy machine may hold up some of them, but not all.
    assert min(delays) < 0.2, delays


@pytest.fixture
def control_c_at(monkeypatch):
    """Return a function that has Ctrl-C come at a look of the library, in each later call."""
    monkeypatch.setattr(runs, "_INTERVAL", 0.0)
    made = runs.Run.__init__

    def arrange(look):
        def begin(run, threads=0, _=None, limit=0.0):
            looks = itertools.count(1)

            def report(progress):
                if next(looks) == look:
                    os.kill(os.getpid(), signal.SIGINT)

            made(run, threads, report, limit)

        monkeypatch.setattr(runs.Run, "__init__", begin)

    return arrange


@pytest.mark.parametrize("look", [1, 2, 5])
@pytest.mark.parametrize(
    "call",
    [
        lambda post, many: post.log_density(many, threads=1),
        lambda post, many: post.predict_probabilities(many, threads=1),
        lambda post, many: post.partition(starts=100, threads=1),
        lambda post, many: gm.fit_em(many, 20, n_init=3, tol=0, random_seed=1, threads=1),
        lambda post, many: gm.summarize(many.reshape(4, -1), threads=1),
        lambda post, many: gm.kde(many.reshape(4, -1), bandwidth=1e-3, threads=1),
    ],
    ids=["log_density", "predict_probabilities", "partition", "fit_em", "summarize", "kde"],
)
def test_control_c_stops_predictions_fits_and_statistics(data, post, control_c_at, call, look):
    many = np.resize(data, 400_000)
    control_c_at(look)
    with pytest.raises(KeyboardInterrupt) as caught:
        call(post, many)
    fit = getattr(caught.value, "fit", None)
    assert fit is None or (fit.stopped_early and np.isfinite(fit.log_likelihood))


# ------------------------------------------------------------------------------- Fits so far

THREE = np.concatenate([np.linspace(a, b, 40) for a, b in ((-6, -3), (-1, 1.5), (2.5, 7))])


@pytest.fixture
def stopped_fit(monkeypatch):
    """Return a function that fits, and stops at a report; each look of the library is one."""
    monkeypatch.setattr(runs, "_INTERVAL", 0.0)

    def fit(count, **options):
        reports = []

        def report(progress):
            reports.append(progress)
            if len(reports) == count:
                raise Stopped

        try:
            return gm.fit_em(THREE, 3, threads=1, progress=report, tol=0, **options), reports
        except Stopped as stop:
            stop.reports = reports
            return stop, reports

    return fit


def test_a_stopped_fit_is_that_of_its_iterations(stopped_fit):
    options = {"n_init": 1, "max_iter": 6, "random_seed": 3}
    iterations = []
    for count in range(1, 30):
        stop, reports = stopped_fit(count, **options)
        assert reports[0].n_chains == 0
        assert (reports[-1].iterations_total, reports[-1].draws_total) == (1, 0)
        if isinstance(stop, gm.EMFit):
            assert not stop.stopped_early
            assert "stopped early" not in repr(stop)
            break
        part = stop.fit
        if part is None or not part.stopped_early:
            continue
        iterations.append(part.n_iterations)
        assert not part.converged
        assert repr(part).endswith(", stopped early>")
        assert pickle.loads(pickle.dumps(part)).stopped_early
        whole = gm.fit_em(THREE, 3, tol=0, **{**options, "max_iter": part.n_iterations})
        assert part.log_likelihood == whole.log_likelihood
        for name in ("weights", "means", "sd", "covariances", "history", "precisions_cholesky"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name))
    assert iterations == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("has_model", [False, True])
def test_the_best_fit_so_far_never_gets_worse(stopped_fit, has_model, monkeypatch):
    if has_model:
        model = gm.Mixture(3, means=gm.Normal(0, sd=5), variance=gm.InverseGamma(2, 1))
        plain = gm.fit_em
        monkeypatch.setattr(gm, "fit_em", lambda data, _, **rest: plain(data, model, **rest))
    options = {"n_init": 3, "max_iter": 5, "random_seed": 3, "init": "random_from_data"}
    last, starts = -np.inf, set()
    for count in range(1, 100):
        stop, reports = stopped_fit(count, **options)
        if isinstance(stop, gm.EMFit):
            break
        starts.add(reports[-1].iterations_done)
        if stop.fit is not None:
            # The rounding of the sum of 120 terms.
            density = stop.fit.log_likelihood + stop.fit.log_prior
            assert density >= last - 1e-10
            last = density
    assert {0, 1, 2} <= starts
    assert stop.log_likelihood + stop.log_prior >= last - 1e-10


def test_an_exception_of_the_last_report_comes_with_the_whole_fit():
    def report(progress):
        if progress.iterations_done == progress.iterations_total:
            raise Stopped

    with pytest.raises(Stopped) as caught:
        gm.fit_em(THREE, 3, random_seed=1, progress=report)
    assert caught.value.fit.converged
    assert not caught.value.fit.stopped_early


def test_a_time_limit_that_has_passed_before_an_iteration_is_an_error():
    with pytest.raises(TimeoutError, match="time_limit: must be long enough for an iteration"):
        gm.fit_em(THREE, 3, time_limit=1e-300)
    whole = gm.fit_em(THREE, 3, random_seed=1)
    for limit in (None, 0, 3e9):
        fit = gm.fit_em(THREE, 3, random_seed=1, time_limit=limit)
        assert not fit.stopped_early
        np.testing.assert_array_equal(fit.means, whole.means)
    for wrong in (-1, np.inf, np.nan):
        with pytest.raises(ValueError, match="time_limit: must be finite and not negative, got"):
            gm.fit_em(THREE, 3, time_limit=wrong)
    with pytest.raises(TypeError, match="time_limit"):
        gm.fit_em(THREE, 3, time_limit="1")


def test_at_a_time_limit_the_best_fit_so_far_is_returned_with_a_warning(monkeypatch):
    # The library makes the whole fit and then says that it was cancelled, as it does at a limit.
    real = native.lib.gmm_fit_em

    def late(*arguments):
        assert real(*arguments) == native.OK
        native.lib.gmm_model_create(None, ctypes.byref(ctypes.c_void_p()), arguments[-1])
        return native.CANCELLED

    monkeypatch.setattr(native.lib, "gmm_fit_em", late)
    with pytest.warns(gm.TimeLimitWarning, match=r"time_limit: 5.0 s have passed") as caught:
        fit = gm.fit_em(THREE, 3, random_seed=1, time_limit=5)
    assert fit.stopped_early
    assert caught[0].message.fit is fit
    assert caught[0].filename == __file__


@pytest.fixture
def stopped_at_once(monkeypatch):
    """Have the first report of every call raise, and count the reports."""
    reports = []

    def stop(progress):
        reports.append(progress)
        raise Stopped

    made = runs.Run.__init__
    monkeypatch.setattr(runs, "_INTERVAL", 0.0)
    monkeypatch.setattr(
        runs.Run, "__init__", lambda run, threads=0, _=None, limit=0.0: made(run, threads, stop)
    )
    return reports


LONG_CALLS = {
    "kde": lambda post, path: gm.kde(post["means"]),
    "histogram": lambda post, path: gm.histogram(post["means"]),
    "autocorrelation": lambda post, path: gm.autocorrelation(post["means"]),
    "summarize": lambda post, path: gm.summarize({"means": post["means"]}, threads=1),
    "summary": lambda post, path: post.summary(threads=1),
    "sample_predictive": lambda post, path: post.sample_predictive(50, 1000, threads=1),
    "sample_prior": lambda post, path: gm.sample_prior(post.model, 1000, threads=1),
    "for_data": lambda post, path: gm.Mixture(2).for_data(post.data),
    "save": lambda post, path: post.save(path / "new.gmm"),
    "export_csv": lambda post, path: post.export_csv(path / "new"),
    "load": lambda post, path: gm.load(path / "missing.gmm"),
    "to_bytes": lambda post, path: post.to_bytes(),
    "from_bytes": lambda post, path: gm.Posterior.from_bytes(b"none"),
    "fit_em": lambda post, path: gm.fit_em(post.data, 2, threads=1),
}


@pytest.mark.parametrize("name", LONG_CALLS)
def test_every_long_call_stops_at_its_first_report(name, post, tmp_path, stopped_at_once):
    with pytest.raises(Stopped):
        LONG_CALLS[name](post, tmp_path)
    assert len(stopped_at_once) == 1
    # A file whose writing stops is removed, and no other file is left.
    assert list(tmp_path.iterdir()) == []


def test_other_signals_that_raise_stop_the_call(small):
    def expired(number, frame):
        raise TimeoutError("expired")

    previous = signal.signal(signal.SIGALRM, expired)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(TimeoutError, match="expired") as caught:
            gm.sample(*small, draws=8, tune=2**40)
        assert caught.value.posterior is None
        assert signal.getsignal(signal.SIGALRM) is expired
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_signal_handlers_that_return_do_not_stop_the_call(small):
    model, data = small
    seen = []
    previous = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        post = gm.sample(model, data, 1_000_000, chains=1, random_seed=1)
        signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert seen == [1]
    assert post.n_draws == 1_000_000


def test_calls_on_other_threads_leave_signal_handlers_alone(small):
    results = []
    worker = threading.Thread(target=lambda: results.append(gm.sample(*small, draws=50)))
    worker.start()
    worker.join()
    assert results[0].n_draws == 50
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_call_inside_a_progress_callable_works(small):
    model, data = small
    inner = []

    def report(progress):
        inner.append(gm.sample(model, data, 10, chains=1, random_seed=2)["means"])

    outer = gm.sample(model, data, 2000, chains=2, random_seed=1, progress=report)
    assert outer.n_draws == 2000
    expected = gm.sample(model, data, 10, chains=1, random_seed=2)["means"]
    for found in inner:
        np.testing.assert_array_equal(found, expected)


def test_control_c_in_a_script_keeps_the_draws_and_the_library_working():
    script = textwrap.dedent(
        """
        import sys
        import gmmswift as gm

        model = gm.Mixture(2, means=gm.Normal(0, 5), ordered=True, sd=gm.HalfNormal(1))
        print("ready", flush=True)
        try:
            gm.sample(model, [0.1, 0.2, 3.0], 20_000_000, chains=2, tune=10, random_seed=1)
        except KeyboardInterrupt as error:
            part = error.posterior
        again = gm.sample(model, [0.1, 0.2, 3.0], part.n_draws, chains=2, tune=10, random_seed=1)
        assert (again["means"] == part["means"]).all()
        print("kept", part.n_draws)
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert errors == ""
    word, count = output.split()
    assert word == "kept"
    assert 0 < int(count) < 20_000_000


def test_control_c_at_random_moments_keeps_draws_and_memory():
    # In a process of its own: an interrupt that comes a moment late must not hit the test runner.
    script = textwrap.dedent(
        """
        import gc, os, random, signal, statistics, threading, time
        import gmmswift as gm

        def resident():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

        def interrupt():
            global sent
            sent = time.perf_counter()
            os.kill(os.getpid(), signal.SIGINT)

        model = gm.Mixture(2, means=gm.Normal(0, 5), ordered=True, sd=gm.HalfNormal(1))
        data, moments = [0.1, 0.2, 3.0], random.Random(8)
        delays, kept = [], 0
        for number in range(24):
            part = None
            timer = threading.Timer(moments.uniform(0.0, 0.12), interrupt)
            try:
                timer.start()
                gm.sample(model, data, 2_000_000, chains=2, tune=10, random_seed=1)
                time.sleep(5)
            except KeyboardInterrupt as error:
                delays.append(time.perf_counter() - sent)
                part = getattr(error, "posterior", None)
            timer.join()
            if part is not None:
                kept += 1
                count = min(part.n_draws, 500)
                again = gm.sample(model, data, count, chains=2, tune=10, random_seed=1)
                assert (again["means"] == part["means"][:, : again.n_draws]).all()
            count = 0 if part is None else part.n_draws
            part = again = None
            # No memory is freed only by the garbage collector.
            drawn = resident()
            gc.collect()
            assert drawn - resident() < 1e6, (number, count, drawn - resident())
            if number == 11:
                before = resident()
        # 0.05 s between two looks. Other programs may hold up a few of them, but not half.
        assert len(delays) == 24 and statistics.median(delays) < 0.2, delays
        # The draws of twelve interrupted runs would take several times this memory if they leaked.
        assert resident() - before < 60e6, resident() - before
        print("kept", kept)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) > 0
