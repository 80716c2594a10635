"""The example of the galaxies runs, and finds what long runs found."""

from __future__ import annotations

import json
from pathlib import Path

import galaxies
import matplotlib.image
import numpy as np

_ROOT = Path(__file__).resolve().parents[2]

#: P(K+ = 3), ... of the galaxies and P(K+ = 2), ... of the acidity, with their Monte-Carlo errors,
#: by 2,000,000 draws with another seed, under the priors of the pictures.
LONG = {
    "galaxies": (3, [0.1669, 0.3105, 0.2583, 0.1575], [0.0072, 0.0041, 0.0072, 0.0026]),
    "acidity": (2, [0.2160, 0.3374, 0.2346, 0.1174], [0.0100, 0.0062, 0.0049, 0.0032]),
}


def test_the_numbers_of_clusters_are_those_of_longer_runs(tmp_path):
    found = galaxies.main(tmp_path)
    for name, (first, values, errors) in LONG.items():
        post = found["posteriors"][name]
        numbers = slice(first, first + len(values))
        error = np.hypot(post.p_clusters_mcse[numbers], errors)
        assert (np.abs(post.p_clusters[numbers] - values) < 4 * error).all(), name
    # Wider components make fewer clusters of the galaxies, and the uniform prior makes more.
    counts = np.arange(31)
    means = {key: post.p_clusters @ counts for key, post in found["others"].items()}
    for prior in galaxies.PRIORS:
        assert means[12.5, prior] < means[25.0, prior]
    few, even = galaxies.PRIORS
    assert all(means[part, few] < means[part, even] for part in galaxies.PARTS)
    pictures = [picture.path for picture in found["report"].pictures]
    assert [path.stem for path in pictures] == [
        f"{name}_{what}" for name in LONG for what in ("counts", "density", "coclustering")
    ]
    for path in pictures:
        assert matplotlib.image.imread(path).std() > 0


def test_the_velocities_are_those_of_the_reference():
    reference = json.loads((_ROOT / "Tests/Truth/Reference/galaxies.json").read_text())["data"]
    velocities = np.loadtxt(_ROOT / "examples/data/galaxies.txt")
    # R has another value in place of one of the article's.
    assert sorted(set(velocities) - set(reference)) == [26.96]
    assert sorted(set(reference) - set(velocities)) == [26.69]
    assert velocities.shape == (82,)
    assert np.loadtxt(_ROOT / "examples/data/acidity.txt").shape == (155,)
