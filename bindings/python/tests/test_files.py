"""Posteriors in files: saved and loaded, as CmdStan's CSV, as NetCDF."""

from __future__ import annotations

import copy
import os
import pathlib
import pickle

import numpy as np
import pytest

import gmmswift as gm

rng = np.random.default_rng(5)
PLANE = np.concatenate([rng.normal(size=(40, 2)), rng.normal([4, 5], size=(30, 2))])
LINE = PLANE[:, 0] + np.arange(70) % 3

MODELS = {
    "shared sd": gm.Mixture(
        3, means=gm.Normal(0, sd=15), ordered=True, sd=gm.Uniform(0, 20), shared_sd=True
    ),
    "sds": gm.Mixture(
        2,
        weights=gm.Dirichlet([1, 2], minimum=0.1),
        means=gm.Normal([0, 3], sd=[5, 6]),
        variance=gm.InverseGamma(2, [1, 3]),
    ),
    "fixed": gm.Mixture(
        2, weights=gm.Fixed([0.4, 0.6]), means=gm.Fixed([0, 4]), precision=gm.Gamma(2, 3)
    ),
    "Cauchy": gm.Mixture(2, means=gm.Normal(0, 9), sd=gm.HalfCauchy([1, 2])),
    "log-Normal": gm.Mixture(2, means=gm.Normal(0, 9), sd=gm.LogNormal([0, 1], 0.5)),
    "Student": gm.Mixture(2, means=gm.Normal(0, 9), sd=gm.HalfStudentT([3, 4], [1, 2])),
    "Student and log-Normal": gm.Mixture(
        2, means=gm.Normal(0, 9), sd=[gm.HalfStudentT(3, 1), gm.LogNormal(0, 1)]
    ),
    "Uniform means": gm.Mixture(2, means=gm.Uniform([-1, 0], [9, 10]), sd=gm.HalfNormal(2)),
    "one Uniform mean": gm.Mixture(
        2, means=[gm.Uniform(-1, 9), gm.Normal(0, 9)], ordered=True, sd=gm.HalfNormal(2)
    ),
    "Uniform means, diag": gm.Mixture(
        2, covariance_type="diag", means=gm.Uniform([[-1, 0], [1, 2]], 10), sd=gm.HalfNormal(2)
    ),
    "known sd": gm.Mixture(2, means=gm.Normal(0, 9), sd=gm.Fixed([1, 2])),
    "conjugate line": gm.Mixture(
        2, n_dimensions=1, components=gm.NormalInverseGamma(0, 0.1, 2, [1, 2])
    ),
    "full": gm.Mixture(
        2, components=gm.NormalInverseWishart([1, 2], [0.1, 0.2], 4, [[2, 0.5], [0.5, 1]])
    ),
    "tied": gm.Mixture(
        2,
        covariance_type="tied",
        means=gm.Normal([0, 1], sd=5),
        covariance=gm.InverseWishart(5, [[2, 0.5], [0.5, 1]]),
        ordered=True,
        order_by=1,
    ),
    "diag": gm.Mixture(
        2,
        covariance_type="diag",
        means=gm.Normal([[0, 1], [2, 3]], sd=5),
        sd=gm.HalfNormal([[1, 2], [3, 4]]),
    ),
    "diag, shared": gm.Mixture(
        2,
        covariance_type="diag",
        means=gm.Normal([0, 1], sd=5),
        sd=gm.HalfNormal(2),
        shared_sd=True,
    ),
    "spherical": gm.Mixture(
        2, covariance_type="spherical", means=gm.Normal([0, 1], sd=5), sd=gm.HalfCauchy([1, 2])
    ),
    "means scaled by the sds": gm.Mixture(
        3, means=gm.NormalKappa([[0, 1], [1, 2], [3, 3]], [1, 2, 3]), sd=gm.HalfNormal([1, 2])
    ),
    "means scaled by known covariances": gm.Mixture(
        2, means=gm.NormalKappa([0, 1], 0.1), covariance=gm.Fixed([[1, 0.1], [0.1, 2]])
    ),
    "known covariances": gm.Mixture(
        2, means=gm.Normal([0, 1], sd=5), covariance=gm.Fixed([[[1, 0.1], [0.1, 2]], np.eye(2)])
    ),
}


def data_for(model):
    return PLANE if model.n_dimensions == 2 else LINE


def assert_same(first, second):
    assert list(first) == list(second)
    for name in first:
        assert np.array_equal(first[name], second[name]), name


@pytest.mark.parametrize("name", MODELS)
def test_everything_comes_back_and_goes_on(name, tmp_path):
    model = MODELS[name]
    post = gm.sample(
        model, data_for(model), draws=30, tune=250, chains=2, random_seed=3, store_assignments=True
    )
    post.save(tmp_path / "post.gmm")
    loaded = gm.load(tmp_path / "post.gmm")
    assert_same(loaded, post)
    assert loaded.model == model
    assert repr(loaded) == repr(post)
    assert np.array_equal(loaded.data, post.data)
    assert np.array_equal(loaded.probabilities, post.probabilities)
    point = data_for(model)[:1]
    assert np.array_equal(loaded.log_density(point), post.log_density(point))
    assert_same(loaded.extend(20), post.extend(20))
    values = {key: post[key][0, 0] for key in ("weights", "means", model.spread_name)}
    assert loaded.model.log_prior(**values) == model.log_prior(**values)
    # The model itself can be used and pickled.
    again = gm.sample(
        pickle.loads(pickle.dumps(loaded.model)),
        data_for(model),
        draws=30,
        tune=250,
        chains=2,
        random_seed=3,
        store_assignments=True,
    )
    assert_same(again, post)
    assert os.listdir(tmp_path) == ["post.gmm"]


def test_sample_weights_come_back(tmp_path):
    weights = np.arange(70) % 3
    post = gm.sample(
        MODELS["sds"], LINE, draws=30, tune=250, chains=2, random_seed=3, sample_weight=weights
    )
    post.save(tmp_path / "post.gmm")
    loaded = gm.load(tmp_path / "post.gmm")
    assert_same(loaded, post)
    assert_same(loaded.extend(20), post.extend(20))


def test_priors_at_the_scale_of_the_data_come_back_as_chosen(tmp_path):
    model = gm.Mixture(2, default_priors="fraley-raftery")
    post = gm.sample(model, PLANE, draws=20, tune=20, random_seed=3)
    post.save(tmp_path / "post.gmm")
    model = gm.load(tmp_path / "post.gmm").model
    assert isinstance(model.components, gm.NormalInverseWishart)
    assert model.components.kappa == 0.01
    # The mean of 70 numbers, in another order.
    np.testing.assert_allclose(model.components.mean, PLANE.mean(axis=0), rtol=1e-14)
    values = {key: post[key][0, 0] for key in ("weights", "means", "covariances")}
    assert model.log_prior(**values) == post.model.log_prior(**values)


@pytest.mark.parametrize("data", [LINE, PLANE], ids=["D=1", "D=2"])
@pytest.mark.parametrize(
    "spread",
    [
        {},
        {"covariance_type": "tied"},
        {"covariance_type": "diag", "sd": gm.HalfNormal(2)},
        {"covariance_type": "spherical", "precision": gm.Gamma(2, 2), "shared_sd": True},
        {"covariance_type": "diag", "variance": gm.Fixed(2)},
    ],
    ids=lambda spread: " ".join(spread) or "none",
)
def test_posteriors_state_the_priors_that_were_scaled_to_their_data(data, spread, tmp_path):
    arguments = {"draws": 10, "tune": 10, "chains": 1, "random_seed": 3}
    model = gm.Mixture(2, **spread)
    post = gm.sample(model, data, **arguments)
    post.save(tmp_path / "post.gmm")
    loaded = gm.load(tmp_path / "post.gmm")
    assert model.for_data(data) == post.model == loaded.model != model
    assert (post.model.means is None) == (post.model.components is not None)
    assert pickle.loads(pickle.dumps(post.model)) == post.model
    assert copy.deepcopy(post).model == post.model
    assert_same(gm.sample(post.model, data, **arguments), post)


def test_subsets_and_prior_draws_come_back(post, model, tmp_path):
    for some in (post.subset(50, 3), gm.sample_prior(model, 40, random_seed=1)):
        some.save(tmp_path / "some.gmm")
        loaded = gm.load(tmp_path / "some.gmm")
        assert_same(loaded, some)
        assert (loaded.thin, loaded.is_prior, loaded.can_extend) == (
            some.thin,
            some.is_prior,
            False,
        )
        with pytest.raises(NotImplementedError):
            loaded.extend(5)


def test_files_that_are_no_posteriors_are_refused(post, tmp_path):
    path = tmp_path / "post.gmm"
    post.subset(390).save(path)
    whole = path.read_bytes()
    with pytest.raises(FileNotFoundError, match=r"path: '.*none.gmm': cannot open: No such file"):
        gm.load(tmp_path / "none.gmm")
    with pytest.raises(IsADirectoryError):
        gm.load(tmp_path)
    cases = {
        b"": "not a file of libgmmswift",
        b"lp__,accept_stat__\n": "not a file of libgmmswift",
        whole[:40]: "is cut",
        whole[:-1]: "is cut",
        whole + b"\0": "is too long",
        whole[:500] + bytes([whole[500] ^ 4]) + whole[501:]: "is damaged",
        whole[:20] + bytes([whole[20] ^ 4]) + whole[21:]: "is damaged",
    }
    for contents, message in cases.items():
        path.write_bytes(contents)
        with pytest.raises(gm.FormatError, match=f"path: '.*post.gmm': .*{message}"):
            gm.load(path)


def test_places_that_cannot_be_written_leave_the_old_file(post, tmp_path):
    path = tmp_path / "post.gmm"
    post.save(path)
    old = path.read_bytes()
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        post.save(tmp_path / "missing" / "post.gmm")
    with pytest.raises(IsADirectoryError, match="Is a directory"):
        post.save(tmp_path)
    with pytest.raises(OSError, match="Not a regular file"):
        post.save("/dev/full")
    with pytest.raises(ValueError, match="path: must not be empty"):
        post.save("")
    with pytest.raises(TypeError, match="path: must be a path, got 3"):
        post.save(3)
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["post.gmm"]


@pytest.mark.arviz
@pytest.mark.parametrize("name", ["shared sd", "sds", "full", "tied", "diag", "spherical"])
def test_arviz_and_cmdstanpy_read_the_csv_with_the_same_numbers(name, tmp_path):
    arviz = pytest.importorskip("arviz")
    from_csv = pytest.importorskip("cmdstanpy").from_csv
    from arviz_names import from_cmdstan

    model = MODELS[name]
    post = gm.sample(
        model, data_for(model), draws=50, tune=250, chains=3, thin=2, random_seed=3
    ).subset(10, 2)
    paths = post.export_csv(tmp_path / "fit")
    assert paths == [str(tmp_path / f"fit_{chain}.csv") for chain in (1, 2, 3)]
    found = from_cmdstan(paths)
    for parameter in ("weights", "means", model.spread_name):
        values = found.posterior[parameter].values
        assert np.array_equal(values, post[parameter]), parameter
    assert np.array_equal(found.posterior["log_likelihood"].values, post["log_likelihood"])
    assert np.array_equal(found.sample_stats["lp"].values, post["log_posterior"])
    assert np.array_equal(found.sample_stats["acceptance_rate"].values, post["acceptance"])
    assert float(arviz.rhat(found.posterior)["weights"].max()) > 0
    fit = from_csv(paths)
    assert (fit.chains, fit.thin) == (3, post.thin)
    for parameter, values in fit.stan_variables().items():
        shape = post[parameter].shape
        # Its draws go chain after chain.
        assert np.array_equal(values, post[parameter].reshape(-1, *shape[2:])), parameter


def test_csv_files_are_those_of_cmdstan_in_form(post, tmp_path):
    (first, *_rest) = post.export_csv(tmp_path / "fit")
    lines = pathlib.Path(first).read_text().splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    names = (
        "lp__,accept_stat__,log_likelihood,weights.1,weights.2,weights.3,means.1,means.2,means.3,sd"
    )
    assert rows[0] == names
    assert len(rows) == 1 + post.n_draws
    for line in ("# method = sample (Default)", f"#     num_samples = {post.n_draws}", "# id = 1"):
        assert line in lines
    assert any("seconds (Total)" in line for line in lines)
    with pytest.raises(FileNotFoundError, match="prefix: "):
        post.export_csv(tmp_path / "missing" / "fit")


@pytest.mark.arviz
@pytest.mark.parametrize("convert", ["to_datatree", "to_inference_data"])
@pytest.mark.parametrize("name", ["shared sd", "full"])
def test_netcdf_by_arviz_comes_back(name, convert, tmp_path):
    arviz = pytest.importorskip("arviz")
    model = MODELS[name]
    post = gm.sample(
        model, data_for(model), draws=20, tune=20, chains=2, random_seed=3, store_assignments=True
    )
    path = str(tmp_path / "post.nc")
    getattr(post, convert)().to_netcdf(path)
    found = arviz.from_netcdf(path)
    for parameter in ("weights", "means", model.spread_name, "assignments"):
        assert np.array_equal(found.posterior[parameter].values, post[parameter])
    assert np.array_equal(found.sample_stats["lp"].values, post["log_posterior"])
    assert np.array_equal(found.observed_data["x"].values, post.data)
    assert found.posterior.attrs["inference_library"] == "gmmswift"
