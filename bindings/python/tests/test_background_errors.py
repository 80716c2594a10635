"""What a background refuses, and how backgrounds compare."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm
from refusals import expect_refusal

ROWS = np.random.default_rng(31).normal(size=(60, 2)) * [1, 3]
LINE = ROWS[:, 0]
BACKGROUND = gm.UniformBackground()
FREE = gm.Mixture(2, covariance_type="full", background=BACKGROUND)
PLAIN = {"means": gm.Normal(0, 5), "sd": gm.HalfNormal(2)}


def model(background=BACKGROUND, n_components=2, **arguments):
    return gm.Mixture(
        n_components, n_dimensions=2, covariance_type="full", background=background, **arguments
    )


def sampled(data=ROWS, background=BACKGROUND, **options):
    return gm.sample(model(background), data, 20, tune=5, chains=2, random_seed=1, **options)


def fitted(data=ROWS, background=BACKGROUND, **options):
    return gm.fit_em(data, 2, background=background, random_seed=1, **options)


# ------------------------------------------------------------------------------------------ Values


@pytest.mark.parametrize(
    ("arguments", "argument", "kind", "part"),
    [
        ({"volume": 0}, "volume", ValueError, "must be finite and positive, got 0"),
        ({"volume": -2.5}, "volume", ValueError, "must be finite and positive, got -2.5"),
        ({"volume": np.inf}, "volume", ValueError, "must be finite and positive, got inf"),
        ({"volume": np.nan}, "volume", ValueError, "must be finite and positive, got nan"),
        ({"volume": "1"}, "volume", TypeError, "must be a real number, got '1'"),
        ({"volume": [1.0]}, "volume", TypeError, "must be a real number"),
        ({"lower": 0}, "upper", ValueError, "must be given together with the other bound"),
        ({"upper": 0}, "lower", ValueError, "must be given together with the other bound"),
        (
            {"volume": 3, "lower": 0, "upper": 1},
            "volume",
            ValueError,
            "must be left out where bounds are given, got 3",
        ),
        (
            {"lower": [[0]], "upper": [[1]]},
            "lower",
            ValueError,
            "must be a number or a sequence of numbers, got shape (1, 1)",
        ),
        ({"lower": [], "upper": []}, "lower", ValueError, "got shape (0,)"),
        ({"lower": 0, "upper": "a"}, "upper", TypeError, "must be real numbers"),
        ({"weight": 0.1}, "weight", TypeError, "must be a Beta or Fixed, got float"),
        ({"weight": gm.Dirichlet(1)}, "weight", TypeError, "got Dirichlet"),
        (
            {"weight": gm.Fixed(0.0)},
            "weight",
            ValueError,
            "must be a number above 0 and below 1, got 0.0",
        ),
        ({"weight": gm.Fixed(1.0)}, "weight", ValueError, "got 1.0"),
        ({"weight": gm.Fixed(np.nan)}, "weight", ValueError, "got nan"),
        ({"weight": gm.Fixed([0.1])}, "weight", ValueError, "got (0.1,)"),
    ],
)
def test_wrong_backgrounds_are_refused(arguments, argument, kind, part):
    expect_refusal(lambda: gm.UniformBackground(**arguments), argument, kind, part)


@pytest.mark.parametrize(
    ("background", "argument", "part"),
    [
        (gm.UniformBackground(weight=gm.Beta(0, 1)), "background.weight.first", "must be positive"),
        (gm.UniformBackground(3, weight=gm.Beta(1, -2)), "background.weight.second", "got -2.0"),
        (
            gm.UniformBackground(weight=gm.Beta(np.inf, 1)),
            "background.weight.first",
            "must be finite",
        ),
        (
            gm.UniformBackground(lower=[0, 0], upper=[1, 0]),
            "background.upper[1]",
            "must be above background.lower[1] = 0.0, got 0.0",
        ),
        (gm.UniformBackground(lower=-np.inf, upper=1), "background.lower[0]", "must be finite"),
        (gm.UniformBackground(lower=0, upper=[1, np.nan]), "background.upper[1]", "got nan"),
        (
            gm.UniformBackground(lower=[0, 0, 0], upper=1),
            "background.lower",
            "must have 1 or 2 values, got 3",
        ),
    ],
)
def test_backgrounds_are_checked_with_their_model(background, argument, part):
    # `first` and `second` are the words of Python for the parameters of a Beta.
    for call in (lambda: model(background), lambda: fitted(background=background)):
        expect_refusal(call, argument, ValueError, part, foreign=r"\bnum_|\bsds\b|spread\.")


def test_models_refuse_what_is_no_background():
    expect_refusal(lambda: model(0.1), "background", TypeError, "must be a UniformBackground")
    expect_refusal(lambda: fitted(background=True), "background", TypeError, "got bool")
    expect_refusal(lambda: gm.Beta([1, 2], 3), "first", ValueError, "must be a number, got shape")
    expect_refusal(lambda: gm.Beta(gm.Gamma(1, 1), 3), "first", ValueError, "must be no prior")
    expect_refusal(
        lambda: gm.Mixture(2, weights=gm.Beta(1, 2), **PLAIN), "weights", ValueError, "got Beta"
    )
    expect_refusal(
        lambda: model(n_components=256), "n_components", ValueError, "at most 255 beside"
    )
    assert gm.Mixture(255, background=gm.UniformBackground(3.0), **PLAIN).background.volume == 3


def test_bounds_of_several_coordinates_say_the_dimensions():
    box = gm.UniformBackground(lower=-9, upper=[9, 12])
    found = gm.Mixture(2, covariance_type="full", background=box)
    assert found.n_dimensions == 2
    assert gm.sample(found, ROWS, 20, random_seed=1).model.background == gm.UniformBackground(
        lower=(-9, -9), upper=(9, 12)
    )
    expect_refusal(
        lambda: gm.Mixture(2, background=box, **PLAIN),
        "background.upper",
        ValueError,
        "must have 1 value, got 2",
    )


# -------------------------------------------------------------------------------------------- Data


def test_rows_beyond_the_bounds_are_refused():
    box = gm.UniformBackground(lower=[-9, -9], upper=[9, 2])
    place = np.argmax(ROWS[:, 1] > 2)
    part = f"must lie within the bounds of the background, -9.0 to 2.0, got {ROWS[place, 1]}"
    for call in (sampled, fitted):
        expect_refusal(
            lambda call=call: call(background=box), f"data[{place}, 1]", ValueError, part
        )
    line = gm.UniformBackground(lower=0, upper=9)
    expect_refusal(
        lambda: gm.fit_em(LINE, 1, background=line),
        "data",
        ValueError,
        "0.0 to 9.0",
        has_place=True,
    )


def test_a_column_without_a_range_gives_no_volume():
    flat = np.column_stack([LINE, np.ones(60)])
    for call in (sampled, fitted):
        for data, name in ((flat, "1"), (gm.Data(flat, names=["a", "b"]), r"1 \(b\)")):
            with pytest.raises(gm.DegenerateError, match=f"constant in column {name}"):
                call(data)
    with pytest.raises(ValueError, match=r"^background: must have a volume or bounds where there"):
        gm.sample(gm.Mixture(1, background=BACKGROUND, **PLAIN), [], 10)


HOLES = np.where(np.arange(120).reshape(60, 2) == 5, np.nan, ROWS)


def test_values_that_are_not_known_need_bounds():
    volume = gm.UniformBackground(900.0)
    rule = r"^background: must have bounds where values are missing or lie in intervals, as in data"
    for data in (gm.Data(HOLES, missing="mar"), gm.Data(ROWS, rounding=[0.1, 0])):
        for call in (sampled, fitted):
            with pytest.raises(NotImplementedError, match=rule):
                call(data, volume)
            call(data)
    holes = fitted(gm.Data(HOLES, missing="mar"))
    points = gm.Data(HOLES, missing="mar")
    assert np.all(holes.background_probabilities(points) < 1)
    with pytest.raises(NotImplementedError, match=r"^background: must have bounds"):
        fitted(background=volume).background_probabilities(points)
    # Errors leave the density of the background as it is.
    assert fitted(gm.Data(ROWS, errors=0.1), volume).log_background == -np.log(900)


def test_soft_labels_are_refused():
    soft = gm.Data(ROWS, labels=np.full((60, 2), 0.5))
    for call in (sampled, fitted):
        with pytest.raises(NotImplementedError, match=r"^labels: must be whole numbers beside"):
            call(soft)
    hard = fitted(gm.Data(ROWS, labels=[0] + [-1] * 59))
    assert hard.background_probabilities(gm.Data(ROWS[:1], labels=[0])) == 0


def test_what_is_not_served_beside_a_background_says_so():
    free, post = FREE, sampled()
    fit = fitted()
    fractions = np.full(60, 0.5)
    process = gm.DirichletProcess(1.0)
    no = NotImplementedError
    for call, argument, kind, part in (
        (lambda: sampled(sample_weight=fractions), "sample_weight", no, "must be whole numbers"),
        (lambda: gm.Mixture(process, background=BACKGROUND), "background", no, "Dirichlet process"),
        (
            lambda: gm.Mixture(process, background=gm.UniformBackground(3.0), **PLAIN),
            "background",
            no,
            "Dirichlet process",
        ),
        (lambda: post.log_evidence(), "model", no, "must have no background for an evidence"),
        (lambda: gm.compare({"a": post}, evidence=True), "model", no, "for an evidence"),
        (
            lambda: fitted(background=gm.UniformBackground(900.0)).sample(3),
            "mixture",
            no,
            "must have bounds of its background for points to be drawn",
        ),
        (lambda: gm.MixtureStatistics(fit, ROWS), "parameters.background_weight", no, "must be 0"),
        (lambda: gm.MixtureStatistics(fit.mixture, ROWS), "parameters.background_weight", no, ""),
        (
            lambda: gm.Mixture(2, background=gm.UniformBackground(3.0), **PLAIN).log_prior(
                [0.5, 0.5], [0, 1], [1, 1]
            ),
            "model",
            no,
            "must have no background",
        ),
        (lambda: gm.fit_em(ROWS, free, background=BACKGROUND), "background", ValueError, "left to"),
        (
            lambda: fitted(initial={"responsibilities": np.ones((60, 2))}),
            "initial['responsibilities']",
            ValueError,
            "must have shape (60, 3), got shape (60, 2)",
        ),
        (
            lambda: gm.fit_em(ROWS, 2, initial={"responsibilities": np.ones((60, 3))}),
            "initial['responsibilities']",
            ValueError,
            "must have shape (60, 2)",
        ),
        (lambda: gm.sample_prior(free, 10), "model", ValueError, "must know its dimensions"),
    ):
        expect_refusal(call, argument, kind, part)


def test_a_posterior_without_a_background_has_none_to_tell_of():
    post = sampled(background=None)
    no = NotImplementedError
    rule = "must be of a model with a background, got one without"
    expect_refusal(post.background_probabilities, "posterior", no, rule)
    expect_refusal(lambda: post.background_probabilities(ROWS), "posterior", no, rule)
    with pytest.raises(KeyError, match="background_weight"):
        _ = post["background_weight"]
    other = sampled()
    expect_refusal(lambda: other.background_probabilities(LINE), "x", ValueError, "shape (N, 2)")
    rows = np.r_[np.zeros(30, int), np.full(30, 2)]
    expect_refusal(lambda: other.relabel(rows), "method", ValueError, "got 2", has_place=True)


@pytest.mark.parametrize(
    ("values", "argument", "kind", "part"),
    [
        ({"background_weight": 1.5}, "background_weight", ValueError, "must be between 0 and 1"),
        ({"background_weight": -0.5}, "background_weight", ValueError, "got -0.5"),
        ({"background_weight": np.nan}, "background_weight", ValueError, "got nan"),
        ({"background_weight": "a"}, "background_weight", TypeError, "must be a real number"),
        ({"log_background": None}, "log_background", TypeError, "must be a real number"),
        (
            {"background_weight": 0.5, "log_background": np.inf},
            "log_background",
            ValueError,
            "must be finite, got inf",
        ),
        ({"background_weight": 0.5, "log_background": np.nan}, "log_background", ValueError, "nan"),
    ],
)
def test_wrong_mixtures_are_refused(values, argument, kind, part):
    expect_refusal(lambda: gm.KnownMixture([1.0], [0.0], [1.0], **values), argument, kind, part)


# ---------------------------------------------------------------------------- Equal and told apart


def test_backgrounds_are_values():
    every = [
        gm.UniformBackground(),
        gm.UniformBackground(3),
        gm.UniformBackground(lower=0, upper=3),
        gm.UniformBackground(lower=[0, 1], upper=[2, 3]),
        gm.UniformBackground(weight=gm.Fixed(0.1)),
        gm.UniformBackground(weight=gm.Beta(1, 8)),
    ]
    for i, one in enumerate(every):
        for j, other in enumerate(every):
            assert (one == other) == (i == j)
        copy = eval(repr(one), vars(gm))
        assert copy == one
        assert hash(copy) == hash(one)
        assert one != repr(one)
        found = model(one)
        assert found == model(copy)
        assert hash(found) == hash(model(copy))
        assert repr(one) in repr(found)
        assert found != model(None)
        assert found.background == one
    assert repr(every[1]) == "UniformBackground(volume=3.0, weight=Beta(first=1.0, second=9.0))"
    assert every[0] == gm.UniformBackground(weight=gm.Beta(1, 9))
    array = np.array([0.0, 1.0])
    kept = gm.UniformBackground(lower=array, upper=array + 2)
    array[0] = 9
    assert kept == every[3]
    with pytest.raises(AttributeError):
        kept.volume = 3.0
    assert [each.waits_for_data for each in every] == [True, False, False, False, True, True]


def test_models_of_data_state_the_box():
    stated = FREE.for_data(ROWS)
    lower, upper = ROWS.min(axis=0), ROWS.max(axis=0)
    assert stated.background == gm.UniformBackground(lower=lower, upper=upper)
    assert stated.default_priors == "malsiner-walli"
    assert stated.for_data(ROWS + 100) is stated
    post = sampled()
    assert post.model == gm.Posterior.from_bytes(post.to_bytes()).model
    assert "beside a background" in repr(post)
    line = gm.Mixture(1, background=BACKGROUND, **PLAIN).for_data(LINE)
    assert line.background == gm.UniformBackground(lower=LINE.min(), upper=LINE.max())
    assert "UniformBackground" in line._repr_html_()
    known = model(gm.UniformBackground(9.0, weight=gm.Fixed(0.25))).for_data(ROWS)
    assert known.background == gm.UniformBackground(9.0, weight=gm.Fixed(0.25))
