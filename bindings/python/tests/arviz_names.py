"""What the tests use of ArviZ, by one set of names for the versions before and from 1 on."""

from __future__ import annotations

import arviz
import numpy as np

IS_BEFORE_1 = int(arviz.__version__.split(".")[0]) < 1


def hdi(values, probability):
    """Return the ends of the highest-density interval of values in one row."""
    if IS_BEFORE_1:
        return arviz.hdi(values, hdi_prob=probability)
    return arviz.hdi(values, prob=probability)


def ess(values, method):
    """Return the effective sample size of draws of shape (chains, draws)."""
    tails = {"prob": (0.05, 0.95)} if method == "tail" else {}
    return float(arviz.ess(values, method=method, **tails))


def rhat(values):
    """Return R-hat of draws of shape (chains, draws)."""
    return float(arviz.rhat(values))


def autocorr(values):
    """Return the autocorrelations along the last axis."""
    if IS_BEFORE_1:
        return arviz.autocorr(values)
    from arviz_stats.base import array_stats

    return np.asarray(array_stats.autocorr(values))


def summary(tree, names, probability):
    """Return the table of some variables, with the columns `hdi_lower` and `hdi_upper`."""
    if IS_BEFORE_1:
        table = arviz.summary(tree, var_names=names, hdi_prob=probability, round_to="none")
        ends = [name for name in table.columns if name.startswith("hdi_")]
    else:
        # Version 1 takes the quantiles of ess_tail from this setting; 0.95 means 5 % and 95 %.
        with arviz.rc_context({"stats.ci_prob": 0.95}):
            table = arviz.summary(
                tree, var_names=names, ci_prob=probability, ci_kind="hdi", round_to="none"
            )
        ends = [name for name in table.columns if name.startswith("hdi")]
    return table.rename(columns=dict(zip(ends, ("hdi_lower", "hdi_upper"), strict=True)))


def from_cmdstan(paths):
    """Read CmdStan's CSV files; from version 1 on, ArviZ does so through cmdstanpy."""
    if IS_BEFORE_1:
        return arviz.from_cmdstan(posterior=paths)
    import cmdstanpy

    return arviz.from_cmdstanpy(cmdstanpy.from_csv(paths))


def group_names(tree):
    """Return the names of the groups of an ``InferenceData`` or a ``DataTree``."""
    return set(tree.children) if hasattr(tree, "children") else set(tree.groups())


#: How far leave-one-out numbers may be apart. Version 1 rounds the number of smoothed ratios down,
#: where before it, and in R's loo, it was rounded up.
LOO_TOLERANCE = 1e-8 if IS_BEFORE_1 else 0.1


def loo(tree, efficiency):
    """Return what ArviZ knows of a leave-one-out cross-validation, by our names."""
    found = arviz.loo(tree, pointwise=True, reff=efficiency)
    if IS_BEFORE_1:
        names = {"elpd_loo": "elpd_loo", "se": "se", "p_loo": "p_loo", "elpd_i": "loo_i"}
    else:
        names = {"elpd_loo": "elpd", "se": "se", "p_loo": "p", "elpd_i": "elpd_i"}
    names.update(pareto_k="pareto_k", good_k="good_k")
    return {ours: np.asarray(getattr(found, theirs)) for ours, theirs in names.items()}


def psislw(log_ratios, efficiency):
    """Return smoothed log weights and their shapes; rows are observations."""
    if IS_BEFORE_1:
        return arviz.psislw(log_ratios, reff=efficiency)
    from arviz_stats.base import array_stats

    return array_stats.psislw(-log_ratios, r_eff=efficiency)


def compare(trees):
    """Return the comparison of models as a data frame with unrounded numbers."""
    if IS_BEFORE_1:
        return arviz.compare(trees)
    return arviz.compare(trees, round_to="none")
