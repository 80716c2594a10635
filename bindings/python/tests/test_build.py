"""The builds of the inner loops."""

from __future__ import annotations

import numpy as np
import pytest

import gmmswift as gm


def fit(**options: object) -> gm.Posterior:
    data = np.random.default_rng(1).normal(np.repeat([-4.0, 4.0], 150), 1.0)
    model = gm.Mixture(n_components=2, means=gm.Normal(0, sd=10), ordered=True, sd=gm.Uniform(0, 9))
    return gm.sample(model, data, draws=200, tune=10, chains=2, random_seed=1, **options)


def test_build_info_names_version_and_kernels() -> None:
    info = gm.build_info()
    assert info["version"] == gm.__version__
    assert info["kernels"] in info["available"]
    assert info["available"][0] == "portable"


@pytest.mark.parametrize("build", ["portable", "avx2", "avx512"])
def test_every_build_that_the_processor_runs_samples_the_posterior(build: str) -> None:
    with gm.kernels(build):
        if build not in gm.build_info()["available"]:
            with pytest.raises(NotImplementedError, match="kernel_build: must be"):
                fit()
            return
        post = fit()
    # The means have posterior sd 1/sqrt(150) = 0.08 and 400 draws: 5 standard errors are 0.02.
    assert np.allclose(post["means"].mean((0, 1)), fit()["means"].mean((0, 1)), atol=0.03)


def test_fused_builds_give_the_same_bits() -> None:
    if "avx512" not in gm.build_info()["available"]:
        pytest.skip("the processor has no AVX-512")
    with gm.kernels("avx2"):
        narrow = fit()
    with gm.kernels("avx512"):
        wide = fit()
    assert np.array_equal(narrow["means"], wide["means"])
    assert np.array_equal(narrow["log_posterior"], wide["log_posterior"])


def test_unknown_build_is_refused() -> None:
    with pytest.raises(ValueError, match="build: must be one of"), gm.kernels("sse9"):
        pass
