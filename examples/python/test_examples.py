"""Tests of the examples: each runs once, in the order of the demo, and leaves the demo's page."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import book
import demo
import matplotlib.image
import notebook_data
import numpy as np
import pytest
from report import Report

import gmmswift as gm

_HERE = Path(__file__).resolve().parent

#: Posterior means and their Monte-Carlo standard errors, from NUTS on the marginalised mixture, a
#: Gibbs sampler, JAGS and importance sampling, pooled; for known means, from quadrature.
_REFERENCE: dict[str, dict[str, tuple[float, float]]] = {
    "two_components": {
        "weights[0]": (0.7104855265, 3.9e-05),
        "weights[1]": (0.2895144735, 3.9e-05),
        "means[0]": (150.6095931, 0.00096),
        "means[1]": (202.0811193, 0.004),
        "sd[0]": (10.03548764, 0.00077),
        "sd[1]": (17.52462463, 0.0033),
    },
    "three_components": {
        "weights[0]": (0.3167229736, 3e-05),
        "weights[1]": (0.3574983664, 3.2e-05),
        "weights[2]": (0.32577866, 3e-05),
        "means[0]": (-4.959734156, 0.00013),
        "means[1]": (0.04289670008, 0.00012),
        "means[2]": (5.018028866, 0.00012),
        "sd": (0.9793823115, 5.1e-05),
    },
    "known": {
        "weights[0]": (0.41762502, 1e-09),
        "weights[1]": (0.2336672694, 1e-09),
        "weights[2]": (0.3487077106, 1e-09),
    },
    "unknown": {
        "weights[0]": (0.4174996268, 3.5e-05),
        "weights[1]": (0.2338180744, 3e-05),
        "weights[2]": (0.3486822988, 3.3e-05),
        "means[0]": (8.769300281, 0.00024),
        "means[1]": (21.04052643, 0.00032),
        "means[2]": (35.20721596, 0.00026),
        "sd": (2.164657606, 0.00012),
    },
    "table": {
        "weights[0]": (0.233861061, 3e-05),
        "weights[1]": (0.3486706368, 3.4e-05),
        "weights[2]": (0.4174683022, 3.5e-05),
        "means[0]": (21.05456045, 0.00032),
        "means[1]": (35.29112039, 0.00026),
        "means[2]": (8.95683853, 0.00024),
        "sd": (2.156382029, 0.00012),
    },
}

#: Distances allowed, in standard errors. Each run has 50 means, partly dependent; that one of 50
#: is off by more than 5 errors by chance has probability 3e-5, and the seeds are fixed.
_LIMIT = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the page."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the scripts return."""
    return demo.main(folder)


@pytest.mark.parametrize(
    ("script", "key", "reference"),
    [
        ("two_components", "posterior", "two_components"),
        ("two_components", "metropolis", "two_components"),
        ("three_components", "posterior", "three_components"),
        ("three_components", "metropolis", "three_components"),
        ("book", "known", "known"),
        ("book", "unknown", "unknown"),
        ("book", "table", "table"),
    ],
)
def test_posterior_means_agree_with_the_reference(
    results: dict[str, dict[str, Any]], script: str, key: str, reference: str
) -> None:
    posterior: gm.Posterior = results[script][key]
    summary = posterior.summary()
    far = {}
    for name, (mean, error) in _REFERENCE[reference].items():
        bound = _LIMIT * np.hypot(summary[name, "mcse_mean"], error)
        if not abs(summary[name, "mean"] - mean) <= bound:
            far[name] = (summary[name, "mean"], mean, bound)
    assert not far


def test_maximum_likelihood_is_the_one_known(results: dict[str, dict[str, Any]]) -> None:
    em: gm.EMFit = results["two_components"]["em"]
    assert em.converged
    # The maximum, from EM in another program run until nothing changed. The gain of the last
    # iteration is below 1e-13 for each of 1,000 observations, and what is left to gain at most some
    # ten times that, so 1e-9. A log likelihood so near its maximum puts every parameter within
    # sqrt(2e-9) of its standard errors (0.017, 0.43 and 1.4, 0.32 and 1.1).
    assert em.log_likelihood == pytest.approx(-4417.17992308617, abs=1e-9)
    near = np.sqrt(2e-9)
    np.testing.assert_allclose(em.weights, [0.7114119, 0.2885881], rtol=0, atol=0.017 * near + 5e-8)
    assert np.all(abs(em.means - [150.616912, 201.984515]) < np.array([0.43, 1.4]) * near + 5e-7)
    assert np.all(
        abs(np.asarray(em.sd) - [10.003361, 17.357089]) < np.array([0.32, 1.1]) * near + 5e-7
    )


def test_published_table_agrees_but_for_the_row_that_is_wrong(
    results: dict[str, dict[str, Any]],
) -> None:
    summary = results["book"]["table"].summary()
    off = {
        name: abs(summary[name, "mean"] - mean) / mc_error
        for name, (mean, _, mc_error, _, _) in book.PUBLISHED.items()
    }
    wrong = off.pop(book.WRONG_ROW)
    # Batch means of 100 batches understate the error of correlated draws: 4 of the book's own.
    assert max(off.values()) < 4
    assert wrong > 50
    # What the other two published weights leave, which carries both their errors.
    first, second = book.PUBLISHED["weights[0]"], book.PUBLISHED["weights[1]"]
    left = 1 - first[0] - second[0]
    bound = 4 * np.hypot(first[2], second[2])
    assert abs(summary[book.WRONG_ROW, "mean"] - left) < bound


def test_first_observation_of_the_second_notebook_is_its_own(
    results: dict[str, dict[str, Any]],
) -> None:
    result = results["three_components"]
    assert round(float(result["data"][0]), 2) == 3.29
    assert result["clusters"][0] == 2
    # Given a draw the probability has sd 0.0093, so that the average over 4,000 nearly
    # independent draws has standard error 1.5e-4: five of them.
    np.testing.assert_allclose(
        result["posterior"].probabilities[0], [0, 0.02243, 0.97757], rtol=0, atol=7.5e-4
    )


def test_data_are_those_of_the_data_files() -> None:
    data = {
        "two_components": notebook_data.two_components(),
        "three_components": notebook_data.three_components()[0],
        "book": notebook_data.book(),
    }
    for name, values in data.items():
        stored = np.loadtxt(_HERE.parent / "data" / f"{name}.txt")
        np.testing.assert_array_equal(values, stored)
    table = notebook_data.book_table()
    assert table.shape == (sum(notebook_data.BOOK_SIZES),)
    assert table.dtype == np.float64


def test_every_picture_exists_and_is_not_blank(results: dict[str, dict[str, Any]]) -> None:
    for result in results.values():
        report: Report = result["report"]
        assert report.pictures
        assert {picture.path for picture in report.pictures} == set(report.output.iterdir())
        for picture in report.pictures:
            pixels = matplotlib.image.imread(picture.path)[:, :, :3]
            assert min(pixels.shape[:2]) > 200, picture.path
            assert pixels.std() > 0, picture.path
            # Axes, grids and text are grey. What shows components has colours, in the least crowded
            # picture in 1 of 200 pixels. Data and an sd that all components share are black and
            # grey, and cover more.
            is_drawn = np.ptp(pixels, axis=2) > 0.1
            if not is_drawn.any():
                assert picture.path.stem in ("data", "autocorrelation")
                is_drawn = pixels.max(axis=2) < 0.95
                assert is_drawn.mean() > 0.05, picture.path
            assert is_drawn.mean() > 0.005, picture.path
            # Not in one corner only.
            assert np.ptp(np.flatnonzero(is_drawn.any(axis=0))) > 0.5 * pixels.shape[1]


class _Links(HTMLParser):
    """Links, pictures and targets of a page; checks that elements are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.targets: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.add(value)
            if name == "id" and value:
                self.targets.add(value)

    def handle_endtag(self, tag: str) -> None:
        """Note the end of an element."""
        assert self.open.pop() == tag


def test_page_links_to_existing_files_and_shows_everything(
    results: dict[str, dict[str, Any]], folder: Path
) -> None:
    html = (folder / "index.html").read_text(encoding="utf-8")
    page = _Links()
    page.feed(html)
    assert not page.open
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.targets
        else:
            assert "://" not in link
            assert (folder / link).is_file(), link
    for result in results.values():
        report: Report = result["report"]
        assert f"#{report.name}" in page.links
        for picture in report.pictures:
            assert str(picture.path.relative_to(folder)) in page.links
    assert "nan" not in html


def test_page_names_the_other_examples(results: dict[str, dict[str, Any]], folder: Path) -> None:
    html = (folder / "index.html").read_text(encoding="utf-8")
    others = {path.stem.removeprefix("test_") for path in _HERE.glob("test_*.py")} - {"examples"}
    for name in others:
        assert f"<code>{name}.py</code>" in html, name


def test_script_writes_to_the_folder_it_is_given(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, _HERE / "book.py", "--output", tmp_path / "pictures"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Published and ours" in done.stdout
    assert (tmp_path / "pictures" / "predictive.png").is_file()
