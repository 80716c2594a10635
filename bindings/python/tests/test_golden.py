"""Files of earlier versions. Later versions must load, or refuse, the same files."""

from __future__ import annotations

import json
import pathlib

import numpy as np
import pytest

import gmmswift as gm

GOLDEN = pathlib.Path(__file__).parents[3] / "Tests" / "Truth" / "Golden"
FORMATS = sorted(path.name for path in GOLDEN.glob("format_*"))
FILES = [
    (folder, name)
    for folder in FORMATS
    for name in json.loads((GOLDEN / folder / "contents.json").read_text())
]


def test_there_are_golden_files():
    assert len(FILES) >= 6


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_golden_files_load_with_the_same_numbers(folder, name):
    held = json.loads((GOLDEN / folder / "contents.json").read_text())[name]
    post = gm.load(GOLDEN / folder / name)
    assert [
        post.n_chains,
        post.n_draws,
        post.n_components,
        post.n_dimensions,
        post.n_observations,
        post.tune,
        post.thin,
        post.seed,
        post.method,
        post.is_prior,
        post.can_extend,
    ] == held["info"]
    # Files of before format 3 do not say which rule chose the priors.
    assert post.model.default_priors == held.get("default_priors")
    assert np.ravel(post.data).tolist() == [float.fromhex(text) for text in held["data"]]
    # Draws of before format 4 lack the number of clusters.
    assert set(post) - set(held["draws"]) <= {"n_clusters"}
    assert set(held["draws"]) <= set(post)
    if folder in ("format_1", "format_2", "format_3"):
        assert np.isnan(post["n_clusters"]).all()
    assert list(post.summary().rows) == held.get("names", list(post.summary().rows))
    # Files hold draws as drawn, and labels if those do not follow from the draws.
    if "permutations" in held:
        assert np.ravel(post.permutations).tolist() == held["permutations"]
        assert post.label_method == held["label_method"]
    post = post.as_drawn
    # The model of the file has the prior that the draws were made with.
    draw = {field: post[field][0, 0] for field in post}
    spread = {post.model.spread_name: draw[post.model.spread_name]}
    prior = post.model.log_prior(draw["weights"], draw["means"], **spread)
    assert prior == pytest.approx(draw["log_posterior"] - draw["log_likelihood"], abs=1e-9)
    for field, texts in held["draws"].items():
        values = np.ravel(post[field]).astype(float)
        np.testing.assert_array_equal(values, [float.fromhex(text) for text in texts])
    assert np.isfinite(post.log_density(post.data[:1] if len(post.data) else [0.0])).all()
    if post.can_extend:
        longer = post.extend(3)
        assert np.array_equal(longer["means"][:, : post.n_draws], post["means"])
        assert np.isfinite(longer["log_posterior"]).all()


@pytest.mark.parametrize(
    "path", [path for folder in FORMATS for path in sorted((GOLDEN / folder / "damaged").iterdir())]
)
def test_damaged_golden_files_are_refused(path):
    with pytest.raises(gm.FormatError, match=r"is cut|is damaged|not a file of libgmmswift"):
        gm.load(path)
