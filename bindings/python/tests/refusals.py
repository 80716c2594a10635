"""Calls for the tests of errors, and checks of the messages."""

from __future__ import annotations

import re

import numpy as np
import pytest

import gmmswift as gm

#: Words of the C interface that must not occur in messages in Python.
FOREIGN = r"\bnum_|\bsds\b|spread\.|\.first\b|\.second\b|initial_|sample_weights"


def expect_refusal(function, argument, kind, part="", *, foreign=FOREIGN, has_place=False):
    """Expect an exception of a kind, whose message is `argument: rule, got value`.

    `part` is somewhere in the message; with `has_place`, an index may follow the argument.
    """
    with pytest.raises(kind) as caught:
        function()
    message = str(caught.value)
    assert type(caught.value) is kind
    place = r"(\[[\d, ]+\])?" if has_place else ""
    assert re.match(re.escape(argument) + place + r": .+, got .+", message), message
    assert part in message, message
    assert not re.search(foreign, message), message


# ------------------------------------------------------------------------------- One dimension

DATA = np.arange(5.0)

NORMAL, HALF_NORMAL = gm.Normal(0, 1), gm.HalfNormal(1)


def mixture(n_components=2, means=NORMAL, **arguments):
    if not {"sd", "variance", "precision"} & set(arguments):
        arguments["sd"] = HALF_NORMAL
    return gm.Mixture(n_components, means=means, **arguments)


def sample(data=DATA, draws=5, **arguments):
    arguments.setdefault("chains", 2)
    return gm.sample(mixture(), data, draws, tune=arguments.pop("tune", 2), **arguments)


def posterior():
    return sample(random_seed=1)


def initial(**values):
    return lambda: sample(initial=values)


# -------------------------------------------------------------------------- Several dimensions

STREAM = np.random.default_rng(9)

TABLE = np.concatenate([STREAM.normal(0, 1, (30, 3)), STREAM.normal(5, 1, (30, 3))])

EYE = np.eye(3)


def changed(row, column, value, data=TABLE):
    data = data.copy()
    data[row, column] = value
    return data


def mixture_of_table(**arguments):
    return gm.Mixture(2, **arguments)


def wishart(mean=0, kappa=1, dof=5, scale=EYE, **arguments):
    return mixture_of_table(
        components=gm.NormalInverseWishart(mean, kappa, dof, scale), **arguments
    )


def sample_table(data=TABLE, covariance_type="full", model=None, **arguments):
    model = model or mixture_of_table(covariance_type=covariance_type)
    return gm.sample(model, data, 5, tune=2, chains=2, **arguments)


def posterior_of_table():
    return sample_table(random_seed=1)


def start_in_table(covariance_type="full", model=None, **values):
    return lambda: sample_table(covariance_type=covariance_type, model=model, initial=values)
