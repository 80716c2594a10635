"""The estimator's example runs, and finds what is known of the irises."""

from __future__ import annotations

import numbers

import matplotlib.image
import number_of_components


def test_two_components_have_the_smallest_criterion(tmp_path):
    found = number_of_components.main(tmp_path)
    criteria = found["criteria"]
    assert len(criteria) == 28
    assert all(isinstance(value, numbers.Real) for value in criteria.values())
    # mclust's choice among its models with components of one form each: VVV with two components,
    # log likelihood -214.35, 29 parameters, 150 flowers.
    assert found["best"] == ("full", 2)
    assert abs(criteria["full", 2] - 574.02) < 0.05
    weights = found["posterior"]["weights"]
    # 50 of 150 flowers are setosa, apart from all others.
    assert abs(weights[..., 0].mean() - 1 / 3) < 0.02
    (picture,) = found["report"].pictures
    assert matplotlib.image.imread(picture.path).std() > 0
