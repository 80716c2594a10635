"""Names by which scalar parameters are selected, in summaries and pictures."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from gmmswift._scalars import chosen_scalars, scalar_parameters
from gmmswift._shapes import Shape

NAMES = ("height", "width (cm)", "a, b")
FULL = Shape(3, 3, "full", False)

SHAPES = [
    Shape(2, dimensions, form, shared)
    for dimensions in (1, 3)
    for form in ("full", "tied", "diag", "spherical")
    for shared in (False, True)
    if not (shared and form in ("full", "tied"))
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("names", [(), NAMES], ids=["numbers", "names"])
def test_labels_are_the_rows_of_the_library(shape, names):
    table = np.random.default_rng(1).normal(size=(40, shape.n_dimensions))
    data = gm.Data(table, names=names or None) if shape.n_dimensions > 1 else gm.Data(table)
    shared = {"shared_sd": True} if shape.shared_sd else {}
    model = gm.Mixture(2, covariance_type=shape.covariance_type, **shared)
    post = gm.sample(model, data, 4, tune=0, chains=1, random_seed=1)
    scalars = scalar_parameters(shape, post.column_names, post.model._hyperparameters)
    assert tuple(scalar.label for scalar in scalars) == post.summary().rows
    # A label selects itself, and its values are those of its place.
    for place, scalar in enumerate(scalars):
        mean = post.summary(scalar.label).values[0, 0]
        assert mean == post.summary()["mean"][place]
        assert mean == pytest.approx(scalar.of(post[scalar.quantity]).mean(), rel=1e-13)


def labels(names, shape=FULL, columns=()):
    return [scalar.label for scalar in chosen_scalars(names, shape, columns)]


def test_names_select_quantities_labels_and_patterns():
    assert labels("weights") == ["weights[0]", "weights[1]", "weights[2]"]
    assert labels("means[1]") == ["means[1, 0]", "means[1, 1]", "means[1, 2]"]
    assert labels("means[*, 2]") == ["means[0, 2]", "means[1, 2]", "means[2, 2]"]
    assert labels("means[ 1,2 ]") == ["means[1, 2]"]
    assert len(labels("spread")) == len(labels("covariances")) == len(labels("covariance")) == 18
    assert labels("covariances[1, 0, 2]") == ["covariances[1, 2, 0]"]  # it is symmetric
    assert labels("covariances[0, 1]") == [
        f"covariances[0, {ij}]" for ij in ("1, 0", "1, 1", "2, 1")
    ]
    assert labels("*[2]") == [
        "weights[2]",
        *labels("means[2]"),
        *labels("covariances[2]"),
    ]
    assert labels(["log_posterior", "means[0, 1]"]) == ["log_posterior", "means[0, 1]"]
    # Each scalar once, at its first place.
    assert labels(["means[1, 1]", "means[1]"]) == ["means[1, 1]", "means[1, 0]", "means[1, 2]"]
    assert labels(np.array(["acceptance"])) == ["acceptance"]
    assert labels("sds", Shape(2, 1, "diag", False)) == ["sd[0]", "sd[1]"]
    tied = Shape(2, 2, "tied", False)
    assert labels("covariances", tied) == labels("spread", tied) == labels("covariance", tied)
    assert labels("covariances[0, 1]", tied) == ["covariance[1, 0]"]
    assert labels("spread[*, 1]", tied) == ["covariance[1, 0]", "covariance[1, 1]"]


def test_columns_are_called_by_name_or_number():
    assert labels("means[1, 0]", columns=NAMES) == ["means[1, height]"]
    assert labels("means[1, height]", columns=NAMES) == ["means[1, height]"]
    assert labels("means[*, width (cm)]", columns=NAMES) == [
        f"means[{k}, width (cm)]" for k in range(3)
    ]
    assert labels("means[2, a, b]", columns=NAMES) == ["means[2, a, b]"]
    turned = ("1", "0", "2")
    assert labels("means[0, 0]", columns=turned) == ["means[0, 0]"]
    assert chosen_scalars("means[0, 0]", FULL, turned)[0].place == (0, 1)
    assert labels("covariances[0, height, a, b]", columns=NAMES) == ["covariances[0, a, b, height]"]


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ("sd", ValueError, "names: must be among weights, means, covariances, log_likelihood, "
         "log_posterior, acceptance, n_clusters, or a label such as weights[0], got 'sd'"),
        ("means[3]", ValueError, "names: must be from means[0, 0] to means[2, 2], got 'means[3]'"),
        ("means[0, 1, 2]", ValueError, "names: must be from means[0, 0] to means[2, 2], got"),
        ("means[0, -1]", ValueError, "names: must be from means[0, 0] to means[2, 2], got"),
        ("means[0, 1", ValueError, "names: must be among weights"),
        ("acceptance[0]", ValueError, "names: must be acceptance, got 'acceptance[0]'"),
        (["means", "mean"], ValueError, "names[1]: must be among weights"),
        (["means", 1], TypeError, "names[1]: must be a string, got 1"),
        ([], ValueError, "names: must hold at least one name, got none"),
        ("", ValueError, "names: must be among weights"),
        (3, TypeError, "names: must be a string or several, got 3"),
    ],
)  # fmt: skip
def test_names_that_select_nothing_are_refused(names, error, message):
    with pytest.raises(error) as caught:
        chosen_scalars(names, FULL)
    assert str(caught.value).startswith(message)
