"""Draws in parts, while they are made."""

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


def streamed(draws=10**12, **options):
    return gm.stream(MODEL, DATA, draws, **(OPTIONS | {"threads": 2} | options))


def thread_count():
    return len(os.listdir("/proc/self/task"))


def assert_threads_end(before):
    """Expect no more threads than before; the system lists one for a moment after its end."""
    for _ in range(1_000):
        if thread_count() <= before:
            return
        time.sleep(0.001)
    assert thread_count() <= before


def assert_parts(parts, draws, **options):
    """Expect the draws as drawn of a call."""
    whole = gm.sample(MODEL, DATA, draws, **OPTIONS, **options).as_drawn
    for name in whole:
        joined = np.concatenate([part[name] for part in parts], axis=1)
        assert np.array_equal(joined, whole[name]), name


@pytest.mark.parametrize("threads", [1, 3])
def test_parts_are_the_draws_of_a_call(threads):
    parts = list(streamed(1_050, part=200, threads=threads, store_assignments=True))
    assert [part.n_draws for part in parts] == [200] * 5 + [50]
    assert_parts(parts, 1_050, store_assignments=True)
    for part in parts:
        assert part.label_method is None
        assert not part.can_extend
        assert part.summary()["mean"].shape


def test_break_ends_the_threads():
    before = thread_count()
    parts = []
    for part in streamed(part=10):
        parts.append(part)
        if len(parts) == 3:
            break
    gc.collect()
    assert_threads_end(before)
    assert_parts(parts, 30)


def test_an_exception_in_the_body_ends_the_threads():
    before = thread_count()

    def fail():
        with streamed(part=10) as parts:
            for _ in parts:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert_threads_end(before)


def test_a_closed_stream_is_over():
    parts = streamed(part=10)
    assert iter(parts) is parts
    next(parts)
    parts.close()
    parts.close()
    assert list(parts) == []


def test_memory_is_bounded():
    # All draws of this run would take 10^12 rows; each part takes 100.
    parts = streamed(part=100)
    for _ in range(50):
        next(parts)
    parts.close()


def test_several_threads_take_different_parts():
    parts, taken = streamed(400, part=10), []

    def take():
        taken.extend(parts)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(part.n_draws for part in taken) == 400


def test_a_chain_that_collapses_ends_the_stream_after_the_draws_before():
    model = gm.Mixture(2, means=gm.Normal(0, sd=10), sd=gm.HalfCauchy(1))
    ties = [0.0] * 30 + list(np.random.default_rng(1).normal(3, 1, 70))
    options = {"tune": 0, "random_seed": 1, "moves": False}
    with (
        pytest.warns(gm.ImproperPosteriorWarning),
        pytest.raises(gm.DegenerateError) as caught,
    ):
        gm.sample(model, ties, 100_000, **options)
    expected = caught.value.posterior
    parts = []

    def take():
        for part in gm.stream(model, ties, 100_000, part=7, **options):
            parts.append(part)

    with pytest.warns(gm.ImproperPosteriorWarning), pytest.raises(gm.DegenerateError):
        take()
    made = sum(part.n_draws for part in parts)
    assert made == (0 if expected is None else expected.n_draws)
    if expected is not None:
        joined = np.concatenate([part["means"] for part in parts], axis=1)
        assert np.array_equal(joined, expected.as_drawn["means"])


def test_wrong_arguments_are_refused_at_once():
    expect_refusal(lambda: streamed(part=0), "part", ValueError)
    expect_refusal(lambda: streamed(part=1.5), "part", TypeError)
    expect_refusal(lambda: streamed(draws=0), "draws", ValueError)


def test_the_arguments_are_those_of_sample():
    ours = dict(inspect.signature(gm.stream).parameters)
    theirs = dict(inspect.signature(gm.sample).parameters)
    assert ours.pop("part").default == 100
    for name in ("progress", "until", "checkpoint", "checkpoint_interval"):
        del theirs[name]
    assert {name: p.default for name, p in ours.items()} == {
        name: p.default for name, p in theirs.items()
    }
