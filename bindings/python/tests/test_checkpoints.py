"""Runs that write checkpoints, are killed, and go on."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import time
import warnings

import numpy as np
import pytest

import gmmswift as gm

rng = np.random.default_rng(7)
PLANE = np.concatenate([rng.normal(size=(200, 2)), rng.normal([4, 5], size=(100, 2))])
LINE = np.concatenate([rng.normal(0, 1, 150), rng.normal(5, 2, 150)])

RUNS = {
    "gibbs": (
        gm.Mixture(2, means=gm.Normal(0, sd=10), ordered=True, sd=gm.HalfNormal(5)),
        LINE,
        {"draws": 6_000, "tune": 1_000, "chains": 3, "store_assignments": True},
    ),
    "metropolis": (
        gm.Mixture(2, means=gm.Normal([0, 5], sd=10), sd=gm.Uniform(0, 20), shared_sd=True),
        LINE,
        {"draws": 6_000, "tune": 2_000, "chains": 2, "thin": 3, "method": "metropolis"},
    ),
    "plane": (
        gm.Mixture(2, covariance_type="full"),
        PLANE,
        {"draws": 3_000, "tune": 500, "chains": 4, "thin": 2},
    ),
}


def run(name, path=None, interval=1e-3, **changes):
    model, data, options = RUNS[name]
    return gm.sample(
        model,
        data,
        random_seed=4,
        checkpoint=path,
        checkpoint_interval=interval,
        **(options | {"threads": 2} | changes),
    )


def assert_same(first, second):
    for name in first:
        assert np.array_equal(first[name], second[name]), name


def in_child(body):
    """Start a function in a process of its own, which ends with it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            body()
            status = 0
        finally:
            os._exit(status)
    return child


@pytest.mark.parametrize("name", RUNS)
def test_killed_at_fifty_random_moments_it_ends_with_the_same_bits(name, tmp_path):
    expected = run(name, threads=3)
    path = tmp_path / "run.gmmckpt"
    start = time.monotonic()
    run(name, path)
    duration = time.monotonic() - start
    path.unlink()
    moments = np.random.default_rng(11)
    kills = 0
    while kills < 50:
        threads = int(moments.integers(1, 3))
        child = in_child(lambda threads=threads: run(name, path, threads=threads))
        time.sleep(moments.uniform(0, 0.4) * duration)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            kills += 1
        else:
            assert os.WEXITSTATUS(status) == 0
            assert_same(run(name, path), expected)
            path.unlink()
    assert_same(run(name, path), expected)
    # At most what the last killed writer left, which the next has taken over.
    assert os.listdir(tmp_path) == ["run.gmmckpt"]


def test_an_extension_that_is_killed_goes_on(tmp_path):
    model, data, options = RUNS["gibbs"]
    base = gm.sample(model, data, random_seed=4, **(options | {"draws": 50}))
    expected = base.extend(8_000)
    path = tmp_path / "run.gmmckpt"
    extend = {"draws": 8_000, "checkpoint": path, "checkpoint_interval": 1e-3}
    start = time.monotonic()
    base.extend(**extend)
    duration = time.monotonic() - start
    path.unlink()
    moments = np.random.default_rng(3)
    for _ in range(8):
        child = in_child(lambda: base.extend(**extend))
        time.sleep(moments.uniform(0, 0.4) * duration)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert_same(base.extend(**extend), expected)


def test_ctrl_c_leaves_a_checkpoint(tmp_path):
    path = tmp_path / "run.gmmckpt"

    def stop(progress):
        if progress.draws_done > 3_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        run("gibbs", path, interval=60, progress=stop, draws=500_000)
    part = caught.value.posterior
    assert part.n_draws > 100
    # From there on, not from the start: the first report is already beyond.
    reports = []

    def look(progress):
        reports.append(progress.draws_done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("gibbs", path, interval=60, progress=look, draws=500_000)
    assert reports[0] >= part.n_draws * part.n_chains
    total = part.n_draws + 100
    assert_same(run("gibbs", path, draws=total), run("gibbs", draws=total))


def test_a_finished_run_returns_at_once_and_goes_on_for_more(tmp_path):
    path = tmp_path / "run.gmmckpt"
    first = run("gibbs", path)
    stamp = path.stat().st_mtime_ns
    again = run("gibbs", path)
    assert_same(again, first)
    assert again.seconds < 2 * first.seconds
    assert path.stat().st_mtime_ns == stamp
    assert_same(run("gibbs", path, draws=7_000), run("gibbs", draws=7_000))
    assert path.stat().st_mtime_ns > stamp


def test_without_a_seed_the_same_call_goes_on(tmp_path):
    model, data, options = RUNS["gibbs"]
    path = tmp_path / "run.gmmckpt"
    options = options | {"draws": 100}
    first = gm.sample(model, data, checkpoint=path, **options)
    assert first.seed == 0
    assert_same(gm.sample(model, data, checkpoint=path, **options), first)


def test_checkpoints_of_other_runs_are_refused_with_the_reason(tmp_path):
    path = tmp_path / "run.gmmckpt"
    model, data, options = RUNS["gibbs"]
    options = options | {"draws": 50, "checkpoint": path}
    gm.sample(model, data, random_seed=4, **options)
    before = path.read_bytes()
    other = gm.Mixture(2, means=gm.Normal(0, sd=11), ordered=True, sd=gm.HalfNormal(5))
    cases = [
        (model, data[1:], {}, "is of other data: 300 x 1, not 299 x 1"),
        (model, data + 1e-9, {}, "is of other data: the same number of observations"),
        (other, data, {}, "is of another model"),
        (model, data, {"random_seed": 5}, "is of a run with seed 4, not 5"),
        (model, data, {"tune": 7}, "is of a run with tune 1000, not 7"),
        (model, data, {"thin": 2}, "is of a run with thin 1, not 2"),
        (model, data, {"chains": 4}, "is of a run with chains 3, not 4"),
        (model, data, {"method": "metropolis"}, "is of a run with method gibbs, not metropolis"),
        (model, data, {"store_assignments": False}, "store_assignments true, not false"),
        (model, data, {"initial": {"means": [0, 1]}}, "is of a run with other initial values"),
    ]
    for model_, data_, changes, reason in cases:
        with pytest.raises(gm.MismatchError, match=f"checkpoint: '.*run.gmmckpt': .*{reason}"):
            gm.sample(model_, data_, **({"random_seed": 4} | options | changes))
        assert path.read_bytes() == before
    if gm.build_info()["kernels"] != "portable":
        with gm.kernels("portable"), pytest.raises(gm.MismatchError, match="fused multiply-add"):
            gm.sample(model, data, random_seed=4, **options)
    path.write_bytes(before[:100] + b"x" + before[101:])
    with pytest.raises(gm.FormatError, match="is damaged"):
        gm.sample(model, data, random_seed=4, **options)
    path.write_text("my thesis")
    with pytest.raises(gm.FormatError, match="not a file of libgmmswift"):
        gm.sample(model, data, random_seed=4, **options)
    assert path.read_text() == "my thesis"


def test_bad_places_are_found_before_anything_is_sampled(tmp_path):
    def draws(path, **changes):
        def never(progress):
            raise AssertionError("sampling has begun")

        return run("gibbs", path, draws=1_000_000, progress=never, **changes)

    with pytest.raises(FileNotFoundError, match=r"checkpoint: '.*': cannot write: No such file"):
        draws(tmp_path / "missing" / "run.gmmckpt")
    with pytest.raises(IsADirectoryError):
        draws(tmp_path)
    with pytest.raises(OSError, match="Not a regular file"):
        draws("/dev/null")
    with pytest.raises(ValueError, match="checkpoint_interval: must be finite and positive, got 0"):
        draws(tmp_path / "run.gmmckpt", interval=0)
    with pytest.raises(ValueError, match="checkpoint: must not be empty"):
        draws("")
    with pytest.raises(TypeError, match="checkpoint: must be a path"):
        draws(3)
    assert os.listdir(tmp_path) == []


def test_a_read_only_folder_is_refused():
    folder = tempfile.mkdtemp()
    try:
        os.chmod(folder, 0o555)

        def refused():
            if os.geteuid() == 0:
                os.setuid(65534)  # root may write everywhere
            with pytest.raises(PermissionError, match="Permission denied"):
                run("gibbs", os.path.join(folder, "run.gmmckpt"))

        assert os.waitpid(in_child(refused), 0)[1] == 0
    finally:
        os.rmdir(folder)


def test_a_full_disk_costs_the_checkpoint_but_not_the_draws(tmp_path):
    path = tmp_path / "run.gmmckpt"
    expected = run("plane")
    limit = expected["means"].nbytes

    def limited():
        # Files beyond the limit fail as they do on a full disk; Python ignores the signal.
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        with pytest.warns(gm.CheckpointWarning, match="File too large") as caught:
            post = run("plane", path)
        assert_same(post, expected)
        assert_same(caught[0].message.posterior, expected)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(gm.CheckpointWarning) as raised:
                run("plane", path)
        assert_same(raised.value.posterior, expected)

    assert os.waitpid(in_child(limited), 0)[1] == 0
    # What fitted is intact, and the run goes on from it.
    assert os.listdir(tmp_path) == ["run.gmmckpt"]
    assert 0 < path.stat().st_size <= limit
    reports = []
    assert_same(run("plane", path, progress=lambda now: reports.append(now.draws_done)), expected)
    assert path.stat().st_size > limit
    assert reports[-1] == expected.n_chains * expected.n_draws
