"""The example of the number of components runs, and finds what is known of the irises."""

from __future__ import annotations

import matplotlib.image
import number_of_components


def test_two_components_have_the_smallest_criterion(tmp_path):
    found = number_of_components.main(tmp_path)
    selection = found["selection"]
    assert len(selection) == 42
    # mclust's choice among its models with components of one form each: VVV with two components,
    # log likelihood -214.35, 29 parameters, 150 flowers.
    assert selection.best is selection.fits["full", 2]
    assert abs(selection.best.bic - 574.02) < 0.05
    # Diagonal components make the same two clusters: setosa, apart from all others.
    merging = found["merging"]
    assert merging.entropies[1] < 0.01 < merging.entropies[2]
    weights = found["posterior"]["weights"]
    # 50 of 150 flowers are setosa.
    assert abs(weights[..., 0].mean() - 1 / 3) < 0.02
    assert [picture.path.stem for picture in found["report"].pictures] == ["bic", "merging"]
    for picture in found["report"].pictures:
        assert matplotlib.image.imread(picture.path).std() > 0
