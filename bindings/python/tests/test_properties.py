"""Random valid models and data: constraints hold and no number is NaN."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gmmswift as gm

positive = st.floats(1e-2, 1e2)
numbers = st.floats(-1e3, 1e3)
logarithms = st.floats(-20, 20)


@st.composite
def models(draw):
    size = draw(st.integers(1, 6))
    each = draw(st.booleans())

    def parameter(values, count=size):
        return draw(st.lists(values, min_size=count, max_size=count) if each else values)

    minimum = draw(st.sampled_from([0.0, 0.3, 0.999])) / size
    weights = gm.Dirichlet(parameter(positive), minimum=minimum)
    if draw(st.booleans()):
        shares = np.array(parameter(st.floats(0.1, 1.0)) if each else [1.0] * size)
        weights = gm.Fixed(shares / shares.sum())
    ordered = draw(st.booleans())
    means = gm.Normal(parameter(numbers), parameter(positive))
    if draw(st.booleans()):
        means = gm.Fixed(sorted(draw(st.lists(numbers, min_size=size, max_size=size))))
    if draw(st.integers(0, 3)) == 0:
        lower = draw(numbers)
        means = gm.Uniform(lower, lower + draw(positive))
    shared = draw(st.booleans())
    count = 1 if shared else size
    lower = draw(st.sampled_from([0.0, 0.5]))
    spread = draw(
        st.sampled_from(
            [
                ("sd", lambda: gm.Uniform(lower, lower + draw(positive))),
                ("sd", lambda: gm.HalfCauchy(parameter(positive, count))),
                ("sd", lambda: gm.HalfNormal(parameter(positive, count))),
                ("sd", lambda: gm.HalfStudentT(draw(positive), parameter(positive, count))),
                (
                    "sd",
                    lambda: gm.LogNormal(parameter(logarithms, count), draw(st.floats(0.01, 3))),
                ),
                ("sd", lambda: gm.Fixed(parameter(positive, count))),
                ("variance", lambda: gm.InverseGamma(parameter(positive, count), draw(positive))),
                ("variance", lambda: gm.Fixed(parameter(positive, count))),
                ("precision", lambda: gm.Gamma(parameter(positive, count), draw(positive))),
                ("precision", lambda: gm.Fixed(parameter(positive, count))),
            ]
        )
    )
    return gm.Mixture(
        size,
        weights=weights,
        means=means,
        ordered=ordered,
        shared_sd=shared,
        **{spread[0]: spread[1]()},
    )


data_sets = st.one_of(
    st.just([]),
    st.lists(numbers, min_size=1, max_size=8),
    st.lists(st.floats(-1e-9, 1e-9), min_size=2, max_size=5),
    st.lists(st.floats(1e9 - 5, 1e9 + 5), min_size=2, max_size=5),
)


def check(post):
    model = post.model
    for name, array in post.items():
        assert np.isfinite(array).all(), name
    weights, means = post["weights"], post["means"]
    # A sum of at most six rounded weights.
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-12)
    if isinstance(model.weights, gm.Dirichlet):
        assert weights.min() >= model.weights.minimum * (1 - 1e-12)
    if model.ordered:
        assert (np.diff(means, axis=-1) >= 0).all()
    if isinstance(model.means, gm.Uniform):
        assert means.min() >= model.means.lower
        assert means.max() <= model.means.upper
    assert (post["sd"] > 0).all()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(models(), data_sets, st.sampled_from(["gibbs", "metropolis"]), st.integers(0, 2**64 - 1))
def test_random_models_give_finite_draws_within_their_constraints(model, data, method, seed):
    try:
        post = gm.sample(
            model, data, 5, tune=5, chains=2, method=method, random_seed=seed, threads=1
        )
    except gm.DegenerateError as error:
        # Where the sd may reach 0, equal observations (also a single one) have no posterior, nor
        # have observations at a known mean (the square of a distance of 1e-162 is 0 as well).
        known = model.means.values if isinstance(model.means, gm.Fixed) else ()
        is_known = any(abs(mean - x) < 1e-161 for mean in known for x in data)
        is_tied = len(set(data)) < len(data) or len(data) == 1 or is_known
        assert is_tied, str(error)  # noqa: PT017
        return
    check(post)
    if data:
        np.testing.assert_allclose(post.probabilities.sum(axis=1), 1, atol=1e-12)
        assert np.isfinite(post.log_density(data)).all()
    assert np.isfinite(post.sample_predictive(3, n_points=4, random_seed=seed)).all()
    table = post.summary()
    assert np.isfinite([table[row, "mean"] for row in table.rows]).all()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(models(), st.integers(0, 2**64 - 1))
def test_random_priors_give_finite_draws_within_their_constraints(model, seed):
    check(gm.sample_prior(model, 20, random_seed=seed))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(numbers, min_size=1, max_size=40),
    st.integers(1, 4),
    st.booleans(),
    st.integers(0, 2**64 - 1),
)
def test_random_fits_are_finite_and_sorted(data, size, shared, seed):
    try:
        fit = gm.fit_em(data, size, shared_sd=shared, n_init=2, random_seed=seed, max_iter=200)
    except gm.DegenerateError:
        # A spread so small that a variance on the floor, 1e-12 of it, is no double.
        assert np.ptp(data) < 1e-138
        return
    except ValueError as error:
        assert len(data) < size, str(error)  # noqa: PT017
        return
    for value in (fit.weights, fit.means, fit.sd, fit.log_likelihood, fit.bic, fit.aic):
        assert np.isfinite(value).all()
    assert (np.diff(fit.means) >= 0).all()
    assert np.all(np.asarray(fit.sd) > 0)
    assert abs(fit.weights.sum() - 1) < 1e-12


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=60), st.integers(1, 20))
def test_random_histograms_count_every_value(values, bins):
    assert gm.histogram(values, bins).counts.sum() == len(values)
