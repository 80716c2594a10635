"""What is wrong with the draws of a posterior, in words."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import thread_count
from gmmswift._draws.run import levels_to_caller
from gmmswift._errors import ConvergenceWarning
from gmmswift._html import html_block, html_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Diagnosis", "Finding", "PosteriorDiagnosis"]

_KINDS = {
    native.FINDING_ENDED_EARLY: "ended early",
    native.FINDING_IMPROPER: "improper",
    native.FINDING_SHORT_RUN: "short run",
    native.FINDING_COUNT_CUT_OFF: "number cut off",
    native.FINDING_DIFFERENT_MODES: "different modes",
    native.FINDING_CHAINS_DISAGREE: "chains disagree",
    native.FINDING_FEW_EFFECTIVE_DRAWS: "few effective draws",
    native.FINDING_SINGLE_CHAIN: "single chain",
    native.FINDING_LABELS_UNCERTAIN: "labels uncertain",
    native.FINDING_EMPTY_COMPONENTS: "empty components",
    native.FINDING_PRIOR_AGAINST_DATA: "prior against data",
    native.FINDING_INFORMATIVE_PRIOR: "informative prior",
    native.FINDING_ACCEPTANCE: "acceptance",
}
_SEVERITIES = {native.SEVERITY_NOTE: "note", native.SEVERITY_PROBLEM: "problem"}
_COLUMNS = {
    "r_hat": native.COLUMN_R_HAT,
    "ess_bulk": native.COLUMN_ESS_BULK,
    "ess_tail": native.COLUMN_ESS_TAIL,
}

#: The share of the draws from which on a component counts as empty, as in the library.
_EMPTY_SHARE = 0.9


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the draws, or that a reader of their numbers should know.

    Attributes
    ----------
    kind : str
        ``"ended early"``, ``"improper"``, ``"short run"``, ``"number cut off"``, ``"different
        modes"``, ``"chains disagree"``, ``"few effective draws"``, ``"single chain"``, ``"labels
        uncertain"``, ``"empty components"``, ``"prior against data"``, ``"informative prior"`` or
        ``"acceptance"``. `docs/LABELS.md` says when each of them is found.
    severity : {"problem", "note"}
        Whether numbers mislead, or are good for what they say.
    what : str
        What was found.
    advice : str
        What to do about it.
    numbers : mapping of str to float
        The numbers behind the words, such as ``"r_hat"`` and ``"nats"``.
    """

    kind: str
    severity: str
    what: str
    advice: str
    numbers: Mapping[str, float] = field(hash=False)


class Diagnosis:
    """What is wrong with the draws of a posterior, the worst first.

    Printed, it is one page: findings with advice, and R-hat and effective sample sizes of the
    scalars that need no labels and of relabelled parameters.

    Attributes
    ----------
    findings : tuple of Finding
        Problems before notes.
    ok : bool
        Whether no finding is a problem.
    measures : dict of str to dict
        ``r_hat``, ``ess_bulk`` and ``ess_tail`` of scalars without labels, such as
        ``"log_posterior"``, then of relabelled parameters. There is one scalar of each kind, that
        of the largest R-hat.

    Examples
    --------
    >>> found = post.diagnose()                                     # doctest: +SKIP
    >>> print(found)                                                # doctest: +SKIP
    >>> [finding.kind for finding in found.findings]                # doctest: +SKIP
    """

    findings: tuple[Finding, ...]
    measures: dict[str, dict[str, float]]

    def __init__(self, handle: native.Handle) -> None:
        lib = native.lib
        self.findings = tuple(
            _finding(handle, place) for place in range(lib.gmm_diagnosis_num_findings(handle))
        )
        self.measures = {
            lib.gmm_diagnosis_measure_name(handle, place).decode(): {
                name: lib.gmm_diagnosis_measure(handle, place, column)
                for name, column in _COLUMNS.items()
            }
            for place in range(lib.gmm_diagnosis_num_measures(handle))
        }
        self._text: str = lib.gmm_diagnosis_text(handle).decode()

    @property
    def ok(self) -> bool:
        """Whether no finding is a problem."""
        return all(finding.severity != "problem" for finding in self.findings)

    def __str__(self) -> str:
        return self._text.rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = self._text.partition("\n")[0]
        lines = [
            line
            for place, finding in enumerate(self.findings, 1)
            for line in (
                f"{place}. {finding.severity.capitalize()}. {finding.what}",
                f"What to do: {finding.advice}",
            )
        ]
        rows = [
            (name, [f"{row['r_hat']:.3f}", f"{row['ess_bulk']:.0f}", f"{row['ess_tail']:.0f}"])
            for name, row in self.measures.items()
        ]
        return html_block(title, lines, html_table(tuple(_COLUMNS), rows))


def _finding(handle: native.Handle, place: int) -> Finding:
    lib = native.lib
    kind = lib.gmm_diagnosis_kind(handle, place)
    severity = lib.gmm_diagnosis_severity(handle, place)
    numbers = {
        lib.gmm_diagnosis_number_name(handle, place, j).decode(): float(
            lib.gmm_diagnosis_number(handle, place, j)
        )
        for j in range(lib.gmm_diagnosis_num_numbers(handle, place))
    }
    return Finding(
        _KINDS.get(kind, f"code {kind}"),
        _SEVERITIES.get(severity, f"code {severity}"),
        lib.gmm_diagnosis_what(handle, place).decode(),
        lib.gmm_diagnosis_advice(handle, place).decode(),
        numbers,
    )


class PosteriorDiagnosis:
    """Whether the draws can be relied on."""

    n_components: int
    n_observations: int
    is_prior: bool
    _handle: native.Handle

    if TYPE_CHECKING:

        def __getitem__(self, name: str, /) -> NDArray[Any]:
            """Return the draws of a quantity."""

    def diagnose(self, *, threads: int | None = None) -> Diagnosis:
        """Say what is wrong with the draws and what to do about it, the worst first.

        R-hat and effective sample sizes of results that need no labels are judged first, then those
        of relabelled parameters: chains in different modes, and how many nats they are apart; too
        few effective draws, and how many would do; labels that are uncertain; components that are
        empty all the time; a prior far from the data, or one that says more than they do;
        Metropolis proposals that are accepted too rarely. `sample` and `summary` warn of the
        problems that are seen at a glance (`ConvergenceWarning`).

        Parameters
        ----------
        threads : int, optional
            Number of threads. By default one for each processor. They change no result.

        Returns
        -------
        Diagnosis
            A page to print, with the findings as attributes.

        Raises
        ------
        NotImplementedError
            For draws from the prior.
        """
        return self._diagnosed(native.DIAGNOSIS_FULL, threads)

    def _diagnosed(self, extent: int, threads: int | None) -> Diagnosis:
        with native.Run(thread_count(threads)) as run:
            handle = native.create(
                native.lib.gmm_posterior_diagnose,
                native.lib.gmm_diagnosis_destroy,
                self._handle,
                extent,
                run.control,
                run=run,
            )
        return Diagnosis(handle)

    @cached_property
    def empty_probabilities(self) -> NDArray[np.float64]:
        """P(no observation belongs to component k), shape (K,), read-only.

        The means and the spread of an empty component are draws from the prior. The probabilities
        are averages over at most 256 draws, at even distances; `NotImplementedError` for prior
        draws.
        """
        out = np.empty(self.n_components)
        with native.Run() as run:
            native.call(
                native.lib.gmm_posterior_empty_probabilities,
                self._handle,
                run.control,
                out,
                out.size,
            )
        out.flags.writeable = False
        return out

    @cached_property
    def _empty_components(self) -> frozenset[int]:
        """The components that are empty in nearly all draws, as the rows of `summary` have them."""
        if self.is_prior or self.n_observations == 0:
            return frozenset()
        # Most posteriors have none, and the numbers of occupied components say so.
        if np.mean(self["n_clusters"] < self.n_components) < _EMPTY_SHARE:
            return frozenset()
        places = np.flatnonzero(self.empty_probabilities >= _EMPTY_SHARE)
        return frozenset(places.tolist())

    def _warn_of_trouble(self, threads: int | None) -> None:
        """Warn, once, of a problem that a look at the log posterior and the weights shows."""
        if self.is_prior or self.__dict__.get("_is_looked_at"):
            return
        self.__dict__["_is_looked_at"] = True
        try:
            findings = self._diagnosed(native.DIAGNOSIS_QUICK, threads).findings
        except MemoryError:
            return  # the draws are there all the same
        kinds = {finding.kind for finding in findings}
        # Nobody takes a handful of draws for a result, and a collapse is an exception already.
        if kinds & {"short run", "ended early"}:
            return
        for finding in findings:
            if finding.severity == "problem":
                text = f"{finding.what} diagnose() of the posterior says what to do."
                warning = ConvergenceWarning(text)
                warning.posterior = self
                warnings.warn(warning, stacklevel=levels_to_caller())
                return
