"""Runs beside the program: started, watched, paused, stopped, dropped."""

from __future__ import annotations

import gc
import inspect
import os
import threading
import time

import numpy as np
import pytest

import gmmswift as gm
from refusals import expect_refusal

rng = np.random.default_rng(3)
DATA = np.concatenate([rng.normal(0, 1, 60), rng.normal(5, 1, 40)])
MODEL = gm.Mixture(2, means=gm.Normal(0, sd=10), sd=gm.HalfNormal(5))
OPTIONS = {"tune": 100, "chains": 3, "random_seed": 2}
#: So many draws that no run makes them while a test lasts.
ENDLESS = 2_000_000


def started(draws=ENDLESS, **options):
    return gm.start(MODEL, DATA, draws, **(OPTIONS | {"threads": 2} | options))


def sampled(draws):
    return gm.sample(MODEL, DATA, draws, **OPTIONS)


def assert_same(first, second):
    for name in first:
        assert np.array_equal(first[name], second[name]), name


def first_snapshot(run):
    while True:
        post = run.snapshot()
        if post is not None:
            return post


def thread_count():
    return len(os.listdir("/proc/self/task"))


def assert_threads_end(before):
    """Expect no more threads than before; the system lists one for a moment after its end."""
    for _ in range(1_000):
        if thread_count() <= before:
            return
        time.sleep(0.001)
    assert thread_count() <= before


def test_a_run_makes_the_draws_of_a_call():
    with started(500) as run:
        post = run.result()
        assert_same(post, sampled(500))
        status = run.poll()
        assert status.state == "finished"
        assert status.has_ended
        assert status.draws_done == (500,) * 3
        assert status.progress.draws_done == status.progress.draws_total == 1_500
        assert_same(run.snapshot(), post)
        assert_same(run.result(), post)
    assert repr(run).startswith("<gmmswift.Run: finished, 3 chains, 500 draws of each")
    assert_same(post.extend(10), sampled(510))


def test_snapshots_are_runs_of_their_length():
    with started() as run:
        first = first_snapshot(run)
        run.pause()
        assert run.poll().state == "paused"
        second = run.snapshot()
        run.resume()
        third = first_snapshot(run)
    assert run.poll().state == "stopped"
    end = run.result()
    assert first.n_draws <= second.n_draws <= third.n_draws <= end.n_draws
    for post in (first, second, end):
        assert_same(post.as_drawn, sampled(post.n_draws).as_drawn)
    assert_same(second.extend(5).as_drawn, sampled(second.n_draws + 5).as_drawn)


def test_a_run_that_is_stopped_returns_its_draws():
    run = started()
    first_snapshot(run)
    run.stop()
    run.stop()
    post = run.result()
    assert_same(post.as_drawn, sampled(post.n_draws).as_drawn)
    run.pause()
    run.resume()
    assert run.poll().state == "stopped"


def test_a_wait_can_end_before_the_run():
    with started() as run:
        with pytest.raises(TimeoutError):
            run.result(timeout=0.01)

        class StopError(Exception):
            pass

        def stop(progress):
            raise StopError

        with pytest.raises(StopError):
            run.result(progress=stop)
        assert run.poll().state == "running"
        expect_refusal(lambda: run.result(timeout=0), "timeout", ValueError)
        expect_refusal(lambda: run.result(timeout="soon"), "timeout", TypeError)


def test_an_exception_in_the_block_ends_the_threads():
    before = thread_count()

    def fail():
        with started():
            assert thread_count() > before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert_threads_end(before)


def test_a_dropped_run_ends():
    before = thread_count()
    run = started()
    post = first_snapshot(run)
    assert thread_count() > before
    del run
    gc.collect()
    assert_threads_end(before)
    # Its snapshots stay.
    assert_same(post.as_drawn, sampled(post.n_draws).as_drawn)
    paused = started()
    paused.pause()
    del paused
    gc.collect()
    assert_threads_end(before)


def test_several_threads_may_steer_a_run():
    run = started(3_000)
    failures = []

    def steer():
        try:
            while not run.poll().has_ended:
                run.pause()
                run.snapshot()
                run.resume()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=steer) for _ in range(3)]
    for thread in threads:
        thread.start()
    post = run.result()
    for thread in threads:
        thread.join()
    assert failures == []
    assert_same(post, sampled(3_000))


def test_a_run_goes_on_until_its_draws_have_converged():
    until = gm.Until(ess=800, r_hat=1.02, max_draws=20_000)
    with started(100, until=until) as run:
        post = run.result()
    assert post.until.met
    assert_same(post, sampled(post.n_draws))
    with (
        started(10, until=gm.Until(ess=1e9)) as run,
        pytest.warns(gm.ConvergenceWarning) as caught,
    ):
        run.result()
    assert caught[0].filename == __file__


def test_checkpoints_of_a_stopped_run_go_on(tmp_path):
    path = tmp_path / "run.gmmckpt"
    with started(checkpoint=path, checkpoint_interval=1e-3) as run:
        first_snapshot(run)
    draws = run.result().n_draws + 20
    assert_same(gm.sample(MODEL, DATA, draws, checkpoint=path, **OPTIONS), sampled(draws))


def test_errors_of_a_run_are_those_of_a_call(tmp_path):
    expect_refusal(lambda: started(0), "draws", ValueError)
    expect_refusal(lambda: started(threads=-1), "threads", ValueError)
    with started(5, checkpoint=tmp_path / "none" / "run.gmmckpt") as run:
        with pytest.raises(FileNotFoundError):
            run.result()
        assert run.poll().state == "failed"
        assert run.snapshot() is None
    collapsing = gm.Mixture(2, means=gm.Normal(0, sd=10), sd=gm.HalfCauchy(1))
    ties = [0.0] * 30 + list(rng.normal(3, 1, 70))
    with (
        pytest.warns(gm.ImproperPosteriorWarning),
        gm.start(collapsing, ties, 100_000, random_seed=1) as run,
        pytest.raises(gm.DegenerateError) as caught,
    ):
        run.result()
    assert caught.value.posterior is None or caught.value.posterior.n_draws > 0


def test_a_fork_has_no_threads_of_the_run():
    with started() as run:
        first_snapshot(run)
        run.pause()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for method in (run.poll, run.snapshot, run.result):
                    with pytest.raises(NotImplementedError, match="run: must be used in the"):
                        method()
                run.stop()
                run.resume()
                del run
                gc.collect()
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0


def test_the_arguments_are_those_of_sample():
    ours = dict(inspect.signature(gm.start).parameters)
    theirs = dict(inspect.signature(gm.sample).parameters)
    del theirs["progress"]
    assert {name: p.default for name, p in ours.items()} == {
        name: p.default for name, p in theirs.items()
    }
