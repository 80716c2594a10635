"""Python refuses the wrong values of the table with the messages of C, but for argument names."""

from __future__ import annotations

import json
import re
from pathlib import Path

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


#: A valid call of each kind, but for the arguments that a row gives.
CALLS = {
    "gmm_sample": sample,
    "gmm_control": sample,
    "gmm_fit_em": lambda **arguments: gm.fit_em(DATA, **{"n_components": 2, **arguments}),
    "gmm_summarize": lambda **arguments: posterior().summary(**arguments),
    "gmm_posterior_partition": lambda **arguments: posterior().partition(**arguments),
    "gmm_posterior_log_evidence": lambda **arguments: posterior().log_evidence(**arguments),
    "gmm_kde": lambda **arguments: gm.kde(DATA, **arguments),
    "gmm_posterior_relabel": lambda **arguments: posterior().relabel("means", **arguments),
    "gmm_hdi": lambda **arguments: gm.hdi(DATA, **arguments),
    "gmm_model_create": model,
}


def number(value):
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
    with pytest.raises(ValueError) as caught:
        function()
    assert type(caught.value) is ValueError
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
