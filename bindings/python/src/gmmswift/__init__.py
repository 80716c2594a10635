"""Bayesian Gaussian mixture models: draws from the posterior, fits, and predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmmswift._build import build_info, kernels
from gmmswift._components.merging import Merging, merge_components
from gmmswift._components.selection import Selection, select
from gmmswift._data import Data
from gmmswift._diagnostics.autocorrelation import autocorrelation
from gmmswift._diagnostics.density import KDE, Histogram, histogram, kde
from gmmswift._diagnostics.hdi import hdi
from gmmswift._diagnostics.summarize import summarize
from gmmswift._diagnostics.summary import Summary
from gmmswift._draws.beside import Run, RunStatus, start
from gmmswift._draws.comparison import Comparison, compare
from gmmswift._draws.diagnosis import Diagnosis, Finding
from gmmswift._draws.evidence import LogEvidence
from gmmswift._draws.files import load
from gmmswift._draws.labels import LabelConfidence
from gmmswift._draws.leave_one_out import LeaveOneOut
from gmmswift._draws.partitions import CredibleBall, Partition, PartitionBound
from gmmswift._draws.posterior import Posterior
from gmmswift._draws.sampling import sample, sample_prior
from gmmswift._draws.sensitivity import Sensitivity
from gmmswift._draws.streams import Stream, stream
from gmmswift._draws.until import Until, UntilResult
from gmmswift._errors import (
    CheckpointWarning,
    ConvergenceWarning,
    DegenerateError,
    FormatError,
    GMMError,
    ImproperPosteriorWarning,
    MismatchError,
    TimeLimitWarning,
)
from gmmswift._fits.em import EMFit, fit_em
from gmmswift._fits.known_mixture import KnownMixture
from gmmswift._fits.statistics import MixtureStatistics
from gmmswift._model.background import UniformBackground
from gmmswift._model.counts import (
    BetaNegativeBinomial,
    CountPrior,
    DirichletProcess,
    DiscreteUniform,
    Geometric,
    NegativeBinomial,
    Probabilities,
    ShiftedPoisson,
    Unknown,
)
from gmmswift._model.joint_priors import NormalInverseGamma, NormalInverseWishart
from gmmswift._model.mean_priors import Normal, NormalKappa
from gmmswift._model.mixture import Mixture
from gmmswift._model.prior import Fixed, Prior
from gmmswift._model.spread_priors import (
    Gamma,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    InverseGamma,
    InverseWishart,
    LogNormal,
    Uniform,
    Wishart,
)
from gmmswift._model.weight_priors import Beta, Dirichlet, DynamicDirichlet, F
from gmmswift._progress import Progress
from gmmswift._version import __version__

if TYPE_CHECKING:
    from gmmswift.estimators import BayesianGaussianMixture as BayesianGaussianMixture
    from gmmswift.estimators import GaussianMixture as GaussianMixture
    from gmmswift.plots import plot_density, plot_dirichlet, plot_pairs

__all__ = [
    "KDE",
    "Beta",
    "BetaNegativeBinomial",
    "CheckpointWarning",
    "Comparison",
    "ConvergenceWarning",
    "CountPrior",
    "CredibleBall",
    "Data",
    "DegenerateError",
    "Diagnosis",
    "Dirichlet",
    "DirichletProcess",
    "DiscreteUniform",
    "DynamicDirichlet",
    "EMFit",
    "F",
    "Finding",
    "Fixed",
    "FormatError",
    "GMMError",
    "Gamma",
    "Geometric",
    "HalfCauchy",
    "HalfNormal",
    "HalfStudentT",
    "Histogram",
    "ImproperPosteriorWarning",
    "InverseGamma",
    "InverseWishart",
    "KnownMixture",
    "LabelConfidence",
    "LeaveOneOut",
    "LogEvidence",
    "LogNormal",
    "Merging",
    "MismatchError",
    "Mixture",
    "MixtureStatistics",
    "NegativeBinomial",
    "Normal",
    "NormalInverseGamma",
    "NormalInverseWishart",
    "NormalKappa",
    "Partition",
    "PartitionBound",
    "Posterior",
    "Prior",
    "Probabilities",
    "Progress",
    "Run",
    "RunStatus",
    "Selection",
    "Sensitivity",
    "ShiftedPoisson",
    "Stream",
    "Summary",
    "TimeLimitWarning",
    "Uniform",
    "UniformBackground",
    "Unknown",
    "Until",
    "UntilResult",
    "Wishart",
    "__version__",
    "autocorrelation",
    "build_info",
    "compare",
    "fit_em",
    "hdi",
    "histogram",
    "kde",
    "kernels",
    "load",
    "merge_components",
    "plot_density",
    "plot_dirichlet",
    "plot_pairs",
    "sample",
    "sample_prior",
    "select",
    "start",
    "stream",
    "summarize",
]

# Public classes and functions name this package as their module, wherever they are defined. So
# representations and tracebacks show the public name, and pickles outlive moves.
for _name in __all__:
    _value: Any = globals().get(_name)
    if getattr(_value, "__module__", "").startswith("gmmswift."):
        _value.__module__ = __name__
del _name, _value

# Not in __all__: `from gmmswift import *` must not need scikit-learn.
_ESTIMATORS = ("BayesianGaussianMixture", "GaussianMixture")


def __getattr__(name: str) -> Any:
    """Import plots and estimators when they are first used, so that importing gmmswift is fast."""
    if name in ("plot_density", "plot_dirichlet", "plot_pairs", "plots"):
        import importlib

        plots = importlib.import_module("gmmswift.plots")
        return plots if name == "plots" else getattr(plots, name)
    if name in _ESTIMATORS or name == "estimators":
        import importlib

        estimators = importlib.import_module("gmmswift.estimators")
        return estimators if name == "estimators" else getattr(estimators, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ESTIMATORS])
