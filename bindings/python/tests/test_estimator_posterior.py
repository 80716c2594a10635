"""From fits to chains: forms of covariances, constraints, weights, and the data of the fit."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm

pytest.importorskip("sklearn")

from gmmswift import BayesianGaussianMixture, GaussianMixture

KINDS = ("full", "tied", "diag", "spherical")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    parts = [((0, 0), 1.0, 150), ((4, 3), (1.0, 2.0), 100), ((-4, 3), (0.3, 1.0), 70)]
    return np.concatenate([rng.normal(mean, sd, (count, 2)) for mean, sd, count in parts])


@pytest.mark.parametrize("fitted", KINDS)
@pytest.mark.parametrize("wanted", KINDS)
@pytest.mark.parametrize("size", [2, 3])  # 2 is also the number of columns
def test_any_form_of_covariances_starts_any_other(table, fitted, wanted, size):
    estimator = GaussianMixture(size, covariance_type=fitted, random_state=0).fit(table)
    post = estimator.posterior(draws=3, chains=2, priors={"covariance_type": wanted})
    assert post.model.covariance_type == wanted
    assert np.isfinite(post["log_posterior"]).all()
    # And so does a fit.
    model = gm.Mixture(size, covariance_type=wanted).for_data(table)
    fit = gm.fit_em(
        table,
        size,
        covariance_type=fitted,
        max_iter=1,
        tol=0.0,
        reg_covar=1e-6,
        initial={
            "weights": estimator.weights_,
            "means": estimator.means_,
            "covariances": estimator.covariances_,
        },
    )
    other = gm.sample(model, table, 3, tune=0, chains=2, initial=fit, random_seed=1)
    assert np.isfinite(other["log_posterior"]).all()


def test_starts_of_another_form_are_the_fit_in_that_form(table):
    fit = gm.fit_em(table, 2, covariance_type="full", random_seed=1)
    variances = np.diagonal(fit.covariances, axis1=1, axis2=2)
    matrices = [np.diag(v) for v in variances]
    pooled = np.einsum("k,kij->ij", fit.weights, fit.covariances)
    diagonal = gm.KnownMixture(fit.weights, fit.means, variances, covariance_type="diag")
    for kind, initial, spread in [
        ("diag", fit, {"sd": np.sqrt(variances)}),
        ("spherical", fit, {"sd": np.sqrt(variances.mean(axis=1))}),
        ("full", diagonal, {"covariances": matrices}),
        ("tied", fit, {"covariances": pooled}),
    ]:
        model = gm.Mixture(2, covariance_type=kind).for_data(table)
        options = {"tune": 0, "chains": 2, "random_seed": 1}
        found = gm.sample(model, table, 1, initial=initial, **options)
        given = {"weights": fit.weights, "means": fit.means, **spread}
        expected = gm.sample(model, table, 1, initial=given, **options)
        # The same random numbers from starts that differ by roundings.
        np.testing.assert_allclose(found["means"], expected["means"], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(found["log_posterior"], expected["log_posterior"], rtol=1e-9)


def test_starts_are_pulled_into_the_support(table):
    priors = {"means": gm.Normal(0, sd=9), "sd": gm.Uniform(0, 0.9)}
    estimator = GaussianMixture(3, covariance_type="spherical", random_state=0).fit(table)
    assert (estimator.covariances_ > 0.9**2).any()
    post = estimator.posterior(draws=20, chains=1, priors=priors)
    assert post["sd"].max() <= 0.9
    model = gm.Mixture(
        3,
        covariance_type="spherical",
        weights=gm.Dirichlet(1, minimum=0.3),
        n_dimensions=2,
        **priors,
    )
    fit = gm.fit_em(table, 3, covariance_type="spherical", random_seed=1)
    assert fit.weights.min() < 0.3
    post = gm.sample(model, table, 20, chains=1, initial=fit)
    assert post["weights"].min() >= 0.3
    assert post["sd"].max() <= 0.9


def test_one_column_takes_the_priors_of_one_dimension(table):
    priors = {"means": gm.Normal(0, sd=10), "sd": gm.HalfNormal(3), "ordered": True}
    post = GaussianMixture(3, random_state=0).fit(table[:, :1]).posterior(draws=20, priors=priors)
    assert post["means"].shape == (4, 20, 3)
    assert (np.diff(post["means"]) >= 0).all()
    with pytest.raises(ValueError, match="n_dimensions=1 says that there is but one column"):
        gm.Mixture(2, covariance_type="full", means=gm.Normal(0, sd=1), sd=gm.HalfNormal(1))


def test_new_data_have_weights_of_their_own(table):
    estimator = GaussianMixture(2, random_state=0).fit(table)
    weight = np.arange(len(table)) % 3
    options = {"draws": 30, "chains": 1, "random_seed": 2}
    found = estimator.posterior(table, sample_weight=weight, **options)
    expected = gm.sample(
        gm.Mixture(2, covariance_type="full").for_data(table, weight),
        table,
        30,
        chains=1,
        random_seed=2,
        sample_weight=weight,
        initial={
            "weights": estimator.weights_,
            "means": estimator.means_,
            "covariances": estimator.covariances_,
        },
    )
    np.testing.assert_array_equal(found["means"], expected["means"])
    with pytest.raises(ValueError, match="sample_weight"):
        estimator.posterior(table, sample_weight=[1.0])


def test_the_data_of_the_fit_are_its_own(table):
    data = np.array(table)
    weight = 1.0 + np.arange(len(data)) % 2
    estimator = GaussianMixture(2, random_state=0).fit(data, sample_weight=weight)
    options = {"draws": 5, "chains": 1, "random_seed": 3}
    expected = estimator.posterior(data, sample_weight=weight, **options)
    data[:], weight[:] = 0, 0
    np.testing.assert_array_equal(estimator.posterior(**options)["means"], expected["means"])
    with pytest.raises(ValueError, match="sample_weight: must be given with X"):
        estimator.posterior(sample_weight=np.ones(len(data)), **options)


def test_a_part_after_a_fit_counts_as_many_rows_as_it_has(table):
    whole = GaussianMixture(3, random_state=0).fit(table)
    part = GaussianMixture(3, random_state=0).fit(table).partial_fit(table[:1])
    # One row beside 320: a step of 321^-0.7 = 0.018 towards a single component.
    assert np.abs(part.weights_ - whole.weights_).max() < 0.018
    again = GaussianMixture(3, random_state=0).fit(table).partial_fit(table)
    # The fit's own data hardly move it.
    np.testing.assert_allclose(again.weights_, whole.weights_, atol=2e-3)
    np.testing.assert_allclose(again.means_, whole.means_, atol=2e-2)


def test_parameters_that_were_changed_since_the_fit_are_refused(table):
    mixture = GaussianMixture(3, covariance_type="diag", random_state=0).fit(table)
    with pytest.raises(ValueError, match="covariance_type"):
        mixture.set_params(covariance_type="full").sample(3)
    with pytest.raises(ValueError, match="n_components"):
        mixture.set_params(covariance_type="diag", n_components=2).bic(table)
    with pytest.raises(ValueError, match="X has 1 features, but the fit"):
        GaussianMixture(2, warm_start=True).fit(table).fit(table[:, :1])
    bayes = BayesianGaussianMixture(n_components=2, random_state=0).fit(table)
    expected = bayes.predict_proba(table)
    bayes.set_params(weight_concentration_prior_type="dirichlet_distribution")
    np.testing.assert_array_equal(bayes.predict_proba(table), expected)
    for verbose in ("a", -1, None):
        with pytest.raises((TypeError, ValueError), match="verbose"):
            GaussianMixture(2, verbose=verbose).fit(table)


def test_log_prior_refuses_asymmetric_matrices():
    prior = gm.NormalInverseWishart([0, 0], 1, 4, np.eye(2))
    model = gm.Mixture(1, components=prior)
    with pytest.raises(ValueError, match=r"covariances\[0\]: must be symmetric"):
        model.log_prior([1.0], [[0, 0]], covariances=[[[1, 0.9], [0, 1.0]]])


def test_reg_covar_is_regularization(table):
    ones = np.column_stack([table, np.ones(len(table))])
    found = gm.fit_em(ones, 2, reg_covar=1e-3, random_seed=1)
    expected = gm.fit_em(ones, 2, regularization=1e-3, random_seed=1)
    np.testing.assert_array_equal(found.covariances, expected.covariances)
    with pytest.raises(ValueError, match="reg_covar"):
        gm.fit_em(ones, 2, reg_covar=1e-3, regularization=1e-3)
    with pytest.raises(ValueError, match=r"^reg(_covar|ularization): "):
        gm.fit_em(ones, 2, reg_covar=-1.0)


@pytest.mark.parametrize("prior", ["conjugate", "independent"])
def test_degrees_of_freedom_just_above_their_least_leave_numbers(table, prior, tmp_path):
    parts = (
        {"components": gm.NormalInverseWishart([0, 1], 2, 1.01, np.eye(2))}
        if prior == "conjugate"
        else {"means": gm.Normal(0, sd=5), "covariance": gm.InverseWishart(1.01, np.eye(2))}
    )
    model = gm.Mixture(
        4, weights=gm.Dirichlet(0.05), n_dimensions=2, covariance_type="full", **parts
    )
    post = gm.sample(model, table, 3_000, random_seed=1)
    for name in ("weights", "means", "covariances", "log_likelihood", "log_posterior"):
        assert np.isfinite(post[name]).all(), name
    # Some components were empty, and their covariances were very large.
    assert np.abs(post["covariances"]).max() > 1e100
    post.save(tmp_path / "post.gmm")
    again = gm.load(tmp_path / "post.gmm").extend(5)
    assert np.isfinite(again["means"]).all()
    prior_draws = gm.sample_prior(model, 2_000, random_seed=1)
    assert np.isfinite(prior_draws["covariances"]).all()
    assert np.isfinite(prior_draws["log_posterior"]).all()
