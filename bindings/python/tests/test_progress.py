"""Progress reports: callables, the bar of tqdm, the plain line."""

from __future__ import annotations

import io
import math
import sys
from itertools import pairwise

import numpy as np
import pytest

import gmmswift as gm
from gmmswift import _progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def long_run(model, data):
    def run(progress, draws=20_000):
        return gm.sample(model, data, draws, tune=1000, chains=2, random_seed=1, progress=progress)

    return run


def test_a_callable_receives_growing_counts_that_end_complete(long_run):
    reports = []
    post = long_run(reports.append)
    assert all(type(report) is gm.Progress for report in reports)
    last = reports[-1]
    assert (last.n_chains, last.draws_done, last.draws_total) == (2, 40_000, 40_000)
    assert (last.iterations_done, last.iterations_total) == (42_000, 42_000)
    assert last.seconds_left == 0
    for before, after in pairwise(reports):
        assert after.iterations_done >= before.iterations_done
        assert after.draws_done >= before.draws_done
        assert after.seconds_elapsed >= before.seconds_elapsed
        assert math.isnan(before.seconds_left) or before.seconds_left >= 0
    # One each 0.05 s at most, and the last.
    assert 1 <= len(reports) <= 2 + post.seconds / 0.05


def test_reports_do_not_change_the_draws(long_run):
    np.testing.assert_array_equal(
        long_run(lambda _: None, 100)["means"], long_run(False, 100)["means"]
    )


def test_extensions_report_too(long_run):
    reports = []
    long_run(False, 100).extend(200, progress=reports.append)
    assert reports[-1].iterations_done == reports[-1].iterations_total > 0


def test_true_shows_the_bar_of_tqdm(long_run, capsys):
    pytest.importorskip("tqdm")
    long_run(True, 2000)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Sampling 2 chains: 100%" in shown.err
    assert "4,000 of 4,000 draws" in shown.err


def test_fits_show_their_starts(data, capsys, monkeypatch):
    pytest.importorskip("tqdm")
    gm.fit_em(data, 2, n_init=3, random_seed=1, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Fitting from 3 starts: 100%" in shown.err
    assert "3/3" in shown.err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    gm.fit_em(data, 2, n_init=1, random_seed=1, progress=True)
    assert capsys.readouterr().err.startswith("Fitting from 1 start: 100%, 1 of 1 starts, ")
    with pytest.raises(TypeError, match="progress: must be True, False or a callable, got 1"):
        gm.fit_em(data, 2, progress=1)


def test_without_tqdm_a_line_is_rewritten_on_a_terminal(long_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    long_run(True)
    text = screen.getvalue()
    assert text.startswith("\rSampling 2 chains: ")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert "100%, 40,000 of 40,000 draws, " in text.split("\r")[-1]
    assert "s left" in text


def test_without_tqdm_and_terminal_one_line_is_written_at_the_end(long_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    long_run(True)
    assert len(log.getvalue().splitlines()) == 1
    assert log.getvalue().startswith("Sampling 2 chains: 100%")


def test_a_bar_is_closed_when_the_call_fails(model, monkeypatch):
    closed = []
    observer = _progress._Line()
    monkeypatch.setattr(_progress._Line, "__exit__", lambda *_: closed.append(1))
    monkeypatch.setattr("gmmswift._draws.run.observer_for", lambda _: observer)
    with pytest.raises(ValueError, match="draws: must be at least 1"):
        gm.sample(model, [1.0], draws=0, progress=True)
    assert closed == [1]
