"""The labels of components: relabelled draws, draws as drawn, and how certain labels are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int64, shown, thread_count
from gmmswift._fits.em import EMFit
from gmmswift._fits.known_mixture import KnownMixture, mixture_values

if TYPE_CHECKING:
    from typing import Any, Self

    from numpy.typing import ArrayLike, NDArray

    from gmmswift._model.mixture import Mixture

__all__ = ["LabelConfidence", "LabelMethod", "PosteriorLabels"]

#: The methods of `relabel`: a word, the components of rows, a mixture, or another posterior.
LabelMethod: TypeAlias = "str | ArrayLike | EMFit | KnownMixture | PosteriorLabels"

_RULES = {
    "kl": native.LABELS_DIVERGENCE,
    "means": native.LABELS_MEANS,
    "sd": native.LABELS_SDS,
    "weights": native.LABELS_WEIGHTS,
}
#: The words for the rules of the library.
_WORDS = {
    **{rule: word for word, rule in _RULES.items()},
    native.LABELS_ROWS: "labels",
    native.LABELS_MIXTURE: "mixture",
    native.LABELS_POSTERIOR: "posterior",
}


#: What the C interface calls the arguments of `relabel`.
_NAMES = dict.fromkeys(("labels", "num_labels", "mixture", "reference", "rule"), "method")


class LabelConfidence(NamedTuple):
    """How certain the labels of components are.

    Attributes
    ----------
    components : ndarray, shape (K,)
        For each label, the share of the draws in which the component with that label is nearer to
        it than to any other label that it could have.
    overall : float
        The share of the draws in which this holds for all components.
    """

    components: NDArray[np.float64]
    overall: float


class PosteriorLabels:
    """The labels of a posterior's components."""

    n_chains: int
    n_draws: int
    n_components: int
    n_observations: int
    label_method: str | None
    _handle: native.Handle
    _model: Mixture

    if TYPE_CHECKING:

        def __init__(self, handle: native.Handle, model: Mixture) -> None: ...

        @property
        def column_names(self) -> tuple[str, ...]:
            """The names of the data's columns; empty if there are none."""

    @cached_property
    def as_drawn(self) -> Self:
        """The same draws with the labels that the chains gave their components.

        They share this posterior's memory. Saved or pickled, they come back as drawn.
        """
        handle = native.create(
            native.lib.gmm_posterior_as_drawn, native.lib.gmm_posterior_destroy, self._handle
        )
        return type(self)(handle, self._model)

    def relabel(
        self,
        method: LabelMethod = "kl",
        *,
        coordinate: int | str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Return the same draws with labels by another method.

        Parameters
        ----------
        method : str, array_like of int, EMFit, KnownMixture or Posterior, default "kl"
            ``"kl"``: a reference that the draws make, as everywhere by default. ``"means"``,
            ``"sd"`` and ``"weights"``: the labels increase with these. An array gives the
            component of each observation, or -1 where it is unknown. With a mixture, such as a
            fit, or another posterior, labels are those of its components.
        coordinate : int or str, optional
            The column of ``"means"`` (by default the first) or ``"sd"`` (by default the determinant
            of the covariance), by its number or name.
        threads : int, optional
            Number of threads. By default one for each processor. They change no result.

        Returns
        -------
        Posterior
            A posterior that shares this one's draws. Labels are exchanged among components that
            share all priors, also where the means have an order. `save` keeps them, and `extend`
            makes new ones by ``"kl"``.

        Raises
        ------
        NotImplementedError
            For prior draws, draws without data, and an order by a spread that is shared.
        """
        options, keep = _label_options(self, method, self._column(coordinate))
        with native.Run(thread_count(threads)) as run:
            handle = native.create(
                native.lib.gmm_posterior_relabel,
                native.lib.gmm_posterior_destroy,
                self._handle,
                options,
                run.control,
                names=_NAMES,
                run=run,
            )
        del keep
        return type(self)(handle, self._model)

    def _column(self, coordinate: int | str | None) -> int | None:
        """Return the number of a column that may be given by its name."""
        if not isinstance(coordinate, str):
            return None if coordinate is None else int64("coordinate", coordinate)
        if coordinate not in self.column_names:
            known = ", ".join(self.column_names) or "numbers, as the columns have no names"
            raise ValueError(f"coordinate: must be among {known}, got {shown(coordinate)}")
        return self.column_names.index(coordinate)

    @cached_property
    def permutations(self) -> NDArray[np.uint8]:
        """The component, as drawn, that has label k, shape (chains, draws, K), read-only.

        ``np.take_along_axis(post.as_drawn["weights"], post.permutations, 2)`` is
        ``post["weights"]``.
        """
        out = np.empty((self.n_chains, self.n_draws, self.n_components), np.uint8)
        with native.Run() as run:
            native.call(
                native.lib.gmm_posterior_get_permutations, self._handle, run.control, out, out.size
            )
        out.flags.writeable = False
        return out

    @cached_property
    def label_confidence(self) -> LabelConfidence:
        """How certain the labels are: shares of the draws, near 1 where they are.

        A component that is often nearer to another label than to its own overlaps with that
        component, or is empty in many draws, and its numbers are averages of several things. The
        shares are 1 where the priors tell components apart or the means have an order; they are NaN
        for draws as drawn and from the prior. Subsets have those of the posterior from which they
        come.
        """
        out = np.empty(self.n_components)
        overall = np.empty(1)
        with native.Run() as run:
            native.call(
                native.lib.gmm_posterior_label_confidence,
                self._handle,
                run.control,
                out,
                out.size,
                overall,
            )
        out.flags.writeable = False
        return LabelConfidence(out, float(overall[0]))

    def _assignments(self) -> NDArray[np.uint8]:
        """Return the stored assignments under the labels of this posterior, read-only."""
        if self.label_method is None:
            return native.view(self._handle, native.FIELD_ASSIGNMENTS)
        out = np.empty((self.n_chains, self.n_draws, self.n_observations), np.uint8)
        for chain, draws in enumerate(out):
            native.call(
                native.lib.gmm_posterior_get_assignments,
                self._handle,
                chain,
                0,
                self.n_draws,
                draws,
                draws.size,
            )
        out.flags.writeable = False
        return out


def label_method(info: native.PosteriorInfo) -> str | None:
    """Return the word for the labels of a posterior; None where they are as drawn."""
    return _WORDS.get(info.label_rule)


def _label_options(
    posterior: PosteriorLabels, method: Any, coordinate: int | None
) -> tuple[native.LabelOptions, list[object]]:
    """Return the options of a method, and the objects that must outlive the call."""
    options = native.defaults(native.LabelOptions)
    keep: list[object] = []
    if coordinate is not None:
        # The library's word for no coordinate is not a caller's.
        if not 0 <= coordinate < 2**31:
            raise ValueError(f"coordinate: must be a column of the data, got {coordinate}")
        options.coordinate = coordinate
    if isinstance(method, str):
        if method not in _RULES:
            words = ", ".join(_RULES)
            rule = f"must be one of {words}, labels of the rows, a mixture or a posterior"
            raise ValueError(f"method: {rule}, got {shown(method)}")
        options.rule = _RULES[method]
    elif isinstance(method, PosteriorLabels):
        options.rule = native.LABELS_POSTERIOR
        options.reference = method._handle.address
        keep.append(method)
    elif isinstance(method, (EMFit, KnownMixture)):
        options.rule = native.LABELS_MIXTURE
        mixture, arrays = mixture_values(method)
        options.mixture = native.address_of(mixture)
        keep += [mixture, *arrays]
    else:
        labels = _row_labels(method, posterior.n_observations)
        options.rule = native.LABELS_ROWS
        options.labels, options.num_labels = native.address(labels), len(labels)
        keep.append(labels)
    return options, keep


def _row_labels(values: Any, length: int) -> NDArray[np.int64]:
    """Return a component for each row."""
    try:
        array = np.asarray(values)
    except ValueError:  # ragged lists
        array = np.empty(0, object)
    if array.dtype.kind not in "iu":
        rule = "must be a word, labels of the rows, an EMFit, a KnownMixture or a Posterior"
        raise TypeError(f"method: {rule}, got {shown(values)}")
    if array.shape != (length,):
        raise ValueError(f"method: must have shape ({length},), got shape {array.shape}")
    # Numbers beyond 64 bits stay out of range.
    return np.ascontiguousarray(np.minimum(array, 2**62), np.int64)
