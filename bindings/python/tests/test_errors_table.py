"""Python refuses the wrong values of the table with the messages of C, but for argument names."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import numpy as np
import pytest

import gmmswift as gm
from refusals import DATA, HALF_NORMAL, NORMAL, mixture, posterior

TABLE = json.loads(
    (Path(__file__).parents[3] / "Tests" / "Hostile" / "errors.json").read_text(encoding="utf-8")
)

#: All arguments that have other names in Python.
NAMES = {name: ours for call in TABLE["calls"].values() for name, ours in call["python"].items()}

FAMILIES = {
    "dirichlet": gm.Dirichlet,
    "fixed": gm.Fixed,
    "normal": gm.Normal,
    "uniform": gm.Uniform,
    "half_cauchy": gm.HalfCauchy,
    "half_normal": gm.HalfNormal,
    "log_normal": gm.LogNormal,
    "half_student_t": gm.HalfStudentT,
    "inverse_gamma": gm.InverseGamma,
    "gamma": gm.Gamma,
}


def sample(**arguments):
    return gm.sample(mixture(), DATA, **{"draws": 50, "tune": 20, "chains": 2, **arguments})


def model(**arguments):
    if "weights.minimum" in arguments:
        weights = gm.Dirichlet(1, minimum=arguments.pop("weights.minimum"))
        return mixture(weights=weights, **arguments)
    return mixture(**arguments)


ROWS = np.where(np.arange(60) % 3 == 0, -3.0, 4.0) + np.sin(np.arange(60.0))
SPACE = ROWS[:, None] + np.cos(np.arange(180.0).reshape(60, 3))


def draw(data=ROWS, components=2, **arguments):
    """Return a posterior of 60 rows, 2 components, and 50 draws of 2 chains, or another one."""
    options = {"draws": 50, "tune": 20, "chains": 2, "random_seed": 7, **arguments}
    return gm.sample(gm.Mixture(components, covariance_type="diag"), data, **options)


#: The posteriors and mixtures that the table names.
MADE = {
    "usual": draw,
    "prior_draws": lambda: gm.sample_prior(mixture(), 50, random_seed=1),
    "without_data": lambda: gm.sample(mixture(), [], draws=50, chains=2, random_seed=1),
    "of_one_draw": lambda: draw(draws=1, chains=1),
    "of_59_rows": lambda: draw(ROWS[:59]),
    "of_4097_rows": lambda: draw(np.resize(ROWS, 4097) + np.arange(4097) / 1e4, draws=1, tune=0),
    "of_three_components": lambda: draw(components=3),
    "in_three_dimensions": lambda: draw(SPACE),
    "mixture_of_three_components": lambda: gm.KnownMixture(
        [0.25, 0.5, 0.25], [-1, 0, 1], [1] * 3, covariance_type="diag"
    ),
    "mixture_in_three_dimensions": lambda: gm.KnownMixture(
        [0.5, 0.5], np.arange(6.0).reshape(2, 3), np.ones((2, 3)), covariance_type="diag"
    ),
}


@functools.cache
def made(name):
    return MADE[name]()


def pair(posterior=None, row=0, column=0):
    if posterior is not None:
        return posterior.coclustering()
    # One row stands for its pair with itself.
    return made("usual").coclustering([row] if column == 0 else ([row], [column]))


def loo(posterior=None, **arguments):
    return (posterior or made("usual")).loo(**arguments)


def relabel(posterior=None, method="kl", label=0, all_labels=0):
    if label or all_labels:
        method = [label or all_labels] + [all_labels] * 59
    return (posterior or made("usual")).relabel(method)


def subset(first=0, second=1, num_chains=2):
    return made("usual").subset(chains=[first, second, 0][:num_chains])


#: A valid call of each kind, but for the arguments that a row gives.
CALLS = {
    "gmm_sample": sample,
    "gmm_control": sample,
    "gmm_fit_em": lambda **arguments: gm.fit_em(DATA, **{"n_components": 2, **arguments}),
    "gmm_summarize": lambda **arguments: posterior().summary(**arguments),
    "gmm_run_start": lambda **arguments: gm.start(
        mixture(), DATA, **{"draws": 50, "tune": 20, "chains": 2, **arguments}
    ),
    "gmm_stream_start": lambda **arguments: gm.stream(
        mixture(), DATA, **{"draws": 50, "tune": 20, "chains": 2, **arguments}
    ),
    "gmm_posterior_modes": lambda posterior=None, **arguments: (posterior or made("usual")).modes(
        **arguments
    ),
    "gmm_posterior_log_evidence": lambda posterior=None, **arguments: (
        posterior or made("usual")
    ).log_evidence(**arguments),
    "gmm_posterior_partition": lambda posterior=None, **arguments: (
        posterior or made("usual")
    ).partition(**arguments),
    "gmm_posterior_coclustering": pair,
    "gmm_posterior_label_free": lambda posterior: posterior.summary("label_free"),
    "gmm_posterior_loo": loo,
    "gmm_loo_difference": lambda model: gm.compare({"a": made("usual"), "b": model}),
    "gmm_posterior_bic": lambda posterior: posterior.bic,
    "gmm_power_sensitivity": lambda posterior: posterior.prior_sensitivity(),
    "gmm_posterior_subset_chains": subset,
    "gmm_label_options": relabel,
    "gmm_kde": lambda **arguments: gm.kde(DATA, **arguments),
    "gmm_posterior_relabel": lambda **arguments: posterior().relabel("means", **arguments),
    "gmm_hdi": lambda **arguments: gm.hdi(DATA, **arguments),
    "gmm_model_create": model,
}


#: The exceptions of errors whose status is not that of a wrong value.
KINDS = {"UNSUPPORTED": NotImplementedError}


def number(value):
    if value in MADE:
        return made(value)
    return int(value) if re.fullmatch(r"-?\d+", value) else float(value)


def calls():
    """Yield the calls of Python, each with its row and a value."""
    for name, call in TABLE["calls"].items():
        for row in call["rows"]:
            if "python" in row.get("only", ["python"]):
                for value in row["values"]:
                    argument = call["python"][row["field"]]
                    yield pytest.param(name, argument, value, row, id=f"{argument}={value}")


def priors():
    """Yield values of priors, each with its row."""
    for row in TABLE["priors"]:
        if "python" in row.get("only", ["python"]):
            for value in row["values"]:
                name = f"{row['family']}, {row['argument']}={value}"
                yield pytest.param(value, row, id=name)


def check(function, argument, row, value, names):
    """Expect the row's error, with these names of arguments."""
    rule = re.sub("`([^`]+)`", lambda found: names(found[1]), row["rule"])
    kind = KINDS.get(row.get("status", ""), ValueError)
    with pytest.raises(kind) as caught:
        function()
    assert type(caught.value) is kind
    assert str(caught.value) == f"{argument}: {rule}, got {row.get('got', value)}"


@pytest.mark.parametrize(("call", "argument", "value", "row"), list(calls()))
def test_wrong_options_are_refused_in_these_words(call, argument, value, row):
    function, wanted = CALLS[call], NAMES[row.get("argument", row["field"])]
    check(
        lambda: function(**{argument: number(value)}), wanted, row, value, lambda name: NAMES[name]
    )


@pytest.mark.parametrize(("value", "row"), list(priors()))
def test_wrong_parameters_of_priors_are_refused_in_these_words(value, row):
    unknown = row["argument"].partition(".")[0]
    # Gamma families are priors of the variance or the precision.
    spread = {"inverse_gamma": "variance", "gamma": "precision"}.get(row["family"], "sd")
    keyword = spread if unknown == "spread" else unknown
    numbers = [
        [number(value if x == "*" else x) for x in parameter] for parameter in row["parameters"]
    ]
    prior = FAMILIES[row["family"]](*(x[0] if len(x) == 1 else x for x in numbers))
    arguments = {"means": NORMAL, spread: HALF_NORMAL, keyword: prior}
    check(
        lambda: gm.Mixture(2, **arguments),
        row["argument"].replace("spread", spread, 1),
        row,
        value,
        lambda name: name.replace("spread", spread, 1),
    )
