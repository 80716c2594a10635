"""The number of threads of an estimator."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from numbers import Integral

from joblib.parallel import get_active_backend
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_limits

from gmmswift._arguments import int32, shown

__all__ = ["limited", "threads_of"]


def threads_of(n_jobs: int | None) -> int:
    """Return the number of threads that `n_jobs` stands for, as in scikit-learn's own estimators.

    None stands for one thread for each processor, within ``OMP_NUM_THREADS``, the limits of
    threadpoolctl and the quota of a container. In a worker of joblib it stands for the worker's
    share: ``OMP_NUM_THREADS``, which joblib sets for its processes, or else one.
    """
    if n_jobs is None:
        return 1 if _is_in_worker() else _most()
    is_count = isinstance(n_jobs, Integral) and not isinstance(n_jobs, bool)
    if not is_count or n_jobs == 0:
        raise ValueError(f"n_jobs: must be an integer but 0, or None, got {shown(n_jobs)}")
    return int32("n_jobs", n_jobs) if n_jobs > 0 else max(1, _most() + 1 + int(n_jobs))


@contextmanager
def limited(n_jobs: int | None) -> Iterator[None]:
    """Limit the threads of scikit-learn and numpy too, where the caller states a number."""
    if n_jobs is None:
        yield
        return
    with threadpool_limits(limits=threads_of(n_jobs)):
        yield


def _most() -> int:
    return int(_openmp_effective_n_threads(only_physical_cores=False))


def _is_in_worker() -> bool:
    """Return whether this is a worker of joblib that nobody has given a number of threads."""
    if threading.current_thread() is threading.main_thread() and (
        parent_process() is None or os.environ.get("OMP_NUM_THREADS")
    ):
        return False
    return (get_active_backend()[0].nesting_level or 0) > 0
