"""Memory: all objects are freed."""

from __future__ import annotations

import gc
import weakref

import numpy as np

import gmmswift as gm
from gmmswift import _native


def resident():
    """Resident memory of this process in bytes."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def test_memory_stays_flat_over_many_calls(data):
    def work():
        model = gm.Mixture(2, means=gm.Normal(20, 10), ordered=True, sd=gm.HalfNormal(5))
        post = gm.sample(model, data, 300, tune=5, chains=2, store_assignments=True)
        post.extend(10).subset(5, 2).summary()
        views = list(post.values())
        post.log_density(data)
        gm.fit_em(data, 2, n_init=1)
        gm.summarize(post["means"])
        gm.kde(data)
        gm.sample_prior(model, 10)
        for bad in (lambda: post.subset(-1), lambda: gm.sample(model, [np.nan])):
            try:
                bad()
            except ValueError:
                continue
            raise AssertionError
        return views

    for _ in range(30):
        work()
    before = resident()
    for _ in range(300):
        work()
    # A posterior here holds 200 kB: one in ten that leaked would cost 6 MB.
    assert resident() - before < 3e6


def test_a_posterior_is_destroyed_with_its_last_view(model, data):
    destroyed = []
    post = gm.sample(model, data, 20, chains=1)
    handle = post._handle
    original = handle._destroy
    handle._destroy = lambda value: (destroyed.append(value), original(value))
    view = post["means"][0, ::2]
    del post, handle
    gc.collect()
    assert not destroyed
    del view
    gc.collect()
    assert len(destroyed) == 1


def test_posteriors_are_freed_without_the_garbage_collector(model, data):
    gc.disable()
    try:
        post = gm.sample(model, data, 20, chains=1)
        list(post.values())
        post.summary()
        assert post.probabilities.size
        alive = weakref.ref(post._handle)
        del post
        assert alive() is None
    finally:
        gc.enable()


def test_calls_leave_no_state_behind(model, data):
    gm.sample(model, data, 5)
    gm.fit_em(data, 2)
    assert _native.runs._runs == {}
